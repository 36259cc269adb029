"""Case lists made for tests: a good row, and ways to write, read and question it."""

from __future__ import annotations

import datetime as dt

from sammen.documents.tables_out import write_csv
from tenants.imports.columns import COLUMN_NAMES
from tenants.imports.rules import ImportRow, read_case_list, read_rows
from tenants.people.api import make_synthetic

TODAY = dt.date(2026, 11, 21)
HEADER = [
    "Fødselsnr", "Etternavn, fornavn", "Adresse", "Postnr/sted", "Tjeneste", "Timer", "Søknad mottatt",
    "Vedtaksdato", "Vedtak t.o.m.", "Interesser", "Støttekontakt", "Ledsagerbevis", "Merknad",
]  # fmt: skip
NUMBER = make_synthetic(dt.date(2008, 5, 17), "F", 0)
OTHER_NUMBER = make_synthetic(dt.date(1950, 1, 2), "M", 0)
GOOD = {
    "Fødselsnr": NUMBER,
    "Etternavn, fornavn": "Moen, Liv",
    "Adresse": "Storgata 1",
    "Postnr/sted": "3190 HORTEN",
    "Tjeneste": "Støttekontakt",
    "Timer": "4,5 t/uke",
    "Søknad mottatt": "05.01.2026",
    "Vedtaksdato": "01.02.2026",
    "Vedtak t.o.m.": "31.01.2027",
}


def read(data: bytes, *, accept_synthetic: bool = True) -> list[ImportRow]:
    return read_rows(read_case_list(data, "liste.csv"), accept_synthetic=accept_synthetic, today=TODAY)


def list_of(*rows: dict[str, str], header: list[str] | None = None) -> bytes:
    names = header or HEADER
    return write_csv(names, [[row.get(name, "") for name in names] for row in rows])


def row_of(**changes: str) -> ImportRow:
    """The good row with some cells changed, read alone. Columns are named by ours: hours="ca 4"."""
    names: dict[str, str] = {
        column: label for column, labels in COLUMN_NAMES.items() for label in labels if label in HEADER
    }
    changed = GOOD | {names[column]: text for column, text in changes.items()}
    (row,) = read(list_of(changed))
    return row


def errors(row: ImportRow) -> list[str]:
    return [message.text for message in row.messages if message.level == "error"]


def warnings(row: ImportRow) -> list[str]:
    return [message.text for message in row.messages if message.level == "warning"]
