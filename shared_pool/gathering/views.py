"""Suggested groups in words. The region sees counts that reach its limit; a municipality sees its own needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.web.formats import date_day_month
from shared_pool.gathering.clusters import Cluster
from shared_pool.gathering.queries import AskCard, SuggestionCard
from shared_pool.gathering.service import mark
from shared_pool.needs.api import AREAS, BANDS, INTERESTS, SHOWN_DAYS, own_needs, slot_day
from shared_pool.recruitment.api import Home, Say
from tenants.api import order_card, order_of_need

AND = N_("%(first)s og %(second)s")
STATES = {
    "asked": (N_("Spurt"), "half"),
    "ready": (N_("Klar"), "ok"),
    "fallen": (N_("Ble ikke noe av"), "neutral"),
    "withdrawn": (N_("Trukket"), "neutral"),
}
WHY = {
    "too_few": N_("For få sa ja, eller behovene ble borte underveis."),
    "no_host": N_("Nok sa ja, men ingen kommune kunne være vert."),
    "withdrawn": N_("Samarbeidet trakk forslaget."),
}
OWN_STATES = {
    "asked": (N_("Venter på svaret deres"), "warning"),
    "yes": (N_("Dere sa ja"), "ok"),
    "no": (N_("Dere sa nei"), "neutral"),
    "lapsed": (N_("Ikke besvart"), "neutral"),
}


def facts(
    interest: str, weekday: str, age_band: str, areas: Sequence[str], say: Say
) -> tuple[tuple[str, str], ...]:
    """What a group has in common, as (label, value) pairs. A code this version does not know is shown as it is."""
    places = [say(AREAS.get(area, area)) for area in areas]
    where = say(AND, first=places[0], second=places[1]) if len(places) == 2 else ", ".join(places)
    return (
        (say(N_("Liker")), say(INTERESTS.get(interest, interest))),
        (say(N_("Alder")), say(BANDS[age_band].label) if age_band in BANDS else age_band),
        *(((say(N_("Kan")), say(SHOWN_DAYS.get(weekday, weekday))),) if weekday else ()),
        (say(N_("Område")), where),
    )


def title(pairs: Sequence[tuple[str, str]], say: Say) -> str:
    """A group's name on a page: "Klatring, 10–13 år"."""
    text = say(N_("%(interest)s, %(age)s"), interest=pairs[0][1], age=pairs[1][1])
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class Possible:
    """A group the region may ask about."""

    mark: str
    title: str
    facts: tuple[tuple[str, str], ...]
    needs: int
    municipalities: int


def possible_view(cluster: Cluster, say: Say) -> Possible:
    """A possible group by counts: which needs, and from where, is not said."""
    key = cluster.key
    pairs = facts(key.interest, cluster.told_day, key.age_band, key.areas, say)
    return Possible(mark(cluster), title(pairs, say), pairs, len(cluster.needs), cluster.municipalities)


@dataclass(frozen=True, slots=True)
class Suggested:
    """A suggestion as the region's page shows it."""

    id: UUID
    title: str
    facts: tuple[tuple[str, str], ...]
    tag: tuple[str, str]
    told: str
    """How it stands, in a sentence or two."""
    live: bool


def suggested_view(card: SuggestionCard, homes: dict[UUID, Home], say: Say, language: str) -> Suggested:
    """A suggestion with how far it has come. Fewer yeses than the limit are not told as a number."""
    pairs = facts(card.interest, slot_day(card.slot), card.age_band, card.areas, say)
    label, state = STATES[card.state]
    return Suggested(
        card.id, title(pairs, say), pairs, (say(label), state), _told(card, homes, say, language),
        card.state in ("asked", "ready"),
    )  # fmt: skip


def _told(card: SuggestionCard, homes: dict[UUID, Home], say: Say, language: str) -> str:
    if card.state == "ready":
        host = homes[card.host_id].name if card.host_id in homes else "?"
        return say(
            N_("%(host)s er vert, med ja for %(yes)s behov. Neste steg: verten tar kontakt med de andre kommunene."),
            host=host, yes=card.yes,
        )  # fmt: skip
    if card.ended_why:
        return say(WHY[card.ended_why])
    so_far = say(
        N_("%(answered)s av %(all)s kommuner har svart. Fristen er %(day)s."), answered=card.answered,
        all=card.municipalities, day=date_day_month(card.answer_by, language),
    )  # fmt: skip
    if card.yes < card.least:
        enough = say(N_("Foreløpig er det færre enn %(least)s ja."), least=card.least)
    elif card.hosts:
        enough = say(N_("Nok har sagt ja."))
    else:
        enough = say(N_("Nok har sagt ja, men ingen har meldt seg som vert. Ring kommunene og spør."))
    return f"{so_far} {enough}"


@dataclass(frozen=True, slots=True)
class OwnNeed:
    """One of the municipality's own needs in a suggestion. `name` is empty when the reader may not see the case."""

    id: UUID
    code: str
    name: str
    url: str
    person_id: UUID | None
    yes: bool


async def own_needs_in(uow: UnitOfWork, card: AskCard) -> list[OwnNeed]:
    """The open needs of the municipality that a suggestion is about, each with its person where the reader may see them.

    The caller writes the access log.
    """
    found = []
    for need in await own_needs(uow):
        if need.id not in card.need_ids or not need.open:
            continue
        order_id = await order_of_need(uow, need.id)
        name, url, person = "", "", None
        if order_id is not None:
            try:
                order = await order_card(uow, order_id)
                name, person = order.name, order.person_id
                url = f"{uow.context.base_url}/bestillinger/{order_id}"
            except NotFound:
                pass  # somebody else's circle: the need is shown by its code, as everywhere
        found.append(OwnNeed(need.id, need.code, name, url, person, need.id in card.yes_ids))
    return found


def own_told(card: AskCard, homes: dict[UUID, Home], here: UUID, say: Say, language: str) -> str:
    """How a suggestion stands for the municipality, and what is next."""
    if card.outcome == "ready" and card.host_id == here:
        names = sorted(homes[one].name for one in card.partners if one in homes)
        return say(
            N_("Gruppa er ønsket, og dere er vert. Neste steg: ta kontakt med %(places)s, og bli enige om å åpne den."),
            places=", ".join(names),
        )  # fmt: skip
    if card.outcome == "ready" and card.state == "yes":
        host = homes[card.host_id].name if card.host_id in homes else "?"
        return say(N_("Gruppa er ønsket. %(host)s er vert, og tar kontakt med dere."), host=host)
    if card.outcome == "fallen":
        return say(
            N_("Det ble ikke nok til en gruppe. Behovene står åpne for en egen støttekontakt, som før.")
        )
    if card.outcome == "withdrawn":
        return say(N_("Samarbeidet trakk forslaget. Behovene står åpne for en egen støttekontakt, som før."))
    if card.waits:
        return say(N_("Svar innen %(day)s."), day=date_day_month(card.answer_by, language))
    return say(N_("Svaret er sendt. Dere får vite det her når nok har svart."))
