"""From draft to issued decision, in two steps by two people. What follows from an issued one is in settling.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.policy.four_eyes import Approval, declared_impartial
from tenants.cases.api import (
    NOT_YOURS,
    STALE,
    CaseCard,
    CaseFile,
    allocation_rules,
    case_card,
    case_for_change,
    may_decide_for,
)
from tenants.decisions.checking import errors_in
from tenants.decisions.deciders import may_issue_for, other_deciders
from tenants.decisions.hooks import DecidedDecision, tell_decided
from tenants.decisions.models import Decision, ServiceGrant
from tenants.decisions.queries import decision_card, grants_of
from tenants.decisions.rules import GrantFacts
from tenants.decisions.settling import GIVES, settle_decision
from tenants.people.api import person_card

SENT = N_("Vedtaket er sendt til godkjenning. Ta det tilbake hvis du vil endre det.")
NOT_PROPOSED = N_(
    "Vedtaket er ikke lenger til godkjenning. Noen andre har fattet det, endret det eller tatt det tilbake."
)
NOBODY_ELSE = N_(
    "Ingen andre kan fatte vedtaket i denne saken. Gi en kollega innsyn i saken, og send det så på nytt."
)
FREE_KINDS = ("grant", "partial", "refusal")
FOLLOWING_KINDS = ("change", "ending")


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """A decision as written so far; a draft may leave anything out. See models.Decision."""

    kind: str
    grants: Sequence[GrantFacts]
    goal: str
    own_words: str
    reasons: str
    legal_ground: str | None
    evaluate_on: date | None
    not_granted: str = ""
    ends_on: date | None = None
    outcome: str = ""


async def at_work(uow: UnitOfWork, case_id: UUID) -> Decision | None:
    """The case's draft or proposed decision, locked: there is one at most."""
    found: Decision | None = await uow.session.scalar(
        select(Decision)
        .where(
            Decision.tenant_id == uow.context.tenant,
            Decision.case_id == case_id,
            Decision.state.in_(("draft", "proposed")),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found


async def save_decision(uow: UnitOfWork, case_id: UUID, facts: DecisionFacts, *, version: int) -> Decision:
    """Write the case's draft decision. `version` is the draft's as shown, 0 for a new one.

    Raises Conflict on a stale one and on one that is proposed, Invalid for a kind that does not follow from what it
    replaces.
    """
    _, case = await case_for_change(uow, case_id)
    draft = await at_work(uow, case.id)
    if (draft.version if draft else 0) != version:
        raise Conflict(
            STALE,
            theirs=_shown(draft.goal, draft.reasons) if draft else {},
            yours=_shown(facts.goal, facts.reasons),
        )
    if draft is not None and draft.state == "proposed":
        raise Conflict(SENT)
    if facts.kind not in (FOLLOWING_KINDS if draft is not None and draft.replaces_id else FREE_KINDS):
        raise Invalid.one("utfall", N_("Velg et utfall fra lista."))
    if draft is None:
        draft = new_draft(uow, case.id)
    else:
        draft.version += 1
    for name in (
        "kind",
        "goal",
        "own_words",
        "reasons",
        "not_granted",
        "legal_ground",
        "evaluate_on",
        "ends_on",
        "outcome",
    ):
        setattr(draft, name, getattr(facts, name))
    await uow.session.flush()
    await write_grants(uow, draft, facts.grants if facts.kind in GIVES else ())
    await begin_deciding(uow, case)
    await record_change(uow, "decision.saved", "case", case.id, persons=[case.person_id])
    return draft


def new_draft(uow: UnitOfWork, case_id: UUID) -> Decision:
    """An empty draft by the reader, in the session."""
    draft = Decision(
        tenant_id=uow.context.tenant, id=uuid7(), case_id=case_id, state="draft", impartial=[],
        written_by=uow.context.user_id, written_by_name=uow.context.user_name,
    )  # fmt: skip
    uow.session.add(draft)
    return draft


async def begin_deciding(uow: UnitOfWork, case: CaseFile) -> None:
    """A case nobody had begun to decide is under work."""
    if case.state in ("received", "mapping"):
        case.state = "deciding"
    case.version += 1
    await uow.session.flush()


def _shown(goal: str, reasons: str) -> dict[str, str]:
    return {N_("Målet med tjenesten"): goal, N_("Begrunnelse"): reasons}


async def write_grants(uow: UnitOfWork, draft: Decision, grants: Sequence[GrantFacts]) -> None:
    """Replace the draft's services. One that goes on from the decision it replaces joins that one's line."""
    await uow.session.execute(
        delete(ServiceGrant).where(
            ServiceGrant.tenant_id == draft.tenant_id, ServiceGrant.decision_id == draft.id
        )
    )
    lines = {
        was.form: was.line_id or was.id
        for was in (await grants_of(uow, draft.case_id) if draft.replaces_id else ())
        if was.decision_id == draft.replaces_id and was.ended_on is None
    }
    for grant in grants:
        uow.session.add(
            ServiceGrant(
                tenant_id=draft.tenant_id, id=uuid7(), decision_id=draft.id, form=grant.form, amount=grant.amount,
                unit=grant.unit, times=grant.times, content=grant.content, goal=grant.goal,
                valid_from=grant.valid_from, valid_to=grant.valid_to, line_id=lines.get(grant.form),
            )
        )  # fmt: skip
    await uow.session.flush()


async def propose_decision(
    uow: UnitOfWork, case_id: UUID, facts: DecisionFacts, *, version: int, impartial: bool
) -> UUID:
    """Save, and send to somebody else who decides. The writer declares that they are impartial (fvl. § 6).

    Raises Invalid with everything that is missing, vague or forbidden (checking.errors_in), each by its field.
    """
    draft = await save_decision(uow, case_id, facts, version=version)
    errors = await errors_in(uow, draft)
    try:
        declared_impartial(impartial)
    except Invalid as bad:
        errors |= bad.errors
    case = await case_card(uow, case_id)
    rules = await allocation_rules(uow, today())
    if rules.four_eyes and not await other_deciders(uow, case, {draft.written_by, uow.context.user_id}):
        errors |= {"": BadInput("", NOBODY_ELSE)}
    _raise(errors)
    person = await person_card(uow, case.person_id)
    draft.interpreter = person.interpreter_language if person.needs_interpreter else ""
    draft.individual_plan = person.individual_plan
    draft.state, draft.proposed_at = "proposed", now()
    draft.proposed_by, draft.proposed_by_name = uow.context.user_id, uow.context.user_name
    draft.impartial = [uow.context.user_name]
    draft.return_note, draft.returned_by_name = "", ""
    await _changed(uow, draft, "decision.proposed", person.id)
    return draft.id


def _raise(errors: dict[str, BadInput]) -> None:
    if errors:
        raise Invalid(errors)


async def _held(uow: UnitOfWork, decision_id: UUID, *, version: int) -> tuple[CaseCard, CaseFile, Decision]:
    """A proposed decision for the next step, with its case, both locked. Raises NotFound, Forbidden and Conflict."""
    card = await case_card(uow, (await decision_card(uow, decision_id)).case_id)
    if not may_issue_for(uow.context, card):
        raise Forbidden(NOT_YOURS)
    tenant = uow.context.tenant
    # The case first, as everything else that changes a case takes it: two steps at once then wait in turn.
    case = await uow.session.get(CaseFile, (tenant, card.id), with_for_update=True, populate_existing=True)
    decision = await uow.session.get(
        Decision, (tenant, decision_id), with_for_update=True, populate_existing=True
    )
    if case is None or decision is None:
        raise NotFound
    if decision.state != "proposed" or decision.version != version:
        raise Conflict(NOT_PROPOSED)
    return card, case, decision


async def issue_decision(uow: UnitOfWork, decision_id: UUID, *, version: int, impartial: bool) -> UUID:
    """Make a proposed decision. Each granted service becomes an order to the provider; letters follow (on_decided).

    Somebody else than who wrote and proposed it, where the municipality asks for four eyes (AllocationRules); who decides
    declares that they are impartial (fvl. § 6). Everything is asked for anew, on the day. Raises Forbidden, Invalid, and
    Conflict when somebody was first.
    """
    _, case, decision = await _held(uow, decision_id, version=version)
    rules = await allocation_rules(uow, today())
    for hand in {decision.written_by, decision.proposed_by} - {None}:
        assert hand is not None
        Approval(hand, uow.context.user, rules.four_eyes)
    declared_impartial(impartial)
    _raise(await errors_in(uow, decision))
    decision.impartial = [*decision.impartial, uow.context.user_name]
    decision.version += 1
    case.version += 1
    await settle_decision(uow, case, decision, decided_on=today())
    await record_change(
        uow, "decision.issued", "case", case.id, persons=[case.person_id], kind=decision.kind,
        proposed_by=decision.proposed_by,
    )  # fmt: skip
    await tell_decided(uow, DecidedDecision(case.id, case.person_id, decision.id, decision.kind, today()))
    return decision.id


async def return_decision(uow: UnitOfWork, decision_id: UUID, note: str, *, version: int) -> None:
    """Send a proposed decision back to its writer with what should be changed. Raises Invalid without a note."""
    _, case, decision = await _held(uow, decision_id, version=version)
    if not note.strip():
        raise Invalid.one("merknad", N_("Skriv hva som må endres."))
    decision.state, decision.return_note = "draft", note.strip()
    decision.returned_by_name, decision.impartial = uow.context.user_name, []
    await _changed(uow, decision, "decision.returned", case.person_id)


async def take_back(uow: UnitOfWork, decision_id: UUID, *, version: int) -> None:
    """Who proposed a decision, or a colleague who decides in the case, takes it back to write on it."""
    _, case, decision = await _held(uow, decision_id, version=version)
    if not may_decide_for(uow.context, case.purchaser):
        raise Forbidden(NOT_YOURS)
    decision.state, decision.impartial = "draft", []
    await _changed(uow, decision, "decision.taken_back", case.person_id)


async def _changed(uow: UnitOfWork, decision: Decision, action: str, person_id: UUID) -> None:
    decision.version += 1
    await uow.session.flush()
    await record_change(uow, action, "case", decision.case_id, persons=[person_id])
