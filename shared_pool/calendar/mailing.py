"""The few mails somebody gets who sends something in: confirm, here is your link, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sammen.i18n_mark import N_
from sammen.web.i18n import known_language, translate

CONFIRM_PATH: Final = "/aktivitetskalender/bekreft/"
OWN_PATH: Final = "/aktivitetskalender/min/"
_SIGNED = N_("Hilsen Sammen. Du kan ikke svare på denne e-posten.")
_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "confirm": (
        N_("Bekreft det du har meldt inn til aktivitetskalenderen"),
        N_(
            "Hei!\n\nNoen har meldt inn «%(title)s» til aktivitetskalenderen med denne e-postadressen. Åpne lenken og trykk på "
            "knappen, så får kommunen lese det:\n\n%(link)s\n\nLenken virker i sju dager. Var det ikke deg, trenger du ikke "
            "gjøre noe. Da blir det slettet, og ingen har lest det."
        ),
    ),
    "link": (
        N_("Lenken din til det du har meldt inn"),
        N_(
            "Hei!\n\nKommunen har fått «%(title)s». På denne siden ser du hva som skjer, og du kan endre eller avlyse:\n\n"
            "%(link)s\n\nTa vare på lenken, og gi den ikke til andre. Du får en ny e-post når kommunen har svart."
        ),
    ),
    "published": (
        N_("Det du meldte inn, står i aktivitetskalenderen"),
        N_(
            "Hei!\n\n«%(title)s» står nå i aktivitetskalenderen. Her kan du endre eller avlyse. Den forrige lenken din virker "
            "ikke lenger:\n\n%(link)s"
        ),
    ),
    "rejected": (
        N_("Det du meldte inn, kom ikke med"),
        N_(
            "Hei!\n\n«%(title)s» kom ikke med i aktivitetskalenderen. Svaret er:\n\n%(reason)s\n\nDu kan endre og sende inn på "
            "nytt her. Den forrige lenken din virker ikke lenger:\n\n%(link)s"
        ),
    ),
    "cancelled": (
        N_("Det du meldte inn, er satt som avlyst"),
        N_(
            "Hei!\n\n«%(title)s» er satt som avlyst i aktivitetskalenderen. Grunnen er:\n\n%(reason)s\n\nHer ser du det. Den "
            "forrige lenken din virker ikke lenger:\n\n%(link)s"
        ),
    ),
}  # fmt: skip


def mail_text(
    what: str, language: str, address: str, token: str, *, title: str, reason: str
) -> tuple[str, str]:
    """(subject, body) of a mail, with the address its link has in the house. KeyError for another `what`.

    `address` is the house's own, without a slash at its end.
    """
    subject, body = _TEXTS[what]
    known = known_language(language)
    path = CONFIRM_PATH if what == "confirm" else OWN_PATH
    link = f"{address}{path}{token}?sprak={known}"
    said = translate(known, body, title=title, reason=reason, link=link)
    return translate(known, subject), f"{said}\n\n{translate(known, _SIGNED)}\n"
