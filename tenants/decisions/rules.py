"""What a decision must answer before it can be issued (A6). Pure: facts in, verdicts out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sammen.i18n_mark import N_


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """One service as the decision states it."""

    form: str
    amount: Decimal | None
    unit: str
    times: str
    valid_from: date | None
    valid_to: date | None

    @property
    def says_how_much(self) -> bool:
        """Hours are needed for everything but a group, whose meetings are its extent."""
        return self.amount is not None or self.form == "group"


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing a decision must answer: its name, whether it does, and the field to go to."""

    label: str
    done: bool
    field: str


def checklist(
    *,
    kind: str,
    grants: Sequence[GrantFacts],
    goal: str,
    reasons: str,
    legal_ground: str | None,
    evaluate_on: date | None,
) -> list[Answer]:
    """What a decision must say before it can be issued (A6). A refusal needs only reasons and ground.

    The right to complain is always there: the letter states it with the ground's own deadline.
    """
    common = [
        Answer(N_("Hvorfor"), bool(reasons.strip()), "begrunnelse"),
        Answer(N_("Lovhjemmel"), legal_ground is not None, "hjemmel"),
        Answer(N_("Rett til å klage"), True, ""),
    ]
    if kind == "refusal":
        return common
    some = bool(grants)
    return [
        Answer(N_("Hvilken tjeneste"), some, "form_0"),
        Answer(N_("Hvor mye"), some and all(g.says_how_much for g in grants), "timer_0"),
        Answer(N_("Når"), some and all(bool(g.times.strip()) for g in grants), "naar_0"),
        Answer(N_("Hvor lenge"), some and all(g.valid_from and g.valid_to for g in grants), "til_0"),
        Answer(N_("Mot hvilket mål"), bool(goal.strip()), "maal"),
        common[0],
        common[1],
        Answer(N_("Dato for evaluering"), evaluate_on is not None, "evaluering"),
        common[2],
    ]
