"""Decisions in two steps, what they replace and end, notice before a reduction, and that what is decided stands (A6, A15)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.policy.roles import Role
from tenants.assignments.api import fill_order, orders_of_case
from tenants.assignments.jobs import new_day
from tenants.cases.api import case_card
from tenants.cases.applications import WithdrawalFacts, withdraw_application
from tenants.cases.circle import name_on_case, shield_by_hand
from tenants.decisions.api import DecisionFacts, GrantFacts, decisions_of, draft_from, end_decision, grants_of
from tenants.decisions.changing import discard_draft
from tenants.decisions.hooks import _ON_DECIDED, _ON_NOTICE, DecidedDecision, GivenNotice
from tenants.decisions.notices import NoticeFacts, ReplyFacts, give_notice, record_reply
from tenants.decisions.service import (
    issue_decision,
    propose_decision,
    return_decision,
    save_decision,
    take_back,
)
from tests.provider_samples import case_of, contact, granted_order, granted_orders, individual
from tests.worlds import World

CHILD = Role.PURCHASER_CHILD
GROUND = "hol-3-2-6b"
YEAR = timedelta(days=364)


def facts(*grants: GrantFacts, kind: str = "change", **changes: Any) -> DecisionFacts:
    """A decision that lacks nothing."""
    return replace(
        DecisionFacts(
            kind, grants, "En fast aktivitet hver uke.", "Jeg vil klatre.", "Jonas er fortsatt mye alene.", GROUND,
            today() + timedelta(days=180),
        ),
        **changes,
    )  # fmt: skip


def service(
    hours: str, *, start: date, end: date | None = None, unit: str = "week", form: str = "individual"
) -> GrantFacts:
    """A service for a year from a day."""
    return GrantFacts(
        form, Decimal(hours), unit, "Tirsdager", start, end or start + YEAR, "Klatre og ta bussen hjem."
    )


async def running(world: World, hours: str = "4") -> tuple[UUID, UUID, UUID]:
    """(case, order, assignment): a child with a contact for four hours a week."""
    order_id = (await granted_orders(world, "horten", [individual(hours)]))[0]
    contact_id = await contact(world, "horten")
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        made = await fill_order(uow, order_id, contact_id, starts_on=today() - timedelta(days=30))
    return await case_of(world, "horten", order_id), order_id, made


async def row(world: World, table: str, found: UUID) -> dict[str, Any]:
    return dict((await world.sql(f"SELECT * FROM {table} WHERE id = $1", found))[0])


async def only(world: World, table: str, where: str = "true") -> dict[str, Any]:
    (found,) = await world.sql(f"SELECT * FROM {table} WHERE {where}")
    return dict(found)


async def change(world: World, case_id: UUID, changed: DecisionFacts) -> UUID:
    """Drafted and proposed by one purchaser, made by the other."""
    async with world.at("horten", CHILD) as uow:
        await draft_from(uow, case_id)
        decision_id = await propose_decision(uow, case_id, changed, version=1, impartial=True)
    async with world.at("horten", CHILD, second=True) as uow:
        return await issue_decision(uow, decision_id, version=3, impartial=True)


async def proposed(world: World) -> tuple[UUID, UUID]:
    """(case, decision): an additional group, sent to approval in version 2."""
    case_id = await case_of(world, "horten", await granted_order(world, "horten"))
    async with world.at("horten", CHILD) as uow:
        group = service("2", start=today(), form="group")
        return case_id, await propose_decision(
            uow, case_id, facts(group, kind="grant"), version=0, impartial=True
        )


# Two steps ------------------------------------------------------------------------------------------------------------
async def test_who_proposed_a_decision_cannot_make_it(world: World) -> None:
    _, decision_id = await proposed(world)
    with pytest.raises(Forbidden, match="En annen enn deg"):
        async with world.at("horten", CHILD) as uow:
            await issue_decision(uow, decision_id, version=2, impartial=True)
    assert (await row(world, "decision", decision_id))["state"] == "proposed"


async def test_who_wrote_it_cannot_make_it_even_if_a_colleague_sent_it(world: World) -> None:
    case_id, decision_id = await proposed(world)
    async with world.at("horten", CHILD) as uow:
        await take_back(uow, decision_id, version=2)
    async with world.at("horten", CHILD, second=True) as uow:
        await propose_decision(
            uow,
            case_id,
            facts(service("2", start=today(), form="group"), kind="grant"),
            version=3,
            impartial=True,
        )
    for second in (False, True):
        with pytest.raises(Forbidden):
            async with world.at("horten", CHILD, second=second) as uow:
                await issue_decision(uow, decision_id, version=5, impartial=True)
    async with world.at("horten", Role.MANAGER) as uow:
        await issue_decision(uow, decision_id, version=5, impartial=True)


async def test_one_may_take_both_steps_where_the_municipality_says_so_and_declares_in_each(
    world: World,
) -> None:
    await world.sql(
        "INSERT INTO allocation_rule (tenant_id, id, valid_from, four_eyes)"
        " VALUES ($1, gen_random_uuid(), '2020-01-01', false)",
        world.horten,
    )
    _, decision_id = await proposed(world)
    with pytest.raises(Invalid):
        async with world.at("horten", CHILD) as uow:
            await issue_decision(uow, decision_id, version=2, impartial=False)
    async with world.at("horten", CHILD) as uow:
        await issue_decision(uow, decision_id, version=2, impartial=True)
    made = await row(world, "decision", decision_id)
    assert made["state"] == "issued"
    assert len(made["impartial"]) == 2


@pytest.mark.parametrize(
    ("slug", "role", "raises"),
    [
        ("horten", Role.PURCHASER_ADULT, NotFound),
        ("horten", Role.PURCHASER_CHILD_WELFARE, NotFound),
        ("horten", Role.PROVIDER_COORDINATOR, Forbidden),
        ("re", Role.PURCHASER_CHILD, NotFound),
        ("re", Role.MANAGER, NotFound),
    ],
)
async def test_nobody_else_makes_it(world: World, slug: str, role: Role, raises: type[Exception]) -> None:
    _, decision_id = await proposed(world)
    with pytest.raises(raises):
        async with world.at(slug, role) as uow:
            await issue_decision(uow, decision_id, version=2, impartial=True)


async def test_a_decision_sent_back_keeps_its_text_and_the_note_and_can_be_sent_again(world: World) -> None:
    case_id, decision_id = await proposed(world)
    with pytest.raises(Invalid):
        async with world.at("horten", Role.MANAGER) as uow:
            await return_decision(uow, decision_id, "  ", version=2)
    async with world.at("horten", Role.MANAGER) as uow:
        await return_decision(uow, decision_id, "Skriv når på dagen.", version=2)
    back = await row(world, "decision", decision_id)
    assert (back["state"], back["return_note"], back["goal"]) == (
        "draft",
        "Skriv når på dagen.",
        "En fast aktivitet hver uke.",
    )
    async with world.at("horten", CHILD) as uow:
        again = facts(service("2", start=today(), form="group"), kind="grant")
        await propose_decision(uow, case_id, again, version=3, impartial=True)
    assert (await row(world, "decision", decision_id))["return_note"] == ""


async def test_what_is_proposed_is_not_written_on(world: World) -> None:
    case_id, _ = await proposed(world)
    with pytest.raises(Conflict):
        async with world.at("horten", CHILD) as uow:
            await save_decision(uow, case_id, facts(kind="grant"), version=2)


async def test_of_two_who_make_it_at_once_one_does_and_the_other_is_told(world: World) -> None:
    _, decision_id = await proposed(world)

    async def make(role: Role, *, second: bool = False) -> None:
        async with world.at("horten", role, second=second) as uow:
            await issue_decision(uow, decision_id, version=2, impartial=True)

    both = await asyncio.gather(make(CHILD, second=True), make(Role.MANAGER), return_exceptions=True)
    assert sorted(type(one).__name__ for one in both) == ["Conflict", "NoneType"]
    assert len(await world.sql("SELECT 1 FROM service_order WHERE form = 'group'")) == 1
    assert len(await world.sql("SELECT 1 FROM audit_entry WHERE action = 'decision.issued'")) == 2


async def test_two_who_begin_a_draft_at_once_make_one(world: World) -> None:
    case_id = await case_of(world, "horten", await granted_order(world, "horten"))

    async def begin(*, second: bool) -> None:
        async with world.at("horten", CHILD, second=second) as uow:
            await save_decision(uow, case_id, facts(kind="refusal"), version=0)

    both = await asyncio.gather(begin(second=False), begin(second=True), return_exceptions=True)
    assert sorted(type(one).__name__ for one in both) == ["Conflict", "NoneType"]
    assert len(await world.sql("SELECT 1 FROM decision WHERE state = 'draft'")) == 1


async def test_a_shielded_case_needs_somebody_else_in_its_circle(world: World) -> None:
    case_id = await case_of(world, "horten", await granted_order(world, "horten"))
    async with world.at("horten", CHILD) as uow:
        await shield_by_hand(uow, case_id, reason="Trussel")
    group = facts(service("2", start=today(), form="group"), kind="grant")
    with pytest.raises(Invalid) as bad:
        async with world.at("horten", CHILD) as uow:
            await propose_decision(uow, case_id, group, version=0, impartial=True)
    assert list(bad.value.errors) == [""]
    async with world.at("horten", CHILD) as uow:
        await name_on_case(uow, case_id, world.user("horten", CHILD, second=True))
        decision_id = await propose_decision(uow, case_id, group, version=0, impartial=True)
    with pytest.raises(NotFound):
        async with world.at("horten", Role.MANAGER) as uow:
            await issue_decision(uow, decision_id, version=2, impartial=True)
    async with world.at("horten", CHILD, second=True) as uow:
        await issue_decision(uow, decision_id, version=2, impartial=True)


# What is decided stands -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sammen.decision SET goal = 'noe annet' WHERE state = 'issued'",
        "UPDATE sammen.decision SET decided_on = decided_on - 1 WHERE state = 'issued'",
        "UPDATE sammen.decision SET state = 'draft' WHERE state = 'issued'",
        "UPDATE sammen.decision SET state = 'proposed' WHERE state = 'issued'",
        "UPDATE sammen.decision SET taken_over = true WHERE state = 'issued'",
        "UPDATE sammen.decision SET taken_over = true WHERE state = 'draft'",
        "UPDATE sammen.decision SET state = 'issued' WHERE state = 'draft'",
        "DELETE FROM sammen.decision WHERE state = 'issued'",
        "UPDATE sammen.service_grant g SET amount = 40 FROM sammen.decision d WHERE d.id = g.decision_id"
        " AND d.state = 'issued'",
        "UPDATE sammen.service_grant g SET valid_to = '2030-01-01' FROM sammen.decision d WHERE d.id = g.decision_id"
        " AND d.state = 'issued'",
        "UPDATE sammen.service_grant g SET decision_id = (SELECT id FROM sammen.decision WHERE state = 'issued')"
        " FROM sammen.decision d WHERE d.id = g.decision_id AND d.state = 'draft'",
        "INSERT INTO sammen.service_grant (tenant_id, id, decision_id, form)"
        " SELECT tenant_id, gen_random_uuid(), id, 'group' FROM sammen.decision WHERE state = 'issued'",
    ],
)  # fmt: skip
async def test_the_application_itself_cannot_change_what_was_decided(world: World, statement: str) -> None:
    case_id = await case_of(world, "horten", await granted_order(world, "horten"))
    async with world.at("horten", CHILD) as uow:
        await draft_from(uow, case_id)
    with pytest.raises(asyncpg.CheckViolationError, match="is not changed"):
        async with world.at("horten", CHILD) as uow:
            await uow.call(statement)


async def test_what_is_proposed_reads_the_same_until_it_is_made_or_sent_back(world: World) -> None:
    await proposed(world)
    with pytest.raises(asyncpg.CheckViolationError):
        async with world.at("horten", CHILD) as uow:
            await uow.call("UPDATE sammen.decision SET reasons = 'noe annet' WHERE state = 'proposed'")


# A change -------------------------------------------------------------------------------------------------------------
async def test_more_hours_keep_the_order_and_the_contact_and_count_from_the_first_day(world: World) -> None:
    case_id, order_id, made = await running(world)
    old = await only(world, "decision")
    first = today() + timedelta(days=5)
    new = await change(world, case_id, facts(service("6", start=first)))
    replaced = await row(world, "decision", old["id"])
    assert (replaced["state"], replaced["ended_on"]) == ("replaced", first - timedelta(days=1))
    assert (await row(world, "decision", new))["replaces_id"] == old["id"]
    order = await only(world, "service_order")
    assert (order["id"], order["state"], order["changes_on"]) == (order_id, "filled", first)
    assert (await row(world, "assignment", made))["amount"] == 4
    assert (await row(world, "case_file", case_id))["state"] == "running"
    provider = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    page = f"/k/horten/bestillinger/{order_id}"
    assert "Si fra til støttekontakten." in (await provider.get("/k/horten")).text
    assert (await provider.submit(f"{page}/sagt-fra", page=page)).status_code == 303
    assert "Si fra til støttekontakten." not in (await provider.get("/k/horten")).text
    # The day comes: as if the new decision had begun yesterday and the old ended the day before.
    await world.sql("UPDATE service_grant SET valid_from = valid_from - 6 WHERE decision_id = $1", new)
    await world.sql("UPDATE service_grant SET ended_on = ended_on - 6 WHERE decision_id = $1", old["id"])
    for _ in range(2):
        async with world.job(world.horten) as uow:
            await new_day(uow, {})
    assignment = await row(world, "assignment", made)
    assert (assignment["state"], assignment["amount"], assignment["order_id"]) == ("running", 6, order_id)
    (grant,) = await world.sql("SELECT id FROM service_grant WHERE decision_id = $1", new)
    assert (await row(world, "service_order", order_id))["grant_id"] == grant["id"]
    assert (await row(world, "decision", new))["state"] == "issued"


async def test_a_change_from_today_is_given_at_once_and_a_second_change_follows_the_same_line(
    world: World,
) -> None:
    case_id, order_id, made = await running(world)
    await change(world, case_id, facts(service("5", start=today())))
    assert (await row(world, "assignment", made))["amount"] == 5
    await change(world, case_id, facts(service("6", start=today() + timedelta(days=1))))
    await world.sql("UPDATE service_grant SET valid_from = $1 WHERE amount = 6", today())
    await world.sql("UPDATE service_grant SET valid_from = $1 WHERE amount = 5", today() - timedelta(days=1))
    async with world.job(world.horten) as uow:
        await new_day(uow, {})
    assert (await row(world, "assignment", made))["amount"] == 6
    assert [one["id"] for one in await world.sql("SELECT id FROM service_order")] == [order_id]
    assert len(await world.sql("SELECT DISTINCT line_id FROM service_grant WHERE line_id IS NOT NULL")) == 1


async def test_an_order_that_waits_asks_for_the_new_hours_and_one_that_was_returned_is_sent_again(
    world: World,
) -> None:
    order_id = await granted_order(world, "horten")
    case_id = await case_of(world, "horten", order_id)
    await world.sql("UPDATE service_order SET state = 'returned', return_reason = 'Når på dagen?'")
    await change(world, case_id, facts(service("6", start=today() + timedelta(days=3))))
    async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
        (order,) = await orders_of_case(uow, case_id)
    assert (order.id, order.state, order.amount) == (order_id, "sent", Decimal(6))


async def test_a_form_that_is_added_is_ordered_and_the_contact_goes_on(world: World) -> None:
    case_id, _, _ = await running(world)
    first = today() + timedelta(days=2)
    await change(world, case_id, facts(service("4", start=first), service("2", start=first, form="group")))
    states = {one["form"]: one["state"] for one in await world.sql("SELECT form, state FROM service_order")}
    assert states == {"individual": "filled", "group": "sent"}
    assert (await row(world, "case_file", case_id))["forms"] == ["individual", "group"]


async def test_a_change_is_refused_when_what_it_replaces_has_ended_meanwhile(world: World) -> None:
    case_id, _, _ = await running(world)
    old = await only(world, "decision")
    async with world.at("horten", CHILD) as uow:
        await draft_from(uow, case_id)
        decision_id = await propose_decision(
            uow, case_id, facts(service("6", start=today())), version=1, impartial=True
        )
    async with world.at("horten", CHILD) as uow:
        await end_decision(uow, old["id"], today(), "moved")
    with pytest.raises(Conflict):
        async with world.at("horten", CHILD, second=True) as uow:
            await issue_decision(uow, decision_id, version=3, impartial=True)


async def test_the_same_service_is_not_granted_twice_for_the_same_days(world: World) -> None:
    case_id = await case_of(world, "horten", await granted_order(world, "horten"))
    with pytest.raises(Invalid) as bad:
        async with world.at("horten", CHILD) as uow:
            await propose_decision(
                uow, case_id, facts(service("2", start=today()), kind="grant"), version=0, impartial=True
            )
    assert "gir samme tjeneste fra" in bad.value.errors["fra_0"].text()
    after = today() + timedelta(days=201)
    async with world.at("horten", CHILD) as uow:
        later = facts(service("2", start=after), kind="grant", evaluate_on=after + timedelta(days=90))
        await propose_decision(uow, case_id, later, version=0, impartial=True)


async def test_a_draft_that_follows_carries_the_text_over_and_is_made_once(world: World) -> None:
    case_id = await case_of(world, "horten", await granted_order(world, "horten"))
    old = await only(world, "decision")
    async with world.at("horten", CHILD) as uow:
        draft = await draft_from(uow, case_id, own_words="Jeg vil klatre mer.")
        assert await draft_from(uow, case_id) == draft
        card = next(one for one in await decisions_of(uow, case_id) if one.id == draft)
        assert (card.goal, card.own_words, card.replaces_id, card.kind) == (
            old["goal"], "Jeg vil klatre mer.", old["id"], "change",
        )  # fmt: skip
        (grant,) = [one for one in await grants_of(uow, case_id) if one.decision_id == draft]
        assert (grant.amount, grant.content, grant.line_id is not None) == (
            Decimal(4),
            "Klatre i hallen og øve på bussen dit.",
            True,
        )
    async with world.at("horten", CHILD) as uow:
        await discard_draft(uow, case_id, version=1)
    assert len(await world.sql("SELECT 1 FROM decision")) == 1
    with pytest.raises(Forbidden):
        async with world.at("horten", Role.MANAGER) as uow:
            await draft_from(uow, case_id)


async def test_what_has_run_out_is_renewed_as_a_new_grant_and_cannot_be_ended(world: World) -> None:
    case_id, order_id, _ = await running(world)
    await world.sql("UPDATE service_grant SET valid_to = $1", today() - timedelta(days=1))
    async with world.job(world.horten) as uow:
        await new_day(uow, {})
    assert (await row(world, "case_file", case_id))["state"] == "evaluating"
    with pytest.raises(Conflict):
        async with world.at("horten", CHILD) as uow:
            await draft_from(uow, case_id, kind="ending")
    browser = await world.browser("horten", CHILD)
    page = f"/k/horten/saker/{case_id}/vedtak/endre"
    shown = (await browser.get(page)).text
    assert "Forny" in shown
    assert "Avslutt tjenesten" not in shown
    async with world.at("horten", CHILD) as uow:
        draft = await draft_from(uow, case_id)
        assert await draft_from(uow, case_id) == draft
        again = facts(service("4", start=today()), kind="grant")
        decision_id = await propose_decision(uow, case_id, again, version=1, impartial=True)
    async with world.at("horten", CHILD, second=True) as uow:
        await issue_decision(uow, decision_id, version=3, impartial=True)
    orders = await world.sql("SELECT id, state FROM service_order ORDER BY id")
    assert [one["state"] for one in orders] == ["ended", "sent"]
    assert orders[0]["id"] == order_id


async def test_a_case_where_nothing_was_ever_granted_has_nothing_to_change(world: World) -> None:
    case_id = await case_of(world, "horten", await granted_order(world, "horten"))
    await world.sql("UPDATE decision SET kind = 'refusal'")
    with pytest.raises(Conflict):
        async with world.at("horten", CHILD) as uow:
            await draft_from(uow, case_id)
    browser = await world.browser("horten", CHILD)
    assert (await browser.get(f"/k/horten/saker/{case_id}/vedtak/endre")).status_code == 404


# Less than before: notice (fvl. § 16) ---------------------------------------------------------------------------------
async def fewer_hours(uow: UnitOfWork, case_id: UUID, hours: str = "2") -> DecisionFacts:
    """A saved draft with fewer hours; its version is 2."""
    await draft_from(uow, case_id)
    less = facts(service(hours, start=today() + timedelta(days=30)))
    await save_decision(uow, case_id, less, version=1)
    return less


NOTICE = NoticeFacts("Fra 4 til 2 timer i uka.", "Jonas klarer mer selv.", today() + timedelta(days=15))


async def test_less_than_before_is_not_decided_without_notice(world: World) -> None:
    """Fvl. § 16: the party is notified, and may speak, before a decision that takes something away."""
    case_id, _, _ = await running(world)
    async with world.at("horten", CHILD) as uow:
        less = await fewer_hours(uow, case_id)
    with pytest.raises(Invalid) as bad:
        async with world.at("horten", CHILD) as uow:
            await propose_decision(uow, case_id, less, version=2, impartial=True)
    assert set(bad.value.errors) == {"varsel"}


async def test_a_reply_lets_it_go_on_and_the_deadline_does_when_nobody_replies(world: World) -> None:
    """Fvl. § 16 first paragraph: a stated time to speak in."""
    case_id, _, _ = await running(world)
    told: list[GivenNotice] = []

    async def listen(_: UnitOfWork, notice: GivenNotice) -> None:
        told.append(notice)

    _ON_NOTICE.append(listen)
    try:
        async with world.at("horten", CHILD) as uow:
            less = await fewer_hours(uow, case_id)
            notice_id = await give_notice(uow, case_id, NOTICE)
            with pytest.raises(Invalid):
                await propose_decision(uow, case_id, less, version=2, impartial=True)
            await uow.rollback()
        async with world.at("horten", CHILD) as uow:
            await fewer_hours(uow, case_id)
            notice_id = await give_notice(uow, case_id, NOTICE)
    finally:
        _ON_NOTICE.remove(listen)
    assert told[-1].reply_by == NOTICE.reply_by
    with pytest.raises(Invalid):
        async with world.at("horten", CHILD) as uow:
            await record_reply(
                uow, case_id, notice_id, ReplyFacts(today() + timedelta(days=1), "Mor", "Nei"), version=1
            )
    async with world.at("horten", CHILD) as uow:
        await record_reply(uow, case_id, notice_id, ReplyFacts(today(), "Mor", "Det er greit."), version=1)
    with pytest.raises(Conflict):
        async with world.at("horten", CHILD, second=True) as uow:
            await record_reply(uow, case_id, notice_id, ReplyFacts(today(), "Far", "Nei."), version=1)
    async with world.at("horten", CHILD) as uow:
        await propose_decision(uow, case_id, less, version=2, impartial=True)


@pytest.mark.parametrize(("days_ago", "may"), [(13, False), (14, False), (15, True)])
async def test_without_a_reply_the_whole_deadline_is_waited_for(
    world: World, days_ago: int, may: bool
) -> None:
    case_id, _, _ = await running(world)
    async with world.at("horten", CHILD) as uow:
        less = await fewer_hours(uow, case_id)
        await give_notice(uow, case_id, replace(NOTICE, reply_by=today() + timedelta(days=14)))
    await world.sql(
        "UPDATE advance_notice SET given_on = given_on - $1::int, reply_by = reply_by - $1::int", days_ago
    )
    async with world.at("horten", CHILD) as uow:
        if may:
            await propose_decision(uow, case_id, less, version=2, impartial=True)
        else:
            with pytest.raises(Invalid):
                await propose_decision(uow, case_id, less, version=2, impartial=True)
            await uow.rollback()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reply_by": today() + timedelta(days=13)}, "frist"),
        ({"reply_by": None}, "frist"),
        ({"reply_by": None, "waiver": "oppdiktet", "waiver_reason": "x"}, "unntak"),
        ({"reply_by": None, "waiver": "known"}, "unntak_grunn"),
    ],
)
async def test_a_notice_gives_two_weeks_or_says_why_none_is_given(
    world: World, changes: dict[str, Any], field: str
) -> None:
    """Fvl. § 16 first and third paragraph."""
    case_id, _, _ = await running(world)
    async with world.at("horten", CHILD) as uow:
        await fewer_hours(uow, case_id)
    with pytest.raises(Invalid) as bad:
        async with world.at("horten", CHILD) as uow:
            await give_notice(uow, case_id, replace(NOTICE, **changes))
    assert list(bad.value.errors) == [field]


async def test_a_reason_not_to_notify_is_kept_and_lets_it_go_on(world: World) -> None:
    """Fvl. § 16 third paragraph c: who knows already, and has had time to speak."""
    case_id, _, _ = await running(world)
    async with world.at("horten", CHILD) as uow:
        less = await fewer_hours(uow, case_id)
        await give_notice(
            uow, case_id, replace(NOTICE, reply_by=None, waiver="known", waiver_reason="Mor ba om det.")
        )
        await propose_decision(uow, case_id, less, version=2, impartial=True)
    assert (await only(world, "advance_notice"))["waiver_reason"] == "Mor ba om det."


async def test_a_draft_that_takes_more_than_the_notice_told_of_needs_a_new_one(world: World) -> None:
    case_id, _, _ = await running(world)
    async with world.at("horten", CHILD) as uow:
        await fewer_hours(uow, case_id)
        notice_id = await give_notice(uow, case_id, NOTICE)
        await record_reply(uow, case_id, notice_id, ReplyFacts(today(), "Mor", "Greit."), version=1)
        least = facts(service("1", start=today() + timedelta(days=30)))
        with pytest.raises(Invalid):
            await propose_decision(uow, case_id, least, version=2, impartial=True)
        await uow.rollback()


async def test_a_draft_that_takes_nothing_needs_no_notice(world: World) -> None:
    case_id, _, _ = await running(world)
    async with world.at("horten", CHILD) as uow:
        await draft_from(uow, case_id)
        await save_decision(uow, case_id, facts(service("6", start=today())), version=1)
    with pytest.raises(Conflict):
        async with world.at("horten", CHILD) as uow:
            await give_notice(uow, case_id, NOTICE)


# Ending and withdrawal ------------------------------------------------------------------------------------------------
async def ended(world: World, case_id: UUID, last: date) -> UUID:
    """An ending the user wishes, made by two."""
    async with world.at("horten", CHILD) as uow:
        await draft_from(uow, case_id, kind="ending")
        over = facts(kind="ending", ends_on=last, outcome="wish", evaluate_on=None)
        decision_id = await propose_decision(uow, case_id, over, version=1, impartial=True)
    async with world.at("horten", CHILD, second=True) as uow:
        return await issue_decision(uow, decision_id, version=3, impartial=True)


async def test_an_ending_today_ends_the_assignment_and_closes_the_case(world: World) -> None:
    case_id, order_id, made = await running(world)
    await ended(world, case_id, today())
    assert (await row(world, "assignment", made))["ended_on"] == today()
    assert (await row(world, "service_order", order_id))["state"] == "ended"
    case = await row(world, "case_file", case_id)
    assert (case["state"], case["outcome"]) == ("closed", "wish")


async def test_an_ending_ahead_ends_it_in_the_night_after_the_last_day(world: World) -> None:
    case_id, order_id, made = await running(world)
    decision_id = await ended(world, case_id, today() + timedelta(days=3))
    async with world.job(world.horten) as uow:
        await new_day(uow, {})
    assert (await row(world, "assignment", made))["state"] == "running"
    await world.sql("UPDATE service_grant SET ended_on = $1", today() - timedelta(days=1))
    await world.sql(
        "UPDATE decision SET ends_on = $1 WHERE id = $2", today() - timedelta(days=1), decision_id
    )
    for _ in range(2):
        async with world.job(world.horten) as uow:
            await new_day(uow, {})
    assert (await row(world, "assignment", made))["ended_on"] == today() - timedelta(days=1)
    assert (await row(world, "service_order", order_id))["state"] == "ended"
    assert (await row(world, "case_file", case_id))["state"] == "closed"
    assert (await row(world, "decision", decision_id))["state"] == "ended"


async def test_an_ending_against_the_users_wish_needs_notice(world: World) -> None:
    """Fvl. § 16."""
    case_id, _, _ = await running(world)
    over = facts(kind="ending", ends_on=today() + timedelta(days=40), outcome="not_needed", evaluate_on=None)
    async with world.at("horten", CHILD) as uow:
        await draft_from(uow, case_id, kind="ending")
    with pytest.raises(Invalid) as bad:
        async with world.at("horten", CHILD) as uow:
            await propose_decision(uow, case_id, over, version=1, impartial=True)
    assert set(bad.value.errors) == {"varsel"}


async def test_a_withdrawn_application_is_a_decision_of_its_own_and_its_draft_goes(world: World) -> None:
    await granted_order(world, "horten")
    await world.sql("UPDATE application SET state = 'open'")
    await world.sql("UPDATE case_file SET state = 'deciding'")
    await world.sql("UPDATE decision SET state = 'draft', decided_on = NULL")
    application = await only(world, "application")
    told: list[DecidedDecision] = []

    async def listen(_: UnitOfWork, decided: DecidedDecision) -> None:
        told.append(decided)

    _ON_DECIDED.append(listen)
    await world.sql("DELETE FROM service_order")
    try:
        async with world.at("horten", CHILD) as uow:
            await withdraw_application(
                uow, application["id"], WithdrawalFacts(today(), "Mor", "Har fått plass i speideren.")
            )
    finally:
        _ON_DECIDED.remove(listen)
    decision = await only(world, "decision")
    assert (decision["kind"], decision["state"], decision["legal_ground"]) == ("withdrawal", "issued", GROUND)
    assert [one.kind for one in told] == ["withdrawal"]
    assert (await only(world, "case_file"))["state"] == "closed"


async def test_a_refusal_of_more_leaves_what_is_in_force_alone(world: World) -> None:
    case_id, order_id, _ = await running(world)
    async with world.at("horten", CHILD) as uow:
        no = facts(kind="refusal", evaluate_on=None)
        decision_id = await propose_decision(uow, case_id, no, version=0, impartial=True)
    async with world.at("horten", CHILD, second=True) as uow:
        await issue_decision(uow, decision_id, version=2, impartial=True)
        assert (await case_card(uow, case_id)).state == "running"
    assert (await row(world, "service_order", order_id))["state"] == "filled"


async def test_a_ground_of_child_welfare_is_that_purchasers_alone_and_an_older_act_is_nobodys(
    world: World,
) -> None:
    case_id = await case_of(world, "horten", await granted_order(world, "horten"))
    for ground in ("bvl-3-1", "sotjl-4-2-c"):
        with pytest.raises(Invalid) as bad:
            async with world.at("horten", CHILD) as uow:
                await propose_decision(
                    uow, case_id, facts(kind="refusal", legal_ground=ground), version=0, impartial=True
                )
        assert set(bad.value.errors) == {"hjemmel"}


async def test_the_provider_reads_a_decision_and_changes_nothing_in_it(world: World) -> None:
    """A1: the provider takes an order on or sends it back; the decision is the purchaser's."""
    case_id, _, _ = await running(world)
    with pytest.raises(Forbidden):
        async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
            await save_decision(uow, case_id, facts(kind="refusal"), version=0)
    with pytest.raises(Forbidden):
        async with world.at("horten", Role.PROVIDER_COORDINATOR) as uow:
            await draft_from(uow, case_id)
    browser = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    decision = await only(world, "decision")
    page = f"/k/horten/vedtak/{decision['id']}"
    shown = await browser.get(page)
    assert shown.status_code == 200
    assert "Fatt vedtaket" not in shown.text
    for path in (
        f"/k/horten/saker/{case_id}/vedtak",
        f"/k/horten/saker/{case_id}/vedtak/endre",
        f"{page}/fatt",
        f"{page}/retur",
    ):
        assert (await browser.submit(path, {"versjon": "1"}, page=page)).status_code in (403, 404), path
