"""Applications: received, handed over to the purchaser they belong to, and taken back by who applied (A1, A5, A15)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.norwegian import format_date
from tenants.cases.access import may_decide_for
from tenants.cases.circle import give_access
from tenants.cases.duty import purchasers_at_work
from tenants.cases.models import Application, CaseFile, LegalGround
from tenants.cases.queries import case_card
from tenants.cases.rules import answer_by, decide_by, purchaser_for
from tenants.cases.service import case_for_change, close_case, open_case
from tenants.people.api import (
    PersonFacts,
    find_person,
    fold,
    keep_number,
    person_card,
    protect_address,
    register_person,
    representatives_of,
)

UNDECIDED = ("received", "mapping", "deciding")
ANOTHERS: dict[str, str] = {
    "child": N_("Personen er under 18 år. Søknaden hører til saksbehandler for barn og unge."),
    "adult": N_("Personen er over 18 år. Søknaden hører til saksbehandler for voksne."),
    "child_welfare": N_("Søknader etter barnevernsloven hører til saksbehandler for barnevern."),
}


class AnothersApplication(Forbidden):
    """The application belongs to another `purchaser`: it can be handed to them, unseen (`hand_over_application`)."""

    def __init__(self, purchaser: str) -> None:
        super().__init__(ANOTHERS[purchaser])
        self.purchaser = purchaser


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """A received application: who it is about, and how, when and by whom it came."""

    person: PersonFacts
    received_on: date
    channel: str
    applicant: str
    applicant_name: str
    wishes: str
    legal_ground: str
    applicant_contact: str = ""
    representative_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class WithdrawalFacts:
    """Who took an application back, when, and why, if they said. No reason is asked of them."""

    on: date
    by: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WithdrawnApplication:
    """What those hear who must do something when an application is taken back."""

    case_id: UUID
    person_id: UUID
    application_id: UUID
    on: date
    by: str
    closes_case: bool


OnWithdrawn = Callable[[UnitOfWork, WithdrawnApplication], Awaitable[None]]
_ON_WITHDRAWN: list[OnWithdrawn] = []


def on_withdrawn(listener: OnWithdrawn) -> OnWithdrawn:
    """Register what a higher slice does when an application is taken back; runs in the same transaction, before the
    case is closed.
    """
    if listener not in _ON_WITHDRAWN:
        _ON_WITHDRAWN.append(listener)
    return listener


async def register_application(uow: UnitOfWork, facts: ApplicationFacts) -> UUID:
    """Register an application; its case (new, or the person's open one with the same purchaser) comes back.

    Raises Invalid on a day in the future or a ground that was not in force that day, AnothersApplication when the case
    belongs to another purchaser than the reader.
    """
    purchaser = await _checked(uow, facts)
    if not may_decide_for(uow.context, purchaser):
        raise AnothersApplication(purchaser)
    case, _ = await _register(uow, facts, purchaser, handed=False)
    return case.id


async def hand_over_application(
    uow: UnitOfWork, facts: ApplicationFacts, *, receiver: UUID | None = None
) -> str:
    """Register another purchaser's application for them, and tell nothing of what they have; their kind comes back.

    The one who hands it over never sees the case. `receiver` is the colleague who becomes responsible for a new case;
    without, it is whoever takes it. Raises Invalid as `register_application` does, and for a receiver who is not one of
    them.
    """
    purchaser = await _checked(uow, facts)
    chosen = None
    if receiver is not None:
        among = await purchasers_at_work(uow, purchaser)
        chosen = next((one for one in among if one.id == receiver), None)
        if chosen is None:
            raise Invalid.one("mottaker", N_("Velg en kollega fra lista."))
    case, application_id = await _register(uow, facts, purchaser, handed=True)
    if chosen is not None and case.responsible_id is None:
        case.responsible_id, case.responsible_name = chosen.id, chosen.name
        await uow.session.flush()
        if case.shielded:
            await give_access(uow, case, chosen.id, reason="")
    await record_change(uow, "application.handed_over", "application", application_id, purchaser=purchaser)
    return purchaser


async def _checked(uow: UnitOfWork, facts: ApplicationFacts) -> str:
    """The purchaser an application belongs to: by its ground, else by the age today (A1, A13, A16)."""
    if facts.received_on > today():
        raise Invalid.one("mottatt", N_("Datoen er i framtida. Skriv dagen søknaden kom."))
    ground = await uow.session.get(LegalGround, facts.legal_ground)
    if ground is None:
        raise Invalid.one("hjemmel", N_("Velg en hjemmel fra lista."))
    if facts.received_on < ground.valid_from or (
        ground.valid_to is not None and facts.received_on > ground.valid_to
    ):
        raise Invalid.one(
            "hjemmel", N_("Denne hjemmelen gjaldt ikke %(day)s. Velg en som gjaldt den dagen."),
            day=format_date(facts.received_on),
        )  # fmt: skip
    birth_date = facts.person.number.birth_date if facts.person.number else facts.person.birth_date
    return purchaser_for(birth_date, today(), child_welfare=ground.child_welfare)


async def _register(
    uow: UnitOfWork, facts: ApplicationFacts, purchaser: str, *, handed: bool
) -> tuple[CaseFile, UUID]:
    person_id = await find_person(uow, facts.person)
    if person_id is None:
        person_id = await register_person(uow, facts.person)
    else:
        await _may_apply(uow, person_id)
        await keep_number(uow, person_id, facts.person.number)
        await protect_address(uow, person_id, facts.person.protection)
    case = await open_case(uow, person_id, purchaser, deadline=decide_by(facts.received_on), unseen=handed)
    application_id = await add_application(uow, case, facts, handed=handed)
    return case, application_id


async def _may_apply(uow: UnitOfWork, person_id: UUID) -> None:
    card = await person_card(uow, person_id)
    if card.died_on is not None:
        raise Invalid.one("fornavn", N_("Personen er registrert som død. Sjekk at du har riktig person."))


async def apply_again(uow: UnitOfWork, case_id: UUID, facts: ApplicationFacts) -> UUID:
    """Another application on a case the reader decides; its id comes back. `facts.person` is not read.

    Raises Invalid as `register_application`, Conflict when the case is closed.
    """
    card, case = await case_for_change(uow, case_id)
    if card.state == "closed":
        raise Conflict(N_("Saken er avsluttet. Registrer søknaden på nytt, så åpnes en ny sak."))
    await _may_apply(uow, case.person_id)
    ground = await uow.session.get(LegalGround, facts.legal_ground)
    if ground is not None and ground.child_welfare is not (card.purchaser == "child_welfare"):
        raise Invalid.one("hjemmel", N_("Denne hjemmelen hører til en annen bestiller. Velg en annen."))
    await _checked(uow, facts)
    return await add_application(uow, case, facts)


async def add_application(
    uow: UnitOfWork, case: CaseFile, facts: ApplicationFacts, *, handed: bool = False
) -> UUID:
    """Put an application on a case; the case's one-month clock follows the oldest open one (fvl. § 11 a; A5)."""
    context = uow.context
    row = Application(
        tenant_id=case.tenant_id, id=uuid7(), case_id=case.id, received_on=facts.received_on, channel=facts.channel,
        applicant=facts.applicant, applicant_name=facts.applicant_name, wishes=facts.wishes,
        legal_ground=facts.legal_ground, applicant_contact=facts.applicant_contact,
        representative_id=await _representative(uow, case.person_id, facts),
        handed_by=context.user_id if handed else None, handed_by_name=context.user_name if handed else "",
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await follow_the_clock(uow, case)
    await record_change(
        uow, "application.registered", "case", case.id, persons=[case.person_id], channel=facts.channel,
        received_on=facts.received_on,
    )  # fmt: skip
    return row.id


async def _representative(uow: UnitOfWork, person_id: UUID, facts: ApplicationFacts) -> UUID | None:
    """The registered representative who applied: the one chosen, else the one of that role and name (A14)."""
    if facts.applicant in ("self", "other"):
        return None
    known = await representatives_of(uow, person_id)
    if facts.representative_id is not None:
        found = [one.id for one in known if one.id == facts.representative_id]
    else:
        name = fold(facts.applicant_name)
        found = [one.id for one in known if one.role == facts.applicant and fold(one.name) == name]
    return found[0] if len(found) == 1 else None


async def _open_ones(uow: UnitOfWork, case: CaseFile) -> Sequence[Application]:
    return (
        await uow.session.scalars(
            select(Application)
            .where(
                Application.tenant_id == case.tenant_id,
                Application.case_id == case.id,
                Application.state == "open",
            )
            .order_by(Application.received_on, Application.id)
        )
    ).all()


async def follow_the_clock(uow: UnitOfWork, case: CaseFile) -> None:
    """Set the case's deadline by its open applications: the only one before a decision; later, if it comes first."""
    limits = [answer_by(one.received_on, one.expected_on) for one in await _open_ones(uow, case)]
    if not limits or case.state == "closed":
        return
    if case.state in UNDECIDED or case.deadline is None or min(limits) < case.deadline:
        case.deadline, case.deadline_kind = min(limits), "decide"
        await uow.session.flush()


async def open_application(uow: UnitOfWork, application_id: UUID) -> Application:
    """An application on a case the reader may see. Raises NotFound."""
    row = await uow.session.get(Application, (uow.context.tenant, application_id))
    if row is None:
        raise NotFound
    await case_card(uow, row.case_id)
    return row


async def withdraw_application(uow: UnitOfWork, application_id: UUID, facts: WithdrawalFacts) -> UUID:
    """The person, or who speaks for them, takes the application back (A15); the case's id comes back.

    A case that nothing else keeps open is closed with the outcome `withdrawn`. Raises NotFound, Forbidden, Conflict
    when it is decided or withdrawn already, Invalid on an impossible day.
    """
    case_id = (await open_application(uow, application_id)).case_id
    _, case = await case_for_change(uow, case_id)
    row = await uow.session.get(Application, (case.tenant_id, application_id), populate_existing=True)
    assert row is not None
    if row.state != "open":
        raise Conflict(N_("Søknaden er alt avgjort eller trukket."))
    if not row.received_on <= facts.on <= today():
        raise Invalid.one("dato", N_("Velg en dag fra %(day)s til i dag."), day=format_date(row.received_on))
    row.state, row.withdrawn_on, row.withdrawn_by = "withdrawn", facts.on, facts.by
    row.withdrawn_reason = facts.reason
    row.version += 1
    await uow.session.flush()
    closes = case.state in UNDECIDED and not await _open_ones(uow, case)
    told = WithdrawnApplication(case.id, case.person_id, row.id, facts.on, facts.by, closes)
    await record_change(
        uow, "application.withdrawn", "case", case.id, persons=[case.person_id], by=facts.by, on=facts.on
    )
    for listener in _ON_WITHDRAWN:
        await listener(uow, told)
    if closes:
        await close_case(uow, case.id, facts.on, "withdrawn")
    else:
        await follow_the_clock(uow, case)
    return case.id
