"""Tables as files: CSV and Excel workbooks that a spreadsheet cannot mistake for formulas.

A name like `=HYPERLINK(...)` typed into a form must arrive in the downloader's spreadsheet as text. CSV has
no types, so such a text gets a leading apostrophe; in a workbook it is written as a string cell.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sammen.clock import OSLO
from sammen.norwegian import format_date, format_decimal

if TYPE_CHECKING:
    import xlsxwriter

Cell = str | int | float | Decimal | dt.date | dt.datetime | None

# What spreadsheets read as the start of a formula; the wide forms are what some of them fold into the narrow.
_FORMULA_START = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # fmt: skip
_NEGATIVE_NUMBER = re.compile(r"-[0-9]+(?:[.,][0-9]+)?")
_ESCAPED = re.compile(r"'(?=[=+\-@\t\r\n＝＋－＠])")

_MOST_ROWS = 1_048_576
_LONGEST_CELL = 32_767


def escape_cell(text: str) -> str:
    """The text as it goes into a CSV cell: an apostrophe before a formula start; negative numbers as is."""
    if text.startswith(_FORMULA_START) and not _NEGATIVE_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def unescape_cell(text: str) -> str:
    """The text before `escape_cell`, for files of ours that come back."""
    return _ESCAPED.sub("", text, count=1) if text.startswith("'") else text


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A CSV file that Norwegian Excel opens rightly: UTF-8 with a mark, `;`, decimal comma, dd.mm.yyyy."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([escape_cell(name) for name in header])
    for row in rows:
        writer.writerow([escape_cell(cell) if isinstance(cell, str) else _as_text(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook. `name` has at most 31 characters and none of []:*?/\\, and is the only one called so."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def write_xlsx(header: Sequence[str], rows: Iterable[Sequence[Cell]], *, sheet: str = "Ark1") -> bytes:
    """An Excel workbook with one sheet and a bold header that stays in view.

    Strings are strings whatever they start with, numbers are numbers, dates have a Norwegian format. Rows are
    taken one at a time, so a long table is never whole in memory; meanwhile they lie in a temporary file that
    is removed before this returns. ValueError when a sheet cannot hold the table: nothing is cut off.
    """
    return write_book([Sheet(sheet, header, rows)])


def write_book(sheets: Iterable[Sheet]) -> bytes:
    """A workbook with some sheets, in their order, each as `write_xlsx` makes it."""
    import xlsxwriter  # loaded where a workbook is written, so that the web process stays small

    out = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "default_date_format": "dd.mm.yyyy",
    }
    with xlsxwriter.Workbook(out, options) as book:
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        bold = book.add_format({"bold": True})
        for one in sheets:
            _write_sheet(book.add_worksheet(one.name), one, bold, moment)
    return out.getvalue()


def _write_sheet(
    page: xlsxwriter.worksheet.Worksheet,
    sheet: Sheet,
    bold: xlsxwriter.format.Format,
    moment: xlsxwriter.format.Format,
) -> None:
    page.freeze_panes(1, 0)
    for column, name in enumerate(sheet.header):
        page.set_column(column, column, min(40, max(10, len(name) + 2)))
        page.write_string(0, column, _fitting(name), bold)
    for number, row in enumerate(sheet.rows, 1):
        if number >= _MOST_ROWS:
            raise ValueError("more rows than a sheet can hold")
        for column, cell in enumerate(row):
            _write_cell(page, number, column, cell, moment)


def _write_cell(
    page: xlsxwriter.worksheet.Worksheet,
    row: int,
    column: int,
    cell: Cell,
    moment: xlsxwriter.format.Format,
) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, str):
        page.write_string(row, column, _fitting(cell))
    elif isinstance(cell, dt.datetime):
        page.write_datetime(row, column, _local(cell), moment)
    elif isinstance(cell, dt.date):
        page.write_datetime(row, column, cell)
    elif isinstance(cell, bool):
        page.write_string(row, column, _as_text(cell))
    else:
        page.write_number(row, column, cell)


def _as_text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        local = _local(cell)
        return f"{format_date(local.date())} {local:%H:%M}"
    if isinstance(cell, dt.date):
        return format_date(cell)
    if isinstance(cell, bool):
        return "ja" if cell else "nei"
    if isinstance(cell, int | float | Decimal):
        return format_decimal(Decimal(str(cell)))
    return cell


def _local(moment: dt.datetime) -> dt.datetime:
    """Norwegian wall-clock time without a zone, which is all a spreadsheet can hold."""
    return moment.astimezone(OSLO).replace(tzinfo=None) if moment.tzinfo else moment


def _fitting(text: str) -> str:
    if len(text) > _LONGEST_CELL:
        raise ValueError("a text longer than a cell can hold")
    return text
