"""What the slice adds to shared pages: its menu line, and proposals and holds that wait for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import ContactPanel, MenuEntry, TodayItem, TodaySource
from sammen.web.i18n import translate
from tenants.retention.queries import holds, open_run, own_rules

MENU = [MenuEntry(PlaceKind.MUNICIPALITY, Permission.RETENTION_READ, N_("Oppbevaring"), "/oppbevaring", 88)]


async def _runs(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """A proposal somebody else than the reader made."""
    run = await open_run(uow)
    if run is None or run.state != "proposed" or run.made_by == uow.context.user:
        return []
    return [
        TodayItem(
            kind=translate(language, N_("Oppbevaring")),
            title=translate(language, N_("Godkjenn eller forkast forslaget om sletting")),
            meta=translate(
                language,
                N_("%(num)s ting har gått ut på tid. Ingenting slettes før du sier ja."),
                num=run.waiting,
            ),
            url=f"{uow.context.base_url}/oppbevaring/kjoringer/{run.id}",
            since=run.as_of,
        )
    ]


async def _rules(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Rules somebody else has proposed."""
    waiting = [
        one for one in await own_rules(uow)
        if one["state"] == "proposed" and one["proposed_by"] != uow.context.user
    ]  # fmt: skip
    if not waiting:
        return []
    return [
        TodayItem(
            kind=translate(language, N_("Oppbevaring")),
            title=translate(language, N_("Godkjenn eller avvis forslag til regler for oppbevaring")),
            meta=translate(language, N_("%(num)s forslag venter."), num=len(waiting)),
            url=f"{uow.context.base_url}/oppbevaring/regler",
            since=min(one["created_at"].date() for one in waiting),
        )
    ]


async def _holds(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Holds whose day to be looked at again has come."""
    return [
        TodayItem(
            kind=translate(language, N_("Sperre mot sletting")),
            title=translate(language, N_("Se om sperren trengs lenger")),
            meta=one.case_no or "",
            url=f"{uow.context.base_url}/oppbevaring/sperrer#sperre-{one.id}",
            since=one.review_on,
            due=one.review_on,
        )
        for one in await holds(uow)
        if one.active(today()) and one.review_on <= today()
    ][:50]


async def _contact(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any]:
    """The way to a hold on the contact, and whether there is one that the reader may know of."""
    active = any(one.contact_id == contact_id and one.active(today()) for one in await holds(uow))
    return {
        "url": f"{uow.context.base_url}/oppbevaring/sperrer?stottekontakt={contact_id}#ny",
        "active": active,
    }


CONTACT_PANELS = [ContactPanel(Permission.HOLD_WRITE, "retention/contact_panel.html", 96, _contact)]
TODAY = [
    TodaySource(Permission.RETENTION_APPROVE, _runs),
    TodaySource(Permission.RETENTION_APPROVE, _rules),
    TodaySource(Permission.HOLD_WRITE, _holds),
]
