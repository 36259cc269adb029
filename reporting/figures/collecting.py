"""The region's way to its figures: who has approved, who is late, and asking those who are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from reporting.figures.jobs import REMIND
from reporting.figures.models import FigureReminder
from reporting.figures.own import ended_periods
from reporting.figures.queries import due_days_from, kind_from, parse_or_none
from reporting.figures.regional import Approval, Member, approvals, asked, members
from reporting.periods import Period
from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict
from sammen.i18n_mark import N_
from sammen.ids import random_id
from sammen.jobs.queue import enqueue_for
from sammen.tenancy.context import PlaceKind

QUIET_DAYS: Final = 3
"""Days between two reminders to one municipality for one period."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A municipality and a period: its approval if it has given one, and when it was last asked."""

    member: Member
    approval: Approval | None
    asked_at: datetime | None

    @property
    def may_be_asked(self) -> bool:
        """Whether a reminder makes sense now."""
        if self.approval is not None:
            return False
        return self.asked_at is None or self.asked_at + timedelta(days=QUIET_DAYS) <= now()


@dataclass(frozen=True, slots=True)
class Collected:
    """A period as the region has got it."""

    period: Period
    due: date
    standings: tuple[Standing, ...]

    @property
    def missing(self) -> tuple[Standing, ...]:
        """Those that have not approved."""
        return tuple(one for one in self.standings if one.approval is None)

    @property
    def late(self) -> bool:
        """Whether somebody is missing after the deadline."""
        return bool(self.missing) and today() > self.due


async def region_periods(uow: UnitOfWork) -> list[Period]:
    """The region's periods that are over, newest first: the last ones, and every one somebody has approved."""
    kind = kind_from(uow.context.settings)
    found = set(ended_periods(kind, today()))
    told = {parse_or_none(one.period) for one in await approvals(uow)}
    found |= {period for period in told if period is not None and period.kind is kind}
    return sorted(found, key=lambda one: one.start, reverse=True)


async def collected(uow: UnitOfWork, period: Period) -> Collected:
    """Who has approved a period and who has not: members on its last day or today, and whoever approved it."""
    given = {one.municipality_id: one for one in await approvals(uow, period)}
    people = {one.id: one for one in [*await members(uow, period.end), *await members(uow, today())]}
    for place, one in given.items():
        people.setdefault(place, Member(place, one.name, one.slug))
    when = await asked(uow, period)
    standings = [
        Standing(member, given.get(member.id), when.get(member.id))
        for member in sorted(people.values(), key=lambda one: one.name)
    ]
    due = period.end + timedelta(days=due_days_from(uow.context.settings))
    return Collected(period, due, tuple(standings))


async def remind(uow: UnitOfWork, period: Period, only: UUID | None = None) -> int:
    """Ask those that have not approved, or one of them; returns how many. A job in each home writes to its leaders.

    Raises Conflict when there is nobody to ask now.
    """
    user, region = uow.context.user_id, uow.context.region
    assert user is not None, "somebody asks"
    chosen = [
        one
        for one in (await collected(uow, period)).missing
        if one.may_be_asked and (only is None or one.member.id == only)
    ]
    if not chosen:
        raise Conflict(N_("Alle som mangler, er spurt de siste dagene. Vent litt før du spør igjen."))
    for one in chosen:
        made = FigureReminder(
            region_id=region, id=random_id(), municipality_id=one.member.id, period=period.slug, asked_at=now(),
            asked_by=user,
        )  # fmt: skip
        uow.session.add(made)
        await uow.session.flush()
        told = {"period": period.slug, "reminder": made.id}
        await enqueue_for(uow, PlaceKind.MUNICIPALITY, one.member.id, REMIND, told)
    await record_change(uow, "figures.asked_for", "region", region, period=period.slug, asked=len(chosen))
    return len(chosen)
