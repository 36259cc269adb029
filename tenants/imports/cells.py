"""The cells of one row of a case list read into facts; a message says what could not be read or was assumed."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TypeVar

from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import (
    HoursUnit,
    clean,
    format_date,
    hours_unit_stated,
    parse_hours,
    parse_postcode_place,
)
from tenants.imports.columns import Column
from tenants.imports.facts import (
    Form,
    ImportedDecision,
    ImportedPerson,
    ImportedService,
    Protection,
)
from tenants.imports.reading import CellReader
from tenants.people.api import FullName, NationalNumber, NationalNumberError, fold, split_family_given

T = TypeVar("T")

MAX_TEXT = 2_000

_FORMS: dict[str, Form] = {
    "stottekontakt": "individual",
    "stottekontakt individuell": "individual",
    "individuell stottekontakt": "individual",
    "individuell": "individual",
    "gruppe": "group",
    "aktivitetsgruppe": "group",
    "stottekontakt i gruppe": "group",
    "stottekontakt gruppe": "group",
    "fritid med bistand": "organisation",
    "samarbeid med frivillig organisasjon": "organisation",
    "frivillig organisasjon": "organisation",
    "treningskontakt": "training",
}
HOURS_ASSUMED = N_("Uten «t/uke» eller «t/mnd» leses tallet som timer per uke.")
_NO_CONTACT = frozenset({"", "mangler", "venteliste", "ingen", "nei"})
_YES, _NO = frozenset({"j", "ja", "x"}), frozenset({"", "n", "nei"})
_GUARDIAN = re.compile(r"\b(?:hjelpe)?verge\s*:\s*([^;\n]+)", re.IGNORECASE)
# Longer wordings first, so that "strengt fortrolig" is not taken for "fortrolig".
_PROTECTED: tuple[tuple[re.Pattern[str], Protection], ...] = (
    (re.compile(r"\b(?:kode\s*6|strengt\s+fortrolig(?:\s+adresse)?)\b", re.IGNORECASE), "kode6"),
    (re.compile(r"\b(?:kode\s*7|fortrolig\s+adresse)\b", re.IGNORECASE), "kode7"),
)


class RowReader(CellReader):
    """The columns that every list has: who, what was decided, and what is noted."""

    def check_width(self) -> None:
        """More cells than headings: a semicolon in a text has pushed the rest to the side."""
        extra = self.row.cells[len(self.columns.header) :]
        if extra:
            self.unread["extra"] = ";".join(extra)
            self.tell(
                "error",
                "note",
                N_("Raden har flere felt enn overskriften. Sett anførselstegn rundt tekst med semikolon i."),
            )

    def person(self) -> ImportedPerson | None:
        number, number_ok = self._national_number()
        name = self._name()
        birth_date, birth_ok = self._birth_date(number)
        postcode, place = self._postcode_place()
        address = self.text("address", 200)
        if number is None and birth_date is None and number_ok and birth_ok:
            self.tell(
                "error",
                "national_number",
                N_(
                    "Fyll inn fødselsnummeret. Har personen ikke et, legg til kolonnen «Fødselsdato» "
                    "og fyll inn fødselsdatoen der."
                ),
            )
        if name is None or (number is None and birth_date is None) or not (number_ok and birth_ok):
            return None
        return ImportedPerson(number, name.family, name.given, birth_date, address, postcode, place)

    def application(self) -> dt.date | None:
        """The day the application was received, which starts every clock: without it there is no case."""
        if not self.cell("received"):
            self.tell("error", "received", N_("Fyll inn datoen søknaden kom, for eksempel 28.02.2026."))
            return None
        day = self.date("received")
        if day is not None and day > self.today:
            self.tell("error", "received", N_("Datoen er ikke kommet ennå. Skriv dagen søknaden kom."))
            return None
        return day

    def decision(self, application: dt.date | None) -> ImportedDecision | None:
        """The decision, or None with a word about it when the row has no decision date."""
        decided, valid_from, valid_to = (self.date(c) for c in ("decided", "valid_from", "valid_to"))
        if not self.cell("decided"):
            self.tell("note", "decided", N_("Ingen vedtaksdato: raden blir en søknad uten vedtak."))
            if valid_to is not None:
                self.tell(
                    "warning",
                    "valid_to",
                    N_("Sluttdatoen %(date)s blir ikke med, for raden har ingen vedtaksdato."),
                    date=format_date(valid_to),
                )
            return None
        if decided is None:
            return None
        if decided > self.today:
            self.tell("error", "decided", N_("Datoen er ikke kommet ennå. Skriv dagen vedtaket ble fattet."))
            return None
        if application is not None and decided < application:
            self.tell(
                "warning",
                "decided",
                N_("Vedtaket er fra før søknaden kom %(date)s. Sjekk begge datoene."),
                date=format_date(application),
            )
        start, start_column = (valid_from, "fra") if valid_from else (decided, "vedtak")
        if valid_to is not None and valid_to < start:
            self.tell(
                "error",
                "valid_to",
                N_("Sluttdatoen er før vedtaket gjelder fra %(date)s. Skriv en senere sluttdato.")
                if start_column == "fra"
                else N_("Sluttdatoen er før vedtaksdatoen %(date)s. Skriv en senere sluttdato."),
                date=format_date(start),
            )
        elif valid_to is not None and valid_to < self.today:
            self.tell(
                "note",
                "valid_to",
                N_(
                    "Vedtaket gikk ut %(date)s. Saken står til evaluering, og det blir ikke sendt bestilling."
                ),
                date=format_date(valid_to),
            )
        return ImportedDecision(decided, start, valid_to)

    def services(self, *, decided: bool) -> tuple[ImportedService, ...]:
        """The row's services. Of several, the hours belong to the first that is not a group."""
        amount, unit = self._hours()
        typed = self.cell("service")
        parts = [" ".join(part.split()) for part in re.split(r"[+&;/]|\sog\s", typed)]
        forms: list[Form] = []
        for part in parts:
            form = _FORMS.get(_plain(part))
            if form is None:
                self._refuse_service(part)
                return ()
            if form not in forms:
                forms.append(form)
        holder = next((form for form in forms if form != "group"), forms[0])
        if len(forms) > 1:
            self.tell(
                "warning",
                "service",
                N_(
                    "Raden har %(count)s tjenester. Timene er ført på «%(service)s»; sjekk timene for resten."
                ),
                count=len(forms),
                service=parts[[_FORMS[_plain(part)] for part in parts].index(holder)],
            )
        if decided and not self.cell("hours") and holder in ("individual", "training"):
            self.tell("error", "hours", N_("Fyll inn timene i vedtaket, for eksempel 4 eller 16 t/mnd."))
        return tuple(
            ImportedService(form, *((amount, unit) if form == holder else (None, None))) for form in forms
        )

    def contact_name(self, *, decided: bool) -> str | None:
        """The contact's name; None for an empty cell, "MANGLER" and "venteliste"."""
        name = self.text("contact", 200)
        if fold(name) in _NO_CONTACT:
            return None
        if not decided and not self.cell("decided"):
            self.tell(
                "warning",
                "contact",
                N_("Raden har en støttekontakt, men ingen vedtaksdato. Sjekk om den mangler."),
            )
        return name

    def interests(self) -> tuple[str, ...]:
        """Interests as the list has them, split at comma and semicolon, without quotation marks."""
        parts = (
            clean(part).strip("\"'«»”“ ") for part in re.split(r"[,;\n]", self.text("interests", MAX_TEXT))
        )
        return tuple(dict.fromkeys(part for part in parts if part))

    def companion_card(self) -> bool:
        answer = fold(self.cell("companion_card"))
        if answer not in _YES | _NO:
            self.tell(
                "warning", "companion_card", N_("Svaret er ikke lest. Skriv ja, eller la feltet stå tomt.")
            )
        return answer in _YES

    def note(self) -> tuple[str, Protection, str | None]:
        """The remark without what was understood of it, the protection, and the guardian's name.

        Protection is taken out of the remark, so that it is kept where protection is kept and nowhere else.
        Any mention counts, even "ikke kode 6": to protect without need is put right in a minute.
        """
        text = self.text("note", MAX_TEXT)
        guardian_name = None
        if match := _GUARDIAN.search(text):
            guardian_name = _given_first(match[1])
            text = text[: match.start()] + text[match.end() :]
        protection: Protection = "none"
        for pattern, found in _PROTECTED:
            if pattern.search(text):
                protection = found if protection == "none" else protection
                text = pattern.sub("", text)
        if protection != "none":
            self.tell(
                "note",
                "note",
                N_("Personen registreres med strengt fortrolig adresse (kode 6).")
                if protection == "kode6"
                else N_("Personen registreres med fortrolig adresse (kode 7)."),
            )
        parts = (part.strip(" ,.;:") for part in text.split(";"))
        return "; ".join(part for part in parts if part), protection, guardian_name

    def _national_number(self) -> tuple[NationalNumber | None, bool]:
        """The number, and whether the cell was without fault (an empty one is)."""
        typed = self.cell("national_number")
        if not typed:
            return None, True
        digits = "".join(typed.split())
        # A spreadsheet that takes the column for numbers drops a leading nought; the check digits tell.
        if len(digits) == 10 and digits.isdigit():
            try:
                number = self._parse_number(f"0{digits}")
            except NationalNumberError:
                pass
            else:
                self.tell(
                    "warning", "national_number", N_("Regnearket har mistet nullen foran. Den er satt inn.")
                )
                return number, True
        try:
            return self._parse_number(typed), True
        except NationalNumberError as error:
            # The digits stay out of `unread`: that goes into the fingerprint, and could be guessed from it.
            self.tell("error", "national_number", error.message, **error.params)
            return None, False

    def _parse_number(self, typed: str) -> NationalNumber:
        return NationalNumber.parse(typed, accept_synthetic=self.accept_synthetic, today=self.today)

    def _birth_date(self, number: NationalNumber | None) -> tuple[dt.date | None, bool]:
        if not self.cell("birth_date"):
            return (number.birth_date if number else None), True
        typed = self.date("birth_date", years_ahead=0)
        if typed is None:
            return None, False
        if typed > self.today:
            self.tell("error", "birth_date", N_("Datoen er ikke kommet ennå. Skriv dagen personen ble født."))
            return None, False
        if number and number.birth_date and number.birth_date != typed:
            self.tell(
                "error",
                "birth_date",
                N_("Fødselsdatoen og fødselsnummeret sier ikke det samme. Rett ett av dem."),
            )
            return None, False
        return typed, True

    def _name(self) -> FullName | None:
        if "name" in self.columns.places:
            column: Column = "name"
            typed = self.cell("name")
        else:
            column = "given" if self.cell("family") else "family"
            typed = f"{self.cell('family')}, {self.cell('given')}"
            if not (self.cell("family") and self.cell("given")):
                self.tell("error", column, N_("Fyll inn navnet."))
                return None
        return self.read(column, lambda: split_family_given(typed))

    def _postcode_place(self) -> tuple[str, str]:
        typed = self.cell("postcode_place")
        if not typed:
            return "", ""
        try:
            return parse_postcode_place(typed, field="postcode_place")
        except BadInput as bad:
            self.unread["postcode_place"] = typed
            self.tell("warning", "postcode_place", bad.message, **bad.params)
            return "", ""

    def _hours(self) -> tuple[Decimal | None, HoursUnit | None]:
        typed = self.cell("hours")
        if not typed:
            return None, None
        hours = self.read(
            "hours", lambda: parse_hours(typed, field="hours", unless_stated=self.columns.hours_unit)
        )
        if hours is None:
            return None, None
        if not hours_unit_stated(typed) and not self.columns.hours_unit_stated:
            self.tell("note", "hours", HOURS_ASSUMED)
        return hours

    def _refuse_service(self, part: str) -> None:
        self.unread["service"] = self.cell("service")
        valid = "Støttekontakt, Aktivitetsgruppe, Fritid med bistand eller Treningskontakt"
        if not part:
            self.tell("error", "service", N_("Fyll inn tjenesten: %(valid)s."), valid=valid)
        else:
            self.tell(
                "error",
                "service",
                N_("«%(typed)s» hører ikke til denne tjenesten. Ta bort raden, eller skriv %(valid)s."),
                typed=part[:60],
                valid=valid,
            )


def _plain(service: str) -> str:
    """A service's name without marks or punctuation, ø as o: lists write it many ways."""
    return fold(service).replace("oe", "o").replace("-", " ").strip()


def _given_first(name: str) -> str:
    """ "Moen, Liv" as "Liv Moen"; a name without a comma as it stands."""
    family, _, given = (" ".join(part.split()).strip(" .") for part in name.partition(","))
    return f"{given} {family}".strip()
