"""From a proposal to a match: who proposes, who says yes, and in which order (C3, C4).

What each step is made of is in steps.py, what the lender says in lending.py, what time does in timing.py, and what
follows when the names are shown in trial.py.
"""

from __future__ import annotations

from datetime import date, timedelta
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
from sammen.policy.four_eyes import Approval
from shared_pool.engine.api import Fit
from shared_pool.geography.api import load_distances
from shared_pool.matching.deciders import require_decider
from shared_pool.matching.introductions import leave_introduction
from shared_pool.matching.loading import fits_for
from shared_pool.matching.models import Proposal
from shared_pool.matching.queries import LIVE, REFUSED
from shared_pool.matching.steps import (
    ANSWER_DAYS,
    GONE,
    HOLD_DAYS,
    MOST_NOTE,
    TIMED_OUT,
    check_order,
    check_reason,
    end,
    locked,
    locked_accepted,
    locked_for_need,
    stands_in,
    stepped,
    tell_candidate,
)
from shared_pool.matching.telling import check_no_of_need, check_note
from shared_pool.needs.api import NeedCard, locked_need, region_need, shown
from shared_pool.recruitment.api import (
    CandidateCard,
    describe,
    homes_of,
    open_candidate,
    own_candidate,
)
from shared_pool.weighing.api import weights_of
from tenants.api import contact_card, order_card, order_of_need, own_contact, record_match_consent

DECLINES = {
    "too_far": N_("For langt å reise"),
    "wrong_time": N_("Tidene passer ikke"),
    "wishes_other": N_("Brukeren ønsker en annen"),
    "has_one": N_("Brukeren har fått en annen"),
    "other": N_("Noe annet"),
}
"""Why the need's municipality says no: codes of models.DECLINE_CODES."""
BEFORE = N_("Noen har sagt nei til dette før. Velg en annen kandidat.")


# The region proposes ---------------------------------------------------------------------------------------------------
async def propose(uow: UnitOfWork, need_id: UUID, candidate_id: UUID, note: str) -> UUID:
    """Propose a candidate for an open need, with the reason in words, and hold them for three days; the proposal's id.

    In the region's context. Raises Invalid without a note or with one that may tell who it is, NotFound for a withdrawn
    candidate or need, Conflict when the need has a proposal, the candidate is held, somebody has said no to the two
    before, or a rule of the ranking stands in the way.
    """
    if not note.strip():
        raise Invalid.one("grunn", N_("Skriv kort hvorfor du foreslår kandidaten."))
    if len(note) > MOST_NOTE:
        raise Invalid({"grunn": BadInput("grunn", N_("Skriv høyst %(most)s tegn."), most=MOST_NOTE)})
    check_note(note)
    need = await region_need(uow, need_id)
    if not need.open:
        raise Conflict(N_("Behovet er ikke lenger åpent."))
    candidate = await open_candidate(uow, candidate_id)
    homes = await homes_of(uow, uow.context.region)
    distances, weights = await load_distances(uow), await weights_of(uow, uow.context.region)
    fit = fits_for(need, [candidate], homes, distances, weights)[0]
    if not fit.proposable:
        raise Conflict(N_("Kandidaten kan ikke foreslås for dette behovet. Se hva som står i veien i lista."))
    home = homes.get(candidate.home_id)
    if home is None:
        raise NotFound
    if await _refused(uow, need_id, candidate_id):
        raise Conflict(BEFORE)
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
        need_tenant_id=need.posted_by, home_id=candidate.home_id,
        asks_home=candidate.engaged_at_home and candidate.home_id != need.posted_by, need_card=shown(need),
        candidate_card=described,
        score=fit.score, reasons=[reason.stored() for reason in fit.reasons], proposer_note=note,
        proposed_by=uow.context.user, held_until=now() + timedelta(days=HOLD_DAYS),
    )  # fmt: skip


async def _refused(uow: UnitOfWork, need_id: UUID, candidate_id: UUID) -> bool:
    """Whether somebody has said no to these two, or they have met without going on."""
    found = await uow.session.scalar(
        select(Proposal.id)
        .where(
            Proposal.region_id == uow.context.region,
            Proposal.need_id == need_id,
            Proposal.candidate_id == candidate_id,
            Proposal.state.in_(REFUSED),
        )
        .limit(1)
    )
    return found is not None


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
    row = await locked(uow, proposal_id, Proposal.region_id == uow.context.region)
    if row.state != "proposed":
        raise Conflict(GONE)
    await end(uow, row, "withdrawn", "region")


# The need's municipality decides ---------------------------------------------------------------------------------------
async def accept(uow: UnitOfWork, proposal_id: UUID) -> None:
    """The municipality says yes. Raises Forbidden for whoever proposed (four eyes) and for who is not a decider here,
    Conflict when it is too late.
    """
    row = await locked_for_need(uow, proposal_id)
    if row.state != "proposed":
        raise Conflict(N_("Forslaget er allerede besvart."))
    if row.held_until <= now():
        raise Conflict(TIMED_OUT)
    by_another(row, uow.context.user)
    await require_decider(uow)
    if (await locked_need(uow, row.need_id)).state != "open":
        raise Conflict(N_("Behovet er ikke lenger åpent."))
    await check_order(uow, row)
    row.state, row.accepted_at, row.accepted_by = "accepted", now(), uow.context.user
    row.held_until = now() + timedelta(days=ANSWER_DAYS)
    await stepped(uow, row, "proposal.accepted")
    await tell_candidate(uow, row, "asked")


def by_another(row: Proposal, user_id: UUID) -> Approval:
    """Leave to say yes for a municipality to what somebody else proposed; the same person may have roles in both places.

    Raises Forbidden.
    """
    try:
        return Approval(proposed_by=row.proposed_by, decided_by=user_id)
    except Forbidden as error:
        raise Forbidden(N_("Du foreslo kandidaten selv. En annen må svare for kommunen.")) from error


async def decline(uow: UnitOfWork, proposal_id: UUID, code: str, words: str = "") -> None:
    """The municipality says no, with a code of DECLINES, also after its yes. The candidate is free again at once.

    Raises Invalid without a reason, "other" without words, or words that may tell who it is; Forbidden for who is not a
    decider here; Conflict.
    """
    said = check_reason(code, tuple(DECLINES), words)
    row = await locked_for_need(uow, proposal_id)
    if row.state not in LIVE:
        raise Conflict(GONE)
    await require_decider(uow)
    order_id = await order_of_need(uow, row.need_id)
    await check_no_of_need(uow, said, await order_card(uow, order_id) if order_id is not None else None)
    await end(uow, row, "declined", "need", code=code, words=said)


async def record_user_no(uow: UnitOfWork, proposal_id: UUID) -> None:
    """The service user, or who consents for them, does not want to meet this candidate. It needs no reason and costs
    nothing: the need waits on, since the same week.
    """
    row = await locked_accepted(uow, proposal_id)
    await end(uow, row, "declined", "user")


async def record_user_yes(uow: UnitOfWork, proposal_id: UUID, on: date) -> None:
    """The day the service user, or who consents for them, said yes to meeting this candidate.

    Raises Invalid on a day in the future.
    """
    if on > today():
        raise Invalid.one("ja_dato", N_("Datoen er i framtida. Skriv dagen brukeren sa ja."))
    row = await locked_accepted(uow, proposal_id)
    if row.user_yes_at is not None:
        raise Conflict(N_("Brukerens ja er allerede registrert."))
    order_id = await check_order(uow, row)
    if not stands_in(row):
        await record_match_consent(uow, order_id, on)
    row.user_yes_at = now()
    await stepped(uow, row, "proposal.user_yes", on=on)


async def record_pool_vetting(
    uow: UnitOfWork, proposal_id: UUID, *, police_shown_on: date, confidentiality_signed_on: date
) -> None:
    """Politiattest was shown to this municipality and confidentiality signed (B2): the days, and who saw them.

    Raises Invalid on days in the future.
    """
    row = await locked_accepted(uow, proposal_id)
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
    await stepped(uow, row, "proposal.vetted")


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
    row = await locked(
        uow, proposal_id, (Proposal.home_id == uow.context.tenant) & (Proposal.candidate_id == candidate.id)
    )
    if row.accepted_at is None:
        raise NotFound
    if row.state != "accepted" or row.candidate_yes_at is not None:
        raise Conflict(N_("Forespørselen er allerede besvart, eller ikke åpen lenger."))
    if row.held_until <= now():
        raise Conflict(N_("Fristen for å svare er gått ut."))
    if not yes:
        await end(uow, row, "declined", "candidate")
        return
    if not candidate.consents:
        raise Conflict(N_("Samtykket ditt til å stå i den felles banken gjelder ikke lenger."))
    await leave_introduction(uow, row, contact_id)
    row.candidate_yes_at = now()
    await stepped(uow, row, "proposal.candidate_yes")
