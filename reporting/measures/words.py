"""What a measure means, said once: pages, files, papers and docs/data/ are all written from here (statistics.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from sammen.figures import Dimension, Kind, Unit
from sammen.i18n_mark import N_

Theme = Literal["users", "waiting", "hours", "contacts", "quality", "cost", "courses", "together"]
THEMES: Final[Mapping[Theme, str]] = {
    "users": N_("Brukere og vedtak"),
    "waiting": N_("Venting"),
    "hours": N_("Timer"),
    "contacts": N_("Støttekontakter"),
    "quality": N_("Kvalitet"),
    "cost": N_("Kostnad"),
    "courses": N_("Kurs"),
    "together": N_("Samarbeidet"),
}
"""The pages of the steering group, in their order."""
Better = Literal["", "more", "fewer"]

IN_USE: Final = N_(
    "Fra den dagen kommunen tok Sammen i bruk. Det som ble lest inn fra kommunens lister da, er med så langt det har dato."
)
_COUNT_HIDDEN: Final = N_(
    "Tallet skjules når det er fra én til fire, eller når noen ellers kunne regnet det ut av andre tall."
    " Et samarbeid kan ha en høyere grense, aldri en lavere."
)
_SUM_HIDDEN: Final = N_(
    "Tallet skjules når færre enn fem står bak det, eller når én eller to står for nesten alt."
    " Det skjules også når noen ellers kunne regnet det ut av andre tall."
)
_HOME_HIDDEN: Final = N_("Tallet vises bare i kommunen selv.")
_PART_HIDDEN: Final = N_("Tallet vises bare når delene det er satt sammen av, vises.")
_DERIVED_HIDDEN: Final = N_(
    "Tallet vises bare når begge tallene det er regnet ut av, vises. Er ett av dem skjult, er også dette skjult."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A measure in words. All texts are msgids; sentences stand alone.

    `name`: how tables call it. `definition`: one sentence that stands under its figure. `computed`: how, step by step.
    `source`: where the numbers lie, in a reader's words; `tables`: the tables they are read from. `stock`: counted at
    the period's end, else through it. `since`: from when it can be counted. `home`: it never leaves the municipality.
    `heading`: neutral, over its figure; `finding`: the heading when one municipality, `%(name)s`, has the highest value
    and nothing is hidden or missing. `better`: whether more or fewer is what is wanted. `breaks`: days from which it
    was counted otherwise, with what changed: a series is cut there.
    """

    id: str
    theme: Theme
    name: str
    definition: str
    computed: tuple[str, ...]
    source: str
    tables: tuple[str, ...]
    stock: bool = False
    since: str = IN_USE
    home: bool = False
    heading: str = ""
    finding: str = ""
    better: Better = ""
    breaks: tuple[tuple[date, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition(Words):
    """A measure in words, with what its slice says of it: how it is protected, its unit, and how it is divided."""

    kind: Kind
    unit: Unit
    dimensions: tuple[Dimension, ...]

    @property
    def decimals(self) -> int:
        """Decimals wherever it is shown to more than the municipality itself: people, hours and kroner are whole."""
        return 0

    @property
    def hidden(self) -> str:
        """When it is not shown, in words."""
        if self.home:
            return _HOME_HIDDEN
        return _SUM_HIDDEN if self.kind in ("sum", "money") else _COUNT_HIDDEN

    def dimension(self, wanted: str) -> Dimension:
        """The dimension with an id. Raises KeyError when it is not divided so."""
        for one in self.dimensions:
            if one.id == wanted:
                return one
        raise KeyError(wanted)


INHABITANTS: Final = "inhabitants"
"""The denominator that is no measure of ours: people who live there, of all ages, or of a band as "inhabitants:0-17"."""
RateUnit = Literal["count", "rate", "percent", "kroner", "hours"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """A figure computed from *published* ones: `numerator` ÷ `denominator` × `factor`, over the same period.

    Both are ids of measures, or INHABITANTS below the line. With no denominator it is a part of a measure that is shown
    by itself. `where` and `where_below` choose codes of a dimension: their
    published cells are added up; without, it is the measure's total. `shared`: dimensions that both may be divided by,
    code against the same code. With any operand hidden or missing, so is this; with nought below the line there is none.
    """

    id: str
    theme: Theme
    name: str
    definition: str
    numerator: str
    denominator: str
    unit: RateUnit
    factor: Decimal = Decimal(1)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    where_below: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shared: tuple[str, ...] = ()
    computed: tuple[str, ...] = ()
    heading: str = ""
    finding: str = ""
    better: Better = ""

    @property
    def decimals(self) -> int:
        """Decimals wherever it is shown: rates and hours have one, per cent and kroner none."""
        return 1 if self.unit in ("rate", "hours") else 0

    @property
    def hidden(self) -> str:
        """When it is not shown, in words."""
        return _DERIVED_HIDDEN if self.denominator else _PART_HIDDEN
