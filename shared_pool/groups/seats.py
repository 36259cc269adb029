"""Seats: taken and given back where places are, at home, in the same transaction, so that there are never more than there are.

A place in a group elsewhere wants a recorded yes that its leaders learn the first name and what helps, and is never for
somebody with a protected address or a shielded case (E5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, or_, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.jobs.queue import enqueue
from shared_pool.groups.models import JointSeat
from tenants.api import (
    GroupPlace,
    activity_group,
    assignment,
    case_file,
    finish_place,
    group_place,
    on_case_shielded,
    on_place,
    person,
)

CARDS = "joint.cards"
seat = JointSeat.__table__
_SEAT = "SELECT answer, seat_id FROM sammen.joint_seat($1, $2, $3)"
NO_YES = N_(
    "Skriv hvem som har sagt ja til at gruppelederne i den andre kommunen får vite fornavn og hva som hjelper. "
    "Uten et ja kan de ikke være med."
)
NOT_ELSEWHERE = N_(
    "Denne deltakeren kan ikke stå på ei liste i en annen kommune. Velg en av deres egne grupper, "
    "eller snakk med den andre kommunen."
)
REFUSED = {
    "full": N_("Det er ingen ledig plass til dere i gruppa nå. Sett deltakeren på venteliste, eller velg en annen gruppe."),
    "closed": N_("Gruppa er avsluttet, eller kommunen er ikke med lenger."),
    "unknown": N_("Gruppa er avsluttet, eller kommunen er ikke med lenger."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """A place of the municipality's own in a group across borders, past who may see the case: for hooks and jobs alone.

    `nameable`: neither the address is protected nor the case shielded. `runs`: the place has not ended, nor its right to it.
    """

    id: UUID
    group_id: UUID
    joint_id: UUID
    hosted: bool
    person_id: UUID
    case_id: UUID
    given_name: str
    family_name: str
    nameable: bool
    state: str
    valid_from: date
    valid_to: date | None
    runs: bool
    seat_id: UUID | None
    cross_yes: bool
    needs: str
    emergency: str

    @property
    def over(self) -> bool:
        """Whether the last day has come."""
        return self.valid_to is not None and self.valid_to <= today()


def _places() -> Any:
    return (
        select(
            group_place.c.id, group_place.c.group_id, activity_group.c.joint_id, activity_group.c.hosted,
            assignment.c.person_id, assignment.c.case_id, person.c.given_name, person.c.family_name,
            and_(person.c.protection == "none", case_file.c.shielded.is_(False)).label("nameable"), group_place.c.state,
            group_place.c.valid_from, group_place.c.valid_to,
            and_(group_place.c.valid_to.is_(None), or_(assignment.c.state != "ended", group_place.c.stays)).label("runs"),
            group_place.c.seat_id, group_place.c.cross_yes_on.is_not(None).label("cross_yes"), group_place.c.needs,
            group_place.c.emergency,
        )
        .select_from(
            group_place.join(
                activity_group,
                and_(
                    activity_group.c.tenant_id == group_place.c.tenant_id, activity_group.c.id == group_place.c.group_id
                ),
            )
            .join(
                assignment,
                and_(assignment.c.tenant_id == group_place.c.tenant_id, assignment.c.id == group_place.c.assignment_id),
            )
            .join(case_file, and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id))
            .join(person, and_(person.c.tenant_id == assignment.c.tenant_id, person.c.id == assignment.c.person_id))
        )
        .where(group_place.c.tenant_id == bindparam("tenant"), activity_group.c.joint_id.is_not(None))
    )  # fmt: skip


_ONE = compile_query(_places().where(group_place.c.id == bindparam("place")))
_OF_GROUP = compile_query(
    _places().where(group_place.c.group_id == bindparam("group")).order_by(group_place.c.id)
)
_ELSEWHERE = compile_query(
    _places()
    .where(assignment.c.case_id == bindparam("case"), activity_group.c.hosted.is_(False))
    .order_by(group_place.c.id)
)
_OF_SEAT = compile_query(
    select(group_place.c.id, group_place.c.seat_id).where(
        group_place.c.tenant_id == bindparam("tenant"),
        group_place.c.group_id == bindparam("group"),
        group_place.c.seat_id.is_not(None),
    )
)
_OPEN_SEATS = compile_query(
    select(seat.c.id, seat.c.joint_group_id)
    .where(seat.c.home_id == bindparam("tenant"), seat.c.state != "ended")
    .order_by(seat.c.id)
)
_HELD_SEATS = compile_query(
    select(group_place.c.seat_id)
    .select_from(
        group_place.join(
            assignment,
            and_(
                assignment.c.tenant_id == group_place.c.tenant_id,
                assignment.c.id == group_place.c.assignment_id,
            ),
        )
    )
    .where(
        group_place.c.tenant_id == bindparam("tenant"),
        group_place.c.seat_id.is_not(None),
        group_place.c.valid_to.is_(None),
        or_(assignment.c.state != "ended", group_place.c.stays),
    )
)


async def places_of(uow: UnitOfWork, group_id: UUID) -> Sequence[OwnPlace]:
    """All places a group across borders has had from here, for jobs."""
    return [
        OwnPlace(**dict(row)) for row in await uow.rows(_OF_GROUP, tenant=uow.context.tenant, group=group_id)
    ]


async def places_by_seat(uow: UnitOfWork, group_id: UUID) -> dict[UUID, UUID]:
    """Seat → place, of one's own in a group."""
    rows = await uow.rows(_OF_SEAT, tenant=uow.context.tenant, group=group_id)
    return {row["seat_id"]: row["id"] for row in rows}


@on_place
async def follow_place(uow: UnitOfWork, _group_id: UUID, place_id: UUID, what: str) -> None:
    """A place was given, tried, waited for, or is over: the seat follows. Raises Invalid when there is none for it, or when
    somebody may not be named elsewhere.
    """
    row = await uow.row(_ONE, tenant=uow.context.tenant, place=place_id)
    if row is None:
        return
    place = OwnPlace(**dict(row))
    if what in ("waiting", "trial", "member"):
        await _take(uow, place, what)
    elif what == "ended" and place.seat_id is not None and place.over:
        await _move(uow, place, "ended")
    if not place.hosted:
        # A moment later: what else this transaction writes of the place belongs on the card as well.
        await enqueue(uow, CARDS, {"joint": place.joint_id})


async def _take(uow: UnitOfWork, place: OwnPlace, state: str) -> None:
    if not place.hosted:
        if not place.nameable:
            raise Invalid.one("deltaker", NOT_ELSEWHERE)
        if not place.cross_yes:
            raise Invalid.one("sagt_ja", NO_YES)
    answer, seat_id = await _move(uow, place, state)
    if answer != "done":
        raise Invalid.one("deltaker", REFUSED[answer])
    if place.seat_id is None:
        held = await uow.session.get(GroupPlace, (uow.context.tenant, place.id))
        assert held is not None
        held.seat_id = seat_id
        await uow.session.flush()


async def _move(uow: UnitOfWork, place: OwnPlace, state: str) -> tuple[str, UUID]:
    row = (await uow.call(_SEAT, place.joint_id, place.seat_id, state))[0]
    return row["answer"], row["seat_id"]


@on_case_shielded
async def leave_elsewhere(uow: UnitOfWork, case_id: UUID) -> None:
    """A case is shielded, by hand or since the address became protected: its places elsewhere end at once, and the host sees
    a number, which does not say why (E5). A place in the municipality's own group is its own affair.
    """
    for row in await uow.rows(_ELSEWHERE, tenant=uow.context.tenant, case=case_id):
        held = await uow.session.get(
            GroupPlace, (uow.context.tenant, row["id"]), with_for_update=True, populate_existing=True
        )
        if held is not None and held.valid_to is None:
            await finish_place(uow, held, today())


async def give_back_unused(uow: UnitOfWork) -> int:
    """End the seats whose place is over, however it came about; how many. Again ends none."""
    tenant = uow.context.tenant
    used = {row["seat_id"] for row in await uow.rows(_HELD_SEATS, tenant=tenant)}
    unused = [row for row in await uow.rows(_OPEN_SEATS, tenant=tenant) if row["id"] not in used]
    for row in unused:
        await uow.call(_SEAT, row["joint_group_id"], row["id"], "ended")
    return len(unused)
