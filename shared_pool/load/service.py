"""The traffic light over municipalities (C6), as its doors in the database let it be used.

A contact switches it on for themself, sees it first, and lets their coordinator see a colour: never hours, never where.
Nothing here can be asked by number, and nothing by a municipality the contact does not work for.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.jobs.queue import enqueue
from sammen.tenancy.models import RegionMembership
from shared_pool.recruitment.api import knows_light, show_to_pool
from tenants.api import assignment, contact_card, notify_person, own_contact, read_number

LIGHTS = ("green", "yellow", "red")
COUNT = "load.count"
PROOF_SECONDS = 60
WEEKS_A_MONTH = Decimal(52) / 12
NO_NUMBER = N_(
    "Kommunen har ikke fødselsnummeret ditt, så lyset kan ikke slås på. Gi det til kommunen, eller oppgi timene selv."
)
NO_REGION = N_("Kommunen er ikke med i et samarbeid nå, så lyset kan ikke slås på. Du kan oppgi timene selv.")
STALE = N_("Lyset er endret siden du åpnet siden. Se på det på nytt.")

membership = RegionMembership.__table__
_REGION = compile_query(
    select(membership.c.region_id)
    .where(
        membership.c.municipality_id == bindparam("tenant"),
        membership.c.valid_from <= bindparam("day"),
        or_(membership.c.valid_to.is_(None), membership.c.valid_to >= bindparam("day")),
    )
    .order_by(membership.c.valid_from, membership.c.region_id)
    .limit(1)
)
_AGREED = compile_query(
    select(assignment.c.unit, func.sum(assignment.c.amount).label("hours"))
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.contact_id == bindparam("contact"),
        assignment.c.state.in_(("planned", "running")),
        # Some days as a substitute are not hours of every week.
        assignment.c.role != "substitute",
        assignment.c.amount.is_not(None),
        assignment.c.starts_on <= bindparam("day"),
        or_(assignment.c.ended_on.is_(None), assignment.c.ended_on >= bindparam("day")),
    )
    .group_by(assignment.c.unit)
)


@dataclass(frozen=True, slots=True)
class OwnLight:
    """The light as the contact sees it. `light` is None until the hours have been counted for the first time.

    `shown` is the colour the coordinator sees, since `shown_on`; None when none.
    """

    light: str | None
    shown: str | None
    shown_on: date | None

    @property
    def news(self) -> bool:
        """Whether there is a colour the coordinator has not been let see."""
        return self.light is not None and self.light != self.shown


@dataclass(frozen=True, slots=True)
class ShownLight:
    """What the coordinator sees: a colour, and the day the contact let it be seen."""

    light: str
    on: date


async def own_light(uow: UnitOfWork, contact_id: UUID) -> OwnLight | None:
    """The signed-in contact's own light, before anyone else sees it. None when it is off, or not their own."""
    rows = await uow.call("SELECT * FROM sammen.load_own($1)", contact_id)
    if not rows:
        return None
    row = rows[0]
    return OwnLight(row["light"] if row["counted_on"] else None, row["shown_light"], row["shown_on"])


async def shown_light(uow: UnitOfWork, contact_id: UUID) -> ShownLight | None:
    """The colour an own contact has let the coordinator see. None for everything else, which all looks alike."""
    rows = await uow.call("SELECT * FROM sammen.load_light($1)", contact_id)
    return ShownLight(rows[0]["light"], rows[0]["shown_on"]) if rows else None


async def switch_light(uow: UnitOfWork, *, on: bool) -> None:
    """The signed-in contact switches the light on or off, here. Off forgets colour, key and hours at once.

    Raises NotFound for who is no contact here, Invalid when there is no number or no region to count in, or when the
    contact does not work here (yet).
    """
    contact_id = await own_contact(uow)
    if contact_id is None:
        raise NotFound
    card = await contact_card(uow, contact_id)
    number = await read_number(uow, card.person_id) if on else None
    region: UUID | None = await uow.value(_REGION, tenant=uow.context.tenant, day=today())
    if on and number is None:
        raise Invalid.one("", NO_NUMBER)
    if on and region is None:
        raise Invalid.one("", NO_REGION)
    key = uow.keys.load_key(region, number) if number is not None and region is not None else bytes(32)
    region = region or UUID(int=0)
    expires = int(time.time()) + PROOF_SECONDS
    message = f"load.switch|{contact_id}|{region}|{key.hex()}|{str(on).lower()}|{uow.context.user}|{expires}"
    rows = await uow.call(
        "SELECT sammen.load_switch($1, $2, $3, $4, $5, $6) AS done",
        contact_id, region, key, on, expires, uow.keys.door_proof(message),
    )  # fmt: skip
    if not rows[0]["done"]:
        raise Invalid.one("", N_("Lyset er for dem som er godkjent som støttekontakt og har en avtale her."))
    await record_change(uow, "load.switched", "contact", contact_id, persons=[card.person_id], on=on)
    await show_to_pool(uow, contact_id, None)
    if on:
        await enqueue(uow, COUNT, {"contact": contact_id}, once=f"{COUNT}:{contact_id}")


async def show_light(uow: UnitOfWork, light: str) -> None:
    """The signed-in contact has seen `light` and lets their coordinator see it. Raises NotFound, Conflict when it changed."""
    contact_id = await own_contact(uow)
    if contact_id is None or light not in LIGHTS:
        raise NotFound
    card = await contact_card(uow, contact_id)
    rows = await uow.call("SELECT sammen.load_show($1, $2) AS done", contact_id, light)
    if not rows[0]["done"]:
        raise Conflict(STALE)
    await record_change(uow, "load.shown", "contact", contact_id, persons=[card.person_id])
    await show_to_pool(uow, contact_id, light)


@knows_light
async def shown_by_oneself(uow: UnitOfWork, contact_id: UUID) -> str | None:
    """On the contact's own page: the colour they have let be seen, which they may let the pool see too."""
    light = await own_light(uow, contact_id)
    return light.shown if light is not None else None


async def agreed_hours(uow: UnitOfWork, contact_id: UUID) -> Decimal:
    """Hours a week that are agreed in the contact's assignments here today. A month's are spread over its weeks."""
    rows = await uow.rows(_AGREED, tenant=uow.context.tenant, contact=contact_id, day=today())
    hours = sum(
        (row["hours"] if row["unit"] == "week" else row["hours"] / WEEKS_A_MONTH for row in rows), Decimal(0)
    )
    return hours.quantize(Decimal("0.01"))


async def count_contact(uow: UnitOfWork, contact_id: UUID) -> None:
    """In a job: keep one contact's hours, once a day, and tell the contact when their light has another colour."""
    rows = await uow.call(
        "SELECT sammen.load_set($1, $2) AS news", contact_id, await agreed_hours(uow, contact_id)
    )
    if rows[0]["news"]:
        card = await contact_card(uow, contact_id)
        await notify_person(uow, card.person_id, "load", once=f"load:{contact_id}:{today()}")


async def count_all(uow: UnitOfWork) -> int:
    """In a job: every contact here who has the light on. How many there were."""
    rows = await uow.call("SELECT contact_id FROM sammen.load_contacts()")
    for row in rows:
        await count_contact(uow, row["contact_id"])
    return len(rows)
