"""Logging in with a password, and beginning a session. What is asked for besides is in accounts.py (policy/assurance.py)."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.db.unit_of_work import plain_transaction
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.identity.letters import tell
from sammen.identity.passwords import normal
from sammen.keys import Keys, new_token, token_hash
from sammen.policy.assurance import Level

HASHER = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=2)
# Verified when the address is unknown or locked, so that the answer takes as long and says the same. Written out, since to
# make one takes every process a fifth of a second to start; a test says that it asks for as much work as HASHER does.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=2$X5RECd8TxKYjjtyXD1APJg$ZdUp165T84Yjj3zRF3G7PsoERgwrPxY7HXSbVArLtMI"
PROOF_SECONDS = 60
_VERIFYING = asyncio.Semaphore(4)
WRONG = N_("Brukernavnet eller passordet er feil. Etter fem feil forsøk må du vente et kvarter.")


def _proof(keys: Keys, message: str) -> tuple[int, bytes]:
    """(expiry, proof) that the database's doors for logging in ask for."""
    expires = int(time.time()) + PROOF_SECONDS
    return expires, keys.door_proof(f"{message}|{expires}")


async def _verify(hashed: str, password: str) -> bool:
    """Whether the password fits. Beside the event loop, where others' pages wait for nobody's password; a few at a
    time, since each takes 64 MB while it runs.
    """
    async with _VERIFYING:
        try:
            return await asyncio.to_thread(HASHER.verify, hashed, password)
        except (VerificationError, InvalidHashError):
            return False


async def verify_password(hashed: str, password: str) -> bool:
    """`_verify`, of the password in its normal form."""
    return await _verify(hashed, normal(password))


async def hash_password(password: str) -> str:
    """An argon2id hash of a password that has been checked, made beside the event loop."""
    async with _VERIFYING:
        return await asyncio.to_thread(HASHER.hash, normal(password))


async def login_step(engine: AsyncEngine, keys: Keys, email: str, password: str, request_id: UUID) -> UUID:
    """Check address and password; the user's id comes back. Raises Invalid, the same for every kind of wrong.

    The same statements in the same order, and one hash reckoned, whether the address is known, locked or nobody's; a try
    is counted before the password is looked at, so that 200 at once are five.
    """
    email = email.strip().lower()[:200]
    async with plain_transaction(engine) as raw:
        found = await raw.fetchrow(
            "SELECT * FROM sammen.login_try($1, $2, $3)", email, *_proof(keys, f"try|{email}")
        )
    usable = found is not None and found["password_hash"] is not None and not found["locked"]
    correct = await verify_password(
        found["password_hash"] if found is not None and usable else _NOBODY, password
    )
    if found is None or not (usable and correct):
        async with plain_transaction(engine) as raw:
            await raw.execute("SELECT sammen.login_refused($1, $2)", email, request_id)
        raise Invalid.one("brukernavn", WRONG)
    user: UUID = found["user_id"]
    return user


@dataclass(frozen=True, slots=True)
class Entry:
    """How a session begins, and how surely it is then known who it is. `method`: password, persona, invitation or oidc."""

    method: str
    level: Level


BY_PASSWORD = Entry("password", Level.PASSWORD)
BY_INVITATION = Entry("invitation", Level.SENT_CODE)
AS_PERSONA = Entry("persona", Level.HIGH)
"""A persona of the demo, or of a test: nobody real. Production has none (settings.Settings.check)."""


async def start_session(
    engine: AsyncEngine, keys: Keys, user: UUID, device: str, request_id: UUID, entry: Entry = BY_PASSWORD
) -> str:
    """A new session with a new token, which is returned and never stored (the database keeps its hash).

    On a kind of device the person has not been seen on before, a letter tells them.
    """
    token = new_token()
    hashed = token_hash(token)
    said = f"session|{user}|{hashed.hex()}|{entry.method}|{entry.level}"
    expires, proof = _proof(keys, said)
    async with plain_transaction(engine) as raw:
        known = await raw.fetchval(
            "SELECT sammen.open_session($1, $2, $3, $4, $5, $6, $7, $8)",
            user, hashed, device, request_id, entry.method, entry.level.value, expires, proof,
        )  # fmt: skip
        if not known and entry is not AS_PERSONA:
            await tell(raw, keys, user, "new_device")
    return token


def device_name(user_agent: str) -> str:
    """A browser and system a person recognises, from its user agent; nothing more of it is kept."""
    browsers = (
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
               ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip
    browser = next((name for mark, name in browsers if mark in user_agent), "")
    system = next((name for mark, name in systems if mark in user_agent), "")
    return ", ".join(part for part in (browser, system) if part) or "Ukjent enhet"
