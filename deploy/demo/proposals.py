"""Proposals of the demo's pool, made by the pool's own functions: each yes lies some days after the one before."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from deploy.demo.chance import at
from deploy.demo.postings import Step
from sammen.policy.roles import Role
from shared_pool.engine.ranking import Fit
from shared_pool.matching.loading import fits_for
from shared_pool.matching.models import Proposal
from shared_pool.needs.api import NeedCard, shown
from shared_pool.recruitment.api import describe

if TYPE_CHECKING:
    from deploy.demo.pool import Pool

NOTES = (
    "Samme interesser, og ledig på de riktige dagene.",
    "Bor nær, og vil bli lenge.",
    "Har erfaring som passer godt.",
)


def best(pool: Pool, need: NeedCard, wanted: str = "", *, lender: str = "") -> Fit | None:
    """The best candidate from another municipality that nobody holds; Sindre is left for the visitor to find.

    `wanted`: this one, by code, as it is. `lender`: rather one of this municipality.
    """
    free = [
        card for card, settled, contact in pool.cards.values()
        if card.id not in pool.held and contact.person.name != "Sindre Falk" and settled.town.id != need.posted_by
    ]  # fmt: skip
    ranked = [fit for fit in fits_for(need, free, pool.homes) if fit.proposable or wanted]
    if wanted:
        return next((fit for fit in ranked if fit.code == wanted), None)
    of_lender = (fit for fit in ranked if pool.cards[fit.candidate_id][1].town.place.code == lender)
    return next(of_lender, ranked[0] if ranked else None)


def propose(
    pool: Pool, need: NeedCard, fit: Fit, step: Step, *, made: date, proposal: UUID | None = None
) -> UUID:
    """A proposal that has come as far as `step`; its id. The candidate is held while it is under way."""
    card, home, _ = pool.cards[fit.candidate_id]
    town = next(one.town for one in pool.towns.values() if one.town.id == need.posted_by)
    answerer = town.staff[Role.PROVIDER_COORDINATOR][0].id
    lender = home.town.staff[Role.PROVIDER_COORDINATOR][0].id
    asks_home = card.engaged_at_home and (step.accepted or step.state == "proposed")
    if step.state in ("proposed", "accepted", "matched", "done"):
        pool.held.add(card.id)
    described = describe(card, home.town.place.name) | {
        "parts": [[part.code, part.points, part.most] for part in fit.parts],
        "load": fit.load.value, "load_reason": fit.load_reason.stored(),
    }  # fmt: skip
    proposal = proposal or pool.chance.id()
    agreed = at(made + timedelta(days=5), 13) if step.agreed else None
    ended = 12 if step.learned else 3
    pool.making.rows.add(
        Proposal, region_id=pool.making.region_id, id=proposal, need_id=need.id, candidate_id=card.id,
        need_tenant_id=need.posted_by, home_id=card.home_id, state=step.state, need_card=shown(need),
        candidate_card=described, score=fit.score, reasons=[reason.stored() for reason in fit.reasons],
        proposer_note=pool.chance.choice(NOTES), proposed_by=pool.proposer,
        held_until=at(made + timedelta(days=14 if step.accepted else 3), 12),
        accepted_at=at(made + timedelta(days=1), 10) if step.accepted else None,
        accepted_by=answerer if step.accepted else None,
        candidate_yes_at=at(made + timedelta(days=3), 19) if step.agreed else None,
        user_yes_at=at(made + timedelta(days=2), 14) if step.agreed or (step.accepted and step.home) else None,
        police_shown_on=made + timedelta(days=5) if step.agreed else None,
        confidentiality_signed_on=made + timedelta(days=5) if step.agreed else None, vetted_at=agreed,
        vetted_by=answerer if step.agreed else None, asks_home=asks_home,
        home_yes_at=at(made + timedelta(days=2), 11) if asks_home and step.home else None,
        home_yes_by=lender if asks_home and step.home else None, matched_at=agreed,
        ended_at=at(made + timedelta(days=ended), 12) if step.ended_by else None, ended_by=step.ended_by,
        decline_code=step.code, learned=step.learned, created_at=at(made, 9),
    )  # fmt: skip
    return proposal
