"""The words of the figures about quality: evaluations and what they say, what groups say, and deviations."""

from __future__ import annotations

from typing import Final

from reporting.measures.words import Words
from sammen.i18n_mark import N_

_AGE = N_("Alderen er den personen har den siste dagen i perioden.")
_HELD = N_("Vi teller evalueringer som er ferdige og ble holdt i perioden. De som er påbegynt, er ikke med.")
_SAID = N_(
    "Svaret er skrevet ned av den som holdt evalueringen. Er det ikke spurt om, står det under «Ikke svart»."
)
_EVALUATIONS = N_("Evalueringer i kommunens egne saker.")
_VOICES = N_("Deltakernes svar om aktivitetsgruppene de har plass i.")
_VOICE_STEPS = (
    N_("Hver deltaker svarer én gang i halvåret. Endrer noen svaret sitt, gjelder det nye."),
    N_("Vi teller kommunens egne deltakere, også i grupper som en annen kommune leder."),
    N_("Dagen svaret ble gitt, avgjør hvilken periode det hører til."),
)


def _voice(question: str, name: str, definition: str, heading: str) -> Words:
    return Words(
        id=f"voice_{question}", theme="quality", name=name, definition=definition, computed=_VOICE_STEPS, source=_VOICES,
        tables=("group_voice",), heading=heading,
    )  # fmt: skip


def _answer(measure: str, name: str, definition: str, heading: str) -> Words:
    return Words(
        id=measure, theme="quality", name=name, definition=definition, computed=(_HELD, _SAID, _AGE), source=_EVALUATIONS,
        tables=("evaluation", "case_file", "person"), heading=heading,
    )  # fmt: skip


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
    _answer(
        "goal_reached",
        N_("Om målet er nådd"),
        N_("Evalueringer som ble holdt i perioden, etter om målet i vedtaket er nådd."),
        N_("Om målet er nådd"),
    ),
    _answer(
        "hours_fit",
        N_("Om timene passer"),
        N_("Evalueringer som ble holdt i perioden, etter om timene passer for brukeren."),
        N_("Om timene passer"),
    ),
    _answer(
        "form_fits",
        N_("Om tjenesten passer"),
        N_("Evalueringer som ble holdt i perioden, etter om brukeren har fått en tjeneste som passer."),
        N_("Om tjenesten passer"),
    ),
    _answer(
        "lonely",
        N_("Om brukeren er ensom"),
        N_("Evalueringer som ble holdt i perioden, etter om brukeren sier at de er ensomme."),
        N_("Om brukeren er ensom"),
    ),
    _voice(
        "likes",
        N_("Om de liker seg i gruppa"),
        N_("Svar fra deltakere i aktivitetsgrupper på om de liker seg der."),
        N_("Om deltakerne liker seg"),
    ),
    _voice(
        "doing",
        N_("Om de liker det gruppa gjør"),
        N_("Svar fra deltakere i aktivitetsgrupper på om de liker det gruppa gjør."),
        N_("Om deltakerne liker aktivitetene"),
    ),
    _voice(
        "company",
        N_("Om de har noen å være sammen med"),
        N_("Svar fra deltakere i aktivitetsgrupper på om de har noen å være sammen med der."),
        N_("Om deltakerne har noen å være sammen med"),
    ),
    _voice(
        "deciding",
        N_("Om de får være med og bestemme"),
        N_("Svar fra deltakere i aktivitetsgrupper på om de får være med og bestemme."),
        N_("Om deltakerne får være med og bestemme"),
    ),
    _voice(
        "safe",
        N_("Om de er trygge i gruppa"),
        N_("Svar fra deltakere i aktivitetsgrupper på om de er trygge der."),
        N_("Om deltakerne er trygge"),
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
