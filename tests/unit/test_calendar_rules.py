"""What one looks for in the activity calendar, what fits a person, and what a form says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammen.clock import today
from sammen.errors import BadInput, Invalid
from sammen.web.forms import Form
from shared_pool.calendar.content import read_email, read_event, read_link, values_of
from shared_pool.calendar.filters import Filters, read_filters
from shared_pool.calendar.fitting import Fit, Wishes, fitting
from shared_pool.calendar.views import when_text
from tests.calendar_samples import event

HORTEN, RE = UUID(int=1), UUID(int=2)
DAY = date(2026, 11, 22)


def asked(**query: Any) -> Filters:
    return read_filters(
        {name: value if isinstance(value, list) else [value] for name, value in query.items()}, DAY
    )


# Filters -------------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ({"alder": "15"}, True), ({"alder": "40"}, False), ({"interesse": "climbing"}, True), ({"interesse": "cinema"}, False),
        ({"gruppe": "youth"}, True), ({"gruppe": "elders"}, False), ({"gratis": "ja"}, True), ({"ledsager": "ja"}, True),
        ({"tilgang": ["wheelchair", "toilet"]}, True), ({"tilgang": ["wheelchair", "loop"]}, False),
    ],
)  # fmt: skip
def test_a_filter_finds_what_is_so_and_nothing_that_does_not_say(query: dict[str, Any], fits: bool) -> None:
    assert asked(**query).fits(event()) is fits


def test_a_target_group_says_the_ages_of_what_gives_none() -> None:
    children = event(age_from=None, age_to=None, targets=["children"])
    assert children.fits_age(9)
    assert not children.fits_age(40)
    assert event(age_from=None, age_to=None, targets=["children", "all"]).fits_age(40)


@given(st.dictionaries(st.sampled_from(["alder", "interesse", "dag", "tilgang", "gruppe", "maaned", "gratis", "x"]),
                       st.lists(st.text(max_size=12), max_size=4)))  # fmt: skip
def test_any_address_is_read_to_one_spelling_that_reads_to_itself(query: dict[str, list[str]]) -> None:
    found = read_filters(query, DAY)
    again = {name: value if isinstance(value, list) else [value] for name, value in found.query().items()}
    assert read_filters(again, DAY) == found


def test_this_month_begins_today_and_another_on_its_first_day() -> None:
    assert asked(maaned="2026-11").period(DAY) == (DAY, date(2026, 11, 30))
    assert asked(maaned="2027-02").period(DAY) == (date(2027, 2, 1), date(2027, 2, 28))
    assert asked(maaned="1999-01").month is None


# What fits ----------------------------------------------------------------------------------------------------------------
def wishes(**changes: Any) -> Wishes:
    said = {
        "age": 15,
        "interests": ["climbing"],
        "slots": [],
        "skills": [],
        "forms": ["individual"],
        "municipality_id": HORTEN,
    }
    return Wishes(**{**said, **changes})


def fits(*events: Any, **changes: Any) -> list[Fit]:
    return fitting(events, wishes(**changes), today(), "nb")


def test_what_one_likes_at_a_wanted_time_for_nothing_is_said_so() -> None:
    day = today() + timedelta(days=7)
    slot = f"{('mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun')[day.weekday()]}-eve"
    (found,) = fits(event(municipality_id=HORTEN), slots=[slot])
    names = ("mandager", "tirsdager", "onsdager", "torsdager", "fredager", "lørdager", "søndager")
    assert found.reasons == ("Liker klatring", names[day.weekday()], "gratis")


def test_the_nearest_comes_first_whatever_fits_better_elsewhere() -> None:
    here, there = (
        event(municipality_id=HORTEN, title="Her"),
        event(municipality_id=RE, title="Der", interests=["climbing", "cafe"]),
    )
    assert [fit.event.title for fit in fits(there, here, interests=["climbing", "cafe"])] == ["Her", "Der"]


def test_what_one_cannot_get_into_does_not_fit() -> None:
    steps = event(access=[])
    assert fits(steps)
    assert not fits(steps, skills=["wheelchair"])
    (found,) = fits(event(), skills=["wheelchair"])
    assert "rullestol kommer fram" in found.reasons


@pytest.mark.parametrize(
    "changes",
    [{"age": 40}, {"interests": ["cinema"]}, {"interests": [], "slots": []}],
)
def test_another_age_another_interest_or_nothing_known_does_not_fit(changes: dict[str, Any]) -> None:
    assert fits(event(), **changes) == []


def test_what_is_called_off_or_far_away_in_time_does_not_fit() -> None:
    late = today() + timedelta(days=90)
    assert fits(event(state="cancelled"), event(first_day=late, last_day=late)) == []


# The form -----------------------------------------------------------------------------------------------------------------
def form(**changes: Any) -> Form:
    said = {**values_of(event(municipality_id=HORTEN)), **changes}
    return Form(
        {
            name: value if isinstance(value, list) else [str(value)]
            for name, value in said.items()
            if value != ""
        }
    )


def test_a_form_says_again_what_an_event_said() -> None:
    first = today()
    several = {"kind": "dates", "dates": [first, first + timedelta(days=3)], "first_day": first}
    series = {
        "kind": "weekly", "weekdays": ["mon", "sun"], "every": 2, "first_day": first, "skip": [first + timedelta(days=8)],
        "price_ore": 15050, "ends": None,
    }  # fmt: skip
    for one in (
        event(municipality_id=HORTEN),
        event(municipality_id=None, last_day=first + timedelta(days=3), **several),
        event(municipality_id=RE, last_day=first + timedelta(days=99), **series),
    ):
        sent = Form(
            {
                name: value if isinstance(value, list) else [value]
                for name, value in values_of(one).items()
                if value
            }
        )
        read = read_event(sent, {HORTEN: "Horten", RE: "Re"})
        assert {name: value for name, value in read.columns().items() if value != getattr(one, name)} == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tittel": ""}, "tittel"), ({"tittel": "x" * 121}, "tittel"), ({"naar": "av og til"}, "naar"), ({"dato": ""}, "dato"),
        ({"dato": "31.02.2027"}, "dato"), ({"begynner": ""}, "begynner"), ({"begynner": "25:00"}, "begynner"),
        ({"slutter": "17:00"}, "slutter"), ({"sted": ""}, "sted"), ({"kommune": ""}, "kommune"),
        ({"kommune": "4b0e6dfc-0000-4000-8000-000000000000"}, "kommune"), ({"alder_fra": "tolv"}, "alder_fra"),
        ({"alder_til": "5"}, "alder_til"), ({"gratis": "", "pris": "-1"}, "pris"), ({"pris": "100"}, "pris"),
        ({"lenke": "http://klubb.example.no"}, "lenke"), ({"lenke": "javascript:alert(1)"}, "lenke"),
        ({"epost": "ola"}, "epost"), ({"paamelding": "ja", "lenke": "", "telefon": "", "epost": ""}, "paamelding"),
        ({"naar": "dates", "datoer": "i morgen"}, "datoer"), ({"naar": "dates", "datoer": ""}, "datoer"),
        ({"naar": "weekly", "fra": "01.02.2027", "til": "01.01.2027", "ukedager": ["mon"]}, "til"),
        ({"naar": "weekly", "fra": "01.02.2027", "til": "01.06.2028", "ukedager": ["mon"]}, "til"),
        ({"naar": "weekly", "fra": "01.02.2027", "til": "01.03.2027"}, "ukedager"),
        ({"naar": "weekly", "fra": "29.03.2027", "til": "29.03.2027", "ukedager": ["mon"]}, "ukedager"),
        ({"naar": "weekly", "fra": "01.02.2027", "til": "01.03.2027", "ukedager": ["mon"], "hver": "7"}, "hver"),
    ],
)  # fmt: skip
def test_each_bad_field_has_its_own_sentence(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as told:
        read_event(form(**changes), {HORTEN: "Horten"})
    assert list(told.value.errors) == [field]


@pytest.mark.parametrize(
    "text",
    ["http://a.no", "ftp://a.no", "https://", "https://localhost", "https://a.no@b.no", "https://a.no/ x", 'https://a.no/"',
     "data:text/html,x", "https://[::1", "//a.no", "https://a.no/" + "x" * 300],
)  # fmt: skip
def test_a_link_is_a_whole_https_address_and_nothing_that_hides_whose_it_is(text: str) -> None:
    with pytest.raises(BadInput):
        read_link(text)


def test_a_link_as_people_write_it_is_a_link() -> None:
    assert read_link("www.klubb.no/kveld") == "https://www.klubb.no/kveld"


@pytest.mark.parametrize("text", ["ola", "@a.no", "a@b", "a b@c.no", "a@b.no,c@d.no", "a@b@c.no", "<a@b.no>"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_email(text, field="epost")


def test_when_is_told_in_one_line() -> None:
    one = event(
        kind="weekly", weekdays=["tue", "thu"], first_day=date(2027, 1, 5), last_day=date(2027, 5, 25)
    )
    assert (
        when_text(one, "nb").replace("\xa0", " ")
        == "Tirsdager og torsdager kl. 17.30–19.30, 5. januar 2027 til 25. mai 2027"
    )
