"""What other slices may use of the settlement: what the service costs, with what is owed others."""

from __future__ import annotations

from shared_pool.settlement.measures import MEASURES

__all__ = ["MEASURES"]
