"""What must be in place before two people meet, and before an assignment begins (B2, B4).

Before a first or trial meeting: politiattest shown and confidentiality signed in this municipality (hol. § 5-4, fvl.
§ 13). Before the first assignment begins: guidance or the introductory course, where the municipality's rule says so. A
match through the pool begins on the day both municipalities have agreed. A treningskontakt has passed the training course
before the first such assignment (B16).
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
    "course": N_("Støttekontakten har ikke fullført innføringskurset ennå."),
    "training": N_("Støttekontakten har ikke bestått kurset for treningskontakter ennå."),
    "suspended": N_("Støttekontakten er tatt ut av tjeneste."),
    "ended": N_("Støttekontakten har sluttet."),
}
"""What may be missing, said to the coordinator."""
GUIDED_BY = ("guidance", "intro_course")
"""Competences that count as guidance before the first assignment."""
LEARNED = frozenset({"guidance", "course", "training"})
"""What keeps somebody from beginning, and not from a first meeting: a course or a talk mends it."""
_BEGUN = compile_query(
    select(assignment.c.form)
    .distinct()
    .where(
        assignment.c.tenant_id == bindparam("tenant"),
        assignment.c.contact_id == bindparam("contact"),
        assignment.c.starts_on < bindparam("day"),
    )
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


async def lacks_before_start(uow: UnitOfWork, contact_id: UUID, on: date, *, form: str = "") -> Sequence[str]:
    """Codes of LACKS that keep the contact from beginning on a day: as before a meeting, and what is to be learned first."""
    return [
        *await lacks_before_meeting(uow, contact_id),
        *await lacks_learning(uow, contact_id, on, form=form),
    ]


async def lacks_learning(uow: UnitOfWork, contact_id: UUID, on: date, *, form: str = "") -> Sequence[str]:
    """Codes of LEARNED that the municipality's rules ask for and the contact has not. Who has begun with somebody before
    that day needs neither guidance nor course (B4 is about the first), and who has trained with somebody no training course.
    `form` is the service's: the training course is asked of `training` alone (B16).
    """
    rules = await provision_rules(uow, on)
    found, done = [], (await competences_of(uow, [contact_id])).get(contact_id, {})

    def has(*codes: str) -> bool:
        return any(code in done and done[code] <= on for code in codes)

    begun = {
        row["form"] for row in await uow.rows(_BEGUN, tenant=uow.context.tenant, contact=contact_id, day=on)
    }
    if not begun and rules.course_before_start and not has("intro_course"):
        found.append("course")
    elif not begun and rules.guidance_before_start and not has(*GUIDED_BY):
        found.append("guidance")
    asked = form == "training" and "training" not in begun and rules.training_course_before_start
    if asked and not has("training_course"):
        found.append("training")
    return found


async def require_ready(uow: UnitOfWork, contact_id: UUID, on: date, *, field: str, form: str = "") -> None:
    """Raise Invalid at the field when something keeps the contact from beginning that day."""
    lacks = await lacks_before_start(uow, contact_id, on, form=form)
    if lacks:
        raise Invalid.one(field, NOT_BEFORE[lacks[0]])


NOT_BEFORE = {
    "police": N_("Politiattesten må være vist fram før de to kan møtes."),
    "confidentiality": N_("Taushetserklæringen må være underskrevet før de to kan møtes."),
    "guidance": N_(
        "Før det første oppdraget begynner, skal støttekontakten ha hatt veiledning. Registrer den først."
    ),
    "course": N_(
        "Før det første oppdraget begynner, skal støttekontakten ha fullført innføringskurset. Meld på til neste kurs."
    ),
    "training": N_(
        "En treningskontakt skal ha bestått kurset før det første oppdraget. Meld på til neste kurs, eller velg en annen."
    ),
    "suspended": N_("Støttekontakten er tatt ut av tjeneste og kan ikke møte noen."),
    "ended": N_("Støttekontakten har sluttet."),
}
"""What a form answers when it is missing."""
