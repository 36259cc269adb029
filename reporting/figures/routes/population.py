"""How many live where: the region's numbers to divide by, read in from a file, looked over and taken into use."""

from __future__ import annotations

from typing import Any

from litestar import Response

from reporting.figures.forms import read_population_form
from reporting.figures.population import (
    EditionCard,
    counts_of,
    denominators,
    discard,
    edition_card,
    editions,
    places_of,
    read_in,
    use,
)
from reporting.figures.population_file import BANDS
from sammen.clock import today
from sammen.documents.tables_in import UnreadableTable
from sammen.errors import Invalid
from sammen.figures import AGE
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.forms import version_of

TITLE = N_("Folketall")
ONE = "/r/{slug:str}/folketall/{population_edition_id:uuid}"
STATES = {
    "draft": (N_("Venter på deg"), "warning"),
    "used": (N_("I bruk"), "ok"),
    "discarded": (N_("Forkastet"), "neutral"),
}
NAMES = dict(AGE.codes)
CODES = tuple(band for band, _, _ in BANDS)


def _bands(desk: Desk) -> list[str]:
    return [desk.say(NAMES[code]) for code in CODES]


async def _shown(desk: Desk) -> dict[str, Any]:
    """What the page needs: the numbers in use, and the files."""
    uow = desk.uow
    known = await denominators(uow, today().year)
    rows = [
        (place.name, [known.of(place.id, code) for code in CODES], known.of(place.id))
        for place in await places_of(uow)
    ]
    files = [
        (card, desk.say(STATES[card.state][0]), STATES[card.state][1], desk.url(f"/folketall/{card.id}"))
        for card in await editions(uow)
    ]
    return {
        "current": "/publiseringer",
        "crumbs": [(desk.say(N_("Publiseringer")), desk.url("/publiseringer")), (desk.say(TITLE), "")],
        "year": known.year,
        "source": desk.say(known.source),
        "as_of": known.as_of,
        "rows": [row for row in rows if row[2] is not None],
        "lacking": [row[0] for row in rows if row[2] is None],
        "bands": _bands(desk),
        "columns": [(name, None, True) for name in _bands(desk)],
        "files": files,
        "may_write": desk.context.may(Permission.DENOMINATOR_WRITE),
        "url": desk.url("/folketall"),
    }


@page("/r/{slug:str}/folketall", Permission.RELEASE_READ)
async def show(desk: Desk) -> Response[str]:
    """The inhabitants in use, with source and date, and every file that was read in."""
    return await desk.render(
        "figures/population.html", title=desk.say(TITLE), values={}, **await _shown(desk)
    )


@action("/r/{slug:str}/folketall", Permission.DENOMINATOR_WRITE, files=True)
async def upload(desk: Desk) -> Response[Any]:
    """Read a file in, to look over."""
    shown = await _shown(desk)
    try:
        facts = read_population_form(desk.form)
        made = await read_in(desk.uow, facts.content, facts.filename, source=facts.source, as_of=facts.as_of)
    except UnreadableTable as bad:
        fault = Invalid.one("fil", bad.message, **bad.params)
        return await desk.again("figures/population.html", fault, title=desk.say(TITLE), **shown)
    except Invalid as bad:
        return await desk.again("figures/population.html", bad, title=desk.say(TITLE), **shown)
    return desk.redirect(desk.url(f"/folketall/{made}"))


@page(ONE, Permission.RELEASE_READ)
async def show_file(desk: Desk) -> Response[str]:
    """A file that was read in: what is in it, what was wrong with it, and taking it into use."""
    card = await edition_card(desk.uow, desk.path_uuid("population_edition_id"))
    counts = await counts_of(desk.uow, card.id)
    title = desk.say(N_("Folketall, fil %(edition)s"), edition=card.edition)
    return await desk.render(
        "figures/population_file.html",
        title=title,
        current="/publiseringer",
        crumbs=[(desk.say(TITLE), desk.url("/folketall")), (title, "")],
        card=card,
        state=(desk.say(STATES[card.state][0]), STATES[card.state][1]),
        faults=_by_sentence(desk, card),
        kept=len(card.faults),
        bands=_bands(desk),
        columns=[(name, None, True) for name in _bands(desk)],
        rows=[
            (name, year, [bands.get(code) for code in CODES], sum(bands.values())) for name, year, bands in counts
        ],
        years=_years(counts),
        may_write=desk.context.may(Permission.DENOMINATOR_WRITE),
        url=desk.url(f"/folketall/{card.id}"),
    )  # fmt: skip


def _by_sentence(desk: Desk, card: EditionCard) -> list[tuple[str, str]]:
    """(lines, sentence): what is wrong with many lines is said once, "29–37, 41"."""
    found: dict[str, list[int]] = {}
    for line, text, params in card.faults:
        found.setdefault(desk.say(text, **params), []).append(line)
    return [(_runs(sorted(set(lines))), sentence) for sentence, lines in found.items()]


def _runs(lines: list[int]) -> str:
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in runs)


def _years(counts: list[tuple[str, int, dict[str, int]]]) -> str:
    years = sorted({year for _, year, _ in counts})
    if not years:
        return ""
    return str(years[0]) if len(years) == 1 else f"{years[0]}–{years[-1]}"


async def _card(desk: Desk) -> EditionCard:
    return await edition_card(desk.uow, desk.path_uuid("population_edition_id"))


@action(f"{ONE}/bruk", Permission.DENOMINATOR_WRITE)
async def take_into_use(desk: Desk) -> Response[Any]:
    """From now on figures are divided by this file's inhabitants."""
    card = await _card(desk)
    await use(desk.uow, card.id, version_of(desk.form))
    return desk.redirect(
        desk.url("/folketall"), flash=N_("Folketallet er tatt i bruk. Tidligere filer står i lista.")
    )


@action(f"{ONE}/forkast", Permission.DENOMINATOR_WRITE)
async def put_aside(desk: Desk) -> Response[Any]:
    """The file is not used."""
    card = await _card(desk)
    await discard(desk.uow, card.id, version_of(desk.form))
    return desk.redirect(desk.url("/folketall"), flash=N_("Fila er forkastet. Folketallet er som før."))


HANDLERS = [show, upload, show_file, take_into_use, put_aside]
