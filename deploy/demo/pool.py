"""The shared pool: candidates by consent, needs without a name, and proposals in every state.

What a proposal keeps is made by the pool's own functions, so that its cards, score and reasons are what the rules give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from deploy.demo.book import Book
from deploy.demo.candidates import COURSES, consented
from deploy.demo.chance import Chance, apportion, at
from deploy.demo.contacts import Contact
from deploy.demo.lives import Life
from deploy.demo.places import all_places
from deploy.demo.stories import Cast
from deploy.demo.town import Making, Town
from deploy.demo.words import SAYINGS
from sammen.policy.roles import Role
from shared_pool.engine.ranking import Fit
from shared_pool.matching.loading import fits_for
from shared_pool.matching.models import Proposal
from shared_pool.needs.api import HOURS, SHOWN_DAYS, NeedCard, shown, week_of
from shared_pool.needs.bands import bands_for
from shared_pool.needs.crowd import Displayed, crowd_for, narrow_hours
from shared_pool.needs.models import Need, NeedRequirement
from shared_pool.needs.rules import LEAST_CROWD, MOST_INTERESTS, last_day
from shared_pool.needs.times import days_told
from shared_pool.recruitment.api import CandidateCard, Home, describe
from shared_pool.recruitment.models import Candidate
from tenants.api import KnownUser
from tenants.people.api import age_on, traits

CANDIDATES = 60
STORY_CODES = {"Sindre Falk": "K-118", "Sara Dahl": "K-074"}
# Open needs: code, municipality, days since it was posted, and how far a proposal has come.
OPEN = (
    ("3F9", "0701", 11, ""), ("6C2", "0701", 5, "proposed"), ("7K2", "0709", 24, "accepted"), ("4M8", "0709", 41, ""),
    ("9H3", "0709", 8, ""), ("5T6", "0706", 17, "proposed"), ("2B7", "0706", 2, ""),
)  # fmt: skip
MATCHED = (
    ("8D4", "0709"),
    ("3R7", "0709"),
    ("6P2", "0706"),
    ("5J9", "0720"),
    ("4S3", "0704"),
    ("7V5", "0701"),
)
CLOSED = (
    ("2X8", "0720", "expired", "expired"), ("9G6", "0704", "withdrawn", "declined"),
    ("5Y4", "0709", "withdrawn", "withdrawn"),
)  # fmt: skip
NOTES = (
    "Samme interesser, og ledig på de riktige dagene.",
    "Bor nær, og vil bli lenge.",
    "Har erfaring som passer godt.",
)


@dataclass
class Settled:
    """A town with everything that will be written of it."""

    town: Town
    book: Book
    contacts: list[Contact]
    lives: list[Life]
    cast: Cast


def known_users(settled: Settled) -> list[KnownUser]:
    """The town's service users as the pool's own rule counts them (C3)."""
    return [
        KnownUser(
            life.person.id, life.person.birth, frozenset(life.interests), frozenset(life.slots),
            frozenset({life.weekly}), life.state == "running",
        )
        for life in settled.lives
        if life.state in ("waiting", "running") and life.purchaser != "child_welfare" and not life.shielded
        and {"individual", "training"} & set(life.forms)
    ]  # fmt: skip


def coarse_enough(settled: Settled, life: Life, as_of: date, level: int) -> Displayed:
    """What a need may display of somebody: as much as the anonymity check lets stand, and else its best proposal. The
    widest there is, when nothing is enough.
    """
    age = age_on(life.person.birth, as_of) or 0
    narrow, wide = bands_for(age)
    shown = Displayed(
        narrow.code, frozenset(life.interests[:MOST_INTERESTS]), frozenset(days_told(life.slots, "kind")),
        narrow_hours(life.weekly), predictability=level,
    )  # fmt: skip
    crowd = crowd_for(shown, (), known_users(settled), LEAST_CROWD, as_of)
    if crowd.enough:
        return shown
    if crowd.coarser:
        return crowd.coarser[0].displayed
    return Displayed(wide.code, hours="0-8" if life.weekly <= HOURS["0-8"].upto else "8-40")


@dataclass
class Pool:
    """The region's pool while it is made. `proposer`: the shared coordinator's user id."""

    making: Making
    towns: dict[str, Settled]
    proposer: UUID
    chance: Chance = field(default_factory=lambda: Chance("pool"))
    cards: dict[UUID, tuple[CandidateCard, Settled, Contact]] = field(default_factory=dict)
    held: set[UUID] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)

    @property
    def homes(self) -> dict[UUID, Home]:
        """The municipalities as the matching knows them."""
        return {
            one.town.id: Home(
                one.town.id, one.town.place.code, one.town.place.slug, one.town.place.name, one.town.place.latitude,
                one.town.place.longitude, one.town.place.inhabitants,
            )
            for one in self.towns.values()
        }  # fmt: skip

    def fill(self) -> None:
        """Lend some out first, since that counts in what a candidate has from before."""
        chosen = self._choose()
        lent = self._lend([pair for pair in chosen if pair[1].person.name not in STORY_CODES])
        for settled, contact in chosen:
            self._share(settled, contact)
        for code, place, life, contact, home in lent:
            self._matched(code, place, life, contact, home)
        for code, where, days, step in OPEN:
            if where in self.towns:
                self._post(code, self.towns[where], days, step)
        for code, where, state, ending in CLOSED:
            if where in self.towns and self.making.scale == 1:
                self._closed(code, self.towns[where], state, ending)

    def _choose(self) -> list[tuple[Settled, Contact]]:
        """Engaged contacts with hours left, from every municipality by size; the story's own among them."""
        found = []
        wanted = round(CANDIDATES * self.making.scale) or 1
        shares = dict(
            zip(
                (p.code for p in all_places()),
                apportion(wanted, [p.inhabitants for p in all_places()]),
                strict=True,
            )
        )
        for code, settled in self.towns.items():
            named = [c for c in settled.contacts if c.person.name in STORY_CODES]
            free = [
                c for c in settled.contacts
                if c.state == "engaged" and not c.taken and c not in named and c.wants - c.hours_on(self.making.as_of) >= 2
            ]  # fmt: skip
            drawn = settled.town.chance.sample(free, min(len(free), max(1, shares[code] - len(named))))
            found += [(settled, contact) for contact in [*named, *drawn]]
        return found

    def _code(self, name: str) -> str:
        if name in STORY_CODES:
            self.codes.add(STORY_CODES[name])
            return STORY_CODES[name]
        while True:
            code = f"K-{self.chance.randint(100, 999)}"
            if code not in self.codes and code not in STORY_CODES.values():
                self.codes.add(code)
                return code

    def _share(self, settled: Settled, contact: Contact) -> None:
        """A candidate's row, from the contact's own facts and consent."""
        as_of, chance, town = self.making.as_of, self.chance, settled.town
        consent = chance.day(as_of - timedelta(days=290), as_of - timedelta(days=4))
        held = [(last or as_of) - first for first, last, _ in contact.load if first < as_of]
        told = contact.person.name in STORY_CODES
        refused = chance.some(list(SAYINGS), 1, 1) if chance.often(0.15) else []
        will_not = [] if told else [code for code in refused if code not in contact.interests]
        values: dict[str, Any] = {
            "id": chance.id(), "home_id": town.id, "code": self._code(contact.person.name),
            "birth_year": contact.person.birth.year, "gender": contact.person.sex, "interests": contact.interests,
            "skills": contact.skills + (["driving"] if contact.has_car else []), "languages": contact.languages,
            "slots": contact.slots, "area": traits.AREA_OF_MUNICIPALITY[town.place.code], "has_car": contact.has_car,
            "hours_wanted": contact.wants, "hours_now": contact.hours_on(as_of) + contact.lent, "will_not": will_not,
            "longest_months": max((time.days // 30 for time in held), default=0), "commits_months": contact.commits,
            "courses": COURSES[: 2 if told else chance.one([(0, 0.3), (1, 0.5), (2, 0.15), (3, 0.05)])],
            "consent_on": consent, "consent_until": consent + timedelta(days=365),
            **consented(contact, town, self.towns.values(), as_of, told=told),
        }  # fmt: skip
        contact.candidate_id = values["id"]
        self.making.rows.add(Candidate, region_id=self.making.region_id, **values)
        self.cards[values["id"]] = (CandidateCard(**values, withdrawn=False, version=1), settled, contact)

    # Needs --------------------------------------------------------------------------------------------------------
    def _need(
        self, code: str, settled: Settled, life: Life, posted: date, state: str, closed: date | None
    ) -> NeedCard:
        """A need's row for a service user who said yes; and the card that proposals are made from."""
        life.consent = (posted, self._who_consents(life))
        said = coarse_enough(settled, life, self.making.as_of, 3 if code == "3F9" else 2)
        hours = HOURS[said.hours]
        told: dict[str, Any] = {
            "id": self.chance.id(), "posted_by": settled.town.id, "code": code, "state": state, "purpose": "regular",
            "age_band": said.age_band, "gender_wish": said.gender_wish,
            "interests": [interest for interest in traits.INTERESTS if interest in said.interests],
            "weekdays": [day for day in SHOWN_DAYS if day in said.weekdays], "hours_from": hours.over,
            "hours_per_week": hours.upto, "area": traits.AREA_OF_MUNICIPALITY[settled.town.place.code],
            "needs_car": said.needs_car, "predictability": said.predictability, "months": 12, "about": "",
            "posted_week": week_of(posted), "expires_on": last_day(posted),
        }  # fmt: skip
        hidden: dict[str, Any] = {"slots": list(life.slots), "skills": [], "languages": [], "exact_times": []}
        self.making.rows.add(
            Need, region_id=self.making.region_id, closed_week=week_of(closed) if closed else None, **told
        )
        if state in ("open", "filled"):
            self.making.rows.add(
                NeedRequirement, region_id=self.making.region_id, id=self.chance.id(), posted_by=settled.town.id,
                need_id=told["id"], min_contact_age=None, **hidden,
            )  # fmt: skip
        return NeedCard(region_id=self.making.region_id, version=1, **told, **hidden)

    def _who_consents(self, life: Life) -> str:
        age = age_on(life.person.birth, self.making.as_of) or 0
        return "parent" if age < 16 else "self"

    def _post(self, code: str, settled: Settled, days: int, step: str) -> None:
        life = self._who_waits(settled, story=code == "3F9")
        if life is None:
            return
        posted = self.making.as_of - timedelta(days=days)
        assert life.decided is not None
        if life.decided > posted - timedelta(days=3):
            moved = life.decided - (posted - timedelta(days=3))
            life.decided, life.received = life.decided - moved, life.received - moved
            life.periods = [(life.decided, first - moved, last) for _, first, last in life.periods]
        if code == "7K2":
            life.interests, life.slots, life.weekly = ["walking", "cafe"], ["tue-pm", "sat-pm"], Decimal(2)
        need = self._need(code, settled, life, posted, "open", None)
        life.need_id = need.id
        fit = self._best(need, STORY_CODES["Sara Dahl"] if code == "7K2" else "") if step else None
        if fit is not None:
            self._propose(
                need, fit, step, made=self.making.as_of - timedelta(days=1 if step == "proposed" else 4)
            )

    def _who_waits(self, settled: Settled, *, story: bool) -> Life | None:
        """Somebody in the queue who may be posted, with one service for one person."""
        for life in settled.lives:
            told = life.person.name == "Odin Viken"
            if (
                life.state == "waiting"
                and life.need_id is None
                and told is story
                and life.purchaser != "child_welfare"
            ):
                life.forms = ("individual",)
                return life
        return None

    def _closed(self, code: str, settled: Settled, state: str, ending: str) -> None:
        """A need that came to nothing, with the proposal there was for it. No order points to it any more."""
        as_of = self.making.as_of
        posted = as_of - timedelta(days=self.chance.randint(100, 200))
        life = self.chance.choice(
            [life for life in settled.lives if life.state == "running" and life.consent is None]
        )
        need = self._need(code, settled, life, posted, state, posted + timedelta(days=60))
        life.consent = None
        fit = self._best(need)
        if fit is not None:
            self._propose(need, fit, ending, made=posted + timedelta(days=12))

    # Proposals ----------------------------------------------------------------------------------------------------
    def _best(self, need: NeedCard, wanted: str = "") -> Fit | None:
        """The best candidate from another municipality that nobody holds; Sindre is left for the visitor to find."""
        free = [
            card for card, settled, contact in self.cards.values()
            if card.id not in self.held and contact.person.name != "Sindre Falk" and settled.town.id != need.posted_by
        ]  # fmt: skip
        ranked = [fit for fit in fits_for(need, free, self.homes) if fit.proposable or wanted]
        return next((fit for fit in ranked if not wanted or fit.code == wanted), None)

    def _propose(
        self, need: NeedCard, fit: Fit, state: str, *, made: date, proposal: UUID | None = None
    ) -> None:
        """A proposal in `state`. Each yes lies some days after the one before."""
        card, home, _ = self.cards[fit.candidate_id]
        town = next(one.town for one in self.towns.values() if one.town.id == need.posted_by)
        answerer = town.staff[Role.PROVIDER_COORDINATOR][0].id
        accepted = at(made + timedelta(days=1), 10) if state in ("accepted", "matched") else None
        done = state == "matched"
        ended = at(made + timedelta(days=3), 12) if state in ("declined", "expired", "withdrawn") else None
        if state in ("proposed", "accepted"):
            self.held.add(card.id)
        described = describe(card, home.town.place.name) | {
            "parts": [[part.code, part.points, part.most] for part in fit.parts],
            "load": fit.load.value, "load_reason": fit.load_reason.stored(),
        }  # fmt: skip
        self.making.rows.add(
            Proposal, region_id=self.making.region_id, id=proposal or self.chance.id(), need_id=need.id,
            candidate_id=card.id, need_tenant_id=need.posted_by, home_id=card.home_id, state=state,
            need_card=shown(need), candidate_card=described, score=fit.score,
            reasons=[reason.stored() for reason in fit.reasons], proposer_note=self.chance.choice(NOTES),
            proposed_by=self.proposer, held_until=at(made + timedelta(days=14 if accepted else 3), 12),
            accepted_at=accepted, accepted_by=answerer if accepted else None,
            candidate_yes_at=at(made + timedelta(days=3), 19) if done else None,
            user_yes_at=at(made + timedelta(days=2), 14) if accepted else None,
            police_shown_on=made + timedelta(days=5) if done else None,
            confidentiality_signed_on=made + timedelta(days=5) if done else None,
            vetted_at=at(made + timedelta(days=5), 13) if done else None, vetted_by=answerer if done else None,
            matched_at=at(made + timedelta(days=5), 13) if done else None, ended_at=ended,
            ended_by={"declined": "need", "expired": "time", "withdrawn": "region"}.get(state, ""),
            end_reason="Brukeren ville vente." if state == "declined" else "", created_at=at(made, 9),
        )  # fmt: skip

    # Matches ------------------------------------------------------------------------------------------------------
    def _lend(
        self, chosen: Sequence[tuple[Settled, Contact]]
    ) -> list[tuple[str, Settled, Life, Contact, Settled]]:
        """For some whose contact came through the pool: the lending municipality's contact takes the place of theirs."""
        found: list[tuple[str, Settled, Life, Contact, Settled]] = []
        lent: set[UUID] = set()
        for code, where in MATCHED if self.making.scale == 1 else ():
            settled = self.towns.get(where)
            life = self._who_began_lately(settled) if settled else None
            if settled is None or life is None:
                continue
            stretch = life.stretches[-1]
            able = [
                (home, contact) for home, contact in chosen
                if home is not settled and contact.id not in lent and contact.since < stretch.first - timedelta(days=60)
                and contact.wants - contact.hours_on(stretch.first) >= stretch.weekly
            ]  # fmt: skip
            if able:
                # The one with most in common, and by chance among equals.
                self.chance.shuffle(able)
                home, contact = max(able, key=lambda pair: len(set(pair[1].interests) & set(life.interests)))
                lent.add(contact.id)
                contact.lent += stretch.weekly
                found.append((code, settled, life, contact, home))
        return found

    def _who_began_lately(self, settled: Settled) -> Life | None:
        since = self.making.as_of - timedelta(days=330)
        for life in settled.lives:
            if (
                life.state == "running"
                and life.forms == ("individual",)
                and not life.shielded
                and life.consent is None
            ):
                last = life.stretches[-1]
                usual = life.purchaser != "child_welfare" and life.person.id.int % 3 == 0
                if usual and last.first > since and last.first < self.making.as_of - timedelta(days=40):
                    life.consent = (last.first - timedelta(days=30), self._who_consents(life))
                    return life
        return None

    def _matched(self, code: str, settled: Settled, life: Life, contact: Contact, home: Settled) -> None:
        """The need, the proposal with every yes, and the borrowed contact as the borrowing municipality has them."""
        stretch, town = life.stretches[-1], settled.town
        made = stretch.first - timedelta(days=12)
        need = self._need(code, settled, life, made - timedelta(days=14), "filled", made + timedelta(days=5))
        life.need_id, life.match_consent = need.id, made + timedelta(days=2)
        fit = next(f for f in fits_for(need, [card for card, _, _ in self.cards.values()], self.homes)
                   if f.candidate_id == contact.candidate_id)  # fmt: skip
        stretch.proposal_id = self.chance.id()
        self._propose(need, fit, "matched", made=made, proposal=stretch.proposal_id)
        who = contact.person
        known = made + timedelta(days=5)
        person = town.person(
            who.birth, sex=who.sex, given=who.given, family=who.family, reach=True, since=known
        )
        borrowed = Contact(
            town.chance.id_at(stretch.first), person, "engaged", known, None, stretch.weekly,
            contact.interests, contact.slots, [], [], contact.has_car, contact.commits, contact.sends_early,
            load=[(stretch.first, None, stretch.weekly)],
        )  # fmt: skip
        settled.contacts.append(borrowed)
        if stretch.contact is not None:
            stretch.contact.load.remove((stretch.first, stretch.last, stretch.weekly))
        stretch.contact = borrowed
