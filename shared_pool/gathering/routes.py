"""The suggested groups' pages: the region sees and asks, each municipality answers for its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of
from shared_pool.atlas.api import region_limit
from shared_pool.gathering import service, views
from shared_pool.gathering.queries import AskCard, own_ask, own_asks, suggestions
from shared_pool.recruitment.api import homes_of

TITLE = N_("Gruppeforslag")
HERE = "/gruppeforslag"
OWN = "/formidling/gruppeforslag"
WHY = N_("Svar på gruppeforslag")


# The region ------------------------------------------------------------------------------------------------------------
@page("/r/{slug:str}/gruppeforslag", Permission.GATHERING_WRITE)
async def region_groups(desk: Desk) -> Response[str]:
    """The groups that could be, and those that have been asked about: as counts."""
    uow = desk.uow
    homes = await homes_of(uow, desk.context.region)
    found = [views.suggested_view(card, homes, desk.say, desk.language) for card in await suggestions(uow)]
    return await desk.render(
        "gathering/region.html", title=desk.say(TITLE), current=HERE, base=desk.url(HERE),
        least=await region_limit(uow),
        possible=[views.possible_view(one, desk.say) for one in await service.possible(uow)],
        live=[one for one in found if one.live], ended=[one for one in found if not one.live],
    )  # fmt: skip


@action("/r/{slug:str}/gruppeforslag", Permission.GATHERING_WRITE)
async def ask_municipalities(desk: Desk) -> Response[Any]:
    """Ask the municipalities whose needs are in a group."""
    await service.ask(desk.uow, desk.form.text("gruppe"))
    return desk.redirect(desk.url(HERE), flash=N_("Kommunene er spurt. De har to uker på å svare."))


@action("/r/{slug:str}/gruppeforslag/{group_suggestion_id:uuid}/trekk", Permission.GATHERING_WRITE)
async def take_back(desk: Desk) -> Response[Any]:
    """Take a suggestion back."""
    await service.withdraw(desk.uow, desk.path_uuid("group_suggestion_id"))
    return desk.redirect(desk.url(HERE), flash=N_("Forslaget er trukket. Behovene står åpne som før."))


# A municipality --------------------------------------------------------------------------------------------------------
def _row(desk: Desk, card: AskCard, homes: Any) -> dict[str, Any]:
    pairs = views.facts(card.interest, card.weekday, card.age_band, card.areas, desk.say)
    label, state = views.OWN_STATES[card.state]
    return {
        "url": desk.url(f"{OWN}/{card.id}"),
        "title": views.title(pairs, desk.say),
        "facts": pairs,
        "tag": (desk.say(label), state),
        "told": views.own_told(card, homes, desk.context.tenant, desk.say, desk.language),
        "waits": card.waits,
        "due": card.answer_by,
    }


async def _homes(desk: Desk, cards: list[AskCard]) -> Any:
    return await homes_of(desk.uow, cards[0].region_id) if cards else {}


@page("/k/{slug:str}/formidling/gruppeforslag", Permission.GATHERING_ANSWER)
async def own_groups(desk: Desk) -> Response[str]:
    """What the municipality has been asked about, those that wait first."""
    cards = list(await own_asks(desk.uow))
    homes = await _homes(desk, cards)
    rows = [(_row(desk, card, homes), card.live) for card in cards]
    return await desk.render(
        "gathering/own_list.html", title=desk.say(TITLE), current="/formidling", crumbs=_crumbs(desk),
        live=[row for row, live in rows if live], ended=[row for row, live in rows if not live],
    )  # fmt: skip


def _crumbs(desk: Desk, *trail: tuple[str, str | None]) -> Any:
    to = desk.url(OWN) if trail else None
    return ((desk.say(N_("Formidling")), desk.url("/formidling")), (desk.say(TITLE), to), *trail)


async def _own_values(desk: Desk) -> tuple[AskCard, dict[str, Any]]:
    uow = desk.uow
    card = await own_ask(uow, desk.path_uuid("group_ask_id"))
    needs = await views.own_needs_in(uow, card)
    seen = [need.person_id for need in needs if need.person_id is not None]
    await record_read(uow, "group.ask", seen, why=WHY, object_kind="group_ask", object_id=card.id)
    row = _row(desk, card, await _homes(desk, [card]))
    return card, {
        "row": row, "needs": needs, "least": card.least, "version": card.version, "current": "/formidling",
        "may_answer": card.live and (card.waits or card.state in ("yes", "no")),
        "options": [(str(n.id), desk.say(N_("%(name)s, behov %(code)s"), name=n.name, code=n.code)) for n in needs if n.name],
        "unseen": [n.code for n in needs if not n.name],
        "crumbs": _crumbs(desk, (row["title"], None)), "base": row["url"],
    }  # fmt: skip


@page("/k/{slug:str}/formidling/gruppeforslag/{group_ask_id:uuid}", Permission.GATHERING_ANSWER)
async def own_group(desk: Desk) -> Response[str]:
    """One group: what the needs have in common, which of ours are in it, and the answer."""
    card, shown = await _own_values(desk)
    values = {"behov": [str(one) for one in card.yes_ids], "vert": "ja" if card.can_host else ""}
    return await desk.render("gathering/own_one.html", title=shown["row"]["title"], values=values, **shown)


@action("/k/{slug:str}/formidling/gruppeforslag/{group_ask_id:uuid}", Permission.GATHERING_ANSWER)
async def answer_group(desk: Desk) -> Response[Any]:
    """Yes for those that are ticked, or no."""
    card, shown = await _own_values(desk)
    form, refuses = desk.form, desk.form.text("svar") == "nei"
    try:
        chosen = set() if refuses else _chosen(form.all("behov"), {value for value, _ in shown["options"]})
        await service.answer(
            desk.uow, card.id, version_of(form), chosen,
            {need.id for need in shown["needs"] if need.name}, can_host=bool(form.text("vert")),
        )  # fmt: skip
    except Invalid as bad:
        return await desk.again("gathering/own_one.html", bad, title=shown["row"]["title"], **shown)
    told = N_("Svaret er lagret: nei.") if refuses else N_("Svaret er lagret: ja.")
    return desk.redirect(desk.url(OWN), flash=told)


def _chosen(typed: list[str], allowed: set[str]) -> set[UUID]:
    if not typed:
        raise Invalid.one("behov", service.NONE_CHOSEN)
    if not set(typed) <= allowed:
        raise Invalid.one("behov", N_("Velg fra lista."))
    return {UUID(one) for one in typed}


HANDLERS = [region_groups, ask_municipalities, take_back, own_groups, own_group, answer_group]
