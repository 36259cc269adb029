"""The slice's pages."""

from __future__ import annotations

from shared_pool.assemblies.routes import lists, meetings, own, region

HANDLERS = [*lists.HANDLERS, *meetings.HANDLERS, *region.HANDLERS, *own.HANDLERS]
