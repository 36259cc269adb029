"""The list of errors names the field where its sentence does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sammen.errors import BadInput
from sammen.norwegian import parse_date, parse_decimal, parse_time
from sammen.web.naming import GENERAL, name_fields

DATE, LONG = "Velg en dato som finnes. Året har 12 måneder.", "Teksten er for lang. Skriv høyst 9 tegn."


def page(*fields: tuple[str, str, str]) -> str:
    """A form with its summary: (name, input, label) each, all with the sentence DATE."""
    links = "".join(f'<li><a class="ds-link" href="#{name}">{DATE}</a></li>' for name, _, _ in fields)
    drawn = "".join(
        f'<label class="ds-label" for="{n}">{label}</label><input{kind} id="{n}" name="{n}">'
        f'<p data-field="validation">{DATE}</p>'
        for n, kind, label in fields
    )
    return f'<div class="ds-error-summary" role="group"><h2>Rett</h2><ul class="ds-list">{links}</ul></div>{drawn}'


def test_a_general_sentence_gets_its_fields_label_in_the_list_and_stands_alone_by_the_field() -> None:
    drawn = page(
        ("fra", "", 'Fra &amp; med <span class="quiet">(valgfritt)</span>'), ("naar", "", "Når <b>da</b>?")
    )
    shown = name_fields(drawn, {name: BadInput(name, DATE) for name in ("fra", "naar", "", "borte")})
    assert f'href="#fra">Fra &amp; med: {DATE}</a>' in shown
    assert f'href="#naar">Når da? {DATE}</a>' in shown
    assert shown.count(f">{DATE}</p>") == 2


def test_a_choice_among_several_is_called_by_its_legend_and_one_alone_by_its_label() -> None:
    kind = ' type="radio"'
    drawn = page(("ja", ' type="checkbox"', "Ja, alt"), ("valg", kind, "Første"))
    legend = (
        '<fieldset class="ds-fieldset"><legend class="ds-label">Hva valgte du?</legend><input type="radio"'
    )
    shown = name_fields(
        drawn.replace("<input" + kind, legend), {name: BadInput(name, DATE) for name in ("ja", "valg")}
    )
    assert f'href="#ja">Ja, alt: {DATE}</a>' in shown
    assert f'href="#valg">Hva valgte du? {DATE}</a>' in shown


def test_what_a_slice_says_of_its_own_field_is_left_as_it_is_unless_two_fields_say_the_same() -> None:
    drawn = page(("fra", "", "Fra"), ("til", "", "Til"))
    assert name_fields(drawn, {"fra": BadInput("fra", "Skriv når det begynner.")}) == drawn
    twice = name_fields(drawn, {name: BadInput(name, "Skriv dagen.") for name in ("fra", "til")})
    assert f'href="#fra">Fra: {DATE}' in twice
    assert f'href="#til">Til: {DATE}' in twice


@pytest.mark.parametrize(
    ("parse", "typed"),
    [(parse_date, "31.02.2026"), (parse_date, "x"), (parse_date, "13.13.2026"),
     (parse_time, "25:61"), (parse_time, "x"), (parse_decimal, "x")],
)  # fmt: skip
def test_what_a_parser_says_is_general(parse: Callable[..., object], typed: str) -> None:
    with pytest.raises(BadInput) as bad:
        parse(typed, field="x")
    assert bad.value.message.startswith(GENERAL)
