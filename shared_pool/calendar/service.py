"""What a municipality or the region does with its calendar: writes, publishes, calls off, and answers what others send in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id
from sammen.jobs.queue import enqueue_for
from sammen.norwegian import format_date
from sammen.tenancy.context import PlaceKind
from shared_pool.calendar.codes import MAIL
from shared_pool.calendar.content import EventFacts
from shared_pool.calendar.days import When, all_days
from shared_pool.calendar.models import CalendarEvent
from shared_pool.calendar.queries import members, own_event, whose
from shared_pool.calendar.sealing import sealed_token

STALE = N_("Noen andre har endret dette imens. Det du skrev, er ikke lagret.")
OVER = N_("Alle dagene har vært. Skriv en dag som kommer, før du publiserer.")


async def write_event(uow: UnitOfWork, facts: EventFacts) -> UUID:
    """Write a draft in one's own place; its id. Nobody else sees it. Raises Invalid for a municipality that is none of the
    region's.
    """
    at = await whose(uow)
    await _check(uow, at.region_id, facts)
    row = CalendarEvent(region_id=at.region_id, id=random_id(), host_id=at.host_id, **facts.columns())
    uow.session.add(row)
    await uow.session.flush()
    await record_change(uow, "calendar.written", "calendar_event", row.id)
    return row.id


async def change_event(uow: UnitOfWork, event_id: UUID, facts: EventFacts, *, version: int) -> None:
    """Mend an event; a published one is mended on the public pages at once.

    Raises NotFound, Invalid, Conflict on a stale `version` or when it has been called off, and when a published one would
    have no day left.
    """
    row = await _held(uow, event_id)
    if row.version != version:
        raise Conflict(
            STALE,
            yours={N_("Hva"): facts.title, N_("Siste dag"): format_date(facts.last_day)},
            theirs={N_("Hva"): row.title, N_("Siste dag"): format_date(row.last_day)},
        )
    if row.state == "cancelled":
        raise Conflict(N_("Dette er avlyst. Lag en kopi hvis det skal være likevel."))
    await _check(uow, row.region_id, facts)
    if row.state == "published" and not _comes(facts):
        raise Invalid.one("dato", OVER)
    for name, value in facts.columns().items():
        setattr(row, name, value)
    row.sequence += 1
    await _keep(uow, row, "calendar.changed")


async def publish_event(uow: UnitOfWork, event_id: UUID) -> None:
    """Let everybody read it; what others sent in is said yes to, and they are told. Raises NotFound, and Conflict for
    what is published or called off, or has no day left.
    """
    row = await _held(uow, event_id)
    if row.state in ("published", "cancelled"):
        raise Conflict(N_("Dette er publisert eller avlyst fra før."))
    if not _comes(row):
        raise Conflict(OVER)
    row.state, row.reason, row.published_at = "published", "", row.published_at or now()
    await _keep(uow, row, "calendar.published")
    if row.outside:
        await _tell(uow, row, "published")


async def reject_event(uow: UnitOfWork, event_id: UUID, reason: str) -> None:
    """Say no to what others have sent in, with a reason they get by e-mail. Raises Invalid, NotFound, Conflict."""
    row = await _held(uow, event_id)
    if row.state != "submitted":
        raise Conflict(N_("Dette venter ikke på svar."))
    if not reason:
        raise Invalid.one("grunn", N_("Skriv hvorfor. Den som sendte det inn, får lese det."))
    row.state, row.reason = "rejected", reason
    await _keep(uow, row, "calendar.rejected")
    await _tell(uow, row, "rejected")


async def cancel_event(uow: UnitOfWork, event_id: UUID, reason: str) -> None:
    """Call it off: it stands as called off for thirty days, with the reason, and then leaves the pages.

    Raises Invalid without a reason, NotFound, Conflict for what is not published.
    """
    row = await _held(uow, event_id)
    if row.state != "published":
        raise Conflict(N_("Bare det som er publisert, kan avlyses."))
    if not reason:
        raise Invalid.one("grunn", N_("Skriv hvorfor. Det står på den åpne siden."))
    row.state, row.reason, row.cancelled_at = "cancelled", reason, now()
    row.sequence += 1
    await _keep(uow, row, "calendar.cancelled")
    if row.outside:
        await _tell(uow, row, "cancelled")


async def copy_event(uow: UnitOfWork, event_id: UUID) -> UUID:
    """A draft of one's own with the same words and days; its id. Raises NotFound."""
    found = await own_event(uow, event_id)
    values: dict[str, Any] = {name: getattr(found, name) for name in EventFacts.__dataclass_fields__}
    for name in ("dates", "weekdays", "skip", "targets", "interests", "access"):
        values[name] = list(values[name])
    return await write_event(uow, EventFacts(**values))


async def remove_event(uow: UnitOfWork, event_id: UUID) -> None:
    """Take away a draft, or what was said no to. Raises NotFound, Conflict for anything that others know of."""
    row = await _held(uow, event_id)
    if row.state not in ("draft", "rejected"):
        raise Conflict(N_("Bare utkast kan slettes. Avlys det i stedet."))
    await uow.session.delete(row)
    await uow.session.flush()
    await record_change(uow, "calendar.removed", "calendar_event", event_id)


def _comes(facts: EventFacts | CalendarEvent) -> bool:
    when = When(
        facts.kind, facts.first_day, facts.last_day, facts.dates, facts.weekdays, facts.every, facts.skip,
        facts.on_holidays, facts.in_holy_week,
    )  # fmt: skip
    return any(day >= today() for day in all_days(when))


async def _check(uow: UnitOfWork, region_id: UUID, facts: EventFacts) -> None:
    if facts.municipality_id is not None and facts.municipality_id not in await members(uow, region_id):
        raise Invalid.one("kommune", N_("Velg kommunen det er i."))


async def _held(uow: UnitOfWork, event_id: UUID) -> CalendarEvent:
    at = await whose(uow)
    row: CalendarEvent | None = await uow.session.get(
        CalendarEvent, (at.region_id, event_id), with_for_update=True, populate_existing=True
    )
    if row is None or row.host_id != at.host_id:
        raise NotFound
    return row


async def _keep(uow: UnitOfWork, row: CalendarEvent, action: str) -> None:
    row.version += 1
    await uow.session.flush()
    await record_change(uow, action, "calendar_event", row.id, state=row.state)


async def _tell(uow: UnitOfWork, row: CalendarEvent, what: str) -> None:
    """A notice to who sent it in, with a new link. The region's job carries it: the address is no municipality's."""
    lookup, sealed = sealed_token(uow.keys)
    for found in await uow.call(
        "SELECT * FROM sammen.calendar_tell($1, $2, $3, $4)", row.id, what, lookup, sealed
    ):
        await enqueue_for(
            uow, PlaceKind.REGION, found["region_id"], MAIL, {"submission": str(found["id"])}, nameless=True
        )
