"""Codes in addresses, names of jobs, and the kinds of source."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Mapping
from typing import Final

from sammen.i18n_mark import N_

MAIL: Final = "campaigns.mail"
TAKE_IN: Final = "campaigns.take_in"
WISHES: Final = "campaigns.wishes"
COUNT: Final = "campaigns.count"

KINDS: Final[Mapping[str, str]] = {
    "poster": N_("Plakat"),
    "link": N_("Lenke"),
    "newsletter": N_("Nyhetsbrev"),
}
"""What one may make. `direct` is the campaign's own: those who came without a code."""
KIND_NAMES: Final[Mapping[str, str]] = {**KINDS, "direct": N_("Uten kode")}
ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
"""No sign that is easily taken for another: the code also stands on paper, beside the QR code."""
CODE_LENGTH: Final = 6
_OTHER = re.compile(r"[^a-z0-9]+")


def source_code() -> str:
    """A new source's code: thirty bits, which tell nothing of the place."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def slug_of(title: str) -> str:
    """A title as it stands in an address: "Bli støttekontakt i høst" is "bli-stottekontakt-i-host"."""
    plain = title.casefold().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    folded = unicodedata.normalize("NFKD", plain)
    return (
        _OTHER.sub("-", "".join(c for c in folded if not unicodedata.combining(c))).strip("-")[:60]
        or "kampanje"
    )
