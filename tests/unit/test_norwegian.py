from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammen.errors import BadInput
from sammen.norwegian import (
    format_date,
    format_decimal,
    hours_unit_stated,
    parse_date,
    parse_decimal,
    parse_hours,
    parse_postcode_place,
    parse_time,
)

TODAY = dt.date(2026, 11, 21)
WRITE_A_DATE = "Skriv datoen som dag.måned.år, for eksempel 28.02.2026."
WRITE_HOURS = "Skriv timer som tall, for eksempel 4 eller 4,5."


@pytest.mark.parametrize(
    "text",
    [
        "28.02.2026",
        "28.2.2026",
        "28.2.26",
        " 28.02.26 ",
        "28. 2. 2026",
        "28/2-2026",
        "28/2 2026",
        "28/02/2026",
        "28-02-2026",
        "2026-02-28",
        "2026-02-28 00:00:00",
        "28. februar 2026",
        "28 FEB 2026",
        "28. feb. 26",
        "28.\u00a002.\u00a02026",
    ],
)
def test_a_date_is_read_in_every_common_notation(text: str) -> None:
    assert parse_date(text, field="decided", today=TODAY) == dt.date(2026, 2, 28)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("31.02.2026", "Velg en dato som finnes. Februar 2026 har 28 dager."),
        ("29.2.26", "Velg en dato som finnes. Februar 2026 har 28 dager."),
        ("31/11-2026", "Velg en dato som finnes. November 2026 har 30 dager."),
        ("2026-04-31", "Velg en dato som finnes. April 2026 har 30 dager."),
        ("0.1.2026", "Velg en dato som finnes. Januar 2026 har 31 dager."),
        ("01.13.2026", "Velg en dato som finnes. Året har 12 måneder."),
        ("1.0.2026", "Velg en dato som finnes. Året har 12 måneder."),
        ("1.1.202", "Skriv året med fire sifre, for eksempel 28.02.2026."),
        ("1.1.0026", "Skriv året med fire sifre, for eksempel 28.02.2026."),
        ("1.1.9999", "Skriv året med fire sifre, for eksempel 28.02.2026."),
        ("", "Skriv en dato, for eksempel 28.02.2026."),
        (" \u00a0", "Skriv en dato, for eksempel 28.02.2026."),
        ("i fjor", WRITE_A_DATE),
        ("28.2", WRITE_A_DATE),
        ("45716", WRITE_A_DATE),
        ("28. ma 2026", WRITE_A_DATE),
        ("28.02.2026 ca", WRITE_A_DATE),
        ("٢٨.٠٢.٢٠٢٦", WRITE_A_DATE),
    ],
)
def test_a_date_that_cannot_be_used_says_what_to_write(text: str, message: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_date(text, field="decided", today=TODAY)
    assert caught.value.field == "decided"
    assert caught.value.text() == message


def test_two_digit_years_reach_twenty_years_ahead_and_no_further() -> None:
    assert parse_date("1.1.46", field="d", today=TODAY).year == 2046
    assert parse_date("1.1.47", field="d", today=TODAY).year == 1947
    assert parse_date("1.1.26", field="d", today=TODAY, years_ahead=0).year == 2026
    assert parse_date("1.1.27", field="d", today=TODAY, years_ahead=0).year == 1927


@given(st.dates(dt.date(1850, 1, 1), dt.date(2199, 12, 31)))
def test_a_date_written_by_us_is_read_back(day: dt.date) -> None:
    assert parse_date(format_date(day), field="d") == day
    assert parse_date(day.isoformat(), field="d") == day


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("4", "4", "week"),
        ("4,5", "4.5", "week"),
        ("4.5", "4.5", "week"),
        ("4 t", "4", "week"),
        ("3,5 t/uke", "3.5", "week"),
        ("3,5\u00a0t/uke", "3.5", "week"),
        ("3,5t/u", "3.5", "week"),
        ("4 timer i uka", "4", "week"),
        ("4 timer pr. uke", "4", "week"),
        ("1 time per uke", "1", "week"),
        ("16 t/mnd", "16", "month"),
        ("16 t/mnd.", "16", "month"),
        ("10 t pr mnd", "10", "month"),
        ("10 timer per måned", "10", "month"),
        ("10 TIMER/MÅNED", "10", "month"),
        ("10 pr md", "10", "month"),
        ("168", "168", "week"),
    ],
)
def test_hours_are_read_with_their_unit(text: str, amount: str, unit: str) -> None:
    assert parse_hours(text, field="hours") == (Decimal(amount), unit)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ca 4", WRITE_HOURS),
        ("4 ca", WRITE_HOURS),
        ("fire", WRITE_HOURS),
        ("4-5", WRITE_HOURS),
        ("4 t/år", WRITE_HOURS),
        ("-4", WRITE_HOURS),
        ("", WRITE_HOURS),
        ("4,5,5", WRITE_HOURS),
        ("0", "Skriv timer som er mer enn 0, for eksempel 4 eller 4,5."),
        ("4,125", "Skriv tallet med høyst 2 desimaler, for eksempel 4,5."),
        ("169", "Det er 168 timer i en uke. Skriv et lavere tall."),
        ("745 t/mnd", "Det er høyst 744 timer i en måned. Skriv et lavere tall."),
    ],
)
def test_hours_that_are_not_a_number_are_refused_with_what_to_write(text: str, message: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_hours(text, field="hours")
    assert caught.value.text() == message


def test_hours_without_a_unit_take_the_one_the_caller_gives() -> None:
    assert parse_hours("16", field="hours", unless_stated="month") == (Decimal(16), "month")
    assert not hours_unit_stated("16")
    assert not hours_unit_stated("16 timer")
    assert hours_unit_stated("16 t/mnd")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4", "4"),
        ("4,5", "4.5"),
        ("4.50", "4.50"),
        ("1 234,50", "1234.50"),
        ("1\u00a0234\u202f567", "1234567"),
        ("1.234,50", "1234.50"),
        ("-3", "-3"),
        ("\u22123,5", "-3.5"),
    ],
)
def test_numbers_are_read_with_decimal_comma_and_spaces(text: str, value: str) -> None:
    assert parse_decimal(text, field="amount") == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "fire", "1e5", "NaN", "Infinity", "1,2,3", "12 34", "½", "٤", "4,", ",5", "--3", "9" * 31]
)
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_decimal(text, field="amount")
    assert caught.value.text() == "Skriv et tall, for eksempel 4 eller 4,5."


def test_a_thousand_with_a_point_is_not_taken_for_a_decimal_number() -> None:
    with pytest.raises(BadInput) as caught:
        parse_decimal("1.234", field="amount")
    assert caught.value.text() == "Skriv tallet uten punktum, for eksempel 1234 eller 1 234,50."


def test_a_number_outside_its_limits_says_the_limit() -> None:
    with pytest.raises(BadInput) as low:
        parse_decimal("1,4", field="amount", minimum=Decimal("1.5"))
    with pytest.raises(BadInput) as high:
        parse_decimal("11", field="amount", maximum=10)
    with pytest.raises(BadInput) as whole:
        parse_decimal("1,5", field="amount", decimals=0)

    assert low.value.text() == "Skriv et tall som er 1,5 eller mer."
    assert high.value.text() == "Skriv et tall som er 10 eller mindre."
    assert whole.value.text() == "Skriv et helt tall, for eksempel 4."


@given(st.decimals(min_value=-999999, max_value=999999, places=2))
def test_a_number_written_by_us_is_read_back(value: Decimal) -> None:
    assert parse_decimal(format_decimal(value), field="amount") == value


@pytest.mark.parametrize("text", ["17:30", "17.30", "1730", "kl. 17.30", "kl 17:30"])
def test_a_time_is_read_in_every_common_notation(text: str) -> None:
    assert parse_time(text, field="start") == dt.time(17, 30)


def test_a_bare_hour_and_midnight_are_times() -> None:
    assert parse_time("9", field="start") == dt.time(9)
    assert parse_time("00:00", field="start") == dt.time(0)


@pytest.mark.parametrize("text", ["", "halv fem", "17:3", "1:2:3", "24:00", "12:60", "99999"])
def test_what_is_not_a_time_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="klokkeslett"):
        parse_time(text, field="start")


@pytest.mark.parametrize(
    ("text", "postcode", "place"),
    [
        ("3190 HORTEN", "3190", "Horten"),
        ("3189 Horten", "3189", "Horten"),
        ("3179 ÅSGÅRDSTRAND", "3179", "Åsgårdstrand"),
        ("3070 SANDE I VESTFOLD", "3070", "Sande i Vestfold"),
        ("8640 HEMNESBERGET", "8640", "Hemnesberget"),
        ("N-0150 OSLO", "0150", "Oslo"),
        ("3190,\u00a0Horten", "3190", "Horten"),
    ],
)
def test_postcode_and_place_are_read(text: str, postcode: str, place: str) -> None:
    assert parse_postcode_place(text, field="postcode_place") == (postcode, place)


@pytest.mark.parametrize(
    "text", ["", "3190", "Horten", "319 Horten", "31900 Horten", "Horten 3190", "3190 12"]
)
def test_a_postcode_without_its_place_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse_postcode_place(text, field="postcode_place")
    assert caught.value.text() == "Skriv postnummer med fire sifre og poststed, for eksempel 3190 Horten."
