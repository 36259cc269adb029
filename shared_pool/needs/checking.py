"""Does a need's free text tell who it is? Names, places, schools, diagnoses, numbers, and what stands in the form. Pure.

Every hit says which word and why. A hard one must be taken out. A soft one is a word that may be a name and may be
nothing of the kind ("Bjørn", "Minecraft"): it is taken out, or somebody says that it is no name here. A machine cannot
tell that a text is safe, so a person always reads it besides (C3).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from sammen.i18n_mark import N_
from tenants.api import fold, name_words

WHY: Final = {
    "own": N_("er navnet til brukeren, eller til noen som handler for brukeren"),
    "full": N_("ser ut som hele navnet til noen i kommunen"),
    "name": N_("kan være et navn"),
    "capital": N_("har stor bokstav og kan være et navn"),
    "place": N_("er et sted"),
    "school": N_("kan peke ut en skole, en bolig eller en adresse"),
    "diagnosis": N_("sier noe om helse eller hjelp"),
    "origin": N_("sier noe om språk, tro eller hvor noen kommer fra"),
    "number": N_("er et tall. Tall og datoer kan peke ut én person"),
    "address": N_("er en e-postadresse eller nettadresse"),
    "sex": N_("røper kjønn eller familie. Skriv «brukeren»"),
    "day": N_("er en dag. Dager velger du i lista"),
    "clock": N_("er et klokkeslett. Tider velger du i lista"),
    "month": N_("er en måned. Datoer kan peke ut én person"),
    "letters": N_("er bokstaver med mellomrom. Skriv hele ord"),
    "script": N_("har tegn som ikke er norske bokstaver"),
}
SOFT: Final = frozenset({"name", "capital"})

_DATA: Final = Path(__file__).parent / "data"


def _column(name: str, column: str) -> list[str]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def _listed(name: str) -> dict[str, list[str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return {row["kind"]: row["words"].split() for row in csv.DictReader(file)}


_ORDINARY_WORDS: Final = _listed("ordinary.csv")
ORDINARY: Final = frozenset(fold(word) for word in _ORDINARY_WORDS["name"])
"""Names and places that are ordinary words as well: written small they are taken to be the word."""
_ONES: Final = "|".join(sorted(_ORDINARY_WORDS["number"], key=len, reverse=True))
_AGE: Final = re.compile(rf"\b(?:{_ONES})+(?:\s+|-)?(?:år\b|års\w*|åring\w*|klassing\w*)", re.IGNORECASE)
_CLOCK: Final = re.compile(rf"\b(?:kl\.?|klokka|klokken)\s+(?:halv\s+)?(?:{_ONES})\b", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    r"\S*@\S+|\bhttps?:\S+|\bwww\.\S+|\b[\w-]+\.(?:no|com|net|org|info)\b", re.IGNORECASE
)
_SPACED: Final = re.compile(r"(?<!\w)(?:[^\W\d_][\s.\-_*/·]{1,3}){2,}[^\W\d_](?!\w)")
_TOKEN: Final = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_SENTENCE_END: Final = frozenset(".!?:\n")
_LEAST_PREFIX: Final = 4


@dataclass(frozen=True, slots=True)
class Known:
    """Names that must not be in the text, folded: `own` are the service user's and representatives', `here` are other
    people's of the municipality.
    """

    own: frozenset[str] = frozenset()
    here: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """A word as it was written, and the code of `WHY`."""

    word: str
    kind: str

    @property
    def hard(self) -> bool:
        """Whether it must be taken out."""
        return self.kind not in SOFT

    @property
    def key(self) -> str:
        """What a form says the word is no name by."""
        return fold(self.word)


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of one kind: whole ones, beginnings and ends."""

    whole: frozenset[str]
    begins: tuple[str, ...]
    ends: tuple[str, ...]

    def has(self, word: str) -> bool:
        return (
            word in self.whole or word.startswith(self.begins) or any(word.endswith(end) and word != end for end in self.ends)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Token:
    """A word of the text: as written, folded, and whether a sentence begins with it."""

    text: str
    word: str
    first: bool
    parts: tuple[str, ...] = field(default=())

    @property
    def capital(self) -> bool:
        return self.text[0].isupper()


def check(text: str, known: Known, *, no_names: Collection[str] = ()) -> list[Hit]:
    """Everything in the text that may tell who it is, in the order it stands, each word once. `no_names`: keys of soft
    hits that somebody has said are no names.
    """
    clean = _plain(text)
    tokens = _tokens(clean)
    found: list[tuple[int, Hit]] = [
        *((match.start(), Hit(match.group(), kind)) for kind, pattern in _PATTERNS for match in pattern.finditer(clean)),
        *((clean.find(word), Hit(word, kind)) for word, kind in _joined(tokens, known)),
    ]  # fmt: skip
    at = 0
    for token in tokens:
        at = clean.index(token.text, at)
        kind = _kind(token, known)
        if kind is not None and not (kind in SOFT and fold(token.text) in no_names):
            found.append((at, Hit(token.text, kind)))
        at += len(token.text)
    return list(dict.fromkeys(hit for _, hit in sorted(found, key=lambda pair: (pair[0], pair[1].kind))))


_PATTERNS: Final = (("address", _ADDRESS), ("number", _AGE), ("clock", _CLOCK), ("letters", _SPACED))


def words_of(text: str) -> frozenset[str]:
    """The folded words of a text, whole and in their parts: those to ask the municipality's register about."""
    return frozenset(form for token in _tokens(_plain(text)) for form in _forms(token))


def _plain(text: str) -> str:
    """One form of each letter, and nothing that is not seen: a name with an invisible sign inside it is the name."""
    composed = unicodedata.normalize("NFKC", text)
    return "".join(char for char in composed if unicodedata.category(char) not in ("Cf", "Mn", "Me"))


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        between = text[end : match.start()]
        first = not found or any(char in _SENTENCE_END for char in between)
        word = fold(match.group())
        parts = tuple(part for part in word.split("-") if part)
        found.append(_Token(match.group(), word.replace("-", ""), first, parts))
        end = match.end()
    return found


def _forms(token: _Token) -> list[str]:
    """The word, its parts, and each without a genitive s."""
    words = dict.fromkeys((token.word, *token.parts))
    return list(dict.fromkeys(form for word in words for form in (word, word.removesuffix("s")) if form))


def _kind(token: _Token, known: Known) -> str | None:
    """Why a word is a hit, the gravest reason first; None when it is none."""
    if any(char.isnumeric() for char in token.text):
        return "number"
    if not all(unicodedata.name(char, "").startswith("LATIN") for char in token.text if char.isalpha()):
        return "script"
    forms = _forms(token)
    small = not token.capital
    own = [form for form in forms if form in known.own]
    if own or _begins_own(forms, known, capital=token.capital):
        # A name that is an ordinary word too, and is written as one: somebody must look at it.
        return "name" if own and small and set(own) <= ORDINARY else "own"
    for kind, words in _lists().items():
        if any(words.has(form) for form in (token.word, *token.parts)):
            return kind
    ordinary = all(form in ORDINARY for form in forms if form in _places() or form in _names())
    if any(form in _places() for form in forms) and not (ordinary and (small or token.first)):
        return "place"
    if any(form in known.here or form in _names() or form in _places() for form in forms):
        return None if small and any(form in ORDINARY for form in forms) else "name"
    return "capital" if token.capital and not token.first else None


def _begins_own(forms: Iterable[str], known: Known, *, capital: bool) -> bool:
    """Whether a word is made of a name: "Odingutten", "Vikenfamilien"."""
    return any(
        len(name) >= _LEAST_PREFIX
        and (capital or name not in ORDINARY)
        and form.startswith(name)
        and form != name
        for form in forms
        for name in known.own
    )


def _joined(tokens: Sequence[_Token], known: Known) -> list[tuple[str, str]]:
    """Names written in pieces, places of several words, and a whole name of somebody in the municipality."""
    found: list[tuple[str, str]] = []
    for size in (2, 3):
        for n in range(len(tokens) - size + 1):
            run = tokens[n : n + size]
            written = " ".join(token.text for token in run)
            joined = "".join(token.word for token in run)
            spaced = " ".join(token.word for token in run)
            if joined in known.own and len(joined) >= _LEAST_PREFIX:
                found.append((written, "own"))
            elif spaced in _places():
                found.append((written, "place"))
            elif size == 2 and all(_is_name_here(token, known) for token in run):
                found.append((written, "full"))
    return [pair for pair in found if pair[0]]


def _is_name_here(token: _Token, known: Known) -> bool:
    return token.capital and any(form in known.here for form in _forms(token))


@cache
def _names() -> frozenset[str]:
    words = [*_column("first_names.csv", "name"), *_column("surnames.csv", "surname")]
    return frozenset(form for word in words for form in name_words(word, ""))


@cache
def _places() -> frozenset[str]:
    """Folded places; those of several words with a space between, as `_joined` puts words together."""
    return frozenset(" ".join(fold(word).replace("-", "").split()) for word in _column("places.csv", "name"))


@cache
def _lists() -> dict[str, _Words]:
    return {kind: _of(words) for kind, words in _listed("words.csv").items()}


def _of(words: Sequence[str]) -> _Words:
    return _Words(
        frozenset(fold(word) for word in words if "*" not in word),
        tuple(fold(word) for word in words if word.endswith("*")),
        tuple(fold(word) for word in words if word.startswith("*")),
    )
