"""Where things lie in an archive, and what its parts that are the same in every one of them say."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import Table

from deploy.archive import treatment
from deploy.archive.values import name_of
from sammen.db.base import Base

FORMAT: Final = "sammen-archive"
FORMAT_VERSION: Final = 1
MANIFEST: Final = "manifest.json"
SCHEMA: Final = "schema.json"
README: Final = "README.md"
NAME: Final = re.compile(
    r"README\.md|schema\.json|manifest\.json|(?:data|cooperation)/[a-z][a-z_0-9]*\.jsonl"
    r"|files/[a-z][a-z_0-9]*/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}-[a-z_]+\.[a-z]{3}"
)
"""The only names there are: nothing in an archive can be meant for any other place."""
FIRST: Final = ("municipality", "municipality_population", "user_account", "membership", "audit_head")
"""Tables of data/ that are no municipal ones."""


def data_name(table: str) -> str:
    """Where a table's own rows lie."""
    return f"data/{table}.jsonl"


def cooperation_name(table: str) -> str:
    """Where the municipality's part of a shared table lies."""
    return f"cooperation/{table}.jsonl"


def file_name(table: str, row_id: object, column: str) -> str:
    """Where a document lies."""
    return f"files/{table}/{row_id}-{column}.{treatment.FILES[table, column]}"


def data_tables() -> list[str]:
    """The tables of data/, in the order rows are put in: what others point to first."""
    return [*FIRST, *(one.name for one in treatment.municipal_tables())]


def cooperation_tables() -> list[str]:
    """The tables of cooperation/."""
    return sorted([*treatment.COOPERATION, *(one.name for one in treatment.shared_tables())])


def as_json(value: Any) -> bytes:
    """A part of the archive that people read as well: indented, names in order."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def schema() -> bytes:
    """Every table of the archive: what it is, its columns, its key and where it points. The same for all of one version."""
    return as_json({
        "data": {name: _described(name) for name in data_tables()},
        "cooperation": {name: _described(name) for name in cooperation_tables()},
        "left_out": treatment.left_out(),
    })  # fmt: skip


def _described(name: str) -> dict[str, Any]:
    table = treatment.table(name)
    columns = {
        column.name: {"type": name_of(column.type), "null": bool(column.nullable), **_form(name, column.name)}
        for column in treatment.told(table)
    }
    return {
        "about": _about(table),
        "key": [column.name for column in table.primary_key.columns],
        "columns": columns,
        "points_to": sorted(_pointers(table), key=lambda one: str(one["columns"])),
    }


def _form(table: str, column: str) -> dict[str, str]:
    if (table, column) in treatment.SEALED:
        return {"form": "opened: sealed in the house, plain text here"}
    if (table, column) in treatment.FILES:
        return {"form": "the name of a file in the archive"}
    return {}


def _pointers(table: Table) -> Iterable[dict[str, Any]]:
    for key in table.foreign_key_constraints:
        yield {
            "columns": list(key.column_keys),
            "table": key.referred_table.name,
            "their": [one.column.name for one in key.elements],
        }


def _about(table: Table) -> str:
    for mapper in Base.registry.mappers:
        if mapper.local_table is table:
            return " ".join((inspect.getdoc(mapper.class_) or "").split())
    return ""


README_TEXT: Final = """# Arkiv fra Sammen

Alt {name} har i støttekontakttjenesten, slik det sto {as_of} (UTC). Arkivet inneholder fødselsnummer og opplysninger om
helse i klartekst. Oppbevar det forseglet, og gi det bare til dem som skal ha det.

- `manifest.json`: hva som er her, med antall rader og SHA-256 for hver fil, og enden av innsynsloggens kjede.
- `schema.json`: hva hver tabell er, kolonnene, nøklene og hvor de peker, og hvilke tabeller som ikke er med og hvorfor.
- `data/`: kommunens egne rader, en fil for hver tabell og en rad på hver linje, som JSON.
- `cooperation/`: kommunens del av det den har delt med andre kommuner. Radene er dokumentasjon, og gjenopprettes ikke.
- `files/`: brev, avtaler, lønnsfiler og kvitteringer. Radene i `data/` sier hvilken fil som hører til.

Slik er verdiene skrevet: tall med desimaler som tekst, tidspunkt som `2026-11-22T18:40:00.000000Z` (UTC), dager som
`2026-11-22`, bytes som base64, lister som JSON-lister, `null` der det ikke står noe. Rekkefølgen er nøkkelens.

Excel leser en tabell med Data, Hent data, Fra JSON. Arkivet kontrolleres med `sammen municipality verify`, og hentes inn
i en tom installasjon av samme versjon med `sammen municipality import`. Formatet er beskrevet i docs/archive.md.
"""
