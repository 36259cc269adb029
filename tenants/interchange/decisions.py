"""Decisions in: what a municipality decides in another system becomes a case with its orders, as from its own list.

The rules are those of taking over (tenants/decisions/takeover.py). Nobody becomes able to read a case by it, and of a new
case nobody is responsible yet: it waits in the purchasers' list.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import DateTime, and_, any_, bindparam, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.machine.lists import moment_and_id, page_of, position_of, since_of
from sammen.machine.marks import etag, matches
from sammen.machine.operations import Answer, Call, encoded
from sammen.machine.problems import Fault, Problem
from tenants.cases.api import case_file, purchaser_for
from tenants.decisions.api import (
    GrantFacts,
    ListedCase,
    TakenOver,
    correct_taken_over,
    decision,
    service_grant,
    take_over,
)
from tenants.interchange.models import ExchangedDecision, ExchangedPerson
from tenants.interchange.people import MEND, alone, external_id, known_person
from tenants.interchange.shapes import DecisionIn, DecisionOut, DecisionPage, ServiceOut
from tenants.people.api import person_card

PATH: Final = "/api/v1/decisions"
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
_MOMENT, _ID = DateTime(timezone=True), PG_UUID(as_uuid=True)
exchanged, whom = ExchangedDecision.__table__, ExchangedPerson.__table__
_FACTS = (
    select(
        exchanged.c.id, exchanged.c.external_id, whom.c.external_id.label("person"), whom.c.person_id, case_file.c.case_no,
        case_file.c.purchaser, decision.c.state, decision.c.decided_on, decision.c.evaluate_on, exchanged.c.decision_id,
        exchanged.c.changed_at, exchanged.c.case_id, exchanged.c.application_id, exchanged.c.listed,
        exchanged.c.fingerprint,
    )
    .join_from(
        exchanged, whom,
        and_(whom.c.tenant_id == exchanged.c.tenant_id, whom.c.id == exchanged.c.exchanged_person_id),
    )
    .join(case_file, and_(case_file.c.tenant_id == exchanged.c.tenant_id, case_file.c.id == exchanged.c.case_id))
    .join(decision, and_(decision.c.tenant_id == exchanged.c.tenant_id, decision.c.id == exchanged.c.decision_id))
    .where(exchanged.c.tenant_id == bindparam("tenant"), exchanged.c.client_id == bindparam("client"))
)  # fmt: skip
_ONE = compile_query(_FACTS.where(exchanged.c.external_id == bindparam("external")))
_LIST = compile_query(
    _FACTS.where(
        or_(
            bindparam("since", type_=_MOMENT).is_(None),
            exchanged.c.changed_at >= bindparam("since", type_=_MOMENT),
        ),
        or_(
            bindparam("after_at", type_=_MOMENT).is_(None),
            tuple_(exchanged.c.changed_at, exchanged.c.id)
            > tuple_(bindparam("after_at", type_=_MOMENT), bindparam("after", type_=_ID)),
        ),
    )
    .order_by(exchanged.c.changed_at, exchanged.c.id)
    .limit(bindparam("most"))
)
_GRANTS = compile_query(
    select(
        service_grant.c.decision_id, service_grant.c.form, service_grant.c.amount, service_grant.c.unit,
        service_grant.c.valid_from, service_grant.c.valid_to,
    )
    .where(
        service_grant.c.tenant_id == bindparam("tenant"),
        service_grant.c.decision_id == any_(bindparam("decisions", type_=ARRAY(PG_UUID(as_uuid=True)))),
    )
    .order_by(service_grant.c.form)
)  # fmt: skip


async def list_decisions(call: Call) -> Answer:
    """Decisions this program has sent, in the order they changed."""
    at, last = moment_and_id(position_of(call, PATH)) or (None, None)
    rows = await call.uow.rows(
        _LIST, tenant=call.uow.context.tenant, client=call.client_id, since=since_of(call), after_at=at, after=last,
        most=call.query.limit + 1,
    )  # fmt: skip
    page, following = page_of(call, PATH, rows, lambda row: (row["changed_at"].isoformat(), str(row["id"])))
    shown = await _shown(call.uow, page)
    await _note(call.uow, sorted({row["person_id"] for row in page}))
    return Answer(DecisionPage(shown, following))


async def get_decision(call: Call) -> Answer:
    """One decision this program has sent. Raises NotFound."""
    row = await _row(call, external_id(call))
    if row is None:
        raise NotFound
    await _note(call.uow, [row["person_id"]])
    return Answer((await _shown(call.uow, [row]))[0])


async def put_decision(call: Call) -> Answer:
    """Take a decision over, or correct what it said. The same again changes nothing.

    Raises Problem 412 and 428 on the mark, 409 for what cannot be corrected, 422 for facts that cannot be.
    """
    external, sent = external_id(call), call.body
    assert isinstance(sent, DecisionIn)
    await alone(call.uow, f"decision.{call.client_id}.{external}")
    row = await _row(call, external)
    person = await known_person(call.uow, sent.person)
    _check(sent, known=person is not None)
    assert person is not None
    if row is None:
        return await _new(call, external, sent, person)
    now = (await _shown(call.uow, [row]))[0]
    if not call.if_match:
        if row["fingerprint"] == call.fingerprint:
            return Answer(now)
        raise Problem(428, "Vedtaket finnes. Hent det først, og send ETag i If-Match.")
    if not matches(call.if_match, etag(encoded(now))):
        raise Problem(412, "Vedtaket er endret siden du hentet det. Hent det på nytt.")
    return await _correct(call, external, sent, row)


async def _row(call: Call, external: str) -> Mapping[str, Any] | None:
    return await call.uow.row(_ONE, tenant=call.uow.context.tenant, client=call.client_id, external=external)


def _check(sent: DecisionIn, *, known: bool) -> None:
    faults = [] if known else [Fault("Personen finnes ikke. Send personen først.", pointer="/person")]
    if not FIRST_DAY <= sent.received_on <= today():
        faults.append(Fault("Dagen må være før i dag, og ikke før 2000.", pointer="/received_on"))
    if not sent.received_on <= sent.decided_on <= today():
        faults.append(Fault("Dagen må være fra søknaden kom til i dag.", pointer="/decided_on"))
    if sent.evaluate_on and not sent.decided_on <= sent.evaluate_on <= LAST_DAY:
        faults.append(Fault("Dagen må være etter vedtaket.", pointer="/evaluate_on"))
    for number, one in enumerate(sent.services):
        at = f"/services/{number}"
        if one.form in [other.form for other in sent.services[:number]]:
            faults.append(Fault("Tjenesten står to ganger.", pointer=f"{at}/form"))
        if one.hours is None and one.form != "group":
            faults.append(Fault("Tjenesten må ha timer.", pointer=f"{at}/hours"))
        if not FIRST_DAY <= one.valid_from <= LAST_DAY:
            faults.append(Fault("Dagen må være mellom 2000 og 2099.", pointer=f"{at}/valid_from"))
        if one.valid_to and not one.valid_from <= one.valid_to <= LAST_DAY:
            faults.append(Fault("Siste dag må være etter første dag.", pointer=f"{at}/valid_to"))
    if faults:
        raise Problem(422, MEND, faults)


async def _new(call: Call, external: str, sent: DecisionIn, person: tuple[UUID, UUID]) -> Answer:
    uow = call.uow
    if call.if_match:
        raise Problem(412, "Vedtaket finnes ikke. Send det uten If-Match.")
    card = await person_card(uow, person[1])
    if card.died_on is not None or card.moved_on is not None:
        raise Problem(409, "Personen er registrert som død eller flyttet i Sammen. Kontakt saksbehandleren.")
    purchaser = purchaser_for(card.birth_date, today(), child_welfare=False)
    if sent.purchaser and sent.purchaser != purchaser:
        raise Problem(422, MEND, [Fault("Saken hører til en annen, etter alderen.", pointer="/purchaser")])
    await alone(uow, f"case.{card.id}")
    taken = await take_over(uow, card.id, card.birth_date, listed(sent), own=())
    assert taken.decision_id is not None
    uow.session.add(
        ExchangedDecision(
            tenant_id=uow.context.tenant, id=uuid7(), client_id=call.client_id, external_id=external,
            exchanged_person_id=person[0], case_id=taken.case_id, application_id=taken.application_id,
            decision_id=taken.decision_id, listed=kept(listed(sent)), fingerprint=call.fingerprint,
        )
    )  # fmt: skip
    await uow.session.flush()
    row = await _row(call, external)
    assert row is not None
    return Answer((await _shown(uow, [row]))[0], 201, f"{PATH}/{external}")


async def _correct(call: Call, external: str, sent: DecisionIn, row: Mapping[str, Any]) -> Answer:
    uow, was = call.uow, unkept(row["listed"])
    if sent.person != row["person"] or sent.decided_on != was.decided_on:
        raise Problem(409, "Person og vedtaksdato kan ikke rettes. Send et nytt vedtak med egen id.")
    if {one.form for one in sent.services} != {one.form for one in was.grants}:
        raise Problem(409, "Tjenestene i et vedtak kan ikke byttes. Send et nytt vedtak med egen id.")
    if row["state"] == "replaced":
        raise Problem(409, "Vedtaket er erstattet av et nytt i Sammen. Kontakt saksbehandleren.")
    taken = TakenOver(row["case_id"], row["application_id"], row["decision_id"])
    await correct_taken_over(uow, taken, was, listed(sent))
    stored = await uow.session.get(ExchangedDecision, (uow.context.tenant, row["id"]))
    assert stored is not None
    stored.listed, stored.fingerprint = kept(listed(sent)), call.fingerprint
    stored.version += 1
    await uow.session.flush()
    now = await _row(call, external)
    assert now is not None
    return Answer((await _shown(uow, [now]))[0])


def listed(sent: DecisionIn) -> ListedCase:
    """What was sent, as the decisions' slice takes it over."""
    return ListedCase(
        received_on=sent.received_on, decided_on=sent.decided_on, wishes="", interests=(), evaluate_on=sent.evaluate_on,
        grants=tuple(
            GrantFacts(
                form=one.form, amount=None if one.hours is None else Decimal(str(one.hours)), unit=one.per, times="",
                valid_from=one.valid_from, valid_to=one.valid_to,
            )
            for one in sorted(sent.services, key=lambda service: service.form)
        ),
    )  # fmt: skip


def kept(case: ListedCase) -> dict[str, Any]:
    """As it is kept beside the program's id: days and hours."""
    return {
        "received_on": case.received_on.isoformat(),
        "decided_on": case.decided_on.isoformat() if case.decided_on else None,
        "evaluate_on": case.evaluate_on.isoformat() if case.evaluate_on else None,
        "grants": [
            [one.form, None if one.amount is None else str(one.amount), one.unit,
             one.valid_from.isoformat() if one.valid_from else None, one.valid_to.isoformat() if one.valid_to else None]
            for one in case.grants
        ],
    }  # fmt: skip


def unkept(said: Any) -> ListedCase:
    """What `kept` made, read back. Raw reads hand jsonb over as text."""
    found = json.loads(said) if isinstance(said, str) else said

    def day(text: str | None) -> date | None:
        return date.fromisoformat(text) if text else None

    received = day(found["received_on"])
    assert received is not None
    return ListedCase(
        received_on=received, decided_on=day(found["decided_on"]), wishes="", interests=(),
        evaluate_on=day(found["evaluate_on"]),
        grants=tuple(
            GrantFacts(form=form, amount=None if amount is None else Decimal(amount), unit=unit, times="",
                       valid_from=day(first), valid_to=day(last))
            for form, amount, unit, first, last in found["grants"]
        ),
    )  # fmt: skip


async def _shown(uow: UnitOfWork, rows: Any) -> list[DecisionOut]:
    grants: dict[UUID, list[ServiceOut]] = {}
    wanted = [row["decision_id"] for row in rows]
    for one in await uow.rows(_GRANTS, tenant=uow.context.tenant, decisions=wanted):
        grants.setdefault(one["decision_id"], []).append(
            ServiceOut(one["form"], None if one["amount"] is None else float(one["amount"]), one["unit"],
                       one["valid_from"], one["valid_to"])
        )  # fmt: skip
    return [
        DecisionOut(
            external_id=row["external_id"], person=row["person"], case_number=row["case_no"], purchaser=row["purchaser"],
            state=row["state"], decided_on=row["decided_on"], evaluate_on=row["evaluate_on"],
            services=grants.get(row["decision_id"], []), changed_at=row["changed_at"],
        )
        for row in rows
    ]  # fmt: skip


async def _note(uow: UnitOfWork, persons: list[UUID]) -> None:
    if persons:
        await record_read(
            uow, "decision.read_by_program", persons, why=N_("Et program hentet vedtak det har sendt")
        )
