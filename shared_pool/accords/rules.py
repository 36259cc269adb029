"""What an agreement is, when it holds, and what a signature is set on. No database."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sammen.errors import BadInput
from sammen.i18n_mark import N_

KINDS: Final[dict[str, str]] = {
    "arrangement": N_("Ordning om felles behandlingsansvar"),
    "cooperation": N_("Samarbeidsavtale"),
    "host": N_("Vertskommuneavtale"),
}
GROUNDS: Final[dict[str, str]] = {
    "arrangement": N_("Personvernforordningen artikkel 26"),
    "cooperation": N_("Kommuneloven kapittel 17 til 19"),
    "host": N_("Kommuneloven kapittel 20"),
}
"""The law each is made under."""
OPENS: Final = "arrangement"
"""The kind that the gate asks for. The others are kept and signed here, and open nothing."""
LONGEST_YEARS: Final = 5
"""An arrangement is looked at again at least this often; ours, no law's."""
SOON_DAYS: Final = 60
"""Days before the last one that a renewal is asked for."""
MOST_BYTES: Final = 3 * 1024 * 1024
_ACTIVE: Final = (b"/JavaScript", b"/JS ", b"/Launch", b"/EmbeddedFile", b"/Encrypt")


@dataclass(frozen=True, slots=True)
class AccordFacts:
    """An agreement as it is registered. `document` is a PDF or None."""

    kind: str
    title: str
    contact_point: str
    valid_from: date
    valid_to: date
    document: bytes | None


def check_pdf(content: bytes, *, field: str) -> bytes:
    """The file when it is a PDF that only shows text. By what is in it, whatever it is called. Raises BadInput."""
    if len(content) > MOST_BYTES:
        raise BadInput(field, N_("Fila er for stor. Den kan være på høyst 3 megabyte."))
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-1024:]:
        raise BadInput(field, N_("Fila er ikke en PDF. Lagre avtalen som PDF og velg den på nytt."))
    if any(word in content for word in _ACTIVE):
        raise BadInput(
            field, N_("PDF-en har passord, vedlegg eller kode. Skriv den ut til en ny PDF og velg den.")
        )
    return content


def last_allowed(first: date) -> date:
    """The last day an agreement that begins on `first` may hold: five years, less a day."""
    try:
        return first.replace(year=first.year + LONGEST_YEARS) - timedelta(days=1)
    except ValueError:  # 29 February
        return first.replace(year=first.year + LONGEST_YEARS, day=28)


def digest_of(facts: AccordFacts, content: str) -> bytes:
    """SHA-256 over everything a signature is set on, each part with its length before it."""
    found = hashlib.sha256()
    parts = [
        facts.kind, facts.title, facts.contact_point, facts.valid_from.isoformat(), facts.valid_to.isoformat(), content,
    ]  # fmt: skip
    for part in [*(one.encode() for one in parts), facts.document or b""]:
        found.update(len(part).to_bytes(8, "big") + part)
    return found.digest()


def standing(
    valid_from: date,
    valid_to: date,
    signed_on: date | None,
    ended_on: date | None,
    *,
    withdrawn: bool,
    day: date,
) -> str:
    """Where one municipality's copy stands on a day: withdrawn, waits, coming, now, soon (goes out), or over.

    >>> standing(date(2026, 1, 1), date(2026, 12, 31), date(2026, 1, 1), None, withdrawn=False, day=date(2026, 3, 1))
    'now'
    """
    last = min(valid_to, ended_on or valid_to)
    if withdrawn:
        return "withdrawn"
    if last < day:
        return "over"
    if signed_on is None:
        return "waits"
    if valid_from > day:
        return "coming"
    return "soon" if (last - day).days <= SOON_DAYS else "now"
