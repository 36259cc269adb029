"""Information meetings (B5): a date for everybody who is engaged, answers from the phone, attendance, and who lacks one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import and_, bindparam, extract, func, select, update
from sqlalchemy.dialects.postgresql import insert

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.contacts.api import contact_card, own_contact, support_contact
from tenants.followups.models import InformationMeeting, InformationMeetingGuest
from tenants.followups.queries import AT_WORK, DueRow
from tenants.followups.rules import meetings_wanted
from tenants.followups.service import FURTHEST
from tenants.messages.api import notify_person
from tenants.people.api import person
from tenants.provision.api import provision_rules

meeting = InformationMeeting.__table__
guest = InformationMeetingGuest.__table__
ANSWERS = {"yes": N_("Kommer"), "no": N_("Kommer ikke")}


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """When, where and about what. `makeup_for`: the meeting it stands in for; only those who were away are invited."""

    meets_on: date
    starts: time
    place: str
    topic: str
    makeup_for: UUID | None = None


@dataclass(frozen=True, slots=True)
class MeetingCard:
    """One meeting with how many are invited, say they come, and came."""

    id: UUID
    meets_on: date
    starts: time
    place: str
    topic: str
    makeup_for: UUID | None
    cancelled_on: date | None
    registered_at: datetime | None
    version: int
    invited: int
    coming: int
    came: int

    @property
    def past(self) -> bool:
        """Whether its day has come, so that attendance can be noted."""
        return self.meets_on <= today()


@dataclass(frozen=True, slots=True)
class GuestCard:
    """Somebody invited: `answer` "" until they answer, `came` None until it is noted."""

    id: UUID
    contact_id: UUID
    person_id: UUID
    name: str
    answer: str
    came: bool | None


@dataclass(frozen=True, slots=True)
class Invitation:
    """A meeting as a contact sees it on their own page."""

    id: UUID
    meets_on: date
    starts: time
    place: str
    topic: str
    cancelled_on: date | None
    answer: str
    came: bool | None


_COUNTED = (
    select(
        *(meeting.c[name] for name in list(MeetingCard.__dataclass_fields__)[:9]),
        func.count(guest.c.id).label("invited"),
        func.count().filter(guest.c.answer == "yes").label("coming"),
        func.count().filter(guest.c.came).label("came"),
    )
    .select_from(
        meeting.outerjoin(
            guest,
            and_(guest.c.tenant_id == meeting.c.tenant_id, guest.c.information_meeting_id == meeting.c.id),
        )
    )
    .where(meeting.c.tenant_id == bindparam("tenant"))
    .group_by(meeting.c.tenant_id, meeting.c.id)
)
_ALL = compile_query(_COUNTED.order_by(meeting.c.meets_on.desc(), meeting.c.id.desc()).limit(60))
_ONE = compile_query(_COUNTED.where(meeting.c.id == bindparam("meeting")))
_GUESTS = compile_query(
    select(
        guest.c.id, guest.c.contact_id, support_contact.c.person_id, person.c.given_name, person.c.family_name,
        guest.c.answer, guest.c.came,
    )
    .select_from(
        guest.join(
            support_contact,
            and_(support_contact.c.tenant_id == guest.c.tenant_id, support_contact.c.id == guest.c.contact_id),
        ).join(
            person, and_(person.c.tenant_id == guest.c.tenant_id, person.c.id == support_contact.c.person_id)
        )
    )
    .where(guest.c.tenant_id == bindparam("tenant"), guest.c.information_meeting_id == bindparam("meeting"))
    .order_by(person.c.family_name, person.c.given_name, guest.c.id)
)  # fmt: skip
_INVITED = compile_query(
    select(
        meeting.c.id, meeting.c.meets_on, meeting.c.starts, meeting.c.place, meeting.c.topic, meeting.c.cancelled_on,
        guest.c.answer, guest.c.came,
    )
    .select_from(
        guest.join(
            meeting,
            and_(meeting.c.tenant_id == guest.c.tenant_id, meeting.c.id == guest.c.information_meeting_id),
        )
    )
    .where(guest.c.tenant_id == bindparam("tenant"), guest.c.contact_id == bindparam("contact"))
    .order_by(meeting.c.meets_on.desc(), meeting.c.id)
)  # fmt: skip
_ATTENDED = compile_query(
    select(
        support_contact.c.id.label("contact_id"), support_contact.c.person_id, person.c.given_name,
        person.c.family_name, support_contact.c.follow_up_owner, support_contact.c.follow_up_name,
        support_contact.c.since, func.count(meeting.c.id).label("came"), func.max(meeting.c.meets_on).label("last"),
    )
    .select_from(
        support_contact.join(
            person,
            and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id),
        )
        .outerjoin(
            guest,
            and_(
                guest.c.tenant_id == support_contact.c.tenant_id,
                guest.c.contact_id == support_contact.c.id,
                guest.c.came,
            ),
        )
        .outerjoin(
            meeting,
            and_(
                meeting.c.tenant_id == guest.c.tenant_id,
                meeting.c.id == guest.c.information_meeting_id,
                extract("year", meeting.c.meets_on) == bindparam("year"),
            ),
        )
    )
    .where(support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.state.in_(AT_WORK))
    .group_by(support_contact.c.id, support_contact.c.tenant_id, person.c.id, person.c.tenant_id)
    .order_by(person.c.family_name, person.c.given_name, support_contact.c.id)
)  # fmt: skip


async def meetings(uow: UnitOfWork) -> Sequence[MeetingCard]:
    """The municipality's information meetings, newest first, at most sixty."""
    return [MeetingCard(**dict(row)) for row in await uow.rows(_ALL, tenant=uow.context.tenant)]


async def meeting_card(uow: UnitOfWork, meeting_id: UUID) -> MeetingCard:
    """One meeting. Raises NotFound."""
    row = await uow.row(_ONE, tenant=uow.context.tenant, meeting=meeting_id)
    if row is None:
        raise NotFound
    return MeetingCard(**dict(row))


async def guests_of(uow: UnitOfWork, meeting_id: UUID) -> Sequence[GuestCard]:
    """Who is invited, by name."""
    return [
        GuestCard(
            row["id"], row["contact_id"], row["person_id"], f"{row['given_name']} {row['family_name']}", row["answer"],
            row["came"],
        )
        for row in await uow.rows(_GUESTS, tenant=uow.context.tenant, meeting=meeting_id)
    ]  # fmt: skip


async def invitations(uow: UnitOfWork, contact_id: UUID) -> Sequence[Invitation]:
    """The meetings a contact is or was invited to, newest first."""
    rows = await uow.rows(_INVITED, tenant=uow.context.tenant, contact=contact_id)
    return [Invitation(**dict(row)) for row in rows]


async def lacking_meetings(uow: UnitOfWork) -> Sequence[tuple[DueRow, int, int]]:
    """Contacts who have been to fewer meetings this year than the municipality asks for: (row, came, wanted)."""
    day = today()
    wanted = (await provision_rules(uow, day)).information_meetings
    found = []
    for row in await uow.rows(_ATTENDED, tenant=uow.context.tenant, year=day.year):
        asked = meetings_wanted(wanted, row["since"], day.year)
        if row["came"] < asked:
            card = DueRow(
                row["contact_id"], row["person_id"], f"{row['given_name']} {row['family_name']}",
                row["follow_up_owner"], row["follow_up_name"], row["last"], date(day.year, 12, 31),
            )  # fmt: skip
            found.append((card, row["came"], asked))
    return found


# Changes --------------------------------------------------------------------------------------------------------------
async def call_meeting(uow: UnitOfWork, facts: MeetingFacts) -> UUID:
    """Call a meeting and invite everybody who is engaged; a make-up meeting, those who did not come to the first.

    Raises Invalid for a day that is past or more than a year ahead, NotFound for an unknown first meeting.
    """
    if not today() <= facts.meets_on <= today() + FURTHEST:
        raise Invalid.one("dag", N_("Velg en dag fra i dag og høyst et år fram."))
    tenant = uow.context.tenant
    if facts.makeup_for is not None:
        first = await meeting_card(uow, facts.makeup_for)
        if first.registered_at is None:
            raise Invalid.one(
                "for_mote", N_("Før oppmøte på det første møtet først. Da vet vi hvem som manglet.")
            )
    row = InformationMeeting(
        tenant_id=tenant, id=uuid7(), meets_on=facts.meets_on, starts=facts.starts, place=facts.place,
        topic=facts.topic, makeup_for=facts.makeup_for,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    invited = await _invite(uow, row)
    await record_change(
        uow, "information_meeting.called", "information_meeting", row.id, on=facts.meets_on, invited=invited
    )
    return row.id


async def _invite(uow: UnitOfWork, row: InformationMeeting) -> int:
    wanted = select(support_contact.c.id, support_contact.c.person_id).where(
        support_contact.c.tenant_id == row.tenant_id, support_contact.c.state.in_((*AT_WORK, "paused"))
    )
    if row.makeup_for is not None:
        came = select(guest.c.contact_id).where(
            guest.c.tenant_id == row.tenant_id, guest.c.information_meeting_id == row.makeup_for, guest.c.came
        )
        wanted = wanted.where(support_contact.c.id.not_in(came))
    people = (await uow.session.execute(wanted)).all()
    if people:
        await uow.session.execute(
            insert(InformationMeetingGuest)
            .values([
                {"tenant_id": row.tenant_id, "id": uuid7(), "information_meeting_id": row.id, "contact_id": contact_id}
                for contact_id, _ in people
            ])
            .on_conflict_do_nothing()
        )  # fmt: skip
    for _, person_id in people:
        await notify_person(uow, person_id, "meeting", once=f"information_meeting:{row.id}:{person_id}")
    return len(people)


async def _held(uow: UnitOfWork, meeting_id: UUID) -> InformationMeeting:
    row = await uow.session.get(
        InformationMeeting, (uow.context.tenant, meeting_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    return row


async def cancel_meeting(uow: UnitOfWork, meeting_id: UUID) -> None:
    """Call it off; those invited are told. Raises Conflict when it is held or called off already."""
    row = await _held(uow, meeting_id)
    if row.cancelled_on is not None or row.registered_at is not None:
        raise Conflict(N_("Møtet er allerede holdt eller avlyst."))
    row.cancelled_on = today()
    row.version += 1
    await uow.session.flush()
    for one in await guests_of(uow, meeting_id):
        await notify_person(
            uow, one.person_id, "meeting", once=f"information_meeting:{row.id}:{one.person_id}:off"
        )
    await record_change(uow, "information_meeting.cancelled", "information_meeting", row.id)


async def note_attendance(uow: UnitOfWork, meeting_id: UUID, came: Collection[UUID], *, version: int) -> int:
    """Note who came, by contact; everybody else invited was away. It may be corrected. Returns how many came.

    Raises Invalid before the day, Conflict when it was called off or somebody noted since `version`.
    """
    row = await _held(uow, meeting_id)
    if row.cancelled_on is not None:
        raise Conflict(N_("Møtet er avlyst."))
    if row.meets_on > today():
        raise Invalid.one("kom", N_("Møtet er ikke holdt ennå."))
    if row.version != version:
        raise Conflict(N_("Noen andre har ført oppmøte imens. Last siden på nytt."))
    guests = await guests_of(uow, meeting_id)
    present = {one.contact_id for one in guests} & set(came)
    await uow.session.execute(
        update(InformationMeetingGuest)
        .where(
            InformationMeetingGuest.tenant_id == row.tenant_id,
            InformationMeetingGuest.information_meeting_id == row.id,
        )
        .values(came=InformationMeetingGuest.contact_id.in_(present))
        .execution_options(synchronize_session=False)
    )
    row.registered_at = row.registered_at or now()
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "information_meeting.attended", "information_meeting", row.id, came=len(present))
    return len(present)


async def answer_invitation(uow: UnitOfWork, meeting_id: UUID, answer: str) -> None:
    """The signed-in contact says whether they come. Raises NotFound when not invited, Conflict when it is too late."""
    contact_id = await own_contact(uow)
    if contact_id is None:
        raise NotFound
    invited = await uow.session.scalar(
        select(InformationMeetingGuest)
        .where(
            InformationMeetingGuest.tenant_id == uow.context.tenant,
            InformationMeetingGuest.information_meeting_id == meeting_id,
            InformationMeetingGuest.contact_id == contact_id,
        )
        .with_for_update()
    )
    if invited is None:
        raise NotFound
    if answer not in ANSWERS:
        raise Invalid.one("svar", N_("Velg om du kommer eller ikke."))
    card = await meeting_card(uow, meeting_id)
    if card.cancelled_on is not None or card.meets_on < today():
        raise Conflict(N_("Møtet er holdt eller avlyst."))
    invited.answer, invited.answered_at = answer, now()
    invited.version += 1
    await uow.session.flush()
    who = await contact_card(uow, contact_id)
    await record_change(
        uow,
        "information_meeting.answered",
        "information_meeting",
        meeting_id,
        persons=[who.person_id],
        answer=answer,
    )
