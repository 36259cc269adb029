"""`python -m reporting.method`: write docs/data/, one page for each measure, from the definitions the pages show."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from reporting.definitions import ALL, Definition

FOLDER: Final = Path(__file__).resolve().parents[1] / "docs" / "data"
_UNITS: Final = {
    "count": "personer",
    "hours": "timer",
    "kroner": "kroner, uten desimaler",
    "rate": "per 1 000 innbyggere, én desimal",
}


def method_page(measure: Definition) -> str:
    """The measure's page in docs/data/, as Markdown in Bokmål: the very words of "Slik er tallene laget"."""
    steps = "\n".join(f"- {step}" for step in measure.computed)
    return (
        f"# {measure.name} (`{measure.id}`)\n\n"
        f"{measure.definition}\n\n"
        f"**Enhet:** {_UNITS[measure.unit]}.\n\n"
        f"**Slik regner vi**\n\n{steps}\n\n"
        f"**Hvor tallene kommer fra:** {measure.source}\n\n"
        f"**Når tallet er skjult:** {measure.hidden}\n"
    )


def write_all(folder: Path = FOLDER) -> list[Path]:
    """Write every page into `folder` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for measure in ALL.values():
        path = folder / f"{measure.id}.md"
        path.write_text(method_page(measure), encoding="utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    write_all()
