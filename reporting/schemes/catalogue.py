"""The checklist of schemes (D1, D2): what a municipality can have, in words its own people use. Declared, with editions.

A scheme that is added gets the next edition in `since` and raises VERSION; one that is no longer asked about gets the
edition it was last in as `until`. Ids are never used again, so that answers of long ago still mean what they meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sammen.i18n_mark import N_

VERSION: Final = 1
GROUPS: Final[Mapping[str, str]] = {
    "forms": N_("Tilbud etter vedtak"),
    "open": N_("Tilbud uten vedtak"),
    "contacts": N_("For støttekontaktene"),
    "pay": N_("Lønn og utgifter"),
    "steering": N_("Drift og styring"),
}
STATES: Final[Mapping[str, str]] = {
    "has": N_("Har"),
    "planned": N_("Planlegger"),
    "no": N_("Har ikke"),
    "ended": N_("Avsluttet"),
}
NOT_ANSWERED: Final = N_("Ikke svart")


@dataclass(frozen=True, slots=True)
class Scheme:
    """One row of the checklist. `source` is its row in the domain's list of schemes; texts are msgids.

    `counted`: what Sammen itself can tell of it (held.py), "" for nothing.
    """

    id: str
    source: str
    group: str
    name: str
    about: str
    counted: str = ""
    since: int = 1
    until: int = 0


_LIST: Final = (
    Scheme("individual", "A3", "forms", N_("Individuell støttekontakt"),
           N_("Én støttekontakt for én person.")),
    Scheme("group", "A3", "forms", N_("Aktivitetsgruppe"),
           N_("Flere brukere med faste ledere og fast dag."), "groups"),
    Scheme("training", "B16", "forms", N_("Treningskontakt"),
           N_("Støttekontakt med kurs som trener sammen med brukeren.")),
    Scheme("organisation", "A3", "forms", N_("Tilbud med en frivillig organisasjon"),
           N_("Vedtaket settes i verk i et lag eller en forening.")),
    Scheme("assisted-leisure", "B13", "forms", N_("Fritid med bistand"),
           N_("Sju steg fra kartlegging til deltakelse i et lag, med oppfølging.")),
    Scheme("substitutes", "B10", "forms", N_("Vikarer brukeren kjenner"),
           N_("En kjent vikar når støttekontakten er borte.")),
    Scheme("joint-groups", "C10", "forms", N_("Gruppe på tvers av kommuner"),
           N_("En gruppe to eller flere kommuner har sammen."), "joint_groups"),
    Scheme("cafe", "C13", "open", N_("Åpen kafé"), N_("Møteplass uten vedtak og uten påmelding."), "cafes"),
    Scheme("open-activity", "C13", "open", N_("Andre åpne aktiviteter"),
           N_("Turer, trening og kultur uten vedtak."), "offers"),
    Scheme("holiday", "C13", "open", N_("Ferietilbud"), N_("Turer eller leir i feriene."), "trips"),
    Scheme("companion-card", "B17", "open", N_("Ledsagerbevis"),
           N_("Ledsageren kommer gratis inn. Beviset gjelder i alle kommuner.")),
    Scheme("volunteers", "B15", "open", N_("Ulønnede fritidsvenner"),
           N_("Frivillige og besøksvenner, for eksempel gjennom Røde Kors.")),
    Scheme("leisure-fund", "B14", "open", N_("Utlån av utstyr og støtte til kontingent"),
           N_("Kommunen låner ut utstyr eller betaler for deltakelse.")),
    Scheme("activity-calendar", "C14", "open", N_("Aktivitets- og kulturkalender"),
           N_("Offentlig oversikt over tilbud, med tilgjengelighet.")),
    Scheme("start-course", "B4", "contacts", N_("Kurs før oppstart"),
           N_("Kurs og veiledning før den første oppgaven.")),
    Scheme("theme-courses", "C7", "contacts", N_("Temakurs"),
           N_("Kurs om diagnoser, kommunikasjon eller aktiviteter."), "courses"),
    Scheme("information-meetings", "B5", "contacts", N_("Informasjonsmøter"),
           N_("Faste møter for alle støttekontakter.")),
    Scheme("guidance-groups", "C8", "contacts", N_("Veiledningsgrupper"),
           N_("Støttekontakter veileder hverandre, med en leder.")),
    Scheme("one-to-one", "B6", "contacts", N_("Faste samtaler med hver støttekontakt"),
           N_("Samtale hver andre eller tredje måned.")),
    Scheme("joint-recruiting", "C1", "contacts", N_("Felles annonser med andre kommuner"),
           N_("Én annonse og én søknad for flere kommuner.")),
    Scheme("youth", "B11", "contacts", N_("Ungdom for ungdom"), N_("Støttekontakter under 18 år, med samtykke hjemmefra.")),
    Scheme("competence-pay", "B7", "pay", N_("Lønn etter kurs eller kompetanse"),
           N_("Høyere sats for den som har kurs eller utdanning.")),
    Scheme("weekend-pay", "B7", "pay", N_("Egen sats i helg"), N_("Høyere sats lørdag, søndag og helligdag.")),
    Scheme("expenses", "B7", "pay", N_("Dekker støttekontaktens utgifter"),
           N_("Fast beløp eller etter kvittering.")),
    Scheme("travel", "B7", "pay", N_("Dekker kjøring"), N_("Kilometergodtgjøring til støttekontakten.")),
    Scheme("operating-concept", "D2", "steering", N_("Felles driftskonsept"),
           N_("Rutiner, opplæring og satser som er like i flere kommuner.")),
    Scheme("user-surveys", "D2", "steering", N_("Brukerundersøkelser"),
           N_("Brukerne blir spurt om tilbudet med jevne mellomrom.")),
    Scheme("yearly-evaluation", "A7", "steering", N_("Evaluering av hvert vedtak hvert år"),
           N_("Hvert vedtak ses på minst én gang i året.")),
)  # fmt: skip
SCHEMES: Final[Mapping[str, Scheme]] = {one.id: one for one in _LIST}


def asked(version: int = VERSION) -> list[Scheme]:
    """The schemes of an edition of the list, in its order."""
    return [one for one in _LIST if one.since <= version and (not one.until or version <= one.until)]
