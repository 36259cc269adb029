"""What a municipality may write of why it says no, which the region reads: nobody's name, and nothing a need does not say;
and what the region may write of why it proposes somebody, which both municipalities read before anybody has a name.

The need has been through the check of its own text (needs/checking.py); a no must not tell in one sentence what that kept
back: a name, a language, a day.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_
from shared_pool.needs.api import Known, check_text, words_of
from tenants.api import OrderCard, all_representatives, known_name_words, name_words

TELLS = N_("Ta bort «%(word)s». Det kan røpe hvem det gjelder, og grunnen leses utenfor kommunen.")
OF_A_USER: Final = frozenset({
    "own", "full", "name", "place", "school", "diagnosis", "origin", "number", "address", "sex", "day", "clock", "month",
    "letters", "script",
})  # fmt: skip
"""Findings of the needs' check that stop a no about a need: all but a capital letter inside a sentence."""
OF_A_CONTACT: Final = frozenset({"own", "full", "name", "diagnosis", "school", "address"})
"""Those that stop a lender's no: its hours and days are no secret, who the contact is and how they are is one."""
TELLS_EARLY: Final = N_("Ta bort «%(word)s». Grunnen leses i kommunene før noen skal vite hvem det gjelder.")
OF_A_PROPOSAL: Final = frozenset({"own", "full", "name", "address"})
"""Those that stop the region's reason: days, places and what a candidate can are in what is proposed already."""
_LONG: Final = re.compile(r"\d(?:[ .-]?\d){5,}")
"""A telephone number or a national one, also written in groups."""


def check_note(note: str) -> None:
    """In the region, where no names are known: what looks like a name, an address or a number. Raises Invalid at `grunn`."""
    hits = [
        hit.word for hit in check_text(note, Known(frozenset(), frozenset())) if hit.kind in OF_A_PROPOSAL
    ]
    if number := _LONG.search(note):
        hits.append(number.group())
    if hits:
        raise Invalid({"grunn": BadInput("grunn", TELLS_EARLY, word=hits[0])})


async def check_no_of_need(uow: UnitOfWork, words: str, order: OrderCard | None) -> None:
    """In the need's municipality. `order`: the need's own, None when it points there no longer. Raises Invalid at `ord`."""
    own: set[str] = set()
    if order is not None and words:
        own.update(name_words(order.given_name, order.family_name))
        for one in await all_representatives(uow, order.person_id):
            own.update(name_words(one.name, ""))
    await _check(uow, words, own, OF_A_USER)


async def check_no_of_home(uow: UnitOfWork, words: str) -> None:
    """At the lender. Raises Invalid at `ord`."""
    await _check(uow, words, set(), OF_A_CONTACT)


async def _check(uow: UnitOfWork, words: str, own: set[str], telling: Collection[str]) -> None:
    if not words:
        return
    here = await known_name_words(uow, words_of(words))
    for hit in check_text(words, Known(frozenset(own), frozenset(here - own))):
        if hit.kind in telling:
            raise Invalid({"ord": BadInput("ord", TELLS, word=hit.word)})
