"""Activity groups of a municipality, and the places in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_2"
down_revision = "20261122_1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity_group",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("weekday", sa.Text(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("leader_id", sa.UUID(), nullable=False),
        sa.Column("second_leader_id", sa.UUID(), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "weekday IN ('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')",
            name=op.f("ck_activity_group_weekday"),
        ),
        sa.CheckConstraint("ends > starts", name=op.f("ck_activity_group_times")),
        sa.CheckConstraint("seats BETWEEN 2 AND 60", name=op.f("ck_activity_group_seats")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_activity_group_period")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "leader_id"],
            ["sammen.support_contact.tenant_id", "sammen.support_contact.id"],
            name=op.f("fk_activity_group_tenant_id_leader_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "second_leader_id"],
            ["sammen.support_contact.tenant_id", "sammen.support_contact.id"],
            name=op.f("fk_activity_group_tenant_id_second_leader_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_activity_group")),
        schema="sammen",
    )
    op.create_index(
        "ix_activity_group_leader",
        "activity_group",
        ["tenant_id", "leader_id"],
        unique=False,
        schema="sammen",
    )
    op.create_index(
        "ix_activity_group_name", "activity_group", ["tenant_id", "name"], unique=False, schema="sammen"
    )
    op.create_table(
        "group_place",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("group_id", sa.UUID(), nullable=False),
        sa.Column("assignment_id", sa.UUID(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_group_place_period")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assignment_id"],
            ["sammen.assignment.tenant_id", "sammen.assignment.id"],
            name=op.f("fk_group_place_tenant_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"],
            ["sammen.activity_group.tenant_id", "sammen.activity_group.id"],
            name=op.f("fk_group_place_tenant_id_group_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_group_place")),
        schema="sammen",
    )
    op.create_index(
        "ix_group_place_group", "group_place", ["tenant_id", "group_id"], unique=False, schema="sammen"
    )
    op.create_index(
        "uq_group_place_open",
        "group_place",
        ["tenant_id", "assignment_id"],
        unique=True,
        schema="sammen",
        postgresql_where=sa.text("valid_to IS NULL"),
    )
    op.execute("REVOKE ALL ON sammen.activity_group FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.activity_group ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.activity_group FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY activity_group_select ON sammen.activity_group FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY activity_group_insert ON sammen.activity_group FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY activity_group_update ON sammen.activity_group FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY activity_group_delete ON sammen.activity_group FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.activity_group TO sammen_app")
    op.execute(
        'GRANT UPDATE ("name", "activity", "weekday", "starts", "ends", "place", "leader_id", "second_leader_id", "seats", "valid_from", "valid_to", "created_at", "changed_at", "version") ON sammen.activity_group TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.group_place FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.group_place ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.group_place FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY group_place_select ON sammen.group_place FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY group_place_insert ON sammen.group_place FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY group_place_update ON sammen.group_place FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY group_place_delete ON sammen.group_place FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.group_place TO sammen_app")
    op.execute(
        'GRANT UPDATE ("group_id", "assignment_id", "valid_from", "valid_to", "created_at", "changed_at", "version") ON sammen.group_place TO sammen_app'
    )
