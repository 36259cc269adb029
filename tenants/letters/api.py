"""What other slices may use of letters: writing them, reading the log, legal texts, and channels to send them by."""

from __future__ import annotations

from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Points, Quote, Table
from tenants.letters.channels import Channel, channel_name, register_channel
from tenants.letters.dispatch import (
    SentLetter,
    cancel_letter,
    cancel_ready_about,
    cancel_ready_in,
    mark_sent,
    on_sent,
    settle_sent,
)
from tenants.letters.interim import OverdueInterim, draft_interims, overdue_interims
from tenants.letters.models import LETTER_KINDS
from tenants.letters.queries import LetterCard, letter, letter_card, letters_about, letters_of
from tenants.letters.texts import governor, legal_text
from tenants.letters.writing import Compose, LetterBody, write_letters

__all__ = [
    "LETTER_KINDS",
    "Block",
    "Channel",
    "Compose",
    "Facts",
    "Heading",
    "LetterBody",
    "LetterCard",
    "OverdueInterim",
    "Paragraph",
    "Points",
    "Quote",
    "SentLetter",
    "Table",
    "cancel_letter",
    "cancel_ready_about",
    "cancel_ready_in",
    "channel_name",
    "draft_interims",
    "governor",
    "legal_text",
    "letter",
    "letter_card",
    "letters_about",
    "letters_of",
    "mark_sent",
    "on_sent",
    "overdue_interims",
    "register_channel",
    "settle_sent",
    "write_letters",
]
