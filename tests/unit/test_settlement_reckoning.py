"""What two municipalities owe each other: sums that agree to the øre, and corrections that leave nothing out."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_pool.settlement.books import Books, Pair
from shared_pool.settlement.reckoning import (
    Fact,
    Key,
    Line,
    Prices,
    Settled,
    amount,
    block,
    digest_of,
    from_document,
    in_force,
    lines_of,
    month_off,
    owed,
    to_document,
    to_open,
    unagreed,
)

ROOT = UUID(int=7)
A, B = UUID(int=1), UUID(int=2)
MONTHS = [date(2026, month, 1) for month in range(1, 13)]
PEOPLE = [uuid5(ROOT, str(number)) for number in range(4)]


def prices(since: date, hour: int, *, until: date | None = None, months: int = 3, **other: int) -> Prices:
    ore = {"recruiting_ore": 0, "course_ore": 0, "seat_ore": 0, "place_ore": 0} | other
    return Prices(uuid5(ROOT, f"{since}{hour}"), since, until, months, hour, **ore)


def hours(month: date, quantity: str, person: int = 0, *, debtor: UUID = A, kind: str = "hours") -> Fact:
    who = PEOPLE[person] if kind in ("hours", "recruited", "trained") else None
    key = Key(debtor, B if debtor == A else A, kind, month, who)
    return Fact(key, f"Navn {person}" if key.candidate else "", Decimal(quantity))


def end(month: date) -> date:
    return month_off(month, 1) - timedelta(days=1)


# Rules ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("quantity", "price", "ore"), [("1.5", 101, 152), ("0.25", 2, 1), ("0.25", 1, 0), ("10", 4550, 45500), ("-1.5", 101, -152)]
)  # fmt: skip
def test_a_line_is_rounded_half_up_to_the_ore(quantity: str, price: int, ore: int) -> None:
    assert amount(Decimal(quantity), price) == ore


def test_the_agreement_in_force_is_the_latest_that_has_begun_and_one_that_is_over_leaves_none() -> None:
    first, second = prices(MONTHS[0], 4000), prices(MONTHS[5], 5000, until=end(MONTHS[7]))
    assert in_force([second, first], MONTHS[4]) == first
    assert in_force([first, second], MONTHS[5]) == second
    assert in_force([first, second], MONTHS[8]) is None
    assert in_force([second], MONTHS[0]) is None


def test_a_price_that_changes_within_the_period_is_each_months_own() -> None:
    lines = lines_of(
        MONTHS[0], end(MONTHS[2]), [hours(MONTHS[0], "10"), hours(MONTHS[2], "10")],
        [prices(MONTHS[0], 4000), prices(MONTHS[2], 5000)], [], corrections=True,
    )  # fmt: skip
    assert [(line.key.month.month, line.amount_ore) for line in lines] == [(1, 40000), (3, 50000)]


def test_hours_without_an_agreement_are_listed_at_nothing_and_shares_are_left_out() -> None:
    facts = [hours(MONTHS[0], "4"), hours(MONTHS[0], "1", kind="recruited")]
    lines = lines_of(MONTHS[0], end(MONTHS[2]), facts, [], [], corrections=True)
    assert [(line.key.kind, line.amount_ore) for line in unagreed(lines)] == [("hours", 0)]
    agreed = lines_of(
        MONTHS[0], end(MONTHS[2]), facts, [prices(MONTHS[0], 100, recruiting_ore=50000)], [], corrections=True
    )
    assert [(line.key.kind, line.amount_ore) for line in agreed] == [("hours", 400), ("recruited", 50000)]
    assert not unagreed(agreed)


def test_a_correction_names_the_statement_it_corrects_and_is_only_the_difference() -> None:
    agreed = [prices(MONTHS[0], 4000)]
    before = lines_of(MONTHS[0], end(MONTHS[2]), [hours(MONTHS[1], "10")], agreed, [], corrections=True)
    settled = [Settled(1, MONTHS[0], end(MONTHS[2]), before)]
    facts = [hours(MONTHS[1], "8.5"), hours(MONTHS[3], "2")]
    lines = lines_of(MONTHS[3], end(MONTHS[5]), facts, agreed, settled, corrections=True)
    assert [(line.quantity, line.amount_ore, line.corrects) for line in lines] == [
        (Decimal("2.00"), 8000, None), (Decimal("-1.50"), -6000, 1),
    ]  # fmt: skip
    without = lines_of(MONTHS[3], end(MONTHS[5]), facts, agreed, settled, corrections=False)
    assert [line.corrects for line in without] == [None]


def test_a_price_agreed_afterwards_corrects_what_was_settled_without_one() -> None:
    empty = lines_of(MONTHS[0], end(MONTHS[2]), [], [], [], corrections=True)
    settled = [Settled(1, MONTHS[0], end(MONTHS[2]), empty)]
    late = [hours(MONTHS[1], "3")]
    first = lines_of(MONTHS[3], end(MONTHS[5]), late, [], settled, corrections=True)
    assert unagreed(first)
    priced = lines_of(MONTHS[3], end(MONTHS[5]), late, [prices(MONTHS[0], 0)], settled, corrections=True)
    assert [(line.amount_ore, line.corrects) for line in priced] == [(0, 1)]
    assert not unagreed(priced)


# Periods --------------------------------------------------------------------------------------------------------------
def test_periods_are_the_calendars_and_open_only_when_they_are_over() -> None:
    agreed = [prices(MONTHS[0], 1, months=6)]
    assert block(MONTHS[7], 3) == (MONTHS[6], MONTHS[8])
    assert to_open([MONTHS[1], MONTHS[4]], frozenset(), agreed, MONTHS[5]) == [(MONTHS[0], MONTHS[5])]
    assert to_open([MONTHS[1]], frozenset(), agreed, MONTHS[4]) == []
    assert to_open([MONTHS[1]], frozenset(), [], MONTHS[2]) == [(MONTHS[0], MONTHS[2])]


def test_a_period_stops_where_another_statement_stands() -> None:
    assert to_open([MONTHS[2]], frozenset(MONTHS[:2]), [prices(MONTHS[0], 1)], MONTHS[11]) == [
        (MONTHS[2], MONTHS[2])
    ]


@given(
    st.lists(st.sampled_from(MONTHS)), st.sets(st.sampled_from(MONTHS)), st.lists(st.sampled_from(MONTHS), max_size=3),
    st.lists(st.sampled_from((1, 3, 6)), min_size=3, max_size=3), st.sampled_from(MONTHS),
)  # fmt: skip
def test_every_month_that_is_over_comes_in_one_statement_and_none_in_two(
    months: list[date], covered: set[date], changes: list[date], lengths: list[int], ended: date
) -> None:
    agreed = [prices(since, 1, months=length) for since, length in zip(changes, lengths, strict=False)]
    opened = to_open(months, frozenset(covered), agreed, ended)
    seen = list(covered)
    for first, last in opened:
        assert last <= ended
        seen += [one for step in range(12) if (one := month_off(first, step)) <= last]
    assert len(seen) == len(set(seen))
    # What is not opened belongs to a period that is not over.
    for month in set(months) - set(seen):
        agreement = in_force(agreed, month)
        assert block(month, agreement.period_months if agreement else 3)[1] > ended


# Properties -----------------------------------------------------------------------------------------------------------
quantities = st.decimals(min_value=0, max_value=400, places=2)
facts_told = st.dictionaries(
    st.tuples(st.sampled_from((A, B)), st.sampled_from(("hours", "recruited", "seats", "places")), st.sampled_from(MONTHS),
              st.integers(0, 3)),
    quantities, max_size=25,
)  # fmt: skip
price_lists = st.lists(
    st.tuples(st.sampled_from(MONTHS), st.integers(0, 99999), st.integers(0, 999999)),
    max_size=4,
    unique_by=lambda one: one[0],
)


def as_facts(told: dict[tuple[UUID, str, date, int], Decimal]) -> list[Fact]:
    found = {}
    for (debtor, kind, month, person), quantity in told.items():
        one = hours(month, str(quantity), person, debtor=debtor, kind=kind)
        found[one.key] = one
    return list(found.values())


def as_prices(listed: list[tuple[date, int, int]]) -> list[Prices]:
    return [
        prices(since, hour, recruiting_ore=share, seat_ore=share, place_ore=hour)
        for since, hour, share in listed
    ]


@given(facts_told, price_lists, st.randoms())
def test_both_sides_come_to_the_same_ore_whatever_order_they_read_in(
    told: dict[tuple[UUID, str, date, int], Decimal], listed: list[tuple[date, int, int]], random: object
) -> None:
    facts, agreed = as_facts(told), as_prices(listed)
    ours = lines_of(MONTHS[0], end(MONTHS[11]), facts, agreed, [], corrections=True)
    shuffled = list(reversed(facts))
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    theirs = lines_of(MONTHS[0], end(MONTHS[11]), shuffled, list(reversed(agreed)), [], corrections=True)
    assert ours == theirs
    assert digest_of(ours) == digest_of(theirs)
    assert owed(ours, A) + owed(ours, B) == sum(line.amount_ore for line in ours)
    assert from_document(to_document(ours)) == ours
    # Each line is its own quantity times price, half up: nothing is lost or made by the sum.
    for line in ours:
        assert abs(Decimal(line.amount_ore) - line.quantity * line.price_ore) <= Decimal("0.5")


@given(st.lists(st.tuples(facts_told, price_lists), min_size=1, max_size=5))
def test_statements_one_after_the_other_sum_to_what_the_facts_as_corrected_come_to(
    steps: list[tuple[dict[tuple[UUID, str, date, int], Decimal], list[tuple[date, int, int]]]],
) -> None:
    """Each step may change every fact and price told before; what has been locked is never touched."""
    settled: list[Settled] = []
    facts: dict[Key, Fact] = {}
    agreed: list[Prices] = []
    for number, (told, listed) in enumerate(steps, 1):
        facts |= {one.key: one for one in as_facts(told)}
        agreed = as_prices(listed)
        first = MONTHS[(number - 1) * 2]
        last = end(month_off(first, 1))
        lines = lines_of(first, last, list(facts.values()), agreed, settled, corrections=True)
        settled.append(Settled(number, first, last, lines))
        over = [one for one in facts.values() if one.key.month <= last]
        whole = lines_of(MONTHS[0], last, over, agreed, [], corrections=True)
        every: list[Line] = [line for one in settled for line in one.lines]
        for side in (A, B):
            assert owed(every, side) == owed(whole, side)
        assert not [line for line in lines if line.corrects is not None and line.corrects >= number]


def test_only_the_oldest_open_statement_takes_corrections_so_that_none_comes_twice() -> None:
    pair = Pair(ROOT, A, B)
    agreed = [prices(MONTHS[0], 4000)]
    locked = lines_of(MONTHS[0], end(MONTHS[2]), [hours(MONTHS[0], "10")], agreed, [], corrections=True)
    empty: dict[str, Any] = {
        "number": None,
        "locked_at": None,
        "created_at": None,
        "document": {},
        "state": "open",
    }
    statements: list[dict[str, Any]] = [
        {**empty, "id": PEOPLE[0], "first": MONTHS[0], "last": end(MONTHS[2]), "state": "locked", "number": 1,
         "document": to_document(locked)},
        {**empty, "id": PEOPLE[1], "first": MONTHS[3], "last": end(MONTHS[5])},
        {**empty, "id": PEOPLE[2], "first": MONTHS[6], "last": end(MONTHS[8])},
    ]  # fmt: skip
    books = Books(pair, facts=[hours(MONTHS[0], "12"), hours(MONTHS[6], "1")], statements=statements)
    assert [sum(line.corrects is not None for line in card.lines) for card in books.cards()] == [0, 1, 0]
    assert not books.owing()
    alone = Books(pair, facts=books.facts, statements=statements[:1])
    assert [line.corrects for line in alone.owing()] == [1]
