"""Sharing a contact and posting a need: by consent, to one region, and to nobody beside it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job
from shared_pool.matching.queries import lent_proposals, own_proposals
from shared_pool.matching.service import propose
from shared_pool.needs.bands import BANDS, bands_for
from shared_pool.needs.queries import crowd_of
from shared_pool.needs.rules import LEAST_CROWD, crowd_limit
from shared_pool.needs.service import post_need
from shared_pool.recruitment.service import share_contact, withdraw_candidate
from tenants.api import contact_card, order_card
from tests.database import KEYS
from tests.pool_samples import (
    COORDINATOR,
    SHARED,
    USER,
    crowd,
    need_facts,
    posted_need,
    proposed,
    shared_candidate,
)
from tests.provider_samples import contact, granted_order
from tests.worlds import World

SHARED_TABLES = ("need", "candidate", "proposal", "introduction")


async def third_municipality(world: World) -> Any:
    """Tønsberg, a member of the same region."""
    tenant = uuid4()
    await world.sql(
        "INSERT INTO municipality (id, code, slug, name, valid_from) VALUES ($1, '0704', 'tonsberg', 'Tønsberg', '2000-01-01')",
        tenant,
    )
    await world.sql(
        "INSERT INTO region_membership (id, region_id, municipality_id, valid_from) VALUES ($1, $2, $3, '2000-01-01')",
        uuid4(), world.region, tenant,
    )  # fmt: skip
    return tenant


async def test_a_third_municipality_of_the_same_region_sees_nothing_of_it(world: World) -> None:
    flow = await proposed(world)
    await flow.accept()
    await flow.candidate_says()
    tenant = await third_municipality(world)
    async with world.job(tenant) as uow:
        for table in SHARED_TABLES:
            assert await uow.call(f"SELECT 1 FROM sammen.{table}") == [], table
            if table != "introduction":
                assert await uow.call(f"UPDATE sammen.{table} SET version = version RETURNING 1") == [], table
        assert await own_proposals(uow) == []
        assert await lent_proposals(uow) == []


async def test_a_region_sees_what_is_shared_and_nothing_of_its_neighbour_region(world: World) -> None:
    await proposed(world)
    region = uuid4()
    await world.sql(
        "INSERT INTO region (id, slug, name, valid_from) VALUES ($1, 'grenland', 'Grenland', '2000-01-01')",
        region,
    )
    for place, seen in ((region, 0), (world.region, 1)):
        uow = await enter_job(world.engine, KEYS, PlaceKind.REGION, place, job="test")
        for table in ("need", "candidate", "proposal"):
            assert len(await uow.call(f"SELECT 1 FROM sammen.{table}")) == seen, (table, place)
        await uow.rollback()


async def test_the_steering_group_reads_no_row_of_the_pool_through_its_pages_right(world: World) -> None:
    await shared_candidate(world)
    browser = await world.browser("vestfold", Role.STEERING_GROUP_MEMBER)
    assert (await browser.get("/r/vestfold/kandidater")).status_code == 403


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"consent_until": today()}, "til"),
        ({"consent_until": today() + timedelta(days=367)}, "til"),
        ({"consent_on": today() + timedelta(days=1)}, "samtykke"),
        ({"area": "Horten sentrum"}, "omraade"),
        ({"hours_wanted": Decimal(0)}, "timer"),
        ({"hours_wanted": Decimal(41)}, "timer"),
        ({"will_not": ["dragons"]}, "ikke"),
    ],
)
async def test_a_contact_is_not_shared_on_terms_that_cannot_be(
    world: World, changes: dict[str, Any], field: str
) -> None:
    contact_id = await contact(world, "re")
    terms: dict[str, Any] = {"consent_until": today() + timedelta(days=30), "area": "middle"} | changes
    with pytest.raises(Invalid) as bad:
        async with world.at("re", COORDINATOR) as uow:
            await share_contact(uow, contact_id, terms.pop("consent_until"), terms.pop("area"), **terms)
    assert list(bad.value.errors) == [field]
    assert await world.sql("SELECT 1 FROM candidate") == []


async def test_a_contact_with_a_protected_address_is_never_shared(world: World) -> None:
    contact_id = await contact(world, "re")
    await world.sql("UPDATE person SET protection = 'kode6' WHERE tenant_id = $1", world.re)
    with pytest.raises(Forbidden):
        async with world.at("re", COORDINATOR) as uow:
            await share_contact(uow, contact_id, today() + timedelta(days=30), "middle")


async def test_one_municipality_cannot_share_or_withdraw_anothers_contact(world: World) -> None:
    contact_id, _ = await shared_candidate(world)
    with pytest.raises(NotFound):
        async with world.at("horten", COORDINATOR) as uow:
            await withdraw_candidate(uow, contact_id)
    with pytest.raises(NotFound):
        async with world.at("horten", COORDINATOR) as uow:
            await share_contact(uow, contact_id, today() + timedelta(days=30), "north")


async def test_a_consent_that_is_renewed_keeps_its_code_and_one_that_lapsed_is_seen_by_nobody(
    world: World,
) -> None:
    contact_id, candidate_id = await shared_candidate(world)
    async with world.at("re", COORDINATOR) as uow:
        await withdraw_candidate(uow, contact_id)
        again = await share_contact(
            uow, contact_id, today() + timedelta(days=60), "middle", will_not=["climbing"]
        )
        assert again == candidate_id
        assert (await contact_card(uow, contact_id)).candidate_id == candidate_id
    row = (await world.sql("SELECT interests, withdrawn_at FROM candidate"))[0]
    assert (row["interests"], row["withdrawn_at"]) == (["music"], None)
    await world.sql("UPDATE candidate SET consent_until = $1", today() - timedelta(days=1))
    async with world.at("vestfold", SHARED) as uow:
        assert await uow.call("SELECT 1 FROM sammen.candidate") == []


async def test_a_need_has_no_pointer_to_its_person_and_a_random_id(world: World) -> None:
    _, need_id = await posted_need(world)
    assert need_id.version == 4
    columns = await world.sql(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'sammen' AND table_name = 'need'"
    )
    names = {row["column_name"] for row in columns}
    assert not names & {"person_id", "case_id", "order_id", "tenant_id", "note", "text"}


async def test_one_order_has_one_need_and_the_yes_is_kept_with_the_order(world: World) -> None:
    order_id, need_id = await posted_need(world)
    async with world.at("horten", COORDINATOR) as uow:
        order = await order_card(uow, order_id)
        assert (order.need_id, order.pool_consent_by, order.pool_consent_on) == (need_id, "parent", today())
        with pytest.raises(Conflict):
            await post_need(uow, order_id, need_facts())


async def test_a_municipality_outside_any_region_can_post_nothing(world: World) -> None:
    await crowd(world)
    order_id = await granted_order(world, "horten", name=USER)
    await world.sql(
        "UPDATE region_membership SET valid_to = $1 WHERE municipality_id = $2",
        date(2020, 1, 1),
        world.horten,
    )
    with pytest.raises(Forbidden):
        async with world.at("horten", COORDINATOR) as uow:
            await post_need(uow, order_id, need_facts())


async def test_protected_and_shielded_people_are_no_crowd_and_neither_is_another_municipality(
    world: World,
) -> None:
    await crowd(world)
    await crowd(world, "re")
    await granted_order(world, "horten", name=USER)
    async with world.at("horten", COORDINATOR) as uow:
        assert (await crowd_of(uow, need_facts(), LEAST_CROWD)).count == 5
    await world.sql("UPDATE person SET protection = 'kode7' WHERE given_name = 'Ane'")
    await world.sql(
        "UPDATE case_file SET shielded = true"
        " WHERE person_id = (SELECT id FROM person WHERE given_name = 'Bo' AND tenant_id = $1)",
        world.horten,
    )
    async with world.at("horten", COORDINATOR) as uow:
        found = await crowd_of(uow, need_facts(), LEAST_CROWD)
    assert (found.count, found.enough, found.coarser) == (3, False, [])


async def test_a_wider_band_is_proposed_when_it_gathers_enough(world: World) -> None:
    await crowd(world, born=date(today().year - 16, 1, 5))
    await granted_order(world, "horten", name=USER)
    async with world.at("horten", COORDINATOR) as uow:
        found = await crowd_of(uow, need_facts(), LEAST_CROWD)
    assert found.count == 1
    assert [(way.drop_interests, way.age_band, way.count) for way in found.coarser] == [
        (False, "6-17", 5),
        (True, "6-17", 5),
    ]


async def test_a_need_in_a_wide_band_can_be_matched_like_any_other(world: World) -> None:
    _, need_id = await posted_need(world, age_band="6-17")
    _, candidate_id = await shared_candidate(world)
    async with world.at("vestfold", SHARED) as uow:
        await propose(uow, need_id, candidate_id, "Passer fint.")


@pytest.mark.parametrize(
    ("settings", "limit"),
    [({}, 5), ({"anonymity_limit": 8}, 8), ({"anonymity_limit": 2}, 5), ({"anonymity_limit": "x"}, 5)],
)
def test_a_region_may_ask_for_a_larger_crowd_and_never_a_smaller(
    settings: dict[str, Any], limit: int
) -> None:
    assert crowd_limit(settings) == limit


def test_bands_hold_those_of_their_ages_and_no_others() -> None:
    day = date(2026, 11, 21)
    after, by = BANDS["10-13"].born(day)
    assert (after, by) == (date(2012, 11, 21), date(2016, 11, 21))
    assert not after < date(2012, 11, 21)  # turns 14 today: too old
    assert after < date(2012, 11, 22) <= by
    assert BANDS["10-13"].born(date(2028, 2, 29)) == (date(2014, 2, 28), date(2018, 2, 28))
    assert [band.code for band in bands_for(12)] == ["10-13", "6-17"]
    assert bands_for(5) == []
    assert {code for band in BANDS.values() for code in band.covers} == {
        code for code, band in BANDS.items() if len(band.covers) == 1
    }
