"""The calendar's own words: target groups, what makes it possible to come, states, and names of jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sammen.i18n_mark import N_

MAIL: Final = "calendar.mail"
EDITION: Final = "calendar.edition"

TARGETS: Final[Mapping[str, str]] = {
    "all": N_("Alle"),
    "children": N_("Barn"),
    "youth": N_("Ungdom"),
    "adults": N_("Voksne"),
    "elders": N_("Eldre"),
}
TARGET_AGES: Final[Mapping[str, tuple[int, int]]] = {
    "children": (0, 12), "youth": (13, 18), "adults": (18, 66), "elders": (67, 120)}  # fmt: skip
"""Whom each target group means, in years. «Alle» is everybody."""
ACCESS: Final[Mapping[str, str]] = {
    "wheelchair": N_("Rullestol kommer fram"),
    "toilet": N_("Toalett for rullestol"),
    "parking": N_("Parkering for forflytningshemmede"),
    "loop": N_("Teleslynge"),
    "sign": N_("Tegnspråk"),
    "quiet": N_("Rolig sted å trekke seg tilbake"),
    "pictures": N_("Bilder viser hva som skjer"),
    "helper": N_("Noen tar imot deg"),
}
KINDS: Final[Mapping[str, str]] = {
    "once": N_("Én gang"),
    "dates": N_("Flere dager"),
    "weekly": N_("Hver uke eller annenhver uke"),
}
EVERY: Final[Mapping[str, str]] = {"1": N_("Hver uke"), "2": N_("Annenhver uke")}
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "draft": (N_("Utkast"), "neutral"),
    "submitted": (N_("Venter på svar"), "warning"),
    "published": (N_("Publisert"), "ok"),
    "cancelled": (N_("Avlyst"), "danger"),
    "rejected": (N_("Avslått"), "neutral"),
}
WEEKDAYS: Final[tuple[str, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ON_DAYS: Final[Mapping[str, str]] = {
    "mon": N_("Mandager"), "tue": N_("Tirsdager"), "wed": N_("Onsdager"), "thu": N_("Torsdager"), "fri": N_("Fredager"),
    "sat": N_("Lørdager"), "sun": N_("Søndager"),
}  # fmt: skip
MOST_DATES: Final = 60
LONGEST_SERIES_DAYS: Final = 370
"""A series lasts a year at most, so that somebody looks at it again."""
MOST_SIGNS: Final[Mapping[str, int]] = {
    "tittel": 120, "om": 2_000, "sted": 120, "adresse": 200, "arrangor": 120, "lenke": 300, "pris_mer": 120, "telefon": 40,
    "epost": 200,
}  # fmt: skip
