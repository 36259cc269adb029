"""What the slice's pages say: the forecast in words, what is done for each who waits. No HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sammen.i18n_mark import N_
from sammen.web.formats import date_day_month, date_long
from sammen.web.i18n import ntranslate, translate
from sammen.web.render import with_query
from tenants.cases.api import FORM_NAMES, PURCHASERS
from tenants.waiting.queries import BANDS, LIMITS, WaitingFilter, WaitingRow
from tenants.waiting.rules import FEWEST_STARTS, FEWEST_WEEKS, Forecast, Week


def done_for(row: WaitingRow, language: str) -> tuple[str, str]:
    """What happens for one who waits, and the tag's state."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    if row.starts_on is not None:
        return say(N_("Begynner %(day)s"), day=date_day_month(row.starts_on, language)), "ok"
    if row.state == "returned":
        return say(N_("Sendt tilbake til bestilleren")), "danger"
    if row.state == "filled":
        return say(N_("Støttekontakt er funnet, oppstart er ikke avtalt")), "ok"
    if row.posted:
        return say(N_("Behov lagt ut")), "shared"
    if row.state == "sent":
        return say(N_("Utføreren har ikke svart")), "warning"
    return say(N_("Utføreren leter")), "info"


def chosen_filters(wanted: WaitingFilter, query: dict[str, str], language: str) -> list[tuple[str, str]]:
    """The chosen filters as (label, address without it)."""
    chosen: tuple[tuple[str, str, Mapping[str, str]], ...] = (
        ("tjeneste", wanted.form, FORM_NAMES),
        ("alder", wanted.band, BANDS),
        ("bestiller", wanted.purchaser, PURCHASERS),
        ("grense", wanted.limit, LIMITS),
    )
    return [
        (translate(language, names[value]), with_query(query, **{name: None, "side": None}))
        for name, value, names in chosen
        if value
    ]


@dataclass(frozen=True, slots=True)
class Told:
    """A forecast in sentences: what one must expect, what it rests on, and the figure's heading."""

    headline: str
    because: str
    heading: str


def told(found: Forecast, language: str) -> Told:
    """The forecast in words. Numbers are whole weeks, and a number stands only where the weeks can bear it."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    def weeks(count: int) -> str:
        return ntranslate(language, N_("%(num)s uke"), N_("%(num)s uker"), count)

    if found.why == "nobody":
        headline, because = say(N_("Ingen venter. Da er det ingenting å regne ut.")), ""
    elif found.why == "weeks":
        headline = say(N_("Det er for tidlig å si hvor lang tid det tar."))
        because = say(N_("Vi må ha %(count)s hele uker å regne fra."), count=FEWEST_WEEKS)
    elif found.why == "starts":
        headline = say(N_("For få har begynt til å si hvor lang tid det tar."))
        because = ntranslate(
            language,
            N_("Én tjeneste har begynt på %(weeks)s uker. Vi regner når minst %(fewest)s har begynt."),
            N_("%(num)s tjenester har begynt på %(weeks)s uker. Vi regner når minst %(fewest)s har begynt."),
            found.starts, weeks=found.weeks, fewest=FEWEST_STARTS,
        )  # fmt: skip
    else:
        assert found.wait is not None
        assert found.shortest is not None
        assert found.longest is not None
        headline = say(
            N_("Med denne takten venter den som kommer nå, i om lag %(weeks)s."), weeks=weeks(found.wait)
        )
        because = say(
            N_("%(starts)s har begynt på %(weeks)s uker, og %(waiting)s venter. Det kan bli fra %(low)s til %(high)s uker."),
            starts=found.starts, weeks=found.weeks, waiting=found.waiting, low=found.shortest, high=found.longest,
        )  # fmt: skip
        if found.empty_in is not None:
            because += " " + say(
                N_("Det begynner flere enn det kommer til. Fortsetter det, er lista tom om %(weeks)s."),
                weeks=weeks(found.empty_in),
            )
        elif found.growing:
            because += " " + say(N_("Det kommer til flere enn det begynner. Lista vokser."))
    return Told(headline, because, say(_heading(found)))


def _heading(found: Forecast) -> str:
    if found.starts > found.arrivals:
        return N_("Flere har begynt enn det har kommet til")
    if found.arrivals > found.starts:
        return N_("Flere har kommet til enn det har begynt")
    return N_("Like mange har begynt som det har kommet til")


def week_rows(weeks: Sequence[Week], language: str) -> list[tuple[str, int, int]]:
    """The figure's rows: the week's Monday, who came, who began."""
    return [(_short(week.monday, language), week.arrivals, week.starts) for week in weeks]


def _short(day: date, language: str) -> str:
    del language  # 16.11. in all our languages: a month's name does not fit under a column
    return f"{day.day}.{day.month}."


def period_text(first: date, last: date, language: str) -> str:
    """From the first to the last week's Monday, for the figure's definition."""
    return translate(
        language,
        N_("Tjenester som kom på ventelista, og tjenester som begynte, uke for uke fra %(first)s til %(last)s."),
        first=date_long(first, language), last=date_long(last, language),
    )  # fmt: skip
