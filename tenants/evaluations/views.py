"""What the slice's pages show, put together from its reads: values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.web.contributions import TimelineEvent
from sammen.web.formats import date_long
from sammen.web.i18n import translate
from sammen.web.render import with_query
from tenants.assignments.api import STILL_GRANTED, AssignmentCard
from tenants.evaluations.due import DueDecision, DueFilter
from tenants.evaluations.queries import EvaluationCard
from tenants.evaluations.rules import DONE_OUTCOMES, END_REASONS, ScopeFacts, latest_next, turns_grown_by

VIEW_NAMES = {"naa": N_("Forfaller nå"), "etterslep": N_("Etterslep"), "alle": N_("Alle")}
GOALS = {
    "yes": (N_("Målet er nådd"), "ok"),
    "partly": (N_("Delvis nådd"), "half"),
    "no": (N_("Ikke nådd"), "warning"),
}
LIGHT_ANSWERS = (
    (N_("Dagen dere snakket sammen"), ("dato",)),
    (N_("Hvem som var med"), ("deltok",)),
    (N_("Personens egne ord"), ("egne_ord", "uten_ord")),
    (N_("Om målet er nådd"), ("maal",)),
)
FULL_ANSWERS = (
    (N_("Hva dere ser"), ("maal_ser",)),
    (N_("Om tilbudet passer"), ("passer",)),
    (N_("Om timene passer"), ("timer",)),
    (N_("Fare for ensomhet"), ("ensom",)),
)
LAST_ANSWER = (N_("Hva som skjer videre"), ("utfall",))


def scope_facts(
    due: DueDecision, history: Sequence[EvaluationCard], assignments: Sequence[AssignmentCard]
) -> ScopeFacts:
    """What the scope rule is asked about, from the case: its last evaluation, its contacts and its decision."""
    last = next((card for card in history if card.state == "done" and card.held_on is not None), None)
    since = last.held_on if last is not None and last.held_on is not None else due.decided_on
    changes = sum(
        1 for a in assignments
        if a.ended_on is not None and a.ended_on >= since and a.end_reason in STILL_GRANTED
    )  # fmt: skip
    return ScopeFacts(
        evaluated=last is not None,
        last_scope=last.scope if last else "",
        last_goal=last.goal_reached if last else "",
        last_form=last.form_fits if last else "",
        last_hours=last.hours_fit if last else "",
        last_lonely=last.lonely if last else "",
        contact_changes=changes,
        has_contact=any(a.state != "ended" for a in assignments),
        changed_decision=last is not None and due.decided_on > since and last.outcome != "prolong",
        turns_grown=turns_grown_by(due.birth_date, today()),
        ran_out=due.ran_out,
    )


def begin_values(due: DueDecision, begun: EvaluationCard | None, scope: str, months: int) -> dict[str, Any]:
    """What the form begins with: what is written so far, else empty with a year to the next."""
    if begun is None or begun.state == "planned":
        planned = begun.planned_on if begun else None
        return {
            "vedtak": str(due.decision_id), "versjon": begun.version if begun else 0, "omfang": scope,
            "dato": format_date(planned) if planned and planned <= today() else "",
            "neste": format_date(latest_next(today(), months)), "enig": "yes", "ordene": "said", "brev": "ja",
        }  # fmt: skip
    outcome = "end" if begun.outcome == "end_contested" else begun.outcome
    return {
        "vedtak": str(due.decision_id), "versjon": begun.version, "omfang": scope, "brev": "ja",
        "dato": _typed(begun.held_on), "deltok": list(begun.participants), "egne_ord": begun.own_words,
        "ordene": begun.words_by, "uten_ord": begun.no_words_reason, "representant": begun.representative_words,
        "kontakt": begun.contact_view, "maal": begun.goal_reached, "maal_ser": begun.goal_seen,
        "passer": begun.form_fits, "timer": begun.hours_fit, "ensom": begun.lonely, "videre": begun.next_step,
        "utfall": outcome, "neste": _typed(begun.next_on) or format_date(latest_next(today(), months)),
        "grunn": begun.end_reason, "grunn_tekst": begun.end_note, "slutt": _typed(begun.ends_on),
        "enig": "no" if begun.outcome == "end_contested" else "yes",
    }  # fmt: skip


def _typed(day: Any) -> str:
    return format_date(day) if day is not None else ""


def answers(values: Mapping[str, Any], scope: str, language: str) -> list[tuple[str, bool, str]]:
    """The checklist for what stands in the form now: filled in counts as answered."""
    asked = (*LIGHT_ANSWERS, *(FULL_ANSWERS if scope == "full" else ()), LAST_ANSWER)
    return [
        (translate(language, label), any(values.get(field) for field in fields), fields[0])
        for label, fields in asked
    ]


def outcome_text(card: EvaluationCard, language: str) -> str:
    """What an evaluation led to, with its day or reason: "Fortsetter som nå. Neste evaluering innen 3. mai 2027."."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    said = say(DONE_OUTCOMES[card.outcome]) if card.outcome in DONE_OUTCOMES else ""
    if card.outcome == "continue" and card.next_on is not None:
        return say(
            N_("%(outcome)s. Neste evaluering innen %(day)s."),
            outcome=said,
            day=date_long(card.next_on, language),
        )
    if card.outcome in ("end", "end_contested") and card.end_reason in END_REASONS:
        return say(
            N_("%(outcome)s. Grunn: %(reason)s."), outcome=said, reason=say(END_REASONS[card.end_reason])
        )
    return f"{said}." if said else ""


def events(cards: Sequence[EvaluationCard], due: Sequence[DueDecision], language: str) -> list[TimelineEvent]:
    """Evaluations held, the one that is agreed, and when the next must be done."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    found = [
        TimelineEvent(
            one.due_on, say(N_("Evaluering")),
            say(N_("Fristen er passert. Evalueringen er ikke gjort ennå.")) if one.due_on < today()
            else say(N_("Avtalt i evalueringen %(day)s."), day=date_long(one.last_held, language)) if one.last_held
            else say(N_("Hele vedtaket skal ses på minst én gang i året.")), done=False, order=60,
        )
        for one in due
    ]  # fmt: skip
    for card in cards:
        if card.state == "done" and card.held_on is not None:
            found.append(
                TimelineEvent(card.held_on, say(N_("Evaluering")), outcome_text(card, language), order=60)
            )
        elif card.planned_on is not None:
            text = card.planned_with or say(N_("Avtalt tidspunkt."))
            found.append(
                TimelineEvent(card.planned_on, say(N_("Samtale om evaluering")), text,
                              done=card.planned_on < today(), order=58)
            )  # fmt: skip
    return found


def chips(wanted: DueFilter, query: dict[str, str], language: str) -> list[tuple[str, str]]:
    """The chosen filters as (label, address without it)."""
    found = []
    if wanted.mine:
        found.append((translate(language, N_("Bare mine")), with_query(query, hvem=None, side=None)))
    if wanted.text:
        found.append((f"«{wanted.text}»", with_query(query, q=None, side=None)))
    return found
