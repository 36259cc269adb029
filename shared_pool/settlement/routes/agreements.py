"""Agreements on prices: every one, a new one, and one with its answer. HTTP in, template or redirect out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from shared_pool.settlement import forms, views
from shared_pool.settlement.agreements import (
    EARLIEST_MONTHS,
    answer_agreement,
    end_agreement,
    partners,
    propose_agreement,
    template_of,
    withdraw_agreement,
)
from shared_pool.settlement.books import AgreementCard, agreement_among, all_books, names_of
from shared_pool.settlement.reckoning import month_off
from shared_pool.settlement.routes.statements import AGREEMENTS, SETTLEMENT, tabs

NEW = N_("Ny avtale om oppgjør")
MONTHS_AHEAD = 18
ONE = "/k/{slug:str}/oppgjor/avtaler/{settlement_agreement_id:uuid}"


@page("/k/{slug:str}/oppgjor/avtaler", Permission.SETTLEMENT_READ)
async def show_agreements(desk: Desk) -> Response[str]:
    """The agreements with each municipality, the newest first."""
    ours, names = desk.context.tenant, await names_of(desk.uow)
    found = [
        (names[pair.other(ours)], [_line(desk, one, books.agreements) for one in books.agreements])
        for pair, books in (await all_books(desk.uow)).items()
        if books.agreements
    ]
    return await desk.render(
        "settlement/agreements.html", title=desk.say(AGREEMENTS), current="/oppgjor", tabs=tabs(desk, "/avtaler"),
        places=sorted(found, key=lambda one: one[0]), base=desk.url("/oppgjor/avtaler"),
        crumbs=[(desk.say(SETTLEMENT), desk.url("/oppgjor")), (desk.say(AGREEMENTS), desk.path)],
        may_propose=desk.context.may(Permission.SETTLEMENT_ACCEPT) and bool(await partners(desk.uow)),
    )  # fmt: skip


def _line(desk: Desk, card: AgreementCard, among: Sequence[AgreementCard]) -> dict[str, Any]:
    word, shape = views.AGREEMENT_STATES[views.state_of(card, among, today())]
    waits = card.state == "proposed" and card.proposed_by_id != desk.context.tenant
    return {
        "id": card.id, "lasting": views.lasting(card, desk.language), "state": (desk.say(word), shape),
        "hour": views.kroner(card.hour_ore, desk.language), "waits": waits,
        "period": desk.say(views.PERIOD_NAMES[str(card.period_months)]),
    }  # fmt: skip


# A new one ------------------------------------------------------------------------------------------------------------
async def _new_values(desk: Desk) -> dict[str, Any]:
    found = await partners(desk.uow)
    books = await all_books(desk.uow)
    like = template_of([one for pair in books.values() for one in pair.agreements])
    names = await names_of(desk.uow)
    return {
        "current": "/oppgjor",
        "crumbs": [
            (desk.say(SETTLEMENT), desk.url("/oppgjor")), (desk.say(AGREEMENTS), desk.url("/oppgjor/avtaler")),
            (desk.say(NEW), desk.path),
        ],
        "places": [(str(one), name) for one, name in found],
        "months": views.month_options(-EARLIEST_MONTHS, MONTHS_AHEAD, today(), desk.language),
        "periods": desk.options(views.PERIOD_NAMES), "like": like,
        "like_place": names[like.pair.other(desk.context.tenant)] if like is not None else "",
        "action": desk.url("/oppgjor/avtaler/ny"), "back": desk.url("/oppgjor/avtaler"),
    }  # fmt: skip


@page("/k/{slug:str}/oppgjor/avtaler/ny", Permission.SETTLEMENT_ACCEPT)
async def new_form(desk: Desk) -> Response[str]:
    """Terms to propose, with the prices of the newest agreement in force, should there be one."""
    shown = await _new_values(desk)
    places, months = dict(shown["places"]), dict(shown["months"])
    chosen, since = desk.query.get("kommune", ""), desk.query.get("fra", "")
    values = {
        **views.begins_with(shown["like"]),
        "kommune": chosen if chosen in places else "",
        "fra": since if since in months else f"{month_off(today(), 1):%Y-%m}",
        "til": "",
    }
    return await desk.render("settlement/agreement_form.html", title=desk.say(NEW), values=values, **shown)


@action("/k/{slug:str}/oppgjor/avtaler/ny", Permission.SETTLEMENT_ACCEPT)
async def propose(desk: Desk) -> Response[Any]:
    """Send the proposal to the other municipality's manager."""
    shown = await _new_values(desk)
    try:
        made = await propose_agreement(desk.uow, forms.read_agreement(desk.form))
    except Invalid as bad:
        return await desk.again("settlement/agreement_form.html", bad, title=desk.say(NEW), **shown)
    return desk.redirect(
        desk.url(f"/oppgjor/avtaler/{made}"), flash=N_("Forslaget er sendt. Lederen i den andre kommunen svarer.")
    )  # fmt: skip


# One ------------------------------------------------------------------------------------------------------------------
async def _values(desk: Desk, agreement_id: UUID) -> dict[str, Any]:
    uow, ours = desk.uow, desk.context.tenant
    (card, among), names = await agreement_among(uow, agreement_id), await names_of(uow)
    standing = views.state_of(card, among, today())
    word, shape = views.AGREEMENT_STATES[standing]
    may = desk.context.may(Permission.SETTLEMENT_ACCEPT)
    proposed = card.state == "proposed"
    from_us = card.proposed_by_id == ours
    place = names[card.pair.other(ours)]
    months = views.month_options(0, MONTHS_AHEAD, today(), desk.language)
    ends = f"{card.valid_to:%Y-%m}" if card.valid_to else ""
    return {
        "current": "/oppgjor",
        "crumbs": [
            (desk.say(SETTLEMENT), desk.url("/oppgjor")), (desk.say(AGREEMENTS), desk.url("/oppgjor/avtaler")),
            (place, desk.path),
        ],
        "card": card, "place": place, "state": (desk.say(word), shape),
        "prices": views.prices_of(card, desk.language, views.current(among, today()) if proposed else None),
        "lasting": views.lasting(card, desk.language), "period": desk.say(views.PERIOD_NAMES[str(card.period_months)]),
        "proposer": names[card.proposed_by_id],
        "accepter": names[card.accepted_by_id] if card.accepted_by_id else "",
        "ender": names[card.ended_by_id] if card.ended_by_id else "",
        "may_answer": may and proposed and not from_us, "may_withdraw": may and proposed and from_us,
        "may_end": may and standing in ("now", "coming"),
        "months": [one for one in months if one[0] >= f"{card.valid_from:%Y-%m}" and (not ends or one[0] < ends)],
        "back_in_time": proposed and card.valid_from < month_off(today(), 0),
        "base": desk.url(f"/oppgjor/avtaler/{card.id}"),
    }  # fmt: skip


def _title(desk: Desk, shown: dict[str, Any]) -> str:
    return desk.say(N_("Avtale med %(place)s"), place=shown["place"])


@page(ONE, Permission.SETTLEMENT_READ)
async def show_agreement(desk: Desk) -> Response[str]:
    """The terms, and what one's own municipality can do with them."""
    shown = await _values(desk, desk.path_uuid("settlement_agreement_id"))
    return await desk.render("settlement/agreement.html", title=_title(desk, shown), values={}, **shown)


@action(f"{ONE}/svar", Permission.SETTLEMENT_ACCEPT)
async def answer(desk: Desk) -> Response[Any]:
    """Yes or no, by the button that was pressed."""
    shown = await _values(desk, desk.path_uuid("settlement_agreement_id"))
    yes = desk.form.text("svar") == "ja"
    try:
        await answer_agreement(desk.uow, shown["card"].id, yes=yes, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("settlement/agreement.html", bad, title=_title(desk, shown), **shown)
    said = N_("Avtalen er godtatt.") if yes else N_("Dere har sagt nei til forslaget.")
    return desk.redirect(shown["base"], flash=said)


@action(f"{ONE}/trekk", Permission.SETTLEMENT_ACCEPT)
async def withdraw(desk: Desk) -> Response[Any]:
    """Take one's own proposal back."""
    shown = await _values(desk, desk.path_uuid("settlement_agreement_id"))
    try:
        await withdraw_agreement(desk.uow, shown["card"].id, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("settlement/agreement.html", bad, title=_title(desk, shown), **shown)
    return desk.redirect(shown["base"], flash=N_("Forslaget er trukket."))


@action(f"{ONE}/avslutt", Permission.SETTLEMENT_ACCEPT)
async def end(desk: Desk) -> Response[Any]:
    """Give notice: the last month the agreement holds."""
    shown = await _values(desk, desk.path_uuid("settlement_agreement_id"))
    try:
        last = forms.read_end(desk.form)
        await end_agreement(desk.uow, shown["card"].id, last, version=version_of(desk.form))
    except Invalid as bad:
        return await desk.again("settlement/agreement.html", bad, title=_title(desk, shown), **shown)
    return desk.redirect(shown["base"], flash=N_("Avtalen er sagt opp."))


HANDLERS = [show_agreements, new_form, propose, show_agreement, answer, withdraw, end]
