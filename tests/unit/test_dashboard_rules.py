"""Every measure has its page in the documentation, in the words of the product."""

from __future__ import annotations

import dataclasses

from reporting import method
from reporting.definitions import ALL, USERS


def test_every_measure_has_a_page_in_the_documentation_that_says_what_the_product_says() -> None:
    pages = {path.stem: path.read_text(encoding="utf-8") for path in method.FOLDER.glob("*.md")}
    assert pages == {measure.id: method.method_page(measure) for measure in ALL.values()}


def test_the_page_of_a_measure_changes_when_its_definition_does() -> None:
    changed = dataclasses.replace(USERS, definition="Noe annet.")
    assert method.method_page(changed) != method.method_page(USERS)
