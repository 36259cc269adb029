"""Alembic's entry: runs on the connection `deploy.database.upgrade` hands over, under its lock and as the owner role."""

from __future__ import annotations

from alembic import context

import deploy.models  # noqa: F401 - registers every slice's tables
from sammen.db.base import SCHEMA, Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    version_table_schema=SCHEMA,
    include_schemas=True,
    include_name=lambda name, type_, _parent: type_ != "schema" or name == SCHEMA,
    compare_server_default=False,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
