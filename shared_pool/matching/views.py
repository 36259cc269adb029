"""What the pages of the match show: proposals as sentences and steps in the reader's language. No HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sammen.clock import OSLO, now
from sammen.i18n_mark import N_
from sammen.web.formats import date_day_month
from shared_pool.engine.api import PART_LABELS, Fit, Reason
from shared_pool.matching.queries import ProposalCard
from shared_pool.needs.api import NeedCard, extent, need_facts, shown
from shared_pool.recruitment.api import Say, candidate_facts

STATES = {
    "proposed": N_("Venter på kommunen"),
    "accepted": N_("Venter på flere ja"),
    "matched": N_("Navn er vist"),
    "declined": N_("Takket nei"),
    "withdrawn": N_("Trukket"),
    "expired": N_("Fristen gikk ut"),
}
SHAPES = {
    "proposed": "half", "accepted": "half", "matched": "ok", "declined": "neutral", "withdrawn": "neutral",
    "expired": "neutral",
}  # fmt: skip
NEED_STATES = {
    "open": (N_("Åpent"), "shared"),
    "filled": (N_("Har fått støttekontakt"), "ok"),
    "withdrawn": (N_("Trukket"), "neutral"),
    "expired": (N_("Gått ut"), "neutral"),
}
WAITS = {
    "need": N_("Kommunen med behovet må svare."),
    "user": N_("Brukeren må si ja."),
    "candidate": N_("Kandidaten må si ja."),
    "vetting": N_("Politiattest må vises og taushetserklæring underskrives."),
}

OVER = N_("Oppdraget er avsluttet")
WAITS_OWN = N_("Dere må svare.")


def steps(say: Say) -> tuple[tuple[str, str], ...]:
    """The four steps, as every side sees them (four eyes)."""
    return (
        (say(N_("Felles koordinator foreslår.")), say(N_("Kandidaten holdes av i tre dager."))),
        (say(N_("Kommunen med behovet sier ja.")), say(N_("De ser det samme, uten navn."))),
        (
            say(N_("Bruker og kandidat sier ja.")),
            say(N_("Politiattest vises og taushetserklæring underskrives.")),
        ),
        (
            say(N_("Navn vises.")),
            say(N_("Bare for de to som har sagt ja. Kommunen som låner ut, ser aldri brukeren.")),
        ),
    )


def _spoken(say: Say, reason: Reason) -> str:
    return reason.text(say)


def load_of(light: str, reason: Reason, say: Say) -> tuple[str, str, str]:
    """The traffic light as (state, bold words, the rest)."""
    bold, colon, rest = _spoken(say, reason).partition(":")
    return light, bold + colon, rest.strip()


def fit_rows(
    fits: Sequence[Fit], homes: dict[Any, str], held: frozenset[Any], say: Say
) -> list[dict[str, Any]]:
    """The ranking as the page's cards. `homes`: name by candidate; `held`: candidates held for another need."""
    return [
        {
            "id": fit.candidate_id,
            "rank": rank,
            "code": fit.code,
            "home": homes.get(fit.candidate_id, ""),
            "score": fit.score,
            "reasons": [_spoken(say, reason) for reason in fit.reasons],
            "load": load_of(fit.load.value, fit.load_reason, say),
            "parts": [(say(part.label), part.points, part.most) for part in fit.parts],
            "obstacles": [_spoken(say, reason) for reason in fit.obstacles],
            "held": fit.candidate_id in held,
            "proposable": fit.proposable and fit.candidate_id not in held,
        }
        for rank, fit in enumerate(fits, 1)
    ]


def proposal_view(card: ProposalCard, say: Say, language: str, *, own: bool = False) -> dict[str, Any]:
    """A proposal for any of the three sides: descriptions, reasons, state, what it waits for. Never a name.

    `own`: told to the municipality that must answer.
    """
    described = card.candidate_card
    over = card.state == "matched" and card.ended_at is not None
    if card.overdue:
        state, shape = STATES["expired"], "neutral"
    elif over:
        state, shape = OVER, "neutral"
    else:
        state, shape = STATES[card.state], SHAPES[card.state]
    return {
        "id": card.id,
        "need_id": card.need_id,
        "code": described["code"],
        "home": described["home"],
        "need_code": card.need_card["code"],
        "facts": candidate_facts(described, say, language),
        "reasons": [_spoken(say, reason) for reason in card.reasons],
        "score": card.score,
        "load": load_of(described["load"], Reason.restored(described["load_reason"]), say),
        "parts": [(say(PART_LABELS[code]), points, most) for code, points, most in described["parts"]],
        "need_facts": need_facts(card.need_card, say, language),
        "extent": extent(card.need_card, say, language),
        "hours": Decimal(card.need_card["hours"]),
        "note": card.proposer_note,
        "state": card.state,
        "over": over,
        "tag": (say(state), shape),
        "live": card.live,
        "step": card.step,
        "waits": [say(WAITS_OWN if own and name == "need" else WAITS[name]) for name in card.waits_for]
        if card.live
        else [],
        "until": date_day_month(card.held_until.astimezone(OSLO).date(), language),
        "days_left": max(0, (card.held_until - now()).days),
        "user_yes": card.user_yes_at,
        "candidate_yes": card.candidate_yes_at,
        "police": card.police_shown_on,
        "confidentiality": card.confidentiality_signed_on,
        "end_reason": say(card.end_reason)
        if card.state == "withdrawn" and card.end_reason
        else card.end_reason,
        "ended_by": card.ended_by,
    }


def need_view(card: NeedCard, say: Say, language: str) -> dict[str, Any]:
    """A need as the region sees it: how long it has waited, and nothing of where it comes from."""
    ago = card.waited
    posted = (
        say(N_("i dag"))
        if ago == 0
        else say(N_("i går"))
        if ago == 1
        else say(N_("for %(days)s dager siden"), days=ago)
    )
    by = say(N_("%(when)s, av en kommune i samarbeidet"), when=posted)
    state, shape = NEED_STATES["expired" if card.state == "open" and not card.open else card.state]
    return {
        "id": card.id,
        "code": card.code,
        "facts": need_facts(shown(card), say, language, posted=by),
        "extent": extent(shown(card), say, language),
        "waited": card.waited,
        "days_left": card.days_left,
        "open": card.open,
        "tag": (say(state), shape),
    }
