"""The slice's pages: the region's courses, a municipality's own people in them, a contact's own, and those who plan them."""

from __future__ import annotations

from shared_pool.courses.routes import editing, municipality, own, region

HANDLERS = [*region.HANDLERS, *municipality.HANDLERS, *editing.HANDLERS, *own.HANDLERS]
