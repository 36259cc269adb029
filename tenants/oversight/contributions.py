"""What the slice adds to shared pages: menu lines, what waits for review, what one is told of, and the banner on a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, func, select

from sammen.clock import OSLO
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, Panel, TodayItem, TodaySource
from sammen.web.formats import moment
from sammen.web.i18n import ntranslate, translate
from tenants.cases.api import (
    REVIEW_DAYS,
    emergencies_of,
    emergencies_to_review,
    emergencies_to_tell,
)
from tenants.oversight.findings import unusual_read
from tenants.oversight.words import REVIEWS

MENU = [
    MenuEntry(
        PlaceKind.MUNICIPALITY, Permission.EMERGENCY_OPEN, N_("Åpne i nødstilfelle"), "/nodapning", 890
    ),
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.OVERSIGHT_REVIEW, N_("Tilsyn med innsyn"), "/tilsyn", 895),
    MenuEntry(PlaceKind.OWN, Permission.OWN_READ, N_("Hvem har lest om meg"), "/innsyn", 900, own=True),
]
KIND = N_("Nødåpning")
_WEEKS = compile_query(
    select(unusual_read.c.week, func.count().label("found"), func.min(unusual_read.c.found_at).label("since"))
    .where(
        unusual_read.c.tenant_id == bindparam("tenant"),
        unusual_read.c.outcome == "",
        unusual_read.c.reader_id != bindparam("reader"),
    )
    .group_by(unusual_read.c.week)
    .order_by(unusual_read.c.week)
    .limit(10)
)


async def _to_review(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Each emergency access that waits for somebody else's review, and a line for each week with unusual look-ups."""
    context = uow.context
    items = [
        TodayItem(
            kind=translate(language, KIND),
            title=translate(language, N_("%(name)s åpnet en sak i nødstilfelle"), name=card.user_name),
            meta=translate(
                language, N_("Åpnet %(moment)s. Vurder om det var berettiget."), moment=moment(card.opened_at, language)
            ),
            url=f"{context.base_url}/tilsyn/nodapninger/{card.id}",
            since=card.opened_at.astimezone(OSLO).date(),
            due=(card.opened_at + timedelta(days=REVIEW_DAYS)).astimezone(OSLO).date(),
        )
        for card in reversed(await emergencies_to_review(uow))
        if card.user_id != context.user
    ]  # fmt: skip
    for row in await uow.rows(_WEEKS, tenant=context.tenant, reader=context.user):
        title = ntranslate(
            language,
            "Ett uvanlig oppslag å gå gjennom",
            "%(num)s uvanlige oppslag å gå gjennom",
            row["found"],
        )
        items.append(
            TodayItem(
                kind=translate(language, N_("Tilsyn")), title=title,
                meta=translate(language, N_("Fra forrige ukes innsynslogg.")),
                url=f"{context.base_url}/tilsyn/oppslag", since=row["since"].astimezone(OSLO).date(),
            )
        )  # fmt: skip
    return items[:50]


async def _told(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Those named on a case that somebody opened in an emergency are told so, for a fortnight."""
    return [
        TodayItem(
            kind=translate(language, KIND),
            title=translate(language, N_("%(name)s åpnet en sak du er nevnt på"), name=card.user_name),
            meta=translate(
                language, N_("I nødstilfelle %(moment)s."), moment=moment(card.opened_at, language)
            ),
            url=f"{uow.context.base_url}/saker/{card.case_id}#nodapnet",
            since=card.opened_at.astimezone(OSLO).date(),
        )
        for card in reversed(await emergencies_to_tell(uow))
    ]


async def _panel(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    """On a case: who has opened it in an emergency, and how long the reader has it open themselves."""
    cards = await emergencies_of(uow, case_id)
    if not cards:
        return None
    language = uow.context.language
    waits = translate(language, N_("Venter på vurdering"))
    own = next((card for card in cards if card.open and card.user_id == uow.context.user), None)
    return {
        "own": own,
        "url": f"{uow.context.base_url}/nodapning/{own.id}" if own else "",
        "rows": [
            (card, (translate(language, REVIEWS[card.review]), "ok" if card.review == "justified" else "danger")
             if card.review else (waits, "half"))
            for card in cards if own is None or card.id != own.id
        ],
    }  # fmt: skip


TODAY = [TodaySource(Permission.OVERSIGHT_REVIEW, _to_review), TodaySource(Permission.CASE_READ, _told)]
PANELS = [Panel(Permission.CASE_READ, "oversight/panel.html", 0, _panel)]
