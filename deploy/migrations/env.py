"""Alembic's entry: runs on the connection `deploy.database.upgrade` hands over, under its lock and as the owner role."""

from __future__ import annotations

from alembic import context

import deploy.models  # noqa: F401 - registers every slice's tables
from sammen.db.base import SCHEMA, Base
from sammen.jobs.queue import QUEUE_TABLES

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    version_table_schema=SCHEMA,
    include_schemas=True,
    # The queue's tables are pgqueuer's to describe (sammen/jobs/queue.sql), so they are in no model of ours.
    include_name=lambda name, type_, _parent: (
        name == SCHEMA if type_ == "schema" else type_ != "table" or name not in QUEUE_TABLES
    ),
    compare_server_default=False,
    # One at a time: a change of one busy table waits for nobody who waits for it (deploy/database.py).
    transaction_per_migration=True,
    process_revision_directives=context.config.attributes.get("directives"),
)
with context.begin_transaction():
    context.run_migrations()
