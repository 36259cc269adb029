from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from sammen.clock import OSLO
from sammen.documents.tables_in import read_table
from sammen.documents.tables_out import Cell, escape_cell, unescape_cell, write_csv, write_xlsx

# A spreadsheet knows no zones.
MIDNIGHT = dt.datetime.combine(dt.date(2026, 2, 28), dt.time())
HALF_PAST_FIVE = dt.datetime.combine(dt.date(2026, 2, 28), dt.time(17, 30))


FORMULAS = [
    "=1+1",
    "+47 900",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    '=HYPERLINK("http://x")',
    "＝1+1",
    "-",
    "-a",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_starts_like_a_formula_is_text_in_csv_and_in_a_workbook(text: str) -> None:
    line = write_csv(["Navn", "Timer"], [[text, 1]]).decode("utf-8-sig")
    cell = next(csv.reader(io.StringIO(line.split("\r\n", 1)[1], newline=""), delimiter=";"))[0]
    assert cell == f"'{text}"

    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(["Navn", "Timer"], [[text, 1]])))
    sheet = book.active
    assert sheet is not None
    assert sheet["A2"].data_type == "s"
    assert unescape(sheet["A2"].value).strip() == text.strip()


@pytest.mark.parametrize("text", ["-3", "-3,5", "-3.50"])
def test_negative_numbers_stay_numbers_in_csv(text: str) -> None:
    assert escape_cell(text) == text


@given(st.text(max_size=20))
def test_escaping_a_cell_is_undone_by_reading_it(text: str) -> None:
    escaped = escape_cell(text)

    assert not escaped.startswith(("=", "+", "@", "\t", "\r"))
    if not text.startswith("'"):
        assert unescape_cell(escaped) == text


def test_csv_is_written_for_norwegian_excel() -> None:
    row: list[Cell] = [
        "Ødegård; Ola",
        Decimal("-4.50"),
        1234.5,
        dt.date(2026, 2, 28),
        dt.datetime(2026, 2, 28, 16, 30, tzinfo=dt.UTC),
        True,
        None,
    ]

    data = write_csv(["a", "b", "c", "d", "e", "f", "=g"], [row])

    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig") == (
        'a;b;c;d;e;f;\'=g\r\n"Ødegård; Ola";-4,5;1234,5;28.02.2026;28.02.2026 17:30;ja;\r\n'
    )


def test_a_workbook_keeps_numbers_dates_and_texts_apart() -> None:
    row: list[Cell] = [
        "0123",
        Decimal("-4.50"),
        dt.date(2026, 2, 28),
        dt.datetime(2026, 2, 28, 17, 30, tzinfo=OSLO),
        None,
    ]

    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(["a", "b", "c", "d", "e"], [row], sheet="Timer")))

    assert book.sheetnames == ["Timer"]
    values = [cell.value for cell in book["Timer"][2]]
    assert values[:4] == ["0123", -4.5, MIDNIGHT, HALF_PAST_FIVE]


def test_what_a_workbook_cannot_hold_is_an_error_and_not_cut_off() -> None:
    with pytest.raises(ValueError, match="longer than a cell"):
        write_xlsx(["a"], [["x" * 32_768]])


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_what_we_write_we_can_read(write: Callable[[list[str], list[list[Cell]]], bytes]) -> None:
    rows: list[list[Cell]] = [
        ["Ødegård, Åse", Decimal("4.5"), "=1+1"],
        ["O'Brien", 2, dt.date(2026, 2, 28)],
    ]

    table = read_table(write(["Navn", "Timer", "Merknad"], rows), "liste", known_columns=["Navn", "Timer"])

    assert [row.cells for row in table.rows] == [
        ["Ødegård, Åse", "4,5", "=1+1"],
        ["O'Brien", "2", "28.02.2026"],
    ]
