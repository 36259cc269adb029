"""Codes that are good once, and six-digit ones that are sent. The database keeps keyed hashes of them."""

from __future__ import annotations

import re
import secrets
from uuid import UUID

from sammen.keys import Keys

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Neither I, L, O nor U: none is easily taken for another (as tenants/intake/codes.py)."""
LENGTH, HOW_MANY = 10, 10
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = re.compile(r"[\s\u00a0\u2010-\u2015\u2212_.-]+")


def new_codes() -> list[str]:
    """Ten codes of fifty bits."""
    return ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(HOW_MANY)]


def shown(code: str) -> str:
    """In two groups, as an eye can hold it."""
    return f"{code[:5]}-{code[5:]}"


def read_spare(typed: str) -> str:
    """A code as typed, in any case and with anything between; "" when it can be none."""
    code = _BETWEEN.sub("", typed[:40]).upper().translate(_MISREAD)
    return code if len(code) == LENGTH and all(sign in ALPHABET for sign in code) else ""


def spare_mark(keys: Keys, user: UUID, code: str) -> bytes:
    """What the database keeps of a spare code: tied to its person, and of no use without the house's key."""
    return keys.form_mark("spare-code", user.bytes, code.encode())


def new_digits() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**6):06d}"


def digits_mark(keys: Keys, user: UUID, what: str, code: str) -> bytes:
    """What the database keeps of a code that is sent: one for logging in is none for showing an address to be one's own."""
    return keys.form_mark("sent-code", user.bytes, what.encode(), code.encode())
