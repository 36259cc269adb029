"""The context of a request or job: where one is, as whom, and with what right. Immutable, and made by `enter` only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from sammen.errors import Forbidden
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission


class PlaceKind(StrEnum):
    """The four kinds of place, and the page of a signed-in person that is in none of them."""

    MUNICIPALITY = "municipality"  # /k/<slug>/…
    OWN = "own"  # /min/<slug>/…: a contact's, service user's or representative's own pages
    REGION = "region"  # /r/<slug>/…
    OPERATIONS = "operations"  # /drift/…
    SESSION = "session"  # /, /min, /okter: no place, no rows


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a user may go: kind, slug and name (for the switching menu)."""

    kind: PlaceKind
    slug: str
    name: str

    @property
    def url(self) -> str:
        prefix = {PlaceKind.MUNICIPALITY: "/k/", PlaceKind.OWN: "/min/", PlaceKind.REGION: "/r/"}.get(
            self.kind
        )
        return f"{prefix}{self.slug}" if prefix else "/drift"


@dataclass(frozen=True, slots=True)
class Context:
    """Kind of place, its id and name, the person, their roles here and the permissions those give."""

    kind: PlaceKind
    tenant_id: UUID | None = None
    region_id: UUID | None = None
    slug: str = ""
    place_name: str = ""
    user_id: UUID | None = None
    session_id: UUID | None = None
    user_name: str = ""
    roles: frozenset[str] = frozenset()
    permissions: frozenset[Permission] = frozenset()
    language: str = "nb"
    purpose: str = ""
    request_id: UUID | None = None
    places: tuple[Place, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    assurance: str = ""
    """The session's level of assurance (policy/assurance.py); "" in a job."""
    wants: str = ""
    """The level the place asks for when the session falls short of it, and nothing else is known of the place."""

    @property
    def tenant(self) -> UUID:
        """The municipality's id. Raises LookupError outside one: code that needs a tenant must not run without."""
        if self.tenant_id is None:
            raise LookupError("this context has no municipality")
        return self.tenant_id

    @property
    def region(self) -> UUID:
        """The region's id. Raises LookupError outside one."""
        if self.region_id is None:
            raise LookupError("this context has no region")
        return self.region_id

    @property
    def user(self) -> UUID:
        """The person's user id. Raises LookupError in a job that nobody asked for."""
        if self.user_id is None:
            raise LookupError("this context has no user")
        return self.user_id

    @property
    def base_url(self) -> str:
        """Where this place's pages begin, e.g. `/k/horten`."""
        return Place(self.kind, self.slug, self.place_name).url

    def may(self, permission: Permission) -> bool:
        """Whether the roles held here give the permission."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raise Forbidden unless `may`: for services reached from more than one route."""
        if permission not in self.permissions:
            raise Forbidden(N_("Du har ikke tilgang til dette."))
