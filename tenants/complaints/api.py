"""What other slices may use of complaints: those of a case, those that wait, and the table they may join."""

from __future__ import annotations

from tenants.complaints.measures import MEASURES
from tenants.complaints.queries import (
    ComplaintCard,
    ComplaintFilter,
    ComplaintList,
    complaint,
    complaint_card,
    complaints_of,
    list_complaints,
)
from tenants.complaints.rules import complaint_deadline, reached_by_post

__all__ = [
    "MEASURES",
    "ComplaintCard",
    "ComplaintFilter",
    "ComplaintList",
    "complaint",
    "complaint_card",
    "complaint_deadline",
    "complaints_of",
    "list_complaints",
    "reached_by_post",
]
