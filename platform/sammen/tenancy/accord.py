"""Whether a municipality may take part in its region's shared work yet: the arrangement it has signed (GDPR art. 26).

The gate itself is in the database (`accord_holds`, a trigger that asks `sammen.accord_open()`); here is how to ask it
beforehand, and how its no is told to a person.
"""

from __future__ import annotations

from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Forbidden
from sammen.i18n_mark import N_

GUARD = "accord_holds"
NOT_SIGNED = N_(
    "Kommunen har ikke signert en avtale om felles behandlingsansvar som gjelder i dag. Derfor kan dere ikke dele noe nytt "
    "i samarbeidet. Lederen signerer avtalen på siden «Avtaler om samarbeidet»."
)


async def accord_open(uow: UnitOfWork, region_id: UUID, place: UUID) -> bool:
    """Whether the region's shared work is open for the municipality `place`. False for those who may not ask."""
    rows = await uow.call("SELECT sammen.accord_open($1, $2) AS opens", region_id, place)
    return bool(rows[0]["opens"])


def told(error: BaseException) -> Forbidden | None:
    """The gate's refusal as an error for a person, when that is what a database error is. Else None."""
    one: BaseException | None = error
    for _ in range(6):
        if one is None:
            return None
        if getattr(one, "constraint_name", None) == GUARD:
            return Forbidden(NOT_SIGNED)
        one = getattr(one, "orig", None) or one.__cause__
    return None
