"""What a text may carry across a border: what the host's people write of a meeting is read by participants elsewhere."""

from __future__ import annotations

from sammen.db.unit_of_work import UnitOfWork
from shared_pool.needs.api import Known, check_text, words_of
from tenants.api import known_name_words

TELLING = frozenset({"own", "full", "diagnosis"})
"""What stops a text: the whole name of somebody here, and words about health. Places, days and clocks are what it is for."""


async def tellable(uow: UnitOfWork, text: str) -> str:
    """The text, or "" when it may tell who somebody is: partners then read the facts alone (cancelled, moved), no words."""
    if not text:
        return ""
    here = await known_name_words(uow, words_of(text))
    found = check_text(text, Known(frozenset(), frozenset(here)))
    return "" if any(hit.kind in TELLING for hit in found) else text
