"""What a course's page shows in a municipality and in the region: the same, by what each may know."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sammen.audit.trail import record_read
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from shared_pool.courses import views
from shared_pool.courses.queries import CourseCard, course_card, homes_in, keeps, sessions_of
from shared_pool.courses.signups import SignupCard, colleagues, contacts_here, signups_in


async def crumbs(desk: Desk, *rest: tuple[str, str]) -> list[tuple[str, str]]:
    """The way to a page of the slice."""
    return [(desk.say(N_("Kurs")), desk.url("/kurs")), *rest]


async def course_values(desk: Desk, course_id: UUID) -> dict[str, Any]:
    """What everybody who may see a course is shown. Raises NotFound."""
    uow, language = desk.uow, desk.language
    card = await course_card(uow, course_id)
    near, home = keeps(uow, card), desk.context.tenant_id is not None
    meetings = await sessions_of(uow, course_id)
    full = near or desk.context.may(Permission.COURSE_WRITE)
    return {
        "current": "/kurs",
        "crumbs": await crumbs(desk, (card.title, "")),
        "card": card,
        "when": views.when(card, language),
        "tag": views.seat_tag(card, language, near=full),
        "facts": views.facts(card, language, near=full, home=home),
        "meetings": [(one, views.session_when(one, language)) for one in meetings],
        "homes": (await homes_in(uow, course_id)).get(course_id, []),
        "keeps": near,
        "door": near or any(desk.context.user_id in one.trainer_ids for one in meetings),
        "home": home,
        "base": desk.url(f"/kurs/{course_id}"),
        "place": desk.url(),
        "pays": home and card.host_id is not None and card.host_id != desk.context.tenant,
        "own": [],
        "people": [],
        "changes": False,
        "values": {},
    }


async def home_values(desk: Desk, course_id: UUID) -> dict[str, Any]:
    """A course as a municipality sees it, with its own people; and the access log's row for it. Raises NotFound."""
    shown = await course_values(desk, course_id)
    card, changes = shown["card"], desk.context.may(Permission.CONTACT_WRITE)
    own = await signups_in(desk.uow, course_id)
    people, persons = await _people(desk, card, own) if changes else ([], [])
    persons += [one.person_id for one in own if one.person_id is not None]
    await record_read(
        desk.uow, "course.read", sorted(set(persons)), why=N_("Kurs og påmeldinger"), object_kind="course",
        object_id=card.id,
    )  # fmt: skip
    return shown | {
        "own": [(one, views.signup_tag(one, desk.language)) for one in own],
        "people": people,
        "changes": changes,
    }


async def _people(
    desk: Desk, card: CourseCard, own: list[SignupCard] | Any
) -> tuple[list[tuple[str, str]], list[UUID]]:
    """Who may be signed up: (id, name), and whom the list names. Nobody when it is too late."""
    if not card.takes:
        return [], []
    there = {one.contact_id or one.user_id for one in own}
    if card.kind == "supervisor":
        staff = await colleagues(desk.uow)
        return [(str(user), name) for user, name in staff.items() if user not in there], []
    contacts = [one for one in await contacts_here(desk.uow) if one[0] not in there]
    return [(str(contact), name) for contact, _, name in contacts], [person for _, person, _ in contacts]
