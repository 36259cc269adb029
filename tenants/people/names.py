"""Names made searchable: what "Åse", "Aase" and "Ase" have in common.

A folded word has only lower-case letters and digits. Å, æ and ø become aa, ae and oe, the way passports
and old spellings write them. Someone at a foreign keyboard types "Oystein", so a stored name is kept in
that bare form too; a search word is folded one way only, since it need match just one of the stored forms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from sammen.errors import BadInput
from sammen.i18n_mark import N_

MAX_NAME_LENGTH = 100
MAX_WORD_LENGTH = 40
MAX_NAME_WORDS = 24
MAX_QUERY_WORDS = 8
MAX_QUERY_LENGTH = 200

_COMMON = {"đ": "d", "ð": "d", "ħ": "h", "ŋ": "n", "ŧ": "t", "þ": "th", "ł": "l", "ı": "i", "œ": "oe"}
_FULL = str.maketrans({**_COMMON, "å": "aa", "ä": "ae", "æ": "ae", "ö": "oe", "ø": "oe"})
_BARE = str.maketrans({**_COMMON, "å": "a", "ä": "a", "æ": "ae", "ö": "o", "ø": "o"})

_APOSTROPHES = dict.fromkeys(map(ord, "'’‘ʼ`´′"), None)
_HYPHENS = re.compile(r"[-\u2010-\u2015\u2212]")


class FullName(NamedTuple):
    """A name as registered."""

    family: str
    given: str


def fold(text: str) -> str:
    """Text as it is compared: folded words with one space between them, hyphens kept inside words.

    Never fails; whatever is not a letter, digit or hyphen (emoji, quotes, semicolons, NUL) is a space.
    Folding twice gives the same as folding once.
    """
    return _fold(text, _FULL)


def name_words(given: str, family: str) -> list[str]:
    """The words to store for a person, without repeats, in the order met; at most MAX_NAME_WORDS.

    A hyphenated name gives its parts and the whole without the hyphen ("tor", "arne", "torarne").
    """
    name = f"{given[:MAX_NAME_LENGTH]} {family[:MAX_NAME_LENGTH]}"
    forms = (word for table in (_FULL, _BARE) for word in _words(_fold(name, table), whole=True))
    return _unique(forms)[:MAX_NAME_WORDS]


def query_words(text: str) -> list[str]:
    """The folded words of a search text, at most MAX_QUERY_WORDS.

    Each should match the start of a stored word. An empty list means that there is nothing to search for,
    and must find nobody.
    """
    return _unique(_words(fold(text[:MAX_QUERY_LENGTH]), whole=False))[:MAX_QUERY_WORDS]


def split_family_given(text: str, *, field: str = "name") -> FullName:
    """Read "von der Lippe, Tor-Arne". Raises BadInput when either part is missing or far too long."""
    family, comma, given = (" ".join(part.split()) for part in text.partition(","))
    if not (family or given):
        raise BadInput(field, N_("Skriv navnet: etternavn, komma og fornavn, for eksempel «Moen, Ola»."))
    if not comma or not fold(family) or not fold(given):
        raise BadInput(field, N_("Skriv etternavn, komma og fornavn, for eksempel «Moen, Ola»."))
    if max(len(family), len(given)) > MAX_NAME_LENGTH:
        raise BadInput(field, N_("Navnet er for langt. Skriv høyst %(limit)s tegn."), limit=MAX_NAME_LENGTH)
    return FullName(family, given)


def _fold(text: str, table: dict[int, str]) -> str:
    # NFKC first: a decomposed å is an a with a ring, and must be met as å before the rings are taken off.
    composed = unicodedata.normalize("NFKC", text).casefold().translate(_APOSTROPHES)
    mapped = unicodedata.normalize("NFC", composed).translate(table)
    plain = unicodedata.normalize("NFKD", mapped).casefold()
    kept = "".join(map(_keep, plain.translate(_APOSTROPHES)))
    words = (word.strip("-") for word in kept.split())
    return " ".join(word for word in words if word)


def _keep(char: str) -> str:
    if unicodedata.combining(char):
        return ""
    if char.isalnum():
        return char
    return "-" if _HYPHENS.match(char) else " "


def _words(folded: str, *, whole: bool) -> Iterable[str]:
    for word in folded.split():
        parts = [part for part in word.split("-") if part]
        yield from parts
        if whole and len(parts) > 1:
            yield "".join(parts)


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word[:MAX_WORD_LENGTH] for word in words))
