"""Settlement's pages, in two files: statements, and the agreements they are reckoned by."""

from __future__ import annotations

from shared_pool.settlement.routes import agreements, statements

HANDLERS = [*statements.HANDLERS, *agreements.HANDLERS]
