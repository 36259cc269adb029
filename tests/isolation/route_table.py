"""The application's own route table, and how to make an address of one: new routes come under the suite by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

import httpx
from litestar import Litestar

from deploy.asgi import make_house, make_routes
from sammen.db.base import Kind
from sammen.policy.permissions import Permission
from sammen.policy.roles import GRANTS, ROLE_PLACE, Role
from sammen.settings import Environment, Settings
from sammen.tenancy.context import PlaceKind
from sammen.web.app import build_app
from tests.database import SECRET
from tests.isolation.canaries import Owner, nobodys, regions_id, walled_tables

PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
SLUGS = {
    PlaceKind.MUNICIPALITY: "horten",
    PlaceKind.OWN: "horten",
    PlaceKind.REGION: "vestfold",
    PlaceKind.OPERATIONS: "drift",
}
ABSENT = "/finnes-ikke-noe-sted"
WORDS = {"halvaar": "2026-2", "report": "brukere", "theme": "users", "place": "horten", "scheme": "individual",
         "lever": "satser"}  # fmt: skip
"""Parameters that are neither ids nor years."""
UNTOLD = {"x-request-id", "date"}


@dataclass(frozen=True, slots=True)
class Route:
    """One method on one path, with what it asks of the one who comes."""

    method: str
    path: str
    access: str
    kind: PlaceKind | None
    permission: Permission | None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of its parameters beside the slug."""
        return tuple(name for name, _ in PARAMETER.findall(self.path) if name != "slug")

    def url(self, slug: str, values: dict[str, Any]) -> str:
        """The path with its parameters filled in."""
        return PARAMETER.sub(lambda found: str({"slug": slug, **values}[found.group(1)]), self.path)

    def roles(self, *, holding: bool) -> list[Role]:
        """Roles of its kind of place that hold its permission, or that lack it."""
        return [
            role for role in Role
            if ROLE_PLACE[role] == self.kind and (self.permission in GRANTS[role]) is holding
        ]  # fmt: skip


def routes_of(frame: Any) -> tuple[Route, ...]:
    """Every route a framed application answers to, read out of litestar's own table."""
    app: Litestar = frame.app
    found = []
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            # Programs' routes have a suite of their own (test_programs.py): no person comes there.
            if "access" in handler.opt and "program" not in handler.opt:
                opt = handler.opt
                methods = sorted(set(handler.http_methods) - {"OPTIONS", "HEAD"})
                found += [
                    Route(str(m), route.path, opt["access"], opt["kind"], opt["permission"]) for m in methods
                ]
    return tuple(sorted(found, key=str))


@lru_cache(maxsize=1)
def bare_app() -> Any:
    """The framed application as it is deployed, in front of no database."""
    settings = Settings(
        environment=Environment.TEST, app_url="postgresql://nobody@127.0.0.1:1/none", key=SECRET
    )
    return build_app(make_house(settings), make_routes())


@lru_cache(maxsize=1)
def all_routes() -> tuple[Route, ...]:
    """Every route of the application as it is deployed. No database is asked."""
    return routes_of(bare_app())


def placed() -> list[Route]:
    """Routes of a place, which ask for a permission."""
    return [route for route in all_routes() if route.permission is not None]


@cache
def table_of(parameter: str) -> str | None:
    """The table a parameter such as `case_id` points into, by the models' own foreign keys, or by its name."""
    for table in walled_tables():
        for key in table.foreign_keys:
            if key.parent.name == parameter and key.column.name == "id":
                return str(key.column.table.name)
    stem, names = parameter.removesuffix("_id"), [table.name for table in walled_tables()]
    return stem if stem in names else next((name for name in names if name.endswith(f"_{stem}")), None)


def _municipals_id(table: str, owner: Owner) -> UUID:
    return owner.id_in(table)


@lru_cache(maxsize=1)
def _of_regions() -> frozenset[str]:
    """Tables in which a region sees its own rows and no municipality's."""
    return frozenset(table.name for table in walled_tables(Kind.SHARED) if nobodys(table))


def own_values(route: Route, owner: Owner) -> dict[str, Any]:
    """An own id for each of a route's parameters; a word for those that are no ids."""
    values: dict[str, Any] = {}
    for name, kind in PARAMETER.findall(route.path):
        if name != "slug":
            table = table_of(name)
            own = regions_id if route.kind is PlaceKind.REGION and table in _of_regions() else _municipals_id
            word = "1" if kind == "int" else WORDS.get(name, "2025")
            values[name] = own(table or name, owner) if kind == "uuid" else word
    return values


def told(answer: httpx.Response) -> tuple[int, bytes, list[tuple[str, str]]]:
    """All that an answer tells: status, body, and headers but for the request's own id and the time of day."""
    return (
        answer.status_code,
        answer.content,
        sorted((k, v) for k, v in answer.headers.items() if k not in UNTOLD),
    )


# Forms ----------------------------------------------------------------------------------------------------------------
class Page(HTMLParser):
    """The forms of a page: method, action, and each field with the values it may send."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[FoundForm] = []
        self._select: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(FoundForm(given.get("method", "get").lower(), given.get("action", ""), {}))
            return
        if not self.forms:
            return
        fields = self.forms[-1].fields
        if tag in ("input", "textarea", "select", "button") and given.get("name"):
            fields.setdefault(given["name"], []).extend([given["value"]] if given.get("value") else [])
            self._select = given["name"] if tag == "select" else self._select
        elif tag == "option" and self._select is not None and given.get("value"):
            fields[self._select].append(given["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = None


@dataclass(slots=True)
class FoundForm:
    """A form as found on a page."""

    method: str
    action: str
    fields: dict[str, list[str]]

    def first_values(self) -> dict[str, str]:
        """What a hasty person would send: the first value of every field."""
        return {name: values[0] if values else "" for name, values in self.fields.items()}

    def id_fields(self) -> Iterator[str]:
        """Fields that hold an id: by name, or because a value is one."""
        for name, values in self.fields.items():
            if name == "id" or name.endswith("_id") or any(is_uuid(value) for value in values):
                yield name


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return len(text) == 36
