"""Newsletters, written alike in a municipality and in the region: list, first page, blocks, preview, test and sending."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from sammen.clock import today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.jobs.queue import enqueue
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_short
from sammen.web.forms import version_of
from shared_pool.newsletters import forms, views
from shared_pool.newsletters.codes import KINDS, SEGMENTS, TEST
from shared_pool.newsletters.joint import deliveries, members, send_joint
from shared_pool.newsletters.models import Newsletter
from shared_pool.newsletters.queries import by_segment, result
from shared_pool.newsletters.sending import send_newsletter
from shared_pool.newsletters.sources import courses_to_choose
from shared_pool.newsletters.writing import (
    Block,
    Kept,
    blocks_of,
    change_newsletter,
    composed,
    in_region,
    keep_block,
    make_newsletter,
    move_block,
    newsletter,
    newsletters,
    remove_newsletter,
    sendable,
)

NEW = N_("Nytt nyhetsbrev")
HANDLERS: list[HTTPRouteHandler] = []
Handler = Callable[[Desk], Awaitable[Response[Any]]]


def both(kind: Callable[[str, Permission], Any], path: str) -> Callable[[Handler], Handler]:
    """The same page in municipalities and regions."""

    def register(handler: Handler) -> Handler:
        name = handler.__name__
        for prefix in ("k", "r"):
            handler.__name__ = f"{name}_{prefix}"
            whole = f"/{prefix}/{{slug:str}}/nyhetsbrev{path}"
            whole = whole if prefix == "k" else whole.replace("{newsletter:", "{joint_newsletter:")
            HANDLERS.append(kind(whole, Permission.NEWSLETTER_WRITE)(handler))
        return handler

    return register


def _id(desk: Desk) -> UUID:
    """The address's newsletter: the two kinds of place have a table each, and the parameter its name."""
    name = "newsletter" if desk.context.kind is PlaceKind.MUNICIPALITY else "joint_newsletter"
    return desk.path_uuid(name)


def _one_url(desk: Desk, newsletter_id: UUID) -> str:
    return desk.url(f"/nyhetsbrev/{newsletter_id}")


def _crumbs(desk: Desk, row: Kept | None = None) -> list[tuple[str, str]]:
    first = (desk.say(views.NEWSLETTERS), desk.url("/nyhetsbrev"))
    return [first, *([(row.title, _one_url(desk, row.id))] if row is not None else [])]


@both(page, "")
async def show_list(desk: Desk) -> Response[str]:
    """The place's newsletters, the newest month first."""
    rows = [
        {"row": row, "state": views.state(row, desk), "to": views.segment_names(row.segments, desk),
         "joint": isinstance(row, Newsletter) and row.joint_id is not None}
        for row in await newsletters(desk.uow)
    ]  # fmt: skip
    return await desk.render(
        "newsletters/list.html", title=desk.say(views.NEWSLETTERS), current="/nyhetsbrev", rows=rows,
        base=desk.url("/nyhetsbrev"), tabs=views.tabs(desk, ""), region=desk.context.kind is PlaceKind.REGION,
    )  # fmt: skip


# Its first page ----------------------------------------------------------------------------------------------------------
@both(page, "/nytt")
async def new_form(desk: Desk) -> Response[str]:
    """A newsletter to begin: this month's, to contacts, in Bokmål."""
    values = {"maned": today().replace(day=1).isoformat(), "malform": "nb", "segmenter": ["contacts"]}
    return await _facts_page(desk, None, values=values)


async def _facts_page(desk: Desk, row: Kept | None, **more: Any) -> Response[str]:
    kept = [row.month] if row is not None and row.month not in forms.months(today()) else []
    return await desk.render(
        "newsletters/edit.html", title=desk.say(NEW if row is None else N_("Endre nyhetsbrevet")), current="/nyhetsbrev",
        crumbs=[*_crumbs(desk, row), (desk.say(NEW if row is None else N_("Endre")), "")],
        action=desk.url("/nyhetsbrev/nytt") if row is None else f"{_one_url(desk, row.id)}/endre",
        back=desk.url("/nyhetsbrev") if row is None else _one_url(desk, row.id),
        version=row.version if row is not None else 0,
        **views.facts_form(desk, [*kept, *forms.months(today())]), **more,
    )  # fmt: skip


@both(action, "/nytt")
async def make(desk: Desk) -> Response[Any]:
    """Begin it, and go on to what it says."""
    try:
        new = await make_newsletter(desk.uow, forms.read_newsletter(desk.form))
    except Invalid as bad:
        return await _facts_page(desk, None, status=422, errors=bad.errors, values=desk.form.values())
    return desk.redirect(
        _one_url(desk, new), flash=N_("Utkastet er lagret. Skriv teksten, og se gjennom resten.")
    )


@both(page, "/{newsletter:uuid}/endre")
async def edit_form(desk: Desk) -> Response[str]:
    """Its title, month, language and segments."""
    row = await newsletter(desk.uow, _id(desk))
    values = {
        "emne": row.title,
        "maned": row.month.isoformat(),
        "malform": row.language,
        "segmenter": list(row.segments),
    }
    return await _facts_page(desk, row, values=values)


@both(action, "/{newsletter:uuid}/endre")
async def save(desk: Desk) -> Response[Any]:
    """Keep them."""
    row = await newsletter(desk.uow, _id(desk))
    try:
        facts = forms.read_newsletter(desk.form, row.month)
        await change_newsletter(desk.uow, row.id, facts, version_of(desk.form))
    except Invalid as bad:
        return await _facts_page(desk, row, status=422, errors=bad.errors, values=desk.form.values())
    return desk.redirect(_one_url(desk, row.id), flash=N_("Nyhetsbrevet er lagret."))


# One newsletter ----------------------------------------------------------------------------------------------------------
@both(page, "/{newsletter:uuid}")
async def show(desk: Desk) -> Response[str]:
    """A draft with its blocks and how it will look; one that is sent, with how it went."""
    return await _show(desk)


async def _show(desk: Desk, **more: Any) -> Response[str]:
    uow = desk.uow
    row = await newsletter(uow, _id(desk))
    content = await composed(uow, row, desk.house.settings.address)
    body, mail = views.preview(content, desk.context.place_name)
    ours = isinstance(row, Newsletter)
    values: dict[str, Any] = {
        "row": row, "state": views.state(row, desk), "to": views.segment_names(row.segments, desk), "body": body,
        "plain": mail.plain, "base": _one_url(desk, row.id), "kinds": desk.options(KINDS),
        "blocks": [
            {"id": one.id, **views.block_line(one.kind, one.heading, one.text, desk)} for one in blocks_of(row.body)
        ],
        "joint": isinstance(row, Newsletter) and row.joint_id is not None,
        "result": await result(uow, row.id) if ours and row.state != "draft" else None,
        "deliveries": await deliveries(uow, row.id) if not ours and row.state != "draft" else [],
        "region": not ours,
    }  # fmt: skip
    return await desk.render(
        "newsletters/one.html", title=row.title, current="/nyhetsbrev", crumbs=[*_crumbs(desk), (row.title, "")],
        **{"values": {}, **values, **more},
    )  # fmt: skip


@both(page, "/{newsletter:uuid}/epost")
async def as_mail(desk: Desk) -> Response[str]:
    """The mail itself, exactly as it is sent, alone on a page: look at it as narrow as a phone."""
    row = await newsletter(desk.uow, _id(desk))
    content = await composed(desk.uow, row, desk.house.settings.address)
    mail = views.preview(content, desk.context.place_name)[1]
    return Response(mail.html, media_type="text/html")


@both(action, "/{newsletter:uuid}/prov")
async def test(desk: Desk) -> Response[Any]:
    """Send it to one's own address, as a test."""
    row = await newsletter(desk.uow, _id(desk))
    try:
        sendable(row, await composed(desk.uow, row, desk.house.settings.address))
    except Invalid as bad:
        return await _show(desk, status=422, errors=bad.errors)
    await enqueue(desk.uow, TEST, {"newsletter": row.id})
    return desk.redirect(
        _one_url(desk, row.id), flash=N_("En prøve er på vei til e-postadressen du logger inn med.")
    )


@both(action, "/{newsletter:uuid}/fjern")
async def remove(desk: Desk) -> Response[Any]:
    """Take a draft away."""
    await remove_newsletter(desk.uow, _id(desk))
    return desk.redirect(desk.url("/nyhetsbrev"), flash=N_("Utkastet er tatt bort."))


# Sending -----------------------------------------------------------------------------------------------------------------
@both(page, "/{newsletter:uuid}/send")
async def before_sending(desk: Desk) -> Response[Any]:
    """What sending it means: to whom, how many, and that it cannot be taken back."""
    return await _before(desk)


async def _before(desk: Desk, **more: Any) -> Response[Any]:
    row = await newsletter(desk.uow, _id(desk))
    if row.state != "draft":
        return desk.redirect(_one_url(desk, row.id))
    ours = isinstance(row, Newsletter)
    found = await by_segment(desk.uow) if ours else {}
    return await desk.render(
        "newsletters/send.html", title=desk.say(N_("Send nyhetsbrevet")), current="/nyhetsbrev",
        crumbs=[*_crumbs(desk, row), (desk.say(N_("Send")), "")], row=row, region=not ours,
        to=[(desk.say(SEGMENTS[code]), found.get(code, 0)) for code in SEGMENTS if code in row.segments],
        homes=[] if ours else [name for _, name in await members(desk.uow)],
        action=f"{_one_url(desk, row.id)}/send", back=_one_url(desk, row.id), **more,
    )  # fmt: skip


@both(action, "/{newsletter:uuid}/send")
async def send(desk: Desk) -> Response[Any]:
    """Send it: a municipality to its own, the region through its municipalities."""
    newsletter_id = _id(desk)
    await newsletter(desk.uow, newsletter_id)
    version = version_of(desk.form)
    address = desk.house.settings.address
    try:
        if in_region(desk.uow):
            count = await send_joint(desk.uow, newsletter_id, version, address)
            said = N_("Nyhetsbrevet er på vei gjennom %(count)s kommuner.")
        else:
            count = await send_newsletter(desk.uow, newsletter_id, version, address)
            said = N_("Nyhetsbrevet er på vei til mottakerne.")
    except Invalid as bad:
        return await _before(desk, status=422, errors=bad.errors)
    return desk.redirect(_one_url(desk, newsletter_id), flash=said, count=count)


# Blocks ------------------------------------------------------------------------------------------------------------------
async def _block_page(desk: Desk, row: Kept, block: Block, **more: Any) -> Response[str]:
    courses = await courses_to_choose(desk.uow) if block.kind == "courses" else []
    return await desk.render(
        "newsletters/block.html", title=desk.say(KINDS[block.kind]), current="/nyhetsbrev",
        crumbs=[*_crumbs(desk, row), (desk.say(KINDS[block.kind]), "")], kind=block.kind, back=_one_url(desk, row.id),
        action=f"{_one_url(desk, row.id)}/blokk" + (f"/{block.id}" if block.id else ""), version=row.version,
        courses=[(str(one.id), f"{one.title}, {date_short(one.starts_at, desk.language)}") for one in courses],
        days=desk.options(forms.DAYS), **more,
    )  # fmt: skip


def _values(block: Block) -> dict[str, Any]:
    return {
        "slag": block.kind, "overskrift": block.heading, "tekst": block.text, "kurs": list(block.chosen),
        "dager": str(block.days or 31),
    }  # fmt: skip


async def _block(desk: Desk) -> tuple[Kept, Block]:
    row = await newsletter(desk.uow, _id(desk))
    block_id = str(desk.request.path_params["block"])
    found = next((one for one in blocks_of(row.body) if one.id == block_id), None)
    if found is None or row.state != "draft":
        raise NotFound
    return row, found


@both(page, "/{newsletter:uuid}/blokk")
async def new_block(desk: Desk) -> Response[Any]:
    """A block to write. `slag` in the address says which kind; another is a text."""
    row = await newsletter(desk.uow, _id(desk))
    if row.state != "draft":
        return desk.redirect(_one_url(desk, row.id))
    kind = desk.query.get("slag", "")
    block = Block("", kind if kind in KINDS else "text", "")
    return await _block_page(desk, row, block, values=_values(block))


@both(action, "/{newsletter:uuid}/blokk")
async def add_block(desk: Desk) -> Response[Any]:
    """Add it, last."""
    row = await newsletter(desk.uow, _id(desk))
    return await _keep(
        desk, row, Block("", desk.form.text("slag") if desk.form.text("slag") in KINDS else "text", "")
    )


@both(page, "/{newsletter:uuid}/blokk/{block:str}")
async def edit_block(desk: Desk) -> Response[str]:
    """A block to mend."""
    row, block = await _block(desk)
    return await _block_page(desk, row, block, values=_values(block))


@both(action, "/{newsletter:uuid}/blokk/{block:str}")
async def save_block(desk: Desk) -> Response[Any]:
    """Keep it."""
    row, block = await _block(desk)
    return await _keep(desk, row, block)


async def _keep(desk: Desk, row: Kept, block: Block) -> Response[Any]:
    try:
        await keep_block(desk.uow, row.id, forms.read_block(desk.form, block.id), version_of(desk.form))
    except Invalid as bad:
        return await _block_page(desk, row, block, status=422, errors=bad.errors, values=desk.form.values())
    return desk.redirect(_one_url(desk, row.id), flash=N_("Blokka er lagret."))


@both(action, "/{newsletter:uuid}/blokk/{block:str}/flytt")
async def move(desk: Desk) -> Response[Any]:
    """Up, down, or away."""
    row, block = await _block(desk)
    where = desk.form.text("hvor")
    await move_block(
        desk.uow, row.id, block.id, version_of(desk.form), where if where in ("opp", "ned", "bort") else ""
    )
    gone = where == "bort"
    return desk.redirect(
        _one_url(desk, row.id), flash=N_("Blokka er tatt bort.") if gone else N_("Blokka er flyttet.")
    )
