"""The check of a need's free text against the municipality's own names (checking.py)."""

from __future__ import annotations

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_
from shared_pool.needs.checking import Hit, Known, check, words_of
from shared_pool.needs.rules import NeedFacts
from tenants.api import OrderCard, all_representatives, known_name_words, name_words

TELLS = N_("Teksten kan røpe hvem det gjelder. Ta bort det som er nevnt, eller si at ordet ikke er et navn.")
READ_IT = N_("Les teksten, og bekreft at den ikke røper hvem det gjelder.")


async def hits_in(uow: UnitOfWork, order: OrderCard, facts: NeedFacts) -> list[Hit]:
    """Everything in the text that may tell whose need it is; none for an empty text."""
    if not facts.about.strip():
        return []
    own = set(name_words(order.given_name, order.family_name))
    for one in await all_representatives(uow, order.person_id):
        own.update(name_words(one.name, ""))
    here = await known_name_words(uow, words_of(facts.about))
    known = Known(frozenset(own), frozenset(here - own))
    return check(facts.about, known, no_names=facts.about_words)


async def check_about(uow: UnitOfWork, order: OrderCard, facts: NeedFacts, *, seen: bool) -> None:
    """Raises Invalid for a text that may tell whose need it is and, once it is `seen`, for one nobody answers for."""
    if await hits_in(uow, order, facts):
        raise Invalid({"om": BadInput("om", TELLS)})
    if seen and facts.about.strip() and not facts.about_read:
        raise Invalid({"om_lest": BadInput("om_lest", READ_IT)})
