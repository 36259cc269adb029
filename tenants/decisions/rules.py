"""What a decision must answer before it can be issued (A6). Pure: facts in, verdicts out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sammen.i18n_mark import N_
from tenants.cases.api import ADULT_AGE, add_months, birthday

FEWEST_WORDS = 3
YEAR_DAYS = 365
# Words that promise well and can be seen by nobody: a goal of these alone says nothing of what will be different.
EMPTY_WORDS = frozenset(
    [
        "a",
        "av",
        "bedre",
        "bedret",
        "bra",
        "det",
        "deg",
        "en",
        "et",
        "ei",
        "er",
        "for",
        "få",
        "får",
        "god",
        "godt",
        "gode",
        "glad",
        "ha",
        "har",
        "hun",
        "han",
        "hverdag",
        "hverdagen",
        "i",
        "igjen",
        "ikke",
        "jo",
        "kan",
        "livet",
        "livskvalitet",
        "livskvaliteten",
        "liv",
        "med",
        "mer",
        "mål",
        "målet",
        "og",
        "om",
        "opp",
        "opplever",
        "oppleve",
        "på",
        "skal",
        "sin",
        "sitt",
        "som",
        "selvstendig",
        "selvstendighet",
        "selvfølelse",
        "til",
        "trivsel",
        "trives",
        "utvikling",
        "ved",
        "vil",
        "være",
        "økt",
        "øke",
        "å",
    ]
)


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """One service as the decision states it. `content` is what the hours are for; `goal` is empty where the decision's
    own goal is enough.
    """

    form: str
    amount: Decimal | None
    unit: str
    times: str
    valid_from: date | None
    valid_to: date | None
    content: str = ""
    goal: str = ""

    @property
    def says_how_much(self) -> bool:
        """Hours are needed for everything but a group, whose meetings are its extent."""
        return self.amount is not None or self.form == "group"


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing a decision must answer: its name, whether it does, the field to go to, and what to write there."""

    label: str
    done: bool
    field: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """A decision as it stands in the form, for the checklist. `reduction_settled` is None where nothing is taken away."""

    kind: str
    grants: Sequence[GrantFacts]
    goal: str
    reasons: str
    legal_ground: str | None
    evaluate_on: date | None
    not_granted: str = ""
    ends_on: date | None = None
    outcome: str = ""
    evaluation_months: int = 12
    reduction_settled: bool | None = None


def hours_a_year(amount: Decimal, unit: str) -> Decimal:
    """Hours in a year of 365 days: a week's hours a seventh for each day, a month's twelve times. The one way to compare
    hours decided in different units, and the sum of what timesheets.rules.month_hours gives for the year's months before
    rounding. Nothing is ever stored or shown converted (A6); KPR's ÷ 4 is for that report alone (D10).
    """
    return amount * YEAR_DAYS / 7 if unit == "week" else amount * 12


def hours_between(amount: Decimal, unit: str, first: date, last: date) -> Decimal:
    """Hours that a decided amount gives from `first` to `last`, both included; nought when `last` comes before.

    Hours a week are a seventh for each day, hours a month the covered share of each month's days: as
    timesheets.rules.month_hours, without its rounding to half hours, since a sum of many is rounded once.
    """
    if last < first:
        return Decimal(0)
    if unit == "week":
        return amount * ((last - first).days + 1) / 7
    total, month = Decimal(0), first.replace(day=1)
    while month <= last:
        after = add_months(month, 1)
        days = (min(last + timedelta(days=1), after) - max(first, month)).days
        total += amount * days / (after - month).days
        month = after
    return total


def turns_adult(birth: date | None, first: date | None, last: date | None) -> date | None:
    """The 18th birthday when it falls after `first` and no later than `last` (A1): the period may cross it, and the case
    goes to the other purchaser then. Who was born on 29 February turns 18 on 1 March, as people.age_on counts.
    """
    if birth is None or first is None:
        return None
    day = birthday(birth, ADULT_AGE)
    return day if first < day and (last is None or day <= last) else None


def evaluate_by(grants: Sequence[GrantFacts], months: int) -> date | None:
    """The latest day for the first evaluation: `months` after the first service begins, never more than a year (A7)."""
    begins = min((g.valid_from for g in grants if g.valid_from), default=None)
    return add_months(begins, min(months, 12)) if begins is not None else None


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text.casefold())


def is_vague(text: str) -> bool:
    """Whether a text is too short to hold anyone to: fewer than three words."""
    return len(_words(text)) < FEWEST_WORDS


def is_vague_goal(text: str) -> bool:
    """Whether nobody could see if the goal is reached: too short, or nothing but words such as «ha det bra»."""
    return is_vague(text) or all(word in EMPTY_WORDS for word in _words(text))


def checklist(facts: Checked) -> list[Answer]:
    """What a decision must say before it can be issued (A6), with what to write where it is missing or vague.

    The right to complain is always there: the letter states it with the ground's own deadline.
    """
    reasons = Answer(
        N_("Hvorfor"),
        not is_vague(facts.reasons),
        "begrunnelse",
        N_("Skriv hvorfor det blir slik, for akkurat denne personen."),
    )
    ground = Answer(N_("Lovhjemmel"), facts.legal_ground is not None, "hjemmel", N_("Velg lovhjemmel."))
    complain = Answer(N_("Rett til å klage"), True, "")
    notice = (
        []
        if facts.reduction_settled is None
        else [
            Answer(
                N_("Forhåndsvarsel"),
                facts.reduction_settled,
                "varsel",
                N_("Vedtaket tar noe bort. Send forhåndsvarsel, og vent på svar eller på fristen."),
            )
        ]
    )
    match facts.kind:
        case "refusal" | "withdrawal":
            return [reasons, ground, complain]
        case "ending":
            return [
                Answer(
                    N_("Når det slutter"),
                    facts.ends_on is not None,
                    "slutter",
                    N_("Skriv siste dag med tjenesten."),
                ),
                Answer(
                    N_("Hva som skjedde"),
                    bool(facts.outcome),
                    "utgang",
                    N_("Velg hvorfor tjenesten slutter."),
                ),
                reasons,
                ground,
                *notice,
                complain,
            ]
    partial = (
        [
            Answer(
                N_("Hva som ikke er innvilget"),
                not is_vague(facts.not_granted),
                "ikke_innvilget",
                N_("Skriv hva som ikke er innvilget, og hvorfor."),
            )
        ]
        if facts.kind == "partial"
        else []
    )
    return [*_services(facts), reasons, *partial, ground, _evaluation(facts), *notice, complain]


def _services(facts: Checked) -> list[Answer]:
    """How each service is answered for; the field is that of the first service that lacks something."""
    grants = facts.grants

    def each(label: str, name: str, good: Callable[[GrantFacts], bool], advice: str) -> Answer:
        wrong = next((n for n, grant in enumerate(grants) if not good(grant)), None if grants else 0)
        return Answer(label, wrong is None, f"{name}_{wrong or 0}", advice)

    unused = any(g.amount is not None and not g.content.strip() for g in grants)
    said = (
        N_("Du har skrevet timer, men ikke hva timene skal brukes til.")
        if unused
        else N_("Skriv litt mer om hva tjenesten skal brukes til.")
    )
    goals = [(f"maal_{n}", g.goal) for n, g in enumerate(grants) if g.goal.strip()]
    covered = bool(grants) and len(goals) == len(grants)
    written = goals if covered and not facts.goal.strip() else [("maal", facts.goal), *goals]
    vague = next((field for field, goal in written if is_vague_goal(goal)), None)
    return [
        Answer(N_("Hvilken tjeneste"), bool(grants), "form_0", N_("Velg minst én tjeneste.")),
        each(N_("Hvor mye"), "timer", lambda g: g.says_how_much, N_("Skriv hvor mange timer.")),
        each(N_("Hva det skal brukes til"), "innhold", lambda g: not is_vague(g.content), said),
        each(
            N_("Når"),
            "naar",
            lambda g: bool(g.times.strip()),
            N_("Skriv når det skal være, for eksempel tirsdager etter skolen."),
        ),
        each(
            N_("Hvor lenge"),
            "til",
            lambda g: bool(g.valid_from and g.valid_to),
            N_("Skriv første og siste dag."),
        ),
        Answer(
            N_("Mot hvilket mål"),
            vague is None,
            vague or "maal",
            N_("Målet sier ikke hva dere skal se. Skriv hva som er annerledes om et år."),
        ),
    ]


def _evaluation(facts: Checked) -> Answer:
    """The first evaluation comes within the municipality's rule, and a year at most (A7)."""
    latest = evaluate_by(facts.grants, facts.evaluation_months)
    late = facts.evaluate_on is not None and latest is not None and facts.evaluate_on > latest
    advice = (
        N_("Vedtaket varer lenger enn til evalueringen kan vente. Velg en tidligere dato.")
        if late
        else N_("Skriv når dere skal se på vedtaket igjen.")
    )
    return Answer(N_("Dato for evaluering"), facts.evaluate_on is not None and not late, "evaluering", advice)


def last_day(valid_to: date | None, ended_on: date | None) -> date | None:
    """A service's last day: the decided one, or the earlier one it ended on. None without end."""
    return min((day for day in (valid_to, ended_on) if day is not None), default=None)


def overlap(one: tuple[date | None, date | None], other: tuple[date | None, date | None]) -> bool:
    """Whether two periods (first day, last day; None is open) share a day."""
    first = max(one[0] or date.min, other[0] or date.min)
    return first <= min(one[1] or date.max, other[1] or date.max)


def period_after(expires: date | None, today: date, *, soon: int) -> tuple[date, date]:
    """A year for a decision that follows another: from the day after its end when that is within `soon` days, else from
    tomorrow. First day, last day.
    """
    tomorrow = today + timedelta(days=1)
    near = expires is not None and today <= expires <= today + timedelta(days=soon)
    first = expires + timedelta(days=1) if expires is not None and near else tomorrow
    return first, add_months(first, 12) - timedelta(days=1)
