"""The slice's pages: the list, a new complaint, one complaint, the answer and its conclusion, and what happens around."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from sammen.web.paging import PAGE_SIZE, last_page
from tenants.cases.api import allocation_rules, case_crumbs, may_decide_for, own_case
from tenants.complaints import forms, letters, steps, views
from tenants.complaints.forwarding import forwarding_file
from tenants.complaints.pages import ONE_TITLE, TITLE, complaint_values, one_complaint, own_complaint, refusal
from tenants.complaints.queries import ComplaintCard, ComplaintFilter, complaint_card, list_complaints
from tenants.complaints.rules import (
    ANSWERS,
    DISMISS_GROUNDS,
    LATE_GROUNDS,
    TREATED,
    given_on,
    may_be_accepted_late,
)
from tenants.complaints.service import (
    DONE,
    conclude,
    may_conclude,
    prepare_answer,
    register_complaint,
    return_answer,
)
from tenants.decisions.api import decisions_of
from tenants.letters.api import letters_about

NEW_TITLE = N_("Registrer klage")
PDF = "application/pdf"


# The list -------------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/klager", Permission.COMPLAINT_READ)
async def show_list(desk: Desk) -> Response[str]:
    """What waits here by its deadline, what is at Statsforvalteren, and what is closed."""
    wanted = ComplaintFilter.of(desk.query)
    found = await list_complaints(desk.uow, wanted)
    await record_read(
        desk.uow, "complaint.list", [row.person_id for row in found.rows], why=N_("Liste over klager")
    )
    base = desk.url("/klager")
    return await desk.render(
        "complaints/list.html",
        title=desk.say(TITLE),
        current="/klager",
        found=found,
        wanted=wanted,
        total=found.counts[wanted.view],
        last=last_page(found.counts[wanted.view]),
        page_size=PAGE_SIZE,
        base=base,
        kinds=[
            (desk.say(name), f"{base}?vis={view}", found.counts[view], view == wanted.view)
            for view, name in views.VIEW_NAMES.items()
        ],
        states=views.STATES,
        about={row.id: views.decision_name(row.decision_kind, row.decided_on, desk.language) for row in found.rows},
        outcomes={row.id: views.outcome(row, desk.language) for row in found.rows},
    )  # fmt: skip


# A new one ------------------------------------------------------------------------------------------------------------
async def _new_values(desk: Desk) -> tuple[Any, list[Any], dict[str, Any]]:
    case, person = await own_case(desk)
    decisions = [
        one for one in await decisions_of(desk.uow, case.id)
        if one.decided_on is not None and one.kind != "withdrawal"
    ]  # fmt: skip
    await record_read(
        desk.uow, "case.read", [case.person_id], why=N_("Registrerte klage"), object_kind="case", object_id=case.id
    )  # fmt: skip
    return case, decisions, {
        "current": "/klager",
        "crumbs": case_crumbs(desk, case, person, NEW_TITLE),
        "person": person,
        "decisions": [
            (str(one.id), views.decision_name(one.kind, one.decided_on, desk.language)) for one in decisions
        ],
        "channels": desk.options(forms.CHANNELS),
        "complainants": desk.options(forms.COMPLAINANTS),
        "action": desk.url(f"/saker/{case.id}/klage"),
        "case_url": desk.url(f"/saker/{case.id}"),
    }  # fmt: skip


@page("/k/{slug:str}/saker/{case_id:uuid}/klage", Permission.COMPLAINT_WRITE)
async def complaint_form(desk: Desk) -> Response[Any]:
    """The form for a complaint that has come."""
    case, decisions, shown = await _new_values(desk)
    if not decisions:
        return desk.redirect(
            desk.url(f"/saker/{case.id}"), flash=N_("Saken har ikke noe vedtak å klage på ennå."), state="info"
        )  # fmt: skip
    values = {**views.received_values(decisions), "brev": "ja"}
    return await desk.render("complaints/new.html", title=desk.say(NEW_TITLE), values=values, **shown)


@action("/k/{slug:str}/saker/{case_id:uuid}/klage", Permission.COMPLAINT_WRITE)
async def register(desk: Desk) -> Response[Any]:
    """Register it; whether it came in time is computed, and a letter says that it has come."""
    case, _, shown = await _new_values(desk)
    try:
        complaint_id = await register_complaint(desk.uow, case.id, forms.read_received(desk.form))
    except Invalid as bad:
        return await desk.again("complaints/new.html", bad, title=desk.say(NEW_TITLE), **shown)
    card = await complaint_card(desk.uow, complaint_id)
    if desk.form.text("brev"):
        await letters.write_receipt(desk.uow, card)
    flash = (
        N_("Klagen er registrert. Den kom etter fristen. Vurder om den skal behandles likevel.")
        if card.late
        else N_("Klagen er registrert. Den kom i tide.")
    )
    return desk.redirect(
        desk.url(f"/klager/{complaint_id}"), flash=flash, state="warning" if card.late else "ok"
    )


# One ------------------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/klager/{complaint_id:uuid}", Permission.COMPLAINT_READ)
async def show_one(desk: Desk) -> Response[str]:
    """One complaint: what they want, whether it came in time, what is answered, and what to do next."""
    card = await one_complaint(desk)
    own = may_decide_for(desk.context, card.purchaser) and desk.context.may(Permission.COMPLAINT_WRITE)
    found = await letters_about(desk.uow, card.id) if desk.context.may(Permission.LETTER_READ) else []
    return await desk.render(
        "complaints/one.html",
        title=desk.say(ONE_TITLE),
        state=views.STATES[card.state],
        outcome=views.outcome(card, desk.language),
        answer=desk.say(ANSWERS[card.answer]) if card.answer in ANSWERS else "",
        own=own,
        concludes=may_conclude(desk.context, card.purchaser) and await refusal(desk, card) is None,
        letters=found,
        letters_url=desk.url("/brev"),
        complainant=card.complainant_name or card.name,
        channel=desk.say(forms.CHANNELS[card.channel]),
        **complaint_values(desk, card),
    )


# The answer -----------------------------------------------------------------------------------------------------------
ANSWER_TITLE = N_("Svar på klagen")


async def _answer_values(desk: Desk) -> tuple[ComplaintCard, dict[str, Any]]:
    card = await own_complaint(desk, ANSWER_TITLE)
    if card.state not in ("received", "proposed"):
        raise Conflict(DONE)
    given = given_on(card.received_on, card.posted_on, by_letter=card.channel == "letter")
    too_late = card.late and not may_be_accepted_late(card.decided_on, given)
    answers = [
        (value, desk.say(name)) for value, name in ANSWERS.items() if not (too_late and value in TREATED)
    ]
    return card, {
        **complaint_values(desk, card, ANSWER_TITLE),
        "answers": answers,
        "too_late": too_late,
        "late_grounds": desk.options(LATE_GROUNDS),
        "dismiss_grounds": [
            (value, desk.say(name)) for value, name in DISMISS_GROUNDS.items() if card.late or value != "late"
        ],
        "deferrals": desk.options(forms.DEFERRALS),
        "decided_it": card.decided_by == desk.context.user,
        "four_eyes": (await allocation_rules(desk.uow, today())).four_eyes,
    }  # fmt: skip


@page("/k/{slug:str}/klager/{complaint_id:uuid}/svar", Permission.COMPLAINT_WRITE)
async def answer_form(desk: Desk) -> Response[str]:
    """The municipality's new look at the decision."""
    card, shown = await _answer_values(desk)
    return await desk.render(
        "complaints/answer.html", title=desk.say(ANSWER_TITLE), values=views.answer_values(card), **shown
    )


@action("/k/{slug:str}/klager/{complaint_id:uuid}/svar", Permission.COMPLAINT_WRITE)
async def save_answer(desk: Desk) -> Response[Any]:
    """Keep the draft, or send it to somebody else who concludes."""
    card, shown = await _answer_values(desk)
    propose = desk.form.text("gjor") == "send"
    try:
        facts = forms.read_answer(desk.form, deferral=card.deferral)
        await prepare_answer(desk.uow, card.id, facts, version=version_of(desk.form), propose=propose)
    except Invalid as bad:
        return await desk.again("complaints/answer.html", bad, title=desk.say(ANSWER_TITLE), **shown)
    if not propose:
        return desk.redirect(f"{shown['base']}/svar", flash=N_("Kladden er lagret."))
    ready = (
        N_("Svaret er sendt til godkjenning.")
        if shown["four_eyes"]
        else N_("Svaret er klart. Nå kan du avgjøre klagen.")
    )
    return desk.redirect(shown["base"], flash=ready)


CONCLUDE_TITLE = N_("Avgjør klagen")
CONCLUDED = {
    "changed": N_("Klagen er avgjort. Skriv det nye vedtaket, så får klageren svar."),
    "partly": N_("Klagen er avgjort og sendt til Statsforvalteren. Skriv det nye vedtaket."),
    "upheld": N_("Klagen er sendt til Statsforvalteren, og klageren får kopi."),
    "dismissed": N_("Klagen er avvist. Brevet ligger klart til å sendes."),
}


async def _conclude_values(desk: Desk) -> tuple[ComplaintCard, dict[str, Any]]:
    card = await own_complaint(desk, CONCLUDE_TITLE, concludes=True)
    if card.state != "proposed":
        raise Conflict(DONE)
    return card, {
        **complaint_values(desk, card, CONCLUDE_TITLE),
        "answer": desk.say(ANSWERS[card.answer]),
        "refused": desk.say(why) if (why := await refusal(desk, card)) else "",
    }  # fmt: skip


@page("/k/{slug:str}/klager/{complaint_id:uuid}/avgjorelse", Permission.DECISION_ISSUE)
async def conclude_form(desk: Desk) -> Response[str]:
    """The proposed answer, to conclude or to send back."""
    card, shown = await _conclude_values(desk)
    return await desk.render(
        "complaints/conclude.html", title=desk.say(CONCLUDE_TITLE), values={"versjon": card.version}, **shown
    )


@action("/k/{slug:str}/klager/{complaint_id:uuid}/avgjorelse", Permission.DECISION_ISSUE)
async def save_conclusion(desk: Desk) -> Response[Any]:
    """Conclude, with the letters that follow; or send back with a note."""
    card, shown = await _conclude_values(desk)
    try:
        if desk.form.text("gjor") == "tilbake":
            await return_answer(desk.uow, card.id, desk.form.text("merknad"), version=version_of(desk.form))
            return desk.redirect(shown["base"], flash=N_("Svaret er sendt tilbake."))
        if not desk.form.text("habil"):
            raise Invalid.one("habil", N_("Bekreft at du er habil, eller la en annen avgjøre klagen."))
        answer = await conclude(desk.uow, card.id, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("complaints/conclude.html", bad, title=desk.say(CONCLUDE_TITLE), **shown)
    await letters.write_answer(desk.uow, await complaint_card(desk.uow, card.id))
    return desk.redirect(shown["base"], flash=CONCLUDED[answer])


@page("/k/{slug:str}/klager/{complaint_id:uuid}/oversendelse.pdf", Permission.COMPLAINT_READ)
async def download_forwarding(desk: Desk) -> Response[bytes]:
    """The letter to Statsforvalteren, as a file to send with the case's documents."""
    card = await one_complaint(desk, N_("Hentet brevet til Statsforvalteren"))
    if card.appealed_on is None:
        raise Conflict(N_("Klagen er ikke hos Statsforvalteren."))
    content = await forwarding_file(desk.uow, card)
    await desk.uow.finish()
    return desk.download(f"oversendelse-{card.case_no}.pdf", content, PDF)


HANDLERS = [
    show_list,
    complaint_form,
    register,
    show_one,
    answer_form,
    save_answer,
    conclude_form,
    save_conclusion,
    download_forwarding,
    *steps.HANDLERS,
]
