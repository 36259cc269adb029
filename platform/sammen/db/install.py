"""What an administrator's connection does: roles, schema rights, the vault's keys and the functions' text."""

from __future__ import annotations

import secrets
from importlib.resources import files

import asyncpg
from sqlalchemy.engine import make_url

from sammen.db.base import SCHEMA
from sammen.keys import Keys

OWNER, BACKUP, APP = "sammen_owner", "sammen_backup", "sammen_app"
MIGRATION_LOCK = 7_203_001_962

# Versions with the fixes for row-level security that optimizer statistics or plan reuse could get round
# (CVE-2025-8713, CVE-2023-2455): a warning in the demo, a refusal in production.
OLDEST_SAFE = {15: 14, 16: 10, 17: 6}


def version_is_safe(server_version_num: int) -> bool:
    """Whether `server_version_num` (such as 170006) holds the row-level security fixes."""
    major, minor = divmod(server_version_num, 10_000)
    return major >= 18 or minor >= OLDEST_SAFE.get(major, 10_000)


def function_statements() -> list[str]:
    """The database's functions, one statement each, in order of dependence."""
    text = files("sammen.db").joinpath("functions.sql").read_text(encoding="utf-8")
    return [part.strip() for part in text.split("\n--;\n") if part.strip()]


# What row-level security's policies call. They read no table when they are made, so migrations find them in place.
POLICY_FUNCTIONS = (
    "keyed_hash", "open_ticket", "current_kind", "current_tenant", "current_region", "current_pool",
    "current_needs", "current_project", "current_courses", "current_steering", "current_figures",
    "current_user_id",
    "current_session", "norwegian_day",
)  # fmt: skip


def policy_function_statements() -> list[str]:
    """Those of the functions that a table's policies need before there is any table."""
    found = []
    for name in POLICY_FUNCTIONS:
        head = f"FUNCTION {SCHEMA}.{name}("
        found += [
            statement for statement in function_statements() if head in statement.split("RETURNS", 1)[0]
        ]
    return found


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


async def make_roles(connection: asyncpg.Connection[asyncpg.Record], app_url: str) -> None:
    """Create or refresh the three roles. The app role's password is the one in `app_url`."""
    parsed = make_url(app_url)
    wanted = {
        OWNER: "NOLOGIN NOSUPERUSER BYPASSRLS",
        BACKUP: "NOLOGIN NOSUPERUSER BYPASSRLS",
        APP: f"LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD {_literal(parsed.password or '')}",
    }
    for role, options in wanted.items():
        exists = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role)
        await connection.execute(f"{'ALTER' if exists else 'CREATE'} ROLE {role} {options}")
    for setting in (
        f"search_path = {SCHEMA}, pg_temp",
        "statement_timeout = '15s'",
        "lock_timeout = '3s'",
        "idle_in_transaction_session_timeout = '60s'",
        "row_security = on",
        "jit = off",  # these two as db/unit_of_work.py asks for them, and for where a pooler drops what it asks
        "random_page_cost = 1.1",
    ):
        await connection.execute(f"ALTER ROLE {APP} SET {setting}")


async def make_schema(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """The schema, owned by the migrations' role; nobody may create in it, nor make temporary tables beside it."""
    database = await connection.fetchval("SELECT quote_ident(current_database())")
    for statement in (
        f"CREATE SCHEMA IF NOT EXISTS {SCHEMA} AUTHORIZATION {OWNER}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {database} TO {APP}, {BACKUP}",
        f"GRANT CREATE ON DATABASE {database} TO {OWNER}",
        f"REVOKE ALL ON SCHEMA {SCHEMA} FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {APP}, {BACKUP}",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA {SCHEMA} GRANT SELECT ON TABLES TO {BACKUP}",
        # A dump reads each counter's place as well, and fails on the first it may not read.
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA {SCHEMA} GRANT SELECT ON SEQUENCES TO {BACKUP}",
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        # A large object has no place and no row-level security, fills the disk, and is in no copy. An
        # administrator who is no superuser gets a warning, and it stays as it was.
        "REVOKE EXECUTE ON FUNCTION pg_catalog.lo_create(oid), pg_catalog.lo_creat(int), pg_catalog.lo_from_bytea(oid, bytea)"
        " FROM PUBLIC",
    ):
        await connection.execute(statement)


# What exclusion constraints over ids and times need. Trusted extensions, in a schema that nobody else is let into: the
# migrations make them as the owner.
EXTENSION_STATEMENTS = (
    "CREATE SCHEMA IF NOT EXISTS sammen_ext",
    "CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA sammen_ext",
)


async def fill_vault(connection: asyncpg.Connection[asyncpg.Record], secret: str, *others: str) -> None:
    """Put the door key (derived from `SAMMEN_KEY`) and, once, a random ticket key into the vault.

    `others`: secrets whose door keys are accepted beside it while the secret is being changed. Doors of older ones close.
    """
    insert = f"INSERT INTO {SCHEMA}.vault (id, name, secret) VALUES (gen_random_uuid(), $1, $2) ON CONFLICT (name) DO "  # noqa: S608 - constants only
    keys = [Keys.derive(secret), *map(Keys.derive, others)]
    named = {"door" if n == 0 else f"door {one.id.hex()}": one.door for n, one in enumerate(keys)}
    for name, door in named.items():
        await connection.execute(insert + "UPDATE SET secret = excluded.secret", name, door)
    await connection.execute(
        f"DELETE FROM {SCHEMA}.vault WHERE name LIKE 'door %' AND name <> ALL($1)",  # noqa: S608 - constants only
        list(named),
    )
    await connection.execute(insert + "NOTHING", "ticket", secrets.token_bytes(32))


# What the app role may call. Everything else in functions.sql is for the functions themselves.
APP_FUNCTIONS = (
    "current_kind()", "current_tenant()", "current_region()",
    "current_pool()", "current_needs()", "current_project()", "current_courses()", "current_steering()",
    "current_figures()",
    "current_user_id()", "current_session()",
    "norwegian_day()", "accord_open(uuid, uuid)", "accords_withdrawn()", "accord_signatures()", "region_people()",
    "enter(bytea, text, text)",
    "enter_place(bytea, text, text)",
    "enter_job(text, uuid, uuid, text, int, bigint, bytea)",
    "login_lookup(text, bigint, bytea)", "login_failed(text, uuid)",
    "start_session(uuid, bytea, text, uuid, bigint, bytea)",
    "open_session(uuid, bytea, text, uuid, text, text, bigint, bytea)",
    "place_setting(text, jsonb, int)",
    "login_providers(text)", "login_domain(text)", "oidc_provider(text, bigint, bytea)",
    "oidc_spend(bytea, int, bigint, bytea)",
    "oidc_sign_in(uuid, text, bytea, uuid, bytea, text, text, bytea, int, text, bytea, uuid, bigint, bytea)",
    "oidc_refused(text, text, uuid)", "oidc_ask(uuid, text, text, text, uuid, bytea, bigint, bytea)",
    "link_request_of(bytea)", "link_identity(bytea, uuid)", "linked_identities()", "unlink_identity(uuid)",
    "oidc_logout(uuid, text, text, uuid, bigint, bytea)", "oidc_session(bytea, boolean, bigint, bytea)",
    "came_by_provider()",
    "operations_provider_add(text, uuid)", "operations_providers()", "operations_provider_switch(text, boolean, uuid)",
    "operations_provider_secret(uuid, bytea, text, uuid)",
    "my_account()", "code_try(uuid)", "code_wrong(uuid)", "totp_read(boolean)",
    "totp_begin(uuid, bytea, bigint, bytea)", "totp_take(uuid, bigint, bigint, bytea)",
    "raise_session(text, bytea, uuid, bigint, bytea)", "recovery_make(bytea[], bigint, bytea)", "spare_take(bytea)",
    "account_tell(uuid, text, uuid, bigint, bytea)", "account_notice_place(uuid)", "account_notice_take(uuid)",
    "account_noticed(uuid, text)", "account_notices_due()",
    "sent_code_make(uuid, text, text, bytea, uuid, bytea, bigint, bytea)", "sent_code_take(text, bytea)",
    "my_password(bigint, bytea)", "password_set(text, uuid, bigint, bytea)",
    "login_try(text, bigint, bytea)", "login_refused(text, uuid)",
    "reset_ask(text, bytea, bytea, bytea, uuid, bytea, uuid, bigint, bytea)",
    "link_look(bytea, bytea, bigint, bytea)", "link_use(bytea, text, uuid, bigint, bytea)",
    "members()", "member_invitations()", "member_grant(uuid, text, date, date)", "member_revoke(uuid, text)",
    "member_invite(text, text, text, date, bytea, uuid, bytea, bigint, bytea)", "member_uninvite(uuid)",
    "member_put_out(uuid, boolean)", "access_of(uuid)", "access_withdraw(uuid, text)",
    "sheet_make(uuid, bytea[], bigint, bytea)",
    "invitation_use(bytea, date, text, text, bytea, uuid, bigint, bytea)",
    "personas()", "my_sessions()", "my_logins()", "end_session(uuid)", "choose_language(text)", "grant_own_pages(uuid, text)",
    "colleagues()", "claim_key(text, text, bytea)", "settle_key(text, text, int, text)",
    "record_refusal(bytea, text, text, text, uuid, uuid)", "seal_trail(int)", "seal_system(int)", "places_to_seal()",
    "pulse(bigint, bytea)",
    "places_to_send()", "operations_outbox()",
    "claim_job(uuid)", "sweep()", "database_version()", "operations_jobs()", "operations_tasks()",
    "operations_retry_job(bigint, uuid)", "shared_rates()", "take_seat(uuid)", "give_back_seat(uuid)",
    "held_seats()", "course_list(int)", "course_meetings(uuid)", "course_homes(uuid)", "course_seats(uuid)",
    "wait_for_seat(uuid)", "leave_waiting(uuid)", "accept_offer(uuid)", "mine_elsewhere(uuid)",
    "lent_resources()", "resource_times(timestamptz, timestamptz)",
    "book_resource(uuid, timestamptz[], timestamptz[], text, uuid, text, text, boolean)",
    "joint_assemblies()", "joint_assembly_counts(uuid)", "tell_joint_count(uuid, int, int, int)",
    "course_doors(uuid)", "course_seats_at(uuid)", "course_day_list(uuid)", "note_presence(uuid, uuid, text, int)",
    "check_in_try(uuid)", "meeting_try(uuid)", "check_in(uuid, uuid, bigint, bytea)", "course_exams(uuid)",
    "note_exam(uuid, uuid, text, date, text)", "course_say(uuid, int, int, text)", "course_voices(uuid)",
    "publish_certificate(uuid)", "certificate_check(text, text, bytea, bigint, bytea)",
    "certificate_known(text, text, text)", "certificates_now()",
    "joint_groups()", "joint_left()", "joint_meetings(uuid)", "joint_promise(uuid, uuid, int, date)",
    "joint_answer(uuid, boolean, text)",
    "joint_stop(uuid, date)", "joint_seat(uuid, uuid, text)", "joint_view(uuid)", "joint_counts()",
    "joint_note_presence(uuid, uuid, text)", "group_day_list(uuid)", "group_day_duty(uuid)", "joint_held()",
    "joint_ideas(uuid)", "joint_idea_state(uuid, text, uuid)", "joint_sums(uuid)",
    "load_switch(uuid, uuid, bytea, boolean, bigint, bytea)", "load_own(uuid)", "load_show(uuid, text)",
    "load_light(uuid)", "load_contacts()", "load_set(uuid, numeric)",
    "feed_of(bytea, bigint, bytea)",
    "form_save(uuid, bytea, bytea, bytea, bigint, bytea)", "form_read(uuid, bytea, bytea, bigint, bytea)",
    "form_send(uuid, uuid, text, date, text, bytea, bytea, bytea, bytea, bigint, bytea)",
    "published_campaigns(text)", "campaign_of_code(text)", "campaigns_here()",
    "campaign_seen(uuid, text, bytea, bigint, bytea)",
    "candidate_send(uuid, uuid, uuid, text, text, bytea, bytea, text, bytea, bytea, bytea, bytea, bytea, bigint, bytea)",
    "candidate_pending(uuid, bigint, bytea)",
    "candidate_resend(uuid, bytea, bytea, bytea, bytea, bytea, bigint, bytea)",
    "candidate_confirm(bytea, bytea, bytea, bytea, bigint, bytea)", "applications_to_mail()", "candidate_mail(uuid)",
    "candidate_mailed(uuid, text)",
    "candidate_take(uuid)", "candidate_taken(uuid, uuid)", "candidate_own(bytea, bytea, bigint, bytea)",
    "candidate_change(bytea, text, boolean, bytea, bytea, bytea, bigint, bytea)",
    "candidate_lost(uuid, bytea, bytea, bytea, bytea, bigint, bytea)",
    "newsletter_sign_up(uuid, uuid, text, text, bytea, bytea, bytea, bytea, bytea, bytea, bigint, bytea)",
    "newsletter_mail(uuid)", "newsletter_mailed(uuid, text)", "newsletters_to_send()",
    "newsletter_tester()",
    "newsletter_confirm(bytea, bytea, bigint, bytea)", "newsletter_unsubscribe(uuid, uuid, bigint, bytea)",
    "calendar_stamps()", "calendar_published(uuid)", "calendar_editions(uuid)", "calendar_edition_file(uuid, uuid)",
    "calendar_send(uuid, uuid, uuid, text, text, bytea, bytea, bytea, bytea, bytea, bytea, bigint, bytea)",
    "calendar_pending(uuid, bigint, bytea)", "calendar_confirm(bytea, bytea, bytea, bytea, bigint, bytea)",
    "calendar_own(bytea, bytea, bigint, bytea)", "calendar_change(bytea, text, bytea, bigint, bytea)",
    "calendar_tell(uuid, text, bytea, bytea)", "calendar_mail(uuid)", "calendar_mailed(uuid, text)", "calendar_to_mail()",
    "archive_people(bigint, bytea)", "archive_memberships(bigint, bytea)", "archive_head(bigint, bytea)",
    "operations_leaving(text)", "archives_to_drop()",
    "member_targets()", "member_releases()", "member_release_places(uuid)", "member_release_cells(uuid)",
    "enter_client(bytea, inet)", "program_token_for(uuid, bytea, bytea, text[], inet, uuid, bigint, bytea)",
    "program_refused(bytea, text, uuid)", "program_keep(uuid, text, int, bigint, bytea)",
    "program_secret_new(uuid, bytea, text, bigint, bytea)", "program_end(uuid, uuid, text, bigint, bytea)",
    "program_confirm(uuid, int, text, bigint, bytea)",
    "program_secrets(uuid)",
    "region_inhabitants(int)", "figure_approvers()",
    "retention_delete(uuid, text, text, uuid[], bigint, bytea)", "retention_trim(uuid, date, int, bigint, bytea)",
)  # fmt: skip


def function_grants() -> list[str]:
    """Revoke from everybody, then grant the doors to the app role by name."""
    return [
        f"REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA {SCHEMA} FROM PUBLIC, {APP}",
        *(f"GRANT EXECUTE ON FUNCTION {SCHEMA}.{signature} TO {APP}" for signature in APP_FUNCTIONS),
    ]
