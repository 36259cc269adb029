"""What is sent from the form of a meeting pack, read into facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Final
from uuid import UUID

from reporting.releases.api import ReleaseCard
from reporting.reports.api import REPORTS
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_time
from sammen.web.forms import Form, Reader

FIELD: Final = "rapporter-"
"""What the fields of a theme's reports begin with; the theme's id follows."""
MOST_LINES: Final = 60
LONGEST_LINE: Final = 200
LONGEST_PLACE: Final = 120
LONGEST_FOREWORD: Final = 4_000


@dataclass(frozen=True, slots=True)
class PackFacts:
    """What a pack is made of. `series`: the releases of its charts, the oldest first; the last is the chosen one."""

    held_on: date
    held_at: time | None
    place: str
    agenda: tuple[str, ...]
    reports: tuple[str, ...]
    foreword: str
    series: tuple[UUID, ...]


def read_pack(form: Form, cards: Sequence[ReleaseCard]) -> PackFacts:
    """The form as facts. `cards`: the releases that may be chosen, newest first. Raises Invalid with every field's error."""
    reader = Reader(form)
    held_on = reader.take(
        "dato", lambda text: parse_date(text, field="dato"), required=N_("Skriv hvilken dag møtet er.")
    )
    held_at = reader.take("klokka", lambda text: parse_time(text, field="klokka"))
    place = reader.text("sted", most=LONGEST_PLACE)
    agenda = tuple(line.strip() for line in form.text("saker").split("\n") if line.strip())
    if len(agenda) > MOST_LINES:
        reader.fail("saker", N_("Skriv høyst %(most)s saker."), most=MOST_LINES)
    if any(len(line) > LONGEST_LINE for line in agenda):
        reader.fail(
            "saker", N_("En sak er for lang. Skriv høyst %(most)s tegn på hver linje."), most=LONGEST_LINE
        )
    foreword = reader.text("forord", most=LONGEST_FOREWORD)
    ticked = {name for theme in themes() for name in form.all(FIELD + theme)}
    reports = tuple(name for name in REPORTS if name in ticked)
    if not reports:
        reader.fail("rapporter", N_("Velg minst én rapport."))
    series = _series(form.text("periode"), cards)
    if not series:
        reader.fail("periode", N_("Velg hvilken periode heftet skal vise."))
    reader.done()
    assert held_on is not None
    return PackFacts(held_on, held_at, place, agenda, reports, foreword, series)


def _series(slug: str, cards: Sequence[ReleaseCard]) -> tuple[UUID, ...]:
    """The chosen period's release after those of the same kind before it; none for a period that is not shown."""
    chosen = next((card for card in cards if card.period.slug == slug), None)
    if chosen is None:
        return ()
    kept = [
        card.id
        for card in cards
        if card.period.kind is chosen.period.kind and card.period.start <= chosen.period.start
    ]
    return tuple(reversed(kept))


def themes() -> list[str]:
    """The themes that have reports, in their order."""
    return list(dict.fromkeys(report.theme for report in REPORTS.values()))


def ticks(reports: Sequence[str]) -> Mapping[str, list[str]]:
    """What the form's boxes begin with, by their field's name."""
    found: dict[str, list[str]] = {}
    for name in reports:
        if name in REPORTS:
            found.setdefault(FIELD + REPORTS[name].theme, []).append(name)
    return found
