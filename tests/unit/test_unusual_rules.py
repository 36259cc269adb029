"""The rules for unusual look-ups: each points at its pattern, with its numbers, and leaves ordinary work alone (E4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from tenants.oversight.rules import RULES_SINCE, VERSIONS, Finding, Known, Look, Week, rules_on, unusual
from tenants.oversight.words import RULES, SENTENCES, WHY

MONDAY = date(2026, 11, 9)
READER, COLLEAGUE, THIRD = (uuid5(UUID(int=1), name) for name in ("reader", "colleague", "third"))
ROLE = frozenset({"purchaser_child"})
NOON = datetime(2026, 11, 10, 11, tzinfo=UTC)


def who(number: int) -> UUID:
    return uuid5(UUID(int=2), str(number))


def opened(
    number: int, *, at: datetime = NOON, reader: UUID = READER, minutes: float = 0, category: str = "read"
) -> Look:
    """A page about person `number`, some minutes after `at`."""
    person = who(number)
    return Look(
        uuid5(person, f"{reader}{at}{minutes}{category}"), at + timedelta(minutes=minutes), category, reader, ROLE,
        (person,), person if category == "read" else None,
    )  # fmt: skip


def listed(numbers: Sequence[int], *, minutes: float) -> Look:
    people = tuple(who(number) for number in numbers)
    return Look(
        uuid5(READER, f"list{minutes}"), NOON + timedelta(minutes=minutes), "read", READER, ROLE, people, None
    )


def week(looks: Sequence[Look], **more: object) -> Week:
    made = Week(
        monday=MONDAY, looks=sorted(looks, key=lambda look: look.at), names={READER: "Hanne Myhre"},
        people={who(n): Known(f"Person Nummer{n}", f"Nummer{n}", "") for n in range(300)},
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]  # the test names the fields


def mine(numbers: Sequence[int], reader: UUID = READER) -> frozenset[tuple[UUID, UUID]]:
    return frozenset((reader, who(number)) for number in numbers)


def rules_of(found: Sequence[Finding]) -> list[str]:
    return [one.rule for one in found]


def test_a_week_of_ones_own_cases_by_day_is_ordinary_however_often_they_are_read() -> None:
    looks = [opened(n, at=NOON + timedelta(days=d), minutes=n) for n in range(15) for d in range(3)]
    assert unusual(week(looks, connected=mine(range(15)))) == []


def test_many_more_than_ones_own_weeks_and_than_colleagues_is_found_with_the_numbers() -> None:
    looks = [opened(n, minutes=n) for n in range(60)]
    looks += [opened(n, reader=COLLEAGUE, minutes=n) for n in range(9)]
    looks += [opened(n, reader=THIRD, minutes=n) for n in range(11)]
    everyone = mine(range(60)) | mine(range(60), COLLEAGUE) | mine(range(60), THIRD)
    asked = week(looks, usual={READER: [8, 10, 9, 12]}, connected=everyone)
    (found,) = unusual(asked)
    assert (found.rule, found.reader, found.count) == ("many", READER, 60)
    assert found.facts == {"count": 60, "own": 10, "peers": 10}
    assert len(found.entries) == 50
    # A busy office is not unusual: neither when colleagues read as much, nor when one always does.
    busy = looks + [opened(n, reader=one, minutes=n) for n in range(55) for one in (COLLEAGUE, THIRD)]
    assert unusual(week(busy, usual={READER: [8, 10, 9, 12]}, connected=everyone)) == []
    assert unusual(replace(asked, usual={READER: [58, 61, 60]})) == []


def test_oneself_kin_and_neighbours_are_found_even_among_ones_own_cases() -> None:
    people = {
        who(1): Known("Hanne Myhre", "Myhre", ""),
        who(2): Known("Ola Myhre", "Myhre", ""),
        who(3): Known("Per Dal", "Dal", "lia 3|3186"),
        who(4): Known("Kim Hansen", "Hansen", ""),
        who(9): Known("Hanne Myhre", "Myhre", "lia 3|3186"),
    }
    asked = week(
        [opened(n, minutes=n) for n in (1, 2, 3, 4)], people=people, own={READER: frozenset({who(9)})},
        surnames={"Myhre": 3, "Hansen": 40}, connected=mine([1, 2, 3, 4]),
    )  # fmt: skip
    assert {(one.rule, one.about) for one in unusual(asked)} == {
        ("own", who(1)), ("surname", who(2)), ("address", who(3)),
    }  # fmt: skip
    # A name that many have says nothing.
    assert "surname" not in rules_of(unusual(replace(asked, surnames={"Myhre": 30})))


def test_people_nothing_connects_one_with_are_found_when_they_are_many_and_more_than_colleagues_have() -> (
    None
):
    looks = [opened(n, minutes=n * 7) for n in range(14)]
    (found,) = unusual(week(looks, connected=mine([0, 1])))
    assert (found.rule, found.facts) == ("unconnected", {"count": 12, "all": 14})
    assert unusual(week(looks, connected=mine(range(7)))) == [], "half of them, as when one helps a colleague"
    alike = looks + [opened(n, minutes=n * 7, reader=COLLEAGUE) for n in range(10)]
    assert unusual(week(alike, connected=mine([0, 1]))) == [], "a team whose members stand in for one another"


def test_one_person_day_after_day_without_a_case_is_found() -> None:
    looks = [opened(1, at=NOON + timedelta(days=day)) for day in range(4)]
    (found,) = unusual(week(looks))
    assert (found.rule, found.about, found.facts) == ("repeated", who(1), {"count": 4, "days": 4})
    assert unusual(week(looks, connected=mine([1]))) == []


def test_searched_opened_and_left_is_found_and_searched_and_worked_with_is_not() -> None:
    left = [
        one for n in range(3) for one in (listed([n, n + 50], minutes=10 * n), opened(n, minutes=10 * n + 1))
    ]
    assert rules_of(unusual(week(left))) == ["searched_and_left"]
    slow = [one for n in range(3) for one in (listed([n], minutes=10 * n), opened(n, minutes=10 * n + 4))]
    assert unusual(week(slow)) == []
    stayed = left + [opened(n, minutes=10 * n + 2) for n in range(3)]
    assert unusual(week(stayed)) == []


def test_nights_weekends_and_holidays_are_by_the_norwegian_clock() -> None:
    late = [
        opened(n, at=datetime(2026, 11, 10, 21, 30, tzinfo=UTC), minutes=n) for n in range(5)
    ]  # 22.30 in Norway
    (found,) = unusual(week(late, connected=mine(range(5))))
    assert (found.rule, found.count) == ("by_night", 5)
    early_summer = [
        opened(n, at=datetime(2026, 7, 7, 4, 30, tzinfo=UTC), minutes=n) for n in range(5)
    ]  # 6.30
    assert unusual(week(early_summer, connected=mine(range(5)))) == []
    saturday = [opened(n, at=datetime(2026, 11, 14, 11, tzinfo=UTC), minutes=n) for n in range(5)]
    assert rules_of(unusual(week(saturday, connected=mine(range(5))))) == ["by_night"]


def test_another_way_in_after_a_refusal_is_found_within_ten_minutes() -> None:
    refused = opened(1, category="refusal")
    (found,) = unusual(week([refused, opened(1, minutes=9)], connected=mine([1])))
    assert (found.rule, found.about) == ("refused_then_read", who(1))
    assert unusual(week([refused, opened(1, minutes=11), opened(2, minutes=3)], connected=mine([1, 2]))) == []
    many = [opened(n, minutes=n, category="refusal") for n in range(5)]
    assert rules_of(unusual(week(many))) == ["refused"]


def test_numbers_typed_for_an_emergency_that_open_nothing_are_found() -> None:
    assert rules_of(unusual(week([], missed={READER: 3, COLLEAGUE: 1}))) == ["missed"]


def test_every_rule_has_its_words_and_the_version_is_chosen_by_day() -> None:
    assert RULES.keys() == SENTENCES.keys() == WHY.keys()
    newer = replace(VERSIONS[0], valid_from=date(2027, 1, 1))
    assert rules_on(date(2020, 1, 1)) is VERSIONS[0]
    assert max((VERSIONS[0], newer), key=lambda one: one.valid_from) is newer
    assert VERSIONS[0].valid_from == RULES_SINCE


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 6 * 24 * 60)), max_size=80), st.randoms())
def test_the_same_week_gives_the_same_findings_in_whatever_order_readers_come(
    looks: list[tuple[int, int]], chance: object
) -> None:
    start = datetime(2026, 11, 9, tzinfo=UTC)
    made = [opened(n, at=start, minutes=m, reader=(READER, COLLEAGUE)[n % 2]) for n, m in looks]
    first = unusual(week(made))
    assert first == unusual(week(list(reversed(made))))
    assert all(one.count >= 1 and one.reader in (READER, COLLEAGUE) for one in first)
