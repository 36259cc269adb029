"""Every slice's tables, imported in one place, so that the metadata is whole for migrations and tests."""
# ruff: noqa: F401 - imported for what it registers

from __future__ import annotations

import reporting.models
import sammen.audit.models
import sammen.identity.models
import sammen.jobs.models
import sammen.outbox.models
import sammen.tenancy.models
import shared_pool.assemblies.models
import shared_pool.atlas.models
import shared_pool.calendar.models
import shared_pool.campaigns.models
import shared_pool.courses.models
import shared_pool.daylists.models
import shared_pool.gathering.models
import shared_pool.geography.models
import shared_pool.groups.models
import shared_pool.load.models
import shared_pool.matching.models
import shared_pool.needs.models
import shared_pool.recruitment.models
import shared_pool.resources.models
import shared_pool.runs.models
import shared_pool.settlement.models
import shared_pool.terms.models
import shared_pool.weighing.models
import tenants.agreements.models
import tenants.assignments.models
import tenants.attestation.models
import tenants.cases.models
import tenants.complaints.models
import tenants.concerns.models
import tenants.contacts.models
import tenants.decisions.models
import tenants.evaluations.models
import tenants.feeds.models
import tenants.followups.models
import tenants.groups.models
import tenants.imports.models
import tenants.intake.models
import tenants.letters.models
import tenants.messages.models
import tenants.offers.models
import tenants.payroll.models
import tenants.people.models
import tenants.provision.models
import tenants.quality.models
import tenants.rates.models
import tenants.record.models
import tenants.responsibility.models
import tenants.reviews.models
import tenants.sessions.models
import tenants.substitutes.models
import tenants.timesheets.models
import tenants.waiting.models
