"""The log's entries as sentences, and as the rows of a spreadsheet. No HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sammen.clock import OSLO
from sammen.documents.tables_out import Cell, write_xlsx
from sammen.i18n_mark import N_
from shared_pool.matching.api import ProposalCard, proposal_view
from shared_pool.recruitment.api import Say
from shared_pool.runs.log import Entry

GONE = N_("Er ikke i banken lenger")
LEFT = N_("En som har sluttet")
HEADER = (
    N_("Behov"), N_("Kandidat"), N_("Hjemme i"), N_("Poeng"), N_("Hvorfor"), N_("Grunnen som ble skrevet"),
    N_("Foreslått av"), N_("Foreslått"), N_("Kommunen sa ja"), N_("Brukeren sa ja"), N_("Kandidaten sa ja"),
    N_("Navn vist"), N_("Slutt"), N_("Status"), N_("Hva som skjedde"),
)  # fmt: skip


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(OSLO).date() if moment is not None else None


def log_row(
    entry: Entry, say: Say, language: str, *, homes: Mapping[UUID, str], colleagues: Mapping[UUID, str]
) -> dict[str, Any]:
    """One entry in the reader's language. `homes` and `colleagues`: names by id."""
    card, shown = entry.card, entry.in_pool
    view = proposal_view(card, say, language)
    return {
        "id": card.id,
        "need": str(card.need_card.get("code", "")),
        "candidate": str(card.candidate_card.get("code", "")) if shown else say(GONE),
        "home": homes.get(card.home_id, "") if shown else "",
        "score": card.score if shown else None,
        "reasons": view["reasons"] if shown else [],
        "note": card.proposer_note if shown else "",
        "by": colleagues.get(card.proposed_by) or say(LEFT),
        "proposed": _day(card.created_at),
        "steps": [
            (say(label), day)
            for label, at in (
                (N_("Foreslått"), card.created_at),
                (N_("Kommunen sa ja"), card.accepted_at),
                (N_("Brukeren sa ja"), card.user_yes_at),
                (N_("Kandidaten sa ja"), card.candidate_yes_at),
                (N_("Navn vist"), card.matched_at),
                (N_("Slutt"), card.ended_at),
            )
            if (day := _day(at)) is not None
        ],
        "tag": view["tag"],
        # A reason in words may describe who is gone.
        "outcome": view["end_reason"] if shown else "",
    }


def log_file(rows: Sequence[tuple[Entry, dict[str, Any]]], say: Say) -> bytes:
    """The rows as a workbook: what the page shows, no more. Text stays text, whatever it begins with."""

    def cells(card: ProposalCard, row: dict[str, Any]) -> list[Cell]:
        return [
            row["need"], row["candidate"], row["home"], row["score"], " ".join(row["reasons"]), row["note"], row["by"],
            row["proposed"], _day(card.accepted_at), _day(card.user_yes_at), _day(card.candidate_yes_at),
            _day(card.matched_at), _day(card.ended_at), row["tag"][0], row["outcome"],
        ]  # fmt: skip

    return write_xlsx(
        [say(name) for name in HEADER], (cells(entry.card, row) for entry, row in rows), sheet=say(N_("Logg"))
    )
