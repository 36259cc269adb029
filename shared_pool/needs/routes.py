"""The slice's pages: a need without a name is made from an order, seen as others will see it, posted, prolonged and taken
back.
"""

from __future__ import annotations

import secrets
from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import PROTECTED_FIELDS, Desk
from sammen.web.door import action, page
from sammen.web.forms import Form
from shared_pool.needs import forms, views
from shared_pool.needs.about import hits_in
from shared_pool.needs.bands import bands_for
from shared_pool.needs.cards import age_words, hours_words, need_facts
from shared_pool.needs.hours import HOURS
from shared_pool.needs.queries import NeedCard, card_of, own_need, shown
from shared_pool.needs.rules import (
    CONSENTERS,
    EXPIRES_AFTER_DAYS,
    GENDER_WISHES,
    LEGAL_GROUNDS,
    MOST_INTERESTS,
    NeedFacts,
    check_postable,
    crowd_limit,
)
from shared_pool.needs.service import (
    areas_here,
    check_need,
    check_waits,
    crowd_of,
    post_need,
    prolong_need,
    withdraw_need,
)
from shared_pool.needs.times import DAYS_TOLD
from shared_pool.recruitment.api import own_pool
from tenants.api import order_card, order_of_need, traits

TITLES = {"regular": N_("Legg ut et behov uten navn"), "substitute": N_("Legg ut et behov for en vikar")}
ADDRESSES = {"regular": "behov", "substitute": "vikarbehov"}
PREVIEW = N_("Slik ser andre behovet")
STEP = "steg"
COARSER = "grovere:"
LISTS = ("interesser", "dager", "deler", "ferdigheter", "spraak", "om_ord")


async def _form_values(desk: Desk, purpose: str) -> dict[str, Any]:
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
    check_waits(order, purpose)
    pool = await own_pool(uow)
    areas = await areas_here(uow, pool.id)
    bands = bands_for(age)
    base = desk.url(f"/bestillinger/{order.id}")
    title = desk.say(TITLES[purpose])
    return {
        "title": title,
        "order": order,
        "purpose": purpose,
        "sends_to": f"{base}/{ADDRESSES[purpose]}",
        "pool": pool.name,
        "limit": crowd_limit(pool.settings),
        "bands": [(band.code, desk.say(band.label)) for band in bands],
        "interests": desk.options(traits.INTERESTS),
        "most_interests": MOST_INTERESTS,
        "days": desk.options(traits.WEEKDAYS),
        "days_told": desk.options(DAYS_TOLD),
        "parts": desk.options(traits.DAY_PARTS),
        "hours": [
            (code, hours_words(band.over, band.upto, desk.say, desk.language)) for code, band in HOURS.items()
        ],
        "areas": [(code, desk.say(label)) for code, label in areas.items()],
        "wishes": desk.options(GENDER_WISHES),
        "levels": desk.options(forms.PREDICTABILITY),
        "months": desk.options(forms.MONTHS),
        "skills": desk.options(forms.SKILLS),
        "languages": desk.options(traits.LANGUAGES),
        "grounds": desk.options(LEGAL_GROUNDS),
        "consenters": desk.options(CONSENTERS),
        "first": forms.prefilled(order, [band.code for band in bands], list(areas)),
        "base": base,
        "expires_after": EXPIRES_AFTER_DAYS,
        "ways": (),
        "hits": (),
        "doubtful": (),
        "current": "/bestillinger",
        "crumbs": ((desk.say(N_("Bestillinger")), desk.url("/bestillinger")), (desk.say(N_("Bestilling")), base),
                   (title, None)),
    }  # fmt: skip


@page("/k/{slug:str}/bestillinger/{order_id:uuid}/behov", Permission.NEED_POST)
async def need_form(desk: Desk) -> Response[str]:
    """The form, filled from the order and the mapping."""
    values = await _form_values(desk, "regular")
    return await desk.render("needs/form.html", values=values.pop("first"), **values)


@page("/k/{slug:str}/bestillinger/{order_id:uuid}/vikarbehov", Permission.NEED_POST)
async def substitute_form(desk: Desk) -> Response[str]:
    """The same form for somebody who can step in, known to the service user beforehand (B10)."""
    values = await _form_values(desk, "substitute")
    return await desk.render("needs/form.html", values=values.pop("first"), **values)


@action("/k/{slug:str}/bestillinger/{order_id:uuid}/behov", Permission.NEED_POST)
async def send_need(desk: Desk) -> Response[Any]:
    """See it as others will, take a proposal to say less and see that, change it, or post it (`steg`)."""
    return await _send(desk, "regular")


@action("/k/{slug:str}/bestillinger/{order_id:uuid}/vikarbehov", Permission.NEED_POST)
async def send_substitute_need(desk: Desk) -> Response[Any]:
    """The same for somebody who can step in."""
    return await _send(desk, "substitute")


async def _send(desk: Desk, purpose: str) -> Response[Any]:
    values = await _form_values(desk, purpose)
    values.pop("first")
    order, step, form = values["order"], desk.form.text(STEP), desk.form
    if step == "endre":
        # A key of its own: what comes next is another form, and the first one's key is spent.
        values["fresh_key"] = secrets.token_urlsafe(12)
        return await desk.render("needs/form.html", values=_typed(form), **values)
    try:
        facts = forms.read_need(form, purpose)
        if step.startswith(COARSER):
            form, facts = await _say_less(desk, values, facts, step.removeprefix(COARSER))
        await _advise(desk, values, facts)
        if step != "legg_ut":
            await check_need(desk.uow, order.id, facts, seen=False)
            return await _preview(desk, values, form, facts)
        await post_need(desk.uow, order.id, facts)
    except Invalid as bad:
        if set(bad.errors) == {"om_lest"}:
            return await _preview(desk, values, form, facts, bad)
        return await desk.render(
            "needs/form.html",
            status=422,
            errors=bad.errors,
            values=_typed(form),
            **values,
        )
    return desk.redirect(desk.url("/formidling"), flash=N_("Behovet er lagt ut uten navn."))


async def _say_less(desk: Desk, values: dict[str, Any], facts: NeedFacts, key: str) -> tuple[Form, NeedFacts]:
    """The form with one of the proposals to say less filled in. The same as sent, when it is no longer one of them."""
    crowd = await crowd_of(desk.uow, values["order"], facts.displayed)
    way = next((way for way in crowd.coarser if way.key == key), None)
    form = desk.form if way is None else forms.with_way(desk.form, way)
    return form, forms.read_need(form, facts.purpose)


async def _advise(desk: Desk, values: dict[str, Any], facts: NeedFacts) -> None:
    """What may be needed to mend the form: ways to say less, and the text's hits."""
    crowd = await crowd_of(desk.uow, values["order"], facts.displayed)
    hits = await hits_in(desk.uow, values["order"], facts)
    values["crowd"] = views.crowd_words(crowd, desk.say)
    values["ways"] = views.way_rows(crowd.coarser, desk.say, desk.language)
    values["hits"] = views.hit_rows(hits, desk.say)
    values["doubtful"] = views.doubtful(hits, facts.about_words, facts.about)


async def _preview(
    desk: Desk, values: dict[str, Any], form: Form, facts: NeedFacts, bad: Invalid | None = None
) -> Response[str]:
    values["title"] = desk.say(PREVIEW)
    return await desk.render(
        "needs/preview.html", facts=need_facts(card_of(facts, "?"), desk.say, desk.language),
        sent=_sent(form), about=facts.about, fresh_key=secrets.token_urlsafe(12), values={},
        errors=bad.errors if bad else {}, status=422 if bad else 200, **values,
    )  # fmt: skip


def _sent(form: Form) -> list[tuple[str, str]]:
    """Every field as it was sent, for the preview's hidden fields; that the text is read is said anew."""
    names = [name for name in form if name not in PROTECTED_FIELDS and name not in (STEP, "om_lest")]
    return [(name, value) for name in names for value in form.all(name)]


def _typed(form: Form) -> dict[str, Any]:
    """The form's values with lists kept as lists, also those of one."""
    return {**form.values(), **{name: form.all(name) for name in LISTS}}


@page("/k/{slug:str}/formidling/behov/{need_id:uuid}", Permission.NEED_READ)
async def own_page(desk: Desk) -> Response[str]:
    """One of the municipality's own needs as others see it, how long it stands, and the order it was posted for when the
    reader may see that.
    """
    need = await own_need(desk.uow, desk.path_uuid("need_id"))
    order = await _its_order(desk, need)
    base = desk.url("/formidling")
    return await desk.render(
        "needs/own.html", title=desk.say(N_("Behov %(code)s"), code=need.code), need=need,
        facts=need_facts(shown(need), desk.say, desk.language, posted=age_words(need, desk.say)), base=base,
        order=desk.url(f"/bestillinger/{order}") if order else "", may_post=desk.context.may(Permission.NEED_POST),
        current="/formidling",
        crumbs=_own_crumbs(desk, need, base),
    )  # fmt: skip


def _own_crumbs(desk: Desk, need: NeedCard, base: str) -> Any:
    return (desk.say(N_("Formidling")), base), (desk.say(N_("Behov %(code)s"), code=need.code), None)


async def _its_order(desk: Desk, need: NeedCard) -> Any:
    order_id = await order_of_need(desk.uow, need.id)
    if order_id is None:
        return None
    try:
        return (await order_card(desk.uow, order_id)).id
    except NotFound:
        return None


@action("/k/{slug:str}/formidling/behov/{need_id:uuid}/forleng", Permission.NEED_POST)
async def prolong(desk: Desk) -> Response[Any]:
    """Let a need stand for another 90 days: the yes holds still."""
    need_id = desk.path_uuid("need_id")
    await prolong_need(desk.uow, need_id)
    return desk.redirect(desk.url(f"/formidling/behov/{need_id}"), flash=N_("Behovet står i 90 dager til."))


@action("/k/{slug:str}/formidling/behov/{need_id:uuid}/trekk", Permission.NEED_POST)
async def take_back(desk: Desk) -> Response[Any]:
    """Take a need back: the pool does not see it any more."""
    await withdraw_need(desk.uow, desk.path_uuid("need_id"))
    return desk.redirect(desk.url("/formidling"), flash=N_("Behovet er trukket. Ingen ser det lenger."))


HANDLERS = [need_form, send_need, substitute_form, send_substitute_need, own_page, prolong, take_back]
