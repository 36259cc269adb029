"""Where a list goes on: opaque to the program, signed, and good for the same list and the same program alone."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Sequence
from typing import Final

from sammen.keys import Keys
from sammen.machine.problems import Fault, Problem

USE: Final = "program-cursor"
MARK_BYTES: Final = 16


def make_cursor(keys: Keys, about: Sequence[str], position: Sequence[str]) -> str:
    """A cursor. `about`: program, path and filters, which must be the same when it comes back; `position`: sort values."""
    body = json.dumps(list(position), separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mark(keys, about, body) + body).decode().rstrip("=")


def read_cursor(keys: Keys, about: Sequence[str], cursor: str) -> list[str]:
    """The position. Raises Problem 422 for one that was not made here, for this."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    mark, body = raw[:MARK_BYTES], raw[MARK_BYTES:]
    if not hmac.compare_digest(mark, _mark(keys, about, body)):
        raise Problem(
            422, "Noe i innholdet må rettes.",
            [Fault("Bruk «next» fra forrige side, med samme filter.", parameter="cursor")],
        )  # fmt: skip
    return [str(one) for one in json.loads(body)]


def _mark(keys: Keys, about: Sequence[str], body: bytes) -> bytes:
    return keys.form_mark(USE, *(one.encode() for one in about), body)[:MARK_BYTES]
