"""Reads of requests and extracts. A request is seen by who may see the person (tenants/record), or for a contact's own
data by who may read contacts; an extract by who made it alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.policy.permissions import Permission
from tenants.cases.api import case_file, countable, purchasers_seen, visible
from tenants.people.api import person
from tenants.record.api import person_seen, reader_values
from tenants.rights.models import DisagreementNote, RightsExtract, RightsRequest

request = RightsRequest.__table__
extract = RightsExtract.__table__
note = DisagreementNote.__table__


@dataclass(frozen=True, slots=True)
class RequestCard:
    """A request with whose it is."""

    id: UUID
    person_id: UUID
    contact_id: UUID | None
    name: str
    kind: str
    representative_id: UUID | None
    asked_by_name: str
    words: str
    identity: str
    received_on: date
    due_on: date
    extended_to: date | None
    extension_reason: str
    state: str
    closed_on: date | None
    ground: str
    answer: str
    handler_id: UUID
    handler_name: str
    version: int

    @property
    def deadline(self) -> date:
        """The last day to answer, extension included."""
        return self.extended_to or self.due_on

    @property
    def days_left(self) -> int:
        return (self.deadline - today()).days


# A contact can be somebody's shielded relative or a user too: then the circle of that case holds here as well (E5).
_HIDDEN = (
    select(case_file.c.id)
    .where(
        case_file.c.tenant_id == request.c.tenant_id,
        case_file.c.person_id == request.c.person_id,
        ~countable(),
    )
    .exists()
)
_COLUMNS = [request.c[name] for name in RequestCard.__dataclass_fields__ if name != "name"]
_SEEN = (
    select(*_COLUMNS, (person.c.given_name + " " + person.c.family_name).label("name"))
    .select_from(request.join(person, (person.c.tenant_id == request.c.tenant_id) & (person.c.id == request.c.person_id)))
    .where(
        request.c.tenant_id == bindparam("tenant"),
        or_(
            request.c.contact_id.is_(None) & person_seen(),
            request.c.contact_id.is_not(None) & bindparam("contacts") & ~_HIDDEN,
        ),
    )
)  # fmt: skip
_LIST = compile_query(
    _SEEN.where(or_(request.c.state == "open", bindparam("closed")))
    .order_by(request.c.state != "open", request.c.due_on, request.c.id)
    .limit(200)
)
_ONE = compile_query(_SEEN.where(request.c.id == bindparam("request")))
_CASES = compile_query(
    select(case_file.c.id)
    .where(visible(), case_file.c.person_id == bindparam("person"))
    .order_by(case_file.c.id)
)
_EXTRACTS = compile_query(
    select(*(column for column in extract.c if column.name not in ("content", "flags")))
    .where(
        extract.c.tenant_id == bindparam("tenant"),
        extract.c.request_id == bindparam("request"),
        extract.c.made_by == bindparam("reader"),
    )
    .order_by(extract.c.id.desc())
)
_NOTES = compile_query(
    select(note)
    .where(note.c.tenant_id == bindparam("tenant"), note.c.case_id == bindparam("case"))
    .order_by(note.c.id.desc())
)
_COVERED = compile_query(
    select(extract.c.cases).where(
        extract.c.tenant_id == bindparam("tenant"), extract.c.request_id == bindparam("request")
    )
)


def _reader(uow: UnitOfWork) -> dict[str, Any]:
    return {**reader_values(uow), "contacts": uow.context.may(Permission.CONTACT_READ)}


async def requests(uow: UnitOfWork, *, closed: bool = True) -> list[RequestCard]:
    """Requests the reader may see: open ones first, the nearest deadline first. At most two hundred."""
    return [RequestCard(**dict(row)) for row in await uow.rows(_LIST, closed=closed, **_reader(uow))]


async def request_card(uow: UnitOfWork, request_id: UUID) -> RequestCard:
    """One request. Raises NotFound for absent and not seen alike."""
    row = await uow.row(_ONE, request=request_id, **_reader(uow))
    if row is None:
        raise NotFound
    return RequestCard(**dict(row))


async def seen_cases(uow: UnitOfWork, person_id: UUID) -> list[UUID]:
    """The person's cases that the reader may see."""
    context = uow.context
    rows = await uow.rows(
        _CASES,
        tenant=context.tenant,
        purchasers=purchasers_seen(context),
        reader=context.user,
        person=person_id,
    )
    return [row["id"] for row in rows]


async def not_covered(uow: UnitOfWork, card: RequestCard) -> list[UUID]:
    """Cases the reader sees that no extract of the request covers: their part of the answer, if they are to give it."""
    rows = await uow.rows(_COVERED, tenant=uow.context.tenant, request=card.id)
    covered = {case for row in rows for case in row["cases"]}
    return [case for case in await seen_cases(uow, card.person_id) if case not in covered]


async def extracts_of(uow: UnitOfWork, request_id: UUID) -> list[Any]:
    """The reader's own extracts for a request, the newest first."""
    return await uow.rows(_EXTRACTS, tenant=uow.context.tenant, request=request_id, reader=uow.context.user)


async def own_extract(uow: UnitOfWork, extract_id: UUID) -> RightsExtract:
    """An extract of the reader's own, locked. Raises NotFound for anybody else's, also their colleague's; for one that covers
    a case the reader is no longer let into; and from the day after its last, whether it has been emptied yet or not.
    """
    found = await uow.session.get(RightsExtract, (uow.context.tenant, extract_id), with_for_update=True)
    if found is None or found.made_by != uow.context.user_id:
        raise NotFound
    if found.state == "released" and found.expires_on is not None and found.expires_on < today():
        raise NotFound
    if found.cases:
        request_ = await uow.session.get(RightsRequest, (uow.context.tenant, found.request_id))
        if request_ is None or not set(found.cases) <= set(await seen_cases(uow, request_.person_id)):
            raise NotFound
    return found


async def notes_of(uow: UnitOfWork, case_id: UUID) -> list[Any]:
    """Notes of disagreement in a case that the caller has looked up."""
    return await uow.rows(_NOTES, tenant=uow.context.tenant, case=case_id)
