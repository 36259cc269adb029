"""What the slice's pages show, put together from its reads: values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sammen.clock import today
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import format_date, format_decimal, parse_date
from sammen.web.contributions import TimelineEvent
from sammen.web.formats import date_long, hours_long
from sammen.web.forms import Form
from sammen.web.i18n import translate
from tenants.cases.api import FORM_NAMES, MappingCard
from tenants.decisions.checking import Asked
from tenants.decisions.forms import FOLLOWING, KIND_NAMES, MOST_GRANTS, SERVICE_FIELDS, evaluation_choices
from tenants.decisions.queries import DecisionCard, GrantCard, NoticeCard
from tenants.decisions.reductions import Reduction, told_of
from tenants.decisions.rules import Answer, Checked, GrantFacts, checklist

PER = {"week": N_("%(hours)s i uka"), "month": N_("%(hours)s i måneden")}


def extent(grant: GrantCard | GrantFacts, language: str) -> str:
    """How much and how long: "4 timer i uka, 1. februar 2026 – 31. januar 2027"."""
    parts = []
    if grant.amount is not None:
        parts.append(translate(language, PER[grant.unit], hours=hours_long(grant.amount, language)))
    if grant.times:
        # It stands inside a sentence here: "Tirsdager" is "tirsdager", but "NAV" stays.
        small = grant.times[:1].lower() if grant.times[1:2].islower() else grant.times[:1]
        parts.append(small + grant.times[1:])
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
    """What was decided when. The evaluation ahead is told by the slice that knows when it is due."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    events = []
    for d in decisions:
        if d.decided_on is None:
            continue
        text = say(N_("Fattet av %(name)s."), name=d.decided_by_name) if d.decided_by_name else ""
        events.append(TimelineEvent(d.decided_on, say(KIND_NAMES[d.kind]), text, order=30))
        if d.state == "ended" and d.ended_on is not None and d.kind != "ending":
            events.append(TimelineEvent(d.ended_on, say(N_("Vedtaket er slutt")), "", order=28))
    return events


def notice_events(notices: Sequence[NoticeCard], language: str) -> list[TimelineEvent]:
    """Notices in advance, their replies, and the deadline ahead."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    events = []
    for one in notices:
        if one.waiver:
            continue
        events.append(TimelineEvent(one.given_on, say(N_("Forhåndsvarsel")), one.what, order=22))
        if one.replied_on is not None:
            title = say(N_("Svar på forhåndsvarselet"))
            events.append(TimelineEvent(one.replied_on, title, one.replied_by, order=24))
        elif one.reply_by is not None:
            events.append(
                TimelineEvent(
                    one.reply_by, say(N_("Frist for å svare på varselet")), "", done=one.reply_by < today()
                )
            )
    return events


def decision_values(
    decision: DecisionCard | None, grants: Sequence[GrantCard], mapping: MappingCard | None, ground: str
) -> dict[str, Any]:
    """What the decision form begins with: the draft, else what the mapping says."""
    if decision is None:
        values: dict[str, Any] = {
            "utfall": "grant", "maal": "", "begrunnelse": "", "hjemmel": ground, "evaluering": "", "versjon": 0,
            "ikke_innvilget": "", "egne_ord": mapping.own_words if mapping else "",
        }  # fmt: skip
        for n, form in enumerate(mapping.suggested_forms if mapping else ()):
            values |= {f"form_{n}": form, f"enhet_{n}": "week"}
        return values
    values = {
        "utfall": decision.kind, "maal": decision.goal, "begrunnelse": decision.reasons,
        "hjemmel": decision.legal_ground or ground, "egne_ord": decision.own_words, "versjon": decision.version,
        "evaluering": _typed(decision.evaluate_on), "ikke_innvilget": decision.not_granted,
        "slutter": _typed(decision.ends_on), "utgang": decision.outcome,
    }  # fmt: skip
    for n, grant in enumerate(grants):
        values |= {
            f"form_{n}": grant.form, f"timer_{n}": format_decimal(grant.amount) if grant.amount is not None else "",
            f"enhet_{n}": grant.unit, f"naar_{n}": grant.times, f"innhold_{n}": grant.content, f"maal_{n}": grant.goal,
            f"fra_{n}": _typed(grant.valid_from), f"til_{n}": _typed(grant.valid_to),
        }  # fmt: skip
    return values


def _long(day: date | None, language: str) -> str:
    return date_long(day, language) if day is not None else ""


def _typed(day: date | None) -> str:
    return format_date(day) if day is not None else ""


def _day(values: dict[str, Any], name: str) -> date | None:
    """A day as it stands in the form; one that cannot be read counts as filled in, for its own error says the rest."""
    text = str(values.get(name) or "")
    if not text:
        return None
    try:
        return parse_date(text, field=name)
    except BadInput:
        return today()


def typed_checklist(values: dict[str, Any], asked: Asked) -> list[Answer]:
    """The checklist for what stands in the form now, readable or not: filled in counts as answered."""
    grants = [
        GrantFacts(
            form=str(values[f"form_{n}"]),
            amount=1 if values.get(f"timer_{n}") else None,  # type: ignore[arg-type]  # only its presence is asked for
            unit="week",
            times=str(values.get(f"naar_{n}", "")),
            valid_from=_day(values, f"fra_{n}"),
            valid_to=_day(values, f"til_{n}"),
            content=str(values.get(f"innhold_{n}", "")),
            goal=str(values.get(f"maal_{n}", "")),
        )
        for n in range(MOST_GRANTS)
        if values.get(f"form_{n}")
    ]
    return checklist(
        Checked(
            str(values.get("utfall", "grant")), grants, str(values.get("maal", "")), str(values.get("begrunnelse", "")),
            str(values["hjemmel"]) if values.get("hjemmel") else None, _day(values, "evaluering"),
            str(values.get("ikke_innvilget", "")), _day(values, "slutter"), str(values.get("utgang", "")),
            asked.rules.evaluation_months, asked.settled,
        )
    )  # fmt: skip


def told(
    taken: Sequence[Reduction], before: Sequence[GrantCard], after: Sequence[GrantCard], language: str
) -> list[str]:
    """What a draft takes away, in sentences: "Individuell støttekontakt: fra 4 timer i uka til 3 timer i uka."."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    was, now = {grant.form: grant for grant in before}, {grant.form: grant for grant in after}
    found = []
    for one in taken:
        form, old, new = say(FORM_NAMES[one.form]), was[one.form], now.get(one.form)
        if new is None:
            found.append(say(N_("%(form)s faller bort."), form=form))
        elif one.what == "hours" and old.amount is not None and new.amount is not None:
            found.append(
                say(
                    N_("%(form)s: fra %(old)s til %(new)s."), form=form,
                    old=say(PER[old.unit], hours=hours_long(old.amount, language)),
                    new=say(PER[new.unit], hours=hours_long(new.amount, language)),
                )
            )  # fmt: skip
        elif old.valid_to is None:
            found.append(
                say(N_("%(form)s får en sluttdato: %(new)s."), form=form, new=_long(new.valid_to, language))
            )
        else:
            found.append(
                say(
                    N_("%(form)s varer til %(new)s, ikke til %(old)s."), form=form, new=_long(new.valid_to, language),
                    old=_long(old.valid_to, language),
                )
            )  # fmt: skip
    return found


def notice_state(asked: Asked, language: str) -> tuple[str, str]:
    """Where the notice of a reduction stands: (state of a tag, sentence). Empty when nothing is taken away."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    if not asked.taken:
        return "", ""
    covering = [notice for notice in asked.notices if told_of(asked.taken, notice)]
    if not covering:
        return "warning", (
            say(N_("Kladden tar mer bort enn varselet sa. Send et nytt forhåndsvarsel."))
            if asked.notices
            else say(N_("Du må sende forhåndsvarsel før vedtaket kan fattes (forvaltningsloven § 16)."))
        )
    return _notice_says(next((n for n in covering if n.waiver or n.replied_on), covering[0]), say, language)


def _notice_says(notice: NoticeCard, say: Any, language: str) -> tuple[str, str]:
    if notice.waiver:
        return "ok", say(N_("Det er begrunnet hvorfor dere ikke varsler."))
    if notice.replied_on is not None:
        return "ok", say(N_("Varslet %(given)s. %(name)s svarte %(day)s."), given=_long(notice.given_on, language),
                         name=notice.replied_by, day=_long(notice.replied_on, language))  # fmt: skip
    if notice.reply_by is not None and notice.reply_by < today():
        return "ok", say(N_("Varslet %(given)s. Ingen har svart, og fristen gikk ut %(day)s."),
                         given=_long(notice.given_on, language), day=_long(notice.reply_by, language))  # fmt: skip
    return "half", say(N_("Varslet %(given)s. Vent på svar, eller til fristen %(day)s er gått ut."),
                       given=_long(notice.given_on, language), day=_long(notice.reply_by, language))  # fmt: skip


def kinds_of(decision: DecisionCard | None, kinds: dict[str, str]) -> dict[str, str]:
    """What a draft may be: the three answers to an application, or the one kind of a draft that follows another."""
    if decision is None or decision.replaces_id is None:
        return kinds
    return {decision.kind: FOLLOWING[decision.kind]}


def period_typed(values: dict[str, Any]) -> tuple[date | None, date | None]:
    """The first and last day of the services as they stand in the form."""
    firsts = [day for n in range(MOST_GRANTS) if (day := _day(values, f"fra_{n}"))]
    lasts = [day for n in range(MOST_GRANTS) if (day := _day(values, f"til_{n}"))]
    return min(firsts, default=None), max(lasts, default=None)


def shown_services(values: dict[str, Any]) -> int:
    """How many services the form shows: those filled in, one at least, one more when asked for."""
    filled = max((n + 1 for n in range(MOST_GRANTS) if any(values.get(f"{k}_{n}") for k in SERVICE_FIELDS if k != "enhet")),
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
