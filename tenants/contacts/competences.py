"""Courses and education a contact has completed, with the day and how long they count (B4, B7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import any_, bindparam, delete, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.contacts.hooks import tell_changed
from tenants.contacts.models import ContactCompetence
from tenants.contacts.moving import contact_for_change

competence = ContactCompetence.__table__
COMPETENCES: Final[Mapping[str, str]] = {
    "intro_course": N_("Innføringskurs for støttekontakter"),
    "guidance": N_("Veiledning før oppstart"),
    "theme_course": N_("Temakurs"),
    "training_course": N_("Treningskontaktkurs (40 timer)"),
    "first_aid": N_("Førstehjelpskurs"),
    "mental_health": N_("Kurs om psykisk helse"),
    "driving_course": N_("Kurs i sikker kjøring"),
    "upper_secondary": N_("Videregående opplæring"),
    "skilled_worker": N_("Fagbrev"),
    "health_education": N_("Helse- eller sosialfaglig utdanning"),
    "pedagogy": N_("Pedagogisk utdanning"),
    "bachelor": N_("Bachelorgrad eller høyere"),
}
"""Rates and gates ask for these codes; they are never renamed."""
_IDS = ARRAY(PG_UUID(as_uuid=True))
_DAY = bindparam("day", type_=competence.c.completed_on.type)
_HELD = compile_query(
    select(competence.c.contact_id, competence.c.code, func.max(competence.c.completed_on).label("completed_on"))
    .where(
        competence.c.tenant_id == bindparam("tenant"),
        competence.c.contact_id == any_(bindparam("contacts", type_=_IDS)),
        competence.c.completed_on <= _DAY,
        or_(competence.c.valid_to.is_(None), competence.c.valid_to >= _DAY),
    )
    .group_by(competence.c.contact_id, competence.c.code)
)  # fmt: skip
_LIST = compile_query(
    select(
        competence.c.id, competence.c.code, competence.c.completed_on, competence.c.valid_to, competence.c.place
    )
    .where(competence.c.tenant_id == bindparam("tenant"), competence.c.contact_id == bindparam("contact"))
    .order_by(competence.c.completed_on.desc(), competence.c.id.desc())
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Competence:
    """A completed course or education. `valid_to` is the last day it counts, None for good."""

    id: UUID
    code: str
    completed_on: date
    valid_to: date | None
    place: str

    @property
    def over(self) -> bool:
        """Whether it no longer counts."""
        return self.valid_to is not None and self.valid_to < today()


async def competences_of(
    uow: UnitOfWork, contact_ids: Sequence[UUID], on: date | None = None
) -> dict[UUID, dict[str, date]]:
    """What counts on a day (today): the newest completion by code, by contact. Contacts without any are left out.

    By the municipality alone, so that jobs may ask.
    """
    held: dict[UUID, dict[str, date]] = {}
    rows = await uow.rows(_HELD, tenant=uow.context.tenant, contacts=list(contact_ids), day=on or today())
    for row in rows:
        held.setdefault(row["contact_id"], {})[row["code"]] = row["completed_on"]
    return held


async def competence_list(uow: UnitOfWork, contact_id: UUID) -> Sequence[Competence]:
    """Everything completed, newest first, what no longer counts too."""
    rows = await uow.rows(_LIST, tenant=uow.context.tenant, contact=contact_id)
    return [Competence(**dict(row)) for row in rows]


async def add_competence(
    uow: UnitOfWork, contact_id: UUID, code: str, completed_on: date, *, valid_to: date | None = None, place: str = ""
) -> None:  # fmt: skip
    """Note a completed course or education; the same one on the same day is there already, and nothing happens.

    Raises Invalid for an unknown code, a day in the future, or an end before it.
    """
    if code not in COMPETENCES:
        raise Invalid.one("hva", N_("Velg kurs eller utdanning fra lista."))
    if completed_on > today():
        raise Invalid.one("fullfort", N_("Datoen er i framtida. Skriv dagen det ble fullført."))
    if valid_to is not None and valid_to < completed_on:
        raise Invalid.one("gjelder_til", N_("Siste dag er før dagen det ble fullført."))
    contact = await contact_for_change(uow, contact_id)
    known: Any = await uow.session.scalar(
        select(ContactCompetence.id).where(
            ContactCompetence.tenant_id == uow.context.tenant,
            ContactCompetence.contact_id == contact_id,
            ContactCompetence.code == code,
            ContactCompetence.completed_on == completed_on,
        )
    )
    if known is not None:
        return
    uow.session.add(
        ContactCompetence(
            tenant_id=uow.context.tenant, id=uuid7(), contact_id=contact_id, code=code, completed_on=completed_on,
            valid_to=valid_to, place=place,
        )
    )  # fmt: skip
    await uow.session.flush()
    await record_change(
        uow, "contact.competence_added", "contact", contact_id, persons=[contact.person_id], code=code
    )
    await tell_changed(uow, contact_id)


async def remove_competence(uow: UnitOfWork, contact_id: UUID, competence_id: UUID) -> None:
    """Take away what was noted by mistake. Raises NotFound when it is not this contact's."""
    contact = await contact_for_change(uow, contact_id)
    gone = await uow.session.scalar(
        delete(ContactCompetence)
        .where(
            ContactCompetence.tenant_id == uow.context.tenant,
            ContactCompetence.contact_id == contact_id,
            ContactCompetence.id == competence_id,
        )
        .returning(ContactCompetence.code)
    )
    if gone is None:
        raise NotFound
    await record_change(
        uow, "contact.competence_removed", "contact", contact_id, persons=[contact.person_id], code=gone
    )
    await tell_changed(uow, contact_id)
