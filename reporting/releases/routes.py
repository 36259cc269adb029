"""Releases: what has been shown, making one, its audit, approving and withdrawing it, and groups of municipalities."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response

from reporting.figures.api import approvals, due_days_from
from reporting.periods import Period, PeriodError, parse
from reporting.releases import forms, views
from reporting.releases.queries import (
    OPEN,
    SEEN,
    ReleaseRow,
    groups_of,
    members_on,
    release_row,
    releases,
)
from reporting.releases.rules import kind_of, threshold_of
from reporting.releases.service import (
    approve_release,
    choose_again,
    discard,
    periods_to_release,
    set_groups,
    show_again,
    stale,
    start_release,
    stopped,
    try_again,
    withdraw,
)
from sammen.clock import today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.jobs.tasks import TaskView, read_task
from sammen.norwegian import alphabetical
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import decimal, listed
from sammen.web.forms import version_of

HERE: Final = "/publiseringer"
TITLE = N_("Publiseringer")
WAITING = N_("Venter på tur")


def _crumbs(desk: Desk, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(desk.say(TITLE), desk.url(HERE)), *more]


def _name(desk: Desk, row: ReleaseRow) -> str:
    return desk.say(
        N_("%(period)s, utgave %(edition)s"), period=views.period_name(row.period, desk.language), edition=row.edition
    )  # fmt: skip


# The list -----------------------------------------------------------------------------------------------------------
@page("/r/{slug:str}/publiseringer", Permission.RELEASE_READ)
async def show_list(desk: Desk) -> Response[str]:
    """Every release, and the periods that could be released now."""
    rows = await releases(desk.uow)
    writes = desk.context.may(Permission.RELEASE_WRITE)
    waiting = [await _period(desk, period) for period in await periods_to_release(desk.uow)] if writes else []
    corrected = {row.id for row in rows if writes and row.state == "shown" and await stale(desk.uow, row)}
    busy = {row.period for row in rows if row.state in OPEN}
    said = desk.context.settings
    rules = desk.say(
        N_("Tall fra 1 til %(most)s skjules. En periode er %(length)s, og kommunene har frist %(days)s dager etter at den er "
           "slutt. Driften endrer reglene når styringsgruppa har bestemt det."),
        most=threshold_of(said) - 1, length=desk.say(views.LENGTHS[kind_of(said)]), days=due_days_from(said),
    )  # fmt: skip
    return await desk.render(
        "releases/list.html", title=desk.say(TITLE), current=HERE, base=desk.url(HERE), home=desk.context.base_url,
        rules=rules, may_write=writes, waiting=[one for one in waiting if one["reported"]][:4],
        nobody=next((one for one in waiting if not one["reported"]), None),
        corrected=[_corrected(desk, row) for row in rows if row.id in corrected and row.period not in busy],
        rows=[
            {
                "id": row.id, "name": views.period_name(row.period, desk.language), "edition": row.edition,
                "state": views.state_of(row, desk.language), "at": row.approved_at or row.created_at, "row": row,
                "hidden": _hidden(row, desk.language),
            }
            for row in rows if writes or row.state in SEEN
        ],
    )  # fmt: skip


def _hidden(row: ReleaseRow, lang: str) -> str:
    report = row.report or {}
    if "hidden" not in report:
        return "–"
    return f"{decimal(report['hidden'], 0, lang)} / {decimal(report['cells'], 0, lang)}"


def _corrected(desk: Desk, row: ReleaseRow) -> tuple[str, str]:
    return views.period_name(row.period, desk.language), row.period.slug


async def _period(desk: Desk, period: Period) -> dict[str, Any]:
    """How far the municipalities have come with a period: who has approved, and who is missing."""
    members = await members_on(desk.uow, period.end)
    reported = {one.municipality_id for one in await approvals(desk.uow, period)} & set(members)
    missing = sorted((name for place, name in members.items() if place not in reported), key=alphabetical)
    return {
        "period": period, "name": views.period_name(period, desk.language), "slug": period.slug,
        "reported": len(reported), "members": len(members), "missing": listed(missing, desk.language),
        "left": len(missing),
    }  # fmt: skip


# Making one ---------------------------------------------------------------------------------------------------------
def _wanted(desk: Desk) -> Period:
    """The period of the address. Raises NotFound for a text that names none, or one that is not over."""
    text = desk.query.get("periode", "") or desk.form.text("periode")
    try:
        period = parse(text)
    except PeriodError:
        raise NotFound from None
    if period.slug != text or period.end >= today():
        raise NotFound
    return period


async def _form(
    desk: Desk, period: Period, row: ReleaseRow | None, before: tuple[str, ...], again: bool, **more: Any
) -> Response[str]:
    title = desk.say(N_("Ny publisering") if row is None else N_("Velg tabeller"))
    about = await _period(desk, period)
    back = desk.url(HERE) if row is None else desk.url(f"{HERE}/{row.id}")
    return await desk.render(
        "releases/form.html", title=title, current=HERE, crumbs=_crumbs(desk, (title, "")), about=about,
        action=desk.url(f"{HERE}/ny" if row is None else f"{HERE}/{row.id}/tabeller"), back=back,
        version=row.version if row else 0, again=again, themes=views.choices(desk.language), field=forms.FIELD,
        threshold=threshold_of(desk.context.settings), made=row is not None,
        **{"values": {**forms.shown_choice(before, views.offers()), "hvorfor": row.why if row else ""}, **more},
    )  # fmt: skip


async def _new(desk: Desk) -> tuple[Period, tuple[str, ...], bool]:
    """The period, the tables of its last release or of the region's last, and whether it has been released before."""
    period = _wanted(desk)
    rows = await releases(desk.uow)
    same = [row for row in rows if row.period == period and row.state in SEEN]
    like = [*same, *(row for row in rows if row.state in SEEN)]
    return period, like[0].tables if like else (), bool(same)


@page("/r/{slug:str}/publiseringer/ny", Permission.RELEASE_WRITE)
async def new_form(desk: Desk) -> Response[Any]:
    """Choose tables for a period."""
    if not desk.query.get("periode"):
        return desk.redirect(desk.url(HERE))
    period, tables, again = await _new(desk)
    return await _form(desk, period, None, tables, again)


@action("/r/{slug:str}/publiseringer/ny", Permission.RELEASE_WRITE)
async def make(desk: Desk) -> Response[Any]:
    """Protect what was chosen, and show how far it has come."""
    period, tables, again = await _new(desk)
    try:
        choice = forms.read_choice(desk.form, views.offers(), again=again)
        made = await start_release(desk.uow, period, choice)
    except Invalid as bad:
        return await _form(
            desk, period, None, tables, again, status=422, errors=bad.errors, values=desk.form.values()
        )
    return desk.redirect(
        desk.url(f"{HERE}/{made}"),
        flash=N_("Publiseringen lages. Du kan gjøre noe annet så lenge."),
        state="info",
    )


@page("/r/{slug:str}/publiseringer/{release_id:uuid}/tabeller", Permission.RELEASE_WRITE)
async def tables_form(desk: Desk) -> Response[Any]:
    """Other tables for a release that is not approved."""
    row = await release_row(desk.uow, desk.path_uuid("release_id"))
    if row.state not in ("ready", "failed"):
        return desk.redirect(desk.url(f"{HERE}/{row.id}"))
    return await _form(desk, row.period, row, row.tables, False)


@action("/r/{slug:str}/publiseringer/{release_id:uuid}/tabeller", Permission.RELEASE_WRITE)
async def save_tables(desk: Desk) -> Response[Any]:
    """Protect it anew with them."""
    row = await release_row(desk.uow, desk.path_uuid("release_id"))
    try:
        choice = forms.read_choice(desk.form, views.offers(), again=False)
        await choose_again(desk.uow, row.id, version_of(desk.form), choice)
    except Invalid as bad:
        return await _form(
            desk, row.period, row, row.tables, False, status=422, errors=bad.errors, values=desk.form.values()
        )
    return desk.redirect(desk.url(f"{HERE}/{row.id}"))


# One ----------------------------------------------------------------------------------------------------------------
@page("/r/{slug:str}/publiseringer/{release_id:uuid}", Permission.RELEASE_READ)
async def show(desk: Desk) -> Response[Any]:
    """What a release is made of, how much of it is hidden, what was tried, and what to do next."""
    row = await release_row(desk.uow, desk.path_uuid("release_id"))
    writes = desk.context.may(Permission.RELEASE_WRITE)
    if not writes and row.state not in SEEN:
        raise NotFound
    task = await _task(desk, row)
    if desk.request.headers.get("hx-request") and task is not None:
        return await _progress(desk, row, task)
    lang, report = desk.language, row.report or {}
    rows = await releases(desk.uow)
    return await desk.render(
        "releases/one.html", title=desk.say(N_("Publisering av tall for %(period)s"),
        period=views.period_name(row.period, lang)), current=HERE, crumbs=_crumbs(desk, (_name(desk, row), "")),
        row=row, state=views.state_of(row, lang), period_name=views.period_name(row.period, lang), report=report,
        base=desk.url(f"{HERE}/{row.id}"), home=desk.context.base_url, task=task,
        task_text=desk.say(task.message or WAITING) if task is not None else "",
        gave_up=row.state in ("making", "approved") and await stopped(desk.uow, row.task_id),
        may_write=writes, may_approve=desk.context.may(Permission.RELEASE_APPROVE),
        stale=writes and row.state in ("ready", "shown") and bool(report) and await stale(desk.uow, row),
        newer=next((one for one in rows if one.period == row.period and one.state == "shown" and one.id != row.id), None),
        tables=views.tables_told(report, lang), costs=views.costs_told(report, lang),
        audit=views.audit_told(report, lang), failed=views.failed_told(report, lang),
        failed_tables=views.failed_tables(report, row.tables, lang), missing=listed(report.get("missing", []), lang),
        other_shape=views.measure_name(report["other_shape"], lang) if report.get("other_shape") else "",
        reported=len(report.get("editions", {})), members=len(report.get("names", {})),
    )  # fmt: skip


async def _task(desk: Desk, row: ReleaseRow) -> TaskView | None:
    if row.task_id is None or row.state not in ("making", "approved"):
        return None
    task = await read_task(desk.uow, row.task_id)
    return task if task is not None and task.state in ("waiting", "running") else None


async def _progress(desk: Desk, row: ReleaseRow, task: TaskView) -> Response[str]:
    """The piece of the page that asks again."""
    return await desk.render(
        "releases/progress.html", title="", task=task, text=desk.say(task.message or WAITING),
        url=desk.url(f"{HERE}/{row.id}"),
    )  # fmt: skip


@action("/r/{slug:str}/publiseringer/{release_id:uuid}/godkjenn", Permission.RELEASE_APPROVE)
async def approve(desk: Desk) -> Response[Any]:
    """Approve it; a job puts it out."""
    row = await release_row(desk.uow, desk.path_uuid("release_id"))
    await approve_release(desk.uow, row.id, version_of(desk.form))
    return desk.redirect(
        desk.url(f"{HERE}/{row.id}"), flash=N_("Publiseringen er godkjent og vises om litt.")
    )


@action("/r/{slug:str}/publiseringer/{release_id:uuid}/paa-nytt", Permission.RELEASE_WRITE)
async def again(desk: Desk) -> Response[Any]:
    """The same tables over the figures approved now; or, when it is approved, the showing that stopped."""
    row = await release_row(desk.uow, desk.path_uuid("release_id"))
    do = show_again if row.state == "approved" else try_again
    await do(desk.uow, row.id, version_of(desk.form))
    return desk.redirect(desk.url(f"{HERE}/{row.id}"))


@action("/r/{slug:str}/publiseringer/{release_id:uuid}/forkast", Permission.RELEASE_WRITE)
async def throw_away(desk: Desk) -> Response[Any]:
    """Away with what nobody has approved."""
    row = await release_row(desk.uow, desk.path_uuid("release_id"))
    await discard(desk.uow, row.id, version_of(desk.form))
    return desk.redirect(desk.url(HERE), flash=N_("Publiseringen er forkastet. Ingen har sett tallene."))


@page("/r/{slug:str}/publiseringer/{release_id:uuid}/trekk", Permission.RELEASE_APPROVE)
async def withdraw_form(desk: Desk) -> Response[Any]:
    """Why, before it is taken off the pages."""
    row = await release_row(desk.uow, desk.path_uuid("release_id"))
    if row.state not in ("shown", "replaced"):
        return desk.redirect(desk.url(f"{HERE}/{row.id}"))
    return await _withdraw_form(desk, row)


async def _withdraw_form(desk: Desk, row: ReleaseRow, **more: Any) -> Response[str]:
    title = desk.say(N_("Trekk publiseringen"))
    crumbs = _crumbs(desk, (_name(desk, row), desk.url(f"{HERE}/{row.id}")), (title, ""))
    return await desk.render(
        "releases/withdraw.html", title=title, current=HERE, crumbs=crumbs, row=row,
        period_name=views.period_name(row.period, desk.language), base=desk.url(f"{HERE}/{row.id}"),
        **{"values": {}, **more},
    )  # fmt: skip


@action("/r/{slug:str}/publiseringer/{release_id:uuid}/trekk", Permission.RELEASE_APPROVE)
async def take_off(desk: Desk) -> Response[Any]:
    """Off the pages; what has been seen has been seen."""
    row = await release_row(desk.uow, desk.path_uuid("release_id"))
    try:
        await withdraw(desk.uow, row.id, version_of(desk.form), forms.read_reason(desk.form))
    except Invalid as bad:
        return await _withdraw_form(desk, row, status=422, errors=bad.errors, values=desk.form.values())
    return desk.redirect(desk.url(f"{HERE}/{row.id}"), flash=N_("Publiseringen er trukket."))


# Groups -------------------------------------------------------------------------------------------------------------
@page("/r/{slug:str}/publiseringer/grupper", Permission.RELEASE_READ)
async def groups_form(desk: Desk) -> Response[str]:
    """Which municipalities are compared with one another."""
    groups = await groups_of(desk.uow)
    return await _groups_form(desk, values={f"gruppe-{place}": name for place, (_, name) in groups.items()})


async def _groups_form(desk: Desk, **more: Any) -> Response[str]:
    members = await members_on(desk.uow, today())
    names = sorted(members.items(), key=lambda pair: alphabetical(pair[1]))
    title = desk.say(N_("Grupper av kommuner"))
    held = more.get("values", {})
    return await desk.render(
        "releases/groups.html", title=title, current=HERE, crumbs=_crumbs(desk, (title, "")),
        places=[(f"gruppe-{place}", name) for place, name in names],
        shown=[(name, held.get(f"gruppe-{place}", "") or "–") for place, name in names],
        action=desk.url(f"{HERE}/grupper"), back=desk.url(HERE),
        may_write=desk.context.may(Permission.RELEASE_WRITE), **more,
    )  # fmt: skip


@action("/r/{slug:str}/publiseringer/grupper", Permission.RELEASE_WRITE)
async def save_groups(desk: Desk) -> Response[Any]:
    """Keep them for the releases made from now on."""
    members = await members_on(desk.uow, today())
    try:
        chosen = forms.read_groups(desk.form, members)
        forms.check_groups(chosen)
        await set_groups(desk.uow, chosen)
    except Invalid as bad:
        return await _groups_form(desk, status=422, errors=bad.errors, values=desk.form.values())
    return desk.redirect(desk.url(HERE), flash=N_("Gruppene er lagret. De gjelder fra neste publisering."))


HANDLERS = [
    show_list, new_form, make, groups_form, save_groups, show, tables_form, save_tables, approve, again, throw_away,
    withdraw_form, take_off,
]  # fmt: skip
