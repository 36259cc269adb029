"""The OpenAPI 3.1 document, written from the declared operations: what the door reads is what is promised."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from sammen.machine.operations import EXTERNAL_ID, PREFIX, Operation
from sammen.machine.problems import MEDIA_TYPE, TITLES

VERSION: Final = "1.0.0"
REF: Final = "#/components/schemas/{name}"
TOKEN_PATH: Final = f"{PREFIX}/token"
INTRO: Final = (
    "Grensesnittet for kommunens egne fagsystemer. Et program hører til én kommune, og ser bare den. "
    "Lister har «next»: send den tilbake som cursor. Svar har ETag: send den i If-None-Match for å slippe det du alt har, "
    "og i If-Match når du endrer. POST vil ha Idempotency-Key: samme nøkkel og innhold gir samme svar, én virkning."
)
PATH_SCHEMAS: Final[Mapping[str, dict[str, Any]]] = {
    "uuid": {"type": "string", "format": "uuid"},
    "str": {"type": "string", "pattern": EXTERNAL_ID},
}
_HEADERS: Final[Mapping[str, dict[str, Any]]] = {
    "ETag": {"description": "Merket på svaret.", "schema": {"type": "string"}},
    "Location": {"description": "Hvor det ligger.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Sekunder å vente.", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"description": "Hva som må vises.", "schema": {"type": "string"}},
}


class FaultShown(Struct):
    """One thing to mend."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None


class ProblemShown(Struct):
    """RFC 9457. `errors` er der når felt må rettes."""

    type: str
    title: str
    status: int
    detail: str | None = None
    errors: list[FaultShown] | None = None


class TokenShown(Struct):
    """RFC 6749, 5.1."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str


class TokenRefused(Struct):
    """RFC 6749, 5.2."""

    error: str


def document(operations: Sequence[Operation], *, server: str) -> dict[str, Any]:
    """The whole document. `server`: the house's own address."""
    kinds = _kinds(operations)
    _, schemas = msgspec.json.schema_components(kinds, ref_template=REF)
    paths: dict[str, dict[str, Any]] = {TOKEN_PATH: {"post": _token()}}
    for one in operations:
        shown = re.sub(r"\{(\w+):\w+\}", r"{\1}", one.path)
        paths.setdefault(shown, {})[one.method.lower()] = _operation(one, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sammen", "version": VERSION, "description": INTRO},
        "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "servers": [{"url": server}],
        "security": [],
        "paths": paths,
        "components": {
            "schemas": {name: schema for name, schema in schemas.items() if name not in _asked(operations)},
            "securitySchemes": {
                "program": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {
                            "tokenUrl": f"{server}{TOKEN_PATH}",
                            "scopes": dict(_SCOPES),
                        }
                    },
                }
            },
        },
    }


_SCOPES: Final[dict[str, str]] = {
    "people": "Personer inn",
    "decisions": "Vedtak inn",
    "payroll": "Lønnslinjer ut",
    "figures": "Tall ut",
    "calendar": "Aktivitetskalenderen ut",
}


def _asked(operations: Iterable[Operation]) -> set[str]:
    """Names of the types that are written out as parameters, and are no schemas of their own."""
    return {one.query.__name__ for one in operations if one.query is not None}


def _kinds(operations: Iterable[Operation]) -> list[type[Struct]]:
    found: dict[type[Struct], None] = dict.fromkeys([ProblemShown, TokenShown, TokenRefused])
    for one in operations:
        for kind in (one.query, one.body, *one.answers.values()):
            if kind is not None:
                found[kind] = None
    return list(found)


def _operation(one: Operation, schemas: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": one.name,
        "tags": [one.scope],
        "summary": one.summary,
        "security": [{"program": [one.scope]}],
        "parameters": [*_path_parameters(one), *_query_parameters(one, schemas), *_header_parameters(one)],
        "responses": {str(status): _good(status, kind) for status, kind in one.answers.items()}
        | {str(status): _bad(status) for status in _statuses(one)},
    }
    if one.body is not None:
        made["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": REF.format(name=one.body.__name__)}}},
        }
    return made


def _path_parameters(one: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _path_schema(one, name, kind)}
        for name, kind in one.parameters
    ]


def _path_schema(one: Operation, name: str, kind: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(one.words[name])} if name in one.words else PATH_SCHEMAS[kind]


def _query_parameters(one: Operation, schemas: Mapping[str, Any]) -> list[dict[str, Any]]:
    if one.query is None:
        return []
    found = []
    for name, schema in schemas[one.query.__name__]["properties"].items():
        # A parameter that is not given is left out; there is no null in an address.
        alternatives = [kind for kind in schema.get("anyOf", ()) if kind.get("type") != "null"]
        shown = alternatives[0] if alternatives else {k: v for k, v in schema.items() if k != "default"}
        found.append({"name": name, "in": "query", "required": False, "schema": shown})
    return found


def _header_parameters(one: Operation) -> list[dict[str, Any]]:
    def header(name: str, schema: dict[str, Any], *, required: bool = False) -> dict[str, Any]:
        return {"name": name, "in": "header", "required": required, "schema": schema}

    found = []
    if one.method == "GET":
        found.append(header("If-None-Match", {"type": "string"}))
    if one.guarded:
        found.append(header("If-Match", {"type": "string"}))
    if one.method == "POST":
        key = {"type": "string", "pattern": "^[!-~]{8,80}$"}
        found.append(header("Idempotency-Key", key, required=True))
    return found


def _statuses(one: Operation) -> list[int]:
    common = [401, 403, 406, 422, 429, 503]
    if one.parameters:
        common.append(404)
    if one.body is not None:
        common += [400, 409, 413, 415]
    if one.guarded:
        common += [404, 412, 428]
    return sorted(set(common))


def _good(status: int, kind: type[Struct] | None) -> dict[str, Any]:
    made: dict[str, Any] = {"description": "Slik ble det." if status != 304 else "Som du alt har."}
    if kind is not None:
        made["content"] = {"application/json": {"schema": {"$ref": REF.format(name=kind.__name__)}}}
    made["headers"] = {"ETag": _HEADERS["ETag"]}
    if status == 201:
        made["headers"]["Location"] = _HEADERS["Location"]
    return made


def _bad(status: int) -> dict[str, Any]:
    made: dict[str, Any] = {
        "description": TITLES[status],
        "content": {MEDIA_TYPE: {"schema": {"$ref": REF.format(name="ProblemShown")}}},
    }
    if status in (429, 503):
        made["headers"] = {"Retry-After": _HEADERS["Retry-After"]}
    if status == 401:
        made["headers"] = {"WWW-Authenticate": _HEADERS["WWW-Authenticate"]}
    return made


def _token() -> dict[str, Any]:
    def told(name: str) -> dict[str, Any]:
        return {"application/json": {"schema": {"$ref": REF.format(name=name)}}}

    form = {
        "type": "object",
        "required": ["grant_type"],
        "properties": {
            "grant_type": {"type": "string", "const": "client_credentials"},
            "client_id": {"type": "string"},
            "client_secret": {"type": "string"},
            "scope": {"type": "string"},
        },
    }
    return {
        "operationId": "getToken",
        "tags": ["token"],
        "summary": "Bytt hemmeligheten i et tilgangsbevis som varer i ti minutter.",
        "description": "OAuth 2.0 client credentials, med client_secret_basic eller client_secret_post.",
        "security": [],
        "requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": form}}},
        "responses": {
            "200": {"description": "Et tilgangsbevis.", "content": told("TokenShown")},
            "400": {"description": "Ikke som det skal være.", "content": told("TokenRefused")},
            "401": {
                "description": "Slipper ikke inn.",
                "content": told("TokenRefused"),
                "headers": {"WWW-Authenticate": _HEADERS["WWW-Authenticate"]},
            },
            **{str(status): _bad(status) for status in (406, 413, 415, 429, 503)},
        },
    }
