"""Files that organisations hand in: their facts are rows, their bytes lie in the object store."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base

FILE_STATES = ("waiting", "clean", "infected", "unscanned")


class StoredFile(Base):
    """One file. Its content may hold personal data; nobody gets it but its owner and the secretariat.

    state: waiting while no scanner has looked at it (nobody may open it), clean, infected (its bytes are gone), or
    unscanned when no scanner is set up. size is in bytes, sha256 that of the content, key its place in the store.
    """

    __tablename__ = "stored_file"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisation.id"), index=True, doc="whose it is"
    )
    name: Mapped[str] = mapped_column(doc="as its owner called it, without a path")
    media_type: Mapped[str] = mapped_column(doc="by its content, never by its name")
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    scanned_at: Mapped[datetime | None]
    scanner_said: Mapped[str] = mapped_column(default="")
    uploaded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[datetime] = mapped_column(default=clock.now)

    __table_args__ = (
        CheckConstraint("state IN ('" + "', '".join(FILE_STATES) + "')", name="state"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    )
