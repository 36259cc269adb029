"""How the figures are made, in the words of the registry: the same page in the region and in a municipality."""

from __future__ import annotations

from litestar import Response

from reporting.measures.method import by_theme
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page

FIGURES = N_("Tall")
METHOD = N_("Slik er tallene laget")


async def _method(desk: Desk, lede: str) -> Response[str]:
    return await desk.render(
        "measures/method.html",
        title=desk.say(METHOD),
        current="/tall",
        crumbs=[(desk.say(FIGURES), desk.url("/tall")), (desk.say(METHOD), "")],
        lede=desk.say(lede),
        themes=list(by_theme(desk.say)),
    )


@page("/r/{slug:str}/tall/slik", Permission.DASHBOARD_READ)
async def regional_method(desk: Desk) -> Response[str]:
    """How each figure was made, for the steering group."""
    return await _method(
        desk,
        N_("Hver kommune beregner og godkjenner sine egne tall. Samarbeidet ser bare tall som er publisert."),
    )


@page("/k/{slug:str}/tall/slik", Permission.FIGURE_READ)
async def own_method(desk: Desk) -> Response[str]:
    """How each figure was made, for a municipality that computes and approves its own."""
    return await _method(
        desk, N_("Dere ser alle tallene deres. Samarbeidet ser bare tall som er godkjent og publisert.")
    )


HANDLERS = [regional_method, own_method]
