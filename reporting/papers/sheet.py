"""A paper as a PDF: PDF/UA and PDF/A, with bookmarks, tagged tables, and pictures that say what they show."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any, Final

from reporting.papers.content import Block, Chart, Facts, Numbers, Paper, Points, Text, Tiles
from reporting.reports.api import alternative, picture
from sammen.documents.pdf import WORDS, render_sheet
from sammen.i18n_mark import N_
from sammen.web.i18n import translate

SHEET: Final = Path(__file__).with_name("paper.typ")
CONTENTS: Final = N_("Innhold")


async def paper_pdf(paper: Paper, day: date, lang: str) -> bytes:
    """The paper on A4. `day` is the file's own date: the same paper and day give the same bytes. Raises PdfError."""
    values = {
        "language": lang, "kicker": paper.kicker, "title": paper.title, "lede": paper.lede, "about": paper.about,
        "cover": [[label, text] for label, text in paper.cover if text], "contents": translate(lang, CONTENTS),
        "page": translate(lang, WORDS["page"]),
        "sections": [
            {"title": part.title, "blocks": [_block(block, lang) for block in part.blocks]} for part in paper.sections
        ],
    }  # fmt: skip
    return await render_sheet(SHEET, values, day)


def _block(block: Block, lang: str) -> dict[str, Any]:
    """A block as the sheet takes it."""
    match block:
        case Text():
            return {"type": "text", "paragraphs": block.paragraphs, "quiet": block.quiet}
        case Points():
            return {"type": "points", "items": list(block.items), "numbered": block.numbered}
        case Facts():
            return {"type": "facts", "rows": [[label, text] for label, text in block.rows if text]}
        case Tiles():
            return {"type": "tiles", "items": [_tile(item) for item in block.items]}
        case Chart():
            view = block.view
            if view.blank:
                blank = [text for text in (view.definition, view.blank) if text]
                return {"type": "blank", "title": view.title, "paragraphs": blank}
            return {
                "type": "chart", "title": view.title, "definition": view.definition, "picture": picture(view, lang),
                "alt": alternative(view, lang),
            }  # fmt: skip
        case Numbers():
            return _table(block)


def _tile(item: Any) -> dict[str, Any]:
    goal, state = item["goal"] or ("", "")
    return {
        "label": item["label"], "value": item["value"], "unit": item["unit"], "compare": list(item["compare"]),
        "goal": goal, "state": state,
    }  # fmt: skip


def _whole(text: str) -> str:
    """Numbers in a head are not broken over two lines."""
    return re.sub(r"(?<=\d) (?=\d{3}\b)", "\u00a0", text)


def _table(block: Numbers) -> dict[str, Any]:
    return {
        "type": "table", "caption": block.caption, "heads": [_whole(head) for head in block.heads], "words": block.words,
        "rows": [
            {
                "name": line.name, "kind": line.kind,
                "cells": [
                    [text, line.subs[at] if line.subs else ""] for at, text in enumerate(line.texts)
                ],
            }
            for line in block.lines
        ],
    }  # fmt: skip
