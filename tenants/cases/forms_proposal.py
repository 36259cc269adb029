"""From a mapping to a proposal of service forms, each with its reasons (A3, A4). Pure; the caseworker chooses.

The directorate's three forms (IS-1451) and the training contact serve different ends: company and mastery in a group, a
place among others through an organisation, predictability and nearness with one contact, training with somebody who has
learnt to guide it. They are combinable, and more than one is often proposed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sammen.i18n_mark import N_
from tenants.people.api import age_on, traits

AIMS: Mapping[str, str] = {
    "company": N_("Vil treffe andre og få venner"),
    "interest": N_("Vil gjøre noe bestemt, en hobby eller aktivitet"),
    "training": N_("Vil trene eller bli i bedre form"),
    "club": N_("Vil være med i et lag, en forening eller et kurs"),
    "independence": N_("Vil klare mer på egen hånd"),
    "predictable": N_("Trenger at samme person kommer, til faste tider"),
    "one_to_one": N_("Har det best med én person om gangen"),
    "out": N_("Trenger hjelp til å komme seg ut"),
}
"""What is wanted of the service. Codes are stored."""
TRANSPORT: Mapping[str, str] = {
    "alone": N_("Kommer seg fram selv"),
    "practises": N_("Øver på å ta buss eller tog"),
    "fetched": N_("Må hentes og bringes"),
    "special": N_("Trenger tilpasset transport"),
}
ALIKE_ENOUGH = 3
"""So many others of about the same age with an interest in common make a group worth asking about."""
MOVING = traits.INTEREST_FAMILIES["sports"] | {"cycling", "skiing", "dance"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the proposal follows from. `alike`: how many others of about that age like some of the same."""

    aims: Collection[str]
    interests: Collection[str] = ()
    skills: Collection[str] = ()
    transport: str = ""
    alike: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence (msgid) with its parameters."""

    text: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A form of service and why it may fit."""

    form: str
    reasons: tuple[Reason, ...]


def _why(text: str, **params: Any) -> Reason:
    return Reason(text, params)


def propose_forms(wanted: Wanted) -> list[Proposed]:
    """The forms that may fit, in the order of FORM_NAMES, each with at least one reason; never none.

    One-to-one wins over a group unless company is wanted too: then both are proposed, to begin with the contact. Where
    nothing points anywhere, an individual contact is proposed, and the reason says so.
    """
    found = {
        "individual": _individual(wanted),
        "group": _group(wanted),
        "organisation": _organisation(wanted),
        "training": _training(wanted),
    }
    if not any(found.values()):
        found["individual"] = [
            _why(N_("Kartleggingen peker ikke mot ei gruppe eller et lag. Begynn med én kontakt."))
        ]
    return [Proposed(form, tuple(reasons)) for form, reasons in found.items() if reasons]


def _individual(wanted: Wanted) -> list[Reason]:
    aims, found = wanted.aims, []
    if "predictable" in aims:
        found.append(_why(N_("Trenger forutsigbarhet: samme person, til faste tider.")))
    if "one_to_one" in aims:
        found.append(_why(N_("Har det best med én person om gangen.")))
    if wanted.skills:
        found.append(_why(N_("Støttekontakten må kunne noe bestemt. Det er lettere å finne hos én person.")))
    if "out" in aims or wanted.transport in ("fetched", "special", "practises"):
        found.append(_why(N_("Trenger følge for å komme seg ut.")))
    if "independence" in aims:
        found.append(_why(N_("Vil øve på å klare mer selv. En fast person kan øve sammen med dem.")))
    return found


def _group(wanted: Wanted) -> list[Reason]:
    aims = wanted.aims
    if "one_to_one" in aims and "company" not in aims:
        return []
    found = []
    if "company" in aims:
        found.append(_why(N_("Vil treffe andre.")))
        if {"one_to_one", "predictable"} & set(aims):
            found.append(
                _why(N_("Kan begynne sammen med en støttekontakt, og gå i gruppa når det er trygt."))
            )
    if wanted.alike >= ALIKE_ENOUGH and ("company" in aims or "interest" in aims):
        found.append(
            _why(N_("%(count)s andre på omtrent samme alder liker noe av det samme."), count=wanted.alike)
        )
    return found


def _organisation(wanted: Wanted) -> list[Reason]:
    found = []
    if "club" in wanted.aims:
        found.append(
            _why(N_("Vil være med i et lag, en forening eller et kurs. Da er målet å bli vanlig medlem."))
        )
    elif {"interest", "company"} <= set(wanted.aims) and "one_to_one" not in wanted.aims:
        found.append(
            _why(
                N_("Har en klar interesse og vil treffe andre. Et lag eller en forening kan gi begge deler.")
            )
        )
    return found


def _training(wanted: Wanted) -> list[Reason]:
    if "training" not in wanted.aims:
        return []
    found = [_why(N_("Vil trene. En treningskontakt har lært å veilede."))]
    if set(wanted.interests) & MOVING:
        found.append(_why(N_("Liker aktiviteter der en rører på seg.")))
    return found


def near_in_age(birth_date: date | None, today: date) -> tuple[date, date] | None:
    """Whom to count as of about the same age: born after the first day and by the second. Two years either way for a
    child, ten for an adult; None without a birth date.
    """
    age = age_on(birth_date, today)
    if birth_date is None or age is None:
        return None
    years = 2 if age < 18 else 10
    return _years(birth_date, -years), _years(birth_date, years)


def _years(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)
