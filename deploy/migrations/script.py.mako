"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
# True when the program before this one goes on working on these tables (docs/runbooks/upgrade.md).
serves_previous = False


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
