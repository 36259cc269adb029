"""Values for payroll's pages and receipts: words, sums in kroner, documents. No HTTP, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sammen.clock import today
from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Table
from sammen.documents.pdf import WORDS, Document, Sender
from sammen.i18n_mark import N_
from sammen.web.formats import date_long, date_short, decimal, hours_long, money, month_year
from sammen.web.i18n import translate
from tenants.payroll.models import COMPONENTS
from tenants.payroll.own import OwnItem, OwnRun
from tenants.payroll.queries import ItemCard, NoticeCard, PaidContact, RunCard
from tenants.payroll.rules import (
    COMPONENT_NAMES,
    KIND_NAMES,
    LEFT_OUT,
    NOTICE_NAMES,
    UNIT_NAMES,
    Difference,
    why,
)
from tenants.provision.api import PayPeriod

STATES: Mapping[str, tuple[str, str]] = {
    "computing": (N_("Beregnes"), "half"),
    "ready": (N_("Klar til å lukkes"), "info"),
    "closed": (N_("Lukket"), "ok"),
}
CHANGES: Mapping[str, tuple[str, str]] = {
    "new": (N_("Ny"), "info"),
    "gone": (N_("Får ikke lønn nå"), "warning"),
    "up": (N_("Mye mer enn sist"), "warning"),
    "down": (N_("Mye mindre enn sist"), "warning"),
}
MEND: Mapping[str, str] = {
    "no_number": N_("Legg inn ansattnummeret, og beregn på nytt. Til da venter timene."),
    "no_rate": N_("Legg inn satsen under Satser, og beregn på nytt. Til da venter timene."),
    "no_agreement": N_("Timene er med. Be koordinatoren ordne avtalen."),
    "not_attested": N_("Timene er med. Koordinatoren godkjente dem uten bekreftelse."),
    "over_decision": N_("Timene er med. Koordinatoren godkjente dem."),
    "lowered": N_("Ingenting er trukket. Trekk i lønn må avtales (arbeidsmiljøloven § 14-15)."),
}


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item in words. `count` is quantity with its unit, "" for a sum."""

    on: date
    what: str
    count: str
    rate: str
    amount: str
    note: str
    who: str
    code: str
    account: str


def kroner_of(ore: int) -> Decimal:
    """Øre as kroner."""
    return Decimal(ore) / 100


def period_text(first: date, last: date, language: str) -> str:
    """A month's name for a calendar month, else from–to."""
    if first.day == 1:
        return month_year(first, language)
    return f"{date_short(first, language)}–{date_short(last, language)}"


def periods(from_day: int, on: date) -> list[PayPeriod]:
    """The periods one may run: this one and the twelve before, the one that ended last first."""
    found = [PayPeriod.of(on, from_day).before]
    for _ in range(11):
        found.append(found[-1].before)
    return [*found, PayPeriod.of(on, from_day)]


def component_rows(card: RunCard, language: str) -> list[tuple[str, str]]:
    """(component with its quantity, kroner in words) of a run, in a fixed order."""
    known: Mapping[str, Sequence[Any]] = card.summary.get("components", {})

    def said(name: str) -> str:
        count = _count(name, Decimal(known[name][0]), language)
        return ", ".join(part for part in (translate(language, COMPONENT_NAMES[name]), count) if part)

    return [
        (
            said(name),
            money(kroner_of(known[name][1]), 2, language),
        )
        for name in COMPONENTS
        if name in known
    ]


def function_rows(card: RunCard, language: str) -> list[tuple[str, str]]:
    """(KOSTRA function, kroner in words) of a run."""
    known: Mapping[str, int] = card.summary.get("functions", {})
    return [(name, money(kroner_of(known[name]), 2, language)) for name in sorted(known)]


def kind_rows(card: RunCard, language: str) -> list[tuple[str, str]]:
    """(what, kroner in words) of what a run takes back, adjusts and pays in arrears."""
    known: Mapping[str, int] = card.summary.get("kinds", {})
    return [
        (translate(language, KIND_NAMES[kind]), money(kroner_of(known[kind]), 2, language))
        for kind in sorted(known)
    ]


def notice_counts(card: RunCard, language: str) -> list[tuple[str, int, bool]]:
    """(what, how many lines, whether they are left out) of a run, without people."""
    known: Mapping[str, int] = card.summary.get("notices", {})
    return [
        (translate(language, NOTICE_NAMES[kind]), known[kind], kind in LEFT_OUT)
        for kind in NOTICE_NAMES
        if kind in known
    ]


def notice_groups(
    found: Sequence[NoticeCard], language: str
) -> list[tuple[str, str, bool, list[NoticeCard]]]:
    """(what, what to do, whether they are left out, whose) by kind; what is left out stands first."""
    return [
        (
            translate(language, NOTICE_NAMES[kind]), translate(language, MEND[kind]), kind in LEFT_OUT,
            [one for one in found if one.kind == kind],
        )
        for kind in NOTICE_NAMES
        if any(one.kind == kind for one in found)
    ]  # fmt: skip


def change_text(difference: Difference, language: str) -> str:
    """How a contact's sum stands to the period before, in words."""
    percent = difference.percent
    before = money(Decimal(difference.before_ore) / 100, 2, language)
    if difference.change == "new":
        return translate(language, N_("Fikk ikke lønn for perioden før."))
    if difference.change == "gone":
        return translate(language, N_("Fikk %(before)s for perioden før."), before=before)
    if difference.change and percent is not None:
        up = N_("%(percent)s %% mer enn perioden før, som var %(before)s.")
        down = N_("%(percent)s %% mindre enn perioden før, som var %(before)s.")
        return translate(language, up if percent > 0 else down, percent=abs(percent), before=before)
    return ""


def filtered(found: Sequence[PaidContact], shown: str) -> list[PaidContact]:
    """Those of a run ("alle"), or those who differ much from the period before ("ulike")."""
    if shown == "ulike":
        return [one for one in found if one.difference.change]
    return [one for one in found if one.in_run]


def _count(component: str, quantity: Decimal, language: str) -> str:
    if component not in UNIT_NAMES:
        return ""
    if component == "hours":
        return hours_long(quantity, language)
    unit = translate(language, UNIT_NAMES[component])
    return f"{decimal(quantity, None, language)} {unit}"


def shown_item(one: ItemCard, language: str, *, who: str = "") -> ShownItem:
    """An item as a row of a table."""
    # What stopped the amount that is taken back stands on the run that paid it.
    notes = [KIND_NAMES[one.kind], why(one.rule) if one.kind != "reversal" else ""]
    counted = one.component in UNIT_NAMES or one.component == "expense"
    exact = one.quantity * one.rate_ore == one.amount_ore and one.quantity != 1
    return ShownItem(
        one.worked_on, translate(language, COMPONENT_NAMES[one.component]), _count(one.component, one.quantity, language),
        money(one.rate, 2, language) if counted and (exact or one.component in UNIT_NAMES) and one.rate_ore else "",
        money(one.amount, 2, language), ". ".join(translate(language, note).rstrip(".") for note in notes if note), who,
        one.pay_code, one.account,
    )  # fmt: skip


def by_day(items: Sequence[ShownItem]) -> list[tuple[date, str, list[ShownItem]]]:
    """Items by day and whom it was with, in the order given."""
    found: list[tuple[date, str, list[ShownItem]]] = []
    for one in items:
        if not found or found[-1][:2] != (one.on, one.who):
            found.append((one.on, one.who, []))
        found[-1][2].append(one)
    return found


def receipt(
    run: OwnRun, items: Sequence[OwnItem], *, name: str, municipality: str, language: str
) -> Document:
    """The contact's receipt of a run, as a tagged PDF: what was paid, for which day, by which rate, and what was corrected."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    rows = [shown_item(one.item, language, who=one.given_name) for one in items]
    blocks: list[Block] = [
        Facts(
            [
                (say(N_("Navn")), name),
                (say(N_("Periode")), period_text(run.first, run.last, language)),
                (say(N_("Utbetales")), date_long(run.pay_on, language)),
                (say(N_("Timer")), hours_long(run.hours, language)),
                (say(N_("Sum før skatt")), money(run.amount, 2, language)),
            ]
        ),
        Heading(say(N_("Dette får du betalt for"))),
        Table(
            (say(N_("Dag")), say(N_("Hva")), say(N_("Antall")), say(N_("Sats")), say(N_("Beløp"))),
            [
                (
                    date_short(row.on, language),
                    " · ".join(
                        part for part in (row.what, say(N_("Med %(name)s"), name=row.who) if row.who else "", row.note)
                        if part
                    ),
                    row.count, row.rate, row.amount,
                )
                for row in rows
            ],
            widths=(3, 7, 3, 3, 3),
        ),
        Paragraph(say(N_("Skatt og trekk står på lønnsslippen. Er noe galt, så si fra til koordinatoren din."))),
    ]  # fmt: skip
    title = say(N_("Kvittering for %(period)s"), period=period_text(run.first, run.last, language))
    return Document(
        kind="report", language=language, title=title, date=today(), sender=Sender(municipality), blocks=blocks,
        about=title, words={word: say(text) for word, text in WORDS.items()},
    )  # fmt: skip
