"""What `sammen provider` does: registers who vouches for people, exchanges their secrets, and links by hand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

from deploy.administration import owner_transaction, tell_system
from deploy.cli_norwegian import CommandError
from sammen.ids import uuid7
from sammen.keys import Keys
from sammen.oidc.client import Away, Directory
from sammen.oidc.registration import Facts, new_key, seal_secret
from sammen.oidc.rules import Refused
from sammen.oidc.service import code_hash
from sammen.settings import Environment, Settings

if TYPE_CHECKING:
    from deploy.administration import Connection

FAULTS = {
    "issuer": "Utstederen i beskrivelsen er en annen enn den dere har registrert. De må være like, bokstav for bokstav.",
    "address": "En adresse i beskrivelsen er ikke https.",
    "alg": "Leverandøren signerer verken med RS256, PS256 eller ES256.",
    "jwks": "Leverandøren har ingen nøkkel vi kan bruke: RSA på minst 2048 bit, eller P-256.",
}


async def _found(connection: Connection, code: str) -> tuple[UUID, str, str]:
    row = await connection.fetchrow(
        "SELECT id, auth_method, issuer FROM identity_provider WHERE code = $1", code
    )
    if row is None:
        raise CommandError(f"Ingen leverandør har koden {code}. Se `sammen provider list`.")
    return row["id"], row["auth_method"], row["issuer"]


def loopback(settings: Settings) -> bool:
    """Whether plain http to this machine may be a provider: never in production."""
    return settings.environment is not Environment.PRODUCTION


async def add(url: str, settings: Settings, facts: Facts, place: str | None) -> None:
    """Register a provider, closed. Raises Invalid, or CommandError for a code or client that is there already."""
    async with owner_transaction(url) as connection:
        document = json.loads(facts.document(loopback=loopback(settings)))
        if place is not None:
            tenant = await connection.fetchval("SELECT id FROM municipality WHERE slug = $1", place)
            if tenant is None:
                raise CommandError(f"Ingen kommune har adressen {place}. Se `sammen municipality list`.")
            document["municipality_id"] = str(tenant)
        if await connection.fetchval(
            "SELECT 1 FROM identity_provider WHERE code = $1 OR (issuer, client_id) = ($2, $3)",
            facts.code, facts.issuer, facts.client_id,
        ):  # fmt: skip
            raise CommandError("En leverandør har denne koden, eller denne klienten, fra før.")
        made = await connection.fetchval("SELECT sammen.provider_add($1::text::jsonb)", json.dumps(document))
        await tell_system(connection, "provider.added", made, provider=facts.code)


async def listed(url: str) -> list[tuple[str, str, str, str, bool, int]]:
    """(code, name, issuer, municipality or "alle", open, valid secrets) of each, by code."""
    async with owner_transaction(url) as connection:
        rows = await connection.fetch(
            "SELECT p.code, p.name, p.issuer, coalesce(m.slug, 'alle') AS place, p.enabled,"
            " (SELECT count(*) FROM provider_secret s WHERE s.provider_id = p.id AND s.retired_at IS NULL) AS secrets"
            " FROM identity_provider p LEFT JOIN municipality m ON m.id = p.municipality_id ORDER BY p.code"
        )
    return [(r["code"], r["name"], r["issuer"], r["place"], r["enabled"], r["secrets"]) for r in rows]


async def set_secret(url: str, keys: Keys, code: str, secret: str | None) -> dict[str, str] | None:
    """A new secret beside the one before it; without one, a new key is made and its public half is returned (JWK)."""
    async with owner_transaction(url) as connection:
        provider, method, _ = await _found(connection, code)
        is_key, public, kid = method == "private_key_jwt", None, ""
        if secret is None:
            if not is_key:
                raise CommandError("Denne leverandøren bruker en hemmelighet, ikke en nøkkel.")
            secret, public, kid = new_key()
        sealed = seal_secret(keys, code, secret, is_key=is_key)
        await connection.execute("SELECT sammen.provider_secret_set($1, $2, $3)", provider, sealed, kid)
        await tell_system(connection, "provider.secret_added", provider, provider=code)
    return public


async def retire(url: str, code: str) -> None:
    """Retire all secrets but the newest."""
    async with owner_transaction(url) as connection:
        provider, _, _ = await _found(connection, code)
        await connection.execute("SELECT sammen.provider_secret_set($1, NULL, '')", provider)
        await tell_system(connection, "provider.secret_retired", provider, provider=code)


async def switch(url: str, code: str, *, on: bool) -> None:
    """Open a provider, or close it and end every session that came by it."""
    async with owner_transaction(url) as connection:
        provider, _, _ = await _found(connection, code)
        held = await connection.fetchval(
            "SELECT count(*) FROM provider_secret WHERE provider_id = $1 AND retired_at IS NULL", provider
        )
        if on and not held:
            raise CommandError(f"Legg inn en hemmelighet først: sammen provider secret {code}")
        await connection.execute("UPDATE identity_provider SET enabled = $2 WHERE id = $1", provider, on)
        if not on:
            await connection.execute(
                "UPDATE web_session SET ended_at = now(), id_token = NULL WHERE provider_id = $1 AND ended_at IS NULL",
                provider,
            )
        await tell_system(
            connection, "provider.enabled" if on else "provider.disabled", provider, provider=code
        )


async def check(url: str, settings: Settings, code: str) -> list[str]:
    """Ask the provider itself, and say in plain words what it answers. Raises CommandError for what must be mended."""
    async with owner_transaction(url) as connection:
        _, _, issuer = await _found(connection, code)
    directory = Directory(loopback=loopback(settings))
    try:
        found = await directory.description(issuer)
        keys = await directory.key_set(found)
    except Away:
        raise CommandError(f"{issuer} svarer ikke, eller svaret kan ikke leses.") from None
    except Refused as refused:
        raise CommandError(FAULTS.get(refused.fault, "Svaret kan ikke brukes.")) from None
    return [
        f"Utsteder: {found.issuer}",
        f"Nøkler vi kan bruke: {len(keys.keys)}",
        f"Logger ut hos leverandøren: {'ja' if found.end_session else 'nei, den har ingen adresse for det'}",
    ]


async def _account(connection: Connection, email: str) -> UUID:
    user: UUID | None = await connection.fetchval(
        "SELECT id FROM user_account WHERE email = $1", email.strip().lower()
    )
    if user is None:
        raise CommandError(f"Ingen bruker har adressen {email}.")
    return user


async def link(url: str, keys: Keys, code: str, email: str) -> str:
    """Link who was shown the code to an account, for all its places. The provider's name of them is returned."""
    async with owner_transaction(url) as connection:
        user = await _account(connection, email)
        asked = await connection.fetchrow(
            "DELETE FROM link_request WHERE code_hash = $1 AND expires_at > now() RETURNING provider_id, subject, name",
            code_hash(keys, code),
        )
        if asked is None:
            raise CommandError("Ingen har fått denne koden de siste sju dagene.")
        made: UUID | None = await connection.fetchval(
            "INSERT INTO linked_identity (id, provider_id, subject, user_id, name, linked_by)"
            " VALUES ($1, $2, $3, $4, $5, 'command line') ON CONFLICT DO NOTHING RETURNING id",
            uuid7(), asked["provider_id"], asked["subject"], user, asked["name"],
        )  # fmt: skip
        if made is None:
            raise CommandError(
                "Kontoen eller identiteten er koblet fra før. Bruk `sammen provider unlink` først."
            )
        await tell_system(connection, "identity.linked", user)
    return str(asked["name"] or asked["subject"])


async def unlink(url: str, code: str, email: str) -> None:
    """Remove an account's link to a provider, and end the sessions that came by it."""
    async with owner_transaction(url) as connection:
        user, (provider, _, _) = await _account(connection, email), await _found(connection, code)
        subject = await connection.fetchval(
            "DELETE FROM linked_identity WHERE provider_id = $1 AND user_id = $2 RETURNING subject",
            provider,
            user,
        )
        if subject is None:
            raise CommandError("Kontoen er ikke koblet til denne leverandøren.")
        await connection.execute(
            "UPDATE web_session SET ended_at = now(), id_token = NULL"
            " WHERE provider_id = $1 AND provider_subject = $2 AND ended_at IS NULL", provider, subject,
        )  # fmt: skip
        await tell_system(connection, "identity.unlinked", user)
