"""Codes: a certificate's own, long enough that nobody guesses one, and the short one that stands at a course's door."""

from __future__ import annotations

import re
import secrets
from typing import Final
from uuid import UUID

from sammen.keys import Keys

ALPHABET: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"[:31]
"""No sign that is easily taken for another on paper."""
LENGTH: Final = 15
DOOR_DIGITS: Final = 6
_OTHER = re.compile(r"[^0-9A-Z]")


def new_code() -> str:
    """A certificate's code: fifteen signs of thirty-one, 74 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown_code(code: str) -> str:
    """The code as people read it aloud: three groups of five."""
    return "-".join(code[at : at + 5] for at in range(0, len(code), 5))


def typed_code(text: str) -> str | None:
    """What was typed, with or without lines and spaces, as a code; None when it can be none."""
    found = _OTHER.sub("", text.upper())
    return found if len(found) == LENGTH and all(sign in ALPHABET for sign in found) else None


def door_code(keys: Keys, session_id: UUID) -> str:
    """The six digits at a session's door. They follow from the house's key: nothing is stored, and no other session's tell
    them.
    """
    number = int.from_bytes(keys.form_mark("course-door", session_id.bytes)[:8])
    return f"{number % 10**DOOR_DIGITS:0{DOOR_DIGITS}d}"


def shown_door(code: str) -> str:
    """The digits in two groups, for who reads them off a wall."""
    return f"{code[:3]} {code[3:]}"


def seat_label(seat_id: UUID) -> str:
    """What a seat is called where nobody's name may stand: the same on every page of the course."""
    return seat_id.hex[:4].upper()
