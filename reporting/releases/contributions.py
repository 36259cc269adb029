"""What the slice adds to shared pages: its menu line, and what waits for the project manager today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from reporting.figures.api import approvals
from reporting.releases.queries import OPEN, ReleaseRow, members_on, releases
from reporting.releases.service import periods_to_release, stale
from reporting.releases.views import period_name
from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import MenuEntry, TodayItem, TodaySource
from sammen.web.i18n import translate

MENU = [MenuEntry(PlaceKind.REGION, Permission.RELEASE_READ, N_("Publiseringer"), "/publiseringer", 7)]
WORK = {
    "ready": N_("Godkjenn publiseringen av tall for %(period)s"),
    "failed": N_("Velg tabeller på nytt for %(period)s"),
}


def _item(uow: UnitOfWork, lang: str, title: str, meta: str, path: str, since: date) -> TodayItem:
    address = f"{uow.context.base_url}/publiseringer{path}"
    return TodayItem(translate(lang, N_("Tall")), title, meta, address, since)


async def _waits(uow: UnitOfWork, lang: str) -> Sequence[TodayItem]:
    """Releases to approve or mend, periods that everybody has approved, and shown ones that have been corrected."""
    rows = await releases(uow)
    items = [_open(uow, lang, row) for row in rows if row.state in WORK]
    busy = {row.period for row in rows if row.state in OPEN}
    shown = [row for row in rows if row.state == "shown" and row.period not in busy]
    items += [await _corrected(uow, lang, row) for row in shown if await stale(uow, row)]
    return sorted([*items, *await _all_in(uow, lang)], key=lambda one: one.since)


def _open(uow: UnitOfWork, lang: str, row: ReleaseRow) -> TodayItem:
    title = translate(lang, WORK[row.state], period=period_name(row.period, lang))
    meta = translate(lang, N_("Utgave %(edition)s."), edition=row.edition)
    return _item(
        uow, lang, title, meta, f"/{row.id}", (row.ready_at or row.created_at).astimezone(OSLO).date()
    )


async def _corrected(uow: UnitOfWork, lang: str, row: ReleaseRow) -> TodayItem:
    title = translate(lang, N_("Publiser tall for %(period)s på nytt"), period=period_name(row.period, lang))
    meta = translate(lang, N_("En kommune har godkjent nye tall siden de ble publisert."))
    newest = max(one.approved_at for one in await approvals(uow, row.period))
    return _item(uow, lang, title, meta, f"/ny?periode={row.period.slug}", newest.astimezone(OSLO).date())


async def _all_in(uow: UnitOfWork, lang: str) -> list[TodayItem]:
    found = []
    for period in await periods_to_release(uow):
        said = await approvals(uow, period)
        members = set(await members_on(uow, period.end))
        if members and members <= {one.municipality_id for one in said}:
            found.append(
                _item(
                    uow, lang, translate(lang, N_("Publiser tall for %(period)s"), period=period_name(period, lang)),
                    translate(lang, N_("Alle kommunene har godkjent.")), f"/ny?periode={period.slug}",
                    max(one.approved_at for one in said).astimezone(OSLO).date(),
                )
            )  # fmt: skip
    return found


TODAY = [TodaySource(Permission.RELEASE_APPROVE, _waits)]
