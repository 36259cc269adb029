"""The region's list of candidates: codes and consented facts, no names and no rare traits."""

from __future__ import annotations

from litestar import Response

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page
from sammen.web.formats import hours as short_hours
from sammen.web.paging import PAGE_SIZE, last_page
from sammen.web.render import with_query
from shared_pool.recruitment.queries import LEAST_FREE, USES, CandidateFilter, list_candidates
from shared_pool.recruitment.region import homes_of
from shared_pool.recruitment.words import labels
from tenants.api import traits

CANDIDATES = N_("Kandidater i den felles banken")


@page("/r/{slug:str}/kandidater", Permission.POOL_READ)
async def show_candidates(desk: Desk) -> Response[str]:
    """The region's candidates; a tab for each use."""
    wanted = CandidateFilter.of(desk.query)
    homes = await homes_of(desk.uow, desk.context.region)
    found = await list_candidates(desk.uow, wanted)
    query = dict(desk.query)
    rows = [
        {
            "code": card.code,
            "home": homes[card.home_id].name if card.home_id in homes else "",
            "area": desk.say(traits.AREAS[card.area]),
            "goes": "" if card.areas == [card.area] else labels(card.areas, traits.AREAS, desk.say),
            "stays": card.areas == [card.area],
            "interests": labels(card.interests, traits.INTERESTS, desk.say),
            "days": labels(card.weekdays, traits.WEEKDAYS, desk.say),
            "alternate": labels(card.alternate_days, traits.WEEKDAYS, desk.say),
            "free": short_hours(card.hours_free, desk.language),
            "uses": labels(card.uses, USES, desk.say),
            "until": card.consent_until,
            "narrow": len(card.visible_to) < len(homes),
            "towns": len(card.visible_to),
        }
        for card in found.rows
    ]
    tabs = [
        (
            desk.say(N_("Alle (%(count)s)"), count=found.counts.get("all", 0)),
            with_query(query, bruk=None, side=None),
            not wanted.use,
        ),
        *(
            (
                f"{desk.say(name)} ({found.counts.get(use, 0)})",
                with_query(query, bruk=use, side=None),
                wanted.use == use,
            )
            for use, name in USES.items()
        ),
    ]
    return await desk.render(
        "recruitment/candidates.html", title=desk.say(CANDIDATES), current="/kandidater", rows=rows, total=found.total,
        wanted=wanted, tabs=tabs, page_size=PAGE_SIZE, last=last_page(found.total), areas=desk.options(traits.AREAS),
        interests=desk.options(traits.INTERESTS), weekdays=desk.options(traits.WEEKDAYS),
        least_free=desk.options(LEAST_FREE), base=desk.url("/kandidater"),
    )  # fmt: skip


HANDLERS = [show_candidates]
