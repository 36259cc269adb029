"""The secretariat's log, on a page and as a file (C2)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_change, record_read
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page
from sammen.web.paging import PAGE_SIZE, last_page
from sammen.web.render import with_query
from shared_pool.recruitment.api import homes_of
from shared_pool.runs.log import PERIODS, STATES, Entry, LogFilter, log_entries
from shared_pool.runs.log_views import log_file, log_row
from shared_pool.runs.routes.frame import HERE, LOG, colleagues, tabs

TITLE = N_("Logg over formidlingen")
WHY = N_("Logg over formidlingen")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def _entries(
    desk: Desk, *, whole: bool
) -> tuple[LogFilter, list[tuple[Entry, dict[str, Any]]], int, dict[UUID, str]]:
    homes = {one: home.name for one, home in (await homes_of(desk.uow, desk.context.region)).items()}
    wanted = LogFilter.of(desk.query, homes)
    entries, total = await log_entries(desk.uow, wanted, whole=whole)
    names = await colleagues(desk)
    seen = {entry.card.candidate_id for entry in entries if entry.in_pool}
    await record_read(desk.uow, "matching.log", sorted(seen, key=str), why=WHY)
    rows = [
        (entry, log_row(entry, desk.say, desk.language, homes=homes, colleagues=names)) for entry in entries
    ]
    return wanted, rows, total, homes


@page("/r/{slug:str}/formidling/logg", Permission.POOL_READ)
async def show_log(desk: Desk) -> Response[str]:
    """Who was proposed for what, why, and how it ended."""
    wanted, rows, total, homes = await _entries(desk, whole=False)
    kept = {
        name: value for name, value in desk.query.items() if name in ("kommune", "status", "tid") and value
    }
    return await desk.render(
        "runs/log.html", title=desk.say(TITLE), current=HERE, tabs=tabs(desk, LOG), action=desk.url(LOG),
        rows=[row for _, row in rows], total=total, wanted=wanted,
        last=last_page(total), page_size=PAGE_SIZE,
        homes=sorted(((str(one), name) for one, name in homes.items()), key=lambda pair: pair[1]),
        states=[(value, desk.say(name)) for value, name in STATES.items() if value],
        periods=desk.options(PERIODS),
        values={"kommune": str(wanted.home or ""), "status": wanted.state, "tid": wanted.period},
        file_url=desk.url(f"{LOG}/liste.xlsx") + with_query(kept), need_base=desk.url(HERE),
    )  # fmt: skip


@page("/r/{slug:str}/formidling/logg/liste.xlsx", Permission.POOL_READ)
async def log_as_file(desk: Desk) -> Response[Any]:
    """The log as chosen on the page, in a workbook."""
    _, rows, total, _ = await _entries(desk, whole=True)
    await record_change(
        desk.uow, "matching.log_exported", "region", desk.context.region, rows=len(rows), total=total
    )
    return desk.download(f"formidling-{desk.context.slug}.xlsx", log_file(rows, desk.say), XLSX)


HANDLERS = [show_log, log_as_file]
