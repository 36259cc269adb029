"""A candidate's row follows from home: each yes in its ledger, what is known kept current, and out at once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid
from sammen.policy.roles import Role
from shared_pool.recruitment.consents import consents_of, holding
from shared_pool.recruitment.jobs import keep_current
from shared_pool.recruitment.keeping import age_bands
from shared_pool.recruitment.queries import CandidateCard, CandidateFilter, list_candidates, own_candidate
from shared_pool.recruitment.service import (
    PoolWishes,
    Wishes,
    record_wishes,
    say_yes_oneself,
    share_contact,
    withdraw_candidate,
    withdraw_everything,
    withdraw_oneself,
)
from tenants.api import WishFacts, add_competence, contact_card, note_wishes, state_hours
from tenants.contacts.pipeline import EnquiryFacts, note_enquiry, plan_interview
from tenants.contacts.service import pause_contact
from tests.pool_samples import COORDINATOR, SHARED, shared_candidate
from tests.provider_samples import contact
from tests.worlds import World

UNTIL = timedelta(days=180)


async def card_of(world: World, contact_id: UUID, slug: str = "re") -> CandidateCard:
    async with world.at(slug, COORDINATOR) as uow:
        found = await own_candidate(uow, (await contact_card(uow, contact_id)).candidate_id)
    assert found is not None
    return found


def wishes(world: World, **changes: Any) -> Wishes:
    told: dict[str, Any] = {
        "pool": True, "municipalities": (world.horten, world.re), "until": today() + UNTIL, "substitute": False,
        "group": False, "newsletter": False, "given_on": today(), "how": "form",
    }  # fmt: skip
    return Wishes(**(told | changes))


# The yes --------------------------------------------------------------------------------------------------------------
async def test_each_use_and_each_municipality_is_a_yes_of_its_own(world: World) -> None:
    contact_id = await contact(world, "re")
    async with world.at("re", COORDINATOR) as uow:
        await share_contact(
            uow, contact_id, today() + UNTIL, "middle",
            wishes=PoolWishes(visible_to=[world.horten], uses=["pool", "group"], not_in=[world.re], areas=["north"]),
        )  # fmt: skip
        yes = await holding(uow, contact_id)
    assert {use: one.municipalities for use, one in yes.items()} == {
        "pool": [world.horten], "group": [world.horten],
    }  # fmt: skip
    card = await card_of(world, contact_id)
    assert (card.uses, card.visible_to, card.not_in, card.areas) == (
        ["individual", "group"], [world.horten], [world.re], ["north"],
    )  # fmt: skip


async def test_a_yes_to_where_they_will_not_work_is_a_yes_to_nowhere(world: World) -> None:
    contact_id = await contact(world, "re")
    with pytest.raises(Invalid) as bad:
        async with world.at("re", COORDINATOR) as uow:
            await share_contact(
                uow, contact_id, today() + UNTIL, "middle",
                wishes=PoolWishes(visible_to=[world.horten], not_in=[world.horten]),
            )  # fmt: skip
    assert list(bad.value.errors) == ["kommuner"]


async def test_an_enquiry_is_talked_with_before_it_is_shared_and_needs_no_agreement_after(
    world: World,
) -> None:
    async with world.at("re", COORDINATOR) as uow:
        contact_id, _ = await note_enquiry(uow, EnquiryFacts("Mia", "Lund", "900 00 077", ""))
    await world.sql("UPDATE person SET birth_date = '1999-01-02' WHERE given_name = 'Mia'")
    with pytest.raises(Conflict):
        async with world.at("re", COORDINATOR) as uow:
            await share_contact(uow, contact_id, today() + UNTIL, "middle", hours_wanted=Decimal(4))
    async with world.at("re", COORDINATOR) as uow:
        await plan_interview(uow, contact_id, today())
        await share_contact(uow, contact_id, today() + UNTIL, "middle", hours_wanted=Decimal(4))
    card = await card_of(world, contact_id)
    assert (card.engaged_at_home, card.hours_wanted) == (False, Decimal(4))


async def test_a_renewed_yes_ends_the_one_before_and_nothing_of_the_ledger_is_lost(world: World) -> None:
    contact_id, candidate_id = await shared_candidate(world)
    async with world.at("re", COORDINATOR) as uow:
        again = await share_contact(uow, contact_id, today() + timedelta(days=60), "middle")
        told = await consents_of(uow, contact_id)
    assert again == candidate_id
    assert [(one.use, one.ended_how) for one in told] == [("pool", ""), ("pool", "replaced")]


async def test_what_the_public_form_said_yes_to_waits_until_somebody_has_talked_with_them(
    world: World,
) -> None:
    async with world.at("re", COORDINATOR) as uow:
        contact_id, _ = await note_enquiry(uow, EnquiryFacts("Mia", "Lund", "900 00 077", ""))
    async with world.job(world.re) as uow:
        await record_wishes(uow, contact_id, wishes(world, newsletter=True))
        await record_wishes(uow, contact_id, wishes(world, newsletter=True))
        yes = await holding(uow, contact_id)
        assert len(await consents_of(uow, contact_id)) == 2
    assert {use: one.how for use, one in yes.items()} == {"pool": "form", "newsletter": "form"}
    assert await world.sql("SELECT 1 FROM candidate") == []


async def test_the_applicants_own_link_narrows_and_hides_who_is_shared(world: World) -> None:
    contact_id, _ = await shared_candidate(world)
    async with world.job(world.re) as uow:
        await record_wishes(uow, contact_id, wishes(world, municipalities=(world.re,), how="own_link"))
    assert (await card_of(world, contact_id)).visible_to == [world.re]
    async with world.job(world.re) as uow:
        await record_wishes(uow, contact_id, wishes(world, pool=False, how="own_link"))
    assert (await card_of(world, contact_id)).withdrawn


async def test_the_contact_says_yes_themselves_and_stands_there_when_the_coordinator_has_been_through_it(
    world: World,
) -> None:
    contact_id = await contact(world, "re", user=world.user("re", Role.CONTACT))
    chosen = PoolWishes(visible_to=[world.horten], uses=["pool"], how="own_page")
    async with world.at("re", Role.CONTACT) as uow:
        assert not await say_yes_oneself(
            uow, contact_id, chosen, today() + UNTIL, newsletter=False, light=False
        )
    assert await world.sql("SELECT 1 FROM candidate") == []
    today_page = await (await world.browser("re", COORDINATOR)).get("/k/re")
    assert "har sagt ja til den felles banken" in today_page.text
    async with world.at("re", COORDINATOR) as uow:
        await share_contact(uow, contact_id, today() + UNTIL, "middle", wishes=chosen)
    async with world.at("re", Role.CONTACT) as uow:
        await withdraw_oneself(uow, contact_id)
        # Somebody who has stood there before is there again at once.
        assert await say_yes_oneself(uow, contact_id, chosen, today() + UNTIL, newsletter=True, light=False)
    assert (await card_of(world, contact_id)).consents


# Kept current ---------------------------------------------------------------------------------------------------------
async def test_what_changes_at_home_is_so_in_the_pool_at_once(world: World) -> None:
    contact_id, _ = await shared_candidate(world)
    async with world.at("re", COORDINATOR) as uow:
        await add_competence(uow, contact_id, "first_aid", today() - timedelta(days=3))
        await state_hours(uow, contact_id, Decimal(3))
    card = await card_of(world, contact_id)
    assert (card.courses, card.hours_elsewhere) == (["first_aid", "guidance"], Decimal(3))
    assert card.hours_free == card.hours_wanted - Decimal(3)
    assert card.engaged_at_home


async def test_who_has_a_pause_is_seen_by_nobody_until_it_is_over(world: World) -> None:
    contact_id, _ = await shared_candidate(world)
    for paused, seen in ((True, 0), (False, 1)):
        async with world.at("re", COORDINATOR) as uow:
            await pause_contact(uow, contact_id, paused=paused)
        async with world.at("vestfold", SHARED) as uow:
            assert (await list_candidates(uow, CandidateFilter())).total == seen
            assert len(await uow.call("SELECT 1 FROM sammen.candidate")) == seen


async def test_who_gets_a_protected_address_is_out_at_once(world: World) -> None:
    contact_id, _ = await shared_candidate(world)
    await world.sql("UPDATE person SET protection = 'kode7' WHERE given_name = 'Sigvart'")
    async with world.job(world.re) as uow:
        await keep_current(uow, {})
    assert (await card_of(world, contact_id)).withdrawn
    with pytest.raises(Forbidden):
        async with world.at("re", COORDINATOR) as uow:
            await share_contact(uow, contact_id, today() + UNTIL, "middle")


async def test_a_yes_is_warned_of_once_and_lapses_when_its_last_day_has_been(world: World) -> None:
    contact_id, _ = await shared_candidate(world)
    await world.sql("UPDATE person SET email = 'sigvart@example.no' WHERE given_name = 'Sigvart'")
    last = today() + timedelta(days=10)
    await world.sql("UPDATE pool_consent SET until = $1", last)
    await world.sql("UPDATE candidate SET consent_until = $1", last)
    for _ in range(2):
        async with world.job(world.re) as uow:
            await keep_current(uow, {})
    assert len(await world.sql("SELECT 1 FROM outgoing WHERE code = 'pool'")) == 1
    page = await (await world.browser("re", Role.CONTACT)).get("/min/re")
    assert "Du er snart ute av den felles banken" in page.text
    await world.sql("UPDATE pool_consent SET until = $1, given_on = $1", today() - timedelta(days=1))
    await world.sql("UPDATE candidate SET consent_until = $1", today() - timedelta(days=1))
    async with world.at("vestfold", SHARED) as uow:  # before any job has run
        assert await uow.call("SELECT 1 FROM sammen.candidate") == []
    async with world.job(world.re) as uow:
        await keep_current(uow, {})
    assert (await card_of(world, contact_id)).withdrawn
    assert [row["ended_how"] for row in await world.sql("SELECT ended_how FROM pool_consent")] == ["lapsed"]


async def test_a_row_that_is_withdrawn_has_forgotten_what_it_said(world: World) -> None:
    contact_id, candidate_id = await shared_candidate(world)
    async with world.at("re", COORDINATOR) as uow:
        await withdraw_candidate(uow, contact_id)
    row = (await world.sql("SELECT * FROM candidate WHERE id = $1", candidate_id))[0]
    told = ("interests", "slots", "languages", "skills", "areas", "visible_to", "courses", "will_not")
    assert all(row[name] == [] for name in told)
    assert (row["postcode"], row["longest_months"]) == ("", 0)


async def test_everything_is_withdrawn_also_when_the_row_was_hidden_before_and_as_often_as_one_likes(
    world: World,
) -> None:
    contact_id, candidate_id = await shared_candidate(world)
    await world.sql("UPDATE candidate SET withdrawn_at = now() WHERE id = $1", candidate_id)
    for _ in range(2):
        async with world.job(world.re) as uow:
            await withdraw_everything(uow, contact_id)
            assert await holding(uow, contact_id) == {}
    assert (await world.sql("SELECT interests FROM candidate"))[0]["interests"] == []


async def test_the_region_filters_on_what_may_be_shown_and_counts_by_use(world: World) -> None:
    contact_id, _ = await shared_candidate(world)
    async with world.at("re", COORDINATOR) as uow:
        await note_wishes(uow, contact_id, WishFacts(areas=["north"]))
        await share_contact(
            uow, contact_id, today() + UNTIL, "middle", wishes=PoolWishes(uses=["pool", "substitute"])
        )
    for asked, many in (
        ({}, 1), ({"omraade": "north"}, 1), ({"omraade": "south"}, 0), ({"dag": "tue"}, 1), ({"dag": "fri"}, 0),
        ({"ledig": "6"}, 1), ({"bruk": "group"}, 0), ({"bruk": "substitute", "interesse": "climbing"}, 1),
        ({"bruk": "x", "ledig": "y", "side": "-4"}, 1),
    ):  # fmt: skip
        async with world.at("vestfold", SHARED) as uow:
            found = await list_candidates(uow, CandidateFilter.of(asked))
        assert (asked, found.total) == (asked, many)
        assert found.counts["group"] == 0


def test_ages_touch_the_bands_they_reach_into() -> None:
    assert age_bands(None, None) == []
    assert age_bands(12, 15) == ["10-13", "14-17"]
    assert age_bands(85, None) == ["80+"]
    assert age_bands(None, 6) == ["6-9"]


async def test_one_municipalitys_ledger_is_no_others(world: World) -> None:
    contact_id, _ = await shared_candidate(world)
    async with world.at("horten", COORDINATOR) as uow:
        assert await consents_of(uow, contact_id) == []
        assert await uow.call("SELECT 1 FROM sammen.pool_consent") == []
    assert (await card_of(world, contact_id)).consent_until == today() + UNTIL
