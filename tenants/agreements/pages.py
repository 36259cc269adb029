"""What the slice's pages are given: values for templates, fetched before anything is changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.paging import PAGE_SIZE, last_page, page_number
from tenants.agreements import forms, views
from tenants.agreements.classifying import CONTRACTOR_SIGNS, EMPLOYED_SIGNS
from tenants.agreements.queries import (
    VIEWS,
    AgreementRow,
    count_agreements,
    files_of,
    list_agreements,
    work_of,
)
from tenants.agreements.service import assess_row, assess_running
from tenants.contacts.api import (
    FIXED_TERM,
    KINDS,
    ContactCard,
    EngagementCard,
    contact_card,
    engagements_of,
)
from tenants.people.api import age_on
from tenants.provision.api import provision_rules

CONTACTS, AGREEMENTS = N_("Støttekontakter"), N_("Avtaler")


# The lists ------------------------------------------------------------------------------------------------------------
async def list_values(desk: Desk) -> dict[str, Any]:
    """One of the lists, and how many stand on each."""
    view = desk.query.get("vis", VIEWS[0])
    view = view if view in VIEWS else VIEWS[0]
    page = page_number(desk.query)
    counts = await count_agreements(desk.uow)
    totals = dict(
        zip(VIEWS, (counts.unsigned, counts.runs_out, counts.without, counts.contractors), strict=True)
    )
    rows = await list_agreements(desk.uow, view, most=PAGE_SIZE, skip=(page - 1) * PAGE_SIZE)
    await record_read(
        desk.uow, "agreement.list", sorted({row.person_id for row in rows}), why=N_("Liste over avtaler")
    )
    base = desk.url("/kontakter/avtaler")
    return {
        "current": "/kontakter",
        "crumbs": [(desk.say(CONTACTS), desk.url("/kontakter")), (desk.say(AGREEMENTS), "")],
        "view": view,
        "rows": rows,
        "weighed": await _weighed(desk, rows) if view == "oppdragstaker" else {},
        "numbers": counts,
        "total": totals[view],
        "page_no": page,
        "page_size": PAGE_SIZE,
        "last": last_page(totals[view]),
        "kinds": [
            (desk.say(name), f"{base}?vis={code}", totals[code], code == view) for code, name in views.VIEW_NAMES.items()
        ],
        "kind_names": {code: desk.say(name) for code, name in KINDS.items()},
        "base": base,
        "contacts": desk.url("/kontakter"),
        "may_sign": desk.context.may(Permission.CONTACT_WRITE),
    }  # fmt: skip


async def _weighed(desk: Desk, rows: Sequence[AgreementRow]) -> dict[UUID, views.Weighed]:
    work = await work_of(desk.uow, [row.contact_id for row in rows])
    return {
        row.contact_id: views.weighed(assess_row(row, *work[row.contact_id]), desk.language) for row in rows
    }


# One contact's agreements -----------------------------------------------------------------------------------------------
def crumbs(desk: Desk, card: ContactCard, *last: tuple[str, str]) -> list[tuple[str, str]]:
    """Contacts, the contact, their agreements, and then `last`."""
    agreements = desk.url(f"/kontakter/{card.id}/avtaler") if last else ""
    return [
        (desk.say(CONTACTS), desk.url("/kontakter")),
        (card.name, desk.url(f"/kontakter/{card.id}")),
        (desk.say(AGREEMENTS), agreements),
        *last,
    ]


async def _read(desk: Desk, card: ContactCard, why: str) -> None:
    await record_read(
        desk.uow, "contact.read", [card.person_id], why=why, object_kind="contact", object_id=card.id
    )


def _may_change(desk: Desk, card: ContactCard) -> bool:
    return desk.context.may(Permission.CONTACT_WRITE) and card.state != "ended"


async def contact_values(desk: Desk, card: ContactCard) -> dict[str, Any]:
    """Every agreement of a contact, newest first."""
    await _read(desk, card, N_("Leste avtalene"))
    agreements = await engagements_of(desk.uow, card.id)
    return {
        "current": "/kontakter",
        "crumbs": crumbs(desk, card),
        "card": card,
        "rows": [
            (one, views.title_of(one, desk.language), views.standing(one, desk.language))
            for one in agreements
        ],
        "base": desk.url(f"/kontakter/{card.id}/avtaler"),
        "may_change": _may_change(desk, card),
    }


async def agreement_values(desk: Desk, card: ContactCard, agreement: EngagementCard) -> dict[str, Any]:
    """One agreement: what it says, its file, who has signed, and what points to employment."""
    await _read(desk, card, N_("Leste en avtale"))
    file = (await files_of(desk.uow, card.id)).get(agreement.id)
    over = agreement.valid_to is not None and agreement.valid_to < today()
    weighed = None
    if agreement.kind == "contractor" and not over:
        found = await assess_running(desk.uow, card.id, agreement, card.since)
        weighed = views.weighed(found, desk.language)
    title = views.title_of(agreement, desk.language)
    rules = await provision_rules(desk.uow, agreement.valid_from)
    base = desk.url(f"/kontakter/{card.id}/avtaler")
    return {
        "current": "/kontakter",
        "crumbs": crumbs(desk, card, (title, "")),
        "card": card,
        "agreement": agreement,
        "heading": title,
        "standing": views.standing(agreement, desk.language),
        "terms": views.terms(agreement, desk.language),
        "step": views.next_step(agreement, file, desk.language),
        "file": file,
        "stale": file is not None and file.terms != agreement.version and not agreement.touched,
        "over": over,
        "weighed": weighed,
        "lacks_rules": agreement.kind == "employee" and not (rules.collective_agreement and rules.pension),
        "rules_url": desk.url("/regler/utforer") if desk.context.may(Permission.RULES_WRITE) else "",
        "endings": desk.options(forms.ENDINGS),
        "base": base,
        "here": f"{base}/{agreement.id}",
        "may_change": _may_change(desk, card),
        "values": {},
    }


async def form_page(
    desk: Desk, card: ContactCard, agreement: EngagementCard | None, title: str
) -> dict[str, Any]:
    """The form for an agreement, with what is known of how the contact works already."""
    await _read(desk, card, N_("Skrev en avtale"))
    base = desk.url(f"/kontakter/{card.id}/avtaler")
    worked, users = (await work_of(desk.uow, [card.id]))[card.id]
    rules = await provision_rules(desk.uow, today())
    minimum = rules.minimum_age
    return {
        "current": "/kontakter",
        "crumbs": crumbs(desk, card, (title, "")),
        "card": card,
        "kinds": [
            ("employee", desk.say(KINDS["employee"]), desk.say(N_("Hovedregelen. Den som jobber for kommunen, er ansatt."))),
            ("contractor", desk.say(KINDS["contractor"]), desk.say(N_("Unntaket. Du må skrive hvorfor."))),
        ],
        "fixed_terms": desk.options(FIXED_TERM),
        "probations": desk.options(forms.PROBATION),
        "notices": desk.options(forms.NOTICE),
        "signs": desk.options({**EMPLOYED_SIGNS, **CONTRACTOR_SIGNS}),
        "young": views.young(card),
        "too_young": card.age is not None and card.age < minimum,
        "minimum": minimum,
        "age": age_on(card.birth_date, today()),
        "worked": worked,
        "users": users,
        "action": f"{base}/{agreement.id}/endre" if agreement is not None else f"{base}/ny",
        "back": f"{base}/{agreement.id}" if agreement is not None else desk.url(f"/kontakter/{card.id}"),
        "weighed": None,
    }  # fmt: skip


async def seen_contact(desk: Desk) -> ContactCard:
    """The contact of the address. Raises NotFound."""
    return await contact_card(desk.uow, desk.path_uuid("contact_id"))
