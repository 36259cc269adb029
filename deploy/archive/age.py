"""Files sealed for one recipient, in the format of age (age-encryption.org/v1), so that any tool that knows it opens them.

An archive holds national numbers and case notes in the open. On disk, in a mailbox or on a lost stick it must be
worthless, so it is sealed while it is written and opened while it is read: the plain archive is never a file here.
Two kinds of key: an X25519 pair (`age1…` seals, `AGE-SECRET-KEY-1…` opens), or a passphrase (scrypt).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import secrets
from dataclasses import dataclass
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from deploy.archive.bech32 import Bech32Error, bech32_decode, bech32_encode

VERSION = b"age-encryption.org/v1\n"
CHUNK = 64 * 1024
TAG = 16
WORK = 18
"""log2 of scrypt's cost: about a second and 256 MB."""
MOST_WORK = 20
LONGEST_HEADER = 8 * 1024
ZERO = bytes(12)


class SealError(Exception):
    """The file is not one of ours, is not for this key, or has been changed or cut. `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def new_identity() -> tuple[str, str]:
    """(secret key, public key) as age writes them. Whoever is to open archives makes it, and keeps the first."""
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    return bech32_encode("age-secret-key-", private.private_bytes_raw()).upper(), bech32_encode("age", public)


def recipient_key(text: str) -> X25519PublicKey:
    """The public key in `age1…`. Raises SealError("recipient") for anything else."""
    try:
        return X25519PublicKey.from_public_bytes(bech32_decode("age", text.strip()))
    except (Bech32Error, ValueError):
        raise SealError("recipient") from None


def _identity_key(text: str) -> X25519PrivateKey:
    try:
        return X25519PrivateKey.from_private_bytes(bech32_decode("age-secret-key-", text.strip()))
    except (Bech32Error, ValueError):
        raise SealError("identity") from None


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """What opens or seals a file: one of the three. Never printed."""

    recipient: str = ""
    identity: str = ""
    passphrase: str = ""


def _hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, info).derive(key)


def _text(raw: bytes) -> bytes:
    return base64.b64encode(raw).rstrip(b"=")


def _raw(text: bytes) -> bytes:
    try:
        raw = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError:
        raise SealError("header") from None
    if _text(raw) != text:
        raise SealError("header")
    return raw


def _scrypt_key(passphrase: str, salt: bytes, work: int) -> bytes:
    maker = Scrypt(salt=b"age-encryption.org/v1/scrypt" + salt, length=32, n=1 << work, r=8, p=1)
    return maker.derive(passphrase.encode())


def _stanza(key: Key, file_key: bytes, work: int) -> bytes:
    if key.recipient:
        public = recipient_key(key.recipient)
        once = X25519PrivateKey.generate()
        share = once.public_key().public_bytes_raw()
        salt = share + public.public_bytes_raw()
        wrap = _hkdf(once.exchange(public), salt, b"age-encryption.org/v1/X25519")
        head = b"-> X25519 " + _text(share)
    elif key.passphrase:
        salt = secrets.token_bytes(16)
        wrap = _scrypt_key(key.passphrase, salt, work)
        head = b"-> scrypt " + _text(salt) + b" " + str(work).encode()
    else:
        raise SealError("recipient")
    return head + b"\n" + _text(ChaCha20Poly1305(wrap).encrypt(ZERO, file_key, None)) + b"\n"


def _header_mac(file_key: bytes, header: bytes) -> bytes:
    return hmac.digest(_hkdf(file_key, b"", b"header"), header, "sha256")


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


class SealedWriter(io.RawIOBase):
    """A binary file that seals what is written to it into `target`. Nothing opens it until `close` has written its end.

    `digest` is the SHA-256 of the plain bytes and `size` their number, of all that has been written so far.
    """

    def __init__(self, target: IO[bytes], key: Key, *, work: int = WORK) -> None:
        super().__init__()
        self._target = target
        file_key = secrets.token_bytes(16)
        header = VERSION + _stanza(key, file_key, work) + b"---"
        nonce = secrets.token_bytes(16)
        target.write(header + b" " + _text(_header_mac(file_key, header)) + b"\n" + nonce)
        self._cipher = ChaCha20Poly1305(_hkdf(file_key, nonce, b"payload"))
        self._waiting = bytearray()
        self._number = 0
        self._plain = hashlib.sha256()
        self.size = 0

    @property
    def digest(self) -> bytes:
        return self._plain.digest()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # any buffer is one of bytes here
        view = bytes(data)
        self._plain.update(view)
        self.size += len(view)
        self._waiting += view
        # The last chunk may be full and is marked, so one is always held back.
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(view)

    def _put(self, plain: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._number, last=last), plain, None))
        self._number += 1

    def finish(self) -> None:
        """Write the last chunk. A writer that is dropped without this leaves a file that does not open."""
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()


class SealedReader(io.RawIOBase):
    """The plain bytes of a sealed file, at any place in it. Its end is tried first: a cut file is refused at once."""

    def __init__(self, source: IO[bytes], key: Key) -> None:
        super().__init__()
        self._source = source
        file_key = _open_header(source, key)
        nonce = source.read(16)
        if len(nonce) != 16:
            raise SealError("cut")
        self._begins = source.tell()
        self._cipher = ChaCha20Poly1305(_hkdf(file_key, nonce, b"payload"))
        whole = source.seek(0, io.SEEK_END) - self._begins
        self._last = max(whole - 1, 0) // (CHUNK + TAG)
        self.size = whole - (self._last + 1) * TAG
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")
        if self.size < 0 or (self._last and self.size == self._last * CHUNK):
            raise SealError("cut")
        self._chunk(self._last)

    def _chunk(self, number: int) -> bytes:
        if self._held[0] != number:
            self._source.seek(self._begins + number * (CHUNK + TAG))
            sealed = self._source.read(CHUNK + TAG)
            try:
                plain = self._cipher.decrypt(_nonce(number, last=number == self._last), sealed, None)
            except InvalidTag:
                raise SealError("cut" if number == self._last else "changed") from None
            self._held = (number, plain)
        return self._held[1]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # a writable buffer
        if self._at >= self.size:
            return 0
        number, inside = divmod(self._at, CHUNK)
        part = self._chunk(number)[inside : inside + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)


def _open_header(source: IO[bytes], key: Key) -> bytes:
    """The file key. Raises SealError: "format" for another file, "key" for another's key."""
    start = source.read(LONGEST_HEADER)
    if not start.startswith(VERSION):
        raise SealError("format")
    end = start.find(b"\n--- ")
    line_end = start.find(b"\n", end + 1)
    if end < 0 or line_end < 0:
        raise SealError("header")
    lines = start[len(VERSION) : end].split(b"\n")
    found = _file_key(lines, key)
    header, mac = start[: end + 4], _raw(start[end + 5 : line_end])
    if found is None:
        raise SealError("key")
    if not hmac.compare_digest(_header_mac(found, header), mac):
        raise SealError("changed")
    source.seek(line_end + 1)
    return found


def _file_key(lines: list[bytes], key: Key) -> bytes | None:
    """The first stanza that opens. A stanza is `-> kind arguments`, then its body in lines of 64, the last one shorter."""
    at = 0
    found = None
    while at < len(lines):
        words = lines[at].split(b" ")
        if words[0] != b"->" or len(words) < 2:
            raise SealError("header")
        body, at = b"", at + 1
        while True:
            if at >= len(lines):
                raise SealError("header")
            part, at = lines[at], at + 1
            body += part
            if len(part) < 64:
                break
        if words[1] == b"scrypt" and len(lines) != 2:
            raise SealError("header")  # A passphrase stands alone.
        found = found or _unwrap(words[1:], _raw(body), key)
    return found


def _unwrap(words: list[bytes], body: bytes, key: Key) -> bytes | None:
    try:
        if words[0] == b"X25519" and len(words) == 2 and key.identity:
            private = _identity_key(key.identity)
            share = _raw(words[1])
            salt = share + private.public_key().public_bytes_raw()
            secret = private.exchange(X25519PublicKey.from_public_bytes(share))
            wrap = _hkdf(secret, salt, b"age-encryption.org/v1/X25519")
        elif words[0] == b"scrypt" and len(words) == 3 and key.passphrase:
            work = int(words[2])
            if not 1 <= work <= MOST_WORK:
                raise SealError("header")  # A made-up cost would take the machine's memory.
            wrap = _scrypt_key(key.passphrase, _raw(words[1]), work)
        else:
            return None
        return ChaCha20Poly1305(wrap).decrypt(ZERO, body, None) if len(body) == 32 else None
    except InvalidTag:
        return None
    except ValueError:
        raise SealError("header") from None
