"""Who comes, stays and leaves, in counts: for the municipality itself (B1). Hiding of small counts is reporting's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import bindparam, func, select, union_all

from sammen.clock import OSLO, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.contacts.models import ContactSpell, ContactStep, SupportContact
from tenants.contacts.rules import NOT_RELEVANT, OWN_CHOICE, broken_by_choice, tenure_months, turnover

contact = SupportContact.__table__
spell = ContactSpell.__table__
step = ContactStep.__table__
YEAR = timedelta(days=365)
_NOW = select(contact.c.since, contact.c.ended_on, contact.c.end_reason, contact.c.commits_months).where(
    contact.c.tenant_id == bindparam("tenant"), contact.c.since.is_not(None)
)
_BEFORE = select(spell.c.since, spell.c.ended_on, spell.c.end_reason, spell.c.commits_months).where(
    spell.c.tenant_id == bindparam("tenant"), spell.c.since.is_not(None)
)
_SPELLS = compile_query(union_all(_NOW, _BEFORE))
_STATES = compile_query(
    select(contact.c.state, func.count().label("many"))
    .where(contact.c.tenant_id == bindparam("tenant"))
    .group_by(contact.c.state)
)
# How long it took from the first step to the first time engaged, of those who became so in the last year.
_WAYS_IN = compile_query(
    select(contact.c.created_at, func.min(step.c.happened_on).label("engaged_on"))
    .select_from(
        contact.join(step, (step.c.tenant_id == contact.c.tenant_id) & (step.c.contact_id == contact.c.id))
    )
    .where(contact.c.tenant_id == bindparam("tenant"), step.c.state == "engaged")
    .group_by(contact.c.id, contact.c.created_at)
    .having(func.min(step.c.happened_on) >= bindparam("since"))
)


@dataclass(frozen=True, slots=True)
class Figures:
    """`months`: median whole months that those engaged now have been it. `days_in`: median days from registered to
    engaged, of the last year's. `left` and `reasons`: the last year. `per_hundred`: those who left of a hundred at its
    beginning. None: nothing to reckon from.
    """

    states: dict[str, int]
    engaged: int
    months: int | None
    days_in: int | None
    left: int
    by_choice: int
    broken: int
    per_hundred: int | None
    reasons: Sequence[tuple[str, int]]


async def figures_of(uow: UnitOfWork) -> Figures:
    """Counts as of today, over the last 365 days. A spell that a person came back from is one of its own."""
    tenant, day = uow.context.tenant, today()
    begun = day - YEAR
    spells = [
        (row["since"], row["ended_on"], row["end_reason"], row["commits_months"])
        for row in await uow.rows(_SPELLS, tenant=tenant)
    ]
    running = [since for since, ended, _, _ in spells if since <= day and ended is None]
    gone = [one for one in spells if one[1] is not None and one[1] > begun and one[2] != NOT_RELEVANT]
    at_start = sum(1 for since, ended, _, _ in spells if since <= begun and (ended is None or ended > begun))
    of_those = sum(1 for since, _, _, _ in gone if since <= begun)
    reasons: dict[str, int] = {}
    for _, _, reason, _ in gone:
        reasons[reason] = reasons.get(reason, 0) + 1
    ways = await uow.rows(_WAYS_IN, tenant=tenant, since=begun)
    took = [max(0, (row["engaged_on"] - _day(row["created_at"])).days) for row in ways]
    return Figures(
        states={row["state"]: row["many"] for row in await uow.rows(_STATES, tenant=tenant)},
        engaged=len(running),
        months=round(median(tenure_months(since, day) for since in running)) if running else None,
        days_in=round(median(took)) if took else None,
        left=len(gone),
        by_choice=sum(1 for one in gone if one[2] in OWN_CHOICE),
        broken=sum(
            1 for since, ended, reason, months in gone if broken_by_choice(since, months, ended, reason)
        ),
        per_hundred=turnover(at_start, of_those),
        reasons=sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])),
    )


def _day(moment: datetime) -> date:
    return moment.astimezone(OSLO).date()
