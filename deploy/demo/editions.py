"""One edition of a municipality's figures as rows: its set, its cells, and the region's copy when it is approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from deploy.demo.chance import at
from deploy.demo.rows import Rows
from deploy.demo.town import Making, Town
from reporting.figures.cells import join_key
from reporting.figures.models import ApprovedFigure, Figure, FigureApproval, FigureSet
from reporting.figures.words import home_measures
from reporting.periods import Period
from sammen.figures import Reading
from sammen.policy.roles import Role

DAYS_TO_COMPUTE, DAYS_TO_APPROVE = 20, 34
Cells = Mapping[str, Sequence[Reading]]
"""Inner cells by measure; a measure that is not here was not computed."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What became of a computation: computed (nobody approved it), approved, or replaced by a later one."""

    period: Period
    state: str
    number: int = 1
    note: str = ""
    reason: str = ""
    days_later: int = 0


def write_edition(making: Making, town: Town, told: Edition, found: Cells, rows: Rows | None = None) -> UUID:
    """Put an edition with the world's rows, or with others; its id. What is replaced was approved in its time."""
    rows, chance = making.rows if rows is None else rows, making.chance
    later, period = timedelta(days=told.days_later), told.period
    computed = at(
        min(period.end + timedelta(days=DAYS_TO_COMPUTE) + later, making.as_of - timedelta(days=1)), 6
    )
    agreed = (
        at(period.end + timedelta(days=DAYS_TO_APPROVE) + later, 14) if told.state != "computed" else None
    )
    made = chance.id_at(computed)
    rows.add(
        FigureSet, tenant_id=town.id, id=made, period=period.slug, edition=told.number, state=told.state,
        computed_at=computed, approved_at=agreed, measures=sorted(found), note=told.note, reason=told.reason,
        approved_by=town.staff[Role.MANAGER][0].id if agreed else None,
    )  # fmt: skip
    shared = {measure for measure in found if measure not in home_measures()} if agreed else set()
    stamp = {"reported_by": town.id, "period": period.slug, "edition": told.number, "approved_at": agreed}
    if agreed:
        rows.add(
            FigureApproval, region_id=making.region_id, id=chance.id(), measures=sorted(shared), note=told.note,
            reason=told.reason, **stamp,
        )  # fmt: skip
    for measure, cells in found.items():
        for cell in cells:
            values = {
                "measure": measure, "key": join_key(cell.key), "value": cell.value, "contributors": cell.contributors,
                "largest": cell.largest, "second": cell.second,
            }  # fmt: skip
            rows.add(Figure, tenant_id=town.id, id=chance.id_at(computed), set_id=made, **values)
            if measure in shared:
                rows.add(ApprovedFigure, region_id=making.region_id, id=chance.id(), **stamp, **values)
    return made
