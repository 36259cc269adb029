"""Handing a case over, moving it on the day, and standing in for each other (A1, A15, A16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.norwegian import format_date
from tenants.cases.api import (
    PURCHASERS,
    Absence,
    CaseFile,
    CaseMember,
    add_months,
    case_card,
    case_for_change,
    colleagues,
    give_access,
    members_of,
    purchaser_for,
    purchasers_at_work,
)
from tenants.people.api import Person, person_card
from tenants.responsibility.models import Handover
from tenants.responsibility.queries import OPEN
from tenants.responsibility.rules import AHEAD, adult_born_by, comes_of_age

TAKES_OVER = N_("Skal ta over saken")
NOBODY_LEFT = N_("Ingen saksbehandler var igjen blant dem som er nevnt")
LONGEST_ABSENCE = 12
"""Months: somebody who is away longer hands their cases over."""


@dataclass(frozen=True, slots=True)
class HandoverFacts:
    """What the leaving purchaser writes. `moves_on` is asked of child welfare only: a birthday sets the others'."""

    receiver_id: UUID | None
    note: str
    moves_on: date | None = None


@dataclass(frozen=True, slots=True)
class AbsenceFacts:
    """Both days are days away."""

    starts_on: date
    ends_on: date
    stand_in_id: UUID


# Handover ------------------------------------------------------------------------------------------------------------
async def prepare_handover(uow: UnitOfWork, case_id: UUID, facts: HandoverFacts) -> UUID:
    """Prepare a case's way to the adult purchaser (or from child welfare): a note, and a receiver who is named on it.

    From then the receiver may open the case; nobody else of theirs may before the day (A1). Prepared again, the latest
    holds. Raises NotFound, Forbidden, Invalid naming the field, Conflict for a case that is not on its way.
    """
    card, case = await case_for_change(uow, case_id)
    to, moves_on = await _where_and_when(uow, card.person_id, case, facts)
    receiver = None
    if facts.receiver_id is not None:
        among = await purchasers_at_work(uow, to)
        receiver = next((one for one in among if one.id == facts.receiver_id), None)
        if receiver is None:
            raise Invalid.one("mottaker", N_("Velg en kollega fra lista."))
    elif card.purchaser == "child_welfare":
        raise Invalid.one("mottaker", N_("Velg hvem som skal ta over saken."))
    row = await _open_handover(uow, case_id)
    if row is None:
        row = Handover(tenant_id=case.tenant_id, id=uuid7(), case_id=case.id, prepared_on=today())
        uow.session.add(row)
    elif row.receiver_id is not None and row.receiver_id != facts.receiver_id:
        await _let_go(uow, case, row.receiver_id)
    row.state, row.confirmed_on = "prepared", None
    row.from_purchaser, row.to_purchaser, row.moves_on, row.note = case.purchaser, to, moves_on, facts.note
    row.receiver_id, row.receiver_name = (receiver.id, receiver.name) if receiver else (None, "")
    row.prepared_by, row.prepared_by_name, row.prepared_on = (
        uow.context.user_id,
        uow.context.user_name,
        today(),
    )
    row.version = (row.version or 0) + 1
    await uow.session.flush()
    if receiver is not None:
        await give_access(uow, case, receiver.id, reason=TAKES_OVER, valid_from=today())
    await record_change(
        uow, "handover.prepared", "case", case.id, persons=[case.person_id], to=to, moves_on=moves_on,
        receiver=row.receiver_id,
    )  # fmt: skip
    return row.id


async def _where_and_when(
    uow: UnitOfWork, person_id: UUID, case: CaseFile, facts: HandoverFacts
) -> tuple[str, date]:
    born = (await person_card(uow, person_id)).birth_date
    if case.purchaser == "child_welfare":
        if facts.moves_on is None or facts.moves_on < today():
            raise Invalid.one("dato", N_("Velg en dag fra og med i dag."))
        if facts.moves_on > add_months(today(), 12):
            raise Invalid.one("dato", N_("Velg en dag innen ett år."))
        return purchaser_for(born, facts.moves_on, child_welfare=False), facts.moves_on
    if case.purchaser != "child" or born is None or comes_of_age(born) > today() + AHEAD:
        raise Conflict(N_("Saken skal ikke overføres nå."))
    return "adult", max(comes_of_age(born), today())


async def _open_handover(uow: UnitOfWork, case_id: UUID) -> Handover | None:
    return await uow.session.scalar(
        select(Handover)
        .where(
            Handover.tenant_id == uow.context.tenant, Handover.case_id == case_id, Handover.state.in_(OPEN)
        )
        .with_for_update()
    )


async def _let_go(uow: UnitOfWork, case: CaseFile, user_id: UUID) -> None:
    """Take away the access that a handover gave, and no other."""
    await uow.session.execute(
        delete(CaseMember).where(
            CaseMember.tenant_id == case.tenant_id, CaseMember.case_id == case.id, CaseMember.user_id == user_id,
            CaseMember.reason == TAKES_OVER,
        )
    )  # fmt: skip


async def cancel_handover(uow: UnitOfWork, case_id: UUID) -> None:
    """Undo what was prepared. Who comes of age moves all the same on the day. Harmless when there is nothing."""
    _, case = await case_for_change(uow, case_id)
    row = await _open_handover(uow, case_id)
    if row is None:
        return
    row.state = "cancelled"
    row.version += 1
    if row.receiver_id is not None:
        await _let_go(uow, case, row.receiver_id)
    await uow.session.flush()
    await record_change(uow, "handover.cancelled", "case", case.id, persons=[case.person_id])


async def confirm_handover(uow: UnitOfWork, case_id: UUID) -> None:
    """The receiver says that they take the case. Raises NotFound, and Forbidden for anybody but the receiver."""
    card = await case_card(uow, case_id)
    row = await _open_handover(uow, case_id)
    if row is None:
        raise NotFound
    if row.receiver_id != uow.context.user:
        raise Forbidden(N_("Bare den som skal ta over saken, kan bekrefte det."))
    if row.state == "confirmed":
        return
    row.state, row.confirmed_on = "confirmed", today()
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "handover.confirmed", "case", card.id, persons=[card.person_id])


# The day it moves ----------------------------------------------------------------------------------------------------
async def pass_the_day(uow: UnitOfWork) -> int:
    """Move every case whose day has come (A1); how many. Doing it again the same day changes nothing."""
    tenant = uow.context.tenant
    of_age = await uow.session.scalars(
        select(CaseFile)
        .join(Person, (Person.tenant_id == CaseFile.tenant_id) & (Person.id == CaseFile.person_id))
        .where(
            CaseFile.tenant_id == tenant,
            CaseFile.purchaser == "child",
            CaseFile.state != "closed",
            Person.birth_date <= adult_born_by(today()),
        )
        .order_by(CaseFile.id)
        .with_for_update(of=CaseFile)
    )
    moved = 0
    for case in of_age.all():
        await _move(uow, case, "adult", await _open_handover(uow, case.id))
        moved += 1
    chosen = await uow.session.scalars(
        select(Handover)
        .where(
            Handover.tenant_id == tenant,
            Handover.state == "confirmed",
            Handover.from_purchaser == "child_welfare",
            Handover.moves_on <= today(),
        )
        .order_by(Handover.id)
        .with_for_update()
    )
    for row in chosen.all():
        case_ = await uow.session.get(CaseFile, (tenant, row.case_id), with_for_update=True)
        if case_ is not None and case_.state != "closed":
            await _move(uow, case_, row.to_purchaser, row)
            moved += 1
    return moved


async def fill_empty_circles(uow: UnitOfWork) -> int:
    """A shielded case whose last who could decide has left is named to the purchasers it belongs to (E5); how many.

    They may make the circle smaller. A case that nobody can open has deadlines that nobody sees.
    """
    filled = 0
    for kind in PURCHASERS:
        deciders = [one.id for one in await purchasers_at_work(uow, kind)]
        inside = (
            select(CaseMember.id)
            .where(
                CaseMember.tenant_id == CaseFile.tenant_id,
                CaseMember.case_id == CaseFile.id,
                CaseMember.user_id.in_(deciders),
                CaseMember.valid_to.is_(None),
                CaseMember.valid_from.is_(None) | (CaseMember.valid_from <= today()),
            )
            .exists()
        )
        empty = await uow.session.scalars(
            select(CaseFile)
            .where(
                CaseFile.tenant_id == uow.context.tenant,
                CaseFile.purchaser == kind,
                CaseFile.shielded,
                CaseFile.state != "closed",
                ~inside,
            )
            .order_by(CaseFile.id)
            .with_for_update()
        )
        for case in empty.all() if deciders else ():
            for user_id in deciders:
                await give_access(uow, case, user_id, reason=NOBODY_LEFT)
            filled += 1
    return filled


async def _move(uow: UnitOfWork, case: CaseFile, to: str, row: Handover | None) -> None:
    """The case is another purchaser's from now; those who had it do not see it any more, unless named on it."""
    left = case.purchaser
    if row is None:
        row = Handover(
            tenant_id=case.tenant_id, id=uuid7(), case_id=case.id, from_purchaser=left, to_purchaser=to,
            moves_on=today(), prepared_on=today(),
        )  # fmt: skip
        uow.session.add(row)
    receives = {one.id for one in await purchasers_at_work(uow, to)}
    receiver = row.receiver_id if row.receiver_id in receives else None
    case.purchaser = to
    case.responsible_id, case.responsible_name = (receiver, row.receiver_name) if receiver else (None, "")
    case.version += 1
    row.state, row.moved_on = "moved", today()
    await uow.session.flush()
    await _change_circle(uow, case, left, receiver)
    await record_change(
        uow,
        "case.purchaser_changed",
        "case",
        case.id,
        persons=[case.person_id],
        left=left,
        to=to,
        user=receiver,
    )


async def _change_circle(uow: UnitOfWork, case: CaseFile, left: str, receiver: UUID | None) -> None:
    """Who was named as the leaving purchaser is not any more; a shielded case always has somebody who can decide."""
    kinds = {one.id: one.kinds for one in await colleagues(uow)}
    gone = [
        one.user_id
        for one in await members_of(uow, case.id)
        if left in kinds.get(one.user_id, ()) and case.purchaser not in kinds.get(one.user_id, ())
    ]
    if gone:
        await uow.session.execute(
            delete(CaseMember).where(
                CaseMember.tenant_id == case.tenant_id, CaseMember.case_id == case.id, CaseMember.user_id.in_(gone)
            )
        )  # fmt: skip
    if not case.shielded:
        if receiver is not None:
            await _let_go(uow, case, receiver)
        return
    receives = [one.id for one in await purchasers_at_work(uow, case.purchaser)]
    inside = [one.user_id for one in await members_of(uow, case.id)]
    for user_id in [receiver] if receiver else [] if set(receives) & set(inside) else receives:
        await give_access(uow, case, user_id, reason="")


# Absence -------------------------------------------------------------------------------------------------------------
async def possible_stand_ins(uow: UnitOfWork) -> Sequence[tuple[UUID, str]]:
    """Colleagues who may do all of the reader's work: purchasers of every kind that the reader is. Ids and names."""
    known = await colleagues(uow)
    mine = next((one for one in known if one.id == uow.context.user), None)
    if mine is None or not mine.kinds:
        return []
    return [(one.id, one.name) for one in known if one.id != mine.id and mine.kinds <= one.kinds]


async def register_absence(uow: UnitOfWork, facts: AbsenceFacts) -> UUID:
    """The reader's own time away, and who stands in. Raises Invalid naming the field: past or endless days, days that
    are away already, a stand-in who is no such colleague or is away too.
    """
    tenant, user = uow.context.tenant, uow.context.user
    if facts.ends_on < facts.starts_on:
        raise Invalid.one("til", N_("Siste dag er før første dag."))
    if facts.ends_on < today():
        raise Invalid.one("til", N_("Siste dag har vært. Velg en dag fra og med i dag."))
    if facts.ends_on > add_months(facts.starts_on, LONGEST_ABSENCE):
        raise Invalid.one(
            "til", N_("Et fravær kan vare i høyst ett år. Overfør sakene dine hvis du er borte lenger.")
        )
    stand_in = dict(await possible_stand_ins(uow)).get(facts.stand_in_id)
    if stand_in is None:
        raise Invalid.one("stedfortreder", N_("Velg en kollega fra lista."))
    # One at a time for a municipality: two absences that are registered at once must see each other.
    await uow.call("SELECT pg_advisory_xact_lock(hashtextextended('absence.' || $1::text, 0))", str(tenant))
    for field, who, message in (
        ("fra", user, N_("Du har alt registrert fravær %(start)s–%(end)s. Avslutt det først.")),
        ("stedfortreder", facts.stand_in_id, N_("Kollegaen er selv borte %(start)s–%(end)s. Velg en annen.")),
    ):
        known = await uow.session.scalar(
            select(Absence)
            .where(
                Absence.tenant_id == tenant,
                Absence.user_id == who,
                Absence.starts_on <= facts.ends_on,
                Absence.ends_on >= facts.starts_on,
            )
            .limit(1)
        )
        if known is not None:
            raise Invalid.one(
                field, message, start=format_date(known.starts_on), end=format_date(known.ends_on)
            )
    row = Absence(
        tenant_id=tenant, id=uuid7(), user_id=user, user_name=uow.context.user_name, stand_in_id=facts.stand_in_id,
        stand_in_name=stand_in, starts_on=facts.starts_on, ends_on=facts.ends_on,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(
        uow, "absence.registered", "absence", row.id, starts_on=row.starts_on, ends_on=row.ends_on,
        stand_in=row.stand_in_id,
    )  # fmt: skip
    return row.id


async def end_absence(uow: UnitOfWork, absence_id: UUID) -> None:
    """Back already: the work is one's own from today. One that has not begun is taken away. Raises NotFound."""
    row = await uow.session.get(Absence, (uow.context.tenant, absence_id), with_for_update=True)
    if row is None or row.user_id != uow.context.user:
        raise NotFound
    if row.ends_on < today():
        return
    if row.starts_on >= today():
        await uow.session.delete(row)
    else:
        row.ends_on = today() - timedelta(days=1)
        row.version += 1
    await uow.session.flush()
    await record_change(uow, "absence.ended", "absence", absence_id)
