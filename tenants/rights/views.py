"""Values for the slice's pages, and the extract as a document that can be read (typst, tagged)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sammen.db.base import Base
from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Points, Table
from sammen.documents.pdf import WORDS, Document, Sender
from sammen.i18n_mark import N_
from sammen.web.formats import clock, date_short, decimal, moment, money
from sammen.web.i18n import translate
from tenants.people.api import traits
from tenants.retention.api import Rule
from tenants.rights.about import about
from tenants.rights.codes import words_of
from tenants.rights.columns import column_name
from tenants.rights.extract import released, told
from tenants.rights.models import RightsExtract
from tenants.rights.words import BESIDE, CONTACT, LOOKED_AT, SHARED, THEMES, USER

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
    "row": N_("Ta ut alt som står sammen med den"),
}
FEW = 6
"""More rows than this of one table stand as lines."""
SAME = N_("Likt for alle: %(facts)s")
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


def choice_at_first(path: str, flag: Mapping[str, Any]) -> str:
    """What is chosen before the handler has chosen: names go; of what must be read, nothing is chosen for them."""
    return "" if not flag["names"] and path.split("/", 1)[0] in LOOKED_AT else "names"


def label(path: str, about: str, language: str) -> str:
    """Where a flagged text stands, such as "Kartlegging: Behov"."""
    table, _, column = path.split("/")
    words = told_in(about)
    return f"{translate(language, words[table][1])}: {translate(language, column_name(table, column))}"


def _in_order(table: str, row: Mapping[str, Any]) -> list[str]:
    """The row's columns as the table has them, which is the order things happen in; JSON in the database forgets it."""
    beside = [told_as for told_as, *_ in BESIDE.get(table, ())]
    return [column for column in (*beside, *told(Base.metadata.tables[f"sammen.{table}"])) if column in row]


Facts_ = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Told:
    """What one table tells: `common` is the same in every row; `rows` are the rest, each a list of (name, value).

    Few rows stand one by one, many as lines of one list: hours of three years are six pages, and not sixty.
    """

    name: str
    rows: list[Facts_]
    common: Facts_

    @property
    def headed(self) -> list[tuple[str, Facts_]]:
        """Each row with a heading of its own, when they are few."""
        if len(self.rows) > FEW:
            return []
        return [
            (self.name if len(self.rows) == 1 else f"{self.name} {number}", row)
            for number, row in enumerate(self.rows, 1)
        ]

    @property
    def lines(self) -> list[str]:
        """Each row as a line, when they are many."""
        if len(self.rows) <= FEW:
            return []
        return ["; ".join(f"{name}: {value}" for name, value in row) for row in self.rows]


def _told(
    one: Mapping[str, Any], name: str, language: str, names: Mapping[str, str] | None = None
) -> Told | None:
    """A table's rows; one that tells nothing is left out."""
    table = one["table"]
    rows = [
        [
            (
                translate(language, column_name(table, column)),
                value_text(table, column, row[column], language, names),
            )
            for column in _in_order(table, row)
        ]
        for row in one["rows"]
        if row
    ]
    if len(rows) <= FEW:
        return Told(name, rows, []) if rows else None
    common = [fact for fact in rows[0] if all(fact in row for row in rows)]
    return Told(name, [[fact for fact in row if fact not in common] for row in rows], common)


def sections(
    content: Mapping[str, Any], language: str, names: Mapping[str, str] | None = None
) -> list[tuple[str, list[Told]]]:
    """All an extract tells, theme by theme, as it is read on the page and on paper. `names`: legal grounds by code."""
    words = told_in(content["about"])
    found = []
    for theme, title in THEMES.items():
        tables = [
            of_table
            for one in content["tables"]
            if words.get(one["table"], ("",))[0] == theme
            and (of_table := _told(one, translate(language, words[one["table"]][1]), language, names))
        ]
        if tables:
            found.append((translate(language, title), tables))
    return found


def whole(row: RightsExtract, language: str, names: Mapping[str, str]) -> list[tuple[str, list[Told]]]:
    """All of an extract for who looks through it: as gathered, and from its release on as it is given out."""
    content = row.content or {}
    if not content.get("tables"):
        return []
    return sections(released(content, row.flags) if row.state == "released" else content, language, names)


def _blocks(table: Told, language: str) -> list[Block]:
    blocks: list[Block] = []
    for heading, facts in table.headed:
        blocks += [Heading(heading, 2), Facts(facts)]
    if table.lines:
        blocks.append(Heading(f"{table.name} ({len(table.rows)})", 2))
        if table.common:
            same = "; ".join(f"{name}: {value}" for name, value in table.common)
            blocks.append(Paragraph(translate(language, SAME, facts=same)))
        blocks.append(Points(table.lines, numbered=True))
    return blocks


def document(
    content: Mapping[str, Any], language: str, names: Mapping[str, str], rules: Mapping[str, Rule]
) -> Document:
    """The extract as a document, by theme. `names`: legal grounds by code; `rules`: how long each kind is kept."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    intro = N_(
        "Dette er det %(place)s har om deg i Sammen. Navn på andre er tatt ut. Utdraget gjelder den delen av"
        " kommunen som har svart deg. Har en annen del av kommunen noe om deg, svarer den for seg."
    )
    rights = N_(
        "Er noe feil, kan du kreve at det rettes. Du kan klage til Datatilsynet. Bakerst står det hvorfor kommunen har"
        " opplysningene, hvem som har fått dem, og hvor lenge de beholdes."
    )
    blocks: list[Block] = [Paragraph(say(intro, place=content["municipality"])), Paragraph(say(rights))]
    for title, tables in sections(content, language, names):
        blocks.append(Heading(title))
        for table in tables:
            blocks += _blocks(table, language)
    if content["readers"]:
        readers = [
            [moment(datetime.fromisoformat(one["at"]), language), one["who"], say(one["why"])]
            for one in content["readers"]
        ]
        blocks += [
            Heading(say(N_("Hvem har lest om deg"))),
            Table([say(N_("Når")), say(N_("Hvem")), say(N_("Hvorfor"))], readers, (2, 2, 3)),
        ]
    shared = [
        say(SHARED[one["table"]][1]) for one in content["tables"] if one["table"] in ("need", "candidate")
    ]
    blocks += about(content, rules, shared, language)
    return Document(
        kind="report", language=language, title=say(N_("Alt vi har om deg")), date=date.fromisoformat(content["made_on"]),
        sender=Sender(content["municipality"]), blocks=blocks, facts=[(say(N_("Gjelder")), content["name"])],
        exempt=say(N_("Unntatt offentlighet: forvaltningsloven § 13")),
        words={name: say(text) for name, text in WORDS.items()},
    )  # fmt: skip
