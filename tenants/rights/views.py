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
from sammen.web.formats import clock, date_short, decimal, moment, money
from sammen.web.i18n import translate
from tenants.people.api import traits
from tenants.rights.codes import words_of
from tenants.rights.columns import column_name
from tenants.rights.words import CONTACT, SHARED, THEMES, USER

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
_CLOCK = re.compile(r"\d{2}:\d{2}:\d{2}")
_NUMBER = re.compile(r"-?\d+\.\d+")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


def value_text(
    table: str, column: str, value: Any, language: str, names: Mapping[str, str] | None = None
) -> str:
    """A kept value as people read it: days as days, numbers with a comma, øre as kroner, yes, no and codes in words.

    `names` are for codes that stand in reference tables, such as legal grounds.
    """

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    if isinstance(value, bool):
        return say(N_("Ja")) if value else say(N_("Nei"))
    if isinstance(value, list):
        return ", ".join(value_text(table, column, one, language, names) for one in value)
    if column.endswith("_ore"):
        return money(Decimal(value) / 100, lang=language)
    text = str(value)
    words = words_of(table, column)
    if text in words:
        return say(words[text])
    if column == "legal_ground":
        return (names or {}).get(text, text)
    return _plain_text(text, language) if isinstance(value, str) else text


def _plain_text(text: str, language: str) -> str:
    """Clock, number, day, moment or part of a week as people write them; any other text as it is."""
    try:
        if _CLOCK.fullmatch(text):
            return clock(time.fromisoformat(text), language)
        if _NUMBER.fullmatch(text):
            return decimal(Decimal(text).normalize(), lang=language)
        if _DAY.fullmatch(text):
            return date_short(date.fromisoformat(text))
        if _MOMENT.match(text):
            return moment(datetime.fromisoformat(text), language)
    except ValueError:
        return text
    if text not in traits.SLOTS:
        return text
    day, _, part = text.partition("-")
    return f"{translate(language, traits.WEEKDAYS[day])} {translate(language, traits.DAY_PARTS[part])}"


def told_in(about: str) -> Mapping[str, tuple[str, str]]:
    """The tables an extract about a "user" or a "contact" may have, with theme and name."""
    return {**(CONTACT if about == "contact" else USER), **SHARED}


def label(path: str, about: str, language: str) -> str:
    """Where a flagged text stands, such as "Kartlegging: Behov"."""
    table, _, column = path.split("/")
    words = told_in(about)
    return f"{translate(language, words[table][1])}: {translate(language, column_name(table, column))}"


Rows = list[tuple[str, list[tuple[str, str]]]]


def _rows(one: Mapping[str, Any], name: str, language: str, names: Mapping[str, str] | None = None) -> Rows:
    """A table's rows, each with a heading and what it tells; a row that tells nothing is left out."""
    rows = [row for row in one["rows"] if row]
    return [
        (
            name if len(rows) == 1 else f"{name} {number}",
            [
                (
                    translate(language, column_name(one["table"], column)),
                    value_text(one["table"], column, value, language, names),
                )
                for column, value in row.items()
            ],
        )
        for number, row in enumerate(rows, 1)
    ]


def sections(
    content: Mapping[str, Any], language: str, names: Mapping[str, str] | None = None
) -> list[tuple[str, Rows]]:
    """All an extract tells, theme by theme, as it is read on the page and on paper. `names`: legal grounds by code."""
    words = told_in(content["about"])
    found = []
    for theme, title in THEMES.items():
        rows = [
            row
            for one in content["tables"]
            if words.get(one["table"], ("",))[0] == theme
            for row in _rows(one, translate(language, words[one["table"]][1]), language, names)
        ]
        if rows:
            found.append((translate(language, title), rows))
    return found


def document(content: Mapping[str, Any], language: str, names: Mapping[str, str] | None = None) -> Document:
    """The extract as a document, by theme. `names`: legal grounds by code, in the language."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

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
    for title, rows in sections(content, language, names):
        blocks.append(Heading(title))
        for heading, facts in rows:
            blocks += [Heading(heading, 2), Facts(facts)]
    if content["readers"]:
        readers = [
            [moment(datetime.fromisoformat(one["at"]), language), one["who"], say(one["why"])]
            for one in content["readers"]
        ]
        blocks += [
            Heading(say(N_("Hvem har lest om deg"))),
            Table([say(N_("Når")), say(N_("Hvem")), say(N_("Hvorfor"))], readers, (2, 2, 3)),
        ]
    return Document(
        kind="report", language=language, title=say(N_("Alt vi har om deg")), date=date.fromisoformat(content["made_on"]),
        sender=Sender(content["municipality"]), blocks=blocks, facts=[(say(N_("Gjelder")), content["name"])],
        exempt=say(N_("Unntatt offentlighet: forvaltningsloven § 13")),
        words={name: say(text) for name, text in WORDS.items()},
    )  # fmt: skip
