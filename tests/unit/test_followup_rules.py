"""When a contact is to be followed up, how many meetings are asked of them, and what the team's log may not hold."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.followups.rules import (
    conversation_due,
    has_national_number,
    meetings_wanted,
    possible_names,
    silent_since,
)


def test_the_next_conversation_is_due_so_many_months_after_the_last_on_the_months_last_day_if_need_be() -> (
    None
):
    seen = date(2020, 1, 1)
    assert conversation_due(date(2026, 11, 30), None, 3, first_seen=seen) == date(2027, 2, 28)
    assert conversation_due(date(2024, 1, 31), None, 1, first_seen=seen) == date(2024, 2, 29)


def test_without_a_conversation_it_counts_from_the_day_the_contact_began_or_was_first_seen() -> None:
    assert conversation_due(None, date(2026, 9, 1), 2, first_seen=date(2020, 1, 1)) == date(2026, 11, 1)
    assert conversation_due(None, date(2009, 9, 1), 2, first_seen=date(2026, 8, 15)) == date(2026, 10, 15)
    assert conversation_due(None, None, 2, first_seen=date(2026, 8, 15)) == date(2026, 10, 15)


@pytest.mark.parametrize(
    ("since", "asked"),
    [
        (None, 2), (date(2025, 12, 31), 2), (date(2026, 1, 1), 2), (date(2026, 2, 1), 1), (date(2026, 7, 1), 1),
        (date(2026, 8, 1), 0), (date(2026, 12, 24), 0), (date(2027, 1, 1), 0),
    ],
)  # fmt: skip
def test_who_began_during_the_year_is_asked_for_a_share_of_its_meetings(
    since: date | None, asked: int
) -> None:
    assert meetings_wanted(2, since, 2026) == asked


@given(st.integers(0, 12), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_nobody_is_asked_for_more_meetings_than_the_year_has(wanted: int, since: date) -> None:
    assert 0 <= meetings_wanted(wanted, since, 2026) <= wanted


def test_the_last_sign_of_life_counts_and_else_the_first_day() -> None:
    began = date(2026, 3, 1)
    assert silent_since([None, None], began) == began
    assert silent_since([date(2026, 4, 2), None, date(2026, 3, 30)], began) == date(2026, 4, 2)
    assert silent_since([date(2025, 4, 2)], began) == began


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Vi prøvde klatring. Det gikk bra.", []),
        ("Det hjalp at Jonas fikk velge selv.", ["Jonas"]),
        ("Mor til Mia-Sofie sa fra i tide.", ["Mia-Sofie"]),
        ("Vi møttes i Horten og tok kontakt med NAV.", []),
        ("Ring 912 34 567 hvis noe skjer.", ["912 34 567"]),
        ("Ny start!\nKart og kompass fungerte: Ute er best.", []),
        ("Ære være dem som spør Åse.", ["Åse"]),
    ],
)
def test_a_capital_letter_inside_a_sentence_may_be_a_name(text: str, found: list[str]) -> None:
    assert possible_names(text, ["Horten"]) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("01817012345", True),
        ("018170 12345", True),
        ("Sak 2026-0412", False),
        ("912 34 567", False),
        ("1234567890", False),
    ],
)
def test_eleven_digits_are_a_national_number(text: str, found: bool) -> None:
    assert has_national_number(text) is found
