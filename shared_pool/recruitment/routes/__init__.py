"""The slice's pages: a contact is shared with the pool, the contact's own page of it, and the region's list."""

from __future__ import annotations

from shared_pool.recruitment.routes import own, region, share

HANDLERS = [*share.HANDLERS, *own.HANDLERS, *region.HANDLERS]
