"""Rules of courses: to whom a free seat is offered, for how long, and what may be told of others."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from shared_pool.courses.forms import _days
from shared_pool.courses.rules import (
    FEW,
    SHORTEST_OFFER,
    Home,
    Overbooked,
    offer_until,
    open_left,
    others_told,
    quotas_fit,
    to_offer,
)

A, B, C = (UUID(int=n) for n in (1, 2, 3))
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
homes = st.dictionaries(
    st.sampled_from([A, B, C]), st.builds(Home, st.integers(0, 10), st.integers(0, 10)), max_size=3
)
queue = st.lists(st.sampled_from([A, B, C]), max_size=20)


def places(who: list[UUID]) -> list[tuple[UUID, UUID]]:
    return [(UUID(int=100 + n), one) for n, one in enumerate(who)]


def test_a_kept_seat_goes_to_its_own_and_an_open_one_to_the_first() -> None:
    there = {A: Home(used=1, kept=2), B: Home(used=2)}
    assert to_offer(4, there, places([B, A])) == [(UUID(int=101), A)]
    assert to_offer(5, there, places([B, A])) == [(UUID(int=100), B), (UUID(int=101), A)]


@given(st.integers(1, 40), homes, queue)
def test_never_more_is_offered_than_there_is_and_what_is_kept_stays_kept(
    seats: int, there: dict[UUID, Home], who: list[UUID]
) -> None:
    if (
        open_left(seats, there.values()) == 0
        and sum(one.used + one.kept_left for one in there.values()) > seats
    ):
        return  # No course is laid out with more kept than it has.
    offered = [home for _, home in to_offer(seats, there, places(who))]
    used = sum(one.used for one in there.values())
    assert used + len(offered) <= seats
    kept_for_others = {home: one.kept_left for home, one in there.items()}
    for home in offered:
        if kept_for_others.get(home):
            kept_for_others[home] -= 1
    assert used + len(offered) + sum(kept_for_others.values()) <= seats


@given(st.integers(1, 40), homes, queue)
def test_nobody_of_a_municipality_is_passed_by_another_of_the_same(
    seats: int, there: dict[UUID, Home], who: list[UUID]
) -> None:
    waiting = places(who)
    offered = {place for place, _ in to_offer(seats, there, waiting)}
    for home in (A, B, C):
        own = [place in offered for place, one in waiting if one == home]
        assert own == sorted(own, reverse=True)


@given(st.integers(1, 336), st.integers(1, 60 * 24 * 90))
def test_an_offer_is_over_before_the_course_begins_and_shorter_when_it_is_near(
    hours: int, minutes: int
) -> None:
    starts = NOW + timedelta(minutes=minutes)
    until = offer_until(NOW, starts, hours)
    assert NOW < until <= starts
    assert until <= NOW + max(SHORTEST_OFFER, timedelta(hours=hours))
    if starts - NOW >= 4 * SHORTEST_OFFER:
        assert SHORTEST_OFFER <= until - NOW <= (starts - NOW) / 4


def test_what_is_taken_counts_in_its_own_quota_first() -> None:
    assert quotas_fit(10, {A: 4, B: 4}, {A: 3}) is None
    assert quotas_fit(10, {A: 4, B: 4}, {C: 2}) is None
    assert quotas_fit(10, {A: 4, B: 4}, {C: 3}) == Overbooked(11, 10)


@given(st.integers(0, 50))
def test_one_or_two_are_never_a_number(others: int) -> None:
    assert others_told(others) == (None if 0 < others < FEW else others)


def test_every_workday_leaves_out_weekends() -> None:
    friday = date(2026, 12, 4)
    assert [day.day for day in _days(friday, friday + timedelta(days=4), "daily")] == [4, 7, 8]
