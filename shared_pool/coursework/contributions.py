"""What the slice adds to shared pages: who has completed, what soon counts no more, the day's list, and what is lacking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import OSLO, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import C_, N_
from sammen.policy.permissions import Permission
from sammen.web.contributions import ContactPanel, OwnPanel, TodayItem, TodaySource
from sammen.web.formats import clock, date_long
from sammen.web.i18n import ntranslate, translate
from shared_pool.courses.api import courses, sessions_of
from shared_pool.coursework import cards
from shared_pool.coursework.codes import shown_code
from shared_pool.coursework.completing import undecided
from shared_pool.coursework.gates import gate_text, gates_of, lack_text
from shared_pool.coursework.own import own_courses
from shared_pool.coursework.queries import certificates, expiring, names_of, recognised_here
from tenants.api import COMPETENCES, own_contact


async def _outcomes(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Courses that are over, where somebody of ours has no outcome."""
    return [
        TodayItem(
            kind=translate(language, C_("ett", "Kurs")),
            title=translate(
                language, N_("%(course)s er holdt. Avgjør hvem som fullførte."), course=card.title
            ),
            meta=ntranslate(language, "Én fra dere står igjen.", "%(num)s fra dere står igjen.", count),
            url=f"{uow.context.base_url}/kurs/{card.id}/deltakere",
            since=card.ends_at.astimezone(OSLO).date(),
        )
        for card, count in await undecided(uow)
    ]


async def _expiring(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """What soon counts no more, by contact."""
    return [
        TodayItem(
            kind=translate(language, C_("ett", "Kurs")),
            title=translate(
                language, N_("%(course)s går ut for %(name)s."), course=translate(language, COMPETENCES[one.code]),
                name=one.name,
            ),
            meta=translate(
                language, N_("Gjelder til og med %(day)s. Meld på til et nytt kurs."), day=date_long(one.valid_to, language)
            ),
            url=f"{uow.context.base_url}/kontakter/{one.contact_id}",
            since=today(), due=one.valid_to, persons=(one.person_id,),
        )
        for one in await expiring(uow)
    ]  # fmt: skip


async def _no_longer(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Certificates from elsewhere that no longer stand, until somebody has followed it up."""
    gone = [one for one in await recognised_here(uow) if one.state != "valid" and one.seen_on is None]
    names = await names_of(uow, [one.contact_id for one in gone])
    return [
        TodayItem(
            kind=translate(language, C_("ett", "Kurs")),
            title=translate(language, N_("Kursbeviset til %(name)s gjelder ikke lenger."), name=names[one.contact_id][1]),
            meta=translate(language, N_("%(place)s har trukket det tilbake eller byttet det ut."), place=one.issued_by),
            url=f"{uow.context.base_url}/kurs/bevis", since=today(), persons=(names[one.contact_id][0],),
        )
        for one in gone
        if one.contact_id in names
    ]  # fmt: skip


async def _doors(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """Sessions today of courses that the municipality holds."""
    ours = {card.id: card for card in await courses(uow) if card.host_id == uow.context.tenant_id}
    if not ours:
        return []
    return [
        TodayItem(
            kind=translate(language, C_("ett", "Kurs")),
            title=translate(
                language, N_("%(course)s begynner %(when)s."), course=ours[one.course_id].title,
                when=clock(one.starts_at, language),
            ),
            meta=translate(language, N_("Åpne dagslista og før hvem som kommer.")),
            url=f"{uow.context.base_url}/kurs/{one.course_id}/oppmote/{one.id}", since=today(), due=today(),
        )
        for one in await sessions_of(uow)
        if one.planned and one.course_id in ours and one.starts_at.astimezone(OSLO).date() == today()
    ]  # fmt: skip


LISTENERS = (cards.seat_changed, cards.course_changed, cards.address_protected)
"""Who hears of seats in the web process too: a seat taken an hour before is on the list."""
TODAY = [
    TodaySource(Permission.COURSE_HOLD, _doors),
    TodaySource(Permission.CONTACT_WRITE, _outcomes),
    TodaySource(Permission.CONTACT_WRITE, _expiring),
    TodaySource(Permission.CONTACT_WRITE, _no_longer),
]


async def _contact_panel(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any] | None:
    """What a contact lacks before the first assignment, with the next free seat; and their certificates."""
    language, base = uow.context.language, f"{uow.context.base_url}/kurs"
    lacks = [
        (
            lack_text(one.code, language),
            gate_text(one, language),
            f"{base}/{one.free.id}/plass" if one.free else "",
        )
        for one in await gates_of(uow, contact_id)
    ]
    held = [
        (one, shown_code(one.code)) for one in await certificates(uow, contact_id) if one.state == "valid"
    ]
    may = uow.context.may(Permission.CONTACT_WRITE)
    return {"lacks": lacks, "held": held, "contact": contact_id, "bevis": f"{base}/bevis", "may": may}


async def _own_panel(uow: UnitOfWork) -> dict[str, Any] | None:
    """What a contact can do now: check in, say what they thought, take the course they lack."""
    contact_id, language = await own_contact(uow), uow.context.language
    if contact_id is None:
        return None
    base = f"{uow.context.base_url}/kurs"
    mine = await own_courses(uow, [card for card in await courses(uow) if card.ours])
    here = [
        (one.card.title, f"{base}/{one.card.id}/mott") for one in mine if one.open_now and not one.checked_in
    ]
    asked = [(one.card.title, f"{base}/{one.card.id}/mott") for one in mine if one.asked]
    lacks = [
        (gate_text(one, language), f"{base}/{one.free.id}" if one.free else "")
        for one in await gates_of(uow, contact_id)
        if one.signed_up is None and (one.free is not None or one.code != "guidance")
    ]
    if not here and not asked and not lacks:
        return None
    return {"here": here, "asked": asked, "lacks": lacks, "courses": base}


CONTACT_PANELS = [
    ContactPanel(Permission.CONTACT_READ, "coursework/contact_panel.html", 28, _contact_panel, coming=True)
]
OWN_PANELS = [OwnPanel(Permission.CONTACT_OWN, "coursework/own_panel.html", 8, _own_panel)]
