"""The slice's pages: offers, one offer, a day's count, the half year, and what was tried in a case."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.documents.tables_out import write_csv, write_xlsx
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date, format_decimal
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from tenants.cases.api import case_crumbs, own_case
from tenants.offers import forms, views
from tenants.offers.queries import (
    DayCard,
    OfferCard,
    day_card,
    days_of,
    half_year,
    offer_card,
    offers,
    tried_in,
)
from tenants.offers.service import (
    add_day,
    cancel_day,
    change_offer,
    count_day,
    make_offer,
    note_tried,
    withdraw_tried,
)
from tenants.people.api import traits

OFFERS = N_("Åpne tilbud")
NEW = N_("Nytt tilbud")
TRIED = N_("Prøvd før vedtak")
PATH = "/tilbud"
AHEAD, BEHIND = timedelta(days=56), timedelta(days=91)


def _tabs(desk: Desk, current: str) -> list[tuple[str, str, bool]]:
    return [
        (desk.say(label), desk.url(PATH + path), path == current)
        for label, path in ((N_("Tilbud"), ""), (N_("Halvåret i tall"), "/tall"))
    ]


@page("/k/{slug:str}/tilbud", Permission.OFFER_READ)
async def show_list(desk: Desk) -> Response[str]:
    """The municipality's open offers."""
    found = await offers(desk.uow)
    return await desk.render(
        "offers/list.html", title=desk.say(OFFERS), current=PATH, tabs=_tabs(desk, ""), base=desk.url(PATH),
        rows=[(card, views.when(card, desk.language)) for card in found],
        kinds={code: desk.say(name) for code, name in forms.KINDS.items()},
        writes=desk.context.may(Permission.OFFER_WRITE),
    )  # fmt: skip


# The half year ----------------------------------------------------------------------------------------------------------
def _half(desk: Desk) -> tuple[date, date]:
    choices = {first.isoformat(): (first, last) for first, last in views.halves(today())}
    return choices.get(desk.query.get("halvar", ""), next(iter(choices.values())))


@page("/k/{slug:str}/tilbud/tall", Permission.OFFER_READ)
async def show_half(desk: Desk) -> Response[str]:
    """The half year of every offer, in counts."""
    first, last = _half(desk)
    rows = await half_year(desk.uow, first, last)
    choices = [
        (
            views.half_name(one, desk.language),
            f"{desk.url(PATH)}/tall?halvar={one.isoformat()}",
            None,
            one == first,
        )
        for one, _ in views.halves(today())
    ]
    return await desk.render(
        "offers/half.html", title=desk.say(OFFERS), current=PATH, tabs=_tabs(desk, "/tall"), choices=choices,
        heads=views.sum_heads(desk.language), rows=[views.sum_row(one, desk.language) for one in rows],
        half_name=views.half_name(first, desk.language), files=f"{desk.url(PATH)}/tall", half=first.isoformat(),
    )  # fmt: skip


async def _table(desk: Desk) -> tuple[str, list[str], list[list[str | int]]]:
    first, last = _half(desk)
    rows = [views.sum_row(one, desk.language) for one in await half_year(desk.uow, first, last)]
    return f"apne-tilbud-{first:%Y}-{1 if first.month == 1 else 2}", views.sum_heads(desk.language), rows


@page("/k/{slug:str}/tilbud/tall.csv", Permission.OFFER_READ)
async def half_csv(desk: Desk) -> Response[bytes]:
    """The half year as CSV."""
    name, heads, rows = await _table(desk)
    return desk.download(f"{name}.csv", write_csv(heads, rows), "text/csv; charset=utf-8")


@page("/k/{slug:str}/tilbud/tall.xlsx", Permission.OFFER_READ)
async def half_xlsx(desk: Desk) -> Response[bytes]:
    """The half year as a workbook."""
    name, heads, rows = await _table(desk)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return desk.download(f"{name}.xlsx", write_xlsx(heads, rows), kind)


# Planning ---------------------------------------------------------------------------------------------------------------
def _form_values(desk: Desk, action: str, back: str, last: str) -> dict[str, Any]:
    return {
        "current": PATH, "crumbs": [(desk.say(OFFERS), desk.url(PATH)), (last, "")], "action": action, "back": back,
        "kinds": desk.options(forms.KINDS), "weekdays": desk.options(traits.WEEKDAYS), "title": last,
    }  # fmt: skip


@page("/k/{slug:str}/tilbud/ny", Permission.OFFER_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """The empty form for an offer."""
    shown = _form_values(desk, desk.url(f"{PATH}/ny"), desk.url(PATH), desk.say(NEW))
    values = {"fra": format_date(today()), "pris": "0", "ansvarlig": desk.context.user_name}
    return await desk.render("offers/form.html", values=values, card=None, **shown)


@action("/k/{slug:str}/tilbud/ny", Permission.OFFER_WRITE)
async def make(desk: Desk) -> Response[Any]:
    """Plan an offer."""
    shown = _form_values(desk, desk.url(f"{PATH}/ny"), desk.url(PATH), desk.say(NEW))
    try:
        made = await make_offer(desk.uow, forms.read_offer(desk.form))
    except Invalid as bad:
        return await desk.again("offers/form.html", bad, card=None, **shown)
    return desk.redirect(desk.url(f"{PATH}/{made}"), flash=N_("Tilbudet er lagt inn med alle dagene."))


def _first_values(card: OfferCard) -> dict[str, Any]:
    return {
        "navn": card.name, "slag": card.kind, "om": card.about, "sted": card.place, "ukedag": card.weekday,
        "begynner": f"{card.starts:%H:%M}", "slutter": f"{card.ends:%H:%M}", "fra": format_date(card.valid_from),
        "til": format_date(card.valid_to) if card.valid_to else "", "ansvarlig": card.responsible,
        "plasser": str(card.places or ""), "pris": format_decimal(card.price_kroner), "versjon": str(card.version),
    }  # fmt: skip


@page("/k/{slug:str}/tilbud/{offer_id:uuid}/endre", Permission.OFFER_WRITE)
async def change_form(desk: Desk) -> Response[str]:
    """The form for an offer that is there."""
    card = await offer_card(desk.uow, desk.path_uuid("offer_id"))
    path = desk.url(f"{PATH}/{card.id}")
    shown = _form_values(desk, f"{path}/endre", path, card.name)
    return await desk.render("offers/form.html", values=_first_values(card), card=card, **shown)


@action("/k/{slug:str}/tilbud/{offer_id:uuid}/endre", Permission.OFFER_WRITE)
async def change(desk: Desk) -> Response[Any]:
    """Plan an offer anew."""
    card = await offer_card(desk.uow, desk.path_uuid("offer_id"))
    path = desk.url(f"{PATH}/{card.id}")
    shown = _form_values(desk, f"{path}/endre", path, card.name)
    try:
        facts = forms.read_offer(desk.form)
        await change_offer(desk.uow, card.id, facts, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("offers/form.html", bad, card=card, **shown)
    return desk.redirect(path, flash=N_("Tilbudet er endret. Dager som er talt, er som før."))


# One offer, and a day of it -----------------------------------------------------------------------------------------------
async def _offer_values(desk: Desk) -> dict[str, Any]:
    card = await offer_card(desk.uow, desk.path_uuid("offer_id"))
    days = await days_of(desk.uow, card.id, today() - BEHIND, max(today() + AHEAD, card.valid_from + AHEAD))
    return {
        "current": PATH, "crumbs": [(desk.say(OFFERS), desk.url(PATH)), (card.name, "")], "card": card,
        "kind": desk.say(forms.KINDS[card.kind]), "when": views.when(card, desk.language),
        "path": desk.url(f"{PATH}/{card.id}"),
        "to_count": [one for one in days if one.state == "planned" and one.begun],
        "ahead": [one for one in days if one.state != "held" and not one.begun],
        "past": [one for one in reversed(days) if one.state == "held" or (one.state == "cancelled" and one.begun)],
        "writes": desk.context.may(Permission.OFFER_WRITE),
    }  # fmt: skip


@page("/k/{slug:str}/tilbud/{offer_id:uuid}", Permission.OFFER_READ)
async def show_offer(desk: Desk) -> Response[str]:
    """One offer: its days, and how many came."""
    shown = await _offer_values(desk)
    return await desk.render("offers/offer.html", title=shown["card"].name, values={}, **shown)


@action("/k/{slug:str}/tilbud/{offer_id:uuid}/dager", Permission.OFFER_WRITE)
async def one_more_day(desk: Desk) -> Response[Any]:
    """One more day of an offer."""
    shown = await _offer_values(desk)
    try:
        made = await add_day(desk.uow, shown["card"].id, forms.read_day(desk.form))
    except Invalid as bad:
        return await desk.again("offers/offer.html", bad, title=shown["card"].name, **shown)
    return desk.redirect(f"{shown['path']}/dager/{made}", flash=N_("Dagen er lagt til."))


async def _day_values(desk: Desk) -> tuple[DayCard, dict[str, Any]]:
    card = await offer_card(desk.uow, desk.path_uuid("offer_id"))
    day = await day_card(desk.uow, card.id, desk.path_uuid("day_id"))
    path = desk.url(f"{PATH}/{card.id}")
    writes = desk.context.may(Permission.OFFER_WRITE)
    return day, {
        "current": PATH, "card": card, "day": day, "path": f"{path}/dager/{day.id}", "back": path,
        "crumbs": [(desk.say(OFFERS), desk.url(PATH)), (card.name, path), (format_date(day.day), "")],
        "bands": [(field, desk.say(forms.BAND_NAMES[band])) for band, field in forms.FIELDS.items()],
        "others": desk.options(forms.OTHERS), "may_count": writes and day.begun and day.state != "cancelled",
        "cancels": writes and day.state == "planned",
    }  # fmt: skip


def _counted(day: DayCard) -> dict[str, Any]:
    values: dict[str, Any] = {field: str(day.came.get(band, 0)) for band, field in forms.FIELDS.items()}
    numbers = (day.volunteers, day.contacts, day.staff, day.talks)
    values |= {field: str(number) for field, number in zip(forms.OTHERS, numbers, strict=True)}
    return {**values, "veiledning": day.guidance, "versjon": str(day.version)}


@page("/k/{slug:str}/tilbud/{offer_id:uuid}/dager/{day_id:uuid}", Permission.OFFER_READ)
async def show_day(desk: Desk) -> Response[str]:
    """A day: the form to count on, or what was counted."""
    day, shown = await _day_values(desk)
    return await desk.render("offers/day.html", title=shown["card"].name, values=_counted(day), **shown)


@action("/k/{slug:str}/tilbud/{offer_id:uuid}/dager/{day_id:uuid}", Permission.OFFER_WRITE)
async def count(desk: Desk) -> Response[Any]:
    """Keep who was there."""
    day, shown = await _day_values(desk)
    try:
        facts = forms.read_count(desk.form)
        await count_day(desk.uow, shown["card"].id, day.id, facts, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("offers/day.html", bad, title=shown["card"].name, **shown)
    return desk.redirect(shown["back"], flash=N_("Tellinga er lagret."))


@action("/k/{slug:str}/tilbud/{offer_id:uuid}/dager/{day_id:uuid}/avlys", Permission.OFFER_WRITE)
async def cancel(desk: Desk) -> Response[Any]:
    """Call a day off."""
    day, shown = await _day_values(desk)
    try:
        await cancel_day(desk.uow, shown["card"].id, day.id, forms.read_reason(desk.form))
    except Invalid as bad:
        values = {**_counted(day), **desk.form.values()}
        return await desk.render(
            "offers/day.html", title=shown["card"].name, status=422, errors=bad.errors, values=values, **shown
        )
    return desk.redirect(shown["back"], flash=N_("Dagen er avlyst."))


# Tried before a decision --------------------------------------------------------------------------------------------------
async def _tried_values(desk: Desk) -> dict[str, Any]:
    case, person = await own_case(desk)
    await record_read(
        desk.uow, "case.read", [case.person_id], why=N_("Åpne tilbud som er prøvd"), object_kind="case", object_id=case.id
    )  # fmt: skip
    return {
        "current": "/saker", "crumbs": case_crumbs(desk, case, person, TRIED), "person": person,
        "lines": views.tried_lines(await tried_in(desk.uow, case.id), desk.language),
        "offers": [(str(one.id), one.name) for one in await offers(desk.uow)],
        "outcomes": desk.options(forms.OUTCOMES), "action": desk.url(f"/saker/{case.id}/provd"),
        "case_url": desk.url(f"/saker/{case.id}"),
    }  # fmt: skip


@page("/k/{slug:str}/saker/{case_id:uuid}/provd", Permission.MAPPING_WRITE)
async def tried_form(desk: Desk) -> Response[str]:
    """What was tried in a case, and the form for more."""
    shown = await _tried_values(desk)
    return await desk.render("offers/tried.html", title=desk.say(TRIED), values={}, **shown)


@action("/k/{slug:str}/saker/{case_id:uuid}/provd", Permission.MAPPING_WRITE)
async def note(desk: Desk) -> Response[Any]:
    """Note what was tried."""
    shown = await _tried_values(desk)
    try:
        await note_tried(desk.uow, desk.path_uuid("case_id"), forms.read_tried(desk.form))
    except Invalid as bad:
        return await desk.again("offers/tried.html", bad, title=desk.say(TRIED), **shown)
    return desk.redirect(shown["case_url"], flash=N_("Lagret. Du ser det også når du skriver vedtaket."))


@action("/k/{slug:str}/saker/{case_id:uuid}/provd/{tried_id:uuid}/fjern", Permission.MAPPING_WRITE)
async def take_back(desk: Desk) -> Response[Any]:
    """Take back what was noted by mistake."""
    case_id = desk.path_uuid("case_id")
    await withdraw_tried(desk.uow, case_id, desk.path_uuid("tried_id"))
    return desk.redirect(desk.url(f"/saker/{case_id}/provd"), flash=N_("Fjernet."))


HANDLERS = [
    show_list, show_half, half_csv, half_xlsx, new_form, make, change_form, change, show_offer, one_more_day, show_day, count,
    cancel, tried_form, note, take_back,
]  # fmt: skip
