"""What the municipality's archive says of a document: its place in the journal, and the receipt for its transfer."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from msgspec import Meta, Struct

from sammen.errors import NotFound
from sammen.machine.operations import Answer, Call, Text80
from sammen.machine.problems import Fault, Problem
from tenants.retention.api import MarkFacts, mark_document

KINDS: Final = ("letter", "agreement_file", "status_review", "incoming_form")
FIELDS: Final = {
    "journal": "/journal_reference",
    "journalfort": "/journalled_on",
    "kvittering": "/archive_receipt",
    "arkivert": "/archived_on",
}


class JournalIn(Struct, forbid_unknown_fields=True, frozen=True):
    """Hvor dokumentet står i journalen, og arkivets kvittering når den er kommet."""

    journalled_on: date
    journal_reference: Annotated[
        str, Meta(min_length=1, max_length=80, pattern=r"^[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")
    ]
    archived_on: date | None = None
    archive_receipt: Text80 = ""


class JournalOut(Struct, frozen=True):
    """Det som er notert."""

    kind: str
    document: UUID
    journalled_on: date
    journal_reference: str
    archived_on: date | None
    archive_receipt: str


async def note_journal(call: Call) -> Answer:
    """Note a document's place in the journal. Raises NotFound for what is no document here, Invalid for days that do not
    fit.
    """
    sent = call.body
    assert isinstance(sent, JournalIn)
    kind, document = call.text("document_kind"), call.id("document_id")
    if kind not in KINDS:
        raise NotFound
    if min(sent.journalled_on, sent.archived_on or sent.journalled_on) < date(2000, 1, 1):
        raise Problem(
            422, "Noe i innholdet må rettes.", [Fault("Dagen er for lenge siden.", pointer="/journalled_on")]
        )
    facts = MarkFacts(
        sent.journalled_on, sent.journal_reference.strip(), sent.archived_on, sent.archive_receipt.strip()
    )
    await mark_document(call.uow, kind, document, facts, how="interchange")
    return _noted(call, sent)


async def noted_again(call: Call, location: str) -> Answer:
    """What was noted: the body that was sent, since the same key means the same body."""
    assert isinstance(call.body, JournalIn)
    return _noted(call, call.body)


def _noted(call: Call, sent: JournalIn) -> Answer:
    return Answer(
        JournalOut(
            call.text("document_kind"), call.id("document_id"), sent.journalled_on, sent.journal_reference.strip(),
            sent.archived_on, sent.archive_receipt.strip(),
        )
    )  # fmt: skip
