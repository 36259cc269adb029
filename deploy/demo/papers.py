"""What the platform itself makes from the world, once it is loaded: letters, forms sent in, status reviews, deviations."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncEngine

from deploy.demo.chance import at
from deploy.demo.rows import Rows
from deploy.demo.stories import HORTEN
from deploy.demo.town import Colleague, Making, Town
from deploy.demo.work import RICH
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.pdf import render_json
from sammen.norwegian import format_date
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_job
from sammen.web.formats import date_long
from tenants.agreements.service import send_to_signing
from tenants.cases.models import Application, CaseFile
from tenants.contacts.api import engagement_card
from tenants.contacts.models import Engagement, SupportContact
from tenants.decisions.api import DecidedDecision
from tenants.decisions.models import Decision
from tenants.intake.content import PublicForm
from tenants.intake.door import FormDoor
from tenants.letters.api import draft_interims, write_letters
from tenants.letters.decision_letter import decision_body, told_of
from tenants.letters.interim import interim_composer
from tenants.letters.models import InterimReply, Letter
from tenants.people.models import Person
from tenants.quality.watch import look
from tenants.reviews.models import ReviewAction, ReviewItem, StatusReview
from tenants.reviews.service import plan_review

JOB = "demo.papers"
LETTER_DAYS = 75
"""Decisions of so many days before have their letters in the demo; those before were sent on paper."""
MOST_LETTERS = 24
UNSIGNED = 2
REVIEWED = (HORTEN, "0709")


async def add_papers(making: Making, towns: Sequence[Town], engine: AsyncEngine) -> None:
    """Fill in what the platform makes. Letters come as rows of `making`, since they are older than today."""
    for town in towns:
        if town.place.code == HORTEN:
            await _write_letters(making, town, engine)
            await _send_forms(making, town, engine)
        if town.place.code in RICH:
            await _send_agreements(making, town, engine)
        uow = await enter_job(engine, making.keys, PlaceKind.MUNICIPALITY, town.id, job=JOB)
        await draft_interims(uow)
        await look(uow)
        if town.place.code in REVIEWED:
            await _review(uow, town)
        await uow.commit()


# Letters ----------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a letter: the day it was written, the last day it might leave, and the day it left, if it has."""

    dated: date
    send_by: date
    sent: date | None = None
    stopped: str = ""


async def _write_letters(making: Making, town: Town, engine: AsyncEngine) -> None:
    """Letters of the newest decisions and of interim replies, written by the letter slice itself and dated when they were.

    They are taken out of a transaction that is not kept, since a letter written today cannot be made older (a trigger).
    """
    hanne = town.named("Hanne Myhre")
    uow = await enter_job(engine, making.keys, PlaceKind.MUNICIPALITY, town.id, job=JOB, user=hanne.id)
    try:
        found = await _of_decisions(uow, town) + await _of_replies(uow, town)
        for rows, posted in found:
            for row in rows:
                making.rows.add(Letter, **await _as_posted(row, posted, hanne))
        _correct(making.rows, town, found)
    finally:
        await uow.rollback()


Written = tuple[Sequence[Mapping[str, Any]], Posted]


async def _of_decisions(uow: UnitOfWork, town: Town) -> list[Written]:
    """The newest is to leave today, one is late, one was stopped; the others left the day after they were written."""
    newest = await uow.session.execute(
        select(Decision, CaseFile)
        .join(CaseFile, (CaseFile.tenant_id == Decision.tenant_id) & (CaseFile.id == Decision.case_id))
        .where(Decision.tenant_id == town.id, Decision.decided_on >= town.as_of - timedelta(days=LETTER_DAYS),
               CaseFile.shielded.is_(False))
        .order_by(Decision.decided_on.desc(), Decision.id)
        .limit(MOST_LETTERS)
    )  # fmt: skip
    found: list[Written] = []
    for number, (decision, case) in enumerate(newest.all()):
        assert decision.decided_on is not None
        told = await told_of(
            uow, DecidedDecision(case.id, case.person_id, decision.id, decision.kind, decision.decided_on)
        )
        ids = await write_letters(
            uow, kind="decision", case_id=case.id, person_id=case.person_id, about=decision.id,
            child_welfare=told.ground.child_welfare, compose=partial(decision_body, told),
        )  # fmt: skip
        found.append((await _rows(uow, ids), _post(number, decision.decided_on, town.as_of)))
    return found


def _post(number: int, decided: date, as_of: date) -> Posted:
    after = _workday(decided + timedelta(days=1))
    if number < 2:
        return Posted(decided, as_of + timedelta(days=number))
    if number == 2:
        return Posted(decided, min(after, as_of - timedelta(days=2)))
    if number == 5:
        return Posted(decided, after, stopped="Feil navn på støttekontaktens koordinator i brevet.")
    late = timedelta(days=6 if number == 7 else 0)
    return Posted(decided, after, min(_workday(after + late), as_of))


def _workday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday() if day.weekday() >= 5 else 0)


async def _of_replies(uow: UnitOfWork, town: Town) -> list[Written]:
    """Interim replies: most left before the month was over, one the day after."""
    replies = await uow.session.execute(
        select(InterimReply, Application, CaseFile)
        .join(Application, (Application.tenant_id == InterimReply.tenant_id) & (Application.id == InterimReply.application_id))
        .join(CaseFile, (CaseFile.tenant_id == InterimReply.tenant_id) & (CaseFile.id == InterimReply.case_id))
        .where(InterimReply.tenant_id == town.id, InterimReply.state == "written", CaseFile.shielded.is_(False))
        .order_by(InterimReply.send_by, InterimReply.id)
    )  # fmt: skip
    found: list[Written] = []
    for number, (reply, asked, case) in enumerate(replies.all()):
        assert reply.expected_on is not None
        compose = await interim_composer(
            uow, case.person_id, asked.received_on, reply.reason, reply.expected_on
        )
        ids = await write_letters(
            uow, kind="interim", case_id=case.id, person_id=case.person_id, child_welfare=False, compose=compose,
            about=reply.id, send_by=reply.send_by,
        )  # fmt: skip
        sent = reply.send_by + timedelta(days=1 if number == 0 else -1)
        found.append((await _rows(uow, ids), Posted(sent - timedelta(days=1), reply.send_by, sent)))
    return found


async def _rows(uow: UnitOfWork, ids: Sequence[UUID]) -> list[Mapping[str, Any]]:
    found = await uow.session.execute(select(Letter.__table__).where(Letter.id.in_(ids)).order_by(Letter.id))
    return [dict(row) for row in found.mappings()]


async def _as_posted(row: Mapping[str, Any], posted: Posted, by: Colleague) -> dict[str, Any]:
    """The letter as it would have been: the same words, its own day on the sheet, and what became of it."""
    language = row["language_form"]
    now, then = date_long(today(), language), date_long(posted.dated, language)
    content = dict(row["content"]) | {"date": posted.dated.isoformat()}
    content["facts"] = [[name, then if value == now else value] for name, value in content["facts"]]
    pdf = await render_json(content)
    state = "sent" if posted.sent else "cancelled" if posted.stopped else "ready"
    return dict(row) | {
        "content": content, "pdf": pdf, "sha256": hashlib.sha256(pdf).digest(), "dated": posted.dated,
        "send_by": posted.send_by, "state": state, "sent_on": posted.sent, "sent_by": by.id if posted.sent else None,
        "sent_by_name": by.name if posted.sent else "", "cancel_reason": posted.stopped,
        "created_at": at(posted.dated, 13, 10), "changed_at": at(posted.sent or posted.dated, 14),
    }  # fmt: skip


def _correct(rows: Rows, town: Town, found: Sequence[Written]) -> None:
    """The letter that was stopped is followed by one that corrects it, to leave tomorrow."""
    stopped = next((letters[0] for letters, posted in found if posted.stopped and letters), None)
    if stopped is None:
        return
    old = next(row for row in rows.of(Letter) if row["id"] == stopped["id"])
    new = dict(old) | {
        "id": town.making.chance.id_at(town.as_of), "state": "ready", "corrects_id": old["id"], "cancel_reason": "",
        "send_by": town.as_of + timedelta(days=1),
    }  # fmt: skip
    rows.add(Letter, **new)


# Forms ------------------------------------------------------------------------------------------------------------------
FORMS: tuple[tuple[int, dict[str, str]], ...] = (
    (15, {"soker": "parent", "soker_navn": "Anja Holm", "vet_om": "ja", "fornavn": "Iver", "etternavn": "Holm",
          "telefon": "680 51 204", "postnummer": "3181", "poststed": "Horten",
          "onsker": "Iver vil spille fotball, men tør ikke møte opp alene.", "tider": "Etter skolen på mandager og torsdager",
          "tolk": "nei", "brev": "nb"}),
    (52, {"soker": "self", "fornavn": "Bente", "etternavn": "Rud", "epost": "bente.rud@example.org", "postnummer": "3187",
          "poststed": "Horten", "onsker": "Jeg vil ut på tur. Jeg går ikke alene etter at jeg ble syk.",
          "tolk": "nei", "brev": "nn"}),
    (29, {"soker": "guardian", "soker_navn": "Per Enger", "vet_om": "ja", "fornavn": "Yusuf", "etternavn": "Warsame",
          "telefon": "680 53 771", "postnummer": "3182", "poststed": "Horten",
          "onsker": "Vil lære å svømme, og treffe andre på sin alder.", "hjelp": "Trenger en som er tålmodig.",
          "tolk": "ja", "tolk_sprak": "Somali", "brev": "nb"}),
    (9, {"soker": "other", "soker_navn": "Rita Moen, helsesykepleier", "vet_om": "ja", "fornavn": "Ella",
         "etternavn": "Sand", "telefon": "680 50 118", "postnummer": "3184", "poststed": "Borre",
         "onsker": "Ella savner noen å leke med etter skolen. Foreldrene er enige i at jeg sender skjemaet.",
         "tolk": "nei", "brev": "nb"}),
)  # fmt: skip


async def _send_forms(making: Making, town: Town, engine: AsyncEngine) -> None:
    """What people have sent in, through the public form's own door: unread, from four addresses."""
    for number, (age, fields) in enumerate(FORMS):
        door = FormDoor(engine, making.keys, f"192.0.2.{10 + number}")
        birth = (town.as_of - timedelta(days=age * 366 + 40 * number)).replace(day=11)
        form = PublicForm({**fields, "sperret": "nei", "fodselsdato": format_date(birth)}, birth)
        await door.send(
            await door.place(town.place.slug), form, language="nb", page_key=f"demo-{number}", code=None
        )


# Agreements -----------------------------------------------------------------------------------------------------------
async def _send_agreements(making: Making, town: Town, engine: AsyncEngine) -> None:
    """Agreements that have been sent to signing and lie there, that of whoever can log in among them.

    Theirs is signed already, and is set as it was before: as any file, it shows the terms and not who signed.
    """
    coordinator = town.staff[Role.PROVIDER_COORDINATOR][0]
    uow = await enter_job(engine, making.keys, PlaceKind.MUNICIPALITY, town.id, job=JOB, user=coordinator.id)
    waiting = await uow.session.scalars(
        select(Engagement.id)
        .where(Engagement.tenant_id == town.id, Engagement.valid_to.is_(None), Engagement.signed_by_contact_on.is_(None))
        .order_by(Engagement.id.desc())
        .limit(UNSIGNED)
    )  # fmt: skip
    own = await uow.session.scalars(
        select(Engagement.id)
        .join(SupportContact, (SupportContact.tenant_id == Engagement.tenant_id) & (SupportContact.id == Engagement.contact_id))
        .join(Person, (Person.tenant_id == SupportContact.tenant_id) & (Person.id == SupportContact.person_id))
        .where(Engagement.tenant_id == town.id, Engagement.valid_to.is_(None), Person.user_id.is_not(None))
    )  # fmt: skip
    for engagement_id in (*waiting.all(), *own.all()):
        card = await engagement_card(uow, engagement_id)
        await send_to_signing(uow, replace(card, signed_by_contact_on=None, signed_by_municipality_on=None))
    await uow.commit()


# Status reviews ---------------------------------------------------------------------------------------------------------
SAID = {
    "application": ("Kartlegging er avtalt.", "Familien er ringt. De ønsker gruppe."),
    "no_contact": ("Vi spør i nabokommunene.", "En kandidat er aktuell. Kari ringer i uka."),
    "evaluation": ("Tid er avtalt.", "Venter på at familien er tilbake fra ferie."),
    "expiring": ("Skal fornyes.", "Vil slutte, og blir vanlig medlem."),
    "deviation": ("Tiltakene følges.", "Ser ut til å virke."),
}
DONE = ("Ring de tre som har ventet lengst.", "Sett av to dager til evalueringer.")
LEFT = ("Spør Re og Tønsberg om klatring.", "Lag oversikt over det som går ut før jul.")


async def _review(uow: UnitOfWork, town: Town) -> None:
    """Two reviews that were held, with minutes and what was taken on, and the next one planned."""
    manager, coordinator = town.staff[Role.MANAGER][0], town.staff[Role.PROVIDER_COORDINATOR][0]
    for days, done in ((42, True), (14, False)):
        day = _workday(town.as_of - timedelta(days=days))
        review = await plan_review(uow, day)
        await _minutes(uow, review)
        for number, what in enumerate(DONE if done else LEFT):
            owner = (manager, coordinator)[number % 2]
            due = day + timedelta(days=10 + 14 * number)
            uow.session.add(
                ReviewAction(
                    tenant_id=town.id, id=town.making.chance.id_at(day), review_id=review, what=what, owner_id=owner.id,
                    owner_name=owner.name, due_on=due, done_on=due - timedelta(days=2) if done else None,
                    done_by_name=owner.name if done else "",
                )
            )  # fmt: skip
        await uow.session.flush()
        for table in (ReviewItem, ReviewAction):
            await uow.session.execute(
                update(table).where(table.tenant_id == town.id, table.review_id == review).values(closed=True)
            )
        await uow.session.execute(
            update(StatusReview)
            .where(StatusReview.tenant_id == town.id, StatusReview.id == review)
            .values(participants=f"{manager.name}, {coordinator.name} og saksbehandlerne", held_at=at(day, 12),
                    made_by_name=manager.name, held_by_name=manager.name,
                    notes="Ventelista først, så avvik. Neste møte om fire uker.")
        )  # fmt: skip
    planned = await plan_review(uow, _workday(town.as_of + timedelta(days=12)))
    await uow.session.execute(
        update(StatusReview)
        .where(StatusReview.tenant_id == town.id, StatusReview.id == planned)
        .values(made_by_name=manager.name)
    )


async def _minutes(uow: UnitOfWork, review: UUID) -> None:
    """Words on the first items of each kind."""
    tenant = uow.context.tenant
    for kind, said in SAID.items():
        items = await uow.session.scalars(
            select(ReviewItem.id)
            .where(ReviewItem.tenant_id == tenant, ReviewItem.review_id == review, ReviewItem.kind == kind)
            .order_by(text("due_on"), ReviewItem.id)
            .limit(len(said))
        )
        for item, minutes in zip(items.all(), said, strict=False):
            await uow.session.execute(
                update(ReviewItem)
                .where(ReviewItem.tenant_id == tenant, ReviewItem.id == item)
                .values(minutes=minutes)
            )
