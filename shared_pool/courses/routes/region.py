"""The region's courses: the list and one of them."""

from __future__ import annotations

from litestar import Response

from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page
from shared_pool.courses import views
from shared_pool.courses.queries import courses, homes_in
from shared_pool.courses.routes.shown import course_values


@page("/r/{slug:str}/kurs", Permission.REGION_READ)
async def show_region(desk: Desk) -> Response[str]:
    """The region's courses with their seats; for those who keep them, how many seats each municipality has."""
    uow, base, language = desk.uow, desk.url("/kurs"), desk.language
    found = [card for card in await courses(uow) if card.reach == "region"]
    coming, over = views.split(found)
    return await desk.render(
        "courses/list.html", title=desk.say(views.COURSES), current="/kurs", homes=await homes_in(uow),
        coming=[views.row(card, base, language, near=True, ours=False) for card in coming],
        over=[views.row(card, base, language, near=True, ours=False) for card in over],
        may_make=desk.context.may(Permission.COURSE_WRITE), base=base, tabs=views.course_tabs(desk, "kurs"), home=False,
    )  # fmt: skip


@page("/r/{slug:str}/kurs/{course_id:uuid}", Permission.REGION_READ)
async def show_course(desk: Desk) -> Response[str]:
    """One course, with its meetings; for those who keep the courses, each municipality's seats."""
    shown = await course_values(desk, desk.path_uuid("course_id"))
    return await desk.render("courses/one.html", title=shown["card"].title, **shown)


HANDLERS = [show_region, show_course]
