"""A campaign from an opened page to an enquiry in a municipality, and back: what is counted, kept, hidden and deleted."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.worker import import_jobs
from sammen.clock import today
from sammen.db.unit_of_work import plain_transaction
from sammen.errors import Conflict, Invalid
from sammen.jobs.registry import VISITORS
from sammen.outbox.api import TryLater, Undeliverable
from sammen.policy.roles import Role
from shared_pool.campaigns.arrivals import take_in
from shared_pool.campaigns.codes import MAIL, TAKE_IN
from shared_pool.campaigns.door import Visitor
from shared_pool.campaigns.numbers import counts_of, own_counts
from shared_pool.campaigns.service import (
    CampaignFacts,
    change_campaign,
    close_campaign,
    make_campaign,
    open_campaign,
    remove_source,
)
from shared_pool.recruitment.api import share_contact
from tenants.contacts.pipeline import hold_interview
from tests.campaign_samples import (
    COORDINATOR,
    FORM,
    PAGE,
    TEXTS,
    confirmed,
    faults,
    link_in,
    mailed,
    opened,
    sent,
)
from tests.database import KEYS
from tests.message_samples import Carrier, carried, run_waiting
from tests.worlds import Browser, World


@pytest.fixture(autouse=True)
def _jobs() -> None:
    import_jobs()


async def stored(world: World) -> bytes:
    """All that the doors' tables hold, and every municipality's people and outboxes."""
    rows = await world.sql(
        "SELECT t::text AS text FROM candidate_application t UNION ALL SELECT t::text FROM campaign_knock t"
        " UNION ALL SELECT t::text FROM person t UNION ALL SELECT t::text FROM outgoing t"
        " UNION ALL SELECT t::text FROM job_queue t"
    )
    return "".join(row["text"] for row in rows).encode()


async def contacts(world: World) -> list[Any]:
    return await world.sql(
        "SELECT c.*, p.given_name, p.email, p.postcode FROM support_contact c"
        " JOIN person p ON p.tenant_id = c.tenant_id AND p.id = c.person_id"
        " WHERE c.came_from IS NOT NULL ORDER BY c.id"
    )


# A form is nobody's until its link is pressed -------------------------------------------------------------------------
async def test_nothing_reaches_a_municipality_before_the_link_is_pressed(world: World) -> None:
    await opened(world)
    answer = await sent(world)
    assert answer.status_code == 303, faults(answer)
    kept = await stored(world)
    for secret in ("Ida", "Solberg", "ida@example.no", "912 34 567", "Jeg liker folk"):
        assert secret.encode() not in kept
        assert secret.encode().hex().encode() not in kept
    carrier = await mailed(world)
    assert [notice.address for notice in carrier.notices] == ["ida@example.no"]
    assert "Ida" not in carrier.notices[0].body + carrier.notices[0].subject
    assert "Horten" not in carrier.notices[0].body
    link = link_in(carrier, "/bli-med/bekreft/")
    # A program that opens links in mail confirms nothing.
    for _ in range(3):
        assert (await Browser(world.app).get(link)).status_code == 200
    await world.run_jobs()
    assert await contacts(world) == []
    assert await world.sql("SELECT 1 FROM outgoing") == []


async def test_a_confirmed_form_is_an_enquiry_that_says_where_it_came_from(world: World) -> None:
    campaign = await opened(world)
    await confirmed(world, code=campaign.code)
    (row,) = await contacts(world)
    assert (row["tenant_id"], row["state"], row["came_from"]) == (world.horten, "enquiry", campaign.poster)
    assert (row["given_name"], row["email"], row["postcode"]) == ("Ida", "ida@example.no", "3187")
    assert row["interests"] == ["climbing", "cinema"]
    assert row["will_not"] == ["fishing"]
    assert row["slots"] == ["sat-am", "tue-eve"]
    (form,) = await world.sql("SELECT sealed, contact_id, lookup FROM candidate_application")
    assert (form["sealed"], form["contact_id"], form["lookup"]) == (None, row["id"], None)
    (step,) = await world.sql("SELECT note FROM contact_step WHERE note <> ''")
    assert "Jeg liker folk." in step["note"]
    consents = await world.sql("SELECT use, municipalities, until, how FROM pool_consent")
    assert [(one["use"], one["how"]) for one in consents] == [("pool", "form")]
    assert set(consents[0]["municipalities"]) == {world.horten, world.re}


async def test_the_link_holds_once_and_seven_days(world: World) -> None:
    await opened(world)
    await sent(world)
    link = link_in(await mailed(world), "/bli-med/bekreft/")
    await world.sql("UPDATE candidate_application SET expires_at = now() - interval '1 second'")
    assert (await Browser(world.app).post(link)).status_code == 404
    await world.sql("UPDATE candidate_application SET expires_at = now() + interval '1 day'")
    assert (await Browser(world.app).post(link)).status_code == 303
    assert (await Browser(world.app).post(link)).status_code == 404
    assert len(await world.sql("SELECT 1 FROM candidate_application")) == 1


async def test_a_form_that_nobody_confirms_is_deleted_by_the_sweep(world: World) -> None:
    await opened(world)
    await sent(world)
    await world.sql("SELECT sweep()")
    assert len(await world.sql("SELECT 1 FROM candidate_application")) == 1
    await world.sql("UPDATE candidate_application SET expires_at = now() - interval '1 second'")
    await world.sql("UPDATE campaign_knock SET at = now() - interval '25 hours'")
    await world.sql("SELECT sweep()")
    assert await world.sql("SELECT 1 FROM candidate_application") == []
    assert await world.sql("SELECT 1 FROM campaign_knock") == []


async def test_the_same_page_sent_many_times_at_once_is_one_form_and_one_mail(world: World) -> None:
    await opened(world)
    answers = await asyncio.gather(*(sent(world) for _ in range(20)))
    assert {answer.headers.get("location") for answer in answers} == {answers[0].headers["location"]}
    assert len(await world.sql("SELECT 1 FROM candidate_application")) == 1
    assert len((await mailed(world)).notices) == 1
    (row,) = await world.sql("SELECT times FROM campaign_tally WHERE what = 'sent'")
    assert row["times"] == 1


async def test_an_address_is_not_flooded_and_a_network_sends_ten_an_hour(world: World) -> None:
    await opened(world)
    answers = [await sent(world, _key=f"page {n}", epost=f"n{n}@example.no") for n in range(12)]
    assert [answer.status_code for answer in answers] == [303] * 10 + [422] * 2
    await world.sql("DELETE FROM campaign_knock")
    answers = [await sent(world, _key=f"again {n}") for n in range(5)]
    assert [answer.status_code for answer in answers] == [303] * 3 + [422] * 2


async def test_a_mistyped_address_is_mended_and_the_first_link_opens_nothing(world: World) -> None:
    await opened(world)
    answer = await sent(world, epost="ida@exmaple.no")
    wrong = link_in(await mailed(world), "/bli-med/bekreft/")
    waiting = answer.headers["location"]
    shown = await Browser(world.app).get(waiting)
    assert "id…@exmaple.no" in shown.text
    again = await Browser(world.app).post(waiting, data={"epost": "ida@example.no"})
    assert again.status_code == 303
    carrier = await mailed(world)
    assert carrier.notices[-1].address == "ida@example.no"
    assert (await Browser(world.app).post(wrong)).status_code == 404
    assert (await Browser(world.app).post(link_in(carrier, "/bli-med/bekreft/"))).status_code == 303
    await world.run_jobs()
    (row,) = await contacts(world)
    assert row["email"] == "ida@example.no"
    for _ in range(4):
        await Browser(world.app).post(waiting, data={"epost": "other@example.no"})
    assert (await mailed(world)).notices == []


async def test_a_server_that_is_away_gets_the_mail_later_and_a_refused_address_is_told_of(
    world: World,
) -> None:
    await opened(world)
    answer = await sent(world)
    with carried(carrier=Carrier([TryLater("421")])):
        await run_waiting(world, MAIL)
    (row,) = await world.sql("SELECT mail_state, mail IS NOT NULL AS held FROM candidate_application")
    assert (row["mail_state"], row["held"]) == ("queued", True)
    await world.sql("UPDATE candidate_application SET mail_at = now() - interval '3 minutes'")
    with carried(carrier=Carrier([Undeliverable("550")])):
        async with plain_transaction(world.engine) as raw:
            await VISITORS["campaigns.mail"].visit(raw, KEYS)
        assert await run_waiting(world, MAIL) == 1
    (row,) = await world.sql("SELECT mail_state, mail FROM candidate_application")
    assert (row["mail_state"], row["mail"]) == ("failed", None)
    assert "Vi får ikke levert e-posten" in (await Browser(world.app).get(answer.headers["location"])).text


async def test_who_is_a_contact_already_is_not_made_twice_and_nothing_of_them_is_changed(
    world: World,
) -> None:
    campaign = await opened(world)
    await confirmed(world, code=campaign.code)
    await world.sql("DELETE FROM campaign_knock")
    await confirmed(world, _key="another", interesser=["dance"], hvorfor="Jeg vil fortsatt.")
    (row,) = await contacts(world)
    assert row["interests"] == ["climbing", "cinema"]
    (word,) = await world.sql("SELECT words, by_contact FROM contact_word")
    assert word["by_contact"]
    assert "Jeg vil fortsatt." in word["words"]


async def test_the_municipality_is_the_postcodes_unless_another_is_chosen(world: World) -> None:
    await opened(world)
    await confirmed(world, postnummer="3187", kommune=str(world.re), kommuner=[str(world.re)])
    (row,) = await contacts(world)
    assert row["tenant_id"] == world.re
    refused = await sent(world, _key="oslo", postnummer="0150", epost="per@example.no")
    assert refused.status_code == 422
    assert any("Velg den kommunen" in fault for fault in faults(refused))


async def test_the_job_that_takes_a_form_in_run_again_does_nothing(world: World) -> None:
    await opened(world)
    await confirmed(world)
    (form,) = await world.sql("SELECT id FROM candidate_application")
    async with world.job(world.horten) as uow:
        assert await take_in(uow, form["id"]) is None
    async with world.job(world.re) as uow:
        assert await take_in(uow, form["id"]) is None
    assert len(await contacts(world)) == 1


# The applicant's own link ------------------------------------------------------------------------------------------------
async def test_taking_everything_back_hides_before_any_job_has_run(world: World) -> None:
    await opened(world)
    own = await confirmed(world)
    (row,) = await contacts(world)
    await world.sql("UPDATE support_contact SET state = 'interview' WHERE id = $1", row["id"])
    candidate = await share(world, row["id"])
    pressed = await Browser(world.app).post(own.partition("?")[0] + "/trekk")
    assert pressed.status_code == 303
    (hidden,) = await world.sql("SELECT withdrawn_at FROM candidate WHERE id = $1", candidate)
    assert hidden["withdrawn_at"] is not None
    assert await world.sql("SELECT 1 FROM pool_consent WHERE ended_at IS NULL") == []
    assert (await Browser(world.app).get(own)).status_code == 404
    after = await Browser(world.app).get(pressed.headers["location"])
    assert "Du har trukket alt tilbake" in after.text
    carrier = await mailed(world)
    assert "trukket tilbake" in carrier.notices[-1].body
    await world.run_jobs()
    (row,) = await contacts(world)
    assert row["state"] == "ended"


async def share(world: World, contact_id: UUID) -> UUID:
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        return await share_contact(uow, contact_id, today() + timedelta(days=90), "north")


async def test_a_municipality_that_is_unticked_sees_the_candidate_no_more(world: World) -> None:
    await opened(world)
    own = await confirmed(world)
    (row,) = await contacts(world)
    await world.sql("UPDATE support_contact SET state = 'interview' WHERE id = $1", row["id"])
    candidate = await share(world, row["id"])
    answer = await Browser(world.app).post(
        own, data={"ja_bank": "ja", "kommuner": [str(world.horten)], "varighet": "3"}
    )
    assert answer.status_code == 303
    (now,) = await world.sql("SELECT visible_to, withdrawn_at FROM candidate WHERE id = $1", candidate)
    assert world.re not in now["visible_to"]
    assert now["withdrawn_at"] is None
    assert (await Browser(world.app).get(own)).status_code == 404
    assert (await Browser(world.app).get(answer.headers["location"])).status_code == 200
    await world.run_jobs()
    (consent,) = await world.sql(
        "SELECT municipalities FROM pool_consent WHERE use = 'pool' AND ended_at IS NULL"
    )
    assert consent["municipalities"] == [world.horten]


async def test_the_own_page_says_a_first_name_and_no_more(world: World) -> None:
    await opened(world)
    own = await confirmed(world)
    text = (await Browser(world.app).get(own)).text
    assert "Hei, Ida" in text
    for said in ("Solberg", "ida@example.no", "912 34", "1999", "3187", "Jeg liker folk"):
        assert said not in text


async def test_a_link_nobody_was_given_is_answered_like_one_that_is_used(world: World) -> None:
    await opened(world)
    own = await confirmed(world)
    await Browser(world.app).post(own.partition("?")[0] + "/trekk")
    used = await Browser(world.app).get(own.partition("?")[0])
    never = await Browser(world.app).get("/bli-med/min/" + "A" * 32)
    assert used.status_code == never.status_code == 404
    assert used.text.replace(own.partition("?")[0], "X") == never.text.replace(
        "/bli-med/min/" + "A" * 32, "X"
    )
    for n in range(70):
        last = await Browser(world.app).get(f"/bli-med/min/{n}")
    assert last.status_code == 429


async def test_a_lost_link_is_sent_anew_and_the_answer_does_not_tell_whether(world: World) -> None:
    await opened(world)
    own = await confirmed(world)
    await mailed(world)
    known = await Browser(world.app).post("/bli-med/vestfold/mistet", data={"epost": "IDA@example.no"})
    unknown = await Browser(world.app).post("/bli-med/vestfold/mistet", data={"epost": "per@example.no"})
    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    carrier = await mailed(world)
    assert [notice.address for notice in carrier.notices] == ["ida@example.no"]
    assert (await Browser(world.app).get(own)).status_code == 404
    assert (await Browser(world.app).get(link_in(carrier, "/bli-med/min/"))).status_code == 200


# Numbers -----------------------------------------------------------------------------------------------------------------
async def test_views_are_counted_by_source_with_a_cap_and_no_address(world: World) -> None:
    campaign = await opened(world)
    visitor = Browser(world.app)
    for _ in range(3):
        await visitor.get(f"{PAGE}?k={campaign.code}")
    await visitor.get(PAGE)
    await visitor.get(f"{PAGE}?k=wrong")
    assert "set-cookie" not in (await visitor.get(PAGE)).headers
    rows = await world.sql(
        "SELECT s.kind, t.times FROM campaign_tally t JOIN campaign_source s ON s.id = t.source_id ORDER BY s.kind"
    )
    assert [(row["kind"], row["times"]) for row in rows] == [("direct", 3), ("poster", 3)]
    assert b"127.0.0.1" not in await stored(world)
    (open_one,) = await Visitor(world.engine, KEYS, "192.0.2.7").campaigns("vestfold")
    await asyncio.gather(
        *(Visitor(world.engine, KEYS, "192.0.2.7").count_view(open_one, "") for _ in range(70))
    )
    (row,) = await world.sql("SELECT sum(times) AS times FROM campaign_tally")
    assert row["times"] == 6 + 60


async def test_each_stage_is_counted_in_its_municipality_and_summed_for_the_region(world: World) -> None:
    campaign = await opened(world)
    await confirmed(world, code=campaign.code)
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        own = await own_counts(uow)
    assert (own[campaign.poster].confirmed, own[campaign.poster].interviewed) == (1, 0)
    async with world.at("re", Role.PROVIDER_COORDINATOR) as uow:
        assert await own_counts(uow) == {}
        assert await uow.call("SELECT 1 FROM sammen.campaign_result") == []
    (row,) = await contacts(world)
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        await hold_interview(uow, row["id"], today(), "En god samtale.", goes_on=True)
    await world.run_jobs()
    async with world.at("vestfold", COORDINATOR) as uow:
        found = await counts_of(uow, campaign.id)
    assert (found.whole.sent, found.whole.confirmed, found.whole.interviewed) == (1, 1, 1)
    assert found.by_place[world.horten].interviewed == 1


# What the shared coordinator does ----------------------------------------------------------------------------------------
async def test_a_draft_is_seen_by_nobody_and_a_closed_campaign_says_so(world: World) -> None:
    async with world.at("vestfold", COORDINATOR) as uow:
        campaign_id = await make_campaign(
            uow, CampaignFacts(today(), today() + timedelta(days=9), (world.horten,), TEXTS)
        )
    visitor = Browser(world.app)
    assert (await visitor.get(PAGE)).status_code == 404
    async with world.at("vestfold", COORDINATOR) as uow:
        await open_campaign(uow, campaign_id)
    assert "Fyll ut skjemaet" in (await visitor.get(PAGE)).text
    async with world.at("vestfold", COORDINATOR) as uow:
        await close_campaign(uow, campaign_id)
    closed = await visitor.get(PAGE)
    assert closed.status_code == 200
    assert "Kampanjen er ikke åpen nå" in closed.text
    assert (await visitor.get(FORM)).status_code == 303
    answer = await sent(world, kommune=str(world.horten), kommuner=[str(world.horten)])
    assert answer.status_code == 422
    assert await world.sql("SELECT 1 FROM candidate_application") == []


async def test_two_who_mend_a_campaign_do_not_overwrite_each_other(world: World) -> None:
    campaign = await opened(world)
    facts = CampaignFacts(today(), today() + timedelta(days=5), (world.horten,), TEXTS)
    async with world.at("vestfold", COORDINATOR) as uow:
        await change_campaign(uow, campaign.id, facts, version=2)
    with pytest.raises(Conflict):
        async with world.at("vestfold", COORDINATOR) as uow:
            await change_campaign(uow, campaign.id, facts, version=2)


async def test_a_source_that_is_counted_stays(world: World) -> None:
    campaign = await opened(world)
    await Browser(world.app).get(f"{PAGE}?k={campaign.code}")
    with pytest.raises(Conflict):
        async with world.at("vestfold", COORDINATOR) as uow:
            await remove_source(uow, campaign.poster)


async def test_a_campaign_is_for_the_regions_own_municipalities(world: World) -> None:
    with pytest.raises(Invalid):
        async with world.at("vestfold", COORDINATOR) as uow:
            await make_campaign(uow, CampaignFacts(today(), today(), (uuid4(),), TEXTS))


# What the doors do not open ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("call", [
    "SELECT * FROM sammen.candidate_mail(gen_random_uuid())", "SELECT sammen.candidate_mailed(gen_random_uuid(), 'sent')",
    "SELECT * FROM sammen.candidate_take(gen_random_uuid())",
    "SELECT sammen.candidate_taken(gen_random_uuid(), gen_random_uuid())",
])  # fmt: skip
async def test_a_person_is_no_job(world: World, call: str) -> None:
    for slug, role in (("horten", Role.PROVIDER_COORDINATOR), ("vestfold", COORDINATOR)):
        async with world.at(slug, role) as uow:
            with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
                await uow.call(call)
            await uow.rollback()


async def test_a_job_of_another_municipality_takes_nothing_in(world: World) -> None:
    await opened(world)
    await sent(world)
    await Browser(world.app).post(link_in(await mailed(world), "/bli-med/bekreft/"))
    (form,) = await world.sql("SELECT id FROM candidate_application")
    async with world.job(world.re) as uow:
        assert await uow.call("SELECT * FROM sammen.candidate_take($1)", form["id"]) == []
    async with world.job(world.horten) as uow:
        assert len(await uow.call("SELECT * FROM sammen.candidate_take($1)", form["id"])) == 1
    assert await run_waiting(world, TAKE_IN) == 1
