"""`sammen serve`: one web process, started only on a database it can trust."""

from __future__ import annotations

import asyncio

import uvicorn
from litestar.types import ASGIApp

from deploy.checks import check_start, require_app_url
from deploy.leash import wait_for_word
from deploy.patience import LeavingServer, PatientProtocol
from sammen.logging import configure
from sammen.settings import Settings

GRACE_S = 10
"""How long a request under way may take to finish after SIGTERM."""


def run(settings: Settings, *, wait: bool = False) -> None:
    """Serve until SIGTERM or SIGINT. Raises SettingsError or StartError when it would be unsafe to start."""
    settings.check()
    require_app_url(settings)
    configure(settings.log_level)
    if not wait:
        # What would stop it is told at once, and not after the seconds it takes to build the application.
        asyncio.run(check_start(settings))
    from deploy.asgi import make_app

    app = make_app(settings)
    if wait:
        wait_for_word()
        asyncio.run(check_start(settings))
    serve(app, settings)


def serve(app: ASGIApp, settings: Settings) -> None:
    """Serve an application until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http=PatientProtocol,
        lifespan="on",
        # One log line a request is the frame's (sammen/web/frame.py), with route templates instead of paths.
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    LeavingServer(config, settings.drain_seconds).run()
