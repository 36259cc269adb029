"""What others may use of hours: functions, cards and measures."""

from __future__ import annotations

from tenants.timesheets.attested import AttestLine, lines_to_attest, mark_attested
from tenants.timesheets.checks import LineFacts
from tenants.timesheets.correcting import correct_line, correct_own_line
from tenants.timesheets.cost_measures import COST_FORM, COST_KIND, COST_MEASURES, cost_cells
from tenants.timesheets.cost_measures import SHARED as SHARED_COST
from tenants.timesheets.deciding import approve_lines, return_lines
from tenants.timesheets.disputing import dispute_lines
from tenants.timesheets.forms import read_chosen, read_seen
from tenants.timesheets.measures import MEASURES
from tenants.timesheets.paying import PayLine, counts, lines_to_pay, pay_query
from tenants.timesheets.paying import line as timesheet_line
from tenants.timesheets.queries import LineCard, Used, used_in_month, used_in_months
from tenants.timesheets.rules import Month, month_hours
from tenants.timesheets.service import register_line, send_period
from tenants.timesheets.views import period_name
from tenants.timesheets.worked import worked_between

__all__ = [
    "COST_FORM",
    "COST_KIND",
    "COST_MEASURES",
    "MEASURES",
    "SHARED_COST",
    "AttestLine",
    "LineCard",
    "LineFacts",
    "Month",
    "PayLine",
    "Used",
    "approve_lines",
    "correct_line",
    "correct_own_line",
    "cost_cells",
    "counts",
    "dispute_lines",
    "lines_to_attest",
    "lines_to_pay",
    "mark_attested",
    "month_hours",
    "pay_query",
    "period_name",
    "read_chosen",
    "read_seen",
    "register_line",
    "return_lines",
    "send_period",
    "timesheet_line",
    "used_in_month",
    "used_in_months",
    "worked_between",
]
