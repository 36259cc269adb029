"""From a release's facts to words: what a table is called, how far a release has come, and what the audit tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from reporting.measures.api import DEFINITIONS, THEMES
from reporting.periods import Language, Period, PeriodKind
from reporting.releases.queries import ReleaseRow
from reporting.releases.shown import GROUP
from reporting.releases.tables import Offer, offered, table_of
from sammen.i18n_mark import N_
from sammen.web.formats import decimal, listed, lower_first
from sammen.web.i18n import LANGUAGES, SOURCE_LANGUAGE, translate

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "making": (N_("Lages"), "info"),
    "ready": (N_("Klar til godkjenning"), "warning"),
    "failed": (N_("Kan ikke publiseres"), "danger"),
    "approved": (N_("På vei ut"), "info"),
    "shown": (N_("Publisert"), "ok"),
    "replaced": (N_("Erstattet av en nyere"), "neutral"),
    "withdrawn": (N_("Trukket"), "neutral"),
    "discarded": (N_("Forkastet"), "neutral"),
}
WHO: Final[Mapping[str, str]] = {
    "outsider": N_("En utenforstående, som kjenner alt som er publisert om perioden"),
    "rule": N_("En som også kjenner regelen for hva som skjules"),
    "member": N_("Hver kommune, som også kjenner sine egne tall"),
    "pair": N_("To og to kommuner, som legger tallene sine sammen"),
    "second": N_("Den som bidrar nest mest til et beløp, og vil finne den som bidrar mest"),
}
LENGTHS: Final[Mapping[PeriodKind, str]] = {
    PeriodKind.TERTIAL: N_("et tertial"), PeriodKind.HALF_YEAR: N_("et halvår"), PeriodKind.YEAR: N_("et år"),
}  # fmt: skip
"""How long a region's periods are, in a sentence."""
LONGEST_LIST: Final = 40


@dataclass(frozen=True, slots=True)
class Tried:
    """One line of the audit: who tried, how many of them, on how many hidden numbers, and what they found.

    `before`: hidden sums they could tell already, from earlier releases and their own corrections; nothing hidden now
    would change it, and nobody else is told them.
    """

    who: str
    attackers: str
    cells: str
    found: str
    narrowest: str
    before: str


def period_name(period: Period, lang: str) -> str:
    """The period as read in a sentence."""
    return period.label(cast("Language", lang if lang in LANGUAGES else SOURCE_LANGUAGE))


def offers() -> list[Offer]:
    """Every table that can be chosen, in the order of themes and measures."""
    found = offered(DEFINITIONS.values())
    order = list(THEMES)
    return sorted(found, key=lambda one: order.index(one.theme))  # type: ignore[arg-type]  # a theme is one of them


def division_name(measure: str, by: Sequence[str], lang: str) -> str:
    """How a table is divided: "Kommune", or "Alder og kjønn"."""
    if not by:
        return translate(lang, N_("Bare kommune"))
    known = {one.id: one.name for one in DEFINITIONS[measure].dimensions} if measure in DEFINITIONS else {}
    names = [translate(lang, known[name]) if name in known else name for name in by]
    return listed([names[0], *(lower_first(name) for name in names[1:])], lang)


def measure_name(measure: str, lang: str) -> str:
    """A measure's name; its id when the measure is no longer known."""
    return translate(lang, DEFINITIONS[measure].name) if measure in DEFINITIONS else measure


def table_name(text: str, lang: str) -> str:
    """A table's name: "Brukere: alder og kjønn"."""
    measure, by = table_of(text)
    return translate(
        lang, N_("%(measure)s: %(division)s"), measure=measure_name(measure, lang),
        division=lower_first(division_name(measure, by, lang)),
    )  # fmt: skip


def choices(lang: str) -> list[tuple[str, list[tuple[str, str, list[tuple[str, str]]]]]]:
    """The tables to choose from: theme → (measure id, its name, its tables as options)."""
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for one in offers():
        tables = found.setdefault(one.theme, {}).setdefault(one.measure, [])
        tables.append((one.id, division_name(one.measure, one.by, lang)))
    return [
        (translate(lang, THEMES[theme]), [(name, measure_name(name, lang), tables) for name, tables in some.items()])  # type: ignore[index]  # as above
        for theme, some in found.items()
    ]  # fmt: skip


def state_of(row: ReleaseRow, lang: str) -> tuple[str, str]:
    """A release's state in a word, and its colour."""
    word, colour = STATES[row.state]
    return translate(lang, word), colour


# The audit --------------------------------------------------------------------------------------------------------
def share(part: int, whole: int) -> int:
    """Per cent, whole; nought of nothing."""
    return round(100 * part / whole) if whole else 0


def tables_told(report: Mapping[str, Any], lang: str) -> list[tuple[str, str, str, str]]:
    """Table, numbers, hidden, and how much that is, those that hide most first."""
    rows = sorted(report.get("tables", ()), key=lambda row: (-row["hidden"], row["id"]))
    return [
        (table_name(row["id"], lang), decimal(row["cells"], 0, lang), decimal(row["hidden"], 0, lang),
         f"{share(row['hidden'], row['cells'])}")
        for row in rows
    ]  # fmt: skip


def costs_told(report: Mapping[str, Any], lang: str) -> list[tuple[str, int]]:
    """Tables whose absence would let other numbers be shown, and how many, most first."""
    return [(table_name(row["id"], lang), row["saved"]) for row in report.get("costs", ())][:5]


def audit_told(report: Mapping[str, Any], lang: str) -> list[Tried]:
    """What each kind of attacker tried and found, in plain words."""
    found = []
    for fact in report.get("facts", ()):
        number = fact["determined"] + fact["narrow"]
        narrow = fact["narrowest"]
        found.append(
            Tried(
                translate(lang, WHO.get(fact["attacker"], fact["attacker"])),
                decimal(fact["attackers"], 0, lang),
                decimal(fact["cells"], 0, lang),
                translate(lang, N_("Ingen")) if not number else decimal(number, 0, lang),
                "–" if narrow is None else decimal(narrow, 0, lang),
                decimal(fact.get("before", 0), 0, lang),  # reports of older versions did not count it
            )
        )
    return found


def failed_told(report: Mapping[str, Any], lang: str) -> list[str]:
    """The cells that cannot be protected, by name, and no number: at most LONGEST_LIST."""
    names = report.get("names", {})
    said = []
    for cell in report.get("failed", ())[:LONGEST_LIST]:
        codes = _codes(cell["measure"], cell["by"], cell["key"], lang)
        place = place_name(cell["place"], names, report.get("groups", {}), lang)
        said.append(", ".join([measure_name(cell["measure"], lang), place, *codes]))
    return said


def failed_tables(report: Mapping[str, Any], tables: Sequence[str], lang: str) -> str:
    """The chosen tables that those cells stand in, as a list in a sentence."""
    found = []
    for text in tables:
        measure, by = table_of(text)
        if any(c["measure"] == measure and set(c["by"]) <= set(by) for c in report.get("failed", ())):
            found.append(table_name(text, lang))
    return listed([f"«{one}»" for one in found], lang)


def _codes(measure: str, by: Sequence[str], key: Sequence[str], lang: str) -> list[str]:
    known = (
        {one.id: dict(one.codes) for one in DEFINITIONS[measure].dimensions} if measure in DEFINITIONS else {}
    )
    return [translate(lang, known.get(name, {}).get(code, code)) for name, code in zip(by, key, strict=True)]


def place_name(place: str, names: Mapping[str, str], groups: Mapping[str, Sequence[str]], lang: str) -> str:
    """A municipality, a group of them, or the whole region, by name."""
    if not place:
        return translate(lang, N_("hele samarbeidet"))
    if place.startswith(GROUP):
        return next((name for code, name in groups.values() if code == place.removeprefix(GROUP)), place)
    return names.get(place, place)
