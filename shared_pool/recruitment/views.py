"""Values for the slice's pages: what a contact has agreed to in words, and what their forms begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from shared_pool.recruitment.consents import CANDIDATE_USES, ENDED_NAMES, HOW_NAMES, USE_NAMES, Consent
from shared_pool.recruitment.forms import MONTHS
from shared_pool.recruitment.models import PoolWish
from shared_pool.recruitment.queries import CandidateCard
from shared_pool.recruitment.region import Home
from shared_pool.recruitment.words import Say, listed
from tenants.api import ContactCard, traits

DEFAULT_DAYS = 180
FEW = 3
"""So many municipalities are named even when they are all."""
Options = Callable[[Mapping[str, str]], Sequence[tuple[str, str]]]


def town_names(ids: Iterable[UUID], homes: Mapping[UUID, Home], say: Say) -> str:
    """The municipalities by name; "alle de 12 kommunene" when it is all of many."""
    chosen = [homes[one] for one in ids if one in homes]
    if len(chosen) == len(homes) > FEW:
        return say(N_("alle de %(count)s kommunene"), count=len(chosen))
    return listed(sorted(home.name for home in chosen), say)


def town_options(homes: Mapping[UUID, Home]) -> list[tuple[str, str]]:
    """The region's municipalities by name: (number, name)."""
    return [(home.code, home.name) for home in sorted(homes.values(), key=lambda home: home.name)]


def codes_of(ids: Iterable[UUID], homes: Mapping[UUID, Home]) -> list[str]:
    """Municipalities' numbers, as the form's boxes are called."""
    return [homes[one].code for one in ids if one in homes]


def slot_options(slots: Iterable[str], say: Say) -> list[tuple[str, str]]:
    """A contact's own times: ("tue-pm", "tirsdager, ettermiddag")."""
    return [
        (slot, f"{say(traits.WEEKDAYS[slot.partition('-')[0]])}, {say(traits.DAY_PARTS[slot.partition('-')[2]])}")
        for slot in slots
    ]  # fmt: skip


def ledger(consents: Sequence[Consent], homes: Mapping[UUID, Home], say: Say) -> list[dict[str, Any]]:
    """Every yes, the newest first, in words."""
    return [
        {
            "use": say(USE_NAMES[one.use]),
            "towns": town_names(one.municipalities, homes, say),
            "given_on": one.given_on,
            "until": one.until,
            "how": say(HOW_NAMES[one.how]),
            "by": one.noted_by_name,
            "state": say(N_("Gjelder")) if one.holds else say(ENDED_NAMES.get(one.ended_how, ENDED_NAMES["lapsed"])),
            "holds": one.holds,
            "ended": one.ended or (one.until if not one.holds else None),
        }
        for one in consents
    ]  # fmt: skip


def hidden_facts(card: CandidateCard, homes: Mapping[UUID, Home], say: Say) -> list[tuple[str, str]]:
    """What is matched on and shown to nobody, in words: for the contact and their own coordinator only."""
    skills = [say(traits.SKILLS[code].label) for code in card.skills if code in traits.SKILLS]
    tongues = [say(traits.LANGUAGES[code]) for code in card.languages if code in traits.LANGUAGES]
    ages = [say(traits.AGE_BANDS[code]) for code in card.age_bands]
    found = [
        (say(N_("Postnummer")), card.postcode),
        (say(N_("Erfaring")), listed(skills, say)),
        (say(N_("Språk")), listed(tongues, say)),
        (say(N_("Aldre")), listed(ages, say)),
        (say(N_("Vil ikke")), listed([say(traits.INTERESTS[code]) for code in card.will_not], say)),
        (say(N_("Vil ikke jobbe i")), town_names(card.not_in, homes, say)),
    ]
    return [(label, value) for label, value in found if value]


def share_values(
    card: ContactCard, yes: Mapping[str, Consent], wish: PoolWish | None, homes: Mapping[UUID, Home], area: str, elsewhere: Any,
) -> dict[str, Any]:  # fmt: skip
    """What the coordinator's form begins with: what holds already, what was said in the application, else all of it."""
    chosen = [one for use, one in yes.items() if use in CANDIDATE_USES]
    towns = set(homes).intersection(*(one.municipalities for one in chosen)) if chosen else set(homes)
    until = min((one.until for one in chosen if one.until is not None), default=None)
    return {
        "bruk": [use for use in CANDIDATE_USES if use in yes] or ["pool"],
        "kommuner": codes_of(towns, homes),
        "ikke_i": codes_of(wish.not_in if wish is not None else (), homes),
        "annenhver": list(wish.alternate_slots) if wish is not None else [],
        "fra": format_date(wish.available_from) if wish is not None and wish.available_from else "",
        "timer": card.wants_hours,
        "timer_andre": elsewhere,
        "omraade": (wish.area if wish is not None else "") or area,
        "omraader": list(card.areas),
        "maneder": str(card.commits_months) if str(card.commits_months) in MONTHS else "0",
        "ikke": list(card.will_not),
        "alder_fra": "" if card.age_from is None else str(card.age_from),
        "alder_til": "" if card.age_to is None else str(card.age_to),
        "samtykke": chosen[0].given_on if chosen else None,
        "til": until or today() + timedelta(days=DEFAULT_DAYS),
    }
