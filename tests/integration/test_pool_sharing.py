"""Sharing a contact and posting a need: by consent, to one region, and to nobody beside it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from sammen.clock import today
from sammen.errors import Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job
from shared_pool.matching.queries import lent_proposals, own_proposals
from shared_pool.recruitment.service import share_contact, withdraw_candidate
from tenants.api import contact_card
from tests.database import KEYS
from tests.pool_samples import (
    COORDINATOR,
    SHARED,
    proposed,
    shared_candidate,
)
from tests.provider_samples import contact
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
