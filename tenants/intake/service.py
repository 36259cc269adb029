"""What a caseworker does with a form from the net: read it, register it as an application, or dismiss it with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.audit.trail import record_change, record_read
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from tenants.cases.api import (
    Application,
    ApplicationFacts,
    CaseFile,
    WithdrawnApplication,
    case_file,
    on_withdrawn,
    purchasers_seen,
    register_application,
    start_deadline,
    visible,
)
from tenants.decisions.api import decisions_of, grants_of
from tenants.intake.content import PublicForm, with_languages
from tenants.intake.door import unsealed
from tenants.intake.models import IncomingForm
from tenants.intake.queries import FormCard, form_card
from tenants.people.api import NationalNumber, PersonFacts, find_person

NAMED_HERE = 5


@dataclass(frozen=True, slots=True)
class KnownCase:
    """A case the reader may see of the one a form is about."""

    id: UUID
    case_no: str
    state: str
    person_id: UUID


_CASES_OF = compile_query(
    select(case_file.c.id, case_file.c.case_no, case_file.c.state, case_file.c.person_id)
    .where(visible(), case_file.c.person_id == bindparam("person"))
    .order_by(case_file.c.case_no.desc())
    .limit(NAMED_HERE)
)


async def read_form(uow: UnitOfWork, form_id: UUID) -> tuple[FormCard, PublicForm | None]:
    """Open a sent form, which is logged. The second is None when it is not one this house has sealed."""
    card = await form_card(uow, form_id)
    sent = unsealed(uow.keys, uow.context.tenant, card.id, card.sealed)
    await record_read(
        uow,
        "form.read",
        [],
        why=N_("Leste et skjema fra nettet"),
        object_kind="incoming_form",
        object_id=card.id,
    )
    return card, sent


def person_facts(sent: PublicForm) -> PersonFacts:
    """Whom a form is about, for looking them up."""
    number = sent.text("fodselsnummer")
    return PersonFacts(
        given_name=sent.text("fornavn"),
        family_name=sent.text("etternavn"),
        number=NationalNumber.parse(number, accept_synthetic=True) if number else None,
        birth_date=sent.birth_date,
    )


async def known_cases(uow: UnitOfWork, sent: PublicForm) -> Sequence[KnownCase]:
    """Cases of the same person that the reader may see: by number, else by name and birth date. Of others, nothing."""
    person_id = await find_person(uow, person_facts(sent))
    if person_id is None:
        return []
    rows = await uow.rows(
        _CASES_OF, tenant=uow.context.tenant, purchasers=purchasers_seen(uow.context), reader=uow.context.user,
        person=person_id,
    )  # fmt: skip
    return [KnownCase(**dict(row)) for row in rows]


async def _to_handle(uow: UnitOfWork, form_id: UUID) -> IncomingForm:
    """The form, locked, if it is still new. Raises NotFound, and Conflict that says who was first."""
    await form_card(uow, form_id)
    row = await uow.session.get(
        IncomingForm, (uow.context.tenant, form_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    if row.state != "new":
        raise Conflict(
            N_("Skjemaet er alt registrert som søknad av en kollega.")
            if row.state == "registered"
            else N_("Skjemaet er alt lagt bort av en kollega.")
        )
    return row


def _handled(uow: UnitOfWork, row: IncomingForm, state: str) -> None:
    row.state, row.handled_on = state, today()
    row.handled_by, row.handled_by_name = uow.context.user_id, uow.context.user_name
    row.version += 1


async def register_form(uow: UnitOfWork, form_id: UUID, facts: ApplicationFacts) -> UUID:
    """Register a form as an application, received the day it was sent (fvl. § 11 a; A5); the case's id comes back.

    Two at once: one wins, the other hears of it (Conflict). Raises as `register_application` does.
    """
    row = await _to_handle(uow, form_id)
    sent = unsealed(uow.keys, row.tenant_id, row.id, row.sealed)
    person = with_languages(facts.person, sent) if sent else facts.person
    case_id = await register_application(
        uow, replace(facts, person=person, received_on=row.received_on, channel="form")
    )
    _handled(uow, row, "registered")
    row.case_id = case_id
    await uow.session.flush()
    case = await uow.session.get(CaseFile, (uow.context.tenant, case_id))
    await record_change(
        uow, "form.registered", "incoming_form", row.id, persons=[case.person_id] if case else [],
        reference=row.reference,
    )  # fmt: skip
    return case_id


async def dismiss_form(uow: UnitOfWork, form_id: UUID, reason: str) -> None:
    """Put a form aside that is no application: sent twice, wrong municipality, nonsense. Raises Invalid without a reason."""
    if not reason:
        raise Invalid.one("grunn", N_("Skriv hvorfor skjemaet ikke skal bli en søknad."))
    row = await _to_handle(uow, form_id)
    _handled(uow, row, "dismissed")
    row.dismissed_because = reason
    await uow.session.flush()
    await record_change(uow, "form.dismissed", "incoming_form", row.id, reference=row.reference)


@on_withdrawn
async def back_to_its_own_deadline(uow: UnitOfWork, withdrawn: WithdrawnApplication) -> None:
    """A case under way had the withdrawn application's limit as its deadline: back to what its decision says."""
    case = await uow.session.get(CaseFile, (uow.context.tenant, withdrawn.case_id))
    if case is None or withdrawn.closes_case or case.deadline_kind != "decide":
        return
    if case.state not in ("waiting", "running", "evaluating"):
        return
    in_force = [one for one in await decisions_of(uow, case.id) if one.state == "issued"]
    if case.state == "waiting":
        decided = max((one.decided_on for one in in_force if one.decided_on), default=None)
        running = {one.id for one in in_force}
        first_days = [one.valid_from for one in await grants_of(uow, case.id) if one.decision_id in running]
        case.deadline = await start_deadline(uow, decided, granted_from=first_days) if decided else None
        case.deadline_kind = "start" if case.deadline else "none"
    else:
        case.deadline = max((one.evaluate_on for one in in_force if one.evaluate_on), default=None)
        case.deadline_kind = "evaluate" if case.deadline else "none"
    await uow.session.flush()


async def open_applications(uow: UnitOfWork, case_id: UUID) -> Sequence[Application]:
    """A case's open applications, the oldest first. The caller has seen the case."""
    return (
        await uow.session.scalars(
            select(Application)
            .where(
                Application.tenant_id == uow.context.tenant,
                Application.case_id == case_id,
                Application.state == "open",
            )
            .order_by(Application.received_on, Application.id)
        )
    ).all()
