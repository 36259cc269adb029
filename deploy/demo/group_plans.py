"""What participants of Horten's groups want to do, have chosen, and said about half a year (C10, E5)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from deploy.demo.chance import Chance
from deploy.demo.town import Town
from tenants.groups.models import ActivityGroup, GroupPlace
from tenants.planning.models import (
    ActivitySuggestion,
    GroupEvaluation,
    GroupVoice,
    LeaderView,
    SuggestionChoice,
)
from tenants.planning.rules import CHOICES, QUESTIONS, before, half_end, half_of

Row = dict[str, Any]
GROUPS = 3
"""Of so many groups, those that have been longest there and those one can lead in the demo among them."""
# Title, where, kroner each, whether somebody must drive, what to think of, and how many want it.
IDEAS: tuple[tuple[str, str, int, bool, str, int], ...] = (
    ("Bowling", "Horten bowling", 120, False, "Sko får vi låne.", 4),
    ("Kino en lørdag", "Horten kino", 90, False, "Rullestol kommer inn fra siden.", 3),
    ("Tur til Løvøya", "Løvøya", 0, True, "Grill, og toalett ved parkeringen.", 2),
    ("Bake pepperkaker", "Kulturhuset", 20, False, "Uten nøtter.", 1),
)  # fmt: skip
SAID = ("", "Jeg vil at vi skal være ute mer.", "", "Det er fint når vi vet hva vi skal på forhånd.", "", "")
SUMMARY = "De fleste har det fint, og vil bestemme mer selv. To synes det er mye lyd."
CHANGES = "Vi velger aktivitet sammen hver måned, og tar en pause midt i treffet."


def write_group_plans(town: Town) -> None:
    """Suggestions with choices, the half-year that is done, and the one that is open."""
    chance = Chance(f"plans of groups/{town.place.code}")
    groups = sorted(
        (row for row in town.rows.of(ActivityGroup) if row["tenant_id"] == town.id),
        key=lambda row: (row["seats"] < 10, row["valid_from"], str(row["id"])),
    )
    for number, group in enumerate(groups[:GROUPS]):
        places = [
            row for row in town.rows.of(GroupPlace)
            if row["tenant_id"] == town.id and row["group_id"] == group["id"] and row["state"] == "member"
        ]  # fmt: skip
        if places:
            _suggest(town, chance, group, places)
            _look_back(town, chance, group, places, opened=number < GROUPS - 1)


def _suggest(town: Town, chance: Chance, group: Row, places: list[Row]) -> None:
    """Each participant wants some of them, and no more than they may."""
    chosen: Counter[Any] = Counter()
    for number, (title, where, kroner, drive, fits, wanted) in enumerate(IDEAS):
        made = chance.id()
        own = number < len(places)
        town.rows.add(
            ActivitySuggestion, tenant_id=town.id, id=made, group_id=group["id"], title=title, where_to=where,
            cost_ore=kroner * 100, transport=drive, fits=fits, place_id=places[number]["id"] if own else None,
            how="own" if own else "office", state="open",
        )  # fmt: skip
        free = [place for place in places if chosen[place["id"]] < CHOICES]
        for turn, place in enumerate(free[:wanted]):
            chosen[place["id"]] += 1
            town.rows.add(
                SuggestionChoice, tenant_id=town.id, id=chance.id_at(town.as_of - timedelta(days=turn + 2)),
                activity_suggestion_id=made, place_id=place["id"], helped=turn == 1,
            )  # fmt: skip


def _look_back(town: Town, chance: Chance, group: Row, places: list[Row], *, opened: bool) -> None:
    """The half-year before this is done; of this one some have answered."""
    this = half_of(town.as_of)
    last = before(this)
    if group["valid_from"] < last:
        done = min(half_end(last) + timedelta(days=20), town.as_of)
        made = chance.id_at(done)
        town.rows.add(
            GroupEvaluation, tenant_id=town.id, id=made, group_id=group["id"], half=last, state="done", summary=SUMMARY,
            changes=CHANGES, done_on=done, done_by_name=town.named("Kari Lunde").name,
        )  # fmt: skip
        there = [place for place in places if place["valid_from"] < half_end(last)]
        _voices(town, chance, made, there, done - timedelta(days=8))
        _leader(town, chance, made, group)
    # It is asked about from six weeks before its end; some groups begin sooner.
    if opened:
        made = chance.id_at(town.as_of - timedelta(days=2))
        town.rows.add(
            GroupEvaluation, tenant_id=town.id, id=made, group_id=group["id"], half=this, state="open",
        )  # fmt: skip
        _voices(town, chance, made, places[: len(places) - 2], town.as_of - timedelta(days=1))


def _voices(town: Town, chance: Chance, evaluation: Any, places: list[Row], day: date) -> None:
    for number, place in enumerate(places):
        marks = {question: chance.one([("yes", 0.65), ("some", 0.25), ("no", 0.1)]) for question in QUESTIONS}
        town.rows.add(
            GroupVoice, tenant_id=town.id, id=chance.id_at(day), group_evaluation_id=evaluation, place_id=place["id"],
            **marks, words=SAID[number % len(SAID)], how=("own", "leader", "representative", "contact")[number % 4],
            said_on=max(day, place["valid_from"]),
        )  # fmt: skip


def _leader(town: Town, chance: Chance, evaluation: Any, group: Row) -> None:
    town.rows.add(
        LeaderView, tenant_id=town.id, id=chance.id_at(town.as_of), group_evaluation_id=evaluation,
        contact_id=group["leader_id"], went_well="Alle kjenner hverandre nå, og de nye blir tatt godt imot.",
        otherwise="Vi trenger et rom til når noen vil ha det stille.",
    )  # fmt: skip
