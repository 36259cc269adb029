"""The page of something one waits for: how far it has come, and the way to its result."""

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.jobs.tasks import TaskView, read_task
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page
from sammen.web.render import render

WAITING = N_("Venter på tur")
TITLE = N_("Arbeidet pågår")


def _values(desk: Desk, task: TaskView) -> dict[str, Any]:
    return {
        "task": task,
        "text": desk.say(task.message or task.title) if task.state != "waiting" else desk.say(WAITING),
        "url": desk.url(f"/oppgaver/{task.id}"),
        "home": desk.context.base_url,
    }


@page("/k/{slug:str}/oppgaver/{task_id:uuid}", Permission.TASK_READ)
async def show_task(desk: Desk) -> Response[Any]:
    """Progress. htmx asks every other second and gets only the part that moves; without it a link does the same."""
    return await _shown(desk, desk.path_uuid("task_id"))


@page("/r/{slug:str}/oppgaver/{region_task_id:uuid}", Permission.POOL_READ)
async def show_region_task(desk: Desk) -> Response[Any]:
    """The same for what a region's coordinator waits for."""
    return await _shown(desk, desk.path_uuid("region_task_id"))


async def _shown(desk: Desk, task_id: UUID) -> Response[Any]:
    task = await read_task(desk.uow, task_id)
    if task is None:
        raise NotFound
    values = _values(desk, task)
    if desk.request.headers.get("hx-request") == "true":
        await desk.uow.finish()
        text = render(desk.house.templates, "jobs/progress.html", lang=desk.language, **values)
        return Response(text, media_type="text/html")
    return await desk.render("jobs/task.html", title=desk.say(task.title), **values)


HANDLERS = [show_task, show_region_task]
