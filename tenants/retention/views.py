"""Values for the slice's pages and its receipt: finished texts, without HTTP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Table
from sammen.documents.pdf import WORDS, Document, Sender
from sammen.i18n_mark import N_
from sammen.web.formats import date_long, moment
from sammen.web.i18n import translate
from tenants.retention.kinds import KINDS
from tenants.retention.plan import HINDRANCES
from tenants.retention.queries import RunCard
from tenants.retention.rules import Rule

Say = Callable[..., str]
STATES = {
    "proposed": (N_("Venter på godkjenning"), "warning"),
    "running": (N_("Sletter nå"), "info"),
    "done": (N_("Ferdig"), "ok"),
    "dropped": (N_("Forkastet"), "neutral"),
}
ITEM_STATES = {
    "waiting": (N_("Kan slettes"), "info"),
    "hindered": (N_("Må vente"), "warning"),
    "gone": (N_("Slettet"), "ok"),
}
RULE_STATES = {
    "proposed": (N_("Venter på godkjenning"), "warning"),
    "standing": (N_("Gjelder"), "ok"),
    "refused": (N_("Gjelder ikke"), "neutral"),
}
DOCUMENT_KINDS = {
    "letter": N_("Brev"),
    "agreement_file": N_("Avtale"),
    "status_review": N_("Referat"),
    "incoming_form": N_("Innsendt skjema"),
}
DOCUMENT_STATES = {
    "venter": N_("Ikke journalført"),
    "journalfort": N_("Journalført, mangler kvittering"),
    "arkiv": N_("Kvittert av arkivet"),
}


def length(rule_years: int, months: int, say: Say) -> str:
    """How long, such as "10 år" or "6 måneder"."""
    whole = say(N_("ett år")) if rule_years == 1 else say(N_("%(count)s år"), count=rule_years)
    part = say(N_("én måned")) if months == 1 else say(N_("%(months)s måneder"), months=months)
    if rule_years and months:
        return say(N_("%(years)s og %(months)s"), years=whole, months=part)
    return whole if rule_years else part


def rule_length(rule: Rule, say: Say) -> str:
    """As `length`, of a rule."""
    return length(rule.years, rule.months, say)


def by_kind(items: Sequence[Any]) -> list[tuple[str, dict[str, int], date]]:
    """For each kind of a run's lines: how many in each state, and the oldest event."""
    found: dict[str, tuple[dict[str, int], date]] = {}
    for row in items:
        counts, oldest = found.get(row["kind"], ({}, row["event_on"]))
        counts[row["state"]] = counts.get(row["state"], 0) + 1
        found[row["kind"]] = (counts, min(oldest, row["event_on"]))
    return [(kind, *found[kind]) for kind in KINDS if kind in found]


def code_of(row: Any) -> str:
    """A line's code, by which two people can speak of it: the last six of its own id, never the thing's."""
    return str(row["id"].hex[-6:].upper())


def stops(row: Any, say: Say) -> str:
    """What stands in the way of a line, in words."""
    return ", ".join(say(HINDRANCES.get(code, code)) for code in row["hindrances"])


def certificate(card: RunCard, items: Sequence[Any], *, municipality: str, language: str) -> Document:
    """The receipt of a run that is done: what went by which section, how many rows, and a digest of the digests."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    assert card.finished_at is not None
    gone = [row for row in items if row["state"] == "gone"]
    blocks: list[Block] = [
        Paragraph(
            say(
                N_(
                    "Dette er slettet fra Sammen etter kommunens regler. Kvitteringen sier hvor mye, og etter hvilken"
                    " regel. Den sier ikke hvem det gjaldt."
                )
            )
        ),
        Facts([
            (say(N_("Foreslått")), f"{date_long(card.as_of, language)}. {card.made_by_name or say(N_('Av Sammen selv'))}"),
            (say(N_("Godkjent av")), card.approved_by_name),
            (say(N_("Ferdig")), moment(card.finished_at, language)),
            (say(N_("Måtte vente")), str(card.hindered)),
        ]),
    ]  # fmt: skip
    for kind, _, _ in by_kind(gone):
        rows = [row for row in gone if row["kind"] == kind]
        tables: dict[str, int] = {}
        for row in rows:
            for name, count in row["rows"].items():
                tables[name] = tables.get(name, 0) + int(count)
        blocks += [
            Heading(say(KINDS[kind].name)),
            Facts([(say(N_("Antall")), str(len(rows))), (say(N_("Hjemmel")), rows[0]["basis"])]),
            Table([say(N_("Tabell")), say(N_("Rader"))], [[name, str(n)] for name, n in sorted(tables.items())],
                  (3, 1), numeric=True),
            Table([say(N_("Linje")), say(N_("Avtrykk (SHA-256)"))], [[code_of(row), row["digest"].hex()] for row in rows],
                  (1, 5)),
        ]  # fmt: skip
    if not gone:
        blocks.append(Paragraph(say(N_("Ingenting ble slettet."))))
    return Document(
        kind="report", language=language, title=say(N_("Kvittering for sletting")), date=card.finished_at.date(),
        sender=Sender(municipality), blocks=blocks, reference=str(card.id),
        words={name: say(text) for name, text in WORDS.items()},
    )  # fmt: skip
