"""All pairs at once say what one pair at a time says: every rule, and every point."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_pool.engine.api import (
    DEFAULT,
    USES,
    CandidateProfile,
    Hours,
    NeedProfile,
    Weights,
    sole_obstacles,
    what_stops,
)
from shared_pool.engine.columns import REFUSALS, make_table
from shared_pool.engine.pairs import make_pairs
from shared_pool.engine.ranking import fit
from shared_pool.engine.rules import RULES, Between
from shared_pool.needs.api import AREAS, SLOTS
from tests.unit.engine_worlds import any_candidate, any_need, chance_of
from tests.unit.matching_samples import NEED_3F9, TOWNS, VESTFOLD, candidate, weighings

World = tuple[list[NeedProfile], list[CandidateProfile], set[tuple[UUID, UUID]]]


def world(seed: int) -> World:
    """A dozen needs and two dozen candidates with anything in them; a few have been proposed for each other before."""
    chance = chance_of(seed)
    asked = [any_need(chance, number) for number in range(12)]
    people = [any_candidate(chance, number) for number in range(24)]
    return asked, people, {(chance.choice(asked).id, chance.choice(people).id) for _ in range(6)}


# By number: the profiles are too many to print, and the number gives them back.
seeds = st.integers(0, 10**9)


def no_word(done: int, total: int) -> None:
    pass


def test_every_rule_is_said_both_ways_in_the_same_order() -> None:
    assert list(REFUSALS) == [rule.code for rule in RULES]


@settings(max_examples=15)
@given(seeds, weighings())
def test_each_rule_refuses_the_same_pairs(seed: int, weights: Weights) -> None:
    asked, people, apart = world(seed)
    table = make_table(asked, people, weights, VESTFOLD, apart, everywhere=True)
    everyone = np.arange(len(people))
    for at, need in enumerate(table.needs):
        for rule in RULES:
            at_once = REFUSALS[rule.code](table, at, everyone).tolist()
            one_by_one = [
                rule.refuses(
                    need,
                    one,
                    Between(VESTFOLD.km(one.place, need.area), weights.max_km, (need.id, one.id) in apart),
                )
                is not None
                for one in table.candidates
            ]
            assert at_once == one_by_one, rule.code


@settings(max_examples=25)
@given(seeds, weighings())
def test_the_same_pairs_are_admissible_with_the_same_points(seed: int, weights: Weights) -> None:
    asked, people, apart = world(seed)
    table = make_table(asked, people, weights, VESTFOLD, apart)
    pairs = make_pairs(table, no_word)
    at_once = {
        (table.needs[i].id, table.candidates[j].id): (score, value)
        for i, j, score, value in zip(
            pairs.need.tolist(),
            pairs.candidate.tolist(),
            pairs.score.tolist(),
            pairs.value.tolist(),
            strict=True,
        )
    }
    one_by_one = {}
    for need in asked:
        for one in people:
            each = fit(
                need, one, weights, VESTFOLD.km(one.place, need.area), apart=(need.id, one.id) in apart
            )
            if each.proposable:
                one_by_one[need.id, one.id] = (each.score, each.score + each.lead)
    assert at_once == one_by_one


@settings(max_examples=25)
@given(seeds, weighings())
def test_points_are_the_same_where_everybody_fits(seed: int, weights: Weights) -> None:
    asked, people, _ = world(seed)
    open_to_all = [
        replace(need, use="individual", start_by=None, hours=Decimal("0.1"), preferred_sex=None, min_contact_age=None,
                skills=frozenset(), languages=frozenset(), exact_times=frozenset())
        for need in asked
    ]  # fmt: skip
    willing = [
        replace(one, consents=True, visible_to=frozenset(TOWNS), not_in=frozenset(), uses=frozenset(USES), light=None,
                areas=frozenset(AREAS), hours=Hours.stated(Decimal(5)), slots=frozenset(SLOTS), age_bands=frozenset(),
                will_not_do=frozenset())
        for one in people
    ]  # fmt: skip
    table = make_table(open_to_all, willing, weights, VESTFOLD, set())
    pairs = make_pairs(table, no_word)
    assert len(pairs.need) == len(asked) * len(people)
    one_by_one = [
        fit(need, one, weights, VESTFOLD.km(one.place, need.area)).score
        for need in table.needs
        for one in table.candidates
    ]
    assert pairs.score.tolist() == one_by_one


def test_hours_are_compared_exactly_whatever_their_decimals() -> None:
    third = Decimal(1) / 3
    for free, fits in ((third, True), (third - Decimal("1e-27"), False)):
        need = replace(NEED_3F9, hours=2 * third)
        table = make_table([need], [candidate(hours=Hours.stated(free))], DEFAULT, VESTFOLD, set())
        assert len(make_pairs(table, no_word).need) == fits


def test_what_would_help_is_what_alone_stands_in_the_way() -> None:
    people = [
        candidate(1),
        candidate(2, slots=frozenset({"mon-am"})),
        candidate(3, slots=frozenset({"mon-am"})),
        candidate(4, slots=frozenset({"mon-am"}), consents=False),
        candidate(5, place="0709"),
    ]
    assert sole_obstacles(NEED_3F9, people, DEFAULT, VESTFOLD) == {"area": 1, "times": 2}
    assert sole_obstacles(NEED_3F9, [], DEFAULT, VESTFOLD) == {}


@settings(max_examples=10)
@given(seeds, weighings())
def test_what_stops_counts_as_one_pair_at_a_time_does(seed: int, weights: Weights) -> None:
    asked, people, _ = world(seed)
    counted = what_stops(asked, people, weights, VESTFOLD)
    for need in asked:
        expected: dict[str, int] = {}
        for one in people:
            between = Between(VESTFOLD.km(one.place, need.area), weights.max_km)
            stopping = [rule.code for rule in RULES if rule.refuses(need, one, between) is not None]
            if len(stopping) == 1:
                expected[stopping[0]] = expected.get(stopping[0], 0) + 1
        assert counted[need.id] == expected
