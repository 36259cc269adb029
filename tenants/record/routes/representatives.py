"""Adding, changing and ending those who act for a person."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.clock import today
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from tenants.people.api import (
    END_REASONS,
    ROLE_SCOPES,
    PersonCard,
    RepresentativeCard,
    add_representative,
    all_representatives,
    change_representative,
    end_representative,
    find_person,
    keep_number,
    register_person,
)
from tenants.record import forms, views
from tenants.record.access import own_person
from tenants.record.routes.people import accepts_synthetic, frame_of

NEW = N_("Registrer representant")
CHANGE = N_("Endre representanten")


async def _choices(desk: Desk, card: PersonCard, last: str) -> dict[str, Any]:
    return {
        **await frame_of(desk, card, last),
        "roles": desk.options(forms.ROLES),
        "lives": desk.options(forms.CHILD_LIVES),
        "yes_no": desk.options(forms.YES_NO),
        "guardian_scopes": desk.options(ROLE_SCOPES["guardian"]),
        "attorney_scopes": desk.options(ROLE_SCOPES["power_of_attorney"]),
        "language_forms": desk.options(forms.LANGUAGE_FORMS),
        "end_reasons": desk.options(END_REASONS),
    }


@page("/k/{slug:str}/personer/{person_id:uuid}/representanter/ny", Permission.PERSON_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """The empty form."""
    card = await own_person(desk.uow, desk.path_uuid("person_id"))
    shown = await _choices(desk, card, NEW)
    minor = card.age is not None and card.age < 18
    values = {
        "rolle": "parent" if minor else "", "foreldreansvar": "ja", "faar_brev": "ja", "brevform": card.language_form,
        "barnet_bor": "", "fra": format_date(today()),
    }  # fmt: skip
    return await desk.render("record/representative_new.html", title=desk.say(NEW), values=values, minor=minor,
                             action=desk.url(f"/personer/{card.id}/representanter/ny"), **shown)  # fmt: skip


@action("/k/{slug:str}/personer/{person_id:uuid}/representanter/ny", Permission.PERSON_WRITE)
async def add(desk: Desk) -> Response[Any]:
    """Register somebody who acts for the person; known people are found again by number, or name and birth date."""
    uow = desk.uow
    card = await own_person(uow, desk.path_uuid("person_id"))
    shown = await _choices(desk, card, NEW)
    try:
        typed = forms.read_representative(desk.form, accept_synthetic=accepts_synthetic(desk))
        other = await find_person(uow, typed.person)
        if other is None:
            other = await register_person(uow, typed.person)
        else:
            await keep_number(uow, other, typed.person.number)
        await add_representative(uow, card.id, other, typed.facts)
    except Invalid as bad:
        return await desk.again("record/representative_new.html", bad, title=desk.say(NEW),
                                minor=card.age is not None and card.age < 18,
                                action=desk.url(f"/personer/{card.id}/representanter/ny"), **shown)  # fmt: skip
    return desk.redirect(desk.url(f"/personer/{card.id}"), flash=N_("Representanten er registrert."))


async def _one(desk: Desk) -> tuple[PersonCard, RepresentativeCard]:
    card = await own_person(desk.uow, desk.path_uuid("person_id"))
    wanted = desk.path_uuid("representative_id")
    for one in await all_representatives(desk.uow, card.id):
        if one.id == wanted:
            return card, one
    raise NotFound


async def _change_values(desk: Desk, card: PersonCard, one: RepresentativeCard) -> dict[str, Any]:
    base = desk.url(f"/personer/{card.id}/representanter/{one.id}")
    return {
        **await _choices(desk, card, CHANGE),
        "one": one,
        "role_name": desk.say(forms.ROLES[one.role]),
        "action": base,
        "end_action": f"{base}/avslutt",
    }


@page(
    "/k/{slug:str}/personer/{person_id:uuid}/representanter/{representative_id:uuid}", Permission.PERSON_WRITE
)
async def change_form(desk: Desk) -> Response[str]:
    """What a representative may, for changing; and the form that ends it."""
    card, one = await _one(desk)
    shown = await _change_values(desk, card, one)
    return await desk.render("record/representative.html", title=desk.say(CHANGE),
                             values=views.representative_values(one), **shown)  # fmt: skip


@action(
    "/k/{slug:str}/personer/{person_id:uuid}/representanter/{representative_id:uuid}", Permission.PERSON_WRITE
)
async def change(desk: Desk) -> Response[Any]:
    """Change reach, letters and validity."""
    card, one = await _one(desk)
    shown = await _change_values(desk, card, one)
    try:
        facts = forms.read_change(desk.form, one.role)
        await change_representative(desk.uow, card.id, one.id, facts, version=forms.version_in(desk.form))
    except Invalid as bad:
        return await desk.again("record/representative.html", bad, title=desk.say(CHANGE), **shown)
    return desk.redirect(desk.url(f"/personer/{card.id}"), flash=N_("Endringen er lagret."))


@action(
    "/k/{slug:str}/personer/{person_id:uuid}/representanter/{representative_id:uuid}/avslutt",
    Permission.PERSON_WRITE,
)
async def end(desk: Desk) -> Response[Any]:
    """The last day somebody acts, and why. Nothing is deleted."""
    card, one = await _one(desk)
    shown = await _change_values(desk, card, one)
    try:
        on, reason = forms.read_end(desk.form)
        await end_representative(
            desk.uow, card.id, one.id, on=on, reason=reason, version=forms.version_in(desk.form)
        )
    except Invalid as bad:
        values = views.representative_values(one) | dict(desk.form.values())
        return await desk.render("record/representative.html", title=desk.say(CHANGE), status=422, errors=bad.errors,
                                 values=values, **shown)  # fmt: skip
    return desk.redirect(
        desk.url(f"/personer/{card.id}"), flash=N_("%(name)s er avsluttet som representant."), name=one.name
    )


HANDLERS = [new_form, add, change_form, change, end]
