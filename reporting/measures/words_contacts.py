"""The words of the figures about contacts: who they are, how they came, why they left, and what covers them."""

from __future__ import annotations

from typing import Final

from reporting.measures.words import Words
from sammen.i18n_mark import N_

_CONTACTS: Final = N_("Støttekontakter i kommunens eget register.")
_WHO: Final = N_(
    "En støttekontakt er med fra første dag i avtalen til siste. Den som har sluttet den siste dagen i perioden, er ikke med."
)
_PAUSE: Final = N_("Den som har pause eller er tatt ut av tjeneste, er fortsatt støttekontakt og er med.")
_ONCE: Final = N_(
    "Vi teller hver støttekontakt én gang. Den som har sluttet og kommet tilbake, telles i den nye tida."
)
_TABLES: Final = ("support_contact", "contact_spell", "person")
_CAME: Final = N_(
    "Felles kampanje er de som svarte på en plakat eller lenke fra en kampanje. Den felles banken er de som kom gjennom"
    " et forslag fra banken. Den som har vært støttekontakt før, står under «Kom tilbake»."
)

WORDS: Final = (
    Words(
        id="contacts",
        theme="contacts",
        name=N_("Støttekontakter"),
        definition=N_("Støttekontakter kommunen har når perioden er over."),
        computed=(
            _WHO,
            _PAUSE,
            _ONCE,
            N_("Alderen og tida som støttekontakt er slik de er den siste dagen i perioden."),
        ),
        source=_CONTACTS,
        tables=_TABLES,
        stock=True,
        heading=N_("Støttekontakter"),
        finding=N_("%(name)s har flest støttekontakter"),
    ),
    Words(
        id="contacts_mean",
        theme="contacts",
        name=N_("Støttekontakter i snitt"),
        definition=N_("Hvor mange støttekontakter kommunen hadde en vanlig dag i perioden."),
        computed=(
            N_("Hver støttekontakt teller for den delen av dagene i perioden han eller hun var støttekontakt."),
            N_("Både den første og den siste dagen er med."),
        ),
        source=_CONTACTS,
        tables=_TABLES,
        heading=N_("Støttekontakter i snitt"),
    ),
    Words(
        id="contacts_began",
        theme="contacts",
        name=N_("Nye støttekontakter"),
        definition=N_("Støttekontakter med første dag i perioden."),
        computed=(_CAME, N_("Alderen er den de hadde den første dagen."), N_("Den som begynte to ganger, telles én gang.")),
        source=_CONTACTS,
        tables=(*_TABLES, "assignment"),
        heading=N_("Nye støttekontakter"),
        finding=N_("%(name)s fikk flest nye støttekontakter"),
        better="more",
    ),
    Words(
        id="contacts_left",
        theme="contacts",
        name=N_("Støttekontakter som sluttet"),
        definition=N_("Støttekontakter med siste dag i perioden, etter hvorfor de sluttet."),
        computed=(
            N_("Eget valg er å ikke ønske å fortsette, ikke ha tid eller ha fått annet arbeid."),
            N_("Sykdom, fødsel, studier, flytting og død er slått sammen, så ingen kan leses ut av tallet."),
            N_("Tida som støttekontakt er regnet til den siste dagen."),
        ),
        source=_CONTACTS,
        tables=_TABLES,
        heading=N_("Støttekontakter som sluttet"),
        better="fewer",
    ),
    Words(
        id="contacts_kept",
        theme="contacts",
        name=N_("Støttekontakter som ble et år"),
        definition=N_("Støttekontakter som begynte i samme periode året før, etter om de fortsatt var det et år senere."),
        computed=(
            N_("Et år senere er samme dag året etter."),
            _CAME,
            N_("En pause bryter ikke året. Å slutte og komme tilbake gjør det."),
        ),
        source=_CONTACTS,
        tables=(*_TABLES, "assignment"),
        heading=N_("Støttekontakter som ble et år"),
        # Their number by how they came was published a year ago, as those who began: what is hidden there would follow.
        home=True,
    ),
    Words(
        id="contacts_load",
        theme="contacts",
        name=N_("Støttekontakter etter antall oppdrag"),
        definition=N_("Støttekontakter når perioden er over, etter hvor mange oppdrag de har i gang."),
        computed=(
            _WHO,
            N_("Et oppdrag er i gang til og med siste dag, og aldri etter at vedtaket er gått ut."),
            N_("Den som leder en gruppe, har ett oppdrag for hver deltaker. Vikaroppdrag er med."),
        ),
        source=N_("Støttekontakter og oppdrag i kommunen."),
        tables=(*_TABLES, "assignment", "service_order", "service_grant"),
        stock=True,
        heading=N_("Oppdrag per støttekontakt"),
    ),
    Words(
        id="contacts_covered",
        theme="contacts",
        name=N_("Støttekontakter etter politiattest og oppfølging"),
        definition=N_("Støttekontakter når perioden er over, etter om de har det de skal ha."),
        computed=(
            N_(
                "Politiattest: den er vist fram, og kommunen venter ikke på en ny. Vises den fram på nytt senere, er den"
                " med for tida før også."
            ),
            N_("Kurs: innføringskurs eller veiledning før start, slik kommunens egen regel var den siste dagen i perioden."),
            N_(
                "Samtale: fristen for neste oppfølgingssamtale etter kommunens regel er ikke gått ut. Den som har pause,"
                " står for seg."
            ),
            N_("Kontakt: samtale, veiledning eller informasjonsmøte på en dag i perioden."),
        ),
        source=N_("Støttekontakter, samtaler og informasjonsmøter i kommunen."),
        tables=(
            *_TABLES, "vetting", "police_request", "contact_competence", "conversation", "information_meeting",
            "information_meeting_guest", "contact_step", "provision_rule",
        ),
        stock=True,
        heading=N_("Politiattest, kurs og oppfølging"),
    ),
)  # fmt: skip
