"""How contacts have stayed, and respite after a loss (A12): pure rules over spells."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.waiting.stability import (
    LOSSES,
    RESPITE_MONTHS,
    Gap,
    Spell,
    band_of,
    look_back,
    loss_before,
    stability,
)

AMUND, SARA = UUID(int=1), UUID(int=2)
ON = date(2026, 11, 22)
SINCE = look_back(ON)


def spell(contact: UUID, began: date, ended: date | None = None, reason: str = "", *, form: str = "individual",
          granted_to: date | None = None) -> Spell:  # fmt: skip
    return Spell(form, contact, began, ended, reason if ended else "", granted_to)


def test_a_new_contact_in_the_same_service_is_a_change_and_the_time_between_is_a_gap() -> None:
    found = stability(
        [spell(AMUND, date(2026, 1, 5), date(2026, 5, 10), "contact_left"), spell(SARA, date(2026, 6, 1))], SINCE, ON
    )  # fmt: skip
    assert found.changes == 1
    assert found.losses == [date(2026, 5, 10)]
    assert found.gaps == [Gap("individual", date(2026, 5, 10), date(2026, 6, 1), 21)]
    assert not found.without_now


def test_two_services_with_a_contact_each_are_no_change() -> None:
    found = stability(
        [spell(AMUND, date(2026, 1, 5)), spell(SARA, date(2026, 3, 1), form="group")], SINCE, ON
    )
    assert (found.changes, found.gaps) == (0, [])


def test_the_same_contact_under_a_new_decision_is_no_change() -> None:
    found = stability(
        [spell(AMUND, date(2025, 1, 5), date(2026, 5, 10), "grant_ended"), spell(AMUND, date(2026, 5, 11))], SINCE, ON
    )  # fmt: skip
    assert (found.changes, found.losses, found.gaps) == (0, [], [])


def test_a_gap_that_goes_on_is_counted_to_today_and_to_the_end_of_the_service_at_most() -> None:
    lost = date(2026, 11, 12)
    goes_on = stability([spell(AMUND, date(2026, 1, 5), lost, "user_wish")], SINCE, ON)
    assert goes_on.gaps == [Gap("individual", lost, None, 10)]
    assert goes_on.without_now
    over = stability(
        [spell(AMUND, date(2026, 1, 5), lost, "user_wish", granted_to=date(2026, 11, 15))], SINCE, ON
    )
    assert over.gaps == [Gap("individual", lost, date(2026, 11, 16), 3)]
    assert not over.without_now


@pytest.mark.parametrize("reason", ["service_ended", "moved", "grant_ended", ""])
def test_a_service_that_ended_leaves_no_gap_and_no_loss(reason: str) -> None:
    found = stability([spell(AMUND, date(2026, 1, 5), date(2026, 5, 10), reason)], SINCE, ON)
    assert (found.losses, found.gaps) == ([], [])


def test_a_contact_who_takes_over_the_next_day_leaves_no_gap() -> None:
    lost = date(2026, 5, 10)
    found = stability(
        [spell(AMUND, date(2026, 1, 5), lost, "contact_left"), spell(SARA, lost + timedelta(days=1))],
        SINCE,
        ON,
    )
    assert (found.changes, found.gaps) == (1, [])


def test_another_who_was_there_all_the_time_leaves_no_gap() -> None:
    found = stability(
        [spell(AMUND, date(2026, 1, 5), date(2026, 5, 10), "contact_left"), spell(SARA, date(2026, 2, 1))], SINCE, ON
    )  # fmt: skip
    assert found.gaps == []
    assert found.losses == [date(2026, 5, 10)]


def test_what_happened_before_the_two_years_is_not_counted() -> None:
    assert date(2024, 11, 23) == SINCE
    old = [
        spell(AMUND, date(2023, 1, 5), date(2024, 5, 10), "contact_left"),
        spell(SARA, date(2024, 6, 1)),
    ]
    found = stability(old, SINCE, ON)
    assert (found.changes, found.losses, found.gaps) == (0, [], [])


@given(
    st.lists(
        st.tuples(
            st.dates(date(2025, 1, 1), ON), st.one_of(st.none(), st.integers(0, 400)),
            st.sampled_from([*sorted(LOSSES), "moved"]), st.integers(1, 3),
        ),
        max_size=6,
    )
)  # fmt: skip
def test_gaps_are_never_negative_and_a_change_needs_another_contact(
    drawn: list[tuple[date, int | None, str, int]],
) -> None:
    spells = [
        spell(UUID(int=who), began, None if days is None else began + timedelta(days=days), reason)
        for began, days, reason, who in drawn
    ]
    found = stability(spells, SINCE, ON)
    assert 0 <= found.changes <= max(0, len(spells) - 1)
    assert all(gap.days > 0 and gap.since <= ON for gap in found.gaps)
    if len({one.contact for one in spells}) < 2:
        assert found.changes == 0


# Respite --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("applied", "after"),
    [
        (date(2026, 5, 9), None),
        (date(2026, 5, 10), date(2026, 5, 10)),
        (date(2027, 5, 10), date(2026, 5, 10)),
        (date(2027, 5, 11), None),
    ],
)
def test_respite_comes_after_a_loss_from_its_day_to_a_year_on(applied: date, after: date | None) -> None:
    """A12: respite applied for after contact loss, within RESPITE_MONTHS."""
    assert RESPITE_MONTHS == 12
    assert loss_before(applied, [date(2026, 5, 10)], []) == after


def test_the_latest_loss_is_named_and_one_whose_gap_lasts_counts_however_old() -> None:
    losses = [date(2025, 1, 1), date(2025, 8, 1)]
    assert loss_before(date(2025, 9, 1), losses, []) == date(2025, 8, 1)
    lasting = Gap("individual", date(2024, 1, 1), None, 700)
    assert loss_before(date(2026, 2, 1), [date(2024, 1, 1)], [lasting]) == date(2024, 1, 1)
    closed = Gap("individual", date(2024, 1, 1), date(2024, 3, 1), 59)
    assert loss_before(date(2026, 2, 1), [date(2024, 1, 1)], [closed]) is None


def test_bands_of_the_figure() -> None:
    assert [band_of(n) for n in (0, 1, 2, 3, 9)] == ["0", "1", "2", "3+", "3+"]


def test_spells_of_many_contacts_in_turn_are_as_many_changes_less_one() -> None:
    begun = date(2025, 1, 1)
    spells = [
        spell(uuid4(), begun + timedelta(days=60 * n), begun + timedelta(days=60 * n + 50), "no_fit")
        for n in range(5)
    ]
    found = stability(spells, SINCE, ON)
    assert found.changes == 4
    assert [gap.days for gap in found.gaps[:4]] == [9, 9, 9, 9]
