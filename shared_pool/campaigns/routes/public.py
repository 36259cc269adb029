"""For everybody: a region's campaigns, one campaign, and its form. Nobody is asked to log in, and nobody is followed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.errors import BadInput, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.web.desk import Desk
from sammen.web.door import public_action, public_page
from shared_pool.campaigns import public_views as views
from shared_pool.campaigns.content import PublicForm, read_form
from shared_pool.campaigns.door import Place, Visitor
from shared_pool.campaigns.published import Published

JOIN = N_("Bli støttekontakt")
UNKNOWN_POSTCODE = N_("Postnummeret ligger ikke i kommunene som er med. Velg den kommunen du vil høre fra.")


@public_page("/b/{code:str}")
async def short(desk: Desk) -> Response[Any]:
    """The address on a poster: on to its campaign, with the code. A code nobody has made is not found."""
    code = str(desk.request.path_params["code"])
    found = await views.visitor_of(desk).by_code(code)
    if found is None:
        raise NotFound
    return desk.redirect(f"/bli-med/{found[0]}/{found[1]}?k={code}")


@public_page("/bli-med")
async def regions(desk: Desk) -> Response[Any]:
    """Which regions one may join; straight in when there is one."""
    found = await views.visitor_of(desk).regions()
    if len(found) == 1:
        return desk.redirect(f"/bli-med/{found[0][0]}")
    return await desk.render("campaigns/regions.html", title=desk.say(JOIN), regions=found)


@public_page("/bli-med/{slug:str}")
async def campaigns(desk: Desk) -> Response[str]:
    """A region's open campaigns."""
    region = str(desk.request.path_params["slug"])
    found = await views.visitor_of(desk).campaigns(region)
    return await desk.render(
        "campaigns/open.html", title=desk.say(JOIN), region_url=f"/bli-med/{region}",
        rows=[(one.said(desk.language), f"/bli-med/{region}/{one.slug}", one.closes_on) for one in found if one.is_open],
    )  # fmt: skip


async def _campaign(desk: Desk, visitor: Visitor) -> tuple[Published, Sequence[Published]]:
    """The address's campaign and the others that are open. Raises NotFound."""
    found = await visitor.campaigns(str(desk.request.path_params["slug"]))
    wanted = next((one for one in found if one.slug == desk.request.path_params["campaign"]), None)
    if wanted is None:
        raise NotFound
    return wanted, [one for one in found if one.is_open and one.id != wanted.id]


@public_page("/bli-med/{slug:str}/{campaign:str}")
async def show(desk: Desk) -> Response[str]:
    """A campaign's page: counted by its source and day, and by nothing else. A closed one shows those that are open."""
    visitor = views.visitor_of(desk)
    campaign, others = await _campaign(desk, visitor)
    places = await visitor.places(campaign)
    if campaign.is_open and "sec-purpose" not in desk.request.headers:
        await visitor.count_view(campaign, views.code_of(desk))
    shown = views.page_values(campaign, desk)
    return await desk.render(
        "campaigns/page.html", title=shown["said"].title, places=[place.name for place in places],
        others=[(one.said(desk.language), f"{shown['region_url']}/{one.slug}", one.closes_on) for one in others], **shown,
    )  # fmt: skip


@public_page("/bli-med/{slug:str}/{campaign:str}/skjema")
async def empty_form(desk: Desk) -> Response[Any]:
    """The form, empty: nothing is ticked beforehand. A closed campaign's form leads back to its page."""
    visitor = views.visitor_of(desk)
    campaign, _ = await _campaign(desk, visitor)
    shown = views.page_values(campaign, desk)
    if not campaign.is_open:
        return desk.redirect(shown["here"])
    places = await visitor.places(campaign)
    return await desk.render(
        "campaigns/form.html", title=desk.say(JOIN), values={}, **shown, **views.form_values(desk, places)
    )


@public_action("/bli-med/{slug:str}/{campaign:str}/skjema")
async def send(desk: Desk) -> Response[Any]:
    """Keep the form until its e-mail address is confirmed. Sent twice, it is one."""
    visitor = views.visitor_of(desk)
    campaign, _ = await _campaign(desk, visitor)
    places = await visitor.places(campaign)
    try:
        form, place = await _read(desk, visitor, places)
        form_id = await visitor.send(
            campaign,
            place,
            form.fields,
            form.wishes,
            code=views.code_of(desk),
            language=desk.language,
            page_key=desk.key,
        )
    except Invalid as bad:
        return await desk.again(
            "campaigns/form.html", bad, title=desk.say(JOIN), **views.page_values(campaign, desk),
            **views.form_values(desk, places),
        )  # fmt: skip
    return desk.redirect(views.pending_address(desk, form_id))


async def _read(desk: Desk, visitor: Visitor, places: Sequence[Place]) -> tuple[PublicForm, UUID]:
    """The form and the municipality it is for: the one chosen, or the postcode's. Raises Invalid with every error."""
    errors: dict[str, BadInput] = {}
    form: PublicForm | None = None
    try:
        form = read_form(desk.form, [place.id for place in places])
    except Invalid as bad:
        errors |= bad.errors
    place = await _place(desk, visitor, places)
    if place is None and "postnummer" not in errors:
        errors["kommune"] = BadInput("kommune", UNKNOWN_POSTCODE)
    if errors or form is None or place is None:
        raise Invalid(errors)
    return form, place


async def _place(desk: Desk, visitor: Visitor, places: Sequence[Place]) -> UUID | None:
    chosen = desk.form.text("kommune")
    if chosen:
        return next((place.id for place in places if str(place.id) == chosen), None)
    code = await visitor.municipality_code(desk.form.text("postnummer")[:4])
    return next((place.id for place in places if place.code == code), None)


# After sending it ------------------------------------------------------------------------------------------------------
@public_page("/bli-med/sendt/{form:uuid}")
async def sent(desk: Desk) -> Response[str]:
    """Look in your e-mail; and a way to mend the address, or to have the link sent again."""
    return await _sent(desk)


async def _sent(desk: Desk, **more: Any) -> Response[str]:
    visitor, form_id = views.visitor_of(desk), desk.path_uuid("form")
    if not views.pending_ok(desk, form_id):
        raise NotFound
    title = desk.say(N_("Sjekk e-posten din"))
    try:
        pending = await visitor.pending(form_id)
    except NotFound:
        return await desk.render("campaigns/used.html", title=desk.say(N_("Skjemaet venter ikke lenger")))
    return await desk.render(
        "campaigns/sent.html", title=title, email=views.masked(pending.email), pending=pending,
        link=views.demo_link(desk, pending), action=views.pending_address(desk, form_id),
        **{"values": {}, **more},
    )  # fmt: skip


@public_action("/bli-med/sendt/{form:uuid}")
async def send_again(desk: Desk) -> Response[Any]:
    """Send the link once more, to the same address or a mended one."""
    visitor, form_id = views.visitor_of(desk), desk.path_uuid("form")
    if not views.pending_ok(desk, form_id):
        raise NotFound
    try:
        pending = await visitor.pending(form_id)
        email = desk.form.text("epost") or pending.email
        if "@" not in email[1:-1] or any(sign.isspace() for sign in email) or len(email) > 200:
            raise Invalid.one("epost", N_("Skriv e-postadressen slik: navn@eksempel.no."))
        await visitor.resend(form_id, pending.region_id, pending.first_name, email)
    except Invalid as bad:
        return await _sent(desk, status=422, errors=bad.errors, values=desk.form.values())
    except NotFound:
        return await _sent(desk)
    return desk.redirect(
        views.pending_address(desk, form_id),
        flash=N_("Vi har sendt lenken på nytt til %(email)s."),
        email=views.masked(email),
    )


HANDLERS = [short, regions, campaigns, show, empty_form, send, sent, send_again]
