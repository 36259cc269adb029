"""A table of rates as the document that is shared, and back. Pure. Nothing of it is free text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from tenants.api import RateStep, RateTable

_DECIMALS = ("cap_km",)
_NAMES = tuple(one.name for one in fields(RateStep))


def to_document(table: RateTable) -> dict[str, Any]:
    """Rows, and holiday pay. Decimals as text, so that nothing is rounded on the way."""
    return {
        "holiday_percent": str(table.holiday_percent),
        "holiday_for": table.holiday_for,
        "steps": [
            {
                name: str(value) if name in _DECIMALS else value
                for name in _NAMES
                if (value := getattr(step, name)) is not None
            }
            for step in table.steps
        ],
    }


def from_document(table_id: UUID, valid_from: date, document: Mapping[str, Any]) -> RateTable:
    """The table a document was made of. Raises KeyError, TypeError or ValueError for what is none."""
    steps = [_step(row) for row in document["steps"]]
    percent = Decimal(document["holiday_percent"])
    return RateTable(table_id, "", valid_from, tuple(steps), "", percent, document["holiday_for"])


def _step(row: Mapping[str, Any]) -> RateStep:
    known: dict[str, Any] = {
        name: Decimal(value) if name in _DECIMALS else value for name, value in row.items() if name in _NAMES
    }
    return RateStep(**known)
