"""What the slice adds to shared pages: its menu line, links on the case page, and what waits for a purchaser today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import CaseLink, CaseStep, MenuEntry, Panel, Step, TodayItem, TodaySource
from sammen.web.formats import date_day_month, date_long
from sammen.web.i18n import translate
from tenants.cases.api import APPLICANTS, APPLICATIONS, UNDECIDED, answer_by, case_card, may_decide_for
from tenants.intake.queries import ApplicationFilter, find_applications, new_forms
from tenants.intake.service import open_applications
from tenants.intake.views import CHANNELS, FORM, form_lines

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.APPLICATION_REGISTER, APPLICATIONS, "/soknader", 15),
]
OPEN_STATES = frozenset({"received", "mapping", "deciding", "waiting", "running", "evaluating"})
LINKS = [
    CaseLink(
        Permission.APPLICATION_REGISTER, N_("Registrer ny søknad"), "/soknad", order=44, states=OPEN_STATES
    ),
    CaseLink(
        Permission.APPLICATION_REGISTER, N_("Søknaden er trukket"), "/trekk", order=42, states=frozenset(UNDECIDED)
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


async def _step(uow: UnitOfWork, case_id: UUID, language: str) -> Step | None:
    """A case under way with another application that waits: answer it, or note that it was taken back."""
    case = await case_card(uow, case_id)
    if case.state in (*UNDECIDED, "closed") or not may_decide_for(uow.context, case.purchaser):
        return None
    waiting = await open_applications(uow, case_id)
    if not waiting:
        return None
    first, base = waiting[0], f"{uow.context.base_url}/saker/{case_id}"
    day = date_long(answer_by(first.received_on, first.expected_on), language)
    return Step(
        translate(language, N_("Neste: svar på den nye søknaden")),
        translate(language, N_("Den kom %(came)s. Frist for svar er %(day)s."),
                  came=date_long(first.received_on, language), day=day),
        ((translate(language, N_("Skriv vedtak")), f"{base}/vedtak", "primary"),
         (translate(language, N_("Søknaden er trukket")), f"{base}/trekk", "tertiary")),
    )  # fmt: skip


async def _panel(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    """Who applied and how to reach them; in a case under way also what a new application says."""
    waiting = await open_applications(uow, case_id)
    if not waiting:
        return None
    case, language = await case_card(uow, case_id), uow.context.language
    return {
        "under_way": case.state not in UNDECIDED,
        "lines": [
            (one, translate(language, APPLICANTS[one.applicant]), translate(language, CHANNELS[one.channel]))
            for one in waiting
        ],
    }


STEPS = [CaseStep(Permission.APPLICATION_REGISTER, 22, _step)]
PANELS = [Panel(Permission.APPLICATION_REGISTER, "intake/panel.html", 3, _panel)]
TODAY = [TodaySource(Permission.APPLICATION_REGISTER, _today)]
