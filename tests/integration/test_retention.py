"""What has had its time goes, in an approved run's name only, and nothing else does (E1; docs/retention.md)."""

from __future__ import annotations

import hashlib
import time
from datetime import date, timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest

from sammen.audit.seal import seal_all
from sammen.audit.verify import verify
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job
from tenants.retention.contributions import TODAY
from tenants.retention.deleting import carry_out, make_proposal
from tenants.retention.kinds import KINDS
from tenants.retention.queries import items_of, rules_now, run_card
from tenants.retention.service import (
    HoldFacts,
    MarkFacts,
    RuleFacts,
    approve_run,
    decide_rule,
    drop_run,
    lift_hold,
    mark_document,
    place_hold,
    propose_rule,
)
from tests.database import KEYS
from tests.provider_samples import case_of, granted_order
from tests.worlds import World

ADMIN, MANAGER = Role.MUNICIPALITY_ADMINISTRATOR, Role.MANAGER
OFFICER = Role.DATA_PROTECTION_OFFICER
LONG_AGO = date(2012, 3, 1)


async def old_case(world: World, slug: str = "horten") -> UUID:
    """A case closed so long ago that it has had its time, with everything that a granted order brings along."""
    order = await granted_order(world, slug)
    case = await case_of(world, slug, order)
    await world.sql("UPDATE case_file SET state = 'closed', closed_on = $1 WHERE id = $2", LONG_AGO, case)
    await world.sql("UPDATE letter SET state = 'sent', sent_on = dated WHERE case_id = $1", case)
    return case


async def proposal(world: World, tenant: UUID) -> UUID:
    async with world.job(tenant, name="retention.propose") as uow:
        made = await make_proposal(uow, asked=False)
    assert made is not None
    return made


async def lines(world: World, run: UUID, kind: str = "case") -> list[tuple[str, list[str]]]:
    async with world.at("horten", MANAGER) as uow:
        return [
            (row["state"], list(row["hindrances"])) for row in await items_of(uow, run) if row["kind"] == kind
        ]


async def approve(world: World, run: UUID, role: Role = MANAGER) -> None:
    async with world.at("horten", role) as uow:
        await approve_run(uow, run, version=(await run_card(uow, run)).version)


async def marked(world: World, case: UUID) -> None:
    """Every letter of the case is journalled, and the archive has said that it has it."""
    for row in await world.sql("SELECT id FROM letter WHERE case_id = $1 AND state = 'sent'", case):
        async with world.at("horten", Role.PURCHASER_CHILD) as uow:
            await mark_document(
                uow, "letter", row["id"], MarkFacts(LONG_AGO, "2012/31-4", LONG_AGO, "ARK-77")
            )


async def test_a_case_goes_with_all_that_hangs_on_it_and_leaves_counts_and_a_digest(world: World) -> None:
    case, other = await old_case(world), await old_case(world, "re")
    before = (await world.sql("SELECT count(*) AS n FROM audit_entry"))[0]["n"]
    await marked(world, case)
    run = await proposal(world, world.horten)
    assert await lines(world, run) == [("waiting", [])]
    await approve(world, run)
    await world.run_jobs()
    async with world.at("horten", MANAGER) as uow:
        card = await run_card(uow, run)
        gone = [row for row in await items_of(uow, run) if row["state"] == "gone" and row["kind"] == "case"]
    assert card.state == "done"
    assert len(gone) == 1
    assert gone[0]["object_id"] is None, "the line no longer says which case it was"
    assert gone[0]["rows"]["case_file"] == 1
    for table in ("case_file", "decision", "service_grant", "service_order", "application"):
        left = {row["tenant_id"] for row in await world.sql(f"SELECT tenant_id FROM {table}")}
        assert left == {world.re}, table
    assert await world.sql("SELECT 1 FROM case_file WHERE id = $1", other)
    after = (await world.sql("SELECT count(*) AS n FROM audit_entry"))[0]["n"]
    assert after > before, "the trail keeps what was read, and says what went"
    said = await world.sql("SELECT details, persons FROM audit_entry WHERE action = 'retention.deleted'")
    assert said
    assert not [row for row in said if row["persons"]]


async def test_nothing_that_something_stands_in_the_way_of_goes(world: World) -> None:
    case = await old_case(world)
    number = (await world.sql("SELECT case_no FROM case_file WHERE id = $1", case))[0]["case_no"]
    async with world.at("horten", OFFICER) as uow:
        hold = await place_hold(
            uow, HoldFacts(number, True, "Tilsynssak", today(), None, today() + timedelta(days=90))
        )
    run = await proposal(world, world.horten)
    state, stops = (await lines(world, run))[0]
    assert (state, stops) == ("hindered", ["hold", "journal"])
    await approve(world, run)
    await world.run_jobs()
    assert await world.sql("SELECT 1 FROM case_file WHERE id = $1", case)
    async with world.at("horten", OFFICER) as uow:
        with pytest.raises(Invalid):
            await lift_hold(uow, hold, "", version=1)
        await lift_hold(uow, hold, "Tilsynet er avsluttet", version=1)
    letter = (await world.sql("SELECT id FROM letter WHERE case_id = $1", case))[0]["id"]
    async with world.at("horten", Role.PURCHASER_CHILD) as uow:
        await mark_document(uow, "letter", letter, MarkFacts(LONG_AGO, "2012/31-4", None, ""))
    run = await proposal(world, world.horten)
    assert await lines(world, run) == [("hindered", ["archive"])], "journalled, and no receipt yet"


async def test_a_hold_placed_after_the_approval_holds_in_the_database_too(world: World) -> None:
    case = await old_case(world)
    await marked(world, case)
    number = (await world.sql("SELECT case_no FROM case_file WHERE id = $1", case))[0]["case_no"]
    run = await proposal(world, world.horten)
    await approve(world, run)
    async with world.at("horten", MANAGER) as uow:
        await place_hold(uow, HoldFacts(number, False, "Søksmål", today(), None, today() + timedelta(days=9)))
    item = (await world.sql("SELECT id FROM retention_item WHERE run_id = $1 AND kind = 'case'", run))[0][
        "id"
    ]
    async with world.job(world.horten, name="retention.run") as uow:
        with pytest.raises(asyncpg.PostgresError, match="held"):
            await delete(uow, item, "case_file", case)
    await world.run_jobs()
    assert await lines(world, run) == [("hindered", ["hold"])]


async def delete(uow: UnitOfWork, item: UUID, table: str, row: UUID, *, mark: str | None = None) -> None:
    """Ask the door itself, with a right proof unless `mark` is another row's."""
    marks = hashlib.sha256((mark or str(row)).encode()).hexdigest()
    expires = int(time.time()) + 60
    said = f"retention|{uow.context.tenant}|{item}|{table}||{marks}|{expires}"
    await uow.call(
        "SELECT sammen.retention_delete($1, $2, $3, $4, $5, $6)",
        item, table, "", [row], expires, uow.keys.door_proof(said),
    )  # fmt: skip


async def test_the_door_opens_for_exactly_what_was_approved(world: World) -> None:
    case = await old_case(world)
    await marked(world, case)
    run = await proposal(world, world.horten)
    item = (await world.sql("SELECT id FROM retention_item WHERE run_id = $1 AND kind = 'case'", run))[0][
        "id"
    ]
    async with world.job(world.horten) as uow:
        with pytest.raises(asyncpg.PostgresError, match="approved run"):
            await delete(uow, item, "case_file", case)
    await approve(world, run)
    for table, row, mark, says in (
        ("case_file", case, str(uuid4()), "proof refused"),
        ("allocation_rule", uuid4(), None, "beyond its reach"),
        ("audit_entry", uuid4(), None, "beyond its reach"),
        ("user_account", uuid4(), None, "beyond its reach"),
    ):
        async with world.job(world.horten) as uow:
            with pytest.raises(asyncpg.PostgresError, match=says):
                await delete(uow, item, table, row, mark=mark)
    async with world.at("horten", MANAGER) as uow:
        with pytest.raises(asyncpg.PostgresError, match="proof refused"):
            await delete(uow, item, "case_file", case)
    async with world.job(world.re) as uow:
        with pytest.raises(asyncpg.PostgresError, match="approved run"):
            await delete(uow, item, "case_file", case)


async def test_a_run_that_is_broken_off_goes_on_and_one_that_is_over_does_nothing_more(world: World) -> None:
    case = await old_case(world)
    await marked(world, case)
    run = await proposal(world, world.horten)
    await approve(world, run)
    uow = await enter_job(world.engine, KEYS, PlaceKind.MUNICIPALITY, world.horten, job="retention.run")
    await carry_out(uow, run)
    await uow.rollback()  # the machine stopped here
    assert await world.sql("SELECT 1 FROM case_file WHERE id = $1", case), "nothing half gone"
    assert await lines(world, run) == [("waiting", [])]
    await world.run_jobs()
    assert (await lines(world, run))[0][0] == "gone"
    async with world.job(world.horten) as uow:
        assert await carry_out(uow, run) is False


async def test_who_asks_for_a_proposal_does_not_approve_it_and_a_dropped_one_deletes_nothing(
    world: World,
) -> None:
    await old_case(world)
    async with world.at("horten", MANAGER) as uow:
        run = await make_proposal(uow, asked=True)
    assert run is not None
    async with world.at("horten", MANAGER) as uow:
        with pytest.raises(Forbidden):
            await approve_run(uow, run, version=1)
    async with world.at("horten", MANAGER) as uow:
        assert [item.url for item in await TODAY[0].read(uow, "nb")] == []
    async with world.at("horten", ADMIN) as uow:
        with pytest.raises(Invalid):
            await drop_run(uow, run, "", version=1)
        await drop_run(uow, run, "Vi venter på arkivet", version=1)
    async with world.at("horten", MANAGER) as uow:
        with pytest.raises(Conflict):
            await approve_run(uow, run, version=2)
    run = await proposal(world, world.horten)
    async with world.at("horten", MANAGER) as uow:
        assert [item.url for item in await TODAY[0].read(uow, "nb")] == [
            f"/k/horten/oppbevaring/kjoringer/{run}"
        ]


async def test_an_own_rule_holds_when_another_has_approved_it_and_only_from_its_day(
    shared_world: World,
) -> None:
    facts = RuleFacts("team", today(), 1, 0, "delete", "Arkivplanen, punkt 4", "Vi trenger det ikke lenger")
    async with shared_world.at("horten", ADMIN) as uow:
        rule = await propose_rule(uow, facts)
        assert not (await rules_now(uow))["team"].own
        with pytest.raises(Forbidden):
            await decide_rule(uow, rule, approve=True)
        assert set(await rules_now(uow)) == set(KINDS), "every kind has a rule from the first day"
    async with shared_world.at("horten", MANAGER) as uow:
        await decide_rule(uow, rule, approve=True)
    async with shared_world.at("horten", MANAGER) as uow:
        now = await rules_now(uow)
        assert (now["team"].years, now["team"].own) == (1, True)
        assert not (await rules_now(uow, today() - timedelta(days=1)))["team"].own
    async with shared_world.at("re", MANAGER) as uow:
        assert not (await rules_now(uow))["team"].own


async def test_the_trail_is_still_whole_when_its_oldest_entries_have_gone(world: World) -> None:
    await old_case(world)
    async with world.job(world.horten, name="audit.seal") as uow:
        sealed = await seal_all(uow)
    # Sealed and old: made so before they are sealed again, as they would have been.
    await world.sql("UPDATE audit_entry SET at = at - interval '11 years', seal_no = NULL, seal = NULL WHERE tenant_id = $1",
                    world.horten)  # fmt: skip
    await world.sql("DELETE FROM audit_head WHERE scope_id = $1", world.horten)
    await world.sql("DELETE FROM access_index")
    async with world.job(world.horten, name="audit.seal") as uow:
        assert await seal_all(uow) == sealed
    run = await proposal(world, world.horten)
    await approve(world, run)
    await world.run_jobs()
    assert (await lines(world, run, "log"))[0][0] == "gone"
    async with world.job(world.horten, name="audit.seal") as uow:
        await seal_all(uow)
    gaps = await world.sql("SELECT first_no, last_no FROM audit_gap")
    assert [tuple(row) for row in gaps] == [(1, sealed - 1)], (
        "the newest stays, so that the chain has an end to stand on"
    )
    report = next(one for one in await verify(world.database.admin_url, []) if one.slug == "horten")
    assert report.broken is None
    await world.sql("UPDATE audit_gap SET last_no = last_no - 1")
    report = next(one for one in await verify(world.database.admin_url, []) if one.slug == "horten")
    assert report.broken
