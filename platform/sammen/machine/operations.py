"""What a program may ask for, declared once: the door reads it, the OpenAPI document and the page are written from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from sammen.db.unit_of_work import UnitOfWork
from sammen.policy.permissions import Permission

PREFIX: Final = "/api/v1"
MOST: Final = 200
BODY_LIMIT: Final = 64 * 1024
"""Largest body of a request, in bytes."""
EXTERNAL_ID: Final = r"^(?![0-9]{11}$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
"""A program's own id: never a national number, since addresses are logged on the way here."""
MOMENT: Final = (
    r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
    r"(\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$"
)
PRINTABLE: Final = r"^[^\x00-\x1f\x7f]*$"
Text80 = Annotated[str, Meta(max_length=80, pattern=PRINTABLE)]
Text200 = Annotated[str, Meta(max_length=200, pattern=PRINTABLE)]
Name = Annotated[
    str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?$")
]
ExternalId = Annotated[
    str, Meta(pattern=EXTERNAL_ID, description="Programmets egen id. Aldri et fødselsnummer.")
]


class Paging(Struct, forbid_unknown_fields=True, frozen=True):
    """How every list is asked for."""

    limit: Annotated[int, Meta(ge=1, le=MOST, description="Hvor mange rader du vil ha på én side.")] = 50
    cursor: Annotated[str, Meta(min_length=1, max_length=400, pattern=r"^[A-Za-z0-9_.-]+$",
                                description="«next» fra forrige side.")] | None = None  # fmt: skip


class Since(Paging, forbid_unknown_fields=True, frozen=True):
    """A list of what changes."""

    updated_since: Annotated[str, Meta(pattern=MOMENT, description="Bare det som er endret fra dette tidspunktet (RFC 3339).",
                                       extra_json_schema={"format": "date-time"})] | None = None  # fmt: skip

    @property
    def since(self) -> datetime | None:
        """The moment. Raises ValueError for a day that no calendar has."""
        return datetime.fromisoformat(self.updated_since) if self.updated_since else None


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a program's, read and allowed. `query` and `body` are of the types the operation declares."""

    uow: UnitOfWork
    path: Mapping[str, Any]
    query: Any
    body: Any
    fingerprint: bytes
    """A keyed hash of the body as it was read: the same facts give the same."""
    if_match: str
    synthetic: bool
    """Whether invented national numbers are taken: everywhere but in production."""

    @property
    def client_id(self) -> UUID:
        """The program that asks."""
        return self.uow.context.user

    def id(self, name: str) -> UUID:
        """An id from the path."""
        value: UUID = self.path[name]
        return value

    def text(self, name: str) -> str:
        """A word from the path."""
        return str(self.path[name])


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler gives back. `body` is a Struct, or None for an answer without one."""

    body: Struct | None
    status: int = 200
    location: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path. `answers`: what each good status holds (None: nothing)."""

    method: str
    path: str
    permission: Permission
    name: str
    summary: str
    """A Bokmål sentence (msgid)."""
    answers: Mapping[int, type[Struct] | None]
    query: type[Struct] | None = None
    body: type[Struct] | None = None
    guarded: bool = False
    """A change that asks for If-Match when there is something already."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Form fields of the services behind it, as JSON pointers."""
    words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What a parameter of the path may be, when it is one of a few words."""

    @property
    def scope(self) -> str:
        """What a program's owner must have let it do."""
        return self.permission.value.partition(":")[2]

    @property
    def parameters(self) -> Sequence[tuple[str, str]]:
        """(name, kind) of what stands in the path."""
        return [
            (one[1:-1].partition(":")[0], one[1:-1].partition(":")[2])
            for one in self.path.split("/")
            if one.startswith("{")
        ]


def encoded(body: Struct) -> bytes:
    """The one way an answer is written: its ETag is made of these bytes."""
    return msgspec.json.encode(body)
