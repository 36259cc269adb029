"""The match's pages outside the region: the need's municipality, the lender, who decides, and the candidate's own."""

from __future__ import annotations

from shared_pool.matching.routes import deciding, lending, mine, own

HANDLERS = [*deciding.HANDLERS, *lending.HANDLERS, *own.HANDLERS, *mine.HANDLERS]
