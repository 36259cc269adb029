"""How much a form may send: a little everywhere, and a file's size only where a file is asked for."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from litestar.handlers import HTTPRouteHandler

from deploy.asgi import TEMPLATES, make_routes
from sammen.policy.roles import Role
from sammen.web.forms import FILE_LIMIT, FORM_LIMIT, LONGEST_TEXT
from tests.worlds import World

TAKING_FILES = {
    "/k/{slug:str}/import",
    "/k/{slug:str}/lonn/ansattnumre",
    "/min/{slug:str}/timer/{assignment_id:uuid}",
    "/min/{slug:str}/timer/{assignment_id:uuid}/{timesheet_line_id:uuid}",
    "/min/{slug:str}/timer/{assignment_id:uuid}/{timesheet_line_id:uuid}/rett",
    "/r/{slug:str}/avtaler/ny",
    "/r/{slug:str}/folketall",
}
WITH_FILES = re.compile(r"form_open\([^}]*upload=", re.IGNORECASE)


def _most(route: HTTPRouteHandler) -> object:
    return route.request_max_body_size


def test_a_files_size_is_taken_in_where_a_form_asks_for_a_file_and_nowhere_else() -> None:
    posted = {
        path: _most(route)
        for route in make_routes()
        if "POST" in route.http_methods
        for path in route.paths
        if not path.startswith("/api")  # programs have limits of their own
    }
    assert {path for path, most in posted.items() if most == FILE_LIMIT} == TAKING_FILES
    assert {most for path, most in posted.items() if path not in TAKING_FILES} == {FORM_LIMIT}
    asking = [
        file.name
        for _, folder in TEMPLATES
        for file in folder.rglob("*.html")
        if WITH_FILES.search(file.read_text("utf-8"))
    ]
    # Two of the seven show the same template: new hours, and hours to be mended.
    assert len(asking) == len(TAKING_FILES) - 1, f"which route takes the file of {asking}?"


async def test_a_form_without_a_file_is_cut_at_a_megabyte_and_told_so(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.PURCHASER_CHILD)
    several = {f"x{number}": "å" * LONGEST_TEXT for number in range(5)}
    assert (await browser.submit("/sprak", {"sprak": "nb", **several})).status_code == 303
    answer = await browser.post("/sprak", data={"sprak": "nn", "x": "x" * FORM_LIMIT})
    assert answer.status_code == 413
    assert f"Skriv høyst {LONGEST_TEXT} tegn" in answer.text
    assert "Fila er for stor" not in answer.text


async def test_a_body_that_never_said_how_long_it_is_is_cut_where_the_limit_is(shared_world: World) -> None:
    browser = await shared_world.browser("horten", Role.PURCHASER_CHILD)
    sent = 0

    async def pour() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(64):
            sent += FORM_LIMIT // 4
            yield b"x" * (FORM_LIMIT // 4)

    answer = await browser.post(
        "/sprak", content=pour(), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413
    assert sent < 2 * FORM_LIMIT
