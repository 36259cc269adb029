"""When a decision is looked at again, how thoroughly, and what an outcome does (A7, A11). Pure: facts in, verdicts out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sammen.i18n_mark import N_
from tenants.cases.api import add_months
from tenants.decisions.api import OUTCOMES as OUTCOMES_OF_ENDING

LONGEST_MONTHS = 12
"""No municipality may go longer: every decision is evaluated at least once a year (A7)."""
GROWN = 18

SCOPES = {"light": N_("Lett evaluering"), "full": N_("Full evaluering")}
OUTCOMES = {
    "continue": N_("Fortsetter som nå"),
    "change": N_("Endres"),
    "end": N_("Avsluttes"),
}
"""What a caseworker chooses. A decision that ends too soon to continue is prolonged, and says so."""
DONE_OUTCOMES = {
    **OUTCOMES,
    "prolong": N_("Forlenges med nytt vedtak"),
    "end_contested": N_("Kommunen vil avslutte, og brukeren er uenig"),
}
END_REASONS = OUTCOMES_OF_ENDING
"""Why a service ended (A11): the closed set of decisions, so that a municipality can count what they led to."""
WITHOUT_ASKING = frozenset({"moved", "died", "wish"})
"""Reasons that leave nobody to disagree."""


def next_due(
    *, since: date, evaluate_on: date | None, held_on: date | None, next_on: date | None, months: int
) -> date:
    """The day a decision must be evaluated by: the day that was agreed, but never later than the yearly rule (A7).

    `since` is the day the decision was made, or its first service begins when that is later. `held_on` and `next_on` are
    the last evaluation's, None when there has been none; then the decision's own day counts. `months` is the
    municipality's rule, and more than twelve is read as twelve.
    """
    limit = add_months(held_on or since, min(months, LONGEST_MONTHS))
    agreed = next_on if held_on is not None else evaluate_on
    return min(agreed, limit) if agreed is not None else limit


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    """What decides how thorough an evaluation must be. `last_*` are of the last evaluation, empty when there is none."""

    evaluated: bool
    last_scope: str = ""
    last_goal: str = ""
    last_form: str = ""
    last_hours: str = ""
    last_lonely: str = ""
    contact_changes: int = 0
    has_contact: bool = True
    changed_decision: bool = False
    turns_grown: bool = False
    ran_out: bool = False


def scope_for(facts: ScopeFacts) -> tuple[str, list[str]]:
    """(`light` or `full`, the reasons as msgids). Light when a year has changed nothing and everything fitted (A7).

    Two light ones never follow each other, so that each decision is looked at whole at least every other year.
    """
    reasons = [
        reason
        for holds, reason in (
            (not facts.evaluated, N_("Vedtaket er ikke evaluert før.")),
            (facts.ran_out, N_("Vedtaket er gått ut.")),
            (facts.changed_decision, N_("Vedtaket er endret siden sist.")),
            (facts.contact_changes > 0, N_("Støttekontakten er byttet siden sist.")),
            (not facts.has_contact, N_("Det er ingen støttekontakt nå.")),
            (facts.turns_grown, N_("Personen fyller 18 år før neste evaluering.")),
            (facts.last_goal == "no", N_("Målet var ikke nådd sist.")),
            (facts.last_form == "no" or facts.last_hours in ("too_few", "too_many"), N_("Tilbudet passet ikke sist.")),
            (facts.last_lonely in ("yes", "unsure"), N_("Sist var det fare for ensomhet.")),
            (facts.evaluated and facts.last_scope == "light", N_("Forrige evaluering var lett.")),
        )
        if holds
    ]  # fmt: skip
    if reasons:
        return "full", reasons
    return "light", [N_("Ingenting er endret siden sist, og alt passet da.")]


def turns_grown_by(birth_date: date | None, today: date, months: int = LONGEST_MONTHS) -> bool:
    """Whether a child's 18th birthday comes before the evaluation after this one. 29 February counts as 1 March."""
    if birth_date is None:
        return False
    try:
        birthday = birth_date.replace(year=birth_date.year + GROWN)
    except ValueError:
        birthday = date(birth_date.year + GROWN, 3, 1)
    return today < birthday <= add_months(today, months)


def latest_next(held_on: date, months: int) -> date:
    """The last day the next evaluation may be agreed for (A7)."""
    return add_months(held_on, min(months, LONGEST_MONTHS))


def settled_outcome(chosen: str, *, next_on: date | None, last_day: date | None, agrees: bool) -> str:
    """What an outcome means for the decision. `last_day` is the decision's own, None without an end.

    To continue past the decision's end takes a new one, without an application: `prolong`. To end against the user's
    wish is a decision with notice before it (fvl. § 16): `end_contested`.
    """
    if chosen == "continue" and last_day is not None and (next_on is None or next_on > last_day):
        return "prolong"
    if chosen == "end" and not agrees:
        return "end_contested"
    return chosen
