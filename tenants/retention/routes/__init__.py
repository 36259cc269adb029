"""The slice's pages."""

from __future__ import annotations

from tenants.retention.routes import documents, runs

HANDLERS = [*runs.HANDLERS, *documents.HANDLERS]
