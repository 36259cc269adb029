"""What a password may be: long, and not one that somebody would guess. No rules of capitals, digits or signs.

NIST SP 800-63B-4 § 3.1.1.2 and OWASP ASVS 5.0 ch. 6.2: at least twelve signs where a second factor is asked for as well
(it always is, policy/assurance.py), at most 128, all signs allowed, pasting allowed, no rule of what it is made of, no
expiry, and neither words of one's own nor passwords that are known to others.

Known ones are found in two ways: by zxcvbn's lists (MIT licence), which come with the program, with Norwegian words
beside them; and, where `SAMMEN_BREACHED_FILE` names one, in a file of SHA-1 hashes on the house's own disk, so that no
password and no part of one is sent to anybody.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from sammen.errors import Invalid
from sammen.i18n_mark import N_

LEAST, MOST = 12, 128
_READ = 72
"""zxcvbn looks no further than this; what is longer is strong by its length, or repeats itself before it."""
_ENOUGH = 3
"""zxcvbn's score, of 4: more than 10^8 guesses, which five tries in a quarter of an hour never come to."""
HASH = 40

TOO_SHORT = N_("Passordet er for kort. Bruk minst %(least)s tegn, for eksempel tre eller fire ord.")
TOO_LONG = N_("Passordet er for langt. Bruk høyst %(most)s tegn.")
OWN_WORDS = N_(
    "Passordet ligner for mye på navnet ditt, adressen din eller stedet du jobber. Velg noe andre ikke kan gjette."
)
EASY = N_("Passordet er lett å gjette. Bruk for eksempel tre eller fire ord som ikke hører sammen.")
LEAKED = N_("Passordet er blant dem som er kommet på avveie på nettet. Velg et annet.")

NORWEGIAN = (
    "passord", "hemmelig", "hemmelighet", "velkommen", "sommer", "vinter", "høst", "vår", "januar", "februar", "mars",
    "april", "juni", "juli", "august", "september", "oktober", "november", "desember", "mandag", "tirsdag", "onsdag",
    "torsdag", "fredag", "lørdag", "søndag", "kommune", "kommunen", "støttekontakt", "norge", "norsk", "oslo",
    "bergen", "trondheim", "stavanger", "tønsberg", "sandefjord", "larvik", "horten", "vestfold", "telemark",
    "viking", "rosenborg", "brann", "vålerenga", "sammen", "jobb", "jobben", "arbeid", "kontor", "jeg", "elsker",
    "deg", "kjærlighet", "fotball", "ski", "hytte", "hytta", "båten", "hunden", "katten", "sjokolade", "brunost",
    "kaffe", "mormor", "farfar", "familie", "barn", "barna", "skole", "skolen", "lærer", "helse", "omsorg",
    "saksbehandler", "koordinator", "leder", "qwertyuiopå", "asdfghjkløæ", "bokmål", "nynorsk", "innlogging",
    "bruker", "brukernavn", "administrator", "tilgang",
)  # fmt: skip
"""What people here reach for first; the lists that zxcvbn comes with are English."""


def normal(password: str) -> str:
    """One form of each sign (NFC), so that å typed on one keyboard is å typed on another."""
    return unicodedata.normalize("NFC", password)


def words_of(*said: str) -> list[str]:
    """The words of a name, an address or a place that are long enough to be recognised in a password."""
    found = {part for text in said for part in re.split(r"[\s@._+-]+", text.lower()) if len(part) >= 3}
    return sorted(found | {text.lower() for text in said if text} - {"com", "net", "org"})


def _fault(password: str, own: Iterable[str]) -> str:
    """What is wrong with it, as a sentence; "" for nothing. Lengths are the caller's."""
    from zxcvbn import zxcvbn  # its lists take 12 MB, and passwords are seldom chosen

    mine = [word for word in own if len(word) >= 3]
    bare = re.sub(r"[^\w]+|[\d_]+", "", password.lower())
    for word in sorted(mine, key=len, reverse=True):
        bare = bare.replace(re.sub(r"[^\w]+|[\d_]+", "", word), "")
    if len(bare) < 4 and any(word in password.lower() for word in mine):
        return OWN_WORDS
    told = zxcvbn(password[:_READ], user_inputs=[*mine, *NORWEGIAN], max_length=_READ)
    if told["score"] < _ENOUGH:
        found = {match.get("matched_word", "") for match in told["sequence"]}
        return OWN_WORDS if found & set(mine) else EASY
    return ""


def is_leaked(password: str, file: Path) -> bool:
    """Whether the password's SHA-1 stands in a file of `HASH` or `HASH:count` lines, sorted: halved until it is found.

    The file is Have I Been Pwned's, as their downloader makes it (CC BY 4.0). Raises OSError when it cannot be read.
    """
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, os.fstat(lines.fileno()).st_size
        while low < high:
            middle = (low + high) // 2
            lines.seek(middle)
            if middle:
                lines.readline()  # the rest of a line that began before
            line = lines.readline()[:HASH].upper()
            if line == wanted:
                return True
            if line and line < wanted:
                low = middle + 1
            else:
                high = middle
        lines.seek(low)
        return lines.readline()[:HASH].upper() == wanted


async def check_password(
    password: str, own: Iterable[str], *, field: str = "passord", breached: str = ""
) -> str:
    """The password in its normal form. `own` are words of the person's and the place's (words_of); `breached` is the path
    of a file of known ones, "" for none. Raises Invalid for `field`, with what to do.
    """
    chosen = normal(password)
    if len(chosen) < LEAST:
        raise Invalid.one(field, TOO_SHORT, least=LEAST)
    if len(chosen) > MOST:
        raise Invalid.one(field, TOO_LONG, most=MOST)
    # Beside the event loop, where others' pages wait for nobody's password.
    fault = await asyncio.to_thread(_fault, chosen, list(own))
    if not fault and breached and await asyncio.to_thread(is_leaked, chosen, Path(breached)):
        fault = LEAKED
    if fault:
        raise Invalid.one(field, fault)
    return chosen
