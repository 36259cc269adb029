"""What other slices may use of groups: which group somebody has their place in."""

from __future__ import annotations

from tenants.groups.queries import groups_on

__all__ = ["groups_on"]
