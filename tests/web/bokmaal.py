"""Finding Bokmål on a page that should be in another language: its words in the frame, its sentences anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from babel.messages.pofile import read_po

from sammen.web.i18n import LANGUAGES
from sammen.web.i18n.catalogue import SAME_AS_SOURCE
from sammen.web.i18n.loading import po_path

# In the frame of a page: words that the language writes otherwise. People's own words are left alone.
BOKMAAL = {
    "nn": re.compile(
        r"\b(ikke|hvem|hva|hvor|hvilken|hvilke|hvordan|noen|noe|jeg|en uke|uker|velg|timer|kommuner|fra kommunen|oppgaver"
        r"|brukere)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r"\b(ikke|hvem|hva|hvor|når|noen|noe|uke|måned|velg|skriv|timer|kommuner?|ingen|eller|søknad|vedtak|brev|bruker)\b",
        re.IGNORECASE,
    ),
}
# What a letter says is in its recipient's Norwegian, in whatever language the page around it is.
LETTERS = frozenset({
    "tenants/letters/decision_letter.py", "tenants/letters/interim.py", "tenants/evaluations/letters.py",
    "tenants/complaints/letters.py",
})  # fmt: skip


@cache
def only_bokmaal(language: str) -> tuple[frozenset[str], re.Pattern[str]]:
    """Screen texts that the language says in other words: whole ones, and those with something filled in."""
    with po_path(language).open("rb") as file:
        catalogue = read_po(file)
    pairs = [
        pair
        for message in catalogue
        if message.id and message.string and not ({path for path, _ in message.locations} <= LETTERS)
        for pair in (
            [(message.id, message.string)]
            if isinstance(message.id, str)
            else zip(message.id, message.string, strict=True)
        )
    ]
    # The language menu names each language in that language.
    own = {said for _, said in pairs} | set(LANGUAGES.values())
    foreign = {source for source, said in pairs if source != said and source not in own and len(source) > 3}
    filled = [
        "(?:.+?)".join(re.escape(part) for part in re.split(r"%\(\w+\)s", source))
        for source in sorted(foreign)
        # Without a few letters of its own a pattern is met in anybody's text.
        if "%(" in source and len(re.sub(r"%\(\w+\)s|\W", "", source)) > 8
    ]
    return frozenset(source for source in foreign if "%" not in source), re.compile("|".join(filled))


@cache
def said_in_letters() -> re.Pattern[str]:
    """Sentences of letters, in both forms of Norwegian."""
    with po_path("nn").open("rb") as file:
        catalogue = read_po(file)
    found = [
        text
        for message in catalogue
        if message.id and isinstance(message.id, str) and {path for path, _ in message.locations} <= LETTERS
        for text in (message.id, str(message.string))
        if text and "%(" not in text
    ]
    return re.compile("|".join(map(re.escape, sorted(found, key=len, reverse=True))))


def bokmaal_in(frame: Iterable[str], everything: Iterable[str], language: str) -> list[str]:
    """Which of a page's words are Bokmål: in its frame any such word, elsewhere whole sentences of ours."""
    found = {text for text in set(frame) if _a_word_of_it(text, language)}
    found |= {text for text in set(everything) if _a_sentence_of_it(text, language)}
    return sorted(f"Bokmål: {text[:80]}" for text in found)


@cache
def _a_word_of_it(text: str, language: str) -> bool:
    return BOKMAAL[language].search(said_in_letters().sub("", text)) is not None


@cache
def _a_sentence_of_it(text: str, language: str) -> bool:
    whole, filled = only_bokmaal(language)
    # A filled-in sentence of a language so near may be its own.
    return text in whole or (language in SAME_AS_SOURCE and filled.fullmatch(text) is not None)
