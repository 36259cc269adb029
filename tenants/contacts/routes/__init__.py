"""The slice's pages: the list, one contact, the way in and out, and a contact's own page."""

from __future__ import annotations

from tenants.contacts.routes import contact, lists, moves, own, registering

HANDLERS = [*lists.HANDLERS, *registering.HANDLERS, *contact.HANDLERS, *moves.HANDLERS, *own.HANDLERS]
