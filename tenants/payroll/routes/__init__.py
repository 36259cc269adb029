"""Payroll's pages, in three files: runs, what is set once, and the contact's own receipts."""

from __future__ import annotations

from tenants.payroll.routes import own, runs, settings

HANDLERS = [*runs.HANDLERS, *settings.HANDLERS, *own.HANDLERS]
