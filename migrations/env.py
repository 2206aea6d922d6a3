"""Alembic's entry: online only, the connection is handed over by migrations.run."""

from alembic import context

import catalogue.models
import marketplace.models
import tenants.audit
import tenants.models
from tenants.db import Base

__all__ = ["catalogue", "marketplace", "tenants"]


def include(_object, name, type_, _reflected, _compare_to):
    """Procrastinate keeps its own tables."""
    return not (type_ == "table" and name.startswith("procrastinate_"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_object=include,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
