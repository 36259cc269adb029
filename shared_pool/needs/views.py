"""What the needs' pages show: the form's choices, the ways to say less and the text's hits as words. No HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sammen.i18n_mark import N_
from shared_pool.needs.bands import BANDS
from shared_pool.needs.cards import hours_words
from shared_pool.needs.checking import WHY, Hit, words_of
from shared_pool.needs.crowd import STEPS, Crowd, Way
from shared_pool.needs.hours import HOURS
from shared_pool.needs.rules import GENDER_WISHES
from shared_pool.needs.times import SHOWN_DAYS
from shared_pool.recruitment.api import Say, labels
from tenants.api import traits

NOBODY = N_("vises ikke")


def way_rows(ways: Sequence[Way], say: Say, language: str) -> list[dict[str, Any]]:
    """The ways to say less, best first: what each changes as (label, what is then told), and how many it may be of."""
    return [
        {"key": way.key, "pairs": _changes(way, say, language), "at_least": at_least(way.count)}
        for way in ways
    ]


def at_least(count: int) -> int:
    """A count as it is told: never exactly. Never under the least crowd, since only ways that are enough are shown."""
    return max((step for step in STEPS if step <= count), default=STEPS[0])


def _changes(way: Way, say: Say, language: str) -> list[tuple[str, str]]:
    shown = way.displayed
    hours = HOURS[shown.hours]
    told = {
        "days": (N_("Dager"), labels(shown.weekdays, SHOWN_DAYS, say)),
        "no_days": (N_("Dager"), say(NOBODY)),
        "interests": (N_("Liker"), labels(shown.interests, traits.INTERESTS, say) or say(NOBODY)),
        "hours": (N_("Timer"), hours_words(hours.over, hours.upto, say, language)),
        "age_band": (N_("Alder"), say(BANDS[shown.age_band].label)),
        "gender_wish": (N_("Kvinne eller mann"), say(GENDER_WISHES[shown.gender_wish])),
        "needs_car": (N_("Bil"), say(NOBODY)),
        "predictability": (N_("At samme person blir"), say(traits.PREDICTABILITY[shown.predictability])),
    }
    return [(say(label), text) for kind, (label, text) in told.items() if kind in way.kinds]


def hit_rows(hits: Sequence[Hit], say: Say) -> list[tuple[str, str]]:
    """What must be taken out of the text, as (the words, why)."""
    return [(hit.word, say(WHY[hit.kind])) for hit in hits if hit.hard]


def doubtful(hits: Sequence[Hit], agreed: frozenset[str], text: str) -> list[tuple[str, str]]:
    """Words somebody may say are no names, as (key, the word): those of the text, and those already said that still stand
    in it. None of a name that must out anyway.
    """
    hard = {key for hit in hits if hit.hard for key in words_of(hit.word)}
    found = {hit.key: hit.word for hit in hits if not hit.hard and hit.key and hit.key not in hard}
    said = sorted((agreed & words_of(text)) - set(found))
    return [*found.items(), *((key, key) for key in said)]


def crowd_words(crowd: Crowd, say: Say) -> str:
    """How many it may be of, in words that never give a small count."""
    return say(
        N_("Minst %(count)s i kommunen passer til dette, så ingen kan se hvem det er."), count=crowd.at_least
    )
