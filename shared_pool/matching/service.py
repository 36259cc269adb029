"""From a proposal to a match: who proposes, who says yes, and in which order (C3, C4).

Each step runs in the context of the place it happens in, is written in that place's trail, and is refused when it is
not that place's to take. The last yes makes the match, and queues what follows from it in each municipality's own
context (jobs.py).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import random_id
from sammen.jobs.queue import enqueue_for
from sammen.tenancy.context import PlaceKind
from shared_pool.engine.api import Fit
from shared_pool.matching.introductions import forget_introduction, leave_introduction
from shared_pool.matching.loading import fits_for
from shared_pool.matching.loans import tell_lender
from shared_pool.matching.models import Proposal
from shared_pool.matching.queries import LIVE
from shared_pool.needs.api import NeedCard, locked_need, on_need_closed, region_need, shown
from shared_pool.recruitment.api import (
    CandidateCard,
    describe,
    homes_of,
    on_candidate_withdrawn,
    open_candidate,
    own_candidate,
)
from tenants.api import (
    contact_card,
    held_order,
    order_card,
    order_of_need,
    own_contact,
    record_match_consent,
)

HOLD_DAYS = 3
"""How long a candidate is held for the municipality's answer."""
ANSWER_DAYS = 14
"""How long, from that answer, for the service user, the candidate and the vetting."""
MOST_NOTE = 300
GONE = N_("Forslaget er ikke lenger åpent.")
TIMED_OUT = N_("Fristen gikk ut, og kandidaten holdes ikke av lenger.")


# The region proposes ---------------------------------------------------------------------------------------------------
async def propose(uow: UnitOfWork, need_id: UUID, candidate_id: UUID, note: str) -> UUID:
    """Propose a candidate for an open need, with the reason in words, and hold them for three days; the proposal's id.

    In the region's context. Raises Invalid without a note, NotFound for a withdrawn candidate or need, Conflict when
    the need has a proposal, the candidate is held, or a rule of the ranking stands in the way.
    """
    if not note.strip():
        raise Invalid.one("grunn", N_("Skriv kort hvorfor du foreslår kandidaten."))
    if len(note) > MOST_NOTE:
        raise Invalid({"grunn": BadInput("grunn", N_("Skriv høyst %(most)s tegn."), most=MOST_NOTE)})
    need = await region_need(uow, need_id)
    if not need.open:
        raise Conflict(N_("Behovet er ikke lenger åpent."))
    candidate = await open_candidate(uow, candidate_id)
    homes = await homes_of(uow, uow.context.region)
    fit = fits_for(need, [candidate], homes)[0]
    if not fit.proposable:
        raise Conflict(N_("Kandidaten kan ikke foreslås for dette behovet. Se hva som står i veien i lista."))
    home = homes.get(candidate.home_id)
    if home is None:
        raise NotFound
    await _release_overdue(uow, (Proposal.need_id == need_id) | (Proposal.candidate_id == candidate_id))
    row = _new(uow, need, candidate, home.name, fit, note.strip())
    try:
        async with uow.session.begin_nested():
            uow.session.add(row)
            await uow.session.flush()
    except IntegrityError as error:
        if "uq_proposal_need_held" in str(error.orig):
            raise Conflict(N_("Behovet har allerede et forslag. Vent på svaret, eller trekk det.")) from error
        if "uq_proposal_candidate_held" in str(error.orig):
            raise Conflict(N_("Kandidaten holdes av for et annet behov.")) from error
        raise
    await record_change(
        uow, "proposal.made", "proposal", row.id, persons=[candidate.id], need=need.code, candidate=candidate.code,
        score=fit.score,
    )  # fmt: skip
    return row.id


def _new(
    uow: UnitOfWork, need: NeedCard, candidate: CandidateCard, home: str, fit: Fit, note: str
) -> Proposal:
    described = describe(candidate, home) | {
        "parts": [[part.code, part.points, part.most] for part in fit.parts],
        "load": fit.load.value,
        "load_reason": fit.load_reason.stored(),
    }
    return Proposal(
        region_id=uow.context.region, id=random_id(), need_id=need.id, candidate_id=candidate.id,
        need_tenant_id=need.posted_by, home_id=candidate.home_id, need_card=shown(need), candidate_card=described,
        score=fit.score, reasons=[reason.stored() for reason in fit.reasons], proposer_note=note,
        proposed_by=uow.context.user, held_until=now() + timedelta(days=HOLD_DAYS),
    )  # fmt: skip


async def _release_overdue(uow: UnitOfWork, about: ColumnElement[bool]) -> None:
    """Close proposals that nobody answered in time, should the clock's job be late."""
    await uow.session.execute(
        update(Proposal)
        .where(
            Proposal.region_id == uow.context.region,
            about,
            Proposal.state == "proposed",
            Proposal.held_until <= now(),
        )
        .values(state="expired", ended_at=now(), ended_by="time", version=Proposal.version + 1)
    )


async def retract(uow: UnitOfWork, proposal_id: UUID) -> None:
    """The region takes back a proposal that the municipality has not answered. Raises NotFound, Conflict."""
    row = await _locked(uow, proposal_id, Proposal.region_id == uow.context.region)
    if row.state != "proposed":
        raise Conflict(GONE)
    await _end(uow, row, "withdrawn", "region", "")


# The need's municipality decides ---------------------------------------------------------------------------------------
async def accept(uow: UnitOfWork, proposal_id: UUID) -> None:
    """The municipality says yes. Raises Forbidden for whoever proposed (four eyes), Conflict when it is too late."""
    row = await _for_need(uow, proposal_id)
    if row.state != "proposed":
        raise Conflict(N_("Forslaget er allerede besvart."))
    if row.held_until <= now():
        raise Conflict(TIMED_OUT)
    if row.proposed_by == uow.context.user:
        raise Forbidden(N_("Du foreslo kandidaten selv. En annen må svare for kommunen."))
    if (await locked_need(uow, row.need_id)).state != "open":
        raise Conflict(N_("Behovet er ikke lenger åpent."))
    await _check_order(uow, row)
    row.state, row.accepted_at, row.accepted_by = "accepted", now(), uow.context.user
    row.held_until = now() + timedelta(days=ANSWER_DAYS)
    await _stepped(uow, row, "proposal.accepted")


async def decline(uow: UnitOfWork, proposal_id: UUID, reason: str) -> None:
    """The municipality, or its service user, says no, with a reason. The candidate is free again at once."""
    if not reason.strip():
        raise Invalid.one("grunn", N_("Skriv kort hvorfor dere sier nei."))
    if len(reason) > MOST_NOTE:
        raise Invalid({"grunn": BadInput("grunn", N_("Skriv høyst %(most)s tegn."), most=MOST_NOTE)})
    row = await _for_need(uow, proposal_id)
    if row.state not in LIVE:
        raise Conflict(GONE)
    await _end(uow, row, "declined", "need", reason.strip())


async def record_user_yes(uow: UnitOfWork, proposal_id: UUID, on: date) -> None:
    """The day the service user, or who consents for them, said yes to meeting this candidate.

    Raises Invalid on a day in the future.
    """
    if on > today():
        raise Invalid.one("ja_dato", N_("Datoen er i framtida. Skriv dagen brukeren sa ja."))
    row = await _accepted(uow, proposal_id)
    if row.user_yes_at is not None:
        raise Conflict(N_("Brukerens ja er allerede registrert."))
    order_id = await _check_order(uow, row)
    await record_match_consent(uow, order_id, on)
    row.user_yes_at = now()
    await _stepped(uow, row, "proposal.user_yes", on=on)


async def record_pool_vetting(
    uow: UnitOfWork, proposal_id: UUID, *, police_shown_on: date, confidentiality_signed_on: date
) -> None:
    """Politiattest was shown to this municipality and confidentiality signed (B2): the days, and who saw them.

    Raises Invalid on days in the future.
    """
    row = await _accepted(uow, proposal_id)
    if row.vetted_at is not None:
        raise Conflict(N_("Politiattest og taushetserklæring er allerede registrert."))
    faults = {
        name: BadInput(name, N_("Datoen er i framtida. Skriv dagen det skjedde."))
        for name, day in (("politiattest", police_shown_on), ("taushet", confidentiality_signed_on))
        if day > today()
    }
    if faults:
        raise Invalid(faults)
    row.police_shown_on, row.confidentiality_signed_on = police_shown_on, confidentiality_signed_on
    row.vetted_at, row.vetted_by = now(), uow.context.user
    await _stepped(uow, row, "proposal.vetted")


# The candidate answers -------------------------------------------------------------------------------------------------
async def answer(uow: UnitOfWork, proposal_id: UUID, *, yes: bool) -> None:
    """The candidate says yes or no, in their own pages at home. A no costs nothing and needs no reason.

    A yes leaves the name for the need's municipality alone. Raises NotFound for anybody but the candidate, Conflict
    when it is too late or the consent has been taken back.
    """
    contact_id = await own_contact(uow)
    if contact_id is None:
        raise NotFound
    candidate = await own_candidate(uow, (await contact_card(uow, contact_id)).candidate_id)
    if candidate is None:
        raise NotFound
    row = await _locked(
        uow, proposal_id, (Proposal.home_id == uow.context.tenant) & (Proposal.candidate_id == candidate.id)
    )
    if row.accepted_at is None:
        raise NotFound
    if row.state != "accepted" or row.candidate_yes_at is not None:
        raise Conflict(N_("Forespørselen er allerede besvart, eller ikke åpen lenger."))
    if row.held_until <= now():
        raise Conflict(N_("Fristen for å svare er gått ut."))
    if not yes:
        await _end(uow, row, "declined", "candidate", "")
        return
    if not candidate.consents:
        raise Conflict(N_("Samtykket ditt til å stå i den felles banken gjelder ikke lenger."))
    await leave_introduction(uow, row, contact_id)
    row.candidate_yes_at = now()
    await _stepped(uow, row, "proposal.candidate_yes")


# What ends it, and what makes it a match -------------------------------------------------------------------------------
async def expire_overdue(uow: UnitOfWork) -> int:
    """Close the proposals whose time is out; how many. The region closes those the municipality has not answered, and
    that municipality those that were not completed. Until it is done every step refuses them anyway.
    """
    context = uow.context
    if context.region_id is not None:
        ours = (Proposal.region_id == context.region) & (Proposal.state == "proposed")
    else:
        ours = (Proposal.need_tenant_id == context.tenant) & (Proposal.state == "accepted")
    found = await uow.session.scalars(
        select(Proposal)
        .where(ours, Proposal.held_until <= now())
        .order_by(Proposal.id)
        .with_for_update(skip_locked=True)
    )
    rows = found.all()
    for row in rows:
        await _end(uow, row, "expired", "time", "")
    return len(rows)


@on_need_closed
async def end_for_need(uow: UnitOfWork, need_id: UUID, why: str) -> None:
    """A need was withdrawn or expired: what was under way for it ends, also a match nobody has carried out yet.

    A match that has been carried out has filled its need, which then is not closed this way.
    """
    ours = (Proposal.need_tenant_id == uow.context.tenant) & (Proposal.need_id == need_id)
    await _end_all(uow, ours, "need", why, states=(*LIVE, "matched"))


@on_candidate_withdrawn
async def end_for_candidate(uow: UnitOfWork, candidate_id: UUID) -> None:
    """A candidate took their consent back: what was under way for them ends."""
    await _end_all(
        uow, (Proposal.home_id == uow.context.tenant) & (Proposal.candidate_id == candidate_id), "home"
    )


async def _end_all(
    uow: UnitOfWork, ours: ColumnElement[bool], side: str, why: str = "", *, states: tuple[str, ...] = LIVE
) -> None:
    found = await uow.session.scalars(
        select(Proposal)
        .where(ours, Proposal.state.in_(states))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for row in found.all():
        await _end(uow, row, "withdrawn", side, why)


async def undo_match(uow: UnitOfWork, row: Proposal, why: str) -> None:
    """In the need's municipality: a match that could not become an assignment comes to nothing, at the lender too."""
    await _end(uow, row, "withdrawn", "need", why)


async def _end(uow: UnitOfWork, row: Proposal, state: str, side: str, reason: str) -> None:
    """The proposal comes to nothing; a name that was left goes with it. The region has no right to that table."""
    matched = row.state == "matched"
    row.state, row.ended_at, row.ended_by, row.end_reason = state, now(), side, reason
    row.version += 1
    await uow.session.flush()
    if uow.context.region_id is None:
        await forget_introduction(uow, row)
    await record_change(uow, f"proposal.{state}", "proposal", row.id, side=side)
    if matched:
        await tell_lender(uow, row)


async def _stepped(uow: UnitOfWork, row: Proposal, action: str, **details: Any) -> None:
    """A yes was given. With the last of them it is a match, and each municipality gets its own job."""
    every_yes = all((row.accepted_at, row.user_yes_at, row.candidate_yes_at, row.vetted_at))
    if every_yes:
        row.state, row.matched_at = "matched", now()
    row.version += 1
    await uow.session.flush()
    await record_change(uow, action, "proposal", row.id, matched=every_yes, **details)
    if every_yes:
        told = {"proposal": row.id}
        await enqueue_for(uow, PlaceKind.MUNICIPALITY, row.need_tenant_id, "matching.carry_out", told)
        await tell_lender(uow, row)


async def _locked(uow: UnitOfWork, proposal_id: UUID, ours: ColumnElement[bool]) -> Proposal:
    row = await uow.session.scalar(
        select(Proposal)
        .where(Proposal.id == proposal_id, ours)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


async def _for_need(uow: UnitOfWork, proposal_id: UUID) -> Proposal:
    """A proposal for the municipality's own need, after its order: whoever fills that at the same time comes first or
    second, and the second finds what the first has done.
    """
    ours = Proposal.need_tenant_id == uow.context.tenant
    need_id = await uow.session.scalar(select(Proposal.need_id).where(Proposal.id == proposal_id, ours))
    order_id = await order_of_need(uow, need_id) if need_id is not None else None
    if order_id is not None:
        await held_order(uow, order_id)
    return await _locked(uow, proposal_id, ours)


async def _accepted(uow: UnitOfWork, proposal_id: UUID) -> Proposal:
    """A proposal the municipality has said yes to and that still waits for others. Raises Conflict otherwise."""
    row = await _for_need(uow, proposal_id)
    if row.state == "proposed":
        raise Conflict(N_("Kommunen må si ja til forslaget først."))
    if row.state != "accepted":
        raise Conflict(GONE)
    if row.held_until <= now():
        raise Conflict(TIMED_OUT)
    return row


async def _check_order(uow: UnitOfWork, row: Proposal) -> UUID:
    """The order the need was posted for: the reader may see its case, and it still waits. Raises NotFound, Conflict."""
    order_id = await order_of_need(uow, row.need_id)
    if order_id is None:
        raise Conflict(N_("Behovet hører ikke lenger til noen bestilling."))
    if not (await order_card(uow, order_id)).open:
        raise Conflict(N_("Bestillingen har fått en støttekontakt, eller er sendt tilbake."))
    return order_id
