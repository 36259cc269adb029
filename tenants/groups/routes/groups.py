"""The slice's pages: groups, one group, a new one. HTTP in, template or redirect out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from tenants.groups import forms, views
from tenants.groups.people import participants, waiting_line
from tenants.groups.places import end_place, give_place
from tenants.groups.queries import GroupCard, group_card, list_groups, possible_leaders, without_group
from tenants.groups.service import choose_leaders, close_group, edit_group, make_group
from tenants.people.api import traits

GROUPS = N_("Grupper")
NEW = N_("Ny gruppe")


def _names(desk: Desk, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Options of a choice, in the reader's language."""
    return [(value, desk.say(name)) for value, name in names.items()]


@page("/k/{slug:str}/grupper", Permission.ASSIGNMENT_READ)
async def show_list(desk: Desk) -> Response[str]:
    """The municipality's groups, by name."""
    found = await list_groups(desk.uow)
    leaders = sorted({leader.person_id for group in found for leader in group.leaders})
    await record_read(desk.uow, "group.list", leaders, why=N_("Liste over grupper"))
    return await desk.render(
        "groups/list.html",
        title=desk.say(GROUPS),
        current="/grupper",
        rows=[(group, views.when(group, desk.language)) for group in found],
        activities={code: desk.say(name) for code, name in traits.INTERESTS.items()},
        base=desk.url("/grupper"),
        may_make=desk.context.may(Permission.ASSIGNMENT_WRITE),
        may_join=desk.context.may(Permission.GROUP_JOIN),
    )


async def _group_values(desk: Desk, group_id: UUID) -> dict[str, Any]:
    """What a group's page shows, and the access log's row for it."""
    uow, changes = desk.uow, desk.context.may(Permission.ASSIGNMENT_WRITE)
    group = await group_card(uow, group_id)
    found = await participants(uow, group.id)
    waiting = await without_group(uow) if changes and not group.over else []
    line = await waiting_line(uow, group.id)
    leaders = await possible_leaders(uow) if changes and not group.over and group.hosted else []
    persons = [leader.person_id for leader in group.leaders]
    persons += [one.person_id for one in (*found, *line)] + [one.person_id for one in waiting]
    panels = [
        (panel.template, values)
        for panel in sorted(desk.house.contributions.group_panels, key=lambda p: p.order)
        if desk.context.may(panel.permission) and (values := await panel.read(uow, group.id)) is not None
    ]
    await record_read(
        uow,
        "group.read",
        persons,
        why=N_("Leste om gruppa"),
        object_kind="activity_group",
        object_id=group.id,
    )
    years = desk.say(N_("år"))
    return {
        "current": "/grupper",
        "crumbs": [(desk.say(GROUPS), desk.url("/grupper")), (group.name, "")],
        "group": group,
        "activity": desk.say(traits.INTERESTS.get(group.activity, group.activity)),
        "when": views.when(group, desk.language),
        "participants": [(one, views.standing(one, desk.language)) for one in found],
        "protected": any(one.protected for one in (*found, *line)),
        "line": line,
        "states": desk.options(forms.STATES),
        "panels": panels,
        "hidden": max(0, group.taken - len(found)),
        "waiting": [
            (str(one.assignment_id), one.name if one.age is None else f"{one.name}, {one.age} {years}")
            for one in waiting
        ],
        "possible": [(str(contact_id), name) for contact_id, name in leaders],
        "changes": changes and not group.over,
        "may_edit": changes and group.hosted,
        "may_read_contact": desk.context.may(Permission.CONTACT_READ),
        "may_read_case": desk.context.may(Permission.CASE_READ),
        "place": desk.url(),
        "base": desk.url(f"/grupper/{group.id}"),
    }


def _first_values(shown: dict[str, Any]) -> dict[str, Any]:
    """What the forms of a group's page begin with."""
    leaders = [str(leader.id) for leader in shown["group"].leaders]
    kind = "member" if shown["group"].free else "waiting"
    return {**dict(zip(("leder", "leder_to"), leaders, strict=False)), "slag": kind}


@page("/k/{slug:str}/grupper/{group_id:uuid}", Permission.ASSIGNMENT_READ)
async def show_group(desk: Desk) -> Response[str]:
    """One group: when it meets, who leads, who takes part."""
    shown = await _group_values(desk, desk.path_uuid("group_id"))
    return await desk.render(
        "groups/group.html", title=shown["group"].name, values=_first_values(shown), **shown
    )


@action("/k/{slug:str}/grupper/{group_id:uuid}/ledere", Permission.ASSIGNMENT_WRITE)
async def set_leaders(desk: Desk) -> Response[Any]:
    """Choose who leads the group."""
    shown = await _group_values(desk, desk.path_uuid("group_id"))
    try:
        leader, second, version = forms.read_leaders(desk.form)
        await choose_leaders(desk.uow, shown["group"].id, leader, second, version=version)
    except Invalid as bad:
        return await desk.again("groups/group.html", bad, title=shown["group"].name, **shown)
    return desk.redirect(shown["base"], flash=N_("Gruppelederne er lagret."))


@action("/k/{slug:str}/grupper/{group_id:uuid}/deltakere", Permission.ASSIGNMENT_WRITE)
async def add_participant(desk: Desk) -> Response[Any]:
    """Give somebody a place."""
    shown = await _group_values(desk, desk.path_uuid("group_id"))
    try:
        assignment_id, facts = forms.read_participant(desk.form)
        await give_place(desk.uow, shown["group"].id, assignment_id, facts)
    except Invalid as bad:
        values = {**_first_values(shown), **desk.form.values()}
        return await desk.render(
            "groups/group.html",
            title=shown["group"].name,
            status=422,
            errors=bad.errors,
            values=values,
            **shown,
        )
    said = {
        "member": N_("Deltakeren har fått plass i gruppa."),
        "trial": N_("Deltakeren prøver gruppa. Du får beskjed på Min dag når prøvetida er over."),
        "waiting": N_(
            "Deltakeren står på venteliste. Du får beskjed på Min dag når det blir en ledig plass."
        ),
    }
    return desk.redirect(shown["base"], flash=said[facts.state])


@action(
    "/k/{slug:str}/grupper/{group_id:uuid}/deltakere/{place_id:uuid}/avslutt", Permission.ASSIGNMENT_WRITE
)
async def end_participation(desk: Desk) -> Response[Any]:
    """End somebody's place."""
    group_id = desk.path_uuid("group_id")
    await end_place(desk.uow, group_id, desk.path_uuid("place_id"))
    return desk.redirect(desk.url(f"/grupper/{group_id}"), flash=N_("Plassen er avsluttet."))


async def _form_values(desk: Desk) -> dict[str, Any]:
    return {
        "current": "/grupper",
        "crumbs": [(desk.say(GROUPS), desk.url("/grupper")), (desk.say(NEW), "")],
        "activities": _names(desk, traits.INTERESTS),
        "weekdays": _names(desk, traits.WEEKDAYS),
        "possible": [(str(contact_id), name) for contact_id, name in await possible_leaders(desk.uow)],
        "action": desk.url("/grupper/ny"),
        "back": desk.url("/grupper"),
        "heading": desk.say(NEW),
        "submit": desk.say(N_("Opprett gruppa")),
        "version": 0,
        "asks_leaders": True,
    }


@page("/k/{slug:str}/grupper/ny", Permission.ASSIGNMENT_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """The empty form for a group."""
    shown = await _form_values(desk)
    return await desk.render(
        "groups/form.html",
        title=desk.say(NEW),
        values={
            "fra": format_date(today()),
            "plasser": "8",
            "paske": "ja",
            "hostferie": "40",
            "vinterferie": "8",
        },
        **shown,
    )


@action("/k/{slug:str}/grupper/ny", Permission.ASSIGNMENT_WRITE)
async def make(desk: Desk) -> Response[Any]:
    """Plan a group."""
    shown = await _form_values(desk)
    try:
        group_id = await make_group(desk.uow, forms.read_group(desk.form))
    except Invalid as bad:
        return await desk.again("groups/form.html", bad, title=desk.say(NEW), **shown)
    return desk.redirect(
        desk.url(f"/grupper/{group_id}"), flash=N_("Gruppa er opprettet. Nå kan du gi noen plass.")
    )


async def _edit_values(desk: Desk) -> tuple[GroupCard, dict[str, Any]]:
    """The group and what its form shows. Raises NotFound, also for another municipality's group."""
    group = await group_card(desk.uow, desk.path_uuid("group_id"))
    if not group.hosted:
        raise NotFound
    title = desk.say(N_("Endre %(name)s"), name=group.name)
    base = desk.url(f"/grupper/{group.id}")
    return group, {
        **await _form_values(desk),
        "crumbs": [(desk.say(GROUPS), desk.url("/grupper")), (group.name, base), (desk.say(N_("Endre")), "")],
        "action": f"{base}/endre",
        "back": base,
        "heading": title,
        "submit": desk.say(N_("Lagre endringene")),
        "version": group.version,
        "asks_leaders": False,
    }


@page("/k/{slug:str}/grupper/{group_id:uuid}/endre", Permission.ASSIGNMENT_WRITE)
async def edit_form(desk: Desk) -> Response[str]:
    """The form for when, where and how large a group is."""
    group, shown = await _edit_values(desk)
    return await desk.render(
        "groups/form.html", title=shown["heading"], values=views.form_values(group), **shown
    )


@action("/k/{slug:str}/grupper/{group_id:uuid}/endre", Permission.ASSIGNMENT_WRITE)
async def edit(desk: Desk) -> Response[Any]:
    """Change the group; its coming meetings follow."""
    group, shown = await _edit_values(desk)
    leaders = [one.id for one in group.leaders]
    try:
        version = version_of(desk.form)
        facts = forms.read_group(desk.form, leaders=(leaders[0], None))
        await edit_group(desk.uow, group.id, facts, version=version)
    except Invalid as bad:
        return await desk.again("groups/form.html", bad, title=shown["heading"], **shown)
    return desk.redirect(
        shown["back"], flash=N_("Gruppa er endret. Treffene som ikke er flyttet for hånd, følger med.")
    )


async def _closing(desk: Desk) -> tuple[GroupCard, dict[str, Any]]:
    group, shown = await _edit_values(desk)
    title = desk.say(N_("Avslutt %(name)s"), name=group.name)
    return group, {
        "current": "/grupper",
        "crumbs": [*shown["crumbs"][:-1], (desk.say(N_("Avslutt")), "")],
        "group": group,
        "heading": title,
        "action": f"{shown['back']}/avslutt",
        "back": shown["back"],
        "version": group.version,
    }


@page("/k/{slug:str}/grupper/{group_id:uuid}/avslutt", Permission.ASSIGNMENT_WRITE)
async def close_form(desk: Desk) -> Response[str]:
    """What happens when a group ends, and which day."""
    _, shown = await _closing(desk)
    return await desk.render(
        "groups/close.html", title=shown["heading"], values={"siste_dag": format_date(today())}, **shown
    )


@action("/k/{slug:str}/grupper/{group_id:uuid}/avslutt", Permission.ASSIGNMENT_WRITE)
async def close(desk: Desk) -> Response[Any]:
    """Close the group."""
    group, shown = await _closing(desk)
    try:
        version = version_of(desk.form)
        await close_group(desk.uow, group.id, forms.read_closing(desk.form), version=version)
    except Invalid as bad:
        return await desk.again("groups/close.html", bad, title=shown["heading"], **shown)
    return desk.redirect(
        shown["back"], flash=N_("Gruppa er avsluttet. Deltakerne og gruppelederne har fått beskjed.")
    )


HANDLERS = [
    show_list, show_group, set_leaders, add_participant, end_participation, new_form, make, edit_form, edit, close_form,
    close,
]  # fmt: skip
