"""Receipts of a line: kept with it, and for a while without it when the form they came with must be mended.

A contact reaches only their own. Who sees the case, and payroll, read them with the line; nobody else does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, and_, any_, bindparam, delete, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.clock import now
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.assignments.api import assignment
from tenants.cases.api import case_file, purchasers_seen, visible
from tenants.timesheets.models import Receipt, TimesheetLine
from tenants.timesheets.pictures import JPEG, Picture

receipt = Receipt.__table__
line = TimesheetLine.__table__
IDS = ARRAY(PG_UUID(as_uuid=True))
MOST_LOOSE = 12
"""Pictures a contact may have waiting for a form to be mended, on one assignment."""
LOOSE_DAYS = 7
NOT_YOURS = N_("Vi finner ikke bildet av kvitteringen lenger. Ta det på nytt.")


@dataclass(frozen=True, slots=True)
class Claim:
    """One expense as the form has it: kroner, what it was, and a new picture or the id of one that is kept already."""

    kroner: Decimal
    what: str
    picture: Picture | None = None
    kept: UUID | None = None
    row: int = 1


@dataclass(frozen=True, slots=True)
class ReceiptCard:
    """One expense of a line. `pictured`: there is a photo; without one it is a fare or the like, and says so."""

    id: UUID
    line_id: UUID
    kroner: Decimal
    what: str
    pictured: bool


_OF_LINES = compile_query(
    select(
        receipt.c.id,
        receipt.c.line_id,
        receipt.c.kroner,
        receipt.c.what,
        receipt.c.image.is_not(None).label("pictured"),
    )
    .where(
        receipt.c.tenant_id == bindparam("tenant"), receipt.c.line_id == any_(bindparam("lines", type_=IDS))
    )
    .order_by(receipt.c.created_at, receipt.c.id)
)
_OWN_IMAGE = compile_query(
    select(receipt.c.image, assignment.c.person_id)
    .select_from(
        receipt.join(
            assignment,
            and_(assignment.c.tenant_id == receipt.c.tenant_id, assignment.c.id == receipt.c.assignment_id),
        )
    )
    .where(
        receipt.c.tenant_id == bindparam("tenant"),
        receipt.c.contact_id == bindparam("contact"),
        receipt.c.id == bindparam("receipt"),
        receipt.c.image.is_not(None),
    )
)
_IMAGE = compile_query(
    select(receipt.c.image, assignment.c.person_id)
    .select_from(
        receipt.join(line, and_(line.c.tenant_id == receipt.c.tenant_id, line.c.id == receipt.c.line_id))
        .join(
            assignment, and_(assignment.c.tenant_id == line.c.tenant_id, assignment.c.id == line.c.assignment_id)
        )
        .join(
            case_file, and_(case_file.c.tenant_id == assignment.c.tenant_id, case_file.c.id == assignment.c.case_id)
        )
    )
    .where(
        receipt.c.tenant_id == bindparam("tenant"),
        receipt.c.id == bindparam("receipt"),
        receipt.c.image.is_not(None),
        line.c.state != "saved",
        or_(bindparam("everybody", type_=Boolean()), visible()),
    )
)  # fmt: skip


async def receipts_of(uow: UnitOfWork, line_ids: Sequence[UUID]) -> dict[UUID, list[ReceiptCard]]:
    """The receipts of each line, oldest first. The caller has checked whose the lines are."""
    found: dict[UUID, list[ReceiptCard]] = {}
    if line_ids:
        for row in await uow.rows(_OF_LINES, tenant=uow.context.tenant, lines=list(line_ids)):
            found.setdefault(row["line_id"], []).append(ReceiptCard(**dict(row)))
    return found


async def own_image(uow: UnitOfWork, contact_id: UUID, receipt_id: UUID) -> tuple[bytes, UUID]:
    """(JPEG, the service user) of one's own receipt, `contact_id` being the signed-in one. Raises NotFound."""
    row = await uow.row(_OWN_IMAGE, tenant=uow.context.tenant, contact=contact_id, receipt=receipt_id)
    if row is None:
        raise NotFound
    return bytes(row["image"]), row["person_id"]


async def line_image(uow: UnitOfWork, receipt_id: UUID, *, everybody: bool) -> tuple[bytes, UUID]:
    """(JPEG, the service user) of a receipt that has been sent, for who may see its case, or payroll (`everybody`).

    Raises NotFound.
    """
    context = uow.context
    row = await uow.row(
        _IMAGE, tenant=context.tenant, purchasers=purchasers_seen(context), reader=context.user_id,
        receipt=receipt_id, everybody=everybody,
    )  # fmt: skip
    if row is None:
        raise NotFound
    return bytes(row["image"]), row["person_id"]


async def keep_loose(
    uow: UnitOfWork, contact_id: UUID, assignment_id: UUID, pictures: dict[int, Picture]
) -> dict[int, UUID]:
    """Keep pictures whose form must be mended: the form's row → id. Those beyond a dozen are not kept."""
    there = await uow.session.scalar(
        select(func.count())
        .select_from(receipt)
        .where(
            receipt.c.tenant_id == uow.context.tenant,
            receipt.c.contact_id == contact_id,
            receipt.c.line_id.is_(None),
        )
    )
    room = max(0, MOST_LOOSE - (there or 0))
    kept = {}
    for row, picture in list(pictures.items())[:room]:
        kept[row] = uuid7()
        uow.session.add(
            Receipt(
                tenant_id=uow.context.tenant, id=kept[row], contact_id=contact_id, assignment_id=assignment_id,
                **_image(picture),
            )
        )  # fmt: skip
    await uow.session.flush()
    return kept


def _image(picture: Picture | None) -> dict[str, Any]:
    if picture is None:
        return {}
    return {"image": picture.data, "media_type": JPEG, "sha256": picture.sha256, "size": len(picture.data)}


async def put_receipts(uow: UnitOfWork, held: TimesheetLine, claims: Sequence[Claim]) -> Decimal:
    """Make the line's receipts those of the form; returns their sum in kroner.

    What the form no longer has is deleted. Raises Invalid when a picture it names is not the contact's own, loose or on
    this line.
    """
    tenant = uow.context.tenant
    wanted = {claim.kept for claim in claims if claim.kept is not None}
    rows = {
        row.id: row
        for row in await uow.session.scalars(
            select(Receipt).where(
                Receipt.tenant_id == tenant,
                Receipt.contact_id == held.contact_id,
                Receipt.assignment_id == held.assignment_id,
                or_(Receipt.line_id == held.id, and_(Receipt.line_id.is_(None), Receipt.id.in_(wanted))),
            )
        )
    }
    total = Decimal(0)
    for claim in claims:
        total += claim.kroner
        row = rows.pop(claim.kept, None) if claim.kept is not None else None
        if claim.kept is not None and row is None:
            raise Invalid.one(f"bilde-{claim.row}", NOT_YOURS)
        if row is None:
            row = Receipt(
                tenant_id=tenant, id=uuid7(), contact_id=held.contact_id, assignment_id=held.assignment_id
            )
            uow.session.add(row)
        row.line_id, row.kroner, row.what = held.id, claim.kroner, claim.what
        for name, value in _image(claim.picture).items():
            setattr(row, name, value)
    for gone in rows.values():
        await uow.session.delete(gone)
    await uow.session.flush()
    return total


async def copy_receipts(uow: UnitOfWork, from_line: UUID, to_line: UUID) -> dict[UUID, UUID]:
    """A correction begins with the receipts of the line it stands instead of: the papers are the same.

    Returns the old receipt's id → the copy's.
    """
    copies: dict[UUID, UUID] = {}
    for row in list(
        await uow.session.scalars(
            select(Receipt).where(Receipt.tenant_id == uow.context.tenant, Receipt.line_id == from_line)
        )
    ):
        copies[row.id] = uuid7()
        uow.session.add(
            Receipt(
                tenant_id=row.tenant_id, id=copies[row.id], contact_id=row.contact_id,
                assignment_id=row.assignment_id, line_id=to_line, kroner=row.kroner, what=row.what,
                image=row.image, media_type=row.media_type, sha256=row.sha256, size=row.size,
            )
        )  # fmt: skip
    await uow.session.flush()
    return copies


async def drop_receipts(uow: UnitOfWork, line_id: UUID) -> None:
    """Delete a line's receipts, before the line itself."""
    await uow.session.execute(
        delete(Receipt).where(Receipt.tenant_id == uow.context.tenant, Receipt.line_id == line_id)
    )


async def drop_loose(uow: UnitOfWork) -> int:
    """Delete pictures nobody came back for within a week; returns how many. For the night's job."""
    gone = await uow.session.execute(
        delete(Receipt)
        .where(
            Receipt.tenant_id == uow.context.tenant,
            Receipt.line_id.is_(None),
            Receipt.created_at < now() - timedelta(days=LOOSE_DAYS),
        )
        .returning(Receipt.id)
    )
    return len(gone.all())
