"""The slice's pages: substitutes of an order, rounds of asking, and the contact's answers. HTTP in, page or redirect out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from tenants.substitutes import forms, pages, views
from tenants.substitutes.absences import (
    cancel_meetings,
    note_absence,
    report_own_absence,
    withdraw_own_absence,
)
from tenants.substitutes.known import end_introduction, introduce
from tenants.substitutes.own import answer_ask, own_ask
from tenants.substitutes.queries import (
    ASK_STATES,
    HOW,
    ROUND_STATES,
    absence_card,
    absences,
    asks_of,
    known_card,
    known_to,
    round_card,
    rounds,
)
from tenants.substitutes.rounds import agreed_by_phone, note_told, start_round, stop_round

ORDER = "/k/{slug:str}/bestillinger/{order_id:uuid}/vikarer"


@page("/k/{slug:str}/vikarer", Permission.CONTACT_READ)
async def show_list(desk: Desk) -> Response[str]:
    """What needs somebody now: who cannot come, whom one asks, and who has said yes; or what is over."""
    uow, earlier = desk.uow, desk.query.get("vis") == "tidligere"
    away = await absences(uow, "earlier" if earlier else "waiting")
    found = await rounds(uow, "earlier" if earlier else "now")
    asked = {one.id: await asks_of(uow, one.id) for one in found}
    persons = {one.person_id for one in away} | {one.person_id for one in found}
    persons |= {one.contact_person_id for one in away}
    persons |= {ask.contact_person_id for asks in asked.values() for ask in asks}
    await record_read(uow, "substitute.list", list(persons), why=N_("Liste over vikarer"))
    base = desk.url("/vikarer")
    return await desk.render(
        "substitutes/list.html",
        title=desk.say(pages.SUBSTITUTES),
        current="/vikarer",
        tabs=[(desk.say(N_("Nå")), base, not earlier), (desk.say(N_("Tidligere")), f"{base}?vis=tidligere", earlier)],
        earlier=earlier,
        absences=[
            (one, views.days(one.first_day, one.last_day, desk.language), desk.say(views.ABSENCE_STATES[one.state]),
             views.ABSENCE_SHAPES[one.state])
            for one in away
        ],
        rounds=[
            (one, views.days(one.first_day, one.last_day, desk.language), desk.say(ROUND_STATES[one.state]),
             views.ROUND_SHAPES[one.state], views.standing(one, asked[one.id], desk.language))
            for one in found
        ],
        base=base,
        place=desk.url(),
        may=desk.context.may(Permission.ASSIGNMENT_WRITE),
    )  # fmt: skip


@page("/k/{slug:str}/vikarer/{round_id:uuid}", Permission.CONTACT_READ)
async def show_round(desk: Desk) -> Response[str]:
    """One round: the days, who was asked when, and what they answered."""
    uow, language = desk.uow, desk.language
    card = await round_card(uow, desk.path_uuid("round_id"))
    asks = await asks_of(uow, card.id)
    await record_read(
        uow, "substitute_round.read", [card.person_id, *(ask.contact_person_id for ask in asks)],
        why=N_("Så på spørrerunden"), object_kind="ask_round", object_id=card.id,
    )  # fmt: skip
    return await desk.render(
        "substitutes/round.html",
        title=desk.say(N_("Vikar for %(name)s"), name=card.name),
        current="/vikarer",
        crumbs=[(desk.say(pages.SUBSTITUTES), desk.url("/vikarer")), (card.name, "")],
        card=card,
        days=views.days(card.first_day, card.last_day, language),
        state=(desk.say(ROUND_STATES[card.state]), views.ROUND_SHAPES[card.state]),
        standing=views.standing(card, asks, language),
        asks=[(ask, desk.say(ASK_STATES[ask.state]), views.ASK_SHAPES[ask.state]) for ask in asks],
        base=desk.url(f"/vikarer/{card.id}"),
        order_url=desk.url(f"/bestillinger/{card.order_id}/vikarer"),
        may=desk.context.may(Permission.ASSIGNMENT_WRITE),
    )  # fmt: skip


@action("/k/{slug:str}/vikarer/{round_id:uuid}/stopp", Permission.ASSIGNMENT_WRITE)
async def stop(desk: Desk) -> Response[Any]:
    """Stop asking."""
    round_id = desk.path_uuid("round_id")
    await stop_round(desk.uow, round_id)
    return desk.redirect(
        desk.url(f"/vikarer/{round_id}"), flash=N_("Runden er stoppet. De som ikke har svart, slipper.")
    )


@action("/k/{slug:str}/vikarer/{round_id:uuid}/sagt-fra", Permission.ASSIGNMENT_WRITE)
async def told(desk: Desk) -> Response[Any]:
    """The service user knows who comes."""
    round_id = desk.path_uuid("round_id")
    await note_told(desk.uow, round_id)
    return desk.redirect(desk.url("/vikarer"), flash=N_("Notert at brukeren vet hvem som kommer."))


# An order's substitutes -----------------------------------------------------------------------------------------------
@page(ORDER, Permission.CONTACT_READ)
async def show_order(desk: Desk) -> Response[str]:
    """An order's substitutes: whom the service user knows, who cannot come, and every round."""
    order, shown = await pages.order_values(desk)
    uow, language = desk.uow, desk.language
    found = await rounds(uow, "order", order=order.id)
    shown["crumbs"][-1] = (desk.say(pages.SUBSTITUTES), "")
    known = await known_to(uow, order.case_id)
    away = await absences(uow, "order", order=order.id)
    await record_read(
        uow,
        "contact.read",
        list({one.contact_person_id for one in known} | {one.contact_person_id for one in away}),
        why=N_("Så på vikarene"),
    )
    return await desk.render(
        "substitutes/order.html",
        title=desk.say(N_("Vikarer for %(name)s"), name=order.name),
        known=[(one, desk.say(HOW[one.how])) for one in known],
        absences=[
            (one, views.days(one.first_day, one.last_day, language), desk.say(views.ABSENCE_STATES[one.state]),
             views.ABSENCE_SHAPES[one.state])
            for one in away
        ],
        rounds=[
            (one, views.days(one.first_day, one.last_day, language), desk.say(ROUND_STATES[one.state]),
             views.ROUND_SHAPES[one.state])
            for one in found
        ],
        asking=any(one.state == "open" for one in found),
        may=desk.context.may(Permission.ASSIGNMENT_WRITE),
        **shown,
    )  # fmt: skip


@page(f"{ORDER}/spor", Permission.ASSIGNMENT_WRITE)
async def ask_form(desk: Desk) -> Response[str]:
    """Start a round: with an absence everything is filled in, and one press begins."""
    _, shown, values = await pages.asking(desk)
    title = desk.say(N_("Spør vikarer"))
    return await desk.render("substitutes/ask.html", title=title, values=values, **pages.under(shown, title))


@action(f"{ORDER}/spor", Permission.ASSIGNMENT_WRITE)
async def ask(desk: Desk) -> Response[Any]:
    """Begin to ask."""
    order, shown, _ = await pages.asking(desk)
    title = desk.say(N_("Spør vikarer"))
    try:
        round_id = await start_round(desk.uow, order.id, forms.read_round(desk.form))
    except Invalid as bad:
        return await desk.again("substitutes/ask.html", bad, title=title, **pages.under(shown, title))
    return desk.redirect(
        desk.url(f"/vikarer/{round_id}"), flash=N_("Runden er i gang. Du får beskjed på Min dag.")
    )


@page(f"{ORDER}/avtalt", Permission.ASSIGNMENT_WRITE)
async def agreed_form(desk: Desk) -> Response[str]:
    """Somebody has said yes on the phone already."""
    _, shown, values = await pages.asking(desk)
    title = desk.say(N_("Vikar er avtalt"))
    return await desk.render(
        "substitutes/agreed.html", title=title, values=values, **pages.under(shown, title)
    )


@action(f"{ORDER}/avtalt", Permission.ASSIGNMENT_WRITE)
async def agreed(desk: Desk) -> Response[Any]:
    """Keep the substitute one has agreed with."""
    order, shown, _ = await pages.asking(desk)
    title = desk.say(N_("Vikar er avtalt"))
    try:
        contact_id, facts = forms.read_agreed(desk.form)
        await agreed_by_phone(desk.uow, order.id, contact_id, facts)
    except Invalid as bad:
        # The service's word for the first day is the order's.
        errors = {("fra" if name == "start" else name): error for name, error in bad.errors.items()}
        return await desk.again(
            "substitutes/agreed.html", Invalid(errors), title=title, **pages.under(shown, title)
        )
    return desk.redirect(shown["base"], flash=N_("Vikaren er satt inn, og ser oppdraget på sin side."))


@page(f"{ORDER}/kjent", Permission.ASSIGNMENT_WRITE)
async def introduce_form(desk: Desk) -> Response[str]:
    """Note that the service user knows a contact."""
    _, shown = await pages.introducing(desk)
    values = {"traff": format_date(today()), "ja_dato": format_date(today())}
    return await desk.render(
        "substitutes/known.html", title=desk.say(N_("Ny kjent vikar")), values=values, **shown
    )


@action(f"{ORDER}/kjent", Permission.ASSIGNMENT_WRITE)
async def introduced(desk: Desk) -> Response[Any]:
    """Keep that they know each other."""
    order, shown = await pages.introducing(desk)
    try:
        await introduce(desk.uow, order.id, forms.read_introduction(desk.form))
    except Invalid as bad:
        return await desk.again("substitutes/known.html", bad, title=desk.say(N_("Ny kjent vikar")), **shown)
    return desk.redirect(shown["base"], flash=N_("Vikaren står på lista, og blir spurt først."))


@action("/k/{slug:str}/vikarer/kjente/{substitute_id:uuid}/avslutt", Permission.ASSIGNMENT_WRITE)
async def end_known(desk: Desk) -> Response[Any]:
    """The contact is no longer among the known substitutes."""
    card = await known_card(desk.uow, desk.path_uuid("substitute_id"))
    await end_introduction(desk.uow, card.id)
    return desk.redirect(desk.url("/vikarer"), flash=N_("Støttekontakten står ikke lenger som kjent vikar."))


@page(f"{ORDER}/fravaer", Permission.ASSIGNMENT_WRITE)
async def absence_form(desk: Desk) -> Response[str]:
    """The contact rings and cannot come."""
    shown = await pages.noting(desk)
    values = {"fra": format_date(today()), "oppdrag": shown["running"][0][0]}
    return await desk.render(
        "substitutes/absence.html", title=desk.say(N_("Kan ikke komme")), values=values, **shown
    )


@action(f"{ORDER}/fravaer", Permission.ASSIGNMENT_WRITE)
async def absence_noted(desk: Desk) -> Response[Any]:
    """Keep it, and go on to ask."""
    shown = await pages.noting(desk)
    try:
        chosen = dict(shown["running"])
        if desk.form.text("oppdrag") not in chosen:
            raise Invalid.one("oppdrag", N_("Velg hvem som ikke kan komme."))
        away_id = await note_absence(desk.uow, UUID(desk.form.text("oppdrag")), forms.read_absence(desk.form))
    except Invalid as bad:
        return await desk.again(
            "substitutes/absence.html", bad, title=desk.say(N_("Kan ikke komme")), **shown
        )
    return desk.redirect(
        f"{shown['base']}/spor?fravaer={away_id}", flash=N_("Notert. Nå kan du spørre vikarer.")
    )


@action("/k/{slug:str}/vikarer/fravaer/{away_id:uuid}/avlys", Permission.ASSIGNMENT_WRITE)
async def cancel(desk: Desk) -> Response[Any]:
    """Nobody steps in, and the service user has been told."""
    card = await absence_card(desk.uow, desk.path_uuid("away_id"))
    await cancel_meetings(desk.uow, card.id)
    return desk.redirect(desk.url("/vikarer"), flash=N_("Notert som avlyst. Timene er ikke brukt."))


# The contact's own ----------------------------------------------------------------------------------------------------
@page("/min/{slug:str}/vikar/{substitute_ask_id:uuid}", Permission.CONTACT_OWN)
async def show_ask(desk: Desk) -> Response[str]:
    """What one is asked, before the names."""
    one = await own_ask(desk.uow, desk.path_uuid("substitute_ask_id"))
    return await desk.render(
        "substitutes/own_ask.html",
        title=desk.say(N_("Kan du være vikar?")),
        values={},
        **pages.ask_values(desk, one),
    )


ANSWERED = {
    "yes": (N_("Takk! Oppdraget er ditt. Navn og telefon står under «Mine oppdrag»."), "ok"),
    "no": (N_("Takk for svaret. Det har ikke noe å si for deg at du ikke kunne."), "ok"),
    "taken": (N_("Takk for at du svarte. En annen sa ja før deg, så du trengs ikke denne gangen."), "info"),
    "closed": (N_("Takk for at du svarte. Det trengs ikke vikar lenger."), "info"),
}


@action("/min/{slug:str}/vikar/{substitute_ask_id:uuid}", Permission.CONTACT_OWN)
async def answer(desk: Desk) -> Response[Any]:
    """Yes or no."""
    one = await own_ask(desk.uow, desk.path_uuid("substitute_ask_id"))
    try:
        yes, words = forms.read_answer(desk.form)
    except Invalid as bad:
        return await desk.again(
            "substitutes/own_ask.html",
            bad,
            title=desk.say(N_("Kan du være vikar?")),
            **pages.ask_values(desk, one),
        )
    said, state = ANSWERED[await answer_ask(desk.uow, one.id, yes=yes, words=words)]
    return desk.redirect(desk.url(), flash=said, state=state)


@page("/min/{slug:str}/kan-ikke/{assignment_id:uuid}", Permission.CONTACT_OWN)
async def cannot_form(desk: Desk) -> Response[str]:
    """Say that one cannot come: the day is today unless another is chosen."""
    shown = await pages.absence_values(desk)
    await record_read(desk.uow, "own.read", [shown["own"].person_id], why=N_("Så på oppdraget sitt"))
    values = {"fra": today().isoformat()}
    return await desk.render(
        "substitutes/own_absence.html", title=desk.say(N_("Jeg kan ikke komme")), values=values, **shown
    )


@action("/min/{slug:str}/kan-ikke/{assignment_id:uuid}", Permission.CONTACT_OWN)
async def cannot(desk: Desk) -> Response[Any]:
    """Keep it; the coordinator finds it on Min dag."""
    shown = await pages.absence_values(desk)
    try:
        await report_own_absence(desk.uow, shown["own"].id, forms.read_absence(desk.form))
    except Invalid as bad:
        return await desk.again(
            "substitutes/own_absence.html", bad, title=desk.say(N_("Jeg kan ikke komme")), **shown
        )
    flash = N_("Takk for at du sa fra. Koordinatoren ser det nå, og finner ut av det.")
    return desk.redirect(desk.url(), flash=flash)


@action("/min/{slug:str}/kan-ikke/{assignment_id:uuid}/{away_id:uuid}/likevel", Permission.CONTACT_OWN)
async def can_after_all(desk: Desk) -> Response[Any]:
    """The contact can come after all."""
    await withdraw_own_absence(desk.uow, desk.path_uuid("assignment_id"), desk.path_uuid("away_id"))
    return desk.redirect(desk.url(), flash=N_("Så fint. Koordinatoren ser at du kan komme likevel."))


HANDLERS = [
    show_list, show_round, stop, told, show_order, ask_form, ask, agreed_form, agreed, introduce_form, introduced,
    end_known, absence_form, absence_noted, cancel, show_ask, answer, cannot_form, cannot, can_after_all,
]  # fmt: skip
