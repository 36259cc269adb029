"""The survey of schemes in a paper: who has what, in names, and how many in sentences. Not answered is never a no."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from reporting.papers.building import Maker
from reporting.papers.content import Block, Numbers, Text
from reporting.papers.content import Line as Row
from reporting.schemes.api import Line
from sammen.i18n_mark import N_
from sammen.web.formats import date_long, listed

Groups = Sequence[tuple[str, Sequence[Line]]]
"""What `schemes.api.matrix` gives: the group's msgid and its lines."""
COLUMNS: Final = (
    (N_("Har"), frozenset({"has"})),
    (N_("Planlegger"), frozenset({"planned"})),
    (N_("Har ikke, eller har avsluttet"), frozenset({"no", "ended"})),
    (N_("Ikke svart"), frozenset({""})),
)

ONE_HAS: Final = N_("Den ene kommunen som har svart, har ordningen «%(name)s».")
ONE_HAS_NOT: Final = N_("Den ene kommunen som har svart, har ikke ordningen «%(name)s».")

ALL_HAVE: Final = N_("Alle de %(answered)s kommunene som har svart, har ordningen «%(name)s».")
NONE_HAS: Final = N_("Ingen av de %(answered)s kommunene som har svart, har ordningen «%(name)s».")


def _who(maker: Maker, line: Line, states: frozenset[str]) -> str:
    """The municipalities that have answered so: by name, "alle" or "ingen"."""
    names = [spot.place.name for spot in line.spots if (spot.card.state if spot.card else "") in states]
    if not names:
        return maker.say(N_("ingen"))
    return maker.say(N_("alle")) if len(names) == len(line.spots) else listed(names, maker.lang)


def scheme_blocks(maker: Maker, groups: Groups, day: date) -> list[Block]:
    """A table for each group of schemes; or that nobody has answered yet."""
    if not any(line.answered for _name, lines in groups for line in lines):
        return [Text(maker.say(N_("Ingen kommuner har svart på hvilke ordninger de har ennå.")))]
    said = N_("Slik kommunene selv har svart, per %(day)s. Ikke svart er ikke et nei.")
    blocks: list[Block] = [Text(maker.say(said, day=date_long(day, maker.lang)))]
    heads = (maker.say(N_("Ordning")), *(maker.say(name) for name, _states in COLUMNS))
    for name, lines in groups:
        rows = []
        for line in lines:
            texts = tuple(_who(maker, line, states) for _name, states in COLUMNS)
            rows.append(Row(maker.say(line.scheme.name), texts, texts))
        blocks.append(Numbers(maker.say(name), heads, tuple(rows), words=True))
    return blocks


def answered_by(
    maker: Maker, groups: Groups, *, only: Sequence[str] = ("operating-concept", "user-surveys")
) -> list[str]:
    """How many have each of some schemes, of those that have answered: a sentence each."""
    found = []
    for line in (line for _name, lines in groups for line in lines if line.scheme.id in only):
        words = N_("%(has)s av de %(answered)s kommunene som har svart, har ordningen «%(name)s».")
        if line.answered == 1:
            words = ONE_HAS if line.has else ONE_HAS_NOT
        elif not line.answered:
            words = N_("Ingen kommuner har svart på om de har ordningen «%(name)s».")
        elif line.has in (0, line.answered):
            words = ALL_HAVE if line.has else NONE_HAS
        name = maker.say(line.scheme.name)
        found.append(maker.say(words, has=line.has, answered=line.answered, name=name))
    return found
