"""What would help a need nobody fits, said without telling how few it is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammen.errors import Invalid
from sammen.web.i18n import translate
from shared_pool.engine.api import RULES
from shared_pool.matching.telling import check_note
from shared_pool.runs.words import FEW, HELP, MOST_NOTE, UNCOUNTED, note_of, what_would_help

SILENT = {"consent"}
"""A candidate without consent is in no run."""


def say(message: str, **params: object) -> str:
    return translate("nb", message, **params)


def test_every_rule_of_the_engine_has_its_sentence() -> None:
    assert {rule.code for rule in RULES} - SILENT == {*HELP, *UNCOUNTED}


def test_the_requirement_that_keeps_most_away_is_told_first_with_its_number() -> None:
    told = what_would_help({"car": 7, "times": 12}, say)
    assert told == [
        "12 kandidater er ledige på andre tider. Kan kommunen gjøre tidene romsligere?",
        "7 kandidater mangler bare bil. Kan oppdraget løses uten?",
    ]


def test_few_are_not_counted_and_stand_in_an_order_that_tells_no_number() -> None:
    first, second = (
        what_would_help(alone, say) for alone in ({"times": 1, "car": 4}, {"times": 4, "car": 1})
    )
    assert first == second
    assert all(line.startswith("Noen få kandidater") for line in first)


def test_what_is_not_displayed_is_never_counted_however_many() -> None:
    many, few = (what_would_help(dict.fromkeys(UNCOUNTED, number), say) for number in (900, 1))
    assert many == few
    assert not any(char.isdigit() for line in many for char in line)


@given(st.dictionaries(st.sampled_from([*HELP, *UNCOUNTED, "new_rule"]), st.integers(0, 40)))
def test_there_is_always_something_to_say_and_never_a_number_below_the_limit(alone: dict[str, int]) -> None:
    told = what_would_help(alone, say)
    assert told
    numbers = [int(word) for line in told for word in line.split() if word.isdigit()]
    assert all(number >= FEW for number in numbers)


@given(st.lists(st.text("abcæøå .,", min_size=1, max_size=120).map(str.strip)))
def test_a_drafted_reason_is_whole_sentences_that_fit(reasons: list[str]) -> None:
    note = note_of(reasons)
    assert len(note) <= MOST_NOTE
    assert " ".join(one for one in reasons if one).startswith(note)


@pytest.mark.parametrize(
    ("note", "word"),
    [("Ring Kari, hun vet mer.", "Kari"), ("Ring 91 23 45 67 først.", "91 23 45 67"), ("Nummer 91234567.", "91234567"),
     ("Skriv til post@horten.example.no", "post@horten.example.no")],
)  # fmt: skip
def test_a_reason_to_propose_somebody_names_nobody_and_gives_no_number(note: str, word: str) -> None:
    with pytest.raises(Invalid) as told:
        check_note(note)
    assert told.value.errors["grunn"].params["word"] == word


def test_a_reason_to_propose_somebody_may_say_what_the_ranking_says() -> None:
    check_note("Liker også klatring. Er ledig tirsdager og lørdager. Har hatt det samme oppdraget i 3 år.")
    check_note("Bor omtrent 15 km unna, i Horten. Tilbyr seg i 24 måneder. Har erfaring med ADHD.")
