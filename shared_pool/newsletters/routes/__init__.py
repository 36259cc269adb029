"""Every page of newsletters and service letters."""

from __future__ import annotations

from shared_pool.newsletters.routes import letters, newsletters, own, public, subscribers

HANDLERS = [
    *newsletters.HANDLERS,
    *subscribers.HANDLERS,
    *letters.HANDLERS,
    *own.HANDLERS,
    *public.HANDLERS,
]
