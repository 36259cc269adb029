"""What the slice's pages show, put together from its reads: values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.norwegian import format_date, format_decimal
from sammen.web.contributions import TimelineEvent
from sammen.web.formats import date_long, hours_long
from sammen.web.forms import Form
from sammen.web.i18n import translate
from tenants.cases.api import MappingCard
from tenants.decisions.forms import MOST_GRANTS, evaluation_choices
from tenants.decisions.queries import DecisionCard, GrantCard
from tenants.decisions.rules import Answer, GrantFacts, checklist

PER = {"week": N_("%(hours)s i uka"), "month": N_("%(hours)s i måneden")}


def extent(grant: GrantCard | GrantFacts, language: str) -> str:
    """How much and how long: "4 timer i uka, 1. februar 2026 – 31. januar 2027"."""
    parts = []
    if grant.amount is not None:
        parts.append(translate(language, PER[grant.unit], hours=hours_long(grant.amount, language)))
    if grant.times:
        parts.append(grant.times)
    if grant.valid_from is not None:
        parts.append(
            f"{date_long(grant.valid_from, language)} – {date_long(grant.valid_to, language)}"
            if grant.valid_to
            else translate(
                language, N_("fra %(day)s, uten sluttdato"), day=date_long(grant.valid_from, language)
            )
        )
    return ", ".join(parts)


def decision_events(decisions: Sequence[DecisionCard], language: str) -> list[TimelineEvent]:
    """What was decided when, and the evaluation ahead."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    events = []
    for d in decisions:
        if d.decided_on is not None:
            text = say(N_("Fattet av %(name)s."), name=d.decided_by_name) if d.decided_by_name else ""
            title = say(N_("Avslag")) if d.kind == "refusal" else say(N_("Vedtak"))
            events.append(TimelineEvent(d.decided_on, title, text))
            if d.state == "issued" and d.evaluate_on is not None:
                done = d.evaluate_on < today()
                events.append(
                    TimelineEvent(d.evaluate_on, say(N_("Evaluering")),
                                  say(N_("Hele vedtaket skal ses på minst én gang i året.")), done=done)
                )  # fmt: skip
    return events


def decision_values(decision: DecisionCard | None, grants: Sequence[GrantCard], mapping: MappingCard | None,
                    ground: str) -> dict[str, Any]:  # fmt: skip
    """What the decision form begins with: the draft, else what the mapping says."""
    if decision is None:
        values: dict[str, Any] = {
            "utfall": "grant", "maal": "", "begrunnelse": "", "hjemmel": ground, "evaluering": "", "versjon": 0,
            "egne_ord": mapping.own_words if mapping else "",
        }  # fmt: skip
        for n, form in enumerate(mapping.suggested_forms if mapping else ()):
            values |= {f"form_{n}": form, f"enhet_{n}": "week"}
        return values
    values = {
        "utfall": decision.kind, "maal": decision.goal, "begrunnelse": decision.reasons,
        "hjemmel": decision.legal_ground or ground, "egne_ord": decision.own_words, "versjon": decision.version,
        "evaluering": format_date(decision.evaluate_on) if decision.evaluate_on else "",
    }  # fmt: skip
    for n, grant in enumerate(grants):
        values |= {
            f"form_{n}": grant.form, f"timer_{n}": format_decimal(grant.amount) if grant.amount is not None else "",
            f"enhet_{n}": grant.unit, f"naar_{n}": grant.times,
            f"fra_{n}": format_date(grant.valid_from) if grant.valid_from else "",
            f"til_{n}": format_date(grant.valid_to) if grant.valid_to else "",
        }  # fmt: skip
    return values


def typed_checklist(values: dict[str, Any]) -> list[Answer]:
    """The checklist for what stands in the form now, readable or not: filled in counts as answered."""
    grants = [
        GrantFacts(
            form=str(values[f"form_{n}"]),
            amount=1 if values.get(f"timer_{n}") else None,  # type: ignore[arg-type]  # only its presence is asked for
            unit="week",
            times=str(values.get(f"naar_{n}", "")),
            valid_from=today() if values.get(f"fra_{n}") else None,
            valid_to=today() if values.get(f"til_{n}") else None,
        )
        for n in range(MOST_GRANTS)
        if values.get(f"form_{n}")
    ]
    return checklist(
        kind=str(values.get("utfall", "grant")), grants=grants, goal=str(values.get("maal", "")),
        reasons=str(values.get("begrunnelse", "")), legal_ground=str(values.get("hjemmel")) if values.get("hjemmel") else None,
        evaluate_on=today() if values.get("evaluering") else None,
    )  # fmt: skip


def shown_services(values: dict[str, Any]) -> int:
    """How many services the form shows: those filled in, one at least, one more when asked for."""
    filled = max((n + 1 for n in range(MOST_GRANTS) if any(values.get(f"{k}_{n}") for k in ("form", "timer", "fra", "til"))),
                 default=1)  # fmt: skip
    return min(MOST_GRANTS, filled)


def form_values(form: Form) -> dict[str, Any]:
    """What was typed, for showing the form again."""
    return dict(form.values())


def evaluation_hints(language: str) -> str:
    """Two dates people choose between, said as a hint."""
    (_, half), (_, year) = evaluation_choices(today())
    return translate(language, N_("Om et halvt år er %(half)s, om ett år er %(year)s."), half=date_long(half, language),
                     year=date_long(year, language))  # fmt: skip
