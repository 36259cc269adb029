"""What the plan's pages show: rows and sentences in the reader's language. No HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sammen.clock import OSLO, today
from sammen.i18n_mark import N_
from sammen.web.formats import clock, date_day_month
from sammen.web.i18n import ntranslate
from shared_pool.engine.api import UNMATCHED_BECAUSE, Fit, Weights
from shared_pool.matching.api import ProposalCard, fit_rows, need_view, proposal_view
from shared_pool.needs.api import NeedCard, age_words
from shared_pool.recruitment.api import Say
from shared_pool.runs.plan import Plan, Suggestion
from shared_pool.runs.queries import Lack, RunCard
from shared_pool.runs.snapshot import Snapshot
from shared_pool.runs.words import note_of, what_would_help

NOBODY = "no_candidate"
COLUMNS = (N_("Alder"), N_("Liker"), N_("Når"), N_("Omfang"), N_("Område"))
POSTED = N_("Meldt inn")
OUT_OF_POOL = N_("En kandidat som har gått ut av banken")
DESCRIPTION_GONE = N_("Beskrivelsen er tatt bort, siden samtykket ikke gjelder lenger.")


def need_row(need: NeedCard, say: Say, language: str) -> dict[str, Any]:
    """A need as a line: its view, what a line has room for, and its facts by column."""
    view = need_view(need, say, language)
    facts = {label: value for label, value in view["facts"] if value}
    columns = [facts.get(say(label), "") for label in COLUMNS]
    other = [value for label, value in facts.items() if label not in {say(one) for one in (*COLUMNS, POSTED)}]
    return view | {
        "line": ", ".join(text for text in (columns[0], columns[4], columns[1]) if text),
        "age": age_words(need, say),
        "columns": list(zip([say(label) for label in COLUMNS], columns, strict=True)),
        "other": ". ".join(other),
    }


def fit_row(fit: Fit, pool: Snapshot, say: Say, language: str) -> dict[str, Any]:
    """A candidate for a need, as the ranking's cards show one."""
    home = pool.homes.get(pool.candidates[fit.candidate_id].home_id)
    homes = {fit.candidate_id: home.name if home is not None else ""}
    return fit_rows([fit], homes, frozenset(), say, language)[0]


def draft_note(fit: Fit, say: Say) -> str:
    """What the reason begins with, in the form and when many are proposed at once: the reckoned reasons in words."""
    return note_of([reason.text(say) for reason in fit.reasons])


def suggestion_row(found: Suggestion, pool: Snapshot, say: Say, language: str) -> dict[str, Any]:
    """A need, whom the run suggests, why, and who is next."""
    best, backup = fit_row(found.best, pool, say, language), None
    if found.backup is not None:
        backup = fit_row(found.backup, pool, say, language)
    return {
        "need": need_row(found.need, say, language),
        "best": best,
        "backup": backup,
        "pair": f"{found.need.id}.{found.best.candidate_id}",
    }


def lack_row(need: NeedCard, lack: Lack, say: Say, language: str) -> dict[str, Any]:
    """A need that got nobody: why, and what would help."""
    return {
        "need": need_row(need, say, language),
        "why": say(UNMATCHED_BECAUSE[lack.why]),
        "help": what_would_help(lack.alone, say) if lack.why == NOBODY else [],
    }


def numbers(
    plan: Plan, under_way: Sequence[ProposalCard], free_again: Sequence[ProposalCard], say: Say, language: str
) -> list[dict[str, Any]]:
    """The four counts at the head of the page, as tiles."""
    waiting = len(plan.pool.needs)
    return [
        {"label": say(N_("Behov som venter")), "value": waiting},
        {"label": say(N_("Kandidater som er ledige")), "value": len(plan.pool.candidates)},
        {"label": say(N_("Forslag som venter på svar")), "value": len(under_way)},
        {
            "label": say(N_("Tilbake i banken")),
            "value": len(free_again),
            "compare": [say(N_("Fristen gikk ut siste sju dager"))],
        },
    ]


def when(moment: datetime, say: Say, language: str) -> str:
    """ "i dag kl. 8.41", or the day."""
    local = moment.astimezone(OSLO)
    if local.date() == today():
        return say(N_("i dag %(clock)s"), clock=clock(local, language))
    return say(
        N_("%(day)s %(clock)s"), day=date_day_month(local.date(), language), clock=clock(local, language)
    )


def run_status(plan: Plan, names: Mapping[UUID, str], say: Say, language: str) -> list[str]:
    """When it was last run, by whom, what came of it, and what has come since. Empty before the first run."""
    run = plan.run
    if run is None:
        return []
    told = [_last_run(run, names, say, language)]
    told.append(
        say(N_("%(matched)s av %(needs)s behov fikk et forslag."), matched=run.matched, needs=run.needs)
    )
    if run.changed:
        told.append(
            ntranslate(
                language, "Ett behov fikk en annen kandidat enn sist.",
                "%(num)s behov fikk en annen kandidat enn sist.", run.changed,
            )
        )  # fmt: skip
    if plan.outdated:
        told.append(say(N_("Vektene er endret siden. Kjør på nytt for å bruke dem.")))
    if plan.new_needs:
        told.append(
            ntranslate(
                language, "Ett nytt behov siden sist.", "%(num)s nye behov siden sist.", plan.new_needs
            )
        )
    gone = len(plan.unseen) - plan.new_needs
    if gone:
        told.append(
            ntranslate(
                language, "Ett forslag gjelder ikke lenger. Kjør på nytt for å finne en annen.",
                "%(num)s forslag gjelder ikke lenger. Kjør på nytt for å finne andre.", gone,
            )
        )  # fmt: skip
    return told


def _last_run(run: RunCard, names: Mapping[UUID, str], say: Say, language: str) -> str:
    moment = when(run.started_at, say, language)
    if run.asked_by is None:
        return say(N_("Sist kjørt %(when)s, av seg selv."), when=moment)
    name = names.get(run.asked_by) or say(N_("en som har sluttet"))
    return say(N_("Sist kjørt %(when)s av %(name)s."), when=moment, name=name)


def order_text(weights: Weights, say: Say) -> str:
    """Whether one's own municipality comes first, and how far anybody is sent."""
    if weights.own_first:
        return say(
            N_("Kandidater fra samme kommune går foran. Ingen sendes lenger enn %(km)s km uten å ha sagt ja til det."),
            km=weights.max_km,
        )  # fmt: skip
    return say(
        N_("Alle kommuner stiller likt. Ingen sendes lenger enn %(km)s km uten å ha sagt ja til det."),
        km=weights.max_km,
    )


def proposal_seen(card: ProposalCard, pool: Snapshot, say: Say, language: str) -> dict[str, Any]:
    """A proposal as the region may see it now: of a candidate who is out of the pool, the steps and nothing else."""
    view = proposal_view(card, say, language)
    if card.candidate_id in pool.everyone and not view["gone"]:
        return view
    nothing: dict[str, Any] = {
        "home": "",
        "facts": (),
        "reasons": [],
        "note": "",
        "load": None,
        "parts": [],
        "end_reason": "",
    }
    return view | nothing | {"code": say(OUT_OF_POOL), "gone": view["gone"] or say(DESCRIPTION_GONE)}


def free_again_text(card: ProposalCard, say: Say) -> dict[str, Any]:
    """Who is free again because time ran out, and whose answer did not come. Never as if the candidate said no."""
    unanswered = card.accepted_at is None
    return {
        "code": card.candidate_card.get("code", ""),
        "need_id": card.need_id,
        "need_code": card.need_card.get("code", ""),
        "text": say(N_("Kommunen svarte ikke innen fristen."))
        if unanswered
        else say(N_("Ikke alle rakk å svare innen fristen.")),
    }
