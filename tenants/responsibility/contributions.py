"""What the slice adds to shared pages: what waits today, a part of the case page, links, and the way to one's absences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind
from sammen.web.contributions import (
    CaseLink,
    CaseStep,
    MenuEntry,
    Panel,
    Step,
    TimelineEvent,
    TimelineSource,
    TodayItem,
    TodaySource,
)
from sammen.web.formats import date_day_month
from sammen.web.i18n import translate
from tenants.cases.api import PURCHASERS
from tenants.responsibility.queries import (
    handed_to_me,
    handover_of,
    moves_of,
    newly_moved,
    own_kinds,
    to_prepare,
    unseen_by_provider,
)
from tenants.responsibility.rules import AHEAD

KIND = N_("Overgang")
MENU = [
    MenuEntry(PlaceKind.MUNICIPALITY, Permission.CASE_WRITE, N_("Fravær"), "/fravaer", 880, own=True),
]
OPEN_STATES = frozenset({"received", "mapping", "deciding", "waiting", "running", "evaluating"})
LINKS = [
    CaseLink(
        Permission.CASE_WRITE, N_("Bytt ansvarlig"), "/ansvarlig", order=80, states=OPEN_STATES, answers=True
    ),
    CaseLink(Permission.CASE_WRITE, N_("Hvem har tilgang"), "/tilgang", order=82, answers=True),
]


async def _today(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    base, items = f"{uow.context.base_url}/saker", []

    def add(
        row: Any, case_id: UUID, meta: str, path: str, since: Any, due: Any = None, kind: str = KIND
    ) -> None:
        items.append(
            TodayItem(
                translate(language, kind),
                row.name,
                meta,
                f"{base}/{case_id}{path}",
                since,
                due,
                (row.person_id,),
            )
        )

    for row in await to_prepare(uow):
        day = date_day_month(row.moves_on, language)
        meta = translate(language, N_("Fyller 18 år %(day)s. Forbered overgangen til voksne."), day=day)
        add(row, row.case_id, meta, "/overgang", today(), row.moves_on)
    for row in await handed_to_me(uow):
        if row.state == "prepared":
            day = date_day_month(row.moves_on, language)
            meta = translate(
                language,
                N_("%(name)s vil at du tar over %(day)s. Bekreft."),
                name=row.prepared_by_name,
                day=day,
            )
            add(row, row.case_id, meta, "/overgang", row.prepared_on or today(), row.moves_on)
    for line in await newly_moved(uow):
        meta = translate(
            language,
            N_("Kom til dere %(day)s. Ingen har tatt saken."),
            day=date_day_month(line.day, language),
        )
        add(line, line.id, meta, "", line.day)
    for line in await unseen_by_provider(uow):
        meta = translate(language, N_("Ingen koordinator ser bestillingen. Nevn en på saken."))
        add(line, line.id, meta, "/tilgang", today(), None, N_("Bestilling"))
    return items


async def _panel(uow: UnitOfWork, case_id: UUID) -> dict[str, Any] | None:
    """How the case stands on its way to another purchaser: from half a year before, or when it is prepared."""
    row = await handover_of(uow, case_id)
    if row is None or row.closed:
        return None
    stays = row.purchaser == "child_welfare" and not row.state
    soon = row.purchaser == "child" and row.age is not None and row.moves_on <= today() + AHEAD
    if not (row.state or soon or (stays and "child_welfare" in own_kinds(uow))):
        return None
    language = uow.context.language
    return {
        "row": row,
        "stays": stays,
        "to": translate(language, PURCHASERS[row.to_purchaser]),
        "mine": row.purchaser in own_kinds(uow),
        "receiver": row.receiver_id == uow.context.user_id,
        "url": f"{uow.context.base_url}/saker/{case_id}/overgang",
    }


async def _timeline(uow: UnitOfWork, case_id: UUID, language: str) -> Sequence[TimelineEvent]:
    events = [
        TimelineEvent(
            day, translate(language, N_("Saken skiftet bestiller")),
            translate(language, N_("Fra %(left)s til %(to)s."), left=translate(language, PURCHASERS[left]).lower(),
                      to=translate(language, PURCHASERS[to]).lower()),
        )
        for day, left, to in await moves_of(uow, case_id)
    ]  # fmt: skip
    row = await handover_of(uow, case_id)
    if row is not None and row.state:
        events.append(
            TimelineEvent(
                row.moves_on, translate(language, N_("Saken skifter bestiller")),
                translate(language, N_("%(name)s tar over."), name=row.receiver_name) if row.receiver_name else "",
                done=False,
            )
        )  # fmt: skip
    return events


async def _step(uow: UnitOfWork, case_id: UUID, language: str) -> Step | None:
    """A closed case with an order that no coordinator may see: name one (A16)."""
    if not await unseen_by_provider(uow, case_id):
        return None
    url = f"{uow.context.base_url}/saker/{case_id}/tilgang"
    return Step(
        translate(language, N_("Neste: nevn en koordinator")),
        translate(
            language,
            N_("Saken er lukket, så ingen hos utføreren ser bestillingen før du har nevnt en av dem."),
        ),
        ((translate(language, N_("Nevn en koordinator")), url, "primary"),),
    )


TODAY = [TodaySource(Permission.CASE_WRITE, _today)]
PANELS = [Panel(Permission.CASE_WRITE, "responsibility/panel.html", 5, _panel)]
TIMELINE = [TimelineSource(Permission.CASE_READ, _timeline)]
STEPS = [CaseStep(Permission.CASE_WRITE, 25, _step)]
