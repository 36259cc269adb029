"""Who has sent their figures to the region, and asking those who have not."""

from __future__ import annotations

from typing import Any

from litestar import Response

from reporting.figures import views
from reporting.figures.collecting import collected, region_periods, remind
from reporting.figures.queries import parse_or_none
from reporting.periods import Period
from sammen.clock import today
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import listed

TITLE = N_("Innlevering av tall")


@page("/r/{slug:str}/innlevering", Permission.RELEASE_READ)
async def overview(desk: Desk) -> Response[str]:
    """One period: who has approved, with their comments, and who is missing."""
    uow, lang = desk.uow, desk.language
    periods = await region_periods(uow)
    asked = desk.query.get("periode", "")
    period = parse_or_none(asked) if asked else periods[0]
    if period not in periods or period is None:
        raise NotFound
    found = await collected(uow, period)
    return await desk.render(
        "figures/collected.html",
        title=desk.say(TITLE),
        current="/publiseringer",
        crumbs=[(desk.say(N_("Publiseringer")), desk.url("/publiseringer")), (desk.say(TITLE), "")],
        found=found,
        period=period,
        period_name=views.period_name(period, lang),
        periods=[(one.slug, views.period_name(one, lang)) for one in periods],
        missing=listed([one.member.name for one in found.missing], lang),
        may_ask=desk.context.may(Permission.RELEASE_WRITE) and any(one.may_be_asked for one in found.missing),
        over=found.due < today(),
        base=desk.url("/innlevering"),
        people_url=desk.url("/folketall"),
    )


@action("/r/{slug:str}/innlevering/{period:str}/minn", Permission.RELEASE_WRITE)
async def ask(desk: Desk) -> Response[Any]:
    """Ask every municipality that has not approved."""
    period = await _period(desk)
    number = await remind(desk.uow, period)
    return desk.redirect(
        desk.url(f"/innlevering?periode={period.slug}"),
        flash=N_("Lederne i %(number)s kommuner får en e-post og en påminnelse på Min dag."),
        number=number,
    )


async def _period(desk: Desk) -> Period:
    period = parse_or_none(str(desk.request.path_params["period"]))
    if period is None or period not in await region_periods(desk.uow):
        raise NotFound
    return period


HANDLERS = [overview, ask]
