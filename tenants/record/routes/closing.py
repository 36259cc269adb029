"""Registering a death or a move, the consent to hand a case over, and the package."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from tenants.people.api import HOLDER_TEXTS, PersonCard, representatives_of
from tenants.record import forms
from tenants.record.access import own_person
from tenants.record.closing import (
    cancel_move,
    record_consent,
    register_death,
    register_move,
    who_may_consent,
    withdraw_consent,
)
from tenants.record.package import standing_consent, transfer_package
from tenants.record.queries import cases_of, consents_of
from tenants.record.routes.people import frame_of

DEATH = N_("Registrer dødsfall")
MOVE = N_("Registrer flytting")
ZIP = "application/zip"


async def _own(desk: Desk) -> PersonCard:
    return await own_person(desk.uow, desk.path_uuid("person_id"))


async def _death_values(desk: Desk, card: PersonCard) -> dict[str, Any]:
    cases = [case for case in await cases_of(desk.uow, card.id) if case.state != "closed"]
    return {
        **await frame_of(desk, card, DEATH),
        "open_cases": len(cases),
        "action": desk.url(f"/personer/{card.id}/dodsfall"),
    }


@page("/k/{slug:str}/personer/{person_id:uuid}/dodsfall", Permission.PERSON_WRITE)
async def death_form(desk: Desk) -> Response[str]:
    """What happens when a death is registered, and the day."""
    card = await _own(desk)
    shown = await _death_values(desk, card)
    values = {"dato": format_date(today()), "versjon": card.version}
    return await desk.render("record/death.html", title=desk.say(DEATH), values=values, **shown)


@action("/k/{slug:str}/personer/{person_id:uuid}/dodsfall", Permission.PERSON_WRITE)
async def save_death(desk: Desk) -> Response[Any]:
    """End what the person had, and stop the letters."""
    card = await _own(desk)
    shown = await _death_values(desk, card)
    try:
        died = forms.read_death(desk.form)
        await register_death(desk.uow, card.id, died, version=forms.version_in(desk.form))
    except Invalid as bad:
        return await desk.again("record/death.html", bad, title=desk.say(DEATH), **shown)
    return desk.redirect(
        desk.url(f"/personer/{card.id}"),
        flash=N_("Dødsfallet er registrert. Tjenestene er avsluttet, og brev som ventet, er stanset."),
    )


async def _move_values(desk: Desk, card: PersonCard) -> dict[str, Any]:
    uow = desk.uow
    cases = [case for case in await cases_of(uow, card.id) if case.state != "closed"]
    consent = await standing_consent(uow, card)
    return {
        **await frame_of(desk, card, MOVE),
        "open_cases": len(cases),
        "action": desk.url(f"/personer/{card.id}/flytting"),
        "base": desk.url(f"/personer/{card.id}"),
        "consent": consent,
        "consents": await consents_of(uow, card.id),
        "given_by": desk.options(forms.GIVEN_BY),
        "given_by_names": dict(desk.options(forms.GIVEN_BY)),
        "acting": [one.name for one in await representatives_of(uow, card.id)],
        "consents_by_law": list(
            dict.fromkeys(
                (desk.say(HOLDER_TEXTS[found.holder]), found.source)
                for found in await who_may_consent(uow, card, today())
            )
        ),
        "today": today(),
    }


def _move_form(card: PersonCard) -> dict[str, Any]:
    return {
        "dato": format_date(card.moved_on) if card.moved_on else "",
        "kommune": card.moved_to,
        "versjon": card.version,
        "mottaker": card.moved_to,
        "samtykke_dato": format_date(today()),
        "hvem": "self" if card.age is None or card.age >= 18 else "",
        "navn": card.name if card.age is None or card.age >= 18 else "",
    }


@page("/k/{slug:str}/personer/{person_id:uuid}/flytting", Permission.PERSON_WRITE)
async def move_form(desk: Desk) -> Response[str]:
    """The day of moving and where to; the consent to hand the case over, and the package."""
    card = await _own(desk)
    shown = await _move_values(desk, card)
    return await desk.render("record/move.html", title=desk.say(MOVE), values=_move_form(card), **shown)


async def _move_again(desk: Desk, card: PersonCard, bad: Invalid, shown: dict[str, Any]) -> Response[str]:
    values = _move_form(card) | dict(desk.form.values())
    if "hvem" in desk.form.fields:
        values["versjon"] = str(card.version)
    return await desk.render("record/move.html", title=desk.say(MOVE), status=422, errors=bad.errors, values=values,
                             **shown)  # fmt: skip


@action("/k/{slug:str}/personer/{person_id:uuid}/flytting", Permission.PERSON_WRITE)
async def save_move(desk: Desk) -> Response[Any]:
    """Note the move; what the person has here ends on the day."""
    card = await _own(desk)
    shown = await _move_values(desk, card)
    try:
        moved, to = forms.read_move(desk.form)
        await register_move(desk.uow, card.id, moved, to, version=forms.version_in(desk.form))
    except Invalid as bad:
        return await _move_again(desk, card, bad, shown)
    flash = (
        N_("Flyttingen er registrert, og tjenestene her er avsluttet.")
        if moved <= today()
        else N_("Flyttingen er registrert. Tjenestene avsluttes av seg selv den dagen.")
    )
    return desk.redirect(desk.url(f"/personer/{card.id}/flytting"), flash=flash)


@action("/k/{slug:str}/personer/{person_id:uuid}/flytting/angre", Permission.PERSON_WRITE)
async def undo_move(desk: Desk) -> Response[Any]:
    """The person stays, or is back. Cases that were closed stay closed."""
    card = await _own(desk)
    await cancel_move(desk.uow, card.id, version=forms.version_in(desk.form))
    return desk.redirect(desk.url(f"/personer/{card.id}"), flash=N_("Flyttingen er tatt bort."))


@action("/k/{slug:str}/personer/{person_id:uuid}/samtykke", Permission.PERSON_WRITE)
async def save_consent(desk: Desk) -> Response[Any]:
    """Keep somebody's yes to handing the case over."""
    card = await _own(desk)
    shown = await _move_values(desk, card)
    try:
        await record_consent(desk.uow, card.id, forms.read_consent(desk.form))
    except Invalid as bad:
        return await _move_again(desk, card, bad, shown)
    return desk.redirect(
        desk.url(f"/personer/{card.id}/flytting"), flash=N_("Samtykket er lagret. Nå kan du laste ned pakken.")
    )  # fmt: skip


@action("/k/{slug:str}/personer/{person_id:uuid}/samtykke/{consent_id:uuid}/trekk", Permission.PERSON_WRITE)
async def take_back(desk: Desk) -> Response[Any]:
    """The yes is taken back."""
    card = await _own(desk)
    await withdraw_consent(desk.uow, card.id, desk.path_uuid("consent_id"))
    return desk.redirect(
        desk.url(f"/personer/{card.id}/flytting"), flash=N_("Samtykket er trukket. Saken kan ikke overføres nå.")
    )  # fmt: skip


@page("/k/{slug:str}/personer/{person_id:uuid}/overforing.zip", Permission.PERSON_WRITE)
async def download_package(desk: Desk) -> Response[bytes]:
    """The package for the other municipality. Without consent there is none."""
    card = await _own(desk)
    packed = await transfer_package(desk.uow, card.id)
    await record_read(
        desk.uow, "person.export", [card.id], why=N_("Overførte saken til en annen kommune"), object_kind="person",
        object_id=card.id,
    )  # fmt: skip
    await desk.uow.finish()
    return desk.download(f"overforing-{desk.context.slug}.zip", packed, ZIP)


HANDLERS = [
    death_form,
    save_death,
    move_form,
    save_move,
    undo_move,
    save_consent,
    take_back,
    download_package,
]
