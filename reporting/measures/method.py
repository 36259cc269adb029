"""How a figure is made, put together for the page and for docs/data/ alike: label and sentence, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from reporting.measures.registry import DEFINITIONS, DERIVED
from reporting.measures.words import INHABITANTS, THEMES, Definition, Derived
from sammen.figures import Dimension
from sammen.i18n_mark import N_

Say = Callable[..., str]
"""`say(msgid, **params)` gives finished text: desk.say, or Bokmål as it stands for the documents."""
UNITS = {
    "count": N_("Antall"),
    "hours": N_("Timer"),
    "kroner": N_("Kroner"),
    "rate": N_("Forhold, én desimal"),
    "percent": N_("Prosent"),
}


@dataclass(frozen=True, slots=True)
class Method:
    """One figure's part: `anchor` for links, its name and definition, the steps, and facts as (label, text)."""

    id: str
    anchor: str
    name: str
    definition: str
    steps: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]


def anchor_of(figure: str) -> str:
    """Where a figure's part stands on the page: `#mal-cost-per-user`."""
    return f"mal-{figure.replace('_', '-')}"


def by_theme(say: Say) -> Iterator[tuple[str, str, list[Method]]]:
    """Every theme that has figures: its id, its name, and its parts; what is counted first, then what is derived."""
    for theme, name in THEMES.items():
        parts = [counted(one, say) for one in DEFINITIONS.values() if one.theme == theme]
        parts += [derived(one, say) for one in DERIVED.values() if one.theme == theme]
        if parts:
            yield theme, say(name), parts


def counted(measure: Definition, say: Say) -> Method:
    """The part of a measure."""
    when = (
        N_("Ved periodens slutt: bare det som gjelder den siste dagen.")
        if measure.stock
        else N_("I perioden, fra og med den første dagen til og med den siste.")
    )
    facts = [
        (say(N_("Enhet")), say(UNITS[measure.unit])),
        (say(N_("Når det telles")), say(when)),
        (say(N_("Kan deles på")), "; ".join(_divided(measure.dimensions, say)) or say(N_("Deles ikke"))),
        (say(N_("Hvor tallene kommer fra")), say(measure.source)),
        (say(N_("Fra når")), say(measure.since)),
        (say(N_("Når tallet er skjult")), say(measure.hidden)),
    ]
    facts += [
        (
            say(N_("Brudd i rekka")),
            say(N_("Fra %(day)s: %(what)s"), day=day.strftime("%d.%m.%Y"), what=say(what)),
        )
        for day, what in measure.breaks
    ]
    return Method(
        measure.id, anchor_of(measure.id), say(measure.name), say(measure.definition),
        tuple(say(step) for step in measure.computed), tuple(facts),
    )  # fmt: skip


def _divided(dimensions: Iterable[Dimension], say: Say) -> Iterator[str]:
    for one in dimensions:
        yield f"{say(one.name)} ({', '.join(say(name) for _, name in one.codes)})"


def derived(figure: Derived, say: Say) -> Method:
    """The part of a figure that is computed from published ones."""
    above = _operand(figure.numerator, figure.where, say)
    below = _operand(figure.denominator, figure.where_below, say) if figure.denominator else ""
    if not below:
        how = say(N_("Tallet er en del av %(above)s."), above=above)
    elif figure.factor == 1:
        how = say(N_("%(above)s delt på %(below)s."), above=above, below=below)
    else:
        how = say(
            N_("%(above)s delt på %(below)s, ganget med %(factor)s."),
            above=above, below=below, factor=f"{figure.factor:f}",
        )  # fmt: skip
    facts = [
        (say(N_("Enhet")), say(UNITS[figure.unit])),
        (say(N_("Slik er det regnet ut")), how),
        (say(N_("Kan deles på")), _shared(figure, say) or say(N_("Deles ikke"))),
        (say(N_("Når tallet er skjult")), say(figure.hidden)),
    ]
    return Method(
        figure.id, anchor_of(figure.id), say(figure.name), say(figure.definition),
        tuple(say(step) for step in figure.computed), tuple(facts),
    )  # fmt: skip


def _operand(wanted: str, where: Mapping[str, tuple[str, ...]], say: Say) -> str:
    """What stands above or below the line: "«Brukere med tilbud» (Alder: 0–17 år)"."""
    if wanted.startswith(INHABITANTS):
        return say(N_("folketallet"))
    measure = DEFINITIONS[wanted]
    chosen = []
    for dimension_id, codes in where.items():
        dimension = measure.dimension(dimension_id)
        names = dict(dimension.codes)
        chosen.append(f"{say(dimension.name)}: {', '.join(say(names[code]) for code in codes)}")
    name = f"«{say(measure.name)}»"
    return f"{name} ({'; '.join(chosen)})" if chosen else name


def _shared(figure: Derived, say: Say) -> str:
    measure = DEFINITIONS[figure.numerator]
    return ", ".join(say(measure.dimension(one).name) for one in figure.shared)
