"""Tables to begin from: what some municipalities have published, and shapes without amounts that many use.

Facts from their pages, of the year they stood there: history, never today's rates. Sums the pages do not state are left
for the municipality to fill in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sammen.i18n_mark import N_
from tenants.rates.tables import RateStep


@dataclass(frozen=True, slots=True)
class Example:
    """A starting point: its name, rows, percentage on top for holiday pay, and where it was published."""

    name: str
    steps: tuple[RateStep, ...]
    holiday_percent: Decimal = Decimal(0)
    source_url: str = ""

    @property
    def priced(self) -> bool:
        """Whether every hour has an amount, so that it can be paid by."""
        return all(step.rate_ore is not None for step in self.steps if step.component == "hours")


KVINNHERAD = Example(
    N_("Kvinnherad 2023: egen sats for grupper"),
    (RateStep("hours", "rate", 195_00), RateStep("hours", "rate", 235_00, form="group")),
    source_url="https://kvinnherad.custompublish.com/aktiv-fritid.447025.nn.html",
)
LEVANGER = Example(
    N_("Levanger 2017: utgifter og kjøring etter brukerens alder"),
    (
        RateStep("hours", "rate", 147_95, age_from=18),
        RateStep("expense", "per_month", 50_00),
        RateStep("expense", "per_month", 100_00, user_age_to=17),
        RateStep("kilometres", "state", user_age_to=17, cap_km=Decimal(50)),
    ),
    source_url="https://www.levanger.kommune.no/Tjenester-a-a/Omsorg-trygd-og-sosial/Avlastning-og-stotte/Stottekontakt/",
)
HEMNES = Example(
    N_("Hemnes omkring 2010: kvitteringer og kilometer med tak"),
    (
        RateStep("hours", "rate", 126_98),
        RateStep("receipts", "receipts", cap_ore=200_00),
        RateStep("kilometres", "rate", 3_65, cap_km=Decimal(100)),
        RateStep("commute", "rate", 3_65),
    ),
    source_url="https://www.hemnes.kommune.no/vil-du-vaere-stoettekontakt.5036941-419851.html",
)
STEPS = Example(
    N_("Trinn etter alder og ansiennitet, uten beløp"),
    (
        RateStep("hours", "rate", age_to=17), RateStep("hours", "rate"),
        RateStep("hours", "rate", seniority_months=24), RateStep("hours", "rate", seniority_months=60),
    ),
)  # fmt: skip
COURSES = Example(
    N_("Trinn etter kurs og utdanning, uten beløp"),
    (
        RateStep("hours", "rate"), RateStep("hours", "rate", competence="intro_course"),
        RateStep("hours", "rate", competence="health_education"),
    ),
)  # fmt: skip

EXAMPLES: Mapping[str, Example] = {
    "kvinnherad": KVINNHERAD,
    "levanger": LEVANGER,
    "hemnes": HEMNES,
    "trinn": STEPS,
    "kurs": COURSES,
}
