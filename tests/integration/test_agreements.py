"""Agreements in a database: one at a time, the age, who signs, the file that stays, what is due, and the wall."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.agreements.contributions import TODAY
from tenants.agreements.queries import count_agreements, file_bytes, files_of, list_agreements, work_of
from tenants.agreements.service import (
    AgreementFacts,
    agreement_of_contact,
    assess_running,
    make_agreement,
    send_to_signing,
    sign_many,
    starting_rate,
)
from tenants.contacts.api import (
    AgreementDetails,
    ContactFacts,
    ParentConsent,
    agreement_of,
    end_agreements,
    end_engagement,
    engage,
    engagement_card,
    engagements_of,
    register_contact,
    revise_engagement,
    sign_engagement,
)
from tenants.people.api import PersonFacts, register_person
from tenants.provision.api import ProvisionRules
from tenants.provision.ruling import set_rules
from tenants.rates.api import add_simple_table
from tenants.timesheets.api import LineFacts, register_line
from tests.provider_samples import assigned, contact
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
SOON = today() + timedelta(days=3)
SIGNS = ("personal", "directed")
PLAIN = AgreementDetails()
WHY = AgreementDetails(reasons="Eget firma med flere kunder.", signs=SIGNS)


async def newcomer(world: World, born: date | None, *, slug: str = "horten", name: str = "Jon") -> UUID:
    """A contact without an agreement."""
    async with world.at(slug, COORDINATOR) as uow:
        person = await register_person(uow, PersonFacts(name, "Eide", birth_date=born, phone="900 00 005"))
        return await register_contact(uow, person, ContactFacts())


async def engaged(world: World, contact_id: UUID, first: date, *, kind: str = "employee", last: date | None = None,
                  details: AgreementDetails = PLAIN, consent: ParentConsent | None = None) -> UUID:  # fmt: skip
    async with world.at("horten", COORDINATOR) as uow:
        return await engage(
            uow, contact_id, kind, Decimal(4), first, valid_to=last, details=details, consent=consent
        )


def age_rule(age: int) -> ProvisionRules:
    return ProvisionRules(minimum_age=age)


def years_ago(years: int) -> date:
    """A birthday some years and a month ago: that old today and in a few days."""
    day = today() - timedelta(days=31)
    return date(day.year - years, day.month, min(day.day, 28))


# Age and consent (B11) ------------------------------------------------------------------------------------------------
async def test_nobody_below_the_municipalitys_age_on_the_first_day_is_engaged(world: World) -> None:
    young = await newcomer(world, years_ago(16))
    with pytest.raises(Invalid) as refused:
        await engaged(world, young, SOON)
    assert "fra" in refused.value.errors


async def test_where_the_municipality_allows_it_a_parent_must_have_said_yes(world: World) -> None:
    young = await newcomer(world, years_ago(16))
    async with world.at("horten", Role.MANAGER) as uow:
        await set_rules(uow, today(), age_rule(15))
    with pytest.raises(Invalid) as refused:
        await engaged(world, young, SOON)
    assert "samtykke" in refused.value.errors
    made = await engaged(world, young, SOON, consent=ParentConsent(today(), "Anne Eide"))
    async with world.at("horten", COORDINATOR) as uow:
        assert (await engagement_card(uow, made)).parent_consent_by == "Anne Eide"


async def test_an_age_nobody_knows_stops_nothing(world: World) -> None:
    await engaged(world, await newcomer(world, None), SOON)


async def test_the_rule_that_holds_on_the_first_day_counts_not_the_one_that_holds_today(world: World) -> None:
    young = await newcomer(world, years_ago(19))
    async with world.at("horten", Role.MANAGER) as uow:
        await set_rules(uow, today() + timedelta(days=10), age_rule(21))
    await engaged(world, young, today(), last=SOON, details=AgreementDetails(fixed_term="substitute"))
    with pytest.raises(Invalid):
        await engaged(world, young, today() + timedelta(days=20))


# One at a time --------------------------------------------------------------------------------------------------------
async def test_a_contractor_needs_reasons_and_a_last_day_needs_a_ground(world: World) -> None:
    jon = await newcomer(world, date(1990, 1, 1))
    with pytest.raises(Invalid) as refused:
        await engaged(world, jon, today(), kind="contractor")
    assert "begrunnelse" in refused.value.errors
    with pytest.raises(Invalid) as refused:
        await engaged(world, jon, today(), last=SOON)
    assert "midlertidig" in refused.value.errors
    with pytest.raises(Invalid) as refused:
        await engaged(world, jon, today(), last=today() + timedelta(days=100),
                      details=AgreementDetails(fixed_term="temporary", probation_months=3))  # fmt: skip
    assert "provetid" in refused.value.errors


async def test_no_agreement_reaches_into_a_later_one(world: World) -> None:
    jon = await newcomer(world, date(1990, 1, 1))
    await engaged(world, jon, today() + timedelta(days=30))
    with pytest.raises(Invalid):
        await engaged(world, jon, today())
    between = AgreementDetails(fixed_term="temporary")
    await engaged(world, jon, today(), last=today() + timedelta(days=29), details=between)
    async with world.at("horten", COORDINATOR) as uow:
        later, now = await engagements_of(uow, jon)
    assert (now.valid_to, later.valid_to) == (today() + timedelta(days=29), None)


async def test_the_database_itself_holds_one_open_agreement_a_contact(world: World) -> None:
    jon = await newcomer(world, date(1990, 1, 1))
    await engaged(world, jon, today())
    with pytest.raises(Exception, match="uq_engagement_open"):
        await world.sql(
            "INSERT INTO sammen.engagement (tenant_id, id, contact_id, valid_from)"
            " SELECT tenant_id, gen_random_uuid(), contact_id, valid_from + 5 FROM sammen.engagement WHERE contact_id = $1",
            jon,
        )  # fmt: skip


async def test_what_is_signed_is_followed_by_a_new_agreement_not_changed(world: World) -> None:
    jon = await newcomer(world, date(1990, 1, 1))
    made = await engaged(world, jon, today())
    async with world.at("horten", COORDINATOR) as uow:
        await revise_engagement(uow, made, "employee", Decimal(6), today(), valid_to=None, details=AgreementDetails(),
                                consent=None, version=1)  # fmt: skip
        assert (await engagement_card(uow, made)).hours_per_week == Decimal(6)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await revise_engagement(uow, made, "employee", Decimal(7), today(), valid_to=None, details=AgreementDetails(),
                                    consent=None, version=1)  # fmt: skip
    async with world.at("horten", COORDINATOR) as uow:
        await sign_engagement(uow, made, by_contact_on=today())
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await revise_engagement(uow, made, "employee", Decimal(7), today(), valid_to=None, details=AgreementDetails(),
                                    consent=None, version=2)  # fmt: skip


async def test_an_agreement_ends_on_its_last_day_and_one_that_never_began_leaves_room(world: World) -> None:
    jon = await newcomer(world, date(1990, 1, 1))
    running = await engaged(world, jon, today() - timedelta(days=20))
    coming = await engaged(world, jon, today() + timedelta(days=20))
    async with world.at("horten", COORDINATOR) as uow:
        version = (await engagement_card(uow, coming)).version
        await end_engagement(uow, coming, last_day=today(), reason="agreed", version=version)
        await end_agreements(uow, jon, last_day=SOON)
        first, last = await engagement_card(uow, running), await engagement_card(uow, coming)
        assert (first.valid_to, last.valid_to) == (SOON, last.valid_from - timedelta(days=1))
        assert await agreement_of(uow, jon, last.valid_from) is None
    await engaged(world, jon, today() + timedelta(days=15))


async def test_nobody_makes_or_signs_an_agreement_with_themselves(world: World) -> None:
    own = await contact(world, "horten", user=world.user("horten", COORDINATOR))
    async with world.at("horten", COORDINATOR) as uow:
        made = (await engagements_of(uow, own))[0]
    with pytest.raises(Forbidden):
        async with world.at("horten", COORDINATOR) as uow:
            await sign_engagement(uow, made.id, by_municipality_on=today())
    with pytest.raises(Forbidden):
        await engaged(world, own, SOON)


# The file -------------------------------------------------------------------------------------------------------------
async def test_the_file_stays_byte_for_byte_and_a_changed_agreement_has_a_newer_one(world: World) -> None:
    jon = await newcomer(world, date(1990, 1, 1))
    made = await engaged(world, jon, today())
    async with world.at("horten", COORDINATOR) as uow:
        first = await send_to_signing(uow, await engagement_card(uow, made))
    row = (await world.sql("SELECT pdf, sha256, terms FROM sammen.agreement_file WHERE id = $1", first))[0]
    assert hashlib.sha256(row["pdf"]).digest() == row["sha256"]
    async with world.at("horten", COORDINATOR) as uow:
        await revise_engagement(uow, made, "employee", Decimal(9), today(), valid_to=None, details=AgreementDetails(),
                                consent=None, version=1)  # fmt: skip
        second = await send_to_signing(uow, await engagement_card(uow, made))
    async with world.at("horten", COORDINATOR) as uow:
        newest = (await files_of(uow, jon))[made]
        assert (newest.id, newest.terms) == (second, 2)
        assert await file_bytes(uow, jon, first) == row["pdf"]
        assert await file_bytes(uow, jon, second) != row["pdf"]


async def test_the_file_names_the_wage_of_the_first_day_by_the_municipalitys_table(world: World) -> None:
    jon = await newcomer(world, date(1990, 1, 1))
    made = await engaged(world, jon, today())
    async with world.at("horten", COORDINATOR) as uow:
        assert await starting_rate(uow, await engagement_card(uow, made)) is None
    async with world.at("horten", Role.MANAGER) as uow:
        await add_simple_table(uow, today() - timedelta(days=1), Decimal("213.50"))
    async with world.at("horten", COORDINATOR) as uow:
        card = await engagement_card(uow, made)
        assert await starting_rate(uow, card) == Decimal("213.5")
        await send_to_signing(uow, card)
    content = await world.sql("SELECT content::text AS said FROM sammen.agreement_file")
    assert "213,50" in content[0]["said"]


async def test_what_both_have_signed_is_not_sent_again(world: World) -> None:
    jon = await newcomer(world, date(1990, 1, 1))
    made = await engaged(world, jon, today())
    async with world.at("horten", COORDINATOR) as uow:
        await sign_engagement(uow, made, by_contact_on=today(), by_municipality_on=today())
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await send_to_signing(uow, await engagement_card(uow, made))


# What is due ----------------------------------------------------------------------------------------------------------
async def test_the_lists_say_who_lacks_a_signature_whose_runs_out_and_who_has_none(world: World) -> None:
    late, brief, over = [await newcomer(world, date(1990, 1, day), name=f"Nr{day}") for day in (1, 2, 3)]
    unsigned = await engaged(world, late, today() - timedelta(days=8))
    short = await engaged(world, brief, today() - timedelta(days=1), last=today() + timedelta(days=20),
                          details=AgreementDetails(fixed_term="substitute"))  # fmt: skip
    ended = await engaged(world, over, today() - timedelta(days=90), last=today() - timedelta(days=1),
                          details=AgreementDetails(fixed_term="substitute"))  # fmt: skip
    await world.sql("UPDATE sammen.support_contact SET state = 'engaged' WHERE id = $1", over)
    async with world.at("horten", COORDINATOR) as uow:
        counts = await count_agreements(uow)
        assert (counts.unsigned, counts.late, counts.runs_out, counts.without) == (2, 2, 1, 1)
        rows = await list_agreements(uow, "underskrift")
        assert [(row.id, row.days_left) for row in rows] == [(unsigned, -1), (short, -1)]
        assert [row.id for row in await list_agreements(uow, "utloper")] == [short]
        assert [row.contact_id for row in await list_agreements(uow, "mangler")] == [over]
        items = [item for source in TODAY for item in await source.read(uow, "nb")]
        assert len(items) == 3
        assert await sign_many(uow, [unsigned, short, ended], today()) == 3
    async with world.at("horten", COORDINATOR) as uow:
        assert (await count_agreements(uow)).unsigned == 0
    async with world.at("re", COORDINATOR) as uow:
        assert (await count_agreements(uow)).without == 0


async def test_on_the_seventh_day_an_agreement_is_not_yet_late(world: World) -> None:
    jon = await newcomer(world, date(1990, 1, 1))
    await engaged(world, jon, today() - timedelta(days=7))
    async with world.at("horten", COORDINATOR) as uow:
        counts = await count_agreements(uow)
        assert (counts.unsigned, counts.late) == (1, 0)


async def test_hours_worked_and_service_users_weigh_in_but_only_of_cases_one_may_see(world: World) -> None:
    _, amund, assignment_id = await assigned(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await engage(uow, amund, "contractor", Decimal(2), today() - timedelta(days=80), details=WHY)
    async with world.at("horten", Role.CONTACT) as uow:
        for days in range(1, 10):
            await register_line(
                uow,
                assignment_id,
                LineFacts(today() - timedelta(days=days), None, None, "Klatret", hours=Decimal(6)),
                send=True,
            )
    async with world.at("horten", COORDINATOR) as uow:
        worked, users = (await work_of(uow, [amund]))[amund]
        assert (worked, users) == (Decimal("4.2"), 1)
        running = await agreement_of(uow, amund, today())
        assert running is not None
        found = await assess_running(uow, amund, running, None)
        assert {"personal", "directed", "more"} <= {sign.code for sign in found.toward}
        assert found.level == "strong"
    async with world.at("horten", Role.PAYROLL) as uow:
        assert (await work_of(uow, [amund]))[amund] == (None, 0)


async def test_a_contractor_that_looks_employed_is_kept_only_by_somebody_who_has_read_why(
    world: World,
) -> None:
    jon = await newcomer(world, date(1990, 1, 1))
    facts = AgreementFacts("contractor", Decimal(4), today(), None, WHY, None)
    with pytest.raises(Invalid) as refused:
        async with world.at("horten", COORDINATOR) as uow:
            await make_agreement(uow, jon, facts)
    assert "vurdert" in refused.value.errors
    async with world.at("horten", COORDINATOR) as uow:
        made = await make_agreement(
            uow, jon, AgreementFacts("contractor", Decimal(4), today(), None, WHY, None, weighed=True)
        )
        assert (await engagement_card(uow, made)).signs == list(SIGNS)


# The wall -------------------------------------------------------------------------------------------------------------
async def test_an_agreement_is_nobody_elses_neither_next_door_nor_another_contacts(world: World) -> None:
    jon, kim = [await newcomer(world, date(1990, 1, 1), name=name) for name in ("Jon", "Kim")]
    made = await engaged(world, jon, today())
    async with world.at("horten", COORDINATOR) as uow:
        file = await send_to_signing(uow, await engagement_card(uow, made))
    for slug, who in (("re", jon), ("horten", kim)):
        with pytest.raises(NotFound):
            async with world.at(slug, COORDINATOR) as uow:
                await file_bytes(uow, who, file)
        with pytest.raises(NotFound):
            async with world.at(slug, COORDINATOR) as uow:
                await agreement_of_contact(uow, who, made)
    with pytest.raises(NotFound):
        async with world.at("re", COORDINATOR) as uow:
            await sign_many(uow, [made], today())


async def test_rules_are_set_from_a_day_and_the_past_keeps_its_own(world: World) -> None:
    async with world.at("horten", Role.MANAGER) as uow:
        await set_rules(uow, today(), age_rule(16))
    with pytest.raises(Conflict):
        async with world.at("horten", Role.MANAGER) as uow:
            await set_rules(uow, today(), age_rule(17))
    with pytest.raises(Invalid):
        async with world.at("horten", Role.MANAGER) as uow:
            await set_rules(uow, today() - timedelta(days=1), age_rule(17))
    kept = await world.sql("SELECT action FROM sammen.audit_entry WHERE action = 'provision_rules.set'")
    assert len(kept) == 1
