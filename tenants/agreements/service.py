"""Agreements as coordinators make them: weighed, sent to signing as a file that stays, and signed one by one or many."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.pdf import render_json
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.web.i18n import translate
from sammen.web.office import office_lines
from tenants.agreements.classifying import Assessment, Situation, classify
from tenants.agreements.document import Parties, agreement_document
from tenants.agreements.models import AgreementFile
from tenants.agreements.queries import AgreementRow, work_of
from tenants.contacts.api import (
    AgreementDetails,
    EngagementCard,
    ParentConsent,
    contact_card,
    engage,
    engagement_card,
    engagements_of,
    revise_engagement,
    sign_engagement,
)
from tenants.messages.api import notify_person
from tenants.people.api import person_card
from tenants.provision.api import provision_rules
from tenants.rates.api import NoRate, Payee, Terms, Worked, payees, rate_tables, settle

"""The municipality's own setting for letters: address and telephone stand in agreements too."""
WEIGH = N_(
    "Det du har skrevet, peker mot et arbeidsforhold. Les grunnene, og kryss av hvis det likevel er et oppdrag."
)
MONTH_DAYS = 30.44


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """An agreement as written in the form. `weighed`: the reader has read what points to employment."""

    kind: str
    hours: Decimal | None
    valid_from: date
    valid_to: date | None
    details: AgreementDetails
    consent: ParentConsent | None
    weighed: bool = False


async def assess(
    uow: UnitOfWork, contact_id: UUID, facts: AgreementFacts, *, first: date | None = None
) -> Assessment:
    """What points to employment if the contact works as `facts` say. `first` is when the work began, if before."""
    worked, users = (await work_of(uow, [contact_id]))[contact_id]
    began = min(first, facts.valid_from) if first is not None else facts.valid_from
    return classify(Situation(
        signs=facts.details.signs, agreed=facts.hours, worked=worked, months=_months(began, facts.valid_to),
        open_ended=facts.valid_to is None, users=users,
    ))  # fmt: skip


async def assess_running(
    uow: UnitOfWork, contact_id: UUID, running: EngagementCard, since: date | None
) -> Assessment:
    """As `assess`, of an agreement that runs."""
    facts = AgreementFacts(
        running.kind, running.hours_per_week, running.valid_from, running.valid_to,
        AgreementDetails(signs=running.signs), None,
    )  # fmt: skip
    return await assess(uow, contact_id, facts, first=since)


def assess_row(row: AgreementRow, worked: Decimal | None, users: int) -> Assessment:
    """As `assess_running`, of a line of the list, when the work is known."""
    assert row.valid_from is not None
    began = min(row.since, row.valid_from) if row.since is not None else row.valid_from
    return classify(Situation(
        signs=row.signs or (), agreed=row.hours_per_week, worked=worked, months=_months(began, row.valid_to),
        open_ended=row.valid_to is None, users=users,
    ))  # fmt: skip


def _months(first: date, last: date | None) -> int | None:
    """Whole months of work: until the last day, or until today where there is none and it has begun."""
    days = ((last or today()) - first).days
    return int(days / MONTH_DAYS) if days > 0 else None


async def _weigh(uow: UnitOfWork, contact_id: UUID, facts: AgreementFacts) -> None:
    """A contractor's agreement that looks like employment is made only by somebody who has read why (B3)."""
    if facts.kind != "contractor" or facts.weighed or not facts.details.reasons.strip():
        return
    first = (await contact_card(uow, contact_id)).since
    if (await assess(uow, contact_id, facts, first=first)).level == "strong":
        raise Invalid.one("vurdert", WEIGH)


async def make_agreement(uow: UnitOfWork, contact_id: UUID, facts: AgreementFacts) -> UUID:
    """A new agreement. Raises Invalid as `engage`, and for a contractor's that must be weighed first. Returns its id."""
    await _weigh(uow, contact_id, facts)
    return await engage(
        uow, contact_id, facts.kind, facts.hours, facts.valid_from, valid_to=facts.valid_to, details=facts.details,
        consent=facts.consent,
    )  # fmt: skip


async def change_agreement(
    uow: UnitOfWork, agreement: EngagementCard, facts: AgreementFacts, *, version: int
) -> None:
    """Change one that nobody has signed. Raises as `revise_engagement` and `make_agreement`."""
    await _weigh(uow, agreement.contact_id, facts)
    await revise_engagement(
        uow, agreement.id, facts.kind, facts.hours, facts.valid_from, valid_to=facts.valid_to, details=facts.details,
        consent=facts.consent, version=version,
    )  # fmt: skip


async def starting_rate(uow: UnitOfWork, agreement: EngagementCard) -> Decimal | None:
    """Kroner for an hour with one service user on the first day, by the municipality's table; None where it has none."""
    payee = (await payees(uow, [agreement.contact_id])).get(agreement.contact_id, Payee())
    hour = Worked(agreement.id, agreement.id, agreement.valid_from, Decimal(1), "individual")
    try:
        items = settle(
            await rate_tables(uow), payee, {agreement.id: Terms()}, [hour], components=frozenset({"hours"})
        )
    except NoRate:
        return None
    return next((Decimal(item.rate_ore) / 100 for item in items if item.component == "hours"), None)


async def send_to_signing(uow: UnitOfWork, agreement: EngagementCard) -> UUID:
    """Set the agreement as a file that is kept as it is, and tell the contact that it waits. Returns the file's id.

    Raises Conflict for one that both have signed or that is past.
    """
    if agreement.signed_on is not None:
        raise Conflict(N_("Avtalen er underskrevet av begge. Lag en ny avtale hvis noe skal endres."))
    if agreement.valid_to is not None and agreement.valid_to < today():
        raise Conflict(N_("Avtalen er slutt. Lag en ny avtale i stedet."))
    contact = await contact_card(uow, agreement.contact_id)
    person = await person_card(uow, contact.person_id)
    language = person.language_form if person.language_form in ("nb", "nn") else "nb"
    parties = Parties(
        translate(language, N_("%(place)s kommune"), place=uow.context.place_name),
        translate(language, N_("Støttekontakttjenesten")), office_lines(uow.context.settings),
        contact.name, contact.birth_date,
    )  # fmt: skip
    rules = await provision_rules(uow, agreement.valid_from)
    rate = await starting_rate(uow, agreement)
    document = agreement_document(agreement, parties, rules, language=language, dated=today(), rate=rate)
    content = document.as_json()
    pdf = await render_json(content)
    row = AgreementFile(
        tenant_id=uow.context.tenant, id=uuid7(), engagement_id=agreement.id, contact_id=contact.id,
        terms=agreement.version, dated=document.date, language=language, title=document.title, content=content, pdf=pdf,
        sha256=hashlib.sha256(pdf).digest(), made_by=uow.context.user_id, made_by_name=uow.context.user_name,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(
        uow, "engagement.sent", "contact", contact.id, persons=[contact.person_id], sha256=row.sha256.hex()
    )
    await notify_person(uow, contact.person_id, "agreement", once=f"agreement:{row.id}")
    return row.id


async def sign_many(uow: UnitOfWork, engagement_ids: Sequence[UUID], day: date) -> int:
    """Note that both signed on one day, for many: agreements on paper from before. Returns how many.

    A day somebody has noted already stays.
    """
    signed = 0
    for engagement_id in dict.fromkeys(engagement_ids):
        card = await engagement_card(uow, engagement_id)
        if card.signed_on is None:
            await sign_engagement(
                uow, engagement_id, by_contact_on=None if card.signed_by_contact_on else day,
                by_municipality_on=None if card.signed_by_municipality_on else day,
            )  # fmt: skip
            signed += 1
    return signed


async def agreement_of_contact(uow: UnitOfWork, contact_id: UUID, engagement_id: UUID) -> EngagementCard:
    """One of this contact's agreements. Raises NotFound, for another contact's too."""
    card = await engagement_card(uow, engagement_id)
    if card.contact_id != contact_id:
        raise NotFound
    return card


async def running_or_next(uow: UnitOfWork, contact_id: UUID) -> EngagementCard | None:
    """The agreement that runs, else the next that begins, else None."""
    ahead = [
        one
        for one in await engagements_of(uow, contact_id)
        if one.valid_to is None or one.valid_to >= today()
    ]
    return ahead[-1] if ahead else None
