"""The slice's pages: the list of applications, forms from the net, another application, a withdrawn one; and for
everybody, the public form.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response
from litestar.datastructures import Cookie

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page, public_action, public_page
from sammen.web.formats import date_short
from sammen.web.paging import PAGE_SIZE, last_page
from tenants.cases.api import (
    APPLICATIONS,
    DUE,
    UNDECIDED,
    WHOSE,
    AnothersApplication,
    accepts_synthetic,
    application_values,
    apply_again,
    case_crumbs,
    own_case,
    read_application,
    take_responsibility,
    withdraw_application,
)
from tenants.intake import content, forms, public_views, views
from tenants.intake.codes import grouped, read_code
from tenants.intake.queries import ApplicationFilter, form_card, list_applications, new_forms
from tenants.intake.service import dismiss_form, known_cases, open_applications, read_form, register_form
from tenants.people.api import representatives_of


# The list ------------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/soknader", Permission.APPLICATION_REGISTER)
async def show_list(desk: Desk) -> Response[str]:
    """Open applications, the first to be answered first; above them the forms from the net."""
    wanted = ApplicationFilter.of(desk.query)
    found = await list_applications(desk.uow, wanted)
    return await desk.render(
        "intake/list.html",
        title=desk.say(APPLICATIONS),
        current="/soknader",
        found=found,
        incoming=views.form_lines(await new_forms(desk.uow), desk.context.base_url, desk.language),
        wanted=wanted,
        last=last_page(found.total),
        page_size=PAGE_SIZE,
        chips=views.chosen_filters(wanted, dict(desk.query), desk.language),
        due=desk.options(DUE),
        whose=desk.options(WHOSE),
        channels=views.labels(views.CHANNELS, desk.language),
        steps=views.labels(views.STEPS, desk.language),
        base=desk.url("/soknader"),
        cases=desk.url("/saker"),
        me=desk.context.user_id,
        public_url=f"/sok/{desk.context.slug}",
        handover_url=desk.url("/overganger"),
    )


@action("/k/{slug:str}/saker/{case_id:uuid}/ta", Permission.CASE_WRITE)
async def take_case(desk: Desk) -> Response[Any]:
    """Become responsible for a case that nobody has taken, or that a colleague had."""
    case_id = desk.path_uuid("case_id")
    await take_responsibility(desk.uow, case_id, desk.context.user)
    return desk.redirect(desk.url(f"/saker/{case_id}"), flash=N_("Du har tatt saken."))


# Forms from the net ---------------------------------------------------------------------------------------------------
def _form_crumbs(desk: Desk, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(desk.say(APPLICATIONS), desk.url("/soknader")), *((desk.say(text), url) for text, url in more)]


@page("/k/{slug:str}/soknader/skjema/{form_id:uuid}", Permission.APPLICATION_REGISTER)
async def show_form(desk: Desk) -> Response[str]:
    """A form as it was sent, with what the reader may know of the person from before."""
    card, sent = await read_form(desk.uow, desk.path_uuid("form_id"))
    known = await known_cases(desk.uow, sent) if sent else []
    if known:
        await record_read(
            desk.uow,
            "case.found",
            sorted({one.person_id for one in known}),
            why=N_("Leste et skjema fra nettet"),
        )
    return await desk.render(
        "intake/form.html",
        title=desk.say(views.FORM),
        current="/soknader",
        crumbs=_form_crumbs(desk, (views.FORM, "")),
        card=card,
        sent=sent,
        reference=grouped(card.reference, 4),
        parts=views.form_parts(sent, desk.language) if sent else [],
        more=views.form_more(sent, desk.language) if sent else [],
        known=known,
        days_left=views.days_left(card.received_on),
        answer_by=views.answer_day(card.received_on),
        cases=desk.url("/saker"),
        base=desk.url(f"/soknader/skjema/{card.id}"),
        list_url=desk.url("/soknader"),
    )


async def _register_values(desk: Desk) -> tuple[UUID, dict[str, Any], dict[str, str]]:
    card, sent = await read_form(desk.uow, desk.path_uuid("form_id"))
    if card.state != "new":
        raise Conflict(N_("Skjemaet er alt behandlet."))
    base = desk.url(f"/soknader/skjema/{card.id}")
    shown = {
        "current": "/soknader",
        "crumbs": _form_crumbs(desk, (views.FORM, base), (N_("Registrer søknad"), "")),
        **await application_values(desk, action=f"{base}/registrer", received=card.received_on),
    }
    return card.id, shown, content.staff_values(sent) if sent else {}


@page("/k/{slug:str}/soknader/skjema/{form_id:uuid}/registrer", Permission.APPLICATION_REGISTER)
async def register_form_page(desk: Desk) -> Response[str]:
    """The application form, filled in with what the sent form says."""
    _, shown, values = await _register_values(desk)
    return await desk.render(
        "cases/application.html", title=desk.say(N_("Registrer søknad")), values=values, **shown
    )


@action("/k/{slug:str}/soknader/skjema/{form_id:uuid}/registrer", Permission.APPLICATION_REGISTER)
async def save_form(desk: Desk) -> Response[Any]:
    """Register the form as an application on the person's case."""
    form_id, shown, _ = await _register_values(desk)
    title = desk.say(N_("Registrer søknad"))
    try:
        facts = read_application(desk.form, accept_synthetic=accepts_synthetic(desk))
        case_id = await register_form(desk.uow, form_id, facts)
    except Invalid as bad:
        return await desk.again("cases/application.html", bad, title=title, **shown)
    except AnothersApplication as bad:
        # The birth date was mended so that another purchaser has it: they find the form on their own list by its age.
        shown |= {"anothers": desk.say(bad.message)}
        return await desk.render(
            "cases/application.html", title=title, status=422, values=desk.form.values(), **shown
        )
    return desk.redirect(
        desk.url(f"/saker/{case_id}"),
        flash=N_("Søknaden er registrert. Kartlegg ønskene før du skriver vedtak."),
    )


@page("/k/{slug:str}/soknader/skjema/{form_id:uuid}/avvis", Permission.APPLICATION_REGISTER)
async def dismiss_page(desk: Desk) -> Response[str]:
    """Ask why a form shall not become an application."""
    card = await form_card(desk.uow, desk.path_uuid("form_id"))
    base = desk.url(f"/soknader/skjema/{card.id}")
    return await desk.render(
        "intake/dismiss.html",
        title=desk.say(N_("Legg bort skjemaet")),
        current="/soknader",
        crumbs=_form_crumbs(desk, (views.FORM, base), (N_("Legg bort"), "")),
        values={},
        back_url=base,
        action=f"{base}/avvis",
    )


@action("/k/{slug:str}/soknader/skjema/{form_id:uuid}/avvis", Permission.APPLICATION_REGISTER)
async def dismiss(desk: Desk) -> Response[Any]:
    """Put a form aside, with the reason."""
    form_id = (await form_card(desk.uow, desk.path_uuid("form_id"))).id
    base = desk.url(f"/soknader/skjema/{form_id}")
    try:
        await dismiss_form(desk.uow, form_id, forms.read_reason(desk.form))
    except Invalid as bad:
        return await desk.again(
            "intake/dismiss.html", bad, title=desk.say(N_("Legg bort skjemaet")), current="/soknader",
            crumbs=_form_crumbs(desk, (views.FORM, base), (N_("Legg bort"), "")), back_url=base, action=f"{base}/avvis",
        )  # fmt: skip
    return desk.redirect(desk.url("/soknader"), flash=N_("Skjemaet er lagt bort."))


# Another application on a case, and one taken back ---------------------------------------------------------------------
async def _again_values(desk: Desk) -> dict[str, Any]:
    case, person = await own_case(desk)
    known = await representatives_of(desk.uow, person.id)
    await record_read(
        desk.uow, "case.read", [person.id], why=N_("Ny søknad"), object_kind="case", object_id=case.id
    )
    return {
        "current": "/saker",
        "crumbs": case_crumbs(desk, case, person, N_("Ny søknad")),
        "person": person,
        "who": forms.who_may_apply(known, desk.language),
        "case_url": desk.url(f"/saker/{case.id}"),
        **await application_values(desk, action=desk.url(f"/saker/{case.id}/soknad")),
    }


@page("/k/{slug:str}/saker/{case_id:uuid}/soknad", Permission.APPLICATION_REGISTER)
async def again_page(desk: Desk) -> Response[str]:
    """The form for another application of somebody who has a case."""
    shown = await _again_values(desk)
    values = {"mottatt": date_short(today()), "kanal": "letter", "hvem": "self"}
    return await desk.render("intake/again.html", title=desk.say(N_("Ny søknad")), values=values, **shown)


@action("/k/{slug:str}/saker/{case_id:uuid}/soknad", Permission.APPLICATION_REGISTER)
async def save_again(desk: Desk) -> Response[Any]:
    """Register another application on the case."""
    shown = await _again_values(desk)
    case_id = desk.path_uuid("case_id")
    try:
        known = await representatives_of(desk.uow, shown["person"].id)
        await apply_again(desk.uow, case_id, forms.read_again(desk.form, known))
    except Invalid as bad:
        return await desk.again("intake/again.html", bad, title=desk.say(N_("Ny søknad")), **shown)
    return desk.redirect(desk.url(f"/saker/{case_id}"), flash=N_("Søknaden er registrert."))


async def _withdraw_values(desk: Desk) -> dict[str, Any]:
    case, person = await own_case(desk)
    waiting = await open_applications(desk.uow, case.id)
    await record_read(
        desk.uow, "case.read", [person.id], why=N_("Trukket søknad"), object_kind="case", object_id=case.id
    )
    return {
        "current": "/saker",
        "crumbs": case_crumbs(desk, case, person, N_("Søknaden er trukket")),
        "person": person,
        "waiting": views.application_choices(waiting, desk.language),
        "withdrawers": desk.options(forms.WITHDRAWERS),
        "closes": case.state in UNDECIDED and len(waiting) == 1,
        "case_url": desk.url(f"/saker/{case.id}"),
        "action": desk.url(f"/saker/{case.id}/trekk"),
    }


@page("/k/{slug:str}/saker/{case_id:uuid}/trekk", Permission.APPLICATION_REGISTER)
async def withdraw_page(desk: Desk) -> Response[str]:
    """Ask which application was taken back, when and by whom."""
    shown = await _withdraw_values(desk)
    values = {
        "dato": date_short(today()),
        "soknad": next((choice for choice, _ in shown["waiting"]), ""),
        "av": "self",
    }
    return await desk.render(
        "intake/withdraw.html", title=desk.say(N_("Søknaden er trukket")), values=values, **shown
    )


@action("/k/{slug:str}/saker/{case_id:uuid}/trekk", Permission.APPLICATION_REGISTER)
async def withdraw(desk: Desk) -> Response[Any]:
    """Note that the application was taken back."""
    shown = await _withdraw_values(desk)
    case_id = desk.path_uuid("case_id")
    try:
        application_id, facts = forms.read_withdrawal(desk.form, {choice for choice, _ in shown["waiting"]})
        await withdraw_application(desk.uow, application_id, facts)
    except Invalid as bad:
        return await desk.again(
            "intake/withdraw.html", bad, title=desk.say(N_("Søknaden er trukket")), **shown
        )
    return desk.redirect(desk.url(f"/saker/{case_id}"), flash=N_("Søknaden er trukket."))


# For everybody: the public form ---------------------------------------------------------------------------------------
@public_page("/sok")
async def choose_place(desk: Desk) -> Response[str]:
    """Choose the municipality one lives in."""
    places = await public_views.door_of(desk).places()
    return await desk.render("intake/places.html", title=desk.say(N_("Søk om støttekontakt")), places=places)


async def _start(desk: Desk, **more: Any) -> Response[str]:
    place = await public_views.door_of(desk).place(str(desk.request.path_params["slug"]))
    return await desk.render(
        "intake/start.html", title=public_views.page_title(place, desk), place=place, base=f"/sok/{place.slug}",
        **{"values": {}, **more},
    )  # fmt: skip


@public_page("/sok/{slug:str}")
async def start(desk: Desk) -> Response[str]:
    """What one applies for, in which language, and the way to begin or to go on."""
    return await _start(desk)


@public_page("/sok/{slug:str}/skjema")
async def empty_form(desk: Desk) -> Response[str]:
    """The form, empty."""
    place = await public_views.door_of(desk).place(str(desk.request.path_params["slug"]))
    return await desk.render(
        "intake/public.html", title=public_views.page_title(place, desk),
        values=public_views.first_values(desk.language), code="", kept_until=None, **public_views.form_values(desk, place),
    )  # fmt: skip


@public_action("/sok/{slug:str}/hent")
async def resume(desk: Desk) -> Response[Any]:
    """The form as it was saved, for who has its code."""
    door = public_views.door_of(desk)
    place = await door.place(str(desk.request.path_params["slug"]))
    code = read_code(desk.form.text("kode"))
    try:
        saved = await door.read(place, code) if code else None
        if code is None or saved is None:
            raise Invalid.one("kode", forms.WRONG_CODE)
    except Invalid as bad:
        return await _start(desk, status=422, errors=bad.errors, values={"kode": desk.form.text("kode")})
    return await desk.render(
        "intake/public.html", title=public_views.page_title(place, desk),
        values={**public_views.first_values(desk.language), **saved.fields}, code=code, kept_until=saved.kept_until,
        **public_views.form_values(desk, place),
    )  # fmt: skip


@public_action("/sok/{slug:str}/skjema")
async def send(desk: Desk) -> Response[Any]:
    """Save the form for another day, or send it."""
    door = public_views.door_of(desk)
    place = await door.place(str(desk.request.path_params["slug"]))
    code = read_code(desk.form.text("kode"))
    try:
        if desk.form.text("gjor") == "lagre":
            code, kept_until = await door.save(place, content.typed_so_far(desk.form), code)
            response: Response[Any] = desk.redirect(f"/sok/{place.slug}/lagret")
            response.set_cookie(Cookie(**public_views.code_cookie(desk, code, kept_until)))
            return response
        sent = content.read_public_form(desk.form, accept_synthetic=accepts_synthetic(desk))
        receipt = await door.send(place, sent, language=desk.language, page_key=desk.key, code=code)
    except Invalid as bad:
        return await desk.render(
            "intake/public.html", title=public_views.page_title(place, desk), status=422, errors=bad.errors,
            values=desk.form.values(), code=code or "", kept_until=None, **public_views.form_values(desk, place),
        )  # fmt: skip
    return desk.redirect(public_views.receipt_address(desk, place, receipt))


@public_page("/sok/{slug:str}/lagret")
async def saved_page(desk: Desk) -> Response[Any]:
    """The code, shown once."""
    place = await public_views.door_of(desk).place(str(desk.request.path_params["slug"]))
    carried = public_views.code_carried(desk)
    if carried is None:
        return desk.redirect(f"/sok/{place.slug}")
    response = await desk.render(
        "intake/saved.html", title=desk.say(N_("Søknaden er lagret")), place=place, base=f"/sok/{place.slug}",
        code=grouped(carried[0]), kept_until=carried[1],
    )  # fmt: skip
    response.delete_cookie(public_views.CODE_COOKIE, path="/sok")
    return response


@public_page("/sok/{slug:str}/mottatt")
async def receipt_page(desk: Desk) -> Response[Any]:
    """What the form is called, what happens now, and the last day to answer."""
    place = await public_views.door_of(desk).place(str(desk.request.path_params["slug"]))
    carried = public_views.receipt_carried(desk, place)
    if carried is None:
        return desk.redirect(f"/sok/{place.slug}")
    receipt, answer_by = carried
    return await desk.render(
        "intake/receipt.html", title=desk.say(N_("Vi har fått søknaden")), place=place,
        reference=grouped(receipt.reference, 4), received_on=receipt.received_on, answer_by=answer_by,
    )  # fmt: skip


HANDLERS = [
    show_list, take_case, show_form, register_form_page, save_form, dismiss_page, dismiss, again_page, save_again,
    withdraw_page, withdraw, choose_place, start, empty_form, resume, send, saved_page, receipt_page,
]  # fmt: skip
