"""A column's value as JSON and back, without loss: what PostgreSQL holds goes out, and the same comes in elsewhere."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import types as t
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB
from sqlalchemy.types import TypeEngine

DEEPEST = 40
"""Levels of JSON within a value; ours have five."""


class BadValue(ValueError):
    """A text that is no value of its column."""


def text_of(value: Any) -> str:
    """JSON of a plain value, letters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def moment(value: datetime) -> str:
    """`2026-11-22T18:40:00.000000Z`: always UTC, always microseconds."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").zfill(27)


def _moment(text: str) -> datetime:
    if len(text) != 27 or not text.endswith("Z"):
        raise ValueError
    return datetime.fromisoformat(text)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _integer(value: Any) -> int:
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise ValueError
    return value


def _boolean(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError
    return value


def _words(value: Any) -> str:
    if type(value) is not str or "\x00" in value:
        raise ValueError
    return value


def _double(value: Any) -> float:
    return float(_words(value))


# How each kind of column is written and read. Text that Python would read in more ways than we write is refused by
# reading it back (`decoder`): the archive has one way to say a thing.
PLAIN: tuple[tuple[type[Any], Callable[[Any], Any], Callable[[Any], Any]], ...] = (
    (t.Uuid, str, UUID),
    (t.DateTime, moment, _moment),
    (t.Date, date.isoformat, date.fromisoformat),
    (t.Time, time.isoformat, time.fromisoformat),
    (t.Boolean, _boolean, _boolean),
    (t.Integer, int, _integer),
    (t.Float, repr, _double),
    (t.Numeric, lambda value: format(value, "f"), Decimal),
    (BYTEA, _base64, lambda text: base64.b64decode(text, validate=True)),
    (t.String, str, _words),
)


def _pair(kind: TypeEngine[Any]) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    for sort, out, back in PLAIN:
        if isinstance(kind, sort):
            return out, back
    raise NotImplementedError(f"no archive form for {kind!r}; teach deploy/archive/values.py")


def name_of(kind: TypeEngine[Any]) -> str:
    """How a column's type is named in schema.json."""
    return str(kind.compile()) if not isinstance(kind, ARRAY) else f"{name_of(kind.item_type)}[]"


def encoder(kind: TypeEngine[Any]) -> Callable[[Any], str]:
    """A function from a value (never None) to JSON text."""
    if isinstance(kind, JSONB):
        return str  # PostgreSQL's own text is JSON in one fixed form
    if isinstance(kind, ARRAY):
        out, _ = _pair(kind.item_type)
        return lambda value: text_of([None if one is None else out(one) for one in value])
    out, _ = _pair(kind)
    if isinstance(kind, t.Integer):
        return str
    return lambda value: text_of(out(value))


def decoder(kind: TypeEngine[Any]) -> Callable[[Any], Any]:
    """A function from what JSON told (never None) to a value for asyncpg. Raises BadValue."""
    if isinstance(kind, JSONB):
        return plain_json
    if isinstance(kind, ARRAY):
        one = decoder(kind.item_type)

        def several(value: Any) -> list[Any]:
            if type(value) is not list:
                raise BadValue("not a list")
            return [None if item is None else one(item) for item in value]

        return several
    out, back = _pair(kind)

    def single(value: Any) -> Any:
        try:
            found = back(value)
            if out(found) != value:
                raise ValueError
        except (ValueError, TypeError, InvalidOperation, binascii.Error, OverflowError):
            raise BadValue(f"not {name_of(kind)}") from None
        return found

    return single


class Number(str):
    """A number as it was written: kept to the letter, since 1.10 and 1.1 are two to PostgreSQL."""

    __slots__ = ()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadValue("a name twice")
    return found


def _refuse(word: str) -> Any:
    raise BadValue(word)


@cache
def _reader() -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=_once, parse_float=Number, parse_constant=_refuse)


def read_line(line: str) -> dict[str, Any]:
    """One line of the archive. Raises BadValue for anything but an object with each name once."""
    try:
        found = _reader().decode(line)
    except (ValueError, RecursionError) as error:
        raise BadValue(str(error)) from None
    if type(found) is not dict:
        raise BadValue("not an object")
    return found


def plain_json(value: Any, depth: int = 0) -> str:
    """JSON text again of what `read_line` read, numbers to the letter. Raises BadValue when it is too deep."""
    if depth > DEEPEST:
        raise BadValue("too deep")
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        inner = (
            f"{json.dumps(name, ensure_ascii=False)}: {plain_json(one, depth + 1)}"
            for name, one in value.items()
        )
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(plain_json(one, depth + 1) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
