"""The slice's pages: status reviews, one of them with its agenda and minutes, and the minutes as a file."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.documents.pdf import render_pdf
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_long, date_short
from sammen.web.forms import version_of
from sammen.web.menu import place_label
from tenants.cases.api import add_months
from tenants.quality.api import colleague_options, who_may_follow_up
from tenants.reviews import forms, views
from tenants.reviews.queries import actions_of, items_of, open_actions, review_card, reviews
from tenants.reviews.service import (
    add_action,
    call_off,
    finish_action,
    hold_review,
    plan_review,
    refresh_agenda,
    write_minutes,
)

REVIEWS = N_("Statusmøter")
REVIEW = N_("Statusmøte %(day)s")
PDF = "application/pdf"


async def _list_values(desk: Desk) -> dict[str, Any]:
    uow = desk.uow
    found = await reviews(uow)
    actions = await open_actions(uow)
    persons = sorted({one.person_id for one in actions if one.person_id})
    await record_read(uow, "review.list", persons, why=N_("Statusmøter"))
    return {
        "current": "/statusmoter",
        "found": found,
        "planned": next((card for card, _ in found if not card.held), None),
        "actions": actions,
        "leads": desk.context.may(Permission.REVIEW_WRITE),
        "user": desk.context.user_id,
        "base": desk.url("/statusmoter"),
    }


@page("/k/{slug:str}/statusmoter", Permission.REVIEW_READ)
async def show_list(desk: Desk) -> Response[str]:
    """Reviews, the next first, and what is not done."""
    shown = await _list_values(desk)
    last = next((card.meets_on for card, _ in shown["found"] if card.held), None)
    proposed = max(today(), add_months(last, 1)) if last else today()
    return await desk.render(
        "reviews/list.html", title=desk.say(REVIEWS), values={"dato": date_short(proposed)}, **shown
    )


@action("/k/{slug:str}/statusmoter/nytt", Permission.REVIEW_WRITE)
async def plan(desk: Desk) -> Response[Any]:
    """Plan the next review."""
    shown = await _list_values(desk)
    try:
        made = await plan_review(desk.uow, forms.read_day(desk.form))
    except Invalid as bad:
        return await desk.again("reviews/list.html", bad, title=desk.say(REVIEWS), **shown)
    return desk.redirect(
        desk.url(f"/statusmoter/{made}"), flash=N_("Møtet er planlagt. Sakslista har laget seg selv.")
    )


async def _values(desk: Desk) -> dict[str, Any]:
    """What a review's page shows, and the access log's row for those it names."""
    uow = desk.uow
    card = await review_card(uow, desk.path_uuid("review_id"))
    items, actions = await items_of(uow, card.id), await actions_of(uow, card.id)
    persons = {one.person_id for one in items} | {one.person_id for one in actions}
    await record_read(
        uow,
        "review.read",
        sorted(person for person in persons if person),
        why=N_("Statusmøte"),
        object_kind="review",
        object_id=card.id,
    )
    title = desk.say(REVIEW, day=date_long(card.meets_on, desk.language))
    groups = views.groups(items, desk.url(), desk.language)
    return {
        "current": "/statusmoter",
        "crumbs": [(desk.say(REVIEWS), desk.url("/statusmoter")), (title, "")],
        "heading": title,
        "card": card,
        "items": items,
        "groups": groups,
        "jumps": [(name, f"#punkt-{kind}", len(lines), False) for kind, name, lines in groups],
        "actions": actions,
        "points": views.point_options(items, desk.language),
        "colleagues": colleague_options(await who_may_follow_up(uow, None)),
        "leads": desk.context.may(Permission.REVIEW_WRITE) and not card.held,
        "user": desk.context.user_id,
        "may_finish": desk.context.may(Permission.REVIEW_WRITE),
        "base": desk.url(f"/statusmoter/{card.id}"),
        "past": card.meets_on <= today(),
    }


BLANK = {"oppgave": "", "oppgave_eier": "", "oppgave_frist": "", "oppgave_punkt": ""}


@page("/k/{slug:str}/statusmoter/{review_id:uuid}", Permission.REVIEW_READ)
async def show(desk: Desk) -> Response[str]:
    """One review: its agenda, minutes and actions."""
    shown = await _values(desk)
    values = {**BLANK, **views.first_values(shown["card"], shown["items"])}
    return await desk.render("reviews/review.html", title=shown["heading"], values=values, **shown)


async def _again(desk: Desk, bad: Invalid, shown: dict[str, Any]) -> Response[str]:
    """The page with the one form's errors and what was typed; the other form as it was."""
    values = {**BLANK, **views.first_values(shown["card"], shown["items"]), **desk.form.values()}
    return await desk.render(
        "reviews/review.html", title=shown["heading"], status=422, errors=bad.errors, values=values, **shown
    )


@page("/k/{slug:str}/statusmoter/{review_id:uuid}/referat.pdf", Permission.REVIEW_READ)
async def download(desk: Desk) -> Response[bytes]:
    """The minutes, or the agenda so far, to print: only what this reader may see."""
    shown = await _values(desk)
    card = shown["card"]
    sender = place_label(desk.context.kind, desk.context.place_name, desk.language)
    made = views.document(card, shown["items"], shown["actions"], municipality=sender, language=desk.language)
    await desk.uow.finish()
    return desk.download(f"statusmote-{card.meets_on.isoformat()}.pdf", await render_pdf(made), PDF)


@action("/k/{slug:str}/statusmoter/{review_id:uuid}/referat", Permission.REVIEW_WRITE)
async def save_minutes(desk: Desk) -> Response[Any]:
    """Keep what was written."""
    shown = await _values(desk)
    try:
        facts = forms.read_minutes(desk.form, [item.id for item in shown["items"]])
        await write_minutes(desk.uow, shown["card"].id, facts, version=version_of(desk.form))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Referatet er lagret."))


@action("/k/{slug:str}/statusmoter/{review_id:uuid}/oppgave", Permission.REVIEW_WRITE)
async def new_action(desk: Desk) -> Response[Any]:
    """Note what somebody takes on."""
    shown = await _values(desk)
    try:
        await add_action(desk.uow, shown["card"].id, forms.read_action(desk.form))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(f"{shown['base']}#oppgaver", flash=N_("Oppgaven er lagt til."))


@action("/k/{slug:str}/statusmoter/{review_id:uuid}/oppgave/{action_id:uuid}/gjort", Permission.REVIEW_READ)
async def action_done(desk: Desk) -> Response[Any]:
    """It is done; also after the review."""
    review_id = desk.path_uuid("review_id")
    await finish_action(desk.uow, review_id, desk.path_uuid("action_id"))
    return desk.redirect(
        desk.url(f"/statusmoter/{review_id}#oppgaver"), flash=N_("Oppgaven er merket som gjort.")
    )


@action("/k/{slug:str}/statusmoter/{review_id:uuid}/oppdater", Permission.REVIEW_WRITE)
async def refresh(desk: Desk) -> Response[Any]:
    """Look again for what there is to talk about."""
    review_id = desk.path_uuid("review_id")
    await refresh_agenda(desk.uow, review_id)
    return desk.redirect(desk.url(f"/statusmoter/{review_id}"), flash=N_("Sakslista er oppdatert."))


@action("/k/{slug:str}/statusmoter/{review_id:uuid}/avslutt", Permission.REVIEW_WRITE)
async def hold(desk: Desk) -> Response[Any]:
    """End the review."""
    shown = await _values(desk)
    try:
        await hold_review(desk.uow, shown["card"].id, version=version_of(desk.form))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Møtet er avsluttet. Referatet kan ikke lenger endres."))


@action("/k/{slug:str}/statusmoter/{review_id:uuid}/avlys", Permission.REVIEW_WRITE)
async def cancel(desk: Desk) -> Response[Any]:
    """Call it off."""
    await call_off(desk.uow, desk.path_uuid("review_id"))
    return desk.redirect(desk.url("/statusmoter"), flash=N_("Møtet er avlyst."))


HANDLERS = [
    show_list,
    plan,
    show,
    download,
    save_minutes,
    new_action,
    action_done,
    refresh,
    hold,
    cancel,
]
