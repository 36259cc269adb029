"""Places in groups across borders (C10), counted in the municipality that has them; docs/data/ has the words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import and_, bindparam, func, or_, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import Dimension, Measure, Reading, counted
from sammen.i18n_mark import N_
from shared_pool.groups.models import JointSeat
from tenants.api import ActivityGroup

seat = JointSeat.__table__
group = ActivityGroup.__table__
GROUP_OF: Final = Dimension(
    "group_of", N_("Hvem som har gruppa"), (("own", N_("Kommunen selv")), ("other", N_("En annen kommune")))
)
# A group here, one's own or the copy of another's, points to the shared row that seats are of.
_PLACES = compile_query(
    select(group.c.hosted, func.count().label("places"))
    .select_from(seat.join(group, and_(group.c.tenant_id == seat.c.home_id, group.c.joint_id == seat.c.joint_group_id)))
    .where(
        seat.c.home_id == bindparam("tenant"),
        seat.c.member_from <= bindparam("end"),
        or_(seat.c.ended_on.is_(None), seat.c.ended_on > bindparam("end")),
    )
    .group_by(group.c.hosted)
)  # fmt: skip


async def group_places(uow: UnitOfWork, _start: date, end: date) -> Sequence[Reading]:
    """Participants with a place in a group across borders when the period is over, by whose group it is. Who only tries or
    waits has none yet.
    """
    rows = await uow.rows(_PLACES, tenant=uow.context.tenant, end=end)
    return counted({("own" if row["hosted"] else "other",): row["places"] for row in rows})


MEASURES = [Measure("group_places", "count", "count", (GROUP_OF,), group_places)]
