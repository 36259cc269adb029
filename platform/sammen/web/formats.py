"""How each language writes dates, numbers, money, time and lists, as template filters and for Python.

The names of days and months come from CLDR (through Babel) once per language; the rest is written out by
hand, since a list of fifty rows formats hundreds of values and Babel's pattern engine takes its time.
`tests/web/test_formats.py` compares with Babel. Moments are shown in Norwegian time in every language.

English is British (CLDR's en_GB): 22 November 2026, 08:41, 1,234.5, 94%. Two things are chosen. Money is
NOK 1,234.50, the currency's international name, where both Norwegians write kr. Short dates are CLDR's
medium ones, 22 Nov 2026: 05/11/2026 is November to some readers of English and May to others. What is typed
in a field is the same in every language: dd.mm.yyyy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, partial
from typing import Any, Final

from babel.dates import get_day_names, get_month_names
from babel.lists import format_list

from sammen.clock import OSLO, today
from sammen.web.i18n import LANGUAGES, ntranslate, translate

NBSP: Final = "\N{NO-BREAK SPACE}"
MINUS: Final = "\N{MINUS SIGN}"
Number = int | float | Decimal

LOCALES: Final = {lang: {"en": "en_GB"}.get(lang, lang) for lang in LANGUAGES}
"""Language code to the CLDR locale it is written by."""
ENGLISH: Final = frozenset({"en"})
"""Languages that write days, clocks and numbers the English way; the others do it the Norwegian way."""

_MONTHS: Final[dict[str, tuple[str, ...]]] = {
    lang: ("", *(get_month_names(locale=locale)[n] for n in range(1, 13))) for lang, locale in LOCALES.items()
}
_SHORT_MONTHS: Final[dict[str, tuple[str, ...]]] = {
    lang: ("", *(get_month_names("abbreviated", locale=locale)[n] for n in range(1, 13)))
    for lang, locale in LOCALES.items()
}
_DAYS: Final[dict[str, tuple[str, ...]]] = {
    lang: tuple(get_day_names(locale=locale)[n] for n in range(7)) for lang, locale in LOCALES.items()
}


def _local(value: datetime) -> datetime:
    """The moment on Norwegian clocks; a moment without a zone is UTC, as everything stored is."""
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(OSLO)


def _day(value: date) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


def date_long(value: date, lang: str = "nb") -> str:
    """21. november 2026; 21 November 2026"""
    day = _day(value)
    return f"{date_day_month(day, lang)} {day.year}"


def date_day_month(value: date, lang: str = "nb") -> str:
    """21. november; 21 November"""
    day = _day(value)
    return f"{day.day}{'' if lang in ENGLISH else '.'} {_MONTHS[lang][day.month]}"


def date_short(value: date, lang: str = "nb") -> str:
    """21.11.2026; 21 Nov 2026, with spaces that do not break"""
    day = _day(value)
    if lang in ENGLISH:
        return f"{day.day}{NBSP}{_SHORT_MONTHS[lang][day.month]}{NBSP}{day.year}"
    return f"{day.day:02}.{day.month:02}.{day.year}"


def date_weekday(value: date, lang: str = "nb") -> str:
    """Mandag 23. november 2026; Monday 23 November 2026"""
    day = _day(value)
    return f"{_DAYS[lang][day.weekday()].capitalize()} {date_long(day, lang)}"


def weekday(value: date, lang: str = "nb") -> str:
    """mandag; Monday"""
    return _DAYS[lang][_day(value).weekday()]


def month_year(value: date, lang: str = "nb") -> str:
    """november 2026; November 2026"""
    day = _day(value)
    return f"{_MONTHS[lang][day.month]} {day.year}"


def clock(value: datetime | time, lang: str = "nb") -> str:
    """kl. 8.41; 08:41"""
    moment = _local(value) if isinstance(value, datetime) else value
    if lang in ENGLISH:
        return f"{moment.hour:02}:{moment.minute:02}"
    return f"kl.{NBSP}{moment.hour}.{moment.minute:02}"


def clock_range(starts: time, ends: time, lang: str = "nb") -> str:
    """kl. 17.30–19.30; 17:30–19:30"""
    return f"{clock(starts, lang)}–{clock(ends, lang).removeprefix(f'kl.{NBSP}')}"


def moment(value: datetime, lang: str = "nb") -> str:
    """23. november 2026 kl. 8.41; 23 November 2026 at 08:41"""
    return f"{date_long(value, lang)} {'at ' if lang in ENGLISH else ''}{clock(value, lang)}"


def decimal(value: Number, digits: int | None = None, lang: str = "nb") -> str:
    """1 234,5: decimal comma, thousands by a space that does not break, a real minus; in English 1,234.5.

    With `digits` the number is rounded half up to exactly so many decimals; without, it has the decimals it
    needs (a float at most three, so that binary noise never shows).
    """
    exact = value if isinstance(value, Decimal) else Decimal(str(round(value, 3)))
    if digits is not None:
        exact = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
        text = f"{exact:,f}"
    else:
        text = f"{exact:,f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
    if exact == 0:
        text = text.lstrip("-")
    text = text.replace("-", MINUS)
    return text if lang in ENGLISH else text.replace(",", NBSP).replace(".", ",")


def money(value: Number, digits: int = 2, lang: str = "nb") -> str:
    """1 234,50 kr; NOK 1,234.50"""
    if lang in ENGLISH:
        text = decimal(value, digits, lang)
        return f"{MINUS if text.startswith(MINUS) else ''}NOK{NBSP}{text.lstrip(MINUS)}"
    return f"{decimal(value, digits, lang)}{NBSP}kr"


def percent(value: Number, digits: int = 0, lang: str = "nb") -> str:
    """94 %, from 94 (not 0,94); 94% in English."""
    return f"{decimal(value, digits, lang)}{'' if lang in ENGLISH else NBSP}%"


def hours(value: Number, lang: str = "nb") -> str:
    """3,5 t; 3.5 h"""
    return f"{decimal(value, None, lang)}{NBSP}{'h' if lang in ENGLISH else 't'}"


def hours_long(value: Number, lang: str = "nb") -> str:
    """3,5 timer; 1 time. The noun is singular for exactly one."""
    unit = ntranslate(
        lang, "%(text)s time", "%(text)s timer", 1 if value == 1 else 2, text=decimal(value, None, lang)
    )
    return unit.replace(" ", NBSP)


def age(born: date, on: date | None = None) -> int:
    """Whole years on the day `on` (else today). Born 29 February: one is a year older on 1 March."""
    day = on or today()
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age_text(born: date, on: date | None = None, lang: str = "nb") -> str:
    """12 år"""
    return translate(lang, "%(years)s år", years=age(born, on))


@lru_cache(maxsize=4096)
def days_left(days: int, lang: str = "nb") -> str:
    """Days to a deadline in words: 4 dager over fristen; Frist i dag; 1 dag igjen."""
    if days < 0:
        return ntranslate(lang, "%(num)s dag over fristen", "%(num)s dager over fristen", -days)
    if days == 0:
        return translate(lang, "Frist i dag")
    return ntranslate(lang, "%(num)s dag igjen", "%(num)s dager igjen", days)


@lru_cache(maxsize=4096)
def days_waited(days: int, lang: str = "nb") -> str:
    """How long something has waited: Ny i dag; Ventet 1 dag; Ventet 21 dager."""
    if days <= 0:
        return translate(lang, "Ny i dag")
    return ntranslate(lang, "Ventet %(num)s dag", "Ventet %(num)s dager", days)


def initials(name: str) -> str:
    """The first letter of the first and the last word: Kari Lunde, 24 år → KL."""
    words = name.partition(",")[0].split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def listed(names: Sequence[str], lang: str = "nb") -> str:
    """Hof, Lardal og Tønsberg; Hof, Lardal and Tønsberg; "" for none."""
    return format_list(list(names), locale=LOCALES[lang]) if names else ""


_PHONE: Final = re.compile(r"(?<!\d)((?:\+47 ?)?[2-9](?: ?\d){7})(?!\d)")


def phone_parts(text: str) -> list[tuple[str, bool]]:
    """A line of free text in pieces, and whether each is a Norwegian telephone number (eight digits), to be rung."""
    return [(part, n % 2 == 1) for n, part in enumerate(_PHONE.split(text)) if part]


def upper_first(text: str) -> str:
    """A sentence's first letter, and no other, made large: hver tirsdag → Hver tirsdag."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """A role's name inside a sentence: Felles koordinator → felles koordinator."""
    return text[:1].lower() + text[1:]


_IN_LANGUAGE: Final[dict[str, Callable[..., str]]] = {
    "date_long": date_long,
    "date_day_month": date_day_month,
    "date_short": date_short,
    "date_weekday": date_weekday,
    "weekday": weekday,
    "month_year": month_year,
    "clock": clock,
    "moment": moment,
    "decimal": decimal,
    "money": money,
    "percent": percent,
    "hours": hours,
    "hours_long": hours_long,
    "age_text": age_text,
    "days_left": days_left,
    "days_waited": days_waited,
    "listed": listed,
}


def filters(lang: str) -> dict[str, Callable[..., Any]]:
    """The template filters of one language, by name."""
    bound: dict[str, Callable[..., Any]] = {name: partial(fn, lang=lang) for name, fn in _IN_LANGUAGE.items()}
    plain: dict[str, Callable[..., Any]] = {
        "age": age, "initials": initials, "lower_first": lower_first, "upper_first": upper_first,
        "phone_parts": phone_parts,
    }  # fmt: skip
    return bound | plain
