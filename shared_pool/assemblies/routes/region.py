"""The region's own: what is held for everybody, with each municipality's numbers, never under three."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.clock import now
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from shared_pool.assemblies import forms, views
from shared_pool.assemblies.joint import add_joint, cancel_joint, make_joint, move_joint, summarise_joint
from shared_pool.assemblies.queries import HomeCount, JointRow, joint_counts, joint_meetings, joint_series
from shared_pool.assemblies.routes.lists import ASSEMBLIES, NEW, desk_kinds
from shared_pool.assemblies.rules import DOOR_SHOWN, EVERY, KINDS
from shared_pool.courses.api import course_tabs

PAGE = "assemblies/region_meeting.html"


@page("/r/{slug:str}/samlinger", Permission.ASSEMBLY_WRITE)
async def show_region(desk: Desk) -> Response[str]:
    """Everything that is held jointly, by the region or by one of its municipalities."""
    found = [
        (row, views.when(row.starts_at, row.ends_at, desk.language)) for row in await joint_meetings(desk.uow)
    ]
    return await desk.render(
        "assemblies/region.html", title=desk.say(ASSEMBLIES), current="/kurs", tabs=course_tabs(desk, "samlinger"),
        kinds=desk_kinds(desk), coming=[one for one in found if not one[0].begun],
        held=[one for one in reversed(found) if one[0].begun], base=desk.url("/samlinger"),
    )  # fmt: skip


def _form_values(desk: Desk) -> dict[str, Any]:
    return {
        "current": "/kurs",
        "crumbs": [(desk.say(ASSEMBLIES), desk.url("/samlinger")), (desk.say(NEW), "")],
        "kinds": desk.options(KINDS),
        "every": desk.options(EVERY),
        "action": desk.url("/samlinger/ny"),
        "back": desk.url("/samlinger"),
        "region": True,
    }


@page("/r/{slug:str}/samlinger/ny", Permission.ASSEMBLY_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """The empty form for a series."""
    values = {"slag": "gathering", "hvor_ofte": "once", "begynner": "18:00", "slutter": "20:00"}
    return await desk.render("assemblies/form.html", title=desk.say(NEW), values=values, **_form_values(desk))


@action("/r/{slug:str}/samlinger/ny", Permission.ASSEMBLY_WRITE)
async def make(desk: Desk) -> Response[Any]:
    """Plan a series for everybody."""
    try:
        planned = forms.read_series(desk.form)
        joint_id, _ = await make_joint(desk.uow, planned.facts)
    except Invalid as bad:
        return await desk.again("assemblies/form.html", bad, title=desk.say(NEW), **_form_values(desk))
    url = desk.url(f"/samlinger/{joint_id}")
    if planned.left_out:
        skipped = views.left_out(planned.left_out, desk.language)
        return desk.redirect(
            url,
            flash=N_("Samlingen er satt opp uten %(days)s. Kommunene får beskjed om å invitere sine."),
            days=skipped,
        )
    return desk.redirect(
        url, flash=N_("Samlingen er satt opp. Kommunene får beskjed om å invitere sine støttekontakter.")
    )


def _table(desk: Desk, counts: list[HomeCount]) -> list[tuple[str, list[str]]]:
    fewer = N_("færre enn 3")
    return [
        (one.home, [views.told(number, desk.say, fewer) for number in (one.invited, one.coming, one.came)])
        for one in counts
    ]


async def _series_values(desk: Desk, joint_id: UUID) -> dict[str, Any]:
    rows = await joint_series(desk.uow, joint_id)
    counts = await joint_counts(desk.uow, joint_id)
    language = desk.language
    return {
        "current": "/kurs",
        "crumbs": [(desk.say(ASSEMBLIES), desk.url("/samlinger")), (rows[0].title, "")],
        "series": rows[0],
        "kind": desk_kinds(desk)[rows[0].kind],
        "ours": rows[0].host_id is None,
        "rows": [
            (row, views.when(row.starts_at, row.ends_at, language), _table(desk, counts.get(row.id, []))) for row in rows
        ],
        "firsts": [
            (str(row.id), views.when(row.starts_at, row.ends_at, language)) for row in rows if row.on and row.makeup_for is None
        ],
        "base": desk.url(f"/samlinger/{joint_id}"),
        "meetings_base": desk.url("/samlinger/moter"),
    }  # fmt: skip


@page("/r/{slug:str}/samlinger/{joint_assembly_id:uuid}", Permission.ASSEMBLY_WRITE)
async def show_series(desk: Desk) -> Response[str]:
    """One series: its meetings, and how many each municipality brings."""
    shown = await _series_values(desk, desk.path_uuid("joint_assembly_id"))
    last: JointRow = shown["rows"][-1][0]
    values = {**views.typed(last.starts_at, last.ends_at, last.place, last.link), "dato": ""}
    return await desk.render(
        "assemblies/region_series.html", title=shown["series"].title, values=values, **shown
    )


@action("/r/{slug:str}/samlinger/{joint_assembly_id:uuid}/nytt-mote", Permission.ASSEMBLY_WRITE)
async def one_more(desk: Desk) -> Response[Any]:
    """Add a meeting to the series."""
    joint_id = desk.path_uuid("joint_assembly_id")
    shown = await _series_values(desk, joint_id)
    try:
        await add_joint(desk.uow, joint_id, forms.read_meeting(desk.form))
    except Invalid as bad:
        return await desk.again("assemblies/region_series.html", bad, title=shown["series"].title, **shown)
    return desk.redirect(shown["base"], flash=N_("Møtet er satt opp. Kommunene får beskjed."))


async def _meeting_values(desk: Desk, meeting_id: UUID) -> dict[str, Any]:
    row = next((one for one in await joint_meetings(desk.uow) if one.id == meeting_id), None)
    if row is None:
        raise NotFound
    counts = await joint_counts(desk.uow, row.assembly_id)
    return {
        "current": "/kurs",
        "crumbs": [
            (desk.say(ASSEMBLIES), desk.url("/samlinger")),
            (row.title, desk.url(f"/samlinger/{row.assembly_id}")),
            (desk.say(N_("Møte")), ""),
        ],
        "card": row,
        "kind": desk_kinds(desk)[row.kind],
        "when": views.when(row.starts_at, row.ends_at, desk.language),
        "ours": row.host_id is None,
        "door": row.on and not row.over and row.starts_at - now() < DOOR_SHOWN,
        "table": _table(desk, counts.get(row.id, [])),
        "base": desk.url(f"/samlinger/moter/{meeting_id}"),
        "series_url": desk.url(f"/samlinger/{row.assembly_id}"),
    }


def _first(shown: dict[str, Any]) -> dict[str, str]:
    row = shown["card"]
    return {**views.typed(row.starts_at, row.ends_at, row.place, row.link), "oppsummering": row.summary}


async def _again(desk: Desk, bad: Invalid, shown: dict[str, Any]) -> Response[str]:
    return await desk.render(
        PAGE, title=shown["card"].title, status=422, errors=bad.errors, values={**_first(shown), **desk.form.values()},
        **shown,
    )  # fmt: skip


@page("/r/{slug:str}/samlinger/moter/{joint_meeting_id:uuid}", Permission.ASSEMBLY_WRITE)
async def show_meeting(desk: Desk) -> Response[str]:
    """One meeting."""
    shown = await _meeting_values(desk, desk.path_uuid("joint_meeting_id"))
    return await desk.render(PAGE, title=shown["card"].title, values=_first(shown), **shown)


@action("/r/{slug:str}/samlinger/moter/{joint_meeting_id:uuid}/flytt", Permission.ASSEMBLY_WRITE)
async def move(desk: Desk) -> Response[Any]:
    """Another time or place."""
    meeting_id = desk.path_uuid("joint_meeting_id")
    shown = await _meeting_values(desk, meeting_id)
    try:
        await move_joint(desk.uow, meeting_id, forms.read_meeting(desk.form), version_of(desk.form))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Møtet er flyttet. Kommunene gir beskjed til sine."))


@action("/r/{slug:str}/samlinger/moter/{joint_meeting_id:uuid}/avlys", Permission.ASSEMBLY_WRITE)
async def cancel(desk: Desk) -> Response[Any]:
    """Call it off, for everybody."""
    meeting_id = desk.path_uuid("joint_meeting_id")
    shown = await _meeting_values(desk, meeting_id)
    try:
        await cancel_joint(desk.uow, meeting_id, forms.read_why(desk.form), version_of(desk.form))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(shown["base"], flash=N_("Møtet er avlyst. Alle som er invitert, får beskjed nå."))


@action("/r/{slug:str}/samlinger/moter/{joint_meeting_id:uuid}/oppsummering", Permission.ASSEMBLY_WRITE)
async def sum_up(desk: Desk) -> Response[Any]:
    """Write what was said, for those invited anywhere."""
    meeting_id = desk.path_uuid("joint_meeting_id")
    shown = await _meeting_values(desk, meeting_id)
    try:
        await summarise_joint(desk.uow, meeting_id, forms.read_summary(desk.form), version_of(desk.form))
    except Invalid as bad:
        return await _again(desk, bad, shown)
    return desk.redirect(
        shown["base"], flash=N_("Oppsummeringen er lagret. De som var invitert, kan lese den.")
    )


HANDLERS = [show_region, new_form, make, show_series, one_more, show_meeting, move, cancel, sum_up]
