"""What follows from the figures: facts by rule, each from published figures alone, and nothing about why."""

from __future__ import annotations

from typing import Final

from reporting.papers.building import Maker
from reporting.papers.schemes import Groups, answered_by
from reporting.papers.sentences import whole
from reporting.reports.api import Figure, Quantity, narrowed, quantity, said
from sammen.i18n_mark import N_

TRAINED: Final = N_("%(value)s av støttekontaktene har kurset eller veiledningen kommunen krever.")

UNSURE: Final = N_(
    "Noen tall er skjult eller mangler. Derfor kan vi ikke si hvor ulike kommunene er: %(name)s."
)


def follows(maker: Maker, groups: Groups) -> list[str]:
    """The facts in the order of the mandate, and where it goes on from here."""
    found = [
        _apart(maker, quantity("cost_per_hour"), N_("En time koster %(more)s mer i %(high)s enn i %(low)s.")),
        _apart(maker, quantity("pay_per_hour"), N_("Lønna for en time er %(more)s høyere i %(high)s enn i %(low)s.")),
        _group_or_alone(maker),
        *_if_there(maker, "turnover", N_("%(value)s av støttekontaktene sluttet i perioden.")),
        *_if_there(maker, "trained_share", TRAINED),
        *_if_there(maker, "followed_up_share", N_("%(value)s av støttekontaktene har hatt samtale i tide.")),
        *answered_by(maker, groups, only=("joint-groups", "joint-recruiting")),
        maker.say(
            N_(
                "Tallene sier ikke hvorfor kommunene er forskjellige. De kan organisere tjenesten ulikt og ha ulike brukere."
            )
        ),
        maker.say(
            N_("Hva like satser, felles kurs og flere grupper kan bety for økonomien, regnes ut under «Hva om …» i Sammen.")
        ),
    ]  # fmt: skip
    return [text for text in found if text]


def _if_there(maker: Maker, wanted: str, told: str) -> list[str]:
    """A sentence of a figure the release has; one that it has not is named where it belongs, and not here."""
    one = quantity(wanted)
    return [whole(maker, one, told)] if maker.has(one) else []


def _apart(maker: Maker, one: Quantity, told: str) -> str:
    """How far the highest is from the lowest, when each is one municipality and nobody's figure is hidden or missing.

    With a hidden figure the true ends may be others, and a difference would claim too much.
    """
    if not maker.has(one):
        return ""
    column = maker.board.framed([one], whole=False).column(maker.board.period.slug, one.id)
    values = {place.name: figure.value for place, figure in column if figure.value is not None}
    if len(values) < len(column) or len(values) < 2:
        return maker.say(UNSURE, name=maker.say(one.name))
    low, high = min(values.values()), max(values.values())
    ends = [[name for name, value in values.items() if value == end] for end in (low, high)]
    if low == high or any(len(names) > 1 for names in ends):
        return ""
    return maker.say(told, more=said(Figure(high - low), one, maker.lang), low=ends[0][0], high=ends[1][0])


def _group_or_alone(maker: Maker) -> str:
    """An hour in a group beside an hour alone, in the region."""
    group, alone = (narrowed(quantity("cost_per_hour"), {"form": code}) for code in ("group", "individual"))
    if not maker.has(group, alone):
        return ""
    figures = [maker.region(one) for one in (group, alone)]
    if any(figure.value is None for figure in figures):
        return maker.say(
            N_("Kostnaden for en time i gruppe og en time alene kan ikke vises ved siden av hverandre.")
        )
    return maker.say(
        N_(
            "En time i gruppe koster %(group)s, og en time med individuell støttekontakt koster %(alone)s."
            " Administrasjon er ikke med i de to tallene."
        ),
        group=said(figures[0], group, maker.lang), alone=said(figures[1], alone, maker.lang),
    )  # fmt: skip
