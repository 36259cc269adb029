"""A statement as a file: a tagged PDF on the municipality's own letterhead, and a workbook. The same lines, the same sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from sammen.clock import OSLO, today
from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Points, Table
from sammen.documents.pdf import WORDS, Document, Sender
from sammen.documents.tables_out import Cell, write_xlsx
from sammen.i18n_mark import N_
from sammen.web.formats import date_long
from sammen.web.i18n import translate
from shared_pool.settlement.books import Act, StatementCard
from shared_pool.settlement.views import (
    ACTS,
    KINDS,
    kroner_of,
    lines_owed_by,
    net_text,
    owed_text,
    period_text,
    shown_line,
)

OWES = N_("%(debtor)s skylder %(creditor)s")
Say = Callable[..., str]
KOSTRA_BUYS, KOSTRA_REFUNDED, KOSTRA_FUNCTION = "350", "750", "234"
"""KOSTRA's arts for buying from, and being refunded by, another municipality, and the function of activating services."""


def title_of(card: StatementCard, others: str, say: Say, language: str) -> str:
    """What the statement is called, seen from one of the two."""
    period = period_text(card.first, card.last, language)
    if card.number is None:
        return say(N_("Oppgjør med %(place)s for %(period)s"), place=others, period=period)
    return say(
        N_("Oppgjør %(number)s med %(place)s for %(period)s"), number=card.number, place=others, period=period
    )


def statement_pdf(card: StatementCard, ours: UUID, names: Mapping[UUID, str], language: str) -> Document:
    """The statement as one side files it."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    them = card.pair.other(ours)
    us_name, their_name = names[ours], names[them]
    title = title_of(card, their_name, say, language)
    blocks: list[Block] = []
    if not card.locked:
        blocks.append(Paragraph(say(N_("Utkast. Tallene kan endre seg til begge kommunene har godkjent."))))
    blocks += [
        Facts([
            (say(N_("Mellom")), f"{us_name} – {their_name}"),
            (say(N_("Periode")), period_text(card.first, card.last, language)),
            (say(N_("Nummer")), str(card.number or "")),
            (say(N_("Låst")), date_long(card.locked_at.astimezone(OSLO).date(), language) if card.locked_at else ""),
            (say(OWES, debtor=us_name, creditor=their_name), owed_text(card, ours, language)),
            (say(OWES, debtor=their_name, creditor=us_name), owed_text(card, them, language)),
        ]),
        Paragraph(net_text(card, ours, us_name, their_name, language)),
        *_direction(card, ours, us_name, their_name, say, language),
        *_direction(card, them, their_name, us_name, say, language),
        Heading(say(N_("Føring"))),
        Paragraph(_accounting(card, ours, say)),
    ]  # fmt: skip
    if card.acts:
        done = [act_text(one, names, say, language) for one in card.acts]
        blocks += [Heading(say(N_("Hvem har gjort hva"))), Points(done)]
    return Document(
        kind="report", language=language, title=title, date=today(),
        sender=Sender(say(N_("%(place)s kommune"), place=us_name)), blocks=blocks, about=title,
        words={word: say(text) for word, text in WORDS.items()},
    )  # fmt: skip


def _direction(
    card: StatementCard, debtor: UUID, debtor_name: str, creditor_name: str, say: Say, language: str
) -> list[Block]:
    lines = lines_owed_by(card, debtor)
    heading = Heading(say(N_("%(debtor)s skylder %(creditor)s"), debtor=debtor_name, creditor=creditor_name))
    if not lines:
        return [heading, Paragraph(say(N_("Ingenting i denne perioden.")))]
    heads = [N_("Måned"), N_("Hva"), N_("Antall"), N_("Pris"), N_("Beløp")]
    rows = []
    for line in lines:
        shown = shown_line(line, language)
        what = " · ".join(part for part in (shown.what, shown.who, shown.note) if part)
        rows.append((shown.month, what, shown.count, shown.price, shown.amount))
    rows.append((say(N_("Sum")), "", "", "", owed_text(card, debtor, language)))
    return [heading, Table([say(head) for head in heads], rows, widths=(4, 7, 3, 3, 3))]


def _accounting(card: StatementCard, ours: UUID, say: Say) -> str:
    if card.unagreed:
        return say(N_("Hvordan det føres, står her når kommunene har en avtale."))
    if card.net(ours) == 0:
        return say(N_("Nettobeløpet er 0 kr, så ingenting skal betales."))
    if card.net(ours) > 0:
        return say(
            N_("Utgiften føres på art %(art)s (kjøp fra kommuner), funksjon %(function)s, om ikke kommunen har egne koder."),
            art=KOSTRA_BUYS, function=KOSTRA_FUNCTION,
        )  # fmt: skip
    return say(
        N_("Inntekten føres på art %(art)s (refusjon fra kommuner), funksjon %(function)s, om ikke kommunen har egne koder."),
        art=KOSTRA_REFUNDED, function=KOSTRA_FUNCTION,
    )  # fmt: skip


def act_text(one: Act, names: Mapping[UUID, str], say: Say, language: str) -> str:
    """A step in a sentence: which municipality did what, who and when."""
    did = say(ACTS[one.kind], place=names.get(one.by_id, ""))
    day = date_long(one.done_at.astimezone(OSLO).date(), language)
    told = say(N_("%(did)s %(day)s. Utført av %(who)s."), did=did, day=day, who=one.user_name)
    return f"{told} «{one.words}»" if one.words else told


def statement_xlsx(card: StatementCard, names: Mapping[UUID, str], language: str) -> bytes:
    """The lines as a workbook, with the three sums last: the same file for both sides. Amounts are kroner."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    header = [
        N_("Skylder"), N_("Har til gode"), N_("Måned"), N_("Hva"), N_("Støttekontakt"), N_("Antall"), N_("Pris"),
        N_("Beløp"), N_("Retter oppgjør"), N_("Merknad"),
    ]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            names[line.key.debtor], names[line.key.creditor], line.key.month, say(KINDS[line.key.kind]), line.name,
            line.quantity, kroner_of(line.price_ore), kroner_of(line.amount_ore), line.corrects,
            say(N_("Uten avtale")) if line.agreement is None else "",
        ]
        for line in card.lines
    ]  # fmt: skip
    a, b = card.pair.a, card.pair.b
    for debtor, creditor, what, ore in (
        (a, b, N_("Sum"), card.owed_by(a)),
        (b, a, N_("Sum"), card.owed_by(b)),
        (*((a, b) if card.net(a) >= 0 else (b, a)), N_("Å betale"), abs(card.net(a))),
    ):
        sums: list[Cell] = [None] * len(header)
        sums[0], sums[1], sums[3], sums[7] = names[debtor], names[creditor], say(what), kroner_of(ore)
        rows.append(sums)
    return write_xlsx([say(name) for name in header], rows, sheet=say(N_("Oppgjør")))


def file_name(card: StatementCard, kind: str) -> str:
    """Such as oppgjor-2026-07-2026-09.xlsx: no name of anybody."""
    number = f"{card.number}-" if card.number else ""
    return f"oppgjor-{number}{card.first:%Y-%m}-{card.last:%Y-%m}.{kind}"
