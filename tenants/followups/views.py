"""What the slice's pages share: tabs, and what a form begins with. Values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.web.desk import Desk
from sammen.web.formats import date_short
from tenants.followups.queries import ConversationCard

FOLLOW_UP = N_("Oppfølging")
TABS = (
    ("/oppfolging", N_("Samtaler")),
    ("/oppfolging/veiledning", N_("Veiledning før oppstart")),
    ("/oppfolging/stille", N_("Lenge siden sist")),
    ("/oppfolging/moter", N_("Informasjonsmøter")),
    ("/oppfolging/teamlogg", N_("Teamlogg")),
)
Row = TypeVar("Row")


def tabs(desk: Desk, current: str) -> list[tuple[str, str, bool]]:
    """The tabs of follow-up, with the one that is shown."""
    return [(desk.say(name), desk.url(path), path == current) for path, name in TABS]


def mine(rows: Sequence[Row], reader: UUID | None, owner: Any) -> list[Row]:
    """Those the reader follows up, and those nobody does."""
    return [row for row in rows if owner(row) in (reader, None)]


def held_values(card: ConversationCard | None) -> dict[str, Any]:
    """What the form for a conversation begins with: the one being written down, or a new one today."""
    if card is None:
        return {"hva": "conversation", "hvordan": "meeting", "dag": date_short(today())}
    return {
        "hva": card.kind, "hvordan": card.how, "dag": date_short(card.held_on or min(card.planned_on or today(), today())),
        "bra": card.good, "vanskelig": card.hard, "onsker": card.guidance, "avtalt": card.agreed,
        "versjon": str(card.version),
    }  # fmt: skip
