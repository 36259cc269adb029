"""Ranking candidates for a need: order and points."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from shared_pool.engine.profiles import CandidateProfile, Hours, NeedProfile, Stability
from shared_pool.engine.ranking import fit as fit_at
from shared_pool.engine.weights import DEFAULT, PART_LABELS, PARTS
from shared_pool.needs.api import INTERESTS
from tests.unit.matching_samples import (
    NEED_3F9,
    RE,
    candidate,
    candidates,
    fit_of,
    needs,
    points,
    pools,
    ranked,
    texts,
)


def test_someone_who_fits_in_everything_but_distance_is_scored_and_explained_by_parts() -> None:
    fit = fit_of(NEED_3F9, candidate())
    assert points(fit) == {"interests": 30, "times": 25, "stability": 20, "distance": 14, "courses": 10}
    assert fit.score == 99
    assert fit.proposable
    assert texts(fit) == [
        "Liker også klatring, bygging og dataspill.",
        "Er ledig tirsdager.",
        "Har hatt det samme oppdraget i 3 år.",
        "Tilbyr seg å bli i 12 måneder.",
        "Bor omtrent 10 km unna.",
        "Har fullført grunnkurset og temakurs.",
        "Grønn belastning: 6 av 15 timer i uka, alle kommuner samlet.",
    ]


def test_less_fit_gives_fewer_points_part_by_part() -> None:
    weaker = candidate(
        interests=frozenset({"outdoors"}),
        slots=frozenset({"tue-eve"}),
        alternate_slots=frozenset({"tue-pm"}),
        stability=Stability(commitment_months=1),
        basic_course=False,
        theme_courses=0,
        place="0709",
    )
    fit = fit_of(NEED_3F9, weaker)
    assert points(fit) == {"interests": 5, "times": 25, "stability": 5, "distance": 0, "courses": 0}
    assert texts(fit)[:5] == [
        "Driver med noe lignende: friluftsliv.",
        "Er ledig tirsdager.",
        "Tilbyr seg å bli i én måned.",
        "Bor omtrent 52 km unna.",
        "Mangler grunnkurset.",
    ]


def test_every_row_of_weights_is_a_hundred_and_names_every_part() -> None:
    for weights in DEFAULT.points.values():
        assert sum(weights.values()) == 100
        assert list(weights) == list(PARTS)
    assert set(PARTS) < set(PART_LABELS)


def test_staying_weighs_more_the_more_the_user_depends_on_it() -> None:
    loyal = candidate(1, interests=frozenset({"outdoors"}))
    keen = candidate(2, stability=Stability(commitment_months=2))
    ordinary = ranked(NEED_3F9, [loyal, keen])
    dependent = ranked(replace(NEED_3F9, predictability=3), [loyal, keen])
    assert [fit.code for fit in ordinary] == ["K-002", "K-001"]
    assert [fit.code for fit in dependent] == ["K-001", "K-002"]
    assert {part.code: part.most for part in dependent[0].parts}["stability"] == 35


@settings(max_examples=40)
@given(needs(), pools(), st.randoms(use_true_random=False))
def test_the_list_is_the_same_whatever_order_the_candidates_come_in(
    need: NeedProfile, pool: list[CandidateProfile], random: Random
) -> None:
    shuffled = list(pool)
    random.shuffle(shuffled)
    assert ranked(need, shuffled) == ranked(need, pool)


@settings(max_examples=40)
@given(needs(), pools())
def test_parts_stay_within_their_bounds_and_the_score_is_their_sum(
    need: NeedProfile, pool: list[CandidateProfile]
) -> None:
    fits = ranked(need, pool)
    assert {fit.code for fit in fits} == {person.code for person in pool}
    for fit in fits:
        assert all(0 <= part.points <= part.most for part in fit.parts)
        assert fit.score == sum(points(fit).values()) <= 100
        assert sum(part.most for part in fit.parts) == 100


@settings(max_examples=40)
@given(needs(), pools())
def test_those_who_can_be_proposed_come_first_and_best_first(
    need: NeedProfile, pool: list[CandidateProfile]
) -> None:
    fits = ranked(need, pool)
    keys = [(not fit.proposable, -fit.score) for fit in fits]
    assert keys == sorted(keys)


@given(needs(), candidates(), st.sampled_from(sorted(INTERESTS)))
def test_a_shared_interest_more_never_lowers_the_score(
    need: NeedProfile, person: CandidateProfile, interest: str
) -> None:
    assume(interest not in person.will_not_do)
    keener = replace(person, interests=person.interests | {interest})
    assert fit_of(need, keener).score >= fit_of(need, person).score
    wider = replace(need, interests=need.interests | {interest})
    assert fit_of(wider, keener).score >= fit_of(need, person).score


@given(needs(), candidates(), st.integers(0, 60))
def test_a_longer_engagement_or_commitment_never_lowers_the_score(
    need: NeedProfile, person: CandidateProfile, more: int
) -> None:
    before, known = fit_of(need, person).score, person.stability
    longer = replace(known, longest_months=(known.longest_months or 0) + more)
    promised = replace(known, commitment_months=(known.commitment_months or 0) + more)
    assert fit_of(need, replace(person, stability=longer)).score >= before
    assert fit_of(need, replace(person, stability=promised)).score >= before


def test_a_short_history_counts_as_no_history_whatever_ended_it() -> None:
    new = Stability(commitment_months=12)
    for months in (0, 1, 6, 18):
        brief = Stability(commitment_months=12, longest_months=months, seen=True)
        assert points(fit_of(NEED_3F9, candidate(stability=brief))) == points(
            fit_of(NEED_3F9, candidate(stability=new))
        )


def test_commitments_broken_by_choice_count_less_and_more_so_the_more_the_user_depends_on_it() -> None:
    def stays(broken: int, level: int, *, seen: bool = True) -> int:
        known = Stability(12, 36, seen=seen, broken_by_choice=broken)
        return points(fit_of(replace(NEED_3F9, predictability=level), candidate(stability=known)))[
            "stability"
        ]

    assert [stays(broken, 1) for broken in (0, 1, 2, 4, 9)] == [20, 18, 16, 12, 12]
    assert stays(0, 3) - stays(2, 3) > stays(0, 1) - stays(2, 1)
    assert stays(3, 1, seen=False) == stays(0, 1, seen=False)


def test_commitments_broken_by_choice_are_told_in_words_with_the_right_number() -> None:
    one = fit_of(NEED_3F9, candidate(stability=Stability(12, 6, seen=True, broken_by_choice=1)))
    two = fit_of(NEED_3F9, candidate(stability=Stability(12, 6, seen=True, broken_by_choice=2)))
    unseen = fit_of(NEED_3F9, candidate(stability=Stability(12, 6, seen=False, broken_by_choice=2)))
    assert "Har selv valgt å avslutte ett oppdrag før tida." in texts(one)
    assert "Har selv valgt å avslutte 2 oppdrag før tida." in texts(two)
    assert not any("avslutte" in text for text in texts(unseen))


def test_points_and_words_about_times_are_no_finer_than_what_the_need_tells() -> None:
    """A need that tells "weekdays" alone, so that it fits more people, has Tuesdays; nobody can read that off."""
    asked = replace(NEED_3F9, days_told=frozenset({"workdays"}))
    tuesdays, also_others = (
        candidate(slots=frozenset({"tue-pm"})),
        candidate(slots=frozenset({"tue-eve", "fri-am"})),
    )
    assert points(fit_of(asked, tuesdays))["times"] == points(fit_of(asked, also_others))["times"] == 25
    assert "Er ledig noen ukedager." in texts(fit_of(asked, tuesdays))
    untold = replace(NEED_3F9, days_told=frozenset())
    assert points(fit_of(untold, tuesdays))["times"] == 25
    assert "Er ledig når det trengs." in texts(fit_of(untold, tuesdays))
    for need in (asked, untold):
        assert not any("tirsdag" in text for text in texts(fit_of(need, tuesdays)))
        assert "tue" not in repr(need)


def test_every_other_week_counts_half_of_a_day() -> None:
    need = replace(
        NEED_3F9,
        slots=frozenset({"tue-pm", "thu-pm"}),
        days_told=frozenset({"tue", "thu"}),
        interests=frozenset(),
    )
    half = candidate(slots=frozenset({"tue-pm", "thu-pm"}), alternate_slots=frozenset({"thu-pm"}))
    assert points(fit_of(need, half))["times"] == 19
    assert texts(fit_of(need, half))[1:3] == ["Er ledig tirsdager.", "Kan bare annenhver uke: torsdager."]
    only_half = candidate(slots=frozenset({"tue-pm"}), alternate_slots=frozenset({"tue-pm"}))
    untold = fit_of(replace(need, days_told=frozenset()), only_half)
    assert "Er ledig når det trengs, men bare annenhver uke." in texts(untold)


def test_the_own_municipality_goes_first_where_the_region_wants_it_whatever_the_score() -> None:
    away, at_home = candidate(1), candidate(2, home=RE, interests=frozenset(), basic_course=False)
    assert [fit.code for fit in ranked(NEED_3F9, [away, at_home])] == ["K-001", "K-002"]
    own_first = replace(DEFAULT, own_first=True)
    fits = ranked(NEED_3F9, [away, at_home], own_first)
    assert [(fit.code, fit.own) for fit in fits] == [("K-002", True), ("K-001", False)]
    assert all(fit.score <= 100 for fit in fits)
    # Said in words, it would tell which municipality the need comes from.
    assert fits[0].reasons == fit_of(NEED_3F9, at_home).reasons


def test_nobody_is_asked_further_away_than_the_region_lets_and_the_points_go_to_nothing_there() -> None:
    at = {km: fit_at(NEED_3F9, candidate(), DEFAULT, km) for km in (0, 8, 9, 24, 39, 40, 41)}
    assert [points(found)["distance"] for found in at.values()] == [15, 15, 15, 8, 0, 0, 0]
    assert [found.proposable for found in at.values()] == [True] * 6 + [False]
    assert fit_at(NEED_3F9, candidate(areas=frozenset({"north"})), DEFAULT, 41).proposable


def test_a_history_the_candidate_has_not_seen_neither_counts_nor_is_told() -> None:
    unseen = fit_of(NEED_3F9, candidate(stability=Stability(12, 60, seen=False)))
    unknown = fit_of(NEED_3F9, candidate(stability=Stability(12)))
    assert unseen == unknown


def test_equal_candidates_stand_by_load_and_then_by_code() -> None:
    yellow, second, first = (
        candidate(1, hours=Hours.total(Decimal(12), Decimal(15))),
        candidate(3),
        candidate(2),
    )
    fits = ranked(NEED_3F9, [yellow, second, first])
    assert [fit.code for fit in fits] == ["K-002", "K-003", "K-001"]
    assert len({fit.score for fit in fits}) == 1


def test_a_candidate_listed_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        ranked(NEED_3F9, [candidate(), candidate()])


def test_an_empty_pool_gives_an_empty_list() -> None:
    assert ranked(NEED_3F9, []) == []


def test_a_need_without_interests_or_times_takes_nothing_from_anyone() -> None:
    fit = fit_of(
        replace(NEED_3F9, interests=frozenset(), slots=frozenset()), candidate(interests=frozenset())
    )
    assert (points(fit)["interests"], points(fit)["times"]) == (30, 25)
