"""The rows of saved searches."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base

NAME_LIMIT = 60
CONDITIONS_LIMIT = 2000


class SavedSearch(Base):
    """One search of one person, kept while they act for this organisation; nobody else reads it.

    conditions: the query of its address in one fixed order, without the order of results, which is sort. by_mail:
    whether its person is told of new matches. told_number: what was first published with this number or a lower one
    has been told, or was there when it was saved. looked_on: the day in Japan on which the worker looked last.
    found: how many packages matched then; None when that could not be asked. told_at: the last notice.
    """

    __tablename__ = "saved_search"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str]
    conditions: Mapped[str]
    sort: Mapped[str]
    by_mail: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    told_number: Mapped[int] = mapped_column(BigInteger)
    looked_on: Mapped[date]
    found: Mapped[int | None]
    told_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        UniqueConstraint("person_id", "organisation_id", "conditions"),
        CheckConstraint(f"length(name) BETWEEN 1 AND {NAME_LIMIT}", name="name"),
        CheckConstraint(f"length(conditions) <= {CONDITIONS_LIMIT}", name="conditions"),
        Index("ix_saved_search_due", "looked_on", postgresql_where="by_mail"),
    )
