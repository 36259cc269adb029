"""The life of a case: opened, mapped, closed. Applications have a file of their own; decisions are a slice of theirs.

Every function takes a unit of work, checks its object rules, writes, and appends to the trail in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Integer, cast, func, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.cases.access import may_decide_for
from tenants.cases.models import Application, CaseFile, Mapping
from tenants.cases.queries import CaseCard, case_card
from tenants.cases.shielding import shield_case
from tenants.people.api import person_card

NOT_YOURS = N_("Bare saksbehandleren som saken hører til, kan gjøre dette.")
STALE = N_("Noen andre har endret saken imens. Det du skrev, er ikke lagret.")


@dataclass(frozen=True, slots=True)
class MappingFacts:
    """What came out of the mapping conversation. Interests, slots and skills are codes of people.traits, aims and transport
    of forms_proposal. `suggested_forms` are chosen afterwards, when the proposal has been seen (choose_forms).
    """

    held_on: date
    own_words: str
    interests: Sequence[str]
    slots: Sequence[str]
    needs: str
    network: str
    suggested_forms: Sequence[str] = ()
    dreams: str = ""
    strengths: str = ""
    aims: Sequence[str] = ()
    skills: Sequence[str] = ()
    area: str = ""
    transport: str = ""
    visit_notes: str = ""


async def open_case(
    uow: UnitOfWork, person_id: UUID, purchaser: str, *, deadline: date | None, unseen: bool = False
) -> CaseFile:
    """The person's open case with this purchaser, or a new one in state `received`.

    A new one is the caller's responsibility; `unseen`: nobody's yet, since it was handed to another purchaser.
    """
    tenant = uow.context.tenant
    found = await uow.session.scalar(
        select(CaseFile)
        .where(
            CaseFile.tenant_id == tenant,
            CaseFile.person_id == person_id,
            CaseFile.purchaser == purchaser,
            CaseFile.state != "closed",
        )
        .limit(1)
    )
    if found is not None:
        return found
    case = CaseFile(
        tenant_id=tenant, id=uuid7(), person_id=person_id, case_no=await _next_case_no(uow), purchaser=purchaser,
        state="received", forms=[], deadline=deadline, deadline_kind="decide" if deadline else "none",
        responsible_id=None if unseen else uow.context.user_id,
        responsible_name="" if unseen else uow.context.user_name,
    )  # fmt: skip
    uow.session.add(case)
    await uow.session.flush()
    await record_change(uow, "case.opened", "case", case.id, persons=[person_id], case_no=case.case_no)
    if (await person_card(uow, person_id)).protected:
        await shield_case(uow, case, why="protected_address")
    return case


async def _next_case_no(uow: UnitOfWork) -> str:
    """The year and a running number of at least four digits. The lock makes two at once wait for each other."""
    tenant, year = uow.context.tenant, today().year
    await uow.call("SELECT pg_advisory_xact_lock(hashtextextended('case-no.' || $1::text, 0))", str(tenant))
    number = cast(func.split_part(CaseFile.case_no, "-", 2), Integer)
    last = await uow.session.scalar(
        select(func.max(number)).where(
            CaseFile.tenant_id == tenant, CaseFile.case_no.regexp_match(f"^{year}-[0-9]{{4,9}}$")
        )
    )
    return f"{year}-{(last or 0) + 1:04d}"


async def case_for_change(uow: UnitOfWork, case_id: UUID) -> tuple[CaseCard, CaseFile]:
    """The case for changing, locked: seen by the reader, and theirs to decide. Raises NotFound, Forbidden."""
    card = await case_card(uow, case_id)
    if not may_decide_for(uow.context, card.purchaser):
        raise Forbidden(NOT_YOURS)
    case = await uow.session.get(CaseFile, (uow.context.tenant, case_id), with_for_update=True)
    if case is None:
        raise NotFound
    return card, case


async def record_mapping(uow: UnitOfWork, case_id: UUID, facts: MappingFacts) -> UUID:
    """Keep a mapping conversation and move the case on. Raises Invalid on a day in the future."""
    _, case = await case_for_change(uow, case_id)
    if facts.held_on > today():
        raise Invalid.one("dato", N_("Datoen er i framtida. Skriv dagen dere snakket sammen."))
    row = Mapping(
        tenant_id=case.tenant_id, id=uuid7(), case_id=case.id, held_on=facts.held_on, own_words=facts.own_words,
        interests=list(facts.interests), slots=list(facts.slots), needs=facts.needs, network=facts.network,
        suggested_forms=list(facts.suggested_forms), dreams=facts.dreams, strengths=facts.strengths,
        aims=list(facts.aims), skills=list(facts.skills), area=facts.area, transport=facts.transport,
        visit_notes=facts.visit_notes, made_by=uow.context.user_id,
    )  # fmt: skip
    uow.session.add(row)
    if case.state == "received":
        case.state = "mapping"
    if facts.suggested_forms and case.state in ("received", "mapping"):
        case.forms = list(facts.suggested_forms)
    await uow.session.flush()
    await record_change(
        uow, "mapping.recorded", "case", case.id, persons=[case.person_id], held_on=facts.held_on
    )
    return row.id


async def choose_forms(
    uow: UnitOfWork, case_id: UUID, mapping_id: UUID, forms: Sequence[str], *, version: int
) -> None:
    """Note which services were agreed after a mapping (A4): the decision begins with them.

    Raises Invalid when none is chosen, Conflict when somebody chose meanwhile, NotFound for another case's mapping.
    """
    _, case = await case_for_change(uow, case_id)
    row = await uow.session.get(
        Mapping, (case.tenant_id, mapping_id), with_for_update=True, populate_existing=True
    )
    if row is None or row.case_id != case.id:
        raise NotFound
    if row.version != version:
        raise Conflict(STALE)
    if not forms:
        raise Invalid.one("former", N_("Velg minst én tjeneste."))
    row.suggested_forms = list(forms)
    row.version += 1
    if case.state in ("received", "mapping", "deciding"):
        case.forms = list(forms)
    await uow.session.flush()
    await record_change(uow, "mapping.chosen", "case", case.id, persons=[case.person_id], forms=list(forms))


async def close_case(uow: UnitOfWork, case_id: UUID, on: date, outcome: str) -> None:
    """Close a case with its outcome; open applications are withdrawn. Harmless when it is closed already.

    The caller has asked whether the reader may, and has ended what was granted. Raises NotFound.
    """
    case = await uow.session.get(CaseFile, (uow.context.tenant, case_id), with_for_update=True)
    if case is None:
        raise NotFound
    if case.state == "closed":
        return
    for application in await uow.session.scalars(
        select(Application).where(
            Application.tenant_id == case.tenant_id,
            Application.case_id == case.id,
            Application.state == "open",
        )
    ):
        application.state = "withdrawn"
    case.state, case.deadline, case.deadline_kind = "closed", None, "none"
    case.closed_on, case.outcome = on, outcome
    case.version += 1
    await uow.session.flush()
    await record_change(uow, "case.closed", "case", case.id, persons=[case.person_id], outcome=outcome)


async def reopen_case(uow: UnitOfWork, case_id: UUID, *, decide_by: date) -> None:
    """A closed case is decided anew (after a complaint): it waits for a decision by a day. An open one is left alone.

    The caller has asked whether the reader may. Raises NotFound.
    """
    case = await uow.session.get(CaseFile, (uow.context.tenant, case_id), with_for_update=True)
    if case is None:
        raise NotFound
    if case.state not in ("closed", "evaluating"):
        return
    case.state, case.deadline, case.deadline_kind = "mapping", decide_by, "decide"
    case.closed_on, case.outcome = None, ""
    case.version += 1
    await uow.session.flush()
    await record_change(uow, "case.reopened", "case", case.id, persons=[case.person_id], decide_by=decide_by)
