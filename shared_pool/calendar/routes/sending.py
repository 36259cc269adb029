"""For who arranges something and has no login: send it in, confirm the address, and come back to it by a link of one's own.

Nothing sets a cookie: what was done is said by the page one comes to. What is wrong, used and too old is answered alike,
and counted.
"""

from __future__ import annotations

import hmac
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.web.desk import Desk, chosen_language
from sammen.web.door import public_action, public_page
from sammen.web.forms import Form, Reader
from sammen.web.i18n import LANGUAGES
from shared_pool.calendar.content import EventFacts, first_values, read_email, read_event, values_of
from shared_pool.calendar.days import all_days
from shared_pool.calendar.door import Pending, Sender, Sent
from shared_pool.calendar.form_views import form_values
from shared_pool.calendar.shelf import Almanac, shelf_of
from shared_pool.calendar.views import BASE, public_url, when_text

SEND = N_("Meld inn til aktivitetskalenderen")
OWN = N_("Det du har meldt inn")
USELESS = N_("Lenken virker ikke")
EVERYWHERE = N_("Flere kommuner, eller på nett")
TRAP = "nettsted"
SENDER = "avsender"
STATES = {
    "submitted": ("info", N_("Venter på svar"), N_("Kommunen har fått det. Du får en e-post når den har svart.")),
    "published": ("success", N_("Står i kalenderen"),
                  N_("Endrer du noe, må kommunen godkjenne det på nytt. Det står ikke i kalenderen imens.")),
    "rejected": ("warning", N_("Kom ikke med"), N_("Du kan endre og sende det inn på nytt.")),
    "cancelled": ("warning", N_("Avlyst"), N_("Det står som avlyst i kalenderen i 30 dager. Deretter blir det borte.")),
}  # fmt: skip


def _sender(desk: Desk) -> Sender:
    """The doors for whoever sends this request. The address says the language, unless one has chosen another before."""
    asked = desk.query.get("sprak", "")
    if asked in LANGUAGES and chosen_language(desk.request) is None:
        desk.language = asked
    client = desk.request.client
    return Sender(desk.house.engine, desk.house.keys, client.host if client else "")


def _here(path: str, desk: Desk) -> str:
    asked = desk.query.get("sprak", "")
    return f"{path}?sprak={asked}" if asked in LANGUAGES else path


async def _almanac(desk: Desk, slug: str) -> Almanac:
    shelf = shelf_of(desk.house.engine)
    return await shelf.almanac(await shelf.region(slug))


# The form ----------------------------------------------------------------------------------------------------------------
def _shown(desk: Desk, almanac: Almanac) -> dict[str, Any]:
    base = f"{BASE}/{almanac.region.slug}"
    return {
        "almanac": almanac, "action": _here(f"{base}/meld-inn", desk), "back": _here(base, desk), "trap": TRAP,
        **form_values(desk, almanac.names, EVERYWHERE),
    }  # fmt: skip


@public_page(f"{BASE}/{{slug:str}}/meld-inn")
async def empty_form(desk: Desk) -> Response[Any]:
    """The form, empty."""
    _sender(desk)
    almanac = await _almanac(desk, str(desk.request.path_params["slug"]))
    chosen = next((one for one in almanac.places if one.slug == desk.query.get("kommune")), None)
    values = {**first_values(None), "kommune": str(chosen.id) if chosen else ""}
    return await desk.render(
        "calendar/send.html", title=desk.say(SEND), values=values, **_shown(desk, almanac)
    )


@public_action(f"{BASE}/{{slug:str}}/meld-inn")
async def send(desk: Desk) -> Response[Any]:
    """Keep it until its e-mail address is confirmed. Sent twice, it is one."""
    sender = _sender(desk)
    almanac = await _almanac(desk, str(desk.request.path_params["slug"]))
    try:
        facts, email = _read(desk.form, almanac)
        made = await sender.send(almanac.region.id, facts, email, language=desk.language, page_key=desk.key)
    except Invalid as bad:
        return await desk.again("calendar/send.html", bad, title=desk.say(SEND), **_shown(desk, almanac))
    return desk.redirect(_pending_address(desk, made))


def _read(form: Form, almanac: Almanac) -> tuple[EventFacts, str]:
    """The event and the sender's address. Raises Invalid with every error of both."""
    reader = Reader(form)
    if form.text(TRAP):
        reader.fail(
            TRAP, N_("La dette feltet stå tomt. Det er der for å stoppe programmer som fyller ut skjemaer.")
        )
    email = reader.take(
        SENDER, partial(read_email, field=SENDER), required=N_("Skriv e-postadressen din. Vi sender en lenke dit.")
    )  # fmt: skip
    facts: EventFacts | None = None
    try:
        facts = read_event(form, almanac.names, outside=True)
    except Invalid as bad:
        reader.errors = {**bad.errors, **reader.errors}
    if facts is not None and not any(day >= almanac.day for day in all_days(facts.when)):
        reader.fail("naar", N_("Alle dagene har vært. Skriv en dag som kommer."))
    reader.done()
    assert facts is not None
    assert email is not None
    return facts, email


# After sending it --------------------------------------------------------------------------------------------------------
def _mark(desk: Desk, submission: UUID) -> str:
    return desk.house.keys.form_mark("calendar-page", submission.bytes).hex()[:32]


def _pending_address(desk: Desk, submission: UUID) -> str:
    address = f"{BASE}/sendt/{submission}?merke={_mark(desk, submission)}"
    asked = desk.query.get("sprak", "")
    return f"{address}&sprak={asked}" if asked in LANGUAGES else address


@public_page(f"{BASE}/sendt/{{submission:uuid}}")
async def sent(desk: Desk) -> Response[str]:
    """Look in your e-mail. In the demo, where no mail leaves the house, the link itself."""
    sender, submission = _sender(desk), desk.path_uuid("submission")
    said = desk.query.get("merke", "").encode("utf-8", "replace")
    if not hmac.compare_digest(said, _mark(desk, submission).encode()):
        raise NotFound
    try:
        pending = await sender.pending(submission)
    except NotFound:
        return await _useless(desk)
    return await desk.render(
        "calendar/sent.html", title=desk.say(N_("Sjekk e-posten din")), pending=pending, email=_masked(pending.email),
        link=_demo_link(desk, pending),
    )  # fmt: skip


def _masked(email: str) -> str:
    name, _, at = email.rpartition("@")
    return f"{name[:2]}…@{at}"


def _demo_link(desk: Desk, pending: Pending) -> str:
    settings = desk.house.settings
    shown = settings.personas and not settings.smtp_url and pending.token
    return f"{BASE}/bekreft/{pending.token}?sprak={desk.language}" if shown else ""


# With a link -------------------------------------------------------------------------------------------------------------
def _token(desk: Desk) -> str:
    return str(desk.request.path_params["token"])[:80]


async def _useless(desk: Desk) -> Response[str]:
    """One page for every link that opens nothing: 404, whatever the reason."""
    return await desk.render("calendar/useless.html", title=desk.say(USELESS), status=404)


async def _wait(desk: Desk, bad: Invalid) -> Response[str]:
    return await desk.render("calendar/wait.html", title=desk.say(USELESS), status=429, errors=bad.errors)


@public_page(f"{BASE}/bekreft/{{token:str}}")
async def confirm_page(desk: Desk) -> Response[str]:
    """A button, the same for every token: programs that open links in mail confirm nothing, and learn nothing."""
    _sender(desk)
    return await desk.render(
        "calendar/confirm.html",
        title=desk.say(N_("Bekreft e-postadressen din")),
        action=_here(f"{BASE}/bekreft/{_token(desk)}", desk),
    )


@public_action(f"{BASE}/bekreft/{{token:str}}")
async def confirm(desk: Desk) -> Response[Any]:
    """Give it to its host, once, and show the sender's own page."""
    try:
        own = await _sender(desk).confirm(_token(desk))
    except Invalid as bad:
        return await _wait(desk, bad)
    if own is None:
        return await _useless(desk)
    return desk.redirect(_here(f"{BASE}/min/{own}", desk))


@public_page(f"{BASE}/min/{{token:str}}")
async def own_page(desk: Desk) -> Response[str]:
    """What came of it, and the form to mend it with."""
    sender = _sender(desk)
    try:
        found = await sender.own(_token(desk))
    except Invalid as bad:
        return await _wait(desk, bad)
    if found is None:
        return await _useless(desk)
    return await _show(desk, found, values=values_of(found.event))


async def _show(desk: Desk, found: Sent, **more: Any) -> Response[str]:
    almanac = await _almanac(desk, found.region_slug)
    color, word, text = STATES[found.event.state]
    public = found.event.state in ("published", "cancelled")
    return await desk.render(
        "calendar/own.html", title=desk.say(OWN), event=found.event, state=(color, desk.say(word), desk.say(text)),
        when=when_text(found.event, desk.language), cancel_url=_here(f"{BASE}/min/{_token(desk)}/avlys", desk),
        public_url=public_url(found.region_slug, found.event) if public else "",
        **{**_shown(desk, almanac), "action": _here(f"{BASE}/min/{_token(desk)}", desk)}, **more,
    )  # fmt: skip


@public_action(f"{BASE}/min/{{token:str}}")
async def change(desk: Desk) -> Response[Any]:
    """Keep what is mended; it waits for an answer again."""
    sender = _sender(desk)
    try:
        found = await sender.own(_token(desk))
        if found is None:
            return await _useless(desk)
        almanac = await _almanac(desk, found.region_slug)
        try:
            facts = read_event(desk.form, almanac.names, outside=True)
        except Invalid as bad:
            return await _show(desk, found, status=422, errors=bad.errors, values=desk.form.values())
        await sender.change(_token(desk), facts)
    except Invalid as bad:
        return await _wait(desk, bad)
    return desk.redirect(_here(f"{BASE}/min/{_token(desk)}", desk))


@public_page(f"{BASE}/min/{{token:str}}/avlys")
async def cancel_page(desk: Desk) -> Response[str]:
    """Ask once whether it is called off."""
    try:
        found = await _sender(desk).own(_token(desk))
    except Invalid as bad:
        return await _wait(desk, bad)
    if found is None or found.event.state == "cancelled":
        return await _useless(desk)
    return await desk.render(
        "calendar/cancel_own.html", title=desk.say(N_("Avlys")), event=found.event,
        back_url=_here(f"{BASE}/min/{_token(desk)}", desk), action=_here(f"{BASE}/min/{_token(desk)}/avlys", desk),
    )  # fmt: skip


@public_action(f"{BASE}/min/{{token:str}}/avlys")
async def cancel(desk: Desk) -> Response[Any]:
    """Call it off: it stands so on the public pages at once."""
    try:
        done = await _sender(desk).change(_token(desk), None)
    except Invalid as bad:
        return await _wait(desk, bad)
    except Conflict:
        done = True
    return desk.redirect(_here(f"{BASE}/min/{_token(desk)}", desk)) if done else await _useless(desk)


HANDLERS = [
    empty_form, send, sent, confirm_page, confirm, own_page, change, cancel_page, cancel,
]  # fmt: skip
