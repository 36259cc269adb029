"""The mapping report that the 12k mandate asks for (points A and B of its activities; D1, D2), written from the figures.

Each part answers one point of the mandate: sentences made by rule (sentences.py), tables, and the charts of the reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from reporting.measures.api import DEFINITIONS
from reporting.papers.building import Maker
from reporting.papers.content import Block, Line, Numbers, Paper, Points, Section, Text
from reporting.papers.endnotes import included, method
from reporting.papers.following import follows
from reporting.papers.schemes import Groups, answered_by, scheme_blocks
from reporting.papers.sentences import paragraph, spread, whole
from reporting.releases.api import offered
from reporting.reports.api import (
    REPORTS,
    NoSuchDivision,
    Quantity,
    Report,
    narrowed,
    parts_of,
    quantity,
    reported_text,
)
from sammen.i18n_mark import N_
from sammen.web.formats import date_long, lower_first, upper_first

NAME: Final = N_("Kartlegging av støttekontaktordningen")
CHILDREN: Final = "0-17"
BY_AGE: Final = Report(
    "kart-alder", "contacts", N_("Støttekontaktenes alder"), N_("Hvor gamle er støttekontaktene?"), ("contacts",),
    "shares", by="contact_age",
)  # fmt: skip
BY_TENURE: Final = Report(
    "kart-tid", "contacts", N_("Hvor lenge støttekontaktene har vært der"), N_("Hvor lenge blir støttekontaktene?"),
    ("contacts",), "shares", by="tenure",
)  # fmt: skip
MANDATE: Final = N_(
    "Rapporten følger kartleggingen i mandatet for prosjektet «Støttekontakter», som styret i 12-kommunesamarbeidet i Vestfold"
    " godkjente 17. desember 2009 (sak 43/09). Punkt A spør hvor mye kommunene bruker, hvor mange under 18 år som har"
    " støttekontakt, hvem støttekontaktene er, og hvilke ordninger som finnes. Punkt B utvider med lønn, felles driftskonsept"
    " og brukerundersøkelser."
)
BY_RULE: Final = N_(
    "Setningene i rapporten er laget av tallene etter faste regler. De sier det de publiserte tallene sier, og ikke mer."
)
NOT_SPLIT: Final = N_(
    "Publiseringen har ingen tabell som deler brukerne under 18 år etter tjeneste. Tallene under gjelder derfor brukere i alle"
    " aldre."
)
MAY_CHOOSE: Final = N_("Prosjektlederen kan ta med en slik tabell neste gang tallene publiseres.")
NOT_DIVIDED: Final = N_("Publiseringen har ingen tabell med dette: %(name)s.")
UNDER_18: Final = N_("brukere under 18 år")
PER_1000: Final = N_("brukere under 18 år for hver 1 000 innbyggere under 18 år")
BY_FORM: Final = (
    ("services", "form", N_("Brukere under 18 år i hver tjeneste")),
    ("new_decisions", "user_form", N_("Nye vedtak for barn og unge under 18 år")),
    ("hours", "form", N_("Timer til barn og unge under 18 år")),
)
"""What can tell how many under 18 are in a group or alone: measure, its dimension of forms, and the table's caption."""
_WANTED: Final = [(measure, {dimension, "age"}) for measure, dimension, _caption in BY_FORM]
TWICE: Final = N_("En bruker som har både støttekontakt og gruppe, står i begge.")
PERIOD: Final = N_("Tallene gjelder %(period)s. De er ikke regnet om til et helt år.")
POINTS: Final = (
    (N_("A: Hvor mye brukes på støttekontaktordningen i de ulike kommunene"), N_("Hva kommunene bruker")),
    (N_("A: Hvor mange under 18 år har støttekontakt, i gruppe eller alene"), N_("Barn og unge under 18 år")),
    (N_("A: Hvor mange støttekontakter er det, alder og hvor lenge de har jobbet"), N_("Støttekontaktene")),
    (N_("A: Hvilke ordninger finnes i de forskjellige kommunene"), N_("Ordningene")),
    (N_("B: Avlønning"), N_("Lønn")),
    (N_("B: Felles driftskonsept på alt eller deler av ordningen"), N_("Felles driftskonsept")),
    (N_("B: Brukerundersøkelser"), N_("Hva brukerne sier")),
    (N_("C og D: Økonomisk gevinst av felles, koordinerte og like ordninger"), N_("Står ikke her: se «Hva om …» i Sammen")),
)  # fmt: skip


def survey_paper(maker: Maker, groups: Groups, day: date, region: str) -> Paper:
    """The whole report. `groups`: the matrix of schemes on `day`."""
    say = maker.say
    parts = [
        _cost(maker), _children(maker), _contacts(maker),
        Section("ordninger", say(N_("Ordningene")), scheme_blocks(maker, groups, day)),
        _pay(maker), _together(maker, groups), _voices(maker, groups),
    ]  # fmt: skip
    return Paper(
        kicker=say(N_("Kartleggingsrapport")), title=say(NAME),
        lede=reported_text(maker.board, maker.lang),
        cover=[
            (say(N_("Samarbeid")), region), (say(N_("Tallene gjelder")), upper_first(maker.period)),
            (say(N_("Svarene om ordninger gjelder")), date_long(day, maker.lang)),
        ],
        sections=[
            Section("kort", say(N_("Kort fortalt")), [Points(_short(maker, groups))]),
            Section("om", say(N_("Om rapporten")), [
                Text(say(MANDATE)), Text(f"{say(BY_RULE)} {say(PERIOD, period=maker.period)}"), _mandate(maker),
            ]),
            *parts,
            Section("folger", say(N_("Hva som følger av tallene")), [Points(follows(maker, groups))]),
            included(maker), method(maker),
        ],
        about=say(N_("Kartleggingsrapport for %(region)s, %(period)s"), region=region, period=maker.period),
    )  # fmt: skip


def _short(maker: Maker, groups: Groups) -> list[str]:
    """The first sentence of each point of the mandate."""
    children = narrowed(quantity("users"), {"age": CHILDREN})
    found = [
        whole(maker, quantity("cost"), N_("Kommunene brukte til sammen %(value)s.")),
        whole(maker, children, N_("%(value)s barn og unge under 18 år hadde tilbud."), name=UNDER_18),
        whole(
            maker, quantity("contacts"), N_("Kommunene hadde %(value)s støttekontakter da perioden sluttet.")
        ),
    ]
    return [*found, *answered_by(maker, groups)]


def _mandate(maker: Maker) -> Numbers:
    """Where each point of the mandate is answered."""
    heads = (maker.say(N_("Punkt i mandatet")), maker.say(N_("Hvor det står")))
    lines = []
    for point, where in POINTS:
        said = (maker.say(where),)
        lines.append(Line(maker.say(point), said, said))
    return Numbers(maker.say(N_("Mandatets punkter")), heads, tuple(lines), words=True)


def _reports(maker: Maker, *wanted: Report) -> list[Block]:
    return [chart for report in wanted for chart in maker.chart(report)]


def _cost(maker: Maker) -> Section:
    """A: what is spent in each municipality."""
    say = maker.say
    figures = [quantity(name) for name in ("cost", "cost_per_user", "cost_per_hour", "cost_per_inhabitant")]
    per_user, per_hour = figures[1], figures[2]
    blocks: list[Block] = [
        Text(whole(maker, figures[0], N_("Kommunene brukte til sammen %(value)s."))),
        Text(paragraph(
            whole(maker, per_user, N_("Hver bruker kostet i snitt %(value)s i perioden.")), spread(maker, per_user),
        )),
        Text(paragraph(whole(maker, per_hour, N_("En time kostet i snitt %(value)s.")), spread(maker, per_hour))),
        *maker.numbers(say(N_("Kostnad i kroner")), figures),
        *_reports(maker, REPORTS["kostnad-per-innbygger"], REPORTS["kostnad-etter-slag"]),
    ]  # fmt: skip
    return Section("kostnad", say(N_("Hva kommunene bruker")), blocks)


def _children(maker: Maker) -> Section:
    """A: how many under 18, in a group or alone."""
    say = maker.say
    children = narrowed(quantity("users"), {"age": CHILDREN})
    share = narrowed(quantity("users_per_1000"), {"age": CHILDREN})
    blocks: list[Block] = [
        Text(paragraph(
            whole(maker, children, N_("%(value)s barn og unge under 18 år hadde tilbud i perioden."), name=UNDER_18),
            whole(maker, share, N_("Det er %(value)s for hver 1 000 innbyggere under 18 år."), name=PER_1000),
            spread(maker, share),
        )),
        *maker.numbers(
            say(N_("Brukere under 18 år")), [children, share],
            [say(N_("Brukere under 18 år")), say(N_("Per 1 000 innbyggere under 18 år"))],
        ),
        *_reports(maker, REPORTS["barn-og-unge"]),
    ]  # fmt: skip
    split = [
        table
        for measure, dimension, caption in BY_FORM
        for table in _by_form(maker, measure, dimension, caption)
    ]
    if split:
        return Section("barn", say(N_("Barn og unge under 18 år")), [*blocks, *split])
    everybody = parts_of(quantity("services"), "form")
    may = [one for one in offered(DEFINITIONS.values()) if (one.measure, {*one.by}) in _WANTED]
    blocks.append(Text(paragraph(say(NOT_SPLIT), say(MAY_CHOOSE) if may else "", say(TWICE))))
    blocks += maker.numbers(
        say(N_("Brukere i hver tjeneste, alle aldre")), [one for _code, _name, one in everybody],
        [say(name) for _code, name, _one in everybody],
    )  # fmt: skip
    blocks += _reports(maker, REPORTS["individuelt-eller-gruppe"])
    return Section("barn", say(N_("Barn og unge under 18 år")), blocks)


def _by_form(maker: Maker, measure: str, dimension: str, caption: str) -> list[Numbers]:
    """A measure of those under 18, divided by what they get; none when the release has no such table."""
    one = quantity(measure)
    known = next((d for d in one.dimensions if d.id == dimension), None)
    if known is None:
        return []
    try:
        parts = [narrowed(one, {dimension: code, "age": CHILDREN}) for code, _name in known.codes]
    except NoSuchDivision:
        return []
    return maker.numbers(maker.say(caption), _unlike(parts), [maker.say(name) for _code, name in known.codes])


def _unlike(parts: Sequence[Quantity]) -> list[Quantity]:
    """Parts of one figure with ids of their own, so that they can stand in one frame."""
    return [replace(part, id=f"{part.id}@{number}") for number, part in enumerate(parts)]


def _contacts(maker: Maker) -> Section:
    """A: how many contacts, their age, and how long they have been there."""
    say = maker.say
    contacts = quantity("contacts")
    blocks: list[Block] = [
        Text(paragraph(
            whole(maker, contacts, N_("Kommunene hadde %(value)s støttekontakter da perioden sluttet.")),
            spread(maker, contacts),
        )),
        *maker.numbers(
            say(N_("Støttekontakter")),
            [contacts, quantity("contacts_began"), quantity("contacts_left"), quantity("turnover")],
        ),
    ]  # fmt: skip
    for dimension, caption, report in (
        ("contact_age", N_("Støttekontakter etter alder"), BY_AGE),
        ("tenure", N_("Støttekontakter etter hvor lenge de har vært der"), BY_TENURE),
    ):
        parts = parts_of(contacts, dimension)
        table = maker.numbers(
            say(caption), [one for _code, _name, one in parts], [say(name) for _code, name, _one in parts]
        )
        blocks += [*table, *_reports(maker, report)] or [_not_there(maker, caption)]
    return Section("stottekontakter", say(N_("Støttekontaktene")), blocks)


def _not_there(maker: Maker, caption: str) -> Text:
    """That the release lacks a table which the project manager can choose."""
    return Text(
        paragraph(maker.say(NOT_DIVIDED, name=lower_first(maker.say(caption))), maker.say(MAY_CHOOSE))
    )


def _pay(maker: Maker) -> Section:
    """B: what contacts are paid."""
    say = maker.say
    per_hour = quantity("pay_per_hour")
    forms = [narrowed(per_hour, {"form": code}) for code in ("individual", "group")]
    blocks: list[Block] = [
        Text(paragraph(
            whole(maker, per_hour, N_("Lønna for en time var i snitt %(value)s.")), spread(maker, per_hour)
        )),
        *maker.numbers(
            say(N_("Lønn per time i kroner")), _unlike([per_hour, *forms]),
            [say(N_("Alle tjenester")), say(N_("Individuell støttekontakt")), say(N_("Aktivitetsgruppe"))],
        ),
        *_reports(maker, REPORTS["lonn"]),
    ]  # fmt: skip
    return Section("lonn", say(N_("Lønn")), blocks)


def _together(maker: Maker, groups: Groups) -> Section:
    """B: whether municipalities share a concept of operation."""
    blocks: list[Block] = [Text(paragraph(answered_by(maker, groups, only=("operating-concept",))))]
    blocks.append(Text(paragraph(answered_by(maker, groups, only=("joint-groups", "joint-recruiting")))))
    return Section("drift", maker.say(N_("Felles driftskonsept")), blocks)


def _voices(maker: Maker, groups: Groups) -> Section:
    """B: whether users are asked, and what they answer."""
    say = maker.say
    figures = [quantity(name) for name in ("voices_like", "voices_safe", "goal_reached_share")]
    blocks: list[Block] = [
        Text(paragraph(answered_by(maker, groups, only=("user-surveys", "yearly-evaluation")))),
        Text(paragraph(
            whole(maker, figures[0], N_("I aktivitetsgruppene svarer %(value)s at de har det fint der.")),
            whole(maker, figures[2], N_("I %(value)s av evalueringene er målet nådd helt eller delvis.")),
        )),
        *maker.numbers(say(N_("Hva brukerne svarer, i prosent")), figures),
    ]  # fmt: skip
    return Section("brukerne", say(N_("Hva brukerne sier")), blocks)
