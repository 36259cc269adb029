"""Service letters: everybody concerned gets one, each in their way; the protected by their own circle alone."""

from __future__ import annotations

import io
from uuid import UUID

import pikepdf
import pytest

from deploy.worker import import_jobs
from sammen.errors import Conflict, Invalid, NotFound
from sammen.policy.roles import Role
from shared_pool.newsletters.codes import LETTER
from shared_pool.newsletters.models import ServiceLetter
from shared_pool.newsletters.printing import letter_pdf
from shared_pool.newsletters.receipts import (
    confirm_own,
    letters_in_case,
    mark_printed,
    open_own,
    own_letters,
    receipt_counts,
    receipt_lines,
    to_print,
    to_print_in_circle,
)
from shared_pool.newsletters.service_letters import LetterFacts, deliver_letter, make_letter, send_letter
from tests.message_samples import run_waiting
from tests.people_samples import STREET, acting_for, applied
from tests.provider_samples import contact
from tests.worlds import World

COORDINATOR, USER = Role.PROVIDER_COORDINATOR, Role.SERVICE_USER


@pytest.fixture(autouse=True)
def _jobs() -> None:
    import_jobs()


def facts(**changes: object) -> LetterFacts:
    given: dict[str, object] = {
        "title": "Sommerstengt", "words": "Vi holder stengt i juli.\n\nRing vakta.", "language": "nb", "audience": "everybody",
        "audience_id": None, "purchaser": "", "to_users": True, "to_contacts": True, "confirm": True,
    }  # fmt: skip
    return LetterFacts(**{**given, **changes})  # type: ignore[arg-type]  # by name


async def written(world: World, **changes: object) -> ServiceLetter:
    """A letter, sent and delivered."""
    async with world.at("horten", COORDINATOR) as uow:
        new = await make_letter(uow, facts(**changes))
        await send_letter(uow, new, 1)
    assert await run_waiting(world, LETTER) == 1
    async with world.at("horten", COORDINATOR) as uow:
        found: ServiceLetter | None = await uow.session.get(ServiceLetter, (world.horten, new))
        assert found is not None
        return found


async def running(world: World, name: str, *, age: int, **more: str) -> tuple[UUID, UUID]:
    """(case, person) of somebody who has the service."""
    case_id, person_id = await applied(world, name, age=age, **more)  # type: ignore[arg-type]  # by name
    await world.sql("UPDATE case_file SET state = 'running' WHERE id = $1", case_id)
    return case_id, person_id


async def test_grown_ups_get_theirs_and_for_a_child_those_who_act_for_it(world: World) -> None:
    _, jonas = await running(world, "Jonas Bergli", age=12)
    _, mina = await running(world, "Mina Haug", age=19)
    anne = await acting_for(world, jonas, "Anne Bergli")
    amund = await contact(world, "horten", user=world.user("horten", Role.CONTACT))
    (row,) = await world.sql("SELECT person_id FROM support_contact WHERE id = $1", amund)
    await world.sql("UPDATE person SET user_id = $2 WHERE id = $1", mina, world.user("horten", USER))
    letter = await written(world)
    async with world.at("horten", COORDINATOR) as uow:
        found = {one.person_id: (one.role, one.way) for one in await receipt_lines(uow, letter.id, "alle")}
        sums = await receipt_counts(uow, letter.id)
    assert found == {
        anne: ("parent", "paper"),
        mina: ("self", "digital"),
        row["person_id"]: ("contact", "digital"),
    }
    assert (sums["all"], sums["to_print"], sums["opened"]) == (3, 1, 0)


async def test_it_is_read_and_confirmed_on_ones_own_page_and_the_sender_sees_it(world: World) -> None:
    _, mina = await running(world, "Mina Haug", age=19)
    await world.sql(
        "UPDATE person SET user_id = $2, email = 'mina@example.no' WHERE id = $1",
        mina,
        world.user("horten", USER),
    )
    letter = await written(world, to_contacts=False)
    (notice,) = await world.sql("SELECT code, address FROM outgoing")
    assert (notice["code"], notice["address"]) == ("letter", "mina@example.no")
    async with world.at("horten", USER) as uow:
        [own] = await own_letters(uow)
        await open_own(uow, own.id)
        await confirm_own(uow, own.id)
    async with world.at("horten", COORDINATOR) as uow:
        sums = await receipt_counts(uow, letter.id)
        assert (sums["opened"], sums["confirmed"]) == (1, 1)
    async with world.at("horten", Role.CONTACT) as uow:
        with pytest.raises(NotFound):
            await open_own(uow, own.id)


async def test_a_shielded_person_gets_it_through_their_own_circle_and_stands_on_no_other_list(
    world: World,
) -> None:
    case_id, sara = await running(world, "Sara Dahl", age=20, protection="kode6")
    await running(world, "Mina Haug", age=19)
    letter = await written(world, to_contacts=False)
    async with world.at("horten", COORDINATOR) as uow:
        assert [one.name for one in await receipt_lines(uow, letter.id, "alle")] == ["Mina Haug"]
        assert (await receipt_counts(uow, letter.id))["all"] == 1
        assert [one["n"] for one in await to_print(uow)] == [1]
        assert await to_print_in_circle(uow) == []
    async with world.at("horten", Role.PURCHASER_ADULT) as uow:
        [waiting] = await to_print_in_circle(uow)
        assert waiting["case_id"] == case_id
        [(line, letter_id, _)] = await letters_in_case(uow, case_id)
        assert line.person_id == sara
        pdf = await letter_pdf(uow, letter, [line.person_id])
        await mark_printed(uow, letter_id, [line])
        assert await to_print_in_circle(uow) == []
    with pikepdf.open(io.BytesIO(pdf)) as one:
        assert len(one.pages) == 1
        assert STREET.encode() not in pdf


async def test_a_letter_is_delivered_once_however_often_the_job_runs(world: World) -> None:
    await running(world, "Mina Haug", age=19)
    letter = await written(world)
    async with world.job(world.horten) as uow:
        await deliver_letter(uow, letter.id)
    (row,) = await world.sql("SELECT count(*) AS n FROM service_letter_receipt")
    assert row["n"] == 1
    with pytest.raises(Conflict):
        async with world.at("horten", COORDINATOR) as uow:
            await send_letter(uow, letter.id, letter.version)


async def test_the_next_municipality_has_no_such_letter_and_a_foreign_group_is_none_to_choose(
    world: World,
) -> None:
    letter = await written(world)
    async with world.at("re", COORDINATOR) as uow:
        with pytest.raises(NotFound):
            await send_letter(uow, letter.id, letter.version)
        for audience in ("group", "contact"):
            with pytest.raises(Invalid):
                await make_letter(uow, facts(audience=audience, audience_id=world.horten))
        with pytest.raises(Invalid):
            await make_letter(uow, facts(to_users=False, to_contacts=False))
