"""The columns of a case list about those around the person: what is read, what is assumed, and what must be put right."""

from __future__ import annotations

from datetime import date

import pytest

from tenants.imports.columns import COLUMN_NAMES
from tenants.imports.comparing import changes, fill_in
from tenants.imports.facts import ImportedContact, ImportedRepresentative
from tenants.imports.rules import ImportRow
from tests.unit.case_lists import GOOD, HEADER, NUMBER, errors, list_of, read, warnings

CHILD = {"Fødselsnr": "", "Fødselsdato": "17.05.2012"}


def row_with(**cells: str) -> ImportRow:
    """The good row, of a child, with more columns: row_with(Verge="Liv Moen"). "_" in a name is a space."""
    more = {name.replace("_", " "): text for name, text in cells.items()}
    (row,) = read(
        list_of(GOOD | CHILD | more, header=[*HEADER, "Fødselsdato", *(n for n in more if n not in HEADER)])
    )
    return row


def parent(name: str, phone: str = "") -> ImportedRepresentative:
    return ImportedRepresentative("parent", name, phone)


# Representatives ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"Foresatt": "Liv Moen", "Telefon foresatt": "911 22 333"}, [parent("Liv Moen", "911 22 333")]),
        ({"Foresatt": "Moen, Liv"}, [parent("Liv Moen")]),
        ({"Mor": "Liv Moen", "Far": "Per Dal", "Tlf foresatt 2": "33 04 05 06"},
         [parent("Liv Moen"), parent("Per Dal", "33 04 05 06")]),
        ({"Foresatte": "Liv Moen og Per Dal", "Foresatt telefon": "91122333"},
         [parent("Liv Moen", "91122333"), parent("Per Dal")]),
        ({"Foresatte": "Liv og Per Moen"}, [parent("Liv Moen"), parent("Per Moen")]),
        ({"Verge": "Ane Vik", "Vergens telefon": "+47 911 22 333"},
         [ImportedRepresentative("guardian", "Ane Vik", "+47 911 22 333")]),
        ({"Fullmektig": "Ane Vik"}, [ImportedRepresentative("power_of_attorney", "Ane Vik", "")]),
        ({"Representant": "Ane Vik", "Rolle": "Hjelpeverge", "Representantens telefon": "91122333"},
         [ImportedRepresentative("guardian", "Ane Vik", "91122333")]),
        ({"Representant": "Ane Vik", "Relasjon": "mor"}, [parent("Ane Vik")]),
        ({"Verge": "Ane Vik", "Merknad": "Verge: Ane Vik"}, [ImportedRepresentative("guardian", "Ane Vik", "")]),
        ({"Foresatt": "ingen", "Verge": "", "Fullmektig": "-"}, []),
    ],
)  # fmt: skip
def test_those_who_act_for_the_person_are_read_by_the_heading_of_their_column(
    cells: dict[str, str], found: list[ImportedRepresentative]
) -> None:
    row = row_with(**{name.replace(" ", "_"): text for name, text in cells.items()})
    assert errors(row) == []
    assert list(row.representatives) == found


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"Foresatt": "Liv"}, "Foresatt"),
        ({"Verge": "Moen,"}, "Verge"),
        ({"Fullmektig": "Ane 911"}, "Fullmektig"),
        ({"Representant": "Ane Vik", "Rolle": "søster"}, "Rolle"),
        ({"Representant": "Ane Vik"}, "Rolle"),
    ],
)
def test_a_representative_that_cannot_be_read_names_its_cell(cells: dict[str, str], column: str) -> None:
    row = row_with(**cells)
    assert row.verdict == "error"
    assert [text for text in errors(row) if f", {column}:" in text], errors(row)


def test_parents_of_somebody_of_age_are_left_out_and_the_row_says_so() -> None:
    (row,) = read(
        list_of(GOOD | {"Foresatt": "Liv Moen", "Verge": "Ane Vik"}, header=[*HEADER, "Foresatt", "Verge"])
    )
    assert [one.role for one in row.representatives] == ["guardian"]
    assert any("over 18 år" in text for text in warnings(row))


@pytest.mark.parametrize("typed", ["ring kontoret", "12", "+47 abc"])
def test_what_is_no_telephone_number_is_told_and_left_out(typed: str) -> None:
    row = row_with(Verge="Ane Vik", Vergens_telefon=typed)
    assert row.representatives[0].phone == ""
    assert any("Vergens telefon: Telefonnummeret er ikke lest" in text for text in warnings(row))


def test_a_number_without_a_name_is_told() -> None:
    row = row_with(Vergens_telefon="911 22 333")
    assert any("Nummeret er ikke brukt" in text for text in warnings(row))


# The contact who is there already -------------------------------------------------------------------------------------
def test_a_contact_with_a_first_day_has_the_assignment_and_one_without_is_a_remark() -> None:
    row = row_with(
        Støttekontakt="Dal, Per", Støttekontakt_fra="01.03.2026", Telefon_støttekontakt="911 22 333"
    )
    assert row.contact == ImportedContact("Per Dal", "911 22 333", date(2026, 3, 1))
    remark = row_with(Støttekontakt="Per Dal")
    assert remark.contact == ImportedContact("Per Dal", "", None)
    assert row_with(Støttekontakt="MANGLER").contact is None


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"Støttekontakt": "Per", "Oppstart": "01.03.2026"}, "Støttekontakt"),
        ({"Støttekontakt": "Per Dal og Liv Moen", "Oppstart": "01.03.2026"}, "Støttekontakt"),
        ({"Støttekontakt": "Per Dal", "Oppstart": "31.02.2026"}, "Oppstart"),
        ({"Støttekontakt": "Per Dal", "Oppstart": "01.03.2027"}, "Oppstart"),
    ],
)
def test_an_assignment_that_cannot_be_read_names_its_cell(cells: dict[str, str], column: str) -> None:
    row = row_with(**cells)
    assert [text for text in errors(row) if f", {column}:" in text], errors(row)


def test_an_assignment_without_a_contact_a_decision_or_a_time_left_is_told() -> None:
    nobody = row_with(Støttekontakt="venteliste", Oppstart="01.03.2026")
    assert any("raden har ingen støttekontakt" in text for text in warnings(nobody))
    undecided = row_with(
        Støttekontakt="Per Dal", Oppstart="01.03.2026", Vedtaksdato="", **{"Vedtak_t.o.m.": ""}
    )
    assert undecided.contact is not None
    over = row_with(Støttekontakt="Per Dal", Oppstart="10.02.2026", **{"Vedtak_t.o.m.": "01.06.2026"})
    assert over.contact == ImportedContact("Per Dal", "", None)
    assert any("Vedtaket har gått ut" in message.text for message in over.messages)


# Evaluation and protection --------------------------------------------------------------------------------------------
def test_the_evaluation_is_on_the_day_the_list_gives() -> None:
    assert row_with(Evalueringsdato="01.12.2026").evaluate_on == date(2026, 12, 1)
    late = row_with(Revurderes="01.10.2026")
    assert late.evaluate_on == date(2026, 10, 1)
    assert any("skulle vært gjort" in message.text for message in late.messages)
    before = row_with(Evaluering="01.01.2026")
    assert any(", Evaluering: Datoen er før vedtaket" in text for text in errors(before))


@pytest.mark.parametrize(
    ("typed", "protection"),
    [("kode 6", "kode6"), ("Strengt fortrolig", "kode6"), ("6", "kode6"), ("7", "kode7"), ("Fortrolig adresse", "kode7"),
     ("ja", "kode7"), ("", "none"), ("Nei", "none"), ("ugradert", "none")],
)  # fmt: skip
def test_a_column_for_protected_addresses_is_read_as_they_write_it(typed: str, protection: str) -> None:
    row = row_with(Adressesperre=typed)
    assert errors(row) == []
    assert row.protection == protection


def test_the_stricter_of_remark_and_column_holds_and_what_is_not_understood_is_an_error() -> None:
    assert row_with(Adressesperre="kode 7", Merknad="kode 6").protection == "kode6"
    assert row_with(Adressesperre="nei", Merknad="kode 6").protection == "kode6"
    assert any(", Gradering: Skriv kode 6" in text for text in errors(row_with(Gradering="litt hemmelig")))


# The same list again --------------------------------------------------------------------------------------------------
def test_a_list_without_the_new_columns_says_what_it_always_said() -> None:
    (plain,) = read(list_of(GOOD))
    (wider,) = read(
        list_of(GOOD, header=[*HEADER, "Foresatt", "Evaluering", "Støttekontakt fra", "Adressesperre"])
    )
    assert plain.fingerprint == wider.fingerprint
    assert (plain.representatives, plain.contact, plain.evaluate_on) == ((), None, None)


def test_an_emptied_cell_takes_nobody_away_and_a_changed_one_is_a_change() -> None:
    before = row_with(Foresatt="Liv Moen", Telefon_foresatt="91122333", Støttekontakt="Per Dal", Oppstart="01.03.2026",
                      Evaluering="01.12.2026")  # fmt: skip
    emptied = fill_in(before, row_with())
    assert emptied.representatives == before.representatives
    assert emptied.contact == before.contact
    assert emptied.evaluate_on == before.evaluate_on
    after = fill_in(
        before,
        row_with(
            Foresatt="Liv Moen", Støttekontakt="Ane Vik", Oppstart="01.09.2026", Evaluering="01.01.2027"
        ),
    )
    assert after.representatives == before.representatives, "the number is not lost"
    told = {change.label: (change.was, change.now) for change in changes(before, after)}
    assert told["Oppdrag"] == ("Per Dal, 01.03.2026", "Ane Vik, 01.09.2026")
    assert told["Evaluering"] == ("01.12.2026", "01.01.2027")
    assert "Foresatt" not in told


def test_no_heading_means_two_columns() -> None:
    seen: dict[str, str] = {}
    for column, names in COLUMN_NAMES.items():
        for name in names:
            assert seen.setdefault(name.casefold(), column) == column, name
    assert NUMBER
