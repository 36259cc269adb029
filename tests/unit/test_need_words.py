"""What a need's free text must not say, and what somebody may say is no name (C3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_pool.needs.checking import SOFT, WHY, Hit, Known, check, words_of

KNOWN = Known(
    own=frozenset({"odin", "viken", "liv", "jonas", "storli"}),
    here=frozenset({"gro", "moe", "kari", "kvamme", "bjorn"}),
)


def kinds(text: str, known: Known = KNOWN, **more: frozenset[str]) -> dict[str, str]:
    return {hit.word: hit.kind for hit in check(text, known, **more)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Liker lange turer og rolige dager. Trenger en voksen med humor.",
        "Vil gjerne lage mat sammen med noen, og gå på kino av og til.",
        "Bruker god tid, og vil ha en aktiv dag ute på vei mot en topp.",
        "Trives best med én ting om gangen og faste rammer.",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert check(text, KNOWN) == []


@pytest.mark.parametrize(
    "text",
    [
        "Odin er tålmodig.",
        "Alle kjenner ODIN.",
        "odin liker mat",
        "Odins beste stund er ute.",
        "Odin-gutten ler mye",
        "Familien er Vikenfolk",
        "O\u200bdin ler",
        "Ｏｄｉｎ ler",
        "Od in ler",
        "Jonas' venner",
    ],
)
def test_the_service_users_own_name_is_found_however_it_is_written(text: str) -> None:
    assert "own" in kinds(text).values()


@pytest.mark.parametrize(
    "text", ["O d i n ler", "O.d.i.n ler", "O-D-I-N ler", "o  d  i  n", "o_d_i_n ler", "O·d·i·n"]
)
def test_letters_with_space_between_are_not_read_but_refused(text: str) -> None:
    assert {"letters", "own"} & set(kinds(text).values())


def test_letters_of_another_script_that_look_like_ours_are_refused() -> None:
    assert kinds("\u041edin ler")["\u041edin"] == "script"


def test_a_decomposed_letter_is_the_letter() -> None:
    assert kinds("Ba\u030ard ler", Known(own=frozenset({"baard"}))) == {"Bård": "own"}


def test_a_name_that_is_an_ordinary_word_is_asked_about_when_it_is_the_users() -> None:
    assert kinds("et aktivt liv") == {"liv": "name"}
    assert kinds("Her er Liv") == {"Liv": "own"}
    assert kinds("et aktivt liv", Known()) == {}


def test_a_soft_word_may_be_said_to_be_no_name_and_a_hard_one_may_not() -> None:
    assert kinds("Liker spillet Minecraft") == {"Minecraft": "capital"}
    assert kinds("Liker spillet Minecraft", no_names=frozenset({"minecraft"})) == {}
    assert kinds("Her er Odin", no_names=frozenset({"odin"})) == {"Odin": "own"}
    assert kinds("på Nøtterøy", no_names=frozenset({"noetteroey"})) == {"Nøtterøy": "place"}


def test_a_common_name_is_soft_and_a_whole_name_from_the_municipality_is_not() -> None:
    assert kinds("Hører på Kari") == {"Kari": "name"}
    found = kinds("Hører på Kari Kvamme")
    assert found["Kari Kvamme"] == "full"
    assert kinds("en bjørn i skogen") == {}
    assert kinds("møter Bjørn ute") == {"Bjørn": "name"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Bor i Horten", "place"),
        ("bor i horten", "place"),
        ("Hortens beste", "place"),
        ("ved Indre Fosen", "place"),
        ("Går på Lystlundskolen", "school"),
        ("går på skole", "school"),
        ("bor i omsorgsbolig", "school"),
        ("ved Storgata", "school"),
        ("har autisme", "diagnosis"),
        ("har ADHD", "diagnosis"),
        ("Down-syndrom", "diagnosis"),
        ("sitter i rullestol", "diagnosis"),
        ("er deprimert", "diagnosis"),
        ("under barnevernet", "diagnosis"),
        ("snakker somalisk", "origin"),
        ("er muslim", "origin"),
        ("er 12 gammel", "number"),
        ("er tolv år", "number"),
        ("en tolvåring", "number"),
        ("ring 900 11 223", "number"),
        ("født 01.02.14", "number"),
        ("fnr ١٢٣", "number"),
        ("født i desember", "month"),
        ("skriv til a@b.no", "address"),
        ("se www.hei.no", "address"),
        ("se facebook.com/hei", "address"),
        ("ledig på tirsdager", "day"),
        ("kommer klokka fem", "clock"),
        ("kommer kl. halv seks", "clock"),
        ("en gutt som ler", "sex"),
        ("hun liker mat", "sex"),
        ("mora hjelper til", "sex"),
    ],
)  # fmt: skip
def test_what_points_at_somebody_is_hard(text: str, kind: str) -> None:
    found = check(text, KNOWN)
    assert kind in {hit.kind for hit in found}, found
    assert any(hit.hard for hit in found if hit.kind == kind)


def test_every_hit_says_why_in_words() -> None:
    assert all(WHY[kind] for kind in SOFT)
    assert Hit("Odin", "own").hard
    assert not Hit("Kari", "name").hard


def test_the_register_is_asked_about_words_and_their_parts() -> None:
    assert {"aase", "aase-marie", "marie", "kvamme"} & words_of("Åse-Maries tante Kvamme") >= {
        "aase",
        "marie",
        "kvamme",
    }


@given(st.text(max_size=300))
def test_any_text_can_be_checked_and_the_same_text_gives_the_same_answer(text: str) -> None:
    assert check(text, KNOWN) == check(text, KNOWN)


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_name_is_found_among_any_other_words(before: str, after: str) -> None:
    assert any(hit.hard for hit in check(f"{before} Odin {after}", KNOWN))
