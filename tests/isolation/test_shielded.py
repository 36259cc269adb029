"""Shielded and protected people appear nowhere outside their circle (E5): tried on every route, for every role.

The proof is a comparison: whoever is not named on the cases gets, byte for byte, the answers they would get if the
shielded people were not there. So names, numbers, counts, pages, filters, searches and files are covered alike.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from sammen.db.raw import Query
from sammen.db.unit_of_work import UnitOfWork
from sammen.policy.permissions import Permission
from sammen.policy.roles import GRANTS, ROLE_PLACE, Role
from sammen.tenancy.context import PlaceKind
from tests.isolation.route_table import SLUGS, Route, all_routes, placed
from tests.isolation.shielded_checks import (
    about_them,
    body_faults,
    detail_faults,
    page_faults,
    seen_by_circle,
)
from tests.isolation.shielded_world import HOW_MANY, Twins, hanging, twins

PLACED = placed()
PAYS_EVERYBODY = frozenset({"assignment id", "timesheet_line id"})
OF_EMERGENCIES = frozenset(
    {"emergency_access id", *(f"KANARIHEMMELIG{chr(ord('A') + turn)}" for turn in range(HOW_MANY))}
)
MAY_TELL = {
    # Payroll pays contacts for everybody's hours. It is told whose contact was at work, never with whom.
    # What is paid out must have its voucher: payroll opens the picture of a receipt, and reads no words beside it.
    ("GET /k/{slug:str}/timelister", Role.PAYROLL): PAYS_EVERYBODY | {"receipt id"},
    ("GET /k/{slug:str}", Role.PAYROLL): PAYS_EVERYBODY,
    ("GET /k/{slug:str}/lonn/{payroll_run_id:uuid}", Role.PAYROLL): PAYS_EVERYBODY,
    ("GET /k/{slug:str}/lonn/{payroll_run_id:uuid}/kontakt/{contact_id:uuid}", Role.PAYROLL): PAYS_EVERYBODY,
    # Whoever reviews emergencies is told that one was opened, by whom and why: by the id of the opening, not of the case.
    **{
        (f"GET /k/{{slug:str}}{path}", role): OF_EMERGENCIES
        for path in ("", "/tilsyn", "/tilsyn/gjennomgatt", "/tilsyn/nodapninger/{emergency_access_id:uuid}")
        for role in (Role.DATA_PROTECTION_OFFICER, Role.MANAGER)
    },
}
"""What a page tells somebody of the shielded by intent, each with its reason."""
MAY_OPEN = {
    # The officer answers for who has read about anybody, by id. The page has no name and no case.
    ("GET /k/{slug:str}/personer/{person_id:uuid}/innsyn", Role.DATA_PROTECTION_OFFICER),
    ("GET /k/{slug:str}/personer/{person_id:uuid}/innsyn.pdf", Role.DATA_PROTECTION_OFFICER),
    # Whoever reviews what was opened in an emergency sees who opened, when and why, and the end of the case's id.
    *(
        (f"{method} /k/{{slug:str}}/tilsyn/nodapninger/{{emergency_access_id:uuid}}", role)
        for method in ("GET", "POST")
        for role in (Role.DATA_PROTECTION_OFFICER, Role.MANAGER)
    ),
    # The voucher of what payroll pays: a picture without a name of whom it was for.
    ("GET /k/{slug:str}/bilag/{receipt_id:uuid}", Role.PAYROLL),
}
CHANGES_BY_ITSELF = frozenset({Permission.TRAIL_READ})
OWN_LOG = frozenset({"GET /min/{slug:str}/innsyn", "GET /min/{slug:str}/innsyn.pdf"})
"""Pages that show the readings of this very test: there nobody may be told of, but two worlds' pages are never alike."""
MUNICIPAL = [role for role in Role if ROLE_PLACE[role] == "municipality"]
READERS = [role for role in Role if ROLE_PLACE[role] in ("municipality", "region", "own", "operations")]
CONDITION = "sammen.case_file.shielded IS false"


@pytest.fixture(scope="module")
async def both(migrated: tuple[str, str]) -> AsyncIterator[Twins]:
    async with twins(migrated) as made:
        yield made


def gets_of(role: Role) -> list[Route]:
    """The pages a role may open in its place, and those of nobody's place."""
    return [
        route for route in all_routes()
        if route.method == "GET" and (
            route.kind in (None, PlaceKind.SESSION) or (
                ROLE_PLACE[role] == route.kind and route.permission in GRANTS[role]))
    ]  # fmt: skip


def test_people_hang_on_every_table_that_leads_to_them() -> None:
    names = {table.name for table in hanging()}
    assert {
        "person",
        "case_file",
        "application",
        "decision",
        "service_order",
        "assignment",
        "timesheet_line",
    } <= names
    assert "support_contact" not in names


async def test_most_rows_are_in_their_turns_own_state(both: Twins) -> None:
    assert len(both.refused) < HOW_MANY * len(hanging()) / 4, both.refused


@pytest.mark.parametrize("role", READERS, ids=str)
async def test_every_page_is_as_if_the_shielded_were_not_there(role: Role, both: Twins) -> None:
    faults, asked = list[str](), set[str]()
    for route in gets_of(role):
        place = (
            SLUGS[PlaceKind(ROLE_PLACE[role])]
            if route.kind in (None, PlaceKind.SESSION)
            else SLUGS[route.kind]
        )
        faults += await page_faults(
            both, route, place, role,
            may_tell=MAY_TELL.get((str(route), role)),
            alike=not (route.permission in CHANGES_BY_ITSELF or str(route) in OWN_LOG),
            asked=asked,
        )  # fmt: skip
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("route", [route for route in PLACED if about_them(route)], ids=str)
async def test_whatever_hangs_on_the_shielded_is_as_if_it_were_nowhere(route: Route, both: Twins) -> None:
    assert route.kind is not None
    for role in route.roles(holding=True):
        if (str(route), role) not in MAY_OPEN:
            assert await detail_faults(both, route, role) == []


# So that the tests can fail -------------------------------------------------------------------------------------------
SHOWS_SOMEBODY = [
    route for route in PLACED
    if route.method == "GET" and route.kind is PlaceKind.MUNICIPALITY and about_them(route)
]  # fmt: skip


async def test_somebody_named_on_the_cases_is_shown_what_others_are_not(both: Twins) -> None:
    seen = set()
    for route in SHOWS_SOMEBODY:
        for role in route.roles(holding=True):
            if await seen_by_circle(both, route, role):
                seen.add(route.path.removeprefix("/k/{slug:str}"))
                break
    assert {"/saker/{case_id:uuid}", "/bestillinger/{order_id:uuid}", "/personer/{person_id:uuid}"} <= seen
    # Some pages are for one state of a row only, which none of these people may be in.
    assert len(seen) > 0.6 * len(SHOWS_SOMEBODY), sorted(seen)


async def test_the_lists_show_the_circle_what_they_hide_from_others(both: Twins) -> None:
    shown = set()
    for role in MUNICIPAL:
        for route in gets_of(role):
            if (
                route.kind is PlaceKind.MUNICIPALITY
                and not route.ids
                and await seen_by_circle(both, route, role)
            ):
                shown.add(route.path.removeprefix("/k/{slug:str}"))
    assert {"", "/saker", "/saker/liste.xlsx", "/bestillinger", "/timelister"} <= shown, sorted(shown)


@pytest.fixture
def forgotten(both: Twins, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The condition that hides shielded cases is gone from every statement, as if somebody had left it out."""
    for name in ("rows", "row", "value"):
        read = getattr(UnitOfWork, name)

        async def without(uow: UnitOfWork, query: Query, *, _read: Any = read, **values: Any) -> Any:
            return await _read(uow, replace(query, sql=query.sql.replace(CONDITION, "true")), **values)

        monkeypatch.setattr(UnitOfWork, name, without)

    def leave_out(_c: Any, _k: Any, sql: str, parameters: Any, _x: Any, _m: bool) -> tuple[str, Any]:
        return sql.replace(CONDITION, "true"), parameters

    event.listen(both.among.house.engine.sync_engine, "before_cursor_execute", leave_out, retval=True)
    yield
    event.remove(both.among.house.engine.sync_engine, "before_cursor_execute", leave_out)


async def test_a_forgotten_condition_is_found_on_the_lists_and_on_the_pages(
    both: Twins, forgotten: None
) -> None:
    routes = {str(route): route for route in PLACED}
    for name, role in (
        ("GET /k/{slug:str}/saker", Role.PURCHASER_CHILD),
        ("GET /k/{slug:str}/bestillinger", Role.PROVIDER_COORDINATOR),
        ("GET /k/{slug:str}/timelister", Role.PROVIDER_COORDINATOR),
    ):
        assert await page_faults(both, routes[name], "horten", role), name
    case = routes["GET /k/{slug:str}/saker/{case_id:uuid}"]
    assert await detail_faults(both, case, Role.PURCHASER_CHILD)


# Last, since forms are sent -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", MUNICIPAL, ids=str)
async def test_a_shielded_id_in_a_form_has_no_effect_and_is_told_nothing_of(role: Role, both: Twins) -> None:
    state = " UNION ALL ".join(
        f"SELECT '{table.name}' AS name, md5(string_agg(t::text, '' ORDER BY t::text)) AS state FROM {table.name} t"
        f" WHERE t::text ~ $1 AND '{table.name}' <> 'case_member'"
        for table in hanging()
    )
    theirs = "|".join(str(one.owner.id_in("person")) for one in both.shielded)
    before = await both.among.sql(state, theirs)
    faults = []
    for route in gets_of(role):
        if route.kind is PlaceKind.MUNICIPALITY:
            faults += await body_faults(both, route, role)
    assert not faults, "\n".join(faults)
    assert await both.among.sql(state, theirs) == before
