"""What a payroll system fetches by itself: closed runs and their lines, as the run's own file has them (B9).

The columns are those of the file: whom it pays, and neither service users nor a word anybody wrote of a meeting.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, and_, bindparam, or_, select, tuple_
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.contacts.api import support_contact
from tenants.payroll.files import FileRow
from tenants.payroll.gather import item
from tenants.payroll.queries import RunCard, run, run_card
from tenants.people.api import person

_MOMENT, _ID = DateTime(timezone=True), PG_UUID(as_uuid=True)
_RUNS = compile_query(
    select(*(run.c[name] for name in RunCard.__dataclass_fields__))
    .where(
        run.c.tenant_id == bindparam("tenant"),
        run.c.state == "closed",
        or_(bindparam("since", type_=_MOMENT).is_(None), run.c.closed_at >= bindparam("since", type_=_MOMENT)),
        or_(
            bindparam("after_at", type_=_MOMENT).is_(None),
            tuple_(run.c.closed_at, run.c.id)
            > tuple_(bindparam("after_at", type_=_MOMENT), bindparam("after", type_=_ID)),
        ),
    )
    .order_by(run.c.closed_at, run.c.id)
    .limit(bindparam("most"))
)  # fmt: skip
_LINES = compile_query(
    select(
        item.c.id.label("item_id"), item.c.employee_no,
        (person.c.given_name + " " + person.c.family_name).label("name"), item.c.assignment_id, item.c.kind, item.c.component,
        item.c.worked_on, item.c.quantity, item.c.rate_ore, item.c.amount_ore, item.c.pay_code, item.c.account,
        item.c.department, item.c.art, item.c.kostra_function, item.c.project, item.c.rule,
        item.c.reverses_id, item.c.follows_id, support_contact.c.person_id,
    )
    .select_from(
        item.join(
            support_contact,
            and_(support_contact.c.tenant_id == item.c.tenant_id, support_contact.c.id == item.c.contact_id),
        ).join(person, and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id))
    )
    .where(
        item.c.tenant_id == bindparam("tenant"),
        item.c.run_id == bindparam("run"),
        (item.c.amount_ore != 0) | (item.c.quantity != 0),
        or_(bindparam("after", type_=_ID).is_(None), item.c.id > bindparam("after", type_=_ID)),
    )
    .order_by(item.c.id)
    .limit(bindparam("most"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OutgoingLine:
    """A line of a run, and the person it pays (for the access log)."""

    row: FileRow
    person_id: UUID


async def closed_runs(
    uow: UnitOfWork, *, since: datetime | None, after: tuple[datetime, UUID] | None, most: int
) -> list[RunCard]:
    """Closed runs in the order they closed; `after` is (closed at, id) of the last one that was seen."""
    at, last = after or (None, None)
    rows = await uow.rows(_RUNS, tenant=uow.context.tenant, since=since, after_at=at, after=last, most=most)
    return [RunCard(**dict(row)) for row in rows]


async def closed_run(uow: UnitOfWork, run_id: UUID) -> RunCard:
    """One closed run. Raises NotFound, also for one that is open: it is nobody's outside the house yet."""
    card = await run_card(uow, run_id)
    if card.state != "closed":
        raise NotFound
    return card


async def run_lines(uow: UnitOfWork, run_id: UUID, *, after: UUID | None, most: int) -> list[OutgoingLine]:
    """Lines of a run in a stable order. The caller has asked for the run, and writes the access log."""
    found = []
    for row in await uow.rows(_LINES, tenant=uow.context.tenant, run=run_id, after=after, most=most):
        values = dict(row)
        person_id = values.pop("person_id")
        about = values.pop("reverses_id"), values.pop("follows_id")
        found.append(OutgoingLine(FileRow(**values, about_id=about[0] or about[1]), person_id))
    return found
