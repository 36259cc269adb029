"""One municipality in the making: its staff, its people, and the hands that write their rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from deploy.demo import names
from deploy.demo.chance import Chance, at
from deploy.demo.places import Place, taken_numbers
from deploy.demo.rows import Rows
from sammen.identity.models import Membership, UserAccount
from sammen.keys import Keys
from sammen.policy.roles import ROLE_PLACE, Role
from tenants.cases.api import add_months
from tenants.people.api import fold, make_synthetic, name_words, traits
from tenants.people.models import Person, PersonNameWord, Representative

YEARS_OF_HISTORY = 3
PURCHASERS = (Role.PURCHASER_CHILD, Role.PURCHASER_ADULT, Role.PURCHASER_CHILD_WELFARE)
STREETS = (
    "Bjørke",
    "Furu",
    "Fjord",
    "Sol",
    "Skole",
    "Eike",
    "Linde",
    "Strand",
    "Myr",
    "Haug",
    "Rogne",
    "Lyng",
    "Kirke",
)
ENDINGS = ("veien", "gata", "lia", "svingen", "stien", "bakken")


@dataclass(frozen=True, slots=True)
class LateApproval:
    """Hours that were approved after their month's run was closed; `replaced` is the line they stand instead of."""

    tenant_id: UUID
    line_id: UUID
    at: datetime
    by: UUID
    replaced: UUID | None = None


@dataclass
class Making:
    """A world in the making. `as_of` is its present day; history lies behind it and deadlines ahead."""

    rows: Rows
    keys: Keys
    as_of: date
    scale: float
    chance: Chance
    region_id: UUID
    emails: set[str] = field(default_factory=set)
    settled_late: list[LateApproval] = field(default_factory=list)
    """Hours of a lent contact to approve when the quarter they were worked in is settled."""
    coordinator: UUID | None = None
    """The shared coordinator's user id, once they are hired."""
    project_manager: UUID | None = None
    """The project manager's, likewise."""
    approved_late: list[LateApproval] = field(default_factory=list)
    """Hours to approve when the runs they came too late for are closed."""

    @property
    def began(self) -> date:
        """The first day with hours: the first of a month, three years back."""
        return add_months(self.as_of.replace(day=1), -12 * YEARS_OF_HISTORY)

    def add_user(self, name: str, domain: str, places: list[tuple[Role, UUID | None]], *,
                 presented: tuple[int, str] | None = None) -> UUID:  # fmt: skip
        """A login with its roles. `presented` (order, line) makes it a persona of the front page."""
        user = self.chance.id_at(self.began)
        address = fold(name).replace(" ", ".") + f"@{domain}.example"
        while address in self.emails:
            address = "2" + address
        self.emails.add(address)
        order, line = presented or (None, None)
        self.rows.add(
            UserAccount, id=user, email=address, display_name=name, persona=line, persona_order=order,
            created_at=at(self.began, 9),
        )  # fmt: skip
        for role, scope in places:
            kind = ROLE_PLACE[role]
            self.rows.add(
                Membership, id=self.chance.id_at(self.began), user_id=user, kind=kind,
                municipality_id=scope if kind in ("municipality", "own") else None,
                region_id=scope if kind == "region" else None, role=role.value, valid_from=self.began, granted_by="demo",
            )  # fmt: skip
        return user


@dataclass(frozen=True, slots=True)
class Somebody:
    """An invented person of one municipality."""

    id: UUID
    given: str
    family: str
    birth: date
    sex: str
    home: tuple[str, str]
    speaks: str

    @property
    def name(self) -> str:
        return f"{self.given} {self.family}"


@dataclass(frozen=True, slots=True)
class Colleague:
    """A member of staff."""

    id: UUID
    name: str


class Town:
    """A municipality with its own stream of chance, so that it comes out the same whoever is made beside it."""

    def __init__(self, making: Making, place: Place) -> None:
        self.making, self.place, self.rows = making, place, making.rows
        self.as_of, self.began = making.as_of, making.began
        self.chance = Chance(place.code)
        self.id = self.chance.id_at(date(2009, 1, 1))
        self.staff: dict[Role, list[Colleague]] = {}
        self.has_protected = False
        self._serials: Counter[tuple[date, str]] = Counter()

    def colleague(self, role: Role) -> Colleague:
        """Somebody with the role; KeyError when nobody has it."""
        return self.chance.choice(self.staff[role])

    def second(self, writer: Colleague) -> Colleague:
        """Who makes what `writer` has written: a colleague of the same purchaser, else the manager (A6)."""
        for role in PURCHASERS:
            for other in self.staff[role] if writer in self.staff[role] else ():
                if other != writer:
                    return other
        return self.staff[Role.MANAGER][0]

    def named(self, name: str) -> Colleague:
        """A member of staff by name. KeyError when nobody is called that."""
        return {one.name: one for hired in self.staff.values() for one in hired}[name]

    def hire(self, name: str, *roles: Role, presented: tuple[int, str] | None = None) -> Colleague:
        """A member of staff with a login."""
        user = self.making.add_user(
            name, self.place.slug, [(role, self.id) for role in roles], presented=presented
        )
        hired = Colleague(user, name)
        for role in roles:
            self.staff.setdefault(role, []).append(hired)
        return hired

    def person(self, birth: date, *, sex: str = "", given: str = "", family: str = "", protection: str = "none",
               user_id: UUID | None = None, home: tuple[str, str] | None = None, reach: bool = False, hidden: bool = False,
               since: date | None = None) -> Somebody:  # fmt: skip
        """An invented person. `reach`: with telephone and e-mail. `hidden`, as protected people: no address."""
        chance, tenant = self.chance, self.id
        sex = sex or chance.choice("FM")
        drawn = names.name(chance, sex, birth)
        given, family, speaks = (
            (given, family or drawn[1], "") if given else (drawn[0], family or drawn[1], drawn[2])
        )
        home = home or chance.choice(self.place.postcodes)
        hidden = hidden or protection != "none"
        person_id = chance.id_at(since or self.began)
        number = self._number(birth, sex)
        street = f"{chance.choice(STREETS)}{chance.choice(ENDINGS)} {chance.randint(1, 90)}"
        phone = f"680 5{chance.randint(0, 9)} {chance.randint(0, 999):03d}"
        self.rows.add(
            Person, tenant_id=tenant, id=person_id, given_name=given, family_name=family, birth_date=birth, sex=sex,
            number_cipher=making_cipher(self.making.keys, tenant, person_id, number),
            number_hash=self.making.keys.number_hash(tenant, number), street="" if hidden else street,
            postcode="" if hidden else home[0], place="" if hidden else home[1], phone=phone if reach else "",
            email=f"{fold(given).replace(' ', '.')}.{fold(family).replace(' ', '.')}@example.org" if reach else "",
            protection=protection, speaks=traits.LANGUAGES.get(speaks, ""), user_id=user_id,
        )  # fmt: skip
        words = self.rows.batch(PersonNameWord, ("tenant_id", "id", "person_id", "word"))
        for word in name_words(given, family):
            words.append((tenant, chance.id_at(since or self.began), person_id, word))
        return Somebody(person_id, given, family, birth, sex, home, speaks)

    def _number(self, birth: date, sex: str) -> str:
        while True:
            number = make_synthetic(birth, "F" if sex == "F" else "M", self._serials[birth, sex])
            self._serials[birth, sex] += 1
            if number not in taken_numbers():
                return number

    def represent(self, who: Somebody, ward: Somebody, role: str, since: date, **more: Any) -> None:
        """Let one person act for another: `parent`, `guardian` or `power_of_attorney`."""
        self.rows.add(
            Representative, tenant_id=self.id, id=self.chance.id_at(since), person_id=who.id, acts_for_id=ward.id,
            role=role, valid_from=since, **more,
        )  # fmt: skip

    def born(self, youngest: int, oldest: int, on: date | None = None) -> date:
        """A birth date that makes somebody between so many whole years old on a day, both ends included."""
        day = on or self.as_of
        return self.chance.day(
            add_months(day, -12 * (oldest + 1)) + timedelta(days=2), add_months(day, -12 * youngest)
        )


def making_cipher(keys: Keys, tenant: UUID, person: UUID, number: str) -> bytes:
    """A national number as people's own service keeps it (tenants/people/service.py)."""
    return keys.seal(number, bound_to=b"person-number" + tenant.bytes + person.bytes)
