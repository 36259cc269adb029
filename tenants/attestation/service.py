"""Hours attested: on one's own page, by a one-time code on the contact's phone, or on paper a coordinator has seen (B8)."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select, update

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.norwegian import format_date
from tenants.assignments.api import AssignmentCard, assignment_card, own_assignment
from tenants.attestation.models import AttestCode
from tenants.attestation.who import attesters_of, own_to_attest
from tenants.cases.api import case_card, case_file
from tenants.contacts.api import contact_card, is_oneself
from tenants.messages.api import notifying, send_code
from tenants.people.api import PersonCard, person_card
from tenants.timesheets.api import AttestLine, dispute_lines, lines_to_attest, mark_attested

ENTERED = N_("Du har ført rettingen selv. En annen må se lista på papir og notere at den er bekreftet.")
OUT_OF_SERVICE = N_("Timene kan ikke bekreftes på telefonen din nå. Koordinatoren ringer deg.")
GOOD_FOR = timedelta(minutes=15)
MOST_TRIES = 5
MOST_AN_HOUR, MOST_A_DAY = 5, 15
"""Codes asked for on one assignment within an hour and a day: a phone that rings all evening attests nothing, and
whoever guessed all year, five tries a code, would have one chance in forty."""


# On one's own page ----------------------------------------------------------------------------------------------------
async def confirm_own(uow: UnitOfWork, line_ids: Sequence[UUID], seen: Mapping[str, str]) -> int:
    """The signed-in service user or representative says that these hours are right; how many.

    Raises NotFound for a line they do not attest, else as `mark_attested`.
    """
    me = await _mine(uow, line_ids)
    return await mark_attested(uow, line_ids, seen=seen, by_person=me, how="own_page")


async def dispute_own(uow: UnitOfWork, line_ids: Sequence[UUID], words: str, seen: Mapping[str, str]) -> int:
    """They say that these hours are not right, in words the contact reads; how many. Raises as `dispute_lines`."""
    await _mine(uow, line_ids)
    return await dispute_lines(uow, line_ids, words, seen=seen)


async def _mine(uow: UnitOfWork, line_ids: Sequence[UUID]) -> UUID:
    me, assignments = await own_to_attest(uow)
    if me is None or not assignments:
        raise NotFound
    waiting = {one.id for one in await lines_to_attest(uow, [one.assignment_id for one in assignments])}
    if any(line_id not in waiting for line_id in line_ids):
        # Attested by the other parent meanwhile, changed by the contact, or never theirs: the three look alike.
        raise Conflict(N_("Noen av timene venter ikke lenger på deg. Last siden på nytt."))
    return me


# On the contact's phone -----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Attester:
    """Somebody who may attest. `reachable`: a code can be sent, and not to where the contact would read it."""

    person_id: UUID
    name: str
    channel: str
    reachable: bool


def _same_address(mine: PersonCard, address: str) -> bool:
    """Whether an address is one of the person's own, however it is written."""

    def plain(text: str) -> str:
        kept = "".join(c for c in text.casefold() if not c.isspace())
        return kept.removeprefix("+47").removeprefix("0047")

    return plain(address) in {plain(mine.email), plain(mine.phone)} - {""}


async def attesters_for(uow: UnitOfWork, card: AssignmentCard) -> list[Attester]:
    """Who may attest the hours of an assignment, themselves first. The caller has checked who asks."""
    person = await person_card(uow, card.person_id)
    contact = await person_card(uow, (await contact_card(uow, card.contact_id)).person_id)
    child_welfare = await _child_welfare(uow, card)
    found = []
    for person_id in await attesters_of(uow, person, child_welfare=child_welfare):
        if person_id == contact.id:
            continue
        one = await person_card(uow, person_id)
        if one.died_on is not None:
            continue
        how = await notifying(uow, one)
        reachable = how.channel != "none" and bool(how.address) and not _same_address(contact, how.address)
        found.append(Attester(one.id, one.name, how.channel, reachable))
    return found


async def _child_welfare(uow: UnitOfWork, card: AssignmentCard) -> bool:
    purchaser = await uow.session.scalar(
        select(case_file.c.purchaser).where(
            case_file.c.tenant_id == uow.context.tenant, case_file.c.id == card.case_id
        )
    )
    return purchaser == "child_welfare"


async def ask_for_code(
    uow: UnitOfWork, assignment_id: UUID, attester_id: UUID, seen: Mapping[str, str]
) -> UUID:
    """The contact asks for a code to whoever attests, for the lines as they were shown (id → version); its row's id.

    Raises NotFound for another's assignment, Invalid for somebody who does not attest or cannot be reached, Conflict when
    there is nothing to attest, for lines that are changed, after MOST_AN_HOUR or MOST_A_DAY codes, and for a contact who is
    suspended: a code is used face to face, and they are to meet nobody.
    """
    _, own = await own_assignment(uow, assignment_id)
    if own.suspended:
        raise Conflict(OUT_OF_SERVICE)
    card = await assignment_card(uow, assignment_id)
    chosen = next((one for one in await attesters_for(uow, card) if one.person_id == attester_id), None)
    if chosen is None or not chosen.reachable:
        raise Invalid.one("til", N_("Velg hvem som skal få koden."))
    waiting = {str(one.id): str(one.version) for one in await lines_to_attest(uow, [assignment_id])}
    if not waiting:
        raise Conflict(N_("Ingen timer venter på å bli bekreftet."))
    if waiting != dict(seen):
        raise Conflict(N_("Timene er endret siden siden ble vist. Se på dem igjen."))
    await uow.call(
        "SELECT pg_advisory_xact_lock(hashtextextended('attest.' || $1::text, 0))", str(assignment_id)
    )
    await _not_too_many(uow, assignment_id)
    await uow.session.execute(
        update(AttestCode)
        .where(
            AttestCode.tenant_id == uow.context.tenant, AttestCode.assignment_id == assignment_id,
            AttestCode.used_at.is_(None), AttestCode.expires_at > now(),
        )
        .values(expires_at=now())
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    number, id_ = f"{secrets.randbelow(1_000_000):06d}", uuid7()
    uow.session.add(
        AttestCode(
            tenant_id=uow.context.tenant, id=id_, assignment_id=assignment_id, contact_id=card.contact_id,
            attester_id=attester_id, code_mark=_mark(uow, id_, number), lines=waiting, expires_at=now() + GOOD_FOR,
        )
    )  # fmt: skip
    await uow.session.flush()
    await send_code(
        uow,
        await person_card(uow, attester_id),
        number,
        once=f"attest_code:{id_}",
        good_until=now() + GOOD_FOR,
    )
    await record_change(
        uow, "attest_code.sent", "attest_code", id_, persons=[card.person_id, attester_id], lines=len(waiting)
    )
    return id_


async def _not_too_many(uow: UnitOfWork, assignment_id: UUID) -> None:
    at = now()
    sent = list(
        await uow.session.scalars(
            select(AttestCode.created_at).where(
                AttestCode.tenant_id == uow.context.tenant, AttestCode.assignment_id == assignment_id,
                AttestCode.created_at > at - timedelta(days=1),
            )
        )
    )  # fmt: skip
    hour = [one for one in sent if one > at - timedelta(hours=1)]
    if len(hour) >= MOST_AN_HOUR or len(sent) >= MOST_A_DAY:
        raise Conflict(
            N_("Det er sendt mange koder den siste tida. Vent litt, eller be koordinatoren om hjelp.")
        )


def _mark(uow: UnitOfWork, code_id: UUID, number: str) -> bytes:
    return uow.keys.form_mark("attest-code", code_id.bytes, number.encode())


@dataclass(frozen=True, slots=True)
class CodeCard:
    """A code that was sent. `open` while it can be used; `left` tries are left."""

    id: UUID
    assignment_id: UUID
    attester_id: UUID
    lines: Mapping[str, str]
    open: bool
    left: int
    used: bool


async def own_code(uow: UnitOfWork, assignment_id: UUID, code_id: UUID) -> CodeCard:
    """A code the signed-in contact asked for on their own assignment. Raises NotFound."""
    contact_id, _ = await own_assignment(uow, assignment_id)
    row = await uow.session.get(AttestCode, (uow.context.tenant, code_id), populate_existing=True)
    if row is None or row.assignment_id != assignment_id or row.contact_id != contact_id:
        raise NotFound
    return CodeCard(
        row.id, row.assignment_id, row.attester_id, row.lines,
        row.used_at is None and row.expires_at > now() and row.tries < MOST_TRIES, MOST_TRIES - row.tries,
        row.used_at is not None,
    )  # fmt: skip


async def use_code(uow: UnitOfWork, assignment_id: UUID, code_id: UUID, number: str) -> str:
    """Attest with the digits typed on the contact's phone: `right`, `wrong` (counted), or `over` when it is no longer good.

    A wrong try must be kept, so it is told and not raised. Raises NotFound for another's code, Conflict when a line has
    changed since the code was sent.
    """
    await own_code(uow, assignment_id, code_id)
    _, own = await own_assignment(uow, assignment_id)
    row = await uow.session.get(
        AttestCode, (uow.context.tenant, code_id), with_for_update=True, populate_existing=True
    )
    assert row is not None
    if row.used_at is not None or row.expires_at <= now() or row.tries >= MOST_TRIES:
        return "over"
    typed = "".join(c for c in number if c.isascii() and c.isdigit())
    if not hmac.compare_digest(_mark(uow, row.id, typed), row.code_mark):
        row.tries += 1
        await uow.session.flush()
        await record_change(uow, "attest_code.wrong", "attest_code", row.id, tries=row.tries)
        return "wrong" if row.tries < MOST_TRIES else "over"
    # In a quarter of an hour a birthday may come, a mandate end, or the contact be taken out of service.
    standing = await attesters_for(uow, await assignment_card(uow, assignment_id))
    if own.suspended or row.attester_id not in {one.person_id for one in standing}:
        return "over"
    row.used_at = now()
    await uow.session.flush()
    line_ids = [UUID(one) for one in row.lines]
    await mark_attested(uow, line_ids, seen=row.lines, by_person=row.attester_id, how="code")
    return "right"


# On paper -------------------------------------------------------------------------------------------------------------
async def paper_seen(
    uow: UnitOfWork, assignment_id: UUID, line_ids: Sequence[UUID], *, by_person: UUID, signed_on: date,
    seen: Mapping[str, str],
) -> int:  # fmt: skip
    """The coordinator has seen a list on paper that `by_person` signed; how many lines it attests.

    Raises NotFound for a case one may not see or a line of another assignment, Forbidden for one's own hours and for a
    correction one has entered oneself, Invalid for somebody who does not attest or a day that cannot be.
    """
    card, lines = await waiting_on(uow, assignment_id)
    if await is_oneself(uow, card.contact_id):
        raise Forbidden(N_("Du kan ikke bekrefte dine egne timer."))
    if any(one.entered_by == uow.context.user_id for one in lines if one.id in set(line_ids)):
        raise Forbidden(ENTERED)
    bad: dict[str, BadInput] = {}
    if by_person not in {one.person_id for one in await attesters_for(uow, card)}:
        bad["av"] = BadInput("av", N_("Velg hvem som har skrevet under."))
    if signed_on > today():
        bad["dato"] = BadInput("dato", N_("Datoen er i framtida. Skriv dagen det ble skrevet under."))
    if bad:
        raise Invalid(bad)
    if any(line_id not in {one.id for one in lines} for line_id in line_ids):
        raise Conflict(N_("Noen av timene er allerede bekreftet eller behandlet. Last siden på nytt."))
    return await mark_attested(
        uow, line_ids, seen=seen, by_person=by_person, how="paper", note=format_date(signed_on)
    )


async def waiting_on(uow: UnitOfWork, assignment_id: UUID) -> tuple[AssignmentCard, Sequence[AttestLine]]:
    """An assignment of a case the reader may see, with the lines that wait. Raises NotFound."""
    card = await assignment_card(uow, assignment_id)
    await case_card(uow, card.case_id)
    return card, await lines_to_attest(uow, [assignment_id])
