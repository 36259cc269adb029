"""Hard refusals: rules that take a candidate out, each with a code, a name and a reason a person can read.

All rules are asked, not only up to the first no: the coordinator is to see everything that would have to
change. A refused candidate stands last in the list and cannot be proposed. The score does not matter here.

What is said here one pair at a time is said once more in columns.py for all pairs at once; a test holds them equal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sammen.i18n_mark import N_
from shared_pool.engine.profiles import CandidateProfile, Light, NeedProfile
from shared_pool.engine.reasons import Reason
from shared_pool.needs.api import BANDS, KINDS_OF_DAY, is_rare_skill, slot_day

HOURS_PART: Final = 2
"""A candidate must have one part in so many of the hours asked. With less, going on is a different engagement and not
this one with some overtime.
"""
ANY_DAY: Final = ""
"""What stands for the days of a need that tells none."""


@dataclass(frozen=True, slots=True)
class Between:
    """What lies between a need and a candidate: kilometres (None: not known), how many are let, and whether the two have
    been proposed for each other before, and it came to nothing.
    """

    km: int | None
    max_km: int
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One ground for refusal. `refuses` gives the reason to show, or `None` when the rule has nothing to
    say.
    """

    code: str
    name: str
    refuses: Callable[[NeedProfile, CandidateProfile, Between], Reason | None]


def obstacles(need: NeedProfile, candidate: CandidateProfile, between: Between) -> tuple[Reason, ...]:
    """Every reason the candidate cannot be proposed, in the order of `RULES`; empty when none."""
    found = (rule.refuses(need, candidate, between) for rule in RULES)
    # A hidden time and a hidden language are one reason, given once.
    return tuple(dict.fromkeys(reason for reason in found if reason is not None))


def has_hidden_requirements(need: NeedProfile) -> bool:
    """Whether the need asks for something that is matched on but not displayed (C3)."""
    return bool(need.languages or need.exact_times or any(map(is_rare_skill, need.skills)))


def falls_on(slot: str, told: str) -> bool:
    """Whether a slot lies on a day that is told: the day itself, a kind of day, or any."""
    day = slot_day(slot)
    return told == ANY_DAY or day == told or day in KINDS_OF_DAY.get(told, ())


def _consent(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    return None if candidate.consents else Reason.of("no_consent")


def _there(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    # At home nobody new gets to know of them.
    known = need.municipality == candidate.home or need.municipality in candidate.visible_to
    return None if known and need.municipality not in candidate.not_in else Reason.of("not_there")


def _use(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    return None if need.use in candidate.uses else Reason.of("not_that_use")


def _before(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    return Reason.of("asked_before") if between.apart else None


def _load(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    return Reason.of("red_load") if candidate.load(need.hours) is Light.RED else None


def _hours(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    free = candidate.hours.free
    # Nothing free is the load's business: one fact should not be given as two reasons.
    return Reason.of("hours_too_few") if 0 < free * HOURS_PART < need.hours else None


def _start(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    if need.start_by is None or candidate.available_from is None:
        return None
    return Reason.of("not_yet") if candidate.available_from > need.start_by else None


def _area(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    if candidate.areas:
        return None if need.area in candidate.areas else Reason.of("not_that_area")
    # What is not known cannot be held against anyone.
    far = between.km is not None and between.km > between.max_km
    return Reason.of("too_far", km=between.km) if far and between.km is not None else None


def _times(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    free = candidate.slots | candidate.alternate_slots
    if not need.slots or need.slots & free:
        return None
    # Somebody who is free on what the need tells, and yet is not free then: to say that it is the time would, from a few
    # such candidates whose days are shown, tell the hidden day. It is a hidden requirement like the others.
    told = need.days_told or {ANY_DAY}
    then = any(falls_on(slot, day) for slot in free for day in told)
    return Reason.of("hidden_missing" if then else "no_shared_time")


def _sex(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    wanted = need.preferred_sex
    if wanted is None or candidate.sex == wanted:
        return None
    return Reason.of("wants_woman" if wanted == "F" else "wants_man")


def _age_band(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    # A wide band may be any of those it covers, so the candidate must take them all.
    refused = candidate.age_bands and not BANDS[need.age_band].covers <= candidate.age_bands
    return Reason.of("age_band_refused") if refused else None


def _age(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    least = need.min_contact_age
    return Reason.of("too_young") if least is not None and candidate.age < least else None


def _licence(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    return Reason.of("no_licence") if "driving" in need.skills - candidate.skills else None


def _car(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    return Reason.of("no_car") if "car" in need.skills - candidate.skills else None


def _hidden(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    """Skill, language and exact time share one reason, or the reason would tell which of them it was."""
    skills = any(map(is_rare_skill, need.skills - candidate.skills))
    languages = bool(need.languages - candidate.languages)
    # Every week: somebody who is there every other Tuesday is not there on Tuesdays.
    times = bool(need.must_slots - (candidate.slots - candidate.alternate_slots))
    return Reason.of("hidden_missing") if skills or languages or times else None


def _will_not(need: NeedProfile, candidate: CandidateProfile, between: Between) -> Reason | None:
    refused = need.interests & candidate.will_not_do
    return Reason.of("will_not_do", interests=tuple(sorted(refused))) if refused else None


RULES: Final[tuple[Rule, ...]] = (
    Rule("consent", N_("Samtykke til å stå i den felles banken"), _consent),
    Rule("there", N_("Samtykke til å bli foreslått for kommunen"), _there),
    Rule("use", N_("Hva kandidaten har sagt ja til"), _use),
    Rule("before", N_("Foreslått for behovet før"), _before),
    Rule("load", N_("Samlet belastning"), _load),
    Rule("hours", N_("Timer i uka"), _hours),
    Rule("start", N_("Når kandidaten kan begynne"), _start),
    Rule("area", N_("Område og reisevei"), _area),
    Rule("times", N_("Tider i uka"), _times),
    Rule("sex", N_("Brukerens ønske om kvinne eller mann"), _sex),
    Rule("age_band", N_("Aldersgrupper kandidaten tar"), _age_band),
    Rule("age", N_("Laveste alder for støttekontakten"), _age),
    Rule("licence", N_("Førerkort"), _licence),
    Rule("car", N_("Egen bil"), _car),
    Rule("hidden", N_("Krav som ikke vises"), _hidden),
    Rule("will_not_do", N_("Ting kandidaten har sagt nei til"), _will_not),
)
"""The rules in the order their reasons are shown: what the candidate decides first, then what the need
asks.
"""
