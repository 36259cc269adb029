"""Giving people a way in to their own pages, and the page where they take it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.documents.pdf import Sender, render_pdf
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.identity.accounts import changeable
from sammen.identity.links import BUSY, network_mark
from sammen.identity.passwords import check_password, words_of
from sammen.identity.routes.cookie import end_current, signed_in
from sammen.identity.service import BY_INVITATION, device_name, hash_password, start_session
from sammen.norwegian import parse_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page, public_action, public_page, session_action, session_page
from sammen.web.forms import Reader
from sammen.web.office import office_lines
from sammen.web.visitor import asking
from tenants.cases.api import CaseCard, case_card, case_crumbs, case_for_change
from tenants.contacts.api import contact_card
from tenants.logins import document, service
from tenants.logins.service import GOOD_DAYS, ROLES, Access
from tenants.people.api import PersonCard, person_card, representatives_of

TITLE, WELCOME = N_("Tilgang til egne sider"), N_("Ta i bruk koden din")
WHY = N_("Så hvem som har tilgang til egne sider")
STATES = {
    "none": (N_("Ingen tilgang"), "neutral"),
    "invited": (N_("Invitert"), "half"),
    "run_out": (N_("Brevet er gått ut"), "warning"),
    "open": (N_("Har tilgang"), "ok"),
}
WAYS = {"app": N_("kodeapp"), "sms": N_("SMS"), "sheet": N_("koder på ark")}
ANSWERS = {
    "none": ("kode", N_("Koden er feil, brukt, eller for gammel. Be kommunen om et nytt brev.")),
    "birth": (
        "fodt",
        N_("Koden og fødselsdatoen hører ikke sammen. Etter fem forsøk må du ha et nytt brev."),
    ),
    "taken": (
        "brukernavn",
        N_("Brukernavnet er i bruk. Har du en konto fra før, så logg inn og ta i bruk koden der."),
    ),
    "another": (
        "",
        N_("Kontoen du er logget inn på, er en annens. Logg ut, og lag din egen konto med koden."),
    ),
    "wait": ("", N_("Det er prøvd mange koder fra nettet du er på. Vent en time og prøv igjen.")),
}
LOGIN = re.compile(
    r"[a-z0-9æøå][a-z0-9æøå._-]{4,58}[a-z0-9æøå]|[^@\s<>,;:\"()\[\]\\]+@[^@\s<>,;:\"()\[\]\\]+\.[a-z0-9-]{2,}"
)


def _row(desk: Desk, access: Access) -> dict[str, Any]:
    said, shape = STATES[access.state]
    return {
        "person": access.person_id,
        "name": access.name,
        "role": access.role,
        "role_name": desk.say(ROLES[access.role]),
        "state": access.state,
        "tag": (desk.say(said), shape),
        "login": access.login,
        "ways": [desk.say(WAYS[way]) for way in access.ways],
        "sheet_left": access.sheet_left,
        "until": access.until,
    }


# A contact's ------------------------------------------------------------------------------------------------------
async def _of_contact(desk: Desk, contact_id: UUID) -> tuple[PersonCard, dict[str, Any]]:
    contact = await contact_card(desk.uow, contact_id)
    card = await person_card(desk.uow, contact.person_id)
    found = await service.access_of(desk.uow, card, "contact")
    await record_read(desk.uow, "login.read", [card.id], why=WHY, object_kind="contact", object_id=contact.id)
    base = desk.url(f"/kontakter/{contact.id}")
    return card, {
        "title": desk.say(TITLE),
        "current": "/kontakter",
        "crumbs": [
            (desk.say(N_("Støttekontakter")), desk.url("/kontakter")),
            (contact.name, base),
            (desk.say(TITLE), ""),
        ],
        "people": [_row(desk, found)],
        "action": f"{base}/tilgang",
    }


@page("/k/{slug:str}/kontakter/{contact_id:uuid}/tilgang", Permission.CONTACT_WRITE)
async def contact_access(desk: Desk) -> Response[str]:
    """How a contact gets in to their own pages."""
    _, shown = await _of_contact(desk, desk.path_uuid("contact_id"))
    return await desk.render("logins/access.html", **shown)


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/tilgang", Permission.CONTACT_WRITE)
async def change_contact_access(desk: Desk) -> Response[Any]:
    """A letter, a sheet of codes, or no access any more."""
    card, shown = await _of_contact(desk, desk.path_uuid("contact_id"))
    if desk.form.text("person") not in ("", str(card.id)):
        raise NotFound
    return await _do(desk, card, "contact", shown)


# Those of a case ----------------------------------------------------------------------------------------------------
async def _circle(desk: Desk, case: CaseCard) -> list[tuple[PersonCard, str]]:
    """The service user, and those who act for them today."""
    found = [(await person_card(desk.uow, case.person_id), "service_user")]
    seen: set[UUID] = set()
    for one in await representatives_of(desk.uow, case.person_id):
        if one.person_id not in seen:
            seen.add(one.person_id)
            found.append((await person_card(desk.uow, one.person_id), "representative"))
    return found


async def _of_case(desk: Desk, case: CaseCard) -> tuple[list[tuple[PersonCard, str]], dict[str, Any]]:
    people = await _circle(desk, case)
    rows = [_row(desk, await service.access_of(desk.uow, card, role)) for card, role in people]
    ids = [card.id for card, _ in people]
    await record_read(desk.uow, "login.read", ids, why=WHY, object_kind="case", object_id=case.id)
    return people, {
        "title": desk.say(TITLE),
        "current": "/saker",
        "crumbs": case_crumbs(desk, case, people[0][0], TITLE),
        "people": rows,
        "action": desk.url(f"/saker/{case.id}/egne-sider"),
    }


@page("/k/{slug:str}/saker/{case_id:uuid}/egne-sider", Permission.PERSON_WRITE)
async def case_access(desk: Desk) -> Response[str]:
    """How a service user, and those who act for them, get in."""
    case = await case_card(desk.uow, desk.path_uuid("case_id"))
    _, shown = await _of_case(desk, case)
    return await desk.render("logins/access.html", **shown)


@action("/k/{slug:str}/saker/{case_id:uuid}/egne-sider", Permission.PERSON_WRITE)
async def change_case_access(desk: Desk) -> Response[Any]:
    """A letter, a sheet of codes, or no access any more, for one of them."""
    case, _ = await case_for_change(desk.uow, desk.path_uuid("case_id"))
    people, shown = await _of_case(desk, case)
    wanted = desk.form.text("person"), desk.form.text("rolle")
    for card, role in people:
        if (str(card.id), role) == wanted:
            return await _do(desk, card, role, shown)
    raise NotFound


async def _do(desk: Desk, card: PersonCard, role: str, shown: dict[str, Any]) -> Response[Any]:
    """What the button said: `brev`, `ark` or `fjern`. The files are answers to the form: their codes are kept nowhere."""
    what, house, dated = desk.form.text("hva"), desk.house.settings.address, today()
    place, language = desk.context.place_name, card.language_form
    sender = Sender(desk.say(N_("%(name)s kommune"), name=place), lines=office_lines(desk.context.settings))
    try:
        if what == "brev":
            code = service.grouped(await service.invite(desk.uow, card, role))
            letter = document.invitation_letter(
                sender, card.name, code, house, dated + timedelta(days=GOOD_DAYS), dated, language
            )
            return desk.download("invitasjon.pdf", await render_pdf(letter), "application/pdf")
        if what == "ark":
            codes = await service.new_sheet(desk.uow, card, role)
            sheet = document.code_sheet(sender, card.name, codes, dated, language)
            return desk.download("kodeark.pdf", await render_pdf(sheet), "application/pdf")
        if what != "fjern":
            raise Invalid.one("", N_("Velg hva du vil gjøre."))
        await service.withdraw(desk.uow, card, role)
    except Invalid as bad:
        return await desk.again("logins/access.html", bad, **shown)
    return desk.redirect(shown["action"], flash=N_("Tilgangen er tatt bort."))


# Taking it ------------------------------------------------------------------------------------------------------------
@public_page("/velkommen")
async def welcome_form(desk: Desk) -> Response[str]:
    """Type the code from the letter, and make a login."""
    return await desk.render("logins/welcome.html", title=desk.say(WELCOME), values={})


@public_action("/velkommen")
async def welcome(desk: Desk) -> Response[Any]:
    """Make the account. The letter was the second thing besides the password this once: one is in."""
    house, reader = desk.house, Reader(desk.form)
    code = reader.take("kode", service.read_code, required=N_("Skriv koden fra brevet.")) or ""
    birth = reader.take(
        "fodt", lambda text: parse_date(text, field="fodt"), required=N_("Skriv fødselsdatoen din.")
    )
    login = reader.text(
        "brukernavn", required=N_("Skriv et brukernavn eller en e-postadresse."), most=200
    ).lower()
    if login and not LOGIN.fullmatch(login):
        reader.fail(
            "brukernavn",
            N_("Skriv en e-postadresse, eller et brukernavn på minst seks bokstaver eller tall."),
        )
    password = ""
    try:
        password = await check_password(
            desk.form.text("passord"), words_of(login, "sammen"), breached=house.settings.breached_file
        )
    except Invalid as weak:
        reader.errors |= weak.errors
    try:
        reader.done()
        hashed, lookup = await hash_password(password), service.lookup_of(house.keys, code)
        client = desk.request.client
        network = network_mark(house.keys, client.host if client else "")
        async with asking(house.engine, BUSY) as raw:
            row = await raw.fetchrow(
                "SELECT * FROM sammen.invitation_use($1, $2, $3, $4, $5, $6, $7, $8)", lookup, birth, login, hashed, network,
                desk.request_id, *service.invitation_proof(house.keys, lookup, birth, hashed, network),
            )  # fmt: skip
        assert row is not None
        if row["answer"] != "opened":
            raise Invalid.one(*ANSWERS[row["answer"]])
    except Invalid as bad:
        return await desk.again("logins/welcome.html", bad, title=desk.say(WELCOME))
    await end_current(desk)
    device = device_name(desk.request.headers.get("user-agent", ""))
    token = await start_session(
        house.engine, house.keys, row["user_id"], device, desk.request_id, BY_INVITATION
    )
    return signed_in(desk, token, f"/konto/bekreftelse?neste=/min/{row['slug']}")


@session_page("/konto/kode")
async def add_form(desk: Desk) -> Response[str]:
    """For who has an account: the code from the letter adds their own pages to it."""
    return await desk.render("logins/add.html", title=desk.say(WELCOME), values={})


@session_action("/konto/kode")
async def add(desk: Desk) -> Response[Any]:
    """Add the pages. A wrong birth date has counted."""
    await changeable(desk.uow)
    house, reader = desk.house, Reader(desk.form)
    code = reader.take("kode", service.read_code, required=N_("Skriv koden fra brevet.")) or ""
    birth = reader.take(
        "fodt", lambda text: parse_date(text, field="fodt"), required=N_("Skriv fødselsdatoen din.")
    )
    try:
        reader.done()
        lookup, client = service.lookup_of(house.keys, code), desk.request.client
        network = network_mark(house.keys, client.host if client else "")
        async with desk.beside() as uow:
            rows = await uow.call(
                "SELECT * FROM sammen.invitation_use($1, $2, '', '', $3, $4, $5, $6)", lookup, birth, network,
                desk.request_id, *service.invitation_proof(house.keys, lookup, birth, "", network),
            )  # fmt: skip
        if rows[0]["answer"] != "opened":
            raise Invalid.one(*ANSWERS[rows[0]["answer"]])
    except Invalid as bad:
        return await desk.again("logins/add.html", bad, title=desk.say(WELCOME))
    return desk.redirect(f"/min/{rows[0]['slug']}", flash=N_("Sidene er lagt til kontoen din."))


HANDLERS = [
    contact_access, change_contact_access, case_access, change_case_access, welcome_form, welcome, add_form, add,
]  # fmt: skip
