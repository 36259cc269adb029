"""Who answers proposals for the municipality: the page where the manager or the administrator names them."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.errors import Invalid
from sammen.i18n_mark import C_, N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.matching import deciders, forms
from shared_pool.matching.routes.shared import HERE, crumbs
from shared_pool.recruitment.api import own_pool

PLACES = {"beslutter": False, "stedfortreder": True}
"""Field → whether it is the deputy's."""


async def _values(desk: Desk) -> dict[str, Any]:
    await own_pool(desk.uow)
    title = desk.say(N_("Hvem svarer på forslag?"))
    named = {one.deputy: one for one in await deciders.deciders(desk.uow)}
    return {
        "title": title,
        "current": HERE if desk.context.may(Permission.NEED_READ) else "",
        "crumbs": crumbs(desk, (title, None)) if desk.context.may(Permission.NEED_READ) else (),
        "choices": [(str(user_id), name) for user_id, name in await deciders.eligible(desk.uow)],
        "places": [
            ("beslutter", desk.say(N_("Beslutter")), named.get(False)),
            ("stedfortreder", desk.say(C_("beslutter", "Stedfortreder")), named.get(True)),
        ],
        "history": await deciders.namings(desk.uow),
        "base": desk.url(f"{HERE}/beslutter"),
    }


def _chosen(values: dict[str, Any]) -> dict[str, str]:
    return {field: str(one.user_id) if one is not None else "" for field, _, one in values["places"]}


@page("/k/{slug:str}/formidling/beslutter", Permission.DECIDER_NAME)
async def decider_page(desk: Desk) -> Response[str]:
    """Who decides today, who has, and a choice of others."""
    values = await _values(desk)
    return await desk.render("matching/deciders.html", values=_chosen(values), **values)


@action("/k/{slug:str}/formidling/beslutter", Permission.DECIDER_NAME)
async def name(desk: Desk) -> Response[Any]:
    """Name the decider and the deputy; a place left empty is nobody's."""
    values = await _values(desk)
    try:
        await _name_both(desk)
    except Invalid as bad:
        return await desk.again("matching/deciders.html", bad, **values)
    return desk.redirect(values["base"], flash=N_("Lagret. De som er valgt, ser nye forslag på Min dag."))


async def _name_both(desk: Desk) -> None:
    chosen = {field: forms.read_person(desk.form, field) for field in PLACES}
    if chosen["beslutter"] is None:
        raise Invalid.one("beslutter", N_("Velg hvem som svarer på forslag."))
    await deciders.name_deciders(desk.uow, chosen["beslutter"], chosen["stedfortreder"])


HANDLERS = [decider_page, name]
