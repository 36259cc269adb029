"""A row as it is kept between upload and confirmation: everything it says as one encrypted text."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from sammen.keys import Keys
from tenants.imports.facts import (
    ImportedContact,
    ImportedDecision,
    ImportedPerson,
    ImportedRepresentative,
    ImportedService,
    RowMessage,
)
from tenants.imports.rules import ImportRow, RowKey
from tenants.people.api import NationalNumber


def seal_row(keys: Keys, owner: bytes, row: ImportRow, cells: list[str]) -> bytes:
    """The row and its cells as typed, bound to `owner`: the bytes cannot be moved to another row."""
    return keys.seal(pack_row(row, cells), bound_to=owner)


def open_row(keys: Keys, owner: bytes, sealed: bytes) -> tuple[ImportRow, list[str]]:
    """What `seal_row` closed for the same owner, without `raw`. Raises InvalidTag for another owner's."""
    return unpack(keys.unseal(sealed, bound_to=owner))


def uploaded(tenant: UUID, import_id: UUID, row_no: int) -> bytes:
    """The owner of a row of an uploaded file."""
    return b"case-import-row" + tenant.bytes + import_id.bytes + row_no.to_bytes(4, "big")


def imported(tenant: UUID, row_id: UUID) -> bytes:
    """The owner of a row that has been imported."""
    return b"imported-row" + tenant.bytes + row_id.bytes


def key_hash(keys: Keys, tenant: UUID, key: RowKey) -> bytes:
    """The look-up value of a row's key. The label keeps it apart from the hashes that find people."""
    text = "|".join(("import-row", key.identity_kind, key.identity, key.date.isoformat(), key.service))
    return keys.number_hash(tenant, text)


def fingerprint_hash(keys: Keys, tenant: UUID, row: ImportRow) -> bytes:
    """The row's fingerprint under our key, so that nobody without it can try names and addresses against it."""
    return keys.number_hash(tenant, f"import-fingerprint|{row.fingerprint}")


def pack_row(row: ImportRow, cells: list[str]) -> str:
    """The text that is sealed: the row and its cells as typed."""
    person, decision, key = row.person, row.decision, row.key
    packed = {
        "no": row.row_no,
        "cells": cells,
        "verdict": row.verdict,
        "messages": [[m.field, m.column, m.level, m.message, m.params] for m in row.messages],
        "person": person
        and [
            person.national_number.digits if person.national_number else None,
            person.family, person.given, person.birth_date, person.address, person.postcode, person.place,
        ],
        "application": row.application,
        "decision": decision and [decision.date, decision.valid_from, decision.valid_to],
        "services": [[s.form, s.amount, s.unit] for s in row.services],
        "interests": row.interests,
        "contact": row.contact_name,
        "card": row.has_companion_card,
        "note": row.note,
        "protection": row.protection,
        "representatives": [[one.role, one.name, one.phone] for one in row.representatives],
        "assigned": row.contact and [row.contact.name, row.contact.phone, row.contact.since],
        "evaluate": row.evaluate_on,
        "target": row.target,
        "key": key and [key.identity_kind, key.identity, key.date, key.service],
        "fingerprint": row.fingerprint,
    }  # fmt: skip
    return json.dumps(packed, ensure_ascii=False, default=str, separators=(",", ":"))


def unpack(text: str) -> tuple[ImportRow, list[str]]:
    """What `seal_row` packed, opened: also in a municipality's archive, which has no sealed text."""
    packed: dict[str, Any] = json.loads(text)
    decision, key = packed["decision"], packed["key"]
    row = ImportRow(
        row_no=packed["no"],
        raw={},
        verdict=packed["verdict"],
        messages=tuple(RowMessage(packed["no"], *message) for message in packed["messages"]),
        person=_person(packed["person"]),
        application=_day(packed["application"]),
        decision=ImportedDecision(_known_day(decision[0]), _known_day(decision[1]), _day(decision[2]))
        if decision
        else None,
        services=tuple(
            ImportedService(form, Decimal(amount) if amount is not None else None, unit)
            for form, amount, unit in packed["services"]
        ),
        interests=tuple(packed["interests"]),
        contact_name=packed["contact"],
        has_companion_card=packed["card"],
        note=packed["note"],
        protection=packed["protection"],
        representatives=_representatives(packed),
        contact=_contact(packed.get("assigned")),
        evaluate_on=_day(packed.get("evaluate")),
        key=RowKey(key[0], key[1], _known_day(key[2]), key[3]) if key else None,
        fingerprint=packed["fingerprint"],
        target=packed.get("target", ""),
    )
    return row, packed["cells"]


def _person(packed: list[Any] | None) -> ImportedPerson | None:
    if packed is None:
        return None
    digits, family, given, born, address, postcode, place = packed
    # The number was judged when the file was read; what is sealed has passed.
    number = NationalNumber.parse(digits, accept_synthetic=True) if digits else None
    return ImportedPerson(number, family, given, _day(born), address, postcode, place)


def _representatives(packed: dict[str, Any]) -> tuple[ImportedRepresentative, ...]:
    """Rows sealed before lists could name others had a guardian alone."""
    if guardian := packed.get("guardian"):
        return (ImportedRepresentative("guardian", guardian, ""),)
    return tuple(ImportedRepresentative(*one) for one in packed.get("representatives", ()))


def _contact(packed: list[Any] | None) -> ImportedContact | None:
    if packed is None:
        return None
    name, phone, since = packed
    return ImportedContact(name, phone, _day(since))


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _known_day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
