"""The shared pool: candidates by consent, needs without a name, and proposals in every state.

What a proposal keeps is made by the pool's own functions, so that its cards, score and reasons are what the rules give.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from deploy.demo.book import Book
from deploy.demo.candidates import COURSES, consented
from deploy.demo.chance import Chance, apportion
from deploy.demo.contacts import Contact
from deploy.demo.crowds import coarse_enough, let_like
from deploy.demo.lives import Life
from deploy.demo.loans import Meeting, carry_out, meet, plan_loans
from deploy.demo.places import all_places
from deploy.demo.postings import CLOSED, OPEN, STEPS, Posting
from deploy.demo.proposals import best, propose
from deploy.demo.stories import Cast
from deploy.demo.town import Making, Town
from deploy.demo.words import SAYINGS
from shared_pool.needs.api import HOURS, SHOWN_DAYS, NeedCard, week_of
from shared_pool.needs.models import Need, NeedRequirement
from shared_pool.needs.rules import last_day
from shared_pool.needs.times import exact_time
from shared_pool.recruitment.api import CandidateCard, Home
from shared_pool.recruitment.models import Candidate
from tenants.people.api import age_on, traits

CANDIDATES = 76
STORY_CODES = {"Sindre Falk": "K-118", "Sara Dahl": "K-074"}
LEVEL = 2
"""How much a need asks that the contact stays: the ordinary, which narrows nothing (crowd.ORDINARY)."""


@dataclass
class Settled:
    """A town with everything that will be written of it."""

    town: Town
    book: Book
    contacts: list[Contact]
    lives: list[Life]
    cast: Cast


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
    met: list[Meeting] = field(default_factory=list)
    borrowed: set[UUID] = field(default_factory=set)

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
        lent = plan_loans(self, [pair for pair in chosen if pair[1].person.name not in STORY_CODES])
        for settled, contact in chosen:
            self._share(settled, contact)
        for loan in lent:
            carry_out(self, loan)
        for posting in OPEN:
            if posting.where in self.towns:
                self._post(posting, self.towns[posting.where])
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
    def need(
        self,
        posting: Posting,
        settled: Settled,
        life: Life,
        posted: date,
        state: str,
        closed: date | None = None,
    ) -> NeedCard:
        """A need's row for a service user who said yes; and the card that proposals are made from."""
        life.consent, life.told = (posted, self._who_consents(life)), True
        said = coarse_enough(
            settled,
            life,
            self.making.as_of,
            LEVEL,
            days="days" if posting.code == "3F9" else "kind",
            purpose=posting.purpose,
        )
        life.displayed = said.kept(week_of(posted))
        hours = HOURS[said.hours]
        told: dict[str, Any] = {
            "id": self.chance.id(), "posted_by": settled.town.id, "code": posting.code, "state": state,
            "purpose": posting.purpose, "age_band": said.age_band, "gender_wish": said.gender_wish,
            "interests": [interest for interest in traits.INTERESTS if interest in said.interests],
            "weekdays": [day for day in SHOWN_DAYS if day in said.weekdays], "hours_from": hours.over,
            "hours_per_week": hours.upto, "area": traits.AREA_OF_MUNICIPALITY[settled.town.place.code],
            "needs_car": said.needs_car, "predictability": said.predictability, "months": 12, "about": posting.about,
            "posted_week": week_of(posted), "expires_on": last_day(posted),
        }  # fmt: skip
        hidden: dict[str, Any] = {
            "slots": list(life.slots), "skills": [], "languages": [], "exact_times": list(posting.exact)
        }  # fmt: skip
        self.making.rows.add(
            Need, region_id=self.making.region_id, closed_week=week_of(closed) if closed else None, **told
        )
        if state in ("open", "filled"):
            self.making.rows.add(
                NeedRequirement, region_id=self.making.region_id, id=self.chance.id(), posted_by=settled.town.id,
                need_id=told["id"], min_contact_age=None, **hidden,
            )  # fmt: skip
        exact = {"exact_times": [exact_time(kept) for kept in posting.exact]}
        return NeedCard(region_id=self.making.region_id, version=1, **told, **hidden | exact)

    def _who_consents(self, life: Life) -> str:
        age = age_on(life.person.birth, self.making.as_of) or 0
        return "parent" if age < 16 else "self"

    def _post(self, posting: Posting, settled: Settled) -> None:
        as_of, step = self.making.as_of, STEPS.get(posting.step)
        stands_in = posting.purpose == "substitute"
        life = self._who_is_helped(settled) if stands_in else self._who_waits(settled, posting)
        if life is None:
            return
        posted = as_of - timedelta(days=posting.days)
        if not stands_in:
            _decided_before(life, posted - timedelta(days=3))
        if posting.likes:
            if posting.code == "7K2":
                life.interests, life.slots, life.weekly = [], [], Decimal(2)
            let_like(settled, life, posting.likes, posting.slots, as_of)
        need = self.need(
            posting, settled, life, posted, step.need if step else "open", closed_on(posting, as_of)
        )
        if stands_in:
            life.substitute = need.id
        else:
            life.need_id = need.id
        wanted = STORY_CODES["Sara Dahl"] if posting.code == "7K2" else ""
        fit = best(self, need, wanted, lender=posting.lender) if step else None
        if fit is None or step is None:
            return
        made = as_of - timedelta(days=step.made)
        proposal = propose(self, need, fit, step, made=made)
        if step.agreed and not step.learned:
            meet(self, settled, life, fit, proposal, made + timedelta(days=5))

    def _who_waits(self, settled: Settled, posting: Posting) -> Life | None:
        """Somebody in the queue who may be posted, with one service for one person."""
        for life in settled.lives:
            story = life.person.name == "Odin Viken"
            of_age = not posting.band or posting.band == traits.age_band_of(
                age_on(life.person.birth, self.making.as_of) or 0
            )
            if (
                life.state == "waiting"
                and life.need_id is None
                and story == (posting.code == "3F9")
                and of_age
                and life.purchaser != "child_welfare"
            ):
                life.forms = ("individual",)
                return life
        return None

    def _who_is_helped(self, settled: Settled) -> Life | None:
        """Somebody with a contact, for whom a substitute is looked for."""
        for life in settled.lives:
            helped = (
                life.state == "running" and life.forms == ("individual",) and life.evaluate_on is not None
            )
            usual = not (life.told or life.shielded or life.consent) and life.purchaser == "adult"
            if helped and usual and len(life.periods) > 0 and life.stretches:
                return life
        return None

    def _closed(self, code: str, settled: Settled, state: str, ending: str) -> None:
        """A need that came to nothing, with the proposal there was for it. No order points to it any more."""
        as_of = self.making.as_of
        posted = as_of - timedelta(days=self.chance.randint(100, 200))
        life = self.chance.choice(
            [life for life in settled.lives if life.state == "running" and life.consent is None]
        )
        posting = Posting(code, settled.town.place.code, 0)
        need = self.need(posting, settled, life, posted, state, posted + timedelta(days=60))
        life.consent, life.displayed = None, None
        fit = best(self, need)
        if fit is not None:
            propose(self, need, fit, STEPS[ending], made=posted + timedelta(days=12))


def closed_on(posting: Posting, as_of: date) -> date | None:
    """The day an order got its contact, when it has."""
    step = STEPS.get(posting.step)
    return as_of - timedelta(days=step.made - 5) if step is not None and step.need == "filled" else None


def _decided_before(life: Life, day: date) -> None:
    """Nobody is posted before their decision is made: it, and what came before it, is moved."""
    assert life.decided is not None
    if life.decided > day:
        moved = life.decided - day
        life.decided, life.received = life.decided - moved, life.received - moved
        life.periods = [(life.decided, first - moved, last) for _, first, last in life.periods]
