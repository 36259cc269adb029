"""The vocabularies of needs and candidates, and the reading of municipal words into them."""

from __future__ import annotations

import re
from collections import Counter
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.people.traits import (
    AGE_BANDS,
    AREA_OF_MUNICIPALITY,
    AREAS,
    DAY_PARTS,
    INTEREST_FAMILIES,
    INTERESTS,
    LANGUAGES,
    SKILLS,
    SLOTS,
    WEEKDAYS,
    ExactTime,
    age_band_of,
    interest_codes,
    is_rare_skill,
    slot_day,
)


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (6, "6-9"),
        (9, "6-9"),
        (10, "10-13"),
        (13, "10-13"),
        (14, "14-17"),
        (17, "14-17"),
        (18, "18-29"),
        (29, "18-29"),
        (30, "30-49"),
        (50, "50-66"),
        (66, "50-66"),
        (67, "67-79"),
        (79, "67-79"),
        (80, "80+"),
    ],
)
def test_an_age_falls_in_its_band(age: int, band: str) -> None:
    assert age_band_of(age) == band


def test_children_under_six_have_no_band_and_the_oldest_have_one() -> None:
    assert age_band_of(0) is None
    assert age_band_of(5) is None
    assert age_band_of(107) == "80+"
    with pytest.raises(ValueError, match="negative"):
        age_band_of(-1)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Kino, svømming", {"cinema", "swimming"}),
        ("tur; fotball", {"walking", "football"}),
        ("ridning", {"riding"}),
        ("data/spill", {"gaming"}),
        ("kafé og turer", {"cafe", "walking"}),
        ('"Klatring"', {"climbing"}),
        ("musikk", {"music"}),
        ("", set()),
        ("   ", set()),
        ("KLATRING, Bygging & dataspill", {"climbing", "building", "gaming"}),
        ("kafe\u0301", {"cafe"}),  # e and a separate accent, as some spreadsheets store it
        ("ba\u030al", {"outdoors"}),
        ("symjing og hestar", {"swimming", "riding"}),
        ("turn", {"training"}),
        ("brettspill", {"boardgames"}),
        ("Fotballkamper", {"sport_watching"}),
    ],
)
def test_the_words_of_municipal_spreadsheets_become_interests(text: str, codes: set[str]) -> None:
    assert interest_codes(text) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("kino, ikke svømming", {"cinema"}),
        ("liker kino og ikke svømming eller klatring", {"cinema"}),
        ("redd for hunder, liker hest", {"riding"}),
        ("hundeallergi", set()),
        ("ikkje fotball men gjerne tur", {"walking"}),
    ],
)
def test_what_somebody_does_not_want_is_not_read_as_an_interest(text: str, codes: set[str]) -> None:
    assert interest_codes(text) == codes


@pytest.mark.parametrize(
    "text", ["🙂", "'; drop table person", "=HYPERLINK(1)", "dansk", "spille", "\x00", "x" * 9000]
)
def test_words_that_name_no_interest_are_passed_over(text: str) -> None:
    assert interest_codes(text) == frozenset()


@given(st.text(max_size=200))
def test_any_text_gives_known_codes_only(text: str) -> None:
    assert interest_codes(text) <= INTERESTS.keys()


@given(st.lists(st.sampled_from(sorted(INTERESTS)), max_size=6))
def test_the_labels_themselves_are_understood(codes: list[str]) -> None:
    readable = set(codes) - {"ballgames", "cars", "sport_watching", "photo"}
    text = ", ".join(INTERESTS[code] for code in readable)
    assert readable <= interest_codes(text)


def test_codes_are_short_ascii_and_used_once() -> None:
    for vocabulary in (INTERESTS, WEEKDAYS, DAY_PARTS, AREAS, SKILLS, LANGUAGES):
        for code in vocabulary:
            assert re.fullmatch(r"[a-z][a-z_]{1,14}", code), code
    labels = Counter([*INTERESTS.values(), *LANGUAGES.values(), *(skill.label for skill in SKILLS.values())])
    assert [label for label, times in labels.items() if times > 1] == []
    assert len(AGE_BANDS) == 8
    assert len(set(SLOTS)) == len(SLOTS) == 21


def test_an_interest_has_at_most_one_family() -> None:
    members = Counter(code for family in INTEREST_FAMILIES.values() for code in family)
    assert members.keys() <= INTERESTS.keys()
    assert set(members.values()) == {1}


def test_every_area_holds_two_municipalities_or_more_so_that_it_names_none() -> None:
    assert len(AREA_OF_MUNICIPALITY) == 12
    sizes = Counter(AREA_OF_MUNICIPALITY.values())
    assert sizes.keys() == AREAS.keys()
    assert min(sizes.values()) >= 2


def test_only_driving_and_a_car_are_skills_that_may_be_displayed() -> None:
    assert {code for code in SKILLS if not is_rare_skill(code)} == {"driving", "car"}


def test_an_exact_time_covers_what_falls_within_it_on_the_same_day() -> None:
    free = ExactTime("tue", time(15), time(18))
    assert free.covers(ExactTime("tue", time(15), time(18)))
    assert free.covers(ExactTime("tue", time(16, 15), time(17)))
    assert not free.covers(ExactTime("tue", time(17), time(18, 1)))
    assert not free.covers(ExactTime("wed", time(16), time(17)))


def test_an_impossible_exact_time_is_refused() -> None:
    with pytest.raises(ValueError, match="end after"):
        ExactTime("tue", time(18), time(18))
    with pytest.raises(ValueError, match="weekday"):
        ExactTime("tirsdag", time(17), time(18))


def test_the_weekday_of_a_slot() -> None:
    assert {slot_day(slot) for slot in SLOTS} == set(WEEKDAYS)
