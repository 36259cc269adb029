"""What the slices above may use of scenarios: the saved ones, and a scenario over a release."""

from __future__ import annotations

from reporting.scenarios.forms import unsaved
from reporting.scenarios.model import LEVERS, MODELS, Lever, Range
from reporting.scenarios.reading import Outcome, Place, reckon
from reporting.scenarios.service import ScenarioRow, scenarios
from reporting.scenarios.views import change_text, heading, line_of, notes

__all__ = [
    "LEVERS",
    "MODELS",
    "Lever",
    "Outcome",
    "Place",
    "Range",
    "ScenarioRow",
    "change_text",
    "heading",
    "line_of",
    "notes",
    "reckon",
    "scenarios",
    "unsaved",
]
