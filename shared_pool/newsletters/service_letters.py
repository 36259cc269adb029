"""Service letters: about a change that everybody concerned must know of, whether they have asked for it or not (C15).

Everybody is found by a job in the municipality: users of sixteen and over themselves, those who act for the others by the
age rules (A14), and the contacts. Who logs in reads it on their own page and is told by e-mail or SMS that a letter waits;
the others are printed. People in a shielded case get theirs too, and stand on nobody's list but their circle's (E5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from sammen.audit.trail import record_change
from sammen.clock import now, today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.jobs.queue import enqueue
from shared_pool.newsletters.codes import LETTER
from shared_pool.newsletters.models import ServiceLetter, ServiceLetterReceipt
from tenants.api import (
    activity_group,
    assignment,
    case_file,
    group_place,
    letter_recipients,
    notify_person,
    person,
    support_contact,
)

STALE: Final = N_("Noen andre har endret brevet mens du skrev.")
SENT: Final = N_("Brevet er sendt og kan ikke endres.")
ON_THE_WAY: Final = ("waiting", "running", "evaluating")
"""A case whose person has the service, or has been granted it: changes concern them."""
RUNNING: Final = ("planned", "running", "paused")


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """A service letter as it is written, and whom it is to."""

    title: str
    words: str
    language: str
    audience: str
    audience_id: UUID | None
    purchaser: str
    to_users: bool
    to_contacts: bool
    confirm: bool


async def make_letter(uow: UnitOfWork, facts: LetterFacts) -> UUID:
    """Begin a service letter. Its id. Raises Invalid."""
    await _check(uow, facts)
    row = ServiceLetter(tenant_id=uow.context.tenant, id=uuid7(), **_values(facts))
    uow.session.add(row)
    await uow.session.flush()
    await record_change(uow, "service_letter.made", "service_letter", row.id)
    return row.id


async def change_letter(uow: UnitOfWork, letter_id: UUID, facts: LetterFacts, version: int) -> None:
    """Mend a letter that is not sent. Raises NotFound, Conflict (sent, or two at once), Invalid."""
    row = await _draft(uow, letter_id)
    if row.version != version:
        raise Conflict(
            STALE, yours={N_("Emne"): facts.title, N_("Tekst"): facts.words},
            theirs={N_("Emne"): row.title, N_("Tekst"): row.words},
        )  # fmt: skip
    await _check(uow, facts)
    for name, value in _values(facts).items():
        setattr(row, name, value)
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "service_letter.changed", "service_letter", row.id)


async def remove_letter(uow: UnitOfWork, letter_id: UUID) -> None:
    """Take away a letter that is not sent. Raises NotFound, Conflict."""
    row = await _draft(uow, letter_id)
    had = await uow.session.scalar(
        select(ServiceLetterReceipt.id)
        .where(
            ServiceLetterReceipt.tenant_id == row.tenant_id, ServiceLetterReceipt.service_letter_id == row.id
        )
        .limit(1)
    )
    if had is not None:
        raise Conflict(SENT)
    await uow.session.delete(row)
    await uow.session.flush()
    await record_change(uow, "service_letter.removed", "service_letter", letter_id)


async def send_letter(uow: UnitOfWork, letter_id: UUID, version: int) -> None:
    """Send it: a job finds everybody. Raises NotFound, Conflict (sent, or changed since it was shown)."""
    row = await _draft(uow, letter_id)
    if row.version != version:
        raise Conflict(STALE)
    row.state, row.sent_at = "sending", now()
    row.sent_by, row.sent_by_name = uow.context.user_id, uow.context.user_name
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "service_letter.sent", "service_letter", row.id, audience=row.audience)
    await enqueue(uow, LETTER, {"letter": row.id}, once=f"{LETTER}:{row.id}")


async def deliver_letter(uow: UnitOfWork, letter_id: UUID) -> None:
    """In a job: one receipt for each person it concerns, and a notice to those who read it in Sammen. Again is nothing."""
    row = await held_letter(uow, letter_id)
    if row.state != "sending":
        return
    people: dict[UUID, dict[str, Any]] = {}
    for found in await _users(uow, row) if row.to_users else []:
        for one in await letter_recipients(
            uow, found["person_id"], child_welfare=found["purchaser"] == "child_welfare", on=today()
        ):
            people.setdefault(one.person_id, {"role": one.role, "about_id": found["person_id"]})
    for found in await _contacts(uow, row) if row.to_contacts else []:
        people.setdefault(found["person_id"], {"role": "contact", "about_id": found["about_id"]})
    digital = await _with_login(uow, list(people))
    if people:
        await uow.session.execute(
            insert(ServiceLetterReceipt).on_conflict_do_nothing(),
            [
                {
                    "tenant_id": uow.context.tenant, "id": uuid7(), "service_letter_id": row.id, "person_id": person_id,
                    "way": "digital" if person_id in digital else "paper", **facts,
                }
                for person_id, facts in people.items()
            ],
        )  # fmt: skip
    for person_id in digital:
        await notify_person(uow, person_id, "letter", once=f"service_letter:{row.id}:{person_id}")
    row.state = "sent"
    row.version += 1
    await uow.session.flush()


async def held_letter(uow: UnitOfWork, letter_id: UUID) -> ServiceLetter:
    """A service letter, held. Raises NotFound."""
    row: ServiceLetter | None = await uow.session.get(
        ServiceLetter, (uow.context.tenant, letter_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    return row


# Whom it concerns ------------------------------------------------------------------------------------------------------
_OF_GROUP = (
    select(assignment.c.case_id)
    .join_from(
        group_place,
        assignment,
        (assignment.c.tenant_id == group_place.c.tenant_id) & (assignment.c.id == group_place.c.assignment_id),
    )
    .where(
        group_place.c.tenant_id == bindparam("tenant"), group_place.c.group_id == bindparam("of"),
        group_place.c.valid_to.is_(None) | (group_place.c.valid_to >= func.sammen.norwegian_day()),
    )
)  # fmt: skip
_OF_CONTACT = select(assignment.c.case_id).where(
    assignment.c.tenant_id == bindparam("tenant"),
    assignment.c.contact_id == bindparam("of"),
    assignment.c.state.in_(RUNNING),
)
_CASES = (
    select(case_file.c.person_id, case_file.c.purchaser)
    .where(case_file.c.tenant_id == bindparam("tenant"), case_file.c.state.in_(ON_THE_WAY))
    .order_by(case_file.c.shielded, case_file.c.id)
)
_USERS = {
    "everybody": compile_query(_CASES),
    "purchaser": compile_query(_CASES.where(case_file.c.purchaser == bindparam("purchaser"))),
    "group": compile_query(_CASES.where(case_file.c.id.in_(_OF_GROUP))),
    "contact": compile_query(_CASES.where(case_file.c.id.in_(_OF_CONTACT))),
}
_ENGAGED = compile_query(
    select(support_contact.c.person_id).where(
        support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.state.in_(("engaged", "paused"))
    )
)
# Through whom a contact is concerned: one whose case is open to all if there is one.
_WITH = (
    select(support_contact.c.person_id, case_file.c.person_id.label("about_id"))
    .select_from(assignment)
    .join(support_contact, (support_contact.c.tenant_id == assignment.c.tenant_id)
          & (support_contact.c.id == assignment.c.contact_id))
    .join(case_file, (case_file.c.tenant_id == assignment.c.tenant_id) & (case_file.c.id == assignment.c.case_id))
    .where(assignment.c.tenant_id == bindparam("tenant"), assignment.c.state.in_(RUNNING))
    .order_by(case_file.c.shielded, case_file.c.id)
)  # fmt: skip
_CONTACTS = {
    "purchaser": compile_query(_WITH.where(case_file.c.purchaser == bindparam("purchaser"))),
    "group": compile_query(_WITH.where(case_file.c.id.in_(_OF_GROUP))),
}
_LEADERS = compile_query(
    select(support_contact.c.person_id)
    .join_from(
        activity_group,
        support_contact,
        (support_contact.c.tenant_id == activity_group.c.tenant_id)
        & or_(
            support_contact.c.id == activity_group.c.leader_id,
            support_contact.c.id == activity_group.c.second_leader_id,
        ),
    )
    .where(activity_group.c.tenant_id == bindparam("tenant"), activity_group.c.id == bindparam("of"))
)
_CONTACT = compile_query(
    select(support_contact.c.person_id).where(
        support_contact.c.tenant_id == bindparam("tenant"), support_contact.c.id == bindparam("of")
    )
)
_LOGINS = compile_query(
    select(person.c.id, person.c.user_id, person.c.died_on).where(
        person.c.tenant_id == bindparam("tenant"), person.c.user_id.is_not(None), person.c.died_on.is_(None)
    )
)
_GROUP = compile_query(
    select(activity_group.c.id).where(
        activity_group.c.tenant_id == bindparam("tenant"), activity_group.c.id == bindparam("of")
    )
)


def _given(row: ServiceLetter) -> dict[str, Any]:
    return {"of": row.audience_id} if row.audience in ("group", "contact") else (
        {"purchaser": row.purchaser} if row.audience == "purchaser" else {}
    )  # fmt: skip


async def _users(uow: UnitOfWork, row: ServiceLetter) -> Sequence[Any]:
    return await uow.rows(_USERS[row.audience], tenant=uow.context.tenant, **_given(row))


async def _contacts(uow: UnitOfWork, row: ServiceLetter) -> list[dict[str, Any]]:
    """(person_id, about_id) of the contacts; nobody in `about_id` for who is concerned without anybody else."""
    tenant = uow.context.tenant
    alone: Sequence[Any] = ()
    if row.audience == "everybody":
        alone = await uow.rows(_ENGAGED, tenant=tenant)
    elif row.audience == "contact":
        alone = await uow.rows(_CONTACT, tenant=tenant, of=row.audience_id)
    elif row.audience == "group":
        alone = await uow.rows(_LEADERS, tenant=tenant, of=row.audience_id)
    found: list[dict[str, Any]] = [{"person_id": one["person_id"], "about_id": None} for one in alone]
    if row.audience in _CONTACTS:
        more = await uow.rows(_CONTACTS[row.audience], tenant=tenant, **_given(row))
        found += [{"person_id": one["person_id"], "about_id": one["about_id"]} for one in more]
    return found


async def _with_login(uow: UnitOfWork, people: Sequence[UUID]) -> set[UUID]:
    known = {row["id"] for row in await uow.rows(_LOGINS, tenant=uow.context.tenant)}
    return known & set(people)


async def _check(uow: UnitOfWork, facts: LetterFacts) -> None:
    if not facts.to_users and not facts.to_contacts:
        raise Invalid.one("til", N_("Velg minst én: brukere og pårørende, eller støttekontakter."))
    known = {"group": _GROUP, "contact": _CONTACT}.get(facts.audience)
    if known is not None and (
        facts.audience_id is None
        or await uow.value(known, tenant=uow.context.tenant, of=facts.audience_id) is None
    ):
        field, said = (
            ("gruppe", N_("Velg gruppa."))
            if facts.audience == "group"
            else ("kontakt", N_("Velg støttekontakten."))
        )
        raise Invalid.one(field, said)


def _values(facts: LetterFacts) -> dict[str, Any]:
    return {
        "title": facts.title, "words": facts.words, "language": facts.language, "audience": facts.audience,
        "audience_id": facts.audience_id, "purchaser": facts.purchaser, "to_users": facts.to_users,
        "to_contacts": facts.to_contacts, "confirm": facts.confirm,
    }  # fmt: skip


async def _draft(uow: UnitOfWork, letter_id: UUID) -> ServiceLetter:
    row = await held_letter(uow, letter_id)
    if row.state != "draft":
        raise Conflict(SENT)
    return row
