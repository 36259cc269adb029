"""What every page about one complaint begins with: the complaint through its case's door, and the way back."""

from __future__ import annotations

from typing import Any

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Forbidden
from sammen.i18n_mark import N_
from sammen.web.desk import Desk
from tenants.cases.api import NOT_YOURS, allocation_rules, may_decide_for
from tenants.complaints import views
from tenants.complaints.queries import ComplaintCard, complaint_card
from tenants.complaints.rules import Hands, refusal_to_conclude
from tenants.complaints.service import may_conclude

TITLE = N_("Klager")
ONE_TITLE = N_("Klage")


async def one_complaint(desk: Desk, why: str = ONE_TITLE) -> ComplaintCard:
    """The complaint of the address, with the access log's row. Raises NotFound."""
    card = await complaint_card(desk.uow, desk.path_uuid("complaint_id"))
    await record_read(
        desk.uow, "complaint.read", [card.person_id], why=why, object_kind="complaint", object_id=card.id
    )
    return card


async def own_complaint(desk: Desk, why: str, *, concludes: bool = False) -> ComplaintCard:
    """As `one_complaint`, if the case is the reader's to decide (or to conclude); otherwise raises Forbidden."""
    card = await one_complaint(desk, why)
    may = may_conclude if concludes else may_decide_for
    if not may(desk.context, card.purchaser):
        raise Forbidden(NOT_YOURS)
    return card


def complaint_values(desk: Desk, card: ComplaintCard, last: str = "") -> dict[str, Any]:
    """What the pages show of it; `last` is the title of a page below the complaint's own (a msgid)."""
    own = (card.name, desk.url(f"/klager/{card.id}") if last else "")
    return {
        "current": "/klager",
        "crumbs": [(desk.say(TITLE), desk.url("/klager")), own, *([(desk.say(last), "")] if last else [])],
        "card": card,
        "about": views.decision_name(card.decision_kind, card.decided_on, desk.language),
        "facts": views.facts(card, desk.language),
        "base": desk.url(f"/klager/{card.id}"),
        "case_url": desk.url(f"/saker/{card.case_id}"),
    }


async def refusal(desk: Desk, card: ComplaintCard) -> str | None:
    """Why the reader may not conclude it, as a msgid; None when they may."""
    rules = await allocation_rules(desk.uow, today())
    hands = Hands(card.decided_by, card.prepared_by, desk.context.user)
    return refusal_to_conclude(hands, four_eyes=rules.four_eyes)
