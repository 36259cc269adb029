"""A case, or oneself, seen from the calendar: what is known that it can answer, and what fits. Read in one municipality's
own context, by its own rules for who may see; nothing is written, and nothing leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from shared_pool.calendar import views
from shared_pool.calendar.fitting import Fit, Wishes, fitting
from shared_pool.calendar.queries import members, published_events, whose
from tenants.api import age_on, case_card, case_file, mappings_of, person_card, person_of_user

_OWN_CASES = compile_query(
    select(case_file.c.id, case_file.c.forms)
    .where(
        case_file.c.tenant_id == bindparam("tenant"),
        case_file.c.person_id == bindparam("person"),
        case_file.c.state != "closed",
    )
    .order_by(case_file.c.created_at.desc(), case_file.c.id)
)


async def _wishes(uow: UnitOfWork, person_id: UUID, case_id: UUID, forms: list[str]) -> Wishes | None:
    mappings = await mappings_of(uow, case_id)
    if not mappings:
        return None
    card, newest = await person_card(uow, person_id), mappings[0]
    age = age_on(card.birth_date, today()) if card.birth_date is not None else None
    return Wishes(age, newest.interests, newest.slots, newest.skills, forms, uow.context.tenant)


async def fits_of_case(uow: UnitOfWork, case_id: UUID, most: int = 0) -> list[Fit] | None:
    """What fits whose case it is; None before there has been a mapping conversation. Raises NotFound for a case the reader
    may not see. The caller logs the reading.
    """
    case = await case_card(uow, case_id)
    wishes = await _wishes(uow, case.person_id, case.id, case.forms)
    if wishes is None:
        return None
    return fitting(await published_events(uow), wishes, today(), uow.context.language, most)


async def fits_of_oneself(uow: UnitOfWork, most: int = 0) -> list[Fit] | None:
    """What fits the signed-in user, by their own newest mapping conversation; None for who has no case here."""
    person_id = await person_of_user(uow)
    if person_id is None:
        return None
    for row in await uow.rows(_OWN_CASES, tenant=uow.context.tenant, person=person_id):
        wishes = await _wishes(uow, person_id, row["id"], list(row["forms"]))
        if wishes is not None:
            return fitting(await published_events(uow), wishes, today(), uow.context.language, most)
    return None


async def cards(uow: UnitOfWork, fits: list[Fit]) -> list[Mapping[str, Any]]:
    """Fits as lines of a list, with the reasons in one sentence."""
    at = await whose(uow)
    names = await members(uow, at.region_id)
    language = uow.context.language
    return [
        {
            **views.card(fit.event, fit.day, language, at.region_slug, names),
            "why": " · ".join(fit.reasons),
            "near": fit.near,
        }
        for fit in fits
    ]


async def public_path(uow: UnitOfWork) -> str:
    """The public pages of the reader's own municipality."""
    found = f"{views.BASE}/{(await whose(uow)).region_slug}/{uow.context.slug}"
    return found if uow.context.language == "nb" else f"{found}?sprak={uow.context.language}"
