"""What the slice adds to shared pages: the agreement on the contact's page, what waits today, and the contact's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.contributions import ContactPanel, OwnPanel, TodayItem, TodaySource
from sammen.web.formats import date_long
from sammen.web.i18n import ntranslate, translate
from tenants.agreements import views
from tenants.agreements.queries import (
    AgreementRow,
    count_agreements,
    files_of,
    list_agreements,
    work_of,
)
from tenants.agreements.service import assess_row, assess_running, running_or_next
from tenants.contacts.api import contact_card, engagements_of, own_contact

MOST_TODAY = 15
SOON = timedelta(days=3)
RUNS_OUT_TODAY = 30
"""Days before its last day an agreement waits on "Min dag"; on the list it stands sooner."""


async def _unsigned(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """The newest that are due, one line each; many old ones (an import) are one line, with the list behind it."""
    counts = await count_agreements(uow)
    url = f"{uow.context.base_url}/kontakter/avtaler"
    if counts.late > MOST_TODAY:
        return [
            TodayItem(
                kind=translate(language, N_("Avtale")),
                title=ntranslate(
                    language, "Én avtale er ikke underskrevet i tide", "%(num)s avtaler er ikke underskrevet i tide",
                    counts.late,
                ),
                meta=translate(language, N_("Er de underskrevet på papir, kan du registrere mange på en gang.")),
                url=url,
                since=today(),
            )
        ]  # fmt: skip
    rows = [row for row in await list_agreements(uow, "underskrift") if row.due <= today() + SOON]
    return [
        _item(
            uow, language, row,
            translate(language, N_("%(name)s har ikke en underskrevet avtale"), name=row.name),
            translate(language, N_("Den skal være skriftlig innen %(day)s."), day=date_long(row.due, language)),
            due=True,
        )
        for row in rows[: 2 * MOST_TODAY]
    ]  # fmt: skip


def _item(
    uow: UnitOfWork, language: str, row: AgreementRow, title: str, meta: str, *, due: bool = False
) -> TodayItem:
    return TodayItem(
        kind=translate(language, N_("Avtale")),
        title=title,
        meta=meta,
        url=f"{uow.context.base_url}/kontakter/{row.contact_id}/avtaler/{row.id}",
        since=row.valid_from or today(),
        due=row.due if due else row.valid_to,
        persons=(row.person_id,),
    )


async def _running_out(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    return [
        _item(
            uow, language, row,
            translate(language, N_("Avtalen med %(name)s går ut"), name=row.name),
            translate(language, N_("Lag en ny avtale, eller si fra om at den slutter.")),
        )
        for row in await list_agreements(uow, "utloper", most=MOST_TODAY)
        if row.ends_in is not None and row.ends_in <= RUNS_OUT_TODAY
    ]  # fmt: skip


async def _contractors(uow: UnitOfWork, language: str) -> Sequence[TodayItem]:
    """One line for all contractors where much points to employment: they are weighed from the list."""
    rows = await list_agreements(uow, "oppdragstaker")
    work = await work_of(uow, [row.contact_id for row in rows])
    found = [row for row in rows if assess_row(row, *work[row.contact_id]).level == "strong"]
    if not found:
        return []
    return [
        TodayItem(
            kind=translate(language, N_("Avtale")),
            title=ntranslate(
                language, "Én oppdragsavtale likner et arbeidsforhold", "%(num)s oppdragsavtaler likner et arbeidsforhold",
                len(found),
            ),
            meta=translate(language, N_("Se grunnene, og vurder om avtalen skal være en arbeidsavtale.")),
            url=f"{uow.context.base_url}/kontakter/avtaler?vis=oppdragstaker",
            since=today(),  # a thing to consider, not one that is late: it stands after what has waited
        )
    ]  # fmt: skip


async def _contact_panel(uow: UnitOfWork, contact_id: UUID) -> dict[str, Any] | None:
    card = await contact_card(uow, contact_id)
    agreement = await running_or_next(uow, contact_id)
    language, base = uow.context.language, f"{uow.context.base_url}/kontakter/{contact_id}/avtaler"
    weighed = None
    if agreement is not None and agreement.kind == "contractor":
        weighed = views.weighed(await assess_running(uow, contact_id, agreement, card.since), language)
    file = (await files_of(uow, contact_id)).get(agreement.id) if agreement is not None else None
    return {
        "agreement": agreement,
        "title": views.title_of(agreement, language) if agreement is not None else "",
        "standing": views.standing(agreement, language) if agreement is not None else None,
        "step": views.next_step(agreement, file, language) if agreement is not None else ("", ""),
        "weighed": weighed,
        "earlier": len(await engagements_of(uow, contact_id)) - (agreement is not None),
        "base": base,
        "may_change": uow.context.may(Permission.CONTACT_WRITE) and card.state != "ended",
    }


async def _own_panel(uow: UnitOfWork) -> dict[str, Any] | None:
    contact_id = await own_contact(uow)
    if contact_id is None:
        return None
    agreement = await running_or_next(uow, contact_id)
    if agreement is None or agreement.signed_by_contact_on is not None:
        return None
    file = (await files_of(uow, contact_id)).get(agreement.id)
    return {"url": f"{uow.context.base_url}/avtale"} if file is not None else None


TODAY = [
    TodaySource(Permission.CONTACT_WRITE, _unsigned),
    TodaySource(Permission.CONTACT_WRITE, _running_out),
    TodaySource(Permission.CONTACT_WRITE, _contractors),
]
CONTACT_PANELS = [ContactPanel(Permission.CONTACT_READ, "agreements/panel.html", 20, _contact_panel)]
OWN_PANELS = [OwnPanel(Permission.CONTACT_OWN, "agreements/own_panel.html", 40, _own_panel)]
