"""The slice's pages: concerns and their steps, a contact's suspension, and "Meld fra" on one's own pages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.paging import PAGE_SIZE, last_page
from tenants.assignments.api import assignment_card
from tenants.cases.api import case_card
from tenants.concerns import forms, words
from tenants.concerns.own import own_subjects
from tenants.concerns.queries import (
    ConcernCard,
    ConcernFilter,
    concern_card,
    concerns_about,
    list_concerns,
    own_concern,
    own_concerns,
    steps_of,
    suspensions_of,
)
from tenants.concerns.service import (
    add_step,
    close_concern,
    end_suspension,
    note_concern,
    pass_on,
    suspend,
    take_concern,
    tell_concern,
)
from tenants.contacts.api import contact_card, is_oneself
from tenants.people.api import person_card

CONCERNS = N_("Bekymringer")
NEW = N_("Noter en bekymring")
PASS_ON = N_("Si fra til koordinatoren")
TELL = N_("Meld fra")
OUT = N_("Ta ut av tjeneste")


def _title(card: ConcernCard, desk: Desk) -> str:
    """Whom it is about, by name when it is about somebody."""
    return {
        "user": card.name or desk.say(words.ABOUT["user"]),
        "contact": card.contact_name or desk.say(words.ABOUT["contact"]),
    }.get(card.about, desk.say(words.ABOUT["other"]))


@page("/k/{slug:str}/bekymringer", Permission.CONCERN_READ)
async def show_list(desk: Desk) -> Response[str]:
    """Concerns that are open, those in danger first."""
    wanted = ConcernFilter.of(desk.query)
    found = await list_concerns(desk.uow, wanted)
    return await desk.render(
        "concerns/list.html",
        title=desk.say(CONCERNS),
        current="/bekymringer",
        found=found,
        wanted=wanted,
        rows=[(card, _title(card, desk)) for card in found.rows],
        states=desk.options(words.STATES),
        state_names={value: desk.say(name) for value, name in words.STATES.items()},
        state_shapes=words.STATE_SHAPES,
        told_as={value: desk.say(name) for value, name in words.TOLD_AS.items()},
        page_size=PAGE_SIZE,
        last=last_page(found.total),
        may_write=desk.context.may(Permission.CONCERN_WRITE),
        base=desk.url("/bekymringer"),
    )


# A new one, noted by somebody at work ---------------------------------------------------------------------------------
async def _new_values(desk: Desk) -> dict[str, Any]:
    """Whom the form is about, from the link that led here: an assignment, a contact or a concern the reader may see."""
    uow = desk.uow
    concern_id = forms.id_in(desk.query, "fra")
    if concern_id is not None:
        return await _passing_on(desk, await concern_card(uow, concern_id))
    assignment_id, contact_id = forms.id_in(desk.query, "oppdrag"), forms.id_in(desk.query, "kontakt")
    user_name = contact_name = ""
    persons = []
    if assignment_id is not None:
        card = await assignment_card(uow, assignment_id)
        case = await case_card(uow, card.case_id)
        user = await person_card(uow, case.person_id)
        user_name, contact_id = user.name, card.contact_id
        persons.append(case.person_id)
    if contact_id is not None and (assignment_id is not None or desk.context.may(Permission.CONTACT_READ)):
        contact = await contact_card(uow, contact_id)
        contact_name = contact.name
        persons.append(contact.person_id)
    if persons:
        await record_read(uow, "concern.begun", persons, why=NEW)
    about = [("user", user_name)] if user_name else []
    about += [("contact", contact_name)] if contact_name else []
    query = f"?oppdrag={assignment_id}" if assignment_id else f"?kontakt={contact_id}" if contact_name else ""
    return {
        "current": "/bekymringer",
        "crumbs": [(desk.say(CONCERNS), desk.url("/bekymringer")), (desk.say(NEW), "")],
        "about": [*about, ("other", desk.say(words.ABOUT["other"]))],
        "danger": desk.options(forms.DANGER),
        "numbers": [(number, desk.say(when)) for number, when in words.NUMBERS],
        "duty": desk.say(words.DUTY),
        "action": desk.url(f"/bekymringer/ny{query}"),
        "back": desk.url("/bekymringer"),
        "assignment_id": assignment_id,
        "contact_id": contact_id if contact_name else None,
        "passing_on": None,
        "heading": desk.say(NEW),
    }


async def _passing_on(desk: Desk, card: ConcernCard) -> dict[str, Any]:
    """The form for what the coordinators must know of the contact of a concern whose case they may not see."""
    if card.contact_id is None:
        raise NotFound
    await record_read(
        desk.uow,
        "concern.read",
        card.persons,
        why=N_("Leste bekymringen"),
        object_kind="concern",
        object_id=card.id,
    )
    back = desk.url(f"/bekymringer/{card.id}")
    return {
        "current": "/bekymringer",
        "crumbs": [
            (desk.say(CONCERNS), desk.url("/bekymringer")),
            (_title(card, desk), back),
            (desk.say(PASS_ON), ""),
        ],
        "about": [("contact", card.contact_name)],
        "danger": desk.options(forms.DANGER),
        "numbers": [(number, desk.say(when)) for number, when in words.NUMBERS],
        "duty": desk.say(words.DUTY),
        "action": desk.url(f"/bekymringer/ny?fra={card.id}"),
        "back": back,
        "assignment_id": None,
        "contact_id": card.contact_id,
        "passing_on": card.id,
        "heading": desk.say(PASS_ON),
    }


@page("/k/{slug:str}/bekymringer/ny", Permission.CONCERN_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """The form for what one was told or saw."""
    shown = await _new_values(desk)
    values = {"gjelder": shown["about"][0][0], "fare": "nei", "hendelse": ""}
    return await desk.render("concerns/new.html", title=shown["heading"], values=values, **shown)


@action("/k/{slug:str}/bekymringer/ny", Permission.CONCERN_WRITE)
async def note(desk: Desk) -> Response[Any]:
    """Keep it."""
    shown = await _new_values(desk)
    try:
        told = forms.read_staff(desk.form, shown["assignment_id"], shown["contact_id"])
        if shown["passing_on"] is not None:
            await pass_on(desk.uow, shown["passing_on"], told)
            return desk.redirect(shown["back"], flash=N_("Koordinatorene har fått det du skrev."))
        made = await note_concern(desk.uow, told)
    except Invalid as bad:
        return await desk.again("concerns/new.html", bad, title=shown["heading"], **shown)
    url = desk.url(f"/bekymringer/{made}")
    return desk.redirect(url, flash=N_("Bekymringen er notert. Skriv hva du gjør."))


# One concern ----------------------------------------------------------------------------------------------------------
async def _values(desk: Desk) -> dict[str, Any]:
    """What a concern's page shows, and the access log's row for it."""
    uow, may = desk.uow, desk.context.may
    card = await concern_card(uow, desk.path_uuid("concern_id"))
    await record_read(
        uow,
        "concern.read",
        card.persons,
        why=N_("Leste bekymringen"),
        object_kind="concern",
        object_id=card.id,
    )
    title = _title(card, desk)
    suspendable = card.contact_id is not None and may(Permission.CONTACT_READ)
    tellable = not suspendable and card.contact_id is not None and await _hidden(uow, card)
    return {
        "current": "/bekymringer",
        "crumbs": [(desk.say(CONCERNS), desk.url("/bekymringer")), (title, "")],
        "card": card,
        "heading": title,
        "state": (desk.say(words.STATES[card.state]), words.STATE_SHAPES[card.state]),
        "told_as": desk.say(words.TOLD_AS[card.told_as]),
        "outcome": desk.say(words.OUTCOMES[card.outcome]) if card.outcome in words.OUTCOMES else "",
        "steps": [(desk.say(words.STEPS[one.kind]), one) for one in await steps_of(uow, card.id)],
        "step_kinds": desk.options(words.STEPS),
        "outcomes": desk.options(words.OUTCOMES),
        "numbers": [(number, desk.say(when)) for number, when in words.NUMBERS],
        "duty": desk.say(words.DUTY),
        "may_write": may(Permission.CONCERN_WRITE) and card.state != "closed",
        "may_assign": may(Permission.ASSIGNMENT_READ),
        "suspend_url": desk.url(f"/kontakter/{card.contact_id}/suspensjon?fra={card.id}") if suspendable else "",
        "pass_on_url": desk.url(f"/bekymringer/ny?fra={card.id}") if tellable else "",
        "base": desk.url(f"/bekymringer/{card.id}"),
        "place": desk.url(),
    }  # fmt: skip


async def _hidden(uow: UnitOfWork, card: ConcernCard) -> bool:
    """Whether the concern is in a case that the coordinators do not see as a rule: then they do not know of it either."""
    if card.case_id is None or card.state == "closed" or not uow.context.may(Permission.CONCERN_WRITE):
        return False
    case = await case_card(uow, card.case_id)
    return case.shielded or case.purchaser == "child_welfare"


FIRST = {"steg": "", "steg_ord": "", "utfall": "", "utfall_ord": ""}


@page("/k/{slug:str}/bekymringer/{concern_id:uuid}", Permission.CONCERN_READ)
async def show_concern(desk: Desk) -> Response[str]:
    """One concern: what was said, what has been done, and what is next."""
    shown = await _values(desk)
    values = {**FIRST, "steg_dag": format_date(today())}
    return await desk.render("concerns/concern.html", title=shown["heading"], values=values, **shown)


@action("/k/{slug:str}/bekymringer/{concern_id:uuid}/ta", Permission.CONCERN_WRITE)
async def take(desk: Desk) -> Response[Any]:
    """Say that one follows up."""
    concern_id = desk.path_uuid("concern_id")
    await take_concern(desk.uow, concern_id)
    return desk.redirect(
        desk.url(f"/bekymringer/{concern_id}"),
        flash=N_("Du følger opp. Den som meldte fra, ser navnet ditt."),
    )


@action("/k/{slug:str}/bekymringer/{concern_id:uuid}/steg", Permission.CONCERN_WRITE)
async def note_step(desk: Desk) -> Response[Any]:
    """Note what was done."""
    shown = await _values(desk)
    try:
        await add_step(desk.uow, shown["card"].id, *forms.read_step(desk.form))
    except Invalid as bad:
        return await desk.again("concerns/concern.html", bad, title=shown["heading"], **shown)
    return desk.redirect(shown["base"], flash=N_("Det er notert."))


@action("/k/{slug:str}/bekymringer/{concern_id:uuid}/lukk", Permission.CONCERN_WRITE)
async def close(desk: Desk) -> Response[Any]:
    """Close it with its outcome."""
    shown = await _values(desk)
    try:
        await close_concern(desk.uow, shown["card"].id, *forms.read_outcome(desk.form))
    except Invalid as bad:
        return await desk.again("concerns/concern.html", bad, title=shown["heading"], **shown)
    return desk.redirect(desk.url("/bekymringer"), flash=N_("Bekymringen er avsluttet."))


# Suspension -----------------------------------------------------------------------------------------------------------
async def _suspension_values(desk: Desk) -> dict[str, Any]:
    """A contact's suspensions and what is worried about, and the access log's row."""
    uow = desk.uow
    contact = await contact_card(uow, desk.path_uuid("contact_id"))
    if await is_oneself(uow, contact.id):
        raise Forbidden(N_("Du kan ikke se dette om deg selv."))
    concern_id: UUID | None = forms.id_in(desk.query, "fra")
    if concern_id is not None:
        await concern_card(uow, concern_id)
    await record_read(
        uow, "suspension.read", [contact.person_id], why=N_("Leste om støttekontakten"), object_kind="contact",
        object_id=contact.id,
    )  # fmt: skip
    suspensions = await suspensions_of(uow, contact.id)
    url = desk.url(f"/kontakter/{contact.id}")
    return {
        "current": "/kontakter",
        "crumbs": [(desk.say(N_("Støttekontakter")), desk.url("/kontakter")), (contact.name, url), (desk.say(OUT), "")],
        "contact": contact,
        "running": next((one for one in suspensions if one.ended_on is None), None),
        "earlier": [
            (one, desk.say(words.SUSPENSION_OUTCOMES[one.outcome])) for one in suspensions if one.ended_on is not None
        ],
        "concerns": [(one, desk.say(words.STATES[one.state])) for one in await concerns_about(uow, contact.id)],
        "outcomes": desk.options(words.SUSPENSION_OUTCOMES),
        "may_write": desk.context.may(Permission.CONCERN_WRITE),
        "action": f"{url}/suspensjon" + (f"?fra={concern_id}" if concern_id else ""),
        "lift_action": f"{url}/suspensjon/opphev",
        "concern_id": concern_id,
        "place": desk.url(),
        "back": url,
    }  # fmt: skip


@page("/k/{slug:str}/kontakter/{contact_id:uuid}/suspensjon", Permission.CONTACT_READ)
async def suspension_page(desk: Desk) -> Response[str]:
    """Take a contact out of service, or end it. For those who answer for contacts and follow concerns up."""
    desk.context.require(Permission.CONCERN_READ)
    shown = await _suspension_values(desk)
    values = {"grunn": "", "utfall": "", "utfall_ord": ""}
    return await desk.render("concerns/suspension.html", title=desk.say(OUT), values=values, **shown)


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/suspensjon", Permission.CONTACT_READ)
async def suspend_now(desk: Desk) -> Response[Any]:
    """Out of service from now."""
    desk.context.require(Permission.CONCERN_WRITE)
    shown = await _suspension_values(desk)
    try:
        await suspend(desk.uow, shown["contact"].id, desk.form.text("grunn")[:4_000], shown["concern_id"])
    except Invalid as bad:
        return await desk.again("concerns/suspension.html", bad, title=desk.say(OUT), **shown)
    return desk.redirect(
        desk.url(f"/kontakter/{shown['contact'].id}/suspensjon"),
        flash=N_("%(name)s er tatt ut av tjeneste. Alle oppdrag har pause. Ring nå."), name=shown["contact"].name,
    )  # fmt: skip


@action("/k/{slug:str}/kontakter/{contact_id:uuid}/suspensjon/opphev", Permission.CONTACT_READ)
async def lift(desk: Desk) -> Response[Any]:
    """End it, with what was found."""
    desk.context.require(Permission.CONCERN_WRITE)
    shown = await _suspension_values(desk)
    try:
        await end_suspension(desk.uow, shown["contact"].id, *forms.read_outcome(desk.form, suspension=True))
    except Invalid as bad:
        return await desk.again("concerns/suspension.html", bad, title=desk.say(OUT), **shown)
    said = N_("Det er lagret hva dere har kommet fram til.")
    if desk.form.text("utfall") == "left":
        said = N_("Det er lagret. Avslutt nå oppdragene, hvert med sin grunn.")
    return desk.redirect(f"{shown['back']}#oppdragene", flash=said)


# "Meld fra" on one's own pages ----------------------------------------------------------------------------------------
async def _own_values(desk: Desk) -> dict[str, Any]:
    subjects = await own_subjects(desk.uow)
    return {
        "current": "/meld-fra",
        "subjects": [(one.key, one.name) for one in subjects] + [(forms.OTHER, desk.say(words.ABOUT["other"]))],
        "danger": desk.options(forms.DANGER),
        "numbers": [(number, desk.say(when)) for number, when in words.NUMBERS],
        "duty": desk.say(words.DUTY) if desk.context.may(Permission.CONTACT_OWN) else "",
        "told": [
            (one, desk.say(words.STATES[one.state]), words.STATE_SHAPES[one.state] if one.state != "new" else "info")
            for one in await own_concerns(desk.uow)
        ],
        "action": desk.url("/meld-fra"),
        "place": desk.url(),
    }  # fmt: skip


@page("/min/{slug:str}/meld-fra", Permission.OWN_READ)
async def tell_form(desk: Desk) -> Response[str]:
    """Tell what worries one."""
    shown = await _own_values(desk)
    first = shown["subjects"][0][0] if len(shown["subjects"]) == 2 else ""
    values = {"hvem": desk.query.get("hvem", first), "fare": "", "hendelse": ""}
    return await desk.render("concerns/tell.html", title=desk.say(TELL), values=values, **shown)


@action("/min/{slug:str}/meld-fra", Permission.OWN_READ)
async def tell(desk: Desk) -> Response[Any]:
    """Keep it, and show that it is received; whoever is in danger sees whom to ring."""
    shown = await _own_values(desk)
    try:
        made = await tell_concern(desk.uow, forms.read_own(desk.form, dict(shown["subjects"])))
    except Invalid as bad:
        return await desk.again("concerns/tell.html", bad, title=desk.say(TELL), **shown)
    return desk.redirect(desk.url(f"/meld-fra/{made}"), flash=N_("Takk. Kommunen har fått det du skrev."))


@page("/min/{slug:str}/meld-fra/{concern_id:uuid}", Permission.OWN_READ)
async def told(desk: Desk) -> Response[str]:
    """What one has told: that it is received, and who follows up."""
    one = await own_concern(desk.uow, desk.path_uuid("concern_id"))
    return await desk.render(
        "concerns/told.html", title=desk.say(TELL), current="/meld-fra", one=one,
        state=(desk.say(words.STATES[one.state]), words.STATE_SHAPES[one.state] if one.state != "new" else "info"),
        numbers=[(number, desk.say(when)) for number, when in words.NUMBERS], back=desk.url("/meld-fra"),
    )  # fmt: skip


HANDLERS = [
    show_list, new_form, note, show_concern, take, note_step, close, suspension_page, suspend_now, lift, tell_form, tell,
    told,
]  # fmt: skip
