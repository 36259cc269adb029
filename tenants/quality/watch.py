"""What a night's look finds late, rule by rule, and what follows: deviations opened, put right, or late once more (A10).

The job acts for the whole municipality, shielded cases too; who may see what it opened is asked at each reading.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.cases.api import application, case_file, colleagues
from tenants.complaints.api import complaint
from tenants.evaluations.api import evaluations_due_by
from tenants.letters.api import overdue_interims
from tenants.quality.models import Deviation
from tenants.quality.rules import Key, compare, evaluation_late_by, follow_up_by
from tenants.quality.service import DeviationFacts, happened, open_deviation
from tenants.quality.words import RULE_KINDS
from tenants.waiting.api import late_starts

Found = Mapping[Key, UUID]
"""What is late now: the key, and the case it hangs on."""
Look = Callable[[UnitOfWork], Awaitable[Found]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many deviations a look opened, found put right, and found late once more."""

    opened: int
    put_right: int
    late_again: int


async def not_started(uow: UnitOfWork) -> Found:
    """Granted services past the municipality's limit, never longer than the region's (A10)."""
    return {
        Key("not_started", str(late.order_id), late.wait.since): late.case_id
        for late in await late_starts(uow)
    }


_PROMISED = compile_query(
    select(application.c.id).where(
        application.c.tenant_id == bindparam("tenant"),
        application.c.id == any_(bindparam("ids", type_=ARRAY(PG_UUID(as_uuid=True)))),
        application.c.expected_on.is_not(None),
    )
)


async def month_limit(uow: UnitOfWork) -> Found:
    """Applications a month old with neither decision nor interim reply, and those whose promised day has passed
    (fvl. § 11 a; A5).
    """
    overdue = await overdue_interims(uow)
    ids = [one.application_id for one in overdue]
    promised = {row["id"] for row in await uow.rows(_PROMISED, tenant=uow.context.tenant, ids=ids)}
    return {
        Key(
            "promised_day" if one.application_id in promised else "month_limit",
            str(one.application_id),
            one.send_by,
        ): one.case_id
        for one in overdue
    }


async def evaluation(uow: UnitOfWork) -> Found:
    """Decisions whose yearly evaluation is more than a few days late (A7). The backlog of older ones has its own list."""
    return {
        Key("evaluation", str(one.decision_id), one.due_on): one.case_id
        for one in await evaluations_due_by(uow, evaluation_late_by(today()))
    }


_COMPLAINTS = compile_query(
    select(complaint.c.id, complaint.c.case_id, complaint.c.due_on).where(
        complaint.c.tenant_id == bindparam("tenant"),
        complaint.c.state != "closed",
        complaint.c.due_on < bindparam("today"),
    )
)


async def complaints(uow: UnitOfWork) -> Found:
    """Complaints that the municipality has neither answered nor sent on by the day that binds it (A9)."""
    rows = await uow.rows(_COMPLAINTS, tenant=uow.context.tenant, today=today())
    return {Key("complaint", str(row["id"]), row["due_on"]): row["case_id"] for row in rows}


LOOKS: Mapping[tuple[str, ...], Look] = {
    ("not_started",): not_started,
    ("month_limit", "promised_day"): month_limit,
    ("evaluation",): evaluation,
    ("complaint",): complaints,
}
"""Which rules each look answers for: only what a look answers for can it say is put right."""


# What stands ----------------------------------------------------------------------------------------------------------
async def _standing(uow: UnitOfWork) -> Sequence[Deviation]:
    """Every deviation that a rule has opened, closed ones too."""
    found = await uow.session.scalars(
        select(Deviation)
        .where(Deviation.tenant_id == uow.context.tenant, Deviation.rule != "")
        .order_by(Deviation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found.all()


def _key(row: Deviation) -> Key:
    assert row.began_on is not None
    return Key(row.rule, str(row.object_id), row.began_on)


_RESPONSIBLE = compile_query(
    select(case_file.c.id, case_file.c.responsible_id).where(
        case_file.c.tenant_id == bindparam("tenant"),
        case_file.c.id == any_(bindparam("ids", type_=ARRAY(PG_UUID(as_uuid=True)))),
    )
)


async def _responsible(uow: UnitOfWork, cases: Sequence[UUID]) -> Mapping[UUID, tuple[UUID, str]]:
    """Who is responsible for each case and works here still."""
    names = {one.id: one.name for one in await colleagues(uow)}
    rows = await uow.rows(_RESPONSIBLE, tenant=uow.context.tenant, ids=list(cases))
    return {
        row["id"]: (row["responsible_id"], names[row["responsible_id"]])
        for row in rows
        if row["responsible_id"] in names
    }


async def look(uow: UnitOfWork, looks: Mapping[tuple[str, ...], Look] = LOOKS) -> Outcome:
    """Look with every rule. Doing it again the same day changes nothing: each is told by rule, object and day."""
    found: dict[Key, UUID] = {}
    for one in looks.values():
        found |= await one(uow)
    standing = {_key(row): row for row in await _standing(uow)}
    still_open = [key for key, row in standing.items() if row.closed_on is None]
    change = compare(
        found,
        [key for key in still_open if standing[key].put_right_on is None],
        [key for key in still_open if standing[key].put_right_on is not None],
        standing,
        {rule for rules in looks for rule in rules},
    )
    await _open(uow, {key: found[key] for key in change.opened})
    day = today()
    for key in sorted(change.put_right, key=str):
        await _mark(uow, standing[key], "put_right", day)
    for key in sorted(change.late_again, key=str):
        await _mark(uow, standing[key], "late_again", None)
    return Outcome(len(change.opened), len(change.put_right), len(change.late_again))


async def _open(uow: UnitOfWork, found: Found) -> None:
    responsible = await _responsible(uow, list(found.values()))
    for key in sorted(found, key=lambda key: (key.began_on, str(key))):
        who = responsible.get(found[key])
        await open_deviation(
            uow,
            DeviationFacts(
                kind=RULE_KINDS.get(key.rule, "deadline"), case_id=found[key], rule=key.rule,
                object_id=UUID(key.object_id), began_on=key.began_on, due_on=follow_up_by(today()),
                responsible_id=who[0] if who else None, responsible_name=who[1] if who else "",
            ),
        )  # fmt: skip


async def _mark(uow: UnitOfWork, row: Deviation, what: str, put_right_on: date | None) -> None:
    row.put_right_on = put_right_on
    row.version += 1
    await happened(uow, row.id, what, today())
    await record_change(uow, f"deviation.{what}", "deviation", row.id, rule=row.rule)
