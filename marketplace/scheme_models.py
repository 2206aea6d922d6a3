"""New versions of a scheme on their way, and under which version the search index stands."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base

INDEX: Final = "packages"


class SchemeDraft(Base):
    """A change of the schemes as somebody proposed it, before it counts. What was used stays, with its text.

    Either a new version as somebody wrote it, or the proposal to put a scheme in use: then choice_version is the
    number of that decision, scheme_version the version that counts on its day, and there is no text.

    state: comparing until the packages are reckoned under it, compared, used. summary: what it would change in
    numbers (:class:`marketplace.scheme_impact.Summary`).
    """

    __tablename__ = "scheme_draft"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    scheme_id: Mapped[str]
    scheme_version: Mapped[int]
    choice_version: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]]
    effective_from: Mapped[date]
    state: Mapped[str] = mapped_column(default="comparing")
    summary: Mapped[dict[str, Any] | None]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    compared_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __table_args__ = (
        Index("ix_scheme_draft_scheme_id_created_at", "scheme_id", "created_at"),
        CheckConstraint("state IN ('comparing', 'compared', 'used')", name="state"),
        CheckConstraint(
            "(state = 'comparing') = (summary IS NULL) AND (summary IS NULL) = (compared_at IS NULL)",
            name="compared",
        ),
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012  (SQLAlchemy's own declaration)


class SchemeDifference(Base):
    """A published package whose subsidy the draft would change. place: the largest change first, from 0."""

    __tablename__ = "scheme_difference"

    draft_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scheme_draft.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str]
    name: Mapped[str]
    total_yen: Mapped[int] = mapped_column(BigInteger)
    subsidy_before: Mapped[int] = mapped_column(BigInteger)
    subsidy_after: Mapped[int] = mapped_column(BigInteger)


class IndexFigures(Base):
    """Under which version of which scheme the index's amounts were reckoned, and how far a change of it has come.

    from_scheme, from_version: the one before, None when documents of several may be there. after_code: the last package
    that was looked at. finished_at: None while there are more.
    """

    __tablename__ = "index_figures"

    name: Mapped[str] = mapped_column(primary_key=True, default=INDEX)
    scheme_id: Mapped[str]
    scheme_version: Mapped[int]
    from_scheme: Mapped[str | None]
    from_version: Mapped[int | None]
    after_code: Mapped[str] = mapped_column(default="")
    seen: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    finished_at: Mapped[datetime | None]
