"""What the slice adds to shared pages: menu lines, and what waits for payroll today."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from sammen.clock import OSLO, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.formats import date_day_month, money
from sammen.web.i18n import ntranslate, translate
from tenants.payroll.gather import PAID, line
from tenants.payroll.paid_days import any_paid
from tenants.payroll.queries import list_runs
from tenants.payroll.runs import suggested
from tenants.payroll.views import period_text
from tenants.rates.api import knows_what_is_paid

knows_what_is_paid(any_paid)
MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.PAYROLL_READ, N_("Lønn"), "/lonn", 52),
    MenuEntry(PlaceKind.OWN, Permission.CONTACT_OWN, N_("Utbetalt"), "/utbetalt", 40),
]
_UNPAID = compile_query(
    select(func.count(line.c.id).label("lines"), func.count(line.c.contact_id.distinct()).label("contacts")).where(
        line.c.tenant_id == bindparam("tenant"), line.c.state == "approved", line.c.replaced_at.is_(None),
        line.c.worked_on <= bindparam("until"), ~PAID,
    )
)  # fmt: skip


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """A run that waits to be closed, or a period that is over with hours nobody has been paid for."""
    base, kind = f"{uow.context.base_url}/lonn", translate(language, N_("Lønn"))
    runs, _ = await list_runs(uow, 1)
    waiting = next((card for card in runs if card.is_open), None)
    if waiting is not None:
        if waiting.state != "ready" or waiting.computed_at is None:
            return []
        period = period_text(waiting.first, waiting.last, language)
        return [
            TodayItem(
                kind=kind, title=translate(language, N_("Lukk lønnskjøringen for %(period)s"), period=period),
                meta=translate(language, N_("%(total)s. Utbetales %(day)s."), total=money(waiting.total, 2, language),
                               day=date_day_month(waiting.pay_on, language)),
                url=f"{base}/{waiting.id}", since=waiting.computed_at.astimezone(OSLO).date(), due=waiting.pay_on,
            )
        ]  # fmt: skip
    facts = await suggested(uow)
    row = await uow.row(_UNPAID, tenant=uow.context.tenant, until=facts.period.last)
    if row is None or not row["lines"]:
        return []
    period = period_text(facts.period.first, facts.period.last, language)
    return [
        TodayItem(
            kind=kind, title=translate(language, N_("Kjør lønn for %(period)s"), period=period),
            meta=ntranslate(
                language, N_("Én støttekontakt har godkjente timer som ikke er utbetalt."),
                N_("%(num)s støttekontakter har godkjente timer som ikke er utbetalt."), row["contacts"],
            ),
            url=f"{base}/ny", since=min(today(), facts.period.after.first), due=facts.pay_on,
        )
    ]  # fmt: skip


TODAY = [TodaySource(Permission.PAYROLL_RUN, _today)]
