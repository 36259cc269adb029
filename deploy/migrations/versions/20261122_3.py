"""Courses of a region, seats in them, and who of a municipality sits in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_3"
down_revision = "20261122_2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course",
        sa.Column("region_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("responsible", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('basic', 'theme')", name=op.f("ck_course_kind")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_course_times")),
        sa.CheckConstraint("seats BETWEEN 1 AND 500", name=op.f("ck_course_seats")),
        sa.PrimaryKeyConstraint("region_id", "id", name=op.f("pk_course")),
        schema="sammen",
    )
    op.create_index("ix_course_starts", "course", ["region_id", "starts_at"], unique=False, schema="sammen")
    op.create_table(
        "enrolment",
        sa.Column("region_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("course_id", sa.UUID(), nullable=False),
        sa.Column("home_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.Text(), server_default="enrolled", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("state IN ('enrolled', 'withdrawn')", name=op.f("ck_enrolment_state")),
        sa.ForeignKeyConstraint(
            ["region_id", "course_id"],
            ["sammen.course.region_id", "sammen.course.id"],
            name=op.f("fk_enrolment_region_id_course_id"),
        ),
        sa.PrimaryKeyConstraint("region_id", "id", name=op.f("pk_enrolment")),
        schema="sammen",
    )
    op.create_index(
        "ix_enrolment_course", "enrolment", ["region_id", "course_id"], unique=False, schema="sammen"
    )
    op.create_index("ix_enrolment_home", "enrolment", ["home_id"], unique=False, schema="sammen")
    op.create_table(
        "course_signup",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("contact_id", sa.UUID(), nullable=False),
        sa.Column("course_id", sa.UUID(), nullable=False),
        sa.Column("enrolment_id", sa.UUID(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["sammen.support_contact.tenant_id", "sammen.support_contact.id"],
            name=op.f("fk_course_signup_tenant_id_contact_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_course_signup")),
        sa.UniqueConstraint(
            "tenant_id", "enrolment_id", name=op.f("uq_course_signup_tenant_id_enrolment_id")
        ),
        schema="sammen",
    )
    op.create_index(
        "uq_course_signup_open",
        "course_signup",
        ["tenant_id", "contact_id", "course_id"],
        unique=True,
        schema="sammen",
        postgresql_where=sa.text("withdrawn_on IS NULL"),
    )
    op.execute("REVOKE ALL ON sammen.course FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.course ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.course FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY course_select ON sammen.course FOR SELECT TO sammen_app USING (region_id = (select sammen.current_region()))"
    )
    op.execute(
        "CREATE POLICY course_insert ON sammen.course FOR INSERT TO sammen_app WITH CHECK (region_id = (select sammen.current_region()))"
    )
    op.execute(
        "CREATE POLICY course_update ON sammen.course FOR UPDATE TO sammen_app USING (region_id = (select sammen.current_region())) WITH CHECK (region_id = (select sammen.current_region()))"
    )
    op.execute("GRANT INSERT, SELECT ON sammen.course TO sammen_app")
    op.execute(
        'GRANT UPDATE ("title", "kind", "about", "place", "starts_at", "ends_at", "seats", "responsible", "created_at", "changed_at", "version") ON sammen.course TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.enrolment FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.enrolment ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.enrolment FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY enrolment_select ON sammen.enrolment FOR SELECT TO sammen_app USING ((region_id = (select sammen.current_courses())) OR (home_id = (select sammen.current_tenant())))"
    )
    op.execute("GRANT SELECT ON sammen.enrolment TO sammen_app")
    op.execute("REVOKE ALL ON sammen.course_signup FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.course_signup ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.course_signup FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY course_signup_select ON sammen.course_signup FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY course_signup_insert ON sammen.course_signup FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY course_signup_update ON sammen.course_signup FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY course_signup_delete ON sammen.course_signup FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.course_signup TO sammen_app")
    op.execute(
        'GRANT UPDATE ("contact_id", "course_id", "enrolment_id", "withdrawn_on", "created_at", "changed_at", "version") ON sammen.course_signup TO sammen_app'
    )
