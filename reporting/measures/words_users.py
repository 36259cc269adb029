"""The words of the figures about users: how many there are, what they are granted and get, and who waits."""

from __future__ import annotations

from typing import Final

from reporting.measures.words import Words
from sammen.i18n_mark import N_

_AGE = N_("Alderen er den personen har den siste dagen i perioden.")
_UNDER_WAY = N_(
    "Et oppdrag er i gang fra dagen det starter, til og med dagen det slutter. Dager etter at vedtaket er gått ut, teller ikke."
)
_PEOPLE = N_("Vi teller personer, ikke oppdrag. En person med to støttekontakter telles én gang.")
_TARGET = N_(
    "Målgruppa er den saksbehandleren har valgt i saken. Har ingen valgt, står personen under «Ikke valgt»."
)
_SHIELDED = N_("Alle er med, også personer med skjermet sak og personer med adressesperre.")

WORDS: Final = (
    Words(
        id="users",
        theme="users",
        name=N_("Brukere med tilbud"),
        definition=N_("Personer som hadde et oppdrag i gang én eller flere dager i perioden."),
        computed=(
            _PEOPLE, _UNDER_WAY,
            N_("Timer kan bare føres på slike dager. Derfor er alle med godkjente timer med."),
            N_("Den som har flyttet mellom to kommuner i perioden, telles i begge."),
            N_("Den som hadde et oppdrag i gang den siste dagen i perioden, har tilbudet ved periodens slutt."),
            N_("Et bytte er en ny støttekontakt i samme tjeneste, også under et nytt vedtak. To tjenester med hver sin"
               " støttekontakt er ikke et bytte. En vikar er heller ikke det."),
            _AGE, _TARGET, _SHIELDED,
            N_("Alder, kjønn, målgruppe og bytter er delinger av det samme tallet. Delene kan alltid legges sammen."),
        ),
        source=N_("Oppdrag i kommunens egne saker."),
        tables=("assignment", "service_order", "service_grant", "person", "case_target", "case_file"),
        heading=N_("Brukere med tilbud"),
        finding=N_("%(name)s har flest brukere"),
    ),
    Words(
        id="services",
        theme="users",
        name=N_("Brukere etter tjeneste"),
        definition=N_("Personer som hadde en tjeneste i gang i perioden, for hver slags tjeneste."),
        computed=(
            N_("En person med støttekontakt og plass i en aktivitetsgruppe telles i begge. Derfor kan summen bli større enn"
               " antallet brukere."),
            N_("To støttekontakter i samme tjeneste er én tjeneste."),
            _UNDER_WAY,
        ),
        source=N_("Oppdrag i kommunens egne saker."),
        tables=("assignment", "service_order", "service_grant"),
        heading=N_("Brukere etter tjeneste"),
        finding=N_("%(name)s har flest i gang, tjenestene lagt sammen"),
    ),
    Words(
        id="hours",
        theme="hours",
        name=N_("Godkjente timer"),
        definition=N_("Timer støttekontakter har ført på dager i perioden, og som kommunen har godkjent."),
        computed=(
            N_("Dagen timen ble brukt, avgjør hvilken periode den hører til. Det gjør ikke dagen den ble godkjent."),
            N_("Timer som er ført eller sendt, men ikke godkjent, er ikke med."),
            N_("Er et møte rettet, teller rettingen og ikke det som sto før."),
            N_("Timene deles etter tjenesten i oppdraget og etter brukerens alder."),
            _AGE,
            N_("Tallet er rundet av til hele timer der det vises for andre enn kommunen."),
        ),
        source=N_("Godkjente timelister."),
        tables=("timesheet_line", "assignment", "person"),
        heading=N_("Timer som er gitt"),
        finding=N_("%(name)s har gitt flest timer"),
    ),
    Words(
        id="hours_granted",
        theme="hours",
        name=N_("Innvilgede timer"),
        definition=N_("Timer som vedtakene gir i perioden."),
        computed=(
            N_("Timer per uke teller en sjuendedel for hver dag i perioden som vedtaket gjelder."),
            N_("Timer per måned teller den delen av månedens dager som vedtaket gjelder."),
            N_("Et vedtak uten antall timer, som en plass i en gruppe, er ikke med."),
            N_("Er et vedtak endret, gjelder det gamle til dagen før det nye begynner."),
            _AGE,
            N_("Ingen timer er gjort om fra uke til måned i selve vedtaket. Det er bare summen som regnes slik."),
        ),
        source=N_("Vedtak i kommunens egne saker."),
        tables=("service_grant", "decision", "case_file", "person"),
        heading=N_("Timer som er innvilget"),
        finding=N_("%(name)s har innvilget flest timer"),
    ),
    Words(
        id="waiting",
        theme="waiting",
        name=N_("Tjenester som venter"),
        definition=N_("Innvilgede tjenester uten støttekontakt den siste dagen i perioden, etter hvor lenge de har ventet."),
        computed=(
            N_("En tjeneste venter fra dagen vedtaket ble fattet, eller fra dagen den er innvilget fra, når det er senere."),
            N_("Slutter støttekontakten mens tjenesten fortsatt er innvilget, venter den på nytt fra den dagen."),
            N_("Den som bare har en vikar, venter. Det gjør også den som har en avtale om å begynne senere."),
            N_("En tjeneste som er gått ut, venter ikke."),
            N_("Vi teller tjenester. Den som venter på to, telles to ganger."),
            _AGE,
        ),
        source=N_("Bestillinger og oppdrag i kommunens egne saker."),
        tables=("service_order", "service_grant", "assignment", "person"),
        stock=True,
        heading=N_("Tjenester som venter"),
        finding=N_("%(name)s har flest som venter"),
        better="fewer",
    ),
    Words(
        id="waited",
        theme="waiting",
        name=N_("Tjenester som begynte, etter ventetid"),
        definition=N_("Tjenester som fikk støttekontakt i perioden, etter hvor lenge de hadde ventet."),
        computed=(
            N_("En tjeneste begynner den første dagen med en fast støttekontakt. En vikar teller ikke."),
            N_("Ventetida regnes fra vedtaket, fra dagen tjenesten er innvilget fra, eller fra forrige støttekontakt sluttet."),
            N_("Kommer den nye støttekontakten senest dagen etter at den forrige sluttet, har ingen ventet."),
            _AGE,
        ),
        source=N_("Bestillinger og oppdrag i kommunens egne saker."),
        tables=("service_order", "service_grant", "assignment", "person"),
        heading=N_("Tjenester som begynte"),
        finding=N_("%(name)s har flest som begynte"),
    ),
    Words(
        id="respite_after_loss",
        theme="contacts",
        name=N_("Søkte avlastning etter å ha mistet støttekontakten"),
        definition=N_("Personer det ble søkt om avlastning for i perioden, innen et år etter at støttekontakten sluttet."),
        computed=(
            N_("Søknaden om avlastning er notert på saken av en som tildeler tjenester."),
            N_("Søknaden teller når støttekontakten sluttet mens tjenesten fortsatt var innvilget."),
            N_("Tallet sier at det ene kom etter det andre. Det sier ikke hvorfor de søkte."),
        ),
        source=N_("Oppdrag og notater om avlastning i kommunens egne saker."),
        tables=("assignment", "respite_application", "case_file"),
        home=True,
        better="fewer",
    ),
)  # fmt: skip
