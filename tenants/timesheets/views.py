"""Values for templates: a period and how far it has come, what a form begins with, names of states. No HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.norwegian import format_decimal
from sammen.web.formats import clock_range, date_day_month, date_long, hours_long, month_year
from sammen.web.i18n import ntranslate, translate
from tenants.provision.api import PayPeriod, ProvisionRules
from tenants.timesheets.forms import ROWS
from tenants.timesheets.queries import STATES, LineCard
from tenants.timesheets.receipts import ReceiptCard

STATE_SHAPES = {
    "saved": "saved", "sent": "info", "attested": "half", "approved": "ok", "returned": "danger", "replaced": "neutral",
}  # fmt: skip
MEANINGS = {
    "saved": N_("Bare du ser timene."),
    "sent": N_("Brukeren, eller en forelder eller verge, skal bekrefte."),
    "attested": N_("Kommunen skal godkjenne."),
    "approved": N_("Timene er godkjent, og du får betalt."),
    "returned": N_("Noe må rettes. Grunnen står under timene."),
    "replaced": N_("En rettet føring gjelder i stedet."),
}
SENT_ONLY = N_("Kommunen skal godkjenne.")
SPARE_ROWS = 2


@dataclass(frozen=True, slots=True)
class PeriodView:
    """A pay period as its contact meets it. `days_left` to the deadline, negative when it has passed."""

    name: str
    key: str
    first: date
    last: date
    deadline: date
    days_left: int
    hours: Decimal
    saved: int
    sent: int
    attested: int
    returned: int
    ended: bool


def period_name(period: PayPeriod, language: str) -> str:
    """A calendar month by its name, any other period by its first and last day."""
    if period.first.day == 1:
        return month_year(period.first, language)
    return translate(
        language, N_("%(first)s–%(last)s"), first=date_day_month(period.first, language), last=date_long(period.last, language)
    )  # fmt: skip


def period_view(
    period: PayPeriod, rules: ProvisionRules, lines: Sequence[LineCard], language: str
) -> PeriodView:
    """How far the period's hours have come; replaced lines and corrections not yet decided are counted once."""
    deadline = period.deadline(rules.hand_in_day)
    standing = [line for line in lines if line.replaced_at is None]
    under_way = [line for line in standing if line.state == "sent"]
    counted = [line for line in standing if line.corrects_id is None or line.state == "approved"]
    return PeriodView(
        name=period_name(period, language),
        key=str(period),
        first=period.first,
        last=period.last,
        deadline=deadline,
        days_left=(deadline - today()).days,
        hours=sum((line.hours for line in counted), Decimal(0)),
        saved=sum(line.state == "saved" for line in standing),
        sent=len(under_way),
        attested=sum(line.attested for line in under_way),
        returned=sum(line.state == "returned" for line in standing),
        ended=period.last < today(),
    )


def state_names(language: str) -> dict[str, str]:
    """What each standing of a line is called."""
    return {state: translate(language, name) for state, name in STATES.items()}


def state_key(language: str, *, attested: bool) -> list[tuple[str, str, str]]:
    """What the states mean; without attesting where the municipality does not ask for it."""
    shown = [state for state in STATES if attested or state != "attested"]
    return [
        (
            translate(language, STATES[state]),
            STATE_SHAPES[state],
            translate(language, SENT_ONLY if state == "sent" and not attested else MEANINGS[state]),
        )
        for state in shown
    ]


def line_values(line: LineCard, receipts: Sequence[ReceiptCard]) -> dict[str, Any]:
    """What the form begins with when a line is changed or corrected: each expense on a row of its own."""
    values: dict[str, Any] = {
        "dato": line.worked_on, "fra": line.starts, "til": line.ends, "hva": line.activity, "versjon": line.version,
        "timer": format_decimal(line.hours) if line.starts is None and line.hours else "",
        "km": format_decimal(line.kilometres) if line.kilometres else "",
        "km_til_fra": format_decimal(line.commute_kilometres) if line.commute_kilometres else "",
        "turer": str(line.trips) if line.trips else "", "grunn": line.correction_reason,
    }  # fmt: skip
    rest = line.expenses - sum((one.kroner for one in receipts), Decimal(0))
    for row, one in zip(ROWS, receipts, strict=False):
        values |= {
            f"kr-{row}": format_decimal(one.kroner),
            f"utlegg-{row}": one.what,
            f"bilag-{row}": str(one.id),
            f"bilde-vist-{row}": "ja" if one.pictured else "",
        }
    if rest > 0 and len(receipts) < len(ROWS):
        values[f"kr-{len(receipts) + 1}"] = format_decimal(rest)
    return values


def receipt_rows(values: Mapping[str, Any]) -> tuple[list[int], list[int]]:
    """(rows to show, rows to fold away): those with something in them, then one to fill in, then a few more."""
    filled = [row for row in ROWS if any(values.get(f"{name}-{row}") for name in ("kr", "utlegg", "bilag"))]
    shown = filled or [ROWS[0]]
    spare = [row for row in ROWS if row not in shown][:SPARE_ROWS]
    return shown, spare


def kept_values(kept: Mapping[int, UUID]) -> dict[str, str]:
    """What a form gets back whose photos were kept although it must be mended."""
    return {f"bilag-{row}": str(receipt) for row, receipt in kept.items()} | {
        f"bilde-vist-{row}": "ja" for row in kept
    }


@dataclass(frozen=True, slots=True)
class LineTexts:
    """A line in words, in the reader's language: when, how far, and what there is to know about it."""

    times: str
    driven: str
    notes: tuple[str, ...] = ()


def line_texts(
    lines: Sequence[LineCard], language: str, corrected: Mapping[UUID, LineCard] | None = None
) -> dict[UUID, LineTexts]:
    """Each line's words. `corrected`: the lines that corrections among them are to stand instead of, where known."""
    return {
        line.id: LineTexts(
            _times(line, language),
            _driven(line, language),
            tuple(
                _notes(line, (corrected or {}).get(line.corrects_id) if line.corrects_id else None, language)
            ),
        )
        for line in lines
    }


def _times(line: LineCard, language: str) -> str:
    if line.starts is None or line.ends is None:
        return ""
    clock = clock_range(line.starts, line.ends, language)
    return translate(language, N_("%(clock)s neste dag"), clock=clock) if line.over_midnight else clock


def _driven(line: LineCard, language: str) -> str:
    parts = []
    if line.kilometres:
        parts.append(translate(language, N_("%(km)s km"), km=format_decimal(line.kilometres)))
    if line.commute_kilometres and line.trips:
        parts.append(
            ntranslate(
                language, N_("%(km)s km til og fra på én tur"), N_("%(km)s km til og fra på %(num)s turer"), line.trips,
                km=format_decimal(line.commute_kilometres),
            )
        )  # fmt: skip
    elif line.commute_kilometres:
        parts.append(
            translate(language, N_("%(km)s km til og fra"), km=format_decimal(line.commute_kilometres))
        )
    return ", ".join(parts)


def _notes(line: LineCard, before: LineCard | None, language: str) -> list[str]:
    said: list[tuple[str, dict[str, Any]]] = []
    if line.state == "returned" and line.return_reason:
        said.append((N_("Sendt tilbake: %(reason)s"), {"reason": line.return_reason}))
    if before is not None:
        said.append(
            (
                N_("Retter %(hours)s fra %(day)s."),
                {"hours": hours_long(before.hours, language), "day": date_long(before.worked_on, language)},
            )
        )
    if line.corrects_id and line.correction_reason:
        said.append((N_("Grunnen til rettingen: %(reason)s"), {"reason": line.correction_reason}))
    if line.attested_how == "not_reached" and line.attested_note:
        said.append((N_("Godkjent uten bekreftelse: %(reason)s"), {"reason": line.attested_note}))
    if line.over_reason:
        said.append((N_("Godkjent ut over vedtaket: %(reason)s"), {"reason": line.over_reason}))
    return [translate(language, message, **params) for message, params in said]
