"""The first tables."""

from __future__ import annotations

from alembic import op

import deploy.models  # noqa: F401 - registers every slice's tables
from sammen.db.base import Base
from sammen.db.install import function_statements
from sammen.db.rls import protect
from sammen.jobs.queue import install_statements

revision = "20261121_1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    Base.metadata.create_all(connection)
    for statement in [*install_statements(), *function_statements()]:
        connection.exec_driver_sql(statement)
    for table in Base.metadata.sorted_tables:
        for statement in protect(table):
            connection.exec_driver_sql(statement)
