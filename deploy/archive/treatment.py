"""What becomes of each table and each keyed column in an archive. A table or column nobody has placed stops the tests.

Every municipal table goes out whole, and every shared one as far as the municipality is party to its rows. What is named
here are the exceptions: what stays in the house, and why, and bytes that mean nothing without the house's own key.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, Table
from sqlalchemy.dialects.postgresql import BYTEA

import deploy.models  # noqa: F401 - registers every slice's tables
from sammen.db.base import Base, Kind
from sammen.db.rls import kind_of
from sammen.keys import Keys
from shared_pool.daylists.cards import USE as DAY_CARD
from shared_pool.newsletters.sealing import mark_of
from tenants.feeds.service import USE as FEED
from tenants.feeds.service import lookup_of
from tenants.imports import sealing as imports

Row = Mapping[str, Any]
Bound = Callable[[Row], tuple[str | None, tuple[bytes, ...]]]

LEFT_OUT: Final[Mapping[str, str]] = {
    "archive_export": "handler om arkivene selv; fingeravtrykket står i attesten",
    "archive_chunk": "ferdige arkiv, forseglet for den som bestilte dem",
    "brought_row": "skrives ut igjen der radene kom fra, under cooperation/",
    "login_invitation": "koder som åpner innlogging her; der kommunen går, sendes nye ut",
    "introduction": "navn som er på vei mellom to kommuner, og slettes når de er lest",
}
"""Tables with rows of a municipality's that stay where they are, and why (Bokmål: it is printed in the archive)."""

LEFT_OUT_KINDS: Final[Mapping[Kind, str]] = {
    Kind.REGIONAL: "samarbeidets egne rader, ikke kommunens",
    Kind.IDENTITY: "innlogging, hemmeligheter og tellere som hører til installasjonen",
    Kind.REFERENCE: "like i alle installasjoner, eller om andre kommuner",
}
FROM_DOORS: Final = ("user_account", "membership", "audit_head")
"""Identity tables whose rows of the municipality come through functions of their own (functions.sql)."""
OWN_REFERENCE: Final = ("municipality", "municipality_population")
COOPERATION: Final = ("region", "region_membership")
"""Reference tables told as a record of the cooperation, and not made anew elsewhere."""
ONLY_TOLD: Final[Mapping[str, frozenset[str]]] = {
    "user_account": frozenset({"id", "email", "display_name", "language", "disabled_at", "created_at"}),
    "membership": frozenset({
        "id", "user_id", "kind", "municipality_id", "role", "valid_from", "valid_to", "granted_by", "created_at"
    }),
    "audit_head": frozenset({"seal_no", "seal", "sealed_at"}),
}  # fmt: skip
"""Of identity tables, what their doors give. No password, no second factor, no way in."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column sealed with the house's key: opened on the way out, sealed again on the way in.

    `bound` gives the form's use and parts (`Keys.seal_form`), or None and what the text is bound to (`Keys.seal`).
    """

    bound: Bound

    def open(self, keys: Keys, row: Row, value: bytes) -> str:
        """The plain text. Raises InvalidTag when this house did not seal it for this row."""
        if not value:
            return ""  # emptied when it was used
        use, parts = self.bound(row)
        return (
            keys.unseal(value, bound_to=b"".join(parts))
            if use is None
            else keys.unseal_form(value, use, *parts)
        )

    def close(self, keys: Keys, row: Row, plain: str) -> bytes:
        """As it is kept in the house whose keys these are."""
        if not plain:
            return b""
        use, parts = self.bound(row)
        return (
            keys.seal(plain, bound_to=b"".join(parts)) if use is None else keys.seal_form(plain, use, *parts)
        )


def _to(label: bytes, *columns: str) -> Bound:
    return lambda row: (None, (label, *(row[name].bytes for name in columns)))


def _form(use: str, *columns: str) -> Bound:
    return lambda row: (use, tuple(_bytes(row[name]) for name in columns))


def _bytes(value: Any) -> bytes:
    return value.bytes if isinstance(value, UUID) else bytes(value)


def _uploaded(row: Row) -> tuple[None, tuple[bytes, ...]]:
    return None, (imports.uploaded(row["tenant_id"], row["import_id"], row["row_no"]),)


SEALED: Final[Mapping[tuple[str, str], Sealed]] = {
    ("person", "number_cipher"): Sealed(_to(b"person-number", "tenant_id", "id")),
    ("case_import_row", "sealed"): Sealed(_uploaded),
    ("imported_row", "sealed"): Sealed(_to(b"imported-row", "tenant_id", "id")),
    ("incoming_form", "sealed"): Sealed(_form("sent", "tenant_id", "id")),
    ("outgoing", "sealed"): Sealed(_to(b"", "id")),
    ("day_card", "sealed"): Sealed(_form(DAY_CARD, "session_id", "seat_id")),
    ("calendar_feed", "sealed"): Sealed(_form(FEED, "lookup")),
    ("newsletter_subscriber", "email_sealed"): Sealed(_form("newsletter-address", "tenant_id", "mark")),
    ("newsletter_recipient", "address"): Sealed(_form("newsletter-address", "tenant_id", "mark")),
}

Reckoned = Callable[[Keys, Row], bytes | None]


def _number_hash(keys: Keys, row: Row) -> bytes | None:
    number = row["number_cipher"]
    return None if number is None else keys.number_hash(row["tenant_id"], number)


def _mark(keys: Keys, row: Row) -> bytes | None:
    return None if row["email_sealed"] is None else mark_of(keys, row["tenant_id"], row["email_sealed"])


def _import_key(keys: Keys, row: Row) -> bytes:
    read, _ = imports.unpack(row["sealed"])
    assert read.key is not None  # only rows with a key are imported
    return imports.key_hash(keys, row["tenant_id"], read.key)


def _import_fingerprint(keys: Keys, row: Row) -> bytes:
    return imports.fingerprint_hash(keys, row["tenant_id"], imports.unpack(row["sealed"])[0])


def _feed_lookup(keys: Keys, row: Row) -> bytes:
    # An address that was stopped has no secret any more; its look-up value finds nothing, here or there.
    return lookup_of(keys, row["sealed"]) if row["sealed"] else secrets.token_bytes(32)


RECKONED: Final[Mapping[tuple[str, str], Reckoned]] = {
    ("person", "number_hash"): _number_hash,
    ("newsletter_subscriber", "mark"): _mark,
    ("calendar_feed", "lookup"): _feed_lookup,
    ("imported_row", "key"): _import_key,
    ("imported_row", "fingerprint"): _import_fingerprint,
}
"""Look-up values by the house's key: not in the archive, and reckoned anew from what was unsealed in the same row."""

FILES: Final[Mapping[tuple[str, str], str]] = {
    ("letter", "pdf"): "pdf",
    ("agreement_file", "pdf"): "pdf",
    ("pay_file", "content"): "bin",
    ("receipt", "image"): "bin",
}
"""Documents, each a file of its own in the archive, by the ending of its name."""

AS_THEY_ARE: Final = frozenset({
    ("audit_entry", "seal"), ("letter", "sha256"), ("agreement_file", "sha256"), ("pay_file", "sha256"),
    ("payroll_run", "rates_seen"), ("audit_gap", "seal"), ("retention_item", "digest"),
    # Marks by the old house's key: no other can try anything against them, and each has had its use.
    ("attest_code", "code_mark"), ("incoming_form", "sending"), ("newsletter_recipient", "mark"),
    ("exchanged_person", "fingerprint"), ("exchanged_decision", "fingerprint"),
})  # fmt: skip
"""Other columns of bytes in municipal tables, in base64 as they stand."""


def municipal_tables() -> list[Table]:
    """The tables that go out whole, parents first."""
    return [t for t in Base.metadata.sorted_tables if kind_of(t) is Kind.MUNICIPAL and t.name not in LEFT_OUT]


def shared_tables() -> list[Table]:
    """The tables that go out as a record of the cooperation, by name."""
    found = [t for t in Base.metadata.tables.values() if kind_of(t) is Kind.SHARED and t.name not in LEFT_OUT]
    return sorted(found, key=lambda table: table.name)


def table(name: str) -> Table:
    """A table by its bare name."""
    return Base.metadata.tables[f"sammen.{name}"]


def told(one: Table) -> list[Column[Any]]:
    """The columns that stand in the archive's lines, by name."""
    only = ONLY_TOLD.get(one.name)
    shown = [
        c for c in one.columns if (only is None or c.name in only) and (one.name, c.name) not in RECKONED
    ]
    return sorted(shown, key=lambda column: column.name)


def files_of(one: Table) -> list[str]:
    """The columns whose values are files of their own."""
    return [column.name for column in one.columns if (one.name, column.name) in FILES]


def unplaced() -> list[str]:
    """Columns of bytes in municipal tables of which nobody has said what they are."""
    placed = {*SEALED, *RECKONED, *FILES, *AS_THEY_ARE}
    return [
        f"{one.name}.{column.name}"
        for one in municipal_tables()
        for column in one.columns
        if isinstance(column.type, BYTEA) and (one.name, column.name) not in placed
    ]


def left_out() -> dict[str, str]:
    """Every table that is not in the archive, and why."""
    here = {one.name for one in (*municipal_tables(), *shared_tables())}
    here |= {*FROM_DOORS, *OWN_REFERENCE, *COOPERATION}
    rest = [one for one in Base.metadata.tables.values() if one.name not in here]
    return {one.name: LEFT_OUT.get(one.name) or LEFT_OUT_KINDS[kind_of(one)] for one in rest}
