"""One page of a list, and where the next begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sammen.machine.cursors import make_cursor, read_cursor
from sammen.machine.operations import Call, Paging, Since
from sammen.machine.problems import Fault, Problem

T = TypeVar("T")


def since_of(call: Call) -> datetime | None:
    """The moment that was asked from. Raises Problem 422 for a day that no calendar has."""
    query = call.query
    try:
        return query.since if isinstance(query, Since) else None
    except ValueError:
        raise Problem(422, "Noe i innholdet må rettes.",
                      [Fault("Dagen finnes ikke.", parameter="updated_since")]) from None  # fmt: skip


def position_of(call: Call, path: str) -> list[str] | None:
    """Where the list goes on: what the cursor holds, or None at its beginning."""
    query: Paging = call.query
    return read_cursor(call.uow.keys, _about(call, path), query.cursor) if query.cursor else None


def moment_and_id(position: list[str] | None) -> tuple[datetime, UUID] | None:
    """A position of a list that is sorted by a time and an id."""
    return (datetime.fromisoformat(position[0]), UUID(position[1])) if position else None


def page_of(
    call: Call, path: str, rows: Sequence[T], position: Callable[[T], Sequence[str]]
) -> tuple[Sequence[T], str | None]:
    """(the page, the next cursor) of rows that were read one more than the limit."""
    query: Paging = call.query
    if len(rows) <= query.limit:
        return rows, None
    page = rows[: query.limit]
    return page, make_cursor(call.uow.keys, _about(call, path), position(page[-1]))


def _about(call: Call, path: str) -> list[str]:
    asked = call.query.updated_since if isinstance(call.query, Since) else None
    return [str(call.uow.context.tenant), str(call.client_id), path, asked or ""]
