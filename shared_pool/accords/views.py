"""Values for the slice's templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.policy.roles import ROLE_NAMES, Role
from sammen.web.formats import date_short
from shared_pool.accords.queries import AccordCard, PartyLine, RegionPerson

STANDINGS: dict[str, tuple[str, str]] = {
    "waits": (N_("Venter på signatur"), "warning"),
    "coming": (N_("Signert, begynner senere"), "info"),
    "now": (N_("Gjelder"), "ok"),
    "soon": (N_("Går snart ut"), "warning"),
    "over": (N_("Gikk ut"), "neutral"),
    "withdrawn": (N_("Trukket"), "neutral"),
}
DRAFT = (N_("Utkast"), "neutral")
OUT = (N_("Sendt ut"), "info")


def lasting(first: date, last: date, lang: str) -> str:
    """22.11.2026–21.11.2031"""
    return f"{date_short(first, lang)}–{date_short(last, lang)}"


def state_of(
    card: AccordCard, lines: Sequence[PartyLine], say: Callable[..., str], day: date
) -> tuple[str, str]:
    """(words, shape) of a version as the region sees it: how many have signed, until all have."""
    if card.state == "draft":
        return say(DRAFT[0]), DRAFT[1]
    if card.state == "withdrawn":
        word, shape = STANDINGS["withdrawn"]
        return say(word), shape
    if card.valid_to < day:
        word, shape = STANDINGS["over"]
        return say(word), shape
    signed = sum(one.signed_on is not None for one in lines)
    if signed < len(lines):
        return say(N_("%(signed)s av %(all)s har signert"), signed=signed, all=len(lines)), "warning"
    return say(N_("Alle har signert")), "ok"


def print_of(digest: bytes) -> str:
    """A digest in groups of eight, as it is compared by eye: eight groups, which a narrow screen can break between."""
    text = digest.hex()
    return " ".join(text[n : n + 8] for n in range(0, len(text), 8))


def people_told(
    people: Sequence[RegionPerson], say: Callable[..., str], lang: str
) -> list[tuple[str, str, str]]:
    """(name, role, days) of each: "fra 1.1.2027" for what has not begun, else until when, or since when."""
    found = []
    for one in people:
        if one.valid_from > today():
            days = say(N_("fra %(first)s"), first=date_short(one.valid_from, lang))
        elif one.valid_to is not None:
            days = say(N_("til %(last)s"), last=date_short(one.valid_to, lang))
        else:
            days = say(N_("siden %(first)s"), first=date_short(one.valid_from, lang))
        found.append((one.name, say(ROLE_NAMES[Role(one.role)]), days))
    return found
