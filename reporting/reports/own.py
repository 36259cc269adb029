"""A municipality's own exact figures, from its own approved edition: for its own page, and for nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import product

from reporting.figures.api import own_editions, own_values
from reporting.measures.api import DEFINITIONS
from reporting.releases.api import CellKey, Place, Released, Shown
from reporting.reports.board import Board
from reporting.reports.frame import Figure, frame
from reporting.reports.quantities import known, quantity
from reporting.reports.spec import Key
from sammen.db.unit_of_work import UnitOfWork


async def own_figures(uow: UnitOfWork, board: Board, place: Place, keys: Sequence[Key]) -> dict[str, Figure]:
    """The key figures by id, worked out as the published ones are, of the edition that the release was made from."""
    slug = board.period.slug
    editions = (await own_editions(uow)).get(slug, [])
    made_from = next((one for one in editions if one.edition == place.edition), None)
    if made_from is None:
        return {}
    values = await own_values(uow, made_from.id)
    quantities = [quantity(key.quantity) for key in keys if known(key.quantity)]
    cells: dict[CellKey, Shown] = {}
    divided: dict[str, set[tuple[str, ...]]] = {}
    for part in {part for one in quantities for part in one.operands}:
        if part.measure not in made_from.measures:
            continue
        codes = part.codes
        order = [dimension.id for dimension in DEFINITIONS[part.measure].dimensions]
        by = tuple(name for name in order if name in codes)
        divided.setdefault(part.measure, set()).add(by)
        inner = values.get(part.measure, {})
        for key in product(*(codes[name] for name in by)):
            wanted = dict(zip(by, key, strict=True))
            total = sum(
                (
                    value
                    for codes_of, value in inner.items()
                    if all(codes_of[order.index(name)] == code for name, code in wanted.items())
                ),
                Decimal(0),
            )
            cells[part.measure, by, place.id, key] = Shown(total)
    alone = Released(
        board.current.card,
        (place,),
        frozenset(),
        cells,
        {name: frozenset(by) for name, by in divided.items()},
    )
    framed = frame([alone], quantities, board.people)
    return {one.id: framed.at(slug, place.id, one.id) for one in quantities}
