"""The named circle of a shielded case, and access given by name to another purchaser's case (A16, E5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.cases.duty import Colleague, colleagues, purchasers_at_work
from tenants.cases.models import CaseFile, CaseMember
from tenants.cases.service import case_for_change
from tenants.cases.shielding import shield_case
from tenants.people.api import person_card

LAST_ONE = N_(
    "Saken er skjermet, og da må minst én saksbehandler alltid ha tilgang uten sluttdato. Nevn en annen først."
)


@dataclass(frozen=True, slots=True)
class NamedMember:
    """Somebody named on a case, with why and for how long; `name` is empty when they no longer work here."""

    user_id: UUID
    name: str
    reason: str
    valid_from: date | None
    valid_to: date | None
    named_by_name: str

    def open_on(self, day: date) -> bool:
        """Whether the case is open to them on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or self.valid_to >= day
        )


async def members_of(uow: UnitOfWork, case_id: UUID) -> Sequence[NamedMember]:
    """Everybody named on a case, in the order they were named. The caller has seen the case."""
    names = {one.id: one.name for one in await colleagues(uow)}
    rows = await uow.session.scalars(
        select(CaseMember)
        .where(CaseMember.tenant_id == uow.context.tenant, CaseMember.case_id == case_id)
        .order_by(CaseMember.id)
    )
    return [
        NamedMember(row.user_id, names.get(row.user_id, ""), row.reason, row.valid_from, row.valid_to,
                    row.named_by_name)
        for row in rows
    ]  # fmt: skip


async def give_access(
    uow: UnitOfWork,
    case: CaseFile,
    user_id: UUID,
    *,
    reason: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> None:
    """Name somebody on a case, or change why and for how long. The caller has asked whether the reader may."""
    row = await uow.session.scalar(
        select(CaseMember).where(
            CaseMember.tenant_id == case.tenant_id,
            CaseMember.case_id == case.id,
            CaseMember.user_id == user_id,
        )
    )
    if row is None:
        row = CaseMember(tenant_id=case.tenant_id, id=uuid7(), case_id=case.id, user_id=user_id)
        uow.session.add(row)
    row.reason, row.valid_from, row.valid_to = reason, valid_from, valid_to
    row.named_by, row.named_by_name = uow.context.user_id, uow.context.user_name
    await uow.session.flush()
    await record_change(
        uow, "case.named", "case", case.id, persons=[case.person_id], user=user_id, valid_from=valid_from,
        valid_to=valid_to,
    )  # fmt: skip


async def name_member(
    uow: UnitOfWork, case_id: UUID, user_id: UUID, *, reason: str, valid_from: date, valid_to: date | None
) -> None:
    """The purchaser names a colleague on the case. Raises Invalid for somebody who is no colleague and for bad days."""
    _, case = await case_for_change(uow, case_id)
    if user_id not in {one.id for one in await colleagues(uow)}:
        raise Invalid.one("kollega", N_("Velg en kollega fra lista."))
    if valid_to is not None and valid_to < max(valid_from, today()):
        raise Invalid.one("til", N_("Sluttdatoen må være i dag eller senere, og ikke før startdatoen."))
    await give_access(uow, case, user_id, reason=reason, valid_from=valid_from, valid_to=valid_to)
    await _stays_open(uow, case)


async def name_on_case(uow: UnitOfWork, case_id: UUID, user_id: UUID) -> None:
    """Give a colleague access to a case from today and on. The purchaser's to do."""
    await name_member(uow, case_id, user_id, reason="", valid_from=today(), valid_to=None)


async def unname_member(uow: UnitOfWork, case_id: UUID, user_id: UUID) -> None:
    """Take a name off the case, at once. Raises Conflict for the last one of a shielded case. Harmless when gone."""
    _, case = await case_for_change(uow, case_id)
    gone = await uow.session.execute(
        delete(CaseMember)
        .where(
            CaseMember.tenant_id == case.tenant_id,
            CaseMember.case_id == case.id,
            CaseMember.user_id == user_id,
        )
        .returning(CaseMember.id)
    )
    if gone.first() is None:
        return
    await _stays_open(uow, case)
    await record_change(uow, "case.unnamed", "case", case.id, persons=[case.person_id], user=user_id)


async def shield_by_hand(uow: UnitOfWork, case_id: UUID, *, reason: str) -> None:
    """The purchaser shields a case, and is in its circle with the one responsible for it. Harmless again."""
    _, case = await case_for_change(uow, case_id)
    if case.shielded:
        return
    await shield_case(uow, case, why="by_hand")
    await give_access(uow, case, uow.context.user, reason=reason)


async def unshield(uow: UnitOfWork, case_id: UUID, *, reason: str) -> None:
    """Open a shielded case to the purchaser again. Raises Conflict while the person's address is protected (E5)."""
    _, case = await case_for_change(uow, case_id)
    if (await person_card(uow, case.person_id)).protected:
        raise Conflict(N_("Personen har sperret adresse. Da skal saken være skjermet."))
    if not case.shielded:
        return
    case.shielded = False
    case.version += 1
    await uow.session.flush()
    await record_change(uow, "case.unshielded", "case", case.id, persons=[case.person_id], why=reason)


def keeps_it_open(members: Sequence[NamedMember], deciders: Sequence[Colleague], day: date) -> bool:
    """Whether somebody who decides may open the case today, and no end date will take that away."""
    who = {one.id for one in deciders}
    return any(one.user_id in who and one.open_on(day) and one.valid_to is None for one in members)


async def _stays_open(uow: UnitOfWork, case: CaseFile) -> None:
    if case.shielded and not keeps_it_open(
        await members_of(uow, case.id), await purchasers_at_work(uow, case.purchaser), today()
    ):
        raise Conflict(LAST_ONE)


async def take_responsibility(uow: UnitOfWork, case_id: UUID, user_id: UUID) -> None:
    """Make a colleague of the same purchaser responsible for the case. Raises Invalid for anybody else."""
    _, case = await case_for_change(uow, case_id)
    chosen = next((one for one in await purchasers_at_work(uow, case.purchaser) if one.id == user_id), None)
    if chosen is None:
        raise Invalid.one("ansvarlig", N_("Velg en kollega fra lista."))
    if case.responsible_id == chosen.id:
        return
    case.responsible_id, case.responsible_name = chosen.id, chosen.name
    case.version += 1
    await uow.session.flush()
    if case.shielded:
        await give_access(uow, case, chosen.id, reason="")
    await record_change(
        uow, "case.responsible_changed", "case", case.id, persons=[case.person_id], user=chosen.id
    )
