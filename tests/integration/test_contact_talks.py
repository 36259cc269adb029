"""What is said at the start of a contact's time: interviews by topic, references by their yes, and both forgotten."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Invalid, NotFound
from sammen.norwegian import format_date
from shared_pool.courses.api import sign_up
from shared_pool.coursework.completing import complete, note_missed
from shared_pool.recruitment.queries import own_candidate
from tenants.api import contact_card
from tenants.contacts.leaving import decline
from tenants.contacts.pipeline import (
    EnquiryFacts,
    InterviewNotes,
    hold_interview,
    interviews_of,
    note_enquiry,
)
from tenants.contacts.references import forget_old_talks, name_reference, note_reference, references_of
from tests.course_samples import begin, planned
from tests.pool_samples import COORDINATOR, shared_candidate
from tests.provider_samples import contact
from tests.worlds import World


async def applicant(world: World) -> tuple[UUID, UUID]:
    """(contact, reference) in Re: interviewed, and somebody asked about them."""
    async with world.at("re", COORDINATOR) as uow:
        contact_id, _ = await note_enquiry(uow, EnquiryFacts("Mia", "Lund", "900 00 077", ""))
        await hold_interview(
            uow,
            contact_id,
            today(),
            "",
            goes_on=False,
            told=InterviewNotes(motivation="Vil bety noe for noen."),
        )
        reference = await name_reference(
            uow, contact_id, name="Geir Moen", phone="900 00 078", relation="trener", consent_on=today()
        )
        await note_reference(uow, contact_id, reference, asked_on=today(), said="Kommer alltid.")
    return contact_id, reference


async def test_an_interview_is_kept_by_topic(world: World) -> None:
    contact_id, _ = await applicant(world)
    async with world.at("re", COORDINATOR) as uow:
        (held,) = await interviews_of(uow, contact_id)
    assert [text for _, text in held.told] == ["Vil bety noe for noen."]
    kari = await world.browser("re", COORDINATOR)
    assert "Vil bety noe for noen." in (await kari.get(f"/k/re/kontakter/{contact_id}")).text


async def test_nobody_is_asked_before_the_applicant_has_said_yes(world: World) -> None:
    contact_id, reference = await applicant(world)
    async with world.at("re", COORDINATOR) as uow:
        with pytest.raises(Invalid) as bad:
            await note_reference(
                uow, contact_id, reference, asked_on=today() - timedelta(days=1), said="Fin fyr."
            )
    assert list(bad.value.errors) == ["ref_spurt"]


async def test_references_are_for_who_is_on_the_way_in(world: World) -> None:
    contact_id = await contact(world, "re")
    with pytest.raises(Conflict):
        async with world.at("re", COORDINATOR) as uow:
            await name_reference(
                uow, contact_id, name="Geir Moen", phone="", relation="trener", consent_on=today()
            )


async def test_nothing_that_was_said_is_left_of_somebody_it_came_to_nothing_with(world: World) -> None:
    contact_id, _ = await applicant(world)
    async with world.at("re", COORDINATOR) as uow:
        await decline(uow, contact_id)
        assert await references_of(uow, contact_id) == []
        assert await interviews_of(uow, contact_id) == []


async def test_references_are_forgotten_a_year_after_the_contact_was_engaged(world: World) -> None:
    contact_id, _ = await applicant(world)
    for days, left in ((300, 1), (370, 0)):
        await world.sql(
            "UPDATE support_contact SET state = 'engaged', since = $1", today() - timedelta(days=days)
        )
        async with world.job(world.re) as uow:
            await forget_old_talks(uow)
            assert len(await references_of(uow, contact_id)) == left
            assert len(await interviews_of(uow, contact_id)) == 1


async def test_the_reference_form_tells_what_is_missing_and_keeps_what_was_typed(world: World) -> None:
    contact_id, reference = await applicant(world)
    kari = await world.browser("re", COORDINATOR)
    url = f"/k/re/kontakter/{contact_id}"
    empty = await kari.submit(f"{url}/referanser", {"ref_telefon": "900 00 099"}, page=url)
    assert empty.status_code == 422
    assert all(
        text in empty.text for text in ("Skriv hvem dere kan spørre", "Skriv hvordan de", "900 00 099")
    )
    good = {"ref_navn": "Tove Lie", "ref_relasjon": "leder", "ref_ja": format_date(today())}
    assert (await kari.submit(f"{url}/referanser", good, page=url)).status_code == 303
    assert "Tove Lie" in (await kari.get(url)).text
    gone = await kari.submit(f"{url}/referanser/{reference}", {"gjor": "bort"}, page=url)
    assert gone.status_code == 303
    assert "Geir Moen" not in (await kari.get(url)).text
    horten = await world.browser("horten", COORDINATOR)
    foreign = await horten.submit(f"/k/horten/kontakter/{contact_id}/referanser", good)
    assert foreign.status_code == 404


async def test_a_completed_course_counts_at_home_and_in_the_pool(world: World) -> None:
    contact_id, _ = await shared_candidate(world)
    course = await planned(world)
    async with world.at("re", COORDINATOR) as uow:
        signup = await sign_up(uow, course, contact_id)
        with pytest.raises(Conflict):
            await complete(uow, signup)
    await begin(world, course, over=True)
    kari = await world.browser("re", COORDINATOR)
    assert "Avgjør hvem som fullførte" in (await kari.get("/k/re")).text
    page = f"/k/re/kurs/{course}/deltakere/{signup}"
    assert (await kari.submit(f"{page}/fullfort", page=page)).status_code == 303
    async with world.at("re", COORDINATOR) as uow:
        card = await own_candidate(uow, (await contact_card(uow, contact_id)).candidate_id)
        await complete(uow, signup)
        with pytest.raises(Conflict):
            await note_missed(uow, signup)
    assert card is not None
    assert card.courses == ["guidance", "intro_course"]
    with pytest.raises(NotFound):
        async with world.at("horten", COORDINATOR) as uow:
            await complete(uow, signup)
