"""How the figures are made, in the words of their definitions. HTTP in, template out."""

from __future__ import annotations

from litestar import Response

from reporting.definitions import ALL
from reporting.reports.wording import CREDIT
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page

FIGURES = N_("Tall")
METHOD = N_("Slik er tallene laget")


@page("/r/{slug:str}/tall/slik", Permission.DASHBOARD_READ)
async def method(desk: Desk) -> Response[str]:
    """How each figure was made, in the words of its definition."""
    return await desk.render(
        "reporting/method.html",
        title=desk.say(METHOD),
        current="/tall",
        crumbs=[(desk.say(FIGURES), desk.url("/tall")), (desk.say(METHOD), "")],
        measures=[
            (m.id, desk.say(m.name), desk.say(m.definition), [desk.say(step) for step in m.computed],
             desk.say(m.source), desk.say(m.hidden))
            for m in ALL.values()
        ],
        credit=desk.say(CREDIT),
    )  # fmt: skip


HANDLERS = [method]
