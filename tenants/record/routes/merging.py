"""Registrations that look like one person, and making one of two."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_long
from tenants.people.api import PersonCard
from tenants.record import forms
from tenants.record.access import own_person
from tenants.record.merging import FACTS, alike, merge_people
from tenants.record.queries import cases_of
from tenants.record.routes.people import PEOPLE

ALIKE = N_("Like registreringer")
MERGE = N_("Slå sammen")
FACT_NAMES = {
    "name": N_("Navn"),
    "address": N_("Adresse"),
    "phone": N_("Telefon"),
    "email": N_("E-post"),
    "language_form": N_("Brev på"),
    "speaks": N_("Snakker"),
    "interpreter": N_("Tolk"),
}


@page("/k/{slug:str}/personer/like", Permission.PERSON_WRITE)
async def show_alike(desk: Desk) -> Response[str]:
    """Pairs with the same name and birth date, of which one at most has a number."""
    pairs = await alike(desk.uow)
    people = [person for pair in pairs for person in (pair.kept, pair.gone)]
    if people:
        await record_read(
            desk.uow, "person.list", people, why=N_("Så etter like registreringer"), object_kind="person"
        )
    return await desk.render(
        "record/alike.html",
        title=desk.say(ALIKE),
        current="/personer",
        crumbs=[(desk.say(PEOPLE), desk.url("/personer")), (desk.say(ALIKE), "")],
        pairs=pairs,
        base=desk.url("/personer"),
    )  # fmt: skip


def _side(card: PersonCard, language: str, desk: Desk) -> dict[str, str]:
    """What is chosen between, as it reads. A protected address is not shown, only that there is one."""
    place = f"{card.postcode} {card.place}".strip()
    address = ", ".join(part for part in (card.street, place) if part)
    return {
        "name": card.name,
        "address": desk.say(N_("Sperret")) if card.protected else address,
        "phone": "" if card.protected else card.phone,
        "email": card.email,
        "language_form": desk.say(forms.LANGUAGE_FORMS[card.language_form]),
        "speaks": card.speaks,
        "interpreter": (card.interpreter_language or desk.say(N_("Ja"))) if card.needs_interpreter else "",
        "born": date_long(card.birth_date, language) if card.birth_date else desk.say(N_("Ukjent")),
        "number": desk.say(N_("Registrert") if card.has_number else N_("Mangler")),
    }


async def _values(desk: Desk) -> dict[str, Any]:
    uow = desk.uow
    gone = await own_person(uow, desk.path_uuid("person_id"))
    kept = await own_person(uow, desk.path_uuid("merged_into"))
    if kept.merged_into or gone.merged_into:
        raise NotFound
    await record_read(
        uow, "person.read", [kept.id, gone.id], why=N_("Så etter like registreringer"), object_kind="person"
    )  # fmt: skip
    left, right = _side(kept, desk.language, desk), _side(gone, desk.language, desk)
    return {
        "current": "/personer",
        "crumbs": [
            (desk.say(PEOPLE), desk.url("/personer")),
            (desk.say(ALIKE), desk.url("/personer/like")),
            (desk.say(MERGE), ""),
        ],
        "kept": kept,
        "gone": gone,
        "left": left,
        "right": right,
        "choices": [
            (name, desk.say(FACT_NAMES[name]), left[name], right[name])
            for name in FACTS
            if left[name] != right[name] or (name in ("address", "phone") and (kept.protected or gone.protected))
        ],
        "left_cases": await cases_of(uow, kept.id),
        "right_cases": await cases_of(uow, gone.id),
        "action": desk.url(f"/personer/{gone.id}/slaa-sammen/{kept.id}"),
        "swap_url": desk.url(f"/personer/{kept.id}/slaa-sammen/{gone.id}"),
        "back_url": desk.url(f"/personer/{kept.id}"),
    }  # fmt: skip


@page("/k/{slug:str}/personer/{person_id:uuid}/slaa-sammen/{merged_into:uuid}", Permission.PERSON_WRITE)
async def merge_form(desk: Desk) -> Response[Any]:
    """Both side by side: what to keep of each, and what happens. The first of the address goes into the second."""
    shown = await _values(desk)
    if shown["kept"].id == shown["gone"].id:
        return desk.redirect(shown["back_url"], flash=N_("Det er den samme registreringen."), state="info")
    values = dict.fromkeys(FACTS, "kept") | {
        "grunn": "", "versjon": shown["kept"].version, "versjon_annen": shown["gone"].version,
    }  # fmt: skip
    for name, _, left, right in shown["choices"]:
        if not left and right:
            values[name] = "gone"
    return await desk.render("record/merge.html", title=desk.say(MERGE), values=values, **shown)


@action("/k/{slug:str}/personer/{person_id:uuid}/slaa-sammen/{merged_into:uuid}", Permission.PERSON_WRITE)
async def merge(desk: Desk) -> Response[Any]:
    """Make the two one. There is no way back."""
    shown = await _values(desk)
    try:
        if desk.form.text("bekreft") != "ja":
            raise Invalid.one("bekreft", N_("Kryss av for at du vet at dette ikke kan angres."))
        await merge_people(
            desk.uow, shown["kept"].id, shown["gone"].id,
            chosen={name: desk.form.text(name) for name in FACTS},
            reason=desk.form.text("grunn"),
            versions=(forms.version_in(desk.form), forms.version_in(desk.form, "versjon_annen")),
        )  # fmt: skip
    except Invalid as bad:
        return await desk.again("record/merge.html", bad, title=desk.say(MERGE), **shown)
    return desk.redirect(shown["back_url"], flash=N_("De to er nå én person, og sakene er samlet."))


HANDLERS = [show_alike, merge_form, merge]
