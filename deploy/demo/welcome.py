"""The demo's front page: who one can be, and the region in four numbers."""

from __future__ import annotations

from typing import Any

from litestar import Response

from deploy.demo.personas import PERSONAS
from sammen.db.unit_of_work import plain_transaction
from sammen.i18n_mark import N_
from sammen.web.desk import Desk
from sammen.web.formats import decimal

FIGURES = (
    ("municipalities", N_("kommuner, med grensene fra 2009")),
    ("people", N_("mennesker har et tilbud")),
    ("contacts", N_("støttekontakter i oppdrag")),
    ("needs", N_("åpne behov venter på noen")),
)


async def welcome(desk: Desk) -> Response[Any]:
    """Anybody may see it, so its numbers were counted when the demo was made and lie with the region's settings."""
    async with plain_transaction(desk.house.engine) as raw:
        found = await raw.fetch("SELECT user_id, display_name, presentation FROM sammen.personas()")
        kept = await raw.fetchval(
            "SELECT settings -> 'welcome' FROM sammen.region WHERE settings ? 'welcome' LIMIT 1"
        )
    known = {persona.name: persona for persona in PERSONAS}
    personas = []
    for row in found:
        name, persona = row["display_name"], known.get(row["display_name"])
        if persona is None:
            personas.append((name, name, row["presentation"], str(row["user_id"]), "accent"))
        else:
            colour = "felles" if persona.shared else "accent"
            title = f"{name}, {desk.say(persona.title)}"
            personas.append((name, title, desk.say(persona.text), str(row["user_id"]), colour))
    counted = kept or {}  # the engine reads jsonb
    figures = [
        (desk.say(label), decimal(counted[key], lang=desk.language))
        for key, label in FIGURES
        if key in counted
    ]
    return await desk.render(
        "base/demo_login.html",
        title=desk.say(N_("Velg hvem du vil være")),
        personas=personas,
        figures=figures,
    )
