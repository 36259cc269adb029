"""Reads: rules, what has had its time, holds, documents, runs. Municipality-wide; nothing here names a person.

A hold or a document of a shielded case is listed for those named on the case alone (E5). What a run counts is made by a
job in nobody's name, of everything; its lines are codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.retention.kinds import KINDS
from tenants.retention.models import RetentionRule, RetentionRun
from tenants.retention.rules import Rule, standing

MOST = 1_000
"""Things of one kind in one run; what is left comes in the next."""
_COUNTABLE = (
    "NOT EXISTS (SELECT 1 FROM sammen.case_file c WHERE c.tenant_id = {t}.tenant_id AND c.id = {t}.case_id AND c.shielded"
    " AND NOT EXISTS (SELECT 1 FROM sammen.case_member m WHERE m.tenant_id = c.tenant_id AND m.case_id = c.id"
    " AND m.user_id = $2 AND (m.valid_from IS NULL OR m.valid_from <= sammen.norwegian_day())"
    " AND (m.valid_to IS NULL OR m.valid_to >= sammen.norwegian_day())))"
)

_PERSON_OPEN = (
    "NOT EXISTS (SELECT 1 FROM sammen.case_file c WHERE c.tenant_id = h.tenant_id AND c.person_id = h.person_id"
    " AND c.shielded AND NOT EXISTS (SELECT 1 FROM sammen.case_member m WHERE m.tenant_id = c.tenant_id"
    " AND m.case_id = c.id AND m.user_id = $2))"
)


@dataclass(frozen=True, slots=True)
class Due:
    """Something that has had its time: its event's day and whom and what it is about."""

    id: UUID
    event_on: date
    person_id: UUID | None
    case_id: UUID | None
    contact_id: UUID | None


@dataclass(frozen=True, slots=True)
class KindNow:
    """A kind as the overview shows it: the rule, how many have had their time, and the oldest event among them."""

    kind: str
    rule: Rule
    due: int
    oldest: date | None


@dataclass(frozen=True, slots=True)
class HoldCard:
    """A hold, with the number of its case."""

    id: UUID
    case_no: str | None
    contact_id: UUID | None
    whole: bool
    reason: str
    valid_from: date
    valid_to: date | None
    review_on: date
    placed_by_name: str
    lifted_on: date | None
    lifted_by_name: str
    lift_reason: str
    version: int

    def active(self, day: date) -> bool:
        """Whether it holds on `day`."""
        return (
            self.lifted_on is None
            and self.valid_from <= day
            and (self.valid_to is None or self.valid_to >= day)
        )


@dataclass(frozen=True, slots=True)
class DocumentCard:
    """A document for the journal. `object_kind` is its table; `sha256` the file's, where there is one. `ready`: it is sent,
    held or registered, so that it can be journalled.
    """

    object_kind: str
    object_id: UUID
    case_id: UUID | None
    contact_id: UUID | None
    dated: date
    sha256: str
    ready: bool
    journalled_on: date | None
    journal_ref: str | None
    archived_on: date | None
    archive_receipt: str | None


async def rules_now(uow: UnitOfWork, day: date | None = None) -> dict[str, Rule]:
    """Each kind's rule on `day` (today)."""
    own = await uow.call(
        "SELECT kind, valid_from, years, months, action, basis FROM sammen.retention_rule"
        " WHERE tenant_id = $1 AND state = 'standing'",
        uow.context.tenant,
    )
    given = await uow.call(
        "SELECT kind, valid_from, years, months, action, basis FROM sammen.retention_default"
    )
    rules = [Rule(**dict(row)) for row in given] + [Rule(**dict(row), own=True) for row in own]
    found = standing([one for one in rules if one.kind in KINDS], day or today())
    return {kind: found[kind] for kind in KINDS if kind in found}


def _due_of(kind: str) -> str:
    one = KINDS[kind]
    return (
        f"FROM (SELECT a.id, {one.due} AS event_on, {one.person} AS person_id, {one.case} AS case_id,"  # noqa: S608 - fixed text of kinds.py
        f" {one.contact} AS contact_id FROM sammen.{one.anchor} a WHERE a.tenant_id = $1) q"
        " WHERE q.event_on IS NOT NULL AND (q.event_on + make_interval(months => $2))::date < $3"
    )


def _months(rule: Rule) -> int:
    return 12 * rule.years + rule.months


async def due_things(uow: UnitOfWork, rule: Rule) -> list[Due]:
    """What has had its time by a rule, at most MOST: the oldest first, but what later things point back to, last."""
    newest_first = " DESC" if rule.kind == "pay" else ""
    sql = f"SELECT q.* {_due_of(rule.kind)} ORDER BY q.event_on{newest_first}, q.id LIMIT {MOST}"
    return [Due(**dict(row)) for row in await uow.call(sql, uow.context.tenant, _months(rule), today())]


async def kinds_now(uow: UnitOfWork) -> list[KindNow]:
    """Every kind with its rule and what has had its time."""
    found = []
    for kind, rule in (await rules_now(uow)).items():
        sql = f"SELECT count(*) AS n, min(q.event_on) AS oldest {_due_of(kind)}"
        row = (await uow.call(sql, uow.context.tenant, _months(rule), today()))[0]
        found.append(KindNow(kind, rule, row["n"], row["oldest"]))
    return found


async def own_rules(uow: UnitOfWork) -> list[Any]:
    """The municipality's own rules, proposals first."""
    return await uow.call(
        "SELECT * FROM sammen.retention_rule WHERE tenant_id = $1"
        " ORDER BY state <> 'proposed', kind, valid_from DESC LIMIT 200",
        uow.context.tenant,
    )


async def one_rule(uow: UnitOfWork, rule_id: UUID) -> RetentionRule:
    """A rule of the municipality's own. Raises NotFound."""
    found = await uow.session.get(RetentionRule, (uow.context.tenant, rule_id), with_for_update=True)
    if found is None:
        raise NotFound
    return found


async def holds(uow: UnitOfWork, *, most: int = 200) -> list[HoldCard]:
    """Holds the reader may know of, those that hold first."""
    rows = await uow.call(
        "SELECT h.id, f.case_no, h.contact_id, h.whole, h.reason, h.valid_from, h.valid_to, h.review_on, h.placed_by_name,"  # noqa: S608 - fixed text
        " h.lifted_on, h.lifted_by_name, h.lift_reason, h.version FROM sammen.legal_hold h LEFT JOIN sammen.case_file f"
        " ON f.tenant_id = h.tenant_id AND f.id = h.case_id WHERE h.tenant_id = $1"
        f" AND (h.placed_by = $2 OR {_COUNTABLE.format(t='h')} AND {_PERSON_OPEN}) "
        " ORDER BY h.lifted_on NULLS FIRST, h.review_on, h.id LIMIT $3",
        uow.context.tenant, uow.context.user, most,
    )  # fmt: skip
    return [HoldCard(**dict(row)) for row in rows]


_DOCUMENTS = """
  SELECT 'letter' AS object_kind, l.id AS object_id, l.tenant_id, l.case_id, NULL::uuid AS contact_id, l.dated,
         encode(l.sha256, 'hex') AS sha256, l.state = 'sent' AS ready FROM sammen.letter l WHERE l.tenant_id = $1
  UNION ALL SELECT 'agreement_file', g.id, g.tenant_id, NULL, g.contact_id, g.dated, encode(g.sha256, 'hex'), true
         FROM sammen.agreement_file g WHERE g.tenant_id = $1
  UNION ALL SELECT 'status_review', r.id, r.tenant_id, NULL, NULL, r.meets_on, '', r.held_at IS NOT NULL
         FROM sammen.status_review r WHERE r.tenant_id = $1
  UNION ALL SELECT 'incoming_form', f.id, f.tenant_id, f.case_id, NULL, f.received_on, '', f.state = 'registered'
         FROM sammen.incoming_form f WHERE f.tenant_id = $1"""
_MARKED = (
    f" FROM ({_DOCUMENTS}) d LEFT JOIN sammen.document_mark k ON k.tenant_id = d.tenant_id"
    " AND k.object_kind = d.object_kind AND k.object_id = d.object_id WHERE ("
    + _COUNTABLE.format(t="d")
    + " OR $2 = '00000000-0000-0000-0000-000000000000'::uuid)"
)
_NOBODY = UUID(int=0)
"""In the reader's place: the municipality's own archive program, which is told of every document."""
_STATES = {"venter": " AND k.id IS NULL", "journalfort": " AND k.id IS NOT NULL AND k.archived_on IS NULL",
           "arkiv": " AND k.archived_on IS NOT NULL"}  # fmt: skip


async def documents(uow: UnitOfWork, state: str, page: int, size: int) -> tuple[Sequence[DocumentCard], int]:
    """(the page's documents, how many in all) in a state: `venter`, `journalfort`, `arkiv`, or "" for all."""
    where = _MARKED + " AND d.ready" + _STATES.get(state, "")
    total = (await uow.call(f"SELECT count(*) AS n{where}", uow.context.tenant, uow.context.user))[0]["n"]
    rows = await uow.call(
        "SELECT d.object_kind, d.object_id, d.case_id, d.contact_id, d.dated, d.sha256, d.ready, k.journalled_on,"
        f" k.journal_ref, k.archived_on, k.archive_receipt{where} ORDER BY d.dated, d.object_id LIMIT $3 OFFSET $4",
        uow.context.tenant, uow.context.user, size, (page - 1) * size,
    )  # fmt: skip
    return [DocumentCard(**dict(row)) for row in rows], total


async def one_document(
    uow: UnitOfWork, object_kind: str, object_id: UUID, *, everything: bool = False
) -> DocumentCard:
    """A document the reader may know of; `everything` for the archive's own program. Raises NotFound."""
    rows = await uow.call(
        "SELECT d.object_kind, d.object_id, d.case_id, d.contact_id, d.dated, d.sha256, d.ready, k.journalled_on,"
        f" k.journal_ref, k.archived_on, k.archive_receipt{_MARKED} AND d.object_kind = $3 AND d.object_id = $4",
        uow.context.tenant, _NOBODY if everything else uow.context.user, object_kind, object_id,
    )  # fmt: skip
    if not rows:
        raise NotFound
    return DocumentCard(**dict(rows[0]))


@dataclass(frozen=True, slots=True)
class RunCard:
    """A run with how many of its lines wait, are hindered and are gone."""

    id: UUID
    state: str
    as_of: date
    made_by: UUID | None
    made_by_name: str
    approved_by_name: str
    approved_at: datetime | None
    finished_at: datetime | None
    drop_reason: str
    version: int
    waiting: int
    hindered: int
    gone: int


_RUNS = """
SELECT r.id, r.state, r.as_of, r.made_by, r.made_by_name, r.approved_by_name, r.approved_at, r.finished_at, r.drop_reason,
       r.version, count(i.id) FILTER (WHERE i.state = 'waiting') AS waiting,
       count(i.id) FILTER (WHERE i.state = 'hindered') AS hindered, count(i.id) FILTER (WHERE i.state = 'gone') AS gone
  FROM sammen.retention_run r LEFT JOIN sammen.retention_item i ON i.tenant_id = r.tenant_id AND i.run_id = r.id
 WHERE r.tenant_id = $1 AND ($2::uuid IS NULL OR r.id = $2)
 GROUP BY r.tenant_id, r.id ORDER BY r.as_of DESC, r.id DESC LIMIT 100
"""


async def runs(uow: UnitOfWork) -> list[RunCard]:
    """Runs, the newest first."""
    return [RunCard(**dict(row)) for row in await uow.call(_RUNS, uow.context.tenant, None)]


async def run_card(uow: UnitOfWork, run_id: UUID) -> RunCard:
    """One run. Raises NotFound."""
    rows = await uow.call(_RUNS, uow.context.tenant, run_id)
    if not rows:
        raise NotFound
    return RunCard(**dict(rows[0]))


async def open_run(uow: UnitOfWork) -> RunCard | None:
    """The run that is proposed or under way, of which there is at most one."""
    return next((one for one in await runs(uow) if one.state in ("proposed", "running")), None)


async def run_for_change(uow: UnitOfWork, run_id: UUID) -> RetentionRun:
    """The run, locked. Raises NotFound."""
    found = await uow.session.get(RetentionRun, (uow.context.tenant, run_id), with_for_update=True)
    if found is None:
        raise NotFound
    return found


async def items_of(uow: UnitOfWork, run_id: UUID) -> list[Any]:
    """Every line of a run, by kind and event."""
    return await uow.call(
        "SELECT id, kind, object_id, event_on, kept_until, action, basis, state, hindrances, rows, digest, gone_at"
        " FROM sammen.retention_item WHERE tenant_id = $1 AND run_id = $2 ORDER BY kind, event_on, id",
        uow.context.tenant, run_id,
    )  # fmt: skip
