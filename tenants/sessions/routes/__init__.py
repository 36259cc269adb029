"""The slice's pages: a group's meetings for the coordinator, and on the phone for leaders and participants."""

from __future__ import annotations

from tenants.sessions.routes import municipality, own

HANDLERS = [*municipality.HANDLERS, *own.HANDLERS]
