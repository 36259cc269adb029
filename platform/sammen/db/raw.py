"""Hot reads: SQLAlchemy-compiled SQL on the raw asyncpg connection, compiled once per statement shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects.postgresql import asyncpg as asyncpg_dialect
from sqlalchemy.sql import ClauseElement, visitors
from sqlalchemy.sql.elements import BindParameter

_DIALECT = asyncpg_dialect.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves its dialect modules untyped


@dataclass(frozen=True, slots=True)
class Query:
    """SQL text with `$n` places, and the parameter names that fill them in order."""

    sql: str
    names: tuple[str, ...]
    defaults: tuple[Any, ...]

    def arguments(self, values: dict[str, Any]) -> list[Any]:
        """Values in the order of the places. Raises KeyError for a name the statement does not have."""
        unknown = values.keys() - set(self.names)
        if unknown:
            raise KeyError(f"no such parameter: {', '.join(sorted(unknown))}")
        return [values.get(name, default) for name, default in zip(self.names, self.defaults, strict=True)]


def compile_query(statement: ClauseElement) -> Query:
    """Compile a Core statement for asyncpg. Do it once, at import or in a cache keyed by the statement's shape."""
    for part in visitors.iterate(statement):
        if isinstance(part, BindParameter):
            part.required = (
                False  # else `column.in_(…)`, which is written out here, asks for all values already now
            )
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    names = tuple(compiled.positiontup or ())  # type: ignore[attr-defined]  # set for positional dialects
    return Query(str(compiled), names, tuple(compiled.params[name] for name in names))
