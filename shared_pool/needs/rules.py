"""What may be posted: closed words, a recorded yes and ground, and a crowd to be one of (C3). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sammen.clock import today
from sammen.errors import BadInput, Forbidden, Invalid
from sammen.i18n_mark import N_
from shared_pool.needs.bands import bands_for
from tenants.api import OrderCard, traits

EXPIRES_AFTER_DAYS: Final = 90
LEAST_CROWD: Final = 5
"""At least so many people must fit. A region may ask for more, never for fewer."""
MOST_INTERESTS: Final = 5
MOST_HOURS: Final = Decimal(40)
MOST_MONTHS: Final = 60
CONSENT_AGE: Final = 16
"""From 16 one consents oneself (pasient- og brukerrettighetsloven § 4-3); below, a parent or guardian does."""

CONSENTERS: Final = {
    "self": N_("Brukeren selv"),
    "parent": N_("Forelder eller foresatt"),
    "guardian": N_("Verge"),
    "power_of_attorney": N_("Fullmektig"),
}
LEGAL_GROUNDS: Final = {
    "gdpr_6e_9h": N_(
        "Nødvendig for tjenesten: personvernforordningen artikkel 6 nr. 1 e og 9 nr. 2 h, "
        "og fritak fra taushetsplikten etter forvaltningsloven § 13 a nr. 1"
    ),
    "gdpr_6a_9a": N_("Samtykke: personvernforordningen artikkel 6 nr. 1 a og 9 nr. 2 a"),
}
GENDER_WISHES: Final = {"any": N_("Ikke viktig"), **traits.CONTACT_PREFERENCES}
POSTABLE_FORMS: Final = frozenset({"individual", "training"})


@dataclass(frozen=True, slots=True)
class NeedFacts:
    """A need as it is to be posted. Every code is of a closed vocabulary; rare traits stay out of `repr`."""

    age_band: str
    area: str
    hours_per_week: Decimal
    legal_ground: str
    consent_by: str
    consent_on: date
    gender_wish: str = "any"
    interests: Sequence[str] = ()
    slots: Sequence[str] = field(default=(), repr=False)
    skills: Sequence[str] = field(default=(), repr=False)
    languages: Sequence[str] = field(default=(), repr=False)
    needs_car: bool = False
    predictability: int = 2
    months: int = 12

    @property
    def weekdays(self) -> list[str]:
        """The days of the slots: shown, where the slots are only matched on."""
        days = {traits.slot_day(slot) for slot in self.slots}
        return [day for day in traits.WEEKDAYS if day in days]


def check_postable(order: OrderCard) -> int:
    """The service user's age, if this order may become a need at all. Raises Forbidden with the reason."""
    if order.protection != "none":
        raise Forbidden(
            N_("Personen har sperret adresse. Behovet kan ikke legges ut, heller ikke uten navn.")
        )
    if order.shielded:
        raise Forbidden(N_("Saken er skjermet. Behovet kan ikke legges ut, heller ikke uten navn."))
    if order.form not in POSTABLE_FORMS:
        raise Forbidden(N_("Bare støttekontakt eller treningskontakt for én person kan legges ut som behov."))
    if order.age is None:
        raise Forbidden(N_("Fødselsdatoen mangler. Den trengs for å vise aldersgruppa."))
    if not bands_for(order.age):
        raise Forbidden(N_("Barn under seks år kan ikke legges ut som behov."))
    return order.age


def check_facts(facts: NeedFacts, age: int) -> None:
    """Raises Invalid naming every field that cannot be posted as it is."""
    faults = {**_coarse_faults(facts, age), **_consent_faults(facts, age)}
    if faults:
        raise Invalid({name: BadInput(name, message) for name, message in faults.items()})


def _coarse_faults(facts: NeedFacts, age: int) -> dict[str, str]:
    faults: dict[str, str] = {}
    if facts.age_band not in {band.code for band in bands_for(age)}:
        faults["alder"] = N_("Velg alder fra lista.")
    if facts.area not in traits.AREAS:
        faults["omraade"] = N_("Velg et område fra lista.")
    if not 0 < facts.hours_per_week <= MOST_HOURS:
        faults["timer"] = N_("Skriv mellom 1 og 40 timer i uka.")
    if not 0 < facts.months <= MOST_MONTHS:
        faults["maneder"] = N_("Skriv mellom 1 og 60 måneder.")
    if len(set(facts.interests)) > MOST_INTERESTS:
        faults["interesser"] = N_("Velg høyst fem interesser. Flere kan røpe hvem det er.")
    vocabularies = (
        ("interesser", facts.interests, traits.INTERESTS), ("dager", facts.slots, traits.SLOTS),
        ("ferdigheter", facts.skills, traits.SKILLS), ("spraak", facts.languages, traits.LANGUAGES),
    )  # fmt: skip
    for name, codes, vocabulary in vocabularies:
        if any(code not in vocabulary for code in codes):
            faults.setdefault(name, N_("Velg fra lista."))
    if facts.predictability not in traits.PREDICTABILITY:
        faults["forutsigbarhet"] = N_("Velg hvor viktig det er at samme person blir.")
    if facts.gender_wish not in GENDER_WISHES:
        faults["kjonn"] = N_("Velg fra lista.")
    return faults


def _consent_faults(facts: NeedFacts, age: int) -> dict[str, str]:
    faults: dict[str, str] = {}
    if facts.legal_ground not in LEGAL_GROUNDS:
        faults["hjemmel"] = N_("Velg grunnlaget for å dele behovet.")
    if facts.consent_by not in CONSENTERS:
        faults["samtykke_av"] = N_("Velg hvem som har sagt ja.")
    elif facts.consent_by == "self" and age < CONSENT_AGE:
        faults["samtykke_av"] = N_("Brukeren er under 16 år. En forelder, foresatt eller verge må si ja.")
    elif facts.consent_by == "parent" and age >= 18:
        faults["samtykke_av"] = N_("Brukeren er over 18 år. Brukeren selv, verge eller fullmektig må si ja.")
    if facts.consent_on > today():
        faults["samtykke_dato"] = N_("Datoen er i framtida. Skriv dagen de sa ja.")
    return faults


def crowd_limit(settings: Mapping[str, Any]) -> int:
    """The region's limit: its setting `anonymity_limit`, but never below `LEAST_CROWD`."""
    wanted = settings.get("anonymity_limit")
    return max(LEAST_CROWD, wanted) if isinstance(wanted, int) else LEAST_CROWD
