"""What follows when the names are shown: the two meet, and go on, or do not (B2, C4).

The match makes an assignment without a first day. The meeting is agreed and noted with the assignment's own machinery;
the day the two begin makes the match `done`. If it was not right the assignment ends before it began, which counts
against nobody: the order waits since the same day, the need is open again as old as it was, the candidate is free, and
what was learned is kept in closed words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from shared_pool.matching.loans import tell_lender
from shared_pool.matching.models import Proposal
from shared_pool.matching.queries import ProposalCard
from shared_pool.matching.steps import TRIAL_DAYS, end, locked, locked_for_need
from shared_pool.needs.api import reopen_need
from tenants.api import (
    AssignmentCard,
    EndedAssignment,
    MeetingCard,
    agreement_of,
    assignment,
    assignment_card,
    assignments_of_contact,
    end_agreements,
    end_assignment,
    held_order,
    meetings_of,
    on_assignment_end,
    on_start_agreed,
    order_of_need,
)

LEARNED = {
    "no_click": N_("De fant ikke tonen"),
    "times": N_("Tidene passet ikke likevel"),
    "distance": N_("Det ble for langt å reise"),
    "interests": N_("De ville gjøre ulike ting"),
    "changed_mind": N_("En av dem ombestemte seg"),
    "not_begun": N_("Oppdraget ble avsluttet før det begynte"),
    "other": N_("Noe annet"),
}
"""What a trial may teach: codes of models.LEARNED_CODES. Said to the region; nothing in them is about one of the two."""
CHOICES: Final = ("no_click", "times", "distance", "interests", "changed_mind", "other")
"""Those a coordinator chooses among."""
FROM_ENDING: Final = {"no_fit": "no_click"} | dict.fromkeys(
    ("contact_left", "user_wish", "contact_study", "contact_illness", "contact_birth"), "changed_mind"
)
"""What an assignment that was ended on its own page, before it began, teaches; else not_begun."""
_OF_PROPOSAL = compile_query(
    select(assignment.c.id).where(
        assignment.c.tenant_id == bindparam("tenant"), assignment.c.proposal_id == bindparam("proposal")
    )
)
_PROPOSAL_OF = compile_query(
    select(assignment.c.proposal_id).where(
        assignment.c.tenant_id == bindparam("tenant"), assignment.c.id == bindparam("assignment")
    )
)


@dataclass(frozen=True, slots=True)
class Trial:
    """Where two who were matched stand: the assignment, and their meetings by day."""

    assignment: AssignmentCard
    meetings: list[MeetingCard]

    @property
    def met(self) -> bool:
        """Whether they have met."""
        return any(one.state == "held" for one in self.meetings)

    @property
    def agreed(self) -> MeetingCard | None:
        """The meeting that is agreed and has not been noted."""
        return next((one for one in self.meetings if one.state == "agreed"), None)


async def trial_of(uow: UnitOfWork, proposal_id: UUID) -> Trial | None:
    """The trial of a match the reader may see; None before the names are shown, or for a case that is not theirs."""
    found = await uow.value(_OF_PROPOSAL, tenant=uow.context.tenant, proposal=proposal_id)
    if found is None:
        return None
    try:
        card = await assignment_card(uow, found)
    except NotFound:
        return None
    return Trial(card, await meetings_of(uow, [card.id]))


async def proposal_of(uow: UnitOfWork, assignment_id: UUID) -> UUID | None:
    """The proposal an assignment came from; None for one from home. The caller knows that the reader may see it."""
    found: UUID | None = await uow.value(_PROPOSAL_OF, tenant=uow.context.tenant, assignment=assignment_id)
    return found


def drags_on(card: ProposalCard) -> bool:
    """Whether the two should have met by now (B2 leaves the time to the municipality; we remind after 30 days)."""
    return (
        card.state == "matched"
        and card.matched_at is not None
        and card.matched_at + timedelta(days=TRIAL_DAYS) < now()
    )


async def end_trial(uow: UnitOfWork, proposal_id: UUID, learned: str) -> None:
    """It was not right: a code of CHOICES. Never counted against the contact, whatever it was.

    Raises Invalid without a code, Conflict when the names are not shown yet or the two go on.
    """
    if learned not in CHOICES:
        raise Invalid.one("laert", N_("Velg hva dere lærte."))
    row = await locked_for_need(uow, proposal_id)
    if row.state != "matched":
        raise Conflict(N_("De to prøver ikke lenger. Avslutt oppdraget på oppdragets side."))
    assignment_id = await uow.value(_OF_PROPOSAL, tenant=uow.context.tenant, proposal=proposal_id)
    if assignment_id is None:
        raise Conflict(N_("Navnene er ikke vist ennå. Prøv igjen om et øyeblikk."))
    await end(uow, row, "learned", "need", learned=learned)
    await end_assignment(uow, assignment_id, ended_on=today(), reason="no_fit")


@on_start_agreed
async def go_on(uow: UnitOfWork, assignment_id: UUID, proposal_id: UUID | None) -> None:
    """The two go on: the day they begin is agreed, and the match is done. Moving the day changes nothing."""
    row = await _matched(uow, proposal_id)
    if row is not None and row.state == "matched":
        row.state = "done"
        row.version += 1
        await uow.session.flush()
        await record_change(uow, "match.done", "proposal", row.id, assignment=assignment_id)
        await tell_lender(uow, row)


@on_assignment_end
async def after_assignment(uow: UnitOfWork, ended: EndedAssignment) -> None:
    """In the need's municipality: the match has lasted so long, or it was a trial. Of how it ended nothing is told (B12).
    Doing it again changes nothing.
    """
    row = await _matched(uow, ended.proposal_id)
    if row is not None and not ended.begun:
        if row.state in ("matched", "done"):
            await end(uow, row, "learned", "need", learned=FROM_ENDING.get(ended.reason, "not_begun"))
        await _free_again(uow, row, ended.contact_id)
    elif row is not None and row.state in ("matched", "done") and row.ended_at is None:
        row.state, row.ended_at, row.ended_by = "done", now(), "need"
        row.version += 1
        await uow.session.flush()
        await record_change(uow, "match.ended", "proposal", row.id)
        await tell_lender(uow, row)


async def _matched(uow: UnitOfWork, proposal_id: UUID | None) -> Proposal | None:
    if proposal_id is None:
        return None
    try:
        return await locked(uow, proposal_id, Proposal.need_tenant_id == uow.context.tenant)
    except NotFound:
        return None


async def _free_again(uow: UnitOfWork, row: Proposal, contact_id: UUID) -> None:
    """The need waits again, as old as it was, when its order does, and nothing is agreed for nothing."""
    order_id = await order_of_need(uow, row.need_id)
    if order_id is not None and (await held_order(uow, order_id)).state in ("sent", "accepted"):
        await reopen_need(uow, row.need_id)
    await unmake_agreement(uow, contact_id)


async def unmake_agreement(uow: UnitOfWork, contact_id: UUID) -> None:
    """An agreement nobody signed, made for a match that led nowhere, ends; not that of a contact who has other work here."""
    agreed = await agreement_of(uow, contact_id, today())
    unsigned = agreed is not None and not (agreed.signed_by_contact_on or agreed.signed_by_municipality_on)
    if unsigned and all(one.state == "ended" for one in await assignments_of_contact(uow, contact_id)):
        await end_agreements(uow, contact_id, last_day=today(), reason="agreed")
