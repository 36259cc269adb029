"""Codes of the closed vocabularies as words in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sammen.i18n_mark import N_

Say = Callable[..., str]
"""A msgid and its parameters into the reader's language (`Desk.say`)."""


def listed(words: Iterable[str], say: Say) -> str:
    """ "a", "a og b", "a, b og c"."""
    found = list(words)
    joiner = f" {say(N_('og'))} "
    return joiner.join([*([", ".join(found[:-1])] if len(found) > 1 else []), *found[-1:]])


def labels(codes: Iterable[str], vocabulary: Mapping[str, str], say: Say) -> str:
    """The codes' labels in the vocabulary's own order; "" for none. Codes it does not have are passed over."""
    wanted = set(codes)
    return listed((say(label) for code, label in vocabulary.items() if code in wanted), say)
