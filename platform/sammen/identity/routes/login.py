"""Log in and out, choose a persona in the demo, my places, my sessions, language, and the pages for everybody."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.datastructures import Cookie

from sammen.db.unit_of_work import plain_transaction
from sammen.errors import BadInput, Forbidden, Invalid, NotFound, NotSignedIn
from sammen.i18n_mark import N_
from sammen.identity.routes.cookie import end_current, safe_way_back, signed_in
from sammen.identity.service import AS_PERSONA, device_name, login_step, start_session
from sammen.tenancy.context import PlaceKind
from sammen.tenancy.enter import enter_web
from sammen.web.desk import LANGUAGE_COOKIE, Desk
from sammen.web.door import public_action, public_page, session_action, session_page
from sammen.web.i18n import LANGUAGES
from sammen.web.menu import place_label
from sammen.web.render import CSRF_FIELD

ACCESSIBILITY_CHECKED = date(2026, 11, 22)
"""The day the accessibility statement was last gone through; moved whenever its words are."""
METHODS = {
    "password": N_("Passord"),
    "persona": N_("Demo"),
    "invitation": N_("Brev med kode"),
    "oidc": N_("Kommunens innlogging eller ID-porten"),
}
PLACE_WORDS = {
    PlaceKind.MUNICIPALITY: N_("Arbeidet i kommunen"),
    PlaceKind.OWN: N_("Det som gjelder deg selv"),
    PlaceKind.REGION: N_("Det kommunene deler, uten navn"),
    PlaceKind.OPERATIONS: N_("Driften av Sammen, uten innsyn i saker"),
}


@public_page("/logg-inn")
async def login_form(desk: Desk) -> Response[str]:
    """The login page."""
    return await desk.render(
        "base/login.html", title=desk.say(N_("Logg inn")), values={}, next=desk.query.get("neste", ""),
        demo=desk.house.settings.personas,
    )  # fmt: skip


@public_action("/logg-inn")
async def login(desk: Desk) -> Response[Any]:
    """Check address and password and start a session."""
    try:
        user = await login_step(
            desk.house.engine,
            desk.house.keys,
            desk.form.text("brukernavn"),
            desk.form.text("passord"),
            desk.request_id,
        )
    except Invalid as bad:
        return await desk.render(
            "base/login.html", title=desk.say(N_("Logg inn")), status=422, errors=bad.errors,
            values={"brukernavn": desk.form.text("brukernavn")}, next=desk.form.text("neste"),
            demo=desk.house.settings.personas,
        )  # fmt: skip
    await end_current(desk)
    device = device_name(desk.request.headers.get("user-agent", ""))
    token = await start_session(desk.house.engine, desk.house.keys, user, device, desk.request_id)
    return signed_in(desk, token, desk.form.text("neste"))


@public_action("/demo")
async def become(desk: Desk) -> Response[Any]:
    """Step into a persona. Does not exist outside the demo."""
    if not desk.house.settings.personas:
        raise NotFound
    async with plain_transaction(desk.house.engine) as raw:
        personas = {str(row["user_id"]) for row in await raw.fetch("SELECT user_id FROM sammen.personas()")}
    chosen = desk.form.text("persona")
    if chosen not in personas:
        raise Invalid.one("persona", N_("Velg en person."))
    await end_current(desk)
    device = device_name(desk.request.headers.get("user-agent", ""))
    token = await start_session(
        desk.house.engine, desk.house.keys, UUID(chosen), device, desk.request_id, AS_PERSONA
    )
    return signed_in(desk, token, "/")


@public_action("/sprak")
async def choose_language(desk: Desk) -> Response[Any]:
    """Remember the language: on the account when signed in, and in a cookie for pages without one."""
    language = desk.form.text("sprak")
    if language not in LANGUAGES:
        raise Invalid({"sprak": BadInput("sprak", N_("Velg et språk fra lista."))})
    if desk.token_hash is not None:
        if not desk.house.keys.csrf_ok(desk.token_hash, desk.form.text(CSRF_FIELD)):
            raise Forbidden(N_("Skjemaet er for gammelt. Last siden på nytt og prøv igjen."))
        try:
            uow = await enter_web(desk.house.engine, desk.house.keys, desk.token_hash, PlaceKind.SESSION)
        except NotSignedIn:
            pass
        else:
            await uow.call("SELECT sammen.choose_language($1)", language)
            await uow.commit()
    response = desk.redirect(safe_way_back(desk.form.text("tilbake")))
    response.set_cookie(
        Cookie(key=LANGUAGE_COOKIE, value=language, max_age=365 * 86400, samesite="lax", path="/",
               secure=desk.house.settings.secure_cookies, httponly=True)
    )  # fmt: skip
    return response


@session_page("/steder")
async def my_places(desk: Desk) -> Response[Any]:
    """My places: straight in when there is one, else a choice."""
    places = desk.context.places
    if len(places) == 1:
        return desk.redirect(places[0].url)
    shown = [
        {
            "label": place_label(place.kind, place.name, desk.language),
            "url": place.url,
            "role": desk.say(PLACE_WORDS[place.kind]),
            "shared": place.kind is PlaceKind.REGION,
        }
        for place in places
    ]
    return await desk.render("base/home.html", title=desk.say(N_("Mine steder")), places=shown)


@session_page("/innlogginger")
async def my_sessions(desk: Desk) -> Response[str]:
    """Where I am logged in."""
    rows = await desk.uow.call("SELECT * FROM sammen.my_logins()")
    sessions = [
        {"id": str(row["id"]), "started": row["created_at"], "seen": row["last_seen_at"], "device": row["device"],
         "current": row["current"], "how": desk.say(METHODS[row["method"]])}
        for row in rows
    ]  # fmt: skip
    return await desk.render("base/sessions.html", title=desk.say(N_("Innlogginger")), sessions=sessions)


@session_action("/innlogginger/avslutt")
async def end_session(desk: Desk) -> Response[Any]:
    """End one of my sessions."""
    try:
        chosen = UUID(desk.form.text("id"))
    except ValueError:
        raise NotFound from None
    ended = await desk.uow.call("SELECT sammen.end_session($1) AS ended", chosen)
    if not ended[0]["ended"]:
        raise NotFound
    return desk.redirect("/innlogginger", flash=N_("Innloggingen er avsluttet."))


@session_action("/logg-ut")
async def log_out(desk: Desk) -> Response[Any]:
    """End this session and forget the cookie. Who came by a provider is logged out there as well (sammen.oidc)."""
    settings = desk.house.settings
    gone = await desk.uow.call("SELECT sammen.came_by_provider() AS provider, sammen.end_session()")
    if gone[0]["provider"]:
        return desk.redirect("/logg-inn/ut")  # which forgets the cookie when it has seen whose session it was
    response = desk.redirect("/logg-inn")
    # Set to nothing rather than deleted: a browser takes a `__Host-` cookie only with the word Secure.
    response.set_cookie(
        Cookie(key=settings.cookie_name, value="", max_age=0, path="/", httponly=True, samesite="lax",
               secure=settings.secure_cookies)
    )  # fmt: skip
    return response


@public_page("/tilgjengelighet")
async def accessibility(desk: Desk) -> Response[str]:
    """Accessibility statement."""
    return await desk.render(
        "base/accessibility.html",
        title=desk.say(N_("Tilgjengelighetserklæring")),
        checked_on=ACCESSIBILITY_CHECKED,
    )


@public_page("/personvern")
async def privacy(desk: Desk) -> Response[str]:
    """Privacy in short."""
    return await desk.render("base/privacy.html", title=desk.say(N_("Personvern")))


@public_page("/hjelp")
async def help_page(desk: Desk) -> Response[str]:
    """Help, and the data's credits."""
    return await desk.render("base/help.html", title=desk.say(N_("Hjelp")))


HANDLERS = [
    login_form, login, become, choose_language, my_places, my_sessions, end_session, log_out, accessibility, privacy, help_page,
]  # fmt: skip
