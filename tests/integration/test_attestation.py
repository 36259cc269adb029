"""Hours attested on a real database: by whom at an age, by a code that holds for exactly these lines, and on paper (B8)."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import pytest

from sammen.clock import now, today
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.assignments.api import assignment_card, fill_order
from tenants.attestation.jobs import tell
from tenants.attestation.service import (
    ask_for_code,
    attesters_for,
    confirm_own,
    dispute_own,
    paper_seen,
    use_code,
)
from tenants.attestation.who import own_to_attest
from tenants.people.api import PersonFacts, RepresentativeFacts, add_representative, let_in, register_person
from tenants.timesheets.api import LineFacts, lines_to_attest, register_line
from tests.people_samples import born
from tests.provider_samples import contact, granted_order
from tests.worlds import World

COORDINATOR = Role.PROVIDER_COORDINATOR
MOTHER = "Hege Bergli"
REACHED = "mor@eksempel.test"


async def hours_sent(
    world: World, *, age: int = 12, days: int = 2, contact_email: str = "", parent_email: str = REACHED, **order: Any
) -> tuple[UUID, UUID, UUID]:  # fmt: skip
    """(assignment, service user's person, parent's person): hours that wait; each of the three can sign in."""
    order_id = await granted_order(world, "horten", born=born(age), **order)
    contact_id = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    async with world.at("horten", COORDINATOR) as uow:
        assignment_id = await fill_order(uow, order_id, contact_id, starts_on=today() - timedelta(days=30))
        card = await assignment_card(uow, assignment_id)
    purchaser = Role.PURCHASER_ADULT if age >= 18 else Role.PURCHASER_CHILD
    async with world.at("horten", purchaser) as uow:
        mother = await register_person(
            uow, PersonFacts("Hege", "Bergli", birth_date=date(1980, 6, 5), email=parent_email)
        )
        if age < 18:
            await add_representative(
                uow, card.person_id, mother, RepresentativeFacts("parent", valid_from=date(2020, 1, 1))
            )
        await let_in(uow, mother, world.user("horten", Role.REPRESENTATIVE), "representative")
        await let_in(uow, card.person_id, world.user("horten", Role.SERVICE_USER), "service_user")
    await world.sql(
        "UPDATE person SET email = $1 WHERE id = (SELECT person_id FROM support_contact WHERE id = $2)",
        contact_email, contact_id,
    )  # fmt: skip
    async with world.at("horten", Role.CONTACT) as uow:
        for n in range(days):
            facts = LineFacts(today() - timedelta(days=n + 1), time(16), time(18), f"Klatret {n}")
            await register_line(uow, assignment_id, facts, send=True)
    return assignment_id, card.person_id, mother


async def seen(world: World, assignment_id: UUID) -> dict[str, str]:
    async with world.at("horten", COORDINATOR) as uow:
        return {str(one.id): str(one.version) for one in await lines_to_attest(uow, [assignment_id])}


async def state_of(world: World) -> list[tuple[str, str]]:
    rows = await world.sql("SELECT state, attested_how FROM timesheet_line ORDER BY worked_on")
    return [(row["state"], row["attested_how"]) for row in rows]


def ids(shown: dict[str, str]) -> list[UUID]:
    return [UUID(one) for one in shown]


@pytest.mark.parametrize(
    ("age", "own_age", "who"),
    [
        (12, 16, "mother"),
        (15, 16, "mother"),
        (16, 16, "self"),
        (20, 16, "self"),
        (15, 15, "self"),
        (17, 18, "mother"),
    ],
)
async def test_who_attests_goes_by_age_and_by_the_municipalitys_own_rule(
    world: World, age: int, own_age: int, who: str
) -> None:
    assignment_id, person_id, mother = await hours_sent(world, age=age)
    await world.sql(
        "INSERT INTO provision_rule (tenant_id, id, valid_from, attest_from_age) VALUES ($1, gen_random_uuid(), $2, $3)",
        world.horten, today(), own_age,
    )  # fmt: skip
    async with world.at("horten", COORDINATOR) as uow:
        found = await attesters_for(uow, await assignment_card(uow, assignment_id))
    assert [one.person_id for one in found] == [mother if who == "mother" else person_id]
    async with world.at("horten", Role.REPRESENTATIVE) as uow:
        assert bool((await own_to_attest(uow))[1]) is (who == "mother")
    async with world.at("horten", Role.SERVICE_USER) as uow:
        assert bool((await own_to_attest(uow))[1]) is (who == "self")


async def test_a_parent_confirms_some_and_sends_one_back_with_words(world: World) -> None:
    assignment_id, _, _ = await hours_sent(world)
    shown = await seen(world, assignment_id)
    first, second = ids(shown)
    async with world.at("horten", Role.REPRESENTATIVE) as uow:
        assert await confirm_own(uow, [first], shown) == 1
        with pytest.raises(Invalid):
            await dispute_own(uow, [second], " ", shown)
        assert await dispute_own(uow, [second], "De gikk klokka fem.", shown) == 1
    rows = await world.sql("SELECT state, attested_how, return_reason FROM timesheet_line ORDER BY id")
    assert {(row["state"], row["attested_how"], row["return_reason"]) for row in rows} == {
        ("sent", "own_page", ""),
        ("returned", "", "De gikk klokka fem."),
    }
    async with world.at("horten", Role.REPRESENTATIVE) as uow:
        with pytest.raises(Conflict):
            await confirm_own(uow, [first], shown)


async def test_nobody_attests_for_others_nor_their_own_hours(world: World) -> None:
    assignment_id, person_id, _ = await hours_sent(world)
    shown = await seen(world, assignment_id)
    for role in (Role.SERVICE_USER, Role.CONTACT):
        async with world.at("horten", role) as uow:
            with pytest.raises(NotFound):
                await confirm_own(uow, ids(shown), shown)
    async with world.at("re", Role.REPRESENTATIVE) as uow:
        with pytest.raises(NotFound):
            await confirm_own(uow, ids(shown), shown)
    # The contact who is also a parent attests nothing they have done themselves.
    own = (await world.sql("SELECT person_id FROM support_contact"))[0]["person_id"]
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        await add_representative(
            uow, person_id, own, RepresentativeFacts("parent", valid_from=date(2020, 1, 1))
        )
    async with world.at("horten", Role.CONTACT) as uow:
        assert (await own_to_attest(uow))[1] == []
        assert own not in {
            one.person_id for one in await attesters_for(uow, await assignment_card(uow, assignment_id))
        }


async def sent_code(world: World, assignment_id: UUID, mother: UUID) -> tuple[UUID, str]:
    """(the code's row, its digits as the notice carries them)."""
    shown = await seen(world, assignment_id)
    async with world.at("horten", Role.CONTACT) as uow:
        code_id = await ask_for_code(uow, assignment_id, mother, shown)
    (row,) = await world.sql(
        "SELECT id, sealed, address, good_until FROM outgoing WHERE once = $1", f"attest_code:{code_id}"
    )
    assert row["address"] == REACHED
    number = world.house.keys.unseal(row["sealed"], bound_to=UUID(str(row["id"])).bytes)
    assert len(number) == 6
    return code_id, number


async def test_a_code_attests_exactly_the_lines_that_were_read(world: World) -> None:
    assignment_id, _, mother = await hours_sent(world)
    code_id, number = await sent_code(world, assignment_id, mother)
    async with world.at("horten", Role.CONTACT) as uow:
        await register_line(
            uow,
            assignment_id,
            LineFacts(today() - timedelta(days=9), time(16), time(17), "Etterpå"),
            send=True,
        )
        assert await use_code(uow, assignment_id, code_id, f"{number[:3]} {number[3:]}") == "right"
        assert await use_code(uow, assignment_id, code_id, number) == "over"
    assert await state_of(world) == [("sent", ""), ("sent", "code"), ("sent", "code")]
    by = await world.sql("SELECT DISTINCT attested_by FROM timesheet_line WHERE attested_how = 'code'")
    assert [row["attested_by"] for row in by] == [mother]


async def test_five_wrong_tries_or_a_quarter_of_an_hour_end_a_code(world: World) -> None:
    assignment_id, _, mother = await hours_sent(world)
    code_id, number = await sent_code(world, assignment_id, mother)
    wrong = f"{(int(number) + 1) % 1_000_000:06d}"
    outcomes = []
    for typed in (wrong, "", wrong, "tull", wrong, number):
        async with world.at("horten", Role.CONTACT) as uow:
            outcomes.append(await use_code(uow, assignment_id, code_id, typed))
    assert outcomes == ["wrong"] * 4 + ["over"] * 2
    assert await state_of(world) == [("sent", "")] * 2
    late, number = await sent_code(world, assignment_id, mother)
    await world.sql(
        "UPDATE attest_code SET expires_at = $1 WHERE id = $2", now() - timedelta(seconds=1), late
    )
    async with world.at("horten", Role.CONTACT) as uow:
        assert await use_code(uow, assignment_id, late, number) == "over"


async def test_a_code_does_not_hold_for_lines_that_were_changed_nor_when_a_new_one_is_sent(
    world: World,
) -> None:
    assignment_id, _, mother = await hours_sent(world)
    first, number = await sent_code(world, assignment_id, mother)
    second, newer = await sent_code(world, assignment_id, mother)
    async with world.at("horten", Role.CONTACT) as uow:
        assert await use_code(uow, assignment_id, first, number) == "over"
    await world.sql("UPDATE timesheet_line SET version = version + 1, hours = 9")
    with pytest.raises(Conflict):
        async with world.at("horten", Role.CONTACT) as uow:
            await use_code(uow, assignment_id, second, newer)
    assert await state_of(world) == [("sent", "")] * 2


@pytest.mark.parametrize("contact_email", [REACHED, " MOR@eksempel.test "])
async def test_no_code_goes_to_where_the_contact_would_read_it(world: World, contact_email: str) -> None:
    assignment_id, _, mother = await hours_sent(world, contact_email=contact_email)
    shown = await seen(world, assignment_id)
    async with world.at("horten", Role.CONTACT) as uow:
        with pytest.raises(Invalid):
            await ask_for_code(uow, assignment_id, mother, shown)
    assert await world.sql("SELECT 1 FROM attest_code") == []


async def test_no_more_than_five_codes_an_hour_and_none_for_somebody_elses_assignment(world: World) -> None:
    assignment_id, person_id, mother = await hours_sent(world)
    for _ in range(5):
        await sent_code(world, assignment_id, mother)
    shown = await seen(world, assignment_id)
    async with world.at("horten", Role.CONTACT) as uow:
        with pytest.raises(Conflict):
            await ask_for_code(uow, assignment_id, mother, shown)
        with pytest.raises(Invalid):
            await ask_for_code(uow, assignment_id, person_id, shown)
    async with world.at("re", Role.CONTACT) as uow:
        with pytest.raises(NotFound):
            await ask_for_code(uow, assignment_id, mother, shown)


async def test_the_code_is_kept_nowhere_in_the_open(world: World) -> None:
    assignment_id, _, mother = await hours_sent(world)
    _, number = await sent_code(world, assignment_id, mother)
    for table in ("attest_code", "outgoing", "audit_entry", "job_queue"):
        rows = await world.sql(f"SELECT t::text AS line FROM {table} t")
        assert not any(f'"{number}"' in row["line"] or f",{number}," in row["line"] for row in rows)


async def test_a_coordinator_notes_a_list_on_paper_signed_by_who_attests(world: World) -> None:
    assignment_id, person_id, mother = await hours_sent(world)
    shown = await seen(world, assignment_id)
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Invalid) as bad:
            await paper_seen(uow, assignment_id, ids(shown), by_person=person_id,
                             signed_on=today() + timedelta(days=1), seen=shown)  # fmt: skip
        assert set(bad.value.errors) == {"av", "dato"}
        assert (
            await paper_seen(uow, assignment_id, ids(shown), by_person=mother, signed_on=today(), seen=shown)
            == 2
        )
        with pytest.raises(Conflict):
            await paper_seen(uow, assignment_id, ids(shown), by_person=mother, signed_on=today(), seen=shown)
    assert await state_of(world) == [("sent", "paper")] * 2


async def test_a_coordinator_notes_no_paper_for_their_own_hours_nor_outside_the_circle(world: World) -> None:
    assignment_id, _, mother = await hours_sent(world)
    shown = await seen(world, assignment_id)
    await world.sql(
        "UPDATE person SET user_id = $1 WHERE id = (SELECT person_id FROM support_contact)",
        world.user("horten", COORDINATOR),
    )
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(Forbidden):
            await paper_seen(uow, assignment_id, ids(shown), by_person=mother, signed_on=today(), seen=shown)
    await world.sql("UPDATE case_file SET shielded = true")
    async with world.at("horten", COORDINATOR) as uow:
        with pytest.raises(NotFound):
            await paper_seen(uow, assignment_id, ids(shown), by_person=mother, signed_on=today(), seen=shown)


async def test_those_who_attest_are_told_once_a_week(world: World) -> None:
    await hours_sent(world)
    for _ in range(2):
        async with world.job(world.horten) as uow:
            await tell(uow, {})
    told = await world.sql("SELECT address FROM outgoing WHERE code = 'attest'")
    assert [row["address"] for row in told] == [REACHED]
