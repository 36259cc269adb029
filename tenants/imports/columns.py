"""The columns of a municipality's case list, by the many names they have.

A column is known by its letters and digits alone ("Vedtak t.o.m." is "vedtaktom"), so spaces, points and
capitals make no difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sammen.documents.tables_in import Table, TableRow, column_key
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import HoursUnit

Column = Literal[
    "national_number", "name", "family", "given", "birth_date", "address", "postcode_place",
    "service", "hours", "received", "decided", "valid_from", "valid_to",
    "interests", "contact", "companion_card", "note", "protection", "evaluate_on", "contact_phone", "contact_since",
    "guardian", "guardian_phone", "parent", "parent_phone", "other_parent", "other_parent_phone", "attorney",
    "attorney_phone", "representative", "representative_role", "representative_phone", "target",
]  # fmt: skip

# The first name is the one we use when a column is missing from the file.
COLUMN_NAMES: dict[Column, tuple[str, ...]] = {
    "national_number": (
        "Fødselsnr",
        "Fødselsnummer",
        "Fnr",
        "Personnr",
        "Personnummer",
        "Fødsels- og personnr",
    ),
    "name": ("Etternavn, fornavn", "Navn", "Bruker", "Tjenestemottaker"),
    "family": ("Etternavn",),
    "given": ("Fornavn", "Fornavn og mellomnavn"),
    "birth_date": ("Fødselsdato", "Født", "F.dato"),
    "address": ("Adresse", "Gateadresse", "Bostedsadresse"),
    "postcode_place": ("Postnr/sted", "Postnr og sted", "Postnummer og poststed", "Postadresse"),
    "service": ("Tjeneste", "Tjenester", "Tiltak", "Tjenestetype"),
    "hours": ("Timer", "Antall timer", "Timer pr uke", "Timer per uke", "Timer pr mnd", "Timer per måned"),
    "received": ("Søknad mottatt", "Søknadsdato", "Mottatt", "Mottatt dato", "Søkt"),
    "decided": ("Vedtaksdato", "Vedtak dato", "Vedtatt", "Vedtak fattet"),
    "valid_from": ("Vedtak f.o.m.", "Gjelder fra", "Fra dato", "Startdato"),
    "valid_to": ("Vedtak t.o.m.", "Gjelder til", "Til dato", "Sluttdato"),
    "interests": ("Interesser", "Interesse"),
    "contact": ("Støttekontakt", "Støttekontaktens navn"),
    "companion_card": ("Ledsagerbevis",),
    "note": ("Merknad", "Merknader", "Kommentar"),
    "protection": (
        "Adressesperre",
        "Sperret adresse",
        "Adressegradering",
        "Gradering",
        "Adressebeskyttelse",
        "Skjermet",
    ),
    "evaluate_on": (
        "Evaluering",
        "Evalueringsdato",
        "Evalueres",
        "Neste evaluering",
        "Revurdering",
        "Revurderes",
    ),
    "contact_phone": (
        "Telefon støttekontakt",
        "Støttekontakt telefon",
        "Støttekontaktens telefon",
        "Mobil støttekontakt",
        "Tlf støttekontakt",
    ),
    "contact_since": (
        "Støttekontakt fra",
        "Støttekontakt siden",
        "Støttekontakt startet",
        "Oppdrag fra",
        "Oppdrag startet",
        "I gang fra",
        "Oppstart",
    ),
    "guardian": ("Verge", "Hjelpeverge", "Vergens navn"),
    "guardian_phone": ("Telefon verge", "Verge telefon", "Vergens telefon", "Tlf verge"),
    "parent": ("Foresatt", "Foresatt 1", "Foresatte", "Forelder", "Forelder 1", "Mor"),
    "parent_phone": (
        "Telefon foresatt",
        "Foresatt telefon",
        "Telefon foresatt 1",
        "Foresatt 1 telefon",
        "Tlf foresatt",
    ),
    "other_parent": ("Foresatt 2", "Forelder 2", "Far"),
    "other_parent_phone": ("Telefon foresatt 2", "Foresatt 2 telefon", "Tlf foresatt 2"),
    "attorney": ("Fullmektig", "Fullmakt til"),
    "attorney_phone": ("Telefon fullmektig", "Fullmektig telefon", "Tlf fullmektig"),
    "representative": ("Representant", "Representantens navn"),
    "representative_role": ("Rolle", "Representantens rolle", "Relasjon"),
    "representative_phone": ("Telefon representant", "Representantens telefon", "Tlf representant"),
    "target": ("Målgruppe", "Brukergruppe"),
}

# The column `rejected_csv` adds. It is no column of ours, so it is passed over when the file comes back.
REJECTED_COLUMN = N_("Hva må rettes")

KNOWN_COLUMNS: frozenset[str] = frozenset(name for names in COLUMN_NAMES.values() for name in names)

_BY_KEY: dict[str, Column] = {
    column_key(name): column for column, names in COLUMN_NAMES.items() for name in names
}
_MONTHLY_HOURS = frozenset({"timerprmnd", "timerpermåned"})
_REQUIRED: tuple[tuple[Column, ...], ...] = (
    ("national_number", "birth_date"),
    ("name", "family"),
    ("service",),
    ("received",),
)


@dataclass(frozen=True)
class ColumnMap:
    """Where each known column stands in one file. `hours_unit` is what the heading says, else week."""

    places: dict[Column, int]
    header: tuple[str, ...]
    hours_unit: HoursUnit
    hours_unit_stated: bool

    def cell(self, row: TableRow, column: Column) -> str:
        """The row's text in a column; "" when the file has no such column."""
        place = self.places.get(column)
        return row.cells[place] if place is not None else ""

    def label(self, column: Column) -> str:
        """The column's heading as the file writes it, or the name it would have."""
        place = self.places.get(column)
        return self.header[place] if place is not None else COLUMN_NAMES[column][0]


def map_columns(table: Table) -> ColumnMap:
    """Find our columns in a table. Unknown columns are left alone.

    Raises BadInput("file") when a column that every row needs is missing, or two columns mean the same.
    """
    places: dict[Column, int] = {}
    for place, name in enumerate(table.header):
        column = _BY_KEY.get(column_key(name))
        if column is None:
            continue
        if column in places:
            raise BadInput(
                "file",
                N_("Kolonnene «%(first)s» og «%(second)s» betyr det samme. Behold én av dem."),
                first=table.header[places[column]],
                second=name,
            )
        places[column] = place
    for choices in _REQUIRED:
        if not any(choice in places for choice in choices):
            raise BadInput(
                "file",
                N_("Lista mangler kolonnen «%(column)s». Legg den til og send lista på nytt."),
                column=COLUMN_NAMES[choices[0]][0],
            )
    hours_key = column_key(table.header[places["hours"]]) if "hours" in places else ""
    return ColumnMap(
        places,
        tuple(table.header),
        "month" if hours_key in _MONTHLY_HOURS else "week",
        hours_key.startswith("timerp"),
    )
