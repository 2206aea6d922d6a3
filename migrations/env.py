"""Alembic's entry: online only, the connection is handed over by migrations.run."""

from alembic import context

import catalogue.models
import catalogue.suspension
import marketplace.announcement_models
import marketplace.briefings.models
import marketplace.enquiries.models
import marketplace.models
import marketplace.quotes.models
import marketplace.registration.committee_models
import marketplace.registration.models
import marketplace.scheme_models
import marketplace.shortlists.models
import search.saved.models
import tenants.audit
import tenants.file_models
import tenants.member_models
import tenants.models
import tenants.notices.models
import tenants.wall_models
from migrations import roles
from tenants.db import Base

__all__ = ["catalogue", "marketplace", "search", "tenants"]


def include(_object, name, type_, _reflected, _compare_to):
    """Procrastinate keeps its own tables."""
    return not (type_ == "table" and name.startswith("procrastinate_"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_object=include,
    compare_type=True,
    # What a migration has just put behind walls is open to the next one, until all is done (migrations.run).
    on_version_apply=lambda ctx, **_: roles.let_owner_in(ctx.connection),
)
with context.begin_transaction():
    context.run_migrations()
