"""The keys of the house, all derived from the one secret `SAMMEN_KEY`, each for one use.

While the secret is being changed there are two: one is used, both are accepted, and what is sealed says by which. A
sealed text has a key of its own, closed in its turn with the house's; so the secret can be changed without anybody
opening what is sealed (docs/decisions/0086-a-key-is-changed-while-the-house-is-open.md).

The *door key* is also held by the database's vault (written there by `sammen db upgrade`), where the app role
cannot read it: a proof made with it shows the database that the running program, and not an injected
statement, asks for a session or a job's context. See docs/decisions/0003-signed-ticket.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

if TYPE_CHECKING:
    from sammen.settings import Settings

NONCE_BYTES = 12
MAGIC: Final = b"SMK1"
"""How a sealed value begins: then four bytes that say by which house's key, its own key in 40 bytes, nonce and text."""
ID_BYTES: Final = 4
HEAD_BYTES: Final = len(MAGIC) + ID_BYTES
WRAPPED_BYTES: Final = 40


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
    wrap: bytes
    witness: bytes
    id: bytes
    marks: bytes
    others: tuple[Keys, ...] = ()
    """Other keys that are accepted while the secret is being changed, and never used for anything new."""
    before: Keys | None = None
    """The one of `others` that was used until now: look-up values not yet made anew are by it."""

    @classmethod
    def of(cls, settings: Settings) -> Keys:
        """The keys of a process, from its settings: `SAMMEN_KEY`, and the next or the previous while it is changed."""
        return _ring(settings.key, settings.key_previous, settings.key_next, settings.key_marks)

    @classmethod
    @lru_cache(maxsize=8)
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
            sub("wrap"),
            sub("witness"),
            sub("id")[:ID_BYTES],
            sub("forms"),
        )

    def ring(self) -> Iterator[Keys]:
        """Every key that is accepted, the one in use first."""
        yield self
        yield from self.others

    def indexed_by(self, mark: object) -> Keys:
        """The same keys, with look-up values of national numbers as the place with this `mark` keeps them.

        `mark` is what `sammen keys rotate` noted of the place (hex of a key's id), or None where it never came.
        """
        if not self.others:
            return self
        chosen = next((one for one in self.others if one.id.hex() == mark), None)
        if mark is None:
            chosen = self.before
        if chosen is None:
            return self
        return replace(
            self,
            number_index=chosen.number_index,
            load=chosen.load,
            others=(*self.others, replace(self, others=())),
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
        given = token.encode("utf-8", "replace")
        return any(hmac.compare_digest(one.csrf_token(session_hash).encode(), given) for one in self.ring())

    def flash_mark(self, message: bytes) -> str:
        """Signature over the sentence that waits for the next page."""
        return hmac.new(self.csrf, b"flash" + message, "sha256").hexdigest()[:32]

    def flash_ok(self, message: bytes, mark: str) -> bool:
        """Whether the sentence was signed here; compared in constant time."""
        given = mark.encode("utf-8", "replace")
        return any(hmac.compare_digest(one.flash_mark(message).encode(), given) for one in self.ring())

    def sign_job(self, message: bytes) -> str:
        """Signature over a job's name, context and arguments."""
        return hmac.new(self.jobs, message, "sha256").hexdigest()

    def job_ok(self, message: bytes, signature: str) -> bool:
        """Whether a job was signed here; compared in constant time."""
        given = signature.encode("utf-8", "replace")
        return any(hmac.compare_digest(one.sign_job(message).encode(), given) for one in self.ring())

    def number_hash(self, tenant_id: UUID, number: str) -> bytes:
        """Look-up value for a national number: equal people in two municipalities have unequal hashes."""
        return hmac.digest(self.number_index, tenant_id.bytes + number.encode(), "sha256")

    def number_hashes(self, tenant_id: UUID, number: str) -> list[bytes]:
        """Every value a national number may stand under while keys are changed: a place's may change as one looks."""
        return list(dict.fromkeys(one.number_hash(tenant_id, number) for one in self.ring()))

    def load_key(self, region_id: UUID, number: str) -> bytes:
        """The one hash of a national number that is equal in two municipalities: for the load over a region (C6)."""
        return hmac.digest(self.load, region_id.bytes + number.encode(), "sha256")

    def seal(self, plain: str, *, bound_to: bytes) -> bytes:
        """Encrypt (AES-256-GCM); `bound_to` ties the text to its owner, so that it cannot be moved to another row."""
        own = secrets.token_bytes(32)
        return self._closed(own) + _encrypt(own, plain, bound_to)

    def unseal(self, sealed: bytes, *, bound_to: bytes) -> str:
        """Decrypt what `seal` made for the same owner; raises `InvalidTag` otherwise."""
        own, text = self._opened(sealed)
        if own is not None:
            return _decrypt(own, text, bound_to)
        return _first(sealed, bound_to, [one.number_cipher for one in self.ring()])

    def form_mark(self, use: str, *parts: bytes) -> bytes:
        """A keyed hash for one `use` of the public form: a draft's look-up value, an address, a page's own key.

        By the key of marks, which outlives a change of the secret: links in mails are found by such values, and what
        they were made of is kept nowhere. It opens nothing that is sealed.
        """
        return hmac.digest(self.marks, _message(use, parts), "sha256")

    def seal_form(self, plain: str, use: str, *parts: bytes) -> bytes:
        """Encrypt a form with a key made of the house's and of `parts`: what is not stored cannot be opened without."""
        own = secrets.token_bytes(32)
        mixed = hmac.digest(own, _message(f"seal-{use}", parts), "sha256")
        return self._closed(own) + _encrypt(mixed, plain, use.encode())

    def unseal_form(self, sealed: bytes, use: str, *parts: bytes) -> str:
        """Decrypt what `seal_form` made with the same parts; raises `InvalidTag` otherwise."""
        message = _message(f"seal-{use}", parts)
        own, text = self._opened(sealed)
        if own is not None:
            return _decrypt(hmac.digest(own, message, "sha256"), text, use.encode())
        keys = [hmac.digest(one.forms, message, "sha256") for one in self.ring()]
        return _first(sealed, use.encode(), keys)

    def closed_anew(self, sealed: bytes) -> bytes | None:
        """A sealed value closed with the key in use, without opening it: its own key changes lock, its text stays.

        None for what is no sealed value, or is closed with the key in use already. Raises `InvalidTag` for a value
        that none of the accepted keys opens.
        """
        if not sealed.startswith(MAGIC) or sealed[len(MAGIC) : HEAD_BYTES] == self.id:
            return None
        own, text = self._opened(sealed)
        if own is None:
            raise InvalidTag
        return self._closed(own) + text

    def _closed(self, own: bytes) -> bytes:
        return MAGIC + self.id + aes_key_wrap(self.wrap, own)

    def _opened(self, sealed: bytes) -> tuple[bytes | None, bytes]:
        """(the value's own key, the rest), or (None, …) for a value from before values had keys of their own."""
        if sealed.startswith(MAGIC):
            named = sealed[len(MAGIC) : HEAD_BYTES]
            cut = HEAD_BYTES + WRAPPED_BYTES
            for one in self.ring():
                if one.id == named:
                    try:
                        return aes_key_unwrap(one.wrap, sealed[HEAD_BYTES:cut]), sealed[cut:]
                    except (InvalidUnwrap, ValueError):
                        break
        return None, sealed


@lru_cache(maxsize=8)
def _ring(secret: str, previous: str, following: str, marks: str) -> Keys:
    used = Keys.derive(secret)
    before = Keys.derive(previous) if previous else None
    others = tuple(Keys.derive(one) for one in (previous, following) if one)
    kept = bytes.fromhex(marks) if marks else used.marks
    return replace(used, others=others, before=before, marks=kept)


def _message(use: str, parts: tuple[bytes, ...]) -> bytes:
    # Each part with its length, so that no two lists of parts give the same message.
    return b"".join(len(part).to_bytes(4) + part for part in (use.encode(), *parts))


def _first(sealed: bytes, bound_to: bytes, keys: list[bytes]) -> str:
    """What the first of the keys opens. Raises InvalidTag when none does."""
    for key in keys[:-1]:
        try:
            return _decrypt(key, sealed, bound_to)
        except InvalidTag:
            continue
    return _decrypt(keys[-1], sealed, bound_to)


def _encrypt(key: bytes, plain: str, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain.encode(), bound_to)


def _decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> str:
    if len(sealed) < NONCE_BYTES + 16:
        raise InvalidTag
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to).decode()


def new_token() -> str:
    """A session token: 256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """What the database keeps of a session token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
