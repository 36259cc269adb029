"""Who acts for somebody, and who is written to: reads over representatives and the dated age rules (A14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from tenants.people.ages import Acting, Rule, Standing, who_gets_letters
from tenants.people.models import AgeRule, Representative
from tenants.people.queries import PersonCard, person, person_card

age_rule = AgeRule.__table__
representative = Representative.__table__


@dataclass(frozen=True, slots=True)
class RepresentativeCard:
    """Somebody who acts for a service user: role, how far it reaches, and whether letters go to them."""

    id: UUID
    person_id: UUID
    name: str
    role: str
    receives_letters: bool
    phone: str
    scope: str
    scopes: Sequence[str]
    parental_responsibility: bool
    child_lives: str
    valid_from: date
    valid_to: date | None
    end_reason: str
    version: int
    protected: bool

    @property
    def acting(self) -> Acting:
        """As the age rules see them."""
        return Acting(
            self.person_id, self.role, self.scopes, self.parental_responsibility, self.child_lives,
            self.receives_letters, self.valid_from, self.valid_to,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody a letter goes to. `role`: self, parent, guardian or power_of_attorney."""

    person_id: UUID
    name: str
    role: str
    language_form: str
    street: str
    postcode: str
    place: str
    protection: str


_REPRESENTATIVES = (
    select(
        representative.c.id, person.c.id.label("person_id"), person.c.given_name, person.c.family_name, person.c.phone,
        person.c.protection, *(representative.c[name] for name in (
            "role", "receives_letters", "scope", "scopes", "parental_responsibility", "child_lives", "valid_from",
            "valid_to", "end_reason", "version")),
    )
    .join_from(representative, person,
               (person.c.tenant_id == representative.c.tenant_id) & (person.c.id == representative.c.person_id))
    .where(representative.c.tenant_id == bindparam("tenant"), representative.c.acts_for_id == bindparam("person"))
)  # fmt: skip
_IN_FORCE = (
    (representative.c.valid_from <= bindparam("day"))
    & (representative.c.valid_to.is_(None) | (representative.c.valid_to >= bindparam("day")))
)  # fmt: skip
_ACTING = compile_query(
    _REPRESENTATIVES.where(_IN_FORCE, person.c.died_on.is_(None)).order_by(
        representative.c.role, person.c.family_name, person.c.given_name
    )
)
_EVERYBODY = compile_query(
    _REPRESENTATIVES.order_by(representative.c.valid_from.desc(), representative.c.id.desc())
)
_WARDS = compile_query(
    select(representative.c.acts_for_id)
    .join_from(representative, person,
               (person.c.tenant_id == representative.c.tenant_id) & (person.c.id == representative.c.person_id))
    .where(representative.c.tenant_id == bindparam("tenant"), person.c.user_id == bindparam("user"), _IN_FORCE)
)  # fmt: skip
_RULES = compile_query(
    select(*(age_rule.c[name] for name in Rule.__dataclass_fields__))
    .where(
        age_rule.c.valid_from <= bindparam("day"),
        age_rule.c.valid_to.is_(None) | (age_rule.c.valid_to >= bindparam("day")),
    )
    .order_by(age_rule.c.what, age_rule.c.ground, age_rule.c.from_age)
)


def _card(row: Any) -> RepresentativeCard:
    values = {name: row[name] for name in RepresentativeCard.__dataclass_fields__ if name in row}
    return RepresentativeCard(
        name=f"{row['given_name']} {row['family_name']}", protected=row["protection"] != "none", **values
    )


async def representatives_of(
    uow: UnitOfWork, person_id: UUID, *, on: date | None = None
) -> Sequence[RepresentativeCard]:
    """Who acts for the person on a day (today when none is given). Those who have died act for nobody."""
    rows = await uow.rows(_ACTING, tenant=uow.context.tenant, person=person_id, day=on or today())
    return [_card(row) for row in rows]


async def all_representatives(uow: UnitOfWork, person_id: UUID) -> Sequence[RepresentativeCard]:
    """Everybody who acts, has acted or will act for the person, the latest first."""
    rows = await uow.rows(_EVERYBODY, tenant=uow.context.tenant, person=person_id)
    return [_card(row) for row in rows]


async def wards_of_user(uow: UnitOfWork) -> list[UUID]:
    """The people the signed-in user acts for in this municipality today."""
    rows = await uow.rows(_WARDS, tenant=uow.context.tenant, user=uow.context.user, day=today())
    return [row["acts_for_id"] for row in rows]


async def age_rules(uow: UnitOfWork, on: date) -> Sequence[Rule]:
    """The age rules in force on a day."""
    return [Rule(**dict(row)) for row in await uow.rows(_RULES, day=on)]


async def letter_recipients(
    uow: UnitOfWork, person_id: UUID, *, child_welfare: bool, on: date
) -> Sequence[Recipient]:
    """To whom a letter about the person goes on a day, themselves first: fvl. § 27, pasient- og brukerrettighetsloven
    § 3-4, barnevernsloven § 12-3, as the dated age rules have them. Nobody writes to somebody who has died.

    A parent of somebody with a protected address gets a letter only if the child is registered as living with them: the
    other one may be whom the address is kept from. When nobody is left, the letter goes to the person's own address.
    Raises NotFound.
    """
    card = await person_card(uow, person_id)
    if card.died_on is not None and card.died_on <= on:
        return []
    acting = await representatives_of(uow, person_id, on=on)
    found = who_gets_letters(
        await age_rules(uow, on), child_welfare=child_welfare, birth_date=card.birth_date, on=on,
        acting=[one.acting for one in acting],
    )  # fmt: skip
    others = [await _recipient(uow, one, card) for one in reachable(found, protected=card.protected)]
    itself = Recipient(
        card.id,
        card.name,
        "self",
        card.language_form,
        card.street,
        card.postcode,
        card.place,
        card.protection,
    )
    return [itself, *others] if found.person or not others else others


def reachable(found: Standing, *, protected: bool) -> Sequence[Acting]:
    """The representatives a letter may be sent to: of a protected person, no parent whom the child does not live with.

    Of several roles one person has, the first counts: they get one letter.
    """
    kept = [
        one
        for one in found.representatives
        if not protected or one.role != "parent" or one.child_lives == "here"
    ]
    return list({one.person_id: one for one in reversed(kept)}.values())[::-1]


async def _recipient(uow: UnitOfWork, acting: Acting, ward: PersonCard) -> Recipient:
    own = await person_card(uow, acting.person_id)
    # A parent's own address is seldom typed again when the child lives there.
    at = ward if not own.street and acting.role == "parent" and acting.child_lives in ("", "here") else own
    return Recipient(
        own.id, own.name, acting.role, own.language_form, at.street, at.postcode, at.place,
        ward.protection if at is ward and ward.protected else own.protection,
    )  # fmt: skip
