"""What every figure means, said once: pages, downloads and docs/data/ are all written from here (statistics.md).

The numbers themselves come from measures that slices of the tenants floor contribute; `tenants.api` hands them up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sammen.i18n_mark import N_

Unit = Literal["count", "hours", "kroner", "rate"]


@dataclass(frozen=True, slots=True)
class Definition:
    """One measure in words. All texts are msgids.

    `name`: how tables call it. `definition`: one sentence that stands under its figure. `computed`: how, step by
    step. `hidden`: when the region sees a colon. `heading`: neutral, over its figure. `finding`: the heading when one
    municipality, `%(name)s`, has the highest value and nothing is hidden or missing. `source`: where the numbers lie.
    """

    id: str
    unit: Unit
    name: str
    definition: str
    computed: tuple[str, ...]
    hidden: str
    source: str
    heading: str = ""
    finding: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    """Its cells in order, as (code, name), for a figure that is divided."""

    @property
    def decimals(self) -> int:
        """Decimals in the region's tables and files: rates have one; people, hours and kroner none."""
        return 1 if self.unit == "rate" else 0


USERS: Final = Definition(
    id="users",
    unit="count",
    name=N_("Brukere med tilbud"),
    definition=N_("Personer som hadde et oppdrag i gang én eller flere dager i perioden."),
    computed=(
        N_("Vi teller personer, ikke oppdrag. En person med to støttekontakter telles én gang."),
        N_(
            "Et oppdrag er i gang fra dagen det starter, til og med dagen det slutter."
            " Dager etter at vedtaket er gått ut, teller ikke."
        ),
        N_("Timer kan bare føres på slike dager. Derfor er alle med godkjente timer med."),
        N_("Den som har flyttet mellom to kommuner i perioden, telles i begge."),
    ),
    hidden=N_("Tallet skjules når kommunen har én til fire brukere. Da skjules alle tall for kommunen."),
    source=N_("Oppdrag i kommunens egne saker."),
    heading=N_("Brukere med tilbud"),
    finding=N_("%(name)s har flest brukere"),
)
HOURS: Final = Definition(
    id="hours",
    unit="hours",
    name=N_("Godkjente timer"),
    definition=N_("Timer støttekontakter har ført på dager i perioden, og som kommunen har godkjent."),
    computed=(
        N_(
            "Dagen timen ble brukt, avgjør hvilken periode den hører til. Det gjør ikke dagen den ble godkjent."
        ),
        N_("Timer som er ført eller sendt, men ikke godkjent, er ikke med."),
        N_("Tallet er rundet av til hele timer i samarbeidet."),
    ),
    hidden=N_(
        "Tallet skjules når timene er gitt til færre enn fem personer, eller når brukertallet er skjult."
    ),
    source=N_("Godkjente timelister."),
    heading=N_("Timer som er gitt"),
    finding=N_("%(name)s har gitt flest timer"),
)
SERVED: Final = Definition(
    id="served",
    unit="count",
    name=N_("Brukere med godkjente timer"),
    definition=N_("Personer som fikk minst én godkjent time i perioden."),
    computed=(
        N_("Vi teller personer, ikke oppdrag."),
        N_("Tallet avgjør om timer og kostnad kan vises. Det vises ikke selv i samarbeidet."),
    ),
    hidden=N_("Tallet vises bare i kommunen selv."),
    source=N_("Godkjente timelister."),
)
COST: Final = Definition(
    id="cost",
    unit="kroner",
    name=N_("Kostnad"),
    definition=N_(
        "Godkjente timer slik de betales, med feriepenger, pluss administrasjon for perioden. I kroner."
    ),
    computed=(
        N_(
            "Hver godkjent time koster det satsene sa den dagen timen ble brukt, også når satsen avhenger av tjeneste, "
            "alder, ansiennitet eller kurs. Betales feriepenger sammen med timelønna, er de med. Hvert møte rundes av til "
            "nærmeste øre."
        ),
        N_("Kommunens sum for administrasjon i et år er fordelt likt på dagene i året."),
        N_("Utlegg og kjøring er ikke med."),
        N_(
            "Mangler det timesats for en dag med timer, beregner vi ikke tallet. Et år uten sum for administrasjon teller null."
        ),
    ),
    hidden=N_("Kostnaden vises ikke alene i samarbeidet. Den går inn i kostnad per bruker."),
    source=N_("Godkjente timelister, satser og administrasjonssummer som kommunen har lagt inn."),
)
COST_PER_USER: Final = Definition(
    id="cost_per_user",
    unit="kroner",
    name=N_("Kostnad per bruker"),
    definition=N_("Kostnaden i perioden delt på brukerne i perioden. I kroner."),
    computed=(
        N_("Kostnad og brukere er de samme tallene som kommunen har godkjent."),
        N_("Tallet er rundet av til hele kroner."),
        N_("En kommune uten brukere har ingen kostnad per bruker."),
    ),
    hidden=N_("Tallet skjules når timer eller brukere er skjult. Ellers kunne noen regnet seg tilbake."),
    source=N_("Regnet ut av kostnad og brukere."),
    heading=N_("Kostnad per bruker"),
    finding=N_("Kostnaden per bruker er høyest i %(name)s"),
)
USERS_PER_1000: Final = Definition(
    id="users_per_1000",
    unit="rate",
    name=N_("Brukere per 1 000 innbyggere"),
    definition=N_("Brukere med tilbud i perioden for hver 1 000 innbyggere."),
    computed=(
        N_("Brukerne er de samme som i tallet for brukere med tilbud."),
        N_("Folketallet er fra Statistisk sentralbyrå, tabell 07459, per 1. januar det nyeste året vi har."),
        N_("Tallet er rundet av til én desimal."),
    ),
    hidden=N_("Tallet skjules når brukertallet er skjult. Folketallet er kjent, så det ene gir det andre."),
    source=N_("Regnet ut av brukere og folketall."),
    heading=N_("Brukere per 1 000 innbyggere"),
    finding=N_("%(name)s har flest brukere for folketallet"),
)

CONTACT_CHANGES: Final = Definition(
    id="contact_changes",
    unit="count",
    name=N_("Bytte av støttekontakt"),
    definition=N_(
        "Personer som hadde støttekontakt i perioden, etter hvor mange ganger de byttet støttekontakt i den."
    ),
    computed=(
        N_("Et bytte er en ny støttekontakt i samme tjeneste, også under et nytt vedtak."),
        N_("To tjenester med hver sin støttekontakt er ikke et bytte."),
        N_("Vi teller personer. Den som har to tjenester, får byttene lagt sammen."),
    ),
    hidden=N_("Tallet vises bare i kommunen selv."),
    source=N_("Oppdrag i kommunens egne saker."),
    cells=(
        ("0", N_("Ingen bytter")),
        ("1", N_("Ett bytte")),
        ("2", N_("To bytter")),
        ("3+", N_("Tre eller flere bytter")),
    ),
)
RESPITE_AFTER_LOSS: Final = Definition(
    id="respite_after_loss",
    unit="count",
    name=N_("Søkte avlastning etter å ha mistet støttekontakten"),
    definition=N_(
        "Personer det ble søkt om avlastning for i perioden, innen et år etter at støttekontakten sluttet."
    ),
    computed=(
        N_("Søknaden om avlastning er notert på saken av en som tildeler tjenester."),
        N_("Søknaden teller når støttekontakten sluttet mens tjenesten fortsatt var innvilget."),
        N_("Tallet sier at det ene kom etter det andre. Det sier ikke hvorfor de søkte."),
    ),
    hidden=N_("Tallet vises bare i kommunen selv."),
    source=N_("Oppdrag og notater om avlastning i kommunens egne saker."),
)

REPORTED: Final = (USERS, HOURS, SERVED, COST)
"""What a municipality computes and approves; together they decide what may be shown (hiding.py)."""
SHOWN: Final = (USERS, HOURS, COST_PER_USER, USERS_PER_1000)
"""What the steering group sees, in the order of the page."""
HOME: Final = (CONTACT_CHANGES, RESPITE_AFTER_LOSS)
"""What a municipality computes for itself alone: few people stand behind each number, and it never leaves."""
ALL: Final = {d.id: d for d in (USERS, HOURS, SERVED, COST, COST_PER_USER, USERS_PER_1000, *HOME)}
