"""The slice's pages: a need without a name is made from an order, seen as others will see it, posted and taken back."""

from __future__ import annotations

import secrets
from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Conflict, Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import PROTECTED_FIELDS, Desk
from sammen.web.door import action, page
from shared_pool.needs import forms
from shared_pool.needs.bands import bands_for
from shared_pool.needs.cards import need_facts
from shared_pool.needs.queries import Coarser, card_of, crowd_of
from shared_pool.needs.rules import (
    CONSENTERS,
    EXPIRES_AFTER_DAYS,
    GENDER_WISHES,
    LEGAL_GROUNDS,
    MOST_INTERESTS,
    check_postable,
    crowd_limit,
)
from shared_pool.needs.service import check_need, post_need, withdraw_need
from shared_pool.recruitment.api import homes_of, own_pool
from tenants.api import order_card, traits

POST = N_("Legg ut et behov uten navn")
STEP = "steg"


def _coarser_text(desk: Desk, way: Coarser, labels: dict[str, str]) -> str:
    band = labels.get(way.age_band, way.age_band)
    if way.drop_interests:
        return desk.say(N_("Uten interesser, %(band)s: %(count)s passer."), band=band, count=way.count)
    return desk.say(N_("Alder %(band)s: %(count)s passer."), band=band, count=way.count)


async def _form_values(desk: Desk) -> dict[str, Any]:
    """What the form shows. Raises Forbidden for people who are never posted, Conflict when it is too late."""
    uow = desk.uow
    order = await order_card(uow, desk.path_uuid("order_id"))
    await record_read(
        uow,
        "need.form",
        [order.person_id],
        why=N_("Behov uten navn"),
        object_kind="order",
        object_id=order.id,
    )
    age = check_postable(order)
    if not order.open:
        raise Conflict(N_("Bestillingen har fått en støttekontakt, eller er sendt tilbake."))
    if order.need_id is not None:
        raise Conflict(N_("Det er lagt ut et behov for denne bestillingen fra før."))
    pool = await own_pool(uow)
    home = (await homes_of(uow, pool.id)).get(desk.context.tenant)
    area = traits.AREA_OF_MUNICIPALITY.get(home.code, "") if home is not None else ""
    bands = bands_for(age)
    base = desk.url(f"/bestillinger/{order.id}")
    return {
        "order": order,
        "pool": pool.name,
        "limit": crowd_limit(pool.settings),
        "bands": [(band.code, desk.say(band.label)) for band in bands],
        "interests": desk.options(traits.INTERESTS),
        "most_interests": MOST_INTERESTS,
        "days": desk.options(traits.WEEKDAYS),
        "parts": desk.options(traits.DAY_PARTS),
        "areas": desk.options(traits.AREAS),
        "wishes": desk.options(GENDER_WISHES),
        "levels": desk.options(forms.PREDICTABILITY),
        "months": desk.options(forms.MONTHS),
        "skills": desk.options(forms.SKILLS),
        "languages": desk.options(traits.LANGUAGES),
        "grounds": desk.options(LEGAL_GROUNDS),
        "consenters": desk.options(CONSENTERS),
        "first": forms.prefilled(order, [band.code for band in bands], area),
        "base": base,
        "expires_after": EXPIRES_AFTER_DAYS,
        "coarser": (),
        "current": "/bestillinger",
        "crumbs": ((desk.say(N_("Bestillinger")), desk.url("/bestillinger")), (desk.say(N_("Bestilling")), base),
                   (desk.say(POST), None)),
    }  # fmt: skip


@page("/k/{slug:str}/bestillinger/{order_id:uuid}/behov", Permission.NEED_POST)
async def need_form(desk: Desk) -> Response[str]:
    """The form, filled from the order and the mapping."""
    values = await _form_values(desk)
    return await desk.render("needs/form.html", title=desk.say(POST), values=values.pop("first"), **values)


@action("/k/{slug:str}/bestillinger/{order_id:uuid}/behov", Permission.NEED_POST)
async def send_need(desk: Desk) -> Response[Any]:
    """See it as others will (`steg` is not `legg_ut`), or post it."""
    values = await _form_values(desk)
    values.pop("first")
    order_id = values["order"].id
    if desk.form.text(STEP) == "endre":
        return await desk.render(
            "needs/form.html",
            title=desk.say(POST),
            values=_typed(desk),
            fresh_key=secrets.token_urlsafe(12),
            **values,
        )
    try:
        facts = forms.read_need(desk.form)
        crowd = await crowd_of(desk.uow, facts, values["limit"])
        values["coarser"] = [_coarser_text(desk, way, dict(values["bands"])) for way in crowd.coarser]
        if desk.form.text(STEP) != "legg_ut":
            await check_need(desk.uow, order_id, facts)
            return await desk.render(
                "needs/preview.html", title=desk.say(N_("Slik ser andre behovet")), crowd=crowd,
                facts=need_facts(card_of(facts, "?"), desk.say, desk.language), sent=_sent(desk),
                # A key of its own: what comes next is another form, and the first one's key is spent.
                fresh_key=secrets.token_urlsafe(12), **values,
            )  # fmt: skip
        await post_need(desk.uow, order_id, facts)
    except Invalid as bad:
        return await desk.again("needs/form.html", bad, title=desk.say(POST), **values)
    return desk.redirect(desk.url("/formidling"), flash=N_("Behovet er lagt ut uten navn."))


def _sent(desk: Desk) -> list[tuple[str, str]]:
    """Every field as it was sent, for the preview's hidden fields."""
    names = [name for name in desk.form if name not in PROTECTED_FIELDS and name != STEP]
    return [(name, value) for name in names for value in desk.form.all(name)]


LISTS = ("interesser", "dager", "deler", "ferdigheter", "spraak")


def _typed(desk: Desk) -> dict[str, Any]:
    """The form's values with lists kept as lists, also those of one."""
    return {**desk.form.values(), **{name: desk.form.all(name) for name in LISTS}}


@action("/k/{slug:str}/formidling/behov/{need_id:uuid}/trekk", Permission.NEED_POST)
async def take_back(desk: Desk) -> Response[Any]:
    """Take a need back: the pool does not see it any more."""
    await withdraw_need(desk.uow, desk.path_uuid("need_id"))
    return desk.redirect(desk.url("/formidling"), flash=N_("Behovet er trukket. Ingen ser det lenger."))


HANDLERS = [need_form, send_need, take_back]
