"""How much each part counts: tried beside what holds, and adopted with a reason (C4)."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_long, decimal
from sammen.web.forms import version_of
from shared_pool.engine.api import PART_LABELS, PARTS, Weights
from shared_pool.needs.api import PREDICTABILITY
from shared_pool.runs.routes.frame import HERE, WEIGHTS, WHY, colleagues, crumbs, tabs
from shared_pool.runs.snapshot import Snapshot, read_pool
from shared_pool.runs.what_if import MOST_CHANGES, Comparison, Outcome, compare
from shared_pool.weighing.api import (
    WeightsCard,
    adopt,
    adopted_versions,
    field_of,
    read_weights,
    try_weights,
    values_of,
    version_card,
    weights_in_force,
)

TITLE = N_("Vekting")


def _rows(desk: Desk) -> list[tuple[str, list[tuple[str, str]]]]:
    """The form's rows: what a step of predictability is called, and (field, label) of each part."""
    return [
        (desk.say(PREDICTABILITY[level]), [(field_of(part, level), desk.say(PART_LABELS[part])) for part in PARTS])
        for level in sorted(PREDICTABILITY)
    ]  # fmt: skip


def _told(desk: Desk, weights: Weights) -> list[tuple[str, str]]:
    """Weights as facts."""
    rows = [
        (
            desk.say(PREDICTABILITY[level]),
            ", ".join(f"{desk.say(PART_LABELS[part])} {weights.most(level, part)}" for part in PARTS),
        )
        for level in sorted(PREDICTABILITY)
    ]
    order = N_("Går foran andre") if weights.own_first else N_("Stiller likt med andre")
    return [
        *rows,
        (desk.say(N_("Kandidater fra samme kommune")), desk.say(order)),
        (desk.say(N_("Lengste reise uten å ha sagt ja")), desk.say(N_("%(km)s km"), km=weights.max_km)),
    ]


def _version_row(desk: Desk, card: WeightsCard, names: Mapping[UUID, str], newest: int) -> dict[str, Any]:
    return {
        "number": card.number,
        "url": desk.url(f"{WEIGHTS}/{card.id}"),
        "day": date_long(card.made_at.date(), desk.language),
        "by": names.get(card.made_by) or desk.say(N_("En som har sluttet")),
        "why": card.why,
        "holds": card.number == newest,
    }


async def _form_values(desk: Desk) -> dict[str, Any]:
    held = await weights_in_force(desk.uow, desk.context.region)
    names = await colleagues(desk)
    versions = await adopted_versions(desk.uow)
    return {
        "title": desk.say(TITLE), "current": HERE, "tabs": tabs(desk, WEIGHTS), "rows": _rows(desk),
        "number": held.number, "held": held.weights, "action": desk.url(WEIGHTS),
        "orders": desk.options({"nei": N_("Alle kommuner stiller likt"), "ja": N_("Kandidater fra samme kommune går foran")}),
        "versions": [_version_row(desk, card, names, held.number) for card in versions],
    }  # fmt: skip


@page("/r/{slug:str}/formidling/vekting", Permission.WEIGHTS_WRITE)
async def show_weights(desk: Desk) -> Response[str]:
    """The weights that hold, in a form that tries others; and the versions before."""
    shown = await _form_values(desk)
    start = shown.pop("held")
    wanted = desk.query.get("fra", "")
    if wanted:
        # An address somebody has mended by hand shows the form as it begins.
        with contextlib.suppress(ValueError):
            start = (await version_card(desk.uow, UUID(wanted))).weights
    return await desk.render("runs/weights.html", values=values_of(start), **shown)


@action("/r/{slug:str}/formidling/vekting", Permission.WEIGHTS_WRITE)
async def try_others(desk: Desk) -> Response[Any]:
    """Keep what was typed as tried, and show what it would do. Nothing else changes."""
    shown = await _form_values(desk)
    shown.pop("held")
    try:
        weights = read_weights(desk.form)
    except Invalid as bad:
        return await desk.again("runs/weights.html", bad, **shown)
    tried = await try_weights(desk.uow, weights)
    return desk.redirect(desk.url(f"{WEIGHTS}/{tried}"))


def _outcome_row(desk: Desk, label: str, found: Outcome, needs: int) -> dict[str, Any]:
    km = found.mean_km
    return {
        "label": label,
        "matched": desk.say(N_("%(matched)s av %(needs)s"), matched=len(found.pairs), needs=needs),
        "km": desk.say(N_("%(km)s km"), km=decimal(float(km), 1, desk.language))
        if km is not None
        else desk.say(N_("ikke kjent")),
    }


def _changes(desk: Desk, pool: Snapshot, found: Comparison) -> list[dict[str, Any]]:
    def told(candidate_id: UUID | None) -> str:
        return pool.candidates[candidate_id].code if candidate_id is not None else desk.say(N_("Ingen"))

    return [
        {
            "need": pool.needs[change.need_id].code,
            "url": desk.url(f"{HERE}/{change.need_id}"),
            "now": told(change.now),
            "then": told(change.then),
        }
        for change in found.changes[:MOST_CHANGES]
    ]


async def _version_values(desk: Desk) -> dict[str, Any]:
    """A version beside the weights that hold: what would be otherwise today."""
    uow = desk.uow
    card = await version_card(uow, desk.path_uuid("matching_weights_id"))
    held = await weights_in_force(uow, desk.context.region)
    names = await colleagues(desk)
    pool = await read_pool(uow)
    found = await compare(pool, held.weights, card.weights)
    told = {
        candidate
        for change in found.changes[:MOST_CHANGES]
        for candidate in (change.now, change.then)
        if candidate is not None
    }
    await record_read(
        uow,
        "weights.what_if",
        sorted(told, key=str),
        why=WHY,
        object_kind="matching_weights",
        object_id=card.id,
    )
    title = desk.say(N_("Hva om vektene var andre?")) if card.number is None else desk.say(
        N_("Vekter nummer %(number)s"), number=card.number
    )  # fmt: skip
    return {
        "title": title,
        "current": HERE,
        "crumbs": crumbs(desk, (desk.say(TITLE), desk.url(WEIGHTS)), (title, None)),
        "card": card,
        "by": names.get(card.made_by) or desk.say(N_("En som har sluttet")),
        "day": date_long(card.made_at.date(), desk.language),
        "number": held.number,
        "holds": held.weights == card.weights,
        "outcomes": [
            _outcome_row(desk, desk.say(N_("Vektene som gjelder")), found.now, len(pool.needs)),
            _outcome_row(desk, desk.say(N_("Disse vektene")), found.then, len(pool.needs)),
        ],
        "total": len(found.changes),
        "same": found.same,
        "changes": _changes(desk, pool, found),
        "held_facts": _told(desk, held.weights),
        "facts": _told(desk, card.weights),
        "again_url": desk.url(f"{WEIGHTS}?fra={card.id}"),
        "action": desk.url(f"{WEIGHTS}/{card.id}"),
        "back": desk.url(WEIGHTS),
    }


@page("/r/{slug:str}/formidling/vekting/{matching_weights_id:uuid}", Permission.WEIGHTS_WRITE)
async def show_version(desk: Desk) -> Response[str]:
    """What a version would do with today's needs and candidates, and the form that adopts it."""
    return await desk.render("runs/what_if.html", values={}, **await _version_values(desk))


@action("/r/{slug:str}/formidling/vekting/{matching_weights_id:uuid}", Permission.WEIGHTS_WRITE)
async def adopt_version(desk: Desk) -> Response[Any]:
    """Let these weights hold from now on, with a reason."""
    shown = await _version_values(desk)
    try:
        number = version_of(desk.form)
        await adopt(desk.uow, desk.path_uuid("matching_weights_id"), desk.form.text("grunn"), number)
    except Invalid as bad:
        return await desk.again("runs/what_if.html", bad, **shown)
    return desk.redirect(
        desk.url(WEIGHTS), flash=N_("Vektene gjelder fra nå. Kjør formidlingen for å bruke dem.")
    )


HANDLERS = [show_weights, try_others, show_version, adopt_version]
