"""Which of two pages of one template need be drawn: the suite's own eyes (tests/web/looks.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.looks import Drawn

PAGE = (
    '<html lang="nb"><body><main><h1>Saker</h1><h2>Nye</h2><form><label for="q">Søk</label><input id="q" name="q"></form>'
    '<ul class="list"><li><a href="/1">Ola Vik</a></li></ul></main></body></html>'
)


def test_the_same_page_about_somebody_else_is_not_drawn_again(tmp_path: Path) -> None:
    drawn = Drawn(tmp_path)
    drawn.whole("/saker", "nb", drawn.new("/saker", "nb", PAGE))
    other = PAGE.replace("/1", "/2").replace("Ola Vik</a></li>", 'Kari</a></li><li><a href="/3">Ida</a></li>')
    assert drawn.new("/saker", "nb", PAGE) == set()
    assert drawn.new("/saker", "nb", other) == set()
    assert drawn.new("/saker", "nn", PAGE)
    assert drawn.new("/personer", "nb", PAGE)
    drawn.whole("/personer", "nb", drawn.new("/personer", "nb", PAGE.replace("<li>", '<li class="late">')))
    assert drawn.new("/saker", "nb", PAGE.replace("<li>", '<li class="late">')) == set()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Ola Vik", ""),
        ("Ola Vik", "Støttekontaktkommunesamarbeidet"),
        ('<ul class="list">', "<ul>"),
        ("<li>", '<li class="late">'),
        ("<h2>Nye</h2>", "<h3>Nye</h3>"),
        ('for="q"', 'for="p"'),
        ('name="q"', 'name="q" aria-label="Søk"'),
        ("<ul", '<p id="q">x</p><ul'),
        ("<li>", "<li><button>Slett</button>"),
    ],
)
def test_what_may_look_otherwise_is_drawn(tmp_path: Path, before: str, after: str) -> None:
    drawn = Drawn(tmp_path)
    drawn.whole("/saker", "nb", drawn.new("/saker", "nb", PAGE))
    assert drawn.new("/saker", "nb", PAGE.replace(before, after))
