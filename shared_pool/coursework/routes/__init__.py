"""The slice's pages: the holder's at the door, the home's participants and certificates, one's own, and the public one."""

from __future__ import annotations

from shared_pool.coursework.routes import bevis, holder, home, own, public

HANDLERS = [*holder.HANDLERS, *home.HANDLERS, *bevis.HANDLERS, *own.HANDLERS, *public.HANDLERS]
