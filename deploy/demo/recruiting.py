"""How contacts come: campaigns and who answered them, what the first talk was about, and what is said of who stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from deploy.demo.chance import Chance, at
from deploy.demo.stories import HORTEN
from deploy.demo.town import Making, Town
from shared_pool.campaigns.codes import slug_of
from shared_pool.campaigns.models import Campaign, CampaignSource, CampaignTally
from tenants.contacts.models import SupportContact

LARVIK: Final = "0709"
NB_TWO: Final = {
    "title": "Har du to timer i uka?",
    "lede": "Mange i Vestfold venter på noen å gjøre noe sammen med. Du kan være den ene.",
    "body": "Som støttekontakt møter du den samme personen hver uke. Dere går på tur, trener, lager mat eller tar en kaffe. "
    "Du får lønn, kurs og en fast person i kommunen å ringe til.\n\n"
    "Skriv litt om deg selv og hva du liker. Kommunen din ringer deg.",
}
NN_TWO: Final = {
    "title": "Har du to timar i veka?",
    "lede": "Mange i Vestfold ventar på nokon å gjere noko saman med. Du kan vere den eine.",
    "body": "Som støttekontakt møter du den same personen kvar veke. De går på tur, trener, lagar mat eller tek ein kaffi. "
    "Du får løn, kurs og ein fast person i kommunen å ringje til.\n\n"
    "Skriv litt om deg sjølv og kva du liker. Kommunen din ringjer deg.",
}
EN_TWO: Final = {
    "title": "Do you have two hours a week?",
    "lede": "Many people in Vestfold are waiting for somebody to do things with. You can be the one.",
    "body": "As a support contact you meet the same person every week. You go for walks, exercise, cook or have a coffee. "
    "You are paid, you can take courses, and there is always somebody in the municipality to call.\n\n"
    "Tell us a little about yourself and what you like. Your municipality will call you.",
}
NB_SUMMER: Final = {
    "title": "Finn noen i sommer",
    "lede": "Sommeren er lang når ingen ringer. Bli støttekontakt før ferien.",
    "body": "Vi trenger flere som vil bade, fiske, sykle og spise is sammen med noen. Du får opplæring før du begynner.",
}
NN_SUMMER: Final = {
    "title": "Finn nokon i sommar",
    "lede": "Sommaren er lang når ingen ringjer. Bli støttekontakt før ferien.",
    "body": "Vi treng fleire som vil bade, fiske, sykle og ete is saman med nokon. Du får opplæring før du byrjar.",
}
EN_SUMMER: Final = {
    "title": "Find somebody this summer",
    "lede": "Summer is long when nobody calls. Become a support contact before the holidays.",
    "body": "We need more people who want to swim, fish, cycle and have ice cream with somebody. You are trained first.",
}
NB_STUDENTS: Final = {
    "title": "Bli støttekontakt ved siden av studiene",
    "lede": "Noen timer i uka, når det passer med forelesningene.",
    "body": "Teksten er et utkast. Vi avtaler med studentorganisasjonene hvor den skal henge.",
}


@dataclass(frozen=True, slots=True)
class Planned:
    """A campaign. `opens`, `closes`: days from today. `sources`: kind, place, and the municipality number if in one only."""

    state: str
    opens: int
    closes: int
    texts: Mapping[str, Mapping[str, str]]
    sources: Sequence[tuple[str, str, str]]
    unsure: int
    """Of every so many who send the form, one never confirms it."""
    joined: tuple[int, int] = (0, 0)
    """Days back to the first and the last who became contacts by it."""


CAMPAIGNS: Final = (
    Planned("closed", -236, -160, {"nb": NB_SUMMER, "nn": NN_SUMMER, "en": EN_SUMMER},
            (("poster", "Stavern bad", LARVIK), ("link", "Facebook", ""), ("newsletter", "Idrettskretsen", "")), 4, (235, 150)),
    Planned("open", -42, 56, {"nb": NB_TWO, "nn": NN_TWO, "en": EN_TWO},
            (("poster", "Horten bibliotek", HORTEN), ("poster", "Larvik kulturhus", LARVIK), ("link", "Facebook", ""),
             ("newsletter", "Frivilligsentralene", "")), 3, (60, 0)),
    Planned("draft", 40, 110, {"nb": NB_STUDENTS}, (("poster", "Høgskolen i Vestfold", ""),), 0),
)  # fmt: skip
Source = tuple[UUID, str, str]
"""A source's id, kind and municipality number."""


def write_campaigns(making: Making, towns: Sequence[Town], borrowed: Collection[UUID]) -> None:
    """The campaigns with their sources, who came by them, and how often they were opened. `borrowed`: contacts who came
    from another municipality, and by no poster.
    """
    chance = Chance("campaigns")
    for planned in CAMPAIGNS:
        opens = making.as_of + timedelta(days=planned.opens)
        laid_out = min(opens, making.as_of) - timedelta(days=6)
        campaign = chance.id_at(laid_out)
        making.rows.add(
            Campaign, region_id=making.region_id, id=campaign, slug=slug_of(planned.texts["nb"]["title"]),
            state=planned.state, opens_on=opens, closes_on=making.as_of + timedelta(days=planned.closes),
            municipalities=[town.id for town in towns], texts={code: dict(said) for code, said in planned.texts.items()},
            created_at=at(laid_out, 10),
        )  # fmt: skip
        sources = _write_sources(making, towns, chance, campaign, planned, laid_out)
        if planned.state != "draft":
            came = _write_came_from(making, towns, chance, planned, sources, borrowed)
            _Numbers(making, towns, chance, campaign, planned, opens).write(sources, came)


def _write_sources(
    making: Making, towns: Sequence[Town], chance: Chance, campaign: UUID, planned: Planned, laid_out: date
) -> list[Source]:
    ids = {town.place.code: town.id for town in towns}
    found: list[Source] = []
    for kind, place, where in (("direct", "", ""), *planned.sources):
        if where and where not in ids:
            continue
        source = chance.id()
        code = "".join(chance.choice("23456789abcdefghjkmnpqrstuvwxyz") for _ in range(6))
        making.rows.add(
            CampaignSource, region_id=making.region_id, id=source, campaign_id=campaign, code=code, kind=kind, place=place,
            municipality_id=ids.get(where), created_at=at(laid_out, 11),
        )  # fmt: skip
        found.append((source, kind, where))
    return found


def _write_came_from(
    making: Making, towns: Sequence[Town], chance: Chance, planned: Planned, sources: Sequence[Source],
    borrowed: Collection[UUID],
) -> list[tuple[UUID, Source, date]]:  # fmt: skip
    """(municipality, source, day) of those who became known in the campaign's time and say that they came by it."""
    first, last = (making.as_of - timedelta(days=days) for days in planned.joined)
    code_of = {town.id: town.place.code for town in towns}
    known: dict[UUID, list[dict[str, Any]]] = {}
    for row in making.rows.of(SupportContact):
        began = row["created_at"].date()
        usual = row["id"] not in borrowed and row["state"] != "ended" and row.get("came_from") is None
        if usual and first <= began <= last:
            known.setdefault(row["tenant_id"], []).append(row)
    found = []
    for tenant, rows in known.items():
        here = [source for source in sources if source[2] in ("", code_of[tenant])]
        own = [source for source in here if source[2]]
        for number, row in enumerate(
            sorted(rows, key=lambda row: (row["answered_on"] is not None, row["id"]))
        ):
            if number >= 9:
                break
            # Where there is a poster of one's own, that is what most have seen.
            source = own[0] if own and (number == 0 or chance.often(0.5)) else chance.choice(here)
            making.rows.amend(SupportContact, row["id"], came_from=source[0])
            found.append((tenant, source, max(row["created_at"].date(), first)))
    return found


@dataclass
class _Numbers:
    """How often a campaign was opened and its form sent, day by day."""

    making: Making
    towns: Sequence[Town]
    chance: Chance
    campaign: UUID
    planned: Planned
    opens: date

    def write(self, sources: Sequence[Source], came: Sequence[tuple[UUID, Source, date]]) -> None:
        """Views of every source, the forms of those who came, and some that were never confirmed."""
        closes = min(
            self.making.as_of - timedelta(days=1), self.making.as_of + timedelta(days=self.planned.closes)
        )
        for source, kind, _ in sources:
            most = {"link": 14, "newsletter": 9, "direct": 4}.get(kind, 5)
            day = self.opens
            while day <= closes:
                # A newsletter is read in the week it comes; what hangs on a wall is read now and then.
                fresh = kind != "newsletter" or (day - self.opens).days % 28 < 5
                times = self.chance.randint(0, most) if fresh and self.chance.often(0.6) else 0
                self._add(source, "view", day, times, None)
                day += timedelta(days=1)
        sent: dict[tuple[UUID, UUID, date], int] = {}
        for number, (tenant, source_of, known) in enumerate(came):
            day = min(max(known, self.opens), closes)
            key = (source_of[0], tenant, day)
            sent[key] = sent.get(key, 0) + 1 + (number % self.planned.unsure == 0)
        for (source, tenant, day), times in sent.items():
            self._add(source, "sent", day, times, tenant)

    def _add(self, source: UUID, what: str, day: date, times: int, tenant: UUID | None) -> None:
        if times:
            self.making.rows.add(
                CampaignTally, region_id=self.making.region_id, id=self.chance.id_at(day), campaign_id=self.campaign,
                source_id=source, municipality_id=tenant, what=what, on_day=day, times=times,
            )  # fmt: skip
