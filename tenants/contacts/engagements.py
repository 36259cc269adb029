"""The agreements a contact has and has had: cards and reads. Making and changing them is in engaging.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import bindparam, or_, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from tenants.contacts.models import Engagement

engagement = Engagement.__table__

KINDS = {"employee": N_("Arbeidsavtale"), "contractor": N_("Oppdragsavtale")}
FIXED_TERM = {
    "temporary": N_("Arbeidet er midlertidig"),
    "substitute": N_("Vikar for en annen"),
}
"""Grounds for an agreement with a last day (aml. § 14-9 second paragraph, letters a and b)."""
END_REASONS = {
    "resigned": N_("Støttekontakten sa opp"),
    "dismissed": N_("Kommunen sa opp"),
    "agreed": N_("Dere ble enige om det"),
    "left": N_("Sluttet som støttekontakt"),
    "replaced": N_("Ny avtale tok over"),
}


@dataclass(frozen=True, slots=True)
class EngagementCard:
    """An agreement as it stands. Hours are a week's."""

    id: UUID
    contact_id: UUID
    kind: str
    reasons: str
    signs: list[str]
    hours_per_week: Decimal | None
    valid_from: date
    valid_to: date | None
    work: str
    place: str
    fixed_term: str
    probation_months: int
    notice_months: int
    parent_consent_on: date | None
    parent_consent_by: str
    signed_by_contact_on: date | None
    signed_by_municipality_on: date | None
    signed_by_name: str
    end_reason: str
    version: int

    @property
    def signed_on(self) -> date | None:
        """The day the last of the two signed; None while one is missing."""
        if self.signed_by_contact_on is None or self.signed_by_municipality_on is None:
            return None
        return max(self.signed_by_contact_on, self.signed_by_municipality_on)

    @property
    def touched(self) -> bool:
        """Whether one of the two has signed: then its terms are fixed."""
        return self.signed_by_contact_on is not None or self.signed_by_municipality_on is not None


_CARDS = select(*(engagement.c[name] for name in EngagementCard.__dataclass_fields__)).where(
    engagement.c.tenant_id == bindparam("tenant")
)
_OF_CONTACT = compile_query(
    _CARDS.where(engagement.c.contact_id == bindparam("contact")).order_by(
        engagement.c.valid_from.desc(), engagement.c.id.desc()
    )
)
_ON = compile_query(
    _CARDS.where(
        engagement.c.contact_id == bindparam("contact"),
        engagement.c.valid_from <= bindparam("day"),
        or_(engagement.c.valid_to.is_(None), engagement.c.valid_to >= bindparam("day")),
    )
    .order_by(engagement.c.valid_from.desc(), engagement.c.id.desc())
    .limit(1)
)
_ONE = compile_query(_CARDS.where(engagement.c.id == bindparam("engagement")))


async def engagements_of(uow: UnitOfWork, contact_id: UUID) -> Sequence[EngagementCard]:
    """The contact's agreements, newest first."""
    rows = await uow.rows(_OF_CONTACT, tenant=uow.context.tenant, contact=contact_id)
    return [EngagementCard(**dict(row)) for row in rows]


async def agreement_of(uow: UnitOfWork, contact_id: UUID, on: date) -> EngagementCard | None:
    """The agreement in force on a day, signed or not."""
    row = await uow.row(_ON, tenant=uow.context.tenant, contact=contact_id, day=on)
    return EngagementCard(**dict(row)) if row is not None else None


async def engagement_card(uow: UnitOfWork, engagement_id: UUID) -> EngagementCard:
    """One agreement. Raises NotFound."""
    row = await uow.row(_ONE, tenant=uow.context.tenant, engagement=engagement_id)
    if row is None:
        raise NotFound
    return EngagementCard(**dict(row))
