"""What other slices may use of payroll: whether hours are paid, and what payroll must be told once."""

from __future__ import annotations

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
    "RunFacts",
    "close_run",
    "compute_again",
    "discard_run",
    "set_accounting",
    "set_code",
    "set_number",
    "start_run",
]
