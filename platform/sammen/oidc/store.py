"""The database's doors for logins through others (platform/sammen/db/functions.sql), each with its proof."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.clock import today
from sammen.db.unit_of_work import plain_transaction
from sammen.keys import Keys
from sammen.oidc.client import Provider
from sammen.tenancy.enter import NUMBER_KEY

PROOF_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality to log in to. `keys` looks national numbers up as it keeps them."""

    id: UUID
    slug: str
    name: str
    keys: Keys


@dataclass(frozen=True, slots=True)
class Door:
    """A provider on the login page. `own`: it is the municipality's; else it is anybody's."""

    code: str
    name: str
    audience: str
    own: bool


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a provider vouched for, checked: whom, how surely, and its name for its own session. `number`: a citizen's."""

    subject: str
    level: str
    sid: str
    id_token: str
    name: str
    email: str
    number: str


def _proof(keys: Keys, *parts: str) -> tuple[int, bytes]:
    expires = int(time.time()) + PROOF_SECONDS
    return expires, keys.door_proof("|".join((*parts, str(expires))))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def secret_owner(code: str) -> bytes:
    """What a provider's secret is sealed to, so that it cannot be moved to another provider."""
    return b"oidc-secret|" + code.encode()


async def find_place(engine: AsyncEngine, keys: Keys, slug: str) -> Place | None:
    """The municipality with that word in its address, or exactly that name, if it exists today."""
    async with plain_transaction(engine) as raw:
        row = await raw.fetchrow(
            "SELECT id, slug, name, settings::text AS settings FROM sammen.municipality"
            " WHERE (slug = $1 OR lower(name) = lower($1)) AND valid_from <= $2 AND (valid_to IS NULL OR valid_to >= $2)",
            slug, today(),
        )  # fmt: skip
    if row is None:
        return None
    mark = json.loads(row["settings"]).get(NUMBER_KEY)
    return Place(row["id"], row["slug"], row["name"], keys.indexed_by(mark))


async def doors(engine: AsyncEngine, slug: str | None) -> list[Door]:
    """The providers open for a municipality's people, employees' first."""
    async with plain_transaction(engine) as raw:
        rows = await raw.fetch("SELECT * FROM sammen.login_providers($1)", slug)
    return [Door(r["code"], r["name"], r["audience"], bool(r["place"])) for r in rows]


async def place_of_domain(engine: AsyncEngine, domain: str) -> str | None:
    """The slug of the municipality whose provider has the work e-mail's domain."""
    async with plain_transaction(engine) as raw:
        found: str | None = await raw.fetchval("SELECT sammen.login_domain($1)", domain[:200])
    return found


async def open_provider(engine: AsyncEngine, keys: Keys, code: str) -> Provider | None:
    """A provider that is enabled, with its secrets opened."""
    async with plain_transaction(engine) as raw:
        row = await raw.fetchrow(
            "SELECT p.*, p.levels::text AS table FROM sammen.oidc_provider($1, $2, $3) p",
            code[:40], *_proof(keys, "oidc.provider", code[:40]),
        )  # fmt: skip
    if row is None:
        return None
    secrets = []
    for sealed, kid in zip(row["secrets"], row["kids"], strict=True):
        try:
            secrets.append((keys.unseal(sealed, bound_to=secret_owner(row["code"])), kid))
        except InvalidTag:
            continue  # sealed by a key that is gone: `sammen doctor` tells of it
    names = [name for name in Provider.__dataclass_fields__ if name not in ("secrets", "levels")]
    levels = {str(value): str(level) for value, level in json.loads(row["table"]).items()}
    return Provider(**{name: row[name] for name in names}, levels=levels, secrets=secrets)


async def spend(engine: AsyncEngine, keys: Keys, use: str, text: str, seconds: int) -> bool:
    """Use up what is good for one use; False when somebody has."""
    spent = hashlib.sha256(f"{use}|{text}".encode()).digest()
    async with plain_transaction(engine) as raw:
        first: bool = await raw.fetchval(
            "SELECT sammen.oidc_spend($1, $2, $3, $4)",
            spent, seconds, *_proof(keys, "oidc.spend", spent.hex(), str(seconds)),
        )  # fmt: skip
    return first


async def sign_in(
    engine: AsyncEngine, keys: Keys, provider: Provider, who: Vouched, place: Place | None, *,
    token: bytes, device: str, before: bytes | None, request_id: UUID,
) -> UUID | None:  # fmt: skip
    """Start a session for the account behind what was vouched for, and end the browser's one before it. None: no account."""
    number = place.keys.number_hash(place.id, who.number) if place and who.number else None
    tenant = place.id if place else None
    sealed = keys.seal(who.id_token, bound_to=token)
    seconds = provider.session_seconds
    proof = _proof(
        keys, "oidc.in", str(provider.id), _digest(who.subject), number.hex() if number else "", str(tenant or ""),
        token.hex(), who.level, str(seconds),
    )  # fmt: skip
    async with plain_transaction(engine) as raw:
        user: UUID | None = await raw.fetchval(
            "SELECT sammen.oidc_sign_in($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
            provider.id, who.subject, number, tenant, token, who.level, who.sid, sealed, seconds, device, before,
            request_id, *proof,
        )  # fmt: skip
    return user


async def ask_to_be_linked(
    engine: AsyncEngine, keys: Keys, provider: Provider, who: Vouched, place: Place | None, code_hash: bytes
) -> None:
    """Keep that somebody asks, for a week, by the code they are shown."""
    tenant = place.id if place else None
    proof = _proof(
        keys, "oidc.ask", str(provider.id), _digest(who.subject), str(tenant or ""), code_hash.hex()
    )
    async with plain_transaction(engine) as raw:
        await raw.execute(
            "SELECT sammen.oidc_ask($1, $2, $3, $4, $5, $6, $7, $8)",
            provider.id, who.subject, who.name, who.email, tenant, code_hash, *proof,
        )  # fmt: skip


async def remember_refusal(engine: AsyncEngine, code: str, fault: str, request_id: UUID) -> None:
    """Write in the system's trail that a login came to nothing, and why. No person."""
    async with plain_transaction(engine) as raw:
        await raw.execute("SELECT sammen.oidc_refused($1, $2, $3)", code[:40], fault, request_id)


async def end_sessions(
    engine: AsyncEngine, keys: Keys, provider: Provider, sid: str, subject: str, request_id: UUID
) -> int:
    """End the sessions a provider says are over: by its session, its person, or both. How many there were."""
    proof = _proof(keys, "oidc.out", str(provider.id), _digest(f"{sid}|{subject}"))
    async with plain_transaction(engine) as raw:
        ended: int = await raw.fetchval(
            "SELECT sammen.oidc_logout($1, $2, $3, $4, $5, $6)", provider.id, sid, subject, request_id, *proof
        )
    return ended


async def provider_of_session(
    engine: AsyncEngine, keys: Keys, token: bytes, *, ended: bool
) -> tuple[str, str, str] | None:
    """(provider, municipality's slug, id token) of a session that came by a provider; the token only of one just ended."""
    proof = _proof(keys, "oidc.session", token.hex(), "true" if ended else "false")
    async with plain_transaction(engine) as raw:
        row: Any = await raw.fetchrow(
            "SELECT * FROM sammen.oidc_session($1, $2, $3, $4)", token, ended, *proof
        )
    if row is None:
        return None
    try:
        shown = keys.unseal(row["id_token"], bound_to=token) if row["id_token"] else ""
    except InvalidTag:
        shown = ""
    return row["provider"], row["place"], shown
