"""What the tests of the activity calendar begin with: an event as it is written, one that is published, and a feed read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import icalendar

from sammen.clock import OSLO, today
from sammen.policy.roles import Role
from shared_pool.calendar.content import EventFacts
from shared_pool.calendar.published import Event
from shared_pool.calendar.service import publish_event, write_event
from tests.worlds import World

MOMENT = datetime(2026, 11, 1, 12, 0, tzinfo=OSLO)


def facts(home: UUID | None = None, **changes: Any) -> EventFacts:
    """A climbing evening in a week, for youth; free, with a lift."""
    day = today() + timedelta(days=7)
    whole = EventFacts(
        title="Åpen klatrekveld", about="Vi har sko og tau.", kind="once", first_day=day, last_day=day, starts=time(17, 30),
        ends=time(19, 30), place="Klatrehallen", address="Bakken 2", municipality_id=home, age_from=13, age_to=18,
        price_ore=0, price_note="", organiser="Klatreklubben", link="https://klatreklubben.example.no/kveld",
        contact_phone="33 00 00 00", contact_email="post@klatreklubben.example.no", targets=["youth"], interests=["climbing"],
        access=["wheelchair", "toilet"], companion=True,
    )  # fmt: skip
    return replace(whole, **changes)


def weekly(home: UUID | None = None, **changes: Any) -> EventFacts:
    """Every Tuesday for half a year."""
    return facts(
        home, **{"kind": "weekly", "first_day": today(), "last_day": today() + timedelta(days=180), "weekdays": ["tue"],
                  "title": "Spillkveld", "interests": ["boardgames"], **changes},
    )  # fmt: skip


def event(**changes: Any) -> Event:
    """An event that is published, without a database."""
    said = facts(
        **{name: changes.pop(name) for name in list(changes) if name in EventFacts.__dataclass_fields__}
    )
    whole: dict[str, Any] = {
        **said.columns(), "id": uuid4(), "region_id": uuid4(), "host_id": None, "state": "published", "outside": False,
        "reason": "", "sequence": 0, "published_at": MOMENT, "cancelled_at": None, "created_at": MOMENT, "changed_at": MOMENT,
        "version": 1, **changes,
    }  # fmt: skip
    return Event(**whole)


async def published(
    world: World,
    *,
    slug: str = "horten",
    role: Role = Role.PROVIDER_COORDINATOR,
    what: EventFacts | None = None,
) -> UUID:
    """An event on the public pages; its id."""
    async with world.at(slug, role) as uow:
        made = await write_event(uow, what or facts(world.horten))
        await publish_event(uow, made)
    return made


def filled(world: World, **changes: Any) -> dict[str, Any]:
    """The form as somebody fills it in: once, in Horten."""
    day = today() + timedelta(days=10)
    return {
        "tittel": "Kor for alle", "om": "Vi synger kjente sanger.", "naar": "once", "dato": f"{day:%d.%m.%Y}", "begynner": "18",
        "slutter": "20:00", "sted": "Menighetshuset", "kommune": str(world.horten), "grupper": ["adults", "elders"],
        "interesser": ["music"], "tilgang": ["wheelchair"], "gratis": "ja", "arrangor": "Horten kor",
        "avsender": "kor@example.no", **changes,
    }  # fmt: skip


def entries(text: bytes) -> list[Any]:
    """The events of a feed, as the library reads them."""
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def on(*parts: int) -> date:
    return date(*parts)
