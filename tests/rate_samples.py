"""Published pay rules of fifteen municipalities as tables, with where each was published (facts of their year, not today's).

`stated` says whether the page states every amount; where it does not, the missing ones are the tests' own (OWN_HOURLY and
the like), so that the shape can be tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from tenants.rates.api import Agreed, RateStep, RateTable, RateTables, StateRate, Worked

JANUARY = date(2026, 1, 1)
OWN_HOURLY = RateStep("hours", "rate", 200_00)
"""An amount of the tests' own, where a rule states none: 200 kroner an hour."""
STATE = (
    StateRate(date(2010, 3, 1), date(2011, 12, 31), 3_65),
    StateRate(date(2015, 1, 1), date(2018, 6, 21), 4_10),
    StateRate(date(2026, 1, 1), None, 5_30),
)


@dataclass(frozen=True)
class Published:
    """What a municipality has published: rows, percentage on top, first day, what is agreed, and the page."""

    steps: tuple[RateStep, ...]
    source_url: str
    valid_from: date = JANUARY
    holiday_percent: Decimal = Decimal(0)
    agreed: tuple[Agreed, ...] = ()
    stated: bool = True

    @property
    def tables(self) -> RateTables:
        return tables_of(*self.steps, valid_from=self.valid_from, holiday=self.holiday_percent)


def tables_of(
    *steps: RateStep, valid_from: date = JANUARY, holiday: Decimal = Decimal(0), holiday_for: str = "any"
) -> RateTables:
    """One table in force, beside the state's rates."""
    table = RateTable(uuid4(), "", valid_from, steps, "", holiday, holiday_for)
    return RateTables.of([table], STATE)


def met(day: date, hours: str = "2", *, form: str = "individual", at: UUID, kr: str = "0", km: str = "0",
        commute: str = "0", trips: int = 0) -> Worked:  # fmt: skip
    """A meeting on a day."""
    return Worked(uuid4(), at, day, Decimal(hours), form, Decimal(kr), Decimal(km), Decimal(commute), trips)


VESTLANDSNYTT = (
    "https://www.vestlandsnytt.no/nyhende/2021/05/24/St%C3%B8ttekontakt-utfordring-i-Her%C3%B8y-23999016.ece"
)
VENSTRE = "https://www.venstre.no/artikkel/2008/05/24/skammelig-av-kommunen/"
RULES: Mapping[str, Published] = {
    "kvinnherad": Published(
        (RateStep("hours", "rate", 195_00), RateStep("hours", "rate", 235_00, form="group")),
        "https://kvinnherad.custompublish.com/aktiv-fritid.447025.nn.html",
        date(2023, 1, 1),
    ),
    "levanger": Published(
        (
            RateStep("hours", "rate", 147_95, age_from=18),
            RateStep("expense", "per_month", 50_00),
            RateStep("expense", "per_month", 100_00, user_age_to=17),
            RateStep("kilometres", "state", user_age_to=17, cap_km=Decimal(50)),
        ),
        "https://www.levanger.kommune.no/Tjenester-a-a/Omsorg-trygd-og-sosial/Avlastning-og-stotte/Stottekontakt/",
        date(2017, 1, 1),
    ),
    "hemnes": Published(
        (
            RateStep("hours", "rate", 126_98),
            RateStep("receipts", "receipts", cap_ore=200_00),
            RateStep("kilometres", "rate", 3_65, cap_km=Decimal(100)),
            RateStep("commute", "rate", 3_65),
        ),
        "https://www.hemnes.kommune.no/vil-du-vaere-stoettekontakt.5036941-419851.html",
        date(2010, 3, 1),
    ),
    "sandefjord": Published(
        (OWN_HOURLY, RateStep("expense", "per_hour", 28_00)),
        "https://www.nrk.no/vestfoldogtelemark/mener-stottekontakter-har-for-darlige-rettigheter_-_-heldig-om-man-gar-i-null-"
        "1.16990587",
        stated=False,
    ),
    "drammen": Published(
        (OWN_HOURLY, RateStep("expense", "by_agreement"), RateStep("kilometres", "by_agreement")),
        "https://www.drammen.kommune.no/sosiale-tjenester-og-bolig/sosiale-tjenester-og-bolig/tjenester-for-funksjonshemmede/"
        "tjenester-for-funksjonshemma/tilrettelagt-fritid/for-deg-som-er-stottekontakt/",
        agreed=(Agreed(JANUARY, "", "per_hour", 30_00, None, "state"),),
        stated=False,
    ),
    "molde": Published(
        (OWN_HOURLY,),
        "https://molde.easycruit.com/vacancy/3047191/191139?iso=no",
        holiday_percent=Decimal(12),
        stated=False,
    ),
    "verdal": Published((RateStep("hours", "rate", 79_95),), VENSTRE, date(2008, 1, 1)),
    "stjordal": Published((RateStep("hours", "rate", 111_00),), VENSTRE, date(2008, 1, 1)),
    "heroy": Published(
        (
            OWN_HOURLY,
            RateStep("kilometres", "rate", 4_00, cap_trips=1),
            RateStep("commute", "together"),
        ),
        VESTLANDSNYTT,
        stated=False,
    ),
    "hareid": Published(
        (OWN_HOURLY, RateStep("kilometres", "rate", 4_00, cap_ore=200_00)), VESTLANDSNYTT, stated=False
    ),
    "sande": Published((OWN_HOURLY, RateStep("kilometres", "rate", 4_00)), VESTLANDSNYTT, stated=False),
    "volda": Published(
        (OWN_HOURLY, RateStep("kilometres", "rate", 4_00, cap_ore=80_00, least_ore=60_00)),
        VESTLANDSNYTT,
        stated=False,
    ),
    "fjord": Published(
        (
            RateStep("hours", "rate", 200_00, age_from=18),
            RateStep("hours", "rate", 220_00, age_from=25),
            RateStep("kilometres", "by_agreement"),
        ),
        "https://www.fjord.kommune.no/tenester/helse-og-omsorgstenester/omsorgstenester/tenester-til-menneske-med-nedsett-"
        "funksjonsevne/stottekontakt-aktivitetskontakt/arbeid-som-stottekontakt-aktivitetskontakt/",
        agreed=(Agreed(JANUARY, kilometres_mode="rate", km_ore=3_50, cap_km=Decimal(40)),),
        stated=False,
    ),
    "kragero": Published(
        (OWN_HOURLY, RateStep("hours", "rate", 250_00, form="group")),
        "https://www.kragero.kommune.no/tjenester/kultur-idrett-og-fritid/fritidstjenesten/fritidskontakt/",
        stated=False,
    ),
    "meland": Published(
        (OWN_HOURLY,),
        "https://www.fagforbundet.no/for-tillitsvalgte/a/8039/stottekontakt-fikk-etterbetalt-sekssifret-belop/",
        date(2017, 1, 1),
        Decimal("10.2"),
        stated=False,
    ),
}
