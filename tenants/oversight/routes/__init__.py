"""The slice's pages. HTTP in, template, file or redirect out."""

from __future__ import annotations

from tenants.oversight.routes import emergency, log, review

HANDLERS = [*emergency.HANDLERS, *review.HANDLERS, *log.HANDLERS]
