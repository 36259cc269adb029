"""What the slice adds to shared pages: its menu line, links on the case page, and what waits for a purchaser today."""

from __future__ import annotations

from collections.abc import Sequence

from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import CaseLink, MenuEntry, TodayItem, TodaySource
from sammen.web.formats import date_day_month
from sammen.web.i18n import translate
from tenants.cases.api import APPLICATIONS
from tenants.intake.queries import ApplicationFilter, find_applications, new_forms
from tenants.intake.views import FORM, form_lines

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.APPLICATION_REGISTER, APPLICATIONS, "/soknader", 15),
]
OPEN_STATES = frozenset({"received", "mapping", "deciding", "waiting", "running", "evaluating"})
LINKS = [
    CaseLink(
        Permission.APPLICATION_REGISTER, N_("Registrer ny søknad"), "/soknad", order=60, states=OPEN_STATES
    ),
    CaseLink(
        Permission.APPLICATION_REGISTER, N_("Søknaden er trukket"), "/trekk", order=62, states=OPEN_STATES
    ),
]  # fmt: skip


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Forms nobody has registered, and applications nobody has taken. Those one has taken come as deadlines do."""
    base = uow.context.base_url
    items = [
        TodayItem(
            translate(language, FORM), line.title, line.meta, line.url, line.received_on, line.answer_by
        )
        for line in form_lines(await new_forms(uow), base, language)
    ]
    for row in (await find_applications(uow, ApplicationFilter(whose="ingen"))).rows:
        day = date_day_month(row.answer_by, language)
        if row.handed_by_name:
            meta = translate(
                language, N_("Til deg fra %(name)s. Vedtak innen %(day)s."), name=row.handed_by_name, day=day
            )
        else:
            meta = translate(language, N_("Ingen har tatt den. Vedtak innen %(day)s."), day=day)
        items.append(
            TodayItem(
                translate(language, N_("Søknad")), row.name, meta, f"{base}/saker/{row.case_id}", row.received_on,
                row.answer_by, (row.person_id,),
            )
        )  # fmt: skip
    return items


TODAY = [TodaySource(Permission.APPLICATION_REGISTER, _today)]
