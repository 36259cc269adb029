"""What an owner does with its things: puts them up to be lent, describes them anew, takes them out of use."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, time, timedelta
from uuid import UUID

from sqlalchemy import select, update

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id
from sammen.series import moment
from shared_pool.resources.models import Booking, Resource
from shared_pool.resources.queries import home_region, neighbours

GONE = N_("Den er ikke til utlån lenger. Velg en annen.")
STALE = N_("Noen andre har endret ressursen mens du skrev.")


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """Something to lend, as its owner describes it. `hours`: opening hours by weekday, {} for always open."""

    kind: str
    name: str
    place: str
    about: str = ""
    contact: str = ""
    holds: int | None = None
    wheelchair: bool = False
    hours: dict[str, list[str]] = field(default_factory=dict)
    lending: str = "own"
    lent_to: tuple[UUID, ...] = ()
    longest_hours: int = 12
    ahead_days: int = 180
    needs_yes: bool = False
    price_note: str = ""


async def add_resource(uow: UnitOfWork, facts: ResourceFacts) -> UUID:
    """Put something up; its id. Raises Invalid when it is lent to a municipality that is no member, and Conflict when the
    owner itself is in no region.
    """
    region = await home_region(uow)
    if region is None:
        raise Conflict(N_("Kommunen er ikke med i et samarbeid, og kan ikke låne ut noe."))
    await _check_lent_to(uow, region, facts)
    made = Resource(
        region_id=region,
        id=random_id(),
        owner_id=uow.context.tenant,
        **(asdict(facts) | {"lent_to": list(facts.lent_to)}),
    )
    uow.session.add(made)
    await uow.session.flush()
    await record_change(uow, "resource.added", "resource", made.id, kind=facts.kind, lending=facts.lending)
    return made.id


async def _check_lent_to(uow: UnitOfWork, region: UUID, facts: ResourceFacts) -> None:
    if facts.lending == "chosen" and not facts.lent_to:
        raise Invalid.one("kommuner", N_("Velg minst én kommune, eller at bare dere selv kan bruke den."))
    if not set(facts.lent_to) <= {one for one, _ in await neighbours(uow, region)}:
        raise Invalid.one("kommuner", N_("Velg kommuner som er med i samarbeidet."))


async def _held_resource(uow: UnitOfWork, resource_id: UUID) -> Resource:
    """The municipality's own, held until the transaction is over. Raises NotFound for anybody else's."""
    found = await uow.session.scalar(
        select(Resource)
        .where(Resource.owner_id == uow.context.tenant, Resource.id == resource_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


async def change_resource(uow: UnitOfWork, resource_id: UUID, facts: ResourceFacts, *, version: int) -> None:
    """Describe it anew. What is booked stands. Raises Conflict on a stale version or a retired one, Invalid as
    `add_resource`.
    """
    found = await _held_resource(uow, resource_id)
    if found.version != version:
        raise Conflict(
            STALE,
            theirs={N_("Navn"): found.name, N_("Sted"): found.place},
            yours={N_("Navn"): facts.name, N_("Sted"): facts.place},
        )
    if found.retired_on is not None:
        raise Conflict(GONE)
    await _check_lent_to(uow, found.region_id, facts)
    for name, value in (asdict(facts) | {"lent_to": list(facts.lent_to)}).items():
        setattr(found, name, value)
    found.version += 1
    await uow.session.flush()
    await record_change(uow, "resource.changed", "resource", resource_id, lending=facts.lending)


async def retire_resource(uow: UnitOfWork, resource_id: UUID, last_day: date) -> int:
    """It can be used until `last_day`, that day included; how many bookings were taken away. Whoever had them reads it on
    their "Min dag". Raises Invalid for a day before today, Conflict when it is retired already.
    """
    found = await _held_resource(uow, resource_id)
    if found.retired_on is not None:
        raise Conflict(GONE)
    if last_day < today():
        raise Invalid.one("siste_dag", N_("Velg i dag eller en dag i framtida."))
    found.retired_on = last_day + timedelta(days=1)
    found.version += 1
    after = moment(found.retired_on, time())
    gone = await uow.session.execute(
        update(Booking)
        .where(
            Booking.region_id == found.region_id, Booking.resource_id == resource_id,
            Booking.state.in_(("asked", "booked")), Booking.ends_at > after,
        )
        .values(state="cancelled", ended_by="owner", end_reason=N_("Den lånes ikke ut lenger."), version=Booking.version + 1)
        .returning(Booking.id)
    )  # fmt: skip
    count = len(gone.all())
    await uow.session.flush()
    await record_change(uow, "resource.retired", "resource", resource_id, bookings=count)
    return count
