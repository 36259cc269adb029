"""What the public form asks, and what it says once it is read. No national number is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sammen.clock import today
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import format_date, format_decimal, parse_date, parse_decimal
from sammen.web.forms import Form, Reader
from sammen.web.i18n import translate
from shared_pool.campaigns.wishes import PublicWishes, read_wishes
from tenants.api import ContactFacts, PersonFacts, age_on, traits

TRAP: Final = "nettsted"
"""A field no person sees: what fills it in is a program."""
YOUNGEST, OF_AGE, OLDEST = 13, 18, 100
"""From thirteen one may do light work (arbeidsmiljøloven § 11-1); each municipality has its own limit (B11)."""
MOST_HOURS = 40
MOST: Final[Mapping[str, int]] = {
    "fornavn": 100, "etternavn": 100, "epost": 200, "telefon": 40, "foresatt": 200, "foresatt_telefon": 40, "ikke_annet": 500,
    "hvem": 500, "hvorfor": 1_000,
}  # fmt: skip
"""The free texts, and the most signs each takes."""
SKILLS: Final = {code: trait.label for code, trait in traits.SKILLS.items() if code != "car"}
KINDS: Final[Mapping[str, str]] = {
    "individual": N_("Være sammen med én person"),
    "group": N_("Være med i en aktivitetsgruppe"),
    "training": N_("Følge noen på trening"),
}
SLOTS: Final = frozenset(traits.SLOTS)
LISTS: Final = ("interesser", "erfaring", "sprak", "tider", "slag", "omraader", "ikke")


@dataclass(frozen=True, slots=True)
class PublicForm:
    """A whole form: what was typed and ticked, with dates and numbers in their one form, and each yes by itself."""

    fields: Mapping[str, Any]
    wishes: PublicWishes


def read_form(form: Form, places: Sequence[UUID]) -> PublicForm:
    """The form as sent; `places` are those one may say yes to. Raises Invalid with every field's error, in its order."""
    reader = Reader(form)
    if form.text(TRAP):
        reader.fail(
            TRAP, N_("La dette feltet stå tomt. Det er der for å stoppe programmer som fyller ut skjemaer.")
        )
    reader.text("fornavn", required=N_("Skriv fornavnet."), most=MOST["fornavn"])
    reader.text("etternavn", required=N_("Skriv etternavnet."), most=MOST["etternavn"])
    born = _born(reader)
    _contact(reader)
    if born is not None and _years(born) < OF_AGE:
        _parent(reader)
    hours = reader.take("timer", _hours)
    begins = reader.take("fra_dag", lambda text: parse_date(text, field="fra_dag", years_ahead=2))
    youngest, oldest = (
        reader.take("alder_fra", _age("alder_fra")),
        reader.take("alder_til", _age("alder_til")),
    )
    if youngest is not None and oldest is not None and oldest < youngest:
        reader.fail("alder_til", N_("Den høyeste alderen er lavere enn den laveste."))
    if not form.all("tider"):
        reader.fail("tider", N_("Kryss av for minst ett tidspunkt som kan passe."))
    texts = {name: reader.text(name, most=most) for name, most in MOST.items()}
    if form.text("ja_kommune") != "ja":
        reader.fail(
            "ja_kommune",
            N_("Vi kan ikke sende skjemaet uten at kommunen får lese det. Kryss av, eller ring kommunen."),
        )
    wishes = read_wishes(reader, places)
    reader.done()
    assert born is not None
    fields: dict[str, Any] = {
        **{name: text for name, text in texts.items() if text},
        "fodselsdato": format_date(born), "postnummer": form.text("postnummer"),
        "bil": form.text("bil") == "ja", "timer": format_decimal(hours) if hours is not None else "",
        "fra_dag": format_date(begins) if begins is not None else "",
        "alder_fra": youngest, "alder_til": oldest,
        **_lists(reader),
    }  # fmt: skip
    return PublicForm(fields, wishes)


def _lists(reader: Reader) -> dict[str, list[str]]:
    return {
        "interesser": reader.choices("interesser", traits.INTERESTS), "erfaring": reader.choices("erfaring", SKILLS),
        "sprak": reader.choices("sprak", traits.LANGUAGES), "tider": sorted(SLOTS & set(reader.form.all("tider"))),
        "slag": reader.choices("slag", KINDS), "omraader": reader.choices("omraader", traits.AREAS),
        "ikke": reader.choices("ikke", traits.INTERESTS),
    }  # fmt: skip


def _born(reader: Reader) -> date | None:
    born = reader.take(
        "fodselsdato",
        lambda text: parse_date(text, field="fodselsdato", years_ahead=0),
        required=N_("Skriv fødselsdatoen."),
    )
    if born is None:
        return None
    if born > today():
        reader.fail("fodselsdato", N_("Fødselsdatoen er i framtida."))
    elif born.year < today().year - OLDEST:
        reader.fail("fodselsdato", N_("Sjekk årstallet i fødselsdatoen."))
    elif _years(born) < YOUNGEST:
        reader.fail(
            "fodselsdato",
            N_("Du må være minst %(age)s år for å søke. Velkommen tilbake når du blir eldre."),
            age=YOUNGEST,
        )
    return None if "fodselsdato" in reader.errors else born


def _years(born: date) -> int:
    return age_on(born, today()) or 0


def _contact(reader: Reader) -> None:
    email, phone, postcode = (reader.form.text(name) for name in ("epost", "telefon", "postnummer"))
    at = email.partition("@")[2]
    if not email:
        reader.fail("epost", N_("Skriv e-postadressen din. Vi sender en lenke dit."))
    elif "@" not in email[1:-1] or "." not in at or any(sign.isspace() or sign in ",;<>()" for sign in email):
        reader.fail("epost", N_("Skriv e-postadressen slik: navn@eksempel.no."))
    if not phone:
        reader.fail("telefon", N_("Skriv telefonnummeret ditt, så kommunen kan ringe deg."))
    elif not 5 <= sum(sign.isdigit() for sign in phone) <= 15:
        reader.fail("telefon", N_("Skriv telefonnummeret med sifre, for eksempel 912 34 567."))
    if not (len(postcode) == 4 and postcode.isascii() and postcode.isdigit()):
        reader.fail("postnummer", N_("Skriv postnummeret med fire sifre."))


def _parent(reader: Reader) -> None:
    reader.text(
        "foresatt",
        required=N_("Du er under 18 år. Skriv navnet på en av foreldrene dine."),
        most=MOST["foresatt"],
    )
    reader.text(
        "foresatt_telefon",
        required=N_("Skriv telefonnummeret til den som er forelder."),
        most=MOST["foresatt_telefon"],
    )
    if reader.form.text("foresatt_vet") != "ja":
        reader.fail("foresatt_vet", N_("Snakk med en av foreldrene dine først, og kryss av her."))


def _hours(text: str) -> Decimal:
    try:
        amount = parse_decimal(text, field="timer")
    except BadInput:
        raise BadInput("timer", N_("Skriv timer som tall, for eksempel 4 eller 4,5.")) from None
    if not 0 < amount <= MOST_HOURS:
        raise BadInput("timer", N_("Skriv timer mellom 0,5 og %(most)s."), most=MOST_HOURS)
    return amount


def _age(name: str) -> Any:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 3) or int(text) > OLDEST:
            raise BadInput(name, N_("Skriv alderen som et helt tall, for eksempel 16."))
        return int(text)

    return read


# In the municipality, when it has been confirmed ------------------------------------------------------------------------
def person_facts(fields: Mapping[str, Any], email: str, language: str) -> PersonFacts:
    """Whom a confirmed form is from. `email` is the address that was confirmed, which may be mended since."""
    return PersonFacts(
        given_name=fields["fornavn"], family_name=fields["etternavn"],
        birth_date=parse_date(fields["fodselsdato"], field="fodselsdato"), postcode=fields["postnummer"],
        phone=fields["telefon"], email=email, language_form="nn" if language == "nn" else "nb",
    )  # fmt: skip


def contact_facts(fields: Mapping[str, Any]) -> ContactFacts:
    """What they like, can and want, as a contact's row keeps it."""
    return ContactFacts(
        interests=[code for code in fields["interesser"] if code not in fields["ikke"]],
        skills=[*fields["erfaring"], "car"] if fields["bil"] else fields["erfaring"],
        languages=fields["sprak"], slots=fields["tider"], has_car=fields["bil"],
        wants_hours=parse_decimal(fields["timer"], field="timer") if fields["timer"] else None,
        kinds=fields["slag"] or ["individual"], areas=fields["omraader"], age_from=fields["alder_fra"],
        age_to=fields["alder_til"], will_not=fields["ikke"], will_not_words=fields.get("ikke_annet", ""),
    )  # fmt: skip


def begins_on(fields: Mapping[str, Any]) -> date | None:
    """The day they can begin, when they have said one."""
    return parse_date(fields["fra_dag"], field="fra_dag") if fields["fra_dag"] else None


def words_of_form(fields: Mapping[str, Any]) -> str:
    """What they wrote in their own words, for a coordinator here: in Bokmål, with what each part answers."""
    parts = (
        (N_("Hvorfor: %(text)s"), fields.get("hvorfor", "")),
        (N_("Vil helst møte: %(text)s"), fields.get("hvem", "")),
        (N_("Kan begynne %(text)s."), fields.get("fra_dag", "")),
        (
            N_("Forelder: %(text)s"),
            ", ".join(filter(None, (fields.get("foresatt", ""), fields.get("foresatt_telefon", "")))),
        ),
    )
    return "\n".join(translate("nb", message, text=text) for message, text in parts if text)
