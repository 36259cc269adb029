"""The interim reply: drafted before the limit of fvl. § 11 a, written by the caseworker, sent before the limit (A5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.blocks import Heading, Paragraph
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.web.formats import date_long
from sammen.web.i18n import translate
from tenants.cases.api import (
    STALE,
    Application,
    CaseFile,
    allocation_rules,
    application,
    case_file,
    case_for_change,
    legal_ground,
    mine,
    purchasers_seen,
    visible,
)
from tenants.letters.dispatch import SentLetter, StoppedLetter, cancel_ready_about, on_sent, on_stopped
from tenants.letters.models import InterimReply, Letter
from tenants.letters.rules import is_time, reply_by
from tenants.letters.texts import legal_text
from tenants.letters.writing import LetterBody, write_letters
from tenants.people.api import Recipient, person, person_card

reply = InterimReply.__table__
letter = Letter.__table__
LANGUAGE_FORMS = ("nb", "nn")


@dataclass(frozen=True, slots=True)
class InterimCard:
    """An open application and its interim reply, as the reader may see it.

    `send_by` is the last day, `state` draft, written or None when nothing is drafted yet; `sent_on` the first letter's.
    """

    application_id: UUID
    case_id: UUID
    case_no: str
    person_id: UUID
    name: str
    received_on: date
    expected_on: date | None
    reply_id: UUID | None
    state: str | None
    reason: str
    promised: date | None
    version: int
    drafted_on: date | None
    responsible_id: UUID | None

    @property
    def send_by(self) -> date:
        """The last day to decide or to have sent the reply."""
        return reply_by(self.received_on, self.expected_on)

    @property
    def days_left(self) -> int:
        """Days to the limit, negative when it has passed."""
        return (self.send_by - today()).days


@dataclass(frozen=True, slots=True)
class OverdueInterim:
    """An open application whose limit has passed without a decision or a reply."""

    application_id: UUID
    case_id: UUID
    send_by: date


# The limit as SQL: the same month's end as decide_by, since PostgreSQL shortens a month the same way.
_LIMIT = func.coalesce(
    application.c.expected_on, func.date(application.c.received_on + func.make_interval(0, 1))
)


def _open_applications(*columns: Any) -> Select[Any]:
    """Open applications of open cases with the reply for their present limit, if one is drafted."""
    return (
        select(*columns)
        .join_from(application, case_file,
                   and_(case_file.c.tenant_id == application.c.tenant_id, case_file.c.id == application.c.case_id))
        .outerjoin(reply, and_(reply.c.tenant_id == application.c.tenant_id, reply.c.application_id == application.c.id,
                               reply.c.send_by == _LIMIT, reply.c.state != "dropped"))
        .where(application.c.tenant_id == bindparam("tenant"), application.c.state == "open", case_file.c.state != "closed")
    )  # fmt: skip


_COLUMNS = [
    application.c.id.label("application_id"), application.c.case_id, case_file.c.case_no, case_file.c.person_id,
    (person.c.given_name + " " + person.c.family_name).label("name"), application.c.received_on,
    application.c.expected_on, reply.c.id.label("reply_id"), reply.c.state, func.coalesce(reply.c.reason, "").label("reason"),
    reply.c.expected_on.label("promised"), func.coalesce(reply.c.version, 0).label("version"), reply.c.drafted_on,
    case_file.c.responsible_id,
]  # fmt: skip
_CARDS = (
    _open_applications(*_COLUMNS)
    .join(person, and_(person.c.tenant_id == case_file.c.tenant_id, person.c.id == case_file.c.person_id))
    .where(visible())
    .order_by(_LIMIT, application.c.id)
)
_OF_CASE = compile_query(_CARDS.where(application.c.case_id == bindparam("case")))
_WAITING = compile_query(_CARDS.where(reply.c.state == "draft", mine()).limit(50))
_ALL = compile_query(
    _open_applications(
        application.c.id.label("application_id"), application.c.case_id, application.c.received_on,
        application.c.expected_on, reply.c.id.label("reply_id"),
    ).order_by(application.c.id)
)  # fmt: skip
_OVERDUE = compile_query(
    _open_applications(
        application.c.id.label("application_id"), application.c.case_id, _LIMIT.label("send_by")
    )
    .where(bindparam("day") > _LIMIT)
    .order_by(_LIMIT, application.c.id)
)


def _reader(uow: UnitOfWork) -> dict[str, Any]:
    context = uow.context
    return {"tenant": context.tenant, "purchasers": purchasers_seen(context), "reader": context.user}


async def interims_of(uow: UnitOfWork, case_id: UUID) -> Sequence[InterimCard]:
    """The case's open applications with their interim replies, the one with least time first."""
    return [InterimCard(**dict(row)) for row in await uow.rows(_OF_CASE, **_reader(uow), case=case_id)]


async def interims_waiting(uow: UnitOfWork, *, others: Sequence[UUID] = ()) -> Sequence[InterimCard]:
    """Drafts in cases that are the reader's to do today, or nobody's; at most fifty. `others`: `Duty.others`."""
    return [InterimCard(**dict(row)) for row in await uow.rows(_WAITING, **_reader(uow), others=others)]


async def overdue_interims(uow: UnitOfWork) -> Sequence[OverdueInterim]:
    """For jobs: every open application in the municipality past its limit with nothing sent (a deviation, A5)."""
    rows = await uow.rows(_OVERDUE, tenant=uow.context.tenant, day=today())
    return [OverdueInterim(**dict(row)) for row in rows]


async def draft_interims(uow: UnitOfWork) -> int:
    """For the nightly job: draft the reply of every open application that has come close to its limit; how many."""
    rules = await allocation_rules(uow, today())
    drafted = 0
    for row in await uow.rows(_ALL, tenant=uow.context.tenant):
        received, promised = row["received_on"], row["expected_on"]
        if row["reply_id"] is None and is_time(received, promised, today(), rules.interim_days_before):
            found = await _draft(uow, row["application_id"], row["case_id"], reply_by(received, promised))
            drafted += found is not None
    return drafted


async def _draft(uow: UnitOfWork, application_id: UUID, case_id: UUID, limit: date) -> UUID | None:
    """A new draft; None when there is one already (two at once make one)."""
    made: UUID | None = await uow.session.scalar(
        insert(InterimReply)
        .values(tenant_id=uow.context.tenant, id=uuid7(), application_id=application_id, case_id=case_id, send_by=limit,
                state="draft", drafted_on=today())
        .on_conflict_do_nothing()
        .returning(InterimReply.id)
    )  # fmt: skip
    if made is not None:
        await record_change(
            uow, "interim.drafted", "case", case_id, send_by=limit, application=str(application_id)
        )
    return made


async def write_interim(
    uow: UnitOfWork, case_id: UUID, application_id: UUID, *, reason: str, expected_on: date, version: int
) -> list[UUID]:
    """Write the interim reply to one application: a letter to each recipient, to be sent before the limit.

    `version` is the reply's as shown, 0 when nothing was drafted. Returns the letters' ids. Raises Invalid for a day
    that is not ahead, Conflict when it is written already, NotFound or Forbidden by the case's own rules.
    """
    _, case = await case_for_change(uow, case_id)
    asked = await uow.session.get(Application, (case.tenant_id, application_id))
    if asked is None or asked.case_id != case.id or asked.state != "open":
        raise NotFound
    limit = reply_by(asked.received_on, asked.expected_on)
    if expected_on <= max(today(), limit):
        raise Invalid.one(
            "forventet",
            N_("Skriv en dag etter %(day)s. Blir saken avgjort før det, trengs ikke foreløpig svar."),
            day=date_long(max(today(), limit), uow.context.language),
        )
    row = await _own_reply(uow, case_id, asked, limit, version)
    row.state, row.reason, row.expected_on = "written", reason, expected_on
    row.version += 1
    await uow.session.flush()
    ground = await uow.row(_GROUND, code=asked.legal_ground)
    compose = await interim_composer(uow, case.person_id, asked.received_on, reason, expected_on)
    return await write_letters(
        uow, kind="interim", case_id=case.id, person_id=case.person_id, compose=compose, about=row.id, send_by=limit,
        child_welfare=bool(ground and ground["child_welfare"]),
    )  # fmt: skip


_GROUND = compile_query(select(legal_ground.c.child_welfare).where(legal_ground.c.code == bindparam("code")))


async def _own_reply(
    uow: UnitOfWork, case_id: UUID, asked: Application, limit: date, version: int
) -> InterimReply:
    """The reply for this limit, held and as it was shown; made when nobody has drafted it."""
    if version == 0:
        await _draft(uow, asked.id, case_id, limit)
    found = await uow.session.scalar(
        select(InterimReply)
        .where(InterimReply.tenant_id == uow.context.tenant, InterimReply.application_id == asked.id,
               InterimReply.send_by == limit)
        .with_for_update()
    )  # fmt: skip
    if found is None:
        raise NotFound
    if found.state == "written" or found.version != max(version, 1):
        raise Conflict(STALE)
    return found


async def interim_composer(
    uow: UnitOfWork, person_id: UUID, received: date, reason: str, expected: date
) -> Any:
    """What the reply says to each recipient, as `write_letters` asks for it."""
    card = await person_card(uow, person_id)
    law = {form: await legal_text(uow, "interim", form, today()) for form in LANGUAGE_FORMS}

    def compose(recipient: Recipient) -> LetterBody:
        language = recipient.language_form

        def say(message: str, **params: object) -> str:
            return translate(language, message, **params)

        days = {"received": date_long(received, language), "expected": date_long(expected, language)}
        opening = (
            say(N_("Vi fikk søknaden din om støttekontakt %(received)s. Den er ikke avgjort ennå."), **days)
            if recipient.role == "self"
            else say(N_("Vi fikk søknaden om støttekontakt til %(name)s %(received)s. Den er ikke avgjort ennå."),
                     name=card.given_name, **days)
        )  # fmt: skip
        return LetterBody(
            say(N_("Foreløpig svar på søknad om støttekontakt")),
            [
                Paragraph(opening),
                Paragraph(say(N_("Vi regner med at du får svar innen %(expected)s."), **days)),
                Heading(say(N_("Hvorfor det tar lengre tid"))),
                Paragraph(reason),
                Heading(say(N_("Det har du rett til å vite"))),
                Paragraph(law[language]),
                Heading(say(N_("Har du spørsmål?"))),
                Paragraph(say(N_("Ta kontakt med oss. Si fra hvis noe er endret siden du søkte, eller hvis det haster."))),
            ],
        )  # fmt: skip

    return compose


async def drop_interims(uow: UnitOfWork, case_id: UUID, reason: str) -> None:
    """The case's applications are decided: what is drafted is dropped, and what is written and not sent is stopped."""
    found = await uow.session.scalars(
        select(InterimReply)
        .join(Application, and_(Application.tenant_id == InterimReply.tenant_id,
                                Application.id == InterimReply.application_id))
        .where(InterimReply.tenant_id == uow.context.tenant, InterimReply.case_id == case_id,
               InterimReply.state != "dropped", Application.state != "open")
    )  # fmt: skip
    for row in list(found):
        stopped = await cancel_ready_about(uow, row.id, reason)
        if row.state == "draft" or stopped:
            row.state = "dropped"
            row.version += 1
    await uow.session.flush()


@on_sent
async def _promise(uow: UnitOfWork, sent: SentLetter) -> None:
    """The reply has left: the day it promises is the application's, and with it the case's, deadline."""
    if sent.kind != "interim" or sent.about is None:
        return
    row = await uow.session.get(InterimReply, (uow.context.tenant, sent.about))
    if row is None or row.expected_on is None:
        return
    asked = await uow.session.get(Application, (uow.context.tenant, row.application_id), with_for_update=True)
    if asked is None or asked.state != "open" or asked.expected_on == row.expected_on:
        return
    asked.expected_on = row.expected_on
    await uow.session.flush()
    case = await uow.session.get(CaseFile, (uow.context.tenant, row.case_id), with_for_update=True)
    if case is None or case.deadline_kind != "decide":
        return
    still_open = await uow.session.scalars(
        select(Application).where(
            Application.tenant_id == case.tenant_id,
            Application.case_id == case.id,
            Application.state == "open",
        )
    )
    case.deadline = min(reply_by(one.received_on, one.expected_on) for one in still_open)
    case.version += 1
    await uow.session.flush()


@on_stopped
async def _write_again(uow: UnitOfWork, stopped: StoppedLetter) -> None:
    """When every letter of a reply is stopped, the reply is a draft again: the limit has not moved."""
    if stopped.kind != "interim" or stopped.about is None:
        return
    row = await uow.session.get(InterimReply, (uow.context.tenant, stopped.about), with_for_update=True)
    left = await uow.session.scalar(
        select(func.count()).where(Letter.tenant_id == uow.context.tenant, Letter.about == stopped.about,
                                   Letter.state != "cancelled")
    )  # fmt: skip
    if row is not None and row.state == "written" and not left:
        row.state = "draft"
        row.version += 1
        await uow.session.flush()
