from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from sammen.documents.tables_in import Table, TableRow
from sammen.documents.tables_out import write_xlsx
from tenants.imports.rules import ImportRow, read_case_list, read_rows, rejected_csv
from tenants.people.api import make_synthetic
from tests.unit.case_lists import (
    GOOD,
    HEADER,
    OTHER_NUMBER,
    TODAY,
    errors,
    list_of,
    read,
    warnings,
)

HORTEN = Path(__file__).parents[2] / "deploy" / "demo" / "data" / "horten-vedtaksliste.csv"


@pytest.fixture(scope="module")
def horten() -> Table:
    return read_case_list(HORTEN.read_bytes(), HORTEN.name)


@pytest.fixture(scope="module")
def rows(horten: Table) -> list[ImportRow]:
    return read_rows(horten, accept_synthetic=True, today=TODAY)


def by_number(rows: list[ImportRow], number: int) -> ImportRow:
    return next(row for row in rows if row.row_no == number)


def test_horten_has_sixty_rows_and_the_sum_line_is_not_one(rows: list[ImportRow]) -> None:
    assert [row.row_no for row in rows] == list(range(4, 64))
    assert Counter(row.verdict for row in rows) == {"ok": 33, "warning": 19, "error": 7, "skip": 1}


def test_each_faulty_row_of_horten_says_what_to_put_right(rows: list[ImportRow]) -> None:
    assert {row.row_no: errors(row) for row in rows if row.verdict == "error"} == {
        11: [
            "Rad 11, Fødselsnr: Fødselsnummeret stemmer ikke: ett eller flere sifre er feil. "
            "Sjekk det mot kilden."
        ],
        16: ["Rad 16, Søknad mottatt: Velg en dato som finnes. Februar 2026 har 28 dager."],
        23: ["Rad 23, Timer: Skriv timer som tall, for eksempel 4 eller 4,5."],
        27: [
            "Rad 27, Fødselsnr: Fyll inn fødselsnummeret. Har personen ikke et, legg til kolonnen "
            "«Fødselsdato» og fyll inn fødselsdatoen der."
        ],
        44: [
            "Rad 44, Etternavn, fornavn: Skriv navnet: etternavn, komma og fornavn, for eksempel «Moen, Ola»."
        ],
        48: [
            "Rad 48, Vedtak t.o.m.: Sluttdatoen er før vedtaksdatoen 26.09.2026. Skriv en senere sluttdato."
        ],
        54: [
            "Rad 54, Tjeneste: «Avlastning» hører ikke til denne tjenesten. Ta bort raden, eller skriv "
            "Støttekontakt, Aktivitetsgruppe, Fritid med bistand eller Treningskontakt."
        ],
    }


def test_the_repeated_row_of_horten_is_skipped_and_says_which_it_repeats(rows: list[ImportRow]) -> None:
    repeated = by_number(rows, 35)

    assert repeated.verdict == "skip"
    assert [message.text for message in repeated.messages] == [
        "Rad 35, Fødselsnr: Raden er lik rad 34 og hoppes over."
    ]
    assert by_number(rows, 34).verdict == "warning"


def test_every_importable_row_of_horten_has_person_application_service_and_key(rows: list[ImportRow]) -> None:
    importable = [row for row in rows if row.verdict in ("ok", "warning")]

    assert all(row.person and row.application and row.services and row.key for row in importable)
    assert len({row.key for row in importable}) == len(importable) == 52


def test_rows_without_a_decision_date_become_applications(rows: list[ImportRow]) -> None:
    waiting = [row for row in rows if row.verdict in ("ok", "warning") and row.decision is None]

    assert [row.row_no for row in waiting] == [14, 15, 18, 49, 52, 53, 56, 57, 58, 59, 62, 63]
    assert by_number(rows, 18).verdict == "ok"
    assert "Rad 18, Vedtaksdato: Ingen vedtaksdato: raden blir en søknad uten vedtak." in [
        message.text for message in by_number(rows, 18).messages
    ]
    assert warnings(by_number(rows, 14)) == [
        "Rad 14, Vedtak t.o.m.: Sluttdatoen 29.10.2027 blir ikke med, for raden har ingen vedtaksdato."
    ]


def test_the_first_row_of_horten_is_read_whole(rows: list[ImportRow]) -> None:
    row = by_number(rows, 4)

    assert row.person is not None
    assert row.person.national_number is not None
    assert row.person.national_number.digits == "25877222260"
    assert (row.person.family, row.person.given) == ("von der Lippe", "Tor-Arne")
    assert row.person.birth_date == dt.date(1972, 7, 25)
    assert (row.person.address, row.person.postcode, row.person.place) == ("Storgata 68", "3190", "Horten")
    assert row.application == dt.date(2026, 1, 11)
    assert row.decision is not None
    assert (row.decision.date, row.decision.valid_from) == (dt.date(2026, 2, 28), dt.date(2026, 2, 28))
    assert row.decision.valid_to == dt.date(2027, 2, 28)
    assert [(s.form, s.amount, s.unit) for s in row.services] == [
        ("individual", Decimal("4.5"), "week"),
        ("group", None, None),
    ]
    assert warnings(row) == [
        "Rad 4, Tjeneste: Raden har 2 tjenester. Timene er ført på «Støttekontakt»; sjekk timene for resten."
    ]
    assert row.interests == ("ridning",)
    assert row.contact_name is None
    assert row.has_companion_card
    assert row.raw["Timer"] == "4,5"


def test_protection_guardian_contact_and_interests_are_found_in_horten(rows: list[ImportRow]) -> None:
    protected = by_number(rows, 10)
    assert (protected.protection, protected.note) == ("kode6", "")
    assert sum(row.protection == "kode6" for row in rows) == 9
    assert by_number(rows, 6).guardian_name == "Liv Moen"
    assert by_number(rows, 6).note == ""
    assert by_number(rows, 6).contact_name == "Kari Ødegård"
    assert by_number(rows, 9).note == "ring mor før kl 15"
    assert by_number(rows, 9).contact_name is None
    assert by_number(rows, 8).interests == ("tur", "fotball")
    assert by_number(rows, 5).interests == ("Kino", "svømming")
    assert by_number(rows, 17).interests == ("Klatring",)
    assert by_number(rows, 11).decision is not None
    assert by_number(rows, 9).services[0].form == "organisation"
    assert by_number(rows, 5).services[0].unit == "month"


def test_the_rejected_rows_of_horten_are_corrected_and_come_back_clean(
    horten: Table, rows: list[ImportRow]
) -> None:
    rejected = rejected_csv(horten, rows)
    again = read_case_list(rejected, "rettes.csv")
    assert rejected.startswith(b"\xef\xbb\xbf")
    assert again.header == ["Hva må rettes", *HEADER]
    assert [row.cells[0][:6] for row in again.rows] == [f"Rad {n}" for n in (11, 16, 23, 27, 44, 48, 54)]
    assert [row.verdict for row in read(rejected)] == ["error"] * 7

    text = rejected.decode("utf-8-sig")
    for wrong, right in [
        ("26821453850", make_synthetic(dt.date(2014, 2, 26), "F", 3)),
        ("31.02.2026", "28.02.2026"),
        ("ca 4", "4"),
        (";;Nguyen, Filip", f";{OTHER_NUMBER};Nguyen, Filip"),
        ("13881893686;;", "13881893686;Åsen, Mari;"),
        ("26.09.26;02.08.26", "26.09.26;02.08.27"),
        ("Avlastning;5", "Aktivitetsgruppe;5"),
    ]:
        assert text.count(wrong) >= 1, wrong
        text = text.replace(wrong, right)
    # What was to be put right is still in the first column, and is passed over.
    corrected = read(text.encode("cp1252"))

    assert [errors(row) for row in corrected] == [[]] * 7
    assert all(row.key for row in corrected)


def test_rejecting_twice_gives_one_column_of_reasons() -> None:
    first = list_of(GOOD | {"Timer": "ca 4"})
    table = read_case_list(first, "x")
    second = read_case_list(rejected_csv(table, read(first)), "x")
    third = rejected_csv(second, read_rows(second, accept_synthetic=True, today=TODAY))

    assert read_case_list(third, "x").header == ["Hva må rettes", *HEADER]


def test_the_same_list_as_a_workbook_gives_the_same_verdicts_and_fingerprints(
    horten: Table, rows: list[ImportRow]
) -> None:
    data = write_xlsx(horten.header, [row.cells for row in horten.rows])

    from_workbook = read(data)

    assert [(r.verdict, r.key, r.fingerprint) for r in from_workbook] == [
        (r.verdict, r.key, r.fingerprint) for r in rows
    ]


def test_reading_does_not_change_the_table(horten: Table) -> None:
    before = [TableRow(row.row_no, list(row.cells)) for row in horten.rows]

    read_rows(horten, accept_synthetic=True, today=TODAY)

    assert horten.rows == before
