"""For who has a link: confirm the address, see where one's application stands, change what is shared, take all back.

What is wrong, used and too old is answered alike, and counted.
"""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.web.desk import Desk
from sammen.web.door import public_action, public_page
from sammen.web.forms import Reader
from shared_pool.campaigns import public_views as views
from shared_pool.campaigns.door import Own
from shared_pool.campaigns.wishes import PublicWishes, read_wishes

CONFIRM = N_("Bekreft e-postadressen din")
OWN = N_("Søknaden din")
WITHDRAW = N_("Trekk alt tilbake")
USELESS = N_("Lenken virker ikke")


def _token(desk: Desk) -> str:
    return str(desk.request.path_params["token"])[:80]


def _own_url(desk: Desk, token: str) -> str:
    return views.with_source(f"/bli-med/min/{token}", desk)


async def _useless(desk: Desk, **more: Any) -> Response[str]:
    """One page for every link that opens nothing: 404, whatever the reason."""
    found = await views.visitor_of(desk).regions()
    return await desk.render(
        "campaigns/useless.html", title=desk.say(USELESS), status=404, regions=found, **more
    )


async def _wait(desk: Desk, bad: Invalid) -> Response[str]:
    return await desk.render("campaigns/wait.html", title=desk.say(USELESS), status=429, errors=bad.errors)


@public_page("/bli-med/bekreft/{token:str}")
async def confirm_page(desk: Desk) -> Response[str]:
    """A button, the same for every token: programs that open links in mail confirm nothing, and learn nothing."""
    views.visitor_of(desk)
    return await desk.render(
        "campaigns/confirm.html",
        title=desk.say(CONFIRM),
        action=views.with_source(f"/bli-med/bekreft/{_token(desk)}", desk),
    )


@public_action("/bli-med/bekreft/{token:str}")
async def confirm(desk: Desk) -> Response[Any]:
    """Give the form to its municipality, once, and show the applicant's own page."""
    try:
        own = await views.visitor_of(desk).confirm(_token(desk))
    except Invalid as bad:
        return await _wait(desk, bad)
    if own is None:
        return await _useless(desk)
    return desk.redirect(_own_url(desk, own), flash=N_("Takk! Kommunen har fått søknaden din."))


@public_page("/bli-med/min/{token:str}")
async def own_page(desk: Desk) -> Response[str]:
    """Where the application stands, and what the applicant has said yes to. A first name, and no more."""
    visitor = views.visitor_of(desk)
    try:
        own = await visitor.own(_token(desk))
    except Invalid as bad:
        return await _wait(desk, bad)
    if own is None:
        return await _useless(desk)
    return await _show(desk, own, values=views.wish_values(own))


async def _show(desk: Desk, own: Own, **more: Any) -> Response[str]:
    visitor = views.visitor_of(desk)
    places = await visitor.members(own.region_id)
    named = {place.id: place.name for place in places}
    token = _token(desk)
    return await desk.render(
        "campaigns/own.html", title=desk.say(OWN), places=[(str(one.id), one.name) for one in places],
        shared_with=", ".join(named[one] for one in own.wishes.municipalities if one in named),
        action=_own_url(desk, token), withdraw_url=views.with_source(f"/bli-med/min/{token}/trekk", desk),
        **views.own_values(own, desk), **more,
    )  # fmt: skip


@public_action("/bli-med/min/{token:str}")
async def change(desk: Desk) -> Response[Any]:
    """Change what is shared: what is no longer said yes to is hidden at once. The link is another from now on."""
    visitor = views.visitor_of(desk)
    try:
        own = await visitor.own(_token(desk))
        if own is None or own.withdrawn:
            return await _useless(desk)
        reader = Reader(desk.form)
        places = await visitor.members(own.region_id)
        wishes = read_wishes(reader, [place.id for place in places])
        try:
            reader.done()
        except Invalid as bad:
            return await _show(desk, own, status=422, errors=bad.errors, values=desk.form.values())
        new = await visitor.change(_token(desk), wishes)
    except Invalid as bad:
        return await _wait(desk, bad)
    if new is None:
        return await _useless(desk)
    return desk.redirect(
        _own_url(desk, new),
        flash=N_("Det er endret. Du får en ny lenke på e-post. Den gamle virker ikke lenger."),
    )


@public_page("/bli-med/min/{token:str}/trekk")
async def withdraw_page(desk: Desk) -> Response[str]:
    """Ask once whether everything is to be taken back."""
    try:
        own = await views.visitor_of(desk).own(_token(desk))
    except Invalid as bad:
        return await _wait(desk, bad)
    if own is None or own.withdrawn:
        return await _useless(desk)
    token = _token(desk)
    return await desk.render(
        "campaigns/withdraw.html", title=desk.say(WITHDRAW), own=own, back_url=_own_url(desk, token),
        action=views.with_source(f"/bli-med/min/{token}/trekk", desk),
    )  # fmt: skip


@public_action("/bli-med/min/{token:str}/trekk")
async def withdraw(desk: Desk) -> Response[Any]:
    """Take everything back: hidden in this moment, before any job has run."""
    visitor = views.visitor_of(desk)
    try:
        new = await visitor.change(_token(desk), PublicWishes(), withdraw=True)
    except Invalid as bad:
        return await _wait(desk, bad)
    if new is None:
        return await _useless(desk)
    return desk.redirect(
        _own_url(desk, new), flash=N_("Alt er trukket tilbake. Ingen andre kommuner ser deg lenger.")
    )


# A lost link ---------------------------------------------------------------------------------------------------------------
@public_page("/bli-med/{slug:str}/mistet")
async def lost_page(desk: Desk) -> Response[str]:
    """Ask for the address the application was confirmed with."""
    return await _lost(desk)


async def _lost(desk: Desk, **more: Any) -> Response[str]:
    region = str(desk.request.path_params["slug"])
    await views.visitor_of(desk).campaigns(region)  # a region without campaigns is not found
    return await desk.render(
        "campaigns/lost.html", title=desk.say(N_("Få en ny lenke")), action=f"/bli-med/{region}/mistet",
        **{"values": {}, "asked": False, **more},
    )  # fmt: skip


@public_action("/bli-med/{slug:str}/mistet")
async def lost(desk: Desk) -> Response[str]:
    """Send a new link, if there is somebody to send it to. The answer is the same."""
    visitor = views.visitor_of(desk)
    found = await visitor.campaigns(str(desk.request.path_params["slug"]))
    email = desk.form.text("epost")
    try:
        if "@" not in email[1:-1] or len(email) > 200:
            raise Invalid.one("epost", N_("Skriv e-postadressen slik: navn@eksempel.no."))
        await visitor.lost(found[0].region_id, email)
    except Invalid as bad:
        return await _lost(desk, status=422, errors=bad.errors, values=desk.form.values())
    return await _lost(desk, asked=True)


HANDLERS = [confirm_page, confirm, own_page, change, withdraw_page, withdraw, lost_page, lost]
