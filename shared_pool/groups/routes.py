"""The pages of groups across borders: invitations, a group as host or partner sees it, and the region's counts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.gathering.api import wanted_groups
from shared_pool.groups import forms, hosting, partners, views
from shared_pool.groups.cards import (
    JointCard,
    joint_card,
    joint_groups,
    partners_of,
    promised,
    region_groups,
    room_in,
)
from shared_pool.groups.prices import place_price
from shared_pool.recruitment.api import homes_of, own_pool
from tenants.api import group_card, traits

TITLE = N_("Grupper på tvers av kommuner")
HERE = "/grupper/felles"
LIST = "/k/{slug:str}/grupper/felles"
ONE = "/k/{slug:str}/grupper/felles/{joint_group_id:uuid}"


# All of them ----------------------------------------------------------------------------------------------------------
def _row(desk: Desk, card: JointCard) -> dict[str, Any]:
    return {
        "url": desk.url(f"{HERE}/{card.id}"),
        "name": card.name,
        "activity": views.activity(card, desk.say),
        "when": views.when(card, desk.say, desk.language),
        "host": card.host,
        "partners": card.partners,
        "quota": card.quota,
        "card": card,
    }


async def _wanted(desk: Desk) -> list[dict[str, Any]]:
    """Groups the region's needs made wanted, which this municipality said it can host and has not opened."""
    uow, opened = desk.uow, await hosting.opened_suggestions(desk.uow)
    wanted = [one for one in await wanted_groups(uow) if one.host_id == desk.context.tenant and one.partners]
    homes = await homes_of(uow, (await own_pool(uow)).id) if wanted else {}
    return [
        {
            "activity": desk.say(traits.INTERESTS.get(one.interest, one.interest)),
            "partners": ", ".join(sorted(homes[place].name for place in one.partners if place in homes)),
        }
        for one in wanted
        if one.suggestion_id not in opened
    ]


@page(LIST, Permission.GROUP_JOIN)
async def show_joint(desk: Desk) -> Response[str]:
    """Invitations that wait, groups elsewhere we have places in, and our own that are open for others."""
    cards = await joint_groups(desk.uow)
    rows = [_row(desk, card) for card in cards]
    return await desk.render(
        "groups/joint_list.html", title=desk.say(TITLE), current="/grupper", crumbs=_crumbs(desk),
        waiting=[row for row in rows if row["card"].waits],
        elsewhere=[row for row in rows if row["card"].answer == "yes"], own=[row for row in rows if row["card"].own],
        wanted=await _wanted(desk), new_group=desk.url("/grupper/ny"), groups=desk.url("/grupper"),
        may_make=desk.context.may(Permission.ASSIGNMENT_WRITE),
    )  # fmt: skip


def _crumbs(desk: Desk, *trail: tuple[str, str]) -> Any:
    to = desk.url(HERE) if trail else ""
    return ((desk.say(N_("Grupper")), desk.url("/grupper")), (desk.say(TITLE), to), *trail)


# One of them ----------------------------------------------------------------------------------------------------------
async def _values(desk: Desk) -> tuple[JointCard, dict[str, Any]]:
    uow = desk.uow
    card = await joint_card(uow, desk.path_uuid("joint_group_id"))
    await record_read(
        uow, "joint.read", [], why=N_("Leste om en gruppe på tvers av kommuner"), object_kind="joint_group", object_id=card.id
    )  # fmt: skip
    room = await room_in(uow, card.id)
    ours = (
        (await group_card(uow, card.here)).taken
        if card.own or (room is not None and await _copied(uow, card))
        else 0
    )
    shown: dict[str, Any] = {
        "current": "/grupper", "crumbs": _crumbs(desk, (card.name, "")), "card": card, "row": _row(desk, card), "ours": ours,
        "others": views.number(room.others, desk.say) if room is not None else "",
        "room": views.room_text(card, room, ours, await promised(uow, card), desk.say) if room is not None else "",
        "also": [name for name in card.partners if name != desk.context.place_name],
        "base": desk.url(f"{HERE}/{card.id}"), "group_url": desk.url(f"/grupper/{card.here}"),
        "last_day": card.last_day, "agreements": desk.url("/oppgjor/avtaler"),
    }  # fmt: skip
    if card.own:
        shown |= await _hosted_values(desk, card)
    else:
        shown["price"] = views.price_text(
            await place_price(uow, card.region_id, card.host_id), desk.say, desk.language
        )
    return card, shown


async def _copied(desk_uow: Any, card: JointCard) -> bool:
    """Whether the copy of a group elsewhere has come: it does by a job, a moment after the yes."""
    found = await desk_uow.call(
        "SELECT 1 FROM sammen.activity_group WHERE tenant_id = $1 AND id = $2",
        desk_uow.context.tenant,
        card.here,
    )
    return bool(found)


async def _hosted_values(desk: Desk, card: JointCard) -> dict[str, Any]:
    uow = desk.uow
    there = await partners_of(uow, card.id)
    homes = await homes_of(uow, card.region_id)
    rows = [
        views.partner_row(
            one, await place_price(uow, card.region_id, one.partner_id), desk.say, desk.language
        )
        for one in there
    ]
    return {
        "rows": rows,
        "promised": sum(one.quota for one in there if one.live),
        "options": [
            (str(home.id), home.name)
            for home in sorted(homes.values(), key=lambda one: one.name)
            if home.id != desk.context.tenant
        ],
        "open": card.state == "open",
    }


def _first_values(card: JointCard) -> dict[str, Any]:
    return {"vakt": card.duty_phone or "", "siste_dag": format_date(today())}


@page(ONE, Permission.GROUP_JOIN)
async def show_one(desk: Desk) -> Response[str]:
    """One group: as its host, with the partners; or as a partner, with our places and our answer."""
    card, shown = await _values(desk)
    return await desk.render(_template(card), title=card.name, values=_first_values(card), **shown)


def _template(card: JointCard) -> str:
    return "groups/joint_host.html" if card.own else "groups/joint_partner.html"


async def _again(desk: Desk, card: JointCard, shown: dict[str, Any], bad: Invalid) -> Response[Any]:
    values = {**_first_values(card), **desk.form.values()}
    return await desk.render(
        _template(card), title=card.name, status=422, errors=bad.errors, values=values, **shown
    )


# What the host does ---------------------------------------------------------------------------------------------------
@action("/k/{slug:str}/grupper/{group_id:uuid}/apne", Permission.GROUP_JOIN)
async def open_for_others(desk: Desk) -> Response[Any]:
    """Open one of our own groups for other municipalities."""
    made = await hosting.open_group(desk.uow, desk.path_uuid("group_id"))
    return desk.redirect(
        desk.url(f"{HERE}/{made}"), flash=N_("Gruppa er åpnet. Inviter en kommune, og skriv hvor mange plasser den får.")
    )  # fmt: skip


@action(f"{ONE}/inviter", Permission.GROUP_JOIN)
async def invite(desk: Desk) -> Response[Any]:
    """Invite a municipality to so many places, or say so many anew."""
    card, shown = await _values(desk)
    try:
        asked = forms.read_promise(desk.form)
        await hosting.promise(desk.uow, card.id, asked.partner_id, asked.quota, asked.release_on)
    except Invalid as bad:
        return await _again(desk, card, shown, bad)
    return desk.redirect(shown["base"], flash=N_("Plassene er holdt av. Kommunen får beskjed."))


@action(f"{ONE}/partnere/{{joint_partner_id:uuid}}/stopp", Permission.GROUP_JOIN)
async def stop_one(desk: Desk) -> Response[Any]:
    """Take an invitation back, or say the last day for a partner."""
    card, shown = await _values(desk)
    part_id: UUID = (await hosting.part_of(desk.uow, card.id, desk.path_uuid("joint_partner_id"))).id
    try:
        await hosting.stop_partner(desk.uow, card.id, part_id, forms.read_last_day(desk.form))
    except Invalid as bad:
        return await _again(desk, card, shown, bad)
    return desk.redirect(
        shown["base"], flash=N_("Lagret. Kommunen får beskjed, og sier fra til sine egne deltakere.")
    )


# What a partner does --------------------------------------------------------------------------------------------------
@action(f"{ONE}/svar", Permission.GROUP_JOIN)
async def answer(desk: Desk) -> Response[Any]:
    """Say yes or no to an invitation, or change the number that leaders ring."""
    card, shown = await _values(desk)
    try:
        yes, phone = forms.read_answer(desk.form)
        await partners.answer(desk.uow, card.id, yes=yes, duty_phone=phone)
    except Invalid as bad:
        return await _again(desk, card, shown, bad)
    if not yes:
        return desk.redirect(desk.url(HERE), flash=N_("Svaret er lagret: nei."))
    done = N_("Svaret er lagret: ja. Gruppa kommer i lista deres om et øyeblikk.")
    return desk.redirect(shown["base"], flash=done if card.waits else N_("Nummeret er lagret."))


@action(f"{ONE}/slutt", Permission.GROUP_JOIN)
async def leave(desk: Desk) -> Response[Any]:
    """Say the last day for our participants."""
    card, shown = await _values(desk)
    try:
        await partners.leave(desk.uow, card.id, forms.read_last_day(desk.form))
    except Invalid as bad:
        return await _again(desk, card, shown, bad)
    return desk.redirect(
        desk.url(HERE), flash=N_("Lagret. Plassene deres avsluttes da, og deltakerne får beskjed.")
    )


# The region -----------------------------------------------------------------------------------------------------------
@page("/r/{slug:str}/grupper", Permission.GATHERING_WRITE)
async def region(desk: Desk) -> Response[str]:
    """The region's groups across borders, as counts and names of municipalities."""
    rows = [
        {
            "name": one.name, "activity": views.activity(one, desk.say), "when": views.when(one, desk.say, desk.language),
            "host": one.host, "partners": one.partners, "seats": one.seats, "taken": views.number(one.taken, desk.say),
        }
        for one in await region_groups(desk.uow)
    ]  # fmt: skip
    return await desk.render("groups/region.html", title=desk.say(TITLE), current="/grupper", rows=rows)


HANDLERS = [show_joint, show_one, open_for_others, invite, stop_one, answer, leave, region]
