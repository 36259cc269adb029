"""What must be in place before two people meet, and before an assignment begins (B2, B4).

Before a first or trial meeting: politiattest shown and confidentiality signed in this municipality (hol. § 5-4, fvl.
§ 13). Before the first assignment begins: guidance or the introductory course, where the municipality's rule says so. A
match through the pool begins on the day both municipalities have agreed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from tenants.assignments.models import Assignment
from tenants.contacts.api import competences_of, contact_card
from tenants.provision.api import provision_rules

assignment = Assignment.__table__
LACKS = {
    "police": N_("Politiattest er ikke vist fram i kommunen."),
    "confidentiality": N_("Taushetserklæringen er ikke underskrevet."),
    "guidance": N_("Støttekontakten har ikke hatt veiledning eller innføringskurs ennå."),
    "suspended": N_("Støttekontakten er tatt ut av tjeneste."),
    "ended": N_("Støttekontakten har sluttet."),
}
"""What may be missing, said to the coordinator."""
GUIDED_BY = ("guidance", "intro_course")
"""Competences that count as guidance before the first assignment."""
_BEGUN = compile_query(
    select(assignment.c.id)
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.contact_id == bindparam("contact"),
        assignment.c.starts_on < bindparam("day"),
    )
    .limit(1)
)


async def lacks_before_meeting(uow: UnitOfWork, contact_id: UUID) -> Sequence[str]:
    """Codes of LACKS that keep the contact from meeting a service user. Empty when nothing is missing."""
    contact = await contact_card(uow, contact_id)
    found = []
    if contact.state in ("suspended", "ended"):
        found.append(contact.state)
    if contact.police_shown_on is None:
        found.append("police")
    if contact.confidentiality_signed_on is None:
        found.append("confidentiality")
    return found


async def lacks_before_start(uow: UnitOfWork, contact_id: UUID, on: date) -> Sequence[str]:
    """Codes of LACKS that keep the contact from beginning on a day: as before a meeting, and guidance before the first
    assignment. Who has begun with somebody before that day needs no guidance (B4 is about the first).
    """
    found = list(await lacks_before_meeting(uow, contact_id))
    if not (await provision_rules(uow, on)).guidance_before_start:
        return found
    if await uow.value(_BEGUN, tenant=uow.context.tenant, contact=contact_id, day=on) is not None:
        return found
    done = (await competences_of(uow, [contact_id])).get(contact_id, {})
    if not any(code in done and done[code] <= on for code in GUIDED_BY):
        found.append("guidance")
    return found


async def require_ready(uow: UnitOfWork, contact_id: UUID, on: date, *, field: str) -> None:
    """Raise Invalid at the field when something keeps the contact from beginning that day."""
    lacks = await lacks_before_start(uow, contact_id, on)
    if lacks:
        raise Invalid.one(field, NOT_BEFORE[lacks[0]])


NOT_BEFORE = {
    "police": N_("Politiattesten må være vist fram før de to kan møtes."),
    "confidentiality": N_("Taushetserklæringen må være underskrevet før de to kan møtes."),
    "guidance": N_(
        "Før det første oppdraget begynner, skal støttekontakten ha hatt veiledning. Registrer den først."
    ),
    "suspended": N_("Støttekontakten er tatt ut av tjeneste og kan ikke møte noen."),
    "ended": N_("Støttekontakten har sluttet."),
}
"""What a form answers when it is missing."""
