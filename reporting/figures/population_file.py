"""A file of inhabitants, as Statistics Norway's table 07459 gives it or as one's own list, turned into our four age bands.

Long (a row for each municipality, year and age) or wide (a column for each year). What cannot be used is a fault of its
line, with a sentence; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sammen.documents.tables_in import Table, column_key, read_table
from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_

FIRST_YEAR, LAST_YEAR = 1986, 2100
MOST_PEOPLE: Final = 1_500_000
OLDEST: Final = 105
"""The last age of the tables must be open, or reach so far that nobody is left out."""
BANDS: Final = (("0-17", 0, 17), ("18-66", 18, 66), ("67-79", 67, 79), ("80", 80, 200))
CODE_COLUMNS = ("code", "kode", "kommunenummer", "kommunenr")
NAME_COLUMNS = ("name", "navn", "kommune", "region", "kommunenavn", "municipality")
AGE_COLUMNS = ("age_band", "alder", "aldersgruppe", "age", "alderstrinn")
YEAR_COLUMNS = ("year", "år", "aar")
COUNT_COLUMNS = (
    "population",
    "innbyggere",
    "personer",
    "folkemengde",
    "inhabitants",
    "value",
    "antall",
    "folketall",
)
WIDE_YEAR = re.compile(r"(?:personer|folkemengde|innbyggere)?((?:19|20)[0-9]{2})")
SEX_COLUMNS = ("kjønn", "sex")
YEARS: Final = tuple(str(year) for year in range(FIRST_YEAR, LAST_YEAR))
KNOWN = (
    *CODE_COLUMNS, *NAME_COLUMNS, *AGE_COLUMNS, *YEAR_COLUMNS, *COUNT_COLUMNS, *SEX_COLUMNS, *YEARS,
    *(f"{word} {year}" for year in YEARS for word in ("personer", "folkemengde", "innbyggere")),
)  # fmt: skip
_AGE = re.compile(
    r"([0-9]{1,3})(?:\s*[-–]\s*([0-9]{1,3})|\s*(\+|år eller eldre|og over|eller eldre|years or older))?(?:\s*(?:år|years))?"
)
_COMBINED = re.compile(r"[0-9]{4}\s*[+/]\s*[0-9]{4}")
_NUMBERED = re.compile(r"(?:K[-_ ]?)?([0-9]{4})\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality of the region."""

    id: UUID
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line of the file: its number there, and a sentence (a msgid) with its parameters."""

    line: int
    message: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Read:
    """A file read: inhabitants by (municipality, year, band), faults by line, and the lines of other municipalities."""

    counts: dict[tuple[UUID, int, str], int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    others: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    code: str
    name: str
    age: str
    year: str
    count: str


def age_range(text: str) -> tuple[int, int] | None:
    """The ages a text names, both included: "13-17", "80+", "5 år", "105 år eller eldre"; None when it names none."""
    found = _AGE.fullmatch(" ".join(text.casefold().split()))
    if not found:
        return None
    low = int(found[1])
    high = int(found[2]) if found[2] else 200 if found[3] else low
    return (low, high) if low <= high else None


def band_of(low: int, high: int) -> str | None:
    """The one of our bands that holds all these ages, or None."""
    return next((band for band, first, last in BANDS if first <= low and high <= last), None)


def read_population(data: bytes, filename: str, places: Sequence[Place]) -> Read:
    """Read a file of inhabitants. Raises UnreadableTable for what is no table, Invalid when columns are missing.

    Every age from 0 up must be there once for a municipality and year: a gap or an overlap is a fault of the last line.
    """
    table = read_table(data, filename, known_columns=KNOWN)
    read = Read()
    by_code = {place.code: place for place in places}
    by_name = {column_key(place.name): place for place in places}
    ages: dict[tuple[UUID, int], list[tuple[int, int, int]]] = {}
    for row in _rows(table):
        place, fault = _place(row, by_code, by_name)
        if fault:
            read.faults.append(fault)
        elif place is None:
            read.others += 1
        else:
            _take(read, ages, row, place)
    broken = set(_uneven(ages, {place.id: place.name for place in places}, read))
    read.counts = {key: count for key, count in read.counts.items() if key[:2] not in broken}
    return read


def _rows(table: Table) -> Iterator[_Row]:
    at = {column_key(name): place for place, name in reversed(list(enumerate(table.header)))}

    def column(names: Sequence[str]) -> int | None:
        return next((at[column_key(name)] for name in names if column_key(name) in at), None)

    code, name, age = column(CODE_COLUMNS), column(NAME_COLUMNS), column(AGE_COLUMNS)
    year, count = column(YEAR_COLUMNS), column(COUNT_COLUMNS)
    wide = [(found[1], place) for key, place in at.items() if (found := WIDE_YEAR.fullmatch(key))]
    if (
        (code is None and name is None)
        or age is None
        or not (wide or (year is not None and count is not None))
    ):
        raise Invalid.one(
            "fil",
            N_("Fila må ha kolonner for kommune, alder, år og innbyggere. Året kan også stå i overskriften."),
        )
    if column(SEX_COLUMNS) is not None:
        raise Invalid.one("fil", N_("Fila er delt etter kjønn. Hent den på nytt med begge kjønn samlet."))
    shown = ""
    for row in table.rows:

        def cell(place: int | None, cells: list[str] = row.cells) -> str:
            return cells[place].strip() if place is not None and place < len(cells) else ""

        # Statistics Norway writes the municipality once, and leaves it out on the lines below.
        shown = cell(name) or shown
        if year is not None and count is not None:
            yield _Row(
                row.row_no,
                cell(code),
                cell(name) if code is not None else shown,
                cell(age),
                cell(year),
                cell(count),
            )
        else:
            for when, place in sorted(wide):
                yield _Row(
                    row.row_no,
                    cell(code),
                    cell(name) if code is not None else shown,
                    cell(age),
                    when,
                    cell(place),
                )


def _place(
    row: _Row, by_code: Mapping[str, Place], by_name: Mapping[str, Place]
) -> tuple[Place | None, Fault | None]:
    """The municipality of a row; (None, None) when it is another region's."""
    code, name = row.code, row.name
    if _COMBINED.search(code) or _COMBINED.search(name) or "+" in name:
        return None, Fault(
            row.line,
            N_("Linja gjelder flere kommuner samlet. Del tallet på kommunene, med en linje for hver."),
        )
    numbered = _NUMBERED.fullmatch(name)
    if not code and numbered:
        code, name = numbered[1], numbered[2]
    if code:
        # A code that is not ours is another's, also when the name is the same: borders have moved.
        return by_code.get(code.zfill(4) if code.isdigit() else code), None
    if not name:
        return None, Fault(row.line, N_("Linja mangler kommune."))
    return by_name.get(column_key(name)), None


def _take(
    read: Read, ages: dict[tuple[UUID, int], list[tuple[int, int, int]]], row: _Row, place: Place
) -> None:
    span = age_range(row.age)
    digits = row.count.replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    if span is None or (band := band_of(*span)) is None:
        read.faults.append(
            Fault(
                row.line,
                N_(
                    "Alderen «%(age)s» passer ikke. Vi trenger 0–17, 18–66, 67–79 og 80 og eldre, eller finere."
                ),
                {"age": row.age[:40]},
            )
        )
    elif not (row.year.isascii() and row.year.isdigit() and FIRST_YEAR <= int(row.year) < LAST_YEAR):
        read.faults.append(
            Fault(
                row.line,
                N_("Året «%(year)s» passer ikke. Skriv det med fire sifre."),
                {"year": row.year[:20]},
            )
        )
    elif not (digits.isascii() and digits.isdigit() and len(digits) < 9 and int(digits) <= MOST_PEOPLE):
        read.faults.append(
            Fault(row.line, N_("«%(count)s» er ikke et antall innbyggere."), {"count": row.count[:20]})
        )
    else:
        key = (place.id, int(row.year), band)
        read.counts[key] = read.counts.get(key, 0) + int(digits)
        ages.setdefault((place.id, int(row.year)), []).append((*span, row.line))


def _uneven(
    ages: Mapping[tuple[UUID, int], Sequence[tuple[int, int, int]]], names: Mapping[UUID, str], read: Read
) -> Iterator[tuple[UUID, int]]:
    """Municipalities and years where an age is counted twice or not at all; each becomes a fault."""
    for (place, year), spans in ages.items():
        after = 0
        told = {"place": names[place], "year": str(year)}
        for low, high, line in sorted(spans):
            if low < after:
                read.faults.append(Fault(line, N_("%(place)s %(year)s: en alder er med to ganger."), told))
                break
            if low > after:
                read.faults.append(Fault(line, N_("%(place)s %(year)s: en alder mangler."), told))
                break
            after = high + 1
        else:
            if after > OLDEST:
                continue
            read.faults.append(Fault(spans[-1][2], N_("%(place)s %(year)s: de eldste mangler."), told))
        yield place, year


def no_rows(read: Read) -> Invalid | None:
    """The error for a file with nothing to use in it."""
    if read.counts:
        return None
    if read.faults:
        first = read.faults[0]
        return Invalid({"fil": BadInput("fil", first.message, **first.params)})
    return Invalid.one("fil", N_("Fila har ingen linjer om samarbeidets kommuner."))
