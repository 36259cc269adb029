"""A service letter on paper, for who has no login: one sheet each, with an address only where it may stand (E5)."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from uuid import UUID

from sammen.clock import OSLO
from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.blocks import Paragraph
from sammen.documents.pdf import WORDS, Document, Sender, render_pdf
from sammen.i18n_mark import N_
from sammen.web.formats import date_long
from sammen.web.i18n import translate
from sammen.web.office import office_lines
from shared_pool.newsletters.content import paragraphs_of
from shared_pool.newsletters.models import ServiceLetter
from tenants.api import PersonCard, person_card


async def letter_pdf(uow: UnitOfWork, letter: ServiceLetter, person_ids: Sequence[UUID]) -> bytes:
    """The letter to these people, one after the other, each on a sheet of its own."""
    cards = [await person_card(uow, one) for one in person_ids]
    place, lines = uow.context.place_name, office_lines(uow.context.settings)
    files = [await render_pdf(document(letter, card, place, lines)) for card in cards]
    return files[0] if len(files) == 1 else await asyncio.to_thread(_merged, files)


def document(letter: ServiceLetter, card: PersonCard, place: str, office: Sequence[str] = ()) -> Document:
    """One person's letter. A protected address is written on the envelope by hand, and stands in no file. `office`: the
    municipality's own address and telephone.
    """
    language = letter.language
    town = f"{card.postcode} {card.place}".strip()
    lines = [] if card.protected else [line for line in (card.street, town) if line]
    day = (letter.sent_at or letter.created_at).astimezone(OSLO).date()
    return Document(
        kind="letter", language=language, title=letter.title, date=day,
        sender=Sender(translate(language, N_("%(place)s kommune"), place=place),
                      translate(language, N_("Støttekontakttjenesten")), list(office)),
        blocks=[Paragraph("\n\n".join(paragraphs_of(letter.words)))], recipient=[card.name, *lines],
        facts=[(translate(language, N_("Dato")), date_long(day, language))], signature=[letter.sent_by_name],
        approved=translate(language, N_("Brevet er godkjent elektronisk og har derfor ingen underskrift.")),
        about=letter.title, words={word: translate(language, text) for word, text in WORDS.items()},
    )  # fmt: skip


def _merged(files: Sequence[bytes]) -> bytes:
    """For a printer that prints on both sides: two people's letters are never on one sheet."""
    import pikepdf  # loaded where files are joined, so that the web process stays small

    with pikepdf.new() as whole:
        for content in files:
            with pikepdf.open(io.BytesIO(content)) as one:
                whole.pages.extend(one.pages)
                if len(one.pages) % 2:
                    left, bottom, right, top = (float(value) for value in one.pages[0].mediabox)
                    whole.add_blank_page(page_size=(right - left, top - bottom))
        made = io.BytesIO()
        whole.save(made, deterministic_id=True)
        return made.getvalue()
