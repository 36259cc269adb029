"""What the slice adds to shared pages: the menu, the manager's count, and how a case's contacts have stayed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import CaseLink, MenuEntry, Panel, TodayItem, TodaySource
from sammen.web.i18n import ntranslate, translate
from tenants.cases.api import FORM_NAMES, case_card, may_decide_for
from tenants.waiting.changes import sees_respite, stability_of
from tenants.waiting.queries import everybody_waiting
from tenants.waiting.service import OUTCOMES

__all__ = ["LINKS", "MENU", "PANELS", "TODAY"]

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.WAITING_READ, N_("Venteliste"), "/venteliste", 32)]


async def _over(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """The manager's one line: how many have waited past the limit. Purchasers and coordinators have each of them."""
    if Role.MANAGER not in uow.context.roles:
        return []
    late = [row for row in await everybody_waiting(uow) if row.wait.over]
    if not late:
        return []
    title = ntranslate(
        language, N_("Én har ventet lenger enn grensa"), N_("%(num)s har ventet lenger enn grensa"), len(late)
    )
    meta = ntranslate(
        language, N_("Den som har ventet lengst, har ventet %(num)s dag."),
        N_("Den som har ventet lengst, har ventet %(num)s dager."), max(row.wait.days for row in late),
    )  # fmt: skip
    return [
        TodayItem(
            kind=translate(language, N_("Venteliste")),
            title=title,
            meta=meta,
            url=f"{uow.context.base_url}/venteliste?grense=over",
            since=min(row.wait.since for row in late),
            due=min(row.wait.due for row in late),
        )
    ]


async def _panel(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    """How the contacts have stayed, when there is something to tell, for those who allocate."""
    if not sees_respite(uow.context):
        return None
    case = await case_card(uow, case_id)
    found, respite = await stability_of(uow, case_id)
    if not (found.changes or found.gaps or respite):
        return None
    return {
        "found": found,
        "respite": respite,
        "outcomes": OUTCOMES,
        "forms": FORM_NAMES,
        "today": today(),
        "base": f"{uow.context.base_url}/saker/{case_id}/avlastning",
        "mine": may_decide_for(uow.context, case.purchaser),
    }


TODAY = [TodaySource(Permission.WAITING_READ, _over)]
PANELS = [Panel(Permission.WAITING_READ, "waiting/panel.html", 40, _panel)]
GRANTED = frozenset({"waiting", "running", "evaluating", "closed"})
"""Respite is told of where a contact may have been lost: not before anything is granted."""
LINKS = [CaseLink(Permission.CASE_WRITE, N_("Noter søknad om avlastning"), "/avlastning", 60, GRANTED)]
