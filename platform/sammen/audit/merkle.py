"""Merkle trees as RFC 6962 (section 2.1) has them: a batch of sealed entries as one digest, and proofs about one of them.

With a root that was told to the outside, whoever holds an entry's text and a proof can show that the entry was in the
log at that time, without seeing any other entry. Pure functions; the database makes the same roots (`merkle_root`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

LEAF, NODE = b"\x00", b"\x01"


def leaf(said: bytes) -> bytes:
    """The digest of one entry: `<number>|<text>` in UTF-8."""
    return hashlib.sha256(LEAF + said).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()


def _level_above(level: Sequence[bytes]) -> list[bytes]:
    above = [_node(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
    return above + [level[-1]] * (len(level) % 2)


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over hashed leaves. ValueError without any: a batch has at least one."""
    if not leaves:
        raise ValueError("a batch has at least one entry")
    level = list(leaves)
    while len(level) > 1:
        level = _level_above(level)
    return level[0]


def proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of leaf `index` (from 0): its neighbours from the bottom up. IndexError outside the batch."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path, level, at = [], list(leaves), index
    while len(level) > 1:
        if (neighbour := at ^ 1) < len(level):
            path.append(level[neighbour])
        level, at = _level_above(level), at // 2
    return path


def proves(said: bytes, index: int, size: int, path: Sequence[bytes], wanted: bytes) -> bool:
    """Whether `path` shows that `said` is leaf `index` of the tree of `size` leaves with the root `wanted`."""
    if not 0 <= index < size:
        return False
    digest, at, width, rest = leaf(said), index, size, list(path)
    while width > 1:
        if (at ^ 1) < width:
            if not rest:
                return False
            neighbour = rest.pop(0)
            digest = _node(neighbour, digest) if at % 2 else _node(digest, neighbour)
        at, width = at // 2, (width + 1) // 2
    return not rest and digest == wanted
