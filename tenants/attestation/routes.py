"""The slice's pages: hours to attest on one's own page, a one-time code on the contact's phone, and a list on paper."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.i18n import ntranslate
from tenants.assignments.api import assignment_card, contact_names, own_assignment, person_names
from tenants.attestation import forms, views
from tenants.attestation.service import (
    Attester,
    ask_for_code,
    attesters_for,
    confirm_own,
    dispute_own,
    own_code,
    paper_seen,
    use_code,
    waiting_on,
)
from tenants.messages.api import CHANNELS
from tenants.timesheets.api import lines_to_attest, read_chosen, read_seen

OWN = N_("Timer å bekrefte")
CODE = N_("Bekreft timene her")
PAPER = N_("Bekreftet på papir")
OWN_CODE = "/min/{slug:str}/timer/{assignment_id:uuid}/kode"


# On one's own page ----------------------------------------------------------------------------------------------------
async def _own_values(desk: Desk) -> dict[str, Any]:
    groups = await views.own_waiting(desk.uow, desk.language)
    persons = {group.person_id for group in groups} | {group.contact_person_id for group in groups}
    if persons:
        await record_read(desk.uow, "own.read", list(persons), why=N_("Så på timer å bekrefte"))
    return {"groups": groups, "base": desk.url("/bekreft"), "current": "/bekreft"}


@page("/min/{slug:str}/bekreft", Permission.HOURS_ATTEST)
async def show_own(desk: Desk) -> Response[str]:
    """Hours that wait for one's own yes: what was done, when and how long. No money."""
    return await desk.render(
        "attestation/own.html", title=desk.say(OWN), values={}, **await _own_values(desk)
    )


@action("/min/{slug:str}/bekreft", Permission.HOURS_ATTEST)
async def answer_own(desk: Desk) -> Response[Any]:
    """They are right, or they are not."""
    shown = await _own_values(desk)
    right = desk.form.text("gjor") != "feil"
    try:
        chosen, seen = read_chosen(desk.form), read_seen(desk.form)
        if right:
            number = await confirm_own(desk.uow, chosen, seen)
        else:
            number = await dispute_own(desk.uow, chosen, forms.read_words(desk.form), seen)
    except Invalid as bad:
        return await desk.again("attestation/own.html", bad, title=desk.say(OWN), **shown)
    one, many = (
        (N_("Takk. Én føring er bekreftet."), N_("Takk. %(num)s føringer er bekreftet."))
        if right
        else (
            N_("Én føring er sendt tilbake til støttekontakten."),
            N_("%(num)s føringer er sendt tilbake til støttekontakten."),
        )
    )
    return desk.redirect(desk.url("/bekreft"), flash=ntranslate(desk.language, one, many, number))


# On the contact's phone -----------------------------------------------------------------------------------------------
async def _code_values(desk: Desk) -> dict[str, Any]:
    """The lines that wait on one's own assignment, and who may get a code. Raises NotFound first of all."""
    _, own = await own_assignment(desk.uow, desk.path_uuid("assignment_id"))
    card = await assignment_card(desk.uow, own.id)
    found = await attesters_for(desk.uow, card)
    await record_read(desk.uow, "own.read", [own.person_id], why=N_("Så på oppdraget sitt"))
    lines = await lines_to_attest(desk.uow, [own.id])
    reachable = [one for one in found if one.reachable and not own.suspended]
    return {
        "own": own,
        "lines": [(line, views.times(line, desk.language)) for line in lines],
        "attesters": [
            (str(one.person_id), _told(desk, one, own.person_id, hidden=own.protected)) for one in reachable
        ],
        "base": desk.url(f"/timer/{own.id}"),
        "current": "/timer",
    }


def _told(desk: Desk, one: Attester, person_id: object, *, hidden: bool) -> str:
    """A name with the way there. Of somebody whose address is protected, those around them have no name here."""
    name = desk.say(N_("Foresatt eller verge")) if hidden and one.person_id != person_id else one.name
    return f"{name} ({desk.say(CHANNELS[one.channel])})"


@page(OWN_CODE, Permission.HOURS_REGISTER)
async def code_form(desk: Desk) -> Response[str]:
    """Whoever attests stands beside the contact: read the hours, and have a code sent."""
    shown = await _code_values(desk)
    values = {"til": shown["attesters"][0][0] if len(shown["attesters"]) == 1 else ""}
    return await desk.render("attestation/code.html", title=desk.say(CODE), values=values, **shown)


@action(OWN_CODE, Permission.HOURS_REGISTER)
async def send(desk: Desk) -> Response[Any]:
    """Send the code."""
    shown = await _code_values(desk)
    try:
        who = forms.read_person(desk.form, "til", N_("Velg hvem som skal få koden."))
        code_id = await ask_for_code(desk.uow, shown["own"].id, who, read_seen(desk.form))
    except Invalid as bad:
        return await desk.again("attestation/code.html", bad, title=desk.say(CODE), **shown)
    return desk.redirect(
        f"{shown['base']}/kode/{code_id}", flash=N_("Koden er sendt. Den gjelder i et kvarter.")
    )


@page(OWN_CODE + "/{attest_code_id:uuid}", Permission.HOURS_REGISTER)
async def type_form(desk: Desk) -> Response[str]:
    """The hours once more, and the code."""
    own, code = await _sent(desk)
    return await desk.render(
        "attestation/type.html", title=desk.say(CODE), values={}, **await _type_values(desk, own, code)
    )


async def _sent(desk: Desk) -> tuple[Any, Any]:
    _, own = await own_assignment(desk.uow, desk.path_uuid("assignment_id"))
    return own, await own_code(desk.uow, own.id, desk.path_uuid("attest_code_id"))


async def _type_values(desk: Desk, own: Any, code: Any) -> dict[str, Any]:
    await record_read(desk.uow, "own.read", [own.person_id], why=N_("Så på oppdraget sitt"))
    lines = await lines_to_attest(desk.uow, [own.id])
    return {
        "own": own,
        "code": code,
        "lines": [(line, views.times(line, desk.language)) for line in lines if str(line.id) in code.lines],
        "base": desk.url(f"/timer/{own.id}"),
        "current": "/timer",
    }


@action(OWN_CODE + "/{attest_code_id:uuid}", Permission.HOURS_REGISTER)
async def type_code(desk: Desk) -> Response[Any]:
    """The digits. A wrong try is counted, so the page is shown anew instead of being refused."""
    own, code = await _sent(desk)
    base = desk.url(f"/timer/{own.id}")
    try:
        number = forms.read_code(desk.form)
    except Invalid as bad:
        shown = await _type_values(desk, own, code)
        return await desk.again("attestation/type.html", bad, title=desk.say(CODE), **shown)
    outcome = await use_code(desk.uow, own.id, code.id, number)
    if outcome == "right":
        return desk.redirect(base, flash=N_("Timene er bekreftet. Takk!"))
    if outcome == "over":
        return desk.redirect(
            f"{base}/kode", state="danger", flash=N_("Koden gjelder ikke lenger. Send en ny.")
        )
    return desk.redirect(
        f"{base}/kode/{code.id}",
        state="danger",
        flash=N_("Koden er ikke riktig. Se på den igjen, og skriv de seks sifrene."),
    )


# On paper -------------------------------------------------------------------------------------------------------------
async def _paper_values(desk: Desk) -> dict[str, Any]:
    uow = desk.uow
    card, lines = await waiting_on(uow, desk.path_uuid("assignment_id"))
    names = await person_names(uow, [card.case_id])
    contact = (await contact_names(uow, [card.contact_id]))[card.contact_id]
    found = await attesters_for(uow, card)
    read = [card.person_id, contact.person_id, *(one.person_id for one in found)]
    await record_read(
        uow, "hours.read", list(dict.fromkeys(read)), why=N_("Så på timer som ikke er bekreftet")
    )
    url = desk.url(f"/oppdrag/{card.id}")
    return {
        "person_name": names[card.case_id].name,
        "contact_name": contact.name,
        "lines": [(line, views.times(line, desk.language)) for line in lines],
        "attesters": [(str(one.person_id), one.name) for one in found],
        "base": f"{url}/bekreftelse",
        "assignment_url": url,
        "current": "/timelister",
        "crumbs": [
            (desk.say(N_("Oppdrag")), desk.url("/oppdrag")),
            (names[card.case_id].name, url),
            (desk.say(PAPER), ""),
        ],
    }


@page("/k/{slug:str}/oppdrag/{assignment_id:uuid}/bekreftelse", Permission.TIMESHEET_APPROVE)
async def paper_form(desk: Desk) -> Response[str]:
    """Hours nobody has attested on a screen: a signed list on paper was seen."""
    shown = await _paper_values(desk)
    values = {"dato": format_date(today())}
    return await desk.render("attestation/paper.html", title=desk.say(PAPER), values=values, **shown)


@action("/k/{slug:str}/oppdrag/{assignment_id:uuid}/bekreftelse", Permission.TIMESHEET_APPROVE)
async def paper(desk: Desk) -> Response[Any]:
    """Keep that it was seen, by whom it was signed and when."""
    shown = await _paper_values(desk)
    try:
        lines, by_person, signed_on = forms.read_paper(desk.form)
        await paper_seen(
            desk.uow, desk.path_uuid("assignment_id"), lines, by_person=by_person, signed_on=signed_on,
            seen=read_seen(desk.form),
        )  # fmt: skip
    except Invalid as bad:
        return await desk.again("attestation/paper.html", bad, title=desk.say(PAPER), **shown)
    return desk.redirect(
        shown["assignment_url"], flash=N_("Timene er bekreftet på papir, og kan godkjennes.")
    )


HANDLERS = [show_own, answer_own, code_form, send, type_form, type_code, paper_form, paper]
