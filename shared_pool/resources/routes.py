"""The slice's pages: the week, one thing, booking it and what happens after; for municipalities and the region."""

from __future__ import annotations

from typing import Any

from litestar import Response

import shared_pool.resources.meetings  # noqa: F401 - for what it registers
from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date, parse_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import listed
from sammen.web.forms import version_of
from sammen.web.i18n import ntranslate
from shared_pool.resources import forms, pages
from shared_pool.resources.handling import (
    answer_booking,
    bring_back,
    cancel_booking,
    hand_out,
    note_read,
)
from shared_pool.resources.pages import PATH, RESOURCES
from shared_pool.resources.queries import resource_card
from shared_pool.resources.service import Booked, book_series, move_booking
from shared_pool.resources.upkeep import add_resource, change_resource, retire_resource


# The week, the lists and one thing ------------------------------------------------------------------------------------
async def _week(desk: Desk) -> Response[str]:
    shown = await pages.overview_values(desk)
    return await desk.render("resources/week.html", title=desk.say(RESOURCES), **shown)


async def _list(desk: Desk) -> Response[str]:
    return await desk.render(
        "resources/list.html", title=desk.say(RESOURCES), **await pages.list_values(desk)
    )


async def _bookings(desk: Desk) -> Response[str]:
    shown = await pages.bookings_values(desk)
    return await desk.render("resources/bookings.html", title=desk.say(pages.BOOKINGS), **shown)


async def _resource(desk: Desk) -> Response[str]:
    shown = await pages.resource_values(desk)
    return await desk.render("resources/resource.html", title=shown["card"].name, values={}, **shown)


@page("/k/{slug:str}/ressurser", Permission.RESOURCE_READ)
async def show_week(desk: Desk) -> Response[str]:
    """A week of everything the municipality owns or may borrow."""
    return await _week(desk)


@page("/r/{slug:str}/ressurser", Permission.RESOURCE_READ)
async def show_region_week(desk: Desk) -> Response[str]:
    """A week of everything that is lent to the whole region."""
    return await _week(desk)


@page("/k/{slug:str}/ressurser/alle", Permission.RESOURCE_READ)
async def show_list(desk: Desk) -> Response[str]:
    """Everything, with what it holds and who lends it."""
    return await _list(desk)


@page("/r/{slug:str}/ressurser/alle", Permission.RESOURCE_READ)
async def show_region_list(desk: Desk) -> Response[str]:
    """Everything that is lent to the whole region."""
    return await _list(desk)


@page("/k/{slug:str}/ressurser/reservasjoner", Permission.RESOURCE_READ)
async def show_bookings(desk: Desk) -> Response[str]:
    """What the municipality has booked, and what it lends to others."""
    return await _bookings(desk)


@page("/r/{slug:str}/ressurser/reservasjoner", Permission.RESOURCE_READ)
async def show_region_bookings(desk: Desk) -> Response[str]:
    """What the region has booked."""
    return await _bookings(desk)


@page("/k/{slug:str}/ressurser/{resource_id:uuid}", Permission.RESOURCE_READ)
async def show_resource(desk: Desk) -> Response[str]:
    """One thing and its week."""
    return await _resource(desk)


@page("/r/{slug:str}/ressurser/{resource_id:uuid}", Permission.RESOURCE_READ)
async def show_region_resource(desk: Desk) -> Response[str]:
    """One thing that is lent to the whole region."""
    return await _resource(desk)


# Booking --------------------------------------------------------------------------------------------------------------
def _clicked(desk: Desk) -> str:
    try:
        return format_date(parse_date(desk.query.get("dag", ""), field="dag"))
    except BadInput:
        return ""


async def _book_form(desk: Desk) -> Response[str]:
    shown = await pages.book_values(desk)
    values = pages.first_values(shown, _clicked(desk))
    return await desk.render("resources/book.html", title=desk.say(N_("Reserver")), values=values, **shown)


async def _book(desk: Desk) -> Response[Any]:
    shown = await pages.book_values(desk)
    card = shown["card"]
    try:
        wanted = forms.read_booking(desk.form, card.id, ours=card.ours)
        made = await book_series(desk.uow, wanted.facts, wanted.spans, skip_taken=wanted.skip_taken)
    except Invalid as bad:
        return await desk.again("resources/book.html", bad, title=desk.say(N_("Reserver")), **shown)
    target = shown["about_url"] or desk.url(f"{PATH}/reservasjoner/{made.ids[0]}")
    return desk.redirect(target, flash=_made(desk, made, wanted, card.name))


def _made(desk: Desk, made: Booked, wanted: forms.Wanted, name: str) -> str:
    """What was booked, in a sentence or two."""
    if len(wanted.spans) == 1 and not wanted.days_off:
        return desk.say(
            N_("%(name)s er reservert når eieren har sagt ja.")
            if made.asked
            else N_("%(name)s er reservert."),
            name=name,
        )
    text = ntranslate(desk.language, "Én dag er reservert.", "%(num)s dager er reservert.", len(made.ids))
    left_out = [format_date(starts.date()) for starts, _ in made.skipped]
    left_out += [format_date(day) for day in wanted.days_off]
    if left_out:
        text += " " + desk.say(N_("Hoppet over: %(days)s."), days=listed(left_out, desk.language))
    return text


@page("/k/{slug:str}/ressurser/{resource_id:uuid}/reserver", Permission.RESOURCE_BOOK)
async def book_form(desk: Desk) -> Response[str]:
    """The form for booking."""
    return await _book_form(desk)


@page("/r/{slug:str}/ressurser/{resource_id:uuid}/reserver", Permission.RESOURCE_BOOK)
async def region_book_form(desk: Desk) -> Response[str]:
    """The form for booking, for the region."""
    return await _book_form(desk)


@action("/k/{slug:str}/ressurser/{resource_id:uuid}/reserver", Permission.RESOURCE_BOOK)
async def make_booking(desk: Desk) -> Response[Any]:
    """Book a time, or a weekly one."""
    return await _book(desk)


@action("/r/{slug:str}/ressurser/{resource_id:uuid}/reserver", Permission.RESOURCE_BOOK)
async def make_region_booking(desk: Desk) -> Response[Any]:
    """Book a time for the region."""
    return await _book(desk)


# One booking ------------------------------------------------------------------------------------------------------------
async def _booking(desk: Desk) -> Response[str]:
    shown = await pages.booking_values(desk)
    return await desk.render(
        "resources/booking.html", title=shown["card"].resource_name, values=shown["first"], **shown
    )


async def _again(desk: Desk, shown: dict[str, Any], bad: Invalid) -> Response[str]:
    values = {**shown["first"], **desk.form.values()}
    return await desk.render(
        "resources/booking.html",
        title=shown["card"].resource_name,
        status=422,
        errors=bad.errors,
        values=values,
        **shown,
    )


async def _cancel(desk: Desk) -> Response[Any]:
    shown = await pages.booking_values(desk)
    try:
        count = await cancel_booking(
            desk.uow, shown["card"].id, forms.read_reason(desk.form), series=bool(desk.form.text("serie"))
        )
    except Invalid as bad:
        return await _again(desk, shown, bad)
    text = ntranslate(desk.language, "Reservasjonen er avlyst.", "%(num)s reservasjoner er avlyst.", count)
    return desk.redirect(desk.url(f"{PATH}/reservasjoner"), flash=text)


async def _move(desk: Desk) -> Response[Any]:
    shown = await pages.booking_values(desk)
    try:
        made = await move_booking(desk.uow, shown["card"].id, *forms.read_times(desk.form))
    except Invalid as bad:
        return await _again(desk, shown, bad)
    return desk.redirect(desk.url(f"{PATH}/reservasjoner/{made}"), flash=N_("Reservasjonen er flyttet."))


async def _read(desk: Desk) -> Response[Any]:
    booking_id = desk.path_uuid("booking_id")
    await note_read(desk.uow, booking_id)
    return desk.redirect(desk.url(f"{PATH}/reservasjoner/{booking_id}"), flash=N_("Lagret."))


@page("/k/{slug:str}/ressurser/reservasjoner/{booking_id:uuid}", Permission.RESOURCE_READ)
async def show_booking(desk: Desk) -> Response[str]:
    """One booking: one's own, or of what one lends."""
    return await _booking(desk)


@page("/r/{slug:str}/ressurser/reservasjoner/{booking_id:uuid}", Permission.RESOURCE_READ)
async def show_region_booking(desk: Desk) -> Response[str]:
    """One of the region's bookings."""
    return await _booking(desk)


@action("/k/{slug:str}/ressurser/reservasjoner/{booking_id:uuid}/svar", Permission.RESOURCE_KEEP)
async def answer(desk: Desk) -> Response[Any]:
    """The owner's yes or no."""
    shown = await pages.booking_values(desk)
    try:
        yes, reason = forms.read_answer(desk.form)
        await answer_booking(desk.uow, shown["card"].id, yes=yes, reason=reason)
    except Invalid as bad:
        return await _again(desk, shown, bad)
    return desk.redirect(shown["path"], flash=N_("Svaret er lagret. De ser det på Min dag."))


@action("/k/{slug:str}/ressurser/reservasjoner/{booking_id:uuid}/avlys", Permission.RESOURCE_BOOK)
async def cancel(desk: Desk) -> Response[Any]:
    """Let a booking go, or take one away from somebody who borrows."""
    return await _cancel(desk)


@action("/r/{slug:str}/ressurser/reservasjoner/{booking_id:uuid}/avlys", Permission.RESOURCE_BOOK)
async def cancel_region(desk: Desk) -> Response[Any]:
    """Let one of the region's bookings go."""
    return await _cancel(desk)


@action("/k/{slug:str}/ressurser/reservasjoner/{booking_id:uuid}/flytt", Permission.RESOURCE_BOOK)
async def move(desk: Desk) -> Response[Any]:
    """Move a booking to another time."""
    return await _move(desk)


@action("/r/{slug:str}/ressurser/reservasjoner/{booking_id:uuid}/flytt", Permission.RESOURCE_BOOK)
async def move_region(desk: Desk) -> Response[Any]:
    """Move one of the region's bookings."""
    return await _move(desk)


@action("/k/{slug:str}/ressurser/reservasjoner/{booking_id:uuid}/hent", Permission.RESOURCE_BOOK)
async def fetch(desk: Desk) -> Response[Any]:
    """Note that it has been fetched."""
    shown = await pages.booking_values(desk)
    try:
        note, kilometres, _ = forms.read_hand_over(desk.form)
        await hand_out(desk.uow, shown["card"].id, note, kilometres)
    except Invalid as bad:
        return await _again(desk, shown, bad)
    return desk.redirect(shown["path"], flash=N_("Den er hentet. God tur!"))


@action("/k/{slug:str}/ressurser/reservasjoner/{booking_id:uuid}/lever", Permission.RESOURCE_BOOK)
async def hand_in(desk: Desk) -> Response[Any]:
    """Note that it has been brought back, and what is damaged."""
    shown = await pages.booking_values(desk)
    try:
        await bring_back(desk.uow, shown["card"].id, *forms.read_hand_over(desk.form))
    except Invalid as bad:
        return await _again(desk, shown, bad)
    return desk.redirect(shown["path"], flash=N_("Den er levert. Nå kan andre reservere den."))


@action("/k/{slug:str}/ressurser/reservasjoner/{booking_id:uuid}/lest", Permission.RESOURCE_BOOK)
async def read(desk: Desk) -> Response[Any]:
    """Note that one has read what waited."""
    return await _read(desk)


@action("/r/{slug:str}/ressurser/reservasjoner/{booking_id:uuid}/lest", Permission.RESOURCE_BOOK)
async def read_region(desk: Desk) -> Response[Any]:
    """Note that the region has read what waited."""
    return await _read(desk)


# What the owner keeps -----------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/ressurser/ny", Permission.RESOURCE_KEEP)
async def new_form(desk: Desk) -> Response[str]:
    """The empty form for a resource."""
    shown = await pages.form_values(desk, desk.url(f"{PATH}/ny"), desk.url(PATH), desk.say(pages.NEW))
    values = {"utlan": "region", "lengst": "12", "fram": "180"}
    return await desk.render(
        "resources/form.html", title=desk.say(pages.NEW), values=values, card=None, **shown
    )


@action("/k/{slug:str}/ressurser/ny", Permission.RESOURCE_KEEP)
async def add(desk: Desk) -> Response[Any]:
    """Put something up."""
    shown = await pages.form_values(desk, desk.url(f"{PATH}/ny"), desk.url(PATH), desk.say(pages.NEW))
    try:
        made = await add_resource(desk.uow, forms.read_resource(desk.form))
    except Invalid as bad:
        return await desk.again("resources/form.html", bad, title=desk.say(pages.NEW), card=None, **shown)
    return desk.redirect(desk.url(f"{PATH}/{made}"), flash=N_("Ressursen er lagt ut."))


async def _own_form(desk: Desk) -> tuple[Any, dict[str, Any]]:
    card = await resource_card(desk.uow, desk.path_uuid("resource_id"))
    pages.only_owner(card)
    path = desk.url(f"{PATH}/{card.id}")
    return card, await pages.form_values(desk, f"{path}/endre", path, card.name)


@page("/k/{slug:str}/ressurser/{resource_id:uuid}/endre", Permission.RESOURCE_KEEP)
async def change_form(desk: Desk) -> Response[str]:
    """The form for one of our own."""
    card, shown = await _own_form(desk)
    values = forms.resource_values(card)
    return await desk.render("resources/form.html", title=card.name, values=values, card=card, **shown)


@action("/k/{slug:str}/ressurser/{resource_id:uuid}/endre", Permission.RESOURCE_KEEP)
async def change(desk: Desk) -> Response[Any]:
    """Describe one of our own anew."""
    card, shown = await _own_form(desk)
    try:
        facts = forms.read_resource(desk.form)
        await change_resource(desk.uow, card.id, facts, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("resources/form.html", bad, title=card.name, card=card, **shown)
    return desk.redirect(shown["back"], flash=N_("Ressursen er endret. Det som er reservert, står."))


@action("/k/{slug:str}/ressurser/{resource_id:uuid}/ut-av-bruk", Permission.RESOURCE_KEEP)
async def retire(desk: Desk) -> Response[Any]:
    """Take one of our own out of use."""
    shown = await pages.resource_values(desk)
    pages.only_owner(shown["card"])
    try:
        count = await retire_resource(desk.uow, shown["card"].id, forms.read_last_day(desk.form))
    except Invalid as bad:
        return await desk.again("resources/resource.html", bad, title=shown["card"].name, **shown)
    text = desk.say(N_("Ressursen tas ut av bruk."))
    if count:
        text += " " + ntranslate(
            desk.language, "Én reservasjon er avlyst.", "%(num)s reservasjoner er avlyst.", count
        )
    return desk.redirect(shown["path"], flash=text)


HANDLERS = [
    show_week, show_region_week, show_list, show_region_list, show_bookings, show_region_bookings, show_resource,
    show_region_resource, book_form, region_book_form, make_booking, make_region_booking, show_booking, show_region_booking,
    answer, cancel, cancel_region, move, move_region, fetch, hand_in, read, read_region, new_form, add, change_form,
    change, retire,
]  # fmt: skip
