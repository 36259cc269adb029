"""The measures that the floors below contribute, as both the web and the worker compute them."""

from __future__ import annotations

from collections.abc import Sequence

from sammen.figures import Measure
from shared_pool import api as pool
from tenants import api


def measures() -> Sequence[Measure]:
    """Every contributed measure, in the order of the slices."""
    return (*api.MEASURES, *pool.MEASURES)
