"""For everybody: signing up for a municipality's newsletter, confirming it, and leaving it with one click.

Every answer is the same whoever asks: a stranger with somebody's address learns nothing, and a program that opens the
links in mail neither confirms nor leaves, since a page that is only looked at changes nothing.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.web.desk import Desk, chosen_language
from sammen.web.door import public_action, public_page
from sammen.web.i18n import LANGUAGES
from shared_pool.newsletters import forms
from shared_pool.newsletters.codes import MAIL_LANGUAGES, WHO
from shared_pool.newsletters.door import NewsVisitor
from shared_pool.newsletters.sealing import CONFIRM_PATH, LEAVE_PATH, LONGEST_TOKEN

TITLE = N_("Nyhetsbrev fra %(place)s")
CONFIRM = N_("Bekreft e-postadressen din")
LEAVE = N_("Meld deg av nyhetsbrevet")


def _visitor(desk: Desk) -> NewsVisitor:
    asked = desk.query.get("s", "")
    if asked in LANGUAGES and chosen_language(desk.request) is None:
        desk.language = asked
    client = desk.request.client
    return NewsVisitor(desk.house.engine, desk.house.keys, client.host if client else "")


async def _place(desk: Desk) -> tuple[NewsVisitor, UUID, str]:
    visitor = _visitor(desk)
    place_id, name = await visitor.place(str(desk.request.path_params["slug"]))
    return visitor, place_id, name


async def _form(desk: Desk, name: str, **more: Any) -> Response[str]:
    return await desk.render(
        "newsletters/sign_up.html", title=desk.say(TITLE, place=name), place=name, trap=forms.TRAP,
        segments=desk.options(WHO), action=desk.path + (f"?s={desk.language}" if desk.language != "nb" else ""),
        **{"values": {}, **more},
    )  # fmt: skip


@public_page("/nyhetsbrev/{slug:str}")
async def sign_up_form(desk: Desk) -> Response[str]:
    """What one may sign up for, and how one leaves again."""
    _, _, name = await _place(desk)
    return await _form(desk, name)


@public_action("/nyhetsbrev/{slug:str}")
async def sign_up(desk: Desk) -> Response[Any]:
    """Send a link to the address. The page that follows is the same for every address."""
    visitor, place_id, name = await _place(desk)
    try:
        segment, email = forms.read_sign_up(desk.form)
        language = desk.language if desk.language in MAIL_LANGUAGES else "nb"
        await visitor.sign_up(place_id, segment, language, email)
    except Invalid as bad:
        return await _form(desk, name, status=422, errors=bad.errors, values=desk.form.values())
    return await desk.render(
        "newsletters/signed_up.html", title=desk.say(N_("Sjekk e-posten din")), place=name
    )


def _token(desk: Desk) -> str:
    return str(desk.request.path_params["token"])[:LONGEST_TOKEN]


@public_page("/nyhetsbrev/bekreft/{token:str}")
async def confirm_page(desk: Desk) -> Response[str]:
    """A button, the same for every token."""
    _visitor(desk)
    return await desk.render(
        "newsletters/confirm.html", title=desk.say(CONFIRM), action=f"{CONFIRM_PATH}{_token(desk)}"
    )


@public_action("/nyhetsbrev/bekreft/{token:str}")
async def confirm(desk: Desk) -> Response[Any]:
    """On the list. A link that is wrong or too old says so, and no more."""
    try:
        name = await _visitor(desk).confirm(_token(desk))
    except Invalid as bad:
        return await desk.render("newsletters/confirm.html", title=desk.say(CONFIRM), status=429, errors=bad.errors,
                                 action=f"{CONFIRM_PATH}{_token(desk)}")  # fmt: skip
    return await desk.render(
        "newsletters/confirmed.html", title=desk.say(CONFIRM), status=200 if name else 404, place=name or ""
    )


@public_page("/nyhetsbrev/av/{token:str}")
async def leave_page(desk: Desk) -> Response[str]:
    """A button, the same for every token: a program that opens the links in mail takes nobody off."""
    _visitor(desk)
    return await desk.render(
        "newsletters/leave.html", title=desk.say(LEAVE), action=f"{LEAVE_PATH}{_token(desk)}"
    )


@public_action("/nyhetsbrev/av/{token:str}")
async def leave(desk: Desk) -> Response[str]:
    """Off the list, at once: from the page's button, or from the mail program's own (RFC 8058). One answer for all."""
    await _visitor(desk).leave(_token(desk))
    return await desk.render("newsletters/left.html", title=desk.say(N_("Du får ikke flere nyhetsbrev")))


HANDLERS = [sign_up_form, sign_up, confirm_page, confirm, leave_page, leave]
