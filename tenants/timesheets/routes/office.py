"""The municipality's side: hours to approve, who has not handed in, corrections, receipts. HTTP in, template out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
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
from sammen.web.i18n import ntranslate
from sammen.web.paging import last_page, page_number
from sammen.web.render import with_query
from tenants.assignments.api import assignment_card
from tenants.cases.api import FORM_NAMES
from tenants.contacts.api import contact_card, is_oneself
from tenants.people.api import person_card
from tenants.provision.api import PayPeriod, provision_rules
from tenants.timesheets import forms, views
from tenants.timesheets.correcting import NOT_APPROVED, correct_line
from tenants.timesheets.deciding import approve_lines, return_lines
from tenants.timesheets.listing import Group, HoursFilter, find_groups, lines_by_id, may_see_lines
from tenants.timesheets.missing import missing_hours
from tenants.timesheets.queries import LineCard
from tenants.timesheets.receipts import ReceiptCard, line_image, receipts_of
from tenants.timesheets.routes.own import picture
from tenants.timesheets.rules import Month

TIMESHEETS = N_("Timelister")
MISSING = "mangler"
MONTHS_SHOWN = 13
TABS = (
    (N_("Til godkjenning"), "", "sent"),
    (N_("Ikke levert"), "?status=mangler", MISSING),
    (N_("Sendt tilbake"), "?status=returned", "returned"),
    (N_("Godkjent"), "?status=approved", "approved"),
)


def _tabs(desk: Desk, state: str) -> list[tuple[str, str, bool]]:
    base = desk.url("/timelister")
    return [(desk.say(label), base + query, wanted == state) for label, query, wanted in TABS]


async def _approval_values(desk: Desk) -> dict[str, Any]:
    """What waits for approval, by contact and month. Payroll, who sees no cases, gets contacts and hours only."""
    uow, may = desk.uow, desk.context.may
    wanted = HoursFilter.of(desk.query)
    sees_people = may(Permission.CASE_READ)
    found = await find_groups(uow, wanted, everybody=not sees_people)
    groups = found.rows
    persons = {group.contact_person_id for group in groups}
    if sees_people:
        persons |= {group.person_id for group in groups}
    await record_read(uow, "hours.list", sorted(persons), why=N_("Timelister"))
    own = {one for one in {group.contact_id for group in groups} if await is_oneself(uow, one)}
    now = Month.of(today())
    months = [now]
    while len(months) < MONTHS_SHOWN:
        months.append(months[-1].before)
    approved = wanted.state == "approved"
    return {
        "current": "/timelister",
        "groups": [
            (group, month_year(group.month.first, desk.language), group.contact_id in own) for group in groups
        ],
        "receipts": await _receipts(desk, groups, words=sees_people),
        "receipts_base": desk.url("/bilag"),
        "texts": {
            line_id: texts
            for group in groups
            for line_id, texts in views.line_texts(group.lines, desk.language, group.corrected).items()
        },
        "form_names": {form: desk.say(name) for form, name in FORM_NAMES.items()},
        "state": wanted.state,
        "month": month_year(wanted.month.first, desk.language) if approved and wanted.month else "",
        "before": f"?status=approved&maned={wanted.month.before}" if approved and wanted.month else None,
        "after": f"?status=approved&maned={wanted.month.after}"
        if approved and wanted.month and wanted.month < now
        else None,
        "months": [(str(month), month_year(month.first, desk.language)) for month in months],
        "chosen": _chosen(desk, wanted),
        "filtered": bool(wanted.text or wanted.contact_id or wanted.attested is not None or (wanted.month and not approved)),
        "total": found.total,
        "page_no": wanted.page,
        "last_page": found.last_page,
        "kinds": _tabs(desk, wanted.state),
        "asks": (await provision_rules(uow, today())).attest_required,
        "may_approve": may(Permission.TIMESHEET_APPROVE) and wanted.state == "sent",
        "may_correct": may(Permission.TIMESHEET_APPROVE) and approved,
        "ready": _ready(groups, own) if may(Permission.TIMESHEET_APPROVE) and wanted.state == "sent" else [],
        "base": desk.url("/timelister"),
        "here": desk.url("/timelister") + with_query(desk.query).removesuffix("?"),
    }  # fmt: skip


def _ready(groups: Sequence[Group], own: Collection[UUID]) -> list[LineCard]:
    """The page's lines that may be approved as they stand: attested, within the decision, not the reader's own, no
    correction, and without money laid out or driving, which nobody has attested. None when one press saves nothing: when
    they are all of one group, which has its own button.
    """
    found = [
        (group.key, line)
        for group in groups
        if group.contact_id not in own and not group.use.over
        for line in group.lines
        if line.attested_at is not None
        and line.corrects_id is None
        and not (line.expenses or line.kilometres or line.commute_kilometres)
    ]
    return [line for _, line in found] if len({key for key, _ in found}) > 1 else []


async def _receipts(desk: Desk, groups: Sequence[Group], *, words: bool) -> dict[UUID, list[ReceiptCard]]:
    """The receipts of the lines shown. What was bought is words of a meeting: payroll gets amounts and pictures."""
    found = await receipts_of(desk.uow, [line.id for group in groups for line in group.lines])
    if words:
        return found
    name = desk.say(N_("Utlegg"))
    return {line_id: [replace(one, what=name) for one in cards] for line_id, cards in found.items()}


def _chosen(desk: Desk, wanted: HoursFilter) -> dict[str, str]:
    """What the filter's fields hold."""
    return {
        "q": wanted.text,
        "maned": str(wanted.month) if wanted.month else "",
        "bekreftet": desk.query.get("bekreftet", "") if wanted.attested is not None else "",
        "kontakt": str(wanted.contact_id) if wanted.contact_id else "",
        "status": wanted.state if wanted.state != "sent" else "",
    }


@page("/k/{slug:str}/timelister", Permission.TIMESHEET_READ)
async def to_approve(desk: Desk) -> Response[str]:
    """Hours that are sent, by contact and month, against what the decisions give; or who has not handed in."""
    if desk.query.get("status") == MISSING:
        return await _not_handed_in(desk)
    shown = await _approval_values(desk)
    return await desk.render("timesheets/approve.html", title=desk.say(TIMESHEETS), values={}, **shown)


async def _not_handed_in(desk: Desk) -> Response[str]:
    """Who has not sent anything for a period that is over (the latest unless the address names one)."""
    uow, rules = desk.uow, await provision_rules(desk.uow, today())
    latest = PayPeriod.of(today(), rules.period_from_day).before
    asked = PayPeriod.parse(desk.query.get("maned", ""), rules.period_from_day)
    period = asked if asked and asked <= latest else latest
    sees_people, number = desk.context.may(Permission.CASE_READ), page_number(desk.query)
    rows, total = await missing_hours(uow, period, everybody=not sees_people, page=number)
    persons = {row.contact_person_id for row in rows} | (
        {row.person_id for row in rows} if sees_people else set()
    )
    await record_read(uow, "hours.list", sorted(persons), why=N_("Timelister"))
    deadline = period.deadline(rules.hand_in_day)
    base = desk.url("/timelister")
    return await desk.render(
        "timesheets/missing.html",
        title=desk.say(TIMESHEETS),
        current="/timelister",
        kinds=_tabs(desk, MISSING),
        rows=rows,
        total=total,
        period=views.period_name(period, desk.language),
        deadline=deadline,
        days_left=(deadline - today()).days,
        before=f"{base}?status={MISSING}&maned={period.before}",
        after=f"{base}?status={MISSING}&maned={period.after}" if period < latest else None,
        page_no=number,
        last_page=last_page(total),
        sees_people=sees_people,
        contacts=desk.url("/kontakter") if desk.context.may(Permission.CONTACT_READ) else "",
    )


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
            number = await approve_lines(
                desk.uow, chosen, seen=seen, unattested=desk.form.text("ubekreftet")[:500],
                over=forms.read_over(desk.form),
            )  # fmt: skip
            flash = ntranslate(
                desk.language, "Én føring er godkjent.", "%(num)s føringer er godkjent.", number
            )
    except Invalid as bad:
        return await desk.again("timesheets/approve.html", bad, title=desk.say(TIMESHEETS), **shown)
    # The filters stay; the page too, while something is left on it.
    left = len(shown["groups"]) > 1 and desk.form.text("gruppe")
    query = with_query(desk.query, **({} if left else {"side": None}))
    return desk.redirect(shown["base"] + query.removesuffix("?"), flash=flash)


# Corrections ----------------------------------------------------------------------------------------------------------
async def _correction_values(desk: Desk) -> dict[str, Any]:
    uow, line_id = desk.uow, desk.path_uuid("timesheet_line_id")
    found = await lines_by_id(uow, [line_id])
    if not found or not await may_see_lines(uow, [line_id]):
        raise NotFound
    line: LineCard = found[0]
    if line.state == "saved":
        raise NotFound
    card = await assignment_card(uow, line.assignment_id)
    contact = await contact_card(uow, line.contact_id)
    person = await person_card(uow, card.person_id)
    await record_read(uow, "hours.list", sorted({card.person_id, contact.person_id}), why=N_("Timelister"))
    if not line.correctable:
        raise Conflict(NOT_APPROVED)
    base = desk.url("/timelister")
    return {
        "current": "/timelister",
        "crumbs": [(desk.say(TIMESHEETS), base), (desk.say(N_("Rett timer")), "")],
        "line": line,
        "contact_name": contact.name,
        "person_name": person.name,
        "receipts": await receipts_of(uow, [line_id]),
        "receipts_base": desk.url("/bilag"),
        "action": f"{base}/{line_id}/rett",
        "back": f"{base}?status=approved&maned={Month.of(line.worked_on)}",
    }


async def _correction_page(
    desk: Desk, shown: dict[str, Any], values: Any, *, status: int = 200, errors: Any = None
) -> Response[str]:
    visible, spare = views.receipt_rows(values)
    return await desk.render(
        "timesheets/correct.html", title=desk.say(N_("Rett timer")), values=values, rows=visible, spare=spare,
        status=status, errors=errors, **shown,
    )  # fmt: skip


@page("/k/{slug:str}/timelister/{timesheet_line_id:uuid}/rett", Permission.TIMESHEET_APPROVE)
async def correct_form(desk: Desk) -> Response[str]:
    """Approved hours that turn out to be wrong, for the coordinator."""
    shown = await _correction_values(desk)
    line: LineCard = shown["line"]
    values = views.line_values(line, shown["receipts"].get(line.id, [])) | {"grunn": ""}
    return await _correction_page(desk, shown, values)


@action("/k/{slug:str}/timelister/{timesheet_line_id:uuid}/rett", Permission.TIMESHEET_APPROVE)
async def correct(desk: Desk) -> Response[Any]:
    """Enter a correction; it is attested and approved like any other hours, and the contact is told."""
    shown = await _correction_values(desk)
    line_id: UUID = shown["line"].id
    pictures, broken = await forms.draw_pictures(desk.form)
    try:
        facts, why = forms.read_correction(desk.form, pictures, broken)
        await correct_line(desk.uow, line_id, facts, why)
    except Invalid as bad:
        await desk.uow.rollback()
        return await _correction_page(desk, shown, desk.form.values(), status=422, errors=bad.errors)
    return desk.redirect(
        desk.url("/timelister"), flash=N_("Rettingen er ført. Den gjelder når den er godkjent.")
    )


@page("/k/{slug:str}/bilag/{receipt_id:uuid}", Permission.TIMESHEET_READ)
async def receipt(desk: Desk) -> Response[bytes]:
    """The photo of a receipt that came with hours: for who may see the case, and for payroll."""
    image, person_id = await line_image(
        desk.uow, desk.path_uuid("receipt_id"), everybody=not desk.context.may(Permission.CASE_READ)
    )
    await record_read(desk.uow, "hours.list", [person_id], why=N_("Timelister"))
    return picture(image)


HANDLERS = [to_approve, decide, correct_form, correct, receipt]
