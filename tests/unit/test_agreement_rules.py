"""When a written agreement is due, what points to employment, and what a written agreement says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammen.documents.blocks import Facts, Heading, Paragraph
from sammen.documents.pdf import Document, set_pages
from tenants.agreements.classifying import CONTRACTOR_SIGNS, EMPLOYED_SIGNS, SIGNS, Situation, classify
from tenants.agreements.document import Parties, agreement_document
from tenants.agreements.rules import written_by
from tenants.agreements.views import weighed
from tenants.contacts.api import EngagementCard
from tenants.provision.api import ProvisionRules

FIRST = date(2026, 3, 2)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


# Due in writing (aml. § 14-5) -----------------------------------------------------------------------------------------
def test_an_agreement_without_end_is_in_writing_within_seven_days() -> None:
    assert written_by(FIRST, None) == date(2026, 3, 9)


@pytest.mark.parametrize("last", [FIRST, date(2026, 3, 20), date(2026, 4, 1)])
def test_an_agreement_of_a_month_or_less_is_in_writing_at_once(last: date) -> None:
    assert written_by(FIRST, last) == FIRST


def test_a_day_more_than_a_month_gives_seven_days() -> None:
    assert written_by(FIRST, date(2026, 4, 2)) == date(2026, 3, 9)


def test_a_month_from_the_last_of_january_ends_with_february() -> None:
    assert written_by(date(2026, 1, 31), date(2026, 2, 27)) == date(2026, 1, 31)
    assert written_by(date(2026, 1, 31), date(2026, 2, 28)) == date(2026, 2, 7)


@given(DAYS, st.integers(0, 4000))
def test_it_is_never_due_before_the_first_day_nor_more_than_a_week_after(first: date, days: int) -> None:
    assert 0 <= (written_by(first, first + timedelta(days=days)) - first).days <= 7


# Arbeidstaker or oppdragstaker (aml. § 1-8) ---------------------------------------------------------------------------
def test_nothing_known_points_nowhere() -> None:
    assert classify(Situation()).level == "none"


def test_directed_and_personal_work_points_strongly_to_employment() -> None:
    found = classify(Situation(signs=["personal", "directed"]))
    assert found.level == "strong"
    assert [sign.code for sign in found.toward] == ["personal", "directed"]


def test_own_business_with_other_clients_tempers_the_warning_but_hides_no_reason() -> None:
    found = classify(Situation(signs=["personal", "directed", "own_business"]))
    assert found.level == "some"
    assert len(found.toward) == 2
    assert [sign.code for sign in found.away] == ["own_business"]


@pytest.mark.parametrize(
    ("situation", "code"),
    [
        (Situation(agreed=Decimal(5)), "agreed"),
        (Situation(worked=Decimal(5)), "worked"),
        (Situation(agreed=Decimal(2), worked=Decimal(3)), "more"),
        (Situation(months=6), "long"),
        (Situation(open_ended=True), "open"),
        (Situation(users=2), "users"),
        (Situation(signs=["only_client"]), "only_client"),
        (Situation(signs=["equipment"]), "equipment"),
    ],
)
def test_each_sign_is_told_with_a_reason(situation: Situation, code: str) -> None:
    found = classify(situation)
    assert [sign.code for sign in found.toward] == [code]
    assert found.level == "some"


@pytest.mark.parametrize(
    "situation",
    [
        Situation(agreed=Decimal("4.5"), worked=Decimal("4.5"), months=5, users=1),
        Situation(signs=["may_send"]),
    ],
)
def test_below_the_limits_nothing_points_to_employment(situation: Situation) -> None:
    assert classify(situation).level == "none"


def test_hours_worked_say_more_than_hours_agreed() -> None:
    found = classify(Situation(agreed=Decimal(6), worked=Decimal(8), months=12, users=3))
    assert [sign.code for sign in found.toward] == ["worked", "more", "long", "users"]
    assert found.level == "strong"


@given(
    st.lists(st.sampled_from(sorted(SIGNS)), unique=True), st.sampled_from(sorted(EMPLOYED_SIGNS)),
    st.integers(0, 40), st.integers(0, 60), st.integers(0, 5),
)  # fmt: skip
def test_one_more_sign_of_employment_never_makes_the_warning_milder(
    signs: list[str], more: str, hours: int, months: int, users: int
) -> None:
    order = ("none", "some", "strong")
    before = Situation(signs, Decimal(hours), None, months, False, users)
    after = replace(before, signs=[*signs, more])
    assert order.index(classify(after).level) >= order.index(classify(before).level)


def test_the_reasons_are_whole_sentences_with_the_hours_in_words() -> None:
    every = Situation(list(SIGNS), Decimal("6.5"), Decimal("8.2"), 14, False, 3)
    said = weighed(classify(every), "nb")
    assert (
        "De siste tre månedene er det jobbet 8,2\u00a0timer i uka i snitt. Det likner en stilling."
        in said.toward
    )
    assert all(text.endswith((".", ").")) and "%(" not in text for text in [*said.toward, *said.away])
    assert len(said.away) == len(CONTRACTOR_SIGNS)


# The written agreement (aml. § 14-6) ----------------------------------------------------------------------------------
AGREEMENT = EngagementCard(
    id=uuid4(), contact_id=uuid4(), kind="employee", reasons="", signs=[], hours_per_week=Decimal("4.5"), valid_from=FIRST,
    valid_to=None, work="", place="", fixed_term="", probation_months=3, notice_months=1, parent_consent_on=None,
    parent_consent_by="", signed_by_contact_on=None, signed_by_municipality_on=None, signed_by_name="", end_reason="",
    version=1,
)  # fmt: skip
PARTIES = Parties(
    "Horten kommune", "Støttekontakttjenesten", ["Apotekergata 12, 3187 Horten"], "Jon Eide", date(2001, 5, 2)
)
RULES = ProvisionRules(
    pay_day=15, collective_agreement="Hovedtariffavtalen", pension="Vestviken pensjonskasse"
)


def text_of(document: Document) -> str:
    parts = []
    for block in document.blocks:
        if isinstance(block, Heading | Paragraph):
            parts.append(block.text)
        elif isinstance(block, Facts):
            parts += [f"{label}: {value}" for label, value in block.rows if value]
    return "\n".join(parts)


def made(agreement: EngagementCard) -> Document:
    return agreement_document(agreement, PARTIES, RULES, language="nb", dated=FIRST)


@pytest.mark.parametrize(
    "asked",
    [
        "Horten kommune", "Jon Eide", "Født: 2. mai 2001", "Arbeidssted: Arbeidet utføres der oppdraget er", "Støttekontakt",
        "Begynner: 2. mars 2026", "Varer: Fast, uten sluttdato", "ferieloven", "fravær", "Prøvetida er 3 måneder",
        "oppsigelsesfristen én måned", "Oppsigelse skal være skriftlig", "satstabell", "den 15. i måneden",
        "Timer: 4,5\u00a0timer i uka", "Arbeidstida varierer", "pause", "Tariffavtale: Hovedtariffavtalen", "kurs",
        "Pensjon og forsikring: Vestviken pensjonskasse", "taushetsplikt", "arbeidsmiljø", "§ 14-8",
    ],
)  # fmt: skip
def test_a_contract_of_employment_says_what_the_law_asks(asked: str) -> None:
    assert asked in text_of(made(AGREEMENT))


def test_a_last_day_stands_with_its_ground() -> None:
    said = text_of(
        made(replace(AGREEMENT, valid_to=date(2026, 8, 1), fixed_term="temporary", probation_months=0))
    )
    assert "Til og med 1. august 2026" in said
    assert "Arbeidet er midlertidig (arbeidsmiljøloven § 14-9)" in said
    assert "Det er ingen prøvetid." in said


def test_an_assignment_says_why_it_is_one_and_promises_no_employment() -> None:
    document = made(replace(AGREEMENT, kind="contractor", reasons="Eget firma med flere kunder."))
    said = text_of(document)
    assert document.title == "Oppdragsavtale for støttekontakt"
    assert "Eget firma med flere kunder." in said
    assert "Prøvetid" not in said
    assert "Pensjon" not in said


def test_a_parents_yes_stands_in_the_agreement() -> None:
    said = text_of(made(replace(AGREEMENT, parent_consent_on=FIRST, parent_consent_by="Anne Eide")))
    assert "Anne Eide har som forelder samtykket til avtalen 2. mars 2026." in said


def test_the_same_agreement_is_the_same_file() -> None:
    first = set_pages(made(AGREEMENT).as_json())
    assert first.startswith(b"%PDF")
    assert first == set_pages(made(AGREEMENT).as_json())


def test_the_wage_of_the_first_day_stands_where_the_municipality_has_a_table() -> None:
    document = agreement_document(AGREEMENT, PARTIES, RULES, language="nb", dated=FIRST, rate=Decimal("195"))
    assert "Den første dagen er satsen 195,00\u00a0kr for en time med én bruker." in text_of(document)
    assert "Den første dagen" not in text_of(made(AGREEMENT))
