"""One's own account: password, code app, spare codes, telephone and the address one logs in with."""

from __future__ import annotations

import re
from typing import Any

from litestar import Response
from markupsafe import Markup

from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.identity import accounts, totp
from sammen.identity.accounts import (
    SAID,
    Account,
    Outcome,
    changeable,
    my_account,
    read_phone,
    send_code,
    shown_first,
)
from sammen.identity.passwords import check_password, words_of
from sammen.identity.routes.cookie import safe_way_back, with_session
from sammen.identity.spare import shown
from sammen.keys import token_hash
from sammen.policy.assurance import LEVEL_NAMES, Level
from sammen.web.desk import Desk
from sammen.web.door import session_action, session_page

TITLE = N_("Konto og innlogging")
APP, PASSWORD, PHONE, ADDRESS = (
    N_("Kodeapp"),
    N_("Bytt passord"),
    N_("Koder på SMS"),
    N_("Adressen du logger inn med"),
)
SPARE, CHOOSE = N_("Reservekoder"), N_("Slik bekrefter du at det er deg")
WRONG_PASSWORD = N_("Passordet du har nå, er ikke riktig.")
WAIT = N_("Vi har nettopp sendt flere koder dit. Vent ti minutter og prøv igjen.")
EMAIL = re.compile(r"[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+\.[^@\s<>,;:\"()\[\]\\]+")


def _crumbs(desk: Desk, last: str) -> list[tuple[str, str]]:
    return [(desk.say(TITLE), "/konto"), (desk.say(last), "")]


@session_page("/konto")
async def show_account(desk: Desk) -> Response[str]:
    """What one logs in with, and how to change it."""
    account = await my_account(desk.uow)
    return await desk.render(
        "identity/account.html", title=desk.say(TITLE), account=account,
        level=desk.say(LEVEL_NAMES[Level(account.assurance)]), persona=account.method == "persona",
    )  # fmt: skip


@session_page("/konto/passord")
async def password_form(desk: Desk) -> Response[str]:
    """Change the password."""
    account = await my_account(desk.uow)
    return await desk.render(
        "identity/password.html",
        title=desk.say(PASSWORD),
        crumbs=_crumbs(desk, PASSWORD),
        account=account,
        values={},
    )


@session_action("/konto/passord")
async def save_password(desk: Desk) -> Response[Any]:
    """The old one, and a new one that nobody would guess. All other sessions end. A wrong old one counts as a wrong code."""
    account = await changeable(desk.uow)
    words = words_of(account.name, account.login, *(place.name for place in desk.context.places), "sammen")
    try:
        chosen = await check_password(
            desk.form.text("passord"), words, breached=desk.house.settings.breached_file
        )
    except Invalid as bad:
        return await _password_again(desk, account, bad)
    ended = 0
    async with desk.beside() as uow:
        free = (await uow.call("SELECT sammen.code_try($1) AS free", desk.request_id))[0]["free"]
        right = free and await accounts.right_password(uow, desk.form.text("gammelt"))
        if right:
            ended = await accounts.change_password(uow, chosen, desk.request_id)
        elif free:
            await uow.call("SELECT sammen.code_wrong($1)", desk.request_id)
    if not right:
        said = WRONG_PASSWORD if free else SAID[Outcome.LOCKED]
        return await _password_again(desk, account, Invalid.one("gammelt", said))
    flash = (
        N_("Passordet er endret.")
        if not ended
        else N_("Passordet er endret, og du er logget ut alle andre steder.")
    )
    return desk.redirect("/konto", flash=flash)


async def _password_again(desk: Desk, account: Account, bad: Invalid) -> Response[str]:
    # What was typed is not sent back: a password stands in no page.
    return await desk.render(
        "identity/password.html", title=desk.say(PASSWORD), crumbs=_crumbs(desk, PASSWORD), status=422, errors=bad.errors,
        account=account, values={},
    )  # fmt: skip


@session_page("/konto/bekreftelse")
async def choose(desk: Desk) -> Response[str]:
    """For those with their own pages alone: an app, or SMS."""
    account = await my_account(desk.uow)
    back = safe_way_back(desk.query.get("neste", "/"))
    return await desk.render(
        "identity/choose.html",
        title=desk.say(CHOOSE),
        crumbs=_crumbs(desk, CHOOSE),
        account=account,
        back=back,
    )


async def _app_values(desk: Desk, account: Account, back: str) -> dict[str, Any]:
    own = not account.provided and account.method != "persona"
    secret = await accounts.pending_secret(desk.uow) if own else ""
    return {
        "account": account,
        "back": back,
        "secret": totp.grouped(secret) if secret else "",
        # Drawn by segno from numbers alone: no text of anybody's is in it.
        "picture": Markup(totp.picture(secret, account.login)) if secret else "",  # noqa: S704
    }


@session_page("/konto/kodeapp")
async def app_form(desk: Desk) -> Response[str]:
    """Set up a code app, or a new one."""
    account = await my_account(desk.uow)
    if not account.provided and account.method != "persona":
        shown_first(account)
    values = await _app_values(desk, account, safe_way_back(desk.query.get("neste", "/konto")))
    return await desk.render(
        "identity/app.html", title=desk.say(APP), crumbs=_crumbs(desk, APP), values={}, **values
    )


@session_action("/konto/kodeapp/ny")
async def begin_app(desk: Desk) -> Response[Any]:
    """Make the secret that the app is to read."""
    await accounts.begin_app(desk.uow)
    back = safe_way_back(desk.form.text("neste") or "/konto")
    return desk.redirect(f"/konto/kodeapp?neste={back}")


@session_action("/konto/kodeapp")
async def confirm_app(desk: Desk) -> Response[Any]:
    """The first code from it. Right: it is theirs, and the spare codes are shown, once."""
    account = await changeable(desk.uow)
    back = safe_way_back(desk.form.text("neste") or "/konto")
    values = await _app_values(desk, account, back)
    async with desk.beside() as uow:
        outcome, codes, token = await accounts.confirm_app(uow, desk.form.text("kode"), desk.request_id)
    if outcome is not Outcome.RIGHT:
        bad = Invalid.one("kode", SAID[outcome])
        return await desk.again(
            "identity/app.html", bad, title=desk.say(APP), crumbs=_crumbs(desk, APP), **values
        )
    desk.token_hash = token_hash(token)
    return with_session(desk, await _spare(desk, codes, back), token)


async def _spare(desk: Desk, codes: list[str], back: str) -> Response[str]:
    return await desk.render(
        "identity/spare.html", title=desk.say(SPARE), crumbs=_crumbs(desk, SPARE), back=back,
        codes=[shown(code) for code in codes],
    )  # fmt: skip


@session_action("/konto/reservekoder")
async def new_spare(desk: Desk) -> Response[Any]:
    """Ten new spare codes; the old ones open nothing any more. Shown once."""
    account = await changeable(desk.uow)
    if account.app_since is None:
        return desk.redirect("/konto/kodeapp")
    return await _spare(desk, await accounts.new_recovery_codes(desk.uow), "/konto")


async def _addresses(
    desk: Desk, what: str, *, typed: dict[str, Any], bad: Invalid | None = None
) -> Response[str]:
    account, title = await my_account(desk.uow), PHONE if what == "phone" else ADDRESS
    return await desk.render(
        f"identity/{what}.html", title=desk.say(title), crumbs=_crumbs(desk, title), status=422 if bad else 200,
        errors=bad.errors if bad else None, account=account, values=typed,
        back=safe_way_back(desk.query.get("neste", "/konto")), sent=desk.query.get("sendt") == "1",
    )  # fmt: skip


@session_page("/konto/telefon")
async def phone_form(desk: Desk) -> Response[str]:
    """Codes by SMS, for one's own pages."""
    return await _addresses(desk, "phone", typed={})


@session_page("/konto/epost")
async def email_form(desk: Desk) -> Response[str]:
    """The address one logs in with."""
    return await _addresses(desk, "email", typed={})


async def _send(desk: Desk, what: str, address: str) -> Response[Any]:
    answer = await send_code(desk.uow, what, address)
    page = "/konto/telefon" if what == "phone" else "/konto/epost"
    if answer != "sent":
        return desk.redirect(page, flash=WAIT, state="warning")
    return desk.redirect(f"{page}?sendt=1", flash=N_("Koden er sendt. Skriv den her når den kommer."))


@session_action("/konto/telefon")
async def send_to_phone(desk: Desk) -> Response[Any]:
    """Send a code to the number, to see that it is theirs."""
    await changeable(desk.uow)
    try:
        number = read_phone(desk.form.text("telefon"))
    except Invalid as bad:
        return await _addresses(desk, "phone", typed=desk.form.values(), bad=bad)
    return await _send(desk, "phone", number)


@session_action("/konto/epost")
async def send_to_email(desk: Desk) -> Response[Any]:
    """Send a code to the address, to see that it is theirs."""
    await changeable(desk.uow)
    address = desk.form.text("epost").lower()
    if not EMAIL.fullmatch(address) or len(address) > 200:
        bad = Invalid.one("epost", N_("Skriv en e-postadresse, som navn@eksempel.no."))
        return await _addresses(desk, "email", typed=desk.form.values(), bad=bad)
    return await _send(desk, "email", address)


async def _confirm(desk: Desk, what: str) -> Response[Any]:
    await changeable(desk.uow)
    async with desk.beside() as uow:
        outcome = await accounts.confirm_address(uow, what, desk.form.text("kode"), desk.request_id)
    page = "/konto/telefon" if what == "phone" else "/konto/epost"
    if outcome is Outcome.RIGHT:
        return desk.redirect("/konto", flash=N_("Takk. Det er lagret."))
    return desk.redirect(f"{page}?sendt=1", flash=SAID[outcome], state="danger")


@session_action("/konto/telefon/kode")
async def confirm_phone(desk: Desk) -> Response[Any]:
    """The code that came to the number."""
    return await _confirm(desk, "phone")


@session_action("/konto/epost/kode")
async def confirm_email(desk: Desk) -> Response[Any]:
    """The code that came to the address."""
    return await _confirm(desk, "email")


HANDLERS = [
    show_account, password_form, save_password, choose, app_form, begin_app, confirm_app, new_spare, phone_form, email_form,
    send_to_phone, send_to_email, confirm_phone, confirm_email,
]  # fmt: skip
