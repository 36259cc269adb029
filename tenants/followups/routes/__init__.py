"""The slice's pages."""

from __future__ import annotations

from tenants.followups.routes import contact, lists, log, meetings, own

HANDLERS = [*lists.HANDLERS, *contact.HANDLERS, *meetings.HANDLERS, *log.HANDLERS, *own.HANDLERS]
