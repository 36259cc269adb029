from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.exceptions import ValidationError
from stdnum.no import fodselsnummer

from tenants.people.national_number import NationalNumber, NationalNumberError, Sex, make_synthetic

DATA = Path(__file__).parents[2] / "deploy" / "demo" / "data"
EXAMPLES = list(csv.DictReader((DATA / "synthetic_fnr_examples.csv").open(encoding="utf-8")))
TODAY = dt.date(2026, 11, 21)

birth_dates = st.dates(dt.date(1854, 1, 1), TODAY)
sexes: st.SearchStrategy[Sex] = st.sampled_from(["F", "M"])


def code_of(text: str, *, accept_synthetic: bool = True, today: dt.date = TODAY) -> str:
    with pytest.raises(NationalNumberError) as caught:
        NationalNumber.parse(text, accept_synthetic=accept_synthetic, today=today)
    return caught.value.code


def as_ordinary(synthetic: str) -> str | None:
    """The ordinary number with the same date and individual digits, or None when there is none."""
    nine = f"{synthetic[:2]}{int(synthetic[2:4]) - 80:02d}{synthetic[4:9]}"
    k1 = fodselsnummer.calc_check_digit1(nine)
    k2 = fodselsnummer.calc_check_digit2(nine + k1)
    return nine + k1 + k2 if len(k1 + k2) == 2 else None


@pytest.mark.parametrize("example", EXAMPLES, ids=[row["number"] for row in EXAMPLES])
def test_each_published_example_is_read_as_its_source_says(example: dict[str, str]) -> None:
    number = NationalNumber.parse(example["number"], accept_synthetic=True, today=TODAY)

    assert number.birth_date == dt.date.fromisoformat(example["birth_date"])
    assert number.sex == example["sex"]
    assert number.is_d_number == (example["kind"] == "d-number")
    assert number.is_synthetic


def test_there_are_fourteen_published_examples() -> None:
    assert len(EXAMPLES) == 14


@given(birth_dates, sexes, st.integers(0, 79))
def test_a_made_number_tells_the_birth_date_and_sex_it_was_made_from(
    birth_date: dt.date, sex: Sex, serial: int
) -> None:
    number = NationalNumber.parse(make_synthetic(birth_date, sex, serial), accept_synthetic=True, today=TODAY)

    assert (number.birth_date, number.sex) == (birth_date, sex)
    assert number.is_synthetic
    assert not number.is_d_number


@given(birth_dates, sexes)
def test_serials_of_one_day_and_sex_never_give_the_same_number(birth_date: dt.date, sex: Sex) -> None:
    assert len({make_synthetic(birth_date, sex, serial) for serial in range(80)}) == 80


def test_a_serial_beyond_the_day_is_refused() -> None:
    with pytest.raises(ValueError, match="serial 400"):
        make_synthetic(dt.date(1980, 1, 1), "F", 400)
    with pytest.raises(ValueError, match="year 1850"):
        make_synthetic(dt.date(1850, 1, 1), "F", 0)


@given(birth_dates, sexes, st.integers(0, 79))
def test_ordinary_numbers_are_read_as_python_stdnum_reads_them(
    birth_date: dt.date, sex: Sex, serial: int
) -> None:
    digits = as_ordinary(make_synthetic(birth_date, sex, serial))
    if digits is None:
        return
    number = NationalNumber.parse(digits, accept_synthetic=False, today=TODAY)

    assert number.birth_date == fodselsnummer.get_birth_date(digits) == birth_date
    assert number.sex == fodselsnummer.get_gender(digits)
    assert not number.is_synthetic


@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_any_eleven_digits_are_accepted_or_refused_as_python_stdnum_does(digits: str) -> None:
    month = int(digits[2:4])
    if month > 12:
        return
    try:
        fodselsnummer.validate(digits)
        theirs = True
    except ValidationError:
        theirs = False
    try:
        NationalNumber.parse(digits, accept_synthetic=False)
        ours = True
    except NationalNumberError:
        ours = False

    assert ours == theirs


@given(birth_dates, sexes, st.integers(0, 79), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_never_passes(
    birth_date: dt.date, sex: Sex, serial: int, place: int, shift: int
) -> None:
    digits = make_synthetic(birth_date, sex, serial)
    wrong = digits[:place] + str((int(digits[place]) + shift) % 10) + digits[place + 1 :]

    assert code_of(wrong) in {"check_digit", "date"}


def test_spaces_of_every_kind_are_left_out() -> None:
    expected = NationalNumber.parse("10915596784", accept_synthetic=True, today=TODAY)

    for text in ("109155 96784", " 10 91 55 967 84 ", "109155\u00a096784", "\t10915596784\n"):
        assert NationalNumber.parse(text, accept_synthetic=True, today=TODAY) == expected
    assert expected.spaced == "109155 96784"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("1091559678", "length"),
        ("109155967840", "length"),
        ("109155 9678A", "letters"),
        ("109155-96784", "letters"),
        ("١٠٩١٥٥٩٦٧٨٤", "letters"),
        ("1091559678²", "letters"),
        ("31825012345", "date"),
        ("00815012345", "date"),
        ("10136012345", "date"),
        ("80015012345", "date"),
        ("10915596785", "check_digit"),
        ("10915596794", "check_digit"),
    ],
)
def test_an_unusable_number_says_what_is_wrong(text: str, code: str) -> None:
    assert code_of(text) == code


def test_a_wrong_length_tells_how_many_digits_there_are() -> None:
    with pytest.raises(NationalNumberError) as caught:
        NationalNumber.parse("109155 9678", accept_synthetic=True)

    assert caught.value.text() == "Fødselsnummeret har 10 sifre. Det skal ha 11."
    assert caught.value.field == "national_number"


def test_the_29th_of_february_needs_a_leap_year() -> None:
    leap = make_synthetic(dt.date(2020, 2, 29), "F", 0)
    assert NationalNumber.parse(leap, accept_synthetic=True, today=TODAY).birth_date == dt.date(2020, 2, 29)

    # 29 February 2021 with check digits that hold.
    for individual in range(500, 1000):
        nine = f"298221{individual}"
        k1 = fodselsnummer.calc_check_digit1(nine)
        k2 = fodselsnummer.calc_check_digit2(nine + k1)
        if len(k1 + k2) == 2:
            assert code_of(nine + k1 + k2) == "date"


def test_a_birth_date_that_has_not_come_is_refused() -> None:
    tomorrow = make_synthetic(TODAY + dt.timedelta(days=1), "M", 0)

    assert code_of(tomorrow) == "future"
    born = NationalNumber.parse(tomorrow, accept_synthetic=True, today=TODAY + dt.timedelta(days=1))
    assert born.birth_date == TODAY + dt.timedelta(days=1)


def test_production_refuses_test_numbers_and_help_numbers() -> None:
    assert code_of("10915596784", accept_synthetic=False) == "synthetic"
    assert code_of("50846202355", accept_synthetic=False) == "synthetic"
    assert code_of("03509044227", accept_synthetic=False) == "help_number"


def test_a_wrong_digit_is_told_before_a_test_number_is() -> None:
    assert code_of("10915596785", accept_synthetic=False) == "check_digit"


def new_rule_number() -> str:
    """A synthetic number whose first control sum leaves 1, as numbers issued from 2032 may."""
    for last_individual in range(100, 1000):
        nine = f"109155{last_individual}"
        k1 = (int(fodselsnummer.calc_check_digit1(nine)) + 1) % 11
        k2 = fodselsnummer.calc_check_digit2(f"{nine}{k1}")
        if k1 < 10 and len(k2) == 1:
            return f"{nine}{k1}{k2}"
    raise AssertionError("no such number")


def test_from_2032_a_number_of_the_new_rule_tells_neither_birth_date_nor_sex() -> None:
    number = NationalNumber.parse(new_rule_number(), accept_synthetic=True, today=dt.date(2032, 1, 1))

    assert number.birth_date is None
    assert number.sex is None


def test_before_2032_a_number_of_the_new_rule_is_a_typing_error() -> None:
    assert code_of(new_rule_number(), today=dt.date(2031, 12, 31)) == "check_digit"


def test_printing_a_number_or_its_error_shows_no_digit() -> None:
    number = NationalNumber.parse("10915596784", accept_synthetic=True, today=TODAY)
    shown = f"{number} {number!r} {[number]}"
    assert not any(char.isdigit() for char in shown)

    with pytest.raises(NationalNumberError) as caught:
        NationalNumber.parse("10915596785", accept_synthetic=True, today=TODAY)
    assert "109155" not in f"{caught.value} {caught.value!r} {caught.value.text()} {caught.value.params}"
