"""Opening a case in an emergency: the form, one's own, closing it; and the municipality's rules for it."""

from __future__ import annotations

from functools import partial
from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import now
from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import Form, Reader, version_of
from sammen.web.render import KEY_FIELD
from tenants.cases.api import (
    NOTHING,
    EmergencyCard,
    EmergencyFacts,
    accepts_synthetic,
    case_card,
    close_emergency,
    emergency_rules,
    open_in_emergency,
    own_emergencies,
    own_emergency,
    parse_sought,
    set_emergency_rules,
)
from tenants.oversight.log import log_names, set_log_names
from tenants.oversight.words import REVIEWS
from tenants.people.api import person_card
from tenants.provision.api import rules_tabs

EMERGENCY = N_("Åpne i nødstilfelle")
RULES = N_("Innsyn og nødåpning")
FIRST = {"nummer": "", "grunn": "", "adresse": "", "adresse_grunn": ""}
LEAST_ADDRESS_REASON = 20


async def _form_values(desk: Desk) -> dict[str, Any]:
    rules, mine = await emergency_rules(desk.uow), await own_emergencies(desk.uow)
    return {
        "current": "/nodapning",
        "rules": rules,
        "mine": [(one, desk.url(f"/nodapning/{one.id}"), review_word(desk, one)) for one in mine],
        "action": desk.url("/nodapning"),
    }


def review_word(desk: Desk, card: EmergencyCard) -> tuple[str, str]:
    """(state, shape) of an emergency access: open, waiting for review, or what the review said."""
    if card.open:
        return desk.say(N_("Åpen nå")), "danger"
    if not card.review:
        return desk.say(N_("Venter på vurdering")), "half"
    return desk.say(REVIEWS[card.review]), "ok" if card.review == "justified" else "danger"


def read_emergency(form: Form, *, synthetic: bool) -> EmergencyFacts:
    """The form. Raises Invalid with every field's error."""
    reader = Reader(form)
    sought = reader.take(
        "nummer",
        partial(_sought, synthetic=synthetic),
        required=N_("Skriv fødselsnummeret eller saksnummeret."),
    )
    reason = reader.text(
        "grunn", required=N_("Skriv hva som haster, og hvorfor du må lese saken."), most=1_000
    )
    address = reader.text("adresse_grunn", most=1_000)
    if form.text("adresse") == "ja" and len(address) < LEAST_ADDRESS_REASON:
        reader.fail("adresse_grunn", N_("Skriv minst én setning om hvorfor du må ha adressen."))
    reader.done()
    assert sought is not None
    return EmergencyFacts(sought, reason, address if form.text("adresse") == "ja" else "")


def _sought(text: str, *, synthetic: bool) -> str:
    try:
        return parse_sought(text, accept_synthetic=synthetic)
    except Invalid as bad:
        raise bad.errors["nummer"] from None


@page("/k/{slug:str}/nodapning", Permission.EMERGENCY_OPEN)
async def show_form(desk: Desk) -> Response[str]:
    """What an emergency opens and what it costs, the form, and one's own."""
    return await desk.render(
        "oversight/emergency.html", title=desk.say(EMERGENCY), values=dict(FIRST), **await _form_values(desk)
    )


@action("/k/{slug:str}/nodapning", Permission.EMERGENCY_OPEN)
async def open_case(desk: Desk) -> Response[Any]:
    """Open it. A number that opens nothing is kept as a try, so the form comes back with a key of its own."""
    shown = await _form_values(desk)
    try:
        facts = read_emergency(desk.form, synthetic=accepts_synthetic(desk))
        opened = await open_in_emergency(desk.uow, facts)
    except Invalid as bad:
        return await desk.again("oversight/emergency.html", bad, title=desk.say(EMERGENCY), **shown)
    if not opened:
        typed = desk.form.values()
        desk.form = Form({name: texts for name, texts in desk.form.fields.items() if name != KEY_FIELD})
        return await desk.render(
            "oversight/emergency.html", title=desk.say(EMERGENCY), errors={"nummer": BadInput("nummer", NOTHING)},
            values=typed, **shown,
        )  # fmt: skip
    url = desk.url(f"/nodapning/{opened[0]}") if len(opened) == 1 else desk.url("/nodapning")
    return desk.redirect(
        url,
        flash=N_("Saken er åpen for lesing. Lederen og personvernombudet har fått beskjed."),
        state="warning",
    )


@page("/k/{slug:str}/nodapning/{emergency_access_id:uuid}", Permission.EMERGENCY_OPEN)
async def show_own(desk: Desk) -> Response[str]:
    """One of one's own: the way to the case while it is open, and the address when that was asked for with its reason."""
    uow = desk.uow
    card = await own_emergency(uow, desk.path_uuid("emergency_access_id"))
    case, person = None, None
    if card.open:
        case = await case_card(uow, card.case_id)
        person = await person_card(uow, case.person_id)
        why = N_("Så adressen i nødstilfelle") if card.address_reason else N_("Åpnet saken i nødstilfelle")
        await record_read(uow, "emergency.read", [person.id], why=why, object_kind="case", object_id=case.id)
    return await desk.render(
        "oversight/emergency_own.html",
        title=desk.say(EMERGENCY),
        current="/nodapning",
        crumbs=[(desk.say(EMERGENCY), desk.url("/nodapning")), (desk.say(N_("Nødåpningen din")), "")],
        card=card,
        case=case,
        person=person,
        state=review_word(desk, card),
        minutes_left=max(0, -(-int((card.ended_at - now()).total_seconds()) // 60)),
        case_url=desk.url(f"/saker/{card.case_id}"),
        close_url=desk.url(f"/nodapning/{card.id}/lukk"),
    )


@action("/k/{slug:str}/nodapning/{emergency_access_id:uuid}/lukk", Permission.EMERGENCY_OPEN)
async def close_own(desk: Desk) -> Response[Any]:
    """Done: the case closes at once."""
    await close_emergency(desk.uow, desk.path_uuid("emergency_access_id"))
    return desk.redirect(desk.url("/nodapning"), flash=N_("Saken er lukket for deg igjen."))


# The municipality's rules ---------------------------------------------------------------------------------------------
async def _rules_values(desk: Desk) -> dict[str, Any]:
    rules, (names, version) = await emergency_rules(desk.uow), await log_names(desk.uow)
    return {
        "current": "/regler",
        "tabs": rules_tabs(desk, "/regler/innsyn"),
        "rules": rules,
        "first": {
            "nodapning": "ja" if rules.allowed else "nei", "minutter": str(rules.minutes),
            "navn": "ja" if names else "nei", "versjon": str(rules.version), "navn_versjon": str(version),
        },
        "action": desk.url("/regler/innsyn"),
    }  # fmt: skip


@page("/k/{slug:str}/regler/innsyn", Permission.RULES_WRITE)
async def show_rules(desk: Desk) -> Response[str]:
    """Whether cases may be opened in an emergency, for how long, and whether a person's log names who has read."""
    shown = await _rules_values(desk)
    return await desk.render("oversight/rules.html", title=desk.say(RULES), values=shown["first"], **shown)


@action("/k/{slug:str}/regler/innsyn", Permission.RULES_WRITE)
async def save_rules(desk: Desk) -> Response[Any]:
    """Set them. Switched off, what is open in an emergency closes at once."""
    shown = await _rules_values(desk)
    yes_no = {"ja": "", "nei": ""}
    try:
        reader = Reader(desk.form)
        allowed = reader.choice("nodapning", yes_no, required=N_("Velg ja eller nei."))
        names = reader.choice("navn", yes_no, required=N_("Velg ja eller nei."))
        typed = reader.text("minutter", required=N_("Skriv et tall fra 10 til 120."))
        if typed and not (typed.isascii() and typed.isdigit() and len(typed) < 4):
            reader.fail("minutter", N_("Skriv et tall fra 10 til 120."))
        reader.done()
        await set_emergency_rules(
            desk.uow, allowed=allowed == "ja", minutes=int(typed), version=version_of(desk.form)
        )
        await set_log_names(desk.uow, names=names == "ja", version=version_of(desk.form, "navn_versjon"))
    except Invalid as bad:
        return await desk.again("oversight/rules.html", bad, title=desk.say(RULES), **shown)
    return desk.redirect(desk.url("/regler/innsyn"), flash=N_("Reglene er lagret og gjelder fra nå."))


HANDLERS = [show_form, open_case, show_own, close_own, show_rules, save_rules]
