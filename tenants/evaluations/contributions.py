"""What the slice adds to shared pages: its menu line, what waits today, and the case's step, panel and timeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import (
    CaseLink,
    CaseStep,
    MenuEntry,
    Panel,
    Step,
    TimelineEvent,
    TimelineSource,
    TodayItem,
    TodaySource,
)
from sammen.web.formats import clock, date_day_month, date_long
from sammen.web.i18n import ntranslate, translate
from tenants.cases.api import FORM_NAMES, case_card, duty, may_decide_for, stand_in_note
from tenants.evaluations.due import DueDecision, due_of_case, due_today, workload
from tenants.evaluations.queries import evaluations_of
from tenants.evaluations.views import GOALS, events, outcome_text
from tenants.people.api import person_card

TODAY_DAYS = 14
STEP_DAYS = 60
"""How long before the day the case page offers to begin."""

MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.EVALUATION_READ, N_("Evalueringer"), "/evalueringer", 24)
]


def _item(uow: UnitOfWork, due: DueDecision, language: str, note: str) -> TodayItem:
    day = today()
    if due.planned_on is not None and due.planned_on >= day:
        meta = translate(
            language, N_("Samtale %(day)s. Sak %(case_no)s."), day=date_day_month(due.planned_on, language),
            case_no=due.case_no,
        )  # fmt: skip
        if due.planned_on == day and due.planned_time is not None:
            meta = translate(
                language, N_("Samtale i dag %(clock)s. Sak %(case_no)s."), clock=clock(due.planned_time, language),
                case_no=due.case_no,
            )  # fmt: skip
    elif due.open_state == "draft":
        meta = translate(language, N_("Du har begynt. Sak %(case_no)s."), case_no=due.case_no)
    else:
        meta = translate(
            language, N_("Evaluering innen %(day)s. Sak %(case_no)s."), day=date_day_month(due.due_on, language),
            case_no=due.case_no,
        )  # fmt: skip
    forms = ", ".join(translate(language, FORM_NAMES[form]) for form in due.forms)
    planned = due.planned_on if due.planned_on is not None and due.planned_on >= day else None
    return TodayItem(
        kind=translate(language, N_("Evaluering")), title=f"{due.name}: {forms}", meta=meta + note,
        url=f"{uow.context.base_url}/saker/{due.case_id}/evaluering", since=min(due.due_on, day),
        due=min(planned, due.due_on) if planned else due.due_on, persons=(due.person_id,),
    )  # fmt: skip


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """One's own cases that are due or agreed within a fortnight; the backlog as one line."""
    work = await duty(uow)
    found = [
        _item(uow, due, language, stand_in_note(work, due.responsible_id, language))
        for due in await due_today(uow, within_days=TODAY_DAYS, others=work.others)
        if may_decide_for(uow.context, due.purchaser)
    ]
    waiting = (await workload(uow, others=work.others)).backlog
    if waiting:
        title = ntranslate(
            language, N_("Ett eldre vedtak er aldri evaluert"), N_("%(num)s eldre vedtak er aldri evaluert"), waiting
        )  # fmt: skip
        found.append(
            TodayItem(
                kind=translate(language, N_("Evaluering")), title=title,
                meta=translate(language, N_("Ta det eldste først.")),
                url=f"{uow.context.base_url}/evalueringer?vis=etterslep", since=today(),
            )
        )  # fmt: skip
    return found


async def _step(uow: UnitOfWork, case_id: UUID, language: str) -> Step | None:
    case = await case_card(uow, case_id)
    if case.state not in ("running", "evaluating") or not may_decide_for(uow.context, case.purchaser):
        return None
    waiting = await due_of_case(uow, case_id)
    if not waiting:
        return None
    due = waiting[0]
    if case.state == "running" and due.days_left > STEP_DAYS and not due.open_state:
        return None
    person = await person_card(uow, case.person_id)

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    base = f"{uow.context.base_url}/saker/{case_id}/evaluering"
    if due.open_state == "draft":
        return Step(
            say(N_("Neste: gjør ferdig evalueringen")),
            say(N_("Du har begynt. Fristen er %(day)s."), day=date_long(due.due_on, language)),
            ((say(N_("Fortsett evalueringen")), base, "primary"),),
        )
    ask = say(
        N_("Snakk med %(name)s og støttekontakten. Spør om målet, timene og om tilbudet fortsatt passer."),
        name=person.given_name,
    )  # fmt: skip
    if due.planned_on is not None:
        ask = say(N_("Dere møtes %(day)s."), day=date_long(due.planned_on, language)) + " " + ask
    move = N_("Flytt tidspunktet") if due.planned_on is not None else N_("Avtal tidspunkt")
    return Step(
        say(N_("Neste: evaluering innen %(day)s"), day=date_long(due.due_on, language)),
        ask,
        (
            (say(N_("Start evalueringen")), base, "primary"),
            (say(move), f"{base}/tidspunkt", "tertiary"),
        ),
    )


async def _panel(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    """The last evaluation that was held: the user's own words, the goal, and what it led to."""
    done = [card for card in await evaluations_of(uow, case_id) if card.state == "done"]
    if not done:
        return None
    last, language = done[0], uow.context.language
    return {
        "last": last,
        "goal": GOALS.get(last.goal_reached),
        "outcome": outcome_text(last, language),
        "earlier": [(card, outcome_text(card, language)) for card in done[1:]],
        "base": f"{uow.context.base_url}/saker/{case_id}/evalueringer",
    }


async def _events(uow: UnitOfWork, case_id: UUID, language: str) -> Sequence[TimelineEvent]:
    return events(await evaluations_of(uow, case_id), await due_of_case(uow, case_id), language)


async def _something_due(uow: UnitOfWork, case_id: UUID) -> bool:
    return bool(await due_of_case(uow, case_id))


TODAY = [TodaySource(Permission.EVALUATION_WRITE, _today)]
STEPS = [CaseStep(Permission.EVALUATION_WRITE, 60, _step)]
PANELS = [Panel(Permission.CASE_READ, "evaluations/panel.html", 30, _panel)]
TIMELINE = [TimelineSource(Permission.CASE_READ, _events)]
LINKS = [
    CaseLink(
        Permission.EVALUATION_WRITE, N_("Evaluer vedtaket"), "/evaluering", 26,
        states=frozenset({"waiting", "running", "evaluating"}), when=_something_due,
    )
]  # fmt: skip
