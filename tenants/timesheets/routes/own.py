"""A contact's own hours, on the phone. HTTP in, template or redirect out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import month_year
from sammen.web.forms import version_of
from sammen.web.i18n import ntranslate
from sammen.web.render import KEY_FIELD
from tenants.assignments.api import OwnAssignment, own_assignment, own_assignments
from tenants.contacts.api import own_contact
from tenants.provision.api import PayPeriod, ProvisionRules, provision_rules
from tenants.timesheets import forms, views
from tenants.timesheets.correcting import NOT_APPROVED, correct_own_line
from tenants.timesheets.pictures import JPEG, Picture
from tenants.timesheets.queries import LineCard, line_card, lines_of_period, used_in_month
from tenants.timesheets.receipts import keep_loose, own_image, receipts_of
from tenants.timesheets.rules import Month
from tenants.timesheets.service import change_line, drop_line, register_line, send_line, send_period

HOURS = N_("Før timer")


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
    """What the page for hours shows: the assignment, the period's lines, and what is left of the decision's hours."""
    uow, assignment_id = desk.uow, desk.path_uuid("assignment_id")
    _, own = await own_assignment(uow, assignment_id)
    chosen = await line_card(uow, assignment_id, line_id) if line_id is not None else None
    rules = await provision_rules(uow, today())
    this = PayPeriod.of(today(), rules.period_from_day)
    asked = PayPeriod.parse(desk.query.get("maned", ""), rules.period_from_day)
    period = asked if asked and asked <= this else this
    if chosen is not None:
        period = PayPeriod.of(chosen.worked_on, rules.period_from_day)
    lines = await lines_of_period(uow, assignment_id, period)
    month = Month.of(min(period.last, today()))
    use = await used_in_month(uow, assignment_id, month)
    receipts = await receipts_of(uow, [one.id for one in lines])
    await record_read(uow, "own.read", [own.person_id], why=N_("Førte timer"))
    base = desk.url(f"/timer/{own.id}")
    started = PayPeriod.of(own.starts_on, rules.period_from_day) if own.starts_on else period
    return {
        "current": "/timer",
        "own": own,
        "line": chosen,
        "lines": lines,
        "receipts": receipts,
        "texts": views.line_texts(lines, desk.language),
        "receipts_base": desk.url("/bilag"),
        "corrected": {one.corrects_id for one in lines if one.corrects_id and one.state != "approved"},
        "use": use,
        "month_name": month_year(month.first, desk.language),
        "period": views.period_view(period, rules, lines, desk.language),
        "attests": _who_attests(desk, own, rules),
        "before": f"{base}?maned={period.before}" if period > started else None,
        "after": f"{base}?maned={period.after}" if period < this else None,
        "state_names": views.state_names(desk.language),
        "state_shapes": views.STATE_SHAPES,
        "states": views.state_key(desk.language, attested=rules.attest_required),
        "base": base,
        "action": f"{base}/{chosen.id}" if chosen else base,
    }  # fmt: skip


def _who_attests(desk: Desk, own: OwnAssignment, rules: ProvisionRules) -> str:
    """A sentence on who says that the hours are right (B8); "" where nobody is asked."""
    if not rules.attest_required:
        return ""
    if own.age is not None and own.age < rules.attest_from_age:
        return desk.say(
            N_("En forelder eller verge bekrefter timene med %(name)s før kommunen godkjenner dem."),
            name=own.given_name,
        )
    return desk.say(
        N_("%(name)s, eller en verge, bekrefter timene før kommunen godkjenner dem."), name=own.given_name
    )


def _title(desk: Desk, shown: dict[str, Any]) -> str:
    return desk.say(N_("Før timer med %(name)s"), name=shown["own"].given_name)


async def _show(
    desk: Desk, shown: dict[str, Any], values: dict[str, Any], *, template: str = "timesheets/own.html"
) -> Response[str]:
    visible, spare = views.receipt_rows(values)
    return await desk.render(
        template, title=_title(desk, shown), values=values, rows=visible, spare=spare, **shown
    )


async def _mend(
    desk: Desk, shown: dict[str, Any], bad: Invalid, pictures: dict[int, Picture], *,
    template: str = "timesheets/own.html",
) -> Response[str]:  # fmt: skip
    """The form again with its errors, what was typed, and the photos that could be read."""
    kept: dict[int, UUID] = {}
    own: OwnAssignment = shown["own"]
    if pictures:
        async with desk.beside() as uow:
            contact_id = await own_contact(uow)
            if contact_id is None:
                raise NotFound
            kept = await keep_loose(uow, contact_id, own.id, pictures)
    values = desk.form.values() | views.kept_values(kept)
    visible, spare = views.receipt_rows(values)
    return await desk.render(
        template, title=_title(desk, shown), status=422, errors=bad.errors, values=forms.retyped(values),
        rows=visible, spare=spare, **shown,
    )  # fmt: skip


def _said(send: bool) -> str:
    return N_("Timene er sendt.") if send else N_("Timene er lagret. Husk å sende dem.")


@page("/min/{slug:str}/timer/{assignment_id:uuid}", Permission.HOURS_REGISTER)
async def own_hours(desk: Desk) -> Response[str]:
    """Register hours, and the period so far."""
    return await _show(desk, await _own_values(desk), {"dato": today()})


@action("/min/{slug:str}/timer/{assignment_id:uuid}", Permission.HOURS_REGISTER, files=True)
async def register(desk: Desk) -> Response[Any]:
    """Keep the hours, or send them, by the button that was pressed."""
    shown = await _own_values(desk)
    send = desk.form.text("gjor") != "lagre"
    pictures, broken = await forms.draw_pictures(desk.form)
    try:
        facts = forms.read_line(desk.form, pictures, broken)
        await register_line(desk.uow, shown["own"].id, facts, send=send, key=desk.form.text(KEY_FIELD))
    except Invalid as bad:
        return await _mend(desk, shown, bad, pictures)
    return desk.redirect(await _back(desk, shown, facts.worked_on), flash=_said(send))


async def _back(desk: Desk, shown: dict[str, Any], day: Any) -> str:
    rules = await provision_rules(desk.uow, today())
    return f"{shown['base']}?maned={PayPeriod.of(day, rules.period_from_day)}"


@action("/min/{slug:str}/timer/{assignment_id:uuid}/send-inn", Permission.HOURS_REGISTER)
async def hand_in(desk: Desk) -> Response[Any]:
    """Send all saved hours of a period."""
    _, own = await own_assignment(desk.uow, desk.path_uuid("assignment_id"))
    rules = await provision_rules(desk.uow, today())
    period = PayPeriod.parse(desk.form.text("periode"), rules.period_from_day)
    if period is None:
        raise Invalid.one("periode", N_("Velg hvilken periode du vil sende inn."))
    number = await send_period(desk.uow, own.id, period)
    return desk.redirect(
        desk.url(f"/timer/{own.id}?maned={period}"),
        flash=ntranslate(desk.language, "Én føring er sendt.", "%(num)s føringer er sendt.", number),
    )


@page("/min/{slug:str}/timer/{assignment_id:uuid}/{timesheet_line_id:uuid}", Permission.HOURS_REGISTER)
async def own_line(desk: Desk) -> Response[Any]:
    """Saved or returned hours, to be mended. Hours that are sent show their period instead."""
    shown = await _own_values(desk, desk.path_uuid("timesheet_line_id"))
    line: LineCard = shown["line"]
    if not line.editable:
        return desk.redirect(f"{shown['base']}?maned={shown['period'].key}")
    return await _show(desk, shown, views.line_values(line, shown["receipts"].get(line.id, [])))


@action(
    "/min/{slug:str}/timer/{assignment_id:uuid}/{timesheet_line_id:uuid}",
    Permission.HOURS_REGISTER,
    files=True,
)
async def mend(desk: Desk) -> Response[Any]:
    """Keep, send or remove one's own hours, by the button that was pressed."""
    shown = await _own_values(desk, desk.path_uuid("timesheet_line_id"))
    own, line, pressed = shown["own"], shown["line"], desk.form.text("gjor")
    back = f"{shown['base']}?maned={shown['period'].key}"
    if pressed == "slett":
        await drop_line(desk.uow, own.id, line.id)
        return desk.redirect(back, flash=N_("Timene er slettet."))
    if pressed == "send_lagret":
        await send_line(desk.uow, own.id, line.id)
        return desk.redirect(back, flash=_said(True))
    send = pressed != "lagre"
    pictures, broken = await forms.draw_pictures(desk.form)
    reason = desk.form.text("grunn")[:500] if line.corrects_id else None
    try:
        facts = forms.read_line(desk.form, pictures, broken)
        version = version_of(desk.form)
        await change_line(desk.uow, own.id, line.id, facts, send=send, version=version, reason=reason)
    except Invalid as bad:
        return await _mend(desk, shown, bad, pictures)
    return desk.redirect(await _back(desk, shown, facts.worked_on), flash=_said(send))


async def _correctable(desk: Desk) -> dict[str, Any]:
    shown = await _own_values(desk, desk.path_uuid("timesheet_line_id"))
    if not shown["line"].correctable:
        raise Conflict(NOT_APPROVED)
    return {**shown, "action": f"{shown['base']}/{shown['line'].id}/rett"}


@page("/min/{slug:str}/timer/{assignment_id:uuid}/{timesheet_line_id:uuid}/rett", Permission.HOURS_REGISTER)
async def correct_form(desk: Desk) -> Response[str]:
    """Approved hours that turn out to be wrong: what they should have been, and why."""
    shown = await _correctable(desk)
    values = views.line_values(shown["line"], shown["receipts"].get(shown["line"].id, [])) | {"grunn": ""}
    return await _show(desk, shown, values, template="timesheets/own_correct.html")


@action(
    "/min/{slug:str}/timer/{assignment_id:uuid}/{timesheet_line_id:uuid}/rett",
    Permission.HOURS_REGISTER,
    files=True,
)
async def correct(desk: Desk) -> Response[Any]:
    """Send a correction. What is approved stays until the correction is approved too."""
    shown = await _correctable(desk)
    pictures, broken = await forms.draw_pictures(desk.form)
    try:
        facts, why = forms.read_correction(desk.form, pictures, broken)
        await correct_own_line(desk.uow, shown["own"].id, shown["line"].id, facts, why)
    except Invalid as bad:
        return await _mend(desk, shown, bad, pictures, template="timesheets/own_correct.html")
    day = facts.worked_on if facts else shown["line"].worked_on
    return desk.redirect(await _back(desk, shown, day), flash=N_("Rettingen er sendt."))


@page("/min/{slug:str}/bilag/{receipt_id:uuid}", Permission.HOURS_REGISTER)
async def own_receipt(desk: Desk) -> Response[bytes]:
    """The photo of one's own receipt."""
    contact_id = await own_contact(desk.uow)
    if contact_id is None:
        raise NotFound
    image, person_id = await own_image(desk.uow, contact_id, desk.path_uuid("receipt_id"))
    await record_read(desk.uow, "own.read", [person_id], why=N_("Førte timer"))
    return picture(image)


def picture(image: bytes) -> Response[bytes]:
    """A receipt's photo, to be looked at and not kept. The frame adds nosniff and no-store."""
    headers = {"Content-Disposition": 'inline; filename="kvittering.jpg"', "Cache-Control": "no-store"}
    return Response(image, media_type=JPEG, headers=headers)


HANDLERS = [
    choose, own_hours, register, hand_in, own_line, mend, correct_form, correct, own_receipt,
]  # fmt: skip
