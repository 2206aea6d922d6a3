"""What the database's own walls look up: which steps are whose, and which jobs may be asked for.

Written by migrations alone; the application reads them at most. Code reads the tables of its own (workflow.py).
"""

from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base


class WorkflowMove(Base):
    """One way from a state to a state that organisations of this kind take themselves."""

    __tablename__ = "workflow_move"

    workflow: Mapped[str] = mapped_column(primary_key=True)
    audience: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)


class AskableJob(Base):
    """A task of the worker that whoever acts may ask for."""

    __tablename__ = "askable_job"

    task: Mapped[str] = mapped_column(primary_key=True)
