"""Fødselsnummer and d-nummer: reading, checking and (for test data) making them.

Eleven digits: day, month, two digits of the year, three individual digits, two check digits.
What is added to the day or month tells what kind of number it is:

* day + 40: d-nummer, for people who are registered without a fødselsnummer;
* month + 80: Skatteetaten's synthetic people (Tenor, Test-Norge);
* month + 40: NAV's synthetic people (Dolly), and help numbers a hospital makes for itself.

The two check digits are ours to compute. python-stdnum knows ordinary numbers, but it refuses synthetic
months and the 2032 rule, and a caller must be able to tell a wrong check digit from an impossible date.
The tests hold this module to python-stdnum's answers for the numbers both of them know.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal

from sammen import clock
from sammen.errors import BadInput
from sammen.i18n_mark import N_

Sex = Literal["F", "M"]
ErrorCode = Literal["empty", "letters", "length", "date", "future", "check_digit", "synthetic", "help_number"]

_K1_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_K2_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)

# From this day Skatteetaten issues numbers whose first check digit may be any of four values.
NEW_NUMBERS_FROM = dt.date(2032, 1, 1)

_MESSAGES: dict[ErrorCode, str] = {
    "empty": N_("Skriv fødselsnummeret, elleve sifre."),
    "letters": N_("Skriv fødselsnummeret med bare sifre, elleve i alt."),
    "length": N_("Fødselsnummeret har %(count)s sifre. Det skal ha 11."),
    "date": N_("De seks første sifrene er ikke en dato som finnes. Se etter en skrivefeil."),
    "future": N_("Fødselsdatoen i nummeret er ikke kommet ennå. Se etter en skrivefeil."),
    "check_digit": N_("Fødselsnummeret stemmer ikke: ett eller flere sifre er feil. Sjekk det mot kilden."),
    "synthetic": N_("Dette er et testnummer. Skriv personens eget fødselsnummer eller d-nummer."),
    "help_number": N_("Dette er et hjelpenummer eller testnummer. Skriv fødselsnummer eller d-nummer."),
}


class NationalNumberError(BadInput):
    """A number that cannot be used. `code` is for programs, `text()` for people; neither holds the number."""

    def __init__(self, code: ErrorCode, field: str = "national_number", **params: Any) -> None:
        super().__init__(field, _MESSAGES[code], **params)
        self.code: ErrorCode = code


@dataclass(frozen=True)
class NationalNumber:
    """A checked number.

    `birth_date` and `sex` are None when the number cannot tell (the 2032 rule). `is_synthetic` is true for
    month + 80 and month + 40. Printing or logging the object shows no digit: take `.digits` on purpose.
    """

    digits: str
    birth_date: dt.date | None
    sex: Sex | None
    is_d_number: bool
    is_synthetic: bool

    def __repr__(self) -> str:
        return "NationalNumber(***********)"

    __str__ = __repr__

    @property
    def spaced(self) -> str:
        """The number as people write it: six digits, a space, five digits."""
        return f"{self.digits[:6]} {self.digits[6:]}"

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        accept_synthetic: bool,
        today: dt.date | None = None,
        field: str = "national_number",
    ) -> NationalNumber:
        """Read a number as typed; spaces anywhere are fine.

        `accept_synthetic` must be False in production: a synthetic number there is a mistake, and a help
        number is only unique where it was made. `today` (default: this day) decides two things: a birth
        date after it is refused, and numbers of the 2032 rule are refused before NEW_NUMBERS_FROM, when
        accepting them would only let typing errors through. After 2032 a number that also fits the old
        rule is read by the old rule, so a birth date from another source must then win.

        Raises NationalNumberError with a code and a Norwegian sentence.
        """
        today = today or clock.today()
        digits = _only_digits(text, field)
        day, month = int(digits[:2]), int(digits[2:4])
        is_d_number = 41 <= day <= 71
        shift = 80 if month > 80 else 40 if month > 40 else 0
        day, month = day - (40 if is_d_number else 0), month - shift
        if not (1 <= month <= 12 and 1 <= day <= calendar.monthrange(2000, month)[1]):
            raise NationalNumberError("date", field)

        old_rule = _fits_check_digits(digits, first_remainders=(0,))
        new_rule = today >= NEW_NUMBERS_FROM and _fits_check_digits(digits, first_remainders=(1, 2, 3))
        if not (old_rule or new_rule):
            raise NationalNumberError("check_digit", field)
        if shift and not accept_synthetic:
            raise NationalNumberError("synthetic" if shift == 80 else "help_number", field)
        if new_rule:
            return cls(digits, None, None, is_d_number, bool(shift))
        birth_date = _birth_date(day, month, digits, field)
        if birth_date > today:
            raise NationalNumberError("future", field)
        sex: Sex = "M" if int(digits[8]) % 2 else "F"
        return cls(digits, birth_date, sex, is_d_number, bool(shift))


def make_synthetic(birth_date: dt.date, sex: Sex, serial: int) -> str:
    """The `serial`-th (from 0) synthetic number, month + 80, for a birth date and sex. For demo and tests.

    A number with month + 80 can never belong to anyone. ValueError when the day has no such number left
    (a day has room for at least 80 of each sex) or the year is outside 1854-2039.
    """
    start = birth_date.strftime("%d") + f"{birth_date.month + 80}" + f"{birth_date.year % 100:02d}"
    left = serial
    for individual in _individual_numbers(birth_date.year):
        if (individual % 2 == 1) != (sex == "M"):
            continue
        nine = f"{start}{individual:03d}"
        k1 = _check_digit(nine, _K1_WEIGHTS)
        k2 = _check_digit(f"{nine}{k1}", _K2_WEIGHTS) if k1 < 10 else 10
        if k2 == 10:  # such numbers are never issued
            continue
        if left == 0:
            return f"{nine}{k1}{k2}"
        left -= 1
    raise ValueError(f"no synthetic number left for serial {serial} in year {birth_date.year}")


def _only_digits(text: str, field: str) -> str:
    compact = "".join(text.split())
    if not compact:
        raise NationalNumberError("empty", field)
    # isdigit alone would let Arabic and superscript digits through, which int() reads or chokes on.
    if not (compact.isascii() and compact.isdigit()):
        raise NationalNumberError("letters", field)
    if len(compact) != 11:
        raise NationalNumberError("length", field, count=len(compact))
    return compact


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=False))


def _check_digit(digits: str, weights: tuple[int, ...]) -> int:
    """The mod-11 digit; 10 means that the number is not used."""
    return (11 - _weighted(digits, weights) % 11) % 11


def _fits_check_digits(digits: str, *, first_remainders: tuple[int, ...]) -> bool:
    """Whether both control sums hold. The 2032 rule leaves 0-3 in the first sum; the second is unchanged."""
    first = (_weighted(digits, _K1_WEIGHTS) + int(digits[9])) % 11
    second = (_weighted(digits, _K2_WEIGHTS) + int(digits[10])) % 11
    return first in first_remainders and second == 0


def _individual_numbers(year: int) -> list[int]:
    """The individual numbers issued to people born in a year (Skatteetaten's table)."""
    if 1854 <= year <= 1899:
        return list(range(500, 750))
    if 1900 <= year <= 1939:
        return list(range(500))
    if 1940 <= year <= 1999:
        return [*range(500), *range(900, 1000)]
    if 2000 <= year <= 2039:
        return list(range(500, 1000))
    return []


def _birth_date(day: int, month: int, digits: str, field: str) -> dt.date:
    short_year, individual = int(digits[4:6]), int(digits[6:9])
    for century in (1900, 2000, 1800):
        if individual in _individual_numbers(century + short_year):
            try:
                return dt.date(century + short_year, month, day)
            except ValueError:  # 29 February of a year that has none
                break
    raise NationalNumberError("date", field)
