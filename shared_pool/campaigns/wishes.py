"""What somebody says yes to in the public form, each its own: in codes, without who they are (GDPR art. 4 no. 11, 7)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.web.forms import Reader

MONTHS: Final[Mapping[str, str]] = {"3": N_("3 måneder"), "6": N_("6 måneder"), "12": N_("12 måneder")}
"""How long somebody may say yes at a time; asked again after a year at the most (C2)."""
USES: Final = ("pool", "substitute", "group", "newsletter")


@dataclass(frozen=True, slots=True)
class PublicWishes:
    """`municipalities` are those whose needs one may be proposed for; `until` is the last day of the first three."""

    pool: bool = False
    municipalities: tuple[UUID, ...] = ()
    until: date | None = None
    substitute: bool = False
    group: bool = False
    newsletter: bool = False

    def to_json(self) -> str:
        """As the database keeps it."""
        return json.dumps({
            "pool": self.pool, "municipalities": [str(one) for one in self.municipalities],
            "until": self.until.isoformat() if self.until else None, "substitute": self.substitute, "group": self.group,
            "newsletter": self.newsletter,
        }, sort_keys=True)  # fmt: skip

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> PublicWishes:
        """What `to_json` wrote, read as JSON."""
        until = kept.get("until")
        return cls(
            bool(kept.get("pool")), tuple(UUID(one) for one in kept.get("municipalities", ())),
            date.fromisoformat(until) if until else None, bool(kept.get("substitute")), bool(kept.get("group")),
            bool(kept.get("newsletter")),
        )  # fmt: skip

    @property
    def used(self) -> list[str]:
        """The uses said yes to."""
        return [use for use in USES if getattr(self, use)]


def read_wishes(reader: Reader, places: Sequence[UUID]) -> PublicWishes:
    """The ticks of a form; errors go to the reader. None of them is ticked before somebody does it."""
    pool = reader.form.text("ja_bank") == "ja"
    chosen = tuple(place for place in places if str(place) in set(reader.form.all("kommuner")))
    substitute, group = reader.form.text("ja_vikar") == "ja", reader.form.text("ja_gruppe") == "ja"
    if pool and not chosen:
        reader.fail("kommuner", N_("Velg minst én kommune, eller ta bort krysset for banken."))
    until = None
    if pool or substitute or group:
        months = reader.choice("varighet", MONTHS, required=N_("Velg hvor lenge vi kan spørre deg."))
        until = months_from_today(int(months)) if months else None
    return PublicWishes(
        pool, chosen if pool else (), until, substitute, group, reader.form.text("ja_nyheter") == "ja"
    )


def months_from_today(months: int) -> date:
    """The same day so many months on, or the last one of that month."""
    first, day = today(), today().day
    index = first.year * 12 + first.month - 1 + months
    while True:
        try:
            return date(index // 12, index % 12 + 1, day)
        except ValueError:
            day -= 1
