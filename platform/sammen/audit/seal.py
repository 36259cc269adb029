"""Sealing: unsealed entries of a place are numbered and chained, so that a later change of any of them shows.

The work is the database's (`sammen.seal_trail`), since the app role may not change an entry
(docs/decisions/0006-audit-chain.md).
"""

from __future__ import annotations

from sammen.db.unit_of_work import UnitOfWork

BATCH = 5_000
"""Entries sealed in one statement, well within the statement's 15 seconds."""
MOST_BATCHES = 20


async def seal_all(uow: UnitOfWork) -> int:
    """Seal what is unsealed in the context's place and return how many. What is left at the most waits a minute."""
    sealed = 0
    for _ in range(MOST_BATCHES):
        now = int((await uow.call("SELECT sammen.seal_trail($1) AS sealed", BATCH))[0]["sealed"])
        sealed += now
        if now < BATCH:
            break
    return sealed
