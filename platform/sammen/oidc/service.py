"""Logging in and out through a provider: out, back, and what the answer is worth."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.keys import Keys, new_token, token_hash
from sammen.oidc import store
from sammen.oidc.client import Away, Directory, Provider, claims_of, exchange
from sammen.oidc.journey import Journey
from sammen.oidc.rules import (
    Discovered,
    Expected,
    Refused,
    check_id_token,
    check_logout_token,
    check_sender,
    level_of,
    number_of,
    shown_name,
)
from sammen.policy.assurance import enough
from sammen.settings import Environment, Settings

CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"
"""Letters of a code that is read aloud: no vowels, and none that is taken for another."""
CODE_LENGTH = 10
LONGEST_CODE = 4096


@dataclass(frozen=True, slots=True)
class Office:
    """What a login needs of the house."""

    engine: AsyncEngine
    keys: Keys
    settings: Settings

    @property
    def directory(self) -> Directory:
        return _directory(self.settings.environment is not Environment.PRODUCTION)

    def back(self, code: str) -> str:
        """The provider's own address to come back to: registered there, and compared letter for letter."""
        return f"{self.settings.address}/logg-inn/med/{code}/svar"


@lru_cache(maxsize=2)
def _directory(loopback: bool) -> Directory:
    return Directory(loopback=loopback)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session's token, and where its owner was going."""

    token: str
    back: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Somebody the provider knows and we do not. `code` is what an administrator links them by; "" for citizens."""

    name: str
    code: str
    place: str


async def way_out(office: Office, provider: Provider, journey: Journey) -> str:
    """The address at the provider to send the browser to. Raises Away, Refused."""
    found = await office.directory.description(provider.issuer)
    joint = "&" if "?" in found.authorization else "?"
    return found.authorization + joint + urlencode(journey.query(provider, office.back(provider.code)))


def code_hash(keys: Keys, code: str) -> bytes:
    """What is kept of a code to be linked by; case, spaces and hyphens do not count."""
    kept = "".join(char for char in code.upper() if char in CODE_LETTERS)
    return keys.form_mark("oidc-link", kept.encode())


async def _vouched(
    office: Office, provider: Provider, found: Discovered, journey: Journey, code: str
) -> store.Vouched:
    answer = await exchange(provider, found, code, journey.verifier, office.back(provider.code))
    token, access = answer.get("id_token"), answer.get("access_token", "")
    if not isinstance(token, str) or not isinstance(access, str):
        raise Refused("token")
    claims, alg = await claims_of(office.directory, found, token)
    expected = Expected(provider.issuer, provider.client_id, journey.nonce, provider.max_age)
    check_id_token(claims, alg, access, expected, time.time())
    level = level_of(claims, provider.level_claim, provider.levels, provider.base_level)
    if not enough(level, journey.level or provider.base_level):
        raise Refused("level")
    citizen = provider.audience == "citizens"
    sid = claims.get("sid")
    return store.Vouched(
        subject=claims["sub"],
        level=level,
        sid=sid[:255] if isinstance(sid, str) else "",
        id_token=token,
        name="" if citizen else shown_name(claims),
        email="" if citizen else shown_name(claims, ("email", "preferred_username")),
        number=number_of(claims, provider.person_claim) if citizen else "",
    )


async def come_back(
    office: Office, journey: Journey, answer: Mapping[str, str], *,
    device: str, before: bytes | None, request_id: UUID,
) -> SignedIn | Unknown:  # fmt: skip
    """What an answer to a journey leads to. The journey has been held against the browser's cookie.

    `before` is the hash of the session that the browser has, which ends. Raises Refused, Away.
    """
    if not await store.spend(office.engine, office.keys, "state", journey.state, 3600):
        raise Refused("replay")
    provider = await store.open_provider(office.engine, office.keys, journey.provider)
    if provider is None:
        raise Refused("closed")
    found = await office.directory.description(provider.issuer)
    check_sender(answer.get("iss"), found)
    if "error" in answer:
        raise Refused("denied" if answer["error"] in ("access_denied", "login_required") else "error")
    code = answer.get("code", "")
    if not 0 < len(code) <= LONGEST_CODE:
        raise Refused("code")
    who = await _vouched(office, provider, found, journey, code)
    place = await store.find_place(office.engine, office.keys, journey.place) if journey.place else None
    token = new_token()
    user = await store.sign_in(
        office.engine, office.keys, provider, who, place,
        token=token_hash(token), device=device, before=before, request_id=request_id,
    )  # fmt: skip
    if user is not None:
        return SignedIn(token, journey.back)
    if provider.audience == "citizens":
        return Unknown("", "", place.name if place else "")
    chosen = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    await store.ask_to_be_linked(
        office.engine, office.keys, provider, who, place, code_hash(office.keys, chosen)
    )
    return Unknown(who.name, f"{chosen[:5]}-{chosen[5:]}", place.name if place else "")


async def told_to_end(office: Office, code: str, logout_token: str, request_id: UUID) -> None:
    """Back-channel logout: end the sessions a logout token names, once. Raises Refused, Away."""
    provider = await store.open_provider(office.engine, office.keys, code)
    if provider is None:
        raise Refused("closed")
    found = await office.directory.description(provider.issuer)
    claims, _ = await claims_of(office.directory, found, logout_token)
    sid, subject, jti = check_logout_token(claims, provider.issuer, provider.client_id, time.time())
    if not await store.spend(office.engine, office.keys, f"jti|{provider.code}", jti, 3600):
        raise Refused("replay")
    await store.end_sessions(office.engine, office.keys, provider, sid, subject, request_id)


async def ended_in_front(office: Office, code: str, iss: str, sid: str, request_id: UUID) -> None:
    """Front-channel logout: the provider's page names its own session, which nobody else can. Raises Refused."""
    provider = await store.open_provider(office.engine, office.keys, code)
    if provider is None or iss != provider.issuer or not 0 < len(sid) <= 255:
        raise Refused("frontchannel")
    await store.end_sessions(office.engine, office.keys, provider, sid, "", request_id)


async def way_to_log_out(office: Office, session: bytes) -> str:
    """Where the browser goes to end the provider's session too, after ours has ended (RP-Initiated Logout 1.0); "" when
    there is nowhere.
    """
    kept = await store.provider_of_session(office.engine, office.keys, session, ended=True)
    provider = await store.open_provider(office.engine, office.keys, kept[0]) if kept else None
    if kept is None or provider is None:
        return ""
    try:
        found = await office.directory.description(provider.issuer)
    except (Away, Refused):
        return ""
    if not found.end_session:
        return ""
    asked = {
        "client_id": provider.client_id,
        "post_logout_redirect_uri": f"{office.settings.address}/logg-inn",
        "state": hashlib.sha256(session).hexdigest()[:16],
    }
    if kept[2]:
        asked["id_token_hint"] = kept[2]
    return found.end_session + ("&" if "?" in found.end_session else "?") + urlencode(asked)
