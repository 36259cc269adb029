"""The resources that are read out of the house: figures and the calendar."""

from __future__ import annotations

from reporting.interchange import calendar, figures
from reporting.interchange.shapes import CellPage, EditionPage, EventPage, ReleasedCellPage, ReleasePage
from sammen.i18n_mark import N_
from sammen.machine.operations import Operation, Paging, Since
from sammen.machine.routes.door import resource
from sammen.policy.permissions import Permission

FIGURES = Permission.INTERCHANGE_FIGURES

HANDLERS = [
    resource(
        Operation(
            "GET", figures.EDITIONS, FIGURES, "listFigureEditions", N_("List kommunens egne, godkjente tall."),
            {200: EditionPage, 304: None}, query=Paging,
        )
    )(figures.list_editions),
    resource(
        Operation(
            "GET", figures.EDITIONS + "/{figure_set_id:uuid}/cells", FIGURES, "listFigures",
            N_("Hent tallene i én utgave."), {200: CellPage, 304: None}, query=Paging,
        )
    )(figures.list_cells),
    resource(
        Operation(
            "GET", figures.RELEASES, FIGURES, "listReleases", N_("List det samarbeidet har publisert."),
            {200: ReleasePage, 304: None}, query=Paging,
        )
    )(figures.list_releases),
    resource(
        Operation(
            "GET", figures.RELEASES + "/{release_id:uuid}/cells", FIGURES, "listReleasedFigures",
            N_("Hent tallene i én publisering. Skjulte tall er null."), {200: ReleasedCellPage, 304: None}, query=Paging,
        )
    )(figures.list_released_cells),
    resource(
        Operation(
            "GET", calendar.PATH, Permission.INTERCHANGE_CALENDAR, "listEvents", N_("Hent aktivitetskalenderen."),
            {200: EventPage, 304: None}, query=Since,
        )
    )(calendar.list_events),
]  # fmt: skip
