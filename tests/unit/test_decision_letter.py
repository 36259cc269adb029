"""What the letter of a decision says, of every kind, to the person and to somebody who acts for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Picture, Points, Quote, Table
from tenants.cases.api import ApplicationCard
from tenants.letters.decision_letter import (
    WORDS,
    DecisionText,
    GrantText,
    Ground,
    Rights,
    Told,
    answered,
    decision_body,
)
from tenants.people.api import PersonCard, Recipient

DAY = date(2026, 11, 22)


def made(**changes: Any) -> DecisionText:
    return replace(
        DecisionText(uuid4(), "grant", "En fast aktivitet.", "Jeg vil klatre.", "Jonas er mye alene.", "", "hol-3-2-6b",
                     date(2027, 5, 22), None, DAY),
        **changes,
    )  # fmt: skip


def granted(**changes: Any) -> GrantText:
    return replace(
        GrantText("individual", Decimal("3.5"), "week", "Tirsdager", "Klatring i hallen.", "", date(2026, 12, 1),
                  date(2027, 11, 30)),
        **changes,
    )  # fmt: skip


def told(decision: DecisionText | None = None, **changes: Any) -> Told:
    person = PersonCard.__new__(PersonCard)
    object.__setattr__(person, "given_name", "Jonas")
    rights = {
        form: Rights(f"klage {form}", f"hjelp {form}", f"utsatt {form}", f"innsyn {form}")
        for form in ("nb", "nn")
    }
    one = decision or made()
    given: dict[str, Any] = {
        "person": person, "decision": one, "grants": [granted()] if one.kind in ("grant", "partial", "change") else [],
        "ground": Ground("hol-3-2-6b", "Helse- og omsorgstjenesteloven § 3-2", "Helse- og omsorgstenestelova § 3-2", 4, False),
        "received": date(2026, 11, 4), "begun_by": date(2026, 12, 22), "place": "Horten", "responsible": "Kari Lunde",
        "rights": rights,
    }  # fmt: skip
    return Told(**{**given, **changes})


def to(role: str = "self", form: str = "nb") -> Recipient:
    return Recipient(uuid4(), "Anne Bergli", role, form, "", "", "", "none")


def said(blocks: Any) -> str:
    def text(block: Block) -> str:
        match block:
            case Heading() | Paragraph():
                return block.text
            case Quote():
                return f"{block.text} {block.who}"
            case Facts():
                return "\n".join(f"{label}: {value}" for label, value in block.rows if value)
            case Table():
                return "\n".join(" | ".join(row) for row in [block.heads, *block.rows])
            case Points():
                return "\n".join(block.items)
            case Picture():
                return block.alt

    return "\n".join(text(block) for block in blocks)


def test_a_grant_says_which_how_much_when_how_long_towards_what_why_on_which_law_and_how_to_complain() -> (
    None
):
    """A6; fvl. §§ 24 and 27: reasons, ground, right to complain and to see the documents."""
    body = decision_body(told(), to())
    text = said(body.blocks)
    assert body.title == "Du får støttekontakt"
    for wanted in (
        "Vi fikk søknaden 4. november 2026.", "Individuell støttekontakt | 3,5 timer i uka | Tirsdager |",
        "1. desember 2026 –\n30. november 2027", "Hva timene er til: Klatring i hallen.", "Målet: En fast aktivitet.",
        "Evaluering: Innen 22. mai 2027", "Lovhjemmel: Helse- og omsorgstjenesteloven § 3-2", "Jeg vil klatre.",
        "Jonas er mye alene.", "klage nb", "hjelp nb", "innsyn nb", "22. desember 2026", "Spør Kari Lunde i Horten kommune.",
    ):  # fmt: skip
        assert wanted in text.replace("\N{NO-BREAK SPACE}", " "), wanted
    assert "utsatt" not in text, "nothing is taken away"


def test_a_parent_reads_of_the_child_by_name_and_is_not_told_that_they_get_a_contact() -> None:
    body = decision_body(told(), to("parent"))
    assert body.title == "Jonas får støttekontakt"
    assert "Dette får Jonas" in said(body.blocks)
    assert "Du får støttekontakt" not in said(body.blocks)


def test_hours_are_told_in_the_unit_they_were_decided_in() -> None:
    """A15 and D10: 16 hours a month stay 16 hours a month."""
    text = said(decision_body(told(grants=[granted(amount=Decimal(16), unit="month")]), to()).blocks)
    assert "16 timer i måneden" in text.replace("\N{NO-BREAK SPACE}", " ")
    assert "i uka" not in text


def test_a_group_without_hours_is_told_by_its_meetings_and_an_open_end_is_said() -> None:
    text = said(
        decision_body(told(grants=[granted(form="group", amount=None, valid_to=None, times="")]), to()).blocks
    )
    assert "Aktivitetsgruppe | Gruppas møter | – |" in text
    assert "uten sluttdato" in text


def test_several_services_say_which_hours_are_for_what() -> None:
    text = said(
        decision_body(told(grants=[granted(), granted(form="training", content="Styrke.")]), to()).blocks
    )
    assert "Individuell støttekontakt: Klatring i hallen." in text
    assert ": Styrke." in text


@pytest.mark.parametrize("kind", sorted(WORDS))
@pytest.mark.parametrize("role", ["self", "parent"])
@pytest.mark.parametrize("form", ["nb", "nn"])
def test_every_kind_has_a_title_its_reasons_and_the_rights(kind: str, role: str, form: str) -> None:
    decision = made(kind=kind, not_granted="Helgene får du ikke." if kind == "partial" else "",
                    ends_on=date(2026, 12, 31) if kind == "ending" else None)  # fmt: skip
    body = decision_body(told(decision), to(role, form))
    text = said(body.blocks)
    assert body.title
    assert "%(" not in body.title + text
    for wanted in ("Jonas er mye alene.", f"klage {form}", f"innsyn {form}"):
        assert wanted in text
    assert (f"utsatt {form}" in text) == (kind in ("change", "ending")), (
        "fvl. § 42 where something is taken away"
    )
    assert ("Helgene får du ikke." in text) == (kind == "partial")
    assert ("31. desember 2026" in text) == (kind == "ending")
    assert ("22. desember 2026" in text) == (kind in ("grant", "partial")), (
        "when to expect to hear of a contact"
    )
    assert ("Individuell" in text) == (kind in ("grant", "partial", "change"))


def test_a_refusal_does_not_tell_of_a_goal_or_an_evaluation() -> None:
    text = said(decision_body(told(made(kind="refusal")), to()).blocks)
    assert "Målet" not in text
    assert "Evaluering" not in text
    assert "Lovhjemmel" in text


def application(received: date, state: str = "decided") -> ApplicationCard:
    card = ApplicationCard.__new__(ApplicationCard)
    object.__setattr__(card, "received_on", received)
    object.__setattr__(card, "state", state)
    return card


def test_a_decision_answers_the_application_that_came_since_the_last_one() -> None:
    first, second = application(date(2025, 2, 1)), application(date(2026, 11, 4))
    assert answered([second, first], [date(2025, 2, 20)]) == date(2026, 11, 4)
    assert answered([first], [date(2025, 2, 20)]) is None, "a change of one's own answers no application"
    assert answered([application(date(2026, 11, 4), "open")], []) is None
    assert answered([], []) is None
