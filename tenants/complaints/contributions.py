"""What the slice adds to shared pages: its menu line, what waits today, and the case's link, panel and timeline."""

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
    MenuEntry,
    Panel,
    TimelineEvent,
    TimelineSource,
    TodayItem,
    TodaySource,
)
from sammen.web.formats import date_day_month
from sammen.web.i18n import translate
from tenants.cases.api import allocation_rules, duty, may_decide_for, stand_in_note
from tenants.complaints import views
from tenants.complaints.queries import ComplaintCard, complaints_of, notice_of, waiting_complaints
from tenants.complaints.rules import Hands, refusal_to_conclude
from tenants.complaints.service import may_conclude
from tenants.decisions.api import decisions_of

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.COMPLAINT_READ, N_("Klager"), "/klager", 26)]

ANSWER = N_("Svar på klagen innen %(day)s. Sak %(case_no)s.")
RETURNED = N_("Klagen er sendt tilbake til deg. Svar innen %(day)s. Sak %(case_no)s.")
CONCLUDE = N_("Avgjør klagen innen %(day)s. Sak %(case_no)s.")
FOLLOWS = N_("Nytt vedtak etter klagen innen %(day)s. Sak %(case_no)s.")


def _item(
    uow: UnitOfWork, card: ComplaintCard, language: str, meta: str, path: str, note: str = ""
) -> TodayItem:
    binds = card.due_on or card.decide_by
    return TodayItem(
        kind=translate(language, N_("Klage")), title=card.name,
        meta=translate(language, meta, case_no=card.case_no,
                       day=date_day_month(binds, language) if binds else "") + note,
        url=uow.context.base_url + path, since=card.received_on, due=binds, persons=(card.person_id,),
    )  # fmt: skip


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Complaints to answer, those that wait for one's own conclusion, and decisions that must follow from them."""
    context, found = uow.context, []
    rules, work = await allocation_rules(uow, today()), await duty(uow)
    for card in await waiting_complaints(uow):
        own = may_decide_for(context, card.purchaser) and card.responsible_id not in work.others
        path, note = f"/klager/{card.id}", stand_in_note(work, card.responsible_id, language)
        if card.decide_by is not None and own:
            found.append(_item(uow, card, language, FOLLOWS, f"/saker/{card.case_id}", note))
        elif card.state == "received" and own:
            found.append(_item(uow, card, language, RETURNED if card.return_note else ANSWER, path, note))
        elif card.state == "proposed" and may_conclude(context, card.purchaser):
            hands = Hands(card.decided_by, card.prepared_by, context.user)
            if refusal_to_conclude(hands, four_eyes=rules.four_eyes) is None:
                found.append(_item(uow, card, language, CONCLUDE, f"{path}/avgjorelse"))
    return found


async def _panel(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    """The case's complaints; with none, how long one may complain of the newest decision."""
    language = uow.context.language
    cards = await complaints_of(uow, case_id)
    newest = next((one for one in await decisions_of(uow, case_id) if one.decided_on is not None), None)
    if not cards and (newest is None or newest.kind == "withdrawal"):
        return None
    none = ""
    if (
        newest is not None
        and newest.kind != "withdrawal"
        and not any(c.decision_id == newest.id for c in cards)
    ):
        none = views.notice_text(await notice_of(uow, newest), language)
    return {
        "cards": [
            (card, views.STATES[card.state], views.decision_name(card.decision_kind, card.decided_on, language),
             views.outcome(card, language))
            for card in cards
        ],
        "none": none,
        "base": f"{uow.context.base_url}/klager",
    }  # fmt: skip


async def _events(uow: UnitOfWork, case_id: UUID, language: str) -> Sequence[TimelineEvent]:
    return views.events(await complaints_of(uow, case_id), language)


async def _decided(uow: UnitOfWork, case_id: UUID) -> bool:
    """Before anything is decided there is nothing to complain of."""
    return any(one.decided_on is not None for one in await decisions_of(uow, case_id))


TODAY = [TodaySource(Permission.COMPLAINT_READ, _today)]
PANELS = [Panel(Permission.COMPLAINT_READ, "complaints/panel.html", 12, _panel)]
TIMELINE = [TimelineSource(Permission.COMPLAINT_READ, _events)]
LINKS = [CaseLink(Permission.COMPLAINT_WRITE, N_("Registrer klage"), "/klage", 40, when=_decided)]
