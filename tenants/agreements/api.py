"""What other slices may use of agreements: how an agreement stands, and when it is due in writing."""

from __future__ import annotations

from tenants.agreements.queries import AgreementCounts, count_agreements
from tenants.agreements.rules import written_by

__all__ = ["AgreementCounts", "count_agreements", "written_by"]
