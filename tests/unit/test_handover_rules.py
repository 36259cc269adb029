"""The day a case changes purchaser, whose work it is, and who is in a circle: pure rules."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.cases.api import answer_by, decide_by, purchaser_for
from tenants.cases.circle import NamedMember, keeps_it_open
from tenants.cases.duty import Colleague, who_does_it
from tenants.people.api import age_on
from tenants.responsibility.api import adult_born_by, comes_of_age

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@given(DAYS, st.integers(-3, 3))
def test_somebody_comes_of_age_on_the_first_day_they_are_eighteen(born: date, off: int) -> None:
    """Vergemålsloven § 2: who is under 18 is a minor; the age of the day decides the purchaser (A1)."""
    day = comes_of_age(born) + timedelta(days=off)
    age = age_on(born, day)
    assert age is not None
    assert (age >= 18) is (off >= 0)
    assert purchaser_for(born, day, child_welfare=False) == ("adult" if off >= 0 else "child")


@pytest.mark.parametrize(
    ("born", "day"),
    [(date(2008, 2, 29), date(2026, 3, 1)), (date(2008, 2, 28), date(2026, 2, 28)), (date(2008, 3, 1), date(2026, 3, 1)),
     (date(2008, 12, 31), date(2026, 12, 31))],
)  # fmt: skip
def test_who_is_born_on_a_leap_day_comes_of_age_on_the_first_of_march(born: date, day: date) -> None:
    assert comes_of_age(born) == day


@given(DAYS, st.integers(-3, 3))
def test_the_last_birth_date_of_those_of_age_divides_exactly(day: date, off: int) -> None:
    """A1: a list or a job asks by birth date; it must find whom the age rule means, on leap days too."""
    born = adult_born_by(day) + timedelta(days=off)
    age = age_on(born, day)
    assert age is not None
    assert (age >= 18) is (born <= adult_born_by(day))


@given(DAYS)
def test_an_application_is_answered_within_a_month_unless_an_interim_letter_promised_a_day(
    received: date,
) -> None:
    """Fvl. § 11 a: an interim letter within a month, when the answer takes longer."""
    assert answer_by(received, None) == decide_by(received)
    assert answer_by(received, received + timedelta(days=60)) == received + timedelta(days=60)


@pytest.mark.parametrize(
    ("received", "limit"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)), (date(2028, 1, 31), date(2028, 2, 29)), (date(2026, 2, 28), date(2026, 3, 28)),
        (date(2026, 3, 28), date(2026, 4, 28)), (date(2026, 10, 25), date(2026, 11, 25)),
        (date(2026, 12, 31), date(2027, 1, 31)), (date(2026, 5, 31), date(2026, 6, 30)),
    ],
)  # fmt: skip
def test_the_month_ends_on_the_same_day_or_on_the_months_last(received: date, limit: date) -> None:
    """Fvl. § 11 a: at a month's end, over leap years, and over the days the clock is changed."""
    assert decide_by(received) == limit


A, B, C = (UUID(int=n) for n in (1, 2, 3))


@pytest.mark.parametrize(
    ("stand_ins", "does"),
    [({}, A), ({A: B}, B), ({A: B, B: C}, C), ({A: B, B: A}, None), ({A: B, B: C, C: A}, None), ({B: C}, A)],
)
def test_work_goes_to_the_stand_in_who_is_there(stand_ins: dict[UUID, UUID], does: UUID | None) -> None:
    """A15: a stand-in who is away too has one of their own; when all wait for each other, it is nobody's alone."""
    assert who_does_it(A, stand_ins) == does


def member(user: UUID, start: int | None = None, end: int | None = None) -> NamedMember:
    day = date(2026, 11, 22)
    return NamedMember(
        user, "", "", day + timedelta(days=start) if start is not None else None,
        day + timedelta(days=end) if end is not None else None, "",
    )  # fmt: skip


def test_a_circle_stays_open_only_by_somebody_who_decides_and_has_no_last_day() -> None:
    """E5: a shielded case that nobody can open helps nobody."""
    day, decider, other = date(2026, 11, 22), uuid4(), uuid4()
    deciders = [Colleague(decider, "", frozenset())]
    assert keeps_it_open([member(decider)], deciders, day)
    assert keeps_it_open([member(decider, 0), member(other)], deciders, day)
    for members in ([], [member(other)], [member(decider, end=30)], [member(decider, 1)]):
        assert not keeps_it_open(members, deciders, day)


def test_a_naming_holds_from_its_first_day_to_its_last() -> None:
    day = date(2026, 11, 22)
    for one, opens in (
        (member(A), True),
        (member(A, 0, 0), True),
        (member(A, 1), False),
        (member(A, -9, -1), False),
    ):
        assert one.open_on(day) is opens
