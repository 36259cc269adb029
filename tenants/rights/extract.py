"""All about one person, gathered by walking the keys from their row (art. 15, 20), and looked through for others' names.

The walk takes what words.py has words for. Rows that hang on a case come only from the cases the extract covers: those
the handler could see when they asked for it, so that an extract tells nobody of a case they may not know of (E5).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import BYTEA
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.db.base import Base
from sammen.db.unit_of_work import UnitOfWork
from tenants.people.api import fold, known_name_words
from tenants.retention.api import pointing_edges
from tenants.rights.codes import words_of
from tenants.rights.words import BESIDE, CONTACT, HIDDEN, LOOKED_AT, NAMES_OTHERS, REACHED, SUBJECT_KEYS, USER

SCHEMA = "sammen.extract/1"
CHOICES = frozenset({"keep", "names", "all", "row"})
MASK, REMOVED = "[navn]", "[tatt ut: gjelder en annen]"
_WORD = re.compile(r"[A-ZÆØÅÁČĐŊŠŦŽÄÖÉ][\wæøåÆØÅ'-]+")
Found = dict[str, set[UUID]]


def told(table: Table) -> list[str]:
    """The columns of a table that an extract tells: no ids, no files, nothing of the machine's own."""
    return [
        column.name
        for column in table.columns
        if not isinstance(column.type, PG_UUID | BYTEA)
        and not isinstance(getattr(column.type, "item_type", None), PG_UUID)
        and column.name not in HIDDEN
    ]


async def gather(
    uow: UnitOfWork, person_id: UUID, cases: Sequence[UUID], contact_id: UUID | None
) -> list[dict[str, Any]]:
    """`[{table, rows: [{column: value}]}]` in the order of words.py, about the person or about their work as a contact."""
    words = CONTACT if contact_id else USER
    start = ("support_contact", contact_id) if contact_id else ("person", person_id)
    assert start[1] is not None
    found = await _walk(uow, words, (start[0], start[1]), frozenset(cases))
    # A contact's name and address stand with the person, whose cases and letters are another matter.
    found["person"] = {person_id}
    made = []
    for name in words:
        if ids := found.get(name):
            table = Base.metadata.tables[f"sammen.{name}"]
            columns = ", ".join([*_beside(name), *(f't."{column}"' for column in told(table))])
            sql = f"SELECT {columns} FROM sammen.{name} t WHERE tenant_id = $1 AND id = ANY($2) ORDER BY id"  # noqa: S608 - names of the metadata
            rows = await uow.call(sql, uow.context.tenant, sorted(ids))
            made.append({"table": name, "rows": [_plain(row) for row in rows]})
    return made + await _shared(uow, found)


def _beside(name: str) -> list[str]:
    """What is told of a row by what it points to, as columns."""
    return [
        f"(SELECT o.{column} FROM sammen.{other} o WHERE o.tenant_id = t.tenant_id AND o.id = t.{key}) AS {told_as}"  # noqa: S608 - names of words.py
        for told_as, key, other, column in BESIDE.get(name, ())
    ]


async def _shared(uow: UnitOfWork, found: Found) -> list[dict[str, Any]]:
    """What the cooperation has been told of the person: the municipality's own shared rows, which its own rows point to."""
    made = []
    for name, (key, pointers) in REACHED.items():
        ids: set[UUID] = set()
        for table, column in pointers:
            sql = f"SELECT {column} AS id FROM sammen.{table} WHERE tenant_id = $1 AND id = ANY($2) AND {column} IS NOT NULL"  # noqa: S608 - names of words.py
            ids |= {row["id"] for row in await uow.call(sql, uow.context.tenant, list(found.get(table, ())))}
        if ids:
            columns = ", ".join(f'"{column}"' for column in told(Base.metadata.tables[f"sammen.{name}"]))
            sql = f"SELECT {columns} FROM sammen.{name} WHERE {key} = ANY($1) ORDER BY id"  # noqa: S608 - names of the metadata
            rows = [_plain(row) for row in await uow.call(sql, sorted(ids))]
            made += [{"table": name, "rows": rows}] if rows else []
    return made


async def _walk(
    uow: UnitOfWork, words: Mapping[str, Any], start: tuple[str, UUID], cases: frozenset[UUID]
) -> Found:
    found: Found = {start[0]: {start[1]}}
    waiting = [(start[0], {start[1]})]
    while waiting:
        name, ids = waiting.pop()
        for table, column in pointing_edges().get(name, ()):
            if table.name not in words or (
                column in SUBJECT_KEYS and column not in ("person_id", "acts_for_id")
            ):
                continue
            if table.name == "representative" and column == "person_id":
                continue  # whom they act for is about somebody else
            fresh = await _rows(uow, table, column, ids, cases) - found.get(table.name, set())
            if fresh:
                found.setdefault(table.name, set()).update(fresh)
                waiting.append((table.name, fresh))
    return found


async def _rows(
    uow: UnitOfWork, table: Table, column: str, ids: set[UUID], cases: frozenset[UUID]
) -> set[UUID]:
    """Rows that point to any of `ids`; of a case, only those of the cases covered."""
    own = "id" if table.name == "case_file" else "case_id" if "case_id" in table.c else ""
    of_case = f" AND ({own} = ANY($3) OR {own} IS NULL)" if own else " AND $3::uuid[] IS NOT NULL"
    sql = f"SELECT id FROM sammen.{table.name} WHERE tenant_id = $1 AND {column} = ANY($2){of_case}"  # noqa: S608 - names of the metadata
    return {row["id"] for row in await uow.call(sql, uow.context.tenant, list(ids), list(cases))}


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row's values as JSON has them; what is empty is left out."""
    return {name: _json(value) for name, value in row.items() if value not in (None, "", [], {})}


def _json(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list):
        return [_json(one) for one in value]
    return value


async def flagged(uow: UnitOfWork, tables: Sequence[Mapping[str, Any]], own: set[str]) -> dict[str, Any]:
    """Texts a person must look at before they are given out: `{"table/row/column": {text, names, choice}}`.

    A text is flagged when a word in it with a capital is a name that somebody in the municipality has, other than the
    person's own (`own`, folded), when its column is one for other people's names, and when its table is one of LOOKED_AT.
    """
    texts: dict[str, str] = {}
    for table in tables:
        for number, row in enumerate(table["rows"]):
            for column, value in row.items():
                if (
                    isinstance(value, str)
                    and (column in NAMES_OTHERS or " " in value)
                    and (column in NAMES_OTHERS or not column.endswith("_name"))
                ):
                    texts[f"{table['table']}/{number}/{column}"] = value
    words = {fold(word) for text in texts.values() for word in _WORD.findall(text)} - own
    known = await known_name_words(uow, words) - own
    flags = {}
    for path, text in texts.items():
        names = [word for word in _WORD.findall(text) if fold(word) in known]
        others = path.rsplit("/", 1)[1] in NAMES_OTHERS and fold(text.split(" ", maxsplit=1)[0]) not in own
        if names or others or path.split("/", 1)[0] in LOOKED_AT:
            flags[path] = {"text": text, "names": sorted(set(names)), "choice": ""}
    return flags


def holding(content: Mapping[str, Any], word: str) -> dict[str, list[str]]:
    """Where a word stands in the texts, whatever the case: `{"table/row/column": the ways it is written}`. Not in codes."""
    found: dict[str, list[str]] = {}
    same = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
    for table in content["tables"]:
        for number, row in enumerate(table["rows"]):
            for column, value in row.items():
                is_text = isinstance(value, str) and not words_of(table["table"], column)
                if is_text and (written := sorted(set(same.findall(value)))):
                    found[f"{table['table']}/{number}/{column}"] = written
    return found


def released(content: Mapping[str, Any], flags: Mapping[str, Any]) -> dict[str, Any]:
    """The content with what the handler decided: `keep`, `names` (only the names go), `all` (the whole text goes), `row`
    (all that stands with it goes too: nothing tells that it was there).
    """
    tables = []
    for table in content["tables"]:
        rows = [dict(row) for row in table["rows"]]
        gone = set()
        for number, row in enumerate(rows):
            for column in row:
                flag = flags.get(f"{table['table']}/{number}/{column}")
                if flag and flag["choice"] == "row":
                    gone.add(number)
                elif flag and flag["choice"] == "all":
                    row[column] = REMOVED
                elif flag and flag["choice"] == "names":
                    row[column] = _without(str(row[column]), flag["names"], column)
        kept = [row for number, row in enumerate(rows) if number not in gone]
        tables += [{"table": table["table"], "rows": kept}] if kept else []
    return {**content, "tables": tables}


def _without(text: str, names: Sequence[str], column: str) -> str:
    if not names:
        return MASK if column in NAMES_OTHERS else REMOVED
    # The longest first: of «Kari-Anne» nothing is left when «Kari» is a name too.
    longest = sorted(names, key=len, reverse=True)
    return re.sub("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in longest), MASK, text)
