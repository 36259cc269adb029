"""What is said of how a contact stays (B12): seen by them first, objected to in words, and not counted meanwhile.

Two things and no more: the longest an assignment has lasted, and commitments ended early by choice. Illness, birth, study,
a move and the municipality's own endings are not in the data at all. In the home municipality's context.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, delete, select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from shared_pool.recruitment.models import BrokenCommitment, PoolObjection, PoolWish
from shared_pool.recruitment.queries import DAYS_PER_MONTH, home_months_and_hours
from tenants.api import (
    LEFT_BY_CHOICE,
    AssignmentCard,
    add_months,
    assignment,
    case_file,
    contact_card,
    notify_person,
    on_case_shielded,
)

broken = BrokenCommitment.__table__
objection = PoolObjection.__table__
wish = PoolWish.__table__
LONGEST_WORDS: Final = 2_000
MOST_MONTHS: Final = 600
ABOUT: Final[Mapping[str, str]] = {
    "longest": N_("Hvor lenge jeg har vært i et oppdrag"),
    "broken": N_("Et oppdrag jeg skal ha sluttet i før tida"),
}
_BROKEN = compile_query(
    select(broken.c.id, broken.c.promised_months, broken.c.lasted_months, broken.c.ended_on, broken.c.excused_on)
    .where(broken.c.tenant_id == bindparam("tenant"), broken.c.contact_id == bindparam("contact"))
    .order_by(broken.c.ended_on.desc(), broken.c.id)
)  # fmt: skip
_OBJECTIONS = compile_query(
    select(
        objection.c.id, objection.c.about, objection.c.broken_id, objection.c.words, objection.c.said_on,
        objection.c.answered_on, objection.c.answered_by_name, objection.c.answer, objection.c.upheld,
    )
    .where(objection.c.tenant_id == bindparam("tenant"), objection.c.contact_id == bindparam("contact"))
    .order_by(objection.c.said_on.desc(), objection.c.id.desc())
)  # fmt: skip
_SEEN = compile_query(
    select(wish.c.seen_at, wish.c.seen_broken, wish.c.corrected_months).where(
        wish.c.tenant_id == bindparam("tenant"), wish.c.contact_id == bindparam("contact")
    )
)

_SHIELDED = compile_query(
    select(case_file.c.shielded).where(
        case_file.c.tenant_id == bindparam("tenant"), case_file.c.id == bindparam("case")
    )
)


@dataclass(frozen=True, slots=True)
class Broken:
    """An assignment ended early by choice: promised and lasted months. `excused_on`: it does not count."""

    id: UUID
    promised_months: int
    lasted_months: int
    ended_on: date
    excused_on: date | None


@dataclass(frozen=True, slots=True)
class Objection:
    """ "Dette stemmer ikke", and what was answered. `upheld` is None until it is."""

    id: UUID
    about: str
    broken_id: UUID | None
    words: str
    said_on: date
    answered_on: date | None
    answered_by_name: str
    answer: str
    upheld: bool | None


@dataclass(frozen=True, slots=True)
class Stability:
    """What is said of one contact. `counts_since` is when they had seen it; None while it does not count."""

    longest_months: int
    broken: Sequence[Broken]
    objections: Sequence[Objection]
    counts_since: datetime | None
    seen: bool

    @property
    def broken_by_choice(self) -> int:
        """How many broken commitments count."""
        return sum(one.excused_on is None for one in self.broken)

    @property
    def open_objections(self) -> Sequence[Objection]:
        """Those nobody has answered."""
        return [one for one in self.objections if one.answered_on is None]


async def stability_of(uow: UnitOfWork, contact_id: UUID) -> Stability:
    """What is said of a contact today. The caller writes the access log."""
    values = {"tenant": uow.context.tenant, "contact": contact_id}
    ended = [Broken(**dict(row)) for row in await uow.rows(_BROKEN, **values)]
    said = [Objection(**dict(row)) for row in await uow.rows(_OBJECTIONS, **values)]
    seen = await uow.row(_SEEN, **values)
    months, _ = await home_months_and_hours(uow, contact_id)
    if seen is not None and seen["corrected_months"] is not None:
        months = max(months, seen["corrected_months"])
    many = sum(one.excused_on is None for one in ended)
    # One more than they saw must be seen anew; one less is only better for them.
    has_seen = seen is not None and seen["seen_at"] is not None and many <= seen["seen_broken"]
    waits = any(one.answered_on is None for one in said)
    since = seen["seen_at"] if seen is not None and has_seen and not waits else None
    return Stability(months, ended, said, since, has_seen)


def is_broken(held: AssignmentCard, promised_months: int) -> bool:
    """Whether an assignment that has ended was a commitment broken by choice (B12): the contact's own choice, after it had
    begun, before what they had promised. A trial that came to nothing never is.
    """
    if held.end_reason not in LEFT_BY_CHOICE or held.role != "regular" or promised_months <= 0:
        return False
    if held.starts_on is None or held.ended_on is None:
        return False
    return held.ended_on < add_months(held.starts_on, promised_months)


async def note_ending(uow: UnitOfWork, held: AssignmentCard) -> bool:
    """An assignment has just ended: keep whether that broke what the contact had promised. Again: nothing happens."""
    card = await contact_card(uow, held.contact_id)
    if not is_broken(held, card.commits_months) or held.starts_on is None or held.ended_on is None:
        return False
    known = await uow.session.scalar(
        select(BrokenCommitment.id).where(
            BrokenCommitment.tenant_id == uow.context.tenant, BrokenCommitment.assignment_id == held.id
        )
    )
    shielded = await uow.value(_SHIELDED, tenant=uow.context.tenant, case=held.case_id)
    if known is not None or shielded:
        return False
    lasted = max((held.ended_on - held.starts_on).days, 0) // DAYS_PER_MONTH
    uow.session.add(
        BrokenCommitment(
            tenant_id=uow.context.tenant, id=uuid7(), contact_id=held.contact_id, assignment_id=held.id,
            promised_months=card.commits_months, lasted_months=min(lasted, card.commits_months - 1), ended_on=held.ended_on,
        )
    )  # fmt: skip
    await uow.session.flush()
    await record_change(
        uow, "candidate.commitment_broken", "contact", held.contact_id, persons=[card.person_id]
    )
    return True


@on_case_shielded
async def forget_with_case(uow: UnitOfWork, case_id: UUID) -> None:
    """A case is shielded: what its contacts' endings say of them would say that there was somebody (E5)."""
    tenant = uow.context.tenant
    ids = select(BrokenCommitment.id).where(
        BrokenCommitment.tenant_id == tenant,
        BrokenCommitment.assignment_id.in_(
            select(assignment.c.id).where(assignment.c.tenant_id == tenant, assignment.c.case_id == case_id)
        ),
    )
    found = list((await uow.session.scalars(ids)).all())
    if found:
        await uow.session.execute(
            delete(PoolObjection).where(PoolObjection.tenant_id == tenant, PoolObjection.broken_id.in_(found))
        )
        await uow.session.execute(
            delete(BrokenCommitment).where(
                BrokenCommitment.tenant_id == tenant, BrokenCommitment.id.in_(found)
            )
        )


async def wish_row(uow: UnitOfWork, contact_id: UUID) -> PoolWish:
    """The contact's wishes of the pool, held; an empty row when there is none. The caller holds the contact."""
    found: PoolWish | None = await uow.session.scalar(
        select(PoolWish)
        .where(PoolWish.tenant_id == uow.context.tenant, PoolWish.contact_id == contact_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        found = PoolWish(
            tenant_id=uow.context.tenant, id=uuid7(), contact_id=contact_id, not_in=[], alternate_slots=[], area="",
            seen_broken=0, version=1,
        )  # fmt: skip
        uow.session.add(found)
        await uow.session.flush()
    return found


async def mark_seen(uow: UnitOfWork, contact_id: UUID, *, broken_shown: int) -> None:
    """The contact has seen what is said. `broken_shown` is what the page said: Conflict when it says more by now."""
    said = await stability_of(uow, contact_id)
    if said.broken_by_choice > broken_shown:
        raise Conflict(N_("Det som står om deg, er endret siden du åpnet siden. Se på det på nytt."))
    row = await wish_row(uow, contact_id)
    row.seen_at, row.seen_broken = now(), said.broken_by_choice
    row.version += 1
    await uow.session.flush()
    card = await contact_card(uow, contact_id)
    await record_change(uow, "candidate.stability_seen", "contact", contact_id, persons=[card.person_id])


async def object_to(
    uow: UnitOfWork, contact_id: UUID, about: str, broken_id: UUID | None, words: str
) -> UUID:
    """Keep "dette stemmer ikke". From now on nothing of the contact's stability counts until it is answered.

    Raises Invalid without words, NotFound for an ending that is not theirs, Conflict when that is objected to already.
    """
    if about not in ABOUT or (about == "broken") != (broken_id is not None):
        raise Invalid.one("om", N_("Velg hva som ikke stemmer."))
    if not words.strip():
        raise Invalid.one("ord", N_("Skriv hva som ikke stemmer."))
    if len(words) > LONGEST_WORDS:
        raise Invalid.one("ord", N_("Teksten er for lang. Skriv høyst %(most)s tegn."), most=LONGEST_WORDS)
    said = await stability_of(uow, contact_id)
    if broken_id is not None and broken_id not in {one.id for one in said.broken}:
        raise NotFound
    if any(one.about == about and one.broken_id == broken_id for one in said.open_objections):
        raise Conflict(N_("Du har allerede sagt fra om dette. Koordinatoren har ikke svart ennå."))
    row = PoolObjection(
        tenant_id=uow.context.tenant, id=uuid7(), contact_id=contact_id, about=about, broken_id=broken_id,
        words=words.strip(), said_on=today(),
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    card = await contact_card(uow, contact_id)
    await record_change(
        uow, "candidate.objected", "contact", contact_id, persons=[card.person_id], about=about
    )
    return row.id


async def answer_objection(
    uow: UnitOfWork,
    contact_id: UUID,
    objection_id: UUID,
    *,
    upheld: bool,
    answer: str,
    months: int | None = None,
) -> None:
    """The coordinator's answer, which the contact reads. Upheld: the ending does not count, or the months are corrected.

    Raises NotFound, Conflict when it is answered, Invalid without words or, for the longest, without months.
    """
    row = await uow.session.get(
        PoolObjection, (uow.context.tenant, objection_id), with_for_update=True, populate_existing=True
    )
    if row is None or row.contact_id != contact_id:
        raise NotFound
    if row.answered_on is not None:
        raise Conflict(N_("Noen andre har svart på dette."))
    if not answer.strip():
        raise Invalid.one("svar", N_("Skriv et svar til støttekontakten."))
    if len(answer) > LONGEST_WORDS:
        raise Invalid.one("svar", N_("Teksten er for lang. Skriv høyst %(most)s tegn."), most=LONGEST_WORDS)
    if upheld and row.about == "longest":
        if months is None or not 0 < months <= MOST_MONTHS:
            raise Invalid.one("maneder_rett", N_("Skriv hvor mange måneder det lengste oppdraget varte."))
        (await wish_row(uow, contact_id)).corrected_months = months
    if upheld and row.broken_id is not None:
        ended = await uow.session.get(
            BrokenCommitment, (uow.context.tenant, row.broken_id), with_for_update=True
        )
        if ended is not None:
            ended.excused_on = today()
    row.answered_on, row.answered_by_name = today(), uow.context.user_name
    row.answer, row.upheld = answer.strip(), upheld
    # They read the answer before anything of it counts again.
    (await wish_row(uow, contact_id)).seen_at = None
    await uow.session.flush()
    card = await contact_card(uow, contact_id)
    await notify_person(uow, card.person_id, "pool", once=f"pool_answer:{objection_id}")
    await record_change(
        uow, "candidate.objection_answered", "contact", contact_id, persons=[card.person_id], upheld=upheld
    )
