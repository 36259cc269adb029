from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest

from sammen.documents.tables_in import UnreadableTable
from sammen.errors import BadInput
from tenants.imports.rules import read_case_list, read_rows, rejected_csv
from tenants.people.api import make_synthetic
from tests.unit.case_lists import (
    GOOD,
    HEADER,
    NUMBER,
    OTHER_NUMBER,
    TODAY,
    errors,
    list_of,
    read,
    row_of,
    warnings,
)

# --- One row at a time


def test_a_good_row_is_ok_without_a_word() -> None:
    row = row_of()

    assert row.verdict == "ok"
    assert row.messages == ()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"national_number": "1234"}, "Fødselsnr: Fødselsnummeret har 4 sifre. Det skal ha 11."),
        ({"received": ""}, "Søknad mottatt: Fyll inn datoen søknaden kom, for eksempel 28.02.2026."),
        ({"received": "i fjor"}, "Søknad mottatt: Skriv datoen som dag.måned.år, for eksempel 28.02.2026."),
        (
            {"received": "22.11.2026", "decided": "", "valid_to": ""},
            "Søknad mottatt: Datoen er ikke kommet ennå. Skriv dagen søknaden kom.",
        ),
        (
            {"decided": "22.11.2026"},
            "Vedtaksdato: Datoen er ikke kommet ennå. Skriv dagen vedtaket ble fattet.",
        ),
        ({"decided": "30.2.26"}, "Vedtaksdato: Velg en dato som finnes. Februar 2026 har 28 dager."),
        ({"hours": ""}, "Timer: Fyll inn timene i vedtaket, for eksempel 4 eller 16 t/mnd."),
        ({"hours": "200"}, "Timer: Det er 168 timer i en uke. Skriv et lavere tall."),
        (
            {"service": ""},
            "Tjeneste: Fyll inn tjenesten: Støttekontakt, Aktivitetsgruppe, Fritid med bistand "
            "eller Treningskontakt.",
        ),
        (
            {"name": "Moen"},
            "Etternavn, fornavn: Skriv etternavn, komma og fornavn, for eksempel «Moen, Ola».",
        ),
        ({"note": "x" * 2001}, "Merknad: Teksten er for lang. Skriv høyst 2000 tegn."),
    ],
)
def test_a_faulty_cell_is_told_with_row_column_and_what_to_write(
    changes: dict[str, str], message: str
) -> None:
    row = row_of(**changes)

    assert row.verdict == "error"
    assert errors(row) == [f"Rad 2, {message}"]


def test_all_faults_of_a_row_are_told_at_once() -> None:
    row = row_of(national_number="", name="", received="x", hours="ca 4", service="Avlastning")

    assert [m.field for m in row.messages if m.level == "error"] == [
        "name",
        "national_number",
        "received",
        "hours",
        "service",
    ]
    assert row.key is None


@pytest.mark.parametrize(
    ("service", "forms"),
    [
        ("støttekontakt", ["individual"]),
        ("STØTTEKONTAKT, individuell", ["individual"]),
        ("Individuell støttekontakt", ["individual"]),
        ("Støttekontakt + gruppe", ["individual", "group"]),
        ("Aktivitetsgruppe og treningskontakt", ["group", "training"]),
        ("Fritid med bistand", ["organisation"]),
        ("Treningskontakt", ["training"]),
        ("Støttekontakt + støttekontakt", ["individual"]),
    ],
)
def test_a_service_is_known_by_the_names_lists_give_it(service: str, forms: list[str]) -> None:
    row = row_of(service=service)

    assert [s.form for s in row.services] == forms
    assert [s.amount for s in row.services if s.form != "group" or len(forms) == 1] == [Decimal("4.5")]
    assert row.verdict == ("warning" if len(forms) > 1 else "ok")


def test_one_unknown_service_among_several_is_a_fault() -> None:
    assert row_of(service="Støttekontakt + avlastning").verdict == "error"


def test_hours_without_a_unit_are_weekly_and_say_so_unless_the_heading_does() -> None:
    assert [m.text for m in row_of(hours="4").messages] == [
        "Rad 2, Timer: Uten «t/uke» eller «t/mnd» leses tallet som timer per uke."
    ]

    header = [name if name != "Timer" else "Timer pr. mnd" for name in HEADER]
    (row,) = read(list_of(GOOD | {"Timer pr. mnd": "16"}, header=header))
    assert (row.services[0].amount, row.services[0].unit) == (Decimal(16), "month")
    assert row.verdict == "ok"
    assert row.messages == ()


def test_a_number_that_lost_its_leading_nought_in_excel_is_mended_and_told() -> None:
    number = make_synthetic(dt.date(2001, 3, 4), "M", 0)
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(HEADER)
    book.active.append([int(number), *[GOOD.get(name, "") for name in HEADER[1:]]])
    out = io.BytesIO()
    book.save(out)

    (row,) = read(out.getvalue())

    assert row.person is not None
    assert row.person.national_number is not None
    assert row.person.national_number.digits == number
    assert warnings(row) == ["Rad 2, Fødselsnr: Regnearket har mistet nullen foran. Den er satt inn."]
    assert row_of(national_number="1234567890").verdict == "error"


def test_production_refuses_synthetic_numbers() -> None:
    (row,) = read(list_of(GOOD), accept_synthetic=False)

    assert errors(row) == [
        "Rad 2, Fødselsnr: Dette er et testnummer. Skriv personens eget fødselsnummer eller d-nummer."
    ]


def test_a_person_without_a_number_is_known_by_name_and_birth_date() -> None:
    header = [*HEADER, "Fødselsdato"]
    person = GOOD | {"Fødselsnr": "", "Fødselsdato": "2.1.50", "Etternavn, fornavn": "Åsen, Øystein"}
    same = person | {"Etternavn, fornavn": "AASEN, Oeystein", "Vedtaksdato": "2.2.2026"}

    first, second = read(list_of(person, same, header=header))

    assert first.person is not None
    assert first.person.birth_date == dt.date(1950, 1, 2)
    assert first.key is not None
    assert second.key is not None
    assert (first.key.identity_kind, first.key.identity) == (second.key.identity_kind, second.key.identity)
    assert first.verdict == "ok"


def test_a_birth_date_that_contradicts_the_number_is_a_fault() -> None:
    (row,) = read(list_of(GOOD | {"Fødselsdato": "18.05.2008"}, header=[*HEADER, "Fødselsdato"]))

    assert errors(row) == [
        "Rad 2, Fødselsdato: Fødselsdatoen og fødselsnummeret sier ikke det samme. Rett ett av dem."
    ]


def test_family_and_given_name_may_stand_in_two_columns() -> None:
    header = ["Fødselsnr", "Etternavn", "Fornavn", "Tjeneste", "Timer", "Søknad mottatt"]
    whole, half = read(
        list_of(
            GOOD | {"Etternavn": "Moen", "Fornavn": "Liv"},
            GOOD | {"Etternavn": "Lie", "Fødselsnr": OTHER_NUMBER},
            header=header,
        )
    )

    assert whole.person is not None
    assert (whole.person.family, whole.person.given) == ("Moen", "Liv")
    assert errors(half) == ["Rad 3, Fornavn: Fyll inn navnet."]


@pytest.mark.parametrize(
    ("note", "kept", "protection", "guardian"),
    [
        ("kode 6", "", "kode6", None),
        ("Kode 7; ring først", "ring først", "kode7", None),
        ("Strengt fortrolig adresse.", "", "kode6", None),
        ("fortrolig adresse", "", "kode7", None),
        ("kode 7, tidligere kode 6", "tidligere", "kode6", None),
        ("hjelpeverge: Moen, Liv; kode 6", "", "kode6", "Liv Moen"),
        ("Verge: Kari Lie", "", "none", "Kari Lie"),
        ("postkode 61", "postkode 61", "none", None),
        ("ring mor før kl 15", "ring mor før kl 15", "none", None),
    ],
)
def test_protection_and_guardian_are_taken_out_of_the_remark(
    note: str, kept: str, protection: str, guardian: str | None
) -> None:
    row = row_of(note=note)

    assert (row.note, row.protection, row.guardian_name) == (kept, protection, guardian)


def test_a_contact_without_a_decision_and_a_decision_before_the_application_are_worth_a_look() -> None:
    assert warnings(row_of(contact="Kari Lie", decided="", valid_to="")) == [
        "Rad 2, Støttekontakt: Raden har en støttekontakt, men ingen vedtaksdato. Sjekk om den mangler."
    ]
    assert warnings(row_of(decided="04.01.2026")) == [
        "Rad 2, Vedtaksdato: Vedtaket er fra før søknaden kom 05.01.2026. Sjekk begge datoene."
    ]
    assert warnings(row_of(companion_card="kanskje")) == [
        "Rad 2, Ledsagerbevis: Svaret er ikke lest. Skriv ja, eller la feltet stå tomt."
    ]
    assert warnings(row_of(postcode_place="Horten")) == [
        "Rad 2, Postnr/sted: Skriv postnummer med fire sifre og poststed, for eksempel 3190 Horten."
    ]


@pytest.mark.parametrize("contact", ["", "MANGLER", "venteliste", "Ingen"])
def test_a_word_for_no_contact_is_not_a_name(contact: str) -> None:
    assert row_of(contact=contact).contact_name is None


def test_a_valid_from_column_moves_the_start_and_not_the_decision() -> None:
    header = [*HEADER, "Vedtak f.o.m."]
    late = GOOD | {"Vedtak f.o.m.": "01.03.2026"}
    later_than_end = GOOD | {"Vedtak f.o.m.": "01.03.2027", "Fødselsnr": OTHER_NUMBER}

    good, bad = read(list_of(late, later_than_end, header=header))

    assert good.decision is not None
    assert (good.decision.date, good.decision.valid_from) == (dt.date(2026, 2, 1), dt.date(2026, 3, 1))
    assert errors(bad) == [
        "Rad 3, Vedtak t.o.m.: Sluttdatoen er før vedtaket gjelder fra 01.03.2027. Skriv en senere sluttdato."
    ]


def test_a_row_with_more_cells_than_the_heading_is_a_fault() -> None:
    (row,) = read(list_of(GOOD).rstrip(b"\r\n") + b"ring; mor\r\n")

    assert errors(row) == [
        "Rad 2, Merknad: Raden har flere felt enn overskriften. "
        "Sett anførselstegn rundt tekst med semikolon i."
    ]


# --- Same row, changed row


def test_the_same_facts_typed_otherwise_have_the_same_key_and_fingerprint() -> None:
    typed = row_of()
    otherwise = row_of(
        national_number=f"{NUMBER[:6]} {NUMBER[6:]}",
        hours="4.50 timer pr uke",
        received="2026-01-05",
        decided="1/2-26",
        postcode_place="3190 Horten",
        service="Individuell støttekontakt",
        contact="MANGLER",
        companion_card="nei",
    )

    assert typed.key == otherwise.key
    assert typed.fingerprint == otherwise.fingerprint


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Moen, Live"},
        {"address": "Storgata 2"},
        {"hours": "5 t/uke"},
        {"hours": "4,5 t/mnd"},
        {"received": "06.01.2026"},
        {"valid_to": ""},
        {"interests": "kino"},
        {"contact": "Kari Lie"},
        {"companion_card": "ja"},
        {"note": "kode 6"},
        {"note": "verge: Kari Lie"},
    ],
)
def test_a_changed_fact_keeps_the_key_and_changes_the_fingerprint(changes: dict[str, str]) -> None:
    assert row_of(**changes).key == row_of().key
    assert row_of(**changes).fingerprint != row_of().fingerprint


@pytest.mark.parametrize(
    "changes",
    [{"national_number": OTHER_NUMBER}, {"decided": "02.02.2026"}, {"service": "Treningskontakt"}],
)
def test_another_person_decision_or_service_is_another_row(changes: dict[str, str]) -> None:
    assert row_of(**changes).key != row_of().key


def test_the_fingerprint_does_not_depend_on_the_national_number() -> None:
    header = [*HEADER, "Fødselsdato"]
    (with_number,) = read(list_of(GOOD, header=header))
    (without,) = read(list_of(GOOD | {"Fødselsnr": "", "Fødselsdato": "17.05.2008"}, header=header))

    assert with_number.fingerprint == without.fingerprint


def test_two_rows_that_share_a_key_but_differ_are_both_faulty() -> None:
    another_person = GOOD | {"Fødselsnr": OTHER_NUMBER, "Etternavn, fornavn": "Lie, Per"}
    first, other, second = read(list_of(GOOD, another_person, GOOD | {"Timer": "6"}))

    differs = "Samme person, dato og tjeneste som i rad %s, men noe er ulikt. Behold bare én av dem."
    assert errors(first) == ["Rad 2, Fødselsnr: " + differs % 4]
    assert other.verdict == "ok"
    assert errors(second) == ["Rad 4, Fødselsnr: " + differs % 2]


def test_a_row_whose_decision_date_cannot_be_read_is_not_taken_for_an_application() -> None:
    waiting, unreadable = read(
        list_of(GOOD | {"Vedtaksdato": "", "Vedtak t.o.m.": ""}, GOOD | {"Vedtaksdato": "i vår"})
    )

    assert waiting.verdict == "ok"
    assert unreadable.key is None
    assert len(errors(unreadable)) == 1


def test_two_names_on_one_number_are_worth_a_look() -> None:
    _, second = read(list_of(GOOD, GOOD | {"Etternavn, fornavn": "Lie, Per", "Vedtaksdato": "03.03.2026"}))

    assert warnings(second) == [
        "Rad 3, Fødselsnr: Rad 2 har samme fødselsnummer, men et annet navn. Sjekk hvem det gjelder."
    ]


def test_printing_a_row_shows_neither_number_nor_name() -> None:
    shown = repr(row_of(contact="Kari Lie", note="ring mor; verge: Per Dahl"))

    for secret in (NUMBER, "Moen", "Liv", "Storgata", "Kari", "ring mor", "Dahl"):
        assert secret not in shown


# --- The list as a whole


@pytest.mark.parametrize("word", ["Sum", "SUM:", "Totalt", "I alt"])
def test_a_sum_line_is_left_out_without_a_word(word: str) -> None:
    assert len(read(list_of(GOOD, {"Fødselsnr": word, "Timer": "60"}))) == 1
    assert len(read(list_of(GOOD, {"Etternavn, fornavn": word, "Timer": "60"}))) == 1


def test_a_person_named_sum_is_not_a_sum_line() -> None:
    (row,) = read(list_of(GOOD | {"Etternavn, fornavn": "Sum, Bo"}))

    assert row.verdict == "ok"


@pytest.mark.parametrize("missing", ["Fødselsnr", "Etternavn, fornavn", "Tjeneste", "Søknad mottatt"])
def test_a_list_without_a_needed_column_is_refused_by_its_name(missing: str) -> None:
    table = read_case_list(list_of(GOOD, header=[name for name in HEADER if name != missing]), "x")

    with pytest.raises(BadInput) as caught:
        read_rows(table, accept_synthetic=True, today=TODAY)
    assert caught.value.text() == f"Lista mangler kolonnen «{missing}». Legg den til og send lista på nytt."


def test_two_columns_with_the_same_meaning_are_refused() -> None:
    table = read_case_list(list_of(GOOD, header=[*HEADER, "Fødselsnummer"]), "x")

    with pytest.raises(BadInput) as caught:
        read_rows(table, accept_synthetic=True, today=TODAY)
    assert caught.value.text() == (
        "Kolonnene «Fødselsnr» og «Fødselsnummer» betyr det samme. Behold én av dem."
    )


def test_unknown_columns_are_left_alone_and_come_back_with_the_rejected_rows() -> None:
    table = read_case_list(list_of(GOOD | {"Timer": "ca 4", "Arkiv": "=2+2"}, header=[*HEADER, "Arkiv"]), "x")

    rejected = rejected_csv(table, read_rows(table, accept_synthetic=True, today=TODAY))

    assert rejected.decode("utf-8-sig").splitlines()[1].endswith(";'=2+2")
    assert read_case_list(rejected, "x").rows[0].cells[-1] == "=2+2"


def test_a_list_of_only_headings_has_no_rows_and_another_file_is_refused() -> None:
    assert read(list_of()) == []
    with pytest.raises(UnreadableTable):
        read(b"Dag;Sum\n1;2\n")
