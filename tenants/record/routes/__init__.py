"""The slice's pages. HTTP in, template, file or redirect out."""

from __future__ import annotations

from tenants.record.routes import closing, merging, people, representatives, story

HANDLERS = [
    *people.HANDLERS,
    *representatives.HANDLERS,
    *closing.HANDLERS,
    *merging.HANDLERS,
    *story.HANDLERS,
]
