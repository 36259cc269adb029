"""What the slices above may use of the load: the colour an own contact has let be seen."""

from __future__ import annotations

from shared_pool.load.service import LIGHTS, ShownLight, shown_light
from shared_pool.load.words import shown_words

__all__ = ["LIGHTS", "ShownLight", "shown_light", "shown_words"]
