"""The tables Sammen begins with, each behind its wall."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from sammen.jobs.queue import install_statements

revision = "20261122_1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in install_statements():
        op.execute(statement)
    op.create_table(
        "administration_cost",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("kroner", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kroner >= 0", name=op.f("ck_administration_cost_kroner")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_administration_cost")),
        sa.UniqueConstraint("tenant_id", "year", name=op.f("uq_administration_cost_tenant_id_year")),
        schema="sammen",
    )
    op.create_table(
        "approved_figure",
        sa.Column("region_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("reported_by", sa.UUID(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("cell", sa.Text(), server_default="", nullable=False),
        sa.Column("value", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("region_id", "id", name=op.f("pk_approved_figure")),
        sa.UniqueConstraint(
            "region_id",
            "reported_by",
            "period",
            "edition",
            "measure",
            "cell",
            name=op.f("uq_approved_figure_region_id_reported_by_period_edition_measure_cell"),
        ),
        schema="sammen",
    )
    op.create_index(
        "ix_approved_figure_period",
        "approved_figure",
        ["region_id", "period", "measure"],
        unique=False,
        schema="sammen",
    )
    op.create_table(
        "audit_entry",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("persons", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=True),
        sa.Column("object_id", sa.UUID(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("request_id", sa.UUID(), nullable=True),
        sa.Column("seal_no", sa.BigInteger(), nullable=True),
        sa.Column("seal", postgresql.BYTEA(), nullable=True),
        sa.CheckConstraint("category IN ('change', 'read', 'refusal')", name=op.f("ck_audit_entry_category")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("tenant_id", "seal_no", name=op.f("uq_audit_entry_tenant_id_seal_no")),
        schema="sammen",
    )
    op.create_index(
        "ix_audit_entry_at",
        "audit_entry",
        ["tenant_id", sa.literal_column("at DESC")],
        unique=False,
        schema="sammen",
    )
    op.create_index(
        "ix_audit_entry_object",
        "audit_entry",
        ["tenant_id", "object_id", sa.literal_column("id DESC")],
        unique=False,
        schema="sammen",
    )
    op.create_index(
        "ix_audit_entry_persons",
        "audit_entry",
        ["persons"],
        unique=False,
        schema="sammen",
        postgresql_using="gin",
    )
    op.create_index(
        "ix_audit_entry_unsealed",
        "audit_entry",
        [sa.literal_column("tenant_id, id")],
        unique=False,
        schema="sammen",
        postgresql_where=sa.text("seal_no IS NULL"),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("scope_id", sa.UUID(), nullable=False),
        sa.Column("seal_no", sa.BigInteger(), nullable=False),
        sa.Column("seal", postgresql.BYTEA(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
        sa.UniqueConstraint("scope_id", name=op.f("uq_audit_head_scope_id")),
        schema="sammen",
    )
    op.create_table(
        "candidate",
        sa.Column("region_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("home_id", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=False),
        sa.Column("gender", sa.Text(), nullable=False),
        sa.Column("interests", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("skills", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("slots", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("has_car", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("hours_wanted", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("hours_now", sa.Numeric(precision=12, scale=2), server_default="0", nullable=False),
        sa.Column("will_not", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("longest_months", sa.Integer(), server_default="0", nullable=False),
        sa.Column("commits_months", sa.Integer(), server_default="0", nullable=False),
        sa.Column("courses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=False),
        sa.Column("consent_until", sa.Date(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("gender IN ('F', 'M', 'X')", name=op.f("ck_candidate_gender")),
        sa.PrimaryKeyConstraint("region_id", "id", name=op.f("pk_candidate")),
        sa.UniqueConstraint("region_id", "code", name=op.f("uq_candidate_region_id_code")),
        schema="sammen",
    )
    op.create_index("ix_candidate_home", "candidate", ["home_id"], unique=False, schema="sammen")
    op.create_index(
        "ix_candidate_open",
        "candidate",
        ["region_id"],
        unique=False,
        schema="sammen",
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "case_import",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="preview", nullable=False),
        sa.Column("uploaded_by", sa.UUID(), nullable=True),
        sa.Column("uploaded_by_name", sa.Text(), server_default="", nullable=False),
        sa.Column("header", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("purchasers", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("task_id", sa.UUID(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('preview', 'running', 'confirmed', 'dropped')", name=op.f("ck_case_import_state")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_case_import")),
        schema="sammen",
    )
    op.create_index(
        "ix_case_import_created", "case_import", ["tenant_id", "created_at"], unique=False, schema="sammen"
    )
    op.create_table(
        "figure_set",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), server_default="computed", nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("state IN ('computed', 'approved', 'replaced')", name=op.f("ck_figure_set_state")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_figure_set")),
        sa.UniqueConstraint(
            "tenant_id", "period", "edition", name=op.f("uq_figure_set_tenant_id_period_edition")
        ),
        schema="sammen",
    )
    op.create_table(
        "hourly_rate",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("kroner", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kroner >= 0", name=op.f("ck_hourly_rate_kroner")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_hourly_rate")),
        sa.UniqueConstraint("tenant_id", "valid_from", name=op.f("uq_hourly_rate_tenant_id_valid_from")),
        schema="sammen",
    )
    op.create_table(
        "idempotency_key",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint(
            "session_id", "route", "key", name=op.f("uq_idempotency_key_session_id_route_key")
        ),
        schema="sammen",
    )
    op.create_index(
        "ix_idempotency_key_made_at",
        "idempotency_key",
        [sa.literal_column("made_at")],
        unique=False,
        schema="sammen",
    )
    op.create_table(
        "job_mark",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_mark")),
        schema="sammen",
    )
    op.create_index(op.f("ix_job_mark_done_at"), "job_mark", ["done_at"], unique=False, schema="sammen")
    op.create_table(
        "legal_ground",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text_nb", sa.Text(), nullable=False),
        sa.Column("text_nn", sa.Text(), nullable=False),
        sa.Column("complaint_weeks", sa.Integer(), nullable=False),
        sa.Column("child_welfare", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_legal_ground")),
        schema="sammen",
    )
    op.create_table(
        "municipality",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language_form", sa.Text(), server_default="nb", nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("language_form IN ('nb', 'nn')", name=op.f("ck_municipality_language_form")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_municipality")),
        sa.UniqueConstraint("code", name=op.f("uq_municipality_code")),
        sa.UniqueConstraint("slug", name=op.f("uq_municipality_slug")),
        schema="sammen",
    )
    op.create_table(
        "need",
        sa.Column("region_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("posted_by", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("age_band", sa.Text(), nullable=False),
        sa.Column("gender_wish", sa.Text(), server_default="any", nullable=False),
        sa.Column("interests", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("weekdays", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("slots", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("hours_per_week", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("skills", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("needs_car", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("predictability", sa.Integer(), server_default="2", nullable=False),
        sa.Column("months", sa.Integer(), server_default="12", nullable=False),
        sa.Column("legal_ground", sa.Text(), nullable=False),
        sa.Column("consent_on", sa.Date(), nullable=False),
        sa.Column("posted_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("gender_wish IN ('F', 'M', 'any')", name=op.f("ck_need_gender_wish")),
        sa.CheckConstraint("state IN ('open', 'filled', 'withdrawn', 'expired')", name=op.f("ck_need_state")),
        sa.CheckConstraint("predictability BETWEEN 1 AND 3", name=op.f("ck_need_predictability")),
        sa.PrimaryKeyConstraint("region_id", "id", name=op.f("pk_need")),
        sa.UniqueConstraint("region_id", "code", name=op.f("uq_need_region_id_code")),
        schema="sammen",
    )
    op.create_index("ix_need_posted_by", "need", ["posted_by"], unique=False, schema="sammen")
    op.create_table(
        "person",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("given_name", sa.Text(), nullable=False),
        sa.Column("family_name", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("number_cipher", postgresql.BYTEA(), nullable=True),
        sa.Column("number_hash", postgresql.BYTEA(), nullable=True),
        sa.Column("language_form", sa.Text(), server_default="nb", nullable=False),
        sa.Column("street", sa.Text(), server_default="", nullable=False),
        sa.Column("postcode", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("phone", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("protection", sa.Text(), server_default="none", nullable=False),
        sa.Column("speaks", sa.Text(), server_default="", nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("language_form IN ('nb', 'nn')", name=op.f("ck_person_language_form")),
        sa.CheckConstraint("protection IN ('none', 'kode7', 'kode6')", name=op.f("ck_person_protection")),
        sa.CheckConstraint("sex IN ('F', 'M')", name=op.f("ck_person_sex")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_person")),
        sa.UniqueConstraint("tenant_id", "number_hash", name=op.f("uq_person_tenant_id_number_hash")),
        schema="sammen",
    )
    op.create_index("ix_person_birth", "person", ["tenant_id", "birth_date"], unique=False, schema="sammen")
    op.create_index(
        "ix_person_user",
        "person",
        ["tenant_id", "user_id"],
        unique=False,
        schema="sammen",
        postgresql_where="user_id IS NOT NULL",
    )
    op.create_table(
        "region",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
        sa.UniqueConstraint("slug", name=op.f("uq_region_slug")),
        schema="sammen",
    )
    op.create_table(
        "region_audit_entry",
        sa.Column("region_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("persons", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=True),
        sa.Column("object_id", sa.UUID(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("request_id", sa.UUID(), nullable=True),
        sa.Column("seal_no", sa.BigInteger(), nullable=True),
        sa.Column("seal", postgresql.BYTEA(), nullable=True),
        sa.CheckConstraint(
            "category IN ('change', 'read', 'refusal')", name=op.f("ck_region_audit_entry_category")
        ),
        sa.PrimaryKeyConstraint("region_id", "id", name=op.f("pk_region_audit_entry")),
        sa.UniqueConstraint("region_id", "seal_no", name=op.f("uq_region_audit_entry_region_id_seal_no")),
        schema="sammen",
    )
    op.create_index(
        "ix_region_audit_entry_unsealed",
        "region_audit_entry",
        [sa.literal_column("region_id, id")],
        unique=False,
        schema="sammen",
        postgresql_where=sa.text("seal_no IS NULL"),
    )
    op.create_table(
        "region_task",
        sa.Column("region_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("result_url", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.UUID(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_region_task_state")
        ),
        sa.PrimaryKeyConstraint("region_id", "id", name=op.f("pk_region_task")),
        schema="sammen",
    )
    op.create_table(
        "system_audit_entry",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column(
            "at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.UUID(), nullable=True),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("persons", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=True),
        sa.Column("object_id", sa.UUID(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("request_id", sa.UUID(), nullable=True),
        sa.Column("seal_no", sa.BigInteger(), nullable=True),
        sa.Column("seal", postgresql.BYTEA(), nullable=True),
        sa.CheckConstraint(
            "category IN ('change', 'read', 'refusal')", name=op.f("ck_system_audit_entry_category")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_system_audit_entry")),
        sa.UniqueConstraint("seal_no", name=op.f("uq_system_audit_entry_seal_no")),
        schema="sammen",
    )
    op.create_index(
        "ix_system_audit_entry_unsealed",
        "system_audit_entry",
        [sa.literal_column("id")],
        unique=False,
        schema="sammen",
        postgresql_where=sa.text("seal_no IS NULL"),
    )
    op.create_table(
        "task",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("result_url", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.UUID(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_task_state")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_task")),
        schema="sammen",
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), server_default="nb", nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("persona", sa.Text(), nullable=True),
        sa.Column("persona_order", sa.Integer(), nullable=True),
        sa.Column("failed_logins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("language IN ('nb', 'nn')", name=op.f("ck_user_account_language")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("email", name=op.f("uq_user_account_email")),
        schema="sammen",
    )
    op.create_table(
        "vault",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", postgresql.BYTEA(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vault")),
        sa.UniqueConstraint("name", name=op.f("uq_vault_name")),
        schema="sammen",
    )
    op.create_table(
        "access_index",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("entry_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "entry_id"],
            ["sammen.audit_entry.tenant_id", "sammen.audit_entry.id"],
            name=op.f("fk_access_index_tenant_id_entry_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_access_index")),
        sa.UniqueConstraint(
            "tenant_id", "person_id", "entry_id", name=op.f("uq_access_index_tenant_id_person_id_entry_id")
        ),
        schema="sammen",
    )
    op.create_index(
        "ix_access_index_person",
        "access_index",
        ["tenant_id", "person_id", sa.literal_column("at DESC")],
        unique=False,
        schema="sammen",
    )
    op.create_table(
        "case_file",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("case_no", sa.Text(), nullable=False),
        sa.Column("purchaser", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="received", nullable=False),
        sa.Column("forms", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("responsible_id", sa.UUID(), nullable=True),
        sa.Column("responsible_name", sa.Text(), server_default="", nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("deadline_kind", sa.Text(), server_default="none", nullable=False),
        sa.Column("shielded", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "deadline_kind IN ('decide', 'start', 'evaluate', 'none')",
            name=op.f("ck_case_file_deadline_kind"),
        ),
        sa.CheckConstraint(
            "purchaser IN ('child', 'adult', 'child_welfare')", name=op.f("ck_case_file_purchaser")
        ),
        sa.CheckConstraint(
            "state IN ('received', 'mapping', 'deciding', 'waiting', 'running', 'evaluating', 'closed')",
            name=op.f("ck_case_file_state"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["sammen.person.tenant_id", "sammen.person.id"],
            name=op.f("fk_case_file_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("tenant_id", "case_no", name=op.f("uq_case_file_tenant_id_case_no")),
        schema="sammen",
    )
    op.create_index(
        "ix_case_file_open",
        "case_file",
        ["tenant_id", "deadline", "id"],
        unique=False,
        schema="sammen",
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index(
        "ix_case_file_person", "case_file", ["tenant_id", "person_id"], unique=False, schema="sammen"
    )
    op.create_table(
        "case_import_row",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("import_id", sa.UUID(), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("sealed", postgresql.BYTEA(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column("case_id", sa.UUID(), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('new', 'change', 'same', 'warning', 'error', 'repeat')",
            name=op.f("ck_case_import_row_verdict"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "import_id"],
            ["sammen.case_import.tenant_id", "sammen.case_import.id"],
            name=op.f("fk_case_import_row_tenant_id_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_case_import_row")),
        sa.UniqueConstraint(
            "tenant_id", "import_id", "row_no", name=op.f("uq_case_import_row_tenant_id_import_id_row_no")
        ),
        schema="sammen",
    )
    op.create_table(
        "figure",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("set_id", sa.UUID(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("cell", sa.Text(), server_default="", nullable=False),
        sa.Column("value", sa.Numeric(precision=16, scale=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "set_id"],
            ["sammen.figure_set.tenant_id", "sammen.figure_set.id"],
            name=op.f("fk_figure_tenant_id_set_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_figure")),
        sa.UniqueConstraint(
            "tenant_id", "set_id", "measure", "cell", name=op.f("uq_figure_tenant_id_set_id_measure_cell")
        ),
        schema="sammen",
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("municipality_id", sa.UUID(), nullable=True),
        sa.Column("region_id", sa.UUID(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("granted_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "CASE kind WHEN 'operations' THEN municipality_id IS NULL AND region_id IS NULL WHEN 'region' THEN municipality_id IS NULL AND region_id IS NOT NULL ELSE municipality_id IS NOT NULL AND region_id IS NULL END",
            name=op.f("ck_membership_place"),
        ),
        sa.CheckConstraint(
            "kind IN ('municipality', 'own', 'region', 'operations')", name=op.f("ck_membership_kind")
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["sammen.municipality.id"], name=op.f("fk_membership_municipality_id")
        ),
        sa.ForeignKeyConstraint(["region_id"], ["sammen.region.id"], name=op.f("fk_membership_region_id")),
        sa.ForeignKeyConstraint(["user_id"], ["sammen.user_account.id"], name=op.f("fk_membership_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "user_id",
            "kind",
            "municipality_id",
            "region_id",
            "role",
            "valid_from",
            name="uq_membership_once",
            postgresql_nulls_not_distinct=True,
        ),
        schema="sammen",
    )
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"], unique=False, schema="sammen")
    op.create_table(
        "municipality_population",
        sa.Column("municipality_id", sa.UUID(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("age_band", sa.Text(), nullable=False),
        sa.Column("inhabitants", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["sammen.municipality.id"],
            name=op.f("fk_municipality_population_municipality_id"),
        ),
        sa.PrimaryKeyConstraint(
            "municipality_id", "year", "age_band", name=op.f("pk_municipality_population")
        ),
        schema="sammen",
    )
    op.create_table(
        "person_name_word",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["sammen.person.tenant_id", "sammen.person.id"],
            name=op.f("fk_person_name_word_tenant_id_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_person_name_word")),
        sa.UniqueConstraint(
            "tenant_id", "person_id", "word", name=op.f("uq_person_name_word_tenant_id_person_id_word")
        ),
        schema="sammen",
    )
    op.create_index(
        "ix_person_name_word_word", "person_name_word", ["tenant_id", "word"], unique=False, schema="sammen"
    )
    op.create_table(
        "proposal",
        sa.Column("region_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("need_id", sa.UUID(), nullable=False),
        sa.Column("candidate_id", sa.UUID(), nullable=False),
        sa.Column("need_tenant_id", sa.UUID(), nullable=False),
        sa.Column("home_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.Text(), server_default="proposed", nullable=False),
        sa.Column("need_card", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("candidate_card", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("proposer_note", sa.Text(), server_default="", nullable=False),
        sa.Column("proposed_by", sa.UUID(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.UUID(), nullable=True),
        sa.Column("candidate_yes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("user_yes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("police_shown_on", sa.Date(), nullable=True),
        sa.Column("confidentiality_signed_on", sa.Date(), nullable=True),
        sa.Column("vetted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("vetted_by", sa.UUID(), nullable=True),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), server_default="", nullable=False),
        sa.Column("end_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state <> 'matched' OR (accepted_at IS NOT NULL AND candidate_yes_at IS NOT NULL AND user_yes_at IS NOT NULL AND vetted_at IS NOT NULL AND matched_at IS NOT NULL)",
            name=op.f("ck_proposal_every_yes"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'matched', 'declined', 'withdrawn', 'expired')",
            name=op.f("ck_proposal_state"),
        ),
        sa.CheckConstraint(
            "(vetted_at IS NULL) = (police_shown_on IS NULL OR confidentiality_signed_on IS NULL)",
            name=op.f("ck_proposal_vetted"),
        ),
        sa.CheckConstraint("accepted_by <> proposed_by", name=op.f("ck_proposal_four_eyes")),
        sa.ForeignKeyConstraint(
            ["region_id", "candidate_id"],
            ["sammen.candidate.region_id", "sammen.candidate.id"],
            name=op.f("fk_proposal_region_id_candidate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["region_id", "need_id"],
            ["sammen.need.region_id", "sammen.need.id"],
            name=op.f("fk_proposal_region_id_need_id"),
        ),
        sa.PrimaryKeyConstraint("region_id", "id", name=op.f("pk_proposal")),
        schema="sammen",
    )
    op.create_index("ix_proposal_home", "proposal", ["home_id"], unique=False, schema="sammen")
    op.create_index("ix_proposal_need_tenant", "proposal", ["need_tenant_id"], unique=False, schema="sammen")
    op.create_index(
        "uq_proposal_candidate_held",
        "proposal",
        ["region_id", "candidate_id"],
        unique=True,
        schema="sammen",
        postgresql_where=sa.text("state IN ('proposed', 'accepted')"),
    )
    op.create_index(
        "uq_proposal_need_held",
        "proposal",
        ["region_id", "need_id"],
        unique=True,
        schema="sammen",
        postgresql_where=sa.text("state IN ('proposed', 'accepted', 'matched')"),
    )
    op.create_table(
        "region_membership",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("region_id", sa.UUID(), nullable=False),
        sa.Column("municipality_id", sa.UUID(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["municipality_id"], ["sammen.municipality.id"], name=op.f("fk_region_membership_municipality_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["sammen.region.id"], name=op.f("fk_region_membership_region_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_membership")),
        sa.UniqueConstraint(
            "region_id",
            "municipality_id",
            "valid_from",
            name=op.f("uq_region_membership_region_id_municipality_id_valid_from"),
        ),
        schema="sammen",
    )
    op.create_index(
        op.f("ix_region_membership_municipality_id"),
        "region_membership",
        ["municipality_id"],
        unique=False,
        schema="sammen",
    )
    op.create_table(
        "representative",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("acts_for_id", sa.UUID(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), server_default="", nullable=False),
        sa.Column("receives_letters", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "role IN ('parent', 'guardian', 'power_of_attorney')", name=op.f("ck_representative_role")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "acts_for_id"],
            ["sammen.person.tenant_id", "sammen.person.id"],
            name=op.f("fk_representative_tenant_id_acts_for_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["sammen.person.tenant_id", "sammen.person.id"],
            name=op.f("fk_representative_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_representative")),
        schema="sammen",
    )
    op.create_index(
        "ix_representative_acts_for",
        "representative",
        ["tenant_id", "acts_for_id"],
        unique=False,
        schema="sammen",
    )
    op.create_index(
        "ix_representative_person",
        "representative",
        ["tenant_id", "person_id"],
        unique=False,
        schema="sammen",
    )
    op.create_table(
        "support_contact",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.Text(), server_default="enquiry", nullable=False),
        sa.Column("interests", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("skills", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("languages", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("slots", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("has_car", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("wants_hours", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("commits_months", sa.Integer(), server_default="0", nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("follow_up_owner", sa.UUID(), nullable=True),
        sa.Column("candidate_id", sa.UUID(), nullable=True),
        sa.Column("lent_hours", sa.Numeric(precision=12, scale=2), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('enquiry', 'vetting', 'engaged', 'paused', 'ended')",
            name=op.f("ck_support_contact_state"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["sammen.person.tenant_id", "sammen.person.id"],
            name=op.f("fk_support_contact_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_support_contact")),
        sa.UniqueConstraint("tenant_id", "person_id", name=op.f("uq_support_contact_tenant_id_person_id")),
        schema="sammen",
    )
    op.create_index(
        "ix_support_contact_state", "support_contact", ["tenant_id", "state"], unique=False, schema="sammen"
    )
    op.create_table(
        "web_session",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("token_hash", postgresql.BYTEA(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("device", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["sammen.user_account.id"], name=op.f("fk_web_session_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_web_session_token_hash")),
        schema="sammen",
    )
    op.create_index(op.f("ix_web_session_user_id"), "web_session", ["user_id"], unique=False, schema="sammen")
    op.create_table(
        "application",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("applicant", sa.Text(), server_default="self", nullable=False),
        sa.Column("applicant_name", sa.Text(), server_default="", nullable=False),
        sa.Column("wishes", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_ground", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "applicant IN ('self', 'parent', 'guardian', 'power_of_attorney', 'other')",
            name=op.f("ck_application_applicant"),
        ),
        sa.CheckConstraint(
            "channel IN ('letter', 'phone', 'form', 'import')", name=op.f("ck_application_channel")
        ),
        sa.CheckConstraint("state IN ('open', 'decided', 'withdrawn')", name=op.f("ck_application_state")),
        sa.ForeignKeyConstraint(
            ["legal_ground"], ["sammen.legal_ground.code"], name=op.f("fk_application_legal_ground")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["sammen.case_file.tenant_id", "sammen.case_file.id"],
            name=op.f("fk_application_tenant_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_application")),
        schema="sammen",
    )
    op.create_index(
        "ix_application_case", "application", ["tenant_id", "case_id"], unique=False, schema="sammen"
    )
    op.create_table(
        "case_member",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("user_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["sammen.case_file.tenant_id", "sammen.case_file.id"],
            name=op.f("fk_case_member_tenant_id_case_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_case_member")),
        sa.UniqueConstraint(
            "tenant_id", "case_id", "user_id", name=op.f("uq_case_member_tenant_id_case_id_user_id")
        ),
        schema="sammen",
    )
    op.create_table(
        "decision",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("kind", sa.Text(), server_default="grant", nullable=False),
        sa.Column("goal", sa.Text(), server_default="", nullable=False),
        sa.Column("own_words", sa.Text(), server_default="", nullable=False),
        sa.Column("reasons", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_ground", sa.Text(), nullable=True),
        sa.Column("evaluate_on", sa.Date(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), server_default="", nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('grant', 'partial', 'refusal')", name=op.f("ck_decision_kind")),
        sa.CheckConstraint("state IN ('draft', 'issued', 'ended')", name=op.f("ck_decision_state")),
        sa.ForeignKeyConstraint(
            ["legal_ground"], ["sammen.legal_ground.code"], name=op.f("fk_decision_legal_ground")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["sammen.case_file.tenant_id", "sammen.case_file.id"],
            name=op.f("fk_decision_tenant_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_decision")),
        schema="sammen",
    )
    op.create_index("ix_decision_case", "decision", ["tenant_id", "case_id"], unique=False, schema="sammen")
    op.create_table(
        "engagement",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("contact_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="employee", nullable=False),
        sa.Column("hours_per_week", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('employee', 'contractor')", name=op.f("ck_engagement_kind")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["sammen.support_contact.tenant_id", "sammen.support_contact.id"],
            name=op.f("fk_engagement_tenant_id_contact_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_engagement")),
        schema="sammen",
    )
    op.create_index(
        "ix_engagement_contact", "engagement", ["tenant_id", "contact_id"], unique=False, schema="sammen"
    )
    op.create_table(
        "introduction",
        sa.Column("region_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("proposal_id", sa.UUID(), nullable=False),
        sa.Column("need_tenant_id", sa.UUID(), nullable=False),
        sa.Column("home_id", sa.UUID(), nullable=False),
        sa.Column("sealed", postgresql.BYTEA(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_id", "proposal_id"],
            ["sammen.proposal.region_id", "sammen.proposal.id"],
            name=op.f("fk_introduction_region_id_proposal_id"),
        ),
        sa.PrimaryKeyConstraint("region_id", "id", name=op.f("pk_introduction")),
        sa.UniqueConstraint("region_id", "proposal_id", name=op.f("uq_introduction_region_id_proposal_id")),
        schema="sammen",
    )
    op.create_table(
        "mapping",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("own_words", sa.Text(), server_default="", nullable=False),
        sa.Column("interests", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("slots", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("needs", sa.Text(), server_default="", nullable=False),
        sa.Column("network", sa.Text(), server_default="", nullable=False),
        sa.Column("suggested_forms", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("made_by", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["sammen.case_file.tenant_id", "sammen.case_file.id"],
            name=op.f("fk_mapping_tenant_id_case_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_mapping")),
        schema="sammen",
    )
    op.create_index("ix_mapping_case", "mapping", ["tenant_id", "case_id"], unique=False, schema="sammen")
    op.create_table(
        "vetting",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("contact_id", sa.UUID(), nullable=False),
        sa.Column("police_shown_on", sa.Date(), nullable=True),
        sa.Column("police_seen_by", sa.UUID(), nullable=True),
        sa.Column("confidentiality_signed_on", sa.Date(), nullable=True),
        sa.Column("confidentiality_seen_by", sa.UUID(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["sammen.support_contact.tenant_id", "sammen.support_contact.id"],
            name=op.f("fk_vetting_tenant_id_contact_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_vetting")),
        sa.UniqueConstraint("tenant_id", "contact_id", name=op.f("uq_vetting_tenant_id_contact_id")),
        schema="sammen",
    )
    op.create_table(
        "imported_row",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("key", postgresql.BYTEA(), nullable=False),
        sa.Column("fingerprint", postgresql.BYTEA(), nullable=False),
        sa.Column("sealed", postgresql.BYTEA(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("application_id", sa.UUID(), nullable=False),
        sa.Column("decision_id", sa.UUID(), nullable=True),
        sa.Column("contact_name", sa.Text(), server_default="", nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("interests", sa.Text(), server_default="", nullable=False),
        sa.Column("has_companion_card", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "application_id"],
            ["sammen.application.tenant_id", "sammen.application.id"],
            name=op.f("fk_imported_row_tenant_id_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["sammen.case_file.tenant_id", "sammen.case_file.id"],
            name=op.f("fk_imported_row_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decision_id"],
            ["sammen.decision.tenant_id", "sammen.decision.id"],
            name=op.f("fk_imported_row_tenant_id_decision_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["sammen.person.tenant_id", "sammen.person.id"],
            name=op.f("fk_imported_row_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_imported_row")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_imported_row_tenant_id_key")),
        schema="sammen",
    )
    op.create_index(
        "ix_imported_row_case", "imported_row", ["tenant_id", "case_id"], unique=False, schema="sammen"
    )
    op.create_table(
        "service_grant",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("decision_id", sa.UUID(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("unit", sa.Text(), server_default="week", nullable=False),
        sa.Column("times", sa.Text(), server_default="", nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint(
            "form IN ('individual', 'group', 'organisation', 'training')", name=op.f("ck_service_grant_form")
        ),
        sa.CheckConstraint("unit IN ('week', 'month')", name=op.f("ck_service_grant_unit")),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_service_grant_period")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "decision_id"],
            ["sammen.decision.tenant_id", "sammen.decision.id"],
            name=op.f("fk_service_grant_tenant_id_decision_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_grant")),
        schema="sammen",
    )
    op.create_index(
        "ix_service_grant_decision",
        "service_grant",
        ["tenant_id", "decision_id"],
        unique=False,
        schema="sammen",
    )
    op.create_table(
        "service_order",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("grant_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="sent", nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("waits_from", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("return_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("need_id", sa.UUID(), nullable=True),
        sa.Column("pool_consent_on", sa.Date(), nullable=True),
        sa.Column("pool_consent_by", sa.Text(), server_default="", nullable=False),
        sa.Column("match_consent_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "form IN ('individual', 'group', 'organisation', 'training')", name=op.f("ck_service_order_form")
        ),
        sa.CheckConstraint(
            "state IN ('sent', 'accepted', 'returned', 'filled', 'ended')",
            name=op.f("ck_service_order_state"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["sammen.case_file.tenant_id", "sammen.case_file.id"],
            name=op.f("fk_service_order_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "grant_id"],
            ["sammen.service_grant.tenant_id", "sammen.service_grant.id"],
            name=op.f("fk_service_order_tenant_id_grant_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["sammen.person.tenant_id", "sammen.person.id"],
            name=op.f("fk_service_order_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_service_order")),
        sa.UniqueConstraint("tenant_id", "grant_id", name=op.f("uq_service_order_tenant_id_grant_id")),
        schema="sammen",
    )
    op.create_index(
        "ix_service_order_case", "service_order", ["tenant_id", "case_id"], unique=False, schema="sammen"
    )
    op.create_index(
        "ix_service_order_need",
        "service_order",
        ["tenant_id", "need_id"],
        unique=False,
        schema="sammen",
        postgresql_where=sa.text("need_id IS NOT NULL"),
    )
    op.create_index(
        "ix_service_order_open",
        "service_order",
        ["tenant_id", "waits_from"],
        unique=False,
        schema="sammen",
        postgresql_where=sa.text("state IN ('sent', 'accepted')"),
    )
    op.create_table(
        "assignment",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("order_id", sa.UUID(), nullable=False),
        sa.Column("case_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("contact_id", sa.UUID(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="planned", nullable=False),
        sa.Column("source", sa.Text(), server_default="home", nullable=False),
        sa.Column("proposal_id", sa.UUID(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=12, scale=2), nullable=True),
        sa.Column("unit", sa.Text(), server_default="week", nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "form IN ('individual', 'group', 'organisation', 'training')", name=op.f("ck_assignment_form")
        ),
        sa.CheckConstraint("source IN ('home', 'pool')", name=op.f("ck_assignment_source")),
        sa.CheckConstraint(
            "state IN ('planned', 'running', 'paused', 'ended')", name=op.f("ck_assignment_state")
        ),
        sa.CheckConstraint("unit IN ('week', 'month')", name=op.f("ck_assignment_unit")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "case_id"],
            ["sammen.case_file.tenant_id", "sammen.case_file.id"],
            name=op.f("fk_assignment_tenant_id_case_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["sammen.support_contact.tenant_id", "sammen.support_contact.id"],
            name=op.f("fk_assignment_tenant_id_contact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "order_id"],
            ["sammen.service_order.tenant_id", "sammen.service_order.id"],
            name=op.f("fk_assignment_tenant_id_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "person_id"],
            ["sammen.person.tenant_id", "sammen.person.id"],
            name=op.f("fk_assignment_tenant_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("tenant_id", "proposal_id", name=op.f("uq_assignment_tenant_id_proposal_id")),
        schema="sammen",
    )
    op.create_index(
        "ix_assignment_case", "assignment", ["tenant_id", "case_id"], unique=False, schema="sammen"
    )
    op.create_index(
        "ix_assignment_contact", "assignment", ["tenant_id", "contact_id"], unique=False, schema="sammen"
    )
    op.create_index(
        "ix_assignment_order", "assignment", ["tenant_id", "order_id"], unique=False, schema="sammen"
    )
    op.create_index(
        "ix_assignment_person", "assignment", ["tenant_id", "person_id"], unique=False, schema="sammen"
    )
    op.create_table(
        "timesheet_line",
        sa.Column("tenant_id", sa.UUID(), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("assignment_id", sa.UUID(), nullable=False),
        sa.Column("contact_id", sa.UUID(), nullable=False),
        sa.Column("worked_on", sa.Date(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=True),
        sa.Column("ends", sa.Time(), nullable=True),
        sa.Column("hours", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("expenses", sa.Numeric(precision=12, scale=2), server_default="0", nullable=False),
        sa.Column("kilometres", sa.Numeric(precision=12, scale=2), server_default="0", nullable=False),
        sa.Column("state", sa.Text(), server_default="saved", nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.UUID(), nullable=True),
        sa.Column("return_reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('saved', 'sent', 'approved', 'returned')", name=op.f("ck_timesheet_line_state")
        ),
        sa.CheckConstraint("expenses >= 0 AND kilometres >= 0", name=op.f("ck_timesheet_line_claims")),
        sa.CheckConstraint("hours > 0 AND hours <= 24", name=op.f("ck_timesheet_line_hours")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assignment_id"],
            ["sammen.assignment.tenant_id", "sammen.assignment.id"],
            name=op.f("fk_timesheet_line_tenant_id_assignment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["sammen.support_contact.tenant_id", "sammen.support_contact.id"],
            name=op.f("fk_timesheet_line_tenant_id_contact_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_timesheet_line")),
        schema="sammen",
    )
    op.create_index(
        "ix_timesheet_line_assignment",
        "timesheet_line",
        ["tenant_id", "assignment_id", "worked_on"],
        unique=False,
        schema="sammen",
    )
    op.create_index(
        "ix_timesheet_line_contact",
        "timesheet_line",
        ["tenant_id", "contact_id", "worked_on"],
        unique=False,
        schema="sammen",
    )
    op.create_index(
        "ix_timesheet_line_state",
        "timesheet_line",
        ["tenant_id", "state", "worked_on"],
        unique=False,
        schema="sammen",
    )
    op.execute("REVOKE ALL ON sammen.administration_cost FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.administration_cost ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.administration_cost FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY administration_cost_select ON sammen.administration_cost FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY administration_cost_insert ON sammen.administration_cost FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY administration_cost_update ON sammen.administration_cost FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY administration_cost_delete ON sammen.administration_cost FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.administration_cost TO sammen_app")
    op.execute(
        'GRANT UPDATE ("year", "kroner", "created_at", "changed_at", "version") ON sammen.administration_cost TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.approved_figure FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.approved_figure ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.approved_figure FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY approved_figure_select ON sammen.approved_figure FOR SELECT TO sammen_app USING ((region_id = (select sammen.current_steering())) OR (reported_by = (select sammen.current_tenant())))"
    )
    op.execute(
        "CREATE POLICY approved_figure_insert ON sammen.approved_figure FOR INSERT TO sammen_app WITH CHECK ((reported_by = (select sammen.current_tenant()) AND EXISTS (SELECT 1 FROM sammen.region_membership m WHERE m.region_id = approved_figure.region_id AND m.municipality_id = (select sammen.current_tenant()) AND m.valid_from <= (select sammen.norwegian_day()) AND (m.valid_to IS NULL OR m.valid_to >= (select sammen.norwegian_day())))))"
    )
    op.execute("GRANT INSERT, SELECT ON sammen.approved_figure TO sammen_app")
    op.execute("REVOKE ALL ON sammen.audit_entry FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.audit_entry ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.audit_entry FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY audit_entry_select ON sammen.audit_entry FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY audit_entry_insert ON sammen.audit_entry FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()) AND actor_id IS NOT DISTINCT FROM (select sammen.current_user_id()) AND seal_no IS NULL AND seal IS NULL)"
    )
    op.execute("GRANT INSERT, SELECT ON sammen.audit_entry TO sammen_app")
    op.execute("REVOKE ALL ON sammen.audit_head FROM PUBLIC, sammen_app")
    op.execute("REVOKE ALL ON sammen.candidate FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.candidate ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.candidate FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY candidate_select ON sammen.candidate FOR SELECT TO sammen_app USING ((region_id = (select sammen.current_pool()) AND (withdrawn_at IS NULL AND consent_until >= (select sammen.norwegian_day()))) OR (home_id = (select sammen.current_tenant())))"
    )
    op.execute(
        "CREATE POLICY candidate_insert ON sammen.candidate FOR INSERT TO sammen_app WITH CHECK ((home_id = (select sammen.current_tenant()) AND EXISTS (SELECT 1 FROM sammen.region_membership m WHERE m.region_id = candidate.region_id AND m.municipality_id = (select sammen.current_tenant()) AND m.valid_from <= (select sammen.norwegian_day()) AND (m.valid_to IS NULL OR m.valid_to >= (select sammen.norwegian_day())))))"
    )
    op.execute(
        "CREATE POLICY candidate_update ON sammen.candidate FOR UPDATE TO sammen_app USING ((home_id = (select sammen.current_tenant()))) WITH CHECK ((home_id = (select sammen.current_tenant())))"
    )
    op.execute("GRANT INSERT, SELECT ON sammen.candidate TO sammen_app")
    op.execute(
        'GRANT UPDATE ("code", "birth_year", "gender", "interests", "skills", "languages", "slots", "area", "has_car", "hours_wanted", "hours_now", "will_not", "longest_months", "commits_months", "courses", "consent_on", "consent_until", "withdrawn_at", "created_at", "changed_at", "version") ON sammen.candidate TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.case_import FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.case_import ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.case_import FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY case_import_select ON sammen.case_import FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY case_import_insert ON sammen.case_import FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY case_import_update ON sammen.case_import FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY case_import_delete ON sammen.case_import FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.case_import TO sammen_app")
    op.execute(
        'GRANT UPDATE ("filename", "state", "uploaded_by", "uploaded_by_name", "header", "purchasers", "task_id", "result", "confirmed_at", "created_at", "changed_at", "version") ON sammen.case_import TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.figure_set FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.figure_set ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.figure_set FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY figure_set_select ON sammen.figure_set FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY figure_set_insert ON sammen.figure_set FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY figure_set_update ON sammen.figure_set FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY figure_set_delete ON sammen.figure_set FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.figure_set TO sammen_app")
    op.execute(
        'GRANT UPDATE ("period", "edition", "state", "computed_at", "approved_at", "approved_by", "created_at", "changed_at", "version") ON sammen.figure_set TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.hourly_rate FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.hourly_rate ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.hourly_rate FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY hourly_rate_select ON sammen.hourly_rate FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY hourly_rate_insert ON sammen.hourly_rate FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY hourly_rate_update ON sammen.hourly_rate FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY hourly_rate_delete ON sammen.hourly_rate FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.hourly_rate TO sammen_app")
    op.execute(
        'GRANT UPDATE ("valid_from", "kroner", "created_at", "changed_at", "version") ON sammen.hourly_rate TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.idempotency_key FROM PUBLIC, sammen_app")
    op.execute("REVOKE ALL ON sammen.job_mark FROM PUBLIC, sammen_app")
    op.execute("REVOKE ALL ON sammen.legal_ground FROM PUBLIC, sammen_app")
    op.execute("GRANT SELECT ON sammen.legal_ground TO sammen_app")
    op.execute("REVOKE ALL ON sammen.municipality FROM PUBLIC, sammen_app")
    op.execute("GRANT SELECT ON sammen.municipality TO sammen_app")
    op.execute("REVOKE ALL ON sammen.need FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.need ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.need FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY need_select ON sammen.need FOR SELECT TO sammen_app USING ((region_id = (select sammen.current_pool()) AND (state <> 'withdrawn')) OR (posted_by = (select sammen.current_tenant())))"
    )
    op.execute(
        "CREATE POLICY need_insert ON sammen.need FOR INSERT TO sammen_app WITH CHECK ((posted_by = (select sammen.current_tenant()) AND EXISTS (SELECT 1 FROM sammen.region_membership m WHERE m.region_id = need.region_id AND m.municipality_id = (select sammen.current_tenant()) AND m.valid_from <= (select sammen.norwegian_day()) AND (m.valid_to IS NULL OR m.valid_to >= (select sammen.norwegian_day())))))"
    )
    op.execute(
        "CREATE POLICY need_update ON sammen.need FOR UPDATE TO sammen_app USING ((posted_by = (select sammen.current_tenant()))) WITH CHECK ((posted_by = (select sammen.current_tenant())))"
    )
    op.execute("GRANT INSERT, SELECT ON sammen.need TO sammen_app")
    op.execute(
        'GRANT UPDATE ("code", "state", "age_band", "gender_wish", "interests", "weekdays", "slots", "hours_per_week", "area", "skills", "languages", "needs_car", "predictability", "months", "legal_ground", "consent_on", "posted_on", "expires_on", "closed_at", "created_at", "changed_at", "version") ON sammen.need TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.person FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.person ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.person FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY person_select ON sammen.person FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY person_insert ON sammen.person FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY person_update ON sammen.person FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY person_delete ON sammen.person FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.person TO sammen_app")
    op.execute(
        'GRANT UPDATE ("given_name", "family_name", "birth_date", "sex", "number_cipher", "number_hash", "language_form", "street", "postcode", "place", "phone", "email", "protection", "speaks", "user_id", "created_at", "changed_at", "version") ON sammen.person TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.region FROM PUBLIC, sammen_app")
    op.execute("GRANT SELECT ON sammen.region TO sammen_app")
    op.execute("REVOKE ALL ON sammen.region_audit_entry FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.region_audit_entry ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.region_audit_entry FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY region_audit_entry_select ON sammen.region_audit_entry FOR SELECT TO sammen_app USING (region_id = (select sammen.current_region()))"
    )
    op.execute(
        "CREATE POLICY region_audit_entry_insert ON sammen.region_audit_entry FOR INSERT TO sammen_app WITH CHECK (region_id = (select sammen.current_region()) AND actor_id IS NOT DISTINCT FROM (select sammen.current_user_id()) AND seal_no IS NULL AND seal IS NULL)"
    )
    op.execute("GRANT INSERT, SELECT ON sammen.region_audit_entry TO sammen_app")
    op.execute("REVOKE ALL ON sammen.region_task FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.region_task ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.region_task FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY region_task_select ON sammen.region_task FOR SELECT TO sammen_app USING (region_id = (select sammen.current_region()))"
    )
    op.execute(
        "CREATE POLICY region_task_insert ON sammen.region_task FOR INSERT TO sammen_app WITH CHECK (region_id = (select sammen.current_region()))"
    )
    op.execute(
        "CREATE POLICY region_task_update ON sammen.region_task FOR UPDATE TO sammen_app USING (region_id = (select sammen.current_region())) WITH CHECK (region_id = (select sammen.current_region()))"
    )
    op.execute(
        "CREATE POLICY region_task_delete ON sammen.region_task FOR DELETE TO sammen_app USING (region_id = (select sammen.current_region()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.region_task TO sammen_app")
    op.execute(
        'GRANT UPDATE ("title", "state", "done", "total", "message", "result_url", "asked_by", "ended_at", "created_at", "changed_at", "version") ON sammen.region_task TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.system_audit_entry FROM PUBLIC, sammen_app")
    op.execute("REVOKE ALL ON sammen.task FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.task ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.task FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY task_select ON sammen.task FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY task_insert ON sammen.task FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY task_update ON sammen.task FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY task_delete ON sammen.task FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.task TO sammen_app")
    op.execute(
        'GRANT UPDATE ("title", "state", "done", "total", "message", "result_url", "asked_by", "ended_at", "created_at", "changed_at", "version") ON sammen.task TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.user_account FROM PUBLIC, sammen_app")
    op.execute("REVOKE ALL ON sammen.vault FROM PUBLIC, sammen_app")
    op.execute("REVOKE ALL ON sammen.access_index FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.access_index ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.access_index FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY access_index_select ON sammen.access_index FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT SELECT ON sammen.access_index TO sammen_app")
    op.execute("REVOKE ALL ON sammen.case_file FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.case_file ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.case_file FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY case_file_select ON sammen.case_file FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY case_file_insert ON sammen.case_file FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY case_file_update ON sammen.case_file FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY case_file_delete ON sammen.case_file FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.case_file TO sammen_app")
    op.execute(
        'GRANT UPDATE ("person_id", "case_no", "purchaser", "state", "forms", "responsible_id", "responsible_name", "deadline", "deadline_kind", "shielded", "closed_on", "outcome", "created_at", "changed_at", "version") ON sammen.case_file TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.case_import_row FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.case_import_row ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.case_import_row FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY case_import_row_select ON sammen.case_import_row FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY case_import_row_insert ON sammen.case_import_row FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY case_import_row_update ON sammen.case_import_row FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY case_import_row_delete ON sammen.case_import_row FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.case_import_row TO sammen_app")
    op.execute(
        'GRANT UPDATE ("import_id", "row_no", "verdict", "sealed", "person_id", "case_id") ON sammen.case_import_row TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.figure FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.figure ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.figure FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY figure_select ON sammen.figure FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY figure_insert ON sammen.figure FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY figure_update ON sammen.figure FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY figure_delete ON sammen.figure FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.figure TO sammen_app")
    op.execute('GRANT UPDATE ("set_id", "measure", "cell", "value") ON sammen.figure TO sammen_app')
    op.execute("REVOKE ALL ON sammen.membership FROM PUBLIC, sammen_app")
    op.execute("REVOKE ALL ON sammen.municipality_population FROM PUBLIC, sammen_app")
    op.execute("GRANT SELECT ON sammen.municipality_population TO sammen_app")
    op.execute("REVOKE ALL ON sammen.person_name_word FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.person_name_word ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.person_name_word FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY person_name_word_select ON sammen.person_name_word FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY person_name_word_insert ON sammen.person_name_word FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY person_name_word_update ON sammen.person_name_word FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY person_name_word_delete ON sammen.person_name_word FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.person_name_word TO sammen_app")
    op.execute('GRANT UPDATE ("person_id", "word") ON sammen.person_name_word TO sammen_app')
    op.execute("REVOKE ALL ON sammen.proposal FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.proposal ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.proposal FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY proposal_select ON sammen.proposal FOR SELECT TO sammen_app USING ((region_id = (select sammen.current_pool())) OR (need_tenant_id = (select sammen.current_tenant())) OR (home_id = (select sammen.current_tenant())))"
    )
    op.execute(
        "CREATE POLICY proposal_insert ON sammen.proposal FOR INSERT TO sammen_app WITH CHECK ((region_id = (select sammen.current_pool())))"
    )
    op.execute(
        "CREATE POLICY proposal_update ON sammen.proposal FOR UPDATE TO sammen_app USING ((region_id = (select sammen.current_pool())) OR (need_tenant_id = (select sammen.current_tenant())) OR (home_id = (select sammen.current_tenant()))) WITH CHECK ((region_id = (select sammen.current_pool())) OR (need_tenant_id = (select sammen.current_tenant())) OR (home_id = (select sammen.current_tenant())))"
    )
    op.execute("GRANT INSERT, SELECT ON sammen.proposal TO sammen_app")
    op.execute(
        'GRANT UPDATE ("state", "need_card", "candidate_card", "score", "reasons", "proposer_note", "proposed_by", "held_until", "accepted_at", "accepted_by", "candidate_yes_at", "user_yes_at", "police_shown_on", "confidentiality_signed_on", "vetted_at", "vetted_by", "matched_at", "ended_at", "ended_by", "end_reason", "created_at", "changed_at", "version") ON sammen.proposal TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.region_membership FROM PUBLIC, sammen_app")
    op.execute("GRANT SELECT ON sammen.region_membership TO sammen_app")
    op.execute("REVOKE ALL ON sammen.representative FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.representative ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.representative FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY representative_select ON sammen.representative FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY representative_insert ON sammen.representative FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY representative_update ON sammen.representative FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY representative_delete ON sammen.representative FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.representative TO sammen_app")
    op.execute(
        'GRANT UPDATE ("person_id", "acts_for_id", "role", "scope", "receives_letters", "valid_from", "valid_to", "created_at", "changed_at", "version") ON sammen.representative TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.support_contact FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.support_contact ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.support_contact FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY support_contact_select ON sammen.support_contact FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY support_contact_insert ON sammen.support_contact FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY support_contact_update ON sammen.support_contact FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY support_contact_delete ON sammen.support_contact FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.support_contact TO sammen_app")
    op.execute(
        'GRANT UPDATE ("person_id", "state", "interests", "skills", "languages", "slots", "has_car", "wants_hours", "commits_months", "since", "ended_on", "end_reason", "follow_up_owner", "candidate_id", "lent_hours", "created_at", "changed_at", "version") ON sammen.support_contact TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.web_session FROM PUBLIC, sammen_app")
    op.execute("REVOKE ALL ON sammen.application FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.application ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.application FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY application_select ON sammen.application FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY application_insert ON sammen.application FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY application_update ON sammen.application FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY application_delete ON sammen.application FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.application TO sammen_app")
    op.execute(
        'GRANT UPDATE ("case_id", "received_on", "channel", "applicant", "applicant_name", "wishes", "legal_ground", "state", "created_at", "changed_at", "version") ON sammen.application TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.case_member FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.case_member ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.case_member FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY case_member_select ON sammen.case_member FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY case_member_insert ON sammen.case_member FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY case_member_update ON sammen.case_member FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY case_member_delete ON sammen.case_member FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.case_member TO sammen_app")
    op.execute('GRANT UPDATE ("case_id", "user_id") ON sammen.case_member TO sammen_app')
    op.execute("REVOKE ALL ON sammen.decision FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.decision ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.decision FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY decision_select ON sammen.decision FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY decision_insert ON sammen.decision FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY decision_update ON sammen.decision FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY decision_delete ON sammen.decision FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.decision TO sammen_app")
    op.execute(
        'GRANT UPDATE ("case_id", "state", "kind", "goal", "own_words", "reasons", "legal_ground", "evaluate_on", "decided_on", "decided_by", "decided_by_name", "issued_at", "created_at", "changed_at", "version") ON sammen.decision TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.engagement FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.engagement ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.engagement FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY engagement_select ON sammen.engagement FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY engagement_insert ON sammen.engagement FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY engagement_update ON sammen.engagement FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY engagement_delete ON sammen.engagement FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.engagement TO sammen_app")
    op.execute(
        'GRANT UPDATE ("contact_id", "kind", "hours_per_week", "valid_from", "valid_to", "created_at", "changed_at", "version") ON sammen.engagement TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.introduction FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.introduction ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.introduction FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY introduction_select ON sammen.introduction FOR SELECT TO sammen_app USING ((need_tenant_id = (select sammen.current_tenant())) OR (home_id = (select sammen.current_tenant())))"
    )
    op.execute(
        "CREATE POLICY introduction_insert ON sammen.introduction FOR INSERT TO sammen_app WITH CHECK ((home_id = (select sammen.current_tenant()) AND EXISTS (SELECT 1 FROM sammen.region_membership m WHERE m.region_id = introduction.region_id AND m.municipality_id = (select sammen.current_tenant()) AND m.valid_from <= (select sammen.norwegian_day()) AND (m.valid_to IS NULL OR m.valid_to >= (select sammen.norwegian_day()))) AND EXISTS (SELECT 1 FROM sammen.proposal p WHERE p.region_id = introduction.region_id AND p.id = introduction.proposal_id AND p.home_id = introduction.home_id AND p.need_tenant_id = introduction.need_tenant_id)))"
    )
    op.execute(
        "CREATE POLICY introduction_delete ON sammen.introduction FOR DELETE TO sammen_app USING ((need_tenant_id = (select sammen.current_tenant())) OR (home_id = (select sammen.current_tenant())))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.introduction TO sammen_app")
    op.execute("REVOKE ALL ON sammen.mapping FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.mapping ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.mapping FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY mapping_select ON sammen.mapping FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY mapping_insert ON sammen.mapping FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY mapping_update ON sammen.mapping FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY mapping_delete ON sammen.mapping FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.mapping TO sammen_app")
    op.execute(
        'GRANT UPDATE ("case_id", "held_on", "own_words", "interests", "slots", "needs", "network", "suggested_forms", "made_by", "created_at", "changed_at", "version") ON sammen.mapping TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.vetting FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.vetting ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.vetting FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY vetting_select ON sammen.vetting FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY vetting_insert ON sammen.vetting FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY vetting_update ON sammen.vetting FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY vetting_delete ON sammen.vetting FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.vetting TO sammen_app")
    op.execute(
        'GRANT UPDATE ("contact_id", "police_shown_on", "police_seen_by", "confidentiality_signed_on", "confidentiality_seen_by", "created_at", "changed_at", "version") ON sammen.vetting TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.imported_row FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.imported_row ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.imported_row FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY imported_row_select ON sammen.imported_row FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY imported_row_insert ON sammen.imported_row FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY imported_row_update ON sammen.imported_row FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY imported_row_delete ON sammen.imported_row FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.imported_row TO sammen_app")
    op.execute(
        'GRANT UPDATE ("key", "fingerprint", "sealed", "person_id", "case_id", "application_id", "decision_id", "contact_name", "note", "interests", "has_companion_card", "imported_at", "created_at", "changed_at", "version") ON sammen.imported_row TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.service_grant FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.service_grant ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.service_grant FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY service_grant_select ON sammen.service_grant FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY service_grant_insert ON sammen.service_grant FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY service_grant_update ON sammen.service_grant FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY service_grant_delete ON sammen.service_grant FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.service_grant TO sammen_app")
    op.execute(
        'GRANT UPDATE ("decision_id", "form", "amount", "unit", "times", "valid_from", "valid_to", "ended_on", "outcome") ON sammen.service_grant TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.service_order FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.service_order ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.service_order FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY service_order_select ON sammen.service_order FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY service_order_insert ON sammen.service_order FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY service_order_update ON sammen.service_order FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY service_order_delete ON sammen.service_order FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.service_order TO sammen_app")
    op.execute(
        'GRANT UPDATE ("case_id", "grant_id", "person_id", "form", "state", "sent_on", "waits_from", "answered_on", "return_reason", "need_id", "pool_consent_on", "pool_consent_by", "match_consent_on", "created_at", "changed_at", "version") ON sammen.service_order TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.assignment FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.assignment ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.assignment FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY assignment_select ON sammen.assignment FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY assignment_insert ON sammen.assignment FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY assignment_update ON sammen.assignment FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY assignment_delete ON sammen.assignment FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.assignment TO sammen_app")
    op.execute(
        'GRANT UPDATE ("order_id", "case_id", "person_id", "contact_id", "form", "state", "source", "proposal_id", "amount", "unit", "starts_on", "ended_on", "end_reason", "revealed_at", "created_at", "changed_at", "version") ON sammen.assignment TO sammen_app'
    )
    op.execute("REVOKE ALL ON sammen.timesheet_line FROM PUBLIC, sammen_app")
    op.execute("ALTER TABLE sammen.timesheet_line ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE sammen.timesheet_line FORCE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY timesheet_line_select ON sammen.timesheet_line FOR SELECT TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY timesheet_line_insert ON sammen.timesheet_line FOR INSERT TO sammen_app WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY timesheet_line_update ON sammen.timesheet_line FOR UPDATE TO sammen_app USING (tenant_id = (select sammen.current_tenant())) WITH CHECK (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute(
        "CREATE POLICY timesheet_line_delete ON sammen.timesheet_line FOR DELETE TO sammen_app USING (tenant_id = (select sammen.current_tenant()))"
    )
    op.execute("GRANT DELETE, INSERT, SELECT ON sammen.timesheet_line TO sammen_app")
    op.execute(
        'GRANT UPDATE ("assignment_id", "contact_id", "worked_on", "starts", "ends", "hours", "activity", "expenses", "kilometres", "state", "sent_at", "decided_at", "decided_by", "return_reason", "created_at", "changed_at", "version") ON sammen.timesheet_line TO sammen_app'
    )
