"""A proposal made, and an approved run carried out: one thing at a time, batch by batch, so that it can be killed anywhere.

Every batch is one transaction: what went and the line that says so are there together or not at all. The deletion itself
is the database's (`retention_delete`), which asks for a proof over exactly these rows (docs/decisions/0083).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from tenants.cases.api import add_months
from tenants.retention.kinds import KINDS
from tenants.retention.models import RetentionItem, RetentionRun
from tenants.retention.plan import Closure, closure, hindrances
from tenants.retention.queries import Due, due_things, open_run, rules_now, run_for_change
from tenants.retention.rules import Rule

BATCH = 20
TRIMMED = 5_000
PROOF_SECONDS = 300


async def make_proposal(uow: UnitOfWork, *, asked: bool) -> UUID | None:
    """Look through every kind; the run's id, or None when one is open already or nothing has had its time.

    `asked`: somebody wanted it, and may then not approve it themselves. By the clock it is in nobody's name.
    """
    if await open_run(uow) is not None:
        return None
    day = today()
    lines: list[RetentionItem] = []
    for kind, rule in (await rules_now(uow)).items():
        things = await due_things(uow, rule)
        if kind == "log":
            things = _log_line(uow, things, rule, day)
        lines += [await _line(uow, rule, one) for one in things]
    if not lines:
        return None
    who = uow.context.user_id if asked else None
    run = RetentionRun(
        tenant_id=uow.context.tenant,
        as_of=day,
        made_by=who,
        made_by_name=uow.context.user_name if who else "",
    )
    uow.session.add(run)
    await uow.session.flush()
    for line in lines:
        line.run_id = run.id
    uow.session.add_all(lines)
    await uow.session.flush()
    await record_change(uow, "retention.proposed", "retention_run", run.id, lines=len(lines))
    return run.id


def _log_line(uow: UnitOfWork, things: Sequence[Due], rule: Rule, day: date) -> list[Due]:
    """The log goes as one line: every entry up to a day."""
    if not things:
        return []
    last = add_months(day, -(12 * rule.years + rule.months)) - timedelta(days=1)
    while not rule.due(last, day):
        last -= timedelta(days=1)
    return [Due(uow.context.tenant, last, None, None, None)]


async def _line(uow: UnitOfWork, rule: Rule, one: Due) -> RetentionItem:
    found = Closure() if rule.kind == "log" else await closure(uow, rule.kind, one.id)
    stops = await hindrances(
        uow, found, rule.action, case=one.case_id, person=one.person_id, contact=one.contact_id
    )
    return RetentionItem(
        tenant_id=uow.context.tenant, kind=rule.kind, object_id=one.id, case_id=one.case_id, person_id=one.person_id,
        contact_id=one.contact_id, event_on=one.event_on, kept_until=rule.kept_until(one.event_on), action=rule.action,
        basis=rule.basis, state="hindered" if stops else "waiting", hindrances=stops, rows=found.counts(),
    )  # fmt: skip


async def carry_out(uow: UnitOfWork, run_id: UUID) -> bool:
    """One batch of an approved run. Whether there is more to do. A run that is not under way does nothing."""
    run = await run_for_change(uow, run_id)
    if run.state != "running":
        return False
    kinds = {kind: place for place, kind in enumerate(KINDS)}
    items = list(
        await uow.session.scalars(
            select(RetentionItem)
            .where(
                RetentionItem.tenant_id == run.tenant_id,
                RetentionItem.run_id == run.id,
                RetentionItem.state == "waiting",
            )
            .order_by(RetentionItem.kind, RetentionItem.id)
            .with_for_update()
        )
    )
    # Pay before what it is for, cases before people, and the log last: it is to hold what this run did.
    items.sort(key=lambda item: (item.kind != "pay", kinds[item.kind], item.id))
    for item in items[:BATCH]:
        await (_trim(uow, item) if item.kind == "log" else _delete(uow, item))
        await uow.session.flush()
    left = [item for item in items if item.state == "waiting"]
    if not left:
        run.state, run.finished_at = "done", datetime.now(UTC)
        run.version += 1
        await uow.session.flush()
        await record_change(uow, "retention.finished", "retention_run", run.id, lines=len(items))
    return bool(left)


async def _delete(uow: UnitOfWork, item: RetentionItem) -> None:
    """All that hangs on one line, or a note of what stands in the way now."""
    assert item.object_id is not None
    found = await closure(uow, item.kind, item.object_id)
    stops = await hindrances(
        uow, found, item.action, case=item.case_id, person=item.person_id, contact=item.contact_id
    )
    rules = await rules_now(uow)
    if stops or not rules[item.kind].due(item.event_on, today()):
        item.state, item.hindrances = "hindered", stops or ["other"]
        return
    counts: dict[str, int] = {}
    for table, column, ids in found.order():
        gone = await _ask(uow, item.id, table, column, ids)
        if not column and gone:
            counts[table] = gone
    await _gone(uow, item, counts, found.digest())


async def _gone(uow: UnitOfWork, item: RetentionItem, counts: dict[str, int], digest: bytes) -> None:
    item.state, item.rows, item.digest, item.gone_at = "gone", counts, digest, datetime.now(UTC)
    item.object_id = item.case_id = item.person_id = item.contact_id = None
    await record_change(
        uow, "retention.deleted", "retention_item", item.id, kind=item.kind, basis=item.basis, rows=sum(counts.values()),
        tables=counts, digest=digest.hex(),
    )  # fmt: skip


def _proof(uow: UnitOfWork, item: UUID, message: str) -> tuple[int, bytes]:
    expires = int(time.time()) + PROOF_SECONDS
    said = f"retention|{uow.context.tenant}|{item}|{message}|{expires}"
    return expires, uow.keys.door_proof(said)


async def _ask(uow: UnitOfWork, item: UUID, table: str, column: str, ids: Sequence[UUID]) -> int:
    marks = hashlib.sha256(",".join(str(one) for one in ids).encode()).hexdigest()
    expires, proof = _proof(uow, item, f"{table}|{column}|{marks}")
    rows: list[Any] = await uow.call(
        "SELECT sammen.retention_delete($1, $2, $3, $4, $5, $6) AS gone", item, table, column, list(ids), expires, proof
    )  # fmt: skip
    return int(rows[0]["gone"])


async def _trim(uow: UnitOfWork, item: RetentionItem) -> None:
    """The log's oldest entries, at most TRIMMED a batch; the line is done when a batch finds none."""
    before = item.event_on + timedelta(days=1)
    expires, proof = _proof(uow, item.id, f"trim|{before}|{TRIMMED}")
    gaps: list[Any] = await uow.call(
        "SELECT * FROM sammen.retention_trim($1, $2, $3, $4, $5)", item.id, before, TRIMMED, expires, proof
    )
    took = sum(gap["last_no"] - gap["first_no"] + 1 for gap in gaps)
    for gap in gaps:
        await record_change(
            uow, "retention.trimmed", "retention_item", item.id, first=gap["first_no"], last=gap["last_no"],
            seal=gap["seal"].hex(),
        )  # fmt: skip
    item.rows = {"audit_entry": int(item.rows.get("audit_entry", 0)) + took}
    if took < TRIMMED:
        await _gone(uow, item, dict(item.rows), hashlib.sha256(f"log|{item.event_on}".encode()).digest())
