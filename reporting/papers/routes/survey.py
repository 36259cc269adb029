"""The mapping report: one document, on the page, as PDF and as its tables in a workbook."""

from __future__ import annotations

from datetime import date
from typing import Final

from litestar import Response

from reporting.figures.api import members
from reporting.papers.building import Maker
from reporting.papers.content import Paper
from reporting.papers.sheet import paper_pdf
from reporting.papers.survey import NAME, survey_paper
from reporting.papers.workbook import paper_xlsx
from reporting.reports.api import Board, open_board, period_name
from reporting.schemes.api import all_answers, matrix
from sammen.clock import today
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page

HERE: Final = "/kartlegging"
OF_FIGURES: Final = "/tall"
PDF: Final = "application/pdf"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def _paper(desk: Desk, board: Board) -> Paper:
    """The report of a board, with the schemes as they are answered today."""
    day = today()
    places = await members(desk.uow, day)
    groups = matrix(await all_answers(desk.uow), places, day)
    return survey_paper(Maker(board, desk.language), groups, day, desk.context.place_name)


@page("/r/{slug:str}/kartlegging", Permission.DASHBOARD_READ)
async def show(desk: Desk) -> Response[str]:
    """The report on the page."""
    board = await open_board(desk.uow, desk.query.get("periode", ""))
    title = desk.say(NAME)
    crumbs = [(desk.say(N_("Tall")), desk.url(OF_FIGURES)), (title, "")]
    if board is None:
        return await desk.render(
            "papers/survey_empty.html",
            title=title,
            current=OF_FIGURES,
            crumbs=crumbs,
            home=desk.context.base_url,
        )
    return await desk.render(
        "papers/survey.html", title=title, current=OF_FIGURES, crumbs=crumbs, paper=await _paper(desk, board),
        periods=[(card.period.slug, period_name(card.period, desk.language)) for card in board.cards],
        period=board.period, base=desk.url(HERE), ask=_ask(board),
    )  # fmt: skip


def _ask(board: Board) -> str:
    """The end of an address that keeps the period."""
    return "" if board.period == board.cards[0].period else f"?periode={board.period.slug}"


async def _of_address(desk: Desk) -> tuple[Paper, str, date]:
    """The paper of the address's period, the stem of its files' names, and its day. NotFound when nothing is published."""
    board = await open_board(desk.uow, desk.query.get("periode", ""))
    if board is None:
        raise NotFound
    paper = await _paper(desk, board)
    await desk.uow.finish()
    return paper, f"kartlegging-{desk.context.slug}-{board.period.slug}", today()


@page("/r/{slug:str}/kartlegging/kartlegging.pdf", Permission.DASHBOARD_READ)
async def as_pdf(desk: Desk) -> Response[bytes]:
    """The report as PDF/UA."""
    paper, name, day = await _of_address(desk)
    return desk.download(f"{name}.pdf", await paper_pdf(paper, day, desk.language), PDF)


@page("/r/{slug:str}/kartlegging/kartlegging.xlsx", Permission.DASHBOARD_READ)
async def as_workbook(desk: Desk) -> Response[bytes]:
    """The report's tables, a sheet each."""
    paper, name, _ = await _of_address(desk)
    return desk.download(f"{name}.xlsx", paper_xlsx(paper, desk.language), XLSX)


HANDLERS = [show, as_pdf, as_workbook]
