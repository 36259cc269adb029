"""The coordinator's part: hours approved, or returned with a reason (B8).

What is approved is what was read: a line that was changed since the page was shown is a conflict. Hours nobody has
attested, and hours beyond the decision, are approved only with the reason in words, which is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from tenants.assignments.api import assignment_card
from tenants.contacts.api import contact_card, is_oneself
from tenants.messages.api import notify_person
from tenants.provision.api import provision_rules
from tenants.timesheets.listing import may_see_lines
from tenants.timesheets.models import TimesheetLine
from tenants.timesheets.queries import used_in_months
from tenants.timesheets.rules import Month
from tenants.timesheets.service import log_line

CHANGED = N_("Noen av timene er rettet siden du åpnet siden. Last siden på nytt og se på dem igjen.")
DONE = N_("Noen av timene er allerede behandlet. Last siden på nytt.")
OWN = N_("Du kan ikke godkjenne dine egne timer eller sende dem tilbake.")
OWN_CORRECTION = N_(
    "Du har ført rettingen selv, og den gir mer. Den må bekreftes først, eller godkjennes av en annen."
)


async def approve_lines(
    uow: UnitOfWork, line_ids: Sequence[UUID], *, seen: Mapping[str, str] | None = None, unattested: str = "",
    over: str = "",
) -> int:  # fmt: skip
    """Approve sent hours, all or none; returns how many. `seen` is id → version as a page showed them.

    `unattested`: why hours that nobody has attested are approved, where the municipality asks for it; `over`: why hours
    beyond the decision are. A correction takes the place of the line it corrects in all sums from now on.

    Raises Invalid when none is chosen or a reason is missing, NotFound for hours in a case one may not see, Forbidden
    for one's own hours, Conflict when somebody has approved or returned any of them already, or they are not as they
    were seen.
    """
    lines = await lines_to_decide(uow, line_ids, seen)
    replaced = await _replaced(uow, lines)
    await _attested(uow, lines, unattested.strip())
    at = now()
    for line in lines:
        line.state, line.return_reason = "approved", ""
    for earlier in replaced.values():
        earlier.replaced_at = at
        earlier.version += 1
    await uow.session.flush()
    await _within(uow, lines, over.strip())
    await _decided(uow, lines, "hours.approved")
    return len(lines)


async def return_lines(
    uow: UnitOfWork, line_ids: Sequence[UUID], reason: str, *, seen: Mapping[str, str] | None = None
) -> int:
    """Send hours back to the contact with the reason in words; returns how many. Raises as `approve_lines`."""
    if not reason.strip():
        raise Invalid.one("grunn", N_("Skriv hva som må rettes. Støttekontakten får lese det."))
    lines = await lines_to_decide(uow, line_ids, seen)
    for line in lines:
        line.state, line.return_reason = "returned", reason.strip()
    await _decided(uow, lines, "hours.returned")
    for contact_id in {line.contact_id for line in lines}:
        told = (await contact_card(uow, contact_id)).person_id
        await notify_person(uow, told, "returned", once=f"hours.returned:{contact_id}:{today()}")
    return len(lines)


async def lines_to_decide(
    uow: UnitOfWork, line_ids: Sequence[UUID], seen: Mapping[str, str] | None
) -> list[TimesheetLine]:
    """The chosen lines for deciding, locked in one order so that two who decide at once do not block each other."""
    chosen = sorted(set(line_ids))
    if not chosen:
        raise Invalid.one("linje", N_("Velg minst én føring."))
    tenant = uow.context.tenant
    if not await may_see_lines(uow, chosen):
        raise NotFound
    lines = list(
        await uow.session.scalars(
            select(TimesheetLine)
            .where(TimesheetLine.tenant_id == tenant, TimesheetLine.id.in_(chosen))
            .order_by(TimesheetLine.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )
    if len(lines) != len(chosen):
        raise NotFound
    if any(line.state != "sent" for line in lines):
        raise Conflict(DONE)
    if seen is not None and any(seen.get(str(line.id)) != str(line.version) for line in lines):
        # Returned by a colleague, changed and sent again meanwhile: another's eyes must see the new hours.
        raise Conflict(CHANGED)
    for contact_id in {line.contact_id for line in lines}:
        if await is_oneself(uow, contact_id):
            raise Forbidden(OWN)
    return lines


async def _replaced(uow: UnitOfWork, lines: Sequence[TimesheetLine]) -> dict[UUID, TimesheetLine]:
    """The approved lines that these corrections stand instead of, locked."""
    wanted = sorted(line.corrects_id for line in lines if line.corrects_id is not None)
    if not wanted:
        return {}
    found = {
        row.id: row
        for row in await uow.session.scalars(
            select(TimesheetLine)
            .where(TimesheetLine.tenant_id == uow.context.tenant, TimesheetLine.id.in_(wanted))
            .order_by(TimesheetLine.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    for line in lines:
        if line.corrects_id is None:
            continue
        earlier = found[line.corrects_id]
        more = any(
            getattr(line, name) > getattr(earlier, name)
            for name in ("hours", "expenses", "kilometres", "commute_kilometres")
        )
        if line.entered_by == uow.context.user_id and more and line.attested_at is None:
            raise Forbidden(OWN_CORRECTION)
    return found


async def _attested(uow: UnitOfWork, lines: Sequence[TimesheetLine], reason: str) -> None:
    missing = [line for line in lines if line.attested_at is None]
    if not missing or not (await provision_rules(uow, today())).attest_required:
        return
    if not reason:
        raise Invalid.one(
            "ubekreftet", N_("Noen av timene er ikke bekreftet (%(number)s). Vent, eller skriv hvorfor du godkjenner."),
            number=len(missing),
        )  # fmt: skip
    at = now()
    for line in missing:
        line.attested_at, line.attested_how, line.attested_note = at, "not_reached", reason


async def _within(uow: UnitOfWork, lines: Sequence[TimesheetLine], reason: str) -> None:
    """Beyond what the decision gives, with what is approved now counted: only with a reason, kept on each line."""
    months = {(line.assignment_id, Month.of(line.worked_on)) for line in lines if line.hours > 0}
    used = await used_in_months(uow, sorted(months), states=["approved"])
    over = {key for key, use in used.items() if use.over}
    if not over:
        return
    if not reason:
        raise Invalid.one(
            "over_grunn", N_("Timene er flere enn vedtaket gir. Skriv hvorfor de likevel godkjennes.")
        )
    for line in lines:
        if (line.assignment_id, Month.of(line.worked_on)) in over:
            line.over_reason = reason


async def _decided(uow: UnitOfWork, lines: Sequence[TimesheetLine], action: str) -> None:
    at = now()
    persons: dict[UUID, UUID] = {}
    for line in lines:
        line.decided_at, line.decided_by = at, uow.context.user_id
        line.version += 1
        if line.assignment_id not in persons:
            persons[line.assignment_id] = (await assignment_card(uow, line.assignment_id)).person_id
    await uow.session.flush()
    for line in lines:
        await log_line(uow, line, persons[line.assignment_id], action)
