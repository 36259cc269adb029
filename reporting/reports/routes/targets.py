"""Targets: what the region has agreed to reach, each municipality's figure against it, and the history (D8)."""

from __future__ import annotations

from typing import Any

from litestar import Response

from reporting.reports.board import Board, open_board
from reporting.reports.comparison import COLUMNS
from reporting.reports.frame import NONE
from reporting.reports.quantities import known, quantity
from reporting.reports.routes.shared import common
from reporting.reports.targets import (
    TargetRow,
    in_force,
    light,
    read_target,
    set_target,
    target_names,
    target_rows,
    words,
)
from reporting.reports.wording import said
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page

TITLE = N_("Mål")
HERE = "/maal"
DIRECTIONS = {"most": N_("Høyst så stort"), "least": N_("Minst så stort")}


def _allowed() -> dict[str, str]:
    """The figures a target may be set for, in the order of the comparison."""
    return target_names(name for names in COLUMNS.values() for name in names)


async def _shown(desk: Desk) -> dict[str, Any]:
    """What the page shows besides the form."""
    rows = await target_rows(desk.uow)
    board = await open_board(desk.uow)
    lang = desk.language
    kept = in_force(rows, today())
    values: dict[str, Any] = {
        "history": [_history(row, lang) for row in rows if known(row.quantity)],
        "targets": [_target(board, row, lang) for name, row in kept.items()],
        "options": desk.options({"": N_("Velg"), **_allowed()}),
        "directions": desk.options(DIRECTIONS),
        "may_write": desk.context.may(Permission.TARGET_WRITE),
        "action": desk.url(HERE),
        "base": desk.url("/tall"),
        "board": board,
    }
    return {**common(desk, board), **values} if board is not None else values


def _history(row: TargetRow, lang: str) -> tuple[str, str, TargetRow]:
    one = quantity(row.quantity)
    return one.name, "" if row.value is None else words(row, one, lang), row


def _target(board: Board | None, row: TargetRow, lang: str) -> dict[str, Any]:
    """A target with each municipality's figure against it: number, light and words; hidden ones stay ":"."""
    one = quantity(row.quantity)
    lines = []
    counts = {"ok": 0, "other": 0, "unknown": 0}
    if board is not None:
        framed = board.framed([one], whole=False)
        now, before = board.period.slug, board.before.slug
        for place in framed.places:
            figure = framed.at(now, place.id, one.id)
            # Before a target was set, nobody had it to reach.
            lit = light(row, figure, framed.at(before, place.id, one.id) if before else NONE, one, lang)
            counts["unknown" if lit is None else "ok" if lit.state == "ok" else "other"] += 1
            lines.append((place.name, said(figure, one, lang), lit))
    return {
        "id": row.quantity, "name": one.name, "aim": words(row, one, lang), "row": row, "lines": lines, "counts": counts,
        "definition": one.definition,
    }  # fmt: skip


@page("/r/{slug:str}/maal", Permission.DASHBOARD_READ)
async def show(desk: Desk) -> Response[str]:
    """The targets in force, and who has reached them."""
    return await desk.render(
        "reports/targets.html", title=desk.say(TITLE), current=HERE, values={"fra": format_date(today())},
        **await _shown(desk),
    )  # fmt: skip


@action("/r/{slug:str}/maal", Permission.TARGET_WRITE)
async def save(desk: Desk) -> Response[Any]:
    """Set a target from a day on; the older ones stay as history."""
    shown = await _shown(desk)
    try:
        await set_target(desk.uow, read_target(desk.form, _allowed()))
    except Invalid as bad:
        return await desk.again("reports/targets.html", bad, title=desk.say(TITLE), current=HERE, **shown)
    return desk.redirect(desk.url(HERE), flash=N_("Målet er lagret."))


HANDLERS = [show, save]
