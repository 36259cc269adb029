"""What other slices may use of releases: which are shown, and their figures. Everything published comes from here."""

from reporting.releases.queries import released, releases_shown
from reporting.releases.shown import (
    GROUP,
    HIDDEN,
    MISSING,
    NONE_SIGN,
    NOUGHT,
    REGION,
    SIGN,
    CellKey,
    Place,
    ReleaseCard,
    Released,
    Shown,
)
from reporting.releases.tables import offered, table_id, table_of

__all__ = [
    "GROUP",
    "HIDDEN",
    "MISSING",
    "NONE_SIGN",
    "NOUGHT",
    "REGION",
    "SIGN",
    "CellKey",
    "Place",
    "ReleaseCard",
    "Released",
    "Shown",
    "offered",
    "released",
    "releases_shown",
    "table_id",
    "table_of",
]
