"""Figures about the contacts: how many, how old, how long they stay, and why they leave (B1, D1). docs/data/ has the words.

Each runs in one municipality's own context. Everybody counts, whoever they are. A time as a contact is a spell: somebody
who came back has a new one. Lists of contacts are short, so the bands are found here and the rows come as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, literal, select, union_all

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import GENDER, UNKNOWN, Dimension, Measure, Reading, counted, summed
from sammen.i18n_mark import N_
from tenants.contacts.models import ContactSpell, SupportContact
from tenants.contacts.rules import OWN_CHOICE
from tenants.people.api import age_on, person

contact = SupportContact.__table__
spell = ContactSpell.__table__
CENT: Final = Decimal("0.01")

CONTACT_AGE: Final = Dimension(
    "contact_age", N_("Alder på støttekontakten"),
    (("0-17", N_("Under 18 år")), ("18-25", N_("18–25 år")), ("26-39", N_("26–39 år")), ("40-54", N_("40–54 år")),
     ("55-66", N_("55–66 år")), ("67", N_("67 år og eldre")), (UNKNOWN, N_("Ukjent alder"))),
)  # fmt: skip
_AGES: Final = ((18, "0-17"), (26, "18-25"), (40, "26-39"), (55, "40-54"), (67, "55-66"))
TENURE: Final = Dimension(
    "tenure", N_("Tid som støttekontakt"),
    (("0", N_("Under 1 år")), ("1", N_("1 til 2 år")), ("2", N_("2 til 5 år")), ("5", N_("5 til 10 år")),
     ("10", N_("10 år eller mer"))),
)  # fmt: skip
WHY_LEFT: Final = Dimension(
    "why_left", N_("Hvorfor de sluttet"),
    (("choice", N_("Eget valg")), ("life", N_("Sykdom, fødsel, studier, flytting eller død")),
     ("municipality", N_("Kommunen avsluttet")), (UNKNOWN, N_("Ukjent grunn"))),
)  # fmt: skip
_LIFE: Final = frozenset({"illness", "parental_leave", "studies", "moved", "died"})


@dataclass(frozen=True, slots=True)
class SpellRow:
    """One time as a contact, with what figures divide it by. `ended_on` is its last day; `nth` counts from 1."""

    contact_id: UUID
    birth_date: date | None
    sex: str | None
    since: date
    ended_on: date | None
    end_reason: str
    from_campaign: bool
    nth: int

    def runs_after(self, day: date) -> bool:
        """Whether they are a contact when the day is over: what a stock at the period's end counts."""
        return self.since <= day and (self.ended_on is None or self.ended_on > day)


def _spells(since: ColumnElement[date | None], *columns: Any) -> tuple[Any, ...]:
    return (contact.c.id.label("contact_id"), person.c.birth_date, person.c.sex, since.label("since"), *columns,
            contact.c.came_from.is_not(None).label("from_campaign"))  # fmt: skip


_WHO = contact.join(
    person, (person.c.tenant_id == contact.c.tenant_id) & (person.c.id == contact.c.person_id)
)
_both = union_all(
    select(*_spells(contact.c.since, contact.c.ended_on, contact.c.end_reason, literal(1).label("last")))
    .select_from(_WHO)
    .where(contact.c.tenant_id == bindparam("tenant"), contact.c.since.is_not(None)),
    select(*_spells(spell.c.since, spell.c.ended_on, spell.c.end_reason, literal(0).label("last")))
    .select_from(
        _WHO.join(spell, (spell.c.tenant_id == contact.c.tenant_id) & (spell.c.contact_id == contact.c.id))
    )
    .where(contact.c.tenant_id == bindparam("tenant"), spell.c.since.is_not(None)),
).subquery()
_SPELLS = compile_query(
    select(*(column for column in _both.c if column.name != "last")).order_by(
        _both.c.contact_id, _both.c.since, _both.c.last
    )
)


async def spell_rows(uow: UnitOfWork) -> list[SpellRow]:
    """Every spell of somebody who has been engaged, by contact and day."""
    found: list[SpellRow] = []
    for row in await uow.rows(_SPELLS, tenant=uow.context.tenant):
        before = found[-1] if found else None
        nth = before.nth + 1 if before is not None and before.contact_id == row["contact_id"] else 1
        found.append(SpellRow(**dict(row), nth=nth))
    return found


def stock(spells: Iterable[SpellRow], day: date) -> dict[UUID, SpellRow]:
    """Who is a contact when a day is over, by contact: one each, the newest spell."""
    return {one.contact_id: one for one in spells if one.runs_after(day)}


def contact_age(birth_date: date | None, day: date) -> str:
    """The code of CONTACT_AGE on a day."""
    age = age_on(birth_date, day)
    if age is None:
        return UNKNOWN
    return next((code for under, code in _AGES if age < under), "67")


def tenure(since: date, day: date) -> str:
    """The code of TENURE on a day, by whole years since the first."""
    years = age_on(since, day) or 0
    return next(
        code for least, code in ((10, "10"), (5, "5"), (2, "2"), (1, "1"), (0, "0")) if years >= least
    )


def gender(sex: str | None) -> str:
    """The code of GENDER."""
    return sex or UNKNOWN


def why_left(reason: str) -> str:
    """The code of WHY_LEFT for a reason of rules.REASONS: coarse, since some of them say something of health (B12)."""
    if reason in OWN_CHOICE:
        return "choice"
    return "life" if reason in _LIFE else "municipality" if reason == "municipality" else UNKNOWN


async def contacts(uow: UnitOfWork, _start: date, end: date) -> Sequence[Reading]:
    """Contacts at the period's end, by age, length of service and gender."""
    return counted(
        Counter(
            (contact_age(one.birth_date, end), tenure(one.since, end), gender(one.sex))
            for one in stock(await spell_rows(uow), end).values()
        )
    )


async def contacts_mean(uow: UnitOfWork, start: date, end: date) -> Sequence[Reading]:
    """How many contacts there were on an average day: each counts for the share of the period's days they were one."""
    period = Decimal((end - start).days + 1)
    reached: dict[UUID, date] = {}
    shares: list[tuple[tuple[str, ...], UUID, Decimal]] = []
    for one in await spell_rows(uow):
        # Who came back on the day they left was a contact once that day.
        first = max(start, one.since, reached.get(one.contact_id, start))
        last = end if one.ended_on is None else min(end, one.ended_on)
        if first <= last:
            shares.append(((), one.contact_id, ((last - first).days + 1) / period))
            reached[one.contact_id] = last + timedelta(days=1)
    parts = summed(shares)
    return [
        Reading(one.key, _cents(one.value), one.contributors, _cents(one.largest), _cents(one.second))
        for one in parts
        if _cents(one.value)
    ]


async def contacts_left(uow: UnitOfWork, start: date, end: date) -> Sequence[Reading]:
    """Contacts whose last day was in the period, by why and how long they had been one. Who left twice counts once, as
    they left last.
    """
    left = {
        one.contact_id: (why_left(one.end_reason), tenure(one.since, one.ended_on))
        for one in await spell_rows(uow)
        if one.ended_on is not None and start <= one.ended_on <= end
    }
    return counted(Counter(left.values()))


def _cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


MEASURES = [
    Measure("contacts", "count", "count", (CONTACT_AGE, TENURE, GENDER), contacts),
    Measure("contacts_mean", "sum", "count", (), contacts_mean),
    Measure("contacts_left", "count", "count", (WHY_LEFT, TENURE), contacts_left),
]
