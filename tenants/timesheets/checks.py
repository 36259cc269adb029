"""Whether hours can be: the day within the assignment, a time that fits on a clock, and no other meeting meanwhile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, bindparam, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from tenants.assignments.api import assignment, pause_on, service_order
from tenants.contacts.api import support_contact
from tenants.decisions.api import grant_last_day, service_grant
from tenants.groups.api import groups_on
from tenants.timesheets.models import TimesheetLine
from tenants.timesheets.receipts import Claim
from tenants.timesheets.rules import Span, span

line = TimesheetLine.__table__
DAY = timedelta(days=1)
MOST_A_DAY = Decimal(25)
"""Hours a day may have when the clock is set back."""


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One meeting: a day, from and to (or `hours` alone), what was done, and what it cost the contact in kroner and km.

    `expenses` are kroner beside the receipts; `claims` are the receipts. `kilometres` are driven together,
    `commute_kilometres` to and from, in `trips` journeys.
    """

    worked_on: date
    starts: time | None
    ends: time | None
    activity: str
    expenses: Decimal = Decimal(0)
    kilometres: Decimal = Decimal(0)
    hours: Decimal | None = None
    commute_kilometres: Decimal = Decimal(0)
    trips: int = 0
    claims: tuple[Claim, ...] = ()

    @property
    def span(self) -> Span | None:
        """The meeting by the clock; None without both times, or when they cannot be."""
        if self.starts is None or self.ends is None:
            return None
        return span(self.worked_on, self.starts, self.ends)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an assignment allows: its first day, and its last or the decision's, whichever comes first."""

    id: UUID
    contact_id: UUID
    person_id: UUID
    form: str
    starts_on: date | None
    ended_on: date | None
    valid_to: date | None
    suspended_on: date | None

    @property
    def last_day(self) -> date | None:
        """The last day hours may be for."""
        days = [day for day in (self.ended_on, self.valid_to) if day is not None]
        return min(days) if days else None


_BOUNDS = compile_query(
    select(
        assignment.c.id, assignment.c.contact_id, assignment.c.person_id, assignment.c.form, assignment.c.starts_on,
        assignment.c.ended_on, grant_last_day.label("valid_to"), support_contact.c.suspended_on,
    )
    .select_from(
        assignment.join(
            service_order,
            and_(service_order.c.tenant_id == assignment.c.tenant_id, service_order.c.id == assignment.c.order_id),
        )
        .join(
            service_grant,
            and_(service_grant.c.tenant_id == assignment.c.tenant_id, service_grant.c.id == service_order.c.grant_id),
        )
        .join(
            support_contact,
            and_(
                support_contact.c.tenant_id == assignment.c.tenant_id,
                support_contact.c.id == assignment.c.contact_id,
            ),
        )
    )
    .where(assignment.c.tenant_id == bindparam("tenant"), assignment.c.id == bindparam("assignment"))
)  # fmt: skip
_NEAR = compile_query(
    select(
        line.c.id, line.c.assignment_id, line.c.worked_on, line.c.starts, line.c.ends, line.c.hours, assignment.c.form
    )
    .select_from(
        line.join(
            assignment, and_(assignment.c.tenant_id == line.c.tenant_id, assignment.c.id == line.c.assignment_id)
        )
    )
    .where(
        line.c.tenant_id == bindparam("tenant"),
        line.c.contact_id == bindparam("contact"),
        line.c.worked_on.between(bindparam("first"), bindparam("last")),
        line.c.replaced_at.is_(None),
    )
    .order_by(line.c.worked_on, line.c.starts)
)  # fmt: skip


async def bounds_of(uow: UnitOfWork, assignment_id: UUID) -> Bounds:
    """What the assignment allows. Raises NotFound. The caller has checked whose it is."""
    row = await uow.row(_BOUNDS, tenant=uow.context.tenant, assignment=assignment_id)
    if row is None:
        raise NotFound
    return Bounds(**dict(row))


async def alone(uow: UnitOfWork, contact_id: UUID) -> None:
    """One change at a time for a contact: two windows must not each find the hour free."""
    await uow.call("SELECT pg_advisory_xact_lock(hashtextextended('hours.' || $1::text, 0))", str(contact_id))


async def check_line(
    uow: UnitOfWork, bounds: Bounds, facts: LineFacts, *, besides: Collection[UUID] = ()
) -> Decimal:
    """The hours, if the meeting can have been. `besides`: lines that do not count, being changed or corrected.

    Raises Invalid for the field to mend. Call it after `alone`.
    """
    await _check_day(uow, bounds, facts.worked_on)
    hours = hours_by_clock(facts)
    rows = await uow.rows(
        _NEAR, tenant=uow.context.tenant, contact=bounds.contact_id, first=facts.worked_on - DAY,
        last=facts.worked_on + DAY,
    )  # fmt: skip
    others = [row for row in rows if row["id"] not in besides]
    meeting = facts.span
    same_day = hours
    for other in others:
        there = LineFacts(other["worked_on"], other["starts"], other["ends"], "").span
        both = meeting is not None and there is not None and meeting.overlaps(there)
        if both and not await _same_group(uow, bounds, other["assignment_id"], other["form"], facts):
            raise Invalid.one(
                "fra",
                N_("Du har allerede ført %(taken)s. To møter kan ikke være på samme tid."),
                taken=_taken(other["worked_on"], other["starts"], other["ends"]),
            )
        if not both and other["worked_on"] == facts.worked_on:
            same_day += other["hours"]
    if same_day > MOST_A_DAY:
        raise Invalid.one(
            "timer" if meeting is None else "fra",
            N_("Da er det ført mer enn et døgn på denne dagen. Se over timene."),
        )
    return hours


def _taken(day: date, starts: time, ends: time) -> str:
    return f"{starts:%H:%M}–{ends:%H:%M} {format_date(day)}"


async def _check_day(uow: UnitOfWork, bounds: Bounds, day: date) -> None:
    if day > today():
        raise Invalid.one("dato", N_("Dagen er ikke kommet ennå. Før timene etterpå."))
    if bounds.starts_on is None or day < bounds.starts_on:
        started = format_date(bounds.starts_on) if bounds.starts_on else "–"
        raise Invalid.one("dato", N_("Oppdraget begynte %(day)s. Velg en dag fra da av."), day=started)
    if bounds.last_day is not None and day > bounds.last_day:
        raise Invalid.one(
            "dato", N_("Oppdraget eller vedtaket var over etter %(day)s. Velg en tidligere dag."),
            day=format_date(bounds.last_day),
        )  # fmt: skip
    if bounds.suspended_on is not None and day >= bounds.suspended_on:
        # What for is between the contact and the municipality, and stands nowhere on this page.
        raise Invalid.one(
            "dato", N_("Du kan ikke føre timer fra og med %(day)s. Ring kommunen hvis du lurer på hvorfor."),
            day=format_date(bounds.suspended_on),
        )  # fmt: skip
    if await pause_on(uow, bounds.id, day) is not None:
        raise Invalid.one("dato", N_("Oppdraget har pause denne dagen."))


def hours_by_clock(facts: LineFacts) -> Decimal:
    """The hours, from the clock or as written. Raises Invalid when neither is there, or when they contradict one another."""
    if (facts.starts is None) != (facts.ends is None):
        field = "fra" if facts.starts is None else "til"
        raise Invalid.one(
            field, N_("Skriv både når dere begynte og når dere var ferdige, eller bare timene.")
        )
    if facts.starts is None:
        if facts.hours is None:
            raise Invalid.one("fra", N_("Skriv når dere begynte og sluttet, eller hvor mange timer det var."))
        return facts.hours
    meeting = facts.span
    if meeting is None:
        raise Invalid.one(
            "til", N_("Slutt må være etter start. Går det over midnatt, kan møtet vare i høyst 16 timer.")
        )
    if facts.hours is not None and facts.hours != meeting.hours:
        raise Invalid.one("timer", N_("Timene stemmer ikke med klokkeslettene. La ett av feltene stå tomt."))
    return meeting.hours


async def _same_group(
    uow: UnitOfWork, bounds: Bounds, other_id: UUID, other_form: str, facts: LineFacts
) -> bool:
    """Two users at once is a group's meeting: both services are groups, and nobody has said they are different ones."""
    if bounds.form != "group" or other_form != "group" or bounds.id == other_id:
        return False
    places = await groups_on(uow, [bounds.id, other_id], facts.worked_on)
    return places.get(bounds.id) == places.get(other_id)
