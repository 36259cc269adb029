"""What Sammen itself can tell of a municipality's schemes: a hint beside the answer, never an answer in its place.

Only what is no person: groups, offers and courses.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select

from sammen.clock import OSLO, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.web.i18n import ntranslate
from shared_pool.api import Course
from tenants.api import activity_group, open_offer

course = Course.__table__
_GROUPS = compile_query(
    select(activity_group.c.joint_id.is_not(None).label("joint"), func.count().label("count"))
    .where(
        activity_group.c.tenant_id == bindparam("tenant"),
        activity_group.c.valid_from <= bindparam("day"),
        activity_group.c.closed_on.is_(None),
        or_(activity_group.c.valid_to.is_(None), activity_group.c.valid_to >= bindparam("day")),
    )
    .group_by(activity_group.c.joint_id.is_not(None))
)
_OFFERS = compile_query(
    select(open_offer.c.kind, func.count().label("count"))
    .where(
        open_offer.c.tenant_id == bindparam("tenant"),
        open_offer.c.valid_from <= bindparam("day"),
        or_(open_offer.c.valid_to.is_(None), open_offer.c.valid_to >= bindparam("day")),
    )
    .group_by(open_offer.c.kind)
)
_COURSES = compile_query(
    select(func.count().label("count")).where(
        course.c.host_id == bindparam("tenant"),
        course.c.state.in_(("open", "held")),
        course.c.starts_at >= bindparam("from_"),
    )
)
_OFFER_KINDS = {"cafe": "cafes", "open_offer": "offers", "holiday_trip": "trips"}


async def held(uow: UnitOfWork) -> Mapping[str, int]:
    """How many Sammen knows of now in the caller's municipality, by `counted` of the catalogue; courses of this year."""
    tenant, day = uow.context.tenant, today()
    found = dict.fromkeys(("groups", "joint_groups", *_OFFER_KINDS.values(), "courses"), 0)
    for row in await uow.rows(_GROUPS, tenant=tenant, day=day):
        found["groups"] += row["count"]
        found["joint_groups"] += row["count"] if row["joint"] else 0
    for row in await uow.rows(_OFFERS, tenant=tenant, day=day):
        found[_OFFER_KINDS[row["kind"]]] += row["count"]
    new_year = datetime(day.year, 1, 1, tzinfo=OSLO)
    for row in await uow.rows(_COURSES, tenant=tenant, from_=new_year):
        found["courses"] += row["count"]
    return found


def hint(counted: str, counts: Mapping[str, int], lang: str) -> str:
    """What Sammen knows, as a sentence; blank when it knows of nothing."""
    count = counts.get(counted, 0)
    if not count:
        return ""
    if counted in ("groups", "joint_groups"):
        return ntranslate(lang, "Dere har én gruppe i Sammen.", "Dere har %(num)s grupper i Sammen.", count)
    if counted == "courses":
        return ntranslate(
            lang, "Dere har ett kurs i Sammen i år.", "Dere har %(num)s kurs i Sammen i år.", count
        )
    return ntranslate(lang, "Dere har ett tilbud i Sammen.", "Dere har %(num)s tilbud i Sammen.", count)
