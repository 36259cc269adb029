"""Every statement, one statement with its steps, and its files. HTTP in, template, file or redirect out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.documents.pdf import render_pdf
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.paging import PAGE_SIZE, last_page, page_number
from shared_pool.settlement import forms, views
from shared_pool.settlement.books import StatementCard, all_books, contacts_in, names_of, statement_card
from shared_pool.settlement.files import act_text, file_name, statement_pdf, statement_xlsx, title_of
from shared_pool.settlement.service import (
    accept_statement,
    check_statement,
    disagree,
)

SETTLEMENT = N_("Oppgjør")
AGREEMENTS = N_("Avtaler om oppgjør")
SHOWN = {"": N_("Alle"), "apne": N_("Åpne"), "laste": N_("Låste")}
ONE = "/k/{slug:str}/oppgjor/{settlement_statement_id:uuid}"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def tabs(desk: Desk, current: str) -> list[tuple[str, str, bool]]:
    """The two sides of settlement: statements ("") and agreements."""
    pages = ((SETTLEMENT, ""), (AGREEMENTS, "/avtaler"))
    return [(desk.say(label), desk.url(f"/oppgjor{path}"), path == current) for label, path in pages]


# Every statement ------------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/oppgjor", Permission.SETTLEMENT_READ)
async def show_statements(desk: Desk) -> Response[str]:
    """What is open and what is locked, the newest first, with what waits for us above."""
    ours, names = desk.context.tenant, await names_of(desk.uow)
    books = await all_books(desk.uow)
    every = [card for one in books.values() for card in one.cards()]
    every.sort(key=lambda card: (-card.first.toordinal(), names[card.pair.other(ours)]))
    others = sorted(
        {(card.pair.other(ours), names[card.pair.other(ours)]) for card in every}, key=lambda one: one[1]
    )
    chosen, shown = desk.query.get("kommune", ""), desk.query.get("vis", "")
    found = [card for card in every if _fits(card, ours, chosen, shown)]
    side = min(page_number(desk.query), last_page(len(found)))
    rows = found[(side - 1) * PAGE_SIZE : side * PAGE_SIZE]
    waiting = [card for card in every if views.waits(card, ours) in ("agree", "check", "accept")]
    agreed = any(one.state == "accepted" for pair in books.values() for one in pair.agreements)
    return await desk.render(
        "settlement/list.html", title=desk.say(SETTLEMENT), current="/oppgjor", tabs=tabs(desk, ""),
        rows=[_row(desk, card, names) for card in rows], side=side, last=last_page(len(found)),
        waiting=len(waiting), any=bool(every), agreed=agreed, base=desk.url("/oppgjor"),
        others=[(str(one), name) for one, name in others], shown=desk.options(SHOWN),
        values={"kommune": chosen, "vis": shown}, chosen=int(bool(chosen)) + int(shown in SHOWN and bool(shown)),
        may_agree=desk.context.may(Permission.SETTLEMENT_ACCEPT),
    )  # fmt: skip


def _fits(card: StatementCard, ours: UUID, other: str, shown: str) -> bool:
    right_place = not other or str(card.pair.other(ours)) == other
    return right_place and (shown not in ("apne", "laste") or card.locked is (shown == "laste"))


def _row(desk: Desk, card: StatementCard, names: Mapping[UUID, str]) -> dict[str, Any]:
    ours, language = desk.context.tenant, desk.language
    word, shape = views.WAITS[views.waits(card, ours)]
    them = card.pair.other(ours)
    return {
        "id": card.id, "period": views.period_text(card.first, card.last, language), "place": names[them],
        "number": card.number, "state": (desk.say(word), shape), "net": views.net_short(card, ours, language),
        "we_owe": views.owed_text(card, ours, language), "they_owe": views.owed_text(card, them, language),
    }  # fmt: skip


# One statement --------------------------------------------------------------------------------------------------------
async def _values(desk: Desk, statement_id: UUID) -> dict[str, Any]:
    uow, language = desk.uow, desk.language
    card, names = await statement_card(uow, statement_id), await names_of(uow)
    ours = desk.context.tenant
    them = card.pair.other(ours)
    us_name, their_name = names[ours], names[them]
    await _log(desk, card, "settlement.read")
    standing, waits = card.standing, views.waits(card, ours)
    checker = standing.checked.get(ours)
    word, shape = views.WAITS[waits]
    lacks, period = views.lacks_from(card.lines), views.period_text(card.first, card.last, language)
    return {
        "current": "/oppgjor",
        "crumbs": [(desk.say(SETTLEMENT), desk.url("/oppgjor")), (period, desk.path)],
        "card": card, "us": us_name, "them": their_name, "them_id": them, "waits": waits, "state": (desk.say(word), shape),
        "net": views.net_text(card, ours, us_name, their_name, language),
        "sides": [_side(card, debtor, names, language) for debtor in (ours, them)],
        "digest": card.digest.hex(),
        "checker": checker, "own_check": checker is not None and checker.user_id == desk.context.user_id,
        "disagreed": (names[standing.disagreed.by_id], standing.disagreed) if standing.disagreed else None,
        "overtaken": ours in standing.overtaken, "they_accepted": them in standing.accepted,
        "history": [(one, act_text(one, names, desk.say, language)) for one in card.acts],
        "told": [(names[who], card.told.get(who)) for who in (ours, them)],
        "lacks": f"{lacks:%Y-%m}" if lacks else "",
        "may_check": desk.context.may(Permission.SETTLEMENT_CHECK),
        "may_accept": desk.context.may(Permission.SETTLEMENT_ACCEPT),
        "base": desk.url(f"/oppgjor/{card.id}"), "settlement": desk.url("/oppgjor"),
    }  # fmt: skip


def _side(
    card: StatementCard, debtor: UUID, names: Mapping[UUID, str], language: str
) -> tuple[str, str, list[views.ShownLine], str]:
    lines = [views.shown_line(line, language) for line in views.lines_owed_by(card, debtor)]
    return (
        names[debtor],
        names[card.pair.other(debtor)],
        lines,
        views.owed_text(card, debtor, language),
    )


async def _log(desk: Desk, card: StatementCard, what: str) -> None:
    await record_read(
        desk.uow, what, contacts_in(card.lines), why=N_("Oppgjør mellom kommuner"),
        object_kind="settlement_statement", object_id=card.id,
    )  # fmt: skip


def _title(desk: Desk, shown: dict[str, Any]) -> str:
    return title_of(shown["card"], shown["them"], desk.say, desk.language)


async def _again(desk: Desk, shown: dict[str, Any], bad: Invalid) -> Response[Any]:
    return await desk.again("settlement/statement.html", bad, title=_title(desk, shown), **shown)


@page(ONE, Permission.SETTLEMENT_READ)
async def show_statement(desk: Desk) -> Response[str]:
    """Both directions, line by line, what comes to be paid, what is to be done and who has done what."""
    shown = await _values(desk, desk.path_uuid("settlement_statement_id"))
    return await desk.render("settlement/statement.html", title=_title(desk, shown), values={}, **shown)


@action(f"{ONE}/kontroller", Permission.SETTLEMENT_CHECK)
async def check(desk: Desk) -> Response[Any]:
    """The lines as they were shown have been gone through."""
    shown = await _values(desk, desk.path_uuid("settlement_statement_id"))
    try:
        await check_statement(desk.uow, shown["card"].id, digest=forms.read_digest(desk.form))
    except Invalid as bad:
        return await _again(desk, shown, bad)
    return desk.redirect(shown["base"], flash=N_("Tallene er kontrollert. Nå kan en leder godkjenne."))


@action(f"{ONE}/godta", Permission.SETTLEMENT_ACCEPT)
async def accept(desk: Desk) -> Response[Any]:
    """The municipality's yes; the second of the two locks the statement."""
    shown = await _values(desk, desk.path_uuid("settlement_statement_id"))
    try:
        number = await accept_statement(desk.uow, shown["card"].id, digest=forms.read_digest(desk.form))
    except Invalid as bad:
        return await _again(desk, shown, bad)
    if number is None:
        return desk.redirect(
            shown["base"], flash=N_("Oppgjøret er godkjent hos dere. Nå er det %(place)s sin tur."), place=shown["them"]
        )  # fmt: skip
    return desk.redirect(
        shown["base"], flash=N_("Begge har godkjent. Oppgjør %(number)s er låst."), number=number
    )


@action(f"{ONE}/uenig", Permission.SETTLEMENT_CHECK)
async def send_back(desk: Desk) -> Response[Any]:
    """Disagree, with words: both sides begin again."""
    shown = await _values(desk, desk.path_uuid("settlement_statement_id"))
    try:
        words = forms.read_words(desk.form)
        await disagree(desk.uow, shown["card"].id, words, digest=forms.read_digest(desk.form))
    except Invalid as bad:
        return await _again(desk, shown, bad)
    return desk.redirect(
        shown["base"], flash=N_("Sendt tilbake. %(place)s ser hva dere er uenige i."), place=shown["them"]
    )


# Files ----------------------------------------------------------------------------------------------------------------
@page(f"{ONE}/oppgjor.pdf", Permission.SETTLEMENT_READ)
async def download_pdf(desk: Desk) -> Response[Any]:
    """The statement as a tagged PDF on our own letterhead."""
    card = await statement_card(desk.uow, desk.path_uuid("settlement_statement_id"))
    names = await names_of(desk.uow)
    await _log(desk, card, "settlement.exported")
    document = statement_pdf(card, desk.context.tenant, names, desk.language)
    await desk.uow.finish()
    return desk.download(file_name(card, "pdf"), await render_pdf(document), PDF)


@page(f"{ONE}/oppgjor.xlsx", Permission.SETTLEMENT_READ)
async def download_xlsx(desk: Desk) -> Response[Any]:
    """The statement's lines as a workbook."""
    card = await statement_card(desk.uow, desk.path_uuid("settlement_statement_id"))
    names = await names_of(desk.uow)
    await _log(desk, card, "settlement.exported")
    await desk.uow.finish()
    return desk.download(file_name(card, "xlsx"), statement_xlsx(card, names, desk.language), XLSX)


HANDLERS = [
    show_statements, show_statement, check, accept, send_back, download_pdf, download_xlsx,
]  # fmt: skip
