"""The import's pages: upload, preview with every row's verdict, confirm or drop, and the faulty rows as a file."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.documents.tables_in import UnreadableTable
from sammen.errors import BadInput, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.jobs.tasks import read_task
from sammen.policy.permissions import Permission
from sammen.settings import Environment
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.i18n import ntranslate
from sammen.web.paging import PAGE_SIZE, last_page
from tenants.imports.queries import (
    VERDICTS,
    ImportCard,
    earlier_imports,
    import_card,
    import_rows,
)
from tenants.imports.service import drop, preview, rejected_rows, start
from tenants.imports.views import VERDICT_NAMES, hours_assumed, shown_rows

TITLE = N_("Hent inn saker")
STATES = {
    "preview": (N_("Venter på deg"), "warning"),
    "running": (N_("Hentes inn"), "half"),
    "confirmed": (N_("Hentet inn"), "ok"),
    "dropped": (N_("Forkastet"), "neutral"),
}
MINE = "/k/{slug:str}/import/{import_id:uuid}"


async def _upload_values(desk: Desk) -> dict[str, Any]:
    """What the upload page needs: the municipality's lists, of which only one's own can be opened."""
    earlier = [
        (card, desk.say(STATES[card.state][0]), STATES[card.state][1],
         desk.url(f"/import/{card.id}") if card.uploaded_by == desk.context.user_id else "")
        for card in await earlier_imports(desk.uow)
    ]  # fmt: skip
    return {"current": "/import", "earlier": earlier, "url": desk.url("/import")}


@page("/k/{slug:str}/import", Permission.IMPORT_RUN)
async def upload_form(desk: Desk) -> Response[str]:
    """Upload a list; the earlier ones below."""
    return await desk.render("imports/upload.html", title=desk.say(TITLE), **await _upload_values(desk))


@action("/k/{slug:str}/import", Permission.IMPORT_RUN, files=True)
async def upload(desk: Desk) -> Response[Any]:
    """Read the list and show what it would do."""
    shown = await _upload_values(desk)
    sent = desk.form.uploads.get("fil")
    try:
        if sent is None or not sent.content:
            raise BadInput("fil", N_("Velg en fil. Den kan ikke være tom."))
        synthetic = desk.house.settings.environment is not Environment.PRODUCTION
        made = await preview(desk.uow, sent.filename, sent.content, accept_synthetic=synthetic)
    except (UnreadableTable, BadInput) as bad:
        return await desk.again(
            "imports/upload.html",
            Invalid.one("fil", bad.message, **bad.params),
            title=desk.say(TITLE),
            **shown,
        )
    return desk.redirect(desk.url(f"/import/{made}"))


def _lede(card: ImportCard, language: str) -> str:
    return ntranslate(language, "Én rad i lista.", "%(num)s rader i lista.", card.total)


def _done(desk: Desk, card: ImportCard) -> str:
    result = card.result
    return desk.say(
        N_("Nye saker: %(new)s. Endret: %(changed)s. Som før: %(same)s. Må rettes: %(rejected)s."),
        new=result.get("new", 0), changed=result.get("changed", 0), same=result.get("same", 0),
        rejected=result.get("rejected", 0),
    )  # fmt: skip


def _kinds(desk: Desk, card: ImportCard, verdict: str) -> list[tuple[str, str, int, bool]]:
    """The verdicts there are, each with how many rows, to show one at a time."""
    url = desk.url(f"/import/{card.id}")
    return [(desk.say(N_("Alle")), url, card.total, not verdict)] + [
        (desk.say(VERDICT_NAMES[one]), f"{url}?vurdering={one}", card.counts[one], one == verdict)
        for one in VERDICTS
        if card.counts.get(one)
    ]


@page(MINE, Permission.IMPORT_RUN)
async def show_import(desk: Desk) -> Response[str]:
    """The preview; afterwards what came of it."""
    card = await import_card(desk.uow, desk.path_uuid("import_id"))
    # What has been written is no longer kept here: only the faulty rows are left to show.
    whole = card.state in ("preview", "running")
    verdict = desk.query.get("vurdering", "") if whole else "error"
    verdict = verdict if verdict in VERDICTS else ""
    total = card.counts.get(verdict, 0) if verdict else card.total
    last = last_page(total)
    asked = desk.query.get("side", "1")
    side = min(last, max(1, int(asked))) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    rows = (
        await import_rows(desk.uow, card, verdict=verdict, page=side) if whole or card.rejected_kept else []
    )
    task = await read_task(desk.uow, card.task_id) if card.task_id else None
    persons = sorted({row.person_id for row in rows if row.person_id is not None})
    await record_read(
        desk.uow, "import.read", persons, why=N_("Så over en liste"), object_kind="import", object_id=card.id
    )
    url = desk.url(f"/import/{card.id}")
    kinds = [] if not whole else _kinds(desk, card, verdict)
    return await desk.render(
        "imports/preview.html",
        title=card.filename,
        current="/import",
        crumbs=[(desk.say(TITLE), desk.url("/import")), (card.filename, "")],
        card=card,
        lede=_lede(card, desk.language),
        done=_done(desk, card),
        rows=shown_rows(rows, desk.language),
        weekly=any(hours_assumed(row) for row in rows),
        task=task,
        kinds=kinds,
        side=side,
        last=last,
        page_size=PAGE_SIZE,
        shown_total=total,
        url=url,
        rejected_url=f"{url}/maa-rettes.csv" if card.rejected_kept else "",
        list_url=desk.url("/import"),
        cases_url=desk.url("/saker"),
    )


@page(MINE + "/framdrift", Permission.IMPORT_RUN)
async def show_progress(desk: Desk) -> Response[str]:
    """How far a long list has come: the part of the page that renews itself."""
    card = await import_card(desk.uow, desk.path_uuid("import_id"))
    task = await read_task(desk.uow, card.task_id) if card.task_id else None
    if task is None:
        raise NotFound
    return await desk.render(
        "imports/progress.html", title=card.filename, task=task, url=desk.url(f"/import/{card.id}")
    )


@page(MINE + "/maa-rettes.csv", Permission.IMPORT_RUN)
async def download_rejected(desk: Desk) -> Response[bytes]:
    """The faulty rows in the list's own columns, each with what to put right."""
    content = await rejected_rows(desk.uow, desk.path_uuid("import_id"))
    await desk.uow.finish()
    return desk.download("maa-rettes.csv", content, "text/csv; charset=utf-8")


@action(MINE + "/hent", Permission.IMPORT_RUN)
async def confirm_import(desk: Desk) -> Response[Any]:
    """Bring the good rows in; a long list goes on in the background."""
    import_id = desk.path_uuid("import_id")
    await start(desk.uow, import_id)
    return desk.redirect(desk.url(f"/import/{import_id}"))


@action(MINE + "/dropp", Permission.IMPORT_RUN)
async def drop_import(desk: Desk) -> Response[Any]:
    """Throw the upload away."""
    await drop(desk.uow, desk.path_uuid("import_id"))
    return desk.redirect(desk.url("/import"), flash=N_("Lista er forkastet."))


HANDLERS = [upload_form, upload, show_import, show_progress, download_rejected, confirm_import, drop_import]
