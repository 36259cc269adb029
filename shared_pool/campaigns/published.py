"""A published campaign, as anybody may read it: the one form in which all but its region meet it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

_PUBLISHED = "SELECT * FROM sammen.published_campaigns($1)"


@dataclass(frozen=True, slots=True)
class Said:
    """What a campaign says in one language. `body` is plain paragraphs, an empty line between them."""

    title: str
    lede: str = ""
    body: str = ""

    @property
    def paragraphs(self) -> list[str]:
        return [part.strip() for part in self.body.split("\n\n") if part.strip()]


@dataclass(frozen=True, slots=True)
class Published:
    """A campaign that has been opened, whether it is still open or not."""

    id: UUID
    region_id: UUID
    region_name: str
    slug: str
    is_open: bool
    opens_on: date
    closes_on: date
    municipalities: tuple[UUID, ...]
    texts: Mapping[str, Mapping[str, str]]

    def said(self, language: str) -> Said:
        """What it says in the language, or in Bokmål where that is left empty."""
        return said_in(self.texts, language)


def said_in(texts: Mapping[str, Mapping[str, str]], language: str) -> Said:
    """A campaign's text in the language; each part that is empty there is Bokmål's."""
    own, main = texts.get(language, {}), texts.get("nb", {})
    whole = own.get("title", "") != ""
    return Said(**{name: str((own if whole else main).get(name, "")) for name in ("title", "lede", "body")})


async def read_published(raw: asyncpg.Connection[asyncpg.Record] | Any, region: str) -> Sequence[Published]:
    """A region's published campaigns by its slug, the newest first."""
    return [
        Published(**{**dict(row), "municipalities": tuple(row["municipalities"])})
        for row in await raw.fetch(_PUBLISHED, region)
    ]
