"""Who at home may fit an order: what they share with it, said plainly. Not a score of people.

A contact is put forward with what the two have in common (interests, times), whether the hours are enough, and what
is missing before they may meet. The order is: may meet now, hours enough, most in common, name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

from sqlalchemy import and_, bindparam, case, func, or_, select

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from tenants.assignments.models import Assignment
from tenants.assignments.queries import OrderCard
from tenants.contacts.api import support_contact, vetting
from tenants.people.api import age_on, person

assignment = Assignment.__table__
SHOWN = 8
WEEKS_A_MONTH = Decimal(52) / Decimal(12)


def weekly(amount: Decimal | None, unit: str) -> Decimal | None:
    """Hours a week of a grant: a month is 52/12 weeks. To tell whether a contact's hours are enough; figures for
    others keep the decided unit (D10)."""
    if amount is None or unit == "week":
        return amount
    return amount / WEEKS_A_MONTH


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A contact beside an order. `free` hours a week, None when the contact has not said how many they want."""

    contact_id: UUID
    person_id: UUID
    name: str
    age: int | None
    place: str
    has_car: bool
    interests: Sequence[str]
    slots: Sequence[str]
    free: Decimal | None
    enough: bool
    vetted: bool

    @property
    def shared(self) -> int:
        """How many interests and times the two have in common."""
        return len(self.interests) + len(self.slots)


@dataclass(frozen=True, slots=True)
class Available:
    """What is known of a contact who may take more. `busy`: hours a week in assignments here and lent to others."""

    contact_id: UUID
    person_id: UUID
    name: str
    age: int | None
    place: str
    has_car: bool
    interests: Sequence[str]
    slots: Sequence[str]
    wants: Decimal | None
    busy: Decimal
    vetted: bool


def suggest(order: OrderCard, available: Sequence[Available]) -> list[Suggestion]:
    """Those with something in common with the order, or with nothing known against it, best first, at most SHOWN.

    When the mapping names interests or times, a contact must share at least one. Nobody is their own contact.
    """
    needed = weekly(order.amount, order.unit)
    wished = bool(order.interests or order.slots)
    found = []
    for one in available:
        if one.person_id == order.person_id:
            continue
        free = max(Decimal(0), one.wants - one.busy) if one.wants is not None else None
        found.append(
            Suggestion(
                one.contact_id, one.person_id, one.name, one.age, one.place, one.has_car,
                [code for code in order.interests if code in one.interests],
                [slot for slot in order.slots if slot in one.slots],
                None if free is None else free.quantize(Decimal("0.1"), ROUND_DOWN),
                free is None or needed is None or free >= needed, one.vetted,
            )
        )  # fmt: skip
    kept = [s for s in found if s.shared or not wished]
    kept.sort(key=lambda s: (not s.vetted, not s.enough, -s.shared, s.name))
    return kept[:SHOWN]


_BUSY = (
    select(
        func.coalesce(
            func.sum(case((assignment.c.unit == "month", assignment.c.amount * 12 / 52), else_=assignment.c.amount)), 0
        )
    )
    .where(
        assignment.c.tenant_id == support_contact.c.tenant_id,
        assignment.c.contact_id == support_contact.c.id,
        assignment.c.state != "ended",
        # Some days as a substitute are not hours of every week.
        assignment.c.role != "substitute",
    )
    .scalar_subquery()
)  # fmt: skip
_AVAILABLE = compile_query(
    select(
        support_contact.c.id, support_contact.c.person_id, person.c.given_name, person.c.family_name,
        person.c.birth_date, person.c.place, support_contact.c.has_car, support_contact.c.interests,
        support_contact.c.slots, support_contact.c.wants_hours, support_contact.c.lent_hours, _BUSY.label("busy"),
        and_(vetting.c.police_shown_on.is_not(None), vetting.c.confidentiality_signed_on.is_not(None)).label("vetted"),
    )
    .select_from(
        support_contact.join(
            person, and_(person.c.tenant_id == support_contact.c.tenant_id, person.c.id == support_contact.c.person_id)
        ).outerjoin(
            vetting,
            and_(vetting.c.tenant_id == support_contact.c.tenant_id, vetting.c.contact_id == support_contact.c.id),
        )
    )
    .where(
        support_contact.c.tenant_id == bindparam("tenant"),
        or_(support_contact.c.state == "vetting", support_contact.c.state == "engaged"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom the coordinator may choose: those put forward, and the names of the others who may meet somebody now."""

    suggested: Sequence[Suggestion]
    others: Sequence[tuple[UUID, str]]


async def available_contacts(uow: UnitOfWork) -> list[Available]:
    """Contacts at home who may take more, vetted or on the way there. The caller writes the access log."""
    day = today()
    return [
        Available(
            row["id"], row["person_id"], f"{row['given_name']} {row['family_name']}", age_on(row["birth_date"], day),
            row["place"], row["has_car"], row["interests"], row["slots"], row["wants_hours"],
            row["busy"] + row["lent_hours"], bool(row["vetted"]),
        )
        for row in await uow.rows(_AVAILABLE, tenant=uow.context.tenant)
    ]  # fmt: skip


async def choice_for(uow: UnitOfWork, order: OrderCard) -> Choice:
    """Contacts at home for the order, and the access log's row for those shown."""
    available = await available_contacts(uow)
    found = suggest(order, available)
    shown = {s.contact_id for s in found}
    others = [
        one
        for one in available
        if one.vetted and one.contact_id not in shown and one.person_id != order.person_id
    ]
    others.sort(key=lambda one: one.name)
    persons = [s.person_id for s in found] + [one.person_id for one in others]
    await record_read(uow, "contact.suggested", persons, why=N_("Forslag til bestilling"))
    return Choice(found, [(one.contact_id, one.name) for one in others])
