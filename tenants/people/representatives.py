"""Appointing, changing and ending those who act for somebody: parents, guardians, powers of attorney (A14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from sammen.audit.trail import record_change
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.people.ages import ATTORNEY_SCOPES, GUARDIAN_SCOPES, OF_AGE, age_on
from tenants.people.models import Person, Representative

MOST_PARENTS: Final = 2
"""With parental responsibility at one time (barnelova §§ 34 and 35)."""
STALE = N_("Noen andre har endret dette imens. Last siden på nytt.")
GROWN = N_("Personen har fylt 18 år. Foreldre har ikke lenger foreldreansvar: velg verge eller fullmektig.")
TWO_PARENTS = N_("To foreldre med foreldreansvar er allerede registrert. Avslutt den ene først.")
END_REASONS: Final = {
    "came_of_age": N_("Personen er blitt 18 år"),
    "withdrawn": N_("Fullmakten er trukket tilbake"),
    "appointed_other": N_("En annen har tatt over"),
    "authority": N_("Statsforvalteren eller retten har bestemt det"),
    "died": N_("Representanten er død"),
    "mistake": N_("Registrert ved en feil"),
}
ROLE_SCOPES: Final = {"guardian": GUARDIAN_SCOPES, "power_of_attorney": ATTORNEY_SCOPES}


@dataclass(frozen=True, slots=True)
class RepresentativeFacts:
    """Role, reach and validity. `scopes` are codes of ROLE_SCOPES, `scope` what the mandate says in words."""

    role: str
    valid_from: date
    valid_to: date | None = None
    scopes: Sequence[str] = ()
    scope: str = ""
    parental_responsibility: bool = True
    child_lives: str = ""
    receives_letters: bool = True


async def appoint_representative(
    uow: UnitOfWork, acts_for: UUID, representative: UUID, role: str, *, valid_from: date, scope: str = ""
) -> UUID:
    """Register that one person acts for another, unless they do already in that role; the registration's id.

    For lists and other sources that say no more than this. A page uses `add_representative`, which asks.
    """
    known = await _standing(uow, acts_for, representative, role)
    if known is not None:
        return known
    return await _add(uow, acts_for, representative, RepresentativeFacts(role, valid_from, scope=scope))


async def add_representative(
    uow: UnitOfWork, acts_for: UUID, representative: UUID, facts: RepresentativeFacts
) -> UUID:
    """Register a representative whom somebody has typed in, each on their own (A14).

    Raises NotFound, and Invalid: nobody represents themselves or twice in one role; guardians and those with a power of
    attorney are of age (vergemålsloven § 9, fvl. § 12); parents stand for minors only, and two at most hold parental
    responsibility (barnelova §§ 34 and 35); an end is not before its start.
    """
    tenant = uow.context.tenant
    person = await uow.session.get(Person, (tenant, acts_for))
    other = await uow.session.get(Person, (tenant, representative))
    if person is None or other is None:
        raise NotFound
    if acts_for == representative:
        raise Invalid.one("fornavn", N_("Ingen kan være sin egen representant. Skriv den andres navn."))
    if await _standing(uow, acts_for, representative, facts.role) is not None:
        raise Invalid.one(
            "rolle", N_("Denne personen er allerede registrert i den rollen. Endre det som står.")
        )
    _check(person, other, facts)
    if facts.role == "parent" and facts.parental_responsibility:
        await _room_for_parent(uow, acts_for)
    return await _add(uow, acts_for, representative, facts)


def _check(person: Person, other: Person, facts: RepresentativeFacts) -> None:
    age, theirs = age_on(person.birth_date, facts.valid_from), age_on(other.birth_date, facts.valid_from)
    if facts.valid_to is not None and facts.valid_to < facts.valid_from:
        raise Invalid.one("til", N_("Sluttdatoen er før startdatoen."))
    if facts.role != "parent" and theirs is not None and theirs < OF_AGE:
        raise Invalid.one("fodselsdato", N_("En verge eller fullmektig må ha fylt 18 år."))
    if facts.role == "parent" and age is not None and age >= OF_AGE:
        raise Invalid.one("rolle", GROWN)
    if (
        facts.role == "parent"
        and person.birth_date
        and other.birth_date
        and other.birth_date >= person.birth_date
    ):
        raise Invalid.one("fodselsdato", N_("En forelder kan ikke være yngre enn barnet."))
    allowed = ROLE_SCOPES.get(facts.role, {})
    if allowed and not [scope for scope in facts.scopes if scope in allowed]:
        raise Invalid.one("omfang", N_("Kryss av for hva oppdraget eller fullmakten gjelder."))


async def _room_for_parent(uow: UnitOfWork, acts_for: UUID, *, besides: UUID | None = None) -> None:
    query = select(func.count()).where(
        Representative.tenant_id == uow.context.tenant,
        Representative.acts_for_id == acts_for,
        Representative.role == "parent",
        Representative.parental_responsibility,
        Representative.valid_to.is_(None),
    )
    if besides is not None:
        query = query.where(Representative.id != besides)
    if (await uow.session.scalar(query) or 0) >= MOST_PARENTS:
        raise Invalid.one("rolle", TWO_PARENTS)


async def _standing(uow: UnitOfWork, acts_for: UUID, representative: UUID, role: str) -> UUID | None:
    return await uow.session.scalar(
        select(Representative.id).where(
            Representative.tenant_id == uow.context.tenant,
            Representative.acts_for_id == acts_for,
            Representative.person_id == representative,
            Representative.role == role,
            Representative.valid_to.is_(None),
        )
    )


async def _add(uow: UnitOfWork, acts_for: UUID, representative: UUID, facts: RepresentativeFacts) -> UUID:
    row = Representative(
        tenant_id=uow.context.tenant, id=uuid7(), person_id=representative, acts_for_id=acts_for, **_columns(facts)
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(
        uow,
        "representative.appointed",
        "representative",
        row.id,
        persons=[acts_for, representative],
        role=facts.role,
    )
    return row.id


def _columns(facts: RepresentativeFacts) -> dict[str, object]:
    parent = facts.role == "parent"
    return {
        "role": facts.role,
        "scope": facts.scope,
        "scopes": [scope for scope in ROLE_SCOPES.get(facts.role, {}) if scope in facts.scopes],
        "parental_responsibility": facts.parental_responsibility if parent else False,
        "child_lives": facts.child_lives if parent else "",
        "receives_letters": facts.receives_letters,
        "valid_from": facts.valid_from,
        "valid_to": facts.valid_to,
    }


async def _held(uow: UnitOfWork, representative_id: UUID, acts_for: UUID, version: int) -> Representative:
    row = await uow.session.get(Representative, (uow.context.tenant, representative_id), with_for_update=True)
    if row is None or row.acts_for_id != acts_for:
        raise NotFound
    if row.version != version:
        raise Conflict(STALE)
    return row


async def change_representative(
    uow: UnitOfWork, acts_for: UUID, representative_id: UUID, facts: RepresentativeFacts, *, version: int
) -> None:
    """Change reach, letters and validity; the role stays. Raises NotFound, Conflict when stale, and as adding does."""
    row = await _held(uow, representative_id, acts_for, version)
    tenant = uow.context.tenant
    person = await uow.session.get(Person, (tenant, row.acts_for_id))
    other = await uow.session.get(Person, (tenant, row.person_id))
    assert person is not None
    assert other is not None
    _check(person, other, facts)
    if facts.role == "parent" and facts.parental_responsibility and facts.valid_to is None:
        await _room_for_parent(uow, acts_for, besides=row.id)
    wanted = _columns(facts)
    changed = sorted(name for name, value in wanted.items() if name != "role" and getattr(row, name) != value)
    for name in changed:
        setattr(row, name, wanted[name])
    row.version += 1
    await uow.session.flush()
    await record_change(
        uow,
        "representative.changed",
        "representative",
        row.id,
        persons=[acts_for, row.person_id],
        fields=changed,
    )


async def end_representative(
    uow: UnitOfWork, acts_for: UUID, representative_id: UUID, *, on: date, reason: str, version: int
) -> None:
    """The last day somebody acts, and why (a code of END_REASONS). Raises NotFound, Conflict when stale, Invalid."""
    row = await _held(uow, representative_id, acts_for, version)
    if reason not in END_REASONS:
        raise Invalid.one("grunn", N_("Velg hvorfor det avsluttes."))
    if on < row.valid_from:
        raise Invalid.one("sluttdato", N_("Sluttdatoen er før startdatoen."))
    row.valid_to, row.end_reason = on, reason
    row.version += 1
    await uow.session.flush()
    await record_change(
        uow, "representative.ended", "representative", row.id, persons=[acts_for, row.person_id], reason=reason,
        ended_on=on,
    )  # fmt: skip
