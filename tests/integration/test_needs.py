"""Posting a need without a name, and its life: who may, what is kept where, and what ends it (C3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from shared_pool.matching.service import propose
from shared_pool.needs.contributions import TODAY
from shared_pool.needs.crowd import Crowd
from shared_pool.needs.queries import needs_for_run, open_needs, own_need
from shared_pool.needs.rules import CONSENTERS, last_day, week_of
from shared_pool.needs.service import (
    crowd_of,
    expire_needs,
    fill_need,
    post_need,
    prolong_need,
    reopen_need,
    withdraw_need,
)
from shared_pool.needs.times import ExactTime
from tenants.api import PersonFacts, order_card, register_person
from tenants.assignments.service import resend_order, return_order
from tenants.cases.circle import shield_by_hand
from tenants.people.api import RepresentativeFacts, add_representative
from tests.clocks import stop_clock
from tests.pool_samples import (
    COORDINATOR,
    SHARED,
    USER,
    crowd,
    need_facts,
    posted_need,
    shared_candidate,
)
from tests.provider_samples import granted_order
from tests.worlds import World

EXACT = ExactTime("tue", time(16, 15), time(17))


async def crowd_in_horten(world: World, order_id: UUID, **changes: Any) -> Crowd:
    async with world.at("horten", COORDINATOR) as uow:
        return await crowd_of(uow, await order_card(uow, order_id), need_facts(**changes).displayed)


async def refused(world: World, order_id: UUID, **changes: Any) -> dict[str, str]:
    """The fields that must be mended, with why."""
    with pytest.raises(Invalid) as bad:
        async with world.at("horten", COORDINATOR) as uow:
            await post_need(uow, order_id, need_facts(**changes))
    assert await world.sql("SELECT 1 FROM need") == []
    return {name: fault.message for name, fault in bad.value.errors.items()}


async def one(world: World, query: str, *values: Any) -> Any:
    return (await world.sql(query, *values))[0]


# What is kept where ---------------------------------------------------------------------------------------------------
async def test_a_need_has_no_pointer_to_its_person_and_a_random_id(world: World) -> None:
    _, need_id = await posted_need(world)
    assert need_id.version == 4
    columns = await world.sql(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'sammen' AND table_name = 'need'"
    )
    names = {row["column_name"] for row in columns}
    assert not names & {"person_id", "case_id", "order_id", "tenant_id", "note", "text"}


async def test_one_order_has_one_need_and_the_yes_and_its_ground_are_kept_with_the_order(
    world: World,
) -> None:
    order_id, need_id = await posted_need(world)
    async with world.at("horten", COORDINATOR) as uow:
        order = await order_card(uow, order_id)
        assert (order.need_id, order.pool_consent_by, order.pool_consent_on) == (need_id, "parent", today())
        assert order.pool_ground == "gdpr_6e_9h"
        with pytest.raises(Conflict):
            await post_need(uow, order_id, need_facts())


async def test_what_is_matched_on_only_is_in_a_table_of_its_own_and_a_partner_has_none_of_it(
    world: World,
) -> None:
    await posted_need(world, skills=["autism"], languages=["so"], exact_times=[EXACT], slots=[])
    async with world.at("vestfold", SHARED) as uow:
        (card,) = await needs_for_run(uow)
    assert (card.slots, card.skills, card.languages) == (["tue-pm"], ["autism"], ["so"])
    assert (card.exact_times, card.min_contact_age) == ([EXACT], 18)
    assert card.weekdays == ["tue"]
    assert all(word not in repr(card) for word in ("autism", "'so'", "time(16", "tue-pm"))
    async with world.at("vestfold", Role.PARTNER) as uow:
        (seen,) = await open_needs(uow)
        assert await uow.call("SELECT 1 FROM sammen.need_requirement") == []
    assert seen == replace(card, slots=[], skills=[], languages=[], exact_times=[], min_contact_age=None)


async def test_days_may_be_told_coarsely_while_they_are_matched_on_exactly(world: World) -> None:
    await posted_need(world, days_shown="kind")
    async with world.at("vestfold", SHARED) as uow:
        (card,) = await needs_for_run(uow)
    assert (card.weekdays, card.slots) == (["workdays"], ["tue-pm"])


async def test_nobody_asks_more_of_another_municipalitys_need(world: World) -> None:
    _, need_id = await posted_need(world)
    with pytest.raises(Exception, match="row-level security"):
        async with world.at("re", COORDINATOR) as uow:
            await uow.call(
                "INSERT INTO sammen.need_requirement (region_id, id, posted_by, need_id)"
                f" VALUES ('{world.region}', gen_random_uuid(), '{world.re}', '{need_id}')"
            )


# Who may be posted, and on whose yes ----------------------------------------------------------------------------------
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


def _born(age: int) -> date:
    return date(today().year - age, 1, 5)


@pytest.mark.parametrize(
    ("age", "may"),
    [
        (10, {"parent", "guardian"}),
        (14, {"parent", "guardian"}),
        (16, {"self", "guardian"}),
        (20, {"self", "guardian", "power_of_attorney"}),
    ],
)
async def test_who_may_say_yes_follows_the_age_rules(world: World, age: int, may: set[str]) -> None:
    order_id = await granted_order(world, "horten", name=USER, born=_born(age))
    band = {10: "10-13", 14: "14-17", 16: "14-17", 20: "18-29"}[age]
    for by in CONSENTERS:
        faults = await refused(world, order_id, age_band=band, consent_by=by)
        assert ("samtykke_av" not in faults) == (by in may), by


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"age_band": "14-17"}, "alder"),
        ({"area": "south"}, "omraade"),
        ({"hours_per_week": Decimal(3)}, "timer"),
        ({"interests": ["climbing", "building", "music", "gaming", "cafe", "dance"]}, "interesser"),
        ({"interests": ["dragons"]}, "interesser"),
        ({"days_shown": "exactly"}, "dager_vises"),
        ({"skills": ["magic"]}, "ferdigheter"),
        ({"exact_times": [EXACT] * 4}, "fast_dag"),
        ({"consent_on": today() + timedelta(days=1)}, "samtykke_dato"),
        ({"consent_on": today() - timedelta(days=366)}, "samtykke_dato"),
        ({"legal_ground": "because"}, "hjemmel"),
        ({"about": "x" * 301}, "om"),
        ({"about": f"{USER.split()[0]} ler mye", "about_read": True}, "om"),
        ({"about": "Ler mye og lenge."}, "om_lest"),
    ],
)
async def test_what_cannot_be_posted_is_named_by_its_field(
    world: World, changes: dict[str, Any], field: str
) -> None:
    await crowd(world)
    order_id = await granted_order(world, "horten", name=USER)
    assert field in await refused(world, order_id, **changes)


async def test_a_representatives_name_and_a_neighbours_whole_name_are_found_in_the_text(world: World) -> None:
    await crowd(world)
    order_id = await granted_order(world, "horten", name=USER)
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        mother = await register_person(uow, PersonFacts("Torgunn", "Ødegårdstuen", birth_date=_born(40)))
        card = await world.sql("SELECT person_id FROM service_order WHERE id = $1", order_id)
        await add_representative(
            uow, card[0]["person_id"], mother, RepresentativeFacts("parent", valid_from=date(2020, 1, 1))
        )
    for text in ("Torgunn blir med", "Ødegårdstuens gård", "Ane Moe liker det samme"):
        assert "om" in await refused(world, order_id, about=text, about_read=True), text


async def test_a_text_that_has_been_read_is_shown_and_never_written_in_the_trail(world: World) -> None:
    text = "Ler mye, og trives best når planen er klar."
    _, need_id = await posted_need(world, about=text, about_read=True)
    async with world.at("horten", COORDINATOR) as uow:
        assert (await own_need(uow, need_id)).about == text
    assert await world.sql("SELECT 1 FROM audit_entry WHERE details::text LIKE '%Ler mye%'") == []


# The crowd ------------------------------------------------------------------------------------------------------------
async def test_protected_and_shielded_people_are_no_crowd_and_neither_is_another_municipality(
    world: World,
) -> None:
    await crowd(world)
    await crowd(world, "re")
    order_id = await granted_order(world, "horten", name=USER)
    assert (await crowd_in_horten(world, order_id)).count == 5
    await world.sql("UPDATE person SET protection = 'kode7' WHERE given_name = 'Ane'")
    await world.sql(
        "UPDATE case_file SET shielded = true"
        " WHERE person_id = (SELECT id FROM person WHERE given_name = 'Bo' AND tenant_id = $1)",
        world.horten,
    )
    found = await crowd_in_horten(world, order_id)
    assert (found.count, found.enough, found.coarser) == (3, False, [])


async def test_a_wider_band_is_proposed_when_it_gathers_enough(world: World) -> None:
    await crowd(world, born=date(today().year - 16, 1, 5))
    order_id = await granted_order(world, "horten", name=USER)
    found = await crowd_in_horten(world, order_id)
    assert (found.count, found.enough) == (1, False)
    assert [(way.kinds, way.displayed.age_band, way.count) for way in found.coarser] == [
        (frozenset({"age_band"}), "6-17", 5)
    ]


async def test_a_need_in_a_wide_band_can_be_matched_like_any_other(world: World) -> None:
    _, need_id = await posted_need(world, age_band="6-17")
    _, candidate_id = await shared_candidate(world)
    async with world.at("vestfold", SHARED) as uow:
        await propose(uow, need_id, candidate_id, "Passer fint.")


async def test_a_need_posted_again_with_one_thing_changed_is_counted_with_what_was_shown_before(
    world: World,
) -> None:
    order_id, need_id = await posted_need(world, interests=["climbing"])
    async with world.at("horten", COORDINATOR) as uow:
        await withdraw_need(uow, need_id)
    # Four others like music, and none of them climbs: each profile has its crowd, the two together have not.
    for name in ("Eva Li", "Frida Aa", "Gina Bø", "Hans Vik"):
        await granted_order(world, "horten", name=name)
    await world.sql(
        "UPDATE mapping SET interests = '{music}' WHERE case_id IN (SELECT c.id FROM case_file c JOIN person p"
        " ON p.id = c.person_id WHERE p.given_name IN ('Eva', 'Frida', 'Gina', 'Hans'))"
    )
    await world.sql(
        "UPDATE mapping SET interests = '{climbing,music}' WHERE case_id ="
        " (SELECT case_id FROM service_order WHERE id = $1)",
        order_id,
    )
    again = await crowd_in_horten(world, order_id, interests=["music"])
    assert (again.count, again.enough) == (1, False)
    assert (await crowd_in_horten(world, order_id, interests=["climbing"])).enough
    await world.sql("UPDATE service_order SET pool_shown = '[]'")
    assert (await crowd_in_horten(world, order_id, interests=["music"])).enough


async def test_what_the_pool_was_shown_more_than_a_year_ago_is_taken_to_be_forgotten(world: World) -> None:
    order_id, need_id = await posted_need(world, gender_wish="any", interests=["climbing"])
    async with world.at("horten", COORDINATOR) as uow:
        await withdraw_need(uow, need_id)
    shown = (await one(world, "SELECT pool_shown FROM service_order WHERE id = $1", order_id))["pool_shown"]
    assert '"climbing"' in str(shown)
    await world.sql("UPDATE mapping SET interests = '{music}'")
    assert (await crowd_in_horten(world, order_id, interests=["music"])).count == 0
    old = (today() - timedelta(days=400)).isoformat()
    await world.sql(
        "UPDATE service_order SET pool_shown = jsonb_set(pool_shown, '{0,week}', to_jsonb($2::text)) WHERE id = $1",
        order_id,
        old,
    )
    assert (await crowd_in_horten(world, order_id, interests=["music"])).count == 5


async def test_two_needs_for_nearly_the_same_profile_each_need_their_own_crowd_and_tell_nothing_together(
    world: World,
) -> None:
    _, first = await posted_need(world)
    async with world.at("horten", COORDINATOR) as uow:
        other = await one(
            world,
            "SELECT o.id FROM service_order o JOIN person p ON p.id = o.person_id WHERE p.given_name = 'Ane'",
        )
        second = await post_need(uow, other["id"], need_facts(interests=["climbing"]))
    rows = [await one(world, "SELECT * FROM need WHERE id = $1", need_id) for need_id in (first, second)]
    assert rows[0]["code"] != rows[1]["code"]
    assert rows[0]["posted_week"] == rows[1]["posted_week"] == week_of(today())


# Its life -------------------------------------------------------------------------------------------------------------
async def _items(world: World) -> list[str]:
    async with world.at("horten", COORDINATOR) as uow:
        return [item.title for source in TODAY for item in await source.read(uow, "nb")]


async def test_a_need_is_reminded_of_a_week_before_it_runs_out_and_prolonged_with_one_click(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, need_id = await posted_need(world)
    assert await _items(world) == []
    end = last_day(today())
    near = end - timedelta(days=3)
    stop_clock(monkeypatch, near.year, near.month, near.day)
    code = (await one(world, "SELECT code FROM need"))["code"]
    assert await _items(world) == [f"Forleng eller trekk behov {code}"]
    async with world.at("horten", COORDINATOR) as uow:
        await prolong_need(uow, need_id)
    assert (await one(world, "SELECT expires_on FROM need"))["expires_on"] == last_day(near) > end
    assert await _items(world) == []


async def test_a_need_is_not_prolonged_on_a_yes_that_no_longer_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id, need_id = await posted_need(world)

    async def refusal() -> str:
        with pytest.raises(Conflict) as no:
            async with world.at("horten", COORDINATOR) as uow:
                await prolong_need(uow, need_id)
        return no.value.message

    await world.sql(
        "UPDATE service_order SET pool_consent_on = $1 WHERE id = $2", today() - timedelta(days=366), order_id
    )
    assert "mer enn et år" in await refusal()
    await world.sql("UPDATE service_order SET pool_consent_on = $1 WHERE id = $2", today(), order_id)
    person = await one(world, "SELECT person_id FROM service_order WHERE id = $1", order_id)
    await world.sql("UPDATE person SET birth_date = $1 WHERE id = $2", _born(17), person["person_id"])
    assert "kan ikke lenger si ja" in await refusal()
    await world.sql("UPDATE person SET birth_date = $1 WHERE id = $2", _born(12), person["person_id"])
    await world.sql("UPDATE mapping SET interests = '{}'")
    assert "Færre" in await refusal()
    stop_clock(monkeypatch, today().year + 1, 6, 1)
    assert "lukket" in await refusal()


async def test_a_need_that_is_taken_back_is_gone_with_all_it_was_matched_on(world: World) -> None:
    order_id, need_id = await posted_need(world, languages=["so"])
    async with world.at("horten", COORDINATOR) as uow:
        await withdraw_need(uow, need_id)
        with pytest.raises(Conflict):
            await withdraw_need(uow, need_id)
        assert (await order_card(uow, order_id)).need_id is None
    assert await world.sql("SELECT 1 FROM need_requirement") == []
    for role in (SHARED, Role.PARTNER):
        async with world.at("vestfold", role) as uow:
            assert await open_needs(uow) == []
            assert await uow.call("SELECT 1 FROM sammen.need") == []


async def test_a_need_runs_out_after_its_last_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await posted_need(world)
    end = last_day(today()) + timedelta(days=1)
    stop_clock(monkeypatch, end.year, end.month, end.day)
    async with world.at("vestfold", SHARED) as uow:
        assert await open_needs(uow) == []
    async with world.at("horten", COORDINATOR) as uow:
        assert await expire_needs(uow) == 1
    row = await one(world, "SELECT state, closed_week FROM need")
    assert (row["state"], row["closed_week"]) == ("expired", week_of(end))
    assert await world.sql("SELECT 1 FROM need_requirement") == []


async def test_a_need_opened_again_after_a_trial_is_the_same_and_has_waited_since_it_was_posted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, need_id = await posted_need(world, skills=["autism"])
    before = await one(world, "SELECT * FROM need")
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Conflict):
            await reopen_need(uow, need_id)
        await fill_need(uow, need_id)
    later = today() + timedelta(days=21)
    stop_clock(monkeypatch, later.year, later.month, later.day)
    async with world.at("horten", COORDINATOR) as uow:
        await reopen_need(uow, need_id)
    async with world.at("vestfold", SHARED) as uow:
        (card,) = await needs_for_run(uow)
    assert (card.id, card.code, card.posted_week) == (need_id, before["code"], before["posted_week"])
    assert (card.waited_weeks, card.skills, card.expires_on) == (3, ["autism"], last_day(later))
    with pytest.raises(NotFound):
        async with world.at("re", COORDINATOR) as uow:
            await reopen_need(uow, need_id)


async def test_shielding_a_case_takes_its_need_out_of_the_pool_at_once(world: World) -> None:
    order_id, _ = await posted_need(world)
    case = await one(world, "SELECT case_id FROM service_order WHERE id = $1", order_id)
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        await shield_by_hand(uow, case["case_id"], reason="Trusler.")
    row = await one(world, "SELECT n.state, o.need_id FROM need n, service_order o WHERE o.id = $1", order_id)
    assert (row["state"], row["need_id"]) == ("withdrawn", None)
    async with world.at("vestfold", SHARED) as uow:
        assert await open_needs(uow) == []


async def test_an_order_that_is_returned_takes_its_need_with_it(world: World) -> None:
    order_id, _ = await posted_need(world)
    async with world.at("horten", COORDINATOR) as uow:
        await return_order(uow, order_id, "Mangler opplysninger om hva som er viktig.")
    assert (await one(world, "SELECT state FROM need"))["state"] == "withdrawn"
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        await resend_order(uow, order_id)
