"""What the slice's pages show: texts for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sammen.i18n_mark import N_
from sammen.web.formats import clock_range, date_long, money
from shared_pool.groups.cards import JointCard, PartnerCard, RegionGroup, Room
from tenants.api import traits

Say = Callable[..., str]
FEWER = N_("færre enn 3")
STATES = {
    "invited": (N_("Venter på svar"), "half"),
    "yes": (N_("Er med"), "ok"),
    "no": (N_("Sa nei"), "neutral"),
    "withdrawn": (N_("Trukket"), "neutral"),
    "stops": (N_("Slutter"), "warning"),
    "left": (N_("Sluttet"), "neutral"),
}


def when(card: JointCard | RegionGroup, say: Say, language: str) -> str:
    """ "tirsdager kl. 17.30–19.00" """
    return f"{say(traits.WEEKDAYS[card.weekday])} {clock_range(card.starts, card.ends, language)}"


def activity(card: JointCard | RegionGroup, say: Say) -> str:
    """What the group does, in words."""
    return say(traits.INTERESTS.get(card.activity, card.activity))


def number(count: int | None, say: Say) -> str:
    """A count of other municipalities' people: never less than three (docs/decisions/0065)."""
    return say(FEWER) if count is None else str(count)


def room_text(card: JointCard, room: Room, ours: int, promised: int, say: Say) -> str:
    """Whether there is a place for one more of ours, by what is kept for us and nothing that tells of others.

    `ours`: those of ours the reader may count; so that the page is the same, whoever else of ours is there. `promised`:
    what a host has promised its partners.
    """
    kept = card.seats - promised if card.own else card.quota or 0
    if card.own or card.release_on is None or room.kept:
        left = max(0, kept - ours)
        if left:
            return say(N_("%(left)s av %(kept)s plasser til dere er ledige."), left=left, kept=kept)
        if not room.any:
            return say(N_("Alle plassene deres er i bruk."))
    return (
        say(N_("Det er plass til en til fra dere."))
        if room.any
        else say(N_("Det er ingen ledig plass til dere nå."))
    )


def partner_row(one: PartnerCard, price: int | None, say: Say, language: str) -> dict[str, Any]:
    """A partner on the host's page: what it is promised, and what it said. Never what it uses."""
    state = one.state
    if state == "yes" and one.leaves_on is not None:
        state = "stops" if one.live else "left"
    label, shape = STATES[state]
    return {
        "id": one.id,
        "partner_id": one.partner_id,
        "name": one.name,
        "quota": one.quota,
        "release": date_long(one.release_on, language) if one.release_on else "",
        "tag": (say(label), shape),
        "leaves": date_long(one.leaves_on, language) if one.leaves_on else "",
        "price": price_text(price, say, language),
        "live": one.live,
        "invited": one.state == "invited",
        "stoppable": one.live and one.leaves_on is None,
    }


def price_text(ore: int | None, say: Say, language: str) -> str:
    """ "250,00 kr per plass i måneden", or that nothing is agreed."""
    if ore is None:
        return say(N_("Ingen avtalt pris. Lederne i kommunene må bli enige om en avtale om oppgjør."))
    return say(N_("%(price)s for hver plass i måneden"), price=money(ore / 100, 2, language))
