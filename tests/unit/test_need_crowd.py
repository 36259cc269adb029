"""The anonymity check: what is displayed, how many it may be of, and how to say less (C3)."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_pool.needs.bands import BANDS, bands_for
from shared_pool.needs.crowd import Crowd, Displayed, crowd_for, narrow_hours
from shared_pool.needs.hours import HOURS, NARROW, WIDER_HOURS, hours_band, upto_hours
from shared_pool.needs.rules import CONSENTERS, crowd_limit, last_day, may_say_yes, week_of
from shared_pool.needs.times import (
    ExactTime,
    days_told,
    exact_time,
    kept_time,
    slots_of,
    suits,
)
from tenants.api import Holder, KnownUser, Standing
from tenants.assignments.likeness import gathered

DAY = date(2026, 11, 22)
BOY = Displayed("10-13", frozenset({"climbing", "gaming"}), frozenset({"tue"}), "2-4")


def user(number: int, **changes: Any) -> KnownUser:
    """A boy of eleven who climbs and games, on Tuesdays, with three hours a week."""
    facts: dict[str, Any] = {
        "person_id": UUID(int=number), "birth_date": date(2015, 3, 4), "interests": frozenset({"climbing", "gaming"}),
        "slots": frozenset({"tue-pm"}), "hours": frozenset({Decimal(3)}), "helped": False,
    }  # fmt: skip
    return KnownUser(**(facts | changes))


def users(count: int, **changes: Any) -> list[KnownUser]:
    return [user(number, **changes) for number in range(count)]


def crowd(shown: Displayed, known: list[KnownUser], *earlier: Displayed, limit: int = 5) -> Crowd:
    return crowd_for(shown, earlier, known, limit, DAY)


def said(found: Crowd) -> list[Displayed]:
    return [way.displayed for way in found.coarser]


def test_five_who_share_everything_displayed_are_enough_and_four_are_not() -> None:
    assert crowd(BOY, users(5)).enough
    assert not crowd(BOY, users(4)).enough


@pytest.mark.parametrize(
    "other",
    [
        {"birth_date": date(2010, 1, 1)},
        {"birth_date": None},
        {"interests": frozenset({"climbing"})},
        {"interests": frozenset()},
        {"slots": frozenset({"wed-pm"})},
        {"hours": frozenset({Decimal(5)})},
        {"hours": frozenset()},
    ],
)
def test_whoever_differs_in_one_thing_that_is_displayed_hides_nobody(other: dict[str, Any]) -> None:
    assert crowd(BOY, [*users(4), user(9, **other)]).count == 4


def test_a_person_with_two_services_is_one_of_the_crowd() -> None:
    row = {"id": UUID(int=1), "birth_date": DAY, "state": "sent", "amount": Decimal(13), "unit": "month",
           "interests": ["climbing"], "slots": None}  # fmt: skip
    other = row | {"state": "filled", "amount": None, "unit": "week", "interests": None, "slots": ["tue-pm"]}
    (found,) = gathered([row, other])
    assert found == KnownUser(
        UUID(int=1), DAY, frozenset({"climbing"}), frozenset({"tue-pm"}), frozenset({Decimal(3)}), True
    )


def test_in_child_welfare_a_young_person_of_fifteen_and_the_parents_both_say_yes() -> None:
    both = Standing(person=True, representatives=(), limited=(), holder=Holder.BOTH, source="")
    found = {by for by in CONSENTERS if may_say_yes(by, both, of_age=False)}
    assert found == {"both", "guardian"}


def test_a_substitute_is_for_somebody_who_has_a_contact() -> None:
    shown = Displayed("10-13", hours="2-4", purpose="substitute")
    assert crowd(shown, [*users(4), user(9, helped=True)]).count == 1


def test_what_the_municipality_cannot_count_asks_for_twice_as_many_each() -> None:
    wish = Displayed("10-13", hours="2-4", gender_wish="F")
    assert (crowd(wish, users(9)).limit, crowd(wish, users(9)).enough) == (10, False)
    assert crowd(wish, users(10)).enough
    both = Displayed("10-13", hours="2-4", gender_wish="F", needs_car=True, predictability=3)
    assert crowd(both, users(39)).limit == 40
    assert crowd(Displayed("10-13", hours="2-4", predictability=1), users(5)).limit == 5


def test_days_are_told_less_exactly_before_anything_else_is_given_up() -> None:
    known = [*users(4), user(9, slots=frozenset({"wed-pm"}))]
    first = crowd(BOY, known).coarser[0]
    assert first.displayed == Displayed("10-13", BOY.interests, frozenset({"workdays"}), "2-4")
    assert (first.kinds, first.dropped, first.count) == (frozenset({"days"}), (), 5)


def test_one_interest_is_dropped_before_both_and_before_a_wider_band() -> None:
    known = [
        *users(3),
        user(8, interests=frozenset({"climbing"})),
        user(9, interests=frozenset({"climbing"})),
    ]
    found = crowd(BOY, known)
    assert found.coarser[0].displayed.interests == {"climbing"}
    assert found.coarser[0].dropped == ("gaming",)
    assert all(len(way.dropped) == 1 or "gaming" not in way.dropped for way in found.coarser)


def test_a_wider_band_is_proposed_when_age_is_what_is_rare() -> None:
    known = [user(0), *(user(n, birth_date=date(2010, 1, 5)) for n in range(1, 5))]
    assert said(crowd(BOY, known))[0] == Displayed("6-17", BOY.interests, BOY.weekdays, "2-4")


def test_wider_hours_are_proposed_when_hours_are_what_is_rare() -> None:
    known = [user(0), *(user(n, hours=frozenset({Decimal(1)})) for n in range(1, 5))]
    assert said(crowd(BOY, known))[0].hours == "0-4"


def test_a_wish_is_the_last_thing_to_be_given_up() -> None:
    shown = Displayed("10-13", BOY.interests, BOY.weekdays, "2-4", gender_wish="M")
    known = [*users(5), *(user(n, interests=frozenset()) for n in range(5, 12))]
    first = crowd(shown, known).coarser[0]
    assert (first.displayed.gender_wish, first.dropped) == ("M", ("climbing", "gaming"))


def test_nothing_is_proposed_where_nothing_is_enough() -> None:
    assert crowd(BOY, users(4)).coarser == []


def test_a_need_posted_again_is_counted_with_what_was_shown_before() -> None:
    climbs = Displayed("10-13", frozenset({"climbing"}), hours="2-4")
    games = Displayed("10-13", frozenset({"gaming"}), hours="2-4")
    known = [
        user(0),
        *(user(n, interests=frozenset({"climbing"})) for n in range(1, 5)),
        *(user(n, interests=frozenset({"gaming"})) for n in range(5, 9)),
    ]
    assert crowd(climbs, known).enough
    assert crowd(games, known).enough
    again = crowd(games, known, climbs)
    assert (again.count, again.enough) == (1, False)
    assert Displayed("10-13", frozenset(), hours="2-4") in said(again)


def test_a_wish_that_was_shown_before_narrows_also_when_it_is_left_out_now() -> None:
    before = Displayed("10-13", hours="2-4", gender_wish="F")
    assert crowd(Displayed("10-13", hours="2-4"), users(9), before).limit == 10


def test_what_an_order_keeps_of_it_is_read_back_the_same() -> None:
    assert Displayed.restored(BOY.kept(DAY)) == BOY


def test_a_count_is_told_in_steps_only() -> None:
    assert [Crowd(count, 5).at_least for count in (0, 4, 5, 9, 10, 49, 300)] == [0, 0, 5, 5, 10, 20, 100]


_INTERESTS = st.frozensets(st.sampled_from(["climbing", "gaming", "music"]), max_size=3)
_USERS = st.lists(
    st.builds(
        user,
        st.integers(0, 10**6),
        birth_date=st.sampled_from([date(2015, 1, 1), date(2012, 1, 1), date(2018, 1, 1), None]),
        interests=_INTERESTS,
        slots=st.frozensets(st.sampled_from(["tue-pm", "wed-eve", "sat-am"])),
        hours=st.frozensets(st.sampled_from([Decimal(1), Decimal(3), Decimal(7)]), max_size=2),
    ),
    max_size=14,
)
_SHOWN = st.builds(
    Displayed,
    st.sampled_from(["6-9", "10-13", "14-17"]),
    _INTERESTS,
    st.frozensets(st.sampled_from(["tue", "sat"])),
    st.sampled_from(["0-2", "2-4", "6-8"]),
    st.sampled_from(["any", "F"]),
    st.booleans(),
    st.sampled_from([1, 2, 3]),
)


@given(_SHOWN, _USERS, st.lists(_SHOWN, max_size=2))
def test_every_proposal_is_enough_and_says_no_more_than_was_asked(
    shown: Displayed, known: list[KnownUser], earlier: list[Displayed]
) -> None:
    found = crowd(shown, known, *earlier)
    for way in found.coarser:
        again = crowd(way.displayed, known, *earlier)
        assert again.enough
        assert again.count >= found.count
        assert way.displayed.interests <= shown.interests
        assert BANDS[shown.age_band].covers <= BANDS[way.displayed.age_band].covers
        assert HOURS[way.displayed.hours].over <= HOURS[shown.hours].over
        assert HOURS[way.displayed.hours].upto >= HOURS[shown.hours].upto
        assert way.displayed.untold <= shown.untold


@given(_SHOWN, _USERS, st.lists(_SHOWN, max_size=2))
def test_more_people_and_less_memory_never_make_a_crowd_smaller(
    shown: Displayed, known: list[KnownUser], earlier: list[Displayed]
) -> None:
    assert crowd(shown, known).count >= crowd(shown, known, *earlier).count
    assert crowd(shown, [*known, user(10**7)]).count >= crowd(shown, known).count


# Hours, days and bands ------------------------------------------------------------------------------------------------
@given(st.decimals(Decimal("0.25"), Decimal(40), places=2))
def test_every_number_of_hours_lies_in_one_narrow_band_and_in_all_its_wider_ones(hours: Decimal) -> None:
    assert sum(band.holds(hours) for band in NARROW.values()) == 1
    code = narrow_hours(hours)
    while code in WIDER_HOURS:
        code = WIDER_HOURS[code]
        assert HOURS[code].holds(hours)


def test_no_hours_and_too_many_have_no_band() -> None:
    assert hours_band(Decimal(0)) is None
    assert hours_band(Decimal(41)) is None


def test_hours_told_as_at_most_so_many_are_counted_from_none() -> None:
    hours = ("0.5", "3.5", "4", "7", "12")
    assert [upto_hours(Decimal(told)) for told in hours] == ["0-2", "0-4", "0-4", "0-8", "8-40"]


def test_days_are_told_as_days_as_kinds_of_day_or_not_at_all() -> None:
    slots = ["tue-pm", "sat-am", "tue-eve"]
    assert days_told(slots, "days") == ["tue", "sat"]
    assert days_told(slots, "kind") == ["workdays", "weekend"]
    assert days_told(slots, "none") == []
    assert suits(["workdays"], ["wed-am"])
    assert not suits(["workdays"], ["sun-am"])
    assert not suits(["tue", "sat"], ["tue-am"])
    assert suits([], [])


def test_an_exact_time_is_kept_read_back_and_touches_its_parts_of_the_day() -> None:
    exact = ExactTime("tue", time(16, 15), time(18))
    assert exact_time(kept_time(exact)) == exact
    assert kept_time(exact) == "tue 16:15-18:00"
    assert slots_of([exact]) == ["tue-pm", "tue-eve"]
    with pytest.raises(ValueError, match="exact time"):
        exact_time("tirsdag kl. 16.15")


def test_a_need_is_told_by_its_week_and_ends_on_a_sunday() -> None:
    for day in range(16, 23):
        assert week_of(date(2026, 11, day)) == date(2026, 11, 16)
        assert last_day(date(2026, 11, day)) == date(2027, 2, 14)
    assert last_day(DAY).weekday() == 6


@pytest.mark.parametrize(
    ("settings", "limit"),
    [({}, 5), ({"anonymity_limit": 8}, 8), ({"anonymity_limit": 2}, 5), ({"anonymity_limit": "x"}, 5)],
)
def test_a_region_may_ask_for_a_larger_crowd_and_never_a_smaller(
    settings: dict[str, Any], limit: int
) -> None:
    assert crowd_limit(settings) == limit


def test_bands_hold_those_of_their_ages_and_no_others() -> None:
    day = date(2026, 11, 21)
    after, by = BANDS["10-13"].born(day)
    assert (after, by) == (date(2012, 11, 21), date(2016, 11, 21))
    assert not after < date(2012, 11, 21)  # turns 14 today: too old
    assert after < date(2012, 11, 22) <= by
    assert BANDS["10-13"].born(date(2028, 2, 29)) == (date(2014, 2, 28), date(2018, 2, 28))
    assert [band.code for band in bands_for(12)] == ["10-13", "6-17"]
    assert bands_for(5) == []
    assert {code for band in BANDS.values() for code in band.covers} == {
        code for code, band in BANDS.items() if len(band.covers) == 1
    }
