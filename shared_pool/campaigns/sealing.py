"""Tokens of links, and what is kept sealed of an applicant until, and while, there is a use for it."""

from __future__ import annotations

import json
import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag

from sammen.keys import Keys


def new_token() -> str:
    """What stands in a link: 192 random bits."""
    return secrets.token_urlsafe(24)


def open_token(keys: Keys, sealed: bytes, lookup: bytes) -> str:
    """The token that `lookup` is found by; "" when it is not ours."""
    try:
        return keys.unseal_form(sealed, "candidate-token", lookup)
    except InvalidTag:
        return ""


def seal_who(keys: Keys, region: UUID, first_name: str, email: str) -> bytes:
    """The first name and where notices go, sealed for the house."""
    return keys.seal_form(json.dumps([first_name, email], ensure_ascii=False), "candidate-who", region.bytes)


def open_who(keys: Keys, region: UUID, sealed: bytes) -> tuple[str, str]:
    """(first name, e-mail address) of `seal_who`. Raises InvalidTag for what is not ours."""
    first, email = json.loads(keys.unseal_form(sealed, "candidate-who", region.bytes))
    return str(first), str(email)
