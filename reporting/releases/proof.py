"""What lies in `release_proof`: the numbers until they are approved, and what the period's next release takes as known."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from reporting.releases.protecting import OutCell


@dataclass(frozen=True, slots=True)
class Proof:
    """`state`: by measure, its dimensions and disclosure control's own state. `cells`: empty once they are shown."""

    state: dict[str, Any] = field(repr=False)
    cells: tuple[OutCell, ...] = field(default=(), repr=False)


def pack(proof: Proof) -> bytes:
    """The proof as it is kept: compressed JSON, the same bytes for the same proof."""
    cells = [
        [c.measure, list(c.by), c.place, list(c.key), None if c.hidden else str(c.value)] for c in proof.cells
    ]
    text = json.dumps({"state": proof.state, "cells": cells}, sort_keys=True, separators=(",", ":"))
    return zlib.compress(text.encode(), 6)


def unpack(content: bytes) -> Proof:
    """The proof again. Raises ValueError for anything else."""
    try:
        held = json.loads(zlib.decompress(content))
        return Proof(held["state"], tuple(_cells(held["cells"])))
    except (zlib.error, KeyError, TypeError) as error:
        raise ValueError("this is no proof of a release") from error


def _cells(rows: Iterable[Any]) -> Iterable[OutCell]:
    for measure, by, place, key, value in rows:
        yield OutCell(
            measure, tuple(by), place, tuple(key), None if value is None else Decimal(value), value is None
        )
