"""Values for settlement's pages and files: words, sums in kroner, what waits for whom. No HTTP, no database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sammen.i18n_mark import N_
from sammen.web.formats import decimal, hours_long, money, month_year
from sammen.web.i18n import translate
from shared_pool.settlement.books import AgreementCard, StatementCard
from shared_pool.settlement.reckoning import Line, in_force, month_off

Say = Callable[..., str]
NO_SUM = "–"
"""Stands where a sum cannot be reckoned yet."""
KINDS: Mapping[str, str] = {
    "hours": N_("Timer"),
    "recruited": N_("Rekruttering, én gang"),
    "trained": N_("Kurs før utlånet, én gang"),
    "seats": N_("Plass på kurs"),
    "places": N_("Plass i gruppe"),
}
PERIOD_NAMES: Mapping[str, str] = {"1": N_("Hver måned"), "3": N_("Hvert kvartal"), "6": N_("Hvert halvår")}
AGREEMENT_STATES: Mapping[str, tuple[str, str]] = {
    "proposed": (N_("Foreslått"), "half"),
    "coming": (N_("Kommer"), "info"),
    "now": (N_("Gjelder nå"), "ok"),
    "over": (N_("Over"), "neutral"),
    "declined": (N_("Avslått"), "neutral"),
    "withdrawn": (N_("Trukket"), "neutral"),
}
WAITS: Mapping[str, tuple[str, str]] = {
    "agree": (N_("Mangler avtale"), "danger"),
    "check": (N_("Venter på kontroll hos dere"), "warning"),
    "accept": (N_("Venter på godkjenning hos dere"), "warning"),
    "other": (N_("Venter på den andre kommunen"), "half"),
    "locked": (N_("Låst"), "ok"),
}
ACTS: Mapping[str, str] = {
    "checked": N_("%(place)s kontrollerte tallene"),
    "accepted": N_("%(place)s godkjente"),
    "disagreed": N_("%(place)s var uenig"),
}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line in words. `note`: what it corrects, or that nothing is agreed."""

    what: str
    who: str
    month: str
    count: str
    price: str
    amount: str
    note: str


def kroner_of(ore: int) -> Decimal:
    """Øre as kroner."""
    return Decimal(ore) / 100


def kroner(ore: int, language: str) -> str:
    """Øre as kroner in words, with two decimals."""
    return money(kroner_of(ore), 2, language)


def period_text(first: date, last: date, language: str) -> str:
    """A month's name, the calendar's quarter or half-year, or from–to."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months == 1:
        return month_year(first, language)
    if months == 3 and first.month % 3 == 1:
        return translate(
            language, N_("%(number)s. kvartal %(year)s"), number=(first.month + 2) // 3, year=first.year
        )
    if months == 6 and first.month % 6 == 1:
        return translate(
            language, N_("%(number)s. halvår %(year)s"), number=(first.month + 5) // 6, year=first.year
        )
    return f"{month_year(first, language)}–{month_year(last, language)}"


def waits(card: StatementCard, ours: UUID) -> str:
    """What a statement waits for, seen from one side: a key of WAITS."""
    standing = card.standing
    if card.locked:
        return "locked"
    if ours in standing.accepted:
        return "other"
    if card.unagreed:
        return "agree"
    return "accept" if ours in standing.checked else "check"


def state_of(card: AgreementCard, among: Sequence[AgreementCard], on: date) -> str:
    """How an agreement stands on a day: a key of AGREEMENT_STATES. `among`: all between the two, since a newer one takes
    over by itself.
    """
    if card.state != "accepted":
        return card.state
    if card.valid_from > on:
        return "coming"
    held = current(among, on)
    return "now" if held is not None and held.id == card.id else "over"


def count_text(line: Line, language: str) -> str:
    """Quantity with its unit."""
    if line.key.kind == "hours":
        return hours_long(line.quantity, language)
    return decimal(line.quantity, None, language)


def shown_line(line: Line, language: str) -> ShownLine:
    """A line as a row of a table. What has no price yet is not shown as worth nothing."""
    note = ""
    if line.corrects is not None:
        note = translate(language, N_("Rettelse av oppgjør %(number)s"), number=line.corrects)
    elif line.agreement is None:
        note = translate(language, N_("Uten avtale"))
    sums = (kroner(line.price_ore, language), kroner(line.amount_ore, language))
    if line.agreement is None and not line.amount_ore:
        sums = (NO_SUM, NO_SUM)
    return ShownLine(
        translate(language, KINDS[line.key.kind]), line.name, month_year(line.key.month, language),
        count_text(line, language), *sums, note,
    )  # fmt: skip


def lines_owed_by(card: StatementCard, debtor: UUID) -> list[Line]:
    """The lines of what one of the two owes."""
    return [line for line in card.lines if line.key.debtor == debtor]


def owed_text(card: StatementCard, debtor: UUID, language: str) -> str:
    """What one of the two owes, or a dash while a line of it has no price."""
    if any(line.key.debtor == debtor for line in card.unagreed):
        return NO_SUM
    return kroner(card.owed_by(debtor), language)


def net_text(card: StatementCard, ours: UUID, us: str, them: str, language: str) -> str:
    """Who is to pay whom how much, in a sentence: the same from both sides. Nothing is said while a price is lacking."""
    if card.unagreed:
        return translate(language, N_("Beløpet er ikke klart. Det mangler en avtale om prisen."))
    net = card.net(ours)
    if net == 0:
        return translate(language, N_("Ingen skal betale noe: beløpene går opp i hverandre."))
    payer, payee = (us, them) if net > 0 else (them, us)
    return translate(
        language, N_("%(payer)s betaler %(payee)s %(sum)s."), payer=payer, payee=payee, sum=kroner(abs(net), language)
    )  # fmt: skip


def net_short(card: StatementCard, ours: UUID, language: str) -> str:
    """What one's own municipality pays or gets, for a list."""
    if card.unagreed:
        return translate(language, N_("Ikke klart"))
    net = card.net(ours)
    if net == 0:
        return kroner(0, language)
    message = N_("Vi betaler %(sum)s") if net > 0 else N_("Vi får %(sum)s")
    return translate(language, message, sum=kroner(abs(net), language))


def prices_of(card: AgreementCard, language: str, held: AgreementCard | None = None) -> list[tuple[str, str]]:
    """The prices of an agreement with what each is for; beside a proposed one that is another, what it is in `held`."""

    def line(message: str, price: str) -> tuple[str, str]:
        ore: int = getattr(card, price)
        told = kroner(ore, language)
        if held is not None and getattr(held, price) != ore:
            now = kroner(getattr(held, price), language)
            told = translate(language, N_("%(price)s, i dag %(now)s"), price=told, now=now)
        return translate(language, message), told

    return [
        line(N_("For hver godkjent time"), "hour_ore"),
        line(N_("For rekruttering, én gang per lånt støttekontakt"), "recruiting_ore"),
        line(N_("For kurs før utlånet, én gang per lånt støttekontakt"), "course_ore"),
        line(N_("For hver plass på kurs den andre holder"), "seat_ore"),
        line(N_("For hver plass i gruppe hos den andre, per måned"), "place_ore"),
    ]


def lasting(card: AgreementCard, language: str) -> str:
    """From when to when an agreement holds."""
    since = month_year(card.valid_from, language)
    if card.valid_to is None:
        return translate(language, N_("Fra %(since)s til den sies opp"), since=since)
    until = month_year(card.valid_to, language)
    return translate(language, N_("Fra %(since)s til og med %(until)s"), since=since, until=until)


def month_options(first: int, last: int, on: date, language: str) -> list[tuple[str, str]]:
    """Months around a day's, so many before (below 0) to so many after, for a choice: ("2026-11", its name)."""
    months = [month_off(on, by) for by in range(first, last + 1)]
    return [(f"{one:%Y-%m}", month_year(one, language)) for one in months]


def begins_with(card: AgreementCard | None) -> dict[str, Any]:
    """What a new agreement's form begins with: the prices of another, or nothing."""
    if card is None:
        return {"oppgjor": "3"}
    said = {
        "time": card.hour_ore, "rekruttering": card.recruiting_ore, "kurs": card.course_ore,
        "kursplass": card.seat_ore, "gruppeplass": card.place_ore,
    }  # fmt: skip
    return {
        "oppgjor": str(card.period_months),
        **{name: f"{kroner_of(ore):.2f}".replace(".", ",") for name, ore in said.items()},
    }


def lacks_from(lines: Sequence[Line]) -> date | None:
    """The first month that something is owed for without an agreement."""
    return min((line.key.month for line in lines if line.agreement is None), default=None)


def current(cards: Sequence[AgreementCard], on: date) -> AgreementCard | None:
    """The agreement in force between two municipalities on a day."""
    accepted = [one for one in cards if one.state == "accepted"]
    found = in_force([one.prices for one in accepted], month_off(on, 0))
    return next((one for one in accepted if found is not None and one.id == found.id), None)
