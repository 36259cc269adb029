"""The part of a meeting's, a session's or a gathering's page that shows what is booked for it, and what is free then."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sammen.clock import now
from sammen.db.unit_of_work import UnitOfWork
from sammen.policy.permissions import Permission
from shared_pool.resources import views
from shared_pool.resources.queries import bookings_for, resources, taken
from shared_pool.resources.rules import is_open, to_quarters

PANEL_TEMPLATE = "resources/for_panel.html"
MOST_SHOWN = 8


async def booking_values(
    uow: UnitOfWork, purpose: str, purpose_id: UUID, starts: datetime, ends: datetime
) -> dict[str, Any] | None:
    """What PANEL_TEMPLATE takes as `panel`; None for a reader who may not read resources. Include it with
    `{% with panel = … %}{% include … %}{% endwith %}`. `purpose` is one that has been registered (hooks.py), and what is
    free is between `starts` and `ends`; nothing is offered when it is over.
    """
    context = uow.context
    if not context.may(Permission.RESOURCE_READ):
        return None
    base, language = f"{context.base_url}/ressurser", context.language
    lines = [
        (
            one,
            views.when(one.starts_at, one.ends_at, language),
            *views.STATES[one.state],
            views.WAITS.get(one.waits, ""),
        )
        for one in await bookings_for(uow, purpose, purpose_id)
    ]
    books = context.may(Permission.RESOURCE_BOOK) and ends > now()
    free = []
    if books:
        first, last = to_quarters(starts, ends)
        busy = await taken(uow, first, last)
        free = [
            (card, f"{base}/{card.id}/reserver?formal={purpose}&gjelder={purpose_id}")
            for card in await resources(uow)
            if not card.retired and card.id not in busy and is_open(card.hours, first, last)
        ]
    if not lines and not free:
        return None
    return {"lines": lines, "free": free[:MOST_SHOWN], "base": base, "books": books}
