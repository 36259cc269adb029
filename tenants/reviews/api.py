"""What other slices may use of status reviews: planning and holding them."""

from __future__ import annotations

from tenants.reviews.service import (
    ActionFacts,
    MinutesFacts,
    add_action,
    hold_review,
    plan_review,
    write_minutes,
)

__all__ = ["ActionFacts", "MinutesFacts", "add_action", "hold_review", "plan_review", "write_minutes"]
