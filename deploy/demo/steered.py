"""What the collaboration steers by: the targets that the steering group has agreed on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from deploy.demo.chance import at
from deploy.demo.town import Making
from reporting.reports.models import Target

TARGETS: Final = (
    ("waiting", "most", 0, "Styringsgruppas møte 12. februar: ingen skal stå på venteliste."),
    ("deviations_open", "most", 0, "Styringsgruppas møte 12. februar: null åpne avvik ved halvårets slutt."),
    ("evaluated_in_time", "least", 90, "Styringsgruppas møte 12. februar."),
)
"""Drammen's two goals and one more (D8)."""


def write_targets(making: Making) -> None:
    """Put the targets with the world's rows, from the last 12 February that has been."""
    manager = making.project_manager
    assert manager is not None, "the region's people are hired first"
    day = date(making.as_of.year, 2, 12)
    if day > making.as_of:
        day = day.replace(year=day.year - 1)
    for quantity, direction, value, why in TARGETS:
        making.rows.add(
            Target, region_id=making.region_id, id=making.chance.id_at(day), quantity=quantity, direction=direction,
            value=Decimal(value), valid_from=day, why=why, set_by=manager, set_by_name="Marianne Klever",
            created_at=at(day, 15),
        )  # fmt: skip
