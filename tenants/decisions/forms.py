"""Reading the slice's forms: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from sammen.clock import today
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal
from sammen.web.forms import Form, Reader
from tenants.cases.api import FORM_NAMES, add_months
from tenants.decisions.notices import NoticeFacts, ReplyFacts
from tenants.decisions.rules import GrantFacts
from tenants.decisions.service import DecisionFacts
from tenants.decisions.settling import GIVES, OUTCOMES

UNITS = {"week": N_("timer i uka"), "month": N_("timer i måneden")}
KINDS = {"grant": N_("Innvilge"), "partial": N_("Innvilge en del"), "refusal": N_("Avslå")}
FOLLOWING = {"change": N_("Endre eller forny"), "ending": N_("Avslutt tjenesten")}
KIND_NAMES = {
    "grant": N_("Vedtak"),
    "partial": N_("Vedtak om en del av det som ble søkt"),
    "refusal": N_("Avslag"),
    "withdrawal": N_("Søknaden er trukket"),
    "change": N_("Endret vedtak"),
    "ending": N_("Vedtak om å avslutte"),
}
SERVICE_FIELDS = ("form", "timer", "enhet", "innhold", "naar", "fra", "til", "maal")
MOST_GRANTS = 4
MOST_HOURS = 100


def _hours(text: str, *, field: str) -> Decimal:
    try:
        amount = parse_decimal(text, field=field)
    except BadInput:
        raise BadInput(field, N_("Skriv timer som tall, for eksempel 4 eller 4,5.")) from None
    if not 0 < amount <= MOST_HOURS:
        raise BadInput(field, N_("Skriv timer mellom 0,5 og %(most)s."), most=MOST_HOURS)
    return amount


def _day(reader: Reader, name: str, required: str | None = None) -> date | None:
    return reader.take(name, partial(parse_date, field=name), required=required)


def _grant(reader: Reader, n: int) -> GrantFacts | None:
    """Service number `n` of the form; None when nothing was filled in for it."""
    names = {key: f"{key}_{n}" for key in SERVICE_FIELDS}
    form = reader.form.text(names["form"])
    if not form:
        if any(reader.form.text(names[key]) for key in ("timer", "innhold", "naar", "fra", "til", "maal")):
            reader.fail(names["form"], N_("Velg hvilken tjeneste dette gjelder."))
        return None
    if form not in FORM_NAMES:
        reader.fail(names["form"], N_("Velg hvilken tjeneste dette gjelder."))
    amount = reader.take(names["timer"], partial(_hours, field=names["timer"]))
    content = reader.text(names["innhold"], most=2_000)
    times = reader.text(names["naar"], most=500)
    start, end = _day(reader, names["fra"]), _day(reader, names["til"])
    if start and end and end < start:
        reader.fail(names["til"], N_("Sluttdatoen er før startdatoen."))
    unit = reader.form.text(names["enhet"])
    goal = reader.text(names["maal"], most=2_000)
    return GrantFacts(form, amount, unit if unit in UNITS else "week", times, start, end, content, goal)


def evaluation_choices(start: date) -> list[tuple[str, date]]:
    """Half a year and a year after the start; a decision is looked at at least once a year (A7)."""
    return [("half", add_months(start, 6)), ("year", add_months(start, 12))]


def read_decision(form: Form, *, grounds: Collection[str], kinds: Mapping[str, str] = KINDS) -> DecisionFacts:
    """The decision form. A draft may lack anything, but what is there must be readable. Raises Invalid."""
    reader = Reader(form)
    kind = reader.choice("utfall", kinds, required=N_("Velg hva vedtaket skal være."))
    grants = [grant for n in range(MOST_GRANTS) if (grant := _grant(reader, n)) is not None]
    forms = [grant.form for grant in grants]
    for n, name in enumerate(forms):
        if name in forms[:n]:
            reader.fail(f"form_{n}", N_("Denne tjenesten står på vedtaket to ganger. Slå dem sammen."))
    ends_on = _day(reader, "slutter")
    outcome = form.text("utgang")
    if outcome and outcome not in OUTCOMES:
        reader.fail("utgang", N_("Velg hvorfor tjenesten slutter."))
    ground = form.text("hjemmel")
    if ground and ground not in grounds:
        reader.fail("hjemmel", N_("Velg en hjemmel fra lista."))
    evaluate_on = _day(reader, "evaluering")
    if evaluate_on is not None and evaluate_on > today() + timedelta(days=366 * 2):
        reader.fail("evaluering", N_("Et vedtak skal ses på minst én gang i året. Velg en tidligere dato."))
    facts = DecisionFacts(
        kind, grants if kind in GIVES else [], reader.text("maal"), reader.text("egne_ord"),
        reader.text("begrunnelse", most=15_000), ground or None, evaluate_on, reader.text("ikke_innvilget"),
        ends_on if kind == "ending" else None, outcome if kind == "ending" else "",
    )  # fmt: skip
    reader.done()
    return facts


def read_notice(form: Form) -> NoticeFacts:
    """The advance notice: what and why are always asked for, since a reason not to notify is kept beside them."""
    reader = Reader(form)
    waiver = form.text("unntak")
    facts = NoticeFacts(
        reader.text("hva", required=N_("Skriv hva som skal endres.")),
        reader.text("hvorfor", required=N_("Skriv hvorfor.")),
        _day(reader, "frist", None if waiver else N_("Skriv fristen for å svare.")),
        waiver,
        reader.text("unntak_grunn"),
    )
    reader.done()
    return facts


def read_reply(form: Form) -> ReplyFacts:
    """What was replied to a notice."""
    reader = Reader(form)
    on = _day(reader, "svar_dato", N_("Skriv dagen svaret kom."))
    by = reader.text("svar_fra", required=N_("Skriv hvem som svarte."), most=200)
    said = reader.text("svar", required=N_("Skriv hva som ble sagt, eller at personen ikke hadde noe å si."))
    reader.done()
    assert on is not None
    return ReplyFacts(on, by, said)
