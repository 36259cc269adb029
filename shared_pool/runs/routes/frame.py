"""What the region's pages of the match have in common: where they are, their tabs and their crumbs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sammen.i18n_mark import C_, N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk

MATCHING = N_("Formidling")
HERE = "/formidling"
WEIGHTS = "/formidling/vekting"
LOG = "/formidling/logg"
WHY = N_("Formidling i den felles banken")
TABS = (
    (HERE, C_("flere", "Forslag"), Permission.POOL_READ),
    (LOG, N_("Logg"), Permission.POOL_READ),
    (WEIGHTS, N_("Vekting"), Permission.WEIGHTS_WRITE),
)
_COLLEAGUES = "SELECT user_id, display_name FROM sammen.colleagues()"


def tabs(desk: Desk, current: str) -> list[tuple[str, str, bool]]:
    """The pages of the match, for `ui.tabs`."""
    return [
        (desk.say(name), desk.url(path), path == current)
        for path, name, needed in TABS
        if desk.context.may(needed)
    ]


def crumbs(desk: Desk, *trail: tuple[str, str | None]) -> Any:
    """From the plan to this page."""
    return ((desk.say(MATCHING), desk.url(HERE)), *trail)


async def colleagues(desk: Desk) -> Mapping[UUID, str]:
    """Names of those who work in the region now, by user id; never anybody of a municipality."""
    return {row["user_id"]: row["display_name"] for row in await desk.uow.call(_COLLEAGUES)}
