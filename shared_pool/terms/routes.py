"""The slice's pages: which tables the region shares, and what one's own hours would cost under another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_long, decimal, money
from shared_pool.terms.sharing import own_shares, share_table, shared_tables, withdraw_table
from shared_pool.terms.what_if import FEW, MONTHS, Outcome, compare, hidden_count, other_tables, whole_months
from tenants.api import (
    COMPONENT_NAMES,
    EXAMPLES,
    RATE_FORMS,
    NoRate,
    rate_sections,
    rate_tables,
    rate_tabs,
    rate_title,
    table_card,
    tables_of,
)

SHARED = N_("Satser i regionen")
WHAT_IF = N_("Hva om satsene var andre?")
PERIODS = {
    1: N_("Siste hele måned"), 3: N_("Siste tre måneder"), 6: N_("Siste seks måneder"),
    12: N_("Siste tolv måneder"),
}  # fmt: skip


# Shared in the region -------------------------------------------------------------------------------------------------
@page("/k/{slug:str}/satser/delt", Permission.RATE_WRITE)
async def show_shared(desk: Desk) -> Response[str]:
    """The municipality's own tables, shared or not, and what the others share."""
    uow, say, lang = desk.uow, desk.say, desk.language
    mine = await own_shares(uow)
    own = [
        (card, rate_title(card, say, lang), card.id in mine)
        for card in await tables_of(uow)
        if card.state == "in_force" and card.standing != "over"
    ]
    others = [
        (one, rate_sections(one.table.steps, say, lang))
        for one in await shared_tables(uow)
        if one.posted_by != desk.context.tenant
    ]
    return await desk.render(
        "terms/shared.html", title=say(SHARED), current="/satser", own=own, others=others,
        base=desk.url("/satser"), tabs=rate_tabs(say, desk.url("/satser"), "delt"),
    )  # fmt: skip


@action("/k/{slug:str}/satser/{rate_table_id:uuid}/del", Permission.RATE_WRITE)
async def share(desk: Desk) -> Response[Any]:
    """Share a table, or take it back, by the button that was pressed."""
    card = await table_card(desk.uow, desk.path_uuid("rate_table_id"))
    if desk.form.text("gjor") == "trekk":
        await withdraw_table(desk.uow, card.id)
        return desk.redirect(desk.url("/satser/delt"), flash=N_("Ingen andre ser tabellen lenger."))
    await share_table(desk.uow, card.id)
    return desk.redirect(desk.url("/satser/delt"), flash=N_("Kommunene i regionen kan nå se tabellen."))


# What if --------------------------------------------------------------------------------------------------------------
async def _choices(desk: Desk) -> list[tuple[str, str]]:
    uow, say, lang = desk.uow, desk.say, desk.language
    found = []
    for card in await tables_of(uow):
        if card.standing in ("draft", "coming", "now"):
            name = {
                "draft": say(N_("Eget utkast: %(table)s"), table=rate_title(card, say, lang)),
                "coming": say(N_("Egen, kommer: %(table)s"), table=rate_title(card, say, lang)),
                "now": say(N_("Egen, gjelder nå: %(table)s"), table=rate_title(card, say, lang)),
            }[card.standing]
            found.append((f"egen:{card.id}", name))
    for one in await shared_tables(uow):
        if one.posted_by != desk.context.tenant:
            day = date_long(one.valid_from, lang)
            found.append((f"delt:{one.id}", say(N_("%(place)s fra %(day)s"), place=one.place, day=day)))
    found += [
        (f"eksempel:{code}", say(N_("Eksempel: %(name)s"), name=say(example.name)))
        for code, example in EXAMPLES.items()
        if example.priced
    ]
    return found


@page("/k/{slug:str}/satser/hva-om", Permission.RATE_WRITE)
async def what_if(desk: Desk) -> Response[str]:
    """Choose a table and a time; then what the approved hours cost, and what they would have cost."""
    uow, query = desk.uow, desk.query
    choices = await _choices(desk)
    typed = query.get("maneder", "")
    number = int(typed) if typed in {str(one) for one in MONTHS} else 3
    first, last = whole_months(number)
    chosen = query.get("tabell", "")
    errors: Mapping[str, BadInput] = {}
    shown: dict[str, Any] = {}
    if chosen and chosen in {value for value, _ in choices}:
        others = await other_tables(uow, chosen, await rate_tables(uow))
        try:
            outcome = await compare(uow, others, first, last) if others is not None else None
        except NoRate as gap:
            errors, outcome = {"tabell": next(iter(gap.errors.values()))}, None
        if outcome is not None:
            pays = desk.context.may(Permission.PAYROLL_RUN)
            if outcome.of_few and not pays:
                shown = {"of_few": FEW}
            else:
                shown = _shown(desk, outcome, dict(choices)[chosen])
                if outcome.forms_of_few and not pays:
                    shown["by_form"] = []
            await record_read(uow, "rates.tried", [], why=N_("Prøvde andre satser på kommunens timer"))
    elif chosen:
        errors = {"tabell": BadInput("tabell", N_("Tabellen finnes ikke lenger. Velg en annen."))}
    return await desk.render(
        "terms/what_if.html", title=desk.say(WHAT_IF), current="/satser", errors=errors, choices=choices,
        periods=[(str(value), desk.say(name)) for value, name in PERIODS.items()], first=first, last=last,
        values={"tabell": chosen, "maneder": str(number)}, action=desk.url("/satser/hva-om"),
        tabs=rate_tabs(desk.say, desk.url("/satser"), "hva-om"), **{"outcome": None, "of_few": 0, **shown},
    )  # fmt: skip


def _shown(desk: Desk, outcome: Outcome, name: str) -> dict[str, Any]:
    """The result as the template takes it: kroner, whole sentences, and no number of few people."""
    say, lang = desk.say, desk.language

    def kroner(ore: int) -> str:
        return money(ore / 100, 0, lang=lang)

    def rows(
        names: Mapping[str, str], now: Mapping[str, int], then: Mapping[str, int]
    ) -> list[tuple[str, int, int]]:
        return [
            (say(names[key]), now.get(key, 0), then.get(key, 0))
            for key in names
            if now.get(key) or then.get(key)
        ]

    difference = outcome.difference
    size = kroner(abs(difference))
    if difference > 0:
        finding = say(N_("Timene ville ha kostet %(kroner)s mer"), kroner=size)
    elif difference < 0:
        finding = say(N_("Timene ville ha kostet %(kroner)s mindre"), kroner=size)
    else:
        finding = say(N_("Timene ville ha kostet det samme"))
    counted = {
        key: hidden_count(number)
        for key, number in (("more", outcome.more), ("less", outcome.less), ("same", outcome.same))
    }
    return {
        "outcome": outcome, "finding": finding, "table_name": name, "counted": counted,
        "by_component": rows(COMPONENT_NAMES, outcome.now, outcome.then),
        "by_form": rows(RATE_FORMS, outcome.now_by_form, outcome.then_by_form),
        "bars": [
            (say(N_("Deres")), outcome.now.total() // 100, _short(outcome.now.total(), say, lang)),
            (say(N_("Andre")), outcome.then.total() // 100, _short(outcome.then.total(), say, lang)),
        ],
    }  # fmt: skip


def _short(ore: int, say: Callable[..., str], lang: str) -> str:
    """Kroner beside a bar, where there is room for little."""
    if ore >= 1_000_000_00:
        return say(N_("%(millions)s mill."), millions=decimal(ore / 1_000_000_00, 1, lang=lang))
    return decimal(ore // 100, 0, lang=lang)


HANDLERS = [show_shared, share, what_if]
