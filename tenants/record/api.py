"""What other slices may use: which people a reader may see."""

from __future__ import annotations

from tenants.record.access import person_seen, reader_values, seen_person
from tenants.record.queries import cases_of

__all__ = ["cases_of", "person_seen", "reader_values", "seen_person"]
