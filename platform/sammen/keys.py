"""The keys of the house, all derived from the one secret `SAMMEN_KEY`, each for one use.

The *door key* is also held by the database's vault (written there by `sammen db upgrade`), where the app role
cannot read it: a proof made with it shows the database that the running program, and not an injected
statement, asks for a session or a job's context. See docs/decisions/0003-signed-ticket.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """Derived keys of 32 bytes each. Never printed: the repr is suppressed."""

    door: bytes
    csrf: bytes
    jobs: bytes
    number_index: bytes
    number_cipher: bytes
    forms: bytes
    load: bytes

    @classmethod
    @lru_cache(maxsize=4)
    def derive(cls, secret: str) -> Keys:
        """All keys from the master secret by HMAC-SHA256 over a label each."""

        def sub(label: str) -> bytes:
            return hmac.digest(secret.encode(), b"sammen/" + label.encode(), "sha256")

        return cls(
            sub("door"),
            sub("csrf"),
            sub("jobs"),
            sub("number-index"),
            sub("number-cipher"),
            sub("forms"),
            sub("load"),
        )

    def door_proof(self, message: str) -> bytes:
        """The keyed hash the database checks with core `sha256()`, nested to resist length extension."""
        inner = hashlib.sha256(self.door + message.encode()).digest()
        return hashlib.sha256(self.door + inner).digest()

    def csrf_token(self, session_hash: bytes) -> str:
        """The token every form of a session carries."""
        return base64.urlsafe_b64encode(hmac.digest(self.csrf, session_hash, "sha256")[:24]).decode()

    def csrf_ok(self, session_hash: bytes, token: str) -> bool:
        """Whether a form's token belongs to the session; compared in constant time."""
        return hmac.compare_digest(self.csrf_token(session_hash).encode(), token.encode("utf-8", "replace"))

    def sign_job(self, message: bytes) -> str:
        """Signature over a job's name, context and arguments."""
        return hmac.new(self.jobs, message, "sha256").hexdigest()

    def number_hash(self, tenant_id: UUID, number: str) -> bytes:
        """Look-up value for a national number: equal people in two municipalities have unequal hashes."""
        return hmac.digest(self.number_index, tenant_id.bytes + number.encode(), "sha256")

    def load_key(self, region_id: UUID, number: str) -> bytes:
        """The one hash of a national number that is equal in two municipalities: for the load over a region (C6)."""
        return hmac.digest(self.load, region_id.bytes + number.encode(), "sha256")

    def seal(self, plain: str, *, bound_to: bytes) -> bytes:
        """Encrypt (AES-256-GCM); `bound_to` ties the text to its owner, so that it cannot be moved to another row."""
        return _encrypt(self.number_cipher, plain, bound_to)

    def unseal(self, sealed: bytes, *, bound_to: bytes) -> str:
        """Decrypt what `seal` made for the same owner; raises `InvalidTag` otherwise."""
        return _decrypt(self.number_cipher, sealed, bound_to)

    def form_mark(self, use: str, *parts: bytes) -> bytes:
        """A keyed hash for one `use` of the public form: a draft's look-up value, an address, a page's own key."""
        return self._form_key(use, *parts)

    def seal_form(self, plain: str, use: str, *parts: bytes) -> bytes:
        """Encrypt a form with a key made of the house's and of `parts`: what is not stored cannot be opened without."""
        return _encrypt(self._form_key(f"seal-{use}", *parts), plain, use.encode())

    def unseal_form(self, sealed: bytes, use: str, *parts: bytes) -> str:
        """Decrypt what `seal_form` made with the same parts; raises `InvalidTag` otherwise."""
        return _decrypt(self._form_key(f"seal-{use}", *parts), sealed, use.encode())

    def _form_key(self, use: str, *parts: bytes) -> bytes:
        # Each part with its length, so that no two lists of parts give the same message.
        message = b"".join(len(part).to_bytes(4) + part for part in (use.encode(), *parts))
        return hmac.digest(self.forms, message, "sha256")


def _encrypt(key: bytes, plain: str, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain.encode(), bound_to)


def _decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> str:
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to).decode()


def new_token() -> str:
    """A session token: 256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What the database keeps of a session token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
