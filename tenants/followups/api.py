"""What other slices may use of follow-up: counting an information meeting that was held jointly, and its measures."""

from __future__ import annotations

from tenants.followups.joint import count_meeting
from tenants.followups.measures import MEASURES

__all__ = ["MEASURES", "count_meeting"]
