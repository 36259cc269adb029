"""What the region's pages say of needs nobody fits, and of candidates who are free again. Sentences, no HTTP.

A number of candidates smaller than FEW is said in words: the exact one, beside the list of candidates, could tell which
of them a hidden requirement stops.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sammen.i18n_mark import N_
from shared_pool.recruitment.api import Say

FEW = 5
MOST_TOLD = 3
MOST_NOTE = 300

NOBODY_NEAR = N_("Flere enn ett krav holder alle ute. Flere kandidater hjelper mer enn å endre ett krav.")

# How many one requirement alone keeps away, and what somebody can do about it. `who`: "12 kandidater", "Noen få kandidater".
HELP: Mapping[str, str] = {
    "times": N_("%(who)s er ledige på andre tider. Kan kommunen gjøre tidene romsligere?"),
    "area": N_("%(who)s bor for langt unna eller tar ikke oppdrag i området. Vil noen av dem reise lenger?"),
    "hours": N_("%(who)s har ledig mindre enn halvparten av timene. Kan to dele oppdraget?"),
    "load": N_("%(who)s har ingen timer igjen i uka. Er noen av dem snart ferdige med et oppdrag?"),
    "start": N_("%(who)s kan ikke begynne tidsnok. Kan oppdraget begynne senere?"),
    "sex": N_("%(who)s stoppes bare av ønsket om kvinne eller mann. Kan brukeren tenke seg begge?"),
    "age_band": N_("%(who)s tar ikke oppdrag i aldersgruppa. Vil noen av dem prøve?"),
    "age": N_("%(who)s er yngre enn kommunen krever. Kan kommunen senke grensa?"),
    "licence": N_("%(who)s mangler bare førerkort. Kan oppdraget løses uten?"),
    "car": N_("%(who)s mangler bare bil. Kan oppdraget løses uten?"),
    "will_not_do": N_("%(who)s har sagt nei til noe behovet nevner. Kan behovet nevne færre interesser?"),
    "use": N_("%(who)s har bare sagt ja til andre slags oppdrag. Vil noen av dem prøve dette?"),
}
# What would tell of a hidden requirement, or of whose need it is, is never counted out loud.
UNCOUNTED: Mapping[str, str] = {
    "hidden": N_("Krav som ikke vises, holder noen ute. Be kommunen se om alle må stå der."),
    "there": N_("Noen har ikke sagt ja til å bli foreslått for kommunen som har behovet."),
    "before": N_("Noen er foreslått for dette behovet før."),
}


def who(number: int, say: Say) -> str:
    """ "12 kandidater", or in words when they are few."""
    return say(N_("Noen få kandidater")) if number < FEW else say(N_("%(num)s kandidater"), num=number)


def what_would_help(alone: Mapping[str, int], say: Say) -> list[str]:
    """Sentences about the requirements that alone keep most away, the greatest first; one sentence when none does."""
    # Few and few are equal: their order would tell the number.
    ranked = sorted(
        (code for code, number in alone.items() if number and (code in HELP or code in UNCOUNTED)),
        key=lambda code: (-alone[code] if code in HELP and alone[code] >= FEW else 0, code),
    )
    told = [
        say(HELP[code], who=who(alone[code], say)) if code in HELP else say(UNCOUNTED[code])
        for code in ranked[:MOST_TOLD]
    ]
    return told or [say(NOBODY_NEAR)]


def note_of(reasons: Sequence[str]) -> str:
    """A first draft of why somebody is proposed: as many whole reasons as there is room for."""
    kept = ""
    for sentence in reasons:
        longer = f"{kept} {sentence}".strip()
        if len(longer) > MOST_NOTE:
            break
        kept = longer
    return kept
