"""The coordinator's pages: a group's meetings, one meeting, and a month's attendance. HTTP in, page or redirect out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import now, today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import month_year
from sammen.web.forms import version_of
from tenants.groups.api import GroupCard
from tenants.sessions import forms, views
from tenants.sessions.asking import ask_leaders
from tenants.sessions.holding import note_afterwards
from tenants.sessions.pages import MEETINGS, first_values, of_group, of_session, session_values
from tenants.sessions.presence import month_of
from tenants.sessions.queries import sessions_of_group
from tenants.sessions.rules import HORIZON
from tenants.sessions.series import days_of
from tenants.sessions.service import (
    SessionFacts,
    add_session,
    cancel_session,
    change_session,
    choose_day_leaders,
    resume_session,
)

GROUP = "/k/{slug:str}/grupper/{group_id:uuid}"
ONE = f"{GROUP}/treff/{{group_session_id:uuid}}"
BACK = timedelta(weeks=26)


@page(f"{GROUP}/treff", Permission.ASSIGNMENT_READ)
async def show_list(desk: Desk) -> Response[str]:
    """A group's meetings: those that come with the days it rests, or those that have been."""
    group, shown = await of_group(desk, (desk.say(MEETINGS), ""))
    day, earlier = today(), desk.query.get("vis") == "tidligere"
    first, last = (day - BACK, day) if earlier else (day, day + HORIZON)
    cards = await sessions_of_group(desk.uow, group.id, first, last)
    cards = [one for one in cards if (one.ends_at <= now()) == earlier and not one.dropped]
    leaders = {one.person_id for card in cards for one in card.leaders}
    await record_read(desk.uow, "session.list", sorted(leaders), why=N_("Liste over treff i gruppa"))
    rows: list[tuple[date, dict[str, Any] | None, str]] = [
        (line["day"], line, "") for line in views.lines(cards, desk.language)
    ]
    if not earlier:
        rows += _rests(desk, group, {one.series_day for one in cards})
    base = shown["base"]
    return await desk.render(
        "sessions/list.html",
        title=desk.say(N_("Treff i %(name)s"), name=group.name),
        rows=sorted(rows, key=lambda row: row[0], reverse=earlier),
        earlier=earlier,
        tabs=[(desk.say(N_("Kommende")), base, not earlier), (desk.say(N_("Tidligere")), f"{base}?vis=tidligere", earlier)],
        **shown,
    )  # fmt: skip


def _rests(desk: Desk, group: GroupCard, taken: set[date | None]) -> list[tuple[date, None, str]]:
    """The days a group rests, with why: holidays are shown and left out, unless somebody chooses otherwise."""
    if not group.hosted:
        return []
    return [(one.day, None, desk.say(one.off)) for one in days_of(group) if one.off and one.day not in taken]


@action(f"{GROUP}/treff/fridag", Permission.ASSIGNMENT_WRITE)
async def meet_anyhow(desk: Desk) -> Response[Any]:
    """The group meets on a day it would rest."""
    group, shown = await of_group(desk)
    day = forms.read_day(desk.form)
    if all(one.day != day for one in days_of(group)):
        raise NotFound
    facts = SessionFacts(day, group.starts, group.ends, group.place)
    made = await add_session(desk.uow, group.id, facts, series_day=day)
    return desk.redirect(f"{shown['base']}/{made}", flash=N_("Treffet er satt opp."))


async def _new_values(desk: Desk) -> tuple[GroupCard, dict[str, Any]]:
    title = desk.say(N_("Ekstra treff"))
    group, shown = await of_group(desk, (title, ""))
    if not group.hosted:
        raise NotFound
    return group, {
        **shown,
        "heading": title,
        "action": f"{shown['base']}/nytt",
        "version": 0,
        "back": shown["base"],
    }


@page(f"{GROUP}/treff/nytt", Permission.ASSIGNMENT_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """The form for an extra meeting, with the group's own time and place."""
    group, shown = await _new_values(desk)
    return await desk.render(
        "sessions/form.html", title=shown["heading"], values=views.new_values(group), **shown
    )


@action(f"{GROUP}/treff/nytt", Permission.ASSIGNMENT_WRITE)
async def make(desk: Desk) -> Response[Any]:
    """Plan an extra meeting."""
    group, shown = await _new_values(desk)
    try:
        made = await add_session(desk.uow, group.id, forms.read_session(desk.form))
    except Invalid as bad:
        return await desk.again("sessions/form.html", bad, title=shown["heading"], **shown)
    return desk.redirect(
        f"{shown['base']}/{made}", flash=N_("Treffet er satt opp. Deltakerne har fått beskjed.")
    )


@page(ONE, Permission.ASSIGNMENT_READ)
async def show_session(desk: Desk) -> Response[str]:
    """One meeting: when, who leads, who has been asked, and who came."""
    card, shown = await session_values(desk)
    return await desk.render("sessions/session.html", title=shown["when"], values=first_values(card), **shown)


async def _moving(desk: Desk) -> dict[str, Any]:
    title = desk.say(N_("Endre eller flytt"))
    card, shown = await of_session(desk, (title, ""))
    if card.state != "planned" or not card.hosted:
        raise NotFound
    return {**shown, "heading": title, "back": shown["action"], "action": f"{shown['action']}/endre",
            "version": card.version}  # fmt: skip


@page(f"{ONE}/endre", Permission.ASSIGNMENT_WRITE)
async def change_form(desk: Desk) -> Response[str]:
    """The form for moving a meeting, or writing what one does there."""
    shown = await _moving(desk)
    return await desk.render(
        "sessions/form.html", title=shown["heading"], values=views.form_values(shown["card"]), **shown
    )


@action(f"{ONE}/endre", Permission.ASSIGNMENT_WRITE)
async def change(desk: Desk) -> Response[Any]:
    """Move the meeting, and tell everybody concerned."""
    shown = await _moving(desk)
    try:
        version = version_of(desk.form)
        await change_session(desk.uow, shown["card"].id, forms.read_session(desk.form), version=version)
    except Invalid as bad:
        return await desk.again("sessions/form.html", bad, title=shown["heading"], **shown)
    return desk.redirect(
        shown["back"],
        flash=N_("Treffet er endret. De som skal vite om ny tid eller nytt sted, har fått beskjed."),
    )


async def _again(desk: Desk, bad: Invalid, shown: dict[str, Any]) -> Response[str]:
    values = {**first_values(shown["card"]), **desk.form.values()}
    return await desk.render(
        "sessions/session.html", title=shown["when"], status=422, errors=bad.errors, values=values, **shown
    )


@action(f"{ONE}/avlys", Permission.ASSIGNMENT_WRITE)
async def cancel(desk: Desk) -> Response[Any]:
    """Call the meeting off."""
    card, shown = await session_values(desk)
    try:
        await cancel_session(desk.uow, card.id, desk.form.text("grunn")[:500], version=version_of(desk.form))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(
        shown["action"], flash=N_("Treffet er avlyst. Deltakere, pårørende og gruppeledere har fått beskjed.")
    )


@action(f"{ONE}/gjenoppta", Permission.ASSIGNMENT_WRITE)
async def resume(desk: Desk) -> Response[Any]:
    """The meeting is held after all."""
    card, shown = await of_session(desk)
    await resume_session(desk.uow, card.id)
    return desk.redirect(shown["action"], flash=N_("Treffet holdes likevel. Deltakerne har fått beskjed."))


@action(f"{ONE}/ledere", Permission.ASSIGNMENT_WRITE)
async def set_leaders(desk: Desk) -> Response[Any]:
    """Name who leads this one meeting."""
    card, shown = await session_values(desk)
    try:
        chosen = forms.read_ids(desk.form, "ledere")
        await choose_day_leaders(desk.uow, card.id, chosen, version=version_of(desk.form))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["action"], flash=N_("Gruppelederne for treffet er lagret."))


@action(f"{ONE}/spor", Permission.ASSIGNMENT_WRITE)
async def ask(desk: Desk) -> Response[Any]:
    """Ask contacts to lead the meeting."""
    card, shown = await of_session(desk)
    if await ask_leaders(desk.uow, card.id):
        return desk.redirect(
            shown["action"], flash=N_("Vi spør støttekontakter om å lede treffet. Du får beskjed på Min dag.")
        )
    return desk.redirect(
        shown["action"],
        flash=N_("Det er ingen flere å spørre. Velg noen selv, eller avlys."),
        state="warning",
    )


@action(f"{ONE}/oppmote", Permission.ASSIGNMENT_WRITE)
async def note(desk: Desk) -> Response[Any]:
    """Keep who came, after the meeting."""
    card, shown = await session_values(desk)
    try:
        everybody = [one.place_id for one, _, _ in shown["found"]]
        await note_afterwards(desk.uow, card.id, forms.read_presence(desk.form, everybody))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["action"], flash=N_("Oppmøtet er lagret."))


def _month(text: str) -> date:
    """The first day of a month such as 2026-11; this month for anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return today().replace(day=1)


@page(f"{GROUP}/oppmote", Permission.ASSIGNMENT_READ)
async def show_month(desk: Desk) -> Response[str]:
    """A month's attendance: each participant's meetings, and hours."""
    group, shown = await of_group(desk, (desk.say(N_("Oppmøte")), ""))
    first = _month(desk.query.get("maned", ""))
    following = (first + timedelta(days=32)).replace(day=1)
    last = following - timedelta(days=1)
    rows = await month_of(desk.uow, group.id, first, last)
    cards = await sessions_of_group(desk.uow, group.id, first, last)
    await record_read(desk.uow, "session.month", [one.person_id for one in rows], why=N_("Oppmøte i gruppa"))
    before = (first - timedelta(days=1)).replace(day=1)
    return await desk.render(
        "sessions/month.html",
        title=desk.say(N_("Oppmøte i %(name)s"), name=group.name),
        rows=rows,
        month=month_year(first, desk.language),
        held=sum(one.state == "held" for one in cards),
        cancelled=sum(one.state == "cancelled" for one in cards),
        before=f"{before:%Y-%m}",
        before_name=month_year(before, desk.language),
        after=f"{following:%Y-%m}" if following <= today() else "",
        after_name=month_year(following, desk.language),
        may_read_case=desk.context.may(Permission.CASE_READ),
        place=desk.url(),
        **shown,
    )


HANDLERS = [
    show_list, meet_anyhow, new_form, make, show_session, change_form, change, cancel, resume, set_leaders, ask, note,
    show_month,
]  # fmt: skip
