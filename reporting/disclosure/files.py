"""Tables as files: a long table of inner cells and its hierarchies in, every published and hidden cell out.

Files are CSV with a line of names first, separated by semicolon, comma or tab, in UTF-8 (with or without a byte order mark)
or Windows-1252. Numbers may be written as Norwegians write them: 1 234,5. What cannot be read raises `BadFile` with the
file, the line and the column, in words for whoever made the file (Bokmål, as the command that shows them).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Final

HIDDEN_SIGN: Final = ":"
"""Statistics Norway's sign for a hidden number. There is one: which cells were small in themselves is not told."""
TOTAL: Final = "Total"
SEPARATORS: Final = (";", "\t", ",")
_SPACES: Final = re.compile(r"[\s\u00a0\u202f]")


class BadFile(Exception):
    """A file that cannot be used. `line` counts from 1 with the names as line 1; None when it is about the whole file."""

    def __init__(self, path: Path, what: str, line: int | None = None, column: str | None = None) -> None:
        self.path, self.what, self.line, self.column = path, what, line, column
        where = [str(path)]
        if line is not None:
            where.append(f"linje {line}")
        if column is not None:
            where.append(f"kolonnen «{column}»")
        super().__init__(f"{', '.join(where)}: {what}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file as text. `rows` are (line number, fields by column)."""

    path: Path
    names: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    separator: str

    def need(self, column: str, why: str) -> None:
        """BadFile when the column is not there."""
        if column not in self.names:
            raise BadFile(
                self.path, f"Fant ikke kolonnen for {why}. Fila har: {', '.join(self.names)}.", 1, column
            )


def read_sheet(path: Path) -> Sheet:
    """The file's rows as text, spaces around fields taken away and empty lines left out. Raises BadFile."""
    text = _text(path)
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines = _lines(path, reader)
    head = next(lines, None)
    if head is None:
        raise BadFile(path, "Fila er tom. Første linje skal ha navn på kolonnene.")
    names = tuple(head[1])
    for name in names:
        if not name:
            raise BadFile(path, "En kolonne mangler navn.", 1)
        if names.count(name) > 1:
            raise BadFile(path, "Navnet står to ganger. Gi kolonnene hvert sitt navn.", 1, name)
    rows = []
    for line, fields in lines:
        if len(fields) != len(names):
            raise BadFile(path, f"Linja har {len(fields)} felt, og skulle hatt {len(names)}.", line)
        rows.append((line, dict(zip(names, fields, strict=True))))
    return Sheet(path, names, tuple(rows), separator)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadFile(path, _why_unread(error)) from error
    if b"\x00" in raw:
        raise BadFile(path, "Dette er ikke en tekstfil. Lagre tabellen som CSV (UTF-8).")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _why_unread(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "Fila finnes ikke."
    if isinstance(error, IsADirectoryError):
        return "Dette er en mappe, ikke en fil."
    return (
        "Fila kan ikke åpnes." if not isinstance(error, PermissionError) else "Du har ikke tilgang til fila."
    )


def _lines(path: Path, reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    while True:
        line = getattr(reader, "line_num", 0) + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BadFile(
                path, "Et anførselstegn er ikke avsluttet, eller står midt i et felt.", line
            ) from error
        stripped = [field.strip() for field in fields]
        if any(stripped):
            yield line, stripped


def number(sheet: Sheet, line: int, column: str, text: str) -> Decimal:
    """A number that is not negative. Raises BadFile."""
    plain = _SPACES.sub("", text)
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise BadFile(sheet.path, f"«{text}» er ikke et tall.", line, column)
    if value < 0:
        raise BadFile(sheet.path, f"{text} er negativt. Tallene kan ikke være under 0.", line, column)
    return value


def whole(sheet: Sheet, line: int, column: str, text: str) -> int:
    """A whole number that is not negative. Raises BadFile."""
    value = number(sheet, line, column, text)
    if value != value.to_integral_value():
        raise BadFile(
            sheet.path, f"{text} er ikke et helt tall. Er det kroner eller timer, bruk --money.", line, column
        )
    return int(value)


def read_hierarchy(path: Path, codes: Iterable[str], column: str) -> dict[str, str]:
    """Code → the group one level up, of every code and group in the file.

    The columns go from the finest to the coarsest, left to right: two columns are code and group; three are code, group and
    the group's group. A file of two columns may also hold groups as codes. An empty field ends the line: that code stands
    in no (further) group. Every code of the table that the file lacks is in no group either. Raises BadFile.
    """
    sheet = read_sheet(path)
    if len(sheet.names) < 2:
        raise BadFile(path, "Et hierarki trenger minst to kolonner: koden, så gruppen den er i.", 1)
    parents: dict[str, str] = {}
    told: dict[str, int] = {}
    for line, fields in sheet.rows:
        steps = [fields[name] for name in sheet.names]
        chain = steps[: steps.index("")] if "" in steps else steps
        if not chain:
            raise BadFile(path, "Koden mangler.", line, sheet.names[0])
        for code, group in pairwise(chain):
            if code == group:
                raise BadFile(
                    path, f"«{code}» kan ikke være gruppen sin egen gruppe. Gi dem hvert sitt navn.", line
                )
            if parents.setdefault(code, group) != group:
                raise BadFile(
                    path, f"«{code}» er i «{group}» her, og i «{parents[code]}» på linje {told[code]}.", line
                )
            told.setdefault(code, line)
    known = set(codes)
    if not known & parents.keys():
        raise BadFile(
            path, f"Ingen av kodene i kolonnen «{column}» finnes i fila. Står kodene i første kolonne?"
        )
    _check_round(path, parents, told)
    for group in set(parents.values()) & known:
        child = min(code for code, parent in parents.items() if parent == group)
        raise BadFile(
            path, f"«{group}» er både en kode i tabellen og en gruppe. Gi gruppen et annet navn.", told[child]
        )
    return _reached(parents, known)


def _check_round(path: Path, parents: Mapping[str, str], told: Mapping[str, int]) -> None:
    for code in parents:
        seen = {code}
        node = code
        while node in parents:
            node = parents[node]
            if node in seen:
                raise BadFile(path, f"«{node}» er i en gruppe som er i den selv.", told[node])
            seen.add(node)


def _reached(parents: Mapping[str, str], codes: Iterable[str]) -> dict[str, str]:
    """Only what stands over codes of the table: a group without any would be a row of noughts that nobody asked for."""
    found: dict[str, str] = {}
    for code in sorted(codes):
        node = code
        while node in parents and node not in found:
            found[node] = parents[node]
            node = parents[node]
    return found


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column is what. Every other one, apart from `ignore`, is a dimension.

    member: the column that says who a row belongs to. version: a number that grows when a row is corrected. contributors,
    largest and second are for money.
    """

    value: str
    member: str | None = None
    version: str | None = None
    contributors: str | None = None
    largest: str | None = None
    second: str | None = None
    ignore: tuple[str, ...] = ()

    def special(self) -> dict[str, str]:
        """Column → what it is for, in words."""
        found = {
            self.value: "verdien",
            self.version: "versjonen",
            self.contributors: "antall bidragsytere",
            self.largest: "det største bidraget",
            self.second: "det nest største bidraget",
        }
        return {column: why for column, why in found.items() if column is not None}


@dataclass(frozen=True, slots=True)
class Line:
    """An inner cell as it stands in the file. `version` tells a corrected number from the one it replaces."""

    line: int
    key: tuple[str, ...]
    value: Decimal
    owner: str
    contributors: int
    largest: Decimal
    second: Decimal
    version: int


def read_lines(sheet: Sheet, columns: Columns, *, total: str = TOTAL) -> tuple[tuple[str, ...], list[Line]]:
    """(the dimensions' names, the inner cells in the file's order). Raises BadFile on the first thing that is wrong."""
    for column, why in columns.special().items():
        sheet.need(column, why)
    for column in columns.ignore:
        sheet.need(column, "--ignore")
    if columns.member is not None:
        sheet.need(columns.member, "eieren")
    left_out = {*columns.special(), *columns.ignore}
    dimensions = tuple(name for name in sheet.names if name not in left_out)
    if not dimensions:
        raise BadFile(sheet.path, "Tabellen har ingen kolonner å dele etter.", 1)
    if not sheet.rows:
        raise BadFile(sheet.path, "Tabellen har ingen rader.")
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for line, fields in sheet.rows:
        key = tuple(_code(sheet, line, name, fields[name], total) for name in dimensions)
        if key in seen:
            raise BadFile(
                sheet.path,
                f"{_told(dimensions, key)} står også på linje {seen[key]}. Hver celle kan stå én gang.",
                line,
            )
        seen[key] = line
        found.append(_line(sheet, columns, line, key, fields))
    return dimensions, found


def _told(dimensions: Sequence[str], key: Sequence[str]) -> str:
    return ", ".join(f"{name} {code}" for name, code in zip(dimensions, key, strict=True))


def _code(sheet: Sheet, line: int, column: str, text: str, total: str) -> str:
    if not text:
        raise BadFile(sheet.path, "Koden mangler. Skriv for eksempel «ukjent».", line, column)
    if text == total:
        raise BadFile(
            sheet.path,
            f"«{text}» ser ut som en sum. Ta summene ut av tabellen, eller velg et annet ord med --total.",
            line,
            column,
        )
    return text


def _line(sheet: Sheet, columns: Columns, line: int, key: tuple[str, ...], fields: Mapping[str, str]) -> Line:
    owner = fields[columns.member] if columns.member else ""
    version = whole(sheet, line, columns.version, fields[columns.version]) if columns.version else 0
    if columns.contributors is None or columns.largest is None or columns.second is None:
        count = whole(sheet, line, columns.value, fields[columns.value])
        # Of people counted one by one, each contributes one.
        one, two = Decimal(min(count, 1)), Decimal(1 if count > 1 else 0)
        return Line(line, key, Decimal(count), owner, count, one, two, version)
    value, largest, second = (
        number(sheet, line, column, fields[column])
        for column in (columns.value, columns.largest, columns.second)
    )
    contributors = whole(sheet, line, columns.contributors, fields[columns.contributors])
    if second > largest:
        raise BadFile(
            sheet.path, "Det nest største bidraget er større enn det største.", line, columns.second
        )
    if largest + second > value:
        raise BadFile(
            sheet.path, "De to største bidragene er til sammen mer enn verdien.", line, columns.largest
        )
    return Line(line, key, value, owner, contributors, largest, second, version)


def codes_of(lines: Sequence[Line], place: int) -> tuple[str, ...]:
    """The codes a dimension has in the table, in the order they first come."""
    return tuple(dict.fromkeys(line.key[place] for line in lines))


def plain(value: Decimal) -> str:
    """A number without exponent or needless decimals, with a point, as programs read it."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def write_cells(
    path: Path, names: Sequence[str], cells: Iterable[tuple[Sequence[str], Decimal | None]], separator: str
) -> None:
    """Every cell on a line: its codes, and the number or the sign for a hidden one. UTF-8. Raises BadFile."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\n")
    writer.writerow(names)
    for key, value in cells:
        writer.writerow([*key, HIDDEN_SIGN if value is None else plain(value)])
    write_text(path, out.getvalue())


def write_text(path: Path, text: str) -> None:
    """Write a file whole, or say why not as BadFile."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadFile(path, f"Fila kan ikke skrives: {error.strerror}.") from error
