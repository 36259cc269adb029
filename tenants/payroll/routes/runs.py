"""Runs, one run, what it pays one contact, and its files. HTTP in, template, file or redirect out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.jobs.tasks import read_task
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import money, upper_first
from sammen.web.forms import version_of
from sammen.web.paging import PAGE_SIZE, last_page, page_number
from tenants.cases.api import FORM_NAMES
from tenants.payroll import forms, views
from tenants.payroll.filing import fetch_file, files_of
from tenants.payroll.queries import (
    RunCard,
    contact_items,
    list_runs,
    missing_codes,
    notices,
    paid_contacts,
    paid_person,
    run_card,
)
from tenants.payroll.routes.settings import PAYROLL, tabs
from tenants.payroll.rules import COMPONENT_NAMES, assignment_code
from tenants.payroll.runs import (
    close_run,
    compute_again,
    discard_run,
    make_files_later,
    open_run,
    start_run,
    suggested,
)
from tenants.provision.api import provision_rules

NEW = N_("Ny lønnskjøring")
MEDIA = {"csv": "text/csv; charset=utf-8", "visma": "text/csv; charset=windows-1252"}


# Runs -----------------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/lonn", Permission.PAYROLL_READ)
async def show_runs(desk: Desk) -> Response[str]:
    """Every run, newest first."""
    side = page_number(desk.query)
    runs, total = await list_runs(desk.uow, side)
    return await desk.render(
        "payroll/runs.html", title=desk.say(PAYROLL), current="/lonn", runs=[_line(desk, card) for card in runs],
        side=side, last=last_page(total), base=desk.url("/lonn"), tabs=tabs(desk, ""),
        may_run=desk.context.may(Permission.PAYROLL_RUN), open=next((one for one in runs if one.is_open), None),
    )  # fmt: skip


def _line(desk: Desk, card: RunCard) -> tuple[RunCard, str, tuple[str, str]]:
    name, shape = views.STATES[card.state]
    return card, views.period_text(card.first, card.last, desk.language), (desk.say(name), shape)


async def _new_values(desk: Desk) -> dict[str, Any]:
    rules = await provision_rules(desk.uow, today())
    found = await open_run(desk.uow)
    return {
        "current": "/lonn",
        "crumbs": [(desk.say(PAYROLL), desk.url("/lonn")), (desk.say(NEW), desk.path)],
        "periods": [
            (str(one), views.period_text(one.first, one.last, desk.language))
            for one in views.periods(rules.period_from_day, today())
        ],
        "from_day": rules.period_from_day,
        "open_url": desk.url(f"/lonn/{found.id}") if found is not None else None,
        "action": desk.url("/lonn/ny"),
    }


@page("/k/{slug:str}/lonn/ny", Permission.PAYROLL_RUN)
async def new_form(desk: Desk) -> Response[str]:
    """Choose the period and the pay day; the ones that come are filled in."""
    facts, shown = await suggested(desk.uow), await _new_values(desk)
    values = {"periode": str(facts.period), "utbetales": format_date(facts.pay_on)}
    return await desk.render("payroll/new.html", title=desk.say(NEW), values=values, **shown)


@action("/k/{slug:str}/lonn/ny", Permission.PAYROLL_RUN)
async def new_run(desk: Desk) -> Response[Any]:
    """Begin a run; its progress is shown while it is computed."""
    shown = await _new_values(desk)
    try:
        _, task = await start_run(desk.uow, forms.read_run(desk.form, shown["from_day"]))
    except Invalid as bad:
        return await desk.again("payroll/new.html", bad, title=desk.say(NEW), **shown)
    return desk.redirect(desk.url(f"/oppgaver/{task}"))


# One run --------------------------------------------------------------------------------------------------------------
async def _run_values(desk: Desk, run_id: UUID) -> dict[str, Any]:
    uow, language = desk.uow, desk.language
    card = await run_card(uow, run_id)
    may_run = desk.context.may(Permission.PAYROLL_RUN)
    task = await read_task(uow, card.task_id) if card.state == "computing" and card.task_id else None
    name, shape = views.STATES[card.state]
    period = views.period_text(card.first, card.last, language)
    shown: dict[str, Any] = {
        "current": "/lonn",
        "crumbs": [(desk.say(PAYROLL), desk.url("/lonn")), (upper_first(period), desk.path)],
        "card": card,
        "period": period,
        "state": (desk.say(name), shape),
        "stuck": task is not None and task.state == "failed",
        "task_url": desk.url(f"/oppgaver/{card.task_id}"),
        "components": (components := views.component_rows(card, language)),
        "sums": [*components, (desk.say(N_("I alt")), money(card.total, 2, language))],
        "functions": views.function_rows(card, language),
        "kinds": views.kind_rows(card, language),
        "notice_counts": views.notice_counts(card, language),
        "total_text": money(card.total, 2, language),
        "may_run": may_run,
        "base": desk.url(f"/lonn/{card.id}"),
        "payroll": desk.url("/lonn"),
    }
    return {**shown, **(await _people_values(desk, card) if may_run else {})}


async def _people_values(desk: Desk, card: RunCard) -> dict[str, Any]:
    """What only those who run payroll are shown: whom it pays, beside the period before, and what is odd."""
    uow, language = desk.uow, desk.language
    found, told = await paid_contacts(uow, card), await notices(uow, card.id)
    different = views.filtered(found, "ulike")
    shown = "ulike" if desk.query.get("vis") == "ulike" and different else "alle"
    rows, side = views.filtered(found, shown), page_number(desk.query)
    listed = rows[(side - 1) * PAGE_SIZE : side * PAGE_SIZE]
    persons = {one.person_id for one in listed} | {one.person_id for one in told}
    await record_read(
        uow,
        "payroll.read",
        sorted(persons),
        why=N_("Lønnskjøring"),
        object_kind="payroll_run",
        object_id=card.id,
    )
    base = desk.url(f"/lonn/{card.id}")
    return {
        "contacts": [
            (one, *((desk.say(tag[0]), tag[1]) if (tag := views.CHANGES.get(one.difference.change)) else ("", "")),
             views.change_text(one.difference, language))
            for one in listed
        ],
        "filters": [
            (desk.say(N_("Alle")), f"{base}#kontakter", len([one for one in found if one.in_run]), shown == "alle"),
            (desk.say(N_("Ulikt fra perioden før")), f"{base}?vis=ulike#kontakter", len(different), shown == "ulike"),
        ],
        "side": side, "last": last_page(len(rows)),
        "notices": views.notice_groups(told, language),
        "missing": [
            (desk.say(COMPONENT_NAMES[component]), desk.say(FORM_NAMES[form]))
            for component, form in await missing_codes(uow, card.id)
        ],
        "files": await files_of(uow, card.id) if card.state == "closed" else [],
        "assignment_code": assignment_code,
    }  # fmt: skip


def _title(desk: Desk, shown: dict[str, Any]) -> str:
    return desk.say(N_("Lønn for %(period)s"), period=shown["period"])


@page("/k/{slug:str}/lonn/{payroll_run_id:uuid}", Permission.PAYROLL_READ)
async def show_run(desk: Desk) -> Response[str]:
    """A run: what it comes to, what must be seen to first, whom it pays, and its files."""
    shown = await _run_values(desk, desk.path_uuid("payroll_run_id"))
    return await desk.render("payroll/run.html", title=_title(desk, shown), values={}, **shown)


@action("/k/{slug:str}/lonn/{payroll_run_id:uuid}/lukk", Permission.PAYROLL_RUN)
async def close(desk: Desk) -> Response[Any]:
    """Close the run as it was shown: from now it is paid."""
    run_id = desk.path_uuid("payroll_run_id")
    shown = await _run_values(desk, run_id)
    try:
        number = await close_run(desk.uow, run_id, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("payroll/run.html", bad, title=_title(desk, shown), **shown)
    return desk.redirect(
        shown["base"],
        flash=N_("Lønnskjøring %(number)s er lukket. Filene blir klare om et øyeblikk."),
        number=number,
    )


@action("/k/{slug:str}/lonn/{payroll_run_id:uuid}/beregn", Permission.PAYROLL_RUN)
async def compute(desk: Desk) -> Response[Any]:
    """Compute an open run again."""
    run_id = desk.path_uuid("payroll_run_id")
    await run_card(desk.uow, run_id)
    task = await compute_again(desk.uow, run_id)
    return desk.redirect(desk.url(f"/oppgaver/{task}"))


@action("/k/{slug:str}/lonn/{payroll_run_id:uuid}/forkast", Permission.PAYROLL_RUN)
async def discard(desk: Desk) -> Response[Any]:
    """Throw an open run away."""
    run_id = desk.path_uuid("payroll_run_id")
    await run_card(desk.uow, run_id)
    await discard_run(desk.uow, run_id)
    return desk.redirect(
        desk.url("/lonn"), flash=N_("Lønnskjøringen er forkastet. Timene kommer med i den neste.")
    )


@action("/k/{slug:str}/lonn/{payroll_run_id:uuid}/filer", Permission.PAYROLL_RUN)
async def make_files(desk: Desk) -> Response[Any]:
    """Ask for a closed run's files once more, when they did not come. Those that are there stay as they are."""
    card = await run_card(desk.uow, desk.path_uuid("payroll_run_id"))
    if card.state != "closed":
        raise NotFound
    await make_files_later(desk.uow, card.id)
    return desk.redirect(
        desk.url(f"/lonn/{card.id}"), flash=N_("Filene lages nå. Last siden på nytt om litt.")
    )


@page("/k/{slug:str}/lonn/{payroll_run_id:uuid}/filer/{pay_file_id:uuid}", Permission.PAYROLL_RUN)
async def download(desk: Desk) -> Response[Any]:
    """One of the run's files, as it was made."""
    kind, name, content = await fetch_file(
        desk.uow, desk.path_uuid("payroll_run_id"), desk.path_uuid("pay_file_id")
    )
    return desk.download(name, content, MEDIA[kind])


@page("/k/{slug:str}/lonn/{payroll_run_id:uuid}/kontakt/{contact_id:uuid}", Permission.PAYROLL_RUN)
async def show_contact(desk: Desk) -> Response[str]:
    """What a run pays one contact, day by day. Assignments have codes: payroll is not told whose they are."""
    uow, language = desk.uow, desk.language
    card, contact_id = await run_card(uow, desk.path_uuid("payroll_run_id")), desk.path_uuid("contact_id")
    person_id, name = await paid_person(uow, card.id, contact_id)
    items = await contact_items(uow, card.id, contact_id)
    await record_read(
        uow, "payroll.read", [person_id], why=N_("Lønnskjøring"), object_kind="payroll_run", object_id=card.id
    )
    period = views.period_text(card.first, card.last, language)
    total = sum(one.amount_ore for one in items)
    return await desk.render(
        "payroll/contact.html", title=desk.say(N_("Lønn til %(name)s for %(period)s"), name=name, period=period),
        current="/lonn",
        crumbs=[
            (desk.say(PAYROLL), desk.url("/lonn")), (upper_first(period), desk.url(f"/lonn/{card.id}")), (name, desk.path),
        ],
        who=name, period=period, card=card, total=money(views.kroner_of(total), 2, language),
        rows=[(views.shown_item(one, language), assignment_code(one.assignment_id)) for one in items],
        base=desk.url(f"/lonn/{card.id}"),
    )  # fmt: skip


HANDLERS = [
    show_runs, new_form, new_run, show_run, close, compute, discard, make_files, download, show_contact,
]  # fmt: skip
