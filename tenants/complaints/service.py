"""The life of a complaint: received → the municipality's new look → Statsforvalteren (A9; fvl. ch. VI).

Every function takes a unit of work, checks its object rules, writes, and appends to the trail in the same transaction.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import update

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.policy.roles import Role
from sammen.tenancy.context import Context
from tenants.cases.api import (
    NOT_YOURS,
    STALE,
    CaseFile,
    allocation_rules,
    case_for_change,
    may_decide_for,
    reopen_case,
)
from tenants.complaints.models import Complaint
from tenants.complaints.queries import ComplaintCard, complaint_card, notice_of
from tenants.complaints.rules import (
    FORWARDED,
    NEW_DECISION,
    TREATED,
    Hands,
    answer_by,
    given_on,
    interim_by,
    is_late,
    may_be_accepted_late,
    refusal_to_conclude,
)
from tenants.decisions.api import GIVES, DecidedDecision, DecisionCard, decision_card, draft_from, on_decided

DONE = N_("Klagen er allerede avgjort eller sendt videre.")
AFTER_A_YEAR = N_("Klagen kom mer enn ett år etter vedtaket. Da kan den ikke behandles. Avvis den.")


@dataclass(frozen=True, slots=True)
class ReceivedFacts:
    """A complaint as it came. `reached_on` is when word of the decision came, when somebody knows it."""

    decision_id: UUID
    received_on: date
    posted_on: date | None
    channel: str
    complainant: str
    complainant_name: str
    wants: str
    reached_on: date | None
    deferral_asked: bool


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """What the municipality would answer, with reasons; for a late complaint why it is treated all the same."""

    answer: str
    reasons: str
    late_ground: str
    late_reason: str
    dismiss_ground: str
    deferral: str
    deferral_reason: str


async def register_complaint(uow: UnitOfWork, case_id: UUID, facts: ReceivedFacts) -> UUID:
    """Register a complaint; whether it came in time is computed from the decision's legal ground (A9).

    Raises Invalid on a day in the future or before the decision, NotFound for a decision of another case.
    """
    _, case = await case_for_change(uow, case_id)
    one = await decision_in(uow, case_id, facts.decision_id)
    assert one.decided_on is not None
    _check_days(one.decided_on, facts)
    notice = await notice_of(uow, one, facts.reached_on)
    rules = await allocation_rules(uow, facts.received_on)
    given = given_on(facts.received_on, facts.posted_on, by_letter=facts.channel == "letter")
    own, month = answer_by(facts.received_on, rules.reconsider_days), interim_by(facts.received_on)
    row = Complaint(
        tenant_id=case.tenant_id, id=uuid7(), case_id=case.id, decision_id=one.id, state="received",
        received_on=facts.received_on, posted_on=facts.posted_on, channel=facts.channel,
        complainant=facts.complainant, complainant_name=facts.complainant_name, wants=facts.wants,
        reached_on=notice.reached_on, reached_by_post=notice.by_post, weeks=notice.weeks,
        deadline_on=notice.deadline_on, late=is_late(given, notice.deadline_on),
        deferral="asked" if facts.deferral_asked else "none", answer_by=own, interim_by=month,
        due_on=min(own, month), registered_by=uow.context.user_id,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await _tell(uow, "complaint.registered", row, case, received_on=row.received_on, late=row.late)
    return row.id


async def decision_in(uow: UnitOfWork, case_id: UUID, decision_id: UUID) -> DecisionCard:
    """A decision of the case that one may complain of: made, and not a withdrawal. Raises NotFound."""
    one = await decision_card(uow, decision_id)
    if one.case_id != case_id or one.decided_on is None or one.kind == "withdrawal":
        raise NotFound
    return one


def _check_days(decided_on: date, facts: ReceivedFacts) -> None:
    errors = {}
    for field, day in (
        ("mottatt", facts.received_on),
        ("postlagt", facts.posted_on),
        ("framme", facts.reached_on),
    ):
        if day is None:
            continue
        if day > today():
            errors[field] = BadInput(field, N_("Datoen er i framtida."))
        elif day < decided_on:
            errors[field] = BadInput(
                field, N_("Datoen er før vedtaket ble fattet %(day)s."), day=format_date(decided_on)
            )
    if not errors and facts.posted_on is not None and facts.posted_on > facts.received_on:
        errors["postlagt"] = BadInput("postlagt", N_("Klagen kan ikke være postlagt etter at den kom."))
    if not errors and facts.reached_on is not None and facts.reached_on > facts.received_on:
        errors["framme"] = BadInput("framme", N_("Vedtaket må ha kommet fram før klagen kom."))
    if errors:
        raise Invalid(errors)


# The municipality's new look -----------------------------------------------------------------------------------------
async def held_complaint(
    uow: UnitOfWork, complaint_id: UUID, *, version: int | None = None, concludes: bool = False
) -> tuple[ComplaintCard, Complaint, CaseFile]:
    """The complaint for changing, locked with its case: seen by the reader, and theirs to decide.

    Raises NotFound, Forbidden, and Conflict when `version` is not the one it was shown with.
    """
    card = await complaint_card(uow, complaint_id)
    if not (
        may_conclude(uow.context, card.purchaser)
        if concludes
        else may_decide_for(uow.context, card.purchaser)
    ):
        raise Forbidden(NOT_YOURS)
    key = uow.context.tenant
    case = await uow.session.get(CaseFile, (key, card.case_id), with_for_update=True)
    row = await uow.session.get(Complaint, (key, complaint_id), with_for_update=True, populate_existing=True)
    if row is None or case is None:
        raise NotFound
    if version is not None and row.version != version:
        raise Conflict(STALE, theirs={N_("Begrunnelse"): row.reasons})
    return card, row, case


def may_conclude(context: Context, purchaser: str) -> bool:
    """Purchasers of that kind, and the manager, who is asked where four eyes are needed. The case is seen already."""
    if not context.may(Permission.DECISION_ISSUE):
        return False
    return may_decide_for(context, purchaser) or Role.MANAGER in context.roles


async def prepare_answer(
    uow: UnitOfWork, complaint_id: UUID, facts: AnswerFacts, *, version: int, propose: bool
) -> None:
    """Keep the answer as a draft, or propose it to somebody else who concludes (fvl. § 33).

    Raises Invalid naming what is missing, Conflict when somebody else has changed or concluded it.
    """
    card, row, case = await held_complaint(uow, complaint_id)
    if row.version != version:
        raise Conflict(
            STALE, theirs={N_("Begrunnelse"): row.reasons}, yours={N_("Begrunnelse"): facts.reasons}
        )
    if row.state not in ("received", "proposed"):
        raise Conflict(DONE)
    if propose:
        _check_answer(card, facts)
    row.answer, row.reasons = facts.answer, facts.reasons
    row.late_ground = facts.late_ground if row.late and facts.answer in TREATED else ""
    row.late_reason = facts.late_reason if row.late_ground else ""
    row.dismiss_ground = facts.dismiss_ground if facts.answer == "dismissed" else ""
    row.deferral, row.deferral_reason = facts.deferral, facts.deferral_reason
    row.prepared_by, row.prepared_by_name = uow.context.user_id, uow.context.user_name
    row.prepared_on = today()
    row.state = "proposed" if propose else "received"
    if propose:
        row.return_note = ""
    elif row.late and row.answer in TREATED and not row.late_ground:
        row.answer = (
            ""  # a late complaint is not answered before it says why it is treated; the reasons are kept
        )
    await keep(uow, row, case, "complaint.proposed" if propose else "complaint.saved", answer=row.answer)


def _check_answer(card: ComplaintCard, facts: AnswerFacts) -> None:
    asks = [
        (not facts.answer, "svar", N_("Velg hva svaret på klagen er.")),
        (not facts.reasons, "begrunnelse", N_("Skriv begrunnelsen. Svar på det klageren tar opp.")),
        (facts.deferral == "asked", "vente", N_("Velg om vedtaket skal vente. Klageren har bedt om det.")),
        (facts.deferral == "refused" and not facts.deferral_reason, "vente_grunn",
         N_("Skriv hvorfor vedtaket ikke skal vente.")),
        (facts.answer == "dismissed" and not facts.dismiss_ground, "avvist", N_("Velg hvorfor klagen avvises.")),
        (facts.dismiss_ground == "late" and not card.late, "avvist", N_("Klagen kom i tide. Velg en annen grunn.")),
    ]  # fmt: skip
    if card.late and facts.answer in TREATED:
        given = given_on(card.received_on, card.posted_on, by_letter=card.channel == "letter")
        asks += [
            (not may_be_accepted_late(card.decided_on, given), "svar", AFTER_A_YEAR),
            (
                not facts.late_ground,
                "for_sent",
                N_("Klagen kom for sent. Velg hvorfor den behandles likevel."),
            ),
            (not facts.late_reason, "for_sent_grunn", N_("Skriv hvorfor klagen behandles likevel.")),
        ]
    errors: dict[str, BadInput] = {}
    for lacks, field, sentence in asks:
        if lacks:
            errors.setdefault(field, BadInput(field, sentence))
    if errors:
        raise Invalid(errors)


async def return_answer(uow: UnitOfWork, complaint_id: UUID, note: str, *, version: int) -> None:
    """Send a proposed answer back to whoever wrote it, with what must be mended. Raises Invalid without a note."""
    _, row, case = await held_complaint(uow, complaint_id, version=version, concludes=True)
    if row.state != "proposed":
        raise Conflict(DONE)
    if not note.strip():
        raise Invalid.one("merknad", N_("Skriv hva som må rettes."))
    row.state, row.return_note = "received", note.strip()
    await keep(uow, row, case, "complaint.returned")


async def conclude(uow: UnitOfWork, complaint_id: UUID, *, version: int) -> str:
    """Conclude as proposed; the answer comes back. By neither the writer nor who decided, where four eyes are the rule.

    Changed, in whole or part: a draft decision that replaces the one complained of. Upheld or partly: the complaint goes
    to Statsforvalteren today (fvl. § 33). Dismissed: closed (fvl. §§ 31, 33). Raises Forbidden, Conflict.
    """
    card, row, case = await held_complaint(uow, complaint_id, version=version, concludes=True)
    if row.state != "proposed":
        raise Conflict(DONE)
    rules = await allocation_rules(uow, today())
    hands = Hands(card.decided_by, row.prepared_by, uow.context.user)
    refusal = refusal_to_conclude(hands, four_eyes=rules.four_eyes)
    if refusal is not None:
        raise Forbidden(refusal)
    row.concluded_on, row.concluded_by, row.concluded_by_name = (
        today(),
        uow.context.user_id,
        uow.context.user_name,
    )
    row.due_on = None
    if row.answer in FORWARDED:
        row.state, row.appealed_on = "appealed", today()
    else:
        row.state, row.closed_on = "closed", today()
    await keep(uow, row, case, "complaint.concluded", answer=row.answer)
    if row.answer in NEW_DECISION:
        await follow_up(uow, card, row, case)
    return row.answer


async def follow_up(uow: UnitOfWork, card: ComplaintCard, row: Complaint, case: CaseFile) -> None:
    """A complaint has led to a new decision, within a month (fvl. § 11 a): a draft that replaces the one in force, or
    the case opened again when nothing is (the one complained of was a refusal, or has ended).

    The draft is a caseworker's to begin: the manager who concludes leaves it to them, and a decision that is at work
    already stays as it is. `decide_by` keeps it on the lists until a decision is made.
    """
    row.decide_by = interim_by(today())
    await uow.session.flush()
    if card.decision_state != "issued" or card.decision_kind not in GIVES:
        await reopen_case(uow, case.id, decide_by=row.decide_by)
    elif may_decide_for(uow.context, card.purchaser):
        with suppress(Conflict):
            await draft_from(uow, case.id, replaces=card.decision_id)


@on_decided
async def settle_follow_up(uow: UnitOfWork, made: DecidedDecision) -> None:
    """A decision has been made in the case: what its complaints had led to is done."""
    await uow.session.execute(
        update(Complaint)
        .where(Complaint.tenant_id == uow.context.tenant, Complaint.case_id == made.case_id)
        .where(Complaint.decide_by.is_not(None))
        .values(decide_by=None)
    )


async def keep(uow: UnitOfWork, row: Complaint, case: CaseFile, action: str, **details: Any) -> None:
    row.version += 1
    await uow.session.flush()
    await _tell(uow, action, row, case, **details)


async def _tell(uow: UnitOfWork, action: str, row: Complaint, case: CaseFile, **details: Any) -> None:
    await record_change(
        uow, action, "complaint", row.id, persons=[case.person_id], case=str(case.id), **details
    )
