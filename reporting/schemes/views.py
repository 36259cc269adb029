"""The survey of schemes as values for pages and files: the checklist, the matrix, one scheme in every municipality."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from reporting.figures.api import Member
from reporting.schemes.catalogue import GROUPS, NOT_ANSWERED, STATES, Scheme, asked
from reporting.schemes.queries import AnswerCard, standing
from sammen.documents.tables_out import Cell, write_xlsx
from sammen.i18n_mark import N_
from sammen.web.i18n import translate

TAGS: Final = {"has": "ok", "planned": "half", "no": "neutral", "ended": "neutral"}
"""How each answer looks; not answered is no tag at all."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One municipality's answer to one question. `card` None: it has not answered, which is not a no."""

    place: Member
    card: AnswerCard | None

    @property
    def word(self) -> str:
        """Msgid of the answer."""
        return STATES[self.card.state] if self.card else NOT_ANSWERED

    @property
    def tag(self) -> str:
        """The state of its tag, "" for none."""
        return TAGS[self.card.state] if self.card else ""


@dataclass(frozen=True, slots=True)
class Line:
    """One scheme over every municipality."""

    scheme: Scheme
    spots: tuple[Spot, ...]

    @property
    def has(self) -> int:
        """How many have it."""
        return sum(1 for spot in self.spots if spot.card is not None and spot.card.state == "has")

    @property
    def answered(self) -> int:
        """How many have answered."""
        return sum(1 for spot in self.spots if spot.card is not None)


def matrix(
    answers: Sequence[AnswerCard], members: Sequence[Member], day: date
) -> list[tuple[str, list[Line]]]:
    """Every scheme by group (msgid), with each member's answer on a day."""
    now: Mapping[tuple[UUID, str], AnswerCard] = standing(answers, day)
    lines = [
        Line(one, tuple(Spot(place, now.get((place.id, one.id))) for place in members)) for one in asked()
    ]
    return [(name, [line for line in lines if line.scheme.group == group]) for group, name in GROUPS.items()]


def years(answers: Sequence[AnswerCard], today: date) -> list[int]:
    """The years that can be looked at, newest first: from the first answer on, ten at most."""
    first = min((one.valid_from.year for one in answers), default=today.year)
    return list(range(today.year, max(first, today.year - 9) - 1, -1))


def day_of(year: int, today: date) -> date:
    """The last day of a year, or today in this one."""
    return today if year == today.year else date(year, 12, 31)


def sheet(groups: Sequence[tuple[str, list[Line]]], members: Sequence[Member], note: str, lang: str) -> bytes:
    """The matrix as a workbook: a row a scheme, a column a municipality, and how many have it of those that answered."""

    def say(message: str) -> str:
        return translate(lang, message)

    header = [
        say(N_("Ordning")),
        say(N_("Gruppe")),
        *(place.name for place in members),
        say(N_("Har den")),
        say(N_("Har svart")),
    ]
    rows: list[list[Cell]] = [
        [say(line.scheme.name), say(group), *(say(spot.word) for spot in line.spots), line.has, line.answered]
        for group, lines in groups
        for line in lines
    ]
    rows += [[], [note]]
    return write_xlsx(header, rows, sheet=say(N_("Ordninger")))
