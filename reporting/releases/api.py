"""What other slices may use of releases: which are shown, and their figures. Everything published comes from here."""

from reporting.releases.queries import ReleaseRow, any_withdrawn, release_row, released, releases_shown
from reporting.releases.rules import threshold_of
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
from reporting.releases.views import Tried, audit_told

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
    "ReleaseRow",
    "Released",
    "Shown",
    "Tried",
    "any_withdrawn",
    "audit_told",
    "offered",
    "release_row",
    "released",
    "releases_shown",
    "table_id",
    "table_of",
    "threshold_of",
]
