"""Dates, hours, numbers and places as people in Norway type them, read into Python's own types.

Every function takes the text and the name of its field, and raises `BadInput(field, sentence)` where the
sentence says what to write instead. Nothing is guessed: "ca 4" is not four hours.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from decimal import Decimal
from typing import Literal, NamedTuple

from sammen import clock
from sammen.errors import BadInput
from sammen.i18n_mark import N_, Word

HoursUnit = Literal["week", "month"]

MONTHS = (
    "januar", "februar", "mars", "april", "mai", "juni",
    "juli", "august", "september", "oktober", "november", "desember",
)  # fmt: skip
_MONTHS_ENGLISH = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTHS_SAID = (
    N_("Januar"), N_("Februar"), N_("Mars"), N_("April"), N_("Mai"), N_("Juni"),
    N_("Juli"), N_("August"), N_("September"), N_("Oktober"), N_("November"), N_("Desember"),
)  # fmt: skip

_FIRST_YEAR, _LAST_YEAR = 1850, 2199
_ANY_SPACE = re.compile(r"[\s\u200b\u2060\ufeff]+")
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:[T ]00:00(?::00)?)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})(?:\. ?|[/-]| )([0-9]{1,2})(?:\. ?|[/-]| )([0-9]{1,4})\.?")
_DAY_MONTH_NAME = re.compile(r"([0-9]{1,2})\.? ([a-zæøå]{3,9})\.? ([0-9]{1,4})")
_NUMBER = re.compile(r"([+-]?)([0-9]{1,3}(?:[ .][0-9]{3})+(?=,|$)|[0-9]+)(?:[.,]([0-9]+))?")
_HOURS = re.compile(
    r"(?P<number>[0-9]+(?:[.,][0-9]+)?) ?(?:(?:timer|time|t)\b\.?)?"
    r"(?: ?(?:/|pr\.?|per|i) ?(?P<unit>uken|uka|uke|u|måneden|måned|mnd|md)\.?)?"
)
_TIME = re.compile(r"(?:kl\.? ?)?([0-9]{1,2})(?:[:.]?([0-9]{2}))?")
_POSTCODE_PLACE = re.compile(r"(?:no?-)?([0-9]{4}),? +(\S.*)", re.IGNORECASE)
_SMALL_WORDS = frozenset({"i", "på", "og", "ved"})
_MOST_HOURS: dict[HoursUnit, int] = {"week": 168, "month": 744}


class Hours(NamedTuple):
    """An amount of hours for each week or month."""

    amount: Decimal
    unit: HoursUnit


class PostcodePlace(NamedTuple):
    """A postcode of four digits and the place's name, capitalised as on a letter."""

    postcode: str
    place: str


def clean(text: str) -> str:
    """The text with hard, thin and zero-width spaces as ordinary single spaces, and none at the ends."""
    return _ANY_SPACE.sub(" ", text).strip()


def parse_date(text: str, *, field: str, today: dt.date | None = None, years_ahead: int = 20) -> dt.date:
    """Read 28.02.2026, 28.2.26, 28/2-2026, 2026-02-28, 28. februar 2026 or 28 Feb 2026.

    A year of two digits is the latest such year not more than `years_ahead` after `today` (default: this
    day): in 2026 "46" is 2046 and "47" is 1947. Give `years_ahead=0` for birth dates.
    """
    typed = clean(text)
    if not typed:
        raise BadInput(field, N_("Skriv en dato, for eksempel 28.02.2026."))
    day, month, year_text = _date_parts(typed, field)
    if len(year_text) == 2:
        latest = (today or clock.today()).year + years_ahead
        year = latest - (latest - int(year_text)) % 100
    elif len(year_text) == 4 and _FIRST_YEAR <= int(year_text) <= _LAST_YEAR:
        year = int(year_text)
    else:
        raise BadInput(field, N_("Skriv året med fire sifre, for eksempel 28.02.2026."))
    if not 1 <= month <= 12:
        raise BadInput(field, N_("Velg en dato som finnes. Året har 12 måneder."))
    days = calendar.monthrange(year, month)[1]
    if not 1 <= day <= days:
        raise BadInput(
            field,
            N_("Velg en dato som finnes. %(month)s %(year)s har %(days)s dager."),
            month=Word(_MONTHS_SAID[month - 1]),
            year=year,
            days=days,
        )
    return dt.date(year, month, day)


def _date_parts(typed: str, field: str) -> tuple[int, int, str]:
    if match := _ISO_DATE.fullmatch(typed):
        return int(match[3]), int(match[2]), match[1]
    if match := _DAY_FIRST.fullmatch(typed):
        return int(match[1]), int(match[2]), match[3]
    if match := _DAY_MONTH_NAME.fullmatch(typed.casefold()):
        named = [*enumerate(MONTHS, 1), *enumerate(_MONTHS_ENGLISH, 1)]
        months = {number for number, name in named if name.startswith(match[2])}
        if len(months) == 1:
            return int(match[1]), months.pop(), match[3]
    raise BadInput(field, N_("Skriv datoen som dag.måned.år, for eksempel 28.02.2026."))


def format_date(day: dt.date) -> str:
    """A date as in tables: 28.02.2026."""
    return f"{day.day:02d}.{day.month:02d}.{day.year:04d}"


def parse_decimal(
    text: str,
    *,
    field: str,
    decimals: int = 2,
    minimum: Decimal | int | None = None,
    maximum: Decimal | int | None = None,
) -> Decimal:
    """Read 4,5, 4.5, 1 234,50 or -3. More than `decimals` decimals are refused, never rounded.

    That also refuses "1.234", which is a thousand to some and a little over one to others.
    """
    typed = clean(text).replace("\u2212", "-")
    match = _NUMBER.fullmatch(typed)
    if match is None or len(typed) > 30:
        raise BadInput(field, N_("Skriv et tall, for eksempel 4 eller 4,5."))
    sign, whole, fraction = match[1], re.sub(r"[ .]", "", match[2]), match[3] or ""
    if "." in match[2] and not fraction:
        raise BadInput(field, N_("Skriv tallet uten punktum, for eksempel 1234 eller 1 234,50."))
    if len(fraction) > decimals:
        if decimals == 0:
            raise BadInput(field, N_("Skriv et helt tall, for eksempel 4."))
        raise BadInput(
            field, N_("Skriv tallet med høyst %(decimals)s desimaler, for eksempel 4,5."), decimals=decimals
        )
    value = Decimal(f"{sign}{whole}.{fraction or 0}") if fraction else Decimal(f"{sign}{whole}")
    if minimum is not None and value < minimum:
        raise BadInput(field, N_("Skriv et tall som er %(limit)s eller mer."), limit=format_decimal(minimum))
    if maximum is not None and value > maximum:
        raise BadInput(
            field, N_("Skriv et tall som er %(limit)s eller mindre."), limit=format_decimal(maximum)
        )
    return value


def format_decimal(value: Decimal | int) -> str:
    """A number with a decimal comma and no trailing zeros after it: 4,5."""
    digits = f"{value:f}"
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits.replace(".", ",")


def parse_hours(text: str, *, field: str, unless_stated: HoursUnit = "week") -> Hours:
    """Read "4,5", "3,5 t/uke", "16 t/mnd" or "10 timer per måned" into an amount and its unit.

    Without a unit the hours are for each `unless_stated`; ask `hours_unit_stated` whether one was there.
    The amount is above 0, has at most two decimals and fits in a week or a month.
    """
    match = _HOURS.fullmatch(clean(text).casefold())
    if match is None:
        raise BadInput(field, N_("Skriv timer som tall, for eksempel 4 eller 4,5."))
    amount = parse_decimal(match["number"], field=field)
    stated = match["unit"]
    unit: HoursUnit = unless_stated if stated is None else "week" if stated.startswith("u") else "month"
    if amount <= 0:
        raise BadInput(field, N_("Skriv timer som er mer enn 0, for eksempel 4 eller 4,5."))
    if amount > _MOST_HOURS[unit]:
        if unit == "week":
            raise BadInput(field, N_("Det er 168 timer i en uke. Skriv et lavere tall."))
        raise BadInput(field, N_("Det er høyst 744 timer i en måned. Skriv et lavere tall."))
    return Hours(amount, unit)


def hours_unit_stated(text: str) -> bool:
    """Whether a text that `parse_hours` can read says week or month itself."""
    match = _HOURS.fullmatch(clean(text).casefold())
    return match is not None and match["unit"] is not None


def parse_time(text: str, *, field: str) -> dt.time:
    """Read 17:30, 17.30, 1730, 17 or kl. 17.30. Midnight is 00:00."""
    match = _TIME.fullmatch(clean(text).casefold())
    if match is None:
        raise BadInput(field, N_("Skriv klokkeslettet som 17:30."))
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour > 23 or minute > 59:
        raise BadInput(field, N_("Skriv et klokkeslett fra 00:00 til 23:59."))
    return dt.time(hour, minute)


def parse_postcode_place(text: str, *, field: str) -> PostcodePlace:
    """Read "3190 HORTEN" into ("3190", "Horten"). A name that is not all capitals keeps its letters."""
    match = _POSTCODE_PLACE.fullmatch(clean(text))
    if match is None or not any(char.isalpha() for char in match[2]) or len(match[2]) > 60:
        raise BadInput(field, N_("Skriv postnummer med fire sifre og poststed, for eksempel 3190 Horten."))
    place = match[2]
    if place.isupper():
        words = place.casefold().split(" ")
        place = " ".join(w if i and w in _SMALL_WORDS else _capitalise(w) for i, w in enumerate(words))
    return PostcodePlace(match[1], place)


def _capitalise(word: str) -> str:
    return "-".join(part[:1].upper() + part[1:] for part in word.split("-"))


# "{", "|" and "}" follow z in Unicode.
_ORDER = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})


def alphabetical(name: str) -> str:
    """A sort key in the order of the Norwegian alphabet, where æ, ø and å come last."""
    return name.casefold().translate(_ORDER)
