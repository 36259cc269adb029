"""What fits a person: on their case for who may read it, and on their own pages; and nowhere for anybody else."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sammen.clock import today
from sammen.policy.roles import Role
from tests.calendar_samples import facts, published
from tests.provider_samples import granted_order
from tests.worlds import World

LIKED = "Liker klatring"


async def known(world: World, **named: object) -> tuple[UUID, UUID]:
    """(case, person) of Jonas of twelve, who likes climbing and wants Tuesday afternoons."""
    await granted_order(world, "horten", **named)
    (row,) = await world.sql("SELECT id, person_id FROM case_file")
    return row["id"], row["person_id"]


async def for_children(world: World) -> None:
    await published(world, what=facts(world.horten, title="Klatring for barn", age_from=8, age_to=14))
    await published(world, what=facts(world.horten, title="Klatring for voksne", age_from=18, age_to=None))


async def test_the_case_shows_what_fits_and_why_and_the_reading_is_logged(world: World) -> None:
    case, person = await known(world)
    await for_children(world)
    purchaser = await world.browser("horten", Role.PURCHASER_CHILD)
    for path in (f"/k/horten/saker/{case}", f"/k/horten/saker/{case}/aktiviteter"):
        page = await purchaser.get(path)
        assert "Klatring for barn" in page.text
        assert LIKED in page.text
        assert "Klatring for voksne" not in page.text
    logged = await world.sql("SELECT persons FROM audit_entry WHERE why = 'Aktiviteter som kan passe'")
    assert [row["persons"] for row in logged] == [[person]]


async def test_another_purchaser_and_another_municipality_are_told_there_is_no_such_case(
    world: World,
) -> None:
    case, _ = await known(world)
    await for_children(world)
    for slug, role in (("horten", Role.PURCHASER_ADULT), ("re", Role.PURCHASER_CHILD)):
        browser = await world.browser(slug, role)
        assert (await browser.get(f"/k/{slug}/saker/{case}/aktiviteter")).status_code == 404


async def test_a_shielded_case_is_told_of_to_nobody_outside_its_circle(world: World) -> None:
    case, _ = await known(world, protection="none")
    await for_children(world)
    outside = await world.browser("horten", Role.PURCHASER_ADULT)
    assert (await outside.get(f"/k/horten/saker/{case}/aktiviteter")).status_code == 404


async def test_ones_own_pages_show_what_fits_oneself_and_nobody_elses_wishes(world: World) -> None:
    _, person = await known(world)
    await for_children(world)
    user = world.user("horten", Role.SERVICE_USER)
    own = await world.browser("horten", Role.SERVICE_USER)
    assert "Klatring for barn" not in (await own.get("/min/horten/aktiviteter")).text
    await world.sql("UPDATE person SET user_id = $2 WHERE id = $1", person, user)
    page = await own.get("/min/horten/aktiviteter")
    assert "Klatring for barn" in page.text
    assert LIKED in page.text
    # The link to the whole calendar tells nothing of who follows it.
    assert 'href="/aktivitetskalender/vestfold/horten"' in page.text


async def test_without_a_mapping_conversation_the_page_says_what_is_missing(world: World) -> None:
    case, _ = await known(world)
    await world.sql("DELETE FROM mapping")
    purchaser = await world.browser("horten", Role.PURCHASER_CHILD)
    assert "Kartleggingen mangler" in (await purchaser.get(f"/k/horten/saker/{case}/aktiviteter")).text


async def test_what_comes_too_late_to_plan_for_is_left_out(world: World) -> None:
    case, _ = await known(world)
    late = today() + timedelta(days=60)
    await published(world, what=facts(world.horten, age_from=8, age_to=14, first_day=late, last_day=late))
    purchaser = await world.browser("horten", Role.PURCHASER_CHILD)
    assert "Ingenting passer nå" in (await purchaser.get(f"/k/horten/saker/{case}/aktiviteter")).text
