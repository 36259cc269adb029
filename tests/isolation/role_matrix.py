"""Who may open what, asked of the running application and written as a page: `python -m tests.isolation.role_matrix`.

The page is committed. `test_role_matrix.py` asks again and compares, so that whoever changes a permission, a role or a
route changes lines that a reviewer reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path

from sammen.policy.assurance import LEAST, LEVEL_NAMES
from sammen.policy.permissions import Permission
from sammen.policy.roles import GRANTS, ROLE_NAMES, ROLE_PLACE, Role
from sammen.tenancy.context import PlaceKind
from tests.isolation.knocking import Knocker, knocking, operations
from tests.isolation.route_table import Route, all_routes

PAGE = Path(__file__).resolve().parents[2] / "docs/security/roles.md"
CODES: Mapping[Role, str] = {
    Role.PURCHASER_CHILD: "PC", Role.PURCHASER_ADULT: "PA", Role.PURCHASER_CHILD_WELFARE: "PW",
    Role.PROVIDER_COORDINATOR: "Co", Role.PAYROLL: "Pay", Role.MANAGER: "Man", Role.DATA_PROTECTION_OFFICER: "DPO",
    Role.MUNICIPALITY_ADMINISTRATOR: "Adm", Role.SHARED_COORDINATOR: "Sha", Role.COURSE_COORDINATOR: "Cou",
    Role.STEERING_GROUP_MEMBER: "Ste", Role.PROJECT_MANAGER: "Pro", Role.PARTNER: "Par", Role.CONTACT: "Con",
    Role.SERVICE_USER: "Use", Role.REPRESENTATIVE: "Rep", Role.OPERATOR: "Ope", Role.PROGRAM_PEOPLE: "people",
    Role.PROGRAM_DECISIONS: "decisions", Role.PROGRAM_PAYROLL: "payroll", Role.PROGRAM_FIGURES: "figures",
    Role.PROGRAM_CALENDAR: "calendar",
}  # fmt: skip
MARK = {"yes": "x", "403": "·"}
HEADINGS = {
    PlaceKind.MUNICIPALITY: "A municipality's pages",
    PlaceKind.REGION: "A region's pages",
    PlaceKind.OWN: "One's own pages",
    PlaceKind.OPERATIONS: "Operations",
}
INTRO = """# Who may open what

Written by `python -m tests.isolation.role_matrix` from what the application answered, and compared with what it answers at
every test run (`tests/isolation/test_role_matrix.py`). A change of a role, a permission or a route changes lines here: read
them as part of the review.

**x**: let in. **·**: 403, and a line in the log of refusals. Who has no role in the place gets 404 from every address of the
place, with nothing to tell it from an address that does not exist. A session below the role's level is asked to show more
before anything else.

Being let in is not seeing every row: which objects a role may open is the service's rule, and is tried on its own (shielded
cases, own kind of cases, own assignments; see [security.md](../security.md)).
"""


def roles_in(kind: str) -> list[Role]:
    """The roles that are held in a kind of place, in their order."""
    return [role for role in Role if ROLE_PLACE[role] == kind]


def _table(head: list[str], lines: Iterable[list[str]]) -> list[str]:
    wall = ["|".join(["", *("---" for _ in head), ""])]
    return [f"| {' | '.join(head)} |", *wall, *(f"| {' | '.join(line)} |" for line in lines)]


async def route_line(knocker: Knocker, route: Route) -> str:
    """One route's row, as the application answers each role of its kind of place."""
    answers = [(await knocker.knock(route, role)).word for role in roles_in(str(route.kind))]
    cells = [
        f"`{route.path}`",
        route.method,
        f"`{route.access}`",
        *(MARK.get(word, word) for word in answers),
    ]
    return f"| {' | '.join(cells)} |"


def sorted_routes(routes: Iterable[Route]) -> list[Route]:
    return sorted(routes, key=lambda route: (route.path, route.method))


async def _places(knocker: Knocker) -> list[str]:
    lines = []
    for kind, heading in HEADINGS.items():
        here = sorted_routes(route for route in all_routes() if route.kind is kind)
        head = ["address", "", "permission", *(CODES[role] for role in roles_in(kind))]
        rows = [await route_line(knocker, route) for route in here]
        lines += ["", f"## {heading}", "", *_table(head, []), *rows]
    return lines


async def _programs(knocker: Knocker) -> list[str]:
    rows = [
        [f"`{one.path}`", one.method, f"`{one.permission}`"]
        + [MARK.get(word, word) for role in roles_in("program")
           if (word := (await knocker.knock_as_program(one, role)).word)]
        for one in operations()
    ]  # fmt: skip
    head = ["address", "", "permission", *(CODES[role] for role in roles_in("program"))]
    return ["", "## Programs, by scope", "", *_table(head, rows)]


def grant_lines(grants: Mapping[Role, frozenset[Permission]] = GRANTS) -> list[str]:
    """Each permission with the roles that have it: also those that no address asks for, but a service or a menu does."""
    rows = [
        [f"`{permission}`", ", ".join(CODES[role] for role in Role if permission in grants[role]) or "nobody"]
        for permission in Permission
    ]
    return ["", "## Permissions", "", *_table(["permission", "roles"], rows)]


def _roles() -> list[str]:
    rows = [
        [CODES[role], ROLE_NAMES[role], f"`{role}`", ROLE_PLACE[role],
         LEVEL_NAMES[LEAST[role]] if ROLE_PLACE[role] != "program" else "a token for its secret"]
        for role in Role
    ]  # fmt: skip
    return ["", "## Roles", "", *_table(["", "on screen", "role", "held in", "least login"], rows)]


def _others() -> list[str]:
    signed_in = sorted_routes(route for route in all_routes() if route.kind is PlaceKind.SESSION)
    public = sorted_routes(route for route in all_routes() if route.kind is None)
    return [
        "", "## Anybody who is signed in", "", *(f"- {route.method} `{route.path}`" for route in signed_in),
        "", "## Anybody", "", *(f"- {route.method} `{route.path}`" for route in public),
    ]  # fmt: skip


async def page() -> str:
    """The whole page, as the application answers now."""
    with knocking() as knocker:
        lines = [INTRO.rstrip(), *_roles(), *await _places(knocker), *await _programs(knocker), *_others()]
    return "\n".join([*lines, *grant_lines()]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(asyncio.run(page()), encoding="utf-8")
