"""What payroll sets once: employee numbers, pay codes and accounting."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import BadInput, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from sammen.web.i18n import ntranslate
from sammen.web.paging import last_page, page_number
from tenants.cases.api import FORM_NAMES
from tenants.payroll import forms
from tenants.payroll.rules import COMPONENT_NAMES, DEFAULT_TEMPLATE, Accounting
from tenants.payroll.runs import open_run
from tenants.payroll.settings import (
    drop_code,
    list_accounting,
    list_codes,
    list_numbers,
    match_numbers,
    number_row,
    set_accounting,
    set_code,
    set_number,
    set_numbers,
)

PAYROLL = N_("Lønn")
NUMBERS, CODES, ACCOUNTING = N_("Ansattnumre"), N_("Lønnsarter"), N_("Kontering")
MOST_FAULTS = 10


def tabs(desk: Desk, current: str) -> list[tuple[str, str, bool]]:
    """The pages of payroll, for those who run it; nothing to choose between for those who read."""
    if not desk.context.may(Permission.PAYROLL_RUN):
        return []
    pages = (
        (N_("Lønnskjøringer"), ""),
        (NUMBERS, "/ansattnumre"),
        (CODES, "/koder"),
        (ACCOUNTING, "/kontering"),
    )
    return [(desk.say(label), desk.url(f"/lonn{path}"), path == current) for label, path in pages]


# Employee numbers -----------------------------------------------------------------------------------------------------
async def _number_values(desk: Desk) -> dict[str, Any]:
    text, side = desk.query.get("q", ""), page_number(desk.query)
    missing = desk.query.get("mangler") == "ja"
    rows, total = await list_numbers(desk.uow, text=text, missing=missing, page=side)
    await record_read(desk.uow, "payee.list", sorted(row.person_id for row in rows), why=N_("Ansattnumre"))
    _, everybody = await list_numbers(desk.uow)
    _, lacking = await list_numbers(desk.uow, missing=True)
    base, run = desk.url("/lonn/ansattnumre"), await open_run(desk.uow)
    return {
        "open_url": desk.url(f"/lonn/{run.id}") if run is not None else None,
        "current": "/lonn", "tabs": tabs(desk, "/ansattnumre"), "rows": rows, "side": side, "last": last_page(total),
        "total": total, "base": base, "q": text, "missing": missing,
        "kinds": [
            (desk.say(N_("Alle")), base, everybody, not missing),
            (desk.say(N_("Mangler nummer")), f"{base}?mangler=ja", lacking, missing),
        ],
    }  # fmt: skip


@page("/k/{slug:str}/lonn/ansattnumre", Permission.PAYROLL_RUN)
async def show_numbers(desk: Desk) -> Response[str]:
    """Every contact with the number in the payroll system."""
    return await desk.render(
        "payroll/numbers.html", title=desk.say(NUMBERS), values={}, **await _number_values(desk)
    )


@action("/k/{slug:str}/lonn/ansattnumre", Permission.PAYROLL_RUN, files=True)
async def read_numbers(desk: Desk) -> Response[Any]:
    """Take numbers from a list out of the payroll system. Rows that fit nobody are named, and skipped only when asked."""
    shown = await _number_values(desk)
    try:
        found, faults = await match_numbers(desk.uow, forms.read_list(desk.form))
        if not found:
            raise Invalid.one(
                "liste", N_("Ingen av radene passer med en støttekontakt. Se etter at navn og nummer er med.")
            )
        if faults and not desk.form.text("hopp_over"):
            told = "; ".join(f"{row} {desk.say(fault)}" for row, fault in faults[:MOST_FAULTS])
            raise Invalid(
                {"hopp_over": BadInput(
                    "hopp_over", N_("%(number)s rader kan ikke brukes: %(rows)s. Rett dem, eller kryss av for å hoppe over."),
                    number=len(faults), rows=told,
                )}
            )  # fmt: skip
        number = await set_numbers(desk.uow, found)
    except Invalid as bad:
        return await desk.again("payroll/numbers.html", bad, title=desk.say(NUMBERS), **shown)
    flash = ntranslate(
        desk.language, N_("Ett ansattnummer er nytt eller endret."), N_("%(num)s ansattnumre er nye eller endret."), number
    )  # fmt: skip
    return desk.redirect(shown["base"], flash=flash)


@page("/k/{slug:str}/lonn/ansattnumre/{contact_id:uuid}", Permission.PAYROLL_RUN)
async def show_number(desk: Desk) -> Response[str]:
    """One contact's number."""
    row = await number_row(desk.uow, desk.path_uuid("contact_id"))
    await record_read(desk.uow, "payee.read", [row.person_id], why=N_("Ansattnummer"))
    return await desk.render(
        "payroll/number.html", title=row.name, values={"nummer": row.number, "versjon": row.version},
        **_one_number(desk, row.name),
    )  # fmt: skip


def _one_number(desk: Desk, name: str) -> dict[str, Any]:
    return {
        "current": "/lonn", "who": name, "action": desk.path,
        "crumbs": [
            (desk.say(PAYROLL), desk.url("/lonn")), (desk.say(NUMBERS), desk.url("/lonn/ansattnumre")), (name, desk.path),
        ],
    }  # fmt: skip


@action("/k/{slug:str}/lonn/ansattnumre/{contact_id:uuid}", Permission.PAYROLL_RUN)
async def save_number(desk: Desk) -> Response[Any]:
    """Keep one contact's number."""
    row = await number_row(desk.uow, desk.path_uuid("contact_id"))
    try:
        value = forms.read_number(desk.form)
        await set_number(desk.uow, row.contact_id, value, version=version_of(desk.form, missing=0))
    except Invalid as bad:
        return await desk.again("payroll/number.html", bad, title=row.name, **_one_number(desk, row.name))
    return desk.redirect(
        desk.url("/lonn/ansattnumre"), flash=N_("Ansattnummeret til %(name)s er lagret."), name=row.name
    )


# Pay codes ------------------------------------------------------------------------------------------------------------
async def _code_values(desk: Desk) -> dict[str, Any]:
    rows, day = await list_codes(desk.uow), today()
    in_force: set[tuple[str, str]] = set()
    shown = []
    for row in rows:  # newest first for each component and form
        coming, first = row.valid_from > day, (row.component, row.form) not in in_force
        if not coming and first:
            in_force.add((row.component, row.form))
        state = "coming" if coming else "now" if first else "past"
        form = desk.say(FORM_NAMES[row.form]) if row.form else desk.say(N_("Alle tjenester"))
        shown.append((row, desk.say(COMPONENT_NAMES[row.component]), form, state))
    covered = {component for component, _ in in_force}
    return {
        "current": "/lonn", "tabs": tabs(desk, "/koder"), "rows": shown, "base": desk.url("/lonn/koder"),
        "lacking": [desk.say(name) for component, name in COMPONENT_NAMES.items() if component not in covered],
        "components": desk.options(COMPONENT_NAMES), "forms": desk.options(FORM_NAMES),
    }  # fmt: skip


@page("/k/{slug:str}/lonn/koder", Permission.PAYROLL_RUN)
async def show_codes(desk: Desk) -> Response[str]:
    """The payroll system's codes for what is paid."""
    values = {"fra": format_date(today().replace(day=1))}
    return await desk.render(
        "payroll/codes.html", title=desk.say(CODES), values=values, **await _code_values(desk)
    )


@action("/k/{slug:str}/lonn/koder", Permission.PAYROLL_RUN)
async def save_code(desk: Desk) -> Response[Any]:
    """Keep a pay code."""
    shown = await _code_values(desk)
    try:
        facts = forms.read_code(desk.form)
        await set_code(desk.uow, facts)
    except Invalid as bad:
        return await desk.again("payroll/codes.html", bad, title=desk.say(CODES), **shown)
    return desk.redirect(shown["base"], flash=N_("Lønnsarten %(code)s er lagret."), code=facts.code)


@action("/k/{slug:str}/lonn/koder/{pay_code_id:uuid}", Permission.PAYROLL_RUN)
async def remove_code(desk: Desk) -> Response[Any]:
    """Remove a pay code that should not be there."""
    shown = await _code_values(desk)
    if desk.path_uuid("pay_code_id") not in {row.id for row, *_ in shown["rows"]}:
        raise NotFound
    await drop_code(desk.uow, desk.path_uuid("pay_code_id"))
    return desk.redirect(shown["base"], flash=N_("Lønnsarten er fjernet. Det som er utbetalt, er som før."))


# Accounting -----------------------------------------------------------------------------------------------------------
async def _accounting_values(desk: Desk) -> dict[str, Any]:
    rows, day = await list_accounting(desk.uow), today()
    now = next((row for row in rows if row.valid_from <= day), None)
    return {
        "current": "/lonn", "tabs": tabs(desk, "/kontering"), "base": desk.url("/lonn/kontering"), "now": now,
        "rows": [
            (row, Accounting(**{name: getattr(row, name) for name in Accounting.__dataclass_fields__}), row is now)
            for row in rows
        ],
    }  # fmt: skip


@page("/k/{slug:str}/lonn/kontering", Permission.PAYROLL_RUN)
async def show_accounting(desk: Desk) -> Response[str]:
    """How accounting strings are put together."""
    shown = await _accounting_values(desk)
    now = shown["now"]
    values: dict[str, Any] = {
        "fra": format_date(today().replace(day=1)),
        "mal": DEFAULT_TEMPLATE,
        "funksjon": "234",
        "b_funksjon": "251",
    }
    if now is not None:
        values |= {field: getattr(now, column) for field, column in forms.FIELDS.items()}
        values["visma_net"] = "" if now.numbered else "ja"
    return await desk.render("payroll/accounting.html", title=desk.say(ACCOUNTING), values=values, **shown)


@action("/k/{slug:str}/lonn/kontering", Permission.PAYROLL_RUN)
async def save_accounting(desk: Desk) -> Response[Any]:
    """Keep the accounting from a pay day on."""
    shown = await _accounting_values(desk)
    try:
        await set_accounting(desk.uow, forms.read_accounting(desk.form))
    except Invalid as bad:
        return await desk.again("payroll/accounting.html", bad, title=desk.say(ACCOUNTING), **shown)
    return desk.redirect(shown["base"], flash=N_("Konteringen er lagret."))


HANDLERS = [
    show_numbers, read_numbers, show_number, save_number, show_codes, save_code, remove_code, show_accounting,
    save_accounting,
]  # fmt: skip
