"""The door every route goes through: who is asking, may they, is the form theirs; then commit or roll back.

Routes are made by `page`, `action`, `session_page`, `session_action` and `public_page`, which bind the handler to
its permission. `check_routes` refuses to start an application with a route made any other way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import asyncpg
from litestar import Litestar, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.handlers import HTTPRouteHandler
from sqlalchemy.exc import DBAPIError

from sammen.db.unit_of_work import DOWN, is_down, plain_transaction
from sammen.errors import (
    AlreadyDone,
    Conflict,
    Forbidden,
    Invalid,
    KeyReused,
    NotFound,
    NotSignedIn,
    StepUp,
    Unavailable,
)
from sammen.i18n_mark import N_
from sammen.keys import token_hash
from sammen.policy.permissions import Permission
from sammen.tenancy import accord
from sammen.tenancy.context import Context, PlaceKind
from sammen.tenancy.enter import enter_web
from sammen.web.desk import LANGUAGE_SCOPE, PROTECTED_FIELDS, Desk, House, chosen_language
from sammen.web.forms import FILE_LIMIT, FORM_LIMIT, Form, Upload, clean
from sammen.web.frame import place_asked
from sammen.web.i18n import SOURCE_LANGUAGE
from sammen.web.paths import note_page
from sammen.web.render import CSRF_FIELD, KEY_FIELD

Handler = Callable[[Desk], Awaitable[Response[Any]]]
PLACES = {
    "k": PlaceKind.MUNICIPALITY,
    "r": PlaceKind.REGION,
    "min": PlaceKind.OWN,
    "drift": PlaceKind.OPERATIONS,
}
REFUSAL = "SELECT sammen.record_refusal($1, $2, $3, $4, $5, $6)"


def place_of(path: str) -> PlaceKind:
    """The kind of place a route template belongs to, from its first segment."""
    return PLACES.get(path.strip("/").split("/")[0], PlaceKind.SESSION)


def page(path: str, permission: Permission) -> Callable[[Handler], HTTPRouteHandler]:
    """A GET route of a place, for those with `permission`."""
    return _route(get, path, permission.value, place_of(path), permission)


def action(
    path: str, permission: Permission, *, files: bool = False
) -> Callable[[Handler], HTTPRouteHandler]:
    """A POST route of a place: CSRF token and idempotency key are checked, the answer is kept with the key. A body is
    `FORM_LIMIT` bytes at most, and `FILE_LIMIT` where the form takes files.
    """
    return _route(
        post, path, permission.value, place_of(path), permission, most=FILE_LIMIT if files else FORM_LIMIT
    )


def session_page(path: str) -> Callable[[Handler], HTTPRouteHandler]:
    """A GET route of a signed-in person outside any place (my places, my sessions)."""
    return _route(get, path, "session", PlaceKind.SESSION, None)


def session_action(path: str) -> Callable[[Handler], HTTPRouteHandler]:
    """A POST route of a signed-in person outside any place."""
    return _route(post, path, "session", PlaceKind.SESSION, None)


def public_page(path: str) -> Callable[[Handler], HTTPRouteHandler]:
    """A GET route for anyone. Each is named in `PUBLIC` below, or the application does not start."""
    return _route(get, path, "public", None, None)


def public_action(path: str) -> Callable[[Handler], HTTPRouteHandler]:
    """A POST route for anyone (log in). It must come from our own pages: checked by `Sec-Fetch-Site` and `Origin`."""
    return _route(post, path, "public", None, None)


PUBLIC = frozenset({
    "/", "/logg-inn", "/demo", "/sprak", "/tilgjengelighet", "/personvern", "/hjelp", "/helse", "/klar", "/favicon.ico",
    "/glemt", "/lenke/{token:str}", "/velkommen",
    "/sok", "/sok/{slug:str}", "/sok/{slug:str}/skjema", "/sok/{slug:str}/hent", "/sok/{slug:str}/lagret",
    "/sok/{slug:str}/mottatt",
    "/b/{code:str}", "/bli-med", "/bli-med/{slug:str}", "/bli-med/{slug:str}/mistet", "/bli-med/{slug:str}/{campaign:str}",
    "/bli-med/{slug:str}/{campaign:str}/skjema", "/bli-med/sendt/{form:uuid}", "/bli-med/bekreft/{token:str}",
    "/bli-med/min/{token:str}", "/bli-med/min/{token:str}/trekk", "/kursbevis", "/kursbevis/{code:str}",
    "/aktivitetskalender", "/aktivitetskalender/{slug:str}", "/aktivitetskalender/{slug:str}/{place:str}",
    "/aktivitetskalender/{slug:str}/hendelse/{calendar_event_id:uuid}",
    "/aktivitetskalender/{slug:str}/hendelse/{calendar_event_id:uuid}/kalender.ics",
    "/aktivitetskalender/{slug:str}/utgaver/{calendar_edition_id:uuid}", "/aktivitetskalender/{slug:str}/meld-inn",
    "/aktivitetskalender/sendt/{submission:uuid}", "/aktivitetskalender/bekreft/{token:str}",
    "/aktivitetskalender/min/{token:str}", "/aktivitetskalender/min/{token:str}/avlys", "/kalender/{token:str}",
    "/logg-inn/finn", "/logg-inn/opp", "/logg-inn/ut", "/logg-inn/{slug:str}", "/logg-inn/med/{provider:str}",
    "/logg-inn/med/{provider:str}/svar", "/logg-inn/med/{provider:str}/avmeldt",
    "/nyhetsbrev/{slug:str}", "/nyhetsbrev/bekreft/{token:str}", "/nyhetsbrev/av/{token:str}",
    "/api", "/api/v1/openapi.json", "/api/v1/token",
})  # fmt: skip


def _route(
    method: Any,
    path: str,
    access: str,
    kind: PlaceKind | None,
    permission: Permission | None,
    *,
    most: int = FORM_LIMIT,
) -> Callable[[Handler], HTTPRouteHandler]:
    unsafe = method is post
    if not unsafe:
        note_page(path)

    def wrap(handler: Handler) -> HTTPRouteHandler:
        async def run(request: Request[Any, Any, Any]) -> Response[Any]:
            desk = _desk(request)
            if unsafe:
                _same_origin(request, desk.house)
                desk.form = await _read_form(request)
            if kind is None:
                return await handler(desk)
            return await _inside(desk, handler, kind, path, permission, unsafe=unsafe)

        name = f"{handler.__module__}.{handler.__name__}"
        made: HTTPRouteHandler = method(
            path, name=name, status_code=200, opt={"access": access, "kind": kind, "permission": permission},
            **({"request_max_body_size": most} if unsafe else {}),
        )(run)  # fmt: skip
        return made

    return wrap


def _desk(request: Request[Any, Any, Any]) -> Desk:
    house: House = request.app.state.house
    cookie = request.cookies.get(house.settings.cookie_name)
    return Desk(
        request=request,
        house=house,
        request_id=request.scope["sammen.request_id"],  # type: ignore[typeddict-item]  # set by frame.Frame
        token_hash=token_hash(cookie) if cookie else None,
        language=chosen_language(request) or SOURCE_LANGUAGE,
        query={
            name: value.replace("\x00", "").strip()[:500]
            for name, value in parse_qsl(request.scope["query_string"].decode("latin-1"), errors="replace")
        },
    )


def _same_origin(request: Request[Any, Any, Any], house: House) -> None:
    """Refuse a form that another site sent. The token does so too; login has no token yet."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin")
    own = urlsplit(house.settings.public_url)
    host = own.netloc or request.headers.get("host", "")
    # "null" hides where a form came from: then only the browser's own word will do.
    vouched = (
        "sec-fetch-site" in request.headers if origin == "null" else _same_host(origin, host, own.scheme)
    )
    if site not in ("same-origin", "none") or not vouched:
        raise Forbidden(N_("Skjemaet kom fra et annet nettsted og er ikke tatt imot."))


def _same_host(origin: str | None, host: str, scheme: str) -> bool:
    """Ours, and as secure as we are: whoever stands on the way of plain http can write a page in our name there."""
    try:
        said = urlsplit(origin or "")
    except ValueError:
        return False
    return origin is None or (said.netloc == host and (not scheme or said.scheme == scheme))


async def _read_form(request: Request[Any, Any, Any]) -> Form:
    fields: dict[str, list[str]] = {}
    uploads: dict[str, Upload] = {}
    try:
        sent = await request.form()
    except (ValueError, LookupError):
        # Bytes that are no UTF-8, or a part in an encoding that does not exist.
        raise Invalid.one("", N_("Vi kunne ikke lese det du sendte.")) from None
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            if value.filename:
                printable = "".join(char for char in value.filename if char.isprintable())
                uploads[name] = Upload(printable[:200], content)
        else:
            fields.setdefault(name, []).append(clean(name, str(value)))
    return Form(fields, uploads)


async def _inside(
    desk: Desk, handler: Handler, kind: PlaceKind, path: str, permission: Permission | None, *, unsafe: bool
) -> Response[Any]:
    """Enter, check, run, and end the unit of work: commit what was answered, roll back what was refused."""
    slug = str(desk.request.path_params.get("slug", ""))
    if desk.token_hash is None:
        raise NotSignedIn
    uow = await enter_web(
        desk.house.engine, desk.house.keys, desk.token_hash, kind, slug, request_id=desk.request_id,
        language=chosen_language(desk.request),
    )  # fmt: skip
    desk.enter(uow)
    desk.request.scope[LANGUAGE_SCOPE] = desk.language  # type: ignore[literal-required]  # for errors.py
    desk.request.scope["sammen.uow"] = uow  # type: ignore[typeddict-unknown-key]  # frame.Frame's safety net
    try:
        if permission is not None:
            _admit(uow.context, kind, permission)
            desk.house.limits.entered(desk.token_hash, place_asked(desk.request.scope["path"]))
        if unsafe:
            await _claim(desk, path)
        elif uow.context.may(Permission.EMERGENCY_OPEN):
            # What is open in an emergency is open for reading, and only while the role lasts.
            uow.standing["emergency"] = True
        response = await handler(desk)
        await _end(desk, path, response, unsafe=unsafe)
    except AlreadyDone as done:
        await uow.rollback()
        # What was shown once (a code, a secret) is not kept to be shown again: then the page it is about.
        status = done.status if done.status >= 300 else 303
        return Response(
            None, status_code=status, headers={"Location": done.location}, media_type="text/plain"
        )
    except (NotFound, Forbidden):
        await uow.rollback()
        await _remember_refusal(desk, kind, slug, permission)
        raise
    except (DBAPIError, asyncpg.PostgresError, *DOWN) as error:
        await uow.rollback()
        found = database_error(error)
        _keep_texts(found, desk.form)
        raise found from error
    except BaseException as error:
        await uow.rollback()
        _keep_texts(error, desk.form)
        raise
    return response


def _keep_texts(error: BaseException, form: Form) -> None:
    """Give a conflict what was typed, since the form is not shown again."""
    if isinstance(error, Conflict):
        error.typed = form.texts()


def _admit(context: Context, kind: PlaceKind, permission: Permission) -> None:
    """404 for those who are not members of the place, 403 for members without the permission; members who have not shown
    surely enough who they are, are asked to.
    """
    if context.wants:
        raise StepUp(context.wants)
    if context.kind is not kind:
        raise NotFound
    if permission not in context.permissions:
        raise Forbidden(N_("Rollen din gir ikke tilgang til dette."))


async def _end(desk: Desk, path: str, response: Response[Any], *, unsafe: bool) -> None:
    """A refused form is rolled back and consumes no key; anything else is settled and committed."""
    if response.status_code is not None and response.status_code >= 400:
        await desk.uow.rollback()
        return
    if unsafe and not desk.uow.ended:
        await _settle(desk, path, response)
    await desk.uow.commit()


async def _claim(desk: Desk, path: str) -> None:
    """Check the form's token, then claim its key in this transaction: a duplicate gets the first one's answer."""
    assert desk.token_hash is not None
    if not desk.house.keys.csrf_ok(desk.token_hash, desk.form.text(CSRF_FIELD)):
        raise Forbidden(N_("Skjemaet er for gammelt. Last siden på nytt og prøv igjen."))
    key = desk.form.text(KEY_FIELD)
    if not key:
        raise Forbidden(N_("Skjemaet er for gammelt. Last siden på nytt og prøv igjen."))
    digest = desk.form.digest(without=PROTECTED_FIELDS) + desk.path.encode()
    before = await desk.uow.call("SELECT * FROM sammen.claim_key($1, $2, $3)", path, key, digest)
    if not before:
        return
    if not before[0]["same_body"]:
        raise KeyReused
    raise AlreadyDone(before[0]["status"] or 303, before[0]["location"] or desk.path)


async def _settle(desk: Desk, path: str, response: Response[Any]) -> None:
    location = response.headers.get("Location", "")
    await desk.uow.call(
        "SELECT sammen.settle_key($1, $2, $3, $4)",
        path,
        desk.form.text(KEY_FIELD),
        response.status_code or 200,
        location,
    )


async def _remember_refusal(desk: Desk, kind: PlaceKind, slug: str, permission: Permission | None) -> None:
    """What must survive the rollback; if it cannot be written, the answer is 503 (Unavailable)."""
    ids = [value for value in desk.request.path_params.values() if isinstance(value, UUID)]
    try:
        async with plain_transaction(desk.house.engine) as raw:
            await raw.execute(
                REFUSAL, desk.token_hash, kind.value, slug, permission.value if permission else "session",
                ids[-1] if ids else None, desk.request_id,
            )  # fmt: skip
    except (DBAPIError, asyncpg.PostgresError, *DOWN) as error:
        raise Unavailable from error


def database_error(error: BaseException) -> Exception:
    """A lock that was not had in time is a conflict; a connection that went is 503; shared work that waits for a signature
    is forbidden; the rest is ours to mend.
    """
    origin = getattr(error, "orig", None) or error
    origin = getattr(origin, "__cause__", None) or origin
    if isinstance(
        origin, asyncpg.LockNotAvailableError | asyncpg.DeadlockDetectedError | asyncpg.SerializationError
    ):
        return Conflict(N_("Noen andre endrer dette akkurat nå. Vent litt og prøv igjen."))
    if is_down(error):
        return Unavailable()
    unsigned = accord.told(error)
    if unsigned is not None:
        return unsigned
    return error if isinstance(error, Exception) else RuntimeError("database error")


def check_routes(app: Litestar, *, beside: Sequence[str] = ("/static",)) -> None:
    """Raise RuntimeError unless every route was made by this module, with a permission or a name on the public list."""
    for route in app.routes:
        if route.path.startswith(tuple(beside)):
            continue
        for handler in getattr(route, "route_handlers", ()):
            if "OPTIONS" in handler.http_methods and len(handler.http_methods) == 1:
                continue
            access = handler.opt.get("access")
            if access is None:
                raise RuntimeError(f"{route.path} declares no permission")
            if access == "public" and route.path not in PUBLIC:
                raise RuntimeError(f"{route.path} is public but not on the list of public routes")
            place = handler.opt["kind"]
            if (
                place in (PlaceKind.MUNICIPALITY, PlaceKind.REGION, PlaceKind.OWN)
                and "slug" not in route.path_parameters
            ):
                raise RuntimeError(f"{route.path} belongs to a place but has no {{slug}}")
