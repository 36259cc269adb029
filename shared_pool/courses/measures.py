"""Seats a municipality has used in courses, by who held them (C7). In its own context; docs/data/ has the words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sammen.clock import OSLO, today
from sammen.db.unit_of_work import UnitOfWork
from sammen.figures import Dimension, Measure, Reading, counted
from sammen.i18n_mark import N_
from shared_pool.courses.rules import KINDS

HELD_BY: Final = Dimension(
    "held_by", N_("Hvem som holder det"),
    (("own", N_("Kommunen selv")), ("other", N_("En annen kommune")), ("region", N_("Samarbeidet"))),
)  # fmt: skip
COURSE_KIND: Final = Dimension("course_kind", N_("Hva slags kurs"), tuple(KINDS.items()))
# The list shows what this municipality may see; the seats are its own rows.
_SEATS = """
SELECT c.host_id, c.kind, count(*) AS seats FROM sammen.course_list($1) c
  JOIN sammen.enrolment e ON e.region_id = c.region_id AND e.course_id = c.id
 WHERE e.home_id = $2 AND e.state = 'enrolled' AND c.state IN ('open', 'held')
   AND c.ends_at < now()
   AND (c.ends_at AT TIME ZONE $5)::date >= $3 AND (c.ends_at AT TIME ZONE $5)::date <= $4
 GROUP BY c.host_id, c.kind"""


async def course_seats(uow: UnitOfWork, start: date, end: date) -> Sequence[Reading]:
    """Seats in courses that ended in the period, by who held the course and its kind. A seat one had and did not come to
    counts: it was kept for them.
    """
    tenant, days = uow.context.tenant, (today() - start).days + 2
    cells: dict[tuple[str, ...], int] = {}
    for row in await uow.call(_SEATS, days, tenant, start, end, str(OSLO)):
        held_by = "region" if row["host_id"] is None else "own" if row["host_id"] == tenant else "other"
        cells[held_by, row["kind"]] = cells.get((held_by, row["kind"]), 0) + row["seats"]
    return counted(cells)


MEASURES = [Measure("course_seats", "count", "count", (HELD_BY, COURSE_KIND), course_seats)]
