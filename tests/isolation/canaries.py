"""One valid row in every table for every owner, made from the metadata: a new table is filled without anyone thinking
of it. Each text says whose it is, so that a foreign one is known wherever it turns up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

import asyncpg
from sqlalchemy import CheckConstraint, Column, Table
from sqlalchemy import types as t
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB

import deploy.models  # noqa: F401 - registers every slice's tables
from sammen.db.base import Base, Kind
from sammen.db.rls import kind_of
from shared_pool.engine.api import DEFAULT

WALLED = (Kind.MUNICIPAL, Kind.REGIONAL, Kind.SHARED)
DAY = date(2026, 11, 2)
MOMENT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
ROOT_ID = UUID("5a66e900-0000-4000-8000-00000000ca7a")


@dataclass(frozen=True, slots=True)
class Owner:
    """A municipality in a region: the owner of one canary row in every table. `name` marks every text it owns."""

    name: str
    tenant: UUID
    region: UUID
    number: int
    known: dict[str, UUID] = field(default_factory=dict, compare=False)
    """Tables whose canary came about otherwise, through the application, with its id."""

    @property
    def marker(self) -> str:
        """The text that must never be seen in another municipality: letters only, so that no escaping changes it."""
        return f"KANARI{self.name.upper()}"

    def id_in(self, table: str) -> UUID:
        """The id of this owner's canary in a table. The same for the same owner, so that pointers can be made first."""
        return self.known.get(table) or uuid5(self.tenant, f"{ROOT_ID}{table}")


@dataclass(frozen=True, slots=True)
class Canaries:
    """The owners, and every row that was inserted: `rows[table][owner name]` is column → value."""

    owners: tuple[Owner, ...]
    rows: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    regions_own: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    """The same for rows of the region itself, in tables where it sees those and no municipality's."""


@lru_cache(maxsize=32)
def _walled_tables(kinds: tuple[Kind, ...], _count: int) -> tuple[Table, ...]:
    return tuple(table for table in Base.metadata.sorted_tables if kind_of(table) in (kinds or WALLED))


def walled_tables(*kinds: Kind) -> tuple[Table, ...]:
    """The tables that stand behind row-level security (of the given kinds, or of all three), parents first.

    They are sorted once: it is asked for every column of every canary.
    """
    return _walled_tables(kinds, len(Base.metadata.tables))


@lru_cache(maxsize=4)
def _names(_count: int) -> frozenset[str]:
    return frozenset(table.name for table in walled_tables())


def owner_column(table: Table) -> str:
    """`tenant_id` or `region_id`."""
    return "tenant_id" if kind_of(table) is Kind.MUNICIPAL else "region_id"


# What the generic rules below cannot know. Keyed by (table, column), or by column for every table.
# A trail's rows are sealed by a function alone; an unsealed row has neither number nor seal.
# A national number must be one that our keys sealed: without, the page says that there is none.
NOTHING = object()
# A function is called with the owner.
SPECIAL: Mapping[tuple[str, str], Any] = {
    # Sent to be signed, and signed by nobody.
    ("accord", "digest"): bytes(32),
    ("accord", "state"): "out",
    ("accord_party", "digest"): bytes(32),
    ("accord_party", "signed_on"): NOTHING,
    ("accord_party", "signed_by"): NOTHING,
    ("accord_party", "signed_by_name"): NOTHING,
    ("accord_party", "signed_digest"): NOTHING,
    ("accord_party", "ended_on"): NOTHING,
    # A program that is open, for what programs may, from anywhere.
    ("program_client", "scopes"): ["people", "decisions", "payroll", "figures", "calendar"],
    ("program_client", "confirmed_scopes"): ["people", "decisions", "payroll", "figures", "calendar"],
    ("program_client", "networks"): [],
    ("program_client", "valid_to"): DAY + timedelta(days=3650),
    ("program_client", "ended_at"): NOTHING,
    # A booking ends after it begins, and what is lent is in use, at hours that are hours.
    ("resource", "hours"): {"mon": ["08:00", "20:00"]},
    ("resource", "retired_on"): NOTHING,
    # An open offer ends after it begins; what was tried stands.
    ("offer_tried", "withdrawn_on"): NOTHING,
    ("*", "seal_no"): NOTHING,
    ("*", "seal"): NOTHING,
    ("audit_gap", "seal"): bytes(32),
    # An archive that waits to be fetched.
    ("archive_export", "state"): "ready",
    ("emergency_rule", "minutes"): 60,
    # Nobody has decided, approved or lifted anything yet.
    ("retention_rule", "decided_by"): NOTHING,
    ("retention_run", "state"): "proposed",
    ("retention_run", "approved_by"): NOTHING,
    ("retention_run", "approved_at"): NOTHING,
    ("retention_run", "finished_at"): NOTHING,
    ("retention_item", "digest"): NOTHING,
    ("legal_hold", "case_id"): NOTHING,
    ("legal_hold", "lifted_on"): NOTHING,
    ("legal_hold", "lift_reason"): "",
    ("rights_request", "closed_on"): NOTHING,
    # What a user asks is seen by who may see the user; an extract of it waits to be made.
    ("rights_request", "contact_id"): NOTHING,
    ("rights_extract", "flags"): {},
    ("retention_item", "kind"): "team",
    ("retention_item", "hindrances"): [],
    ("retention_rule", "kind"): "team",
    ("unusual_read", "reviewed_at"): NOTHING,
    ("unusual_read", "reviewed_by"): NOTHING,
    ("login_invitation", "lookup"): lambda owner: owner.id_in("login_invitation").bytes * 2,
    ("*", "number_cipher"): NOTHING,
    ("*", "withdrawn_at"): NOTHING,
    ("service_order", "substitute_need_id"): NOTHING,
    ("person", "merged_into"): NOTHING,
    ("person", "died_on"): NOTHING,
    ("person", "moved_on"): NOTHING,
    ("transfer_consent", "withdrawn_on"): NOTHING,
    ("*", "birth_date"): date(2010, 5, 4),
    ("*", "consent_until"): DAY + timedelta(days=3650),
    ("*", "expires_on"): DAY + timedelta(days=3650),
    ("*", "held_until"): MOMENT + timedelta(days=3650),
    # What lasts ends after it begins.
    ("*", "ends"): time(12, 0),
    ("*", "ends_at"): MOMENT + timedelta(hours=2),
    ("*", "birth_year"): 1990,
    ("*", "year"): 2026,
    ("*", "version"): 1,
    ("*", "interests"): ["walking"],
    ("*", "languages"): ["en"],
    ("*", "skills"): [],
    ("*", "slots"): ["mon-eve"],
    ("*", "will_not"): [],
    ("*", "signs"): [],
    ("*", "weekdays"): ["mon"],
    ("need", "posted_week"): date(2026, 11, 16),
    ("need", "closed_week"): NOTHING,
    ("need", "hours_from"): Decimal(0),
    ("need_requirement", "exact_times"): ["mon 17:30-19:00"],
    ("*", "area"): "north",
    ("*", "age_band"): "18-29",
    ("*", "forms"): ["individual"],
    ("*", "suggested_forms"): ["individual"],
    ("*", "period"): "2025",
    ("*", "result_url"): "/",
    ("case_target", "target_group"): "mental",
    ("*", "postcode"): "3180",
    ("*", "form"): "individual",
    ("matching_weights", "state"): "adopted",
    ("matching_weights", "weights"): DEFAULT.to_json(),
    ("match_run", "weights"): DEFAULT.to_json(),
    ("campaign", "texts"): {"nb": {"title": "Kampanje", "lede": "", "body": ""}},
    ("timesheet_line", "activity"): "walking",
    # What is only saved is the contact's own: sent, it is found by those who may.
    ("timesheet_line", "state"): "sent",
    ("timesheet_line", "replaced_at"): NOTHING,
    # An evaluation has a page of its own when it is done.
    ("evaluation", "state"): "done",
    ("evaluation", "outcome"): "continue",
    # A new concern is not closed.
    ("concern", "closed_on"): NOTHING,
    # A suspension that is over leaves room for another.
    ("suspension", "outcome"): "lifted",
    # A complaint that waits is not closed.
    ("complaint", "closed_on"): NOTHING,
    # Who is not suspended has no day of it.
    ("support_contact", "suspended_on"): NOTHING,
    # A letter that waits is neither sent nor stopped.
    ("letter", "sent_on"): NOTHING,
    ("letter", "cancel_reason"): "",
    # A notice that waits is not sent.
    ("outgoing", "sent_at"): NOTHING,
    # A guest is a contact or a colleague; a meeting ends after it begins.
    ("assembly_member", "colleague"): NOTHING,
    ("assembly_guest", "colleague"): NOTHING,
    ("assembly_meeting", "ends_at"): MOMENT + timedelta(hours=2),
    ("joint_meeting", "ends_at"): MOMENT + timedelta(hours=2),
    # A half-year begins in January or July.
    ("group_evaluation", "half"): date(2026, 7, 1),
    # A region's course is every member's to see, and ends after it begins.
    ("course", "title"): "Felles kurs",
    ("course", "about"): "Felles kurs",
    ("course", "place"): "Felles kurs",
    ("course", "responsible"): "Felles kurs",
    ("course", "bring"): "Felles kurs",
    ("course", "prerequisites"): "Felles kurs",
    ("course", "phone"): "Felles kurs",
    ("course", "cancel_reason"): "",
    # Laid out jointly, so that the region has its page for changing it.
    ("course", "joint"): True,
    # And for every member, but for the others': another's course for its own is nowhere here.
    ("course", "reach"): lambda owner: "region" if owner.name == "horten" else "own",
    ("course_session", "topic"): "Felles kurs",
    ("course_session", "place"): "Felles kurs",
    ("course_session", "trainers"): "Felles kurs",
    ("course_session", "link"): "https://video.invalid/kurs",
    # Either a contact or one of the staff, and still on the course.
    ("course_signup", "user_id"): NOTHING,
    ("course_signup", "withdrawn_on"): NOTHING,
    ("course_signup", "ended"): "",
    # A group ends after it begins, and is the municipality's own; somebody has a place in it, and no shared seat.
    # So does one across borders, and its meetings; a seat somebody waits for has not ended.
    ("joint_group", "valid_to"): NOTHING,
    ("joint_group", "seats"): 8,
    ("joint_group", "group_id"): lambda owner: owner.id_in("activity_group"),
    # A number of choices is about a suggestion, and of no half-year.
    ("joint_tally", "half"): NOTHING,
    ("joint_tally", "question"): "",
    ("joint_seat", "ended_on"): NOTHING,
    # A course has an exam to look at; a thing is lent to nobody; a place and its group have not ended.
    ("course", "kind"): "training",
    ("resource", "lending"): "own",
    ("group_place", "valid_to"): NOTHING,
    ("activity_group", "valid_to"): NOTHING,
    ("activity_group", "closed_on"): NOTHING,
    ("activity_group", "hosted"): True,
    ("activity_group", "seats"): 8,
    # The bystander's is the municipality's alone: the shielded have their places in it.
    ("activity_group", "joint_id"): lambda owner: NOTHING if owner.name == "tilskuer" else owner.id_in("joint_group"),
    ("activity_group", "autumn_week"): 40,
    ("activity_group", "winter_week"): 8,
    ("group_place", "trial_to"): NOTHING,
    ("session_presence", "seat_id"): NOTHING,
    # What is in the calendar ends after it begins, is on a day of its own and is not called off.
    ("calendar_event", "dates"): [],
    ("calendar_event", "skip"): [],
    ("calendar_event", "link"): "https://example.no",
    ("calendar_event", "cancelled_at"): NOTHING,
    ("calendar_edition", "half"): "2026-2",
    # A newsletter that is being written has not been sent; what it says has a form, and so has who gets it.
    ("*", "segments"): ["contacts"],
    ("newsletter", "body"): {"blocks": [{"id": "2025", "kind": "text", "heading": "", "text": "Hei"}]},
    ("newsletter", "content"): NOTHING,
    ("newsletter", "sent_at"): NOTHING,
    ("newsletter_setting", "joint"): True,
    ("newsletter_subscriber", "source"): "register",
    ("newsletter_subscriber", "mark"): NOTHING,
    ("newsletter_subscriber", "email_sealed"): NOTHING,
    ("newsletter_subscriber", "ended_at"): NOTHING,
    ("newsletter_recipient", "address"): NOTHING,
    ("newsletter_recipient", "sent_at"): NOTHING,
    ("joint_newsletter", "body"): {"blocks": [{"id": "2025", "kind": "text", "heading": "", "text": "Hei"}]},
    ("joint_newsletter", "content"): NOTHING,
    ("joint_newsletter", "sent_at"): NOTHING,
    ("newsletter_delivery", "content"): {"subject": "Nyheter", "language": "nb", "parts": []},
    # A letter to everybody concerned is to somebody, and names no group and no contact.
    ("service_letter", "audience"): "everybody",
    ("service_letter", "audience_id"): NOTHING,
    ("service_letter", "to_users"): True,
    ("service_letter", "state"): "sent",
    # What a proposal keeps of need and candidate: read by name, and shown to both sides.
    ("proposal", "need_card"): lambda owner: {
        "code": f"{owner.marker} behov", "age_band": "18-29", "gender_wish": "any", "interests": ["walking"],
        "weekdays": ["mon"], "hours": "3", "area": "north", "needs_car": False, "predictability": 2, "months": 12,
    },
    ("proposal", "candidate_card"): lambda owner: {
        "code": f"{owner.marker} kandidat", "home": owner.marker, "gender": "F", "decade": 30, "interests": ["walking"],
        "weekdays": ["mon"], "area": "north", "has_car": False, "hours_free": "3", "commits_months": 6,
        "longest_months": 0, "courses": 0, "parts": [], "load": "green",
        "load_reason": {"code": "no_interests_asked", "params": {}},
    },
    ("proposal", "reasons"): [{"code": "no_interests_asked", "params": {}}],
    # A draft has no orders yet, so a decision with one is issued.
    ("decision", "state"): "issued",
    # What was decided here stands (decision_stands); what a list brought in may be written to, as the attacks try.
    ("decision", "taken_over"): True,
    # A conversation that was held is not called off.
    ("conversation", "cancelled_on"): NOTHING,
    # A shared table of rates is read by its names.
    ("shared_rates", "document"): {"steps": [], "holiday_percent": "0", "holiday_for": "any"},
    # What is paid by the hour has a sum of kroner.
    ("rate_step", "component"): "hours",
    # What is agreed for an assignment follows the table, and then has no sums of its own.
    ("assignment_terms", "expense_mode"): "",
    ("assignment_terms", "kilometres_mode"): "",
    ("assignment_terms", "expense_kroner"): NOTHING,
    ("assignment_terms", "km_kroner"): NOTHING,
    # A first payment takes nothing back, and a run that is open has no number yet.
    ("pay_item", "kind"): "pay",
    ("pay_item", "reverses_id"): NOTHING,
    # Payroll is shown codes of its own for everybody's hours (MAY_TELL in test_shielded.py): they tell of nobody.
    ("pay_item", "pay_code"): "4200",
    ("pay_item", "account"): "4120.0109.234",
    ("pay_item", "employee_no"): "1042",
    ("pay_item", "follows_id"): NOTHING,
    ("payroll_run", "number"): NOTHING,
    ("payroll_run", "closed_at"): NOTHING,
    # A campaign's address has small letters alone.
    ("campaign", "slug"): lambda owner: f"kanari-{owner.name.lower()}",
    # The best suggestion has no rank among the others.
    ("match_suggestion", "rank"): 0,
    # A proposal that is under way has not ended.
    ("proposal", "ended_at"): NOTHING,
    # The lender has a page for it when it was asked.
    ("proposal", "asks_home"): True,
    # Settlement goes by whole months; a statement that is open has neither number nor digest, and a proposal no answer.
    ("settlement_agreement", "valid_from"): date(2026, 11, 1),
    ("settlement_agreement", "valid_to"): NOTHING,
    ("settlement_agreement", "period_months"): 3,
    ("settlement_agreement", "accepted_by"): NOTHING,
    ("settlement_agreement", "accepted_by_id"): NOTHING,
    ("settlement_agreement", "accepted_at"): NOTHING,
    ("settlement_agreement", "ended_by_id"): NOTHING,
    ("settlement_agreement", "proposed_by_id"): lambda owner: owner.tenant,
    ("settlement_fact", "month"): date(2026, 11, 1),
    ("settlement_fact", "kind"): "seats",
    ("settlement_fact", "candidate_id"): NOTHING,
    ("settlement_statement", "first"): date(2026, 7, 1),
    ("settlement_statement", "last"): date(2026, 9, 30),
    ("settlement_statement", "number"): NOTHING,
    ("settlement_statement", "locked_at"): NOTHING,
    ("settlement_statement", "digest"): NOTHING,
    ("settlement_statement", "document"): {"lines": []},
    ("settlement_act", "checked_by"): NOTHING,
    ("settlement_act", "words"): "",
    # The map's counts are in fives, and a suggested group has enough in more than one municipality.
    ("atlas_count", "needs"): 5,
    ("atlas_count", "candidates"): 5,
    ("atlas_count", "least"): 5,
    ("group_suggestion", "needs"): 5,
    ("group_suggestion", "municipalities"): 2,
    ("group_suggestion", "least"): 5,
    # Nobody has answered a group that was just asked about.
    ("group_ask", "least"): 5,
    ("group_ask", "yes_ids"): [],
    ("group_ask", "partners"): [],
    # A yes that holds has not ended; what nobody has answered is about the longest.
    ("pool_consent", "until"): DAY + timedelta(days=3650),
    ("pool_consent", "ended_at"): NOTHING,
    ("pool_consent", "ended_how"): "",
    ("pool_objection", "broken_id"): NOTHING,
    ("pool_objection", "answered_on"): NOTHING,
    ("pool_objection", "upheld"): NOTHING,
    ("broken_commitment", "promised_months"): 12,
    ("broken_commitment", "lasted_months"): 3,
    ("course_signup", "outcome"): "",
    # A code has fifteen signs; what stands has not been replaced.
    ("course_certificate", "code"): lambda owner: f"{owner.marker}{'A' * 15}"[:15],
    ("course_certificate", "replaced_by"): NOTHING,
    ("course_presence", "minutes"): 60,
    ("candidate", "uses"): ["individual"],
    ("candidate", "areas"): ["north"],
    ("candidate", "courses"): [],
    ("*", "alternate_slots"): [],
    ("*", "age_bands"): [],
    # A release that nobody has approved may be written to, as the attacks try; its tables are there to choose.
    ("release", "state"): "ready",
    ("release", "approved_at"): NOTHING,
    ("release", "report"): NOTHING,
    ("release", "tables"): ["users:"],
    ("release", "reason"): "",
    ("release", "threshold"): 5,
    ("release_cell", "hidden"): False,
    ("region_group", "code"): "store",
    # A file of inhabitants that is not in use has no day of it.
    ("population_edition", "used_at"): NOTHING,
    # A held review can no longer be changed, which is another wall than the one tried here.
    ("status_review", "held_at"): NOTHING,
}  # fmt: skip


def _special(table: Table, column: Column[Any]) -> Any:
    """What SPECIAL says of a column, unless a table uses its name for another type of thing."""
    value = SPECIAL.get((table.name, column.name), SPECIAL.get(("*", column.name)))
    listed = isinstance(value, list)
    return value if value is NOTHING or not listed or isinstance(column.type, ARRAY | JSONB) else None


def _checks(table: Table) -> str:
    return " ; ".join(str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint))


def _allowed_word(table: Table, column: str) -> str | None:
    """The first of the words that a check constraint `column IN ('a', 'b')` allows."""
    found = re.search(rf"\b{column} IN \(\s*'([^']*)'", _checks(table))
    return found.group(1) if found else None


def _number(table: Table, column: str) -> int:
    between = re.search(rf"\b{column} BETWEEN (\d+)", _checks(table))
    return int(between.group(1)) if between else 1


def _pointer(table: Table, column: Column[Any], owner: Owner) -> Any:
    """Where a foreign key leads: the same owner's canary there. None when the column is no such key."""
    for key in column.foreign_keys:
        target = key.column.table
        if target.name == "municipality":
            return owner.tenant
        if target.name == "region":
            return owner.region
        if kind_of(target) in WALLED and key.column.name == "id":
            return owner.id_in(target.name)
        if kind_of(target) is Kind.REFERENCE:
            return reference_value(target, key.column)
    by_name = column.name.removesuffix("_id")
    if column.name.endswith("_id") and by_name in _names(len(Base.metadata.tables)):
        return owner.id_in(by_name)
    return None


def reference_value(table: Table, column: Column[Any]) -> Any:
    """The key of the one row the suite adds to a reference table that a canary points to."""
    return uuid5(ROOT_ID, table.name) if isinstance(column.type, t.Uuid) else f"canary-{table.name}"


# The value of a column by the first of these that its type is. A JSON or array column is no string to SQLAlchemy.
PLAIN_VALUES: tuple[tuple[type[Any], Any], ...] = (
    (t.DateTime, MOMENT),
    (t.Date, DAY),
    (t.Time, time(10, 0)),
    (t.Boolean, False),
    (t.Float, 1.0),
)


def _by_type(table: Table, column: Column[Any], owner: Owner) -> Any:
    kind = column.type
    marked = f"{owner.marker} {table.name} {column.name}"
    if isinstance(kind, ARRAY):
        return [owner.id_in("person") if isinstance(kind.item_type, t.Uuid) else marked]
    if isinstance(kind, JSONB):
        return {"canary": marked}
    if isinstance(kind, BYTEA | t.LargeBinary):
        return marked.encode()
    if isinstance(kind, t.Uuid):
        return owner.id_in(f"{table.name}.{column.name}")
    if isinstance(kind, t.String):
        word = _allowed_word(table, column.name)
        return marked if word is None else word
    for sort, value in PLAIN_VALUES:
        if isinstance(kind, sort):
            return value
    if isinstance(kind, t.Integer | t.Numeric):
        return (int if isinstance(kind, t.Integer) else Decimal)(_number(table, column.name))
    raise NotImplementedError(f"{table.name}.{column.name}: no canary for {kind!r}; teach canaries.py")


def canary(table: Table, owner: Owner) -> dict[str, Any]:
    """A whole, valid row of `table` that `owner` owns; in a shared table it is the only party."""
    row: dict[str, Any] = {}
    for column in table.columns:
        name = column.name
        if name == "tenant_id" or name in table.info.get("parties", ()):
            row[name] = owner.tenant
        elif name == "region_id":
            row[name] = owner.region
        elif name == "id":
            row[name] = owner.id_in(table.name)
        else:
            special = _special(table, column)
            if special is NOTHING:
                continue
            value = _pointer(table, column, owner) if special is None else special
            value = value(owner) if callable(value) else value
            if value is NOTHING:
                continue
            row[name] = _by_type(table, column, owner) if value is None else value
    return row


_REGIONS_OWN = re.compile(r"(\w+) IS NULL")
# What a region's own row must have otherwise than the municipality's beside it: the same thing is not had twice.
_BESIDE: Mapping[tuple[str, str], Any] = {
    ("booking", "state"): "cancelled",
    ("booking", "ended_by"): "booker",
}


def nobodys(table: Table) -> str | None:
    """The party column that is empty in the rows a region sees, where it sees those alone; else None."""
    found = _REGIONS_OWN.fullmatch(table.info.get("region_sees") or "")
    return found[1] if found and found[1] in table.info["parties"] else None


def regions_id(table: str, owner: Owner) -> UUID:
    """The id of the row of the owner's region itself, in a table that `nobodys` names a column of."""
    return uuid5(owner.region, f"{ROOT_ID}{table}")


def regions_own(table: Table, owner: Owner) -> dict[str, Any] | None:
    """The row of the owner's region itself, where the region sees only rows without a municipality; else None."""
    empty = nobodys(table)
    if empty is None:
        return None
    beside = {column: value for (name, column), value in _BESIDE.items() if name == table.name}
    return {**canary(table, owner), **beside, empty: None, "id": regions_id(table.name, owner)}


def as_arguments(table: Table, row: Mapping[str, Any]) -> list[Any]:
    """A row's values as asyncpg takes them: JSON as text."""
    return [json.dumps(v) if isinstance(table.columns[name].type, JSONB) else v for name, v in row.items()]


def insert_sql(table: Table, row: Mapping[str, Any]) -> str:
    """The INSERT for `as_arguments(table, row)`, without RETURNING, which asks for more rights than writing does."""
    names = ", ".join(f'"{name}"' for name in row)
    places = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    return f"INSERT INTO sammen.{table.name} ({names}) VALUES ({places})"


async def insert_row(
    connection: asyncpg.Connection[asyncpg.Record], table: Table, row: Mapping[str, Any]
) -> None:
    """Insert a row as whoever the connection is."""
    await connection.execute(insert_sql(table, row), *as_arguments(table, row))


async def fill_references(admin: asyncpg.Connection[asyncpg.Record], owner: Owner) -> None:
    """One row in each reference table that a walled table points to, beside whatever migrations have put there."""
    targets = {
        key.column.table
        for table in walled_tables()
        for column in table.columns
        for key in column.foreign_keys
        if kind_of(key.column.table) is Kind.REFERENCE
        and key.column.table.name not in ("municipality", "region")
    }
    for table in sorted(targets, key=lambda table: table.name):
        row = {
            c.name: reference_value(table, c) if c.primary_key else _by_type(table, c, owner)
            for c in table.columns
        }
        await insert_row(admin, table, row)


async def fill(admin: asyncpg.Connection[asyncpg.Record], owners: Iterable[Owner]) -> Canaries:
    """Insert every owner's row into every walled table, past the walls. Returns what was inserted."""
    made = Canaries(tuple(owners))
    neutral = Owner("alles", ROOT_ID, ROOT_ID, 0)
    async with admin.transaction():
        await fill_references(admin, neutral)
        for table in walled_tables():
            for owner in made.owners:
                row = canary(table, owner)
                if kind_of(table) is Kind.REGIONAL and any(
                    before["region_id"] == owner.region for before in made.rows.get(table.name, {}).values()
                ):
                    first = next(b for b in made.rows[table.name].values() if b["region_id"] == owner.region)
                    owner.known[table.name] = first["id"]  # what its other rows point to
                    continue  # A region owns its row; its second municipality adds none.
                await insert_row(admin, table, row)
                made.rows.setdefault(table.name, {})[owner.name] = row
                of_region = regions_own(table, owner)
                rows = made.regions_own.setdefault(table.name, {}) if of_region else {}
                if of_region and all(of_region["id"] != one["id"] for one in rows.values()):
                    await insert_row(admin, table, of_region)
                    rows[owner.name] = of_region
    await admin.execute("ANALYZE")
    return made
