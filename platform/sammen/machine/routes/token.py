"""The token's door: OAuth 2.0 client credentials (RFC 6749, 4.4), with the secret in the header or in the form."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus
from uuid import UUID

import msgspec
from litestar import Request, Response, post

from sammen.errors import SammenError
from sammen.machine import pace
from sammen.machine.document import TOKEN_PATH
from sammen.machine.entering import TOKEN_SECONDS, address_of, issue_token
from sammen.machine.models import SCOPES
from sammen.machine.problems import Problem, problem_of
from sammen.machine.routes.door import JSON, accepts_json
from sammen.web.errors import problem_page

FORM: Final = "application/x-www-form-urlencoded"
MOST_BYTES: Final = 8 * 1024
BASIC: Final = 'Basic realm="sammen", charset="UTF-8"'


class Refused(Exception):
    """The answer of RFC 6749, 5.2. `code` is its word."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code, self.status = code, status


@post(TOKEN_PATH, name="sammen.machine.token", status_code=200, request_max_body_size=MOST_BYTES,
      opt={"access": "public", "kind": None, "permission": None})  # fmt: skip
async def token(request: Request[Any, Any, Any]) -> Response[Any]:
    """Change a secret for a token of ten minutes."""
    try:
        return _told(200, await _issued(request))
    except Refused as refused:
        headers = {"WWW-Authenticate": BASIC} if refused.status == 401 else {}
        return _told(refused.status, {"error": refused.code}, headers)
    except Problem as problem:
        return problem_page(problem)
    except SammenError as error:
        return problem_page(problem_of(error, {}))


def _told(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> Response[bytes]:
    kept = {"Cache-Control": "no-store", "Pragma": "no-cache", **(headers or {})}
    return Response(msgspec.json.encode(body), status_code=status, media_type=JSON, headers=kept)


async def _issued(request: Request[Any, Any, Any]) -> dict[str, Any]:
    if not accepts_json(request.headers.get("accept", "")):
        raise Problem(406, "Svarene er application/json.")
    if request.headers.get("content-type", "").lower().partition(";")[0].strip() != FORM:
        raise Problem(415, "Send et skjema: application/x-www-form-urlencoded.", headers={"Accept": FORM})
    address = address_of(request.client.host if request.client else None)
    pace.ask(pace.TOKENS, str(address or ""))
    form = _fields(await request.body())
    client, secret = _credentials(request.headers.get("authorization", ""), form)
    if "grant_type" not in form:
        raise Refused("invalid_request")
    if form["grant_type"] != "client_credentials":
        raise Refused("unsupported_grant_type")
    wanted = form.get("scope", "").split()
    if not set(wanted) <= set(SCOPES):
        raise Refused("invalid_scope")
    house = request.app.state.house
    issued = await issue_token(
        house.engine, house.keys, client, secret, wanted, address=address,
        request_id=request.scope["sammen.request_id"],  # type: ignore[typeddict-item]  # set by frame.Frame
    )  # fmt: skip
    if issued.answer == "scope":
        raise Refused("invalid_scope")
    if issued.answer != "ok":
        raise Refused("invalid_client", 401)
    return {
        "access_token": issued.token,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": " ".join(issued.scopes),
    }


def _fields(raw: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=20, encoding="utf-8"
        )
    except ValueError:
        raise Refused("invalid_request") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Refused("invalid_request")
    return found


def _credentials(header: str, form: dict[str, str]) -> tuple[UUID, str]:
    """(program, secret) from the header or the form, never both (RFC 6749, 2.3)."""
    kind, _, coded = header.partition(" ")
    if header and ("client_secret" in form or kind.lower() != "basic"):
        raise Refused("invalid_request" if kind.lower() == "basic" else "invalid_client",
                      400 if kind.lower() == "basic" else 401)  # fmt: skip
    name, secret = form.get("client_id", ""), form.get("client_secret", "")
    if header:
        try:
            name, _, secret = base64.b64decode(coded.strip(), validate=True).decode("utf-8").partition(":")
        except (binascii.Error, ValueError):
            raise Refused("invalid_client", 401) from None
        name, secret = unquote_plus(name), unquote_plus(secret)
    try:
        return UUID(name), secret
    except ValueError:
        raise Refused("invalid_client", 401) from None


HANDLERS = [token]
