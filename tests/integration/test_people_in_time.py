"""Letters by age, protected addresses, death and move, on a real database (A14, E5)."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from sammen.clock import today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.cases.api import ApplicationFacts, case_card, register_application
from tenants.decisions.api import DecisionFacts, propose_decision
from tenants.people.api import (
    PersonFacts,
    RepresentativeFacts,
    add_representative,
    all_representatives,
    change_representative,
    correct_person,
    end_representative,
    letter_recipients,
    protect_address,
    register_person,
)
from tenants.record.closing import (
    ConsentFacts,
    cancel_move,
    close_moved,
    record_consent,
    register_death,
    register_move,
    withdraw_consent,
)
from tenants.record.package import transfer_package
from tests.people_samples import CARE, STREET, WELFARE, acting_for, applied, born
from tests.provider_samples import assigned, case_of, individual
from tests.worlds import World

CHILD, ADULT = Role.PURCHASER_CHILD, Role.PURCHASER_ADULT
DAY = timedelta(days=1)


async def recipients(
    world: World, person: UUID, *, on: date | None = None, welfare: bool = False
) -> list[str]:
    async with world.at("horten", CHILD) as uow:
        found = await letter_recipients(uow, person, child_welfare=welfare, on=on or today())
        return [one.name for one in found]


async def opens(world: World, role: Role, case: UUID) -> bool:
    async with world.at("horten", role) as uow:
        try:
            await case_card(uow, case)
        except NotFound:
            return False
        return True


# Letters --------------------------------------------------------------------------------------------------------------
async def test_letters_follow_the_child_through_its_birthdays(world: World) -> None:
    """Fvl. § 27 and pasient- og brukerrettighetsloven § 3-4: parents, both at 15, the young person alone from 16."""
    _, person = await applied(world, age=12)
    mother = await acting_for(world, person, "Trine Bergli")
    await acting_for(world, person, "Leif Bergli", receives_letters=False)
    assert mother != person
    birth = born(12)
    for age, expected in (
        (14, ["Trine Bergli"]),
        (15, ["Jonas Bergli", "Trine Bergli"]),
        (16, ["Jonas Bergli"]),
        (18, ["Jonas Bergli"]),
    ):
        assert await recipients(world, person, on=birth.replace(year=birth.year + age)) == expected
    assert await recipients(world, person, on=birth.replace(year=birth.year + 15) - DAY) == ["Trine Bergli"]


async def test_in_a_child_welfare_case_parents_are_written_to_until_eighteen(world: World) -> None:
    """Barnevernsloven § 12-3: party from 15, beside the parents."""
    _, person = await applied(world, age=12)
    await acting_for(world, person, "Trine Bergli")
    birth = born(12)
    assert await recipients(world, person, on=birth.replace(year=birth.year + 17), welfare=True) == [
        "Jonas Bergli",
        "Trine Bergli",
    ]
    assert await recipients(world, person, on=birth.replace(year=birth.year + 18), welfare=True) == [
        "Jonas Bergli"
    ]


async def test_a_letter_goes_to_the_childs_own_address_when_nobody_is_registered(world: World) -> None:
    _, person = await applied(world, age=8)
    async with world.at("horten", CHILD) as uow:
        (only,) = await letter_recipients(uow, person, child_welfare=False, on=today())
    assert (only.role, only.street) == ("self", STREET)


async def test_a_parent_without_an_address_of_their_own_is_written_to_where_the_child_lives(
    world: World,
) -> None:
    _, person = await applied(world, age=8)
    await acting_for(world, person, "Trine Bergli", child_lives="here")
    await acting_for(world, person, "Leif Bergli", child_lives="visits")
    async with world.at("horten", CHILD) as uow:
        found = await letter_recipients(uow, person, child_welfare=False, on=today())
    assert {one.name: one.street for one in found} == {"Trine Bergli": STREET, "Leif Bergli": ""}


async def test_only_the_parent_a_protected_child_lives_with_is_written_to(world: World) -> None:
    """E5: the other parent may be whom the address is kept from."""
    _, person = await applied(world, age=8, protection="kode6")
    await acting_for(world, person, "Trine Bergli", child_lives="here")
    await acting_for(world, person, "Leif Bergli")
    assert await recipients(world, person) == ["Trine Bergli"]


async def test_nobody_is_written_to_about_the_dead_or_as_a_dead_representative(world: World) -> None:
    _, person = await applied(world, age=8)
    mother = await acting_for(world, person, "Trine Bergli")
    await world.sql("UPDATE person SET died_on = current_date WHERE id = $1", mother)
    assert await recipients(world, person) == ["Jonas Bergli"]
    await world.sql("UPDATE person SET died_on = current_date WHERE id = $1", person)
    assert await recipients(world, person) == []


# Representatives ------------------------------------------------------------------------------------------------------
async def refused(world: World, person: UUID, other: UUID, facts: RepresentativeFacts, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        async with world.at("horten", CHILD) as uow:
            await add_representative(uow, person, other, facts)
    assert list(caught.value.errors) == [field]


async def test_who_may_not_represent_is_named_by_the_field(world: World) -> None:
    """Vergemålsloven § 9 and fvl. § 12 (of age); barnelova §§ 34 and 35 (two parents)."""
    _, person = await applied(world, age=8)
    since = date(2020, 1, 1)
    async with world.at("horten", CHILD) as uow:
        young = await register_person(uow, PersonFacts("Emil", "Bergli", birth_date=born(15)))
        grown = await register_person(uow, PersonFacts("Eva", "Dal", birth_date=date(1980, 1, 1)))
        baby = await register_person(uow, PersonFacts("Bo", "Dal", birth_date=born(2)))
    await refused(world, person, person, RepresentativeFacts("parent", since), "fornavn")
    await refused(
        world, person, young, RepresentativeFacts("guardian", since, scopes=["personal"]), "fodselsdato"
    )
    await refused(
        world, person, young, RepresentativeFacts("power_of_attorney", since, scopes=["case"]), "fodselsdato"
    )
    await refused(world, person, baby, RepresentativeFacts("parent", since), "fodselsdato")
    await refused(world, person, grown, RepresentativeFacts("guardian", since), "omfang")
    await refused(world, person, grown, RepresentativeFacts("parent", since, valid_to=since - DAY), "til")
    await refused(world, grown, person, RepresentativeFacts("parent", today()), "rolle")


async def test_a_child_has_two_parents_with_parental_responsibility_and_room_for_others_without(
    world: World,
) -> None:
    """Barnelova §§ 34 and 35."""
    _, person = await applied(world, age=8)
    await acting_for(world, person, "Trine Bergli")
    await acting_for(world, person, "Leif Bergli")
    with pytest.raises(Invalid):
        await acting_for(world, person, "Geir Moe")
    await acting_for(world, person, "Geir Moe", parental_responsibility=False)
    async with world.at("horten", CHILD) as uow:
        assert len(await all_representatives(uow, person)) == 3


async def test_a_representative_is_changed_and_ended_and_nothing_is_deleted(world: World) -> None:
    _, person = await applied(world, age=8)
    await acting_for(world, person, "Trine Bergli")
    async with world.at("horten", CHILD) as uow:
        (one,) = await all_representatives(uow, person)
        facts = RepresentativeFacts("parent", one.valid_from, receives_letters=False)
        await change_representative(uow, person, one.id, facts, version=one.version)
        with pytest.raises(Conflict):
            await change_representative(uow, person, one.id, facts, version=one.version)
        await end_representative(
            uow, person, one.id, on=today() - DAY, reason="authority", version=one.version + 1
        )
        (one,) = await all_representatives(uow, person)
        assert (one.receives_letters, one.valid_to, one.end_reason) == (False, today() - DAY, "authority")
    assert await recipients(world, person) == ["Jonas Bergli"]
    rows = await world.sql("SELECT action FROM audit_entry WHERE action LIKE 'representative.%' ORDER BY id")
    assert [row["action"] for row in rows] == [
        "representative.appointed", "representative.changed", "representative.ended"]  # fmt: skip


# Protected addresses --------------------------------------------------------------------------------------------------
async def test_a_protected_address_shields_the_case_as_it_is_opened(world: World) -> None:
    case, _ = await applied(world, protection="kode7")
    assert await opens(world, CHILD, case)
    for role in (Role.MANAGER, Role.PROVIDER_COORDINATOR, ADULT):
        assert not await opens(world, role, case)


async def test_correcting_somebody_to_a_protected_address_shields_every_case_at_once(world: World) -> None:
    case, person = await applied(world)
    assert await opens(world, Role.MANAGER, case)
    facts = PersonFacts("Jonas", "Bergli", birth_date=born(12), street=STREET, protection="kode6")
    async with world.at("horten", CHILD) as uow:
        await correct_person(uow, person, facts)
    assert not await opens(world, Role.MANAGER, case)
    assert await opens(world, CHILD, case)
    async with world.at("horten", CHILD) as uow:
        await correct_person(uow, person, replace(facts, protection="none"))
    # Lifting is somebody's decision, not a side effect.
    assert not await opens(world, Role.MANAGER, case)


async def test_a_new_application_that_tells_of_protection_shields_what_was_there(world: World) -> None:
    case, person = await applied(world)
    again, same = await applied(world, protection="kode6")
    assert (again, same) == (case, person)
    assert not await opens(world, Role.MANAGER, case)
    await applied(world, protection="none")
    (row,) = await world.sql("SELECT protection FROM person WHERE id = $1", person)
    assert row["protection"] == "kode6"


async def test_whoever_notes_the_protection_is_not_let_in_to_cases_they_could_not_see(world: World) -> None:
    welfare, person = await applied(world, ground=WELFARE)
    await world.sql("UPDATE case_file SET responsible_id = NULL")
    async with world.at("horten", CHILD) as uow:
        assert await protect_address(uow, person, "kode6")
        assert not await protect_address(uow, person, "kode7")
    assert not await opens(world, CHILD, welfare)
    # Nobody was responsible: the case is not lost, but named to those it belongs to.
    assert await opens(world, Role.PURCHASER_CHILD_WELFARE, welfare)


# Death ----------------------------------------------------------------------------------------------------------------
async def died(world: World, person: UUID, on: date, *, version: int | None = None) -> int:
    (row,) = await world.sql("SELECT version FROM person WHERE id = $1", person)
    async with world.at("horten", CHILD) as uow:
        return await register_death(uow, person, on, version=row["version"] if version is None else version)


async def test_a_death_ends_everything_and_stops_the_letters(world: World) -> None:
    order, _, assignment = await assigned(world, "horten")
    case = await case_of(world, "horten", order)
    (row,) = await world.sql("SELECT person_id FROM case_file WHERE id = $1", case)
    person = row["person_id"]
    assert await world.sql("SELECT 1 FROM letter WHERE state = 'ready' AND case_id = $1", case)
    assert await died(world, person, today() - DAY) == 1
    (shut,) = await world.sql("SELECT state, outcome, closed_on, deadline FROM case_file WHERE id = $1", case)
    assert dict(shut) == {"state": "closed", "outcome": "died", "closed_on": today() - DAY, "deadline": None}
    (ended,) = await world.sql("SELECT state, ended_on FROM assignment WHERE id = $1", assignment)
    assert dict(ended) == {"state": "ended", "ended_on": today() - DAY}
    assert [row["state"] for row in await world.sql("SELECT state FROM service_order")] == ["ended"]
    assert {row["outcome"] for row in await world.sql("SELECT outcome FROM service_grant")} == {"died"}
    assert {row["state"] for row in await world.sql("SELECT state FROM letter")} == {"cancelled"}
    facts = PersonFacts("Jonas", "Bergli", birth_date=date(today().year - 12, 1, 14))
    with pytest.raises(Invalid) as caught:
        async with world.at("horten", CHILD) as uow:
            await register_application(uow, ApplicationFacts(facts, today(), "letter", "self", "", "", CARE))
    assert "fornavn" in caught.value.errors


async def test_a_decision_at_work_is_dropped_when_its_person_has_died(world: World) -> None:
    case, person = await applied(world)
    facts = DecisionFacts(
        "grant", [individual()], "En fast aktivitet hver uke.", "Jeg vil klatre.", "Jonas er mye alene.", CARE,
        today() + 180 * DAY,
    )  # fmt: skip
    async with world.at("horten", CHILD) as uow:
        await propose_decision(uow, case, facts, version=0, impartial=True)
    assert [row["state"] for row in await world.sql("SELECT state FROM decision")] == ["proposed"]
    await died(world, person, today())
    assert await world.sql("SELECT 1 FROM decision") == []
    assert await world.sql("SELECT 1 FROM audit_entry WHERE action = 'decision.discarded'")


async def test_a_death_has_a_day_that_can_be_and_is_registered_once_by_somebody_who_may(world: World) -> None:
    _, person = await applied(world, age=12)
    for day in (today() + DAY, born(12) - DAY):
        with pytest.raises(Invalid):
            await died(world, person, day)
    with pytest.raises(Conflict):
        await died(world, person, today(), version=99)
    with pytest.raises(NotFound):
        async with world.at("horten", ADULT) as uow:
            await register_death(uow, person, today(), version=1)
    with pytest.raises(Forbidden):
        async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
            await register_death(uow, person, today(), version=1)
    await died(world, person, today())
    with pytest.raises(Invalid):
        await died(world, person, today())


# Move -----------------------------------------------------------------------------------------------------------------
async def moved(world: World, person: UUID, on: date) -> int:
    (row,) = await world.sql("SELECT version FROM person WHERE id = $1", person)
    async with world.at("horten", CHILD) as uow:
        return await register_move(uow, person, on, "Drammen", version=row["version"])


async def test_a_move_ends_what_is_here_on_its_day(world: World) -> None:
    case, person = await applied(world)
    on = today() + 10 * DAY
    assert await moved(world, person, on) == 0
    async with world.job(world.horten) as uow:
        assert await close_moved(uow) == 0
    (row,) = await world.sql("SELECT state FROM case_file WHERE id = $1", case)
    assert row["state"] == "received"
    await world.sql("UPDATE person SET moved_on = $2 WHERE id = $1", person, today())
    async with world.job(world.horten) as uow:
        assert await close_moved(uow) == 1
        assert await close_moved(uow) == 0
    (row,) = await world.sql("SELECT state, outcome FROM case_file WHERE id = $1", case)
    assert dict(row) == {"state": "closed", "outcome": "moved"}


async def test_a_move_may_be_taken_back_and_the_dead_do_not_move(world: World) -> None:
    _, person = await applied(world)
    await moved(world, person, today() + 10 * DAY)
    (row,) = await world.sql("SELECT version FROM person WHERE id = $1", person)
    async with world.at("horten", CHILD) as uow:
        await cancel_move(uow, person, version=row["version"])
    (row,) = await world.sql("SELECT moved_on, moved_to FROM person WHERE id = $1", person)
    assert dict(row) == {"moved_on": None, "moved_to": ""}
    for day in (today() + 400 * DAY, born(12) - DAY):
        with pytest.raises(Invalid):
            await moved(world, person, day)
    await died(world, person, today())
    with pytest.raises(Invalid):
        await moved(world, person, today())


@pytest.mark.parametrize(
    ("age", "ground", "may"),
    [
        (12, CARE, {"parent"}),
        (16, CARE, {"self"}),
        (14, WELFARE, {"parent"}),
        (15, WELFARE, {"self", "parent"}),
    ],
)
async def test_the_yes_that_counts_is_the_one_the_law_asks_for(
    world: World, age: int, ground: str, may: set[str]
) -> None:
    """Pasient- og brukerrettighetsloven §§ 4-3 and 4-4, barnevernsloven § 12-3. Mandates are shown on paper."""
    _, person = await applied(world, age=age, ground=ground)
    role = Role.PURCHASER_CHILD_WELFARE if ground == WELFARE else CHILD
    given = set()
    for by in ("self", "parent", "guardian", "power_of_attorney"):
        try:
            async with world.at("horten", role) as uow:
                await record_consent(uow, person, ConsentFacts(by, "Noen", today(), "Drammen"))
        except Invalid:
            continue
        given.add(by)
    assert given == may | {"guardian", "power_of_attorney"}


async def test_a_package_is_made_on_consent_alone_and_says_no_protected_address(world: World) -> None:
    """Fvl. § 13 a: a consent that stands; without it, or after it is taken back, there is no package."""
    _, person = await applied(world, protection="kode7")
    consent = ConsentFacts("parent", "Trine Bergli", today(), "Drammen")
    with pytest.raises(Forbidden):
        async with world.at("horten", CHILD) as uow:
            await transfer_package(uow, person)
    async with world.at("horten", CHILD) as uow:
        kept = await record_consent(uow, person, consent)
        packed = await transfer_package(uow, person)
    with zipfile.ZipFile(io.BytesIO(packed)) as files:
        assert sorted(files.namelist()) == ["sak.json", "sak.pdf"]
        said = json.loads(files.read("sak.json"))
        assert files.read("sak.pdf").startswith(b"%PDF-")
    assert said["consent"] == {"by": "parent", "name": "Trine Bergli", "on": today().isoformat()}
    assert said["person"]["address"] is None
    assert STREET not in json.dumps(said, ensure_ascii=False)
    assert said["cases"][0]["applications"][0]["wishes"] == "Vil klatre."
    async with world.at("horten", CHILD) as uow:
        await withdraw_consent(uow, person, kept)
    with pytest.raises(Forbidden):
        async with world.at("horten", CHILD) as uow:
            await transfer_package(uow, person)
    for wrong in (replace(consent, given_on=today() + DAY), replace(consent, given_by="self")):
        with pytest.raises(Invalid):
            async with world.at("horten", CHILD) as uow:
                await record_consent(uow, person, wrong)
    actions = {row["action"] for row in await world.sql("SELECT action FROM audit_entry")}
    assert {"transfer.consented", "transfer.packed", "transfer.withdrawn"} <= actions
