"""What municipalities of a region share, by which tables, why, and who sees it: the list an arrangement must have
(GDPR art. 26 no. 1, art. 30). A test holds it against the models: a shared table that stands nowhere here is an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sammen.i18n_mark import N_


@dataclass(frozen=True, slots=True)
class SharedThing:
    """One kind of processing in common. Texts are msgids; `tables` are names of shared tables."""

    name: str
    what: str
    why: str
    seen_by: str
    tables: tuple[str, ...]


SHARED: Final = (
    SharedThing(
        N_("Behov uten navn"),
        N_("Aldersgruppe, interesser, ukedager, timer og område. Ikke navn, adresse eller fødselsdato."),
        N_("Å finne en støttekontakt i nabokommunen når kommunen ikke har noen selv."),
        N_("Felles koordinator. Samarbeidspartnere ser det som vises av behovet."),
        ("need", "need_requirement", "group_ask"),
    ),
    SharedThing(
        N_("Støttekontakter i den felles banken"),
        N_("Fødselsår, kjønn, interesser, kompetanse, område og ledige tider, med samtykke. Navnet først når brukeren sier "
           "ja."),
        N_("Å bruke hverandres støttekontakter."),
        N_("Felles koordinator, og kommunen som får et forslag."),
        ("candidate", "proposal", "introduction", "campaign_result"),
    ),
    SharedThing(
        N_("Kurs og samlinger"),
        N_("Plasser, oppmøte og bestått, per kommune. Navnet ser kommunen selv og den som holder kurset på dagen."),
        N_("Å lære opp støttekontakter sammen."),
        N_("Kurskoordinator, felles koordinator og kommunen som holder kurset."),
        ("course", "course_session", "course_quota", "course_wait", "course_exam", "course_presence", "enrolment",
         "joint_assembly", "joint_meeting", "joint_count"),
    ),
    SharedThing(
        N_("Grupper på tvers"),
        N_("Plasser og oppmøte. Navnet ser kommunen selv, og den som leder gruppa på dagen."),
        N_("Å samle nok deltakere til en gruppe."),
        N_("Felles koordinator og kommunen som holder gruppa."),
        ("joint_group", "joint_partner", "joint_seat", "joint_session", "joint_presence", "joint_idea", "joint_tally"),
    ),
    SharedThing(
        N_("Aktiviteter, nyhetsbrev og utstyr"),
        N_("Det som er lagt ut for alle, tall på hvor mange brev som er sendt, og hvem som har lånt hva."),
        N_("Å vise hva som finnes, og låne av hverandre."),
        N_("Alle ser kalenderen. Utlån ser de to kommunene det gjelder."),
        ("calendar_event", "calendar_edition", "newsletter_delivery", "resource", "booking"),
    ),
    SharedThing(
        N_("Oppgjør mellom kommunene"),
        N_("Timer, plasser og kroner per lån, og kommunens satser når den har delt dem. Ikke navn på brukere."),
        N_("Å dele utgiftene."),
        N_("De to kommunene det gjelder."),
        ("settlement_agreement", "settlement_fact", "settlement_statement", "settlement_act", "shared_rates"),
    ),
    SharedThing(
        N_("Tall for samarbeidet"),
        N_("Godkjente antall og summer. Små tall skjules før noen ser dem."),
        N_("Å styre tjenesten og rapportere."),
        N_("Styringsgruppa og prosjektlederen, og kommunene når tallene er publisert."),
        ("approved_figure", "figure_approval", "figure_reminder", "scheme_answer"),
    ),
    SharedThing(
        N_("Avtalene selv"),
        N_("Teksten, og hvem som har signert for kommunen."),
        N_("Å vite at alle har sagt ja."),
        N_("Prosjektlederen og styringsgruppa. Kommunene ser hvilke kommuner som har signert, og når."),
        ("accord_party",),
    ),
)  # fmt: skip

SHARING: Final = (
    N_("Hver kommune har ansvaret for sine egne saker, brukere og støttekontakter. Bare det som står over, er felles."),
    N_("Den kommunen som la noe inn, svarer på krav om innsyn, retting og sletting om det."),
    N_("Kontaktpunktet tar imot krav fra dem som ikke vet hvilken kommune det gjelder, og sender dem videre samme dag."),
    N_("Oppdager en kommune et brudd, varsler den de andre og kontaktpunktet uten opphold. Kommunen som eier dataene, melder "
       "til Datatilsynet innen 72 timer."),
    N_("En kommune kan si opp. Da kan den ikke dele noe nytt. Det som er i gang, avsluttes etter avtalen."),
)  # fmt: skip
"""Who does what (art. 26 no. 1 and 2)."""
