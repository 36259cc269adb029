"""The words of the figures about quality: evaluations and what they say, what groups say, and deviations."""

from __future__ import annotations

from typing import Final

from reporting.measures.words import Words
from sammen.i18n_mark import N_

_AGE = N_("Alderen er den personen har den siste dagen i perioden.")
_SAID = N_(
    "Svaret er skrevet ned av den som holdt evalueringen. Er det ikke spurt om, står det under «Ikke svart»."
)


WORDS: Final = (
    Words(
        id="evaluations",
        theme="quality",
        name=N_("Evalueringer som skulle holdes"),
        definition=N_("Evalueringer med frist i perioden, etter om de ble holdt i tide."),
        computed=(
            N_("Fristen er den som står i vedtaket eller i forrige evaluering, og aldri senere enn kommunens egen regel sier."),
            N_("Holdt i tide er holdt på fristen eller før. Holdt for sent er holdt etter fristen, men før perioden var over."),
            N_("Er den ikke holdt når perioden er over, står den under «Ikke holdt», også om den holdes senere."),
            _AGE,
        ),
        source=N_("Vedtak og evalueringer i kommunens egne saker."),
        tables=("evaluation", "decision", "service_grant", "allocation_rule", "case_file", "person"),
        heading=N_("Evalueringer som skulle holdes"),
    ),
    Words(
        id="evaluated",
        theme="quality",
        name=N_("Evalueringer som ble holdt"),
        definition=N_("Evalueringer som ble holdt i perioden, etter hva de sier om mål, timer, tjeneste og ensomhet."),
        computed=(
            N_("Vi teller evalueringer som er ferdige og ble holdt i perioden. De som er påbegynt, er ikke med."),
            N_("Svarene er skrevet ned av den som holdt evalueringen. Er det ikke spurt om, står det under «Ikke svart»."),
            N_("De fire svarene er delinger av det samme tallet: alle handler om de samme evalueringene."),
            _AGE,
        ),
        source=N_("Evalueringer i kommunens egne saker."),
        tables=("evaluation", "case_file", "person"),
        heading=N_("Evalueringer som ble holdt"),
    ),
    Words(
        id="voices",
        theme="quality",
        name=N_("Hva deltakerne sier om gruppa si"),
        definition=N_("Svar fra deltakere i aktivitetsgrupper i perioden, på fem spørsmål om gruppa."),
        computed=(
            N_("Hver deltaker svarer én gang i halvåret for hver gruppe. Endrer noen svaret sitt, gjelder det nye."),
            N_("Vi teller kommunens egne deltakere, også i grupper som en annen kommune leder."),
            N_("Dagen svaret ble gitt, avgjør hvilken periode det hører til."),
            N_("De fem spørsmålene er delinger av det samme tallet: alle handler om de samme svarene."),
        ),
        source=N_("Deltakernes svar om aktivitetsgruppene de har plass i."),
        tables=("group_voice",),
        heading=N_("Hva deltakerne sier om gruppa si"),
    ),
    Words(
        id="deviations_opened",
        theme="quality",
        name=N_("Avvik som ble meldt"),
        definition=N_("Avvik som ble oppdaget i perioden, etter hva slags avvik det er."),
        computed=(
            N_("Dagen avviket ble oppdaget, avgjør."),
            N_("Avvik som Sammen melder selv når en frist ikke er holdt, er med."),
        ),
        source=N_("Avvik i kommunen."),
        tables=("deviation",),
        heading=N_("Avvik som ble meldt"),
        finding=N_("%(name)s har meldt flest avvik"),
    ),
    Words(
        id="deviations_closed",
        theme="quality",
        name=N_("Avvik som ble lukket"),
        definition=N_("Avvik som ble lukket i perioden, etter hva slags avvik det er."),
        computed=(
            N_("Et avvik som ble lukket, åpnet igjen og lukket på nytt i samme periode, telles én gang."),
            N_("Er det åpnet igjen siden, er det likevel med: det ble lukket da."),
        ),
        source=N_("Avvik i kommunen, og det som har skjedd med dem."),
        tables=("deviation", "deviation_event"),
        heading=N_("Avvik som ble lukket"),
    ),
    Words(
        id="deviations_open",
        theme="quality",
        name=N_("Åpne avvik"),
        definition=N_("Avvik som ikke var lukket den siste dagen i perioden, etter hva slags avvik det er."),
        computed=(N_("Et avvik er åpent fra dagen det ble oppdaget, og igjen fra dagen det ble åpnet på nytt."),),
        source=N_("Avvik i kommunen, og det som har skjedd med dem."),
        tables=("deviation", "deviation_event"),
        stock=True,
        heading=N_("Åpne avvik"),
        finding=N_("%(name)s har flest åpne avvik"),
        better="fewer",
    ),
)  # fmt: skip
