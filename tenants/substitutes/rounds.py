"""A round of asking: so many at once, each with time to answer, until somebody says yes or all have been asked (B10).

Whoever changes a round holds its row first, then the asks and the order: of two yeses at once, the second finds what the
first has done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.jobs.queue import enqueue
from tenants.assignments.api import OrderCard, held_order, order_card, substitute_order
from tenants.contacts.api import on_left, on_suspended
from tenants.messages.api import notify_person
from tenants.substitutes.choosing import candidates_for
from tenants.substitutes.models import AskRound, ContactAway, SubstituteAsk
from tenants.substitutes.queries import absence_card, known_to, round_card
from tenants.substitutes.rules import MOST_DAYS, Candidate, answer_by, names_in

ASK_NEXT, LET_GO = "substitutes.ask_next", "substitutes.let_go"
MOST_AT_ONCE = 5
MOST_HOURS = 168
OVER = N_("Runden er allerede avsluttet. Last siden på nytt.")


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """Days (both included; `last_day` None only for a bridge), how many are asked at once and how long they have.

    `newcomers_ok_by`: who said yes to somebody the service user has not met; "" asks only those who are known.
    """

    first_day: date
    last_day: date | None
    at_once: int
    ask_hours: int
    newcomers_ok_by: str = ""
    words: str = ""
    away_id: UUID | None = None


async def start_round(uow: UnitOfWork, order_id: UUID, facts: RoundFacts) -> UUID:
    """Begin to ask; the round's id. An order with a contact gets a substitute, one that waits a bridge.

    Raises NotFound for an order the reader may not see, Invalid for days that cannot be or when there is nobody to
    ask, Conflict for an order that takes neither, or an absence somebody has dealt with.
    """
    order = await order_card(uow, order_id)
    held = await held_order(uow, order_id)
    role = role_for(held.state, held.form)
    check_days(facts.first_day, facts.last_day, role)
    if facts.away_id is not None:
        await _open_absence(uow, facts.away_id, order_id)
    if facts.newcomers_ok_by and names_in(facts.words, order.given_name, order.family_name):
        raise Invalid.one(
            "om", N_("Navnet til brukeren står i teksten. De du spør, får vite navnet når de har sagt ja.")
        )
    started = AskRound(
        tenant_id=uow.context.tenant, id=uuid7(), case_id=order.case_id, person_id=order.person_id, order_id=order.id,
        away_id=facts.away_id, role=role, first_day=facts.first_day, last_day=facts.last_day,
        at_once=facts.at_once, ask_hours=facts.ask_hours, newcomers_ok_by=facts.newcomers_ok_by, words=facts.words,
        state="open",
    )  # fmt: skip
    uow.session.add(started)
    try:
        await uow.session.flush()
    except IntegrityError:
        raise Conflict(N_("Noen spør allerede vikarer for disse dagene.")) from None
    await record_change(
        uow, "substitute_round.started", "ask_round", started.id, persons=[order.person_id], role=role,
        first_day=facts.first_day, last_day=facts.last_day, at_once=facts.at_once,
    )  # fmt: skip
    if not await ask_next(uow, started, order):
        raise Invalid.one(
            "",
            N_("Det er ingen å spørre. Legg til en kjent vikar, eller spør flere enn dem brukeren kjenner."),
        )
    return started.id


def role_for(state: str, form: str) -> str:
    """substitute or bridge, by the order's state. Raises Conflict for an order that takes neither."""
    if form == "group":
        raise Conflict(N_("En gruppe får ikke vikar her. Bytt gruppeleder på gruppas side."))
    if state == "filled":
        return "substitute"
    if state in ("sent", "accepted"):
        return "bridge"
    raise Conflict(N_("Bestillingen er sendt tilbake eller avsluttet."))


def check_days(first_day: date, last_day: date | None, role: str) -> None:
    """Raises Invalid for days that cannot be asked for."""
    if first_day < today():
        raise Invalid.one("fra", N_("Dagen har vært. Skriv den første dagen som kommer."))
    if last_day is None:
        if role == "substitute":
            raise Invalid.one("til", N_("Skriv den siste dagen vikaren trengs."))
        return
    if last_day < first_day:
        raise Invalid.one("til", N_("Den siste dagen er før den første."))
    if role == "substitute" and last_day - first_day > timedelta(days=MOST_DAYS):
        raise Invalid.one(
            "til", N_("En vikar er for høyst to måneder. Finn en ny støttekontakt hvis det er lenger.")
        )


async def _open_absence(uow: UnitOfWork, away_id: UUID, order_id: UUID) -> None:
    card = await absence_card(uow, away_id)
    if card.order_id != order_id:
        raise NotFound
    if card.state != "reported":
        raise Conflict(N_("Noen har allerede tatt seg av dette. Last siden på nytt."))


async def ask_next(uow: UnitOfWork, held: AskRound, order: OrderCard) -> int:
    """Ask as many as are missing of those asked at once; how many wait for an answer. With nobody left to ask, and no
    answer outstanding, the round is over with nobody found. `held` is locked by the caller, and open.
    """
    waiting = await _outstanding(uow, held.id)
    missing = held.at_once - waiting
    if missing > 0:
        found = await candidates_for(
            uow, order, held.first_day, held.last_day, only_known=not held.newcomers_ok_by, round_id=held.id, seen=False
        )  # fmt: skip
        for one in found[:missing]:
            await _ask(uow, held, one)
            waiting += 1
    if not waiting:
        held.state, held.closed_on = "nobody", today()
        held.version += 1
        await uow.session.flush()
        await record_change(uow, "substitute_round.nobody", "ask_round", held.id, persons=[held.person_id])
    return waiting


async def _outstanding(uow: UnitOfWork, round_id: UUID) -> int:
    found = await uow.session.scalars(
        select(SubstituteAsk.id).where(
            SubstituteAsk.tenant_id == uow.context.tenant,
            SubstituteAsk.round_id == round_id,
            SubstituteAsk.state == "asked",
        )
    )
    return len(found.all())


async def _ask(uow: UnitOfWork, held: AskRound, one: Candidate) -> None:
    asked_at = now()
    ask = SubstituteAsk(
        tenant_id=held.tenant_id, id=uuid7(), round_id=held.id, case_id=held.case_id, contact_id=one.contact_id,
        introduced=one.level == 0, state="asked", asked_at=asked_at,
        answer_by=answer_by(asked_at, held.ask_hours, held.first_day),
    )  # fmt: skip
    uow.session.add(ask)
    await uow.session.flush()
    await record_change(
        uow, "substitute.asked", "substitute_ask", ask.id, persons=[one.person_id], answer_by=ask.answer_by
    )
    await notify_person(uow, one.person_id, "ask", once=f"ask:{ask.id}")
    wait = max(ask.answer_by - asked_at, timedelta(0)) + timedelta(minutes=1)
    await enqueue(uow, ASK_NEXT, {"round": held.id}, delay=wait, once=f"{ASK_NEXT}:{ask.id}")


async def held_round(uow: UnitOfWork, round_id: UUID) -> AskRound:
    """The round, locked for changing. The caller has checked who may. Raises NotFound."""
    row = await uow.session.get(
        AskRound, (uow.context.tenant, round_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    return row


async def go_on(uow: UnitOfWork, round_id: UUID) -> None:
    """In a job: who has not answered in time has been asked; the next ones are. Doing it again changes nothing.

    A round whose days have passed is over.
    """
    held = await held_round(uow, round_id)
    if held.state != "open":
        return
    late = await uow.session.scalars(
        select(SubstituteAsk)
        .where(
            SubstituteAsk.tenant_id == held.tenant_id, SubstituteAsk.round_id == held.id,
            SubstituteAsk.state == "asked", SubstituteAsk.answer_by <= now(),
        )
        .with_for_update()
    )  # fmt: skip
    for ask in late.all():
        ask.state = "expired"
        ask.version += 1
    await uow.session.flush()
    if held.last_day is not None and held.last_day < today():
        await _close(uow, held, "nobody")
        return
    try:
        order = await order_card(uow, held.order_id)
        role_fits = role_for(order.state, order.form) == held.role
    except Conflict:
        role_fits = False
    if role_fits:
        await ask_next(uow, held, order)
    else:
        # The order has got a contact, or is over: nobody is needed any more.
        await stop_asking(uow, held)


async def stop_round(uow: UnitOfWork, round_id: UUID) -> None:
    """The coordinator stops asking. Raises NotFound for a case one may not see, Conflict when it is over."""
    await round_card(uow, round_id)
    held = await held_round(uow, round_id)
    if held.state not in ("open", "nobody"):
        raise Conflict(OVER)
    await stop_asking(uow, held)


async def stop_asking(uow: UnitOfWork, held: AskRound) -> None:
    """The round is over with nobody; those who have not answered are not needed."""
    await _close(uow, held, "stopped")
    await let_off(uow, held, "stopped")


async def let_off(uow: UnitOfWork, held: AskRound, state: str) -> None:
    """Those who have not answered need not: `taken` by somebody else, or `stopped`."""
    await uow.session.execute(
        update(SubstituteAsk)
        .where(
            SubstituteAsk.tenant_id == held.tenant_id, SubstituteAsk.round_id == held.id,
            SubstituteAsk.state == "asked",
        )
        .values(state=state, version=SubstituteAsk.version + 1)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


@on_suspended
@on_left
async def ask_no_more(uow: UnitOfWork, contact_id: UUID) -> None:
    """Who is out of service or has left need not answer. By a job: a yes at the same moment holds the round first."""
    await enqueue(uow, LET_GO, {"contact": contact_id})


async def let_go(uow: UnitOfWork, contact_id: UUID) -> None:
    """In a job: nobody waits for this contact's answers, and the next ones are asked. Again changes nothing."""
    mine = (
        SubstituteAsk.tenant_id == uow.context.tenant, SubstituteAsk.contact_id == contact_id,
        SubstituteAsk.state.in_(("asked", "expired")),
    )  # fmt: skip
    rounds = await uow.session.scalars(
        select(AskRound)
        .where(
            AskRound.tenant_id == uow.context.tenant, AskRound.state == "open",
            AskRound.id.in_(select(SubstituteAsk.round_id).where(*mine)),
        )
        .order_by(AskRound.id)
        .with_for_update()
    )  # fmt: skip
    held = [one.id for one in rounds.all()]
    await uow.session.execute(
        update(SubstituteAsk)
        .where(*mine, SubstituteAsk.round_id.in_(held))
        .values(state="stopped", version=SubstituteAsk.version + 1)
        .execution_options(synchronize_session=False)
    )
    for round_id in held:
        await enqueue(uow, ASK_NEXT, {"round": round_id})


async def _close(uow: UnitOfWork, held: AskRound, state: str) -> None:
    held.state, held.closed_on = state, today()
    held.version += 1
    await uow.session.flush()
    await record_change(uow, f"substitute_round.{state}", "ask_round", held.id, persons=[held.person_id])


async def fill_round(uow: UnitOfWork, held: AskRound, contact_id: UUID) -> UUID:
    """Somebody said yes: the assignment's id. The absence is covered, and nobody else needs to answer."""
    made = await substitute_order(
        uow, held.order_id, contact_id, role=held.role, starts_on=max(held.first_day, today()), ends_on=held.last_day
    )  # fmt: skip
    held.state, held.filled_by_id, held.closed_on = "filled", made, today()
    held.version += 1
    await cover_absence(uow, held.away_id)
    await uow.session.flush()
    await record_change(uow, "substitute_round.filled", "ask_round", held.id, persons=[held.person_id])
    return made


async def cover_absence(uow: UnitOfWork, away_id: UUID | None) -> None:
    """Somebody steps in for who cannot come."""
    if away_id is None:
        return
    row = await uow.session.get(
        ContactAway, (uow.context.tenant, away_id), with_for_update=True, populate_existing=True
    )
    if row is not None and row.state == "reported":
        row.state = "covered"
        row.version += 1
        await uow.session.flush()
        await record_change(uow, "absence.covered", "contact_away", row.id, persons=[row.person_id])


async def agreed_by_phone(uow: UnitOfWork, order_id: UUID, contact_id: UUID, facts: RoundFacts) -> UUID:
    """The coordinator has agreed with a substitute already: the assignment's id.

    Raises as `substitute_order`, and NotFound for an order the reader may not see. A substitute whom the service user
    does not know needs somebody's yes (`newcomers_ok_by`).
    """
    order = await order_card(uow, order_id)
    held = await held_order(uow, order_id)
    role = role_for(held.state, held.form)
    check_days(facts.first_day, facts.last_day, role)
    if facts.away_id is not None:
        await _open_absence(uow, facts.away_id, order_id)
    knows = any(one.contact_id == contact_id for one in await known_to(uow, order.case_id))
    if not knows and (order.shielded or order.protection != "none"):
        raise Invalid.one(
            "kontakt", N_("Saken er skjermet. Bare en vikar brukeren kjenner, kan være vikar her.")
        )
    if not knows and not facts.newcomers_ok_by:
        raise Invalid.one("ja_fra", N_("Brukeren kjenner ikke denne vikaren. Skriv hvem som har sagt ja."))
    made = await substitute_order(
        uow, order.id, contact_id, role=role, starts_on=facts.first_day, ends_on=facts.last_day
    )
    await cover_absence(uow, facts.away_id)
    if facts.away_id is not None:
        open_rounds = await uow.session.scalars(
            select(AskRound)
            .where(
                AskRound.tenant_id == uow.context.tenant, AskRound.away_id == facts.away_id,
                AskRound.state.in_(("open", "nobody")),
            )
            .with_for_update()
        )  # fmt: skip
        for one in open_rounds.all():
            await stop_asking(uow, one)
    return made


async def note_told(uow: UnitOfWork, round_id: UUID) -> None:
    """The service user has been told who comes. Raises NotFound; Conflict when nobody is found, or it is noted."""
    await round_card(uow, round_id)
    held = await held_round(uow, round_id)
    if held.state != "filled" or held.told_on is not None:
        raise Conflict(OVER)
    held.told_on = today()
    held.version += 1
    await uow.session.flush()
    await record_change(uow, "substitute_round.told", "ask_round", held.id, persons=[held.person_id])
