"""One meeting in a municipality: who is invited, who comes, who came; moved, called off, summed up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import now
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from shared_pool.assemblies import forms, views
from shared_pool.assemblies.answering import answer_colleague, answer_for
from shared_pool.assemblies.attending import note_attendance
from shared_pool.assemblies.inviting import add_guest, at_work
from shared_pool.assemblies.queries import guests_of, joint_counts, meeting_card
from shared_pool.assemblies.routes.lists import ASSEMBLIES, desk_kinds
from shared_pool.assemblies.rules import DOOR_SHOWN, SHORT_NOTICE
from shared_pool.assemblies.service import cancel_meeting, move_meeting, summarise

PAGE = "assemblies/meeting.html"


async def _values(desk: Desk, meeting_id: UUID) -> dict[str, Any]:
    """What a meeting's page shows, and the access log's row for it."""
    uow, language = desk.uow, desk.language
    card = await meeting_card(uow, meeting_id)
    guests = await guests_of(uow, meeting_id)
    changes = desk.context.may(Permission.ASSEMBLY_WRITE)
    there = await at_work(uow) if changes and card.on else {}
    sitting = {one.contact_id for one in guests}
    counts = await joint_counts(uow, card.joint_id) if card.joint_id and card.hosted else {}
    persons = {one.person_id for one in guests if one.person_id is not None}
    await record_read(
        uow,
        "assembly.meeting_read",
        sorted(persons | {person for person, _ in there.values()}),
        why=N_("Leste hvem som er invitert til et møte"),
        object_kind="assembly_meeting",
        object_id=meeting_id,
    )
    first = await meeting_card(uow, card.makeup_for) if card.makeup_for else None
    return {
        "current": "/kurs",
        "crumbs": [
            (desk.say(ASSEMBLIES), desk.url("/samlinger")),
            (card.title, desk.url(f"/samlinger/{card.assembly_id}")),
            (desk.say(N_("Møte")), ""),
        ],
        "card": card,
        "kind": desk_kinds(desk)[card.kind],
        "when": views.when(card.starts_at, card.ends_at, language),
        "guests": guests,
        "me": next((one for one in guests if one.colleague == desk.context.user_id and one.colleague), None),
        "makeup": views.when(first.starts_at, first.ends_at, language) if first else "",
        "others": {
            field: views.others(counts.get(card.id, ()), desk.context.tenant, field) for field in ("coming", "came")
        }
        if counts
        else None,
        "possible": [(str(one), name) for one, (_, name) in there.items() if one not in sitting],
        "door": card.on and not card.over and card.starts_at - now() < DOOR_SHOWN,
        "short_notice": card.starts_at - now() < SHORT_NOTICE,
        "changes": changes,
        "base": desk.url(f"/samlinger/moter/{meeting_id}"),
        "series_url": desk.url(f"/samlinger/{card.assembly_id}"),
        "guest_base": desk.url("/samlinger/gjester"),
        "contacts": desk.url("/kontakter"),
    }  # fmt: skip


def _first(shown: dict[str, Any]) -> dict[str, Any]:
    card, guests = shown["card"], shown["guests"]
    return {
        **views.typed(card.starts_at, card.ends_at, card.place, card.link),
        "oppsummering": card.summary,
        "kom": [
            str(one.id)
            for one in guests
            if one.came or (one.came is None and card.noted_at is None and one.answer == "yes")
        ],
    }


async def _again(desk: Desk, bad: Invalid, shown: dict[str, Any]) -> Response[str]:
    return await desk.render(
        PAGE, title=shown["card"].title, status=422, errors=bad.errors, values={**_first(shown), **desk.form.values()},
        **shown,
    )  # fmt: skip


@page("/k/{slug:str}/samlinger/moter/{assembly_meeting_id:uuid}", Permission.CONTACT_READ)
async def show(desk: Desk) -> Response[str]:
    """One meeting."""
    shown = await _values(desk, desk.path_uuid("assembly_meeting_id"))
    return await desk.render(PAGE, title=shown["card"].title, values=_first(shown), **shown)


@action("/k/{slug:str}/samlinger/moter/{assembly_meeting_id:uuid}/oppmote", Permission.ASSEMBLY_WRITE)
async def attendance(desk: Desk) -> Response[Any]:
    """Note who came."""
    meeting_id = desk.path_uuid("assembly_meeting_id")
    shown = await _values(desk, meeting_id)
    try:
        came = await note_attendance(
            desk.uow, meeting_id, forms.read_came(desk.form), version=version_of(desk.form)
        )
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(
        shown["base"],
        flash=N_("Oppmøtet er lagret: %(came)s av %(invited)s kom."),
        came=came,
        invited=len(shown["guests"]),
    )


@action("/k/{slug:str}/samlinger/moter/{assembly_meeting_id:uuid}/flytt", Permission.ASSEMBLY_WRITE)
async def move(desk: Desk) -> Response[Any]:
    """Another time or place."""
    meeting_id = desk.path_uuid("assembly_meeting_id")
    shown = await _values(desk, meeting_id)
    try:
        await move_meeting(desk.uow, meeting_id, forms.read_meeting(desk.form), version_of(desk.form))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Møtet er flyttet. Alle som er invitert, får beskjed nå."))


@action("/k/{slug:str}/samlinger/moter/{assembly_meeting_id:uuid}/avlys", Permission.ASSEMBLY_WRITE)
async def cancel(desk: Desk) -> Response[Any]:
    """Call it off."""
    meeting_id = desk.path_uuid("assembly_meeting_id")
    shown = await _values(desk, meeting_id)
    try:
        await cancel_meeting(desk.uow, meeting_id, forms.read_why(desk.form), version_of(desk.form))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    if shown["short_notice"] and shown["card"].coming:
        return desk.redirect(
            f"{shown['base']}#inviterte",
            flash=N_(
                "Møtet er avlyst, og alle får beskjed. Det er kort tid igjen: ring dem som skulle komme."
            ),
            state="warning",
        )
    return desk.redirect(shown["base"], flash=N_("Møtet er avlyst. Alle som er invitert, får beskjed nå."))


@action("/k/{slug:str}/samlinger/moter/{assembly_meeting_id:uuid}/oppsummering", Permission.ASSEMBLY_WRITE)
async def sum_up(desk: Desk) -> Response[Any]:
    """Write what was said."""
    meeting_id = desk.path_uuid("assembly_meeting_id")
    shown = await _values(desk, meeting_id)
    try:
        await summarise(desk.uow, meeting_id, forms.read_summary(desk.form), version_of(desk.form))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(
        shown["base"], flash=N_("Oppsummeringen er lagret. De som var invitert, kan lese den.")
    )


@action("/k/{slug:str}/samlinger/moter/{assembly_meeting_id:uuid}/inviter", Permission.ASSEMBLY_WRITE)
async def one_guest_more(desk: Desk) -> Response[Any]:
    """Invite one more, or add somebody who came."""
    meeting_id = desk.path_uuid("assembly_meeting_id")
    shown = await _values(desk, meeting_id)
    try:
        await add_guest(desk.uow, meeting_id, forms.read_contact(desk.form))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(f"{shown['base']}#inviterte", flash=N_("Støttekontakten står på lista."))


@action("/k/{slug:str}/samlinger/moter/{assembly_meeting_id:uuid}/svar", Permission.ASSEMBLY_WRITE)
async def answer_oneself(desk: Desk) -> Response[Any]:
    """A colleague says whether they come."""
    meeting_id = desk.path_uuid("assembly_meeting_id")
    await answer_colleague(desk.uow, meeting_id, desk.form.text("svar"))
    return desk.redirect(desk.url("/samlinger"), flash=N_("Svaret ditt er lagret."))


@action("/k/{slug:str}/samlinger/gjester/{assembly_guest_id:uuid}/svar", Permission.ASSEMBLY_WRITE)
async def answer_by_office(desk: Desk) -> Response[Any]:
    """Note the answer of somebody who rang."""
    meeting_id = await answer_for(desk.uow, desk.path_uuid("assembly_guest_id"), desk.form.text("svar"))
    return desk.redirect(desk.url(f"/samlinger/moter/{meeting_id}#inviterte"), flash=N_("Svaret er lagret."))


HANDLERS = [
    show, attendance, move, cancel, sum_up, one_guest_more, answer_oneself, answer_by_office,
]  # fmt: skip
