"""The words of the figures about money, pay for equal work, and what municipalities share."""

from __future__ import annotations

from typing import Final

from reporting.measures.words import Words
from sammen.i18n_mark import N_

_SHEETS: Final = N_("Godkjente timelister og satsene kommunen har lagt inn.")
_PAID: Final = (
    "timesheet_line", "assignment", "rate_table", "rate_step", "assignment_terms", "state_km_rate", "support_contact",
    "engagement", "contact_competence", "person",
)  # fmt: skip
_MONDAY: Final = N_("Et behov kjenner bare uka. Mandagen i uka avgjør hvilken periode det hører til.")

WORDS: Final = (
    Words(
        id="cost",
        theme="cost",
        name=N_("Kostnad"),
        definition=N_("Det tjenesten kostet kommunen i perioden, i kroner."),
        computed=(
            N_(
                "Lønn: hver godkjent time slik den betales, med feriepenger når de betales sammen med lønna. Satsen er den som"
                " gjaldt dagen timen ble brukt. En gruppeleder får ett møte betalt, uansett hvor mange deltakere det var."
            ),
            N_(
                "Utgifter og kjøring: det satsene og avtalen for oppdraget dekker, med grensene for hver måned."
            ),
            N_(
                "Kurs hos andre og oppgjør med andre kommuner: plasser, timer og andeler i månedene i perioden til prisene"
                " kommunene har avtalt, også når oppgjøret ikke er låst. Det andre skylder kommunen, er ikke trukket fra."
            ),
            N_("Administrasjon: kommunens sum for året, fordelt likt på dagene. Et år uten sum teller null."),
            N_(
                "Det kommunen bruker på egne kurs, er bare med hvis det er tatt med i summen for administrasjon."
            ),
            N_("Mangler det sats for en dag med timer, beregner vi ikke tallet."),
            N_(
                "Bak lønn, utgifter og kjøring står støttekontaktene: det er det én av dem får betalt, som ikke skal kunne"
                " leses ut. Bak administrasjon står ingen."
            ),
        ),
        source=N_("Godkjente timelister, satser, oppgjør mellom kommuner og summer for administrasjon."),
        tables=(*_PAID, "administration_cost", "settlement_fact", "settlement_agreement"),
        heading=N_("Kostnad"),
        finding=N_("%(name)s bruker mest"),
    ),
    Words(
        id="pay_bands",
        theme="cost",
        name=N_("Støttekontakter etter timelønn"),
        definition=N_(
            "Støttekontakter med timer i perioden, etter hva de gjorde mest og hva de fikk i timen for det."
        ),
        computed=(
            N_("Hver støttekontakt telles én gang, i det arbeidet han eller hun hadde flest timer i."),
            N_(
                "Timelønna er det alle timene i det arbeidet ble betalt med, delt på timene. Feriepenger er ikke med."
            ),
            N_("Helg er lørdag, søndag og offentlige helligdager."),
            N_(
                "Båndene er faste kroner og følger ikke lønnsveksten. Vi viser verken snitt eller enkeltlønner."
            ),
        ),
        source=_SHEETS,
        tables=_PAID,
        heading=N_("Timelønn for likt arbeid"),
    ),
    Words(
        id="cross_hours",
        theme="together",
        name=N_("Godkjente timer, etter hvor støttekontakten kommer fra"),
        definition=N_(
            "Godkjente timer i perioden, etter om støttekontakten er kommunens egen eller en annens."
        ),
        computed=(
            N_(
                "En annen kommunes støttekontakt er en som er formidlet gjennom den felles banken og har avtale der."
            ),
            N_("Kjente vikarer som kom gjennom banken, er med."),
            N_("Timene telles der brukeren bor. Til sammen er de lik godkjente timer."),
        ),
        source=N_("Godkjente timelister og forslag fra den felles banken."),
        tables=("timesheet_line", "assignment", "introduced_substitute", "proposal"),
        heading=N_("Godkjente timer, etter hvor støttekontakten kommer fra"),
        finding=N_("%(name)s har flest godkjente timer"),
    ),
    Words(
        id="cross_users",
        theme="together",
        name=N_("Brukere, etter hvor støttekontakten kommer fra"),
        definition=N_(
            "Personer med minst én godkjent time, etter om noen av timene var med en annen kommunes støttekontakt."
        ),
        computed=(N_("Vi teller personer. Den som har fått timer fra begge, står under en annen kommune."),),
        source=N_("Godkjente timelister og forslag fra den felles banken."),
        tables=("timesheet_line", "assignment", "introduced_substitute", "proposal"),
        heading=N_("Brukere, etter hvor støttekontakten kommer fra"),
    ),
    Words(
        id="group_places",
        theme="together",
        name=N_("Plasser i grupper på tvers"),
        definition=N_(
            "Kommunens egne deltakere med plass i en gruppe flere kommuner har sammen, når perioden er over."
        ),
        computed=(
            N_("Den som prøver eller venter, er ikke med."),
            N_("Vi skiller mellom egne grupper og andres."),
        ),
        source=N_("Plasser i grupper på tvers av kommuner."),
        tables=("joint_seat", "activity_group"),
        stock=True,
        heading=N_("Plasser i grupper på tvers"),
        better="more",
    ),
    Words(
        id="course_seats",
        theme="courses",
        name=N_("Plasser på kurs"),
        definition=N_(
            "Plasser kommunen hadde på kurs som var ferdige i perioden, etter hvem som holdt kurset."
        ),
        computed=(
            N_("En plass telles også når den som hadde den, ikke møtte. Den var holdt av."),
            N_("Kurs som ble avlyst, er ikke med. Plasser som ble gitt tilbake i tide, er ikke med."),
        ),
        source=N_("Påmeldinger til kurs kommunen ser."),
        tables=("course", "enrolment"),
        heading=N_("Plasser på kurs"),
        finding=N_("%(name)s har brukt flest plasser"),
        better="more",
    ),
    Words(
        id="needs_posted",
        theme="together",
        name=N_("Behov lagt ut"),
        definition=N_("Behov uten navn som kommunen la ut i den felles banken i perioden."),
        computed=(_MONDAY, N_("Et behov som ble trukket tilbake, er også lagt ut.")),
        source=N_("Behov i den felles banken."),
        tables=("need",),
        heading=N_("Behov lagt ut"),
    ),
    Words(
        id="needs_ended",
        theme="together",
        name=N_("Behov som ble avsluttet"),
        definition=N_(
            "Behov som fant støttekontakt, ble trukket eller gikk ut på dato i perioden, etter hvor lenge de sto."
        ),
        computed=(_MONDAY, N_("Tida er fra uka behovet ble lagt ut, til uka det var over.")),
        source=N_("Behov i den felles banken."),
        tables=("need",),
        heading=N_("Behov som ble avsluttet"),
    ),
)
