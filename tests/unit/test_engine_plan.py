"""The plan for all needs at once: best by every count, against trying everything and against another solver."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared_pool.engine import solving
from shared_pool.engine.api import DEFAULT, CandidateProfile, NeedProfile, Plan, match
from shared_pool.engine.columns import make_table
from shared_pool.engine.pairs import make_pairs
from shared_pool.engine.ranking import fit
from tests.unit.engine_worlds import (
    admissible,
    any_candidate,
    any_need,
    best_value,
    chance_of,
    larger_world,
    plan_of,
    small_world,
    value_of,
)
from tests.unit.flow_by_or_tools import cheapest_flow
from tests.unit.matching_samples import NEED_3F9, TOWNS, VESTFOLD, candidate

WORLDS = 2_000


def given_to(plan: Plan) -> dict[UUID, UUID]:
    return {pair.need_id: pair.candidate_id for pair in plan.pairs}


def need(number: int, waited: int = 0, **changes: object) -> NeedProfile:
    asked = replace(NEED_3F9, id=UUID(int=5000 + number), waited_weeks=waited)
    return replace(asked, **changes)  # type: ignore[arg-type] # the tests name real fields


def test_two_thousand_small_worlds_come_out_as_when_every_plan_is_tried() -> None:
    left_out = tight = 0
    for seed in range(WORLDS):
        needs, people, weights = small_world(chance_of(seed), 5)
        score = admissible(needs, people, weights)
        plan = plan_of(needs, people, weights)
        pairs = given_to(plan)
        assert set(pairs.items()) <= set(score), seed
        assert len(set(pairs.values())) == len(pairs), seed
        assert value_of(pairs, needs, score) == best_value(needs, score), seed
        left_out += bool(plan.unmatched)
        tight += "needed_more" in plan.unmatched.values()
    # The worlds are such that there was something to find out.
    assert left_out > WORLDS / 2
    assert tight > WORLDS / 10


def _value_by_flow(
    needs: list[NeedProfile], people: list[CandidateProfile], score: dict[tuple[UUID, UUID], int]
) -> tuple[int, int]:
    """(number met, what they are worth) by OR-tools: another formulation, with waiting as powers."""
    n, m = len(needs), len(people)
    need_at = {each.id: at for at, each in enumerate(needs)}
    one_at = {one.id: n + at for at, one in enumerate(people)}
    weeks = sorted({each.waited_weeks for each in needs})
    rank = {each.id: weeks.index(each.waited_weeks) + 1 for each in needs}
    step = sum(score.values()) + 1
    source, sink = n + m, n + m + 1
    arcs = [(source, at, 1, 0) for at in range(n)] + [(at, sink, 1, 0) for at in range(n, n + m)]
    arcs.append((source, sink, n, 0))
    arcs += [(need_at[a], one_at[b], 1, -(rank[a] * step + points)) for (a, b), points in score.items()]
    flows, cost = cheapest_flow(arcs, source, sink, n)
    return n - flows[n + m], -cost


def score_of(needs: list[NeedProfile], people: list[CandidateProfile]) -> dict[tuple[UUID, UUID], int]:
    """(need, candidate) to score, all at once (test_engine_columns.py holds that to one at a time)."""
    table = make_table(needs, people, DEFAULT, VESTFOLD, set())
    pairs = make_pairs(table, lambda done, total: None)
    return {
        (table.needs[i].id, table.candidates[j].id): score
        for i, j, score in zip(
            pairs.need.tolist(), pairs.candidate.tolist(), pairs.score.tolist(), strict=True
        )
    }


@pytest.mark.parametrize(("needs", "people"), [(120, 200), (200, 120), (400, 300)])
def test_larger_worlds_come_out_as_with_or_tools(needs: int, people: int) -> None:
    wanted, offered = larger_world(chance_of(needs), needs, people)
    score = score_of(wanted, offered)
    pairs = given_to(plan_of(wanted, offered, DEFAULT))
    weeks = sorted({each.waited_weeks for each in wanted})
    step = sum(score.values()) + 1
    waited = {each.id: weeks.index(each.waited_weeks) + 1 for each in wanted}
    worth = sum(waited[pair[0]] * step + score[pair] for pair in pairs.items())
    assert (len(pairs), worth) == _value_by_flow(wanted, offered, score)
    assert len(pairs) > min(needs, people) // 2


worlds = st.builds(small_world, st.integers(0, 10**9).map(chance_of), st.just(8))


@settings(max_examples=40)
@given(worlds, st.randoms(use_true_random=False))
def test_the_order_they_come_in_changes_nothing(
    world: tuple[list[NeedProfile], list[CandidateProfile], object], chance: Random
) -> None:
    needs, people, _ = world
    plan = plan_of(needs, people, DEFAULT)
    chance.shuffle(needs)
    chance.shuffle(people)
    again = plan_of(needs, people, DEFAULT)
    assert again == plan
    for each in needs:
        assert again.alternatives(each.id) == plan.alternatives(each.id)
        assert again.backup(each.id) == plan.backup(each.id)


@settings(max_examples=40)
@given(worlds, st.integers(0, 10**9))
def test_one_candidate_more_never_meets_fewer_needs_of_those_who_waited_so_long_or_longer(
    world: tuple[list[NeedProfile], list[CandidateProfile], object], seed: int
) -> None:
    needs, people, _ = world
    _, (other, *_), _ = small_world(chance_of(seed), 1)
    others = [replace(other, id=UUID(int=2**100))]
    score = admissible(needs, [*people, *others], DEFAULT)
    before = value_of(given_to(plan_of(needs, people, DEFAULT)), needs, score)
    after = value_of(given_to(plan_of(needs, [*people, *others], DEFAULT)), needs, score)
    assert after >= before
    assert after[0] >= before[0]


@settings(max_examples=40)
@given(worlds)
def test_one_need_less_never_leaves_fewer_of_the_others_met_in_any_class(
    world: tuple[list[NeedProfile], list[CandidateProfile], object],
) -> None:
    needs, people, _ = world
    rest = needs[1:]
    before, after = given_to(plan_of(needs, people, DEFAULT)), given_to(plan_of(rest, people, DEFAULT))
    for weeks in {each.waited_weeks for each in rest}:
        those = [each.id for each in rest if each.waited_weeks == weeks]
        assert sum(each in after for each in those) >= sum(each in before for each in those)


@settings(max_examples=25)
@given(st.integers(0, 10**9))
def test_no_hard_rule_is_ever_broken(seed: int) -> None:
    chance = chance_of(seed)
    needs = [any_need(chance, number) for number in range(12)]
    people = [any_candidate(chance, number) for number in range(25)]
    plan = plan_of(needs, people, DEFAULT)
    by_id, who = {each.id: each for each in needs}, {one.id: one for one in people}
    everyone = [*plan.pairs, *(other for each in needs for other in plan.alternatives(each.id, 9))]
    for pair in everyone:
        asked, person = by_id[pair.need_id], who[pair.candidate_id]
        found = fit(asked, person, DEFAULT, VESTFOLD.km(person.place, asked.area))
        assert found.proposable
        assert found.score == pair.score


def test_who_waited_longest_comes_first_and_the_fit_decides_only_among_equals() -> None:
    alone = [candidate(1)]
    fits_less = need(1, waited=9, interests=frozenset({"riding"}))
    plan = match([need(2, waited=8), fits_less], alone, DEFAULT, VESTFOLD)
    assert given_to(plan) == {fits_less.id: alone[0].id}
    assert plan.unmatched == {need(2).id: "needed_more"}
    even = match([need(2, waited=9), fits_less], alone, DEFAULT, VESTFOLD)
    assert given_to(even) == {need(2).id: alone[0].id}


def test_two_short_waits_are_met_before_one_long_where_they_cannot_all_be() -> None:
    """As many as possible: the one who waited longest takes whom only they can have, and not whom two others need."""
    choosy = need(1, waited=1, skills=frozenset({"car"}))
    plain = need(2, waited=50)
    driver, walker = candidate(1, skills=frozenset({"car"})), candidate(2, interests=frozenset())
    plan = match([choosy, plain], [driver, walker], DEFAULT, VESTFOLD)
    assert given_to(plan) == {plain.id: walker.id, choosy.id: driver.id}


def test_a_pair_that_came_to_nothing_never_comes_again() -> None:
    people = [candidate(1), candidate(2, interests=frozenset())]
    plan = match([need(1)], people, DEFAULT, VESTFOLD, apart={(need(1).id, people[0].id)})
    assert given_to(plan) == {need(1).id: people[1].id}
    assert plan.alternatives(need(1).id) == []


def test_the_own_municipality_goes_first_only_where_the_region_wants_it() -> None:
    away, at_home = candidate(1), candidate(2, home=NEED_3F9.municipality, interests=frozenset())
    for own_first, expected in ((False, away), (True, at_home)):
        plan = match([need(1)], [away, at_home], replace(DEFAULT, own_first=own_first), VESTFOLD)
        assert given_to(plan) == {need(1).id: expected.id}
        assert plan.pairs[0].score == fit(need(1), expected, DEFAULT, VESTFOLD.km("0701", "north")).score


def test_why_nobody_was_found_and_who_stands_next() -> None:
    best, second, third = candidate(1), candidate(2, basic_course=False), candidate(3, interests=frozenset())
    needs = [need(1, waited=5), need(2, waited=2), need(3, languages=frozenset({"so"}))]
    plan = match(needs, [best, second, third], DEFAULT, VESTFOLD)
    assert plan.unmatched == {needs[2].id: "no_candidate"}
    assert [plan.fitting(each.id) for each in needs] == [3, 3, 0]
    assert {found.candidate_id for found in plan.alternatives(needs[0].id)} == {
        best.id,
        second.id,
        third.id,
    } - {given_to(plan)[needs[0].id]}
    # Nobody got the third, who is asked before somebody who has to be taken from another.
    backup = plan.backup(needs[0].id)
    assert backup is not None
    assert backup.candidate_id == third.id
    assert plan.backup(needs[2].id) is None
    assert plan.alternatives(needs[2].id) == []


def test_the_backup_is_somebody_elses_when_nobody_is_free() -> None:
    people = [candidate(1), candidate(2)]
    plan = match([need(1), need(2)], people, DEFAULT, VESTFOLD)
    first, other = given_to(plan)[need(1).id], given_to(plan)[need(2).id]
    backup = plan.backup(need(1).id)
    assert backup is not None
    assert (backup.candidate_id, first != other) == (other, True)


def test_it_tells_how_far_it_has_come_and_ends_at_the_end() -> None:
    told: list[tuple[int, int]] = []
    needs, people = larger_world(chance_of(3), 60, 60)
    match(needs, people, DEFAULT, VESTFOLD, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (120, 120)
    assert told == sorted(told)


@pytest.mark.parametrize(("needs", "people"), [([], []), ([need(1)], []), ([], [candidate()])])
def test_an_empty_pool_has_an_empty_plan(needs: list[NeedProfile], people: list[CandidateProfile]) -> None:
    plan = match(needs, people, DEFAULT, VESTFOLD)
    assert plan.pairs == []
    assert plan.unmatched == {each.id: "no_candidate" for each in needs}


def test_somebody_listed_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        match([need(1)], [candidate(), candidate()], DEFAULT, VESTFOLD)
    with pytest.raises(ValueError, match="twice"):
        match([need(1), need(1)], [], DEFAULT, VESTFOLD)


def test_a_plan_that_is_printed_tells_nothing_of_anyone() -> None:
    plan = match([need(1)], [candidate()], DEFAULT, VESTFOLD)
    assert "K-001" not in repr(plan)
    assert len(TOWNS) == 4
    assert not any(str(town) in repr(plan) for town in TOWNS)


def test_numbers_that_would_not_be_exact_are_refused_and_not_rounded(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [candidate(1), candidate(2)]
    monkeypatch.setattr(solving, "EXACT", 2**10)
    with pytest.raises(ValueError, match="exact"):
        match([need(1), need(2)], people, DEFAULT, VESTFOLD)


def test_what_the_solver_says_is_checked_and_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [candidate(1), candidate(2)]
    monkeypatch.setattr(solving, "_solve", lambda *asked: np.array([0, 0]))
    with pytest.raises(RuntimeError, match="twice"):
        match([need(1), need(2)], people, DEFAULT, VESTFOLD)
