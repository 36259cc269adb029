"""HTTP for figures: the municipality's own, who has sent theirs to the region, and how many live where."""

from __future__ import annotations

from reporting.figures.routes import collected, own, population

HANDLERS = [*own.HANDLERS, *collected.HANDLERS, *population.HANDLERS]
