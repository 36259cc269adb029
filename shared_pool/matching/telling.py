"""What a municipality may write of why it says no, which the region reads: nobody's name, and nothing a need does not say.

The need has been through the check of its own text (needs/checking.py); a no must not tell in one sentence what that kept
back: a name, a language, a day.
"""

from __future__ import annotations

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
