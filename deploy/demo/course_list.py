"""The demo's courses as they are planned, in the order of the calendar."""

from __future__ import annotations

from dataclasses import dataclass

from deploy.demo.stories import HORTEN, RE

AMUND, SINDRE, MARTE = "Amund Vik", "Sindre Falk", "Marte Lie"
ROLE = "Rollen, taushetsplikt og grenser. For alle som begynner."
AID = "Livreddende førstehjelp, og hva du gjør ved anfall."


@dataclass(frozen=True, slots=True)
class Planned:
    """A course. `days` from the world's day to the first session, on that week's Thursday unless `exact`; `full` is the
    share of seats taken. `host` is a municipality's number, "" for the region; `own` is for its own contacts alone.
    `noted`: its holder has written who came and who completed it. `offered`: whom of those who wait a free seat is offered
    to. `why` it was called off.
    """

    days: int
    title: str
    kind: str
    place: str
    seats: int
    full: float
    about: str
    sessions: int = 1
    exact: bool = False
    host: str = ""
    own: bool = False
    state: str = ""
    noted: bool = False
    topics: tuple[str, ...] = ()
    quotas: tuple[tuple[str, int], ...] = ()
    named: tuple[str, ...] = ()
    offered: str = ""
    waiting: int = 0
    least: int = 0
    bring: str = ""
    why: str = ""
    voices: bool = False
    video: int = 0
    """How many of the first sessions are by video."""


COURSES = (
    Planned(-690, "Førstehjelp", "first_aid", "Horten brannstasjon", 14, 0.8, AID, noted=True, named=(MARTE, SINDRE)),
    Planned(-128, "Grunnkurs for nye støttekontakter", "intro", "Tønsberg bibliotek", 24, 1.0, ROLE, sessions=2, noted=True,
            topics=("Rollen og grensene", "Taushetsplikt og samtaler"), named=(AMUND, SINDRE), voices=True),
    Planned(-74, "Førstehjelp", "first_aid", "Re brannstasjon", 16, 0.9, AID, noted=True, host=RE),
    Planned(-60, "Å trene sammen, 40 timer", "training", "Horten treningssenter", 12, 0.8,
            "Trening sammen med noen som ikke har trent før. Kurset har prøve.", sessions=3, noted=True, host=HORTEN,
            topics=("Kroppen", "Motivasjon", "Prøve")),
    Planned(-37, "Å bli kjent gjennom en aktivitet", "theme", "Sandefjord kulturhus", 30, 0.7,
            "Hvordan dere finner noe dere liker begge to.", named=(AMUND, SINDRE)),
    Planned(-7, "Kjøre minibussen trygt", "theme", "Horten rådhus", 8, 0.8,
            "Rullestolfester, heis og hva du gjør hvis noen blir dårlig.", sessions=2, exact=True, host=HORTEN, own=True,
            topics=("Bussen og heisen", "Øving på vei"), named=(AMUND,), bring="Ta med førerkortet."),
    Planned(11, "Grunnkurs for nye støttekontakter", "intro", "Horten rådhus", 20, 0.6, ROLE, sessions=2,
            topics=("Rollen og grensene", "Taushetsplikt og samtaler"), least=6,
            quotas=((HORTEN, 4), ("0709", 5), ("0704", 4), ("0706", 4))),
    Planned(18, "Å møte redsel og sorg", "mental_health", "Larvik bibliotek", 12, 0.92,
            "Samtaler om psykisk helse, og hvem du kan ringe.", offered=AMUND, waiting=4),
    Planned(20, "Aktiv om vinteren", "theme", "Tønsberg bibliotek", 16, 0.2, "Ski, aking og skøyter for alle.",
            state="cancelled", why="For få var påmeldt. Vi prøver igjen i februar."),
    Planned(25, "Autisme i hverdagen", "theme", "Tønsberg bibliotek", 25, 0.4, "Forutsigbarhet, tegn og gode pauser.",
            sessions=3, named=(SINDRE,), topics=("Hva autisme er", "Forutsigbarhet", "Øving sammen"), video=2),
    Planned(32, "Å veilede støttekontakter", "supervisor", "Tønsberg bibliotek", 14, 1.0,
            "For dere som følger opp støttekontakter: de første samtalene, og når noe er vanskelig."),
    Planned(66, "Førstehjelp", "first_aid", "Sandefjord brannstasjon", 16, 0.2, AID),
    Planned(88, "Kropp, følelser og grenser", "theme", "Larvik bibliotek", 20, 0.0,
            "Å snakke om kropp og grenser med unge.", state="draft"),
    Planned(60, "Parasykkel og tralle", "theme", "Horten rådhus", 6, 0.0, "Opplæring for deg som vil sykle sammen med noen.",
            host=HORTEN, own=True, state="draft"),
)  # fmt: skip
