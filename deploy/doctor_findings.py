"""What an examination finds, and how bad it is."""

from __future__ import annotations

from dataclasses import dataclass

OK, WARNING, FAULT = 0, 1, 2
SHAPES = ("OK      ", "ADVARSEL", "FEIL    ")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `state` is 0 well, 1 worth a look, 2 wrong; `act` what to do about it."""

    state: int
    what: str
    said: str
    act: str = ""

    def text(self) -> str:
        """A line, or two, for the operator."""
        line = f"{SHAPES[self.state]}  {self.what}: {self.said}"
        return f"{line}\n          Gjør dette: {self.act}" if self.act and self.state else line

    def plain(self) -> dict[str, str]:
        """For JSON."""
        return {
            "state": ("ok", "warning", "fault")[self.state],
            "what": self.what,
            "said": self.said,
            "do": self.act,
        }


def graded(value: float, limits: tuple[float, float]) -> int:
    """How bad a value is that should be small: under the first limit, between them, or over."""
    return FAULT if value >= limits[1] else WARNING if value >= limits[0] else OK
