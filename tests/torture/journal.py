"""What was sent, what was answered, and how an effect is known again: the journal that the database is held against."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Entry:
    """One form, sent until it was answered. `mark` is how its effect is found; `unknown` is how often nobody answered."""

    kind: str
    mark: str
    acknowledged: bool = False
    refused: int = 0
    unknown: int = 0
    location: str = ""


@dataclass(slots=True)
class Journal:
    """Everything the clients did, and what they found odd while they did it."""

    entries: list[Entry] = field(default_factory=list)
    requests: int = 0
    repeated: int = 0
    """Forms sent once more after they had been acknowledged."""
    statuses: Counter[int] = field(default_factory=Counter)
    odd: list[str] = field(default_factory=list)

    def open(self, kind: str, mark: str) -> Entry:
        """A new form."""
        entry = Entry(kind, mark)
        self.entries.append(entry)
        return entry

    def of(self, kind: str) -> list[Entry]:
        """The forms of one kind."""
        return [entry for entry in self.entries if entry.kind == kind]

    def compare(self, kind: str, there: Counter[str]) -> list[str]:
        """What is wrong with the effects of one kind, found in the database by their marks: lost, doubled, or nobody's."""
        wrong = []
        for entry in self.of(kind):
            found = there.pop(entry.mark, 0)
            if entry.acknowledged and found == 0:
                wrong.append(f"lost: {kind} {entry.mark}")
            elif found > 1:
                wrong.append(f"doubled: {kind} {entry.mark} ({found})")
            elif found and entry.refused and not entry.acknowledged:
                wrong.append(f"refused, and there: {kind} {entry.mark}")
        return wrong + [f"nobody's: {kind} {mark}" for mark in there]

    def resolved(self, kind: str, there: Counter[str]) -> tuple[int, int]:
        """(there, not there) of the forms that were given up without any answer."""
        open_ = [entry for entry in self.of(kind) if not entry.acknowledged and not entry.refused]
        done = sum(1 for entry in open_ if there.get(entry.mark))
        return done, len(open_) - done
