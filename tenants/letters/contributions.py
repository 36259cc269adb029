"""What the slice adds to shared pages: the menu line, what waits today, the letter log of a case, and the next step when
the one-month limit is near.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import C_, N_
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
from sammen.web.formats import date_day_month, date_long
from sammen.web.i18n import ntranslate, translate
from tenants.cases.api import allocation_rules, case_card, duty, may_decide_for, stand_in_note
from tenants.decisions.api import decisions_of
from tenants.letters.decision_letter import write_advance_notice, write_decision_letters
from tenants.letters.interim import InterimCard, interims_of, interims_waiting
from tenants.letters.models import LETTER_KINDS
from tenants.letters.queries import LetterFilter, letters_of, list_letters
from tenants.letters.rules import is_time

LISTENERS = (write_decision_letters, write_advance_notice)
"""Named here, so that whoever takes in the slice's contributions also has its letters written."""
OPEN = frozenset({"received", "mapping", "deciding"})
MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.LETTER_READ, C_("flere", "Brev"), "/brev", 34)]
LINKS = [
    CaseLink(Permission.LETTER_SEND, N_("Skriv foreløpig svar"), "/forelopig-svar", 24, OPEN),
    CaseLink(Permission.LETTER_SEND, N_("Skriv brev"), "/brev/nytt", 30),
]


async def _interims(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    work = await duty(uow)
    return [
        TodayItem(
            kind=say(N_("Foreløpig svar")),
            title=one.name,
            meta=say(N_("Send innen %(day)s, eller fatt vedtaket før det. Sak %(case_no)s."),
                     day=date_day_month(one.send_by, language), case_no=one.case_no)
            + stand_in_note(work, one.responsible_id, language),
            url=f"{uow.context.base_url}/saker/{one.case_id}/forelopig-svar",
            since=one.drafted_on or today(),
            due=one.send_by,
            persons=(one.person_id,),
            instead_of=f"{uow.context.base_url}/saker/{one.case_id}",
        )
        for one in await interims_waiting(uow, others=work.others)
    ]  # fmt: skip


async def _to_send(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    found = await list_letters(uow, LetterFilter())
    if not found.rows:
        return []
    first = found.rows[0]
    title = (
        ntranslate(language, "Ett brev skal sendes i dag", "%(num)s brev skal sendes i dag", found.due)
        if found.due
        else ntranslate(
            language, "Ett brev venter på å bli sendt", "%(num)s brev venter på å bli sendt", found.total
        )
    )
    return [
        TodayItem(
            kind=translate(language, N_("Brev")),
            title=title,
            meta=translate(language, N_("Skriv dem ut, og merk dem som sendt.")),
            url=f"{uow.context.base_url}/brev",
            since=first.dated,
            due=first.send_by,
        )
    ]


async def _events(uow: UnitOfWork, case_id: UUID, language: str) -> Sequence[TimelineEvent]:
    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    events = []
    for one in await letters_of(uow, case_id):
        if one.sent_on is not None:
            text = say(N_("Sendt til %(name)s: %(title)s."), name=one.recipient_name, title=one.title)
            events.append(TimelineEvent(one.sent_on, say(LETTER_KINDS[one.kind]), text, order=40))
    for asked in await interims_of(uow, case_id):
        if asked.expected_on is not None:
            text = say(N_("Dagen søkeren er lovet svar."))
            events.append(TimelineEvent(asked.expected_on, say(N_("Lovet svar")), text, done=False))
    return events


async def _panel(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    letters = await letters_of(uow, case_id)
    if not letters:
        return None
    return {"letters": letters, "base": uow.context.base_url, "kinds": LETTER_KINDS}


async def _step(uow: UnitOfWork, case_id: UUID, language: str) -> Step | None:
    case = await case_card(uow, case_id)
    if not may_decide_for(uow.context, case.purchaser):
        return None
    if any(one.state == "proposed" for one in await decisions_of(uow, case_id)):
        return None  # it waits for the one who makes it: that step says so, and Min dag keeps the deadline
    days_before = (await allocation_rules(uow, today())).interim_days_before
    waiting = [
        one
        for one in await interims_of(uow, case_id)
        if one.state != "written" and is_time(one.received_on, one.expected_on, today(), days_before)
    ]
    return _interim_step(waiting[0], f"{uow.context.base_url}/saker/{case_id}", language) if waiting else None


def _interim_step(one: InterimCard, base: str, language: str) -> Step:
    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    day = date_long(one.send_by, language)
    text = (
        say(N_("Fristen gikk ut %(day)s. Fatt vedtaket, eller send foreløpig svar i dag."), day=day)
        if one.days_left < 0
        else say(N_("Fristen er %(day)s. Rekker du ikke vedtaket, må foreløpig svar være sendt da."), day=day)
    )
    return Step(
        say(N_("Neste: vedtak eller foreløpig svar")),
        text,
        (
            (say(N_("Skriv foreløpig svar")), f"{base}/forelopig-svar", "primary"),
            (say(N_("Skriv vedtak")), f"{base}/vedtak", "secondary"),
        ),
    )


TODAY = [TodaySource(Permission.LETTER_SEND, _interims), TodaySource(Permission.LETTER_SEND, _to_send)]
TIMELINE = [TimelineSource(Permission.LETTER_READ, _events)]
PANELS = [Panel(Permission.LETTER_READ, "letters/panel.html", 60, _panel)]
STEPS = [CaseStep(Permission.LETTER_SEND, 15, _step)]
