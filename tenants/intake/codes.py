"""The code that opens a saved form: shown once, written on paper, typed again as people type.

Twenty-five signs of thirty-two: 125 bits. None of them is easily taken for another: no I, L, O or U; who types an O for
a zero, or an l for a one, is understood.
"""

from __future__ import annotations

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, GROUP = 25, 5
REFERENCE_LENGTH = 8
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = re.compile(r"[\s\u2010-\u2015\u2212_.-]+")


def make_code() -> str:
    """A new code, without hyphens."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def make_reference() -> str:
    """What a sent form is called by on the phone. It opens nothing."""
    return "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_LENGTH))


def grouped(code: str, size: int = GROUP) -> str:
    """As it is shown: "7KQ4M-…", in groups that an eye can hold."""
    return "-".join(code[start : start + size] for start in range(0, len(code), size))


def read_code(typed: str) -> str | None:
    """A code as typed, with or without hyphens and spaces, in any case; None when it can be no code."""
    code = _BETWEEN.sub("", typed[:80]).upper().translate(_MISREAD)
    return code if len(code) == LENGTH and all(sign in ALPHABET for sign in code) else None
