"""Talking to providers: bounded in time and size, never led elsewhere, and remembered for a while.

A provider's description and keys are kept in the process for an hour. A signature by a key that is not among them makes
it look again, at most once a minute; a provider that is away is remembered by what it last said, for a day.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus

import httpx
from authlib.oauth2.rfc7523.assertion import private_key_jwt_sign
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, RSAKey

from sammen.oidc.rules import ALGORITHMS, Discovered, Refused, check_address, read_discovery

SECONDS = 5.0
"""The longest that one conversation may take, from the first byte to the last."""
LARGEST = 256 * 1024
FRESH, STALE, AGAIN, REST = 3600.0, 86400.0, 60.0, 5.0
"""Seconds: how long an answer is used without asking, how long when the provider is away, and between two questions: when
there is an answer already, and when there is none."""
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class Away(Exception):
    """The provider does not answer, or not with anything that can be read. Nothing is wrong with the person's login."""


@dataclass(slots=True)
class _Kept:
    value: Any
    at: float


@dataclass(slots=True)
class Provider:
    """A provider as registered; `secrets` are opened ones, the newest first, with their key ids."""

    id: Any
    code: str
    name: str
    audience: str
    municipality_id: Any
    issuer: str
    client_id: str
    auth_method: str
    scopes: str
    level_claim: str
    levels: dict[str, str]
    base_level: str
    person_claim: str
    max_age: int | None
    session_seconds: int
    secrets: list[tuple[str, str]] = field(repr=False)


async def _fetch(method: str, url: str, **sent: Any) -> tuple[int, dict[str, Any]]:
    """(status, the answer's JSON object). Raises Away for anything slow, large, or not JSON."""
    try:
        async with (
            asyncio.timeout(SECONDS),
            httpx.AsyncClient(timeout=SECONDS, follow_redirects=False) as client,
            client.stream(method, url, headers={"Accept": "application/json"}, **sent) as answer,
        ):
            body = bytearray()
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > LARGEST:
                    raise Away("large")
            status = answer.status_code
        found = json.loads(body)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError, RecursionError) as error:
        raise Away(type(error).__name__) from None
    if not isinstance(found, dict):
        raise Away("json")
    return status, found


class Directory:
    """What providers have said of themselves, kept for a process. `loopback`: plain http to this machine is allowed."""

    def __init__(self, *, loopback: bool) -> None:
        self.loopback = loopback
        self._said: dict[str, _Kept] = {}
        self._keys: dict[str, _Kept] = {}
        self._asked: dict[str, float] = {}
        self._waiting: dict[str, asyncio.Lock] = {}

    async def description(self, issuer: str) -> Discovered:
        """The provider's endpoints. Raises Away, or Refused when the description is another's."""
        url = check_address(issuer, loopback=self.loopback).rstrip("/") + "/.well-known/openid-configuration"

        async def ask() -> Discovered:
            return read_discovery(await self._get(url), issuer, loopback=self.loopback)

        found: Discovered = await self._kept(self._said, issuer, ask)
        return found

    async def key_set(self, found: Discovered, *, anew: bool = False) -> KeySet:
        """The provider's keys. `anew`: look again, unless that was done within the last minute."""

        async def ask() -> KeySet:
            document = await self._get(found.jwks)
            listed = document.get("keys")
            usable = []
            for one in listed[:50] if isinstance(listed, list) else []:
                try:
                    if isinstance(one, dict) and one.get("use", "sig") == "sig":
                        usable.append(_public_key(one))
                except (JoseError, ValueError, TypeError, KeyError):
                    continue  # of a kind we do not use
            if not usable:
                raise Refused("jwks")
            return KeySet(list(usable))

        keys: KeySet = await self._kept(self._keys, found.jwks, ask, anew=anew)
        return keys

    async def _get(self, url: str) -> dict[str, Any]:
        status, document = await _fetch("GET", url)
        if status != 200:
            raise Away(str(status))
        return document

    async def _kept(self, shelf: dict[str, _Kept], name: str, ask: Any, *, anew: bool = False) -> Any:
        lock = self._waiting.setdefault(name, asyncio.Lock())
        async with lock:
            now, kept = time.monotonic(), shelf.get(name)
            if kept and now - kept.at < FRESH and not anew:
                return kept.value
            # A provider that is away, or somebody who sends keys that do not exist, must not make us ask without end.
            asked = now - self._asked.get(name, -AGAIN)
            if kept and asked < AGAIN:
                return kept.value
            if kept is None and asked < REST:
                raise Away("rest")
            self._asked[name] = now
            try:
                shelf[name] = _Kept(await ask(), now)
            except (Away, Refused):
                if kept and now - kept.at < STALE:
                    return kept.value
                raise
            return shelf[name].value


def _public_key(one: dict[str, Any]) -> RSAKey | ECKey:
    kind = one.get("kty")
    if kind == "RSA":
        key = RSAKey.import_key({name: one[name] for name in ("kty", "n", "e", "kid", "alg") if name in one})
        if key.raw_value.key_size < 2048:
            raise ValueError("short")
        return key
    if kind == "EC" and one.get("crv") == "P-256":
        return ECKey.import_key(
            {name: one[name] for name in ("kty", "crv", "x", "y", "kid", "alg") if name in one}
        )
    raise ValueError("kind")


async def claims_of(directory: Directory, found: Discovered, token: str) -> tuple[dict[str, Any], str]:
    """(claims, algorithm) of a token that one of the provider's keys has signed. Raises Refused, Away."""
    try:
        header = jws.extract_compact(token.encode()).headers()
    except (JoseError, ValueError, RecursionError):
        raise Refused("token") from None
    alg, kid = header.get("alg"), header.get("kid")
    if alg not in ALGORITHMS:
        raise Refused("alg")
    if "crit" in header:
        raise Refused("crit")
    for anew in (False, True):
        keys = [key for key in (await directory.key_set(found, anew=anew)).keys if _fits(key, alg, kid)]
        # Without a name for the key there must be no choice.
        if len(keys) == 1:
            try:
                signed = jws.deserialize_compact(token, keys[0], algorithms=ALGORITHMS)
                claims = json.loads(signed.payload)
            except (JoseError, ValueError, RecursionError):
                raise Refused("signature") from None
            if not isinstance(claims, dict):
                raise Refused("token")
            return claims, alg
    raise Refused("kid")


def _fits(key: Any, alg: str, kid: object) -> bool:
    kind = "EC" if alg.startswith("ES") else "RSA"
    return key.key_type == kind and (kid is None or key.kid == kid) and key.alg in (None, alg)


async def exchange(
    provider: Provider, found: Discovered, code: str, verifier: str, back: str
) -> dict[str, Any]:
    """The tokens for a code. With a secret that the provider does not know (any more), the one before it is tried."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": verifier,
    }
    fault = "secret"
    for secret, kid in provider.secrets[:2]:
        try:
            sent, credentials = _known_by(provider, secret, kid)
        except ValueError:
            continue  # no key, where a key is needed
        status, answer = await _fetch_token(found.token, {**fields, **sent}, credentials)
        if status == 200:
            return answer
        fault = str(answer.get("error", ""))
        if fault != "invalid_client":
            break
    raise Refused(fault if fault in ("invalid_client", "invalid_grant", "secret") else "token_endpoint")


async def _fetch_token(
    url: str, fields: dict[str, str], auth: tuple[str, str] | None
) -> tuple[int, dict[str, Any]]:
    status, answer = await _fetch("POST", url, data=fields, auth=auth)
    if status >= 500:
        raise Away(str(status))
    return status, answer


def _known_by(provider: Provider, secret: str, kid: str) -> tuple[dict[str, str], tuple[str, str] | None]:
    """(form fields, basic credentials) that tell the provider who is asking (RFC 6749 2.3.1, RFC 7523 2.2)."""
    if provider.auth_method == "client_secret_basic":
        # Both are form-encoded before they are put together, so that a colon in one does not end it.
        return {}, (quote_plus(provider.client_id), quote_plus(secret))
    if provider.auth_method == "client_secret_post":
        return {"client_id": provider.client_id, "client_secret": secret}, None
    key = private_key(secret)
    alg = "ES256" if isinstance(key, ECKey) else "RS256"
    signed = private_key_jwt_sign(
        key, provider.client_id, provider.issuer, alg=alg, header={"kid": kid} if kid else {}, expires_in=60
    )
    return {
        "client_id": provider.client_id,
        "client_assertion_type": ASSERTION,
        "client_assertion": signed,
    }, None


def private_key(pem: str) -> RSAKey | ECKey:
    """A private key from PEM: RSA of at least 2048 bits, or P-256. Raises ValueError for any other."""
    for kind in (RSAKey, ECKey):
        try:
            key = kind.import_key(pem)
        except (JoseError, ValueError, TypeError):
            continue
        if key.is_private and (key.raw_value.key_size >= 2048 or isinstance(key, ECKey)):
            return key
    raise ValueError("no such key")
