"""Reads for stability: contacts' times with each service user, and respite that was applied for (A12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, select

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.roles import Role
from sammen.tenancy.context import Context
from sammen.web.paging import PAGE_SIZE, page_number
from tenants.assignments.api import assignment, service_order
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.decisions.api import service_grant
from tenants.people.api import age_on, person
from tenants.waiting.models import RespiteApplication
from tenants.waiting.stability import Spell, Stability, look_back, loss_before, stability

respite = RespiteApplication.__table__
VIEWS = {
    "alle": N_("Alle"),
    "flere": N_("Byttet flere ganger"),
    "uten": N_("Uten støttekontakt nå"),
    "avlastning": N_("Søkt avlastning etterpå"),
}
ALLOCATES = frozenset({
    Role.PURCHASER_CHILD, Role.PURCHASER_ADULT, Role.PURCHASER_CHILD_WELFARE, Role.MANAGER,
})  # fmt: skip
"""Who is told that a family applied for respite: those who allocate. The provider's work does not need it."""


def sees_respite(context: Context) -> bool:
    """Whether the reader is told of respite that was applied for."""
    return not ALLOCATES.isdisjoint(context.roles)


@dataclass(frozen=True, slots=True)
class RespiteCard:
    """Respite applied for; `after` is the day of the loss it came after, None for none."""

    id: UUID
    case_id: UUID
    applied_on: date
    outcome: str
    answered_on: date | None
    note: str
    noted_by_name: str
    version: int
    after: date | None = None


@dataclass(frozen=True, slots=True)
class StabilityRow:
    """A case and how its contacts have stayed. `respite` is empty for readers who are not told."""

    case_id: UUID
    person_id: UUID
    name: str
    age: int | None
    case_no: str
    purchaser: str
    found: Stability
    respite: Sequence[RespiteCard]

    @property
    def after_loss(self) -> Sequence[RespiteCard]:
        """Respite that was applied for after a loss."""
        return [card for card in self.respite if card.after is not None]


@dataclass(frozen=True, slots=True)
class StabilityList:
    """A page of the list, the least stable first; how many in the chosen view, and in each view."""

    rows: Sequence[StabilityRow]
    total: int
    counts: Mapping[str, int]


_own_order = and_(
    service_order.c.tenant_id == assignment.c.tenant_id, service_order.c.id == assignment.c.order_id
)
_own_grant = and_(
    service_grant.c.tenant_id == service_order.c.tenant_id, service_grant.c.id == service_order.c.grant_id
)
_own_case = and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id)
_own_person = and_(person.c.tenant_id == case_file.c.tenant_id, person.c.id == case_file.c.person_id)
_SPELL = (
    assignment.c.form, assignment.c.contact_id, assignment.c.starts_on, assignment.c.ended_on, assignment.c.end_reason,
    # least() looks past what is NULL: without either day the service is open.
    func.least(service_grant.c.valid_to, service_grant.c.ended_on).label("granted_to"),
)  # fmt: skip


@cache
def _spells_query(which: str) -> Query:
    """`case`: of one case; `moved`: of every visible case whose contact ended since a day."""
    other = assignment.alias("other")
    columns: list[Any] = [assignment.c.case_id, assignment.c.person_id, *_SPELL]
    source: Any = assignment.join(service_order, _own_order).join(service_grant, _own_grant)
    condition = and_(
        assignment.c.tenant_id == bindparam("tenant"),
        # A substitute for a day is no change of contact.
        assignment.c.role == "regular",
        assignment.c.starts_on <= bindparam("day"),
    )
    if which == "case":
        condition &= assignment.c.case_id == bindparam("case")
    if which == "moved":
        source = source.join(case_file, _own_case).join(person, _own_person)
        columns += [
            person.c.given_name, person.c.family_name, person.c.birth_date, case_file.c.case_no, case_file.c.purchaser,
        ]  # fmt: skip
        condition &= visible() & (
            select(other.c.id)
            .where(
                other.c.tenant_id == assignment.c.tenant_id,
                other.c.case_id == assignment.c.case_id,
                other.c.ended_on >= bindparam("since"),
            )
            .exists()
        )
    return compile_query(
        select(*columns).select_from(source).where(condition).order_by(assignment.c.case_id, assignment.c.id)
    )


_CARD = [respite.c[name] for name in RespiteCard.__dataclass_fields__ if name != "after"]
_RESPITE_OF = compile_query(
    select(*_CARD)
    .where(respite.c.tenant_id == bindparam("tenant"), respite.c.case_id == bindparam("case"))
    .order_by(respite.c.applied_on.desc(), respite.c.id.desc())
)
_RESPITES = compile_query(
    select(*_CARD)
    .join_from(
        respite,
        case_file,
        and_(case_file.c.tenant_id == respite.c.tenant_id, case_file.c.id == respite.c.case_id),
    )
    .where(visible(), respite.c.applied_on >= bindparam("since"))
    .order_by(respite.c.applied_on.desc(), respite.c.id.desc())
)


def _spell(row: Any) -> Spell:
    return Spell(
        row["form"],
        row["contact_id"],
        row["starts_on"],
        row["ended_on"],
        row["end_reason"],
        row["granted_to"],
    )


def _dated(card: RespiteCard, found: Stability) -> RespiteCard:
    after = loss_before(card.applied_on, found.losses, found.gaps)
    return RespiteCard(
        card.id, card.case_id, card.applied_on, card.outcome, card.answered_on, card.note, card.noted_by_name,
        card.version, after,
    )  # fmt: skip


async def stability_of(uow: UnitOfWork, case_id: UUID) -> tuple[Stability, Sequence[RespiteCard]]:
    """How the contacts of a case have stayed these two years, and respite applied for, newest first, whenever it was.

    The caller has asked whether the reader may see the case, and whether they are told of respite.
    """
    day, tenant = today(), uow.context.tenant
    spells = [
        _spell(row) for row in await uow.rows(_spells_query("case"), tenant=tenant, case=case_id, day=day)
    ]
    whole = stability(spells, date.min, day)
    cards = [RespiteCard(**dict(row)) for row in await uow.rows(_RESPITE_OF, tenant=tenant, case=case_id)]
    return stability(spells, look_back(day), day), [_dated(card, whole) for card in cards]


async def stability_list(uow: UnitOfWork, query: Mapping[str, str]) -> StabilityList:
    """The cases with a contact that stopped these two years, the least stable first (vis, side of an address).

    Writes the access log's row for those it shows.
    """
    context, day = uow.context, today()
    since = look_back(day)
    reader = {"tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user}
    applied: dict[UUID, list[RespiteCard]] = defaultdict(list)
    if sees_respite(context):
        for row in await uow.rows(_RESPITES, **reader, since=since):
            applied[row["case_id"]].append(RespiteCard(**dict(row)))
    rows = []
    found_rows = await uow.rows(_spells_query("moved"), **reader, since=since, day=day)
    for case_id, group in groupby(found_rows, key=lambda row: row["case_id"]):
        of_case = list(group)
        found, first = stability(map(_spell, of_case), since, day), of_case[0]
        if not (found.changes or found.losses):
            continue
        rows.append(
            StabilityRow(
                case_id, first["person_id"], f"{first['given_name']} {first['family_name']}",
                age_on(first["birth_date"], day), first["case_no"], first["purchaser"], found,
                [_dated(card, found) for card in applied.get(case_id, [])],
            )
        )  # fmt: skip
    rows.sort(key=lambda row: (-row.found.changes, -row.found.days_without, row.name))
    views = {
        "alle": rows,
        "flere": [row for row in rows if row.found.changes > 1],
        "uten": [row for row in rows if row.found.without_now],
        "avlastning": [row for row in rows if row.after_loss],
    }
    chosen = views.get(query.get("vis", ""), rows)
    page = page_number(query)
    shown = chosen[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    await record_read(uow, "stability.list", [row.person_id for row in shown], why=N_("Stabilitet"))
    return StabilityList(shown, len(chosen), {name: len(members) for name, members in views.items()})
