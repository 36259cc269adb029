"""The region's pages of the match: the plan, a need beside its candidates, the weights, the log, and needs alone."""

from __future__ import annotations

from shared_pool.runs.routes import log, need, plan, weights

HANDLERS = [*plan.HANDLERS, *weights.HANDLERS, *log.HANDLERS, *need.HANDLERS]
