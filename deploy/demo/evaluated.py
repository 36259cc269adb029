"""Evaluations: when each decision was last looked at, so that deadlines are what the pages compute, and what was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta

from deploy.demo import words
from deploy.demo.chance import Chance, at
from deploy.demo.lives import Life
from deploy.demo.stories import HORTEN
from deploy.demo.town import Town
from tenants.cases.api import add_months
from tenants.evaluations.models import Evaluation

NEVER = 0.07
"""Share of decisions over a year old that nobody has ever evaluated: the backlog."""
TOO_YOUNG = timedelta(days=60)


def plan_evaluations(town: Town, lives: Sequence[Life]) -> None:
    """Settle each running life's last and next evaluation, before files are written: a year apart at most (A7)."""
    chance = Chance(f"evaluations/{town.place.code}")
    for life in lives:
        if life.state in ("running", "evaluating") and life.periods and life.evaluate_on is not None:
            _plan(town, chance, life)


def _plan(town: Town, chance: Chance, life: Life) -> None:
    as_of = town.as_of
    assert life.evaluate_on is not None
    if life.state == "evaluating" and life.periods[-1][0] > min(as_of, life.evaluate_on) - TOO_YOUNG:
        if len(life.periods) == 1:
            life.evaluate_on = as_of + timedelta(days=chance.randint(3, 25))
        else:  # what is evaluated now is the decision before, which is about to run out
            life.periods.pop()
            decided, first, _ = life.periods[-1]
            life.periods[-1] = (decided, first, as_of + timedelta(days=chance.randint(20, 80)))
    decided, first, _ = life.periods[-1]
    limit = add_months(max(decided, first), 12)
    if limit > as_of:
        life.evaluate_on = min(life.evaluate_on, limit)
        return
    if life.state == "running" and chance.often(NEVER):
        life.evaluate_on = None
        return
    held = _workday_from(add_months(life.evaluate_on, -12))
    if held <= max(decided, first) + timedelta(days=30):
        life.evaluate_on = limit
    elif held < as_of:
        life.held_on = held


def _workday_from(day: date) -> date:
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= 5 else 0)


def write_evaluations(town: Town, lives: Sequence[Life]) -> None:
    """The evaluations that were held, newest and some before it; in Horten also those agreed and begun."""
    chance = Chance(f"evaluated/{town.place.code}")
    for life in lives:
        if life.held_on is None or life.written is None or life.written.decision_id is None:
            continue
        _write_held(town, chance, life, life.held_on, life.evaluate_on)
        before = add_months(life.held_on, -11)
        decided, first, _ = life.periods[-1]
        if before > max(decided, first) + timedelta(days=90) and chance.often(0.7):
            _write_held(town, chance, life, _workday_from(before), life.held_on)
    if town.place.code == HORTEN:
        _write_begun(town, [life for life in lives if life.state == "evaluating" and not life.shielded])


def _write_held(town: Town, chance: Chance, life: Life, held: date, next_on: date | None) -> None:
    written = life.written
    assert written is not None
    speaks = chance.often(0.9)
    full = life.held_on != held or chance.often(0.5)
    town.rows.add(
        Evaluation, tenant_id=town.id, id=chance.id_at(held), case_id=written.case_id, decision_id=written.decision_id,
        state="done", scope="full" if full else "light", due_on=held + timedelta(days=chance.randint(0, 25)), held_on=held,
        participants=["self", "contact"] if life.purchaser == "adult" else ["self", "parent", "contact"],
        own_words=words.evaluated(chance, life.interests) if speaks else "",
        words_by="said" if chance.often(0.85) else "helped",
        no_words_reason="" if speaks else "Var syk den dagen. Vi snakker sammen ved neste møte.",
        contact_view="Vi møtes som avtalt, og det går fint." if chance.often(0.6) else "",
        goal_reached=chance.one([("partly", 0.55), ("yes", 0.35), ("no", 0.1)]), goal_seen=chance.choice(words.SEEN),
        form_fits="yes", hours_fit=chance.one([("fits", 0.8), ("too_few", 0.2)]),
        lonely=chance.one([("no", 0.75), ("unsure", 0.2), ("yes", 0.05)]), outcome="continue", next_on=next_on,
        written_by=written.worker.id, written_by_name=written.worker.name, created_at=at(held, 14),
    )  # fmt: skip


def _write_begun(town: Town, lives: Sequence[Life]) -> None:
    """Two conversations agreed, and one begun: those that are due soonest and are Hanne's to hold."""
    chance, hanne = Chance("begun"), town.named("Hanne Myhre")
    hers = [
        life
        for life in lives
        if life.written is not None and life.written.worker == hanne and life.evaluate_on
    ]
    hers.sort(key=lambda life: abs((life.evaluate_on or town.as_of) - town.as_of))
    for number, life in enumerate(hers[:3]):
        assert life.written is not None
        begun = number == 2
        town.rows.add(
            Evaluation, tenant_id=town.id, id=chance.id_at(town.as_of - timedelta(days=2)), case_id=life.written.case_id,
            decision_id=life.written.decision_id, state="draft" if begun else "planned", scope="full",
            due_on=life.evaluate_on, planned_on=None if begun else town.as_of + timedelta(days=2 + 5 * number),
            planned_time=None if begun else time(13 + number, 30), planned_with="" if begun else "Hjemme hos familien",
            held_on=town.as_of - timedelta(days=1) if begun else None, participants=["self", "contact"] if begun else [],
            own_words=words.evaluated(chance, life.interests) if begun else "", written_by=hanne.id,
            written_by_name=hanne.name,
        )  # fmt: skip
