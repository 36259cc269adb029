"""Reading the decision form: text as typed into facts, or every field's error at once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from sammen.clock import today
from sammen.errors import BadInput
from sammen.i18n_mark import N_
from sammen.norwegian import parse_date, parse_decimal
from sammen.web.forms import Form, Reader
from tenants.cases.api import FORM_NAMES, add_months
from tenants.decisions.rules import GrantFacts
from tenants.decisions.service import DecisionFacts

UNITS = {"week": N_("timer i uka"), "month": N_("timer i måneden")}
KINDS = {"grant": N_("Innvilge"), "partial": N_("Innvilge en del"), "refusal": N_("Avslå")}
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


def _grant(reader: Reader, n: int) -> GrantFacts | None:
    """Service number `n` of the form; None when nothing was filled in for it."""
    names = {key: f"{key}_{n}" for key in ("form", "timer", "enhet", "naar", "fra", "til")}
    form = reader.form.text(names["form"])
    if not form:
        if any(reader.form.text(names[key]) for key in ("timer", "naar", "fra", "til")):
            reader.fail(names["form"], N_("Velg hvilken tjeneste dette gjelder."))
        return None
    if form not in FORM_NAMES:
        reader.fail(names["form"], N_("Velg hvilken tjeneste dette gjelder."))
    amount = reader.take(names["timer"], partial(_hours, field=names["timer"]))
    start = reader.take(names["fra"], lambda text: parse_date(text, field=names["fra"]))
    end = reader.take(names["til"], lambda text: parse_date(text, field=names["til"]))
    if start and end and end < start:
        reader.fail(names["til"], N_("Sluttdatoen er før startdatoen."))
    unit = reader.form.text(names["enhet"])
    return GrantFacts(
        form,
        amount,
        unit if unit in UNITS else "week",
        reader.text(names["naar"], most=500),
        start,
        end,
    )


def evaluation_choices(start: date) -> list[tuple[str, date]]:
    """Half a year and a year after the start; a decision is looked at at least once a year (A7)."""
    return [("half", add_months(start, 6)), ("year", add_months(start, 12))]


def read_decision(form: Form, *, grounds: frozenset[str]) -> DecisionFacts:
    """The decision form. A draft may lack anything, but what is there must be readable. Raises Invalid."""
    reader = Reader(form)
    kind = reader.choice("utfall", KINDS, required=N_("Velg om søknaden skal innvilges eller avslås."))
    grants = [grant for n in range(MOST_GRANTS) if (grant := _grant(reader, n)) is not None]
    forms = [grant.form for grant in grants]
    for n, name in enumerate(forms):
        if name in forms[:n]:
            reader.fail(f"form_{n}", N_("Denne tjenesten står på vedtaket to ganger. Slå dem sammen."))
    ground = reader.form.text("hjemmel")
    if ground and ground not in grounds:
        reader.fail("hjemmel", N_("Velg en hjemmel fra lista."))
    evaluate_on = reader.take("evaluering", lambda text: parse_date(text, field="evaluering"))
    if evaluate_on is not None and evaluate_on > today() + timedelta(days=366 * 2):
        reader.fail("evaluering", N_("Et vedtak skal ses på minst én gang i året. Velg en tidligere dato."))
    facts = DecisionFacts(
        kind, grants if kind != "refusal" else [], reader.text("maal"), reader.text("egne_ord"),
        reader.text("begrunnelse", most=15_000), ground or None, evaluate_on,
    )  # fmt: skip
    reader.done()
    return facts
