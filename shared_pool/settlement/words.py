"""What one municipality may write to the other about a statement: no name but those of the contacts it is about, no health."""

from __future__ import annotations

from collections.abc import Sequence

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from shared_pool.needs.api import Known, check_text, words_of
from shared_pool.settlement.reckoning import Line
from tenants.api import fold, known_name_words, name_words

TELLING = frozenset({"own", "full", "name", "diagnosis", "school", "address"})
"""The findings of the needs' check that matter here. Months, days and numbers of hours are what the text is about."""


async def check_words(uow: UnitOfWork, words: str, lines: Sequence[Line]) -> None:
    """Raises Invalid for the field `uenig` when the text may tell who somebody's service user is."""
    contacts = {word for line in lines for word in name_words(line.name, "")}
    here = await known_name_words(uow, words_of(words))
    for hit in check_text(words, Known(frozenset(), frozenset(here - contacts)), no_names=contacts):
        named = {fold(part) for part in hit.word.split()}
        if hit.kind in TELLING and not named <= contacts:
            raise Invalid.one(
                "uenig", N_("Ta bort «%(word)s». Av navn kan bare støttekontaktene i oppgjøret stå her."), word=hit.word
            )  # fmt: skip
