"""Decisions that follow another: a change or renewal, an ending; and an application that is withdrawn (A15)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict
from sammen.i18n_mark import N_
from tenants.cases.api import (
    Application,
    CaseFile,
    Mapping,
    WithdrawnApplication,
    add_months,
    allocation_rules,
    case_for_change,
    grounds_on,
    on_withdrawn,
)
from tenants.decisions.checking import own_grounds
from tenants.decisions.hooks import DecidedDecision, tell_decided
from tenants.decisions.models import Decision
from tenants.decisions.queries import GrantCard, grants_of
from tenants.decisions.rules import GrantFacts, period_after
from tenants.decisions.service import SENT, at_work, begin_deciding, new_draft, write_grants
from tenants.decisions.settling import GIVES

NOTHING_IN_FORCE = N_("Saken har ikke noe vedtak som gjelder nå. Skriv et nytt vedtak i stedet.")
OTHER_DRAFT = N_(
    "Det ligger alt en kladd til et annet vedtak i saken. Gjør den ferdig, eller slett den først."
)


async def in_force(uow: UnitOfWork, case_id: UUID) -> list[Decision]:
    """The case's decisions that give something, newest first."""
    found = await uow.session.scalars(
        select(Decision)
        .where(
            Decision.tenant_id == uow.context.tenant,
            Decision.case_id == case_id,
            Decision.state == "issued",
            Decision.kind.in_(GIVES),
        )
        .order_by(Decision.decided_on.desc(), Decision.id.desc())
    )
    return list(found)


async def ran_out_of(uow: UnitOfWork, case_id: UUID) -> list[Decision]:
    """The case's decisions whose services have all run out, the newest first."""
    found = await uow.session.scalars(
        select(Decision)
        .where(
            Decision.tenant_id == uow.context.tenant,
            Decision.case_id == case_id,
            Decision.state == "ended",
            Decision.kind.in_(GIVES),
        )
        .order_by(Decision.decided_on.desc(), Decision.id.desc())
    )
    return list(found)


async def draft_from(
    uow: UnitOfWork, case_id: UUID, *, replaces: UUID | None = None, kind: str = "change", own_words: str = ""
) -> UUID:
    """A draft that replaces the decision in force (the newest, or `replaces`), its text and services carried over: the
    id. `kind` is change (also a renewal) or ending. `own_words` take the place of the old ones when given.

    A draft that replaces the same one already is given back as it stands. No application is asked for (A7). When
    nothing is in force, what ran out last (or `replaces`) is carried over into a new grant like it. Raises
    Conflict when nothing is in force or another decision is at work, Forbidden for somebody else's case.
    """
    card, case = await case_for_change(uow, case_id)
    known = await at_work(uow, case.id)
    candidates = await in_force(uow, case.id)
    ran_out = not candidates and kind == "change"
    if ran_out:
        candidates = await ran_out_of(uow, case.id)
    old = next((one for one in candidates if replaces is None or one.id == replaces), None)
    if old is None:
        raise Conflict(NOTHING_IN_FORCE)
    if known is not None:
        if known.state == "draft" and known.replaces_id == (None if ran_out else old.id):
            return known.id
        raise Conflict(SENT if known.state == "proposed" else OTHER_DRAFT)
    services = [
        grant for grant in await grants_of(uow, case.id) if grant.decision_id == old.id and not grant.ended_on
    ]
    rules = await allocation_rules(uow, today())
    codes = [ground.code for ground in own_grounds(await grounds_on(uow, today()), card.purchaser)]
    kept = old.legal_ground if old.legal_ground in codes else None
    draft = new_draft(uow, case.id)
    draft.replaces_id, draft.kind = (None, "grant") if ran_out else (old.id, kind)
    draft.goal, draft.own_words = old.goal, own_words or old.own_words
    draft.reasons = "" if kind == "ending" else old.reasons
    draft.legal_ground = kept or (codes[0] if len(codes) == 1 else None)
    await uow.session.flush()
    if kind == "change":
        follows = [_following(grant, soon=rules.expiry_days) for grant in services]
        begins = min((grant.valid_from for grant in follows if grant.valid_from), default=today())
        draft.evaluate_on = add_months(begins, min(rules.evaluation_months, 12))
        await write_grants(uow, draft, follows)
    await begin_deciding(uow, case)
    await record_change(uow, "decision.drafted", "case", case.id, persons=[case.person_id], replaces=old.id)
    return draft.id


def _following(grant: GrantCard, *, soon: int) -> GrantFacts:
    first, last = period_after(grant.last_day, today(), soon=soon)
    return GrantFacts(
        grant.form, grant.amount, grant.unit, grant.times, first, last, grant.content, grant.goal
    )


async def discard_draft(uow: UnitOfWork, case_id: UUID, *, version: int) -> None:
    """Delete the case's draft; the trail keeps that there was one. Raises Conflict when it is proposed or changed."""
    _, case = await case_for_change(uow, case_id)
    draft = await at_work(uow, case.id)
    if draft is None:
        return
    if draft.state == "proposed" or draft.version != version:
        raise Conflict(SENT)
    await uow.session.delete(draft)
    if case.state == "deciding":
        mapped = await uow.session.scalar(
            select(func.count()).where(Mapping.tenant_id == case.tenant_id, Mapping.case_id == case.id)
        )
        case.state = "mapping" if mapped else "received"
    case.version += 1
    await uow.session.flush()
    await record_change(uow, "decision.discarded", "case", case.id, persons=[case.person_id])


async def drop_at_work(uow: UnitOfWork, case_id: UUID) -> None:
    """What is written or sent for reading in a case whose person has died or moved is dropped: nobody is to decide it.

    Unlike `discard_draft` it asks nobody: the caller has, and closes the case.
    """
    draft = await at_work(uow, case_id)
    if draft is None:
        return
    if draft.state == "proposed":
        draft.state = "draft"
        await uow.session.flush()
    case = await uow.session.get(CaseFile, (draft.tenant_id, case_id))
    await uow.session.delete(draft)
    await uow.session.flush()
    await record_change(
        uow, "decision.discarded", "case", case_id, persons=[case.person_id] if case is not None else []
    )


@on_withdrawn
async def note_withdrawal(uow: UnitOfWork, told: WithdrawnApplication) -> None:
    """An application was taken back: a decision of its own kind, made at once, since there is nothing to weigh and nobody
    loses anything (A15). A draft that answered it goes. Raises Conflict when one is proposed already.
    """
    tenant = uow.context.tenant
    draft = await at_work(uow, told.case_id)
    if told.closes_case and draft is not None and draft.replaces_id is None:
        if draft.state == "proposed":
            raise Conflict(SENT)
        await uow.session.delete(draft)
        await uow.session.flush()
    application = await uow.session.get(Application, (tenant, told.application_id))
    decision = new_draft(uow, told.case_id)
    decision.kind, decision.state = "withdrawal", "issued"
    decision.legal_ground = application.legal_ground if application is not None else None
    decision.decided_on, decision.issued_at = told.on, now()
    decision.decided_by, decision.decided_by_name = uow.context.user_id, uow.context.user_name
    await uow.session.flush()
    await tell_decided(uow, DecidedDecision(told.case_id, told.person_id, decision.id, "withdrawal", told.on))
