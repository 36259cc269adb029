"""Table files people upload, read into rows of text: CSV and .xlsx, told apart by content.

Municipalities keep their lists with title lines over the header, in Windows-1252 or UTF-8, with `;`, comma
or tab. What cannot be read is refused whole, with a sentence that says what to do; no row is left out
silently. A file is a stranger's: sizes are checked before anything is unpacked (see workbook_in.py).
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Literal

from sammen.documents import workbook_in
from sammen.documents.limits import (
    MAX_BYTES,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_HEADER_ROW,
    MAX_ROWS,
    UnreadableTable,
)
from sammen.documents.tables_out import unescape_cell
from sammen.i18n_mark import N_

__all__ = ["Table", "TableRow", "UnreadableTable", "column_key", "read_table"]

_DELIMITERS = (";", "\t", ",")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_NOT_A_TABLE: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", N_("Dette er en PDF. Lagre lista som Excel (.xlsx) eller CSV og send den på nytt.")),
    (b"\x89PNG", N_("Dette er et bilde. Lagre lista som Excel (.xlsx) eller CSV og send den på nytt.")),
    (b"\xff\xd8\xff", N_("Dette er et bilde. Lagre lista som Excel (.xlsx) eller CSV og send den på nytt.")),
    (b"{\\rtf", N_("Dette er et tekstdokument. Lagre lista som Excel (.xlsx) eller CSV.")),
)
# What æ, ø and å turn into when UTF-8 is taken for Windows-1252 on the way, and the sign for a lost letter.
_BROKEN_LETTERS = re.compile("Ã[¦¸¥†˜…\x86\x98\x85]|\ufffd")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class TableRow:
    """One row. `row_no` counts as the spreadsheet does, from 1 at the top of the file.

    `cells` has a text for each header, "" where there was none; more than that only when the row itself has
    more filled cells than the header.
    """

    row_no: int
    cells: list[str] = field(repr=False)


@dataclass(frozen=True)
class Table:
    """A table as found in the file, blank rows left out. A workbook has "" for `encoding` and `delimiter`."""

    header_row_no: int
    header: list[str]
    rows: list[TableRow] = field(repr=False)
    encoding: str
    delimiter: str
    kind: Literal["csv", "xlsx"]
    filename: str


def column_key(name: str) -> str:
    """A column name as it is compared: lower case, letters and digits only ("Fødselsnr." is "fødselsnr")."""
    return "".join(char for char in unicodedata.normalize("NFKC", name).casefold() if char.isalnum())


def read_table(data: bytes, filename: str, *, known_columns: Collection[str]) -> Table:
    """Read an uploaded file into a Table.

    `known_columns` are the column names the caller understands; the header is the row near the top with most
    of them, and at least two. `filename` is kept, in a safe form, and decides nothing. Numbers and dates of a
    workbook become text as a Norwegian would type it: 4,5 and 28.02.2026. A trailing sum line is an ordinary
    row here: only the caller can know it.

    Raises UnreadableTable when the file is too large, is not a table, or has no such header.
    """
    known = {column_key(name) for name in known_columns}
    name = _safe_filename(filename)
    if not data.strip():
        raise UnreadableTable(N_("Fila er tom. Velg fila med lista og send den på nytt."))
    if len(data) > MAX_BYTES:
        raise UnreadableTable(
            N_("Fila er for stor. Den kan være høyst %(limit)s MB. Del lista i flere filer."),
            limit=MAX_BYTES // (1024 * 1024),
        )
    _refuse_other_kinds(data)
    if data.startswith(b"PK"):
        for rows in workbook_in.sheets(data):
            numbered = _checked(rows)
            if (header_at := _find_header(numbered, known)) is not None:
                return _table(numbered, header_at, "", "", "xlsx", name)
        raise _no_header()
    text, encoding = _decode(data)
    return _read_csv(text, encoding, known, name)


def _read_csv(text: str, encoding: str, known: set[str], name: str) -> Table:
    """Try each delimiter on the top of the file; the one that shows most known columns is the file's own."""
    best: tuple[int, str] | None = None
    for delimiter in _DELIMITERS:
        top = _top(text, delimiter)
        header_at = _find_header(top, known)
        if header_at is not None:
            matches = _matches(top[header_at][1], known)
            if best is None or matches > best[0]:
                best = (matches, delimiter)
    if best is None:
        raise _no_header()
    rows = _checked(_csv_rows(text, best[1]))
    header_at = _find_header(rows, known)
    if header_at is None:
        raise _no_header()
    return _table(rows, header_at, encoding, best[1], "csv", name)


def _top(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The first rows, read leniently: under a wrong delimiter the quotation marks go wrong too."""
    top: list[tuple[int, list[str]]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, cells in enumerate(reader, 1):
            if number > MAX_HEADER_ROW:
                break
            top.append((number, [cell.strip() for cell in cells]))
    except csv.Error:
        pass  # whatever was read so far is enough to judge by; the real reading reports the fault
    return top


def _csv_rows(text: str, delimiter: str) -> Iterable[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            yield [unescape_cell(cell.strip()) for cell in cells]
    except csv.Error as error:
        if "field larger" in str(error):  # csv has one kind of error for everything
            raise UnreadableTable(
                N_("Rad %(row)s har en celle med mer enn %(limit)s tegn. Kort ned teksten."),
                row=reader.line_num,
                limit=MAX_CELL,
            ) from error
        raise UnreadableTable(
            N_("Linje %(line)s kan ikke leses. Se etter et anførselstegn som mangler eller er til overs."),
            line=reader.line_num,
        ) from error


def _checked(rows: Iterable[list[str]]) -> list[tuple[int, list[str]]]:
    """Rows with their numbers, blank ones left out, each within the limits."""
    kept: list[tuple[int, list[str]]] = []
    for number, cells in enumerate(rows, 1):
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        if len(cells) > MAX_COLUMNS:
            raise UnreadableTable(
                N_("Rad %(row)s har mer enn %(limit)s kolonner. Ta bort kolonnene som ikke hører til lista."),
                row=number,
                limit=MAX_COLUMNS,
            )
        if any(len(cell) > MAX_CELL for cell in cells):
            raise UnreadableTable(
                N_("Rad %(row)s har en celle med mer enn %(limit)s tegn. Kort ned teksten."),
                row=number,
                limit=MAX_CELL,
            )
        if any(_FORBIDDEN.search(cell) for cell in cells):
            raise UnreadableTable(
                N_("Rad %(row)s har tegn som ikke kan leses. Skriv teksten i raden på nytt."), row=number
            )
        if len(kept) >= MAX_ROWS + MAX_HEADER_ROW:
            raise _too_many_rows()
        kept.append((number, cells))
    return kept


def _find_header(rows: list[tuple[int, list[str]]], known: set[str]) -> int | None:
    """The place in `rows` of the header: the row with most known names, at least two, the first of equals."""
    best, most = None, 1
    for place, (number, cells) in enumerate(rows):
        if number > MAX_HEADER_ROW:
            break
        matches = _matches(cells, known)
        if matches > most:
            best, most = place, matches
    return best


def _matches(cells: list[str], known: set[str]) -> int:
    return len({column_key(cell) for cell in cells} & known)


def _table(
    rows: list[tuple[int, list[str]]],
    header_at: int,
    encoding: str,
    delimiter: str,
    kind: Literal["csv", "xlsx"],
    filename: str,
) -> Table:
    number, header = rows[header_at]
    body = rows[header_at + 1 :]
    if len(body) > MAX_ROWS:
        raise _too_many_rows()
    padded = [TableRow(row_no, cells + [""] * (len(header) - len(cells))) for row_no, cells in body]
    return Table(number, header, padded, encoding, delimiter, kind, filename)


def _decode(data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding: marked UTF-8 or UTF-16, else UTF-8, else Windows-1252."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif data.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    else:
        candidates = ["utf-8", "cp1252"]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _FORBIDDEN.search(text):
            break
        if _BROKEN_LETTERS.search(text):
            raise UnreadableTable(
                N_("Bokstavene æ, ø og å er ødelagt i fila. Finn den opprinnelige lista og lagre som .xlsx.")
            )
        return text, encoding
    raise UnreadableTable(N_("Dette er ikke en tabell. Lagre lista som Excel (.xlsx) eller CSV."))


def _refuse_other_kinds(data: bytes) -> None:
    for start, message in _NOT_A_TABLE:
        if data.startswith(start):
            raise UnreadableTable(message)
    if data.startswith(_OLE):
        # Excel wraps a workbook with a password in the old container, with this stream name in it.
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise UnreadableTable(N_("Fila har passord. Lagre den uten passord og send den på nytt."))
        raise UnreadableTable(N_("Fila er i gammelt Excel-format (.xls). Lagre den som .xlsx eller CSV."))
    start = data.lstrip()[:15].lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise UnreadableTable(N_("Dette er en nettside eller XML. Lagre lista som Excel (.xlsx) eller CSV."))


def _safe_filename(filename: str) -> str:
    base = re.split(r"[/\\]", filename)[-1]
    return "".join(char for char in base if char.isprintable())[:120] or "liste"


def _no_header() -> UnreadableTable:
    return UnreadableTable(
        N_("Vi finner ikke overskriftene. Lista må ha en rad med kolonnenavn, over radene med personer.")
    )


def _too_many_rows() -> UnreadableTable:
    return UnreadableTable(
        N_("Lista har mer enn %(limit)s rader. Del den i flere filer."),
        limit=f"{MAX_ROWS:,}".replace(",", " "),
    )
