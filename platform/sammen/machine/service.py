"""A municipality's administrator lets programs in: registers, renews, gives secrets, and ends them at once. What one gives a
program, another administrator or the manager confirms before it counts.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy import bindparam, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.keys import new_token, token_hash
from sammen.machine.models import ProgramClient
from sammen.policy.permissions import Permission

LONGEST_DAYS: Final = 365
SOON_DAYS: Final = 30
PROOF_SECONDS: Final = 60
STALE = N_("Noen andre har endret programmet imens. Last siden på nytt.")
OWN = N_("Du har selv gitt programmet dette. Be en annen administrator eller lederen om å bekrefte det.")
TAKEN = N_("Kommunen har alt et program med dette navnet. Velg et annet navn.")
client = ProgramClient.__table__
_COLUMNS = (
    "id", "name", "purpose", "contact", "scopes", "networks", "valid_to", "made_by_name", "created_at", "ended_at",
    "ended_by_name", "last_used_at", "version", "scopes_by", "confirmed_scopes", "confirmed_by_name", "confirmed_at",
    "changed_at",
)  # fmt: skip
_LIST = compile_query(
    select(*(client.c[name] for name in _COLUMNS))
    .where(client.c.tenant_id == bindparam("tenant"))
    .order_by(client.c.ended_at.is_not(None), client.c.name, client.c.id)
)
_ONE = compile_query(
    select(*(client.c[name] for name in _COLUMNS)).where(
        client.c.tenant_id == bindparam("tenant"), client.c.id == bindparam("client")
    )
)


@dataclass(frozen=True, slots=True)
class ProgramCard:
    """A program as its municipality's administrator sees it."""

    id: UUID
    name: str
    purpose: str
    contact: str
    scopes: Sequence[str]
    networks: Sequence[str]
    valid_to: date
    made_by_name: str
    created_at: datetime
    ended_at: datetime | None
    ended_by_name: str
    last_used_at: datetime | None
    version: int
    scopes_by: UUID | None
    confirmed_scopes: Sequence[str]
    confirmed_by_name: str
    confirmed_at: datetime | None
    changed_at: datetime

    @property
    def unconfirmed(self) -> Sequence[str]:
        """What it has been given and may not do yet: nobody else has confirmed it."""
        return [] if self.ended_at else sorted(set(self.scopes) - set(self.confirmed_scopes))

    @property
    def open(self) -> bool:
        """Whether it may come in today."""
        return self.ended_at is None and self.valid_to >= today()

    @property
    def soon(self) -> bool:
        """Whether it stops within a month unless somebody renews it."""
        return self.open and self.valid_to <= today() + timedelta(days=SOON_DAYS)


@dataclass(frozen=True, slots=True)
class SecretCard:
    """A secret: when and by whom it was made, never what it is."""

    id: UUID
    made_at: datetime
    made_by_name: str
    ended_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """What an administrator writes of a program. `networks` as read by `parse_networks`."""

    name: str
    purpose: str
    contact: str
    scopes: Sequence[str]
    networks: Sequence[str]
    valid_to: date


def parse_networks(text: str) -> list[str]:
    """Networks (CIDR) or single addresses, one on each line or between commas. Raises Invalid for `nett`."""
    found = []
    for word in text.replace(",", " ").split():
        try:
            found.append(str(ipaddress.ip_network(word, strict=False)))
        except ValueError:
            raise Invalid.one(
                "nett", N_("Skriv adresser som 192.0.2.10 eller 192.0.2.0/24, én på hver linje.")
            ) from None
    if len(found) > 20:
        raise Invalid.one("nett", N_("Skriv høyst 20 adresser."))
    return list(dict.fromkeys(found))


async def programs(uow: UnitOfWork) -> list[ProgramCard]:
    """The municipality's programs, the open ones first."""
    return [ProgramCard(**dict(row)) for row in await uow.rows(_LIST, tenant=uow.context.tenant)]


async def program_card(uow: UnitOfWork, client_id: UUID) -> ProgramCard:
    """One program. Raises NotFound."""
    row = await uow.row(_ONE, tenant=uow.context.tenant, client=client_id)
    if row is None:
        raise NotFound
    return ProgramCard(**dict(row))


async def secrets_of(uow: UnitOfWork, client_id: UUID) -> list[SecretCard]:
    """A program's secrets, the newest first."""
    rows = await uow.call("SELECT * FROM sammen.program_secrets($1)", client_id)
    return [SecretCard(**dict(row)) for row in rows]


async def register_program(uow: UnitOfWork, facts: ProgramFacts) -> UUID:
    """A new program, with no secret yet. Raises Invalid."""
    made = uuid7()
    await _keep(uow, made, facts, version=0)
    await record_change(
        uow, "program.registered", "program_client", made, scopes=sorted(facts.scopes), valid_to=facts.valid_to,
        networks=list(facts.networks),
    )  # fmt: skip
    return made


async def change_program(uow: UnitOfWork, client_id: UUID, facts: ProgramFacts, *, version: int) -> None:
    """Change what a program is and may, from its next request on. Raises Invalid, NotFound, Conflict."""
    before = await program_card(uow, client_id)
    await _keep(uow, client_id, facts, version=version)
    changed = sorted(
        name
        for name in ("name", "purpose", "contact", "scopes", "networks", "valid_to")
        if getattr(before, name) != getattr(facts, name)
    )
    await record_change(
        uow, "program.changed", "program_client", client_id, fields=changed, scopes=sorted(facts.scopes),
        valid_to=facts.valid_to,
    )  # fmt: skip


async def _keep(uow: UnitOfWork, client_id: UUID, facts: ProgramFacts, *, version: int) -> None:
    if not today() <= facts.valid_to <= today() + timedelta(days=LONGEST_DAYS):
        raise Invalid.one("til", N_("Velg en dag fra i dag til om ett år."))
    if not facts.scopes:
        raise Invalid.one("tilganger", N_("Velg minst én ting programmet skal kunne gjøre."))
    others = [one for one in await programs(uow) if one.ended_at is None and one.id != client_id]
    if facts.name in {one.name for one in others}:
        raise Invalid.one("navn", TAKEN)
    document = json.dumps(
        {
            "name": facts.name, "purpose": facts.purpose, "contact": facts.contact, "scopes": sorted(facts.scopes),
            "networks": list(facts.networks), "valid_to": facts.valid_to.isoformat(),
            "made_by_name": uow.context.user_name,
        },
        ensure_ascii=False,
    )  # fmt: skip
    digest = hashlib.sha256(document.encode()).hexdigest()
    proof = _proof(uow, f"keep|{client_id}|{digest}|{version}")
    try:
        rows = await uow.call(
            "SELECT sammen.program_keep($1, $2, $3, $4, $5) AS answer", client_id, document, version, *proof
        )
    except asyncpg.UniqueViolationError:
        raise Invalid.one("navn", TAKEN) from None
    if rows[0]["answer"] != "kept":
        raise Conflict(STALE)


async def confirm_program(uow: UnitOfWork, client_id: UUID, *, version: int) -> None:
    """Confirm what another has given a program: it counts from its next request.

    Raises Forbidden for who gave it, NotFound, Conflict when it has been changed since it was shown.
    """
    uow.context.require(Permission.CLIENT_CONFIRM)
    card = await program_card(uow, client_id)
    proof = _proof(uow, f"confirm|{client_id}|{version}")
    rows = await uow.call(
        "SELECT sammen.program_confirm($1, $2, $3, $4, $5) AS said",
        client_id,
        version,
        uow.context.user_name,
        *proof,
    )
    if rows[0]["said"] == "self":
        raise Forbidden(OWN)
    if rows[0]["said"] != "confirmed":
        raise Conflict(STALE)
    await record_change(uow, "program.confirmed", "program_client", card.id, scopes=sorted(card.scopes))


async def new_secret(uow: UnitOfWork, client_id: UUID) -> str:
    """A new secret, told once and kept as its hash; of two open ones the eldest ends. Raises NotFound, Conflict."""
    card = await program_card(uow, client_id)
    secret = f"sammen_{new_token()}"
    hashed = token_hash(secret)
    proof = _proof(uow, f"secret|{client_id}|{hashed.hex()}")
    rows = await uow.call(
        "SELECT sammen.program_secret_new($1, $2, $3, $4, $5) AS made",
        client_id,
        hashed,
        uow.context.user_name,
        *proof,
    )
    if not rows[0]["made"]:
        raise Conflict(N_("Programmet er stengt. Registrer det på nytt."))
    await record_change(uow, "program.secret_made", "program_client", card.id)
    return secret


async def end_secret(uow: UnitOfWork, client_id: UUID, secret_id: UUID) -> bool:
    """End one secret, with the tokens it was changed for. False when it was ended already. Raises NotFound."""
    card = await program_card(uow, client_id)
    if not await _end(uow, card.id, secret_id):
        return False
    await record_change(uow, "program.secret_ended", "program_client", card.id)
    return True


async def end_program(uow: UnitOfWork, client_id: UUID) -> bool:
    """Close a program for good: refused at its next request. False when it was closed already. Raises NotFound."""
    card = await program_card(uow, client_id)
    if not await _end(uow, card.id, None):
        return False
    await record_change(uow, "program.ended", "program_client", card.id)
    return True


async def _end(uow: UnitOfWork, client_id: UUID, secret_id: UUID | None) -> bool:
    proof = _proof(uow, f"end|{client_id}|{secret_id or ''}")
    rows = await uow.call(
        "SELECT sammen.program_end($1, $2, $3, $4, $5) AS ended",
        client_id,
        secret_id,
        uow.context.user_name,
        *proof,
    )
    return bool(rows[0]["ended"])


def _proof(uow: UnitOfWork, what: str) -> tuple[int, bytes]:
    expires = int(time.time()) + PROOF_SECONDS
    return expires, uow.keys.door_proof(f"program|{uow.context.tenant}|{uow.context.user}|{what}|{expires}")
