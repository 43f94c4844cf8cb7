"""Alembic's entry: migrate over the connection that `db.upgrade` opened."""

from alembic import context

import db.campaign_models
import db.operation_models
import db.thread_models  # noqa: F401 - their tables belong to the same metadata
from db.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    compare_type=True,
    transactional_ddl=True,  # also on SQLite, where db.upgrade begins the transaction
)
with context.begin_transaction():
    context.run_migrations()
