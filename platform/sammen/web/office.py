"""Whom to ring: the municipality's own lines, the same on its letters and on the pages of those it serves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sammen.web.formats import phone_parts

OFFICE_SETTING = "brev"
"""In a municipality's settings: `{"avdeling": "…", "linjer": ["Postboks 10, 3191 Horten", "Telefon 680 50 701"]}`, and how
often it has been written, `versjon`.
"""
MOST_LINES, LONGEST_LINE = 5, 80
"""What a letter's head has room for."""


def office_lines(settings: Mapping[str, Any]) -> list[str]:
    """The lines under the municipality's name: address, telephone. [] where none are written."""
    return [str(line) for line in (settings.get(OFFICE_SETTING) or {}).get("linjer") or ()]


def office_phone(settings: Mapping[str, Any]) -> str:
    """The first telephone number in those lines, or ""."""
    return next((part for line in office_lines(settings) for part, number in phone_parts(line) if number), "")
