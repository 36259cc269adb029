"""Payroll's forms turned into facts, with every field's error at once."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sammen.documents.tables_in import Table, UnreadableTable, column_key, read_table
from sammen.errors import BadInput, Invalid
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date
from sammen.web.forms import Form, Reader
from tenants.cases.api import FORM_NAMES
from tenants.payroll.models import COMPONENTS
from tenants.payroll.rules import CODE, DIMENSION, NUMBER, PLACES, unknown_places
from tenants.payroll.runs import RunFacts
from tenants.payroll.settings import AccountingFacts, CodeFacts, ListedNumber
from tenants.provision.api import PayPeriod

NUMBER_COLUMNS = ("ansattnummer", "ansattnr", "ansatt nr", "nr")
NAME_COLUMNS = ("navn", "ansatt", "fullt navn")
GIVEN_COLUMNS, FAMILY_COLUMNS = ("fornavn",), ("etternavn",)
BORN_COLUMNS = ("fødselsdato", "født", "fdato")
KNOWN = (*NUMBER_COLUMNS, *NAME_COLUMNS, *GIVEN_COLUMNS, *FAMILY_COLUMNS, *BORN_COLUMNS)
WRITE_NUMBER = N_("Skriv ansattnummeret slik det står i lønnssystemet, med bokstaver og tall.")
_KOSTRA = re.compile(r"[0-9]{3}")


def read_run(form: Form, from_day: int) -> RunFacts:
    """Period, pay day and back pay."""
    reader = Reader(form)
    period = PayPeriod.parse(form.text("periode"), from_day)
    if period is None:
        reader.fail("periode", N_("Velg hvilken periode lønna er for."))
    pay_on = reader.take(
        "utbetales", lambda text: parse_date(text, field="utbetales"), required=N_("Skriv dagen lønna utbetales.")
    )  # fmt: skip
    raised = None
    if form.text("etterbetal"):
        raised = reader.take(
            "etterbetal_fra", lambda text: parse_date(text, field="etterbetal_fra"),
            required=N_("Skriv hvilken dag etterbetalingen gjelder fra."),
        )  # fmt: skip
    reader.done()
    assert period is not None
    assert pay_on is not None
    return RunFacts(period, pay_on, raised)


def read_code(form: Form) -> CodeFacts:
    """A pay code: component, form, code and art, and from which pay day."""
    reader = Reader(form)
    component = reader.choice("hva", frozenset(COMPONENTS), required=N_("Velg hva lønnsarten er for."))
    kind = form.text("form")
    if kind and kind not in FORM_NAMES:
        reader.fail("form", N_("Velg hvilken tjeneste lønnsarten gjelder, eller alle."))
    code = reader.text(
        "kode", required=N_("Skriv lønnsarten slik den heter i lønnssystemet, for eksempel 4240.")
    )
    if code and not CODE.fullmatch(code):
        reader.fail("kode", N_("En lønnsart er høyst ti bokstaver og tall, for eksempel 4240."))
    art = _dimension(reader, "art")
    fra = reader.take(
        "fra", lambda text: parse_date(text, field="fra"), required=N_("Skriv hvilken utbetalingsdag lønnsarten gjelder fra.")
    )  # fmt: skip
    reader.done()
    assert fra is not None
    return CodeFacts(fra, component, kind, code, art)


def _dimension(reader: Reader, name: str) -> str:
    text = reader.text(name)
    if not DIMENSION.fullmatch(text):
        reader.fail(name, N_("Skriv høyst 20 bokstaver og tall, uten mellomrom."))
    return text


def _function(reader: Reader, name: str) -> str:
    text = reader.text(name, required=N_("Skriv KOSTRA-funksjonen med tre sifre, for eksempel 234."))
    if text and not _KOSTRA.fullmatch(text):
        reader.fail(name, N_("Skriv KOSTRA-funksjonen med tre sifre, for eksempel 234."))
    return text


def read_accounting(form: Form) -> AccountingFacts:
    """The template and the dimensions of both kinds of purchaser."""
    reader = Reader(form)
    fra = reader.take(
        "fra", lambda text: parse_date(text, field="fra"), required=N_("Skriv hvilken utbetalingsdag konteringen gjelder fra.")
    )  # fmt: skip
    template = reader.text("mal", required=N_("Skriv hvordan konteringen settes sammen."))
    unknown = unknown_places(template) if template else []
    if unknown:
        reader.fail(
            "mal",
            N_("Bruk bare %(places)s i krøllparenteser, med punktum eller bindestrek mellom."),
            places=", ".join(PLACES),
        )
    department, function, project = (
        _dimension(reader, "ansvar"),
        _function(reader, "funksjon"),
        _dimension(reader, "prosjekt"),
    )
    child = _dimension(reader, "b_ansvar"), _function(reader, "b_funksjon"), _dimension(reader, "b_prosjekt")
    reader.done()
    assert fra is not None
    return AccountingFacts(
        fra, template, department, function, project, *child, numbered=form.text("visma_net") == ""
    )


def read_number(form: Form) -> str:
    """One employee number."""
    text = form.text("nummer")
    if not NUMBER.fullmatch(text):
        raise Invalid.one("nummer", WRITE_NUMBER)
    return text


def read_list(form: Form) -> list[ListedNumber]:
    """A list from the payroll system, pasted or as a file, with a header. Raises Invalid for what is no such list."""
    upload = form.uploads.get("fil")
    pasted = form.text("liste")
    if not pasted and (upload is None or not upload.content):
        raise Invalid.one("liste", N_("Lim inn lista fra lønnssystemet, eller velg en fil."))
    field = "liste" if pasted else "fil"
    content = pasted.encode() if pasted else (upload.content if upload else b"")
    try:
        table = read_table(
            content, upload.filename if upload and not pasted else "liste.csv", known_columns=KNOWN
        )
    except UnreadableTable as fault:
        raise Invalid({field: BadInput(field, fault.message, **fault.params)}) from fault
    return _rows(table, field)


def _rows(table: Table, field: str) -> list[ListedNumber]:
    places = {column_key(name): place for place, name in reversed(list(enumerate(table.header)))}

    def place(names: tuple[str, ...]) -> int | None:
        return next((places[column_key(name)] for name in names if column_key(name) in places), None)

    number, born = place(NUMBER_COLUMNS), place(BORN_COLUMNS)
    named = [
        one for one in (place(NAME_COLUMNS), place(GIVEN_COLUMNS), place(FAMILY_COLUMNS)) if one is not None
    ]
    if number is None or not named:
        raise Invalid.one(
            field,
            N_("Lista må ha kolonnene ansattnummer og navn. Fødselsdato hjelper når to heter det samme."),
        )
    found = []
    for row in table.rows:
        value = row.cells[number].strip()
        name = " ".join(row.cells[one].replace(",", " ").strip() for one in named).strip()
        if not value and not name:
            continue
        if not NUMBER.fullmatch(value):
            raise Invalid.one(field, N_("Rad %(row)s har ikke noe ansattnummer vi kan lese."), row=row.row_no)
        day = None
        if born is not None and row.cells[born].strip():
            try:
                day = parse_date(row.cells[born], field=field, years_ahead=0)
            except BadInput as fault:
                raise Invalid.one(
                    field, N_("Rad %(row)s har en fødselsdato vi ikke kan lese."), row=row.row_no
                ) from fault
        found.append(ListedNumber(row.row_no, value, name, day))
    return found


FIELDS: Mapping[str, str] = {
    "ansvar": "department", "funksjon": "kostra_function", "prosjekt": "project", "b_ansvar": "child_department",
    "b_funksjon": "child_function", "b_prosjekt": "child_project", "mal": "template",
}  # fmt: skip
"""Form field → PayAccounting's column."""
