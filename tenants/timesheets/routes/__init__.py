"""The slice's pages: a contact's hours on the phone, and the municipality's hours to approve."""

from __future__ import annotations

from tenants.timesheets.routes import office, own

HANDLERS = [*own.HANDLERS, *office.HANDLERS]
