"""What other slices may use of newsletters: a person's yes or no, and hearing of one made here."""

from __future__ import annotations

from shared_pool.newsletters.subscribers import choose, on_choice

__all__ = ["choose", "on_choice"]
