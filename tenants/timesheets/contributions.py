"""What the slice adds to shared pages: menu lines, whose hours wait for approval and whose have not come, hours against
the decision on an assignment's page and on one's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select

from sammen.clock import OSLO, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import AssignmentPanel, MenuEntry, OwnPanel, TodayItem, TodaySource
from sammen.web.formats import hours_long, month_year
from sammen.web.i18n import ntranslate, translate
from tenants.assignments.api import assignment, knows_last_meeting
from tenants.provision.api import PayPeriod, provision_rules
from tenants.timesheets.listing import Group, waiting_groups
from tenants.timesheets.missing import missing_hours
from tenants.timesheets.models import TimesheetLine
from tenants.timesheets.panels import of_assignment, own_unsent, own_use
from tenants.timesheets.rules import Month
from tenants.timesheets.views import period_name

__all__ = ["ASSIGNMENT_PANELS", "MENU", "OWN_PANELS", "TODAY"]

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.TIMESHEET_READ, N_("Timelister"), "/timelister", 50),
    MenuEntry(PlaceKind.OWN, Permission.HOURS_REGISTER, N_("Før timer"), "/timer", 20),
]
ASSIGNMENT_PANELS = [
    AssignmentPanel(Permission.TIMESHEET_READ, "timesheets/assignment_panel.html", 10, of_assignment)
]
OWN_PANELS = [
    OwnPanel(Permission.HOURS_REGISTER, "timesheets/own_unsent.html", 20, own_unsent),
    OwnPanel(Permission.HOURS_ATTEST, "timesheets/own_use.html", 60, own_use),
]
MOST_TODAY = 50


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """One line for each contact and month, however many service users the hours are for."""
    months: dict[tuple[UUID, Month], list[Group]] = {}
    for group in await waiting_groups(uow):
        months.setdefault((group.contact_id, group.month), []).append(group)
    return [_item(uow, language, groups) for groups in list(months.values())[:MOST_TODAY]]


def _item(uow: UnitOfWork, language: str, groups: Sequence[Group]) -> TodayItem:
    first, lines = groups[0], [line for group in groups for line in group.lines]
    sent = [line.sent_at for line in lines if line.sent_at is not None]
    return TodayItem(
        kind=translate(language, N_("Timeliste")),
        title=translate(
            language, N_("%(name)s, %(month)s: %(hours)s"), name=first.contact_name,
            month=month_year(first.month.first, language), hours=hours_long(sum(line.hours for line in lines), language),
        ),
        meta=_meta(language, groups),
        url=f"{uow.context.base_url}/timelister#{first.key}",
        since=min(sent).astimezone(OSLO).date() if sent else first.lines[0].worked_on,
        persons=(first.contact_person_id, *(group.person_id for group in groups)),
    )  # fmt: skip


def _meta(language: str, groups: Sequence[Group]) -> str:
    """Whom the hours are for, and where they are more than the decision gives."""
    over = [group for group in groups if group.use.over]
    if len(groups) > 1:
        people = translate(language, N_("Med %(number)s brukere."), number=len(groups))
        if not over:
            return people
        return people + " " + ntranslate(
            language, N_("Hos én er det mer enn vedtaket gir."), N_("Hos %(num)s er det mer enn vedtaket gir."), len(over)
        )  # fmt: skip
    name = groups[0].person_name
    if not over:
        return translate(language, N_("Med %(name)s."), name=name)
    hours = hours_long(groups[0].use.over, language)
    return translate(language, N_("Med %(name)s. %(hours)s mer enn vedtaket gir."), name=name, hours=hours)


async def _not_handed_in(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """How many have not handed in the last period, from the day after it ended until the next one has."""
    rules = await provision_rules(uow, today())
    period = PayPeriod.of(today(), rules.period_from_day).before
    _, total = await missing_hours(uow, period)
    if not total:
        return []
    name = period_name(period, language)
    return [
        TodayItem(
            kind=translate(language, N_("Timeliste")),
            title=ntranslate(
                language, N_("Én timeliste for %(period)s er ikke sendt"),
                N_("%(num)s timelister for %(period)s er ikke sendt"), total, period=name,
            ),
            meta=translate(language, N_("Støttekontaktene får en påminnelse. Se hvem det gjelder.")),
            url=f"{uow.context.base_url}/timelister?status=mangler",
            since=period.last + timedelta(days=1),
            due=period.deadline(rules.hand_in_day),
        )
    ]  # fmt: skip


last = TimesheetLine.__table__.alias("last_met")
knows_last_meeting(
    select(func.max(last.c.worked_on))
    .where(
        last.c.tenant_id == assignment.c.tenant_id,
        last.c.assignment_id == assignment.c.id,
        last.c.state != "saved",
        last.c.replaced_at.is_(None),
        last.c.hours > 0,
    )
    .correlate(assignment)
    .scalar_subquery()
)
TODAY = [
    TodaySource(Permission.TIMESHEET_APPROVE, _today),
    TodaySource(Permission.TIMESHEET_APPROVE, _not_handed_in),
]
