"""The contact's own receipts, on the phone and as a file."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.documents.pdf import render_pdf
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page
from tenants.payroll import views
from tenants.payroll.own import own_run, own_runs

PAID = N_("Utbetalt")
PDF = "application/pdf"


@page("/min/{slug:str}/utbetalt", Permission.CONTACT_OWN)
async def show_receipts(desk: Desk) -> Response[str]:
    """What the reader has been paid, newest first."""
    found = await own_runs(desk.uow)
    return await desk.render(
        "payroll/receipts.html", title=desk.say(PAID), current="/utbetalt", base=desk.url("/utbetalt"),
        runs=[(one, views.period_text(one.first, one.last, desk.language)) for one in found],
    )  # fmt: skip


@page("/min/{slug:str}/utbetalt/{payroll_run_id:uuid}", Permission.CONTACT_OWN)
async def show_receipt(desk: Desk) -> Response[str]:
    """One receipt: hours, rates, expenses and kilometres, and what was corrected."""
    run, items = await own_run(desk.uow, desk.path_uuid("payroll_run_id"))
    await record_read(desk.uow, "own.read", [], why=N_("Leste kvitteringen sin"))
    period = views.period_text(run.first, run.last, desk.language)
    return await desk.render(
        "payroll/receipt.html", title=desk.say(N_("Kvittering for %(period)s"), period=period), current="/utbetalt",
        run=run, period=period, base=desk.url("/utbetalt"),
        days=views.by_day([views.shown_item(one.item, desk.language, who=one.given_name) for one in items]),
    )  # fmt: skip


@page("/min/{slug:str}/utbetalt/{payroll_run_id:uuid}/kvittering.pdf", Permission.CONTACT_OWN)
async def download_receipt(desk: Desk) -> Response[Any]:
    """The receipt as a tagged PDF."""
    run, items = await own_run(desk.uow, desk.path_uuid("payroll_run_id"))
    await record_read(desk.uow, "own.read", [], why=N_("Lastet ned kvitteringen sin"))
    document = views.receipt(
        run, items, name=desk.context.user_name, municipality=desk.say(N_("%(place)s kommune"), place=desk.context.place_name),
        language=desk.language,
    )  # fmt: skip
    await desk.uow.finish()
    return desk.download(f"kvittering-{run.pay_on.isoformat()}.pdf", await render_pdf(document), PDF)


HANDLERS = [show_receipts, show_receipt, download_receipt]
