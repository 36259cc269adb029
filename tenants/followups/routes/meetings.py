"""Information meetings: the list, a new one, one with its guests, attendance."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_long
from sammen.web.forms import version_of
from tenants.followups import forms
from tenants.followups.meetings import (
    ANSWERS,
    call_meeting,
    cancel_meeting,
    guests_of,
    lacking_meetings,
    meeting_card,
    meetings,
    note_attendance,
)
from tenants.followups.views import FOLLOW_UP, tabs
from tenants.provision.api import provision_rules

MEETINGS = N_("Informasjonsmøter")
NEW = N_("Kall inn til informasjonsmøte")
PATH = "/oppfolging/moter"


def _crumbs(desk: Desk, last: str) -> list[tuple[str, str]]:
    return [(desk.say(FOLLOW_UP), desk.url("/oppfolging")), (desk.say(MEETINGS), desk.url(PATH)), (last, "")]


@page("/k/{slug:str}/oppfolging/moter", Permission.FOLLOWUP_READ)
async def show_list(desk: Desk) -> Response[str]:
    """The year's meetings, and who has been to too few."""
    lacking = await lacking_meetings(desk.uow)
    await record_read(
        desk.uow,
        "followup.list",
        [row.person_id for row, _, _ in lacking],
        why=N_("Oppfølging av støttekontakter"),
    )
    return await desk.render(
        "followups/meetings.html",
        title=desk.say(FOLLOW_UP),
        current="/oppfolging",
        tabs=tabs(desk, PATH),
        found=await meetings(desk.uow),
        lacking=lacking,
        wanted=(await provision_rules(desk.uow, today())).information_meetings,
        year=today().year,
        may_write=desk.context.may(Permission.FOLLOWUP_WRITE),
        base=desk.url(PATH),
        contacts=desk.url("/kontakter"),
    )


async def _new_values(desk: Desk) -> dict[str, Any]:
    held = [
        one for one in await meetings(desk.uow) if one.registered_at is not None and one.makeup_for is None
    ]
    return {
        "current": "/oppfolging",
        "crumbs": _crumbs(desk, desk.say(NEW)),
        "action": desk.url(f"{PATH}/nytt"),
        "back": desk.url(PATH),
        "firsts": [
            (str(one.id), f"{date_long(one.meets_on, desk.language)}: {one.topic}") for one in held[:12]
        ],
    }


@page("/k/{slug:str}/oppfolging/moter/nytt", Permission.FOLLOWUP_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """A form for a meeting."""
    values = {"for_mote": desk.query.get("for", "")}
    return await desk.render(
        "followups/meeting_form.html", title=desk.say(NEW), values=values, **await _new_values(desk)
    )


@action("/k/{slug:str}/oppfolging/moter/nytt", Permission.FOLLOWUP_WRITE)
async def call(desk: Desk) -> Response[Any]:
    """Call it, and invite."""
    shown = await _new_values(desk)
    try:
        made = await call_meeting(desk.uow, forms.read_meeting(desk.form))
    except Invalid as bad:
        return await desk.again("followups/meeting_form.html", bad, title=desk.say(NEW), **shown)
    return desk.redirect(
        desk.url(f"{PATH}/{made}"), flash=N_("Møtet er lagt inn, og støttekontaktene er invitert.")
    )


async def _values(desk: Desk) -> dict[str, Any]:
    card = await meeting_card(desk.uow, desk.path_uuid("information_meeting_id"))
    guests = await guests_of(desk.uow, card.id)
    await record_read(
        desk.uow, "followup.meeting", [one.person_id for one in guests], why=N_("Informasjonsmøte for støttekontakter"),
        object_kind="information_meeting", object_id=card.id,
    )  # fmt: skip
    return {
        "current": "/oppfolging",
        "crumbs": _crumbs(desk, card.topic),
        "card": card,
        "guests": guests,
        "answers": {value: desk.say(name) for value, name in ANSWERS.items()},
        "may_write": desk.context.may(Permission.FOLLOWUP_WRITE) and card.cancelled_on is None,
        "base": desk.url(f"{PATH}/{card.id}"),
        "again": desk.url(f"{PATH}/nytt?for={card.id}"),
        "contacts": desk.url("/kontakter"),
    }


@page("/k/{slug:str}/oppfolging/moter/{information_meeting_id:uuid}", Permission.FOLLOWUP_READ)
async def show(desk: Desk) -> Response[str]:
    """One meeting with its guests."""
    shown = await _values(desk)
    ticked = [
        str(one.contact_id)
        for one in shown["guests"]
        if one.came or (one.came is None and one.answer == "yes")
    ]
    return await desk.render(
        "followups/meeting.html", title=shown["card"].topic, values={"kom": ticked}, **shown
    )


@action("/k/{slug:str}/oppfolging/moter/{information_meeting_id:uuid}/oppmote", Permission.FOLLOWUP_WRITE)
async def attendance(desk: Desk) -> Response[Any]:
    """Note who came."""
    shown = await _values(desk)
    try:
        present = forms.read_present(desk.form)
        await note_attendance(desk.uow, shown["card"].id, present, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("followups/meeting.html", bad, title=shown["card"].topic, **shown)
    return desk.redirect(shown["base"], flash=N_("Oppmøtet er lagret."))


@action("/k/{slug:str}/oppfolging/moter/{information_meeting_id:uuid}/avlys", Permission.FOLLOWUP_WRITE)
async def cancel(desk: Desk) -> Response[Any]:
    """Call it off."""
    meeting_id = desk.path_uuid("information_meeting_id")
    await cancel_meeting(desk.uow, meeting_id)
    return desk.redirect(desk.url(PATH), flash=N_("Møtet er avlyst. De inviterte får varsel."))


HANDLERS = [show_list, new_form, call, show, attendance, cancel]
