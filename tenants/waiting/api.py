"""What other slices may use of the waiting list: functions and cards."""

from __future__ import annotations

from tenants.waiting.changes import RespiteCard, sees_respite, stability_of
from tenants.waiting.measures import MEASURES
from tenants.waiting.queries import Waiter, WaitingRow, all_waits, everybody_waiting, late_starts
from tenants.waiting.rules import Wait
from tenants.waiting.service import RespiteFacts, note_respite
from tenants.waiting.stability import Stability

__all__ = [
    "MEASURES",
    "RespiteCard",
    "RespiteFacts",
    "Stability",
    "Wait",
    "Waiter",
    "WaitingRow",
    "all_waits",
    "everybody_waiting",
    "late_starts",
    "note_respite",
    "sees_respite",
    "stability_of",
]
