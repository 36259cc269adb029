"""What a job is told: its name, its arguments, where it runs and for whom, signed with a key outside the database.

The queue's tables are the one place the app role may write freely, so nothing read from them is believed before the
signature has been checked. Arguments are ids and codes, never words about people: the queue has no row-level security.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sammen.keys import Keys
from sammen.tenancy.context import PlaceKind

VERSION = 1
CODE = re.compile(r"[A-Za-z0-9_.:/-]{0,80}")
"""What a text argument may look like: an id, a period, a code. A name or a sentence does not fit."""
PLACES = (PlaceKind.MUNICIPALITY, PlaceKind.REGION)


class Refused(Exception):
    """An order that nobody in this house has signed, or that cannot be read. It never runs."""


@dataclass(frozen=True, slots=True)
class Order:
    """One job to do. `id` is the job's mark: its effect happens once, however often it is delivered.

    `request` is that of the click it came of, in the same place: it ties the job's log lines and entries to the page.
    """

    name: str
    args: Mapping[str, Any]
    kind: PlaceKind
    scope: UUID
    user: UUID | None = None
    id: UUID = field(default_factory=uuid4)
    request: UUID | None = None

    def body(self) -> str:
        """Canonical JSON: equal orders give equal text, and the signature is over exactly this text."""
        said = {"v": VERSION, "id": str(self.id), "name": self.name, "kind": self.kind.value, "scope": str(self.scope),
                "user": str(self.user) if self.user else None, "args": plain_arguments(self.args)}  # fmt: skip
        if self.request is not None:
            said["request"] = str(self.request)
        return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def plain_arguments(args: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments as JSON. Raises ValueError for what may not stand in the queue: free text, floats, deep structures."""
    return {name: _plain(name, value) for name, value in args.items()}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, list | tuple):
        if any(isinstance(item, list | tuple) for item in value):
            raise ValueError(f"job argument {name} is nested too deep")
        return [_plain(name, item) for item in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and CODE.fullmatch(value):
        return str(value)
    raise ValueError(
        f"job argument {name} must be an id, a number, a day or a code, never words about people"
    )


def sign(order: Order, keys: Keys) -> bytes:
    """The payload for the queue."""
    body = order.body()
    return json.dumps({"body": body, "signature": keys.sign_job(body.encode())}).encode()


def read(payload: bytes | None, keys: Keys) -> Order:
    """The order in a payload. Raises Refused unless it is signed with our key and whole."""
    try:
        envelope = json.loads(payload or b"")
        body, signature = envelope["body"], envelope["signature"]
        if not keys.job_ok(body.encode(), signature):
            raise Refused("signature")
        said = json.loads(body)
        kind = PlaceKind(said["kind"])
        if said["v"] != VERSION or kind not in PLACES:
            raise Refused("version")
        user = UUID(said["user"]) if said["user"] else None
        request = UUID(said["request"]) if said.get("request") else None
        return Order(said["name"], said["args"], kind, UUID(said["scope"]), user, UUID(said["id"]), request)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused("unreadable") from None
