"""Values for the slice's pages, and the extract as a document that can be read (typst, tagged)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Table
from sammen.documents.pdf import WORDS, Document, Sender
from sammen.i18n_mark import N_
from sammen.web.formats import clock, date_short, decimal, moment
from sammen.web.i18n import translate
from tenants.cases.api import FORM_NAMES, PURCHASERS
from tenants.cases.api import STATES as CASE_STATES
from tenants.people.api import traits
from tenants.rights.columns import COLUMNS
from tenants.rights.words import CONTACT, THEMES, USER

STATES = {
    "open": (N_("Venter på svar"), "warning"),
    "answered": (N_("Besvart"), "ok"),
    "refused": (N_("Avslått"), "danger"),
    "withdrawn": (N_("Trukket"), "neutral"),
}
EXTRACT_STATES = {
    "making": (N_("Lages nå"), "info"),
    "review": (N_("Må ses gjennom"), "warning"),
    "released": (N_("Klart til utlevering"), "ok"),
    "gone": (N_("Slettet"), "neutral"),
}
CLOSINGS = {
    "answered": N_("Kravet er oppfylt"),
    "refused": N_("Kravet er avslått"),
    "withdrawn": N_("Kravet er trukket"),
}
CHOICES = {
    "keep": N_("Behold teksten"),
    "names": N_("Ta ut navnene"),
    "all": N_("Ta ut hele teksten"),
}
VALUES: Mapping[str, str] = {
    "running": N_("Pågår"), "ended": N_("Avsluttet"), "open": N_("Åpen"), "closed": N_("Lukket"), "sent": N_("Sendt"),
    "approved": N_("Godkjent"), "returned": N_("Sendt tilbake"), "issued": N_("Fattet"), "draft": N_("Utkast"),
    "self": N_("Personen selv"), "parent": N_("Forelder"), "guardian": N_("Verge"), "power_of_attorney": N_("Fullmektig"),
    "letter": N_("Brev"), "phone": N_("Telefon"), "form": N_("Skjema"), "grant": N_("Innvilget"), "refusal": N_("Avslag"),
    "week": N_("uke"), "month": N_("måned"), "none": N_("Ingen"), "F": N_("Kvinne"), "M": N_("Mann"), "planned": N_("Planlagt"),
    "done": N_("Gjort"), "decided": N_("Avgjort"), "replaced": N_("Erstattet"), "waiting": N_("Venter"),
    "engaged": N_("Engasjert"), "print": N_("Papir"), "home": N_("Kommunen"), "user": N_("Brukeren"),
    "contact": N_("Støttekontakten"), "office": N_("Kommunen"), "care": N_("Helse og omsorg"), "own_page": N_("På egen side"),
    "paper": N_("Papir"), "not_reached": N_("Ikke nådd, så kommunen avgjorde"), "prepared": N_("Forberedt"),
    "known": N_("Kjent for saksbehandleren"), "evaluate": N_("Evaluering"), "here": N_("Barnet bor her"),
    "visits": N_("Barnet bor hos den andre og er på samvær her"),
}  # fmt: skip
"""Codes that many tables use. A code without words is shown as it is kept."""


OWN: Mapping[str, Mapping[str, str]] = {
    "purchaser": PURCHASERS, "form": FORM_NAMES, "interests": traits.INTERESTS, "interest": traits.INTERESTS,
    "will_not": traits.INTERESTS, "skills": {code: one.label for code, one in traits.SKILLS.items()},
    "languages": traits.LANGUAGES, "language": traits.LANGUAGES, "areas": traits.AREAS,
}  # fmt: skip
"""Codes that a column has words of its own for."""
_CLOCK = re.compile(r"\d{2}:\d{2}:\d{2}")
_NUMBER = re.compile(r"-?\d+\.\d+")


def _code(column: str, value: str, say: Any) -> str:
    own = OWN.get(column)
    if own and value in own:
        return str(say(own[value]))
    if value in traits.SLOTS:
        day, _, part = value.partition("-")
        return f"{say(traits.WEEKDAYS[day])} {say(traits.DAY_PARTS[part])}"
    if column == "state" and value in CASE_STATES:
        return str(say(CASE_STATES[value]))
    return str(say(VALUES[value])) if value in VALUES else value


def value_text(column: str, value: Any, language: str) -> str:
    """A kept value as people read it: days as days, numbers with a comma, yes, no and codes in words where there are any."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    if isinstance(value, bool):
        return say(N_("Ja")) if value else say(N_("Nei"))
    if isinstance(value, list):
        return ", ".join(value_text(column, one, language) for one in value)
    if not isinstance(value, str):
        return str(value)
    try:
        if _CLOCK.fullmatch(value):
            return clock(time.fromisoformat(value), language)
        if _NUMBER.fullmatch(value):
            return decimal(Decimal(value).normalize(), lang=language)
        if len(value) == 10 and value[4:5] == "-":
            return date_short(date.fromisoformat(value))
        if len(value) > 18 and value[10:11] == "T":
            return moment(datetime.fromisoformat(value), language)
    except ValueError:
        return value
    return _code(column, value, say)


def label(path: str, about: str, language: str) -> str:
    """Where a flagged text stands, such as "Kartlegging: Behov"."""
    table, _, column = path.split("/")
    words = CONTACT if about == "contact" else USER
    return f"{translate(language, words[table][1])}: {translate(language, COLUMNS[column])}"


def document(content: Mapping[str, Any], language: str) -> Document:
    """The extract as a document, by theme."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    words = CONTACT if content["about"] == "contact" else USER
    blocks: list[Block] = [
        Paragraph(
            say(
                N_(
                    "Dette er det %(place)s har om deg i Sammen. Navn på andre er tatt ut. Utdraget gjelder den delen av"
                    " kommunen som har svart deg. Har en annen del av kommunen noe om deg, svarer den for seg."
                ),
                place=content["municipality"],
            )
        ),
        Paragraph(
            say(
                N_(
                    "Er noe feil, kan du kreve at det rettes. Du kan klage til Datatilsynet. Kommunen bruker opplysningene for"
                    " å gi deg tjenesten etter helse- og omsorgstjenesteloven, og beholder dem så lenge reglene sier."
                )
            )
        ),
    ]
    for theme, title in THEMES.items():
        of_theme = [one for one in content["tables"] if words.get(one["table"], ("",))[0] == theme]
        if not of_theme:
            continue
        blocks.append(Heading(say(title)))
        for one in of_theme:
            name = say(words[one["table"]][1])
            for number, row in enumerate(one["rows"], 1):
                heading = name if len(one["rows"]) == 1 else f"{name} {number}"
                blocks.append(Heading(heading, 2))
                blocks.append(
                    Facts(
                        [
                            (say(COLUMNS[column]), value_text(column, value, language))
                            for column, value in row.items()
                        ]
                    )
                )
    if content["readers"]:
        rows = [
            [moment(datetime.fromisoformat(one["at"]), language), one["who"], say(one["why"])]
            for one in content["readers"]
        ]
        blocks += [
            Heading(say(N_("Hvem har lest om deg"))),
            Table([say(N_("Når")), say(N_("Hvem")), say(N_("Hvorfor"))], rows, (2, 2, 3)),
        ]
    return Document(
        kind="report", language=language, title=say(N_("Alt vi har om deg")), date=date.fromisoformat(content["made_on"]),
        sender=Sender(content["municipality"]), blocks=blocks, facts=[(say(N_("Gjelder")), content["name"])],
        exempt=say(N_("Unntatt offentlighet: forvaltningsloven § 13")),
        words={name: say(text) for name, text in WORDS.items()},
    )  # fmt: skip
