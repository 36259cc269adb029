"""What each row of a file would do here: new, a change, the same as before, or nothing because of a fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Uuid, any_, bindparam, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from tenants.decisions.api import open_among
from tenants.imports.comparing import Change, changes, fill_in
from tenants.imports.facts import RowMessage
from tenants.imports.models import ImportedRow
from tenants.imports.rules import ImportRow, RowKey, key_without_number
from tenants.imports.sealing import fingerprint_hash, imported, key_hash, open_row
from tenants.people.api import person

imported_row = ImportedRow.__table__
GOOD = frozenset({"new", "warning", "change"})
"""The verdicts of rows that confirming writes."""

_KNOWN = compile_query(
    select(
        imported_row.c.id, imported_row.c.key, imported_row.c.fingerprint, imported_row.c.sealed,
        imported_row.c.person_id, imported_row.c.case_id, imported_row.c.application_id, imported_row.c.decision_id,
    ).where(
        imported_row.c.tenant_id == bindparam("tenant"),
        imported_row.c.key == any_(bindparam("keys", type_=ARRAY(LargeBinary()))),
    )
)  # fmt: skip

_NUMBERS = compile_query(
    select(person.c.id, person.c.number_hash).where(
        person.c.tenant_id == bindparam("tenant"),
        (person.c.number_hash == any_(bindparam("numbers", type_=ARRAY(LargeBinary()))))
        | (person.c.id == any_(bindparam("persons", type_=ARRAY(Uuid())))),
    )
)


@dataclass(frozen=True, slots=True)
class Known:
    """A row as it was imported last time, and where it lies."""

    id: UUID
    key: bytes
    fingerprint: bytes
    sealed: bytes
    person_id: UUID
    case_id: UUID
    application_id: UUID
    decision_id: UUID | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A row and what it would do. `row` is filled in from `before` when it is a change of something known."""

    row: ImportRow
    verdict: str
    key: bytes | None
    known: Known | None = None
    before: ImportRow | None = None
    changes: tuple[Change, ...] = ()


async def judge(uow: UnitOfWork, rows: Sequence[ImportRow]) -> list[Judged]:
    """Compare rows with what was imported before, in the file's order. Reads only."""
    tenant = uow.context.tenant
    good = [row for row in rows if row.verdict in ("ok", "warning")]
    keys = {row.row_no: _keys(uow, row) for row in good}
    nameless = {row.row_no: _without_number(uow, row) for row in good}
    wanted = [key for pair in (*keys.values(), *nameless.values()) for key in pair if key is not None]
    found = await uow.rows(_KNOWN, tenant=tenant, keys=wanted) if wanted else []
    known = {row["key"]: Known(**dict(row)) for row in found}
    await _take_numbers(uow, good, keys, nameless, known)
    waiting = {one.application_id for one in known.values() if one.decision_id is None}
    undecided = await open_among(uow, waiting) if waiting else set()
    judged = []
    for row in rows:
        if row.row_no not in keys:
            judged.append(Judged(row, "repeat" if row.verdict == "skip" else "error", None))
            continue
        judged.append(_judge(uow, row, *keys[row.row_no], known, undecided))
    return judged


def _keys(uow: UnitOfWork, row: ImportRow) -> tuple[bytes, bytes | None]:
    """The row's key, and the key it had in an earlier list if it was an application without a decision then."""
    tenant, key = uow.context.tenant, row.key
    assert key is not None, "a row without fault has a key"
    earlier = None
    if row.decision is not None and row.application is not None:
        as_application = RowKey(key.identity_kind, key.identity, row.application, key.service)
        earlier = key_hash(uow.keys, tenant, as_application)
    return key_hash(uow.keys, tenant, key), earlier


def _without_number(uow: UnitOfWork, row: ImportRow) -> tuple[bytes | None, bytes | None]:
    """The two keys the row had in an earlier list that lacked the national number; none if it lacks it still."""
    if row.person is None or row.person.national_number is None:
        return None, None
    return _keys(uow, replace(row, key=key_without_number(row)))


async def _take_numbers(
    uow: UnitOfWork,
    rows: Sequence[ImportRow],
    keys: Mapping[int, tuple[bytes, bytes | None]],
    nameless: Mapping[int, tuple[bytes | None, bytes | None]],
    known: dict[bytes, Known],
) -> None:
    """A row that has got its national number since last time is known by its new key too.

    Not when the person behind it has another number, or the number is another person's, or when this list has a row
    without a number that is the known one: then they are two.
    """
    tenant = uow.context.tenant
    taken = {key for pair in keys.values() for key in pair}
    found = []
    for row in rows:
        for key, named in zip(keys[row.row_no], nameless[row.row_no], strict=True):
            if key is not None and named in known and key not in known and named not in taken:
                assert row.person is not None
                assert row.person.national_number is not None
                number = uow.keys.number_hash(tenant, row.person.national_number.digits)
                found.append((key, known[named], number))
    if not found:
        return
    held = await uow.rows(
        _NUMBERS, tenant=tenant, numbers=[number for _, _, number in found],
        persons=[one.person_id for _, one, _ in found],
    )  # fmt: skip
    number_of = {row["id"]: row["number_hash"] for row in held}
    owner_of = {row["number_hash"]: row["id"] for row in held}
    used: set[UUID] = set()
    for key, one, number in found:
        theirs = number_of.get(one.person_id) or number
        if theirs == number and owner_of.get(number, one.person_id) == one.person_id and one.id not in used:
            known[key] = one
            # From here on the person has this number, and the row is this one: for the list's next rows too.
            number_of[one.person_id], owner_of[number] = number, one.person_id
            used.add(one.id)


def _judge(
    uow: UnitOfWork,
    row: ImportRow,
    key: bytes,
    earlier: bytes | None,
    known: dict[bytes, Known],
    undecided: set[UUID],
) -> Judged:
    found = known.get(key)
    if (
        found is None
        and earlier is not None
        and (waiting := known.get(earlier))
        and waiting.decision_id is None
    ):
        found = waiting
        # Only one row can be the answer to an application.
        del known[earlier]
        if found.application_id not in undecided:
            return Judged(_told(row, _DECIDED_HERE), "same", key, found)
    if found is None:
        return Judged(row, "warning" if row.verdict == "warning" else "new", key)
    if found.key == key and found.fingerprint == fingerprint_hash(uow.keys, uow.context.tenant, row):
        return Judged(row, "same", key, found)
    before, _ = open_row(uow.keys, imported(uow.context.tenant, found.id), found.sealed)
    filled = fill_in(before, row)
    differs = changes(before, filled)
    return Judged(filled, "change" if differs else "same", key, found, before, differs)


_DECIDED_HERE = N_("Søknaden er avgjort i Sammen siden sist. Raden endrer ingenting.")


def _told(row: ImportRow, message: str, params: Mapping[str, str] | None = None) -> ImportRow:
    note = RowMessage(row.row_no, "decided", "", "note", message, dict(params or {}))
    return replace(row, messages=(*row.messages, note))
