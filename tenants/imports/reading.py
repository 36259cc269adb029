"""Reading the cells of one row, and gathering what could not be read or was assumed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from sammen.documents.tables_in import TableRow
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import clean, parse_date
from tenants.imports.columns import Column, ColumnMap
from tenants.imports.facts import Level, RowMessage, Verdict

T = TypeVar("T")


class CellReader:
    """Reads one row, cell by cell, and gathers the messages. A cell is None when it had a fault."""

    def __init__(self, columns: ColumnMap, row: TableRow, *, accept_synthetic: bool, today: dt.date) -> None:
        self.columns = columns
        self.row = row
        self.accept_synthetic = accept_synthetic
        self.today = today
        self.messages: list[RowMessage] = []
        self.unread: dict[str, str] = {}

    @property
    def verdict(self) -> Verdict:
        """The gravest of the messages so far."""
        levels = {message.level for message in self.messages}
        return "error" if "error" in levels else "warning" if "warning" in levels else "ok"

    def date(self, column: Column, *, years_ahead: int = 20) -> dt.date | None:
        """A cell's day; None for an empty one."""
        typed = self.cell(column)
        if not typed:
            return None
        return self.read(
            column, lambda: parse_date(typed, field=column, today=self.today, years_ahead=years_ahead)
        )

    def read(self, column: Column, parse: Callable[[], T]) -> T | None:
        """What `parse` makes of a cell, or None with its complaint as an error on the column."""
        try:
            return parse()
        except BadInput as bad:
            self.unread[column] = self.cell(column)
            self.tell("error", column, bad.message, **bad.params)
            return None

    def text(self, column: Column, longest: int) -> str:
        """A cell's text, at most so long."""
        text = self.cell(column)
        if len(text) > longest:
            self.unread[column] = text
            self.tell("error", column, N_("Teksten er for lang. Skriv høyst %(limit)s tegn."), limit=longest)
            return ""
        return text

    def cell(self, column: Column) -> str:
        """The row's text in a column, cleaned; "" when it is empty or the file has no such column."""
        return clean(self.columns.cell(self.row, column))

    def tell(self, level: Level, column: Column, message: str, **params: Any) -> None:
        """Add a message about a column."""
        label = self.columns.label(column)
        self.messages.append(RowMessage(self.row.row_no, column, label, level, message, params))
