"""The traffic light over municipalities: one contact has switched it on in two, and some have said their hours themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from deploy.demo.chance import at
from deploy.demo.contacts import Contact
from deploy.demo.stories import RE
from deploy.demo.town import Making, Somebody
from deploy.demo.work import Work
from shared_pool.load.models import LoadEntry
from tenants.cases.api import add_months
from tenants.contacts.models import SupportContact
from tenants.people.api import name_words
from tenants.people.models import Person, PersonNameWord

WHO, ALSO_IN = "Sindre Falk", "0704"
LEAST = Decimal("4.5")
"""Hours a week in the other municipality, so that the two together are more than green."""


def write_light(making: Making, works: Sequence[Work]) -> None:
    """Hours said by five in each of the larger towns, and the light of the one both towns know."""
    for work in works:
        chance = work.stream("light")
        there = [one for one in work.at_work() if not one.taken]
        for contact in chance.sample(there, min(len(there), 5 if len(there) > 40 else 1)):
            work.town.rows.amend(
                SupportContact, contact.id, stated_hours=Decimal(chance.choice((3, 5, 8, 12))),
                stated_on=max(contact.since, work.as_of - timedelta(days=chance.randint(10, 200))),
            )  # fmt: skip
    by_code = {work.town.place.code: work for work in works}
    home, other = by_code.get(RE), by_code.get(ALSO_IN)
    sindre = next((one for one in home.contacts if one.person.name == WHO), None) if home else None
    if home is None or other is None or sindre is None:
        return
    twin = _twin(other, sindre)
    if twin is not None:
        _become(making, home, other, sindre, twin)
        number = _number(making, home, sindre)
        for work, contact in ((home, sindre), (other, twin)):
            _switch_on(making, work, contact, number)


def _weekly(work: Work, contact: Contact) -> Decimal:
    return sum((row["amount"] or Decimal(0) for row in work.running.get(contact.id, ()) if row["unit"] == "week"),
               Decimal(0))  # fmt: skip


def _twin(work: Work, sindre: Contact) -> Contact | None:
    """A contact of the other town who could be the same person: enough hours, nothing in the pool."""
    grown = add_months(sindre.person.birth, 18 * 12)
    for contact in work.at_work():
        usual = not contact.taken and contact.candidate_id is None and contact.since > grown
        if usual and LEAST <= _weekly(work, contact) <= 8 and contact.person.sex == "M":
            return contact
    return None


def _number(making: Making, home: Work, contact: Contact) -> str:
    """The national number, as the town keeps it."""
    tenant, person = home.town.id, contact.person.id
    sealed = home.persons[person]["number_cipher"]
    return making.keys.unseal(sealed, bound_to=b"person-number" + tenant.bytes + person.bytes)


def _become(making: Making, home: Work, other: Work, sindre: Contact, twin: Contact) -> None:
    """The two are one: the same name and number, in two municipalities that do not know of each other."""
    who, number, tenant = sindre.person, _number(making, home, sindre), other.town.id
    person: UUID = twin.person.id
    making.rows.amend(
        Person, person, given_name=who.given, family_name=who.family, birth_date=who.birth, sex=who.sex,
        number_cipher=making.keys.seal(number, bound_to=b"person-number" + tenant.bytes + person.bytes),
        number_hash=making.keys.number_hash(tenant, number), email="sindre.falk@example.org",
    )  # fmt: skip
    known = [row for row in making.rows.of(PersonNameWord) if row["person_id"] == person]
    words = [*name_words(who.given, who.family)]
    for number_of, row in enumerate(known):
        making.rows.amend(PersonNameWord, row["id"], word=words[number_of % len(words)])
    twin.person = Somebody(person, who.given, who.family, who.birth, who.sex, twin.person.home, who.speaks)


def _switch_on(making: Making, work: Work, contact: Contact, number: str) -> None:
    """Counted last night; the coordinator has been let see yellow."""
    seen = work.as_of - timedelta(days=12)
    making.rows.add(
        LoadEntry, id=work.stream("load").id_at(seen), region_id=making.region_id, tenant_id=work.town.id,
        key=making.keys.load_key(making.region_id, number), contact_id=contact.id, hours=_weekly(work, contact),
        counted_on=work.as_of - timedelta(days=1), shown_light="yellow", shown_on=seen, told_light="yellow",
        switched_on_at=at(seen, 19),
    )  # fmt: skip
