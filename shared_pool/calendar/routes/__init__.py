"""The slice's pages: for everybody, for who sends something in, and for those who keep the calendar."""

from __future__ import annotations

from shared_pool.calendar.routes import case, public, sending, staff

HANDLERS = [*public.HANDLERS, *sending.HANDLERS, *staff.HANDLERS, *case.HANDLERS]
