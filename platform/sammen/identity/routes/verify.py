"""Showing once more that it is oneself: what a place asks for that a password alone does not open."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Response

from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.identity.accounts import SAID, Account, Outcome, my_account, raise_session, send_code, try_code
from sammen.identity.routes.cookie import safe_way_back, signed_in
from sammen.policy.assurance import Level, enough
from sammen.web.desk import Desk
from sammen.web.door import session_action, session_page

TITLE = N_("Bekreft at det er deg")
WAIT = N_("Vi har nettopp sendt deg flere koder. Vent ti minutter før du ber om en ny.")
SENT = N_("Koden er sendt. Det kan ta et minutt før den kommer.")


def _wanted(text: str) -> Level:
    return Level(text) if text in Level.__members__.values() else Level.SECOND_FACTOR


def _first(account: Account, wanted: Level, back: str) -> str:
    """Where somebody goes first who has nothing to show yet, or cannot show it here; "" for who can."""
    if account.provided:
        return f"/logg-inn/opp?nivaa={wanted}&neste={quote(back)}"
    strong = account.app_since is not None or account.recovery_left > 0
    if wanted is Level.SECOND_FACTOR and not strong:
        return f"/konto/kodeapp?neste={quote(back)}"
    if wanted is Level.SENT_CODE and not account.has_factor:
        return f"/konto/bekreftelse?neste={quote(back)}"
    return ""


def _values(account: Account, wanted: Level, back: str, *, sent: bool) -> dict[str, Any]:
    return {
        "account": account,
        "wanted": wanted.value,
        "back": back,
        "sent": sent,
        "by_sms": wanted in (Level.PASSWORD, Level.SENT_CODE) and bool(account.phone),
        "elsewhere": wanted in (Level.SUBSTANTIAL, Level.HIGH),
    }


@session_page("/bekreft")
async def ask(desk: Desk) -> Response[Any]:
    """`nivaa` is what the place asks for, `neste` where one was going."""
    wanted, back = _wanted(desk.query.get("nivaa", "")), safe_way_back(desk.query.get("neste", "/"))
    account = await my_account(desk.uow)
    if enough(account.assurance, wanted):
        return desk.redirect(back)
    if first := _first(account, wanted, back):
        return desk.redirect(first)
    sent = desk.query.get("sendt") == "1"
    return await desk.render(
        "identity/verify.html", title=desk.say(TITLE), values={}, **_values(account, wanted, back, sent=sent)
    )


@session_action("/bekreft")
async def show(desk: Desk) -> Response[Any]:
    """Try the code. A right one raises the session, which gets a new token; a wrong one has counted."""
    wanted, back = _wanted(desk.form.text("nivaa")), safe_way_back(desk.form.text("neste") or "/")
    account, sent = await my_account(desk.uow), desk.form.text("sendt") == "1"
    if enough(account.assurance, wanted):
        return desk.redirect(back)
    if first := _first(account, wanted, back):
        return desk.redirect(first)
    token = ""
    async with desk.beside() as uow:
        outcome, level = await try_code(uow, desk.form.text("kode"), sent=sent, request_id=desk.request_id)
        if outcome is Outcome.RIGHT:
            token = await raise_session(uow, level, desk.request_id)
    if token:
        return signed_in(desk, token, back)
    return await desk.again(
        "identity/verify.html", Invalid.one("kode", SAID[outcome]), title=desk.say(TITLE),
        **_values(account, wanted, back, sent=sent),
    )  # fmt: skip


@session_action("/bekreft/sms")
async def send_sms(desk: Desk) -> Response[Any]:
    """Send a code to the telephone that is known to be theirs."""
    wanted, back = _wanted(desk.form.text("nivaa")), safe_way_back(desk.form.text("neste") or "/")
    account = await my_account(desk.uow)
    if account.provided or account.method == "persona" or not account.phone:
        return desk.redirect(back)
    answer = await send_code(desk.uow, "login")
    to = f"/bekreft?nivaa={wanted}&neste={quote(back)}"
    return (
        desk.redirect(f"{to}&sendt=1", flash=SENT)
        if answer == "sent"
        else desk.redirect(to, flash=WAIT, state="warning")
    )


HANDLERS = [ask, show, send_sms]
