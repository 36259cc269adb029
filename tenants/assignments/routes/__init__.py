"""The slice's pages. HTTP in, template or redirect out."""

from __future__ import annotations

from tenants.assignments.routes import orders, own, own_assignment, running

HANDLERS = [*orders.HANDLERS, *running.HANDLERS, *own.HANDLERS, *own_assignment.HANDLERS]
