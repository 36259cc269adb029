"""From an agreed time to a done evaluation, and what its outcome does to decision and case (A7, A11).

Every function takes a unit of work, checks its object rules, writes, and appends to the trail in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.norwegian import format_date
from tenants.cases.api import STALE, CaseFile, add_months, allocation_rules, case_for_change, close_case
from tenants.decisions.api import end_decision
from tenants.evaluations.due import DueDecision, due_of_case
from tenants.evaluations.models import Evaluation
from tenants.evaluations.outcomes import draft_for, resume
from tenants.evaluations.rules import END_REASONS, WITHOUT_ASKING, latest_next, settled_outcome

BEFORE = N_("Datoen er før vedtaket eller forrige evaluering. Skriv dagen dere snakket sammen.")


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A time agreed for the conversation, and where or with whom."""

    on: date
    at: time | None
    where: str


@dataclass(frozen=True, slots=True)
class EvaluationFacts:
    """An evaluation as written so far; a draft may leave anything out. `agrees` is the user's own word on an ending."""

    scope: str
    held_on: date | None
    participants: Sequence[str]
    own_words: str
    words_by: str
    no_words_reason: str
    representative_words: str
    contact_view: str
    goal_reached: str
    goal_seen: str
    form_fits: str
    hours_fit: str
    lonely: str
    next_step: str
    outcome: str
    next_on: date | None
    end_reason: str
    end_note: str
    ends_on: date | None
    agrees: bool


async def due_decision(uow: UnitOfWork, case_id: UUID, decision_id: UUID | None) -> DueDecision:
    """The decision of the case that is to be evaluated: that one, or the soonest due. Raises NotFound when none is."""
    for one in await due_of_case(uow, case_id):
        if decision_id is None or one.decision_id == decision_id:
            return one
    raise NotFound


async def plan_evaluation(
    uow: UnitOfWork, case_id: UUID, decision_id: UUID, facts: PlanFacts, *, version: int
) -> UUID:
    """Agree a time, or move it. `version` is the open evaluation's as shown, 0 for none; Conflict on a stale one."""
    _, case = await case_for_change(uow, case_id)
    due = await due_decision(uow, case_id, decision_id)
    row = await _open_row(uow, case, due, version, yours={N_("Dag"): facts.on.isoformat()})
    if facts.on < today():
        raise Invalid.one("dag", N_("Dagen er passert. Skriv en dag som kommer."))
    row.planned_on, row.planned_time, row.planned_with = facts.on, facts.at, facts.where
    if version == 0:
        row.state = "planned"
    await uow.session.flush()
    await record_change(
        uow, "evaluation.planned", "case", case.id, persons=[case.person_id], planned_on=facts.on
    )
    return row.id


async def save_evaluation(
    uow: UnitOfWork, case_id: UUID, decision_id: UUID, facts: EvaluationFacts, *, version: int
) -> Evaluation:
    """Keep what is written so far: the case is under evaluation from now. Raises Conflict on a stale version.

    Raises Invalid for a conversation in the future or before the decision it is about.
    """
    _, case = await case_for_change(uow, case_id)
    due = await due_decision(uow, case_id, decision_id)
    row = await _open_row(uow, case, due, version, yours=_shown(facts.own_words, facts.next_step))
    if errors := _day_errors(due, facts):
        raise Invalid(errors)
    _write(row, facts)
    row.state = "draft"
    row.written_by, row.written_by_name = uow.context.user_id, uow.context.user_name
    if case.state == "running":
        case.state = "evaluating"
        case.version += 1
    await uow.session.flush()
    await record_change(uow, "evaluation.saved", "case", case.id, persons=[case.person_id])
    return row


async def finish_evaluation(
    uow: UnitOfWork, case_id: UUID, decision_id: UUID, facts: EvaluationFacts, *, version: int
) -> Evaluation:
    """Finish: nobody changes it afterwards, and its outcome takes effect (A7, A11). No application is needed.

    Continue: the case goes on, and the next day is this evaluation's. Prolong or change: a draft decision that takes the
    place of the one in force, with the user's words. End: with the user's yes the decision ends; against it, a draft
    that needs notice first (fvl. § 16). Raises Invalid naming every field that is missing, Conflict on a stale version.
    """
    _, case = await case_for_change(uow, case_id)
    due = await due_decision(uow, case_id, decision_id)
    rules = await allocation_rules(uow, today())
    _check_complete(due, facts, rules.evaluation_months)
    row = await save_evaluation(uow, case_id, decision_id, facts, version=version)
    agrees = facts.agrees or facts.end_reason in WITHOUT_ASKING
    row.outcome = settled_outcome(facts.outcome, next_on=facts.next_on, last_day=due.last_day, agrees=agrees)
    if row.outcome != "continue":
        row.next_on = None
    row.state = "done"
    await uow.session.flush()
    await record_change(
        uow, "evaluation.done", "case", case.id, persons=[case.person_id], scope=row.scope, outcome=row.outcome,
        held_on=row.held_on, late=bool(row.held_on and row.held_on > row.due_on),
    )  # fmt: skip
    await _take_effect(uow, case, due, row)
    return row


async def _take_effect(uow: UnitOfWork, case: CaseFile, due: DueDecision, row: Evaluation) -> None:
    if row.outcome in ("prolong", "change") or (row.outcome == "end_contested" and not due.ran_out):
        await draft_for(uow, case, row)
    if row.outcome == "end" and row.ends_on is not None:
        await end_decision(uow, due.decision_id, row.ends_on, row.end_reason)
        in_force = [one for one in await due_of_case(uow, case.id) if not one.ran_out]
        if not in_force or row.end_reason == "died":
            await close_case(uow, case.id, row.ends_on, row.end_reason)
            return
    await resume(uow, case, decide_by=add_months(today(), 1))


async def _open_row(
    uow: UnitOfWork, case: CaseFile, due: DueDecision, version: int, *, yours: dict[str, str]
) -> Evaluation:
    """The decision's open evaluation at the version it was shown with, or a new one when none was shown."""
    found = await uow.session.scalar(
        select(Evaluation).where(
            Evaluation.tenant_id == case.tenant_id,
            Evaluation.decision_id == due.decision_id,
            Evaluation.state != "done",
        )
    )
    if (found.version if found else 0) != version:
        raise Conflict(STALE, theirs=_shown(found.own_words, found.next_step) if found else {}, yours=yours)
    if found is None:
        found = Evaluation(
            tenant_id=case.tenant_id, id=uuid7(), case_id=case.id, decision_id=due.decision_id, due_on=due.due_on,
            state="draft", participants=[], version=1,
        )  # fmt: skip
        uow.session.add(found)
    else:
        found.version += 1
    return found


def _shown(own_words: str, next_step: str) -> dict[str, str]:
    return {N_("Med egne ord"): own_words, N_("Veien videre"): next_step}


def _write(row: Evaluation, facts: EvaluationFacts) -> None:
    for name in (
        "scope", "held_on", "own_words", "no_words_reason", "representative_words", "contact_view", "goal_reached",
        "goal_seen", "form_fits", "hours_fit", "lonely", "next_step", "next_on", "end_reason", "end_note", "ends_on",
    ):  # fmt: skip
        setattr(row, name, getattr(facts, name))
    row.participants, row.words_by = list(facts.participants), facts.words_by or "said"
    row.outcome = "end_contested" if facts.outcome == "end" and not facts.agrees else facts.outcome


def _day_errors(due: DueDecision, facts: EvaluationFacts) -> dict[str, BadInput]:
    """A conversation that is written about has been held, since the decision and the evaluation before it."""
    if facts.held_on is None:
        return {}
    if facts.held_on > today():
        return {"dato": BadInput("dato", N_("Datoen er i framtida. Skriv dagen dere snakket sammen."))}
    if facts.held_on < max(due.decided_on, due.last_held or due.decided_on):
        return {"dato": BadInput("dato", BEFORE)}
    return {}


def missing(facts: EvaluationFacts) -> list[tuple[str, str]]:
    """(field, sentence) of everything an evaluation lacks before it can be finished (A7); a light one needs less."""
    asks: list[tuple[bool, str, str]] = [
        (facts.held_on is None, "dato", N_("Skriv dagen dere snakket sammen.")),
        (not facts.participants, "deltok", N_("Velg hvem som var med.")),
        (not facts.own_words and not facts.no_words_reason, "egne_ord",
         N_("Skriv hva personen selv sier. Fikk du ikke svar, skriv hvorfor i feltet under.")),
        (not facts.goal_reached, "maal", N_("Velg om målet er nådd.")),
    ]  # fmt: skip
    if facts.scope == "full":
        asks += [
            (not facts.goal_seen, "maal_ser", N_("Skriv hva dere ser. Hva er annerledes enn sist?")),
            (not facts.form_fits, "passer", N_("Velg om tilbudet passer.")),
            (not facts.hours_fit, "timer", N_("Velg om timene passer.")),
            (not facts.lonely, "ensom", N_("Velg om det er fare for ensomhet.")),
        ]
    asks.append((not facts.outcome, "utfall", N_("Velg hva som skjer videre.")))
    if facts.outcome == "continue":
        asks.append((facts.next_on is None, "neste", N_("Skriv dagen for neste evaluering.")))
    if facts.outcome == "change":
        asks.append(
            (not facts.next_step, "videre", N_("Skriv hva som skal endres. Det følger med til vedtaket."))
        )
    if facts.outcome == "end":
        asks += [
            (facts.end_reason not in END_REASONS, "grunn", N_("Velg hvorfor tjenesten avsluttes.")),
            (facts.end_reason == "other" and not facts.end_note, "grunn_tekst", N_("Skriv hva grunnen er.")),
            (_ends_now(facts) and facts.ends_on is None, "slutt", N_("Skriv tjenestens siste dag.")),
        ]
    return [(field, sentence) for lacks, field, sentence in asks if lacks]


def _ends_now(facts: EvaluationFacts) -> bool:
    return facts.agrees or facts.end_reason in WITHOUT_ASKING


def _check_complete(due: DueDecision, facts: EvaluationFacts, months: int) -> None:
    errors = {field: BadInput(field, sentence) for field, sentence in missing(facts)}
    errors |= _day_errors(due, facts)
    if (
        facts.outcome == "continue"
        and facts.next_on is not None
        and facts.held_on is not None
        and "dato" not in errors
    ):
        limit = latest_next(facts.held_on, months)
        if facts.next_on <= max(facts.held_on, today()):
            errors["neste"] = BadInput("neste", N_("Neste evaluering må være en dag som kommer."))
        elif facts.next_on > limit:
            errors["neste"] = BadInput(
                "neste", N_("Et vedtak skal ses på minst én gang i året. Velg %(day)s eller tidligere."),
                day=format_date(limit),
            )  # fmt: skip
    if facts.outcome == "end" and _ends_now(facts) and facts.ends_on is not None:
        if facts.ends_on > today():
            errors["slutt"] = BadInput(
                "slutt",
                N_("Dagen er i framtida. Skal tjenesten vare en stund til, velg «Endres» og skriv sluttdatoen i vedtaket."),
            )  # fmt: skip
        elif facts.ends_on < due.decided_on:
            errors["slutt"] = BadInput("slutt", N_("Dagen er før vedtaket ble fattet."))
    if errors:
        raise Invalid(errors)
