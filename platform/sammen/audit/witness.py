"""What is told to a witness outside the database: each sealed batch's root, signed, one line of JSON each.

The signature (Ed25519, a key derived from `SAMMEN_KEY`) says that the house told it; that the witness kept it says when.
Whoever rewrites the log and its heads, and even has the key, cannot rewrite what the witness holds
(docs/decisions/0086-a-key-is-changed-while-the-house-is-open.md).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sammen.keys import Keys

VERSION = 1
SYSTEM = UUID(int=0)
"""The chain of logins, refusals without a place, and what operators did."""


@dataclass(frozen=True, slots=True)
class TreeRoot:
    """A sealed batch: entries `first` to `last` of the chain `scope`, the tree's root over them, the head after them."""

    slug: str
    scope: UUID
    first: int
    last: int
    root: bytes
    head: bytes
    made_at: datetime | None = None

    def said(self) -> bytes:
        """The canonical text that is signed."""
        what = {"v": VERSION, "chain": self.slug, "scope": str(self.scope), "from": self.first, "to": self.last,
                "root": self.root.hex(), "head": self.head.hex(),
                "at": self.made_at.isoformat() if self.made_at else None}  # fmt: skip
        return json.dumps(what, sort_keys=True, separators=(",", ":")).encode()


def _private(keys: Keys) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.witness)


def public_key(keys: Keys) -> str:
    """The key that the house's statements are checked with, in hex. Not secret: give it to the witness beforehand."""
    return _private(keys).public_key().public_bytes_raw().hex()


def signed_line(keys: Keys, told: TreeRoot) -> str:
    """The line for the witness: the statement, the key and the signature."""
    said = told.said()
    envelope = {"said": said.decode(), "key": public_key(keys), "signature": _private(keys).sign(said).hex()}
    return json.dumps(envelope, sort_keys=True)


def read_line(line: str) -> tuple[TreeRoot, str]:
    """(statement, key in hex) of a line whose signature holds. Raises ValueError for a line that is none or was changed."""
    try:
        envelope = json.loads(line)
        said, key = envelope["said"].encode(), str(envelope["key"])
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(envelope["signature"]), said
        )
        what = json.loads(said)
        at = datetime.fromisoformat(what["at"]) if what["at"] else None
        told = TreeRoot(what["chain"], UUID(what["scope"]), what["from"], what["to"], bytes.fromhex(what["root"]),
                        bytes.fromhex(what["head"]), at)  # fmt: skip
    except (InvalidSignature, KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a signed root") from error
    return told, key
