"""Whom a series is for, and their answers. Each municipality invites its own, also to what another one holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, delete, or_, select, union
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import Date

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from shared_pool.assemblies.models import Assembly, AssemblyGuest, AssemblyMeeting, AssemblyMember
from shared_pool.assemblies.queries import (
    MeetingCard,
    guests_of,
    meeting,
    meeting_card,
    members_of,
    series_meetings,
)
from shared_pool.assemblies.rules import AUDIENCES
from shared_pool.assemblies.telling import tell_counts
from tenants.api import (
    activity_group,
    assignment,
    case_file,
    coordinators,
    notify_person,
    person,
    support_contact,
)

TOO_LATE = N_("Møtet har begynt eller er avlyst.")
_who = and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id)
_AT_WORK = compile_query(
    select(support_contact.c.id, support_contact.c.person_id, person.c.given_name, person.c.family_name)
    .select_from(support_contact.join(person, _who))
    .where(support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.state == "engaged")
    .order_by(person.c.family_name, person.c.given_name, support_contact.c.id)
)


def _leads(column: str) -> Select[Any]:
    return select(activity_group.c[column]).where(
        activity_group.c.tenant_id == bindparam("tenant"),
        activity_group.c[column].is_not(None),
        or_(
            activity_group.c.valid_to.is_(None),
            activity_group.c.valid_to >= bindparam("day", type_=Date()),
        ),
    )


# A shielded case gives nobody away, not even by whom it would invite.
_in_groups = (
    select(assignment.c.contact_id)
    .select_from(
        assignment.join(
            case_file,
            and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id),
        )
    )
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.form == "group",
        assignment.c.state != "ended",
        case_file.c.shielded.is_(False),
    )
)
_GROUPS = compile_query(union(_leads("leader_id"), _leads("second_leader_id"), _in_groups))


async def at_work(uow: UnitOfWork) -> dict[UUID, tuple[UUID, str]]:
    """Contacts who may be invited, by name: contact → (person, name). The caller writes the access log."""
    rows = await uow.rows(_AT_WORK, tenant=uow.context.tenant)
    return {
        row["id"]: (row["person_id"], f"{row['given_name']} {row['family_name']}".strip()) for row in rows
    }


async def audience_of(uow: UnitOfWork, audience: str, picked: Collection[UUID]) -> dict[UUID, UUID]:
    """Contact → person of those a choice of audience means today."""
    there = {contact: known for contact, (known, _) in (await at_work(uow)).items()}
    if audience == "picked":
        return {contact: there[contact] for contact in there if contact in picked}
    if audience == "groups":
        rows = await uow.rows(_GROUPS, tenant=uow.context.tenant, day=today())
        wanted = {row[0] for row in rows}
        return {contact: there[contact] for contact in there if contact in wanted}
    return there


async def held_series(uow: UnitOfWork, assembly_id: UUID) -> Assembly:
    """The series, held until the transaction ends. Raises NotFound."""
    found = await uow.session.get(
        Assembly, (uow.context.tenant, assembly_id), with_for_update=True, populate_existing=True
    )
    if found is None:
        raise NotFound
    return found


async def invite(
    uow: UnitOfWork,
    assembly_id: UUID,
    audience: str,
    picked: Collection[UUID],
    colleagues: Collection[UUID],
) -> int:
    """Choose whom a series is for, and invite them to its meetings to come; how many contacts it is for.

    Chosen anew, those who are no longer in it are taken off the meetings that have not begun. Raises Invalid when nobody is
    chosen, or somebody who is not at work here; NotFound.
    """
    row = await held_series(uow, assembly_id)
    if audience not in AUDIENCES:
        raise Invalid.one("hvem", N_("Velg hvem samlingen er for."))
    there = await at_work(uow)
    if audience == "picked" and not set(picked) <= set(there):
        raise Invalid.one("kontakter", N_("Velg fra lista."))
    staff = dict(await coordinators(uow))
    if not set(colleagues) <= set(staff):
        raise Invalid.one("kolleger", N_("Velg fra lista."))
    wanted = await audience_of(uow, audience, picked)
    if not wanted and not colleagues:
        raise Invalid.one("kontakter", N_("Kryss av for minst én du vil invitere."))
    contacts, known = await members_of(uow, assembly_id)
    await _leave(uow, assembly_id, contacts - set(wanted), known - set(colleagues))
    row.audience, row.declined_on = audience, None
    row.invited_at = row.invited_at or now()
    row.version += 1
    await uow.session.flush()
    await join(
        uow,
        assembly_id,
        {contact: wanted[contact] for contact in wanted},
        {one: staff[one] for one in colleagues},
    )
    await record_change(
        uow, "assembly.invited", "assembly", assembly_id, audience=audience, contacts=len(wanted),
        colleagues=len(colleagues),
    )  # fmt: skip
    return len(wanted)


async def decline(uow: UnitOfWork, assembly_id: UUID) -> None:
    """Say that what is held jointly is not for this municipality. Raises Conflict for one's own, NotFound."""
    row = await held_series(uow, assembly_id)
    if row.hosted:
        raise Conflict(N_("Dere holder samlingen selv. Avlys møtene hvis den ikke skal holdes."))
    contacts, colleagues = await members_of(uow, assembly_id)
    await _leave(uow, assembly_id, contacts, colleagues)
    row.audience, row.declined_on = "", today()
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "assembly.declined", "assembly", assembly_id)


async def _leave(
    uow: UnitOfWork, assembly_id: UUID, contacts: Collection[UUID], staff: Collection[UUID]
) -> None:
    """Take people off a series and its meetings that have not begun."""
    if not contacts and not staff:
        return
    tenant = uow.context.tenant
    coming = [card.id for card in await series_meetings(uow, assembly_id) if not card.begun]
    for table, more in (
        (AssemblyMember, AssemblyMember.assembly_id == assembly_id),
        (AssemblyGuest, AssemblyGuest.assembly_meeting_id.in_(coming)),
    ):
        await uow.session.execute(
            delete(table)
            .where(
                table.tenant_id == tenant,
                more,
                or_(table.contact_id.in_(contacts), table.colleague.in_(staff)),
            )
            .execution_options(synchronize_session=False)
        )
    for one in coming:
        await tell_counts(uow, one)


async def join(
    uow: UnitOfWork, assembly_id: UUID, contacts: dict[UUID, UUID], staff: dict[UUID, str]
) -> None:
    """Add contacts (contact → person) and colleagues (user → name) to a series and its meetings to come. Those who are new
    are told, once for the series. A make-up meeting is not theirs: those who were away come to it.
    """
    tenant = uow.context.tenant
    before, _ = await members_of(uow, assembly_id)
    rows: list[dict[str, object]] = [
        {"contact_id": contact, "colleague": None, "colleague_name": ""} for contact in contacts
    ]
    rows += [{"contact_id": None, "colleague": user, "colleague_name": name} for user, name in staff.items()]
    if not rows:
        return
    await uow.session.execute(
        insert(AssemblyMember)
        .values([{"tenant_id": tenant, "id": uuid7(), "assembly_id": assembly_id, **row} for row in rows])
        .on_conflict_do_nothing()
    )
    for card in await series_meetings(uow, assembly_id):
        if card.begun or not card.on or card.makeup_for is not None:
            continue
        await _sit(uow, card.id, rows)
        await tell_counts(uow, card.id)
    for contact, person_id in contacts.items():
        if contact not in before:
            await notify_person(uow, person_id, "meeting", once=f"assembly:{assembly_id}:{person_id}")


async def _sit(uow: UnitOfWork, meeting_id: UUID, rows: Sequence[dict[str, object]]) -> None:
    await uow.session.execute(
        insert(AssemblyGuest)
        .values([
            {"tenant_id": uow.context.tenant, "id": uuid7(), "assembly_meeting_id": meeting_id, **row}
            for row in rows
        ])
        .on_conflict_do_nothing()
    )  # fmt: skip
    await uow.session.flush()


async def invite_members(uow: UnitOfWork, card: MeetingCard) -> None:
    """Invite those a series is for to a meeting that came afterwards; to a make-up meeting, those who were away."""
    if card.makeup_for is not None:
        await invite_missed(uow, card.makeup_for)
        return
    contacts, staff = await members_of(uow, card.assembly_id)
    there, names = await at_work(uow), await staff_names(uow, card.assembly_id)
    await join(
        uow,
        card.assembly_id,
        {contact: there[contact][0] for contact in contacts if contact in there},
        {user: names.get(user, "") for user in staff},
    )


async def staff_names(uow: UnitOfWork, assembly_id: UUID) -> dict[UUID, str]:
    """Names of colleagues a series is for, as they were when they were invited: a job has no colleagues to ask."""
    rows = await uow.call(
        "SELECT colleague, colleague_name FROM sammen.assembly_member"
        " WHERE tenant_id = $1 AND assembly_id = $2 AND colleague IS NOT NULL",
        uow.context.tenant,
        assembly_id,
    )
    return {row["colleague"]: row["colleague_name"] for row in rows}


_MAKEUPS = compile_query(
    select(meeting.c.id).where(
        meeting.c.tenant_id == bindparam("tenant"),
        meeting.c.makeup_for == bindparam("missed"),
        meeting.c.state == "planned",
    )
)


async def invite_missed(uow: UnitOfWork, meeting_id: UUID) -> int:
    """Invite those who were away from a meeting, or have said that they cannot come, to the meeting that stands in for it
    (B5). How many; none when there is no such meeting to come.
    """
    missed = [
        one
        for one in await guests_of(uow, meeting_id)
        if one.contact_id is not None and (one.came is False or (one.came is None and one.answer == "no"))
    ]
    there = await at_work(uow)
    found = 0
    for row in await uow.rows(_MAKEUPS, tenant=uow.context.tenant, missed=meeting_id):
        card = await meeting_card(uow, row["id"])
        if card.begun or not missed:
            continue
        sitting = {one.contact_id for one in await guests_of(uow, card.id)}
        new = [one for one in missed if one.contact_id in there and one.contact_id not in sitting]
        if not new:
            continue
        await _sit(
            uow,
            card.id,
            [{"contact_id": one.contact_id, "colleague": None, "colleague_name": ""} for one in new],
        )
        for one in new:
            assert one.person_id is not None
            await notify_person(
                uow, one.person_id, "meeting", once=f"assembly_meeting:{card.id}:{one.person_id}"
            )
        await tell_counts(uow, card.id)
        found += len(new)
    return found


async def add_guest(uow: UnitOfWork, meeting_id: UUID, contact_id: UUID) -> None:
    """Invite one contact more to one meeting, also one that has begun, for who came all the same. Raises Invalid,
    Conflict when it is called off, NotFound.
    """
    card = await meeting_card(uow, meeting_id)
    if not card.on:
        raise Conflict(TOO_LATE)
    there = await at_work(uow)
    if contact_id not in there:
        raise Invalid.one("kontakt", N_("Velg fra lista."))
    await _sit(uow, meeting_id, [{"contact_id": contact_id, "colleague": None, "colleague_name": ""}])
    person_id = there[contact_id][0]
    if not card.begun:
        await notify_person(uow, person_id, "meeting", once=f"assembly_meeting:{meeting_id}:{person_id}")
    await tell_counts(uow, meeting_id)
    await record_change(uow, "assembly.guest_added", "assembly_meeting", meeting_id, persons=[person_id])


# Time ------------------------------------------------------------------------------------------------------------------
async def keep_up(uow: UnitOfWork, assemblies: Iterable[UUID]) -> None:
    """Invite those who have come into a series' audience since: new contacts, and new leaders of groups."""
    for assembly_id in assemblies:
        row = await held_series(uow, assembly_id)
        if row.audience not in ("engaged", "groups"):
            continue
        before, _ = await members_of(uow, assembly_id)
        wanted = await audience_of(uow, row.audience, ())
        await join(uow, assembly_id, {one: wanted[one] for one in wanted if one not in before}, {})


async def remind(uow: UnitOfWork, card: MeetingCard) -> None:
    """Remind those who have not said no, once for each meeting; not those who were invited the day before."""
    row = await uow.session.get(
        AssemblyMeeting, (uow.context.tenant, card.id), with_for_update=True, populate_existing=True
    )
    if row is None or row.reminded_on is not None:
        return
    row.reminded_on = today()
    await uow.session.flush()
    if card.invited_at is not None and card.invited_at > now() - timedelta(days=1):
        return
    for one in await guests_of(uow, card.id):
        if one.person_id is not None and one.answer != "no":
            await notify_person(
                uow, one.person_id, "reminder", once=f"assembly_meeting:{card.id}:{one.person_id}:soon"
            )
