"""What goes with an extract: why the municipality has it, from whom, who has been given it, how long, and one's rights.

GDPR art. 15 (1) a–h and 20; the same for everybody apart from how long, which is the municipality's own rules that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sammen.documents.blocks import Block, Heading, Points
from sammen.i18n_mark import N_
from sammen.web.i18n import translate
from tenants.retention.api import KINDS, Rule, rule_length

PURPOSE: Mapping[str, str] = {
    "user": N_(
        "Kommunen har opplysningene for å avgjøre søknader om støttekontakt og gi tjenesten: helse- og omsorgstjenesteloven"
        " § 3-2 og forvaltningsloven, eller barnevernsloven når det er grunnlaget for vedtaket (personvernforordningen artikkel"
        " 6 nr. 1 e og 9 nr. 2 h)."
    ),
    "contact": N_(
        "Kommunen har opplysningene for å følge opp og lønne deg som støttekontakt: avtalen din, helse- og"
        " omsorgstjenesteloven § 5-4 om politiattest og bokføringsloven (personvernforordningen artikkel 6 nr. 1 b, c og e)."
    ),
}
SOURCE = N_(
    "De kommer fra deg, fra dem som har søkt eller sagt fra for deg, fra støttekontakter og fra ansatte som har skrevet dem."
    " Kommunen kan også ha fått dem fra folkeregisteret eller et eldre system."
)
GIVEN: Mapping[str, str] = {
    "user": N_(
        "Brev er sendt til dem som står som mottakere, og støttekontakten din har fått vite det som trengs. Statsforvalteren"
        " får saken når det er klaget."
    ),
    "contact": N_(
        "De du er støttekontakt for, vet hva du heter. Har du sagt ja til å hjelpe i en annen kommune, fikk den navnet ditt"
        " først da alle hadde sagt ja. Lønnssystemet har fått timene og beløpene."
    ),
}
SHARED_TOO = N_("De andre kommunene i samarbeidet har sett det som står under «%(table)s», uten navn.")
NOT_OUT = N_(
    "Sammen sender ikke opplysningene ut av EØS. Ingen avgjørelse om deg er tatt av et program alene."
)
NUMBER = N_("Kommunen har fødselsnummeret ditt også. Det er forseglet og skrives ikke ut her.")
KEPT = N_("%(kind)s: %(time)s. Tida går fra dette: %(event)s.")
RIGHTS = N_(
    "Du kan kreve at feil rettes, at bruken begrenses, og at det som ikke lenger trengs, slettes. Du kan protestere mot bruken."
    " Det du har sagt ja til, kan du trekke tilbake. Spør kommunens personvernombud, eller klag til Datatilsynet."
)
OF: Mapping[str, tuple[str, ...]] = {
    "user": ("case", "message", "concern", "deviation", "person", "rights", "log"),
    "contact": ("contact", "message", "pay", "rights", "log"),
}
"""Which kinds are about whom."""


def about(
    content: Mapping[str, Any], rules: Mapping[str, Rule], shared: list[str], language: str
) -> list[Block]:
    """The pages after the extract. `shared`: names of the tables that others have seen without a name."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    who = content["about"]
    kept = [
        say(
            KEPT, kind=say(KINDS[kind].name), time=rule_length(rules[kind], say), event=say(KINDS[kind].event)
        )
        for kind in OF[who]
        if kind in rules
    ]
    return [
        Heading(say(N_("Om bruken av opplysningene"))),
        Points([
            say(PURPOSE[who]), say(SOURCE), say(GIVEN[who]), *(say(SHARED_TOO, table=name) for name in shared), say(NUMBER),
            say(NOT_OUT), say(RIGHTS),
        ]),
        Heading(say(N_("Hvor lenge kommunen beholder dem")), 2),
        Points(kept),
    ]  # fmt: skip
