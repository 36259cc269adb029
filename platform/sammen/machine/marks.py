"""Marks of what was read (ETag): the digest of the very bytes, so that what is another answer has another mark."""

from __future__ import annotations

import hashlib


def etag(content: bytes) -> str:
    """A strong mark of an answer's bytes."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def matches(header: str, mark: str) -> bool:
    """Whether If-Match or If-None-Match names the mark, or says any."""
    given = [one.strip() for one in header.split(",")]
    return "*" in given or mark in [one.removeprefix("W/") for one in given]
