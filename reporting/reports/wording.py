"""Figures in words: numbers with their units, what has changed since the period before, and what a sign means."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final, cast

from reporting.periods import Language, Period, PeriodKind
from reporting.reports.frame import Figure
from reporting.reports.quantities import Quantity
from sammen.i18n_mark import N_
from sammen.web.formats import decimal, money, percent
from sammen.web.i18n import LANGUAGES, SOURCE_LANGUAGE, translate

CREDIT: Final = N_("Inneholder data fra Statistisk sentralbyrå.")
HIDDEN_MEANS: Final = N_(
    "Et kolon betyr at tallet er skjult, fordi få personer ligger bak. Kolon betyr ikke null."
)
NONE_MEANS: Final = N_("En strek betyr at det ikke finnes noe tall. Strek betyr ikke null.")
AGO: Final = {
    PeriodKind.YEAR: N_("for et år siden"),
    PeriodKind.HALF_YEAR: N_("for et halvt år siden"),
    PeriodKind.TERTIAL: N_("i tertialet før"),
    PeriodKind.MONTH: N_("i måneden før"),
}
_MORE: Final = {
    "count": N_("%(number)s flere enn %(ago)s"),
    "hours": N_("%(number)s timer mer enn %(ago)s"),
    "kroner": N_("%(number)s kr mer enn %(ago)s"),
    "percent": N_("%(number)s prosentpoeng høyere enn %(ago)s"),
    "rate": N_("%(number)s høyere enn %(ago)s"),
}
_FEWER: Final = {
    "count": N_("%(number)s færre enn %(ago)s"),
    "hours": N_("%(number)s timer mindre enn %(ago)s"),
    "kroner": N_("%(number)s kr mindre enn %(ago)s"),
    "percent": N_("%(number)s prosentpoeng lavere enn %(ago)s"),
    "rate": N_("%(number)s lavere enn %(ago)s"),
}
SAME: Final = N_("Likt som %(ago)s")


def unbroken(text: str) -> str:
    """Numbers in running text and in heads are not broken over two lines: "1 000"."""
    return re.sub(r"(?<=\d) (?=\d{3}\b)", "\u00a0", text)


def period_name(period: Period, lang: str) -> str:
    """The period as read in a sentence."""
    return period.label(cast("Language", lang if lang in LANGUAGES else SOURCE_LANGUAGE))


def ago(period: Period, lang: str) -> str:
    """How long ago the period before was, as read in a sentence."""
    return translate(lang, AGO[period.kind])


def number(figure: Figure, one: Quantity, lang: str) -> str:
    """The bare number with the decimals it has, ":" when it is hidden, "–" when there is none."""
    return figure.sign or decimal(figure.value or Decimal(0), one.decimals, lang)


def cell(figure: Figure, one: Quantity, lang: str) -> str:
    """What stands in a table or by a bar: the number, with its sign when it is per cent, or its own sign."""
    if figure.value is not None and one.unit == "percent":
        return percent(figure.value, one.decimals, lang)
    return number(figure, one, lang)


def said(figure: Figure, one: Quantity, lang: str) -> str:
    """The number with its unit, or its sign."""
    if figure.sign or figure.value is None:
        return figure.sign
    if one.unit == "kroner":
        return money(figure.value, one.decimals, lang)
    if one.unit == "percent":
        return percent(figure.value, one.decimals, lang)
    bare = number(figure, one, lang)
    return translate(lang, N_("%(number)s timer"), number=bare) if one.unit == "hours" else bare


def unit(one: Quantity, lang: str) -> str:
    """The unit by itself, for beside a large number; blank for counts and rates."""
    if one.unit == "percent":
        return "%"
    words = {"kroner": N_("kr"), "hours": N_("timer")}
    return translate(lang, words[one.unit]) if one.unit in words else ""


def change(now: Figure, before: Figure, one: Quantity, period: Period, lang: str) -> str:
    """What has changed since the period before; blank when either is not shown."""
    if now.value is None or before.value is None:
        return ""
    since = ago(period, lang)
    moved = now.value - before.value
    if not moved:
        return translate(lang, SAME, ago=since)
    pattern = (_MORE if moved > 0 else _FEWER)[one.unit]
    return translate(lang, pattern, number=decimal(abs(moved), one.decimals, lang), ago=since)
