"""The people who are told one by one: Jonas and those around him, Odin who waits, and K-118 in the next municipality."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from uuid import UUID

from deploy.demo.book import Book
from deploy.demo.chance import at
from deploy.demo.contacts import Contact
from deploy.demo.lives import CARE_ACT, Life, Stretch
from deploy.demo.personas import presented
from deploy.demo.town import Somebody, Town
from sammen.policy.roles import Role

HORTEN, RE = "0701", "0716"
TOLD_ON = date(2026, 11, 23)
"""The Monday on which the story was written. Its days move with the world's, in whole weeks, so that weekdays hold."""
HALF = Decimal("0.5")
HOURS_BEFORE_THIS_MONTH = Decimal("138.5")


class Cast:
    """Story contacts of a town, by name."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.contacts: dict[str, Contact] = {}

    def contact(self, name: str, *, sex: str, age: int, since: date, interests: str, slots: str, wants: int,
                state: str = "engaged", car: bool = True, commits: int = 12, login: bool = False) -> Contact:  # fmt: skip
        """A contact with a name of the story's own."""
        town = self.town
        given, family = name.split(" ", 1)
        user = None
        if login:
            user = town.making.add_user(
                name, town.place.slug, [(Role.CONTACT, town.id)], presented=presented(name)
            )
        person = town.person(
            town.born(age, age), sex=sex, given=given, family=family, user_id=user, reach=True, since=since
        )
        made = Contact(
            town.chance.id_at(since), person, state, since, None, Decimal(wants), interests.split(), slots.split(), [], [],
            car, commits, True, taken=login,
        )  # fmt: skip
        self.contacts[name] = made
        return made


def days_of_story(as_of: date) -> timedelta:
    """How far the story's days are moved: whole weeks, to the nearest."""
    return timedelta(days=7 * round((as_of - TOLD_ON).days / 7))


def cast_for(town: Town) -> Cast:
    """The story's contacts in this town, before anybody is drawn."""
    cast, moved = Cast(town), days_of_story(town.as_of)
    if town.place.code == HORTEN:
        cast.contact("Amund Vik", sex="M", age=24, since=date(2026, 2, 6) + moved, interests="climbing building gaming",
                     slots="tue-pm tue-eve sat-am sat-pm", wants=6, login=True)  # fmt: skip
        cast.contact("Sara Dahl", sex="F", age=31, since=date(2024, 8, 20) + moved, interests="outdoors walking cafe",
                     slots="tue-pm tue-eve sat-pm", wants=15)  # fmt: skip
        cast.contact("Marte Lie", sex="F", age=42, since=town.began - timedelta(days=300), interests="climbing outdoors",
                     slots="tue-pm tue-eve", wants=8)  # fmt: skip
        cast.contact("Jon Eide", sex="M", age=27, since=town.as_of - timedelta(days=6), interests="football gaming",
                     slots="mon-eve wed-eve", wants=6, state="vetting")  # fmt: skip
    if town.place.code == RE:
        cast.contact("Sindre Falk", sex="M", age=26, since=town.began - timedelta(days=120),
                     interests="climbing building outdoors", slots="tue-pm tue-eve sat-am sat-pm thu-eve", wants=15,
                     commits=24, login=True)  # fmt: skip
    return cast


def lives_for(town: Town, cast: Cast) -> list[Life]:
    """Those of the story whose files are written like everybody's."""
    if town.place.code == HORTEN:
        return [_odin(town)]
    if town.place.code == RE:
        return [_with_sindre(town, cast.contacts["Sindre Falk"])]
    return []


def _odin(town: Town) -> Life:
    """A boy of eleven who climbs, and whom nobody in Horten has time for."""
    received = town.as_of - timedelta(days=43)
    person = town.person(town.born(11, 11), sex="M", given="Odin", family="Viken", since=received)
    life = Life(
        person, "waiting", "child", ("individual",), ["climbing", "building", "gaming"], ["tue-pm", "tue-eve", "sat-pm"],
        Decimal(4), False, CARE_ACT, received,
    )  # fmt: skip
    life.decided, life.told = town.as_of - timedelta(days=19), True
    first = life.decided + timedelta(days=1)
    life.periods = [(life.decided, first, first + timedelta(days=364))]
    return life


def _with_sindre(town: Town, sindre: Contact) -> Life:
    """Sindre's own assignment at home, for as long as the history goes."""
    decided = town.began - timedelta(days=40)
    person = town.person(town.born(15, 15), sex="M", since=decided)
    life = Life(
        person, "running", "child", ("individual",), ["outdoors", "building"], ["thu-eve"], Decimal(6), False, CARE_ACT,
        decided - timedelta(days=25), decided,
    )  # fmt: skip
    life.evaluate_on, life.told = town.as_of + timedelta(days=150), True
    life.periods = [(decided, decided + timedelta(days=1), town.as_of + timedelta(days=400))]
    stretch = Stretch("individual", town.began - timedelta(days=14), None, Decimal(6), sindre, weekday=3)
    sindre.load.append((stretch.first, None, stretch.weekly))
    sindre.days.append((3, None))
    life.stretches = [stretch]
    return life


def write_story(town: Town, book: Book, cast: Cast) -> None:
    """What is told in full: Jonas's file."""
    if town.place.code == HORTEN:
        _Jonas(town, book, cast).write()


class _Jonas:
    """Jonas Bergli, 12: climbs, has Amund on Tuesdays and Saturdays, and an address nobody may know."""

    def __init__(self, town: Town, book: Book, cast: Cast) -> None:
        self.town, self.book, self.cast = town, book, cast
        self.moved = days_of_story(town.as_of)
        self.hanne, self.kari = town.named("Hanne Myhre"), town.named("Kari Lunde")

    def on(self, year: int, month: int, day: int) -> date:
        """A day of the story, moved."""
        return date(year, month, day) + self.moved

    def write(self) -> None:
        """Everything about him."""
        jonas = self._family()
        received = self.on(2025, 12, 9)
        case_id = self.book.case(
            jonas, received=received, purchaser="child", state="evaluating", forms=("individual", "group"),
            responsible=self.hanne, deadline=self.on(2026, 12, 12), kind="evaluate", number=f"{received.year}-0187",
            shielded=True,
        )  # fmt: skip
        for colleague, why in (
            (self.hanne, "Ansvarlig saksbehandler"), (self.kari, "Koordinator for oppdraget"),
            (self.town.named("Torunn Haslestad"), "Fatter vedtak i saken"),
        ):  # fmt: skip
            self.book.name_on(case_id, colleague, received, why)
        self.book.application(
            case_id, received=received, channel="letter", applicant="parent", name="Trine Bergli",
            wishes="En å finne på ting med, gjerne en som klatrer.", ground=CARE_ACT, state="decided",
        )  # fmt: skip
        said = "Jeg vil klatre på den store veggen uten at mamma ser på. Og kanskje finne en som også liker lego."
        self.book.mapping(
            case_id, held=self.on(2025, 12, 18), own_words=said, interests=["climbing", "building"],
            slots=["tue-pm", "tue-eve", "sat-am"], needs="Trenger ro og faste avtaler. Øver på å ta buss.",
            network="Bor med mor. Få jevnaldrende på fritida.", forms=("individual", "group"), by=self.hanne,
        )  # fmt: skip
        decided = self.on(2026, 2, 3)
        decision = self.book.decision(
            case_id, decided=decided, by=self.hanne, ground=CARE_ACT, evaluate_on=self.on(2026, 12, 12), own_words=said,
            goal="Å få en fast aktivitet utenfor hjemmet, øve på å ta buss og bli kjent med flere på sin egen alder.",
            reasons="Jonas har få å være sammen med på fritida og vil klatre. En fast støttekontakt og ei gruppe hjelper.",
        )  # fmt: skip
        self._individual(case_id, decision, jonas, decided)
        self._group(case_id, decision, jonas, decided)

    def _family(self) -> Somebody:
        town, as_of = self.town, self.town.as_of
        since = self.on(2025, 12, 9)
        birth = date(as_of.year - 12 - ((as_of.month, as_of.day) < (3, 14)), 3, 14)
        jonas = town.person(birth, sex="M", given="Jonas", family="Bergli", protection="kode7", since=since)
        user = town.making.add_user(
            "Trine Bergli",
            town.place.slug,
            [(Role.REPRESENTATIVE, town.id)],
            presented=presented("Trine Bergli"),
        )
        mother = town.person(
            town.born(38, 38),
            sex="F",
            given="Trine",
            family="Bergli",
            user_id=user,
            hidden=True,
            reach=True,
            since=since,
        )
        town.represent(mother, jonas, "parent", birth, child_lives="here")
        return jonas

    def _individual(self, case_id: UUID, decision: UUID, jonas: Somebody, decided: date) -> None:
        amund = self.cast.contacts["Amund Vik"]
        grant = self.book.grant(
            decision, form="individual", amount=Decimal(4), unit="week", times="tirsdager og lørdager",
            first=decided - timedelta(days=2), last=self.on(2027, 1, 31),
            content="Følge til klatrehallen, og øve på å ta bussen hjem.",
        )  # fmt: skip
        order = self.book.order(
            case_id,
            grant,
            jonas,
            form="individual",
            state="filled",
            sent=decided,
            answered=decided + timedelta(days=1),
        )
        starts = self.on(2026, 2, 17)
        assignment = self.book.assignment(
            order,
            case_id,
            jonas,
            amund.id,
            form="individual",
            amount=Decimal(4),
            unit="week",
            starts=starts,
            ended=None,
        )
        amund.load.append((starts, None, Decimal(4)))
        amund.days += [(1, None), (5, None)]
        days = []
        day = starts
        while day < self.on(2026, 11, 1):
            if day.weekday() in (1, 5) and not 27 <= day.isocalendar().week <= 30:
                days.append(day)
            day += timedelta(days=1)
        extra = int((HOURS_BEFORE_THIS_MONTH - 2 * len(days)) / HALF)
        for number, day in enumerate(days):
            hours = Decimal(2) + (HALF if number < extra else 0) - (HALF if number < -extra else 0)
            text = (
                "Klatregruppa." if day.weekday() == 1 else ("Bygget lego.", "Kino.", "Buldret.")[number % 3]
            )
            paid = at(day.replace(day=28) + timedelta(days=8), 9)
            self.book.line(assignment, amund.id, day, self._starts(day), hours, text, state="approved",
                           sent=at(day, 20), decided=paid, by=self.kari)  # fmt: skip
        self._this_month(assignment, amund)

    def _this_month(self, assignment: UUID, amund: Contact) -> None:
        told: tuple[tuple[int, str, str, str], ...] = (
            (3, "2", "Klatregruppa.", "approved"),
            (10, "2", "Klatregruppa.", "sent"),
            (14, "2.5", "Legoutstilling på biblioteket.", "sent"),
            (17, "3", "Klatregruppa, og bussen hjem.", "saved"),
        )
        for day_no, hours, text, state in told:
            day = self.on(2026, 11, day_no)
            self.book.line(
                assignment, amund.id, day, self._starts(day), Decimal(hours), text, state=state,
                sent=None if state == "saved" else at(day, 20, 10), by=self.kari if state == "approved" else None,
                decided=at(day + timedelta(days=2), 9) if state == "approved" else None,
                expenses=89 if day_no == 14 else 0,
            )  # fmt: skip

    @staticmethod
    def _starts(day: date) -> time:
        return time(16 if day.weekday() == 1 else 12)

    def _group(self, case_id: UUID, decision: UUID, jonas: Somebody, decided: date) -> None:
        grant = self.book.grant(
            decision, form="group", amount=Decimal(2), unit="week", times="tirsdager kl. 17",
            first=decided, last=self.on(2027, 6, 30),
            content="Klatregruppa på tirsdager.",
        )  # fmt: skip
        order = self.book.order(
            case_id,
            grant,
            jonas,
            form="group",
            state="filled",
            sent=decided,
            answered=decided + timedelta(days=1),
        )
        self.book.assignment(
            order, case_id, jonas, self.cast.contacts["Marte Lie"].id, form="group", amount=Decimal(2), unit="week",
            starts=self.on(2026, 2, 17), ended=None,
        )  # fmt: skip
