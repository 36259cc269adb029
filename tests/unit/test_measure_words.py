"""Every figure has its words once: in the registry, on the page and in docs/data/ alike."""

from __future__ import annotations

import dataclasses

import deploy.models  # noqa: F401 - every table is known
from reporting.measures import pages, registry
from reporting.measures.api import DEFINITIONS, DERIVED, INHABITANTS, THEMES, measures
from reporting.measures.method import by_theme, counted
from sammen.db.base import Base


def _say(message: str, **params: object) -> str:
    return message % params if params else message


def test_every_measure_has_words_and_all_words_have_a_measure() -> None:
    counted_ids = [measure.id for measure in measures()]
    assert len(counted_ids) == len(set(counted_ids))
    assert set(counted_ids) == set(registry.WORDS) == set(DEFINITIONS)
    assert not set(DEFINITIONS) & set(DERIVED)
    assert all(
        set(one.tables) <= {table.name for table in Base.metadata.tables.values()}
        for one in DEFINITIONS.values()
    )


def test_a_measure_is_divided_by_codes_that_stand_alone() -> None:
    for measure in measures():
        ids = [dimension.id for dimension in measure.dimensions]
        assert len(ids) == len(set(ids)), measure.id
        for dimension in measure.dimensions:
            codes = [code for code, _ in dimension.codes]
            assert len(codes) == len(set(codes)), (measure.id, dimension.id)
            assert not any("|" in code or not code for code in codes), (measure.id, dimension.id)


def test_what_is_derived_stands_on_measures_that_leave_the_municipality_and_codes_they_have() -> None:
    for figure in registry.ALL_DERIVED:
        for wanted, where in ((figure.numerator, figure.where), (figure.denominator, figure.where_below)):
            if not wanted or wanted.split(":")[0] == INHABITANTS:
                assert not where, figure.id
                continue
            measure = DEFINITIONS[wanted]
            assert not measure.home, figure.id
            for dimension, codes in where.items():
                assert set(codes) <= measure.dimension(dimension).code_set, figure.id
        for dimension in figure.shared:
            above, below = DEFINITIONS[figure.numerator].dimension(dimension), figure.denominator
            if below in DEFINITIONS:
                # A code that only the upper one has (cost that no service bears alone) is divided by nothing.
                assert DEFINITIONS[below].dimension(dimension).code_set <= above.code_set, figure.id
    assert {figure.id for figure in registry.ALL_DERIVED} == set(DERIVED)


def test_every_theme_has_a_figure_that_is_fair_between_large_and_small() -> None:
    assert {one.theme for one in DERIVED.values() if one.denominator} == set(THEMES)


def test_the_documentation_says_what_the_product_says() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in pages.FOLDER.glob("*.md")}
    assert kept == pages.pages(), "run python -m reporting.measures.pages"


def test_a_page_changes_when_its_definition_does_and_every_anchor_is_its_own() -> None:
    users = DEFINITIONS["users"]
    changed = dataclasses.replace(users, definition="Noe annet.")
    assert pages.method_page(counted(changed, _say)) != pages.method_page(counted(users, _say))
    anchors = [part.anchor for _, _, parts in by_theme(_say) for part in parts]
    assert len(anchors) == len(set(anchors)) == len(DEFINITIONS) + len(DERIVED)
