"""Those one can be in the demo, in the order of the front page."""

from __future__ import annotations

from dataclasses import dataclass

from sammen.i18n_mark import N_


@dataclass(frozen=True, slots=True)
class Persona:
    """`title` follows the name; `text` is a sentence about the day's work. `shared`: works for all twelve."""

    name: str
    title: str
    text: str
    shared: bool = False

    @property
    def line(self) -> str:
        """As the database keeps it."""
        return f"{self.title}. {self.text}"


PERSONAS = (
    Persona("Hanne Myhre", N_("saksbehandler i Horten"),
            N_("Tar imot søknader, kartlegger og skriver vedtak for barn, unge og voksne. Kan hente inn ei saksliste.")),
    Persona("Ingrid Solum", N_("saksbehandler i Horten"),
            N_("Leser det kollegaen har skrevet, og fatter vedtaket. Den som skriver, kan ikke fatte det selv.")),
    Persona("Kari Lunde", N_("koordinator i Horten"),
            N_("Tar imot bestillinger, finner støttekontakter, følger dem opp og godkjenner timer.")),
    Persona("Torunn Haslestad", N_("leder i Horten"), N_("Ser på kommunens egne tall og godkjenner dem.")),
    Persona("Gro Heide", N_("lønn i Horten"),
            N_("Kjører lønn, henter filene til lønnssystemet og holder satsene ved like. Ser ingen brukere.")),
    Persona("Leif Tangen", N_("administrator i Horten"), N_("Setter kommunens regler og satser.")),
    Persona("Rune Sletta", N_("koordinator i Larvik"),
            N_("Har mange som venter, og leter etter støttekontakter også i nabokommunene.")),
    Persona("Gunnhild Solvang", N_("koordinator i Re"),
            N_("Svarer når andre kommuner vil låne støttekontakter. Ser timer, og aldri hvem de hjelper.")),
    Persona("Eirik Fossum", N_("felles koordinator"),
            N_("Kobler behov og kandidater på tvers av tolv kommuner, uten navn."), shared=True),
    Persona("Berit Aasen", N_("styringsgruppa"),
            N_("Ser hele regionen i tall: brukere, timer og kostnader i hver kommune."), shared=True),
    Persona("Marianne Klever", N_("prosjektleder"),
            N_("Velger hvilke tall som publiseres, ser hva som blir skjult, og setter mål for samarbeidet."), shared=True),
    Persona("Ragnhild Moen", N_("partner ved DPS Vestfold"),
            N_("Ser hvilke behov som er lagt ut, uten navn, og ikke noe annet."), shared=True),
    Persona("Amund Vik", N_("støttekontakt i Horten"),
            N_("Fører timer på telefonen, også uten nett, og sier fra når noe bekymrer.")),
    Persona("Sindre Falk", N_("støttekontakt i Re"),
            N_("Har sagt ja til å bli spurt av andre kommuner. Kalles K-118 til han sier ja.")),
    Persona("Trine Bergli", N_("foresatt i Horten"), N_("Bekrefter timene, leser vedtaket og ser hvem som har lest saken.")),
    Persona("Selma Aasrum", N_("bruker i Horten"),
            N_("Er 17 år, og bekrefter timene selv. Leser vedtaket og planen sin.")),
    Persona("Tora Lien", N_("personvernombud i Horten"),
            N_("Ser hvem som har lest og endret hva, og kan åpne loggen til den som spør.")),
    Persona("Dina Norli", N_("driftsansvarlig"), N_("Passer på at alt kjører. Ser ingen saker.")),
)  # fmt: skip


def presented(name: str) -> tuple[int, str] | None:
    """A persona's place on the front page and its line, for those who have one."""
    return next(((n, persona.line) for n, persona in enumerate(PERSONAS, 1) if persona.name == name), None)
