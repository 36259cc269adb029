"""What a notice says, by its code. Higher floors register their own; the outbox knows no municipality's words.

A notice tells that something waits and where to log in. Who it is about, what it is, and which municipality, never: mail
and SMS are read by others than the one they are for.
"""

from __future__ import annotations

from dataclasses import dataclass

from sammen.web.i18n import known_language, translate


@dataclass(frozen=True, slots=True)
class Text:
    """A msgid for the subject and one for the body; the body has `%(address)s`, where one logs in, or `%(number)s`, a
    one-time code.
    """

    subject: str
    body: str


_TEXTS: dict[str, Text] = {}


def register_text(code: str, subject: str, body: str) -> None:
    """Give `code` its words (msgids, marked with `N_`). ValueError for a code that has other words already, for a body
    that neither says where to log in nor carries a one-time code, and for any other parameter.
    """
    text = Text(subject, body)
    if _TEXTS.get(code, text) != text:
        raise ValueError(f"two texts are called {code}")
    holds = "%(address)s" in body or "%(number)s" in body
    if not holds or body.count("%(") != 1 or "%(" in subject:
        raise ValueError(f"the text {code} must hold %(address)s or %(number)s, and no other parameter")
    _TEXTS[code] = text


def is_text(code: str) -> bool:
    """Whether `code` has words."""
    return code in _TEXTS


def carries_number(code: str) -> bool:
    """Whether the text has room for a one-time code. False for a code nobody registered."""
    return code in _TEXTS and "%(number)s" in _TEXTS[code].body


def say(code: str, language: str, address: str, number: str = "") -> tuple[str, str]:
    """(subject, body) in the language, Bokmål when it is not one of ours. KeyError for a code nobody registered."""
    text, known = _TEXTS[code], known_language(language)
    filled = {"number": number} if carries_number(code) else {"address": address}
    return translate(known, text.subject), translate(known, text.body, **filled)
