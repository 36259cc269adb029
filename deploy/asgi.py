"""Where the house is put together: every slice's routes and contributions, in one place."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp

import deploy.archive.contributions
import deploy.archive.routes
import reporting.figures.contributions
import reporting.figures.routes
import reporting.interchange.routes
import reporting.measures.routes
import reporting.papers.routes
import reporting.releases.contributions
import reporting.releases.routes
import reporting.reports.contributions
import reporting.reports.routes
import reporting.scenarios.contributions
import reporting.scenarios.routes
import reporting.schemes.contributions
import reporting.schemes.routes
import sammen.audit.contributions
import sammen.audit.routes
import sammen.jobs.routes
import sammen.machine.contributions
import sammen.machine.routes.documents
import sammen.machine.routes.pages
import sammen.machine.routes.token
import sammen.members.contributions
import sammen.members.routes
import sammen.oidc.routes
import sammen.operations.contributions
import sammen.operations.routes
import shared_pool.accords.contributions
import shared_pool.accords.routes
import shared_pool.assemblies.contributions
import shared_pool.assemblies.routes
import shared_pool.atlas.contributions
import shared_pool.atlas.routes
import shared_pool.calendar.contributions
import shared_pool.calendar.routes
import shared_pool.campaigns.contributions
import shared_pool.campaigns.routes
import shared_pool.courses.contributions
import shared_pool.courses.routes
import shared_pool.coursework.contributions
import shared_pool.coursework.routes
import shared_pool.gathering.contributions
import shared_pool.gathering.routes
import shared_pool.groups.contributions
import shared_pool.groups.routes
import shared_pool.load.contributions
import shared_pool.load.routes
import shared_pool.matching.contributions
import shared_pool.matching.routes
import shared_pool.needs.contributions
import shared_pool.needs.routes
import shared_pool.newsletters.contributions
import shared_pool.newsletters.routes
import shared_pool.recruitment.contributions
import shared_pool.recruitment.routes
import shared_pool.resources.contributions
import shared_pool.resources.routes
import shared_pool.runs.contributions
import shared_pool.runs.routes
import shared_pool.settlement.contributions
import shared_pool.settlement.routes
import shared_pool.terms.routes
import tenants.agreements.contributions
import tenants.agreements.routes
import tenants.assignments.contributions
import tenants.assignments.routes
import tenants.attestation.contributions
import tenants.attestation.routes
import tenants.cases.contributions
import tenants.cases.routes
import tenants.complaints.contributions
import tenants.complaints.routes
import tenants.concerns.contributions
import tenants.concerns.routes
import tenants.contacts.contributions
import tenants.contacts.routes
import tenants.decisions.contributions
import tenants.decisions.routes
import tenants.evaluations.contributions
import tenants.evaluations.routes
import tenants.feeds.contributions
import tenants.feeds.routes
import tenants.followups.contributions
import tenants.followups.routes
import tenants.groups.contributions
import tenants.groups.routes
import tenants.imports.contributions
import tenants.imports.routes
import tenants.intake.contributions
import tenants.intake.routes
import tenants.interchange.routes
import tenants.letters.contributions
import tenants.letters.routes
import tenants.logins.contributions
import tenants.logins.routes
import tenants.messages.contributions
import tenants.messages.routes
import tenants.offers.contributions
import tenants.offers.routes
import tenants.oversight.contributions
import tenants.oversight.routes
import tenants.payroll.contributions
import tenants.payroll.routes
import tenants.planning.contributions
import tenants.planning.routes
import tenants.provision.routes
import tenants.quality.contributions
import tenants.quality.routes
import tenants.rates.contributions
import tenants.rates.routes
import tenants.record.contributions
import tenants.record.routes
import tenants.responsibility.contributions
import tenants.responsibility.routes
import tenants.retention.contributions
import tenants.retention.routes
import tenants.reviews.contributions
import tenants.reviews.routes
import tenants.rights.contributions
import tenants.rights.routes
import tenants.sessions.contributions
import tenants.sessions.routes
import tenants.substitutes.contributions
import tenants.substitutes.routes
import tenants.timesheets.contributions
import tenants.timesheets.routes
import tenants.waiting.contributions
import tenants.waiting.routes
from deploy.demo.welcome import welcome
from deploy.measured import serve_metrics
from sammen.db.unit_of_work import make_engine
from sammen.keys import Keys
from sammen.logging import configure
from sammen.settings import Environment, Settings, load
from sammen.traffic.limits import Limits
from sammen.web import today
from sammen.web.app import build_app
from sammen.web.contributions import Contributions
from sammen.web.desk import House
from sammen.web.render import LanguageEnvironment, build_environment

if TYPE_CHECKING:
    from sqlalchemy.pool import AsyncAdaptedQueuePool

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = [
    (folder.parent.name, folder)
    for floor in ("platform/sammen", "tenants", "shared_pool", "reporting", "deploy")
    for folder in sorted([*(ROOT / floor).glob("*/templates"), *(ROOT / floor).glob("templates")])
    if folder.parent.name != "web"  # the base templates and components, which every environment has
]

NAMES = (
    "MENU",
    "TODAY",
    "TIMELINE",
    "PANELS",
    "CONTACT_PANELS",
    "ORDER_PANELS",
    "ASSIGNMENT_PANELS",
    "GROUP_PANELS",
    "SESSION_PANELS",
    "FEEDS",
    "OWN_PANELS",
    "STEPS",
    "LINKS",
)
"""What a slice may call what it contributes."""


def contributions() -> Contributions:
    """What every slice adds to shared pages."""
    found = Contributions()
    for module in (
        today,
        tenants.cases.contributions,
        tenants.offers.contributions,
        tenants.decisions.contributions,
        tenants.evaluations.contributions,
        tenants.complaints.contributions,
        tenants.letters.contributions,
        tenants.contacts.contributions,
        tenants.assignments.contributions,
        tenants.groups.contributions,
        tenants.planning.contributions,
        tenants.logins.contributions,
        tenants.messages.contributions,
        tenants.agreements.contributions,
        tenants.rates.contributions,
        tenants.timesheets.contributions,
        tenants.payroll.contributions,
        tenants.imports.contributions,
        tenants.attestation.contributions,
        tenants.substitutes.contributions,
        tenants.sessions.contributions,
        tenants.feeds.contributions,
        tenants.followups.contributions,
        tenants.concerns.contributions,
        tenants.responsibility.contributions,
        tenants.intake.contributions,
        tenants.waiting.contributions,
        tenants.quality.contributions,
        tenants.reviews.contributions,
        tenants.record.contributions,
        tenants.oversight.contributions,
        tenants.retention.contributions,
        tenants.rights.contributions,
        shared_pool.matching.contributions,
        shared_pool.needs.contributions,
        shared_pool.runs.contributions,
        shared_pool.load.contributions,
        shared_pool.recruitment.contributions,
        shared_pool.campaigns.contributions,
        shared_pool.courses.contributions,
        shared_pool.newsletters.contributions,
        shared_pool.coursework.contributions,
        shared_pool.assemblies.contributions,
        shared_pool.resources.contributions,
        shared_pool.calendar.contributions,
        shared_pool.groups.contributions,
        shared_pool.settlement.contributions,
        shared_pool.accords.contributions,
        shared_pool.gathering.contributions,
        shared_pool.atlas.contributions,
        reporting.reports.contributions,
        reporting.figures.contributions,
        reporting.releases.contributions,
        reporting.schemes.contributions,
        reporting.scenarios.contributions,
        sammen.members.contributions,
        deploy.archive.contributions,
        sammen.audit.contributions,
        sammen.machine.contributions,
        sammen.operations.contributions,
    ):
        for name in NAMES:
            found.add(*getattr(module, name, ()))
    return found


@cache
def templates() -> LanguageEnvironment:
    """Every slice's templates in every language: one set a process, however many houses are built in it."""
    return build_environment(TEMPLATES)


def make_house(settings: Settings) -> House:
    """Settings, keys, engine, templates and contributions of one process."""
    house = House(
        settings=settings,
        keys=Keys.of(settings),
        engine=make_engine(
            settings.app_url,
            pool_size=settings.pool_size,
            application="sammen-web",
            pooled=bool(settings.pooler),
        ),
        templates=templates(),
        contributions=contributions(),
        limits=limits_of(settings),
    )
    pool = cast("AsyncAdaptedQueuePool", house.engine.pool)
    house.metrics.pool(pool.checkedout, pool.size)
    return house


def limits_of(settings: Settings) -> Limits:
    """How often anybody may ask, in production; elsewhere as often as they like."""
    if settings.environment is not Environment.PRODUCTION:
        return Limits()
    return Limits(
        user=settings.rate_user,
        address=settings.rate_address,
        place=settings.rate_place,
        # Others always find a connection, however slow one place's work is.
        at_once=max(2, settings.pool_size // 4) if settings.rate_place else 0,
    )


def _municipal_routes() -> list[HTTPRouteHandler]:
    """The routes of a municipality's own work."""
    return [
        *tenants.cases.routes.HANDLERS,
        *tenants.offers.routes.HANDLERS,
        *tenants.decisions.routes.HANDLERS,
        *tenants.evaluations.routes.HANDLERS,
        *tenants.complaints.routes.HANDLERS,
        *tenants.letters.routes.HANDLERS,
        *tenants.contacts.routes.HANDLERS,
        *tenants.provision.routes.HANDLERS,
        *tenants.assignments.routes.HANDLERS,
        *tenants.groups.routes.HANDLERS,
        *tenants.planning.routes.HANDLERS,
        *tenants.logins.routes.HANDLERS,
        *tenants.messages.routes.HANDLERS,
        *tenants.agreements.routes.HANDLERS,
        *tenants.rates.routes.HANDLERS,
        *tenants.timesheets.routes.HANDLERS,
        *tenants.payroll.routes.HANDLERS,
        *tenants.imports.routes.HANDLERS,
        *tenants.attestation.routes.HANDLERS,
        *tenants.substitutes.routes.HANDLERS,
        *tenants.sessions.routes.HANDLERS,
        *tenants.feeds.routes.HANDLERS,
        *tenants.followups.routes.HANDLERS,
        *tenants.concerns.routes.HANDLERS,
        *tenants.responsibility.routes.HANDLERS,
        *tenants.intake.routes.HANDLERS,
        *tenants.waiting.routes.HANDLERS,
        *tenants.quality.routes.HANDLERS,
        *tenants.reviews.routes.HANDLERS,
        *tenants.record.routes.HANDLERS,
        *tenants.oversight.routes.HANDLERS,
        *tenants.retention.routes.HANDLERS,
        *tenants.rights.routes.HANDLERS,
        *tenants.interchange.routes.HANDLERS,
    ]


def make_routes() -> list[HTTPRouteHandler]:
    """Every slice's routes."""
    return [
        *_municipal_routes(),
        *today.HANDLERS,
        *shared_pool.recruitment.routes.HANDLERS,
        *shared_pool.campaigns.routes.HANDLERS,
        *shared_pool.needs.routes.HANDLERS,
        *shared_pool.matching.routes.HANDLERS,
        *shared_pool.runs.routes.HANDLERS,
        *shared_pool.load.routes.HANDLERS,
        *shared_pool.courses.routes.HANDLERS,
        *shared_pool.newsletters.routes.HANDLERS,
        *shared_pool.coursework.routes.HANDLERS,
        *shared_pool.assemblies.routes.HANDLERS,
        *shared_pool.resources.routes.HANDLERS,
        *shared_pool.calendar.routes.HANDLERS,
        *shared_pool.gathering.routes.HANDLERS,
        *shared_pool.atlas.routes.HANDLERS,
        *shared_pool.terms.routes.HANDLERS,
        *shared_pool.groups.routes.HANDLERS,
        *shared_pool.settlement.routes.HANDLERS,
        *shared_pool.accords.routes.HANDLERS,
        *reporting.figures.routes.HANDLERS,
        *reporting.releases.routes.HANDLERS,
        *reporting.reports.routes.HANDLERS,
        *reporting.measures.routes.HANDLERS,
        *reporting.papers.routes.HANDLERS,
        *reporting.schemes.routes.HANDLERS,
        *reporting.scenarios.routes.HANDLERS,
        *reporting.interchange.routes.HANDLERS,
        *sammen.machine.routes.documents.HANDLERS,
        *sammen.machine.routes.pages.HANDLERS,
        *sammen.machine.routes.token.HANDLERS,
        *sammen.members.routes.HANDLERS,
        *deploy.archive.routes.HANDLERS,
        *sammen.audit.routes.HANDLERS,
        *sammen.jobs.routes.HANDLERS,
        *sammen.oidc.routes.HANDLERS,
        *sammen.operations.routes.HANDLERS,
    ]


def make_app(settings: Settings | None = None) -> ASGIApp:
    """The application from the environment's settings, its metrics served. Raises SettingsError on unsafe ones, StartError
    when the metrics' port is taken.
    """
    chosen = settings or load()
    chosen.check()
    configure(chosen.log_level)
    house = make_house(chosen)
    serve_metrics(house.metrics, chosen)
    return build_app(house, make_routes(), welcome=welcome)
