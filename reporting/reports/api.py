"""What the slices above may use of the reports: the declarations, the engine, and figures in words."""

from __future__ import annotations

from reporting.reports.board import Board, kept_board, open_board
from reporting.reports.charting import view
from reporting.reports.choice import Choice
from reporting.reports.comparison import Comparison, comparisons
from reporting.reports.declared import FRONT, KEYS, REPORTS, reports_of
from reporting.reports.drawing import Drawing, View
from reporting.reports.engine import ReportResult, available, build, release_note, run_report
from reporting.reports.frame import Figure, Framed, Spread, frame
from reporting.reports.glance import lead, reported_text, tiles
from reporting.reports.pictures import alternative, picture
from reporting.reports.quantities import NoSuchDivision, Quantity, known, narrowed, parts_of, quantity
from reporting.reports.spec import Report
from reporting.reports.targets import TargetRow, in_force, light, target_rows
from reporting.reports.wording import CREDIT, HIDDEN_MEANS, NONE_MEANS, number, period_name, said

__all__ = [
    "CREDIT",
    "FRONT",
    "HIDDEN_MEANS",
    "KEYS",
    "NONE_MEANS",
    "REPORTS",
    "Board",
    "Choice",
    "Comparison",
    "Drawing",
    "Figure",
    "Framed",
    "NoSuchDivision",
    "Quantity",
    "Report",
    "ReportResult",
    "Spread",
    "TargetRow",
    "View",
    "alternative",
    "available",
    "build",
    "comparisons",
    "frame",
    "in_force",
    "kept_board",
    "known",
    "lead",
    "light",
    "narrowed",
    "number",
    "open_board",
    "parts_of",
    "period_name",
    "picture",
    "quantity",
    "release_note",
    "reported_text",
    "reports_of",
    "run_report",
    "said",
    "target_rows",
    "tiles",
    "view",
]
