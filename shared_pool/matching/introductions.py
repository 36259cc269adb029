"""The candidate's name on its way to the one municipality that may have it.

Left sealed at the candidate's own yes, opened by that municipality's job when the match is made, and gone with it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict
from sammen.i18n_mark import N_
from sammen.ids import random_id
from shared_pool.matching.models import Introduction, Proposal
from tenants.api import ContactFacts, PersonFacts, competence_list, contact_card, person_card


@dataclass(frozen=True, slots=True, repr=False)
class Introduced:
    """Who the candidate is, and what they told their home of themselves as a contact."""

    user_id: UUID
    person: PersonFacts
    contact: ContactFacts
    completed: Sequence[tuple[str, date, date | None, str]]
    """Courses and education, which count everywhere: code, day, last day it counts and where."""


def _bound_to(row: Proposal) -> bytes:
    """Ties the text to this proposal and this municipality: moved to another row it cannot be opened."""
    return b"introduction" + row.need_tenant_id.bytes + row.id.bytes


async def leave_introduction(uow: UnitOfWork, row: Proposal, contact_id: UUID) -> None:
    """In the home municipality, for a contact with a login: leave what the need's municipality will have to know."""
    card = await contact_card(uow, contact_id)
    known = await person_card(uow, card.person_id)
    if card.user_id is None or card.birth_date is None:
        raise Conflict(N_("Fødselsdato mangler. Be kommunen din om å legge den inn."))
    told = {
        "user_id": str(card.user_id),
        "given_name": card.given_name,
        "family_name": card.family_name,
        "birth_date": card.birth_date.isoformat(),
        "sex": card.sex,
        "phone": card.phone,
        "email": card.email,
        "language_form": known.language_form,
        "interests": card.interests,
        "skills": card.skills,
        "languages": card.languages,
        "slots": card.slots,
        "has_car": card.has_car,
        "wants_hours": str(card.wants_hours) if card.wants_hours is not None else None,
        "commits_months": card.commits_months,
        "kinds": list(card.kinds),
        "areas": list(card.areas),
        "will_not": list(card.will_not),
        "completed": [
            [
                one.code,
                one.completed_on.isoformat(),
                one.valid_to.isoformat() if one.valid_to else None,
                one.place,
            ]
            for one in await competence_list(uow, contact_id)
            if not one.over
        ],
    }
    sealed = uow.keys.seal(json.dumps(told, ensure_ascii=False), bound_to=_bound_to(row))
    uow.session.add(
        Introduction(
            region_id=row.region_id, id=random_id(), proposal_id=row.id, need_tenant_id=row.need_tenant_id,
            home_id=row.home_id, sealed=sealed,
        )
    )  # fmt: skip
    await uow.session.flush()


async def open_introduction(uow: UnitOfWork, row: Proposal) -> Introduced | None:
    """In the need's municipality, for a match: who it is. None when it was opened before."""
    found = await uow.session.scalar(
        select(Introduction).where(
            Introduction.need_tenant_id == uow.context.tenant, Introduction.proposal_id == row.id
        )
    )
    if found is None:
        return None
    told: dict[str, Any] = json.loads(uow.keys.unseal(found.sealed, bound_to=_bound_to(row)))
    wants = told["wants_hours"]
    return Introduced(
        UUID(told["user_id"]),
        PersonFacts(
            told["given_name"], told["family_name"], birth_date=date.fromisoformat(told["birth_date"]),
            sex=told["sex"], phone=told["phone"], email=told["email"], language_form=told["language_form"],
        ),
        ContactFacts(
            told["interests"], told["skills"], told["languages"], told["slots"], told["has_car"],
            Decimal(wants) if wants is not None else None, told["commits_months"], told["kinds"], told["areas"],
            will_not=told["will_not"],
        ),
        [
            (code, date.fromisoformat(on), date.fromisoformat(until) if until else None, place)
            for code, on, until, place in told["completed"]
        ],
    )  # fmt: skip


async def forget_introduction(uow: UnitOfWork, row: Proposal) -> None:
    """The row has done its work."""
    await uow.session.execute(
        delete(Introduction).where(
            Introduction.region_id == row.region_id, Introduction.proposal_id == row.id
        )
    )
