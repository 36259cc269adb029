"""What the slice adds to shared pages: its menu line, what waits today, and on the case page decisions, events and steps."""

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
from sammen.web.i18n import translate
from tenants.cases.api import (
    FORM_NAMES,
    applications_of,
    case_card,
    duty,
    legal_ground_names,
    may_decide_for,
)
from tenants.decisions import views
from tenants.decisions.forms import KIND_NAMES
from tenants.decisions.listing import SOON, DecisionRow, find_decisions
from tenants.decisions.queries import DecisionCard, decisions_of, grants_of, notices_of
from tenants.decisions.settling import GIVES

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.DECISION_ISSUE, C_("flere", "Vedtak"), "/vedtak", 22)]


# Min dag --------------------------------------------------------------------------------------------------------------
def _item(uow: UnitOfWork, row: DecisionRow, language: str, kind: str, meta: str, path: str) -> TodayItem:
    forms = ", ".join(translate(language, FORM_NAMES[form]) for form in row.forms)
    return TodayItem(
        kind=translate(language, kind),
        title=f"{row.name}: {forms}" if forms else row.name,
        meta=meta,
        url=uow.context.base_url + path,
        since=row.changed_on,
        due=row.deadline,
        persons=(row.person_id,),
    )


async def _to_decide(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """What somebody else has proposed and the reader may decide."""
    return [
        _item(
            uow, row, language, N_("Til godkjenning"),
            translate(language, N_("%(name)s har sendt vedtaket til godkjenning."), name=row.proposed_by_name),
            f"/vedtak/{row.id}",
        )
        for row in await find_decisions(uow, "godkjenning")
        if uow.context.user not in (row.proposed_by, row.written_by)
    ]  # fmt: skip


async def _returned(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """What came back to the reader to be mended."""
    return [
        _item(
            uow, row, language, N_("Sendt tilbake"),
            translate(language, N_("%(name)s: %(note)s"), name=row.returned_by_name, note=row.return_note),
            f"/saker/{row.case_id}/vedtak",
        )
        for row in await find_decisions(uow, "kladder")
        if row.return_note and uow.context.user in (row.written_by, row.proposed_by)
    ]  # fmt: skip


async def _expiring(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """What runs out within the month, is the reader's to do, and has nothing that follows it yet. The rest is on the list."""
    found = []
    others = frozenset((await duty(uow)).others)
    for row in await find_decisions(uow, "utloper"):
        if row.last_day is None or row.last_day > today() + SOON or row.responsible_id in others:
            continue
        if row.work is None:
            meta = translate(
                language,
                N_("Vedtaket går ut %(day)s. Forny det, eller avslutt."),
                day=date_day_month(row.last_day, language),
            )
            item = _item(
                uow, row, language, N_("Går ut"), meta, f"/saker/{row.case_id}/vedtak/endre?vedtak={row.id}"
            )
            found.append(
                TodayItem(item.kind, item.title, item.meta, item.url, item.since, row.last_day, item.persons)
            )
    return found  # fmt: skip


# The case page --------------------------------------------------------------------------------------------------------
async def _panel(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    decisions, grants = await decisions_of(uow, case_id), await grants_of(uow, case_id)
    language = uow.context.language
    grounds = await legal_ground_names(uow, language)
    issued = [
        (
            one,
            [
                (translate(language, FORM_NAMES[g.form]), views.extent(g, language), g)
                for g in grants
                if g.decision_id == one.id
            ],
            grounds.get(one.legal_ground or "", ""),
            translate(language, KIND_NAMES[one.kind]),
        )
        for one in decisions
        if not one.at_work
    ]
    waiting = next((one for one in decisions if one.state == "proposed"), None)
    if waiting is not None and not uow.context.may(Permission.DECISION_ISSUE):
        waiting = None
    current = next((one.id for one in decisions if one.state == "issued" and one.kind in GIVES), None)
    if not issued and waiting is None:
        return None
    return {"issued": issued, "waiting": waiting, "current": current, "place": uow.context.base_url}


async def _events(uow: UnitOfWork, case_id: UUID, language: str) -> Sequence[TimelineEvent]:
    decisions = await decisions_of(uow, case_id)
    events = views.decision_events(decisions, language)
    for one in decisions:
        if one.replaces_id is not None:
            events += views.notice_events(await notices_of(uow, one.id), language)
    return events


async def _step(uow: UnitOfWork, case_id: UUID, language: str) -> Step | None:
    case = await case_card(uow, case_id)
    work = next((one for one in await decisions_of(uow, case_id) if one.at_work), None)
    if work is None or not may_decide_for(uow.context, case.purchaser):
        return None
    base = f"{uow.context.base_url}/saker/{case_id}"
    if work.state == "proposed":
        return _to_read(uow, work, language)
    text = (
        N_("Du har en kladd. Frist for vedtak er %(day)s.")
        if case.deadline_kind == "decide"
        else N_("Du har en kladd.")
    )
    if work.return_note:
        text = N_("%(name)s har sendt kladden tilbake med en merknad.")
    return Step(
        translate(language, N_("Neste: gjør vedtaket ferdig")),
        translate(language, text, name=work.returned_by_name, day=date_long(case.deadline, language) if case.deadline else ""),
        (
            (translate(language, N_("Fortsett på vedtaket")), f"{base}/vedtak", "primary"),
            (translate(language, N_("Ny kartlegging")), f"{base}/kartlegging", "tertiary"),
        ),
    )  # fmt: skip


def _to_read(uow: UnitOfWork, work: DecisionCard, language: str) -> Step:
    own = uow.context.user in (work.proposed_by, work.written_by)
    return Step(
        translate(language, N_("Neste: noen andre fatter vedtaket") if own else N_("Neste: fatt vedtaket")),
        translate(language, N_("%(name)s har sendt vedtaket til godkjenning."), name=work.proposed_by_name),
        ((translate(language, N_("Les vedtaket")), f"{uow.context.base_url}/vedtak/{work.id}", "primary"),),
    )


async def _expiry_step(uow: UnitOfWork, case_id: UUID, language: str) -> Step | None:
    """A decision in force that ends before the month is over, with nothing to follow it."""
    case = await case_card(uow, case_id)
    if not may_decide_for(uow.context, case.purchaser):
        return None
    decisions = await decisions_of(uow, case_id)
    grants = await grants_of(uow, case_id)
    for one in decisions:
        lasts = [g.last_day for g in grants if g.decision_id == one.id]
        last = max((day for day in lasts if day is not None), default=None)
        if one.state != "issued" or one.kind not in GIVES or last is None or None in lasts:
            continue
        if 0 <= (last - today()).days <= 30:
            return Step(
                translate(language, N_("Neste: forny eller avslutt")),
                translate(language, N_("Vedtaket går ut %(day)s."), day=date_long(last, language)),
                (
                    (
                        translate(language, N_("Forny eller avslutt")),
                        f"{uow.context.base_url}/saker/{case_id}/vedtak/endre?vedtak={one.id}",
                        "primary",
                    ),
                ),
            )
    return None


async def _applied_again(uow: UnitOfWork, case_id: UUID) -> bool:
    """Without an application, what is in force is changed or renewed."""
    return any(one.state == "open" for one in await applications_of(uow, case_id))


PANELS = [Panel(Permission.CASE_READ, "decisions/panel.html", 10, _panel)]
TIMELINE = [TimelineSource(Permission.CASE_READ, _events)]
STEPS = [
    CaseStep(Permission.DECISION_DRAFT, 20, _step),
    CaseStep(Permission.DECISION_DRAFT, 60, _expiry_step),
]
TODAY = [
    TodaySource(Permission.DECISION_ISSUE, _to_decide),
    TodaySource(Permission.DECISION_DRAFT, _returned),
    TodaySource(Permission.DECISION_DRAFT, _expiring),
]
LINKS = [
    CaseLink(
        Permission.DECISION_DRAFT, N_("Endre, forny eller avslutt"), "/vedtak/endre", 20,
        states=frozenset({"waiting", "running", "evaluating"}),
    ),
    CaseLink(
        Permission.DECISION_DRAFT, N_("Skriv vedtak"), "/vedtak", 22,
        states=frozenset({"waiting", "running", "evaluating"}), when=_applied_again,
    ),
]  # fmt: skip
