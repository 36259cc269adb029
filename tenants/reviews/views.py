"""What the slice's pages and its printed minutes say, put together from its reads. No HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sammen.clock import today
from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Table
from sammen.documents.pdf import WORDS, Document, Sender
from sammen.i18n_mark import N_
from sammen.web.formats import date_long, date_short
from sammen.web.i18n import translate
from tenants.cases.api import FORM_NAMES, STATES
from tenants.quality.api import RULES
from tenants.reviews.forms import MINUTES
from tenants.reviews.queries import ActionCard, ItemCard, ReviewCard

KINDS = {
    "action": N_("Ikke gjort siden sist"),
    "application": N_("Nye søknader"),
    "no_contact": N_("Vedtak uten støttekontakt"),
    "evaluation": N_("Evalueringer"),
    "expiring": N_("Vedtak som går ut"),
    "deviation": N_("Avvik"),
}
DUE = {
    "action": N_("Frist %(day)s"),
    "application": N_("Vedtak innen %(day)s"),
    "no_contact": N_("I gang innen %(day)s"),
    "evaluation": N_("Evaluering innen %(day)s"),
    "expiring": N_("Går ut %(day)s"),
    "deviation": N_("Lukkes innen %(day)s"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """An item as the page shows it: its title, more about it, where it leads, its day in words, and its field."""

    item: ItemCard
    title: str
    more: str
    url: str
    due: str
    field: str


def _title(item: ItemCard, language: str) -> str:
    if item.kind == "action":
        return item.action_what or ""
    if item.kind == "deviation":
        return translate(language, RULES[item.rule]) if item.rule in RULES else item.title or ""
    return item.name


def _more(item: ItemCard, language: str) -> str:
    parts: list[str] = []
    if item.kind == "action" and item.action_owner:
        parts.append(item.action_owner)
    if item.kind in ("action", "deviation") and item.name:
        parts.append(item.name)
    elif item.kind not in ("action", "deviation") and item.age is not None:
        parts.append(translate(language, N_("%(years)s år"), years=item.age))
    if item.case_no:
        parts.append(item.case_no)
    if item.form in FORM_NAMES:
        parts.append(translate(language, FORM_NAMES[item.form]))
    elif item.kind == "application" and item.case_state in STATES:
        parts.append(translate(language, STATES[item.case_state]))
    return " · ".join(parts)


def _url(item: ItemCard, base: str) -> str:
    if item.kind == "no_contact":
        return f"{base}/bestillinger/{item.object_id}"
    if item.kind == "deviation":
        return f"{base}/avvik/{item.object_id}"
    if item.kind == "action":
        return f"{base}/statusmoter/{item.action_review}#oppgaver"
    return f"{base}/saker/{item.case_id}"


def line(item: ItemCard, base: str, language: str) -> Line:
    """One item as the page shows it."""
    due = (
        translate(language, DUE[item.kind], day=date_long(item.due_on, language))
        if item.due_on is not None
        else ""
    )
    return Line(
        item, _title(item, language), _more(item, language), _url(item, base), due, f"{MINUTES}{item.id}"
    )


def groups(items: Sequence[ItemCard], base: str, language: str) -> list[tuple[str, str, list[Line]]]:
    """The agenda by kind: (code, name, lines). Items come in the agenda's order already."""
    return [
        (kind, translate(language, KINDS[kind]), [line(item, base, language) for item in members])
        for kind, members in groupby(items, key=lambda item: item.kind)
    ]


def first_values(card: ReviewCard, items: Sequence[ItemCard]) -> dict[str, str]:
    """What the minutes begin with."""
    return {
        "dato": date_short(card.meets_on),
        "til_stede": card.participants,
        "annet": card.notes,
        "versjon": str(card.version),
        **{f"{MINUTES}{item.id}": item.minutes for item in items},
    }


def point_options(items: Sequence[ItemCard], language: str) -> list[tuple[str, str]]:
    """Items as the options of a choice: what kind, and whose or what."""
    return [
        (str(item.id), f"{translate(language, KINDS[item.kind])}: {_title(item, language)}") for item in items
    ]


def document(
    card: ReviewCard, items: Sequence[ItemCard], actions: Sequence[ActionCard], *, municipality: str, language: str
) -> Document:  # fmt: skip
    """The minutes as a report, as the reader may see them: what is hidden from them is not in their copy."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    blocks: list[Block] = [
        Facts(
            [
                (say(N_("Dato")), date_long(card.meets_on, language)),
                (say(N_("Til stede")), card.participants),
                (say(N_("Ser på det som er nytt siden")), date_long(card.since, language)),
            ]
        )
    ]
    if not card.held:
        blocks.append(Paragraph(say(N_("Møtet er ikke avsluttet. Dette er sakslista slik den er nå."))))
    for _kind, name, lines in groups(items, "", language):
        blocks.append(Heading(name))
        for one in lines:
            blocks.append(Heading(one.title, 2))
            told = ". ".join(part for part in (one.more, one.due) if part)
            if told:
                blocks.append(Paragraph(told))
            if one.item.minutes:
                blocks.append(Paragraph(one.item.minutes))
    if card.notes:
        blocks += [Heading(say(N_("Annet fra møtet"))), Paragraph(card.notes)]
    if actions:
        heads = (say(N_("Hva")), say(N_("Hvem")), say(N_("Frist")), say(N_("Gjort")))
        rows = [
            (f"{one.what} ({one.case_no})" if one.case_no else one.what, one.owner_name, date_short(one.due_on, language),
             date_short(one.done_on, language) if one.done_on else "")
            for one in actions
        ]  # fmt: skip
        blocks += [Heading(say(N_("Oppgaver"))), Table(heads, rows, widths=(5, 3, 2, 2))]
    title = say(N_("Statusmøte %(day)s"), day=date_long(card.meets_on, language))
    return Document(
        kind="report", language=language, title=title, date=today(), sender=Sender(municipality), blocks=blocks,
        exempt=say(N_("Unntatt offentlighet, offl. § 13")), about=title,
        words={name: say(word) for name, word in WORDS.items()},
    )  # fmt: skip
