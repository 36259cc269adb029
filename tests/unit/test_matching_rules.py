"""Load, hard refusals, and what the reasons of a proposal may tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_pool.engine.profiles import CandidateProfile, Hours, Light, NeedProfile, Stability
from shared_pool.engine.ranking import rank
from shared_pool.engine.reasons import SENTENCES, Reason
from shared_pool.engine.rules import RULES
from shared_pool.engine.weights import DEFAULT
from shared_pool.needs.api import LANGUAGES, SKILLS, ExactTime
from tests.unit.matching_samples import (
    HORTEN,
    NEED_3F9,
    RE,
    SOME_DAY,
    VESTFOLD,
    candidate,
    candidates,
    codes,
    fit_of,
    hours,
    needs,
    points,
    ranked,
    texts,
)


@pytest.mark.parametrize(
    ("now", "light", "text"),
    [
        ("6", Light.GREEN, "Grønn belastning: 6 av 15 timer i uka, alle kommuner samlet."),
        ("11", Light.GREEN, "Grønn belastning: 11 av 15 timer i uka, alle kommuner samlet."),
        ("12.5", Light.YELLOW, "Gul belastning: 12,5 av 15 timer i uka. 4 timer til går over grensa."),
        ("15", Light.RED, "Rød belastning: 15 av 15 timer i uka. Kan ikke få flere nå."),
        ("20", Light.RED, "Rød belastning: 20 av 15 timer i uka. Kan ikke få flere nå."),
    ],
)
def test_the_light_follows_hours_now_and_asked_against_the_most_wanted(
    now: str, light: Light, text: str
) -> None:
    fit = fit_of(NEED_3F9, candidate(hours=Hours.total(Decimal(now), Decimal(15))))
    assert (fit.load, fit.load_reason.text()) == (light, text)


def test_a_shared_light_is_the_worse_of_the_two_and_says_why() -> None:
    spare = fit_of(NEED_3F9, candidate(light=Light.YELLOW))
    assert (spare.load, spare.proposable) == (Light.YELLOW, True)
    assert spare.load_reason.text() == "Gul belastning: en del timer til sammen. Spør før du foreslår flere."
    full = fit_of(NEED_3F9, candidate(light=Light.RED))
    assert full.load_reason.text() == "Rød belastning: mange timer til sammen. Kan ikke få flere nå."
    assert codes(full.obstacles) == ["red_load"]
    green = fit_of(NEED_3F9, candidate(light=Light.GREEN, hours=Hours.total(Decimal(12), Decimal(15))))
    assert green.load is Light.YELLOW


def test_the_own_municipality_needs_no_yes_and_may_still_be_refused() -> None:
    at_home = candidate(home=RE, visible_to=frozenset())
    assert fit_of(NEED_3F9, at_home).proposable
    assert codes(fit_of(NEED_3F9, replace(at_home, not_in=frozenset({RE}))).obstacles) == ["not_there"]


def test_why_somebody_cannot_be_proposed_for_a_municipality_is_not_told() -> None:
    unseen = fit_of(NEED_3F9, candidate(visible_to=frozenset()))
    conflict = fit_of(NEED_3F9, candidate(not_in=frozenset({RE})))
    assert unseen == conflict


def test_two_who_were_proposed_for_each_other_before_are_not_again() -> None:
    pair = {(NEED_3F9.id, candidate().id)}
    fits = rank(NEED_3F9, [candidate(1), candidate(2)], DEFAULT, VESTFOLD, apart=pair)
    assert [(fit.code, codes(fit.obstacles)) for fit in fits] == [("K-002", []), ("K-001", ["asked_before"])]


def test_a_place_that_is_not_on_the_map_is_held_against_nobody() -> None:
    fit = fit_of(NEED_3F9, candidate(place="9999"))
    assert fit.proposable
    assert points(fit)["distance"] == 0
    assert "Avstanden er ikke kjent." in texts(fit)


def test_being_there_every_other_week_is_enough_for_a_part_of_the_day_and_not_for_a_time_that_must_be_kept() -> (
    None
):
    half = candidate(slots=NEED_3F9.slots, alternate_slots=NEED_3F9.slots)
    assert fit_of(NEED_3F9, half).proposable
    assert codes(fit_of(replace(NEED_3F9, exact_times=frozenset({TUESDAY})), half).obstacles) == [
        "hidden_missing"
    ]


@given(needs(), candidates(), hours(), hours())
def test_stating_free_hours_instead_of_showing_the_total_changes_nothing(
    need: NeedProfile, person: CandidateProfile, now: Decimal, most: Decimal
) -> None:
    shown = fit_of(need, replace(person, hours=Hours.total(now, most)))
    stated = fit_of(need, replace(person, hours=Hours.stated(max(most - now, Decimal(0)))))
    assert (shown.score, shown.load, shown.obstacles) == (stated.score, stated.load, stated.obstacles)


@given(needs(), candidates())
def test_a_red_load_can_never_be_proposed(need: NeedProfile, person: CandidateProfile) -> None:
    for red in (Hours.stated(Decimal(0)), Hours.total(Decimal(15), Decimal(15))):
        fit = fit_of(need, replace(person, hours=red))
        assert fit.load is Light.RED
        assert not fit.proposable
        assert "red_load" in codes(fit.obstacles)


TUESDAY = ExactTime("tue", time(16, 15), time(18))


@pytest.mark.parametrize(
    ("need", "person", "text"),
    [
        ({}, {"consents": False}, "Har ikke et samtykke som gjelder nå."),
        ({}, {"hours": Hours.stated(Decimal(0))}, "Har ingen timer igjen i uka."),
        (
            {},
            {"hours": Hours.stated(Decimal("1.5"))},
            "Har ledig mindre enn halvparten av timene behovet gjelder.",
        ),
        ({"preferred_sex": "M"}, {}, "Brukeren ønsker en mann."),
        ({"preferred_sex": "F"}, {"sex": None}, "Brukeren ønsker en kvinne."),
        ({}, {"age_bands": frozenset({"80+"})}, "Tar ikke oppdrag i denne aldersgruppen."),
        ({"min_contact_age": 18}, {"age": 17}, "Er yngre enn kommunen med behovet tar imot."),
        ({"skills": frozenset({"driving"})}, {}, "Behovet krever førerkort."),
        ({"skills": frozenset({"car"})}, {}, "Behovet krever egen bil."),
        ({"skills": frozenset({"sign"})}, {}, "Passer ikke på krav som ikke vises."),
        (
            {"languages": frozenset({"so"})},
            {"languages": frozenset({"ar"})},
            "Passer ikke på krav som ikke vises.",
        ),
        (
            {"exact_times": frozenset({TUESDAY})},
            {"slots": frozenset({"tue-eve"})},
            "Passer ikke på krav som ikke vises.",
        ),
        ({}, {"visible_to": frozenset({HORTEN})}, "Kan ikke foreslås for kommunen som har behovet."),
        ({}, {"not_in": frozenset({RE})}, "Kan ikke foreslås for kommunen som har behovet."),
        ({}, {"uses": frozenset({"substitute"})}, "Har ikke sagt ja til slike oppdrag."),
        ({}, {"areas": frozenset({"islands"})}, "Tar ikke oppdrag i dette området."),
        (
            {},
            {"place": "0709"},
            "Bor omtrent 52 km unna, og har ikke sagt ja til å reise så langt.",
        ),
        ({}, {"slots": frozenset({"mon-am"})}, "Er ikke ledig på tidene behovet gjelder."),
        (
            {"start_by": SOME_DAY},
            {"available_from": SOME_DAY.replace(month=12)},
            "Er ikke ledig før oppdraget må begynne.",
        ),
        ({}, {"light": Light.RED}, "Har ingen timer igjen i uka."),
        ({}, {"will_not_do": frozenset({"gaming"})}, "Har sagt nei til dataspill."),
    ],
)
def test_each_hard_refusal_has_its_reason_and_puts_the_candidate_last(
    need: dict[str, object], person: dict[str, object], text: str
) -> None:
    asked = replace(NEED_3F9, **need)  # type: ignore[arg-type] # the cases name real fields
    willing = candidate(
        2,
        place="0709",
        areas=frozenset({"north"}),
        interests=frozenset(),
        slots=frozenset({"tue-eve"}) | asked.must_slots,
        stability=Stability(),
        basic_course=False,
        sex=asked.preferred_sex,
        skills=asked.skills,
        languages=asked.languages,
    )
    fits = ranked(asked, [candidate(1, **person), willing])
    assert [(fit.code, fit.proposable) for fit in fits] == [("K-002", True), ("K-001", False)]
    assert [reason.text() for reason in fits[1].obstacles] == [text]
    assert fits[1].score > fits[0].score


def test_every_obstacle_is_told_and_not_only_the_first() -> None:
    fit = fit_of(
        NEED_3F9, candidate(consents=False, hours=Hours.stated(Decimal(0)), age_bands=frozenset({"80+"}))
    )
    assert codes(fit.obstacles) == ["no_consent", "red_load", "age_band_refused"]


def test_requirements_that_are_met_refuse_nobody() -> None:
    asked = replace(
        NEED_3F9,
        preferred_sex="F",
        min_contact_age=34,
        skills=frozenset({"car", "driving", "sign"}),
        languages=frozenset({"so"}),
        exact_times=frozenset({TUESDAY}),
    )
    able = candidate(
        skills=frozenset({"car", "driving", "sign", "autism"}),
        languages=frozenset({"so", "en"}),
        age_bands=frozenset({"10-13", "80+"}),
    )
    fit = fit_of(asked, able)
    assert fit.obstacles == ()
    assert codes(fit.reasons)[-1] == "hidden_met"


def test_rules_have_codes_of_their_own_and_names() -> None:
    assert len({rule.code for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES) == 16


@given(needs(), candidates(), st.data())
def test_nothing_told_depends_on_which_rare_trait_is_asked_for(
    need: NeedProfile, person: CandidateProfile, data: st.DataObject
) -> None:
    """Two needs that hide different requirements, and agree on whether they are met, read exactly alike."""
    plain = {code for code in need.skills if not SKILLS[code].rare}
    rare = sorted(code for code, skill in SKILLS.items() if skill.rare)
    by_skill = replace(
        need,
        skills=frozenset(plain | {data.draw(st.sampled_from(rare))}),
        languages=frozenset(),
        exact_times=frozenset(),
    )
    by_language = replace(
        by_skill,
        skills=frozenset(plain),
        languages=frozenset({data.draw(st.sampled_from(sorted(LANGUAGES)))}),
    )
    by_time = replace(by_skill, skills=frozenset(plain), exact_times=frozenset({TUESDAY}))
    able = replace(
        person,
        skills=person.skills | by_skill.skills,
        languages=by_language.languages,
        slots=person.slots | by_time.must_slots,
        alternate_slots=frozenset(),
    )
    assert fit_of(by_skill, able) == fit_of(by_language, able) == fit_of(by_time, able)
    # Free on Tuesdays or not, which is displayed, they are told the same.
    unable = replace(
        person,
        skills=frozenset(plain),
        languages=frozenset(),
        slots=person.slots - by_time.must_slots,
        alternate_slots=frozenset(),
    )
    assert fit_of(by_skill, unable) == fit_of(by_language, unable) == fit_of(by_time, unable)


@given(needs(), candidates())
def test_no_rare_trait_is_in_a_text_or_a_printed_profile(need: NeedProfile, person: CandidateProfile) -> None:
    fit = fit_of(need, person)
    told = " ".join(texts(fit)).casefold()
    rare = [skill.label for skill in SKILLS.values() if skill.rare] + list(LANGUAGES.values())
    assert not any(label.casefold() in told for label in rare)
    for profile in (need, person):
        assert not any(
            word in repr(profile) for word in ("skills", "languages", "exact_times", "not_in", "place")
        )


@given(needs(), candidates())
def test_every_reason_becomes_a_whole_sentence(need: NeedProfile, person: CandidateProfile) -> None:
    for text in texts(fit_of(need, person)):
        assert text.endswith(".")
        assert "%" not in text
        assert "  " not in text


def test_a_reason_is_put_in_the_readers_language_with_its_words() -> None:
    nynorsk = {
        SENTENCES["shared_interests"]: "Likar òg %(interests)s.",
        "klatring": "klatring",
        "svømming": "symjing",
        "og": "og",
    }
    reason = Reason.of("shared_interests", interests=("climbing", "swimming"))
    assert reason.text(nynorsk.__getitem__) == "Likar òg klatring og symjing."


def test_a_reason_without_a_sentence_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="no sentence"):
        Reason.of("has_epilepsy")


def test_a_code_outside_the_vocabulary_is_refused_without_being_repeated() -> None:
    with pytest.raises(ValueError, match="not in the vocabulary") as caught:
        replace(NEED_3F9, languages=frozenset({"klingon"}))
    assert "klingon" not in str(caught.value)
    with pytest.raises(ValueError, match="not in the vocabulary"):
        candidate(slots=frozenset({"tue-night"}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": Decimal(0)},
        {"months": 0},
        {"predictability": 4},
        {"area": ""},
        {"age_band": "0-5"},
        {"use": "all"},
        {"waited_weeks": -1},
    ],
)
def test_an_impossible_need_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each case has its own message
        replace(NEED_3F9, **wrong)  # type: ignore[arg-type] # the cases name real fields
