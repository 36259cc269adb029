"""Notice before a decision that takes something away: given, answered, or left out for a reason (fvl. § 16; A15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.norwegian import format_date
from tenants.cases.api import case_for_change
from tenants.decisions.checking import asked_of
from tenants.decisions.hooks import GivenNotice, tell_noticed
from tenants.decisions.models import AdvanceNotice
from tenants.decisions.queries import grants_of
from tenants.decisions.reductions import WAIVERS, least_reply_by
from tenants.decisions.service import SENT, at_work

NOTHING_TAKEN = N_("Kladden tar ikke noe bort. Da trengs det ikke forhåndsvarsel.")


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What is about to be taken away and why, with until when one may reply; or a `waiver` (WAIVERS) and its reason."""

    what: str
    why: str
    reply_by: date | None
    waiver: str = ""
    waiver_reason: str = ""


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """What somebody said to a notice."""

    on: date
    by: str
    text: str


async def give_notice(uow: UnitOfWork, case_id: UUID, facts: NoticeFacts) -> UUID:
    """Give notice of what the case's draft takes away, or say why none is given. Letters follow (on_notice).

    Raises Invalid for a reply deadline shorter than the municipality's days (two weeks at least), Conflict when the
    draft takes nothing away or is proposed.
    """
    card, case = await case_for_change(uow, case_id)
    draft = await at_work(uow, case.id)
    if draft is None:
        raise NotFound
    if draft.state == "proposed":
        raise Conflict(SENT)
    grants = [grant.facts for grant in await grants_of(uow, case.id) if grant.decision_id == draft.id]
    asked = await asked_of(uow, case.id, card.purchaser, draft, draft.kind, draft.outcome, grants)
    if not asked.taken:
        raise Conflict(NOTHING_TAKEN)
    _check(facts, least_reply_by(today(), asked.rules.notice_days))
    notice = AdvanceNotice(
        tenant_id=case.tenant_id, id=uuid7(), case_id=case.id, decision_id=draft.id, what=facts.what, why=facts.why,
        covers=[str(one) for one in asked.taken], given_on=today(), given_by=uow.context.user_id,
        given_by_name=uow.context.user_name, reply_by=None if facts.waiver else facts.reply_by, waiver=facts.waiver,
        waiver_reason=facts.waiver_reason if facts.waiver else "",
    )  # fmt: skip
    uow.session.add(notice)
    await uow.session.flush()
    await record_change(
        uow, "notice.waived" if facts.waiver else "notice.given", "case", case.id, persons=[case.person_id],
        waiver=facts.waiver, reply_by=notice.reply_by,
    )  # fmt: skip
    if notice.reply_by is not None:
        await tell_noticed(
            uow,
            GivenNotice(case.id, case.person_id, draft.id, notice.id, facts.what, facts.why, notice.reply_by,
                        card.purchaser == "child_welfare"),
        )  # fmt: skip
    return notice.id


def _check(facts: NoticeFacts, earliest: date) -> None:
    errors = {}
    if facts.waiver:
        if facts.waiver not in WAIVERS:
            errors["unntak"] = BadInput("unntak", N_("Velg en grunn fra lista."))
        if not facts.waiver_reason.strip():
            errors["unntak_grunn"] = BadInput("unntak_grunn", N_("Skriv hvorfor dere ikke varsler."))
    elif facts.reply_by is None or facts.reply_by < earliest:
        errors["frist"] = BadInput(
            "frist", N_("Fristen for å svare må være %(day)s eller senere."), day=format_date(earliest)
        )
    if errors:
        raise Invalid(errors)


async def record_reply(
    uow: UnitOfWork, case_id: UUID, notice_id: UUID, facts: ReplyFacts, *, version: int
) -> None:
    """Note what was replied to a notice, or that one had nothing to say. Raises Invalid on a day that cannot be."""
    _, case = await case_for_change(uow, case_id)
    notice = await uow.session.scalar(
        select(AdvanceNotice)
        .where(
            AdvanceNotice.tenant_id == case.tenant_id,
            AdvanceNotice.case_id == case.id,
            AdvanceNotice.id == notice_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if notice is None or notice.waiver:
        raise NotFound
    if notice.version != version:
        raise Conflict(
            N_("Noen andre har alt skrevet inn et svar."),
            theirs={N_("Svaret"): notice.reply},
            yours={N_("Svaret"): facts.text},
        )
    if facts.on > today():
        raise Invalid.one("svar_dato", N_("Datoen er i framtida. Skriv dagen svaret kom."))
    if facts.on < notice.given_on:
        raise Invalid.one("svar_dato", N_("Svaret kan ikke ha kommet før varselet ble sendt."))
    notice.replied_on, notice.replied_by, notice.reply = facts.on, facts.by, facts.text
    notice.version += 1
    await uow.session.flush()
    await record_change(uow, "notice.replied", "case", case.id, persons=[case.person_id], replied_on=facts.on)
