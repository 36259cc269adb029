"""The map's page: where needs wait and where candidates live, as counts of a week."""

from __future__ import annotations

from litestar import Response

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page
from shared_pool.atlas import views
from shared_pool.atlas.outline import DRAWING
from shared_pool.atlas.queries import published

TITLE = N_("Kart over behov og kandidater")
HERE = "/kart"


@page("/r/{slug:str}/kart", Permission.ATLAS_READ)
async def atlas(desk: Desk) -> Response[str]:
    """The drawing beside its table. There is nothing to filter by: two choices compared would tell what each hides."""
    found = await published(desk.uow)
    shown = views.areas(found.areas, found.least, desk.say) if found is not None else []
    return await desk.render(
        "atlas/map.html", title=desk.say(TITLE), current=HERE, areas=shown, drawing=DRAWING, outside=views.outside(),
        week=found.week if found is not None else None, least=found.least if found is not None else 0,
        sentences=views.sentences(found.areas, desk.say) if found is not None else [],
    )  # fmt: skip


HANDLERS = [atlas]
