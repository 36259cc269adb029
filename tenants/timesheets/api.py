"""What others may use of hours: functions, cards and measures."""

from __future__ import annotations

from tenants.timesheets.measures import MEASURES
from tenants.timesheets.queries import LineCard, Used, lines_of_month, used_in_month
from tenants.timesheets.rates import add_rate, set_administration
from tenants.timesheets.rules import Month, hours_between, month_hours
from tenants.timesheets.service import LineFacts, approve_lines, register_line, return_lines

__all__ = [
    "MEASURES",
    "LineCard",
    "LineFacts",
    "Month",
    "Used",
    "add_rate",
    "approve_lines",
    "hours_between",
    "lines_of_month",
    "month_hours",
    "register_line",
    "return_lines",
    "set_administration",
    "used_in_month",
]
