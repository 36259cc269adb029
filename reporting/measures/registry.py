"""Every measure with its words, gathered from the slices that count and from the words beside this file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from types import MappingProxyType
from typing import Final

from reporting.measures import (
    derived,
    derived_contacts,
    words_contacts,
    words_decisions,
    words_quality,
    words_shared,
    words_users,
)
from reporting.measures.words import Definition, Derived, Words
from sammen.figures import Measure
from shared_pool import api as pool
from tenants import api as home

_MODULES: Final = (words_users, words_decisions, words_quality, words_contacts, words_shared)
WORDS: Final[Mapping[str, Words]] = {one.id: one for module in _MODULES for one in module.WORDS}


def measures() -> Sequence[Measure]:
    """Every measure the slices hand up, as both the web and the worker compute them."""
    return (*home.MEASURES, *pool.MEASURES)


def defined(words: Words, measure: Measure) -> Definition:
    """A measure's words together with what its slice says of it."""
    said = {field.name: getattr(words, field.name) for field in fields(Words)}
    return Definition(**said, kind=measure.kind, unit=measure.unit, dimensions=measure.dimensions)


_COUNTED: Final = {one.id: one for one in measures()}
DEFINITIONS: Final[Mapping[str, Definition]] = MappingProxyType(
    {one: defined(words, _COUNTED[one]) for one, words in WORDS.items()}
)
"""What each measure means, by id, in the order of the words: the one that most ask for comes first in its theme."""
ALL_DERIVED: Final = (*derived.DERIVED, *derived_contacts.DERIVED)
DERIVED: Final[Mapping[str, Derived]] = MappingProxyType({one.id: one for one in ALL_DERIVED})
"""Figures computed from published ones, by id."""
