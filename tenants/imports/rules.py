"""A municipality's case list, row by row, into what can be imported and what must be put right first.

Pure rules: nothing is read from or written to the database. The same row is the same national number, or
else name and birth date, with the same decision date (or else application date) and service: `RowKey`. What
else the row says is in its `fingerprint`, so a corrected row shows as a change and an unchanged one as
nothing to do.

A row with a fault is never half imported. A row read with an assumption is a "warning" and says which.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from sammen.documents.tables_in import Table, TableRow, column_key, read_table
from sammen.documents.tables_out import write_csv
from sammen.i18n_mark import N_
from sammen.norwegian import format_decimal
from tenants.imports.around import (
    read_contact,
    read_evaluation,
    read_protection,
    read_representatives,
    read_target,
)
from tenants.imports.cells import RowReader
from tenants.imports.columns import KNOWN_COLUMNS, REJECTED_COLUMN, ColumnMap, map_columns
from tenants.imports.facts import (
    ImportedContact,
    ImportedDecision,
    ImportedPerson,
    ImportedRepresentative,
    ImportedService,
    Protection,
    RowMessage,
    Verdict,
)
from tenants.people.api import fold

_SUM_WORDS = frozenset({"sum", "total", "totalt", "i alt", "til sammen", "antall"})


@dataclass(frozen=True)
class RowKey:
    """What makes two rows the same row within a municipality.

    `identity` is the national number in clear, or the folded name and birth date: it lives in memory only.
    Whoever stores a key must store an HMAC of it (see security: national numbers).
    """

    identity_kind: Literal["national_number", "name_and_birth_date"]
    identity: str = field(repr=False)
    date: dt.date
    service: str


@dataclass(frozen=True)
class ImportRow:
    """One row of the list and what became of it.

    `verdict`: "ok"; "warning" (read with an assumption, look it over); "error" (must be put right, nothing of
    it is imported); "skip" (repeats another row word for word). `application` is the day the application was
    received. `decision` None means an application still waiting for one. `fingerprint` (SHA-256) covers all
    that was read except the national number, which could be guessed from a hash.
    """

    row_no: int
    raw: dict[str, str] = field(repr=False)
    verdict: Verdict
    messages: tuple[RowMessage, ...]
    person: ImportedPerson | None
    application: dt.date | None
    decision: ImportedDecision | None
    services: tuple[ImportedService, ...]
    interests: tuple[str, ...] = field(repr=False)
    contact_name: str | None = field(repr=False)
    has_companion_card: bool
    note: str = field(repr=False)
    protection: Protection
    representatives: tuple[ImportedRepresentative, ...] = field(repr=False)
    contact: ImportedContact | None = field(repr=False)
    evaluate_on: dt.date | None
    key: RowKey | None
    fingerprint: str
    target: str = ""

    @property
    def guardian_name(self) -> str | None:
        """The first guardian the row names."""
        return next((one.name for one in self.representatives if one.role == "guardian"), None)


def read_case_list(data: bytes, filename: str) -> Table:
    """An uploaded file as a table with the columns of a case list. Raises UnreadableTable."""
    return read_table(data, filename, known_columns=KNOWN_COLUMNS)


def read_rows(table: Table, *, accept_synthetic: bool, today: dt.date) -> list[ImportRow]:
    """Judge every row of a table, in the file's order. A sum line at the end is left out.

    `accept_synthetic` is False in production. Raises BadInput("file") when a needed column is missing.
    """
    columns = map_columns(table)
    body = [row for row in table.rows if not _is_sum_line(columns, row)]
    rows = [_read_row(columns, row, accept_synthetic=accept_synthetic, today=today) for row in body]
    return _warn_of_two_names(_settle_repeats(rows, columns), columns)


def rejected_csv(table: Table, rows: Iterable[ImportRow]) -> bytes:
    """The faulty rows in their own columns, with what to put right in front, to correct and send again."""
    kept = [
        place for place, name in enumerate(table.header) if column_key(name) != column_key(REJECTED_COLUMN)
    ]
    by_number = {row.row_no: row for row in table.rows}
    lines: list[list[str]] = []
    for row in rows:
        if row.verdict == "error":
            cells = by_number[row.row_no].cells
            reasons = " ".join(message.text for message in row.messages if message.level == "error")
            lines.append([reasons, *(cells[place] for place in kept), *cells[len(table.header) :]])
    return write_csv([REJECTED_COLUMN, *(table.header[place] for place in kept)], lines)


def _is_sum_line(columns: ColumnMap, row: TableRow) -> bool:
    """A line that adds up: it begins with "Sum" or the like, and names no person."""
    first = next((cell for cell in row.cells if cell), "")
    named = columns.cell(row, "name") or columns.cell(row, "family")
    return fold(first) in _SUM_WORDS and (not named or named == first) and not columns.cell(row, "received")


def _read_row(columns: ColumnMap, row: TableRow, *, accept_synthetic: bool, today: dt.date) -> ImportRow:
    reader = RowReader(columns, row, accept_synthetic=accept_synthetic, today=today)
    reader.check_width()
    person = reader.person()
    application = reader.application()
    decision = reader.decision(application)
    services = reader.services(decided=decision is not None)
    contact_name = reader.contact_name(decided=decision is not None)
    interests = reader.interests()
    has_companion_card = reader.companion_card()
    note, protection, guardian_name = reader.note()
    protection = read_protection(reader, protection)
    birth_date = person.birth_date if person else None
    representatives = read_representatives(reader, birth_date, guardian_name)
    contact = read_contact(reader, contact_name, decision)
    evaluate_on, target = read_evaluation(reader, decision), read_target(reader)
    # A decision date that could not be read must not make the row look like an application without decision.
    key_date = decision.date if decision else None if columns.cell(row, "decided") else application
    return ImportRow(
        row_no=row.row_no,
        raw=dict(zip(columns.header, row.cells, strict=False)),
        verdict=reader.verdict,
        messages=tuple(reader.messages),
        person=person,
        application=application,
        decision=decision,
        services=services,
        interests=interests,
        contact_name=contact_name,
        has_companion_card=has_companion_card,
        note=note,
        protection=protection,
        representatives=representatives,
        contact=contact,
        evaluate_on=evaluate_on,
        key=_key(person, key_date, services),
        target=target,
        fingerprint=_fingerprint(
            person,
            application,
            decision,
            services,
            [
                *interests,
                "",
                contact_name,
                has_companion_card,
                note,
                protection,
                guardian_name,
                *_said_around(representatives, guardian_name, contact, evaluate_on),
                *([f"target {target}"] if target else []),
            ],
            reader.unread,
        ),
    )


def _said_around(
    representatives: tuple[ImportedRepresentative, ...],
    guardian_in_note: str | None,
    contact: ImportedContact | None,
    evaluate_on: dt.date | None,
) -> list[str]:
    """What the columns about those around the person say; nothing for a list that does not have them."""
    said = [
        f"{one.role} {one.name} {one.phone}"
        for one in representatives
        if (one.role, one.name, one.phone) != ("guardian", guardian_in_note, "")
    ]
    if contact is not None and (contact.phone or contact.since):
        said.append(f"contact {contact.name} {contact.phone} {contact.since}")
    if evaluate_on is not None:
        said.append(f"evaluate {evaluate_on}")
    return said


def _key(
    person: ImportedPerson | None, day: dt.date | None, services: tuple[ImportedService, ...]
) -> RowKey | None:
    if person is None or day is None or not services:
        return None
    service = "+".join(sorted({service.form for service in services}))
    if person.national_number is not None:
        return RowKey("national_number", person.national_number.digits, day, service)
    return RowKey("name_and_birth_date", _name_identity(person), day, service)


def key_without_number(row: ImportRow) -> RowKey:
    """The key a row without fault had in a list that lacked its national number."""
    assert row.person is not None
    assert row.key is not None
    return RowKey("name_and_birth_date", _name_identity(row.person), row.key.date, row.key.service)


def _name_identity(person: ImportedPerson) -> str:
    birth_date = person.birth_date.isoformat() if person.birth_date else ""
    return f"{fold(person.family)}, {fold(person.given)} {birth_date}"


def _fingerprint(
    person: ImportedPerson | None,
    application: dt.date | None,
    decision: ImportedDecision | None,
    services: tuple[ImportedService, ...],
    rest: list[str | bool | None],
    unread: dict[str, str],
) -> str:
    """A hash of what the row says, the same for the same facts however they were typed.

    `unread` holds the texts that could not be read, so two faulty rows differ when their faults do.
    """
    facts = [
        [person.family, person.given, person.birth_date, person.address, person.postcode, person.place]
        if person
        else None,
        application,
        [decision.date, decision.valid_from, decision.valid_to] if decision else None,
        [
            [
                service.form,
                format_decimal(service.amount) if service.amount is not None else None,
                service.unit,
            ]
            for service in services
        ],
        rest,
        sorted(unread.items()),
    ]
    canonical = json.dumps(facts, ensure_ascii=False, separators=(",", ":"), default=dt.date.isoformat)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _settle_repeats(rows: list[ImportRow], columns: ColumnMap) -> list[ImportRow]:
    """A row that repeats another is skipped; rows that share a key but differ are both faulty.

    Neither of two differing rows can be taken for the right one, so a person must choose.
    """
    first_with: dict[RowKey, int] = {}
    settled = list(rows)
    for place, row in enumerate(rows):
        if row.key is None:
            continue
        first_place = first_with.setdefault(row.key, place)
        if first_place == place:
            continue
        first = rows[first_place]
        if row.fingerprint == first.fingerprint:
            note = _about_identity(
                row, columns, "note", N_("Raden er lik rad %(other)s og hoppes over."), first
            )
            settled[place] = replace(row, verdict="skip", messages=(note,))
            continue
        differs = N_(
            "Samme person, dato og tjeneste som i rad %(other)s, men noe er ulikt. Behold bare én av dem."
        )
        for one, other in ((place, first), (first_place, row)):
            message = _about_identity(rows[one], columns, "error", differs, other)
            settled[one] = replace(settled[one], verdict="error", messages=(*settled[one].messages, message))
    return settled


def _warn_of_two_names(rows: list[ImportRow], columns: ColumnMap) -> list[ImportRow]:
    """Two names on one national number: a slip in one of them, or a name that has changed."""
    seen: dict[str, ImportRow] = {}
    warned: list[ImportRow] = []
    for row in rows:
        person = row.person
        if person is None or person.national_number is None or row.verdict == "skip":
            warned.append(row)
            continue
        first = seen.setdefault(person.national_number.digits, row)
        names = {(fold(p.family), fold(p.given)) for p in (person, first.person) if p is not None}
        if len(names) > 1:
            text = N_("Rad %(other)s har samme fødselsnummer, men et annet navn. Sjekk hvem det gjelder.")
            message = _about_identity(row, columns, "warning", text, first)
            verdict: Verdict = "warning" if row.verdict == "ok" else row.verdict
            warned.append(replace(row, verdict=verdict, messages=(*row.messages, message)))
        else:
            warned.append(row)
    return warned


def _about_identity(
    row: ImportRow,
    columns: ColumnMap,
    level: Literal["note", "warning", "error"],
    message: str,
    other: ImportRow,
) -> RowMessage:
    column: Literal["national_number", "name"] = (
        "national_number" if row.person and row.person.national_number else "name"
    )
    return RowMessage(row.row_no, column, columns.label(column), level, message, {"other": other.row_no})
