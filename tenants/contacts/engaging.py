"""Agreements between the municipality and its contacts: made, revised until signed, signed, ended (B3, B11).

One at a time: a new agreement ends the one that runs the day before, and none reaches into one that comes later.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.norwegian import format_date
from tenants.contacts.engagements import END_REASONS, FIXED_TERM, KINDS, engagement_card
from tenants.contacts.models import Engagement, SupportContact
from tenants.contacts.moving import contact_for_change, settle_state, vetting_for_change
from tenants.contacts.service import FUTURE
from tenants.people.api import age_on, person, person_of_user
from tenants.provision.api import provision_rules

OF_AGE = 18
STALE = N_("Noen andre har endret avtalen imens. Det du skrev, er ikke lagret.")
SIGNED = N_("Avtalen er underskrevet. Lag en ny avtale fra den dagen endringen gjelder.")
OWN_AGREEMENT = N_("Du kan ikke inngå en avtale med deg selv. Be en annen gjøre det.")


@dataclass(frozen=True, slots=True)
class AgreementDetails:
    """What an agreement says beside kind, hours and days. See models.Engagement."""

    reasons: str = ""
    signs: Sequence[str] = ()
    work: str = ""
    place: str = ""
    fixed_term: str = ""
    probation_months: int = 0
    notice_months: int = 1


PLAIN = AgreementDetails()
"""An agreement that says nothing beside kind, hours and days."""


@dataclass(frozen=True, slots=True)
class ParentConsent:
    """When a parent said yes, and their name."""

    given_on: date
    given_by: str


_BORN = compile_query(
    select(person.c.birth_date).where(
        person.c.tenant_id == bindparam("tenant"), person.c.id == bindparam("person")
    )
)


# Changes --------------------------------------------------------------------------------------------------------------
async def engage(
    uow: UnitOfWork,
    contact_id: UUID,
    kind: str,
    hours: Decimal | None,
    valid_from: date,
    *,
    valid_to: date | None = None,
    details: AgreementDetails = PLAIN,
    consent: ParentConsent | None = None,
) -> UUID:
    """Make an agreement: `employee` (presumed, aml. § 1-8) or `contractor`, hours a week. Returns its id.

    Vetting may come after; the contact counts as engaged when both are there. An agreement that runs ends the day
    before the new one. Raises Invalid for a contractor without reasons, a last day without ground (aml. § 14-9), too long
    a probation (§ 15-6), somebody below the municipality's minimum age on the first day or under 18 without a parent's
    consent (B11; not asked when the birth date is unknown), and for days that reach into a later agreement.
    """
    contact = await contact_for_change(uow, contact_id)
    await _not_oneself(uow, contact)
    await _check(uow, contact, kind, valid_from, valid_to, details, consent)
    await _make_room(uow, contact_id, valid_from, valid_to, but=None)
    row = Engagement(tenant_id=uow.context.tenant, id=uuid7(), contact_id=contact_id, version=1)
    _write(row, kind, hours, valid_from, valid_to, details, consent)
    uow.session.add(row)
    contact.since = min(contact.since, valid_from) if contact.since else valid_from
    await uow.session.flush()
    await settle_state(uow, contact, await vetting_for_change(uow, contact_id))
    await record_change(
        uow, "contact.engaged", "contact", contact_id, persons=[contact.person_id], kind=kind, valid_from=valid_from,
        valid_to=valid_to,
    )  # fmt: skip
    return row.id


async def revise_engagement(
    uow: UnitOfWork,
    engagement_id: UUID,
    kind: str,
    hours: Decimal | None,
    valid_from: date,
    *,
    valid_to: date | None,
    details: AgreementDetails,
    consent: ParentConsent | None,
    version: int,
) -> None:
    """Change an agreement nobody has signed; a signed one is followed by a new one instead (aml. § 14-8).

    Raises as `engage`, and Conflict for a signed agreement or a stale `version`.
    """
    row, contact = await _for_change(uow, engagement_id)
    if row.version != version:
        raise Conflict(STALE)
    if row.signed_by_contact_on is not None or row.signed_by_municipality_on is not None:
        raise Conflict(SIGNED)
    await _check(uow, contact, kind, valid_from, valid_to, details, consent)
    await _make_room(uow, contact.id, valid_from, valid_to, but=row.id)
    _write(row, kind, hours, valid_from, valid_to, details, consent)
    row.version += 1
    contact.since = min(contact.since, valid_from) if contact.since else valid_from
    await uow.session.flush()
    await record_change(
        uow, "engagement.revised", "contact", contact.id, persons=[contact.person_id], kind=kind, valid_from=valid_from,
        valid_to=valid_to,
    )  # fmt: skip


async def sign_engagement(
    uow: UnitOfWork,
    engagement_id: UUID,
    *,
    by_contact_on: date | None = None,
    by_municipality_on: date | None = None,
) -> None:
    """Note the days the two signed. A day left out stays. Raises Invalid on a day to come, Forbidden for one's own."""
    for name, day in (("underskrevet", by_contact_on), ("kommunen", by_municipality_on)):
        if day is not None and day > today():
            raise Invalid.one(name, FUTURE)
    row, contact = await _for_change(uow, engagement_id)
    if by_contact_on is not None:
        row.signed_by_contact_on = by_contact_on
    if by_municipality_on is not None:
        row.signed_by_municipality_on, row.signed_by_name = by_municipality_on, uow.context.user_name
    await uow.session.flush()
    await record_change(
        uow, "engagement.signed", "contact", contact.id, persons=[contact.person_id], by_contact=by_contact_on,
        by_municipality=by_municipality_on,
    )  # fmt: skip


async def end_engagement(
    uow: UnitOfWork, engagement_id: UUID, *, last_day: date, reason: str, version: int
) -> None:
    """End an agreement on its last day, today or another; one that has not begun never does.

    Raises Invalid for a last day before the first, after the one agreed or without reason, Conflict on a stale `version`.
    """
    row, contact = await _for_change(uow, engagement_id)
    if row.version != version:
        raise Conflict(STALE)
    if reason not in END_REASONS or reason == "replaced":
        raise Invalid.one("grunn", N_("Velg hvorfor avtalen slutter."))
    if last_day < row.valid_from:
        if row.valid_from > today():
            await _end(uow, row, contact, row.valid_from - timedelta(days=1), reason)
            return
        raise Invalid.one("siste_dag", N_("Siste dag er før avtalen begynte."))
    if row.valid_to is not None and last_day > row.valid_to:
        raise Invalid.one("siste_dag", N_("Avtalen er slutt før den dagen. Lag en ny avtale i stedet."))
    await _end(uow, row, contact, last_day, reason)


async def end_agreements(uow: UnitOfWork, contact_id: UUID, *, last_day: date, reason: str = "left") -> None:
    """End what the contact has when they leave: what runs past `last_day` ends there, and what is later never begins."""
    contact = await contact_for_change(uow, contact_id)
    for row in await _rows_of(uow, contact_id):
        if row.valid_to is None or row.valid_to > last_day:
            await _end(uow, row, contact, max(last_day, row.valid_from - timedelta(days=1)), reason)


async def _end(
    uow: UnitOfWork, row: Engagement, contact: SupportContact, last_day: date, reason: str
) -> None:
    row.valid_to, row.end_reason = last_day, reason
    row.version += 1
    await uow.session.flush()
    await record_change(
        uow, "engagement.ended", "contact", contact.id, persons=[contact.person_id], last_day=last_day, reason=reason
    )  # fmt: skip


def _write(row: Engagement, kind: str, hours: Decimal | None, valid_from: date, valid_to: date | None,
           details: AgreementDetails, consent: ParentConsent | None) -> None:  # fmt: skip
    row.kind, row.hours_per_week, row.valid_from, row.valid_to = kind, hours, valid_from, valid_to
    row.reasons = details.reasons if kind == "contractor" else ""
    row.signs = list(details.signs) if kind == "contractor" else []
    row.work, row.place = details.work, details.place
    row.fixed_term = details.fixed_term if kind == "employee" and valid_to is not None else ""
    row.probation_months = details.probation_months if kind == "employee" else 0
    row.notice_months = details.notice_months
    row.parent_consent_on = consent.given_on if consent is not None else None
    row.parent_consent_by = consent.given_by if consent is not None else ""


# Checks ---------------------------------------------------------------------------------------------------------------
async def _check(uow: UnitOfWork, contact: SupportContact, kind: str, valid_from: date, valid_to: date | None,
                 details: AgreementDetails, consent: ParentConsent | None) -> None:  # fmt: skip
    if kind not in KINDS:
        raise Invalid.one("avtale", N_("Velg arbeidsavtale eller oppdragsavtale."))
    if valid_to is not None and valid_to < valid_from:
        raise Invalid.one("til", N_("Sluttdatoen er før startdatoen."))
    if kind == "contractor" and not details.reasons.strip():
        raise Invalid.one(
            "begrunnelse",
            N_("Skriv hvorfor dette ikke er et arbeidsforhold. Loven går ut fra at det er det (arbeidsmiljøloven § 1-8)."),
        )  # fmt: skip
    if kind == "employee" and valid_to is not None:
        if details.fixed_term not in FIXED_TERM:
            raise Invalid.one(
                "midlertidig", N_("Velg hvorfor avtalen har en siste dag (arbeidsmiljøloven § 14-9).")
            )
        if details.probation_months and _months_after(
            valid_from, 2 * details.probation_months
        ) > valid_to + timedelta(days=1):
            raise Invalid.one(
                "provetid", N_("Prøvetida kan ikke være lenger enn halve avtalen (arbeidsmiljøloven § 15-6).")
            )
    if consent is not None and consent.given_on > today():
        raise Invalid.one("samtykke", FUTURE)
    await _old_enough(uow, contact, valid_from, consent)


async def _old_enough(
    uow: UnitOfWork, contact: SupportContact, first_day: date, consent: ParentConsent | None
) -> None:
    age = age_on(await uow.value(_BORN, tenant=uow.context.tenant, person=contact.person_id), first_day)
    if age is None:
        return
    minimum = (await provision_rules(uow, first_day)).minimum_age
    if age < minimum:
        raise Invalid.one(
            "fra", N_("Støttekontakten er %(age)s år den dagen. Kommunens regel er minst %(minimum)s år."), age=age,
            minimum=minimum,
        )  # fmt: skip
    if age < OF_AGE and consent is None:
        raise Invalid.one(
            "samtykke", N_("Støttekontakten er under 18 år den dagen. Skriv når en forelder sa ja, og hvem.")
        )


async def _make_room(
    uow: UnitOfWork, contact_id: UUID, first: date, last: date | None, *, but: UUID | None
) -> None:
    """End what runs the day before `first`. Raises Invalid when the days reach into an agreement that begins later."""
    for other in await _rows_of(uow, contact_id):
        if other.id == but or (other.valid_to is not None and other.valid_to < max(first, other.valid_from)):
            continue
        if other.valid_from < first:
            other.valid_to, other.end_reason = first - timedelta(days=1), "replaced"
            other.version += 1
        elif last is None or last >= other.valid_from:
            raise Invalid.one(
                "fra", N_("En annen avtale gjelder fra %(day)s. Endre eller avslutt den først."),
                day=format_date(other.valid_from),
            )  # fmt: skip
    # The open one must be closed before the next is opened: one open agreement a contact is the database's own rule.
    await uow.session.flush()


async def _rows_of(uow: UnitOfWork, contact_id: UUID) -> Sequence[Engagement]:
    found = await uow.session.scalars(
        select(Engagement)
        .where(Engagement.tenant_id == uow.context.tenant, Engagement.contact_id == contact_id)
        .order_by(Engagement.valid_from)
    )
    return found.all()


async def _for_change(uow: UnitOfWork, engagement_id: UUID) -> tuple[Engagement, SupportContact]:
    """The agreement and its contact, held. Raises NotFound, Forbidden for one's own agreement."""
    known = await engagement_card(uow, engagement_id)
    # The contact first, as everywhere: two who change its agreements at once must not wait for each other.
    contact = await contact_for_change(uow, known.contact_id)
    row = await uow.session.get(
        Engagement, (uow.context.tenant, engagement_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    await _not_oneself(uow, contact)
    return row, contact


async def _not_oneself(uow: UnitOfWork, contact: SupportContact) -> None:
    if uow.context.session_id is not None and await person_of_user(uow) == contact.person_id:
        raise Forbidden(OWN_AGREEMENT)


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
