"""The slice's pages: groups, and the places in them."""

from __future__ import annotations

from tenants.groups.routes import groups, places

HANDLERS = [*groups.HANDLERS, *places.HANDLERS]
