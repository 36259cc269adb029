"""Figures about contacts that ask for their assignments: where they come from, who stays a year, and how many each has.

Each runs in one municipality's own context; docs/data/ has their words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import Dimension, Measure, Reading, counted
from sammen.i18n_mark import N_
from tenants.assignments.models import Assignment, ServiceOrder
from tenants.cases.api import add_months
from tenants.contacts.api import CONTACT_AGE, SpellRow, contact_age, spell_rows, stock
from tenants.decisions.api import grant_last_day, service_grant

assignment = Assignment.__table__
service_order = ServiceOrder.__table__

CAME_BY: Final = Dimension(
    "came_by", N_("Hvordan de kom"),
    (("campaign", N_("Felles kampanje")), ("pool", N_("Den felles banken")), ("back", N_("Kom tilbake")),
     ("other", N_("En annen vei"))),
)  # fmt: skip
STAYED: Final = Dimension(
    "stayed", N_("Etter ett år"), (("yes", N_("Fortsatt støttekontakt")), ("no", N_("Har sluttet")))
)
LOAD: Final = Dimension(
    "load", N_("Oppdrag"),
    (("0", N_("Ingen oppdrag")), ("1", N_("Ett oppdrag")), ("2", N_("To oppdrag")), ("3-5", N_("3 til 5 oppdrag")),
     ("6", N_("6 oppdrag eller flere"))),
)  # fmt: skip
# What a contact came for: the first assignment there is of them here.
_FIRST = compile_query(
    select(assignment.c.contact_id, assignment.c.source)
    .where(assignment.c.tenant_id == bindparam("tenant"))
    .ext(distinct_on(assignment.c.contact_id))
    .order_by(assignment.c.contact_id, assignment.c.starts_on, assignment.c.id)
)
_LAST_DAY = func.least(assignment.c.ended_on, grant_last_day)
_LOADS = compile_query(
    select(assignment.c.contact_id, func.count().label("many"))
    .select_from(
        assignment.join(
            service_order,
            and_(service_order.c.tenant_id == assignment.c.tenant_id, service_order.c.id == assignment.c.order_id),
        ).join(
            service_grant,
            and_(service_grant.c.tenant_id == service_order.c.tenant_id, service_grant.c.id == service_order.c.grant_id),
        )
    )
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.state != "planned",
        assignment.c.starts_on <= bindparam("end"),
        or_(_LAST_DAY.is_(None), bindparam("end") < _LAST_DAY),
    )
    .group_by(assignment.c.contact_id)
)  # fmt: skip


async def contacts_began(uow: UnitOfWork, start: date, end: date) -> Sequence[Reading]:
    """Contacts whose first day was in the period, by how they came and how old they were. Who began twice counts once."""
    from_pool = await _from_pool(uow)
    began = {
        one.contact_id: (came_by(one, from_pool), contact_age(one.birth_date, one.since))
        for one in await spell_rows(uow)
        if start <= one.since <= end
    }
    return counted(Counter(began.values()))


async def contacts_kept(uow: UnitOfWork, start: date, end: date) -> Sequence[Reading]:
    """Contacts whose first day was in the same period a year earlier, by whether they still were one a year later, and how
    they came. A year later is the same day of the year, and 28 February for who began on the 29th.
    """
    first, last, from_pool = add_months(start, -12), add_months(end, -12), await _from_pool(uow)
    found = {
        one.contact_id: (
            "yes" if one.runs_after(add_months(one.since, 12)) else "no",
            came_by(one, from_pool),
        )
        for one in await spell_rows(uow)
        if first <= one.since <= last
    }
    return counted(Counter(found.values()))


async def contacts_load(uow: UnitOfWork, _start: date, end: date) -> Sequence[Reading]:
    """Contacts at the period's end by how many assignments each has under way when it is over."""
    loads = {
        row["contact_id"]: row["many"] for row in await uow.rows(_LOADS, tenant=uow.context.tenant, end=end)
    }
    here = stock(await spell_rows(uow), end)
    return counted(Counter((load(loads.get(contact_id, 0)),) for contact_id in here))


def came_by(spell: SpellRow, from_pool: frozenset[UUID]) -> str:
    """The code of CAME_BY: who has been a contact before came back, whatever brought them the first time."""
    if spell.nth > 1:
        return "back"
    if spell.from_campaign:
        return "campaign"
    return "pool" if spell.contact_id in from_pool else "other"


def load(many: int) -> str:
    """The code of LOAD for a number of assignments."""
    return str(many) if many < 3 else "3-5" if many < 6 else "6"


async def _from_pool(uow: UnitOfWork) -> frozenset[UUID]:
    rows = await uow.rows(_FIRST, tenant=uow.context.tenant)
    return frozenset(row["contact_id"] for row in rows if row["source"] == "pool")


CONTACT_MEASURES = [
    Measure("contacts_began", "count", "count", (CAME_BY, CONTACT_AGE), contacts_began),
    Measure("contacts_kept", "count", "count", (STAYED, CAME_BY), contacts_kept),
    Measure("contacts_load", "count", "count", (LOAD,), contacts_load),
]
