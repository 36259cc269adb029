"""A provider of logins that does as it is told, also what no honest one does: in this process, on a port of its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from sammen.oidc.client import ASSERTION
from sammen.oidc.registration import Facts, seal_secret
from sammen.oidc.rules import LOGOUT_EVENT
from tests.database import KEYS
from tests.worlds import World

CLIENT, SECRET, SUBJECT = "klient-av-sammen", "hemmelig:med/kolon og mellomrom", "subjekt-1"
Answer = tuple[int, bytes]


@cache
def rsa(name: str) -> RSAKey:
    """A key of 2048 bits by that name, made once."""
    return RSAKey.generate_key(2048, parameters={"kid": name, "use": "sig"})


def part(document: dict[str, Any]) -> str:
    """One part of a token."""
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


@dataclass
class HostileProvider:
    """`claims` and `header` are laid over an honest token's, `sign` makes the token of both, and `answers` replace what
    stands at a path. `asked`: what was sent to the token endpoint.
    """

    issuer: str
    key: RSAKey | ECKey = field(default_factory=lambda: rsa("honest"))
    alg: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any], dict[str, Any]], str] | None = None
    answers: dict[str, Callable[[], Answer]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    secrets: set[str] = field(default_factory=lambda: {SECRET})
    client_key: RSAKey | None = None
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)

    def approve(self, location: str) -> dict[str, str]:
        """What the browser brings back from here after it was sent to `location`: the person has said yes."""
        asked = dict(parse_qsl(urlsplit(location).query))
        code = f"kode-{len(self.codes)}-{time.monotonic_ns()}"
        self.codes[code] = (asked["nonce"], asked["code_challenge"])
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def token(self, claims: dict[str, Any]) -> str:
        """A token of the claims, signed as this provider signs."""
        header = {"alg": self.alg, "kid": self.key.kid, **self.header}
        if self.sign is not None:
            return self.sign(header, claims)
        kept = {name: value for name, value in header.items() if value is not None}
        return jwt.encode(kept, claims, self.key, algorithms=[self.alg])

    def logout_token(self, **claims: Any) -> str:
        """A logout token as an honest provider makes it, with `claims` laid over."""
        made = {
            "iss": self.issuer, "aud": CLIENT, "iat": int(time.time()), "jti": f"jti-{time.monotonic_ns()}",
            "sid": "økt-1", "events": {LOGOUT_EVENT: {}}, **claims,
        }  # fmt: skip
        return self.token({name: value for name, value in made.items() if value is not None})

    def reply(self, path: str, form: dict[str, str], basic: str) -> Answer:
        """(status, body) of a request."""
        name = path.rsplit("/", 1)[-1]
        if name in self.answers:
            return self.answers[name]()
        if name == "openid-configuration":
            return 200, json.dumps(self._description()).encode()
        if name == "jwks":
            return 200, json.dumps({"keys": [self.key.as_dict(private=False)]}).encode()
        if name == "token":
            return self._exchange(form, basic)
        return 404, b"{}"

    def _description(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/jwks",
            "end_session_endpoint": f"{self.issuer}/logout", "id_token_signing_alg_values_supported": [self.alg],
            "authorization_response_iss_parameter_supported": True, **self.document,
        }  # fmt: skip

    def _vouches(self, form: dict[str, str]) -> bool:
        """Whether the client shows that it holds the private key it has registered (RFC 7523)."""
        if self.client_key is None or form.get("client_assertion_type") != ASSERTION:
            return False
        said = jwt.decode(form["client_assertion"], self.client_key, algorithms=["RS256"]).claims
        fresh = 0 < said["exp"] - said["iat"] <= 120 and said["exp"] > time.time()
        return bool(fresh and said["aud"] == self.issuer and said["iss"] == said["sub"] == CLIENT)

    def _exchange(self, form: dict[str, str], basic: str) -> Answer:
        self.asked.append(form)
        known = {basic, form.get("client_secret", "")} & self.secrets or self._vouches(form)
        if not known:
            return 401, b'{"error": "invalid_client"}'
        nonce, challenge = self.codes.pop(form.get("code", ""), ("", ""))
        proved = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(
            b"="
        )
        if not challenge or proved.decode() != challenge:
            return 400, b'{"error": "invalid_grant"}'
        now, access = int(time.time()), "tilgang-1"
        honest = {
            "iss": self.issuer, "sub": SUBJECT, "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": nonce,
            "at_hash": create_half_hash(access, "RS256").decode(), "sid": "økt-1", "name": "Mona Dal", "acr": "lav",
            "email": "manager@horten.test",
        }  # fmt: skip
        claims = {name: value for name, value in {**honest, **self.claims}.items() if value is not None}
        return 200, json.dumps({"access_token": access, "id_token": self.token(claims)}).encode()


@contextmanager
def hostile_provider() -> Iterator[HostileProvider]:
    """A provider that listens until leaving."""
    provider = HostileProvider("")

    class Handler(BaseHTTPRequestHandler):
        def _reply(self, form: dict[str, str]) -> None:
            scheme, _, given = self.headers.get("Authorization", "").partition(" ")
            basic = ""
            if scheme == "Basic":
                secret = base64.b64decode(given).decode().partition(":")[2]
                basic = parse_qs(f"x={secret}", keep_blank_values=True)["x"][0]
            status, body = provider.reply(urlsplit(self.path).path, form, basic)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def do_GET(self) -> None:
            self._reply({})

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            self._reply(dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True)))

        def log_message(self, *_: Any) -> None:
            """Nothing: a test's output is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    provider.issuer = f"http://127.0.0.1:{server.server_port}/hos"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


async def register(world: World, issuer: str, code: str, **more: Any) -> str:
    """Register and open a provider of Horten's employees (unless `more` says otherwise). Returns its id."""
    facts = Facts(**{
        "code": code, "name": "Horten kommune", "issuer": issuer, "client_id": CLIENT, "kind": "other",
        "municipality_id": world.horten, "levels": {"høy": "high", "middels": "second_factor"}, **more,
    })  # fmt: skip
    rows = await world.sql("SELECT sammen.provider_add($1::text::jsonb) AS id", facts.document(loopback=True))
    sealed = seal_secret(KEYS, code, SECRET, is_key=False)
    await world.sql("SELECT sammen.provider_secret_set($1, $2, '')", rows[0]["id"], sealed)
    await world.sql("UPDATE identity_provider SET enabled = true WHERE id = $1", rows[0]["id"])
    return str(rows[0]["id"])


async def link_to(
    world: World, provider: str, user: Any, subject: str = SUBJECT, *, place: Any = None
) -> None:
    """Link the provider's subject to an account, as that municipality's administrator (None: the operator)."""
    await world.sql(
        "INSERT INTO linked_identity (id, provider_id, subject, user_id, municipality_id, linked_by)"
        " VALUES (gen_random_uuid(), $1, $2, $3, $4, 'test')", provider, subject, user, place,
    )  # fmt: skip


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token that says that nobody has signed it."""
    return f"{part({**header, 'alg': 'none'})}.{part(claims)}."


def with_the_public_key(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token signed by HS256 with what everybody may read."""
    # By hand: the library refuses to be used so.
    signed = f"{part({**header, 'alg': 'HS256'})}.{part(claims)}"
    made = hmac.digest(rsa("honest").as_pem(private=False), signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


def by_another(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """A token signed by another key that goes by the honest one's name."""
    return jwt.encode(header, claims, rsa("another"), algorithms=["RS256"])
