"""Small pages around one complaint: the day the decision came, an interim reply, a withdrawal, Statsforvalteren's answer.

One template, four forms. A handler answers through its desk, so nothing here needs the web framework.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sammen.clock import today
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from tenants.complaints import forms, letters
from tenants.complaints.happenings import note_interim, record_appeal, set_reached, withdraw_complaint
from tenants.complaints.pages import complaint_values, own_complaint
from tenants.complaints.queries import ComplaintCard, complaint_card
from tenants.complaints.rules import APPEAL_RESULTS
from tenants.complaints.service import DONE

TEMPLATE = "complaints/step.html"
REACHED, INTERIM = N_("Når kom vedtaket fram?"), N_("Foreløpig svar på klagen")
WITHDRAWN, APPEAL = N_("Klagen er trukket"), N_("Statsforvalteren har svart")
NOT_THERE = N_("Klagen er ikke hos Statsforvalteren.")


async def _shown(
    desk: Desk, title: str, step: str, *, states: tuple[str, ...]
) -> tuple[ComplaintCard, dict[str, Any]]:
    """The complaint, if it is the reader's and in a state the step is for. Raises Conflict otherwise."""
    card = await own_complaint(desk, title)
    if card.state not in states:
        raise Conflict(NOT_THERE if step == "statsforvalteren" else DONE)
    values = complaint_values(desk, card, title)
    return card, {**values, "step": step, "action": f"{values['base']}/{step}", "heading": desk.say(title)}


async def _reached(desk: Desk) -> tuple[ComplaintCard, dict[str, Any]]:
    return await _shown(desk, REACHED, "frist", states=("received", "proposed"))


@page("/k/{slug:str}/klager/{complaint_id:uuid}/frist", Permission.COMPLAINT_WRITE)
async def reached_form(desk: Desk) -> Any:
    """The day word of the decision came, when somebody knows it."""
    card, shown = await _reached(desk)
    values = {"versjon": card.version, "framme": format_date(card.reached_on) if card.reached_on else ""}
    return await desk.render(TEMPLATE, title=shown["heading"], values=values, **shown)


@action("/k/{slug:str}/klager/{complaint_id:uuid}/frist", Permission.COMPLAINT_WRITE)
async def save_reached(desk: Desk) -> Any:
    """Count the deadline again from that day."""
    card, shown = await _reached(desk)
    try:
        late = await set_reached(
            desk.uow, card.id, forms.read_day(desk.form, "framme"), version=version_of(desk.form)
        )
    except Invalid as bad:
        return await desk.again(TEMPLATE, bad, title=shown["heading"], **shown)
    flash = (
        N_("Fristen er regnet på nytt. Klagen kom for sent.")
        if late
        else N_("Fristen er regnet på nytt. Klagen kom i tide.")
    )
    return desk.redirect(shown["base"], flash=flash, state="warning" if late else "ok")


async def _interim(desk: Desk) -> tuple[ComplaintCard, dict[str, Any]]:
    return await _shown(desk, INTERIM, "forelopig", states=("received", "proposed"))


@page("/k/{slug:str}/klager/{complaint_id:uuid}/forelopig", Permission.COMPLAINT_WRITE)
async def interim_form(desk: Desk) -> Any:
    """Why the answer takes longer than a month, and when it comes (fvl. § 11 a)."""
    card, shown = await _interim(desk)
    values = {
        "versjon": card.version, "grunn": card.interim_reason,
        "svar_innen": format_date(card.expected_on or today() + timedelta(days=21)),
    }  # fmt: skip
    return await desk.render(TEMPLATE, title=shown["heading"], values=values, **shown)


@action("/k/{slug:str}/klager/{complaint_id:uuid}/forelopig", Permission.COMPLAINT_WRITE)
async def save_interim(desk: Desk) -> Any:
    """Keep the promise, and write the letter."""
    card, shown = await _interim(desk)
    try:
        reason, expected = forms.read_interim(desk.form)
        await note_interim(desk.uow, card.id, reason, expected, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again(TEMPLATE, bad, title=shown["heading"], **shown)
    await letters.write_interim(desk.uow, await complaint_card(desk.uow, card.id))
    return desk.redirect(shown["base"], flash=N_("Brevet ligger klart til å sendes."))


async def _withdrawn(desk: Desk) -> tuple[ComplaintCard, dict[str, Any]]:
    return await _shown(desk, WITHDRAWN, "trukket", states=("received", "proposed", "appealed"))


@page("/k/{slug:str}/klager/{complaint_id:uuid}/trukket", Permission.COMPLAINT_WRITE)
async def withdrawal_form(desk: Desk) -> Any:
    """The complainant takes it back."""
    card, shown = await _withdrawn(desk)
    values = {"versjon": card.version, "dato": format_date(today())}
    return await desk.render(TEMPLATE, title=shown["heading"], values=values, **shown)


@action("/k/{slug:str}/klager/{complaint_id:uuid}/trukket", Permission.COMPLAINT_WRITE)
async def save_withdrawal(desk: Desk) -> Any:
    """Close it, and confirm by letter."""
    card, shown = await _withdrawn(desk)
    try:
        day, note = forms.read_withdrawal(desk.form)
        await withdraw_complaint(desk.uow, card.id, day, note, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again(TEMPLATE, bad, title=shown["heading"], **shown)
    await letters.write_withdrawn(desk.uow, await complaint_card(desk.uow, card.id))
    return desk.redirect(shown["base"], flash=N_("Klagen er trukket. Brevet ligger klart til å sendes."))


async def _appeal(desk: Desk) -> tuple[ComplaintCard, dict[str, Any]]:
    card, shown = await _shown(desk, APPEAL, "statsforvalteren", states=("appealed",))
    return card, {**shown, "results": desk.options(APPEAL_RESULTS)}


@page("/k/{slug:str}/klager/{complaint_id:uuid}/statsforvalteren", Permission.COMPLAINT_WRITE)
async def appeal_form(desk: Desk) -> Any:
    """What Statsforvalteren decided."""
    card, shown = await _appeal(desk)
    return await desk.render(TEMPLATE, title=shown["heading"], values={"versjon": card.version}, **shown)


@action("/k/{slug:str}/klager/{complaint_id:uuid}/statsforvalteren", Permission.COMPLAINT_WRITE)
async def save_appeal(desk: Desk) -> Any:
    """Keep it; changed or annulled begins a new decision."""
    card, shown = await _appeal(desk)
    try:
        facts = forms.read_appeal(desk.form)
        await record_appeal(desk.uow, card.id, facts, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again(TEMPLATE, bad, title=shown["heading"], **shown)
    if facts.result in ("changed", "annulled"):
        return desk.redirect(shown["case_url"], flash=N_("Utfallet er lagret. Saken skal avgjøres på nytt."))
    return desk.redirect(shown["base"], flash=N_("Utfallet er lagret, og klagen er avsluttet."))


HANDLERS = [
    reached_form,
    save_reached,
    interim_form,
    save_interim,
    withdrawal_form,
    save_withdrawal,
    appeal_form,
    save_appeal,
]
