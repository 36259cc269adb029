"""Contacts: registered, vetted and engaged in one municipality, and unknown in every other."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.contacts.api import (
    AgreementDetails,
    ContactFacts,
    contact_card,
    contact_of_candidate,
    engage,
    engagements_of,
    link_candidate,
    own_contact,
    pause_contact,
    record_vetting,
    register_contact,
    set_lent_hours,
)
from tenants.contacts.listing import ContactFilter, list_contacts
from tenants.contacts.queries import unvetted_contacts
from tenants.contacts.service import change_contact
from tenants.people.api import PersonFacts, register_person
from tests.provider_samples import contact
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR


async def test_a_contact_is_engaged_when_vetted_and_with_an_agreement_in_either_order(world: World) -> None:
    async with world.at("horten", COORDINATOR) as uow:
        person = await register_person(uow, PersonFacts("Jon", "Eide", birth_date=date(1990, 3, 1)))
        jon = await register_contact(uow, person, ContactFacts(interests=["music"], wants_hours=Decimal(5)))
        assert (await contact_card(uow, jon)).state == "vetting"
        await record_vetting(uow, jon, police_shown_on=today())
        await engage(uow, jon, "employee", Decimal(5), today())
        card = await contact_card(uow, jon)
        assert (card.state, card.vetted) == ("vetting", False)
        await record_vetting(uow, jon, confidentiality_signed_on=today() - timedelta(days=3))
        card = await contact_card(uow, jon)
        assert (card.state, card.vetted, card.police_shown_on) == ("engaged", True, today())


async def test_vetting_keeps_the_days_and_who_saw_them_and_nothing_else(world: World) -> None:
    jon = await contact(world, "horten")
    row = (await world.sql("SELECT * FROM vetting WHERE contact_id = $1", jon))[0]
    kept = set(dict(row)) - {"tenant_id", "id", "contact_id", "created_at", "changed_at", "version"}
    assert kept == {
        f"{what}_{kept_as}"
        for what, days in (
            ("police", ("asked_on", "shown_on")),
            ("confidentiality", ("given_on", "signed_on")),
        )
        for kept_as in (*days, "seen_by", "seen_name")
    }
    assert row["police_seen_name"] == "Silje Aune i horten"
    assert row["police_seen_by"] == world.user("horten", COORDINATOR)


@pytest.mark.parametrize(("police", "confidentiality"), [(1, 0), (0, 1)])
async def test_vetting_cannot_be_recorded_ahead(world: World, police: int, confidentiality: int) -> None:
    jon = await contact(world, "horten", vetted=False)
    with pytest.raises(Invalid):
        async with world.at("horten", COORDINATOR) as uow:
            await record_vetting(
                uow,
                jon,
                police_shown_on=today() + timedelta(days=police),
                confidentiality_signed_on=today() + timedelta(days=confidentiality),
            )


async def test_nobody_records_their_own_vetting(world: World) -> None:
    jon = await contact(world, "horten", vetted=False, user=world.user("horten", COORDINATOR))
    with pytest.raises(Forbidden):
        async with world.at("horten", COORDINATOR) as uow:
            await record_vetting(uow, jon, police_shown_on=today())


async def test_a_person_becomes_a_contact_once(world: World) -> None:
    jon = await contact(world, "horten")
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await register_contact(uow, (await contact_card(uow, jon)).person_id, ContactFacts())


async def test_the_other_municipality_sees_no_contact_of_ours(world: World) -> None:
    jon = await contact(world, "horten")
    async with world.at("re", COORDINATOR) as uow:
        assert (await list_contacts(uow, ContactFilter())).total == 0
        assert await unvetted_contacts(uow) == []
        with pytest.raises(NotFound):
            await contact_card(uow, jon)
    with pytest.raises(NotFound):
        async with world.at("re", COORDINATOR) as uow:
            await record_vetting(uow, jon, police_shown_on=today())
    with pytest.raises(NotFound):
        async with world.at("re", COORDINATOR) as uow:
            await pause_contact(uow, jon, paused=True)


async def test_a_new_agreement_ends_the_one_before_it(world: World) -> None:
    jon = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        await engage(
            uow,
            jon,
            "contractor",
            None,
            today(),
            details=AgreementDetails(reasons="Eget firma med flere kunder."),
        )
        newest, earlier = await engagements_of(uow, jon)
    assert (newest.kind, newest.valid_to, earlier.valid_to) == (
        "contractor",
        None,
        today() - timedelta(days=1),
    )


async def test_two_coordinators_who_change_the_same_contact_do_not_overwrite_each_other(world: World) -> None:
    jon = await contact(world, "horten")
    async with world.at("horten", COORDINATOR) as uow:
        seen = (await contact_card(uow, jon)).version
    async with world.at("horten", COORDINATOR) as uow:
        await change_contact(uow, jon, ContactFacts(interests=["dance"]), version=seen)
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await change_contact(uow, jon, ContactFacts(interests=["cars"]), version=seen)
    async with world.at("horten", COORDINATOR) as uow:
        assert (await contact_card(uow, jon)).interests == ["dance"]


async def test_lent_hours_are_noted_on_the_candidates_contact_and_only_at_home(world: World) -> None:
    jon, candidate = await contact(world, "horten"), uuid4()
    async with world.at("horten", COORDINATOR) as uow:
        await link_candidate(uow, jon, candidate)
    async with world.job(world.horten) as uow:
        assert await set_lent_hours(uow, candidate, Decimal(4)) == jon
        assert await contact_of_candidate(uow, candidate) == jon
    with pytest.raises(NotFound):
        async with world.job(world.re) as uow:
            await set_lent_hours(uow, candidate, Decimal(4))
    async with world.at("horten", COORDINATOR) as uow:
        assert (await contact_card(uow, jon)).lent_hours == Decimal(4)


async def test_the_list_is_found_by_name_interest_state_and_missing_vetting(world: World) -> None:
    await contact(world, "horten", "Åse Bjørnstad", interests=["riding"])
    await contact(world, "horten", "Jon Eide", vetted=False)
    async with world.at("horten", COORDINATOR) as uow:

        async def names(**query: str) -> list[str]:
            return [row.name for row in (await list_contacts(uow, ContactFilter.of(query))).rows]

        assert await names() == ["Åse Bjørnstad", "Jon Eide"]
        assert await names(q="aase bjorn") == ["Åse Bjørnstad"]
        assert await names(q="';--") == []
        assert await names(interesse="riding") == ["Åse Bjørnstad"]
        assert await names(mangler="ja") == ["Jon Eide"]
        assert await names(status="engaged") == ["Åse Bjørnstad"]
        assert await names(status="ended") == []
        assert await names(status="finnes-ikke", side="-3") == ["Åse Bjørnstad", "Jon Eide"]
        assert [c.name for c in await unvetted_contacts(uow)] == ["Jon Eide"]
    logged = await world.sql(
        "SELECT cardinality(persons) AS n FROM audit_entry WHERE action = 'contact.list'"
    )
    assert [row["n"] for row in logged if row["n"]] == [2, 1, 1, 1, 1, 2]


async def test_a_signed_in_contact_finds_herself_only_where_she_is_one(world: World) -> None:
    user = world.user("horten", Role.CONTACT)
    jon = await contact(world, "horten", user=user)
    async with world.at("horten", Role.CONTACT) as uow:
        assert await own_contact(uow) == jon
    async with world.at("re", Role.CONTACT) as uow:
        assert await own_contact(uow) is None
