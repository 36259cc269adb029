"""What other slices may use of resources: booking for what they hold, and the part of their page that shows it."""

from __future__ import annotations

from shared_pool.resources.handling import release_for, told_moved
from shared_pool.resources.hooks import PurposeCard, purpose_card, register_purpose
from shared_pool.resources.panel import PANEL_TEMPLATE, booking_values
from shared_pool.resources.queries import BookingCard, ResourceCard, bookings_for, resources
from shared_pool.resources.service import BookingFacts, book

__all__ = [
    "PANEL_TEMPLATE",
    "BookingCard",
    "BookingFacts",
    "PurposeCard",
    "ResourceCard",
    "book",
    "booking_values",
    "bookings_for",
    "purpose_card",
    "register_purpose",
    "release_for",
    "resources",
    "told_moved",
]
