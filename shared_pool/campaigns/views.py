"""What the region's and a municipality's pages show of campaigns: states in words, addresses, and numbers beside bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sammen.i18n_mark import N_
from sammen.web.desk import Desk
from shared_pool.campaigns.codes import KIND_NAMES
from shared_pool.campaigns.numbers import STAGES, CampaignCounts, Counts, columns
from shared_pool.campaigns.poster import short_path
from shared_pool.campaigns.queries import CampaignCard, SourceCard
from shared_pool.recruitment.api import Home

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "draft": (N_("Utkast"), "neutral"),
    "coming": (N_("Åpner snart"), "info"),
    "open": (N_("Åpen"), "ok"),
    "closed": (N_("Avsluttet"), "neutral"),
}
HIDDEN: Final = ":"
"""What stands for a count that is not shown. It is not nought."""


def source_name(kind: str, place: str, desk: Desk) -> str:
    """A source in words: "Plakat, biblioteket"."""
    name = desk.say(KIND_NAMES[kind])
    return f"{name}, {place}" if place else name


def said_number(count: int | None) -> str:
    """A count as it stands in a table."""
    return HIDDEN if count is None else str(count)


def stage_heads(desk: Desk, *, leave_out: Sequence[str] = ()) -> list[str]:
    """The stages' names, in their order."""
    return [desk.say(name) for stage, name in STAGES.items() if stage not in leave_out]


def figure_rows(
    labels: Sequence[str], counts: Sequence[Counts], *, whole: str, leave_out: Sequence[str] = ()
) -> list[tuple[str, list[str]]]:
    """(label, numbers as shown) for each row and for the sum, which is left out where there is one row."""
    told, total = columns(counts)
    stages = [stage for stage in STAGES if stage not in leave_out]
    rows = [
        (label, [said_number(row[stage]) for stage in stages])
        for label, row in zip(labels, told, strict=True)
    ]
    if len(rows) > 1:
        rows.append((whole, [said_number(total[stage]) for stage in stages]))
    return rows


def figures(
    desk: Desk,
    card: CampaignCard,
    sources: Sequence[SourceCard],
    found: CampaignCounts,
    homes: Mapping[UUID, Home],
) -> dict[str, Any]:
    """The campaign's numbers: by stage as bars, by source and by municipality as tables."""
    places = sorted((homes[one].name, one) for one in card.municipalities if one in homes)
    by_source = [found.by_source.get(one.id, Counts()) for one in sources]
    _, whole = columns(by_source)
    return {
        "heads": stage_heads(desk),
        # Who opens a page is nobody's in particular yet.
        "place_heads": stage_heads(desk, leave_out=("views",)),
        "bars": [(desk.say(STAGES[stage]), whole[stage], said_number(whole[stage])) for stage in STAGES],
        "hides": None in whole.values(),
        "by_source": figure_rows(
            [source_name(one.kind, one.place, desk) for one in sources], by_source, whole=desk.say(N_("Til sammen"))
        ),
        "by_place": figure_rows(
            [name for name, _ in places], [found.by_place.get(one, Counts()) for _, one in places],
            whole=desk.say(N_("Til sammen")), leave_out=("views",),
        ),
    }  # fmt: skip


def source_lines(
    desk: Desk, card: CampaignCard, sources: Sequence[SourceCard], homes: Mapping[UUID, Home]
) -> list[dict[str, Any]]:
    """Each source with its address, and where it stands. The campaign's own, without a code, has the page's address."""
    base = desk.house.settings.address
    return [
        {
            "id": one.id,
            "name": source_name(one.kind, one.place, desk),
            "home": homes[one.municipality_id].name
            if one.municipality_id and one.municipality_id in homes
            else "",
            "address": base
            + (f"/bli-med/{desk.context.slug}/{card.slug}" if one.kind == "direct" else short_path(one.code)),
            "poster": one.kind == "poster",
            "newsletter": one.kind == "newsletter",
            "removable": one.kind != "direct",
        }
        for one in sources
    ]
