"""Releases: protected by a job, approved by a person, shown, replaced and withdrawn; and who can read what before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from reporting.figures.models import ApprovedFigure
from reporting.periods import parse
from reporting.releases.api import Released, released, releases_shown
from reporting.releases.models import Release, ReleaseCell, ReleaseProof
from reporting.releases.service import Choice, Group, approve_release, set_groups, start_release, withdraw
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job
from tests.database import KEYS
from tests.figure_samples import more_municipalities
from tests.release_samples import HALF, MANAGER, approved, made, put_out, released_now, seen, whole
from tests.worlds import World

TABLES = ("users:age", "users:gender", "hours:", "cost:")
STEERING = Role.STEERING_GROUP_MEMBER


def figures(base: int, *, young: int) -> dict[str, dict[tuple[str, ...], int | tuple[str, int, str, str]]]:
    """A municipality's figures: `young` users under 18, and more of the others."""
    return {
        "users": {
            whole("users", age="0-17", gender="F"): young,
            whole("users", age="18-66", gender="F"): base,
            whole("users", age="18-66", gender="M"): base + 7,
            whole("users", age="67-79", gender="M"): base - 3,
        },
        "hours": {whole("hours"): (f"{61 * base}.50", 3 * base, "61.00", "60.00")},
        "cost": {whole("cost"): (f"{25000 * base}.00", base // 2, "40000.00", "39000.00")},
    }


@pytest.fixture
async def six(world: World) -> World:
    """Six municipalities, of which all have approved; two have few users under 18."""
    others = await more_municipalities(world, ["Larvik", "Færder", "Sandefjord", "Holmestrand"])
    for number, place in enumerate([world.horten, world.re, *others.values()]):
        await approved(world, place, figures(31 + 9 * number, young=(3, 23, 2, 19, 31, 27)[number]))
    return world


async def what_shows(world: World, slug: str = "vestfold", role: Role = STEERING) -> Released:
    async with world.at(slug, role) as uow:
        card = (await releases_shown(uow))[0]
        return await released(uow, card)


async def add_cell(uow: UnitOfWork, region: UUID, release_id: UUID) -> None:
    """What somebody who could run SQL would try: a number of one's own among those that are shown."""
    async with uow.session.begin_nested():
        uow.session.add(
            ReleaseCell(
                region_id=region,
                release_id=release_id,
                measure="users",
                table_id="",
                place="",
                key="",
                value=1,
            )
        )
        await uow.session.flush()


async def change_release(uow: UnitOfWork, release_id: UUID, change: dict[str, Any]) -> None:
    async with uow.session.begin_nested():
        await uow.session.execute(update(Release).where(Release.id == release_id).values(**change))


async def test_small_numbers_are_hidden_with_what_they_follow_from_and_nothing_else_is_changed(
    six: World,
) -> None:
    release_id = await made(six, TABLES)
    row = await seen(six, release_id)
    assert row.state == "ready", row.report
    report = row.report or {}
    assert {fact["determined"] + fact["narrow"] for fact in report["facts"]} == {0}
    assert {fact["attacker"] for fact in report["facts"]} >= {"outsider", "member", "pair"}
    # Nothing is readable before somebody approves it, and no value is in the report.
    async with six.at("vestfold", STEERING) as uow:
        assert await releases_shown(uow) == []
        assert (await uow.session.scalars(select(ReleaseCell))).all() == []
    await put_out(six, release_id)
    shown = await what_shows(six)
    horten, re_ = str(six.horten), str(six.re)
    assert shown.cell("users", ("age",), horten, ("0-17",)).hidden
    hidden = [
        key for key, cell in shown.cells.items() if cell.hidden and key[1] == ("age",) and key[3] == ("0-17",)
    ]
    assert len(hidden) > 2
    assert shown.cell("users").value == sum(
        4 * base + 4 + young - 0 - base
        for base, young in zip((31, 40, 49, 58, 67, 76), (3, 23, 2, 19, 31, 27), strict=True)
    )
    assert shown.cell("users", ("age",), re_, ("80",)).value == 0
    assert shown.cell("users", ("target",), re_, ("x",)).missing
    # Nobody's cell is lost: what is shown of a place adds up to what it approved.
    parts = [shown.cell("users", ("gender",), re_, (code,)) for code in ("F", "M", "unknown")]
    if not any(part.hidden for part in parts):
        assert sum(part.value or 0 for part in parts) == 40 + 23 + 47 + 37


async def test_a_member_sees_the_release_and_one_that_has_left_does_not(six: World) -> None:
    release_id = await released_now(six, TABLES)
    mine, theirs = await what_shows(six, "horten", Role.MANAGER), await what_shows(six)
    assert mine.cells == theirs.cells
    assert mine.places == theirs.places
    await six.sql(
        "UPDATE region_membership SET valid_to = norwegian_day() - 1 WHERE municipality_id = $1", six.horten
    )
    async with six.at("horten", Role.MANAGER) as uow:
        assert await releases_shown(uow) == []
        with pytest.raises(NotFound):
            await released(uow, release_id)


async def test_nobodys_request_reads_what_is_not_shown_by_any_sql(six: World) -> None:
    release_id = await made(six, TABLES)
    for role in (MANAGER, STEERING, Role.SHARED_COORDINATOR):
        async with six.at("vestfold", role) as uow:
            for table in ("approved_figure", "release_proof", "release_cell"):
                assert await uow.call(f"SELECT * FROM sammen.{table}") == [], (role, table)
            with pytest.raises(DBAPIError, match="row-level security"):
                await add_cell(uow, six.region, release_id)
    # A job that somebody asked for by name reads no more than they do; the release's own reads it all.
    for user, found in ((six.user("vestfold", MANAGER), False), (None, True)):
        uow = await enter_job(six.engine, KEYS, PlaceKind.REGION, six.region, job="try", user=user)
        assert bool((await uow.session.scalars(select(ApprovedFigure.id))).all()) is found
        assert bool((await uow.session.scalars(select(ReleaseProof.id))).all()) is found
        await uow.rollback()
    assert str(release_id)


async def test_what_is_shown_can_be_changed_by_nobody(six: World) -> None:
    release_id = await released_now(six, TABLES)
    async with six.at("vestfold", MANAGER) as uow:
        changes: list[dict[str, Any]] = [
            {"tables": ["users:"]}, {"state": "ready"}, {"threshold": 3}, {"report": {}},
        ]  # fmt: skip
        for change in changes:
            with pytest.raises(DBAPIError, match="stands"):
                await change_release(uow, release_id, change)
    uow = await enter_job(six.engine, KEYS, PlaceKind.REGION, six.region, job="try")
    with pytest.raises(DBAPIError, match="permission denied"):
        await uow.session.execute(update(ReleaseCell).values(place="x"))
    await uow.rollback()


async def test_a_correction_is_told_released_anew_and_takes_the_place_of_the_first(six: World) -> None:
    first = await released_now(six, TABLES)
    before = await what_shows(six)
    await approved(six, six.re, figures(42, young=21), edition=2)
    with pytest.raises(Invalid, match="merket"):
        await made(six, TABLES)
    second = await made(six, TABLES, why="Re har rettet timene.")
    row = await seen(six, second)
    assert row.state == "ready", row.report
    assert (row.report or {})["earlier"] == 1
    await put_out(six, second)
    assert (await seen(six, first)).state == "replaced"
    after = await what_shows(six)
    assert after.card.edition == 2
    # Whatever was hidden and has not changed is still hidden: together they say no more than each.
    for key, cell in before.cells.items():
        if cell.hidden and key[2] == str(six.horten):
            assert after.cells[key].hidden, key


async def test_a_late_municipality_stands_as_missing_and_a_release_made_stale_is_not_approved(
    world: World,
) -> None:
    others = await more_municipalities(world, ["Larvik", "Færder"])
    for number, place in enumerate([world.horten, world.re, others["Larvik"]]):
        await approved(world, place, figures(40 + number, young=20))
    early = await made(world, TABLES)
    await put_out(world, early)
    shown = await what_shows(world)
    late = str(others["Færder"])
    assert shown.missing == {late}
    assert shown.cell("users", place=late).missing
    assert [place.name for place in shown.places] == ["Færder", "Horten", "Larvik", "Re"]
    stale = await made(world, TABLES, why="Prøve")
    await approved(world, others["Færder"], figures(50, young=25))
    with pytest.raises(Conflict, match="nye tall"):
        await put_out(world, stale)


async def test_a_withdrawn_release_is_gone_and_still_counted(six: World) -> None:
    first = await released_now(six, TABLES)
    row = await seen(six, first)
    async with six.at("vestfold", MANAGER) as uow:
        with pytest.raises(Invalid):
            await withdraw(uow, first, row.version, "")
        await withdraw(uow, first, row.version, "Feil i timene.")
    async with six.at("vestfold", STEERING) as uow:
        assert await releases_shown(uow) == []
        with pytest.raises(NotFound):
            await released(uow, first)
    again = await seen(six, await made(six, TABLES, why="På nytt"))
    assert (again.report or {})["earlier"] == 1


async def test_periods_that_overlap_or_are_not_over_are_refused_in_words(six: World) -> None:
    await released_now(six, ("users:",))
    async with six.at("vestfold", MANAGER) as uow:
        for slug, said in (("2026", "over ennå"), ("2026-t1", "deler dager"), ("2025-h2", "Ingen kommuner")):
            with pytest.raises(Invalid) as refused:
                await start_release(uow, parse(slug), Choice(("users:",)))
            assert said in refused.value.errors["periode"].message, slug
        await start_release(uow, HALF, Choice(("users:",), "Prøve"))
        with pytest.raises(Conflict):
            await start_release(uow, HALF, Choice(("users:",), "Prøve"))


async def test_groups_have_figures_of_their_own_and_none_is_of_one(six: World) -> None:
    places = [row["id"] for row in await six.sql("SELECT id FROM municipality ORDER BY name")]
    small, large = Group("sma", "Små kommuner"), Group("store", "Store kommuner")
    async with six.at("vestfold", MANAGER) as uow:
        with pytest.raises(Invalid):
            await set_groups(uow, {places[0]: small})
        await set_groups(
            uow, {place: small if number < 3 else large for number, place in enumerate(places[:6])}
        )
    await released_now(six, ("users:",))
    shown = await what_shows(six)
    assert shown.groups == (("sma", "Små kommuner"), ("store", "Store kommuner"))
    both = [shown.cell("users", place=f"g:{code}") for code, _ in shown.groups]
    if not any(cell.hidden for cell in both):
        assert sum(cell.value or 0 for cell in both) == shown.cell("users").value


async def test_another_regions_release_is_nowhere(world: World) -> None:
    async with world.at("vestfold", MANAGER) as uow:
        with pytest.raises(NotFound):
            await released(uow, UUID(int=7))
        with pytest.raises(NotFound):
            await approve_release(uow, UUID(int=7), 1)
