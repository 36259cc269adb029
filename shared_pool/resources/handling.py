"""What happens to a booking: the owner answers, it is called off, fetched, brought back, and read about."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import OSLO, now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from shared_pool.resources.hooks import purpose_card
from shared_pool.resources.models import HOLDING, Booking


async def held_booking(uow: UnitOfWork, booking_id: UUID) -> Booking:
    """One the reader is party to, held until the transaction is over. Raises NotFound for any other."""
    found = await uow.session.scalar(
        select(Booking)
        .where(Booking.id == booking_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    return found


async def held_own(uow: UnitOfWork, booking_id: UUID) -> Booking:
    """A booking the reader's municipality (or region) has made. Raises NotFound for the others', also as their owner."""
    found = await held_booking(uow, booking_id)
    if found.booker_id != uow.context.tenant_id:
        raise NotFound
    return found


async def _held_lent(uow: UnitOfWork, booking_id: UUID) -> Booking:
    """A booking of something the reader's municipality owns. Raises NotFound for anything else."""
    found = await held_booking(uow, booking_id)
    if found.owner_id != uow.context.tenant_id:
        raise NotFound
    return found


async def end_booking(uow: UnitOfWork, found: Booking, state: str, by: str, reason: str) -> None:
    """Let it go in that state, for that side's reason; written in the trail."""
    found.state, found.ended_by, found.end_reason = state, by, reason
    found.version += 1
    await uow.session.flush()
    await record_change(uow, f"booking.{state}", "booking", found.id, by=by)


async def answer_booking(uow: UnitOfWork, booking_id: UUID, *, yes: bool, reason: str) -> None:
    """The owner's yes or no. Again: nothing happens. Raises Conflict when it is over or answered otherwise, Invalid for a
    no without a reason.
    """
    found = await _held_lent(uow, booking_id)
    wanted = "booked" if yes else "declined"
    if found.state == wanted:
        return
    if found.state != "asked":
        raise Conflict(N_("Reservasjonen er allerede besvart eller avlyst."))
    if not yes and not reason:
        raise Invalid.one("grunn", N_("Skriv hvorfor, så de kan finne en annen løsning."))
    if yes:
        found.state = "booked"
        found.version += 1
        await uow.session.flush()
        await record_change(uow, "booking.accepted", "booking", booking_id)
    else:
        await end_booking(uow, found, "declined", "owner", reason)


async def cancel_booking(uow: UnitOfWork, booking_id: UUID, reason: str = "", *, series: bool = False) -> int:
    """Let it go: by who has booked, or by the owner with a reason; how many were cancelled. `series`: those after it in
    its series as well. Raises Conflict when it has been fetched or is over, Invalid for an owner without a reason.
    """
    found = await held_booking(uow, booking_id)
    own = found.booker_id == uow.context.tenant_id
    if not own and found.owner_id != uow.context.tenant_id:
        raise NotFound
    if found.state not in ("asked", "booked"):
        raise Conflict(N_("Den er hentet eller avlyst allerede."))
    if not own and not reason:
        raise Invalid.one("grunn", N_("Skriv hvorfor, så de kan finne en annen løsning."))
    by = "booker" if own else "owner"
    rest: Sequence[Booking] = [found]
    if series and found.series_id is not None:
        later = await uow.session.scalars(
            select(Booking)
            .where(
                Booking.region_id == found.region_id, Booking.series_id == found.series_id,
                Booking.state.in_(("asked", "booked")), Booking.starts_at >= found.starts_at,
            )
            .order_by(Booking.starts_at)
            .with_for_update()
        )  # fmt: skip
        rest = later.all()
    for one in rest:
        await end_booking(uow, one, "cancelled", by, reason)
    return len(rest)


async def hand_out(uow: UnitOfWork, booking_id: UUID, note: str, odometer: int | None) -> None:
    """It has been fetched: by either side, with a note on keys and fuel, and what the odometer says (km). Again: nothing
    happens. Raises Conflict when it is not booked or is for another day.
    """
    found = await held_booking(uow, booking_id)
    if found.state == "handed_out":
        return
    if found.state != "booked" or found.ends_at <= now():
        raise Conflict(N_("Bare det som er reservert, kan hentes."))
    if found.starts_at.astimezone(OSLO).date() > today():
        raise Conflict(N_("Reservasjonen begynner en annen dag. Reserver på nytt hvis den skal hentes nå."))
    found.state, found.handed_out_at, found.out_note, found.odometer_out = "handed_out", now(), note, odometer
    found.version += 1
    await uow.session.flush()
    await record_change(uow, "booking.handed_out", "booking", booking_id)


async def bring_back(uow: UnitOfWork, booking_id: UUID, note: str, odometer: int | None, damage: str) -> None:
    """It is back. The rest of its time is free at once; damage waits on the owner's "Min dag". Again: nothing happens.
    Raises Conflict when it was not out, Invalid for an odometer that has gone backwards.
    """
    found = await held_booking(uow, booking_id)
    if found.state == "returned":
        return
    if found.state not in ("handed_out", "booked") or found.starts_at > now():
        raise Conflict(N_("Den er ikke hentet ennå."))
    if odometer is not None and odometer < (found.odometer_out or 0):
        raise Invalid.one(
            "km", N_("Den stod på %(km)s km da den ble hentet. Skriv tallet på nytt."), km=found.odometer_out
        )
    found.state, found.returned_at, found.back_note = "returned", now(), note
    found.odometer_back, found.damage = odometer, damage
    found.version += 1
    await uow.session.flush()
    await record_change(uow, "booking.returned", "booking", booking_id, damage=bool(damage))


async def note_read(uow: UnitOfWork, booking_id: UUID) -> None:
    """The reader has read what waited: damage as the owner, or that it was refused, taken away or is to be moved as who
    booked. Again: nothing happens.
    """
    found = await held_booking(uow, booking_id)
    if found.owner_id == uow.context.tenant_id and found.damage and found.damage_seen_on is None:
        found.damage_seen_on = today()
    if found.booker_id == uow.context.tenant_id:
        if found.ended_by in ("owner", "time") and found.told_on is None:
            found.told_on = today()
        found.moved_on = None
    found.version += 1
    await uow.session.flush()
    await record_change(uow, "booking.read", "booking", booking_id)


# What it was for has changed --------------------------------------------------------------------------------------------
async def release_for(uow: UnitOfWork, purpose: str, purpose_id: UUID) -> int:
    """What it was for is called off: let its bookings go, and tell how many. What has been fetched is brought back as
    usual. Only the caller's own.
    """
    tenant = uow.context.tenant_id
    found = await uow.session.scalars(
        select(Booking)
        .where(
            Booking.booker_id == tenant if tenant is not None else Booking.booker_id.is_(None),
            Booking.purpose == purpose, Booking.purpose_id == purpose_id, Booking.state.in_(("asked", "booked")),
        )
        .with_for_update()
    )  # fmt: skip
    rows = found.all()
    for one in rows:
        await end_booking(uow, one, "cancelled", "booker", "")
    return len(rows)


async def told_moved(uow: UnitOfWork, purpose: str, purpose_id: UUID) -> None:
    """What it was for is at another time now: its bookings stand until somebody moves them, and wait on "Min dag". Those
    that still cover the new time are left alone.
    """
    card = await purpose_card(uow, purpose, purpose_id)
    tenant = uow.context.tenant_id
    found = await uow.session.scalars(
        select(Booking)
        .where(
            Booking.booker_id == tenant if tenant is not None else Booking.booker_id.is_(None),
            Booking.purpose == purpose, Booking.purpose_id == purpose_id, Booking.state.in_(HOLDING),
        )
        .with_for_update()
    )  # fmt: skip
    for one in found.all():
        fits = card is not None and one.starts_at <= card.starts and one.ends_at >= card.ends
        one.moved_on = None if fits else today()
    await uow.session.flush()
