"""Lines of the log and of findings as pages and paper show them. Without HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sammen.clock import today
from sammen.documents.blocks import Block, Facts, Paragraph, Table
from sammen.documents.pdf import WORDS, Document, Sender
from sammen.i18n_mark import N_
from sammen.policy.roles import ROLE_NAMES, Role
from sammen.web.formats import date_long, moment
from sammen.web.i18n import translate
from tenants.oversight.findings import EntryLine, FindingCard
from tenants.oversight.log import LogEntry, Wanted
from tenants.oversight.words import CATEGORIES, FILTERS, LIST, OBJECTS, RULES, SENTENCES, WHY

READ = {
    "read": N_("Leste %(what)s"),
    "change": N_("Endret %(what)s"),
    "refusal": N_("Prøvde å åpne %(what)s, og ble nektet"),
}
ANYTHING = N_("opplysninger")
EMERGENCY = N_("I nødstilfelle")
CODE = re.compile(r"[a-z_]*(\.[a-z_]+)*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a person's log. `emergency`: what was said of why, "" when it was no emergency. `vague`: `what` says no more
    than that something was read, so that `why` tells it alone.
    """

    at: datetime
    who: str
    role: str
    what: str
    why: str
    tag: str
    shape: str
    emergency: str
    vague: bool = False


def role_names(codes: Sequence[str], say: Callable[..., str]) -> str:
    """What the roles are called, in the reader's language."""
    return ", ".join(say(ROLE_NAMES[Role(code)]) for code in codes if code in ROLE_NAMES)


def log_line(entry: LogEntry, place: str, say: Callable[..., str]) -> Line:
    """An entry in plain words. Who works in the municipality is told by name and role, or by role alone."""
    tag, shape = CATEGORIES[entry.category]
    kind = OBJECTS.get(entry.object_kind, LIST if entry.persons > 1 else ANYTHING)
    role = role_names(entry.roles, say)
    somebody = say(N_("En som arbeider i %(place)s kommune"), place=place)
    itself, by_itself = say(N_("Sammen, av seg selv")), not role and entry.category == "change"
    opened = entry.action == "emergency.opened" or bool(entry.reason)
    return Line(
        at=entry.at,
        who=say(N_("Du")) if entry.oneself else entry.actor or (itself if by_itself else somebody),
        role=role,
        what=say(READ[entry.category], what=say(kind)),
        # What a job does by itself is logged with its name, which tells nobody anything.
        why="" if CODE.fullmatch(entry.why) else say(entry.why),
        tag=say(EMERGENCY) if opened else say(tag),
        shape="danger" if opened else shape,
        emergency=entry.reason,
        vague=kind is ANYTHING and entry.category == "read",
    )  # fmt: skip


def log_document(
    lines: Sequence[Line], wanted: Wanted, *, about: str, place: str, language: str, more: bool
) -> Document:
    """The log on paper. `about`: whom it is about, as the reader may know them. `more`: there were more than fit."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    blocks: list[Block] = [
        Paragraph(say(N_("Her står hvem i %(place)s kommune som har lest eller endret noe om deg, når og hvorfor. "
                         "Forsøk som ble nektet, er med. Lurer du på noe, spør kommunen."), place=place)),
        Facts([
            (say(N_("Gjelder")), about),
            (say(N_("Fra og med")), date_long(wanted.first, language) if wanted.first else ""),
            (say(N_("Til og med")), date_long(wanted.last, language) if wanted.last else ""),
            (say(N_("Hva som er med")), say(FILTERS[wanted.kind])),
        ]),
    ]  # fmt: skip
    if lines:
        heads = [say(N_("Når")), say(N_("Hvem")), say(N_("Hva")), say(N_("Hvorfor"))]
        rows = [
            [moment(one.at, language), "\n".join(filter(None, (one.who, one.role))), one.what,
             "\n".join(filter(None, (one.why, f"{say(EMERGENCY)}: {one.emergency}" if one.emergency else "")))]
            for one in lines
        ]  # fmt: skip
        blocks.append(Table(heads, rows, (3, 4, 4, 5)))
    else:
        blocks.append(Paragraph(say(N_("Ingen har lest eller endret noe i denne tida."))))
    if more:
        blocks.append(
            Paragraph(say(N_("Det er flere linjer enn det er plass til her. Be om en kortere periode.")))
        )
    return Document(
        kind="report", language=language, title=say(N_("Hvem har lest om deg")), date=today(),
        sender=Sender(say(N_("%(place)s kommune"), place=place)), blocks=blocks,
        exempt=say(N_("Unntatt offentlighet, offl. § 13")), about=say(N_("Innsynslogg for én person")),
        words={word: say(text) for word, text in WORDS.items()},
    )  # fmt: skip


def finding_texts(card: FindingCard, say: Callable[..., str]) -> dict[str, Any]:
    """A finding's heading, what was seen in numbers, and why anybody looks for it."""
    facts = {
        "count": card.count,
        "own": 0,
        "peers": 0,
        "all": 0,
        "days": 0,
        "minutes": 0,
        "alike": 0,
        **card.facts,
    }
    return {
        "title": say(RULES[card.rule]) if card.rule in RULES else card.rule,
        "sentence": say(SENTENCES[card.rule], **facts) if card.rule in SENTENCES else "",
        "why": say(WHY[card.rule]) if card.rule in WHY else "",
    }  # fmt: skip


def entry_lines(
    lines: Sequence[EntryLine], say: Callable[..., str], log_url: Callable[[UUID], str]
) -> list[dict[str, Any]]:
    """Entries behind a finding or an emergency: when, what and why, and the end of the ids they are about."""
    return [
        {
            "at": one.at, "tag": say(CATEGORIES[one.category][0]), "shape": CATEGORIES[one.category][1],
            "what": say(OBJECTS.get(one.object_kind, LIST if one.count > 1 else ANYTHING)), "code": one.action,
            "why": say(one.why) if one.why else "", "persons": one.count,
            "subjects": [(short(person), log_url(person)) for person in one.persons],
        }
        for one in lines
    ]  # fmt: skip


def short(identity: UUID) -> str:
    """The end of an id, enough to tell two apart on a desk."""
    return identity.hex[-6:].upper()
