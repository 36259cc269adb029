"""The few mails an applicant gets: confirm the address, here is your link, it is all taken back. No name, no place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sammen.i18n_mark import N_
from sammen.web.i18n import known_language, translate

_SIGNED = N_("Hilsen Sammen. Du kan ikke svare på denne e-posten.")
_TEXTS: Final[Mapping[str, tuple[str, str]]] = {
    "confirm": (
        N_("Bekreft at du vil bli støttekontakt"),
        N_(
            "Hei!\n\nNoen har fylt ut et skjema om å bli støttekontakt med denne e-postadressen. Åpne lenken og trykk på "
            "knappen, så får kommunen skjemaet:\n\n%(link)s\n\nLenken virker i sju dager. Var det ikke deg, trenger du ikke "
            "gjøre noe. Da blir skjemaet slettet, og ingen har lest det."
        ),
    ),
    "link": (
        N_("Lenken din til søknaden om å bli støttekontakt"),
        N_(
            "Hei!\n\nPå denne siden ser du hvor søknaden din er, hva du deler, og hvordan du trekker alt tilbake:\n\n"
            "%(link)s\n\nTa vare på den, og gi den ikke til andre. Har du fått en slik lenke før, virker den gamle ikke "
            "lenger. Har du ikke bedt om noe, kan du se bort fra denne e-posten."
        ),
    ),
    "withdrawn": (
        N_("Du har trukket alt tilbake"),
        N_(
            "Hei!\n\nDu har trukket tilbake søknaden din om å bli støttekontakt, og alt du hadde sagt ja til. Ingen andre "
            "kommuner ser deg lenger. Du kan søke på nytt når du vil:\n\n%(link)s"
        ),
    ),
}
CONFIRM_PATH: Final = "/bli-med/bekreft/"
OWN_PATH: Final = "/bli-med/min/"


def mail_text(what: str, language: str, address: str, token: str, region: str) -> tuple[str, str]:
    """(subject, body) of a mail: `confirm`, `link` or `withdrawn`, with the address its link has in the house.

    `address` is the house's own, without a slash at its end. KeyError for another `what`.
    """
    subject, body = _TEXTS[what]
    known = known_language(language)
    path = {
        "confirm": f"{CONFIRM_PATH}{token}",
        "link": f"{OWN_PATH}{token}",
        "withdrawn": f"/bli-med/{region}",
    }[what]
    link = f"{address}{path}?s={known}"
    return translate(known, subject), f"{translate(known, body, link=link)}\n\n{translate(known, _SIGNED)}\n"
