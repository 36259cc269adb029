"""What other slices may use of follow-up: counting an information meeting that was held jointly."""

from __future__ import annotations

from tenants.followups.joint import count_meeting

__all__ = ["count_meeting"]
