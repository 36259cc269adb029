"""Scenarios in words: what is saved and what costs more, as ranges, and why some places cannot be reckoned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from reporting.releases.api import ReleaseCard, Released
from reporting.reports.api import HIDDEN_MEANS, period_name
from reporting.scenarios.drawing import Bars, range_bars
from reporting.scenarios.model import HUNDRED, Assumption, Range
from reporting.scenarios.reading import CHOICES, FEWEST, WHY, Outcome, Place
from sammen.documents.tables_out import Cell, write_xlsx
from sammen.i18n_mark import N_
from sammen.web.formats import decimal, listed, money
from sammen.web.i18n import ntranslate, translate

WIDTHS: Final = (540, 350)
PUBLISHED_ONLY: Final = N_(
    "Alt er regnet av publiserte tall. Er et tall skjult, er det ikke regnet noe for kommunen, og samarbeidet er regnet av"
    " samarbeidets egne tall."
)
NOT_A_YEAR: Final = N_("Tallene gjelder perioden. Et halvår er ikke gjort om til et år.")
ONE_AT_A_TIME: Final = N_("Regnestykkene kan ikke legges sammen: det ene endrer det andre.")


@dataclass(frozen=True, slots=True)
class Line:
    """A place on the page: what it has today, and the change in words with its tag ("" when there is none)."""

    name: str
    today: str
    text: str
    tag: str


def change_text(change: Range, lang: str) -> str:
    """The change as a range in words."""

    def kroner(value: Decimal) -> str:
        return money(abs(value), 0, lang)

    if change.low == 0 == change.high:
        return translate(lang, N_("ingen endring"))
    if change.high <= 0:
        pattern, ends = N_("%(low)s til %(high)s mindre"), (change.high, change.low)
    elif change.low >= 0:
        pattern, ends = N_("%(low)s til %(high)s mer"), (change.low, change.high)
    else:
        pattern, ends = N_("fra %(low)s mindre til %(high)s mer"), (change.low, change.high)
    return translate(lang, pattern, low=kroner(ends[0]), high=kroner(ends[1]))


def way(change: Range) -> str:
    """less, more, none, or either."""
    if change.low == 0 == change.high:
        return "none"
    if change.high <= 0:
        return "less"
    return "more" if change.low >= 0 else "either"


TAGS: Final = {"less": "ok", "more": "warning", "either": "neutral", "none": "neutral"}


def today_text(place: Place, outcome: Outcome, lang: str) -> str:
    """What the place has now; a dash when it is not shown."""
    if place.today is None:
        return "–"
    if outcome.lever.today_unit == "kr":
        return money(place.today, 0, lang)
    return decimal(place.today, 0, lang)


def line_of(place: Place, outcome: Outcome, lang: str) -> Line:
    """A place as a row of the table."""
    if place.change is None:
        return Line(place.name, today_text(place, outcome, lang), translate(lang, WHY[place.why]), "")
    text = change_text(place.change, lang)
    return Line(place.name, today_text(place, outcome, lang), text, TAGS[way(place.change)])


_SUMMARY: Final = {
    "less": N_("Bruker mindre: %(names)s."),
    "more": N_("Bruker mer: %(names)s."),
    "either": N_("Kan gå begge veier: %(names)s."),
    "none": N_("Ingen endring: %(names)s."),
}


def summary(outcome: Outcome, lang: str) -> list[str]:
    """Who gains and who loses, by name, and who could not be reckoned."""
    found = []
    for kind, pattern in _SUMMARY.items():
        names = [one.name for one in outcome.places if one.change is not None and way(one.change) == kind]
        if names:
            found.append(translate(lang, pattern, names=listed(names, lang)))
    lacking = [one.name for one in outcome.places if one.change is None]
    if lacking:
        found.append(translate(lang, N_("Kan ikke regnes for %(names)s."), names=listed(lacking, lang)))
    return found


def heading(outcome: Outcome, lang: str) -> str:
    """The region's result in one line."""
    if outcome.region.change is None:
        return translate(lang, N_("Samarbeidet samlet kan ikke regnes"))
    said = change_text(outcome.region.change, lang)
    return translate(lang, N_("Samarbeidet samlet: %(change)s"), change=said)


def tornado(outcome: Outcome, lang: str) -> list[tuple[str, str]]:
    """Each assumption and what it does alone to the region's result, in words; the widest first."""
    return [(assumed(one, outcome, lang), change_text(moved, lang)) for one, moved in outcome.swings]


def assumed(one: Assumption, outcome: Outcome, lang: str) -> str:
    """An assumption with its range: "Færre som slutter: 10–25 %"."""
    said = outcome.inputs[one.id]
    unit = "%" if one.unit == "%" else translate(lang, N_("kr"))
    low, high = decimal(said.low, None, lang), decimal(said.high, None, lang)
    value = low if low == high else f"{low}–{high}"
    return translate(
        lang, N_("%(name)s: %(value)s %(unit)s"), name=translate(lang, one.name), value=value, unit=unit
    )


def source_of(one: Assumption, outcome: Outcome, release: Released, lang: str) -> str:
    """Where an assumption comes from: an estimate, or the published figure it is."""
    if one.id != "sats" or outcome.choice == "typed":
        return translate(lang, one.source)
    return translate(
        lang, N_("%(choice)s: kostnad per time, publiseringen for %(period)s, utgave %(edition)s."),
        choice=translate(lang, CHOICES[outcome.choice]), period=period_name(release.card.period, lang),
        edition=release.card.edition,
    )  # fmt: skip


def shown(outcome: Outcome, release: Released, lang: str) -> dict[str, Any]:
    """What the page says of a result."""
    rows = [(one.name, one.change, _short(one.why, lang)) for one in outcome.places]
    moved = [(assumed(one, outcome, lang), change, "") for one, change in outcome.swings]
    return {
        "heading": heading(outcome, lang),
        "summary": summary(outcome, lang),
        "lines": [line_of(one, outcome, lang) for one in outcome.places],
        "region_line": line_of(outcome.region, outcome, lang),
        "drawn": any(one.change is not None for one in outcome.places),
        "bars": _both(rows, lang),
        "tornado": tornado(outcome, lang),
        "tornado_bars": _both(moved, lang, stacked=True),
        "sources": sources(outcome, release, lang),
        "notes": notes(outcome, release, lang),
        "today_name": translate(lang, outcome.lever.today_name),
    }


def _short(why: str, lang: str) -> str:
    words = {"hidden": N_("skjult"), "missing": N_("uten tall"), "nothing": N_("har ikke dette i dag")}
    return translate(lang, words[why]) if why else ""


def _both(
    rows: Sequence[tuple[str, Range | None, str]], lang: str, *, stacked: bool = False
) -> tuple[Bars, ...]:
    return tuple(range_bars(rows, width, lang, stacked=stacked) for width in WIDTHS)


def sources(outcome: Outcome, release: Released, lang: str) -> list[tuple[str, list[str]]]:
    """Where the assumptions come from, each source once with those that come from it."""
    found: dict[str, list[str]] = {}
    for one in outcome.lever.assumptions:
        found.setdefault(source_of(one, outcome, release, lang), []).append(assumed(one, outcome, lang))
    return list(found.items())


def notes(outcome: Outcome, release: Released, lang: str) -> list[str]:
    """How it was reckoned."""
    found = [
        translate(lang, text) for text in (*outcome.lever.how, PUBLISHED_ONLY, NOT_A_YEAR, ONE_AT_A_TIME)
    ]
    if any(one.why == "hidden" for one in outcome.places):
        found.append(translate(lang, HIDDEN_MEANS))
    found.append(
        translate(
            lang, N_("Publiseringen for %(period)s, utgave %(edition)s."),
            period=period_name(release.card.period, lang), edition=release.card.edition,
        )
    )  # fmt: skip
    return found


def newer(saved: ReleaseCard, cards: Sequence[ReleaseCard]) -> ReleaseCard | None:
    """The newest release shown, when it is another than the saved one and not of an earlier period."""
    if not cards or cards[0].id == saved.id or cards[0].period.start < saved.period.start:
        return None
    return cards[0]


def rates_text(rates: Mapping[str, Decimal], lang: str) -> str:
    """The published costs per hour that can be chosen, in words."""
    if not rates:
        return translate(
            lang,
            N_("Færre enn %(fewest)s kommuner viser kostnaden per time. Da kan du bare skrive den selv."),
            fewest=FEWEST,
        )
    said = {name: money(value, 2, lang) for name, value in rates.items()}
    return translate(
        lang, N_("I denne publiseringen er den laveste %(lowest)s, den midterste %(median)s og den høyeste %(highest)s."),
        **said,
    )  # fmt: skip


def saved_count(count: int, lang: str) -> str:
    """How many are saved, in words."""
    return ntranslate(lang, "Ett scenario er lagret.", "%(num)s scenarioer er lagret.", count)


def sheet(outcome: Outcome, release: Released, lang: str) -> bytes:
    """The scenario as a workbook: each place's low and high, the assumptions with their sources, and the notes."""

    def say(message: str) -> str:
        return translate(lang, message)

    header = [
        say(N_("Kommune")),
        say(outcome.lever.today_name),
        say(N_("Endring, lavest")),
        say(N_("Endring, høyest")),
        "",
    ]
    rows: list[list[Cell]] = []
    for one in (*outcome.places, outcome.region):
        now = None if one.today is None else one.today.quantize(HUNDRED / 10000)
        ends: list[Cell] = (
            [one.change.low, one.change.high, ""] if one.change else [None, None, say(WHY[one.why])]
        )
        rows.append([one.name, now, *ends])
    rows += [[], [say(N_("Forutsetninger"))]]
    rows += [
        [assumed(one, outcome, lang), source_of(one, outcome, release, lang)]
        for one in outcome.lever.assumptions
    ]
    rows.append([])
    rows += [[note] for note in notes(outcome, release, lang)]
    return write_xlsx(header, rows, sheet=say(outcome.lever.name))
