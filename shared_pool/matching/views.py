"""What the pages of the match show: proposals as sentences and steps in the reader's language. No HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

from sammen.clock import OSLO, today
from sammen.i18n_mark import N_
from sammen.web.formats import date_day_month, decimal
from shared_pool.engine.api import PART_LABELS, Fit, Reason
from shared_pool.matching.lending import REFUSALS
from shared_pool.matching.queries import ProposalCard
from shared_pool.matching.service import DECLINES
from shared_pool.matching.trial import LEARNED, Trial
from shared_pool.needs.api import NeedCard, age_words, extent, need_facts, shown
from shared_pool.recruitment.api import Say, candidate_facts

Side = Literal["region", "need", "home", "candidate"]
"""Who reads: the region, the municipality with the need, the one the candidate belongs to, or the candidate."""
STATES = {
    "proposed": N_("Venter på kommunen"),
    "accepted": N_("Venter på flere ja"),
    "matched": N_("Navn er vist"),
    "done": N_("I gang"),
    "learned": N_("Prøvd, ikke riktig"),
    "declined": N_("Takket nei"),
    "withdrawn": N_("Trukket"),
    "expired": N_("Fristen gikk ut"),
}
SHAPES = {
    "proposed": "half", "accepted": "half", "matched": "half", "done": "ok", "learned": "neutral",
    "declined": "neutral", "withdrawn": "neutral", "expired": "neutral",
}  # fmt: skip
QUIET_STATES = STATES | dict.fromkeys(("learned", "declined", "withdrawn"), N_("Det ble ikke noe av"))
"""What the home and the candidate read: whose no it was, or why, they never learn."""
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
    "home": N_("Kommunen kandidaten hører til, må si ja."),
    "vetting": N_("Politiattest må vises og taushetserklæring underskrives."),
}
ENDED_BY = {
    "need": N_("Kommunen sa nei."),
    "user": N_("Brukeren takket nei. Det trengs ingen grunn."),
    "candidate": N_("Kandidaten takket nei. Det trengs ingen grunn."),
    "home": N_("Kommunen kandidaten hører til, sa nei."),
    "time": N_("Ingen har sagt nei."),
}
"""Whose step it was, said to the need's municipality and the region."""
OVER = N_("Oppdraget er avsluttet")
WAITS_OWN = N_("Dere må svare.")
OUT_OF_POOL = N_("En kandidat som har gått ut av banken")
GONE = N_("Beskrivelsen er tatt bort, siden samtykket ikke gjelder lenger.")


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
            say(N_("Navn vises, og de to møtes.")),
            say(N_("Bare de to får navn. Kommunen som låner ut, ser aldri brukeren.")),
        ),
    )


def _spoken(say: Say, reason: Reason, language: str) -> str:
    return reason.text(say, lambda hours: decimal(hours, lang=language))


def load_of(light: str, reason: Reason, say: Say, language: str) -> tuple[str, str, str]:
    """The traffic light as (state, bold words, the rest)."""
    bold, colon, rest = _spoken(say, reason, language).partition(":")
    return light, bold + colon, rest.strip()


def fit_rows(
    fits: Sequence[Fit], homes: dict[Any, str], held: frozenset[Any], say: Say, language: str
) -> list[dict[str, Any]]:
    """The ranking as the page's cards. `homes`: name by candidate; `held`: candidates held for another need."""
    return [
        {
            "id": fit.candidate_id,
            "rank": rank,
            "code": fit.code,
            "home": homes.get(fit.candidate_id, ""),
            "score": fit.score,
            "reasons": [_spoken(say, reason, language) for reason in fit.reasons],
            "load": load_of(fit.load.value, fit.load_reason, say, language),
            "parts": [(say(part.label), part.points, part.most) for part in fit.parts],
            "obstacles": [_spoken(say, reason, language) for reason in fit.obstacles],
            "held": fit.candidate_id in held,
            "proposable": fit.proposable and fit.candidate_id not in held,
        }
        for rank, fit in enumerate(fits, 1)
    ]


def proposal_view(card: ProposalCard, say: Say, language: str, *, side: Side = "region") -> dict[str, Any]:
    """A proposal for one of its sides: descriptions, reasons, state, what it waits for. Never a name.

    Whose no it was, and why, is for the need's municipality and the region; `gone` says which description is taken away.
    Of who has taken their consent back not even the code is left, but at home, where they are known by name.
    """
    described, wanted = card.candidate_card, card.need_card
    no_candidate, no_need = "gone" in described, "gone" in wanted
    out = no_candidate and side != "home"
    return {
        "id": card.id,
        "need_id": card.need_id,
        "code": say(OUT_OF_POOL) if out else described["code"],
        "home": "" if out else described["home"],
        "out": out,
        "need_code": wanted["code"],
        "facts": () if no_candidate else candidate_facts(described, say, language),
        "reasons": [_spoken(say, reason, language) for reason in card.reasons],
        "score": card.score,
        "load": None
        if no_candidate
        else load_of(described["load"], Reason.restored(described["load_reason"]), say, language),
        "parts": []
        if no_candidate
        else [(say(PART_LABELS[code]), points, most) for code, points, most in described["parts"]],
        "need_facts": () if no_need else need_facts(wanted, say, language),
        "extent": "" if no_need else extent(wanted, say, language),
        "hours": Decimal(wanted["hours"]),
        "gone": say(GONE) if no_candidate or no_need else "",
        "note": card.proposer_note,
        "state": card.state,
        "over": card.state == "done" and card.ended_at is not None,
        "tag": _tag(card, say, side),
        "live": card.live,
        "step": card.step,
        "waits": _waits(card, say, side),
        "until": date_day_month(card.held_until.astimezone(OSLO).date(), language),
        "days_left": max(0, (card.held_until.astimezone(OSLO).date() - today()).days),
        "user_yes": card.user_yes_at,
        "candidate_yes": card.candidate_yes_at,
        "asks_home": card.asks_home,
        "home_yes": card.home_yes_at,
        "home_answered": card.asks_home and card.accepted_at is not None,
        "police": card.police_shown_on,
        "confidentiality": card.confidentiality_signed_on,
        "end_reason": _why_ended(card, say, side) if side in ("region", "need") else "",
        "ended_by": card.ended_by,
        "timed_out": card.state == "expired" or card.overdue,
    }


def _tag(card: ProposalCard, say: Say, side: Side) -> tuple[str, str]:
    words = STATES if side in ("region", "need") else QUIET_STATES
    if card.overdue:
        return say(words["expired"]), "neutral"
    if card.state == "done" and card.ended_at is not None:
        return say(OVER), "neutral"
    return say(words[card.state]), SHAPES[card.state]


def _waits(card: ProposalCard, say: Say, side: Side) -> list[str]:
    """Who has not said yes. That a lender is asked tells the region that the need is not the candidate's own home's."""
    if not card.live:
        return []
    names = [name for name in card.waits_for if name != "home" or side != "region"]
    if not names:
        return [say(N_("Noen har ikke svart ennå."))]
    return [say(WAITS_OWN if side == "need" and name == "need" else WAITS[name]) for name in names]


def _why_ended(card: ProposalCard, say: Say, side: Side) -> str:
    """Whose step it was and why, in words; why the lender said no is between it and the region. Empty for one under way."""
    if card.state == "learned":
        return say(LEARNED[card.learned])
    if card.state == "withdrawn":
        return say(card.end_reason) if card.end_reason else ""
    said = [say(ENDED_BY[card.ended_by])] if card.ended_by in ENDED_BY and not card.live else []
    if card.state == "done":
        return ""
    if card.ended_by == "home" and side == "need":
        return " ".join(said)
    reason = DECLINES.get(card.decline_code) or REFUSALS.get(card.decline_code)
    if reason is not None and card.decline_code != "other":
        said.append(say(reason) + ".")
    return " ".join([*said, card.end_reason]).strip()


def home_waits(card: ProposalCard) -> bool:
    """Whether the lender must answer."""
    return card.asks_home and card.live and card.state == "accepted" and card.home_yes_at is None


OUTCOMES = {
    "learned": N_("Dere møttes, og det ble ikke noe mer denne gangen. Det teller ikke mot deg."),
    "mine": N_("Du takket nei. Det koster deg ingenting, og du får nye forespørsler som før."),
    "expired": N_("Fristen gikk ut før alle hadde svart. Det regnes ikke som et nei fra deg."),
    "over": N_("Oppdraget er avsluttet. Takk for innsatsen."),
    "other": N_("Det ble ikke noe av denne gangen. Det sier ingenting om deg, og du er ledig for andre."),
}
"""What a candidate is told of a request that is over. Whose no it was is never told, nor that there was one."""


def request_view(card: ProposalCard, say: Say, language: str) -> dict[str, Any]:
    """A proposal as its candidate sees it. `answer`: theirs is waited for; `going`: it goes on without them having to do
    anything here.
    """
    view = proposal_view(card, say, language, side="candidate")
    answer = card.live and card.state == "accepted" and card.candidate_yes_at is None
    going = (card.live and not answer) or (card.state in ("matched", "done") and card.ended_at is None)
    if answer:
        tag = (say(N_("Svar innen %(day)s"), day=view["until"]), "warning")
    elif card.live:
        tag = (say(N_("Du har sagt ja")), "ok")
    elif card.state == "matched":
        tag = (say(N_("Alle har sagt ja")), "ok")
    elif card.state == "declined" and card.ended_by == "candidate":
        tag = (say(N_("Du takket nei")), "neutral")
    else:
        tag = view["tag"]
    return {
        **{
            name: view[name] for name in ("id", "need_code", "need_facts", "extent", "until", "state", "gone")
        },
        "home_asked": home_waits(card),
        "answer": answer,
        "going": going,
        "tag": tag,
        "outcome": "" if answer or going else say(OUTCOMES[_outcome(card)]),
    }


def _outcome(card: ProposalCard) -> str:
    if card.state == "declined" and card.ended_by == "candidate":
        return "mine"
    if card.state == "expired" or card.overdue:
        return "expired"
    return {"learned": "learned", "done": "over"}.get(card.state, "other")


def trial_view(trial: Trial, say: Say, language: str) -> dict[str, Any]:
    """How two who were matched stand, and what comes next: a meeting to agree on, to note, or a start."""
    agreed = trial.agreed
    if trial.assignment.state == "ended":
        line = ""
    elif agreed is not None:
        day = date_day_month(agreed.on_day, language)
        line = say(N_("De møtes %(day)s."), day=day)
    elif trial.met:
        line = say(N_("De har møttes. Vil de fortsette, avtaler dere når oppdraget begynner."))
    else:
        line = say(N_("De har ikke møttes ennå. Avtal et prøvemøte."))
    return {"line": line, "met": trial.met, "ended": trial.assignment.state == "ended"}


def need_view(card: NeedCard, say: Say, language: str) -> dict[str, Any]:
    """A need as the region sees it: how many weeks it has waited, and nothing of where it comes from. `waited` is days,
    whole weeks of them.
    """
    by = say(N_("av en kommune i samarbeidet, %(age)s"), age=age_words(card, say))
    state, shape = NEED_STATES["expired" if card.state == "open" and not card.open else card.state]
    return {
        "id": card.id,
        "code": card.code,
        "facts": need_facts(shown(card), say, language, posted=by),
        "extent": extent(shown(card), say, language),
        "waited": card.waited_weeks * 7,
        "age": age_words(card, say),
        "days_left": card.days_left,
        "open": card.open,
        "tag": (say(state), shape),
    }
