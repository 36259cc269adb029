"""Addresses of subscribers as they are kept, and the links that take one off the list or put one on it."""

from __future__ import annotations

import base64
import binascii
import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag

from sammen.keys import Keys

CONFIRM_PATH = "/nyhetsbrev/bekreft/"
LEAVE_PATH = "/nyhetsbrev/av/"
LONGEST_TOKEN = 200


def mark_of(keys: Keys, tenant: UUID, email: str) -> bytes:
    """What an address is found by in one municipality: in the next, the same address has another mark."""
    return keys.form_mark(
        "newsletter-email", tenant.bytes, email.strip().casefold().encode("utf-8", "replace")
    )


def mailbox_of(keys: Keys, email: str) -> bytes:
    """What notices to an address are counted by, the same in every municipality. It is kept for counting alone, with neither
    place nor list.
    """
    return keys.form_mark("newsletter-mailbox", email.strip().casefold().encode("utf-8", "replace"))


def seal_email(keys: Keys, tenant: UUID, mark: bytes, email: str) -> bytes:
    """The address, sealed for one municipality and one mark."""
    return keys.seal_form(email.strip(), "newsletter-address", tenant.bytes, mark)


def open_email(keys: Keys, tenant: UUID, mark: bytes, sealed: bytes) -> str:
    """The address of `seal_email`. Raises InvalidTag for another municipality's, or another row's."""
    return keys.unseal_form(sealed, "newsletter-address", tenant.bytes, mark)


def new_link(keys: Keys) -> tuple[str, bytes, bytes]:
    """(token of a link, what it is found by, itself sealed until its mail has left)."""
    token = secrets.token_urlsafe(24)
    lookup = lookup_of(keys, token)
    return token, lookup, keys.seal_form(token, "newsletter-token", lookup)


def lookup_of(keys: Keys, token: str) -> bytes:
    """What the database finds a token by."""
    return keys.form_mark("newsletter-lookup", token.encode("utf-8", "replace"))


def open_link(keys: Keys, lookup: bytes, sealed: bytes) -> str:
    """The token of `new_link`."""
    return keys.unseal_form(sealed, "newsletter-token", lookup)


def leave_token(keys: Keys, tenant: UUID, subscriber: UUID) -> str:
    """What stands in a mail to take one off: sealed, so that it tells neither place, list nor whom, and never too old."""
    sealed = keys.seal_form(f"{tenant.hex}{subscriber.hex}", "newsletter-leave")
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def read_leave(keys: Keys, token: str) -> tuple[UUID, UUID] | None:
    """(municipality, subscriber) of a link in a mail; None for what is none of ours."""
    try:
        raw = base64.urlsafe_b64decode(token[:LONGEST_TOKEN] + "=" * (-len(token) % 4))
        plain = keys.unseal_form(raw, "newsletter-leave")
        return UUID(plain[:32]), UUID(plain[32:])
    except (InvalidTag, ValueError, binascii.Error, UnicodeDecodeError):
        return None
