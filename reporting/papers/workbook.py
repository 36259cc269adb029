"""A paper's tables as a workbook: a sheet each, with what the signs mean and where the figures are from."""

from __future__ import annotations

import re

from reporting.papers.content import Numbers, Paper, Points
from sammen.documents.tables_out import Cell, Sheet, write_book

LONGEST_NAME = 31
"""What a sheet's name may be at most, says Excel."""


def sheet_names(tables: list[Numbers]) -> list[str]:
    """A name for each table's sheet: short, allowed, and no two alike."""
    found: list[str] = []
    for at, table in enumerate(tables, 1):
        plain = re.sub(r"[\[\]:*?/\\']", " ", table.caption)
        found.append(f"{at} {plain}"[:LONGEST_NAME].strip())
    return found


def paper_xlsx(paper: Paper, lang: str) -> bytes:
    """Numbers as numbers, signs where there is none; under each table its caption and the paper's method note."""
    notes = [
        item
        for part in paper.sections
        if part.id == "metode"
        for block in part.blocks
        if isinstance(block, Points)
        for item in block.items
    ]
    tables = paper.tables
    sheets = []
    for name, table in zip(sheet_names(tables), tables, strict=True):
        rows: list[list[Cell]] = [[line.name, *line.values] for line in table.lines]
        rows += [[], [table.caption]]
        rows += [[note] for note in notes]
        sheets.append(Sheet(name, table.heads, rows))
    return write_book(sheets)
