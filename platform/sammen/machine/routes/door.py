"""The door of the interface for programs: who is asking, may they, is it as declared; then commit or roll back.

Routes are made by `resource`, which binds a handler to its declared operation. `check_routes` knows them by their
permission, and `tests/isolation/test_programs.py` walks them all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

import asyncpg
from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler, get, post, put
from sqlalchemy.exc import DBAPIError

from sammen.db.unit_of_work import DOWN, UnitOfWork
from sammen.errors import Conflict, Forbidden, KeyReused, NotFound, NotSignedIn, SammenError, Unavailable
from sammen.keys import token_hash
from sammen.machine import pace
from sammen.machine.entering import Address, address_of, enter_client, note_refusal
from sammen.machine.marks import etag, matches
from sammen.machine.operations import BODY_LIMIT, Answer, Call, Operation, encoded
from sammen.machine.problems import MEDIA_TYPE, Problem, problem_of, unauthorized
from sammen.machine.reading import read_body, read_query
from sammen.settings import Environment
from sammen.web.desk import House
from sammen.web.door import database_error
from sammen.web.errors import problem_page

Handler = Callable[[Call], Awaitable[Answer]]
Again = Callable[[Call, str], Awaitable[Answer]]
METHODS: Final[Mapping[str, Any]] = {"GET": get, "POST": post, "PUT": put}
JSON: Final = "application/json"
OPERATIONS: Final[list[Operation]] = []
"""Every declared operation, in the order their modules are imported: the document is written from them."""
KEY: Final = "idempotency-key"
LONGEST_KEY: Final = 80


@dataclass(frozen=True, slots=True)
class Asking:
    """A request before anything of it is believed."""

    request: Request[Any, Any, Any]
    house: House
    operation: Operation
    request_id: UUID
    address: Address | None
    again: Again | None

    @property
    def host(self) -> str:
        return str(self.address or "")


def resource(operation: Operation, *, again: Again | None = None) -> Callable[[Handler], HTTPRouteHandler]:
    """A route for programs with the operation's scope. A POST needs `again`: what it answers when it was done before, read
    from the location the first answer gave.
    """
    assert (again is not None) is (operation.method == "POST")

    def wrap(handler: Handler) -> HTTPRouteHandler:
        async def run(request: Request[Any, Any, Any]) -> Response[Any]:
            try:
                return await _answered(_asking(request, operation, again), handler)
            except Problem as problem:
                return problem_page(problem)
            except SammenError as error:
                return problem_page(problem_of(error, operation.fields))

        OPERATIONS.append(operation)
        made: HTTPRouteHandler = METHODS[operation.method](
            operation.path, name=f"{handler.__module__}.{handler.__name__}", status_code=200,
            request_max_body_size=BODY_LIMIT,
            opt={"access": operation.permission.value, "kind": None, "permission": operation.permission,
                 "program": operation},
        )(run)  # fmt: skip
        return made

    return wrap


def _asking(request: Request[Any, Any, Any], operation: Operation, again: Again | None) -> Asking:
    return Asking(
        request, request.app.state.house, operation,
        request.scope["sammen.request_id"],  # type: ignore[typeddict-item]  # set by frame.Frame
        address_of(request.client.host if request.client else None), again,
    )  # fmt: skip


def accepts_json(accept: str) -> bool:
    """Whether what somebody takes leaves room for JSON."""
    ranges = [one.split(";") for one in accept.lower().split(",")] if accept.strip() else [["*/*"]]
    return any(
        one[0].strip() in ("*/*", "application/*", JSON, MEDIA_TYPE)
        and not any(part.strip() in ("q=0", "q=0.0", "q=0.00", "q=0.000") for part in one[1:])
        for one in ranges
    )


def bearer(request: Request[Any, Any, Any]) -> bytes:
    """The hash of the token that was shown. Raises Problem 401."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise unauthorized(told=False)
    return token_hash(token.strip())


async def _answered(asking: Asking, handler: Handler) -> Response[bytes]:
    request, operation = asking.request, asking.operation
    if not accepts_json(request.headers.get("accept", "")):
        raise Problem(406, "Svarene er application/json.")
    hashed = bearer(request)
    pace.check(pace.STRANGERS, asking.host)
    # Before the database is asked: a slow sender holds no connection.
    raw = await _sent(request) if operation.body is not None else b""
    try:
        uow = await enter_client(
            asking.house.engine,
            asking.house.keys,
            hashed,
            address=asking.address,
            request_id=asking.request_id,
        )
    except NotSignedIn:
        pace.ask(pace.STRANGERS, asking.host)
        await note_refusal(asking.house.engine, hashed, "program.enter", asking.request_id)
        raise
    request.scope["sammen.uow"] = uow  # type: ignore[typeddict-unknown-key]  # frame.Frame's safety net
    try:
        # Counted when the door has said whose it is: else anybody could use up what a municipality may ask.
        pace.ask(pace.CALLS, str(uow.context.tenant_id))
        return await _inside(asking, uow, handler, raw)
    except (NotFound, Forbidden):
        await uow.rollback()
        await note_refusal(asking.house.engine, hashed, operation.permission.value, asking.request_id)
        raise
    except (DBAPIError, asyncpg.PostgresError, *DOWN) as error:
        await uow.rollback()
        found = database_error(error)
        if isinstance(found, Conflict):
            # Somebody else holds it now: it may be asked again, unlike a conflict that stays.
            raise Unavailable from error
        raise found from error
    except BaseException:
        await uow.rollback()
        raise


async def _sent(request: Request[Any, Any, Any]) -> bytes:
    kind, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.replace(" ", "").replace('"', "")
    if kind.strip() != JSON or charset not in ("", "charset=utf-8"):
        raise Problem(415, "Send application/json i UTF-8.", headers={"Accept": JSON})
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(415, "Send innholdet ukomprimert.")
    return await request.body()


async def _inside(asking: Asking, uow: UnitOfWork, handler: Handler, raw: bytes) -> Response[bytes]:
    operation, request = asking.operation, asking.request
    if not uow.context.may(operation.permission):
        raise Forbidden("Programmet har ikke tilgang til dette.")
    query = read_query(request.scope["query_string"], operation.query)
    body = read_body(raw, operation.body) if operation.body is not None else None
    call = Call(
        uow=uow, path=request.path_params, query=query, body=body,
        fingerprint=uow.keys.form_mark("program-body", encoded(body)) if body is not None else b"",
        if_match=request.headers.get("if-match", ""),
        synthetic=asking.house.settings.environment is not Environment.PRODUCTION,
    )  # fmt: skip
    if asking.again is None:
        answer = await handler(call)
    else:
        answer = await _once(asking, call, handler, asking.again, raw)
    await uow.commit()
    return _made(request, answer)


async def _once(asking: Asking, call: Call, handler: Handler, again: Again, raw: bytes) -> Answer:
    """Claim a POST's key in its effect's transaction: whoever comes second waits, and gets the first one's answer."""
    key, route = asking.request.headers.get(KEY, "").strip(), asking.operation.path
    if not 8 <= len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Problem(400, "Send en egen nøkkel (Idempotency-Key), 8 til 80 tegn, for hver hendelse.")
    digest = hashlib.sha256(hashlib.sha256(raw).digest() + asking.request.scope["path"].encode()).digest()
    before = await call.uow.call("SELECT * FROM sammen.claim_key($1, $2, $3)", route, key, digest)
    if before:
        if not before[0]["same_body"]:
            raise KeyReused
        return replace(await again(call, before[0]["location"]), status=before[0]["status"])
    answer = await handler(call)
    await call.uow.call(
        "SELECT sammen.settle_key($1, $2, $3, $4)", route, key, answer.status, answer.location
    )
    return answer


def _made(request: Request[Any, Any, Any], answer: Answer) -> Response[bytes]:
    headers = {"Location": answer.location} if answer.location else {}
    if answer.body is None:
        return Response(b"", status_code=answer.status, headers=headers, media_type=JSON)
    content = encoded(answer.body)
    headers["ETag"] = etag(content)
    if request.method == "GET" and matches(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(b"", status_code=304, headers=headers, media_type=JSON)
    return Response(content, status_code=answer.status, headers=headers, media_type=JSON)
