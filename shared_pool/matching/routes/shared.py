"""What the slice's pages have in common."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from shared_pool.matching.deciders import deciders
from shared_pool.recruitment.api import homes_of, own_pool

MATCHING = N_("Formidling")
HERE = "/formidling"
WHY = N_("Formidling i den felles banken")


def crumbs(desk: Desk, *trail: tuple[str, str | None]) -> Any:
    """The way back to the municipality's own list."""
    return ((desk.say(MATCHING), desk.url(HERE)), *trail)


async def place_names(desk: Desk) -> dict[UUID, str]:
    """Municipality → name, of the region's members. Raises Forbidden outside any region."""
    return {
        home: found.name for home, found in (await homes_of(desk.uow, (await own_pool(desk.uow)).id)).items()
    }


async def decider_values(desk: Desk) -> dict[str, Any]:
    """Who answers for the municipality: names, and where one who may can change it."""
    named = [one for one in await deciders(desk.uow) if one.active]
    return {
        "decider": next((one.name for one in named if not one.deputy), ""),
        "deputy": next((one.name for one in named if one.deputy), ""),
        "decider_url": desk.url(f"{HERE}/beslutter") if desk.context.may(Permission.DECIDER_NAME) else "",
    }
