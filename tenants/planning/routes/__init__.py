"""The slice's pages."""

from __future__ import annotations

from tenants.planning.routes import evaluation, leader, own, plan

HANDLERS = [*plan.HANDLERS, *evaluation.HANDLERS, *own.HANDLERS, *leader.HANDLERS]
