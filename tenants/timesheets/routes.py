"""The slice's pages: a contact's hours on the phone, and hours to approve. HTTP in, template or redirect out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_decimal
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import month_year
from sammen.web.i18n import ntranslate
from tenants.assignments.api import own_assignment, own_assignments
from tenants.cases.api import FORM_NAMES
from tenants.contacts.api import own_contact
from tenants.timesheets import forms
from tenants.timesheets.deciding import approve_lines, return_lines
from tenants.timesheets.listing import waiting_groups
from tenants.timesheets.queries import (
    STATES,
    LineCard,
    line_card,
    lines_of_month,
    used_in_month,
)
from tenants.timesheets.rules import Month
from tenants.timesheets.service import change_line, drop_line, register_line, send_line

HOURS = N_("Før timer")
TIMESHEETS = N_("Timelister")
STATE_SHAPES = {"saved": "saved", "sent": "info", "approved": "ok", "returned": "danger"}
MEANINGS = {
    "saved": N_("Bare du ser timene."),
    "sent": N_("Kommunen skal godkjenne."),
    "approved": N_("Timene er godkjent, og du får betalt."),
    "returned": N_("Noe må rettes. Grunnen står under timene."),
}


# The contact's own pages ----------------------------------------------------------------------------------------------
@page("/min/{slug:str}/timer", Permission.HOURS_REGISTER)
async def choose(desk: Desk) -> Response[Any]:
    """Straight to the hours when there is one assignment, else a choice."""
    begun = [own for own in await own_assignments(desk.uow) if own.begun]
    if len(begun) == 1:
        return desk.redirect(desk.url(f"/timer/{begun[0].id}"))
    if begun:
        await record_read(desk.uow, "own.read", [own.person_id for own in begun], why=N_("Førte timer"))
    return await desk.render(
        "timesheets/choose.html",
        title=desk.say(HOURS),
        current="/timer",
        assignments=begun,
        base=desk.url("/timer"),
    )


async def _own_values(desk: Desk, line_id: UUID | None = None) -> dict[str, Any]:
    """What the page for hours shows: the assignment, the month's lines, and what is left of the decision's hours."""
    uow, assignment_id = desk.uow, desk.path_uuid("assignment_id")
    _, own = await own_assignment(uow, assignment_id)
    chosen = await line_card(uow, assignment_id, line_id) if line_id is not None else None
    now = Month.of(today())
    asked = Month.parse(desk.query.get("maned", ""))
    month = Month.of(chosen.worked_on) if chosen else asked if asked and asked <= now else now
    lines = await lines_of_month(uow, assignment_id, month)
    use = await used_in_month(uow, assignment_id, month)
    await record_read(uow, "own.read", [own.person_id], why=N_("Førte timer"))
    started = Month.of(own.starts_on) if own.starts_on else month
    base = desk.url(f"/timer/{own.id}")
    return {
        "current": "/timer",
        "own": own,
        "line": chosen,
        "lines": lines,
        "use": use,
        "total": sum(line.hours for line in lines),
        "month": month,
        "month_name": month_year(month.first, desk.language),
        "before": f"{base}?maned={month.before}" if month > started else None,
        "after": f"{base}?maned={month.after}" if month < now else None,
        "state_names": {state: desk.say(name) for state, name in STATES.items()},
        "state_shapes": STATE_SHAPES,
        "states": [(desk.say(STATES[s]), STATE_SHAPES[s], desk.say(MEANINGS[s])) for s in STATES],
        "base": base,
        "action": f"{base}/{chosen.id}" if chosen else base,
    }  # fmt: skip


def _title(desk: Desk, shown: dict[str, Any]) -> str:
    return desk.say(N_("Før timer med %(name)s"), name=shown["own"].given_name)


def _line_values(line: LineCard) -> dict[str, Any]:
    return {
        "dato": line.worked_on, "fra": line.starts, "til": line.ends, "hva": line.activity,
        "kr": format_decimal(line.expenses) if line.expenses else "", "versjon": line.version,
        "km": format_decimal(line.kilometres) if line.kilometres else "",
    }  # fmt: skip


def _said(send: bool) -> str:
    return N_("Timene er sendt.") if send else N_("Timene er lagret. Husk å sende dem.")


@page("/min/{slug:str}/timer/{assignment_id:uuid}", Permission.HOURS_REGISTER)
async def own_hours(desk: Desk) -> Response[str]:
    """Register hours, and the month so far."""
    shown = await _own_values(desk)
    return await desk.render(
        "timesheets/own.html", title=_title(desk, shown), values={"dato": today()}, **shown
    )


@action("/min/{slug:str}/timer/{assignment_id:uuid}", Permission.HOURS_REGISTER)
async def register(desk: Desk) -> Response[Any]:
    """Keep the hours, or send them, by the button that was pressed."""
    shown = await _own_values(desk)
    send = desk.form.text("gjor") != "lagre"
    try:
        facts = forms.read_line(desk.form)
        await register_line(desk.uow, shown["own"].id, facts, send=send)
    except Invalid as bad:
        return await desk.again("timesheets/own.html", bad, title=_title(desk, shown), **shown)
    return desk.redirect(f"{shown['base']}?maned={Month.of(facts.worked_on)}", flash=_said(send))


@page("/min/{slug:str}/timer/{assignment_id:uuid}/{timesheet_line_id:uuid}", Permission.HOURS_REGISTER)
async def own_line(desk: Desk) -> Response[Any]:
    """Saved or returned hours, to be mended. Hours that are sent show their month instead."""
    shown = await _own_values(desk, desk.path_uuid("timesheet_line_id"))
    if not shown["line"].editable:
        return desk.redirect(f"{shown['base']}?maned={shown['month']}")
    values = _line_values(shown["line"])
    return await desk.render("timesheets/own.html", title=_title(desk, shown), values=values, **shown)


@action("/min/{slug:str}/timer/{assignment_id:uuid}/{timesheet_line_id:uuid}", Permission.HOURS_REGISTER)
async def mend(desk: Desk) -> Response[Any]:
    """Keep, send or remove one's own hours, by the button that was pressed."""
    shown = await _own_values(desk, desk.path_uuid("timesheet_line_id"))
    own, line, pressed = shown["own"], shown["line"], desk.form.text("gjor")
    back = f"{shown['base']}?maned={shown['month']}"
    if pressed == "slett":
        await drop_line(desk.uow, own.id, line.id)
        return desk.redirect(back, flash=N_("Timene er slettet."))
    if pressed == "send_lagret":
        await send_line(desk.uow, own.id, line.id)
        return desk.redirect(back, flash=_said(True))
    send = pressed != "lagre"
    try:
        facts = forms.read_line(desk.form)
        await change_line(desk.uow, own.id, line.id, facts, send=send, version=forms.version_of(desk.form))
    except Invalid as bad:
        return await desk.again("timesheets/own.html", bad, title=_title(desk, shown), **shown)
    return desk.redirect(f"{shown['base']}?maned={Month.of(facts.worked_on)}", flash=_said(send))


# The municipality's ---------------------------------------------------------------------------------------------------
async def _approval_values(desk: Desk) -> dict[str, Any]:
    """What waits for approval, by contact and month. Payroll, who sees no cases, gets contacts and hours only."""
    uow, may = desk.uow, desk.context.may
    state = desk.query["status"] if desk.query.get("status") in ("approved", "returned") else "sent"
    sees_people = may(Permission.CASE_READ)
    now = Month.of(today())
    # What waits is few; what is approved is years of it, and shown by the month.
    month = (Month.parse(desk.query.get("maned", "")) or now) if state == "approved" else None
    groups = await waiting_groups(uow, state=state, month=month, everybody=not sees_people)
    persons = {group.contact_person_id for group in groups}
    if sees_people:
        persons |= {group.person_id for group in groups}
    await record_read(uow, "hours.list", sorted(persons), why=N_("Timelister"))
    own = await own_contact(uow)
    return {
        "current": "/timelister",
        "groups": [
            (group, month_year(group.month.first, desk.language), group.contact_id == own) for group in groups
        ],
        "form_names": {form: desk.say(name) for form, name in FORM_NAMES.items()},
        "state": state,
        "month": month_year(month.first, desk.language) if month else "",
        "before": f"?status=approved&maned={month.before}" if month else None,
        "after": f"?status=approved&maned={month.after}" if month and month < now else None,
        "kinds": [
            (desk.say(label), desk.url("/timelister") + query, wanted == state)
            for label, query, wanted in (
                (N_("Til godkjenning"), "", "sent"),
                (N_("Sendt tilbake"), "?status=returned", "returned"),
                (N_("Godkjent"), "?status=approved", "approved"),
            )
        ],
        "may_approve": may(Permission.TIMESHEET_APPROVE) and state == "sent",
        "base": desk.url("/timelister"),
    }


@page("/k/{slug:str}/timelister", Permission.TIMESHEET_READ)
async def to_approve(desk: Desk) -> Response[str]:
    """Hours that are sent, by contact and month, against what the decisions give."""
    shown = await _approval_values(desk)
    return await desk.render("timesheets/approve.html", title=desk.say(TIMESHEETS), values={}, **shown)


@action("/k/{slug:str}/timelister", Permission.TIMESHEET_APPROVE)
async def decide(desk: Desk) -> Response[Any]:
    """Approve the ticked lines, or return them with a reason, by the button that was pressed."""
    shown = await _approval_values(desk)
    try:
        chosen = forms.read_chosen(desk.form)
        seen = forms.read_seen(desk.form)
        if desk.form.text("gjor") == "retur":
            number = await return_lines(desk.uow, chosen, desk.form.text("grunn"), seen=seen)
            flash = ntranslate(
                desk.language,
                "Én føring er sendt tilbake med grunnen.",
                "%(num)s føringer er sendt tilbake med grunnen.",
                number,
            )
        else:
            number = await approve_lines(desk.uow, chosen, seen=seen)
            flash = ntranslate(
                desk.language, "Én føring er godkjent.", "%(num)s føringer er godkjent.", number
            )
    except Invalid as bad:
        return await desk.again("timesheets/approve.html", bad, title=desk.say(TIMESHEETS), **shown)
    return desk.redirect(shown["base"], flash=flash)


HANDLERS = [
    choose, own_hours, register, own_line, mend, to_approve, decide,
]  # fmt: skip
