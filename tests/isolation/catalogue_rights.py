"""What the catalogue must say of roles, rights, functions and triggers: checks of the same form as in catalogue.py."""

from __future__ import annotations

from typing import TypeAlias

import asyncpg

import deploy.models  # noqa: F401 - registers every slice's tables
from sammen.db.base import Base, Kind
from sammen.db.install import APP, APP_FUNCTIONS, BACKUP, OWNER
from sammen.db.rls import kind_of
from sammen.jobs.queue import QUEUE_TABLES

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

# SECURITY DEFINER functions that the app role may not call itself. Each is reached through a door only.
INTERNAL_DEFINERS = frozenset(
    {
        "open_ticket",
        "write_ticket",
        "proof_ok",
        "retention_may",
        "begin_session",
        "account_session",
        "account_place",
        "account_post",
        "account_let_in",
        "code_right",
        "member_here",
        "offer_stands",
        "only_claimed",
        "operator_only",
        "program_keeper",
        "seal_chain",
        "administrators_only",
        "oidc_account",
        "provider_add",
        "provider_told",
        "provider_secret_set",
        "form_let_in",
        "form_checked",
        "campaign_let_in",
        "campaign_mailbox",
        "campaign_count",
        "campaign_source_of",
        "candidate_hide",
        "is_job",
        "load_mine",
        "load_colour",
        "read_day_cards",
        "course_door",
        "course_held_by_me",
        "course_let_in",
        "sees_course",
        "course_tally",
        "course_room",
        "hold_course",
        "course_shut",
        "calendar_write",
        "joint_homes",
        "joint_led_today",
        "joint_member",
        "joint_reckon",
        "release_seen",
    }
)
# Functions without SECURITY DEFINER: they run as whoever calls them, and read no table.
PLAIN_FUNCTIONS = frozenset(
    {"keyed_hash", "norwegian_day", "entry_text", "merkle_root", "level_no", "role_demand"}
)
# Triggers' functions that refuse a change of what is decided, sent or held. They write nothing and run as the caller.
GUARDS = frozenset({
    "decision_stands", "grant_stands", "letter_stands", "review_stands", "payroll_stands", "payroll_items_stand",
    "paid_line_stands", "settlement_terms_stand", "settlement_stands", "booking_stands",
    "release_stands", "release_cell_stands", "figure_set_stands", "population_stands",
    "entry_in_emergency", "accord_stands", "accord_party_stands", "accord_holds",
})  # fmt: skip
# The queue's own trigger: it says on a channel that there is work, and reads nothing.
QUEUE_FUNCTIONS = frozenset({"job_queue_changed"})
# Tables without a model. The queue's come from jobs/queue.py by name; alembic's holds a version number.
WITHOUT_MODEL = frozenset({"alembic_version"})
NEVER_HELD = frozenset({"TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"})


def queue_tables() -> frozenset[str]:
    """The job queue's tables: ids and signed contexts only, and the app role's to use freely."""
    return frozenset(QUEUE_TABLES)


# Rights ----------------------------------------------------------------------------------------------------------
async def roles_are_weak(db: Connection, only: frozenset[str]) -> list[str]:
    """The app role is ordinary, owns nothing and is a member of nothing; only migrations and backup go round the walls."""
    rows = {
        row["rolname"]: row for row in await db.fetch("SELECT * FROM pg_roles WHERE rolname LIKE 'sammen%'")
    }
    faults = [f"{name}: no such role" for name in (APP, OWNER, BACKUP) if name not in rows]
    if faults:
        return faults
    app = rows[APP]
    faults += [
        f"app role: {flag}"
        for flag in ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication")
        if app[flag]
    ]
    for name in (OWNER, BACKUP):
        if rows[name]["rolsuper"] or rows[name]["rolcanlogin"] or not rows[name]["rolbypassrls"]:
            faults.append(f"{name}: should bypass row-level security, and neither log in nor be superuser")
    groups = await db.fetch(
        "SELECT r.rolname FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE m.member = $1::regrole",
        APP,
    )
    faults += [f"app role: member of {row['rolname']}" for row in groups]
    owned = await db.fetch(
        "SELECT s.classid::regclass::text AS kind, s.objid FROM pg_shdepend s"
        " WHERE s.refobjid = $1::regrole AND s.deptype = 'o'"
        " AND s.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))",
        APP,
    )
    faults += [f"app role: owns {row['kind']} {row['objid']}" for row in owned]
    others = await db.fetch(
        "SELECT c.relname, pg_get_userbyid(c.relowner) AS owner FROM pg_class c"
        " WHERE c.relnamespace = 'sammen'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND c.relowner <> $1::regrole",
        OWNER,
    )
    return faults + [f"{row['relname']}: owned by {row['owner']}" for row in others]


async def app_rights_are_declared(db: Connection, only: frozenset[str]) -> list[str]:
    """The app role has exactly the rights that the model declares, and UPDATE only on columns that may change."""
    faults = []
    rows = await db.fetch(
        "SELECT c.relname AS table, p.privilege, has_table_privilege($1, c.oid, p.privilege) AS held FROM pg_class c,"
        " unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) p(privilege)"
        " WHERE c.relnamespace = 'sammen'::regnamespace AND c.relkind IN ('r', 'p')",
        APP,
    )
    rights = {table.name: set(table.info["rights"]) for table in Base.metadata.tables.values()}
    for row in rows:
        name, privilege = row["table"], row["privilege"]
        if name in queue_tables():
            wrong = row["held"] and privilege in NEVER_HELD
        elif name in rights:
            if name not in only:
                continue
            # UPDATE is granted by column, so that it is never held on the table.
            wrong = row["held"] != (privilege in rights[name] - {"UPDATE"})
        else:
            wrong = row["held"] and name in WITHOUT_MODEL
        if wrong:
            faults.append(f"{name}: {privilege} {'is held' if row['held'] else 'is missing'}")
    columns = await db.fetch(
        "SELECT c.relname AS table, a.attname AS column, p.privilege FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid,"
        " unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) p(privilege) WHERE c.relnamespace = 'sammen'::regnamespace"
        " AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped"
        " AND has_column_privilege($1, c.oid, a.attnum, p.privilege)",
        APP,
    )
    for row in columns:
        name, column, privilege = row["table"], row["column"], row["privilege"]
        if name not in only or privilege in rights[name] - {"UPDATE"}:
            continue
        table = Base.metadata.tables[f"sammen.{name}"]
        fixed = {"tenant_id", "region_id", "id", *table.info.get("parties", ())}
        if kind_of(table) is Kind.SHARED:
            # A shared row that could be pointed at another would tell which rows of others exist.
            fixed |= {key.parent.name for key in table.foreign_keys}
        if privilege != "UPDATE" or "UPDATE" not in rights[name] or column in fixed:
            faults.append(f"{name}.{column}: {privilege} is held")
    return faults


async def schema_rights_are_few(db: Connection, only: frozenset[str]) -> list[str]:
    """The app role uses the schema and creates nothing anywhere; temporary tables neither."""
    row = await db.fetchrow(
        "SELECT has_schema_privilege($1, 'sammen', 'CREATE') AS a, has_schema_privilege($1, 'public', 'CREATE') AS b,"
        " has_database_privilege($1, current_database(), 'CREATE') AS c,"
        " has_database_privilege($1, current_database(), 'TEMP') AS d,"
        " NOT has_schema_privilege($1, 'sammen', 'USAGE') AS e,"
        " EXISTS (SELECT 1 FROM pg_namespace n WHERE n.nspname NOT LIKE 'pg\\_%'"
        " AND n.nspname <> 'information_schema' AND has_schema_privilege($1, n.oid, 'CREATE')) AS f",
        APP,
    )
    assert row is not None
    names = {"a": "CREATE in sammen", "b": "CREATE in public", "c": "CREATE in the database", "d": "temporary tables",
             "e": "no USAGE of the schema", "f": "CREATE in some schema"}  # fmt: skip
    return [f"app role: {text}" for key, text in names.items() if row[key]]


async def backup_sees_everything(db: Connection, only: frozenset[str]) -> list[str]:
    """The backup role may read every table and sequence, so that a dump fails loudly or is whole; and may write nothing."""
    rows = await db.fetch(
        "SELECT c.relname, has_table_privilege($1, c.oid, 'SELECT') AS reads, CASE WHEN c.relkind = 'S' THEN false ELSE"
        " has_table_privilege($1, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') END AS writes"
        " FROM pg_class c WHERE c.relnamespace = 'sammen'::regnamespace AND c.relkind IN ('r', 'p', 'S')",
        BACKUP,
    )
    return [f"backup role: cannot read {row['relname']}" for row in rows if not row["reads"]] + [
        f"backup role: may write {row['relname']}" for row in rows if row["writes"]
    ]


# Functions -------------------------------------------------------------------------------------------------------
async def functions_are_listed(db: Connection, only: frozenset[str]) -> list[str]:
    """The app role executes exactly the doors; SECURITY DEFINER only by name, with a fixed search_path; none LEAKPROOF."""
    rows = await db.fetch(
        "SELECT p.oid::regprocedure::text AS signature, p.proname, n.nspname, p.prosecdef, p.proleakproof, p.proconfig,"
        " has_function_privilege($1, p.oid, 'EXECUTE') AS held,"
        " has_function_privilege('public', p.oid, 'EXECUTE') AS public, pg_get_userbyid(p.proowner) AS owner"
        " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')"
        # What a trusted extension brings is its own; it stands in a schema that the app role has no right in.
        " AND NOT (n.nspname = 'sammen_ext' AND NOT has_schema_privilege($1, n.oid, 'USAGE') AND EXISTS (SELECT 1"
        " FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'))",
        APP,
    )
    doors = {row["signature"] for row in await db.fetch("SELECT unnest($1::regprocedure[])::text AS signature",
                                                        [f"sammen.{door}" for door in APP_FUNCTIONS])}  # fmt: skip
    door_names = {signature.split("(")[0].removeprefix("sammen.") for signature in doors}
    faults = []
    for row in rows:
        name, signature = row["proname"], row["signature"]
        if row["nspname"] != "sammen":
            faults.append(f"{row['nspname']}.{name}: stands outside the schema")
            continue
        if row["public"]:
            faults.append(f"{signature}: EXECUTE for everybody")
        if row["held"] != (signature in doors) and name not in QUEUE_FUNCTIONS:
            faults.append(f"{signature}: the app role {'may' if row['held'] else 'may not'} call it")
        if row["prosecdef"] and name not in door_names | INTERNAL_DEFINERS:
            faults.append(f"{signature}: SECURITY DEFINER and on no list")
        if not row["prosecdef"] and name not in PLAIN_FUNCTIONS | GUARDS | QUEUE_FUNCTIONS:
            faults.append(f"{signature}: neither SECURITY DEFINER nor on the list of plain functions")
        paths = [setting for setting in row["proconfig"] or () if setting.startswith("search_path=")]
        if paths != ["search_path=pg_catalog, pg_temp"]:
            faults.append(f"{signature}: search_path is {paths or 'not fixed'}")
        if row["proleakproof"]:
            faults.append(f"{signature}: LEAKPROOF")
        if row["owner"] != OWNER:
            faults.append(f"{signature}: owned by {row['owner']}")
    return faults


async def no_trigger_or_rule_writes_elsewhere(db: Connection, only: frozenset[str]) -> list[str]:
    """Triggers and rules run past what a reader of the code sees. Walled tables have none but the foreign keys' own, and
    the guards that refuse a change: those write nothing, call nothing, and have only the caller's rights.
    """
    rows = await db.fetch(
        "SELECT c.relname, t.tgname AS name, p.proname, NOT p.prosecdef AND p.prosrc !~* $1 AS harmless FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal"
        " AND c.relnamespace = 'sammen'::regnamespace UNION ALL SELECT c.relname, r.rulename, '', false FROM pg_rewrite r"
        " JOIN pg_class c ON c.oid = r.ev_class WHERE c.relnamespace = 'sammen'::regnamespace AND c.relkind <> 'v'",
        r"\m(insert\s+into|update\s+sammen|delete\s+from|merge\s+into|copy|perform|execute|call|notify)\M",
    )
    return [
        f"{row['relname']}: {row['name']}"
        for row in rows
        if row["relname"] in only and not (row["proname"] in GUARDS and row["harmless"])
    ]
