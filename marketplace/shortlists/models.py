"""The shortlist's rows."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base

NOTE_LIMIT = 1000


class ShortlistEntry(Base):
    """One package on an SME's shortlist; its people share it, nobody else reads it.

    publication_id: what was live when it was put there, so that later changes can be told. position: from 1.
    """

    __tablename__ = "shortlist_entry"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), doc="the SME")
    package_code: Mapped[str]
    publication_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("publication.id"))
    position: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    added_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(default=clock.now)
    noted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    noted_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("organisation_id", "package_code"),
        CheckConstraint(f"length(note) <= {NOTE_LIMIT}", name="note"),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy's own declaration)
