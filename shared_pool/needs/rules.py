"""What may be posted: closed words, a recorded yes and ground, and a crowd to be one of (C3). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from sammen.clock import today
from sammen.errors import BadInput, Forbidden, Invalid
from sammen.i18n_mark import N_
from shared_pool.needs.bands import BANDS, bands_for
from shared_pool.needs.crowd import Displayed
from shared_pool.needs.hours import HOURS, hours_code
from shared_pool.needs.times import DAYS_TOLD, MOST_EXACT, ExactTime, days_told, slots_of
from tenants.api import Holder, OrderCard, Standing, traits

EXPIRES_AFTER_DAYS: Final = 90
"""Counted from the Monday of the week, so that the last day is a Sunday and tells no more than the week does."""
REMIND_DAYS: Final = 7
"""So long before the last day it stands on Min dag."""
YES_HOLDS_DAYS: Final = 365
"""So long a yes to standing in the pool is taken to hold; then the service user is asked again."""
MEMORY_DAYS: Final = 365
"""So long the pool is taken to remember what it was shown of somebody."""
LEAST_CROWD: Final = 5
"""At least so many people must fit. A region may ask for more, never for fewer."""
MOST_INTERESTS: Final = 5
MOST_MONTHS: Final = 60
MOST_ABOUT: Final = 300
OF_AGE: Final = 18

CONSENTERS: Final = {
    "self": N_("Brukeren selv"),
    "both": N_("Både brukeren og en forelder eller foresatt"),
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
PURPOSES: Final = {"regular": N_("Fast støttekontakt"), "substitute": N_("Vikar")}
POSTABLE_FORMS: Final = frozenset({"individual", "training"})


def week_of(day: date) -> date:
    """The Monday of a day's week: the finest time a need tells."""
    return day - timedelta(days=day.weekday())


def last_day(day: date) -> date:
    """The last day of a need that is posted, or prolonged, on a day."""
    return week_of(day) + timedelta(days=EXPIRES_AFTER_DAYS)


@dataclass(frozen=True, slots=True)
class NeedFacts:
    """A need as it is to be posted. Every code is of a closed vocabulary; what is matched on only stays out of `repr`.

    The hours a week are more than `hours_from` and at most `hours_per_week`, a band of `hours.HOURS`. `days_shown`: how
    exactly the days are told (`times.DAYS_TOLD`). `about` is free text; `about_words` are the words in it that somebody
    has said are no names, and `about_read` that a person has read it.
    """

    age_band: str
    area: str
    hours_per_week: Decimal
    legal_ground: str
    consent_by: str
    consent_on: date
    hours_from: Decimal = Decimal(0)
    gender_wish: str = "any"
    interests: Sequence[str] = ()
    days_shown: str = "days"
    slots: Sequence[str] = field(default=(), repr=False)
    skills: Sequence[str] = field(default=(), repr=False)
    languages: Sequence[str] = field(default=(), repr=False)
    exact_times: Sequence[ExactTime] = field(default=(), repr=False)
    needs_car: bool = False
    predictability: int = 2
    months: int = 12
    purpose: str = "regular"
    about: str = field(default="", repr=False)
    about_words: frozenset[str] = field(default=frozenset(), repr=False)
    about_read: bool = False

    @property
    def matched_slots(self) -> list[str]:
        """The slots it is matched by: those ticked, and those its exact times touch."""
        wanted = {*self.slots, *slots_of(self.exact_times)}
        return [slot for slot in traits.SLOTS if slot in wanted]

    @property
    def weekdays(self) -> list[str]:
        """The days as they are told."""
        return days_told(self.matched_slots, self.days_shown)

    @property
    def hours(self) -> str:
        """The code of the band of hours a week."""
        return hours_code(self.hours_from, self.hours_per_week)

    @property
    def displayed(self) -> Displayed:
        """What may point at somebody of all this."""
        return Displayed(
            self.age_band, frozenset(self.interests), frozenset(self.weekdays), self.hours, self.gender_wish,
            self.needs_car, self.predictability, self.purpose,
        )  # fmt: skip


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


def check_facts(facts: NeedFacts, age: int, consent: Standing, areas: Sequence[str]) -> None:
    """Raises Invalid naming every field that cannot be posted as it is.

    `consent`: who holds consent on the day of the yes. `areas`: those the municipality lies in, one as a rule.
    """
    faults = {**_coarse_faults(facts, age, areas), **_hidden_faults(facts), **_consent_faults(facts, consent)}
    if faults:
        raise Invalid({name: BadInput(name, message) for name, message in faults.items()})


def _coarse_faults(facts: NeedFacts, age: int, areas: Sequence[str]) -> dict[str, str]:
    faults: dict[str, str] = {}
    if facts.age_band not in {band.code for band in bands_for(age)}:
        faults["alder"] = N_("Velg alder fra lista.")
    if facts.area not in areas:
        faults["omraade"] = N_("Velg et område fra lista.")
    if facts.hours not in HOURS:
        faults["timer"] = N_("Velg timer fra lista.")
    if not 0 < facts.months <= MOST_MONTHS:
        faults["maneder"] = N_("Skriv mellom 1 og 60 måneder.")
    if len(set(facts.interests)) > MOST_INTERESTS:
        faults["interesser"] = N_("Velg høyst fem interesser. Flere kan røpe hvem det er.")
    if any(code not in traits.INTERESTS for code in facts.interests):
        faults.setdefault("interesser", N_("Velg fra lista."))
    if facts.days_shown not in DAYS_TOLD:
        faults["dager_vises"] = N_("Velg fra lista.")
    if facts.predictability not in traits.PREDICTABILITY:
        faults["forutsigbarhet"] = N_("Velg hvor viktig det er at samme person blir.")
    if facts.gender_wish not in GENDER_WISHES:
        faults["kjonn"] = N_("Velg fra lista.")
    if len(facts.about) > MOST_ABOUT:
        faults["om"] = N_("Skriv høyst 300 tegn.")
    return faults


def _hidden_faults(facts: NeedFacts) -> dict[str, str]:
    faults: dict[str, str] = {}
    vocabularies = (
        ("dager", facts.slots, traits.SLOTS), ("ferdigheter", facts.skills, traits.SKILLS),
        ("spraak", facts.languages, traits.LANGUAGES),
    )  # fmt: skip
    for name, codes, vocabulary in vocabularies:
        if any(code not in vocabulary for code in codes):
            faults[name] = N_("Velg fra lista.")
    if len(facts.exact_times) > MOST_EXACT:
        faults["fast_dag"] = N_("Skriv høyst tre faste tider.")
    return faults


def may_say_yes(by: str, consent: Standing, *, of_age: bool) -> bool:
    """Whether a yes to standing in the pool may come from somebody in a role, by the age rules (A14).

    A guardian or somebody with a power of attorney shows a mandate, which whoever records the yes has read.
    """
    if by == "self":
        return consent.person and consent.holder is not Holder.BOTH
    if by == "both":
        return consent.holder is Holder.BOTH
    if by == "parent":
        return consent.holder not in (Holder.SELF, Holder.SELF_PARENTS_NEED, Holder.BOTH)
    return by == "guardian" or (by == "power_of_attorney" and of_age)


NOT_THEIRS_TO_SAY: Final = {
    Holder.SELF: N_(
        "Brukeren er gammel nok til å si ja selv. Velg brukeren, eller en verge eller fullmektig."
    ),
    Holder.SELF_PARENTS_NEED: N_("Brukeren er gammel nok til å si ja selv. Velg brukeren eller en verge."),
    Holder.BOTH: N_("Både brukeren og en forelder eller foresatt må si ja."),
}
PARENTS_SAY = N_("Brukeren er for ung til å si ja alene. En forelder, foresatt eller verge må si ja.")


def _consent_faults(facts: NeedFacts, consent: Standing) -> dict[str, str]:
    faults: dict[str, str] = {}
    if facts.legal_ground not in LEGAL_GROUNDS:
        faults["hjemmel"] = N_("Velg grunnlaget for å dele behovet.")
    of_age = BANDS[facts.age_band].first >= OF_AGE if facts.age_band in BANDS else False
    if facts.consent_by not in CONSENTERS:
        faults["samtykke_av"] = N_("Velg hvem som har sagt ja.")
    elif not may_say_yes(facts.consent_by, consent, of_age=of_age):
        faults["samtykke_av"] = NOT_THEIRS_TO_SAY.get(consent.holder, PARENTS_SAY)
    if facts.consent_on > today():
        faults["samtykke_dato"] = N_("Datoen er i framtida. Skriv dagen de sa ja.")
    elif facts.consent_on < today() - timedelta(days=YES_HOLDS_DAYS):
        faults["samtykke_dato"] = N_("Det er mer enn et år siden de sa ja. Spør dem på nytt.")
    return faults


def crowd_limit(settings: Mapping[str, Any]) -> int:
    """The region's limit: its setting `anonymity_limit`, but never below `LEAST_CROWD`."""
    wanted = settings.get("anonymity_limit")
    return max(LEAST_CROWD, wanted) if isinstance(wanted, int) else LEAST_CROWD
