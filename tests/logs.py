"""Hearing what is logged, whatever an earlier test of the same process had it set to."""

from __future__ import annotations

from sammen.logging import log


def set_anew() -> None:
    """Let the logger ask for its settings again: it keeps those it was first used with."""
    vars(log).pop("bind", None)
