"""A municipality's page: the campaigns it takes part in, and how far those have come who came from them to it."""

from __future__ import annotations

from litestar import Response

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page
from shared_pool.campaigns import views
from shared_pool.campaigns.numbers import STAGES, Counts, own_counts
from shared_pool.campaigns.published import said_in
from shared_pool.campaigns.queries import campaigns_here
from shared_pool.recruitment.api import own_pool

RECRUITING = N_("Rekruttering")


@page("/k/{slug:str}/rekruttering", Permission.CAMPAIGN_READ)
async def show(desk: Desk) -> Response[str]:
    """Own numbers, as they are: they are of the municipality's own contacts. How often a page is opened is common."""
    pool = await own_pool(desk.uow)
    counted = await own_counts(desk.uow)
    rows = []
    for one in await campaigns_here(desk.uow):
        lines, whole = [], Counts()
        for source in one.sources:
            own = counted.get(source.id, Counts())
            own.views, own.sent = source.views, source.sent
            for stage in STAGES:
                whole.add(stage, getattr(own, stage))
            lines.append(
                (
                    views.source_name(source.kind, source.place, desk),
                    [getattr(own, stage) for stage in STAGES],
                )
            )
        rows.append({
            "said": said_in(one.texts, desk.language), "is_open": one.is_open, "opens_on": one.opens_on,
            "closes_on": one.closes_on, "url": f"/bli-med/{pool.slug}/{one.slug}", "lines": lines,
            "bars": [(desk.say(name), getattr(whole, stage), str(getattr(whole, stage))) for stage, name in STAGES.items()],
            "new": whole.confirmed,
        })  # fmt: skip
    return await desk.render(
        "campaigns/home.html", title=desk.say(RECRUITING), current="/rekruttering", rows=rows,
        heads=views.stage_heads(desk), contacts_url=desk.url("/kontakter"),
    )  # fmt: skip


HANDLERS = [show]
