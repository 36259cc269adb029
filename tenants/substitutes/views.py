"""What the slice's pages show, put together from its reads: values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from sammen.clock import OSLO, today
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.web.formats import date_day_month, date_long, hours_long, upper_first
from sammen.web.i18n import translate
from tenants.assignments.api import OrderCard
from tenants.contacts.api import labels, slot_labels
from tenants.people.api import traits
from tenants.substitutes.queries import AbsenceCard, AskCard, RoundCard
from tenants.substitutes.rules import Candidate, Level

ROUND_SHAPES = {"open": "info", "filled": "ok", "nobody": "danger", "stopped": "neutral"}
ASK_SHAPES = {
    "asked": "half",
    "yes": "ok",
    "no": "neutral",
    "expired": "neutral",
    "taken": "neutral",
    "stopped": "neutral",
}
ABSENCE_STATES = {
    "reported": N_("Ingen er satt inn"),
    "covered": N_("Vikar er funnet"),
    "cancelled": N_("Avlyst"),
    "withdrawn": N_("Kan likevel"),
}
ABSENCE_SHAPES = {"reported": "warning", "covered": "ok", "cancelled": "neutral", "withdrawn": "neutral"}
LEVELS = {
    Level.KNOWN: N_("Brukeren kjenner dem"),
    Level.FITS_WELL: N_("Liker det samme og kan på samme tid"),
    Level.FITS: N_("Har noe felles med brukeren"),
}
"""Why somebody is asked before others, as headings of the list."""


@dataclass(frozen=True, slots=True)
class Line:
    """A contact in the order of asking: what speaks for them, and when they were asked last, in words."""

    contact_id: UUID
    person_id: UUID
    name: str
    level: str
    text: str


def days(first: date, last: date | None, language: str) -> str:
    """ "24. november 2026", "fra 24. november til 1. desember 2026" or, without a last day, "fra 24. november 2026"."""
    if last is None:
        return translate(language, N_("fra %(first)s"), first=date_long(first, language))
    if first == last:
        return date_long(first, language)
    return translate(
        language, N_("%(first)s til %(last)s"), first=date_day_month(first, language), last=date_long(last, language)
    )  # fmt: skip


def lines(found: Sequence[Candidate], language: str) -> list[Line]:
    """Those who may be asked, first to last, in words. Nobody gets a number."""
    return [
        Line(
            one.contact_id,
            one.person_id,
            one.name,
            translate(language, LEVELS[one.level]),
            _told(one, language),
        )
        for one in found
    ]


def _told(one: Candidate, language: str) -> str:
    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    parts = []
    if one.interests:
        parts.append(say(N_("liker også %(what)s"), what=labels(one.interests, traits.INTERESTS, language)))
    if one.slots:
        parts.append(say(N_("kan %(when)s"), when=slot_labels(one.slots, language)))
    if one.free is not None:
        parts.append(
            say(
                N_("har %(hours)s ledig i uka"),
                hours=hours_long(one.free.quantize(Decimal("0.1"), ROUND_DOWN), language),
            )
        )
    if one.has_car:
        parts.append(say(N_("har bil")))
    if one.asked_last is None:
        parts.append(say(N_("ikke spurt før")))
    else:
        asked = one.asked_last.astimezone(OSLO).date()
        parts.append(say(N_("sist spurt %(day)s"), day=date_day_month(asked, language)))
    return upper_first(" · ".join(parts))


def first_values(
    order: OrderCard, absence: AbsenceCard | None, hours: int, *, only_known: bool
) -> dict[str, str]:
    """What the forms for a round and for an agreed substitute begin with: ready to send when it is an absence."""
    first = max(absence.first_day, today()) if absence else max(today(), order.valid_from or today())
    last = absence.last_day if absence else None
    return {
        "fra": format_date(first),
        "til": format_date(last) if last else "",
        "hvem": "kjente" if only_known else "",
        "samtidig": "1",
        "frist": str(hours),
        "fravaer": str(absence.id) if absence else "",
        "om": "",
        "ja_fra": "",
        "kontakt": "",
    }


def standing(card: RoundCard, asks: Sequence[AskCard], language: str) -> str:
    """One line of how a round goes: who is asked now, or what became of it."""
    waiting = [ask.name for ask in asks if ask.state == "asked"]
    said_yes = next((ask.name for ask in asks if ask.state == "yes"), "")
    if card.state == "open" and waiting:
        return translate(language, N_("Venter på svar fra %(names)s."), names=", ".join(waiting))
    if card.state == "filled":
        return translate(language, N_("%(name)s sa ja."), name=said_yes)
    if card.state == "nobody":
        return translate(language, N_("Ingen av dem som ble spurt, kunne."))
    return ""
