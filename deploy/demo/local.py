"""Where the demo's database is: our own PostgreSQL under `.data/`, or the one `DATABASE_URL` names."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from sammen.settings import Settings

DATABASE = "sammen"
UNFINISHED = "sammen_under_arbeid"
"""The demo's database until it is whole: an interrupted first start leaves nothing that looks finished."""


ROOT = Path(__file__).resolve().parents[2]


def data_folder(settings: Settings) -> Path:
    """The folder for what the demo keeps. A relative one lies in the clone, wherever the command is typed."""
    clone = (ROOT / "pyproject.toml").is_file()
    return ((ROOT if clone else Path.cwd()) / settings.data_dir).resolve()


@dataclass(frozen=True, slots=True)
class DemoUrls:
    """Addresses as administrator and as the app role. They hold passwords: never print or log them."""

    admin_url: str
    app_url: str


def app_password(data: Path) -> str:
    """The app role's password on this machine: made once, readable by its owner only."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data / "app-password"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(24) + "\n")
    return path.read_text().strip()


def urls(admin_url: str, data: Path, database: str) -> DemoUrls:
    """The addresses of `database` on the administrator's server."""
    admin = urlsplit(admin_url)._replace(path=f"/{database}")
    host = admin.netloc.rpartition("@")[2]
    app = admin._replace(netloc=f"sammen_app:{app_password(data)}@{host}")
    return DemoUrls(urlunsplit(admin), urlunsplit(app))


def running_demo(data: Path) -> DemoUrls | None:
    """The addresses of the demo's database if its server runs now."""
    from deploy.postgres import LocalServer

    if not data.is_dir():
        return None
    server = LocalServer.at(data)
    return urls(server.admin_url, data, DATABASE) if server.pid() else None
