"""What stands between a contact and an assignment that a course mends: which, and the next free seat (B4, B16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sammen.clock import OSLO, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.web.formats import date_long
from sammen.web.i18n import translate
from shared_pool.courses.api import CourseCard, course_card, next_free, signups_of
from tenants.api import LACKS, WayOut, contact_card, lacks_learning, on_lack

KIND_OF: Final[Mapping[str, str]] = {"guidance": "intro", "course": "intro", "training": "training"}
"""A code of readiness.LACKS to the kind of course that mends it."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Something a contact lacks. `signed_up`: the course of that kind they have a seat in or wait for, if any; otherwise
    `free` is the next with a seat for this municipality, if any.
    """

    code: str
    signed_up: CourseCard | None
    free: CourseCard | None


async def gate(uow: UnitOfWork, contact_id: UUID, code: str) -> Gate:
    """What mends a lack for a contact."""
    kind = KIND_OF[code]
    for course_id, mine in (await signups_of(uow, contact_id)).items():
        card = await course_card(uow, course_id)
        if card.kind == kind and not mine.outcome and not card.cancelled:
            return Gate(code, card, None)
    return Gate(code, None, await next_free(uow, kind))


async def gates_of(uow: UnitOfWork, contact_id: UUID) -> list[Gate]:
    """What a contact lacks before the first assignment, of the kinds of work they want. Empty when nothing is missing."""
    contact = await contact_card(uow, contact_id)
    form = "training" if "training" in contact.kinds else ""
    lacks = await lacks_learning(uow, contact_id, today(), form=form)
    return [await gate(uow, contact_id, code) for code in lacks if code in KIND_OF]


def gate_text(one: Gate, language: str) -> str:
    """Where the way out is, in a sentence."""

    def when(card: CourseCard) -> str:
        return date_long(card.starts_at.astimezone(OSLO).date(), language)

    if one.signed_up is not None:
        return translate(
            language, N_("Meldt på %(course)s %(day)s."), course=one.signed_up.title, day=when(one.signed_up)
        )
    if one.free is not None:
        return translate(
            language, N_("Neste kurs med ledig plass: %(course)s %(day)s."), course=one.free.title, day=when(one.free)
        )  # fmt: skip
    return translate(language, N_("Ingen kurs av dette slaget har ledig plass nå."))


def lack_text(code: str, language: str) -> str:
    """What is missing, in a sentence to the coordinator."""
    return translate(language, LACKS[code])


@on_lack
async def course_mends(uow: UnitOfWork, contact_id: UUID, code: str, language: str) -> WayOut | None:
    """The way out of a lack that a course mends, with a button for the next free seat."""
    if code not in KIND_OF:
        return None
    found = await gate(uow, contact_id, code)
    text = gate_text(found, language)
    if found.free is None:
        return WayOut(text)
    return WayOut(
        text, translate(language, N_("Meld på kurset")), f"{uow.context.base_url}/kurs/{found.free.id}/plass",
        {"kontakt": str(contact_id)},
    )  # fmt: skip
