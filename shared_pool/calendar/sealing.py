"""Tokens of links, and the e-mail address that is kept sealed of who sends something in."""

from __future__ import annotations

import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag

from sammen.keys import Keys


def new_token() -> str:
    """What stands in a link: 192 random bits."""
    return secrets.token_urlsafe(24)


def lookup_of(keys: Keys, token: str) -> bytes:
    """What the database finds a token by."""
    return keys.form_mark("calendar-lookup", token.encode("utf-8", "replace"))


def sealed_token(keys: Keys, token: str = "") -> tuple[bytes, bytes]:
    """(look-up value, the token itself sealed until its notice has left) of a token; of a new one when none is given."""
    chosen = token or new_token()
    lookup = lookup_of(keys, chosen)
    return lookup, keys.seal_form(chosen, "calendar-token", lookup)


def open_token(keys: Keys, sealed: bytes, lookup: bytes) -> str:
    """The token that `lookup` is found by; "" when it is not ours."""
    try:
        return keys.unseal_form(sealed, "calendar-token", lookup)
    except InvalidTag:
        return ""


def seal_email(keys: Keys, region: UUID, email: str) -> bytes:
    """Where notices go, sealed for the house."""
    return keys.seal_form(email, "calendar-who", region.bytes)


def open_email(keys: Keys, region: UUID, sealed: bytes) -> str:
    """The address of `seal_email`. Raises InvalidTag for what is not ours."""
    return keys.unseal_form(sealed, "calendar-who", region.bytes)
