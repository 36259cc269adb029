"""The activity calendar out, as anybody may read it: for the municipality's own web pages and screens."""

from __future__ import annotations

from typing import Final

from reporting.interchange.shapes import EventOut, EventPage
from sammen.machine.lists import moment_and_id, page_of, position_of, since_of
from sammen.machine.operations import Answer, Call
from shared_pool.api import Event, published_events

PATH: Final = "/api/v1/calendar"


async def list_events(call: Call) -> Answer:
    """What stands in the calendar of the municipality's region, in the order it changed."""
    since, after = since_of(call), moment_and_id(position_of(call, PATH))
    found = sorted(await published_events(call.uow), key=lambda one: (one.changed_at, one.id))
    rows = [
        one
        for one in found
        if (since is None or one.changed_at >= since) and (after is None or (one.changed_at, one.id) > after)
    ]
    page, following = page_of(
        call, PATH, rows[: call.query.limit + 1], lambda one: (one.changed_at.isoformat(), str(one.id))
    )
    return Answer(EventPage([_shown(one) for one in page], following))


def _shown(one: Event) -> EventOut:
    return EventOut(
        id=one.id, title=one.title, about=one.about, days=list(one.days), starts=one.starts, ends=one.ends,
        place=one.place, address=one.address, organiser=one.organiser, link=one.link, price_ore=one.price_ore,
        age_from=one.age_from, age_to=one.age_to, cancelled=one.cancelled, changed_at=one.changed_at,
    )  # fmt: skip
