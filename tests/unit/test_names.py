from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammen.errors import BadInput
from tenants.people.names import (
    MAX_NAME_WORDS,
    MAX_QUERY_WORDS,
    MAX_WORD_LENGTH,
    fold,
    name_words,
    query_words,
    split_family_given,
)


def finds(query: str, given_name: str, family: str) -> bool:
    """The rule of search: every word of the query begins some stored word, and there is at least one."""
    stored = name_words(given_name, family)
    words = query_words(query)
    return bool(words) and all(any(word.startswith(sought) for word in stored) for sought in words)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Åse", "aase"),
        ("A\u030ase", "aase"),
        ("Næss", "naess"),
        ("Ødegård", "oedegaard"),
        ("Pääkkönen", "paeaekkoenen"),
        ("Márjá", "marja"),
        ("Maëlle", "maelle"),
        ("Đorđe Ŋuŋŋá Ŧuvva", "dorde nunna tuvva"),
        ("O'Brien", "obrien"),
        ("O’Brien", "obrien"),
        ("von  der\tLippe", "von der lippe"),
        ("Tor-Arne", "tor-arne"),
        ("Tor\u2013Arne", "tor-arne"),
        ("ÅSE STRAẞE", "aase strasse"),
        ("'; drop table person; --", "drop table person"),
        ("😀 Åse 👩\u200d🦽", "aase"),
        ("a\x00b", "a b"),
        ("", ""),
        ("محمد", "محمد"),
    ],
)
def test_text_is_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="abcæøåäöéáđŋÅØÆ -'", max_size=40))
def test_capitals_make_no_difference(text: str) -> None:
    assert fold(text.upper()) == fold(text)


@pytest.mark.parametrize(
    ("query", "given_name", "family"),
    [
        ("Åse", "Åse", "Moen"),
        ("Aase", "Åse", "Moen"),
        ("ase", "Åse", "Moen"),
        ("åse moen", "Aase", "Moen"),
        ("Oystein", "Øystein", "Lie"),
        ("Oeystein", "Øystein", "Lie"),
        ("øyst", "Øystein", "Lie"),
        ("obrien", "Håkon", "O'Brien"),
        ("O'Brien", "Håkon", "OBrien"),
        ("Lippe Tor", "Tor-Arne", "von der Lippe"),
        ("tor-arne", "Tor Arne", "Strand"),
        ("torarne", "Tor-Arne", "Strand"),
        ("marja", "Márjá", "Solbakken"),
        ("Makinen", "Aino", "Mäkinen"),
    ],
)
def test_a_search_finds_the_person(query: str, given_name: str, family: str) -> None:
    assert finds(query, given_name, family)


@pytest.mark.parametrize("query", ["", "   ", "😀", "';--", "Kari", "Åse Lie", "oen"])
def test_a_search_for_nothing_or_for_someone_else_does_not_find_the_person(query: str) -> None:
    assert not finds(query, "Åse", "Moen")


def test_name_words_are_unique_and_hyphenated_names_give_parts_and_whole() -> None:
    assert name_words("Tor-Arne", "Arne") == ["tor", "arne", "torarne"]
    assert name_words("Øystein", "Åsen") == ["oeystein", "aasen", "oystein", "asen"]


@given(st.text(max_size=400), st.text(max_size=400))
def test_words_are_few_short_and_plain_whatever_was_typed(given_name: str, family: str) -> None:
    words = name_words(given_name, family)

    assert len(words) == len(set(words)) <= MAX_NAME_WORDS
    assert len(query_words(given_name)) <= MAX_QUERY_WORDS
    for word in words + query_words(given_name):
        assert 0 < len(word) <= MAX_WORD_LENGTH
        assert word.isalnum()


def test_a_family_name_of_several_words_is_split_at_the_comma() -> None:
    assert split_family_given(" von der  Lippe,Tor-Arne ") == ("von der Lippe", "Tor-Arne")
    assert split_family_given("O'Brien, Øystein").given == "Øystein"


@pytest.mark.parametrize("text", ["", ",", "Moen", "Moen,", ", Ola", "😀, 😀", "Moen Ola"])
def test_a_name_without_both_parts_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(BadInput, match="etternavn, komma og fornavn") as caught:
        split_family_given(text)
    assert caught.value.field == "name"


def test_a_name_of_more_than_a_hundred_characters_is_refused() -> None:
    assert split_family_given("M" * 100 + ", Ola").family == "M" * 100
    with pytest.raises(BadInput) as caught:
        split_family_given("M" * 101 + ", Ola")
    assert caught.value.text() == "Navnet er for langt. Skriv høyst 100 tegn."
