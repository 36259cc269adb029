"""`python -m reporting.measures.pages`: write docs/data/, a page for each figure, from the words the product shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from reporting.measures.method import Method, by_theme
from reporting.measures.registry import DEFINITIONS

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "data"


def _say(message: str, **params: Any) -> str:
    return message % params if params else message


def method_page(part: Method) -> str:
    """A figure's page as Markdown in Bokmål: the very words of "Slik er tallene laget", and the tables it is read from."""
    lines = [f"# {part.name} (`{part.id}`)", "", part.definition, ""]
    if part.steps:
        lines += ["**Slik regner vi**", "", *(f"- {step}" for step in part.steps), ""]
    for label, text in part.facts:
        lines += [f"**{label}:** {text}", ""]
    measure = DEFINITIONS.get(part.id)
    if measure is not None:
        keys = ", ".join(f"`{dimension.id}`" for dimension in measure.dimensions) or "–"
        tables = ", ".join(f"`{table}`" for table in measure.tables)
        lines += [f"**Tabeller:** {tables}", "", f"**Nøkkel:** {keys}. **Slag:** `{measure.kind}`.", ""]
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """Every file of docs/data/ by name: one for each figure, and the list of them by theme."""
    found, listed = {}, ["# Tall", "", "Sidene er skrevet av `python -m reporting.measures.pages`.", ""]
    for _, theme, parts in by_theme(_say):
        listed += [f"## {theme}", ""]
        for part in parts:
            found[f"{part.id}.md"] = method_page(part)
            listed.append(f"- [{part.name}]({part.id}.md): {part.definition}")
        listed.append("")
    return {"README.md": "\n".join(listed), **found}


def write_all(folder: Path = FOLDER) -> None:
    """Write every page into `folder`, and take away those of figures that are no more."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_all()
