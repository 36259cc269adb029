"""Values for the slice's templates: tables in plain words, and what a form begins with. Without HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.web.formats import date_long, decimal, money
from tenants.contacts.api import COMPETENCES
from tenants.rates.examples import EXAMPLES
from tenants.rates.forms import Row, head_values, row_values, rows_of
from tenants.rates.queries import TableCard, TermsCard
from tenants.rates.rules import MOST_ROWS, TableFacts
from tenants.rates.tables import RateStep
from tenants.rates.words import COMPONENT_NAMES, ENGAGEMENTS, FORMS, KINDS, RowWords, Say, row_words

STANDINGS = {
    "now": (N_("Gjelder nå"), "ok"),
    "coming": (N_("Kommer"), "info"),
    "draft": (N_("Utkast"), "saved"),
    "over": (N_("Avløst"), "neutral"),
}
SPARE_ROWS = 2
"""Blank rows a form ends with, so that most tables need no button."""
MORE = ("avtale", "alder_fra", "alder_til", "ansiennitet", "kurs", "bruker_fra", "bruker_til", "tak_km", "tak_kroner",
        "tak_kvittering", "tak_turer", "minst_kroner")  # fmt: skip


def sections(steps: Sequence[RateStep], say: Say, lang: str) -> list[tuple[str, str, list[RowWords]]]:
    """(component, heading, rows in words), in the order of COMPONENT_NAMES; the widest row first."""
    found = []
    for component, heading in COMPONENT_NAMES.items():
        held = sorted((step for step in steps if step.component == component), key=lambda step: step.names)
        if held:
            found.append((component, say(heading), [row_words(step, say, lang) for step in held]))
    return found


def hourly(card: TableCard, say: Say, lang: str) -> list[str]:
    """A table's hourly pay in a line each, for the list: "Gruppe: 235,00 kr i timen"."""
    rows = [
        row for component, _, rows in sections(card.steps, say, lang) if component == "hours" for row in rows
    ]
    return [say(N_("%(who)s: %(pays)s"), who=", ".join(row.who), pays=row.pays) for row in rows]


def differences(
    cards: Sequence[TableCard], day: date, say: Say, lang: str
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Services that units pay differently for on a day (B7): (service, [(unit, what an hour pays to begin with)])."""
    held: dict[str, TableCard] = {}
    for card in cards:
        if card.state == "in_force" and card.valid_from <= day:
            held.setdefault(card.unit, card)
    found = []
    for form, name in FORMS.items():
        if form == "any":
            continue
        paid = {unit: _widest(card, form) for unit, card in sorted(held.items())}
        if len({step.rate_ore for step in paid.values() if step is not None}) > 1:
            rows = [
                (unit or say(N_("Hele kommunen")), row_words(step, say, lang).pays)
                for unit, step in paid.items()
                if step is not None
            ]
            found.append((say(name), rows))
    return found


def _widest(card: TableCard, form: str) -> RateStep | None:
    """The hourly row of a service with the fewest conditions."""
    rows = [
        step for step in card.steps
        if step.component == "hours" and step.mode == "rate" and step.form in ("any", form)
    ]  # fmt: skip
    return min(
        rows, key=lambda step: (sum(step.names[1:]), step.form == "any", step.rate_ore or 0), default=None
    )


def form_choices(say: Say) -> dict[str, Any]:
    """The choices of a row."""

    def options(names: dict[str, str] | Any) -> list[tuple[str, str]]:
        return [(value, say(name)) for value, name in names.items()]

    return {
        "kinds": options(KINDS), "forms": options(FORMS), "engagements": options(ENGAGEMENTS),
        "courses": options(COMPETENCES),
    }  # fmt: skip


def form_rows(
    rows: list[Row], errors: Sequence[str] = (), *, spare: int = SPARE_ROWS
) -> list[dict[str, Any]]:
    """What the template needs of each row: its number, and whether its further conditions stand open."""
    found = []
    for number in range(1, min(len(rows) + spare, MOST_ROWS) + 1):
        typed = rows[number - 1] if number <= len(rows) else {}
        wrong = {name.rpartition("-")[0] for name in errors if name.endswith(f"-{number}")}
        filled = any(typed.get(part) not in (None, "", "any") for part in MORE)
        found.append({"number": number, "open": filled or bool(wrong & set(MORE)), "typed": bool(typed)})
    return found


def new_values(start: str, cards: Sequence[TableCard]) -> tuple[dict[str, str], list[Row]]:
    """What a form for a new table begins with: an example, the newest table in force, or nothing but a day."""
    first = (today().replace(day=1) + timedelta(days=31)).replace(day=1)
    example = EXAMPLES.get(start)
    if example is not None:
        facts = TableFacts(first, example.steps, holiday_percent=example.holiday_percent)
        return head_values(facts), rows_of(example.steps)
    newest = next((card for card in cards if card.state == "in_force"), None)
    if start == "siste" and newest is not None:
        return {
            **_head(newest),
            "fra": format_date(max(first, newest.valid_from + timedelta(days=1))),
        }, rows_of(newest.steps)
    return {"fra": format_date(first), "feriepenger_for": "any"}, [
        {"hva": "hours:rate", "form": "any", "avtale": "any"}
    ]


def card_values(card: TableCard) -> tuple[dict[str, str], list[Row]]:
    """A draft as its form begins."""
    return _head(card), rows_of(card.steps)


def _head(card: TableCard) -> dict[str, str]:
    return head_values(
        TableFacts(
            card.valid_from,
            card.steps,
            card.unit,
            card.name,
            Decimal(card.holiday_percent),
            card.holiday_for,
            card.note,
        )
    )


def all_values(head: dict[str, Any], rows: list[Row]) -> dict[str, Any]:
    """Head and rows as one mapping of the form's values."""
    return {**head, **row_values(rows)}


def title_of(card: TableCard, say: Say, lang: str) -> str:
    """What a table is called: its name, or the day it begins."""
    day = date_long(card.valid_from, lang)
    if card.unit:
        return say(N_("Satser fra %(day)s, %(unit)s"), day=day, unit=card.unit)
    return say(N_("Satser fra %(day)s"), day=day)


def tabs(say: Say, base: str, current: str) -> list[tuple[str, str, bool]]:
    """The pages of rates: the tables, what-if, and what the region shares."""
    return [
        (say(label), base + path, name == current)
        for label, path, name in (
            (N_("Tabeller"), "", "liste"),
            (N_("Hva om"), "/hva-om", "hva-om"),
            (N_("Delt i regionen"), "/delt", "delt"),
        )
    ]


def terms_words(one: TermsCard, say: Say, lang: str) -> list[str]:
    """What is agreed for an assignment, in phrases."""

    def kroner(value: Decimal | None) -> str:
        return money(value or Decimal(0), lang=lang)

    found = _expense_words(one, say, kroner)
    match one.kilometres_mode:
        case "rate":
            found.append(say(N_("Kjøring: %(kroner)s per km"), kroner=kroner(one.km_kroner)))
        case "state":
            found.append(say(N_("Kjøring etter statens sats")))
        case "none":
            found.append(say(N_("Kjøring dekkes ikke")))
    if one.cap_km is not None:
        found.append(say(N_("Høyst %(km)s km i måneden"), km=decimal(one.cap_km, lang=lang)))
    if one.cap_km_kroner is not None:
        found.append(say(N_("Høyst %(kroner)s i måneden for kjøring"), kroner=kroner(one.cap_km_kroner)))
    if one.unit:
        found.append(say(N_("Følger satsene til %(unit)s"), unit=one.unit))
    return found or [say(N_("Følger satsene"))]


def _expense_words(one: TermsCard, say: Say, kroner: Callable[[Decimal | None], str]) -> list[str]:
    match one.expense_mode:
        case "per_hour":
            return [say(N_("Utgifter: %(kroner)s per time"), kroner=kroner(one.expense_kroner))]
        case "per_month":
            return [say(N_("Utgifter: %(kroner)s per måned"), kroner=kroner(one.expense_kroner))]
        case "receipts" if one.expense_cap is not None:
            most = kroner(one.expense_cap)
            return [say(N_("Utgifter mot kvittering, høyst %(kroner)s i måneden"), kroner=most)]
        case "receipts":
            return [say(N_("Utgifter mot kvittering"))]
        case "none":
            return [say(N_("Utgifter dekkes ikke"))]
        case _:
            return []
