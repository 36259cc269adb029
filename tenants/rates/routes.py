"""The slice's pages: tables of rates, and what is agreed for an assignment. HTTP in, template or redirect out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date, format_decimal
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from tenants.assignments.api import assignment_card
from tenants.cases.api import case_card
from tenants.people.api import person_card
from tenants.rates import agreeing, forms, views
from tenants.rates.administration import administration_of, set_administration
from tenants.rates.examples import EXAMPLES
from tenants.rates.loading import state_rates
from tenants.rates.queries import TableCard, TermsCard, agreed_for, table_card, tables_of
from tenants.rates.service import (
    add_simple_table,
    change_draft,
    copy_table,
    draft_table,
    drop_draft,
    paid_by,
    put_in_force,
    take_out,
)
from tenants.rates.words import ENGAGEMENTS

RATES = N_("Satser")
NEW = N_("Ny tabell")
TERMS = N_("Avtalt for oppdraget")


# The list -------------------------------------------------------------------------------------------------------------
async def _list_values(desk: Desk) -> dict[str, Any]:
    cards = await tables_of(desk.uow)
    now = next((card for card in cards if card.standing == "now"), None)
    return {
        "current": "/satser",
        "groups": [
            (heading, [(card, views.hourly(card, desk.say, desk.language)) for card in cards if card.standing in which])
            for heading, which in (
                (desk.say(N_("Gjelder nå og kommer")), ("now", "coming")),
                (desk.say(N_("Utkast")), ("draft",)),
                (desk.say(N_("Avløst")), ("over",)),
            )
        ],
        "tables": len(cards),
        "differences": views.differences(cards, today(), desk.say, desk.language),
        "standings": {key: (desk.say(word), state) for key, (word, state) in views.STANDINGS.items()},
        "quick": now is None or now.simple,
        "has_newest": any(card.state == "in_force" for card in cards),
        "examples": [(code, desk.say(example.name), example.source_url) for code, example in EXAMPLES.items()],
        "state_rates": [(one.valid_from, one.valid_to, one.rate_ore / 100) for one in reversed(await state_rates(desk.uow))],
        "administration": await administration_of(desk.uow),
        "base": desk.url("/satser"),
        "tabs": views.tabs(desk.say, desk.url("/satser"), "liste"),
    }  # fmt: skip


@page("/k/{slug:str}/satser", Permission.RATE_WRITE)
async def show_rates(desk: Desk) -> Response[str]:
    """Tables in force, coming and drafted, and yearly sums for administration."""
    values = {"aar": str(today().year)}
    return await desk.render(
        "rates/list.html", title=desk.say(RATES), values=values, **await _list_values(desk)
    )


@action("/k/{slug:str}/satser", Permission.RATE_WRITE)
async def quick_rate(desk: Desk) -> Response[Any]:
    """One hourly rate for everybody from a day on, or a year's sum for administration, by the form that was sent."""
    shown = await _list_values(desk)
    try:
        if desk.form.text("hva") == "administrasjon":
            year, kroner = forms.read_administration(desk.form)
            # A year without a sum was shown none, and sends no version.
            await set_administration(
                desk.uow, year, kroner, version=version_of(desk.form, f"versjon-{year}", missing=0)
            )
        else:
            since, kroner = forms.read_simple(desk.form)
            if not shown["quick"]:
                raise Invalid.one(
                    "sats", N_("Tabellen som gjelder, har flere rader. Lag en ny tabell i stedet.")
                )
            await add_simple_table(desk.uow, since, kroner)
    except Invalid as bad:
        return await desk.again("rates/list.html", bad, title=desk.say(RATES), **shown)
    return desk.redirect(
        shown["base"], flash=N_("Lagret. Det som beregnes fra nå av, bruker den nye satsen.")
    )


# One table ------------------------------------------------------------------------------------------------------------
async def _table_values(desk: Desk) -> tuple[TableCard, dict[str, Any]]:
    card = await table_card(desk.uow, desk.path_uuid("rate_table_id"))
    paid = card.state == "in_force" and await paid_by(desk.uow, card.unit, card.valid_from)
    title = views.title_of(card, desk.say, desk.language)
    return card, {
        "current": "/satser", "card": card, "heading": title, "paid": paid,
        "sections": views.sections(card.steps, desk.say, desk.language),
        "engagements": {code: desk.say(name) for code, name in ENGAGEMENTS.items()},
        "standing": (desk.say(views.STANDINGS[card.standing][0]), views.STANDINGS[card.standing][1]),
        "base": desk.url(f"/satser/{card.id}"),
        "crumbs": ((desk.say(RATES), desk.url("/satser")), (title, None)),
    }  # fmt: skip


@page("/k/{slug:str}/satser/{rate_table_id:uuid}", Permission.RATE_WRITE)
async def show_table(desk: Desk) -> Response[str]:
    """A table in plain words, and what may be done with it."""
    _, shown = await _table_values(desk)
    return await desk.render("rates/table.html", title=shown["heading"], **shown)


@action("/k/{slug:str}/satser/{rate_table_id:uuid}", Permission.RATE_WRITE)
async def act_on_table(desk: Desk) -> Response[Any]:
    """Put in force, take out, copy or remove, by the button that was pressed."""
    card, shown = await _table_values(desk)
    uow, pressed = desk.uow, desk.form.text("gjor")
    try:
        if pressed == "kopier":
            made = await copy_table(uow, card.id)
            return desk.redirect(
                desk.url(f"/satser/{made}/endre"),
                flash=N_("Kopien er et utkast. Endre den og ta den i bruk."),
            )
        version = version_of(desk.form)
        if pressed == "slett":
            await drop_draft(uow, card.id, version=version)
            return desk.redirect(desk.url("/satser"), flash=N_("Utkastet er slettet."))
        if pressed == "ta_ut":
            await take_out(uow, card.id, version=version)
            return desk.redirect(
                shown["base"],
                flash=N_(
                    "Tabellen er et utkast igjen. Timer fra denne dagen betales ikke før den er i bruk."
                ),
            )
        await put_in_force(uow, card.id, version=version)
    except Invalid as bad:
        return await desk.again("rates/table.html", bad, title=shown["heading"], **shown)
    return desk.redirect(
        shown["base"], flash=N_("Tabellen gjelder fra %(day)s."), day=format_date(card.valid_from)
    )


# The form -------------------------------------------------------------------------------------------------------------
def _form_values(
    desk: Desk, action_url: str, rows: list[forms.Row], errors: Sequence[str] = ()
) -> dict[str, Any]:
    spare = 0 if errors else views.SPARE_ROWS
    shown_rows = views.form_rows(rows, errors, spare=spare)
    return {
        "current": "/satser", "action": action_url, "rows": shown_rows, "count": len(shown_rows),
        **views.form_choices(desk.say),
        "holiday_kinds": desk.options(ENGAGEMENTS),
    }  # fmt: skip


async def _form_again(
    desk: Desk, title: str, shown: dict[str, Any], rows: list[forms.Row], bad: Invalid | None
) -> Response[str]:
    """The form as it was typed: with its errors, or with a row more or less. Nothing is changed, and no key is spent."""
    typed = views.all_values({name: desk.form.text(name) for name in desk.form}, rows)
    errors = bad.errors if bad is not None else {}
    return await desk.render(
        "rates/form.html", title=title, status=422, errors=errors, values=typed,
        **{**shown, **_form_values(desk, shown["action"], rows, list(errors))},
    )  # fmt: skip


def _rows_asked(desk: Desk) -> tuple[list[forms.Row], bool]:
    """The rows as typed, and whether the button only asked for a row more or less."""
    pressed = desk.form.text("gjor")
    gone = pressed.removeprefix("fjern-") if pressed.startswith("fjern-") else ""
    number = int(gone) if gone.isascii() and gone.isdigit() and len(gone) < 4 else 0
    return forms.typed_rows(desk.form, without=number), bool(gone) or pressed == "rad"


@page("/k/{slug:str}/satser/ny", Permission.RATE_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """A new table: from an example, from the newest, or from nothing."""
    head, rows = views.new_values(desk.query.get("fra", ""), await tables_of(desk.uow))
    return await desk.render(
        "rates/form.html", title=desk.say(NEW), values=views.all_values(head, rows), **_new_values(desk, rows)
    )


def _new_values(desk: Desk, rows: list[forms.Row]) -> dict[str, Any]:
    crumbs = ((desk.say(RATES), desk.url("/satser")), (desk.say(NEW), None))
    return {
        **_form_values(desk, desk.url("/satser/ny"), rows),
        "heading": desk.say(NEW),
        "crumbs": crumbs,
        "card": None,
    }


@action("/k/{slug:str}/satser/ny", Permission.RATE_WRITE)
async def save_new(desk: Desk) -> Response[Any]:
    """Keep a draft, or show the form with a row more or less."""
    rows, only_rows = _rows_asked(desk)
    shown = _new_values(desk, rows)
    if only_rows:
        return await _form_again(desk, desk.say(NEW), shown, rows, None)
    try:
        made = await draft_table(desk.uow, forms.read_table(desk.form, rows))
    except Invalid as bad:
        return await _form_again(desk, desk.say(NEW), shown, rows, bad)
    return desk.redirect(
        desk.url(f"/satser/{made}"), flash=N_("Utkastet er lagret. Les det, og ta det i bruk.")
    )


async def _draft_values(desk: Desk) -> tuple[TableCard, str, dict[str, Any]]:
    card = await table_card(desk.uow, desk.path_uuid("rate_table_id"))
    title = views.title_of(card, desk.say, desk.language)
    back = desk.url(f"/satser/{card.id}")
    crumbs = ((desk.say(RATES), desk.url("/satser")), (title, back), (desk.say(N_("Endre")), None))
    return (
        card,
        title,
        {"action": f"{back}/endre", "heading": title, "crumbs": crumbs, "card": card, "current": "/satser"},
    )


@page("/k/{slug:str}/satser/{rate_table_id:uuid}/endre", Permission.RATE_WRITE)
async def draft_form(desk: Desk) -> Response[Any]:
    """A draft, to be changed. A table in force shows its page instead."""
    card, title, shown = await _draft_values(desk)
    if card.state != "draft":
        return desk.redirect(desk.url(f"/satser/{card.id}"))
    head, rows = views.card_values(card)
    shown |= _form_values(desk, shown["action"], rows)
    return await desk.render("rates/form.html", title=title, values=views.all_values(head, rows), **shown)


@action("/k/{slug:str}/satser/{rate_table_id:uuid}/endre", Permission.RATE_WRITE)
async def save_draft(desk: Desk) -> Response[Any]:
    """Keep the draft as it is typed, or show the form with a row more or less."""
    card, title, shown = await _draft_values(desk)
    rows, only_rows = _rows_asked(desk)
    shown |= _form_values(desk, shown["action"], rows)
    if only_rows:
        return await _form_again(desk, title, shown, rows, None)
    try:
        facts = forms.read_table(desk.form, rows)
        await change_draft(desk.uow, card.id, facts, version=version_of(desk.form))
    except Invalid as bad:
        return await _form_again(desk, title, shown, rows, bad)
    return desk.redirect(
        desk.url(f"/satser/{card.id}"), flash=N_("Utkastet er lagret. Les det, og ta det i bruk.")
    )


# What is agreed for an assignment -------------------------------------------------------------------------------------
async def _terms_values(desk: Desk) -> dict[str, Any]:
    uow = desk.uow
    held = await assignment_card(uow, desk.path_uuid("assignment_id"))
    case = await case_card(uow, held.case_id)
    name = (await person_card(uow, case.person_id)).name
    agreed = await agreed_for(uow, held.id)
    units = sorted({card.unit for card in await tables_of(uow) if card.unit})
    await record_read(uow, "case.read", [case.person_id], why=N_("Avtalt dekning for oppdraget"))
    back = desk.url(f"/oppdrag/{held.id}")
    return {
        "current": "/oppdrag", "agreed": agreed, "held": held, "unit_options": [(unit, unit) for unit in units],
        "service_user": name,
        "lines": {one.id: views.terms_words(one, desk.say, desk.language) for one in agreed},
        "expenses": desk.options(agreeing.EXPENSES), "driving": desk.options(agreeing.KILOMETRES),
        "action": f"{back}/vilkar", "back": back,
        "crumbs": ((desk.say(N_("Oppdrag")), desk.url("/oppdrag")), (name, back), (desk.say(TERMS), None)),
    }  # fmt: skip


def _terms_first(agreed: Sequence[TermsCard]) -> dict[str, Any]:
    """The form begins with what holds, from today: a change is a new day."""
    if not agreed:
        return {"fra": today(), "utgifter": "", "kjoring": ""}
    one = agreed[0]
    same = one.valid_from >= today()

    def number(value: Any) -> str:
        return "" if value is None else format_decimal(value)

    return {
        "fra": one.valid_from if same else today(), "enhet": one.unit, "utgifter": one.expense_mode,
        "utgifter_kroner": number(one.expense_kroner), "utgifter_tak": number(one.expense_cap),
        "kjoring": one.kilometres_mode, "km_kroner": number(one.km_kroner), "km_tak": number(one.cap_km),
        "km_tak_kroner": number(one.cap_km_kroner), "merknad": one.note,
    }  # fmt: skip


@page("/k/{slug:str}/oppdrag/{assignment_id:uuid}/vilkar", Permission.ASSIGNMENT_WRITE)
async def terms_form(desk: Desk) -> Response[str]:
    """What is agreed about expenses and driving for an assignment, and a form for a change."""
    shown = await _terms_values(desk)
    return await desk.render(
        "rates/terms.html", title=desk.say(TERMS), values=_terms_first(shown["agreed"]), **shown
    )


@action("/k/{slug:str}/oppdrag/{assignment_id:uuid}/vilkar", Permission.ASSIGNMENT_WRITE)
async def save_terms(desk: Desk) -> Response[Any]:
    """Keep what is agreed from a day on."""
    shown = await _terms_values(desk)
    try:
        facts = agreeing.read_terms(desk.form)
        known = next((one for one in shown["agreed"] if one.valid_from == facts.valid_from), None)
        version = version_of(desk.form, f"versjon-{facts.valid_from}", missing=0) if known else 0
        await agreeing.set_terms(desk.uow, shown["held"].id, facts, version=version)
    except Invalid as bad:
        return await desk.again("rates/terms.html", bad, title=desk.say(TERMS), **shown)
    return desk.redirect(
        shown["back"], flash=N_("Avtalen gjelder fra %(day)s."), day=format_date(facts.valid_from)
    )


HANDLERS = [
    show_rates, quick_rate, new_form, save_new, show_table, act_on_table, draft_form, save_draft, terms_form,
    save_terms,
]  # fmt: skip
