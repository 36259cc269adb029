"""Pages: a municipality's archives (/k/…/arkiv), and how far one has come in leaving (/drift/kommuner/…)."""

from typing import Any

from litestar import Response

from deploy.archive.checklist import told_at_home
from deploy.archive.ordering import (
    LARGEST,
    PIECE,
    ExportCard,
    confirm,
    content,
    decide,
    export_card,
    exports,
    order,
    short_key,
)
from sammen.clock import today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page

TITLE = N_("Arkiv")
ONE = N_("Arkiv bestilt %(day)s")
STATES = {
    "ordered": (N_("Venter på godkjenning"), "info"),
    "refused": (N_("Avslått"), "neutral"),
    "making": (N_("Lages"), "half"),
    "ready": (N_("Klart til å hentes"), "ok"),
    "failed": (N_("Ble ikke laget"), "danger"),
    "gone": (N_("Overlevert"), "neutral"),
}
CONDITIONS = {
    ("archive", True): N_("Kommunen har bekreftet et arkiv, og ingenting er endret siden."),
    ("archive", False): N_("Kommunen har ikke bekreftet et arkiv av alt slik det er nå."),
    ("settlement", True): N_("Alle oppgjør med andre kommuner er låst."),
    ("settlement", False): N_("Oppgjør med andre kommuner er ikke låst."),
    ("shared", True): N_("Kommunen har ingenting i gang sammen med andre."),
    ("shared", False): N_("Behov, felles grupper, kurs eller lån er ikke avsluttet."),
}
BASE = "/k/{slug:str}/arkiv"
ID = BASE + "/{archive_export_id:uuid}"


def _state(desk: Desk, card: ExportCard) -> tuple[str, str]:
    label, shape = STATES[card.state]
    return (desk.say(N_("Bekreftet")), "ok") if card.confirmed_at else (desk.say(label), shape)


async def _list_values(desk: Desk) -> dict[str, Any]:
    found = await exports(desk.uow)
    checks = await told_at_home(desk.uow.raw, desk.context.tenant, today())
    return {
        "rows": [(card, *_state(desk, card), short_key(card.recipient)) for card in found],
        "checks": [(desk.say(CONDITIONS[check.code, check.met]), check.met) for check in checks],
        "orders": desk.context.may(Permission.ARCHIVE_ORDER),
        "base": desk.url("/arkiv"),
        "largest": LARGEST // PIECE,
        "current": "/arkiv",
    }


@page(BASE, Permission.ARCHIVE_READ)
async def archives(desk: Desk) -> Response[str]:
    """What has been ordered, and what is lacking before the municipality could leave."""
    return await desk.render(
        "archive/list.html",
        title=desk.say(TITLE),
        values={"mottaker": "", "grunn": ""},
        **await _list_values(desk),
    )


@action(BASE, Permission.ARCHIVE_ORDER)
async def new_order(desk: Desk) -> Response[Any]:
    """Order an archive for a key."""
    shown = await _list_values(desk)
    try:
        made = await order(desk.uow, desk.form.text("mottaker")[:200], desk.form.text("grunn"))
    except Invalid as bad:
        return await desk.again("archive/list.html", bad, title=desk.say(TITLE), **shown)
    return desk.redirect(
        desk.url(f"/arkiv/{made}"), flash=N_("Arkivet er bestilt. En leder må godkjenne det.")
    )


def _one_values(desk: Desk, card: ExportCard) -> dict[str, Any]:
    context = desk.context
    return {
        "card": card,
        "state": _state(desk, card),
        "key_text": short_key(card.recipient),
        "base": desk.url(f"/arkiv/{card.id}"),
        "approves": context.may(Permission.ARCHIVE_APPROVE)
        and card.state == "ordered"
        and card.ordered_by != context.user,
        "fetches": context.may(Permission.ARCHIVE_ORDER)
        and card.state == "ready"
        and card.ordered_by == context.user,
        "confirms": context.may(Permission.ARCHIVE_ORDER)
        and card.state in ("ready", "gone")
        and card.confirmed_at is None,
        "current": "/arkiv",
        "crumbs": [(desk.say(TITLE), desk.url("/arkiv")), (_one_title(desk, card), "")],
        "largest": LARGEST // PIECE,
    }


def _one_title(desk: Desk, card: ExportCard) -> str:
    return desk.say(ONE, day=f"{card.created_at:%d.%m.%Y}")


@page(ID, Permission.ARCHIVE_READ)
async def one_archive(desk: Desk) -> Response[str]:
    """One order: who, why, for which key, and what may be done with it now."""
    card = await export_card(desk.uow, desk.path_uuid("archive_export_id"))
    values = {"fingeravtrykk": ""}
    return await desk.render(
        "archive/one.html", title=_one_title(desk, card), values=values, **_one_values(desk, card)
    )


@action(ID + "/godkjenn", Permission.ARCHIVE_APPROVE)
async def approve(desk: Desk) -> Response[Any]:
    """Say yes to somebody else's order: a job makes the archive."""
    export_id = desk.path_uuid("archive_export_id")
    await decide(desk.uow, export_id, yes=True)
    return desk.redirect(
        desk.url(f"/arkiv/{export_id}"), flash=N_("Arkivet lages. Den som bestilte det, kan hente det.")
    )


@action(ID + "/avslag", Permission.ARCHIVE_APPROVE)
async def refuse(desk: Desk) -> Response[Any]:
    """Say no."""
    export_id = desk.path_uuid("archive_export_id")
    await decide(desk.uow, export_id, yes=False)
    return desk.redirect(desk.url(f"/arkiv/{export_id}"), flash=N_("Bestillingen er avslått."))


@page(ID + "/fil", Permission.ARCHIVE_ORDER)
async def fetch(desk: Desk) -> Response[bytes]:
    """The sealed file, for whoever ordered it."""
    export_id = desk.path_uuid("archive_export_id")
    sealed = await content(desk.uow, export_id)
    return desk.download(f"{desk.context.slug}-{export_id}.age", sealed, "application/octet-stream")


@action(ID + "/bekreft", Permission.ARCHIVE_ORDER)
async def tell_fingerprint(desk: Desk) -> Response[Any]:
    """The municipality has opened the file, and says so by its fingerprint."""
    export_id = desk.path_uuid("archive_export_id")
    card = await export_card(desk.uow, export_id)
    try:
        await confirm(desk.uow, export_id, desk.form.text("fingeravtrykk")[:200])
    except Invalid as bad:
        return await desk.again(
            "archive/one.html", bad, title=_one_title(desk, card), **_one_values(desk, card)
        )
    return desk.redirect(desk.url(f"/arkiv/{export_id}"), flash=N_("Takk. Arkivet er bekreftet."))


LEAVING = {
    "closed": (N_("Lukket, kan angres"), "warning"),
    "deleting": (N_("Slettes"), "half"),
    "done": (N_("Slettet"), "neutral"),
}


@page("/drift/kommuner/{place:str}", Permission.OPERATIONS_READ)
async def leaving(desk: Desk) -> Response[str]:
    """How far a municipality has come in leaving: states, days and counts."""
    slug = str(desk.request.path_params["place"])[:100]
    rows = await desk.uow.call("SELECT * FROM sammen.operations_leaving($1)", slug)
    if not rows:
        raise NotFound
    one = rows[0]
    label, shape = LEAVING.get(one["state"] or "", (N_("Er med"), "ok"))
    return await desk.render(
        "archive/leaving.html", title=one["name"], current="/kommuner", one=one, slug=slug, state=(desk.say(label), shape),
        crumbs=[(desk.say(N_("Kommuner")), "/drift/kommuner"), (one["name"], "")],
    )  # fmt: skip


HANDLERS = [archives, new_order, one_archive, approve, refuse, fetch, tell_fingerprint, leaving]
