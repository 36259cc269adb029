"""How much of a stranger's table we take in, and the error for what we do not."""

from __future__ import annotations

from sammen.errors import SammenError

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 5_000
MAX_COLUMNS = 100
MAX_CELL = 5_000
# The header is looked for this far down; lists have a few title lines, not a page of them.
MAX_HEADER_ROW = 50


class UnreadableTable(SammenError):
    """A file that cannot be taken in at all. The sentence says what it is and what to do."""
