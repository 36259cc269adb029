"""What people read, in every language: marking, looking up and loading catalogues.

Bokmål is the source text: the message id *is* the Bokmål sentence, so it needs no catalogue. Every other
language in `LANGUAGES` has one. How to add a language: docs/languages.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from gettext import NullTranslations
from typing import Final

from sammen.errors import SammenError
from sammen.i18n_mark import C_, CONTEXT_ENDS, N_, Word
from sammen.web.i18n.loading import CATALOGUE_ROOT, load

SOURCE_LANGUAGE: Final = "nb"
LANGUAGES: Final[dict[str, str]] = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}
"""Language code to its own name of itself, in the order the language menu shows them."""

TRANSLATED: Final = tuple(code for code in LANGUAGES if code != SOURCE_LANGUAGE)

__all__ = [
    "CATALOGUE_ROOT",
    "C_",
    "LANGUAGES",
    "N_",
    "SOURCE_LANGUAGE",
    "TRANSLATED",
    "Word",
    "error_texts",
    "known_language",
    "ntranslate",
    "translate",
    "translations_for",
]


def known_language(code: str | None) -> str:
    """The language to answer in: `code` when we have it, else Bokmål."""
    return code if code in LANGUAGES else SOURCE_LANGUAGE


@lru_cache(maxsize=len(LANGUAGES))
def translations_for(lang: str) -> NullTranslations:
    """The loaded catalogue of a language; for Bokmål one that answers with the message itself."""
    if lang not in LANGUAGES:
        raise ValueError(f"no such language: {lang!r}")
    return NullTranslations() if lang == SOURCE_LANGUAGE else load(lang)


def translate(lang: str, msgid: str, /, **params: object) -> str:
    """`msgid` in `lang`, with `%(name)s` filled from `params` (when there are any: a bare % survives).

    A parameter that is a `Word` is itself a msgid, and is said in the same language.
    """
    text = _said(lang, msgid)
    if not params:
        return text
    return text % {
        name: _said(lang, value) if isinstance(value, Word) else value for name, value in params.items()
    }


def _said(lang: str, msgid: str) -> str:
    """A message as its catalogue has it; without its context, where there is no translation."""
    return translations_for(lang).gettext(msgid).rpartition(CONTEXT_ENDS)[2]


def ntranslate(lang: str, singular: str, plural: str, num: int, /, **params: object) -> str:
    """The form that fits `num`; `%(num)s` is always available to the sentence.

    The two forms may also have been marked one by one (`N_`), as constants far from here are.
    """
    catalogue = translations_for(lang)
    text = catalogue.ngettext(singular, plural, num)
    if text in (singular, plural):
        text = catalogue.gettext(text)
    return text % {"num": num, **params}


def error_texts(lang: str, errors: Mapping[str, SammenError]) -> dict[str, str]:
    """Field errors as the components want them: field name to a sentence in `lang`, in the same order."""
    return {field: translate(lang, error.message, **error.params) for field, error in errors.items()}
