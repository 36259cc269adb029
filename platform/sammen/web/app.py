"""The application factory: routes, errors, static files, health. `deploy/asgi.py` puts the house together with it."""

from __future__ import annotations

import gc
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp

from sammen.db.unit_of_work import plain_transaction
from sammen.errors import NotSignedIn, SammenError, Unavailable
from sammen.identity.routes import HANDLERS as IDENTITY
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_web
from sammen.web.desk import Desk, House
from sammen.web.door import check_routes, public_page
from sammen.web.errors import on_any_error, on_http_error, on_sammen_error
from sammen.web.forms import FORM_LIMIT
from sammen.web.frame import Frame
from sammen.web.render import STATIC

LEAVING = threading.Event()
"""Set when this process has been told to end: what asks at `/klar` sends it nothing more."""
Welcome = Callable[[Desk], Any]


@public_page("/helse")
async def alive(desk: Desk) -> Response[str]:
    """The process runs."""
    return Response("ok", media_type="text/plain")


@public_page("/klar")
async def ready(desk: Desk) -> Response[str]:
    """The process can serve: the database answers within two seconds, and nobody has told it to end."""
    if LEAVING.is_set():
        raise Unavailable
    async with plain_transaction(desk.house.engine) as raw:
        await raw.fetchval("SELECT sammen.norwegian_day()")
    return Response("ok", media_type="text/plain")


def _front_page(welcome: Welcome | None) -> HTTPRouteHandler:
    @public_page("/")
    async def front(desk: Desk) -> Response[Any]:
        """To one's places when signed in; else the demo's welcome or the login page."""
        if desk.token_hash is not None:
            try:
                uow = await enter_web(desk.house.engine, desk.house.keys, desk.token_hash, PlaceKind.SESSION)
            except NotSignedIn:
                pass
            else:
                await uow.rollback()
                return desk.redirect("/steder")
        if welcome is not None and desk.house.settings.personas:
            shown: Response[Any] = await welcome(desk)
            return shown
        return desk.redirect("/logg-inn")

    return front


def build_app(
    house: House,
    handlers: Sequence[HTTPRouteHandler],
    *,
    welcome: Welcome | None = None,
    on_start: Sequence[Any] = (),
) -> ASGIApp:
    """The whole ASGI application. Raises RuntimeError when a route declares no permission."""

    @asynccontextmanager
    async def lifespan(_app: Litestar) -> AsyncIterator[None]:
        # What was imported lives as long as the process; collecting it again and again only costs.
        gc.collect()
        gc.freeze()
        yield
        await house.engine.dispose()

    static = create_static_files_router(
        "/static", directories=[STATIC], name="static", include_in_schema=False, cache_control=None,
        after_request=_cache_static,
    )  # fmt: skip
    app = Litestar(
        route_handlers=[_front_page(welcome), alive, ready, *IDENTITY, *handlers, static],
        exception_handlers={
            SammenError: on_sammen_error,
            HTTPException: on_http_error,
            Exception: on_any_error,
        },
        state=State({"house": house}),
        request_max_body_size=FORM_LIMIT,
        openapi_config=None,
        logging_config=None,
        lifespan=[lifespan],
        on_startup=list(on_start),
        debug=house.settings.debug,
    )
    check_routes(app)
    return Frame(app, house)


async def _cache_static(response: Any) -> Any:
    # Addresses carry a mark of the content (render.static_url), so browsers may keep them.
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
