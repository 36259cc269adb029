"""In which order substitutes are asked, and until when they may answer: pure rules, tried with many lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammen.clock import OSLO
from tenants.assignments.api import Available
from tenants.substitutes.rules import (
    EVENING,
    MORNING,
    NEVER,
    Candidate,
    Level,
    Wanted,
    answer_by,
    candidates,
    suggested_hours,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
USER = UUID(int=999)
WANTED = Wanted(USER, Decimal(4), "week", ["climbing", "music"], ["tue-pm", "sat-am"])


def one(number: int, *, interests: str = "", slots: str = "", wants: int | None = 8, busy: int = 0,
        vetted: bool = True) -> Available:  # fmt: skip
    return Available(
        UUID(int=number), UUID(int=1000 + number), f"Vikar {number}", 30, "", False, interests.split(),
        slots.split(), None if wants is None else Decimal(wants), Decimal(busy), vetted,
    )  # fmt: skip


contacts = st.lists(
    st.builds(
        one,
        st.integers(1, 30),
        interests=st.sampled_from(["", "climbing", "music", "cinema", "climbing cinema"]),
        slots=st.sampled_from(["", "tue-pm", "mon-eve"]),
        wants=st.sampled_from([None, 2, 4, 8]),
        busy=st.sampled_from([0, 4]),
        vetted=st.booleans(),
    ),
    unique_by=lambda a: a.contact_id,
    max_size=12,
)
days_ago = st.dictionaries(st.integers(1, 30), st.integers(0, 400), max_size=20)


def asked(ago: dict[int, int]) -> dict[UUID, datetime]:
    return {UUID(int=number): NOW - timedelta(days=days) for number, days in ago.items()}


def order(found: list[Candidate]) -> list[UUID]:
    return [c.contact_id for c in found]


@given(contacts, days_ago, st.sets(st.integers(1, 30)))
def test_those_who_are_known_come_first_and_then_those_who_fit_best(
    available: list[Available], ago: dict[int, int], knows: set[int]
) -> None:
    found = candidates(WANTED, available, known={UUID(int=n) for n in knows}, asked_last=asked(ago))
    levels = [c.level for c in found]
    assert levels == sorted(levels)
    assert all((c.level is Level.KNOWN) == (c.contact_id.int in knows) for c in found)


@given(contacts, days_ago, st.sets(st.integers(1, 30)))
def test_among_equals_whoever_was_asked_longest_ago_is_asked_and_those_never_asked_before_them(
    available: list[Available], ago: dict[int, int], knows: set[int]
) -> None:
    found = candidates(WANTED, available, known={UUID(int=n) for n in knows}, asked_last=asked(ago))
    for before, after in pairwise(found):
        if before.level == after.level:
            assert (before.asked_last or NEVER) <= (after.asked_last or NEVER)


@given(contacts, days_ago, st.randoms())
def test_the_order_does_not_hang_on_the_order_of_the_list(
    available: list[Available], ago: dict[int, int], chance: object
) -> None:
    mixed = list(available)
    chance.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis' Random
    first = candidates(WANTED, available, known=(), asked_last=asked(ago))
    assert order(first) == order(candidates(WANTED, mixed, known=(), asked_last=asked(ago)))


@given(st.integers(2, 8), st.integers(1, 40))
def test_over_many_days_equals_are_asked_equally_often_give_or_take_one(people: int, rounds: int) -> None:
    available = [one(n, interests="climbing", slots="tue-pm") for n in range(1, people + 1)]
    last: dict[UUID, datetime] = {}
    counts: dict[UUID, int] = {a.contact_id: 0 for a in available}
    for day in range(rounds):
        chosen = candidates(WANTED, available, known=(), asked_last=last)[0].contact_id
        last[chosen] = NOW + timedelta(days=day)
        counts[chosen] += 1
    assert max(counts.values()) - min(counts.values()) <= 1


@given(contacts, st.sets(st.integers(1, 30)))
def test_nobody_is_asked_who_is_out_unvetted_the_person_or_has_too_few_hours(
    available: list[Available], out: set[int]
) -> None:
    gone = {UUID(int=n) for n in out}
    found = candidates(WANTED, available, known={a.contact_id for a in available}, asked_last={}, out=gone)
    by_id = {a.contact_id: a for a in available}
    for c in found:
        facts = by_id[c.contact_id]
        assert facts.vetted
        assert c.contact_id not in gone
        assert c.person_id != USER
        assert facts.wants is None or facts.wants - facts.busy >= 4


def test_nobody_is_their_own_substitute() -> None:
    own = Wanted(UUID(int=1001), None, "week", [], [])
    assert candidates(own, [one(1)], known=[UUID(int=1)], asked_last={}) == []


def test_only_those_who_are_known_are_asked_when_nobody_has_said_yes_to_somebody_new() -> None:
    available = [one(1, interests="climbing"), one(2)]
    found = candidates(WANTED, available, known=[UUID(int=2)], asked_last={}, only_known=True)
    assert order(found) == [UUID(int=2)]


@given(
    st.integers(0, 365 * 24 * 60),
    st.integers(1, 168),
    st.integers(0, 30),
)
def test_an_answer_is_never_due_in_the_night_nor_within_the_hour(
    minutes: int, hours: int, ahead: int
) -> None:
    asked_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    first_day = asked_at.astimezone(OSLO).date() + timedelta(days=ahead)
    due = answer_by(asked_at, hours, first_day)
    assert MORNING <= due.astimezone(OSLO).hour < EVENING
    assert due - asked_at >= timedelta(hours=1)


@pytest.mark.parametrize(
    ("asked_at", "hours", "first_day", "due"),
    [
        ((2026, 11, 23, 10, 0), 24, (2026, 11, 26), (2026, 11, 24, 10, 0)),
        ((2026, 11, 23, 10, 0), 24, (2026, 11, 24), (2026, 11, 24, 10, 0)),
        ((2026, 11, 23, 15, 0), 24, (2026, 11, 24), (2026, 11, 24, 12, 0)),  # noon on the first day
        ((2026, 11, 23, 13, 30), 24, (2026, 11, 23), (2026, 11, 23, 14, 30)),  # past noon: an hour
        ((2026, 11, 23, 20, 0), 3, (2026, 11, 25), (2026, 11, 24, 8, 0)),  # 23:00 becomes the morning
        ((2026, 10, 24, 12, 0), 24, (2026, 10, 30), (2026, 10, 25, 11, 0)),  # a day of 25 hours
    ],
)
def test_when_an_answer_is_due(
    asked_at: tuple[int, ...], hours: int, first_day: tuple[int, ...], due: tuple[int, ...]
) -> None:
    made = answer_by(datetime(*asked_at, tzinfo=OSLO).astimezone(UTC), hours, date(*first_day))  # type: ignore[arg-type,misc]  # year, month, day
    assert made == datetime(*due, tzinfo=OSLO)  # type: ignore[arg-type,misc]  # year, month, day


def test_for_tomorrow_there_are_a_few_hours_to_answer_and_else_the_municipalitys_own() -> None:
    monday = date(2026, 11, 23)
    assert suggested_hours(24, monday, monday) == 3
    assert suggested_hours(24, monday + timedelta(days=1), monday) == 3
    assert suggested_hours(2, monday, monday) == 2
    assert suggested_hours(24, monday + timedelta(days=2), monday) == 24
