"""What other slices may use of payroll: whether hours are paid, and what payroll must be told once."""

from __future__ import annotations

from tenants.payroll.outgoing import OutgoingLine, closed_run, closed_runs, run_lines
from tenants.payroll.queries import RunCard
from tenants.payroll.runs import RunFacts, close_run, compute_again, discard_run, start_run
from tenants.payroll.settings import (
    AccountingFacts,
    CodeFacts,
    set_accounting,
    set_code,
    set_number,
)

__all__ = [
    "AccountingFacts",
    "CodeFacts",
    "OutgoingLine",
    "RunCard",
    "RunFacts",
    "close_run",
    "closed_run",
    "closed_runs",
    "compute_again",
    "discard_run",
    "run_lines",
    "set_accounting",
    "set_code",
    "set_number",
    "start_run",
]
