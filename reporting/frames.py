"""The table of a period as a pandas frame: municipality × measure. pandas is loaded when first used.

It costs the process about 50 MB and a second, so nothing imports it at start-up; `warm` loads it in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from reporting.definitions import REPORTED
from reporting.hiding import MunicipalityFigures
from reporting.queries import Report

if TYPE_CHECKING:
    import pandas as pd


async def warm() -> None:
    """Load pandas off the event loop, so that the first reader of a dashboard makes nobody else wait."""

    def load() -> None:
        import pandas  # noqa: F401, ICN001 - loading it is the point

    await asyncio.to_thread(load)


def period_frame(reports: Sequence[Report]) -> pd.DataFrame:
    """One row for each municipality that has approved all the measures hiding needs; one column for each measure.

    The index is the municipality's id; values are exact decimals. A municipality that lacks a measure is left out:
    what cannot be judged is not shown.
    """
    import pandas as pd

    columns = [measure.id for measure in REPORTED]
    long = pd.DataFrame(
        [(r.municipality_id, r.name, measure, value) for r in reports for measure, value in r.values.items()],
        columns=["municipality_id", "name", "measure", "value"],
        dtype=object,
    )
    wide = long.pivot(index=["municipality_id", "name"], columns="measure", values="value")
    return wide.reindex(columns=columns).dropna().reset_index("name")


def figures_of(frame: pd.DataFrame) -> dict[UUID, MunicipalityFigures]:
    """The frame's rows as hiding.py judges them."""
    rows: list[tuple[Any, ...]] = list(
        frame[["name", "users", "hours", "served", "cost"]].itertuples(name=None)
    )
    return {
        place: MunicipalityFigures(name, int(users), hours, int(served), cost)
        for place, name, users, hours, served, cost in rows
    }


def per_thousand(frame: pd.DataFrame, inhabitants: Mapping[UUID, int]) -> dict[UUID, Decimal]:
    """Users per 1 000 inhabitants, unrounded, of the municipalities whose population is known and not nought."""
    users: list[tuple[Any, Any]] = list(frame["users"].items())
    return {place: count * 1000 / inhabitants[place] for place, count in users if inhabitants.get(place)}
