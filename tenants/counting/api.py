"""Every figure the floor contributes, in the order of its slices: gathered here, and handed up by tenants.api."""

from __future__ import annotations

from collections.abc import Sequence

from sammen.figures import Measure
from tenants.assignments import api as assignments
from tenants.complaints import api as complaints
from tenants.contacts import api as contacts
from tenants.decisions import api as decisions
from tenants.evaluations import api as evaluations
from tenants.followups import api as followups
from tenants.planning import api as planning
from tenants.quality import api as quality
from tenants.timesheets import api as timesheets
from tenants.waiting import api as waiting

MEASURES: Sequence[Measure] = (
    *contacts.MEASURES,
    *assignments.CONTACT_MEASURES,
    *followups.MEASURES,
    *assignments.MEASURES,
    *timesheets.MEASURES,
    *timesheets.COST_MEASURES,
    *waiting.MEASURES,
    *decisions.MEASURES,
    *evaluations.MEASURES,
    *planning.MEASURES,
    *complaints.MEASURES,
    *quality.MEASURES,
)
