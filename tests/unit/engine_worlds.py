"""Small worlds for the engine's tests, and the best plan found the long way round: by trying everything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import time
from decimal import Decimal
from random import Random
from uuid import UUID

from shared_pool.engine.api import (
    DEFAULT,
    USES,
    CandidateProfile,
    Hours,
    Light,
    NeedProfile,
    Plan,
    Stability,
    Weights,
    match,
)
from shared_pool.engine.ranking import fit
from shared_pool.needs.api import (
    AGE_BANDS,
    AREAS,
    BANDS,
    INTERESTS,
    KINDS_OF_DAY,
    LANGUAGES,
    SKILLS,
    SLOTS,
    WEEKDAYS,
    ExactTime,
)
from tests.unit.matching_samples import NEED_3F9, PLACES, SOME_DAY, TOWNS, VESTFOLD, candidate

TUESDAY = ExactTime("tue", time(16, 15), time(18))
Value = tuple[int, ...]
"""How many needs are met; how many of each waiting time, longest first; and how well they fit together."""


def chance_of(seed: int) -> Random:
    """Chance that can be had again."""
    return Random(seed)  # noqa: S311 - nothing is kept secret by it


def small_world(chance: Random, most: int = 6) -> tuple[list[NeedProfile], list[CandidateProfile], Weights]:
    """Up to `most` needs and candidates of four municipalities, so short of people that somebody is left out."""
    needs = [
        replace(
            NEED_3F9,
            id=UUID(int=chance.getrandbits(64)),
            municipality=chance.choice(TOWNS),
            area=chance.choice(list(AREAS)),
            waited_weeks=chance.randint(0, 3),
            interests=frozenset(chance.sample(list(INTERESTS), chance.randint(0, 3))),
            slots=frozenset(chance.sample(SLOTS[:8], chance.randint(0, 2))),
            days_told=frozenset(chance.sample(["mon", "tue", "wed"], chance.randint(0, 2))),
            predictability=chance.randint(1, 3),
            skills=frozenset({"car"} if chance.random() < 0.3 else ()),
        )
        for _ in range(chance.randint(1, most))
    ]
    people = [
        candidate(
            number,
            id=UUID(int=chance.getrandbits(64)),
            home=chance.choice(TOWNS),
            place=chance.choice(PLACES),
            visible_to=frozenset(chance.sample(TOWNS, chance.randint(1, 4))),
            interests=frozenset(chance.sample(list(INTERESTS), 4)),
            slots=frozenset(chance.sample(SLOTS[:8], chance.randint(1, 5))),
            skills=frozenset({"car"} if chance.random() < 0.6 else ()),
            basic_course=chance.random() < 0.5,
        )
        for number in range(1, chance.randint(1, most) + 1)
    ]
    return (
        needs,
        people,
        replace(DEFAULT, own_first=chance.random() < 0.3, max_km=chance.choice([20, 40, 80])),
    )


def plan_of(needs: Sequence[NeedProfile], people: Sequence[CandidateProfile], weights: Weights) -> Plan:
    return match(needs, people, weights, VESTFOLD)


def admissible(
    needs: Sequence[NeedProfile], people: Sequence[CandidateProfile], weights: Weights
) -> dict[tuple[UUID, UUID], int]:
    """(need, candidate) to score with lead, one pair at a time."""
    found = {}
    for need in needs:
        for person in people:
            each = fit(need, person, weights, VESTFOLD.km(person.place, need.area))
            if each.proposable:
                found[need.id, person.id] = each.score + each.lead
    return found


def value_of(
    pairs: dict[UUID, UUID], needs: Sequence[NeedProfile], score: dict[tuple[UUID, UUID], int]
) -> Value:
    """What a plan is worth, in the order of what counts."""
    classes = sorted({need.waited_weeks for need in needs}, reverse=True)
    met = [sum(need.waited_weeks == weeks and need.id in pairs for need in needs) for weeks in classes]
    return len(pairs), *met, sum(score[pair] for pair in pairs.items())


def every_plan(
    needs: Sequence[NeedProfile], score: dict[tuple[UUID, UUID], int]
) -> Iterator[dict[UUID, UUID]]:
    """Every way of giving each need one of its candidates or nobody."""
    if not needs:
        yield {}
        return
    first, rest = needs[0], needs[1:]
    for plan in every_plan(rest, score):
        yield plan
        for need, person in score:
            if need == first.id and person not in plan.values():
                yield {**plan, need: person}


def best_value(needs: Sequence[NeedProfile], score: dict[tuple[UUID, UUID], int]) -> Value:
    """The best there is, found by trying all."""
    return max(value_of(plan, needs, score) for plan in every_plan(needs, score))


def larger_world(chance: Random, needs: int, people: int) -> tuple[list[NeedProfile], list[CandidateProfile]]:
    """Many of the same, with thirty waiting times."""
    wanted: list[NeedProfile] = []
    offered: list[CandidateProfile] = []
    while len(wanted) < needs or len(offered) < people:
        more, others, _ = small_world(chance, 40)
        wanted += [replace(need, waited_weeks=chance.randint(0, 30)) for need in more]
        offered += others
    return wanted[:needs], offered[:people]


def any_need(chance: Random, number: int) -> NeedProfile:
    """A need with anything in it that a need can have; rather little of it, so that somebody fits now and then."""
    return NeedProfile(
        id=UUID(int=5000 + number),
        municipality=chance.choice(TOWNS),
        age_band=chance.choice(sorted(BANDS)),
        area=chance.choice(sorted(AREAS)),
        hours=Decimal(chance.randint(1, 24)) / 2,
        use=chance.choice([*USES, "individual", "individual"]),
        waited_weeks=chance.randint(0, 4),
        start_by=chance.choice([None, None, SOME_DAY]),
        interests=some(chance, INTERESTS, 4),
        slots=some(chance, SLOTS, 8),
        days_told=some(chance, chance.choice([WEEKDAYS, KINDS_OF_DAY]), 3 if chance.random() < 0.7 else 0),
        months=chance.randint(1, 36),
        predictability=chance.randint(1, 3),
        preferred_sex=chance.choice(["F", "M", None, None]),
        min_contact_age=chance.choice([None, 18, 25]),
        skills=some(chance, SKILLS, 1),
        languages=some(chance, LANGUAGES, 1),
        exact_times=frozenset({TUESDAY} if chance.random() < 0.2 else ()),
    )


def any_candidate(chance: Random, number: int) -> CandidateProfile:
    """A candidate with anything in it that a candidate can have."""
    return CandidateProfile(
        id=UUID(int=number),
        code=f"K-{number:03d}",
        home=chance.choice(TOWNS),
        place=chance.choice(PLACES),
        hours=Hours.stated(Decimal(chance.randint(0, 30)) / 2),
        consents=chance.random() < 0.95,
        age=chance.randint(16, 80),
        visible_to=frozenset(chance.sample(TOWNS, chance.randint(1, 4))),
        not_in=frozenset({chance.choice(TOWNS)} if chance.random() < 0.2 else ()),
        uses=some(chance, USES, 3) or frozenset({"individual"}),
        areas=some(chance, AREAS, 2),
        available_from=chance.choice([None, None, SOME_DAY.replace(month=12), SOME_DAY.replace(day=1)]),
        light=chance.choice([None, *Light]),
        sex=chance.choice(["F", "M", None]),
        interests=some(chance, INTERESTS, 9),
        will_not_do=some(chance, INTERESTS, 2),
        slots=some(chance, SLOTS, 15),
        alternate_slots=some(chance, SLOTS, 3),
        age_bands=some(chance, AGE_BANDS, 5) if chance.random() < 0.3 else frozenset(),
        stability=Stability(
            chance.choice([None, chance.randint(0, 40)]),
            chance.choice([None, chance.randint(0, 60)]),
            seen=chance.random() < 0.7,
            broken_by_choice=chance.choice([0, 0, 1, 2, 5]),
        ),
        basic_course=chance.random() < 0.5,
        theme_courses=chance.randint(0, 4),
        skills=some(chance, SKILLS, 8),
        languages=some(chance, LANGUAGES, 9),
    )


def some(chance: Random, of: Iterable[str], most: int) -> frozenset[str]:
    """Up to `most` of the codes."""
    return frozenset(chance.sample(list(of), chance.randint(0, min(most, len(list(of))))))
