"""The public form's way into the database: three functions, each shown a proof (decision 0018).

Nothing here has a unit of work or a context: there is nobody to be.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.keys import Keys
from sammen.web.office import office_phone
from sammen.web.visitor import asking, network_of, visitors_proof
from tenants.intake.codes import make_code, make_reference
from tenants.intake.content import PublicForm

WAIT = N_(
    "Det er kommet mange skjemaer herfra den siste timen. Vent litt og prøv igjen, eller ring kommunen."
)
_PLACE = """
SELECT id, slug, name, settings FROM sammen.municipality
 WHERE slug = $1 AND valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
"""
_PLACES = """
SELECT id, slug, name, settings FROM sammen.municipality
 WHERE valid_from <= sammen.norwegian_day() AND (valid_to IS NULL OR valid_to >= sammen.norwegian_day())
 ORDER BY name
"""


@dataclass(frozen=True, slots=True)
class FormPlace:
    """A municipality one may apply to. `phone`: where one rings instead; "" when it has not said."""

    id: UUID
    slug: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A form that was taken in: what it is called, and the day it was received."""

    reference: str
    received_on: date


@dataclass(frozen=True, slots=True)
class SavedForm:
    """A draft as it was typed, and the last day it is kept."""

    fields: Mapping[str, str]
    kept_until: date


@dataclass(frozen=True, slots=True)
class FormDoor:
    """The doors for one visitor: the engine, the house's keys, and where they come from on the net."""

    engine: AsyncEngine
    keys: Keys
    address: str

    async def places(self) -> list[FormPlace]:
        """Every municipality of today, by name."""
        async with asking(self.engine, WAIT) as raw:
            return [_place(row) for row in await raw.fetch(_PLACES)]

    async def place(self, slug: str) -> FormPlace:
        """The municipality of an address. Raises NotFound."""
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(_PLACE, slug)
        if row is None:
            raise NotFound
        return _place(row)

    async def save(self, place: FormPlace, fields: Mapping[str, str], code: str | None) -> tuple[str, date]:
        """Keep a draft, under its code or a new one; the code and the last day it is kept. Raises Invalid past the cap."""
        code = code or make_code()
        lookup = self._lookup(place, code)
        plain = json.dumps(dict(fields), ensure_ascii=False, sort_keys=True)
        sealed = self.keys.seal_form(plain, "draft", place.id.bytes, code.encode())
        address = self._mark(place)
        message = f"form.save|{place.id}|{lookup.hex()}|{_digest(sealed)}|{address.hex()}"
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(
                "SELECT * FROM sammen.form_save($1, $2, $3, $4, $5, $6)", place.id, lookup, sealed, address,
                *visitors_proof(self.keys, message),
            )  # fmt: skip
        return code, _let_in(row)["kept_until"]

    async def read(self, place: FormPlace, code: str) -> SavedForm | None:
        """The draft a code opens, or None: wrong, too old and sent look alike. Raises Invalid past the cap."""
        lookup, address = self._lookup(place, code), self._mark(place)
        message = f"form.read|{place.id}|{lookup.hex()}|{address.hex()}"
        async with asking(self.engine, WAIT) as raw:
            row = _let_in(
                await raw.fetchrow(
                    "SELECT * FROM sammen.form_read($1, $2, $3, $4, $5)", place.id, lookup, address,
                    *visitors_proof(self.keys, message),
                )
            )  # fmt: skip
        if row["answer"] != "found":
            return None
        try:
            plain = self.keys.unseal_form(row["sealed"], "draft", place.id.bytes, code.encode())
        except InvalidTag:
            return None
        return SavedForm(json.loads(plain), row["kept_until"])

    async def send(
        self, place: FormPlace, sent: PublicForm, *, language: str, page_key: str, code: str | None
    ) -> Receipt:
        """Hand a form to the municipality, once for each page it was sent from. Raises Invalid past the cap."""
        form_id, reference = uuid4(), make_reference()
        sealed = self.keys.seal_form(sent.to_json(), "sent", place.id.bytes, form_id.bytes)
        sending = self.keys.form_mark("sending", place.id.bytes, page_key.encode("utf-8", "replace"))
        lookup = self._lookup(place, code) if code else None
        address = self._mark(place)
        message = "|".join(
            ("form.send", str(place.id), str(form_id), reference, sent.birth_date.isoformat(), language, _digest(sealed),
             sending.hex(), lookup.hex() if lookup else "", address.hex())
        )  # fmt: skip
        async with asking(self.engine, WAIT) as raw:
            row = await raw.fetchrow(
                "SELECT * FROM sammen.form_send($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)", place.id, form_id,
                reference, sent.birth_date, language, sealed, sending, lookup, address, *visitors_proof(self.keys, message),
            )  # fmt: skip
        row = _let_in(row)
        return Receipt(row["reference"], row["received_on"])

    def _lookup(self, place: FormPlace, code: str) -> bytes:
        return self.keys.form_mark("lookup", place.id.bytes, code.encode())

    def _mark(self, place: FormPlace) -> bytes:
        return self.keys.form_mark("address", place.id.bytes, network_of(self.address).encode())


def unsealed(keys: Keys, tenant: UUID, form_id: UUID, sealed: bytes) -> PublicForm | None:
    """What a sent form says; None when it is not one that this house sealed for this municipality and row."""
    try:
        return PublicForm.from_json(keys.unseal_form(sealed, "sent", tenant.bytes, form_id.bytes))
    except InvalidTag:
        return None


def _digest(sealed: bytes) -> str:
    return hashlib.sha256(sealed).hexdigest()


def _place(row: Any) -> FormPlace:
    return FormPlace(row["id"], row["slug"], row["name"], office_phone(row["settings"]))


def _let_in(row: Any) -> Any:
    if row is None or row["answer"] == "unknown":
        raise NotFound
    if row["answer"] == "wait":
        raise Invalid.one("", WAIT)
    return row
