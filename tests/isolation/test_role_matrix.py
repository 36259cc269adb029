"""Every role at every route, as a page that people read; and the door itself, broken in every way, to see that it shows.

Nothing is behind the door here (knocking.py), so that ten thousand knocks take seconds.
"""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from sammen.errors import NotFound
from sammen.machine.routes import door as machine_door
from sammen.policy.permissions import Permission
from sammen.policy.roles import GRANTS, Role
from sammen.tenancy.context import Context, PlaceKind
from sammen.web import door
from tests.database import KEYS
from tests.isolation.knocking import OUTSIDER, Knocker, knocking, operations, with_permission
from tests.isolation.role_matrix import PAGE, grant_lines, page, roles_in, route_line
from tests.isolation.route_table import Route, all_routes, placed

FORMS = [route for route in all_routes() if route.method == "POST" and route.kind is not None]
SOME = 11
"""A break of the one door shows at any route: so many are skipped when it is broken on purpose."""
WRITE_ANEW = "run `.venv/bin/python -m tests.isolation.role_matrix`, and let a reviewer read what changed"


def test_what_the_application_answers_each_role_is_what_the_page_says() -> None:
    written = PAGE.read_text(encoding="utf-8").splitlines()
    answered = asyncio.run(page()).splitlines()
    changed = [line for line in difflib.unified_diff(written, answered, lineterm="", n=0) if line[0] in "+-"]
    assert not changed, f"{WRITE_ANEW}:\n" + "\n".join(changed[:40])
    assert sum(line.count(" x |") + line.count(" · |") for line in answered) > 6_000


def test_no_permission_can_be_given_or_taken_without_a_line_that_changes() -> None:
    written = set(PAGE.read_text(encoding="utf-8").splitlines())
    for role in Role:
        for permission in Permission:
            flipped = {**GRANTS, role: GRANTS[role] ^ {permission}}
            assert not set(grant_lines(flipped)) <= written, (role, permission)


# The door ---------------------------------------------------------------------------------------------------------
async def outsider_faults(knocker: Knocker, step: int) -> AsyncIterator[str]:
    """Who holds no role in the place is answered as if nothing were there, and it is noted."""
    for route in placed()[::step]:
        heard = await knocker.knock(route, OUTSIDER)
        if (heard.word, heard.refusals, heard.kept) != ("404", 1, False):
            yield f"{route}: an outsider gets {heard}"
        unknown = await knocker.knock(route, "nobody")
        if unknown.word != "401":
            yield f"{route}: without a session {unknown.status}"


async def role_faults(knocker: Knocker, step: int) -> AsyncIterator[str]:
    """Who lacks the permission is refused and it is noted; who has it is let in and it is not."""
    for route in placed()[::step]:
        for role in roles_in(str(route.kind)):
            heard, holds = await knocker.knock(route, role), route.permission in GRANTS[role]
            wanted = ("yes", 0, True) if holds else ("403", 1, False)
            if (heard.word, heard.refusals, heard.kept) != wanted:
                yield f"{route} as {role}: {heard}"


async def level_faults(knocker: Knocker, step: int) -> AsyncIterator[str]:
    """A session below the role's level reaches nothing, and is told which level."""
    knocker.wants = "second_factor"
    try:
        for route in placed()[::step]:
            heard = await knocker.knock(route, route.roles(holding=True)[0])
            if heard.word != "401" or heard.kept:
                yield f"{route}: below the level {heard}"
    finally:
        knocker.wants = ""


def _somebody(route: Route) -> str:
    return route.roles(holding=True)[0] if route.permission is not None else OUTSIDER


async def form_faults(knocker: Knocker, step: int) -> AsyncIterator[str]:
    """A form is from our own page, with a true token and a key of its own, which is claimed before anything is done."""
    elsewhere: list[dict[str, str]] = [
        {"origin": "https://elsewhere.example"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
        {"origin": "null"}, {"origin": "http://[broken"},
    ]  # fmt: skip
    for number, route in enumerate(FORMS[::step]):
        who = _somebody(route)
        good = await knocker.knock(route, who, headers={"origin": "http://testserver"})
        if not (good.reached and good.claimed and good.kept):
            yield f"{route}: a good form gets {good}"
        for token, key in ((False, True), (True, False)):
            bad = await knocker.knock(route, who, token=token, key=key)
            if bad.word != "403" or bad.claimed or "for gammelt" not in bad.body:
                yield f"{route}: token {token}, key {key}: {bad}"
        bad = await knocker.knock(route, who, headers=elsewhere[number % len(elsewhere)])
        if bad.word != "403" or bad.claimed or "annet nettsted" not in bad.body:
            yield f"{route}: from elsewhere {bad}"


async def refused_faults(knocker: Knocker, step: int) -> AsyncIterator[str]:
    """A form that is sent back is rolled back with its key."""
    knocker.says = 422
    try:
        for route in FORMS[::step]:
            heard = await knocker.knock(route, _somebody(route))
            if heard.kept or not heard.reached:
                yield f"{route}: a refused form is kept"
    finally:
        knocker.says = 204


async def program_faults(knocker: Knocker, step: int) -> AsyncIterator[str]:
    """A program reaches what its scope opens, and a POST of its claims its key."""
    for one in operations():
        for role in roles_in("program"):
            heard, holds = await knocker.knock_as_program(one, role), one.permission in GRANTS[role]
            if heard.reached is not holds or heard.claimed is not (holds and one.method == "POST"):
                yield f"{one.method} {one.path} as {role}: {heard}"
            if not holds and (heard.status != 403 or heard.refusals != 1):
                yield f"{one.method} {one.path} as {role}: {heard}"


CHECKS = (outsider_faults, role_faults, level_faults, form_faults, refused_faults, program_faults)


async def first_fault(step: int = 1) -> str:
    """What is wrong with the door as it is now: the first fault, or nothing. Every `step`th route is asked."""
    with knocking() as knocker:
        for check in CHECKS:
            async for fault in check(knocker, step):
                return f"{check.__name__}: {fault}"
    return ""


async def test_the_door_of_every_route_holds() -> None:
    assert await first_fault() == ""


# The door, broken -----------------------------------------------------------------------------------------------------
def _nothing(*_: Any, **__: Any) -> None:
    return None


async def _nothing_soon(*_: Any, **__: Any) -> None:
    return None


def _any_member(context: Context, kind: PlaceKind, permission: Permission) -> None:
    if context.kind is not kind:
        raise NotFound


def _any_level(context: Context, kind: PlaceKind, permission: Permission) -> None:
    admit(Context(kind=context.kind, permissions=frozenset({permission})), kind, permission)


def _telling_outsiders(context: Context, kind: PlaceKind, permission: Permission) -> None:
    admit(Context(kind=kind, permissions=context.permissions, wants=context.wants), kind, permission)


async def _without_a_key(desk: Any, path: str) -> None:
    desk.form.fields.setdefault("_key", ["some"])
    await claim(desk, path)


async def _always_kept(desk: Any, path: str, response: Any, *, unsafe: bool) -> None:
    await desk.uow.commit()


async def _program_without_key(asking: Any, call: Any, handler: Any, again: Any, raw: bytes) -> Any:
    return await handler(call)


admit, claim = door._admit, door._claim
BROKEN: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "nobody asks for membership, level or permission": (door, "_admit", _nothing),
    "a member may do anything": (door, "_admit", _any_member),
    "any login is sure enough": (door, "_admit", _any_level),
    "an outsider is told that there is something": (door, "_admit", _telling_outsiders),
    "a form needs no token and no key": (door, "_claim", _nothing_soon),
    "any token will do": (type(KEYS), "csrf_ok", lambda *_: True),
    "a form needs no key": (door, "_claim", _without_a_key),
    "a form may come from anywhere": (door, "_same_origin", _nothing),
    "a form may come from any host": (door, "_same_host", lambda *_: True),
    "a refused form is kept": (door, "_end", _always_kept),
    "a program may do anything": (Context, "may", lambda *_: True),
    "a program's POST needs no key": (machine_door, "_once", _program_without_key),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_door_that_is_broken_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*BROKEN[name])
    assert await first_fault(SOME), name


async def test_a_refusal_that_is_not_noted_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Knocker, "refused", _nothing_soon)
    assert await first_fault(SOME)


def _others_than(route: Route) -> Iterator[Permission]:
    """Permissions that other roles of the route's kind of place hold."""
    here = roles_in(str(route.kind))
    held = {role for role in here if route.permission in GRANTS[role]}
    yield from (p for p in Permission if {role for role in here if p in GRANTS[role]} != held)


async def test_a_permission_removed_from_or_swapped_on_any_route_is_found() -> None:
    written = set(PAGE.read_text(encoding="utf-8").splitlines())
    with knocking() as knocker:
        for route in placed():
            with with_permission(route, None):
                assert (await knocker.knock(route, OUTSIDER)).reached, f"{route}: the break does not show"
            with with_permission(route, next(_others_than(route))):
                assert await route_line(knocker, route) not in written, route
            assert await route_line(knocker, route) in written, WRITE_ANEW
