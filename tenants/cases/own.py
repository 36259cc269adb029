"""What a person, or whoever acts for them, may see of their own cases: by who they are and the age rules (A14)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from tenants.cases.access import case_file
from tenants.people.api import (
    PersonCard,
    Standing,
    age_rules,
    person_card,
    person_of_user,
    representatives_of,
    who_sees_case,
    who_sees_log,
)

_CASES = compile_query(
    select(case_file.c.id, case_file.c.purchaser)
    .where(case_file.c.tenant_id == bindparam("tenant"), case_file.c.person_id == bindparam("person"))
    .order_by(case_file.c.created_at, case_file.c.id)
)


@dataclass(frozen=True, slots=True)
class OwnView:
    """How much the signed-in user may see of a person: whole cases, those in outline only (what parental responsibility
    requires of 16- and 17-year-olds), and whether they see who has read. `itself`: the user is the person.
    """

    itself: bool
    whole: frozenset[UUID]
    outline: frozenset[UUID]
    log: bool


async def own_view(uow: UnitOfWork, person_id: UUID) -> tuple[PersonCard, OwnView]:
    """The person, and what the signed-in user may see of them: each case by its own ground's rules today.

    Fvl. § 18, pasient- og brukerrettighetsloven §§ 3-4 and 5-1, pasientjournalloven § 18. Raises NotFound for somebody
    who is neither the person nor acts for them.
    """
    me = await person_of_user(uow)
    if me is None:
        raise NotFound
    card = await person_card(uow, person_id)
    acting = [one.acting for one in await representatives_of(uow, person_id)]
    if me != person_id and all(one.person_id != me for one in acting):
        raise NotFound
    rules = await age_rules(uow, today())
    whole: set[UUID] = set()
    outline: set[UUID] = set()
    logs: list[bool] = []
    for row in await uow.rows(_CASES, tenant=uow.context.tenant, person=person_id):
        child_welfare = row["purchaser"] == "child_welfare"
        access, readers = (
            asked(rules, child_welfare=child_welfare, birth_date=card.birth_date, on=today(), acting=acting)
            for asked in (who_sees_case, who_sees_log)
        )
        if _holds(access, me, person_id):
            whole.add(row["id"])
        elif any(one.person_id == me for one in access.limited):
            outline.add(row["id"])
        logs.append(_holds(readers, me, person_id))
    # The trail is one person's, not one case's: it is shown only if every case lets it be.
    return card, OwnView(me == person_id, frozenset(whole), frozenset(outline), bool(logs) and all(logs))


def _holds(found: Standing, me: UUID, person_id: UUID) -> bool:
    if me == person_id:
        return found.person
    return any(one.person_id == me for one in found.representatives)
