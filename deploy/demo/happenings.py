"""What has happened to some in Horten: one comes of age, hours are changed, somebody has died, somebody is registered twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from deploy.demo import words
from deploy.demo.allocation import file_of
from deploy.demo.book import Book
from deploy.demo.chance import Chance, at
from deploy.demo.contacts import Contact
from deploy.demo.hours import write_hours
from deploy.demo.lives import CARE_ACT, Life, Stretch
from deploy.demo.personas import presented
from deploy.demo.town import Somebody, Town
from sammen.policy.roles import Role
from tenants.assignments.models import ServiceOrder
from tenants.cases.api import add_months
from tenants.cases.models import Absence, CaseFile
from tenants.decisions.api import hours_a_year
from tenants.decisions.models import AdvanceNotice, Decision, ServiceGrant
from tenants.people.api import name_words
from tenants.people.models import Person, PersonNameWord
from tenants.record.models import TransferConsent
from tenants.responsibility.models import Handover

DAYS_TO_EIGHTEEN = 41
HALF = Decimal("0.5")


def write_happenings(town: Town, book: Book, lives: Sequence[Life], contacts: Sequence[Contact]) -> None:
    """All of it. Those it happens to are drawn lives, or people of their own."""
    chance = Chance("happenings")
    open_ones = [life for life in lives if life.state == "running" and not life.shielded and life.stretches]
    one_form = [life for life in open_ones if life.forms == ("individual",) and life.purchaser == "adult"]
    _write_absence(town, chance)
    _come_of_age(town, book, chance, contacts)
    # A world on a small scale may have too few to go round.
    for life, happens in zip(one_form, (_change_hours, _give_notice), strict=False):
        happens(town, chance, life)
    _write_about_people(town, chance, [life for life in open_ones if life.purchaser == "adult"], lives)
    _register_twice(town, book, chance)


def _write_absence(town: Town, chance: Chance) -> None:
    """Ole Bakkan is away this fortnight, and Hanne Myhre stands in."""
    ole, hanne, first = town.named("Ole Bakkan"), town.named("Hanne Myhre"), town.as_of - timedelta(days=3)
    town.rows.add(
        Absence, tenant_id=town.id, id=chance.id_at(first), user_id=ole.id, user_name=ole.name, stand_in_id=hanne.id,
        stand_in_name=hanne.name, starts_on=first, ends_on=first + timedelta(days=14),
    )  # fmt: skip


# Eighteen ---------------------------------------------------------------------------------------------------------------
def _come_of_age(town: Town, book: Book, chance: Chance, contacts: Sequence[Contact]) -> None:
    """Selma Aasrum is 18 in six weeks: her case goes to Ole Bakkan then. Her father is not to have letters."""
    hanne, ole, as_of = town.named("Hanne Myhre"), town.named("Ole Bakkan"), town.as_of
    birthday = as_of + timedelta(days=DAYS_TO_EIGHTEEN)
    decided, received = as_of - timedelta(days=250), as_of - timedelta(days=272)
    user = town.making.add_user(
        "Selma Aasrum", town.place.slug, [(Role.SERVICE_USER, town.id)], presented=presented("Selma Aasrum")
    )
    selma = town.person(
        add_months(birthday, -18 * 12), sex="F", given="Selma", family="Aasrum", user_id=user, reach=True,
        since=received,
    )  # fmt: skip
    for given, sex, more in (
        ("Kristin", "F", {"child_lives": "here"}),
        ("Geir", "M", {"child_lives": "visits", "receives_letters": False}),
    ):
        parent = town.person(town.born(44, 50), sex=sex, given=given, family="Aasrum", home=selma.home, reach=True,
                             since=received)  # fmt: skip
        town.represent(parent, selma, "parent", selma.birth, **more)
    evaluate_on = decided + timedelta(days=365)
    case_id = book.case(
        selma, received=received, purchaser="child", state="running", forms=("individual",), responsible=hanne,
        deadline=evaluate_on, kind="evaluate",
    )  # fmt: skip
    book.application(case_id, received=received, channel="form", applicant="parent", name="Kristin Aasrum",
                     wishes="Selma vil ha noen å gå på konsert med.", ground=CARE_ACT, state="decided")  # fmt: skip
    said = "Jeg vil på konsert uten mamma og pappa. Og bo for meg selv en dag."
    book.mapping(case_id, held=received + timedelta(days=6), own_words=said, interests=["concerts", "music"],
                 slots=["fri-eve", "sat-eve"], needs="Trenger tid til å bli kjent.", network="To venner fra skolen.",
                 forms=("individual",), by=hanne)  # fmt: skip
    decision = book.decision(
        case_id, decided=decided, by=hanne, goal=words.goal(["concerts"]), own_words=said, ground=CARE_ACT,
        reasons="Selma har få å gå ut med, og klarer det når noen er med.", evaluate_on=evaluate_on,
    )  # fmt: skip
    first = decided + timedelta(days=5)
    grant = book.grant(decision, form="individual", amount=Decimal(3), unit="week", times="fredager kveld", first=first,
                       last=add_months(first, 24) - timedelta(days=1), content="Konserter og kino i byen.")  # fmt: skip
    order = book.order(case_id, grant, selma, form="individual", state="filled", sent=decided, answered=first)
    _meet(town, book, selma, case_id, order, first, contacts)
    town.rows.add(
        Handover, tenant_id=town.id, id=chance.id_at(as_of - timedelta(days=4)), case_id=case_id, state="prepared",
        from_purchaser="child", to_purchaser="adult", moves_on=birthday, receiver_id=ole.id, receiver_name=ole.name,
        note="Selma vil fortsette med konserter. Hun vil selv svare på brev når hun er 18. Støttekontakten blir med videre.",
        prepared_by=hanne.id, prepared_by_name=hanne.name, prepared_on=as_of - timedelta(days=4),
    )  # fmt: skip


def _meet(
    town: Town,
    book: Book,
    person: Somebody,
    case_id: UUID,
    order: UUID,
    first: date,
    contacts: Sequence[Contact],
) -> None:
    """A contact for somebody told of here: the one with least to do of those who were there."""
    there = [one for one in contacts if one.state == "engaged" and not one.taken and one.since <= first]
    contact = min(there, key=lambda one: (one.hours_on(first), str(one.id)))
    stretch = Stretch("individual", first, None, Decimal(3), contact, weekday=contact.free_weekday(first))
    contact.load.append((first, None, stretch.weekly))
    contact.days.append((stretch.weekday, None))
    assignment = book.assignment(
        order,
        case_id,
        person,
        contact.id,
        form="individual",
        amount=Decimal(3),
        unit="week",
        starts=first,
        ended=None,
    )
    write_hours(town, book, assignment, stretch, ["concerts", "cinema"], first, None)


# Decisions that are changed ---------------------------------------------------------------------------------------------
def _grant_of(town: Town, grant_id: UUID) -> dict[str, Any]:
    return next(row for row in town.rows.of(ServiceGrant) if row["id"] == grant_id)


def _change_hours(town: Town, chance: Chance, life: Life) -> None:
    """Half a year ago one got two hours more a week; the order and the contact went on."""
    written = file_of(life)
    grant_id, form = written.grants[0]
    old, other = _grant_of(town, grant_id), town.second(written.worker)
    began = max(town.as_of - timedelta(days=120), old["valid_from"] + timedelta(days=2))
    decided, ended, new_grant = began - timedelta(days=3), began - timedelta(days=1), chance.id_at(began)
    changed = chance.id_at(decided)
    town.rows.amend(Decision, written.decision_id, state="replaced", ended_on=ended, outcome="changed")
    town.rows.amend(ServiceGrant, grant_id, ended_on=ended, outcome="changed")
    town.rows.add(
        Decision, tenant_id=town.id, id=changed, case_id=written.case_id, state="issued", kind="change",
        replaces_id=written.decision_id, goal=words.goal(life.interests), legal_ground=life.ground,
        own_words=words.evaluated(chance, life.interests), evaluate_on=add_months(began, 12),
        reasons="Evalueringen viste at timene ikke strakk til. To timer mer i uka gir tid til reisen.",
        written_by=written.worker.id, written_by_name=written.worker.name, proposed_by=written.worker.id,
        proposed_by_name=written.worker.name, proposed_at=at(decided, 10), decided_on=decided, decided_by=other.id,
        decided_by_name=other.name, issued_at=at(decided, 12), impartial=[written.worker.name, other.name],
    )  # fmt: skip
    town.rows.add(
        ServiceGrant, tenant_id=town.id, id=new_grant, decision_id=changed, form=form,
        amount=old["amount"] + (2 if old["unit"] == "week" else 8), unit=old["unit"], times=old["times"],
        content=old["content"], valid_from=began, valid_to=add_months(began, 24) - timedelta(days=1), line_id=grant_id,
    )  # fmt: skip
    town.rows.amend(ServiceOrder, written.orders[-1], grant_id=new_grant)
    town.rows.amend(CaseFile, written.case_id, deadline=add_months(began, 12))
    written.decision_id, written.grants = changed, [(new_grant, form)]


def _give_notice(town: Town, chance: Chance, life: Life) -> None:
    """One may get fewer hours, has been told so, and has answered."""
    written, as_of = file_of(life), town.as_of
    old = _grant_of(town, written.grants[0][0])
    less = (old["amount"] / 2).quantize(HALF)
    began, draft = as_of + timedelta(days=20), chance.id_at(as_of - timedelta(days=11))
    by = written.worker
    town.rows.add(
        Decision, tenant_id=town.id, id=draft, case_id=written.case_id, state="draft", kind="change",
        replaces_id=written.decision_id, goal=words.goal(life.interests), legal_ground=life.ground,
        own_words=words.evaluated(chance, life.interests), evaluate_on=add_months(began, 12),
        reasons="Har blitt med i et lag og trenger følge sjeldnere enn før.", written_by=by.id, written_by_name=by.name,
    )  # fmt: skip
    town.rows.add(
        ServiceGrant, tenant_id=town.id, id=chance.id_at(as_of - timedelta(days=11)), decision_id=draft, form=old["form"],
        amount=less, unit=old["unit"], times=old["times"], content=old["content"], valid_from=began,
        valid_to=add_months(began, 24) - timedelta(days=1), line_id=written.grants[0][0],
    )  # fmt: skip
    given = as_of - timedelta(days=10)
    town.rows.add(
        AdvanceNotice, tenant_id=town.id, id=chance.id_at(given), case_id=written.case_id, decision_id=draft,
        what="Vi vurderer å halvere timene fra neste måned.", why="Du har blitt med i et lag, og trenger følge sjeldnere.",
        covers=[f"{old['form']}:hours:{hours_a_year(less, old['unit']):.2f}"], given_on=given, given_by=by.id,
        given_by_name=by.name, reply_by=given + timedelta(days=14), replied_on=as_of - timedelta(days=3),
        replied_by=life.person.name, reply="Laget trener bare på mandager. Jeg vil gjerne beholde lørdagene.",
    )  # fmt: skip


# People -----------------------------------------------------------------------------------------------------------------
def _write_about_people(town: Town, chance: Chance, adults: Sequence[Life], lives: Sequence[Life]) -> None:
    """A guardian, a power of attorney, an interpreter with an individual plan, one who has died, one who has moved."""
    since = town.as_of - timedelta(days=400)
    roles: tuple[tuple[str, dict[str, Any]], ...] = (
        ("guardian", {"scopes": ["personal"], "scope": "Bistår i møter med kommunen."}),
        ("power_of_attorney", {"scopes": ["case", "letters"]}),
    )
    for life, (role, more) in zip(adults[2:], roles, strict=False):
        helper = town.person(town.born(35, 60), reach=True, since=since)
        town.represent(helper, life.person, role, since, **more)
    for life in adults[4:5]:
        town.rows.amend(
            Person,
            life.person.id,
            needs_interpreter=True,
            interpreter_language="somali",
            individual_plan=True,
        )
    closed = [
        life for life in lives if life.state == "closed" and not life.refused and life.purchaser == "adult"
    ]
    for life, what in zip(closed, ("died", "moved"), strict=False):
        _close_as(town, life, what)
        if what == "died":
            town.rows.amend(Person, life.person.id, died_on=life.ended)
        else:
            _move_away(town, chance, life)


def _move_away(town: Town, chance: Chance, life: Life) -> None:
    hanne = town.named("Hanne Myhre")
    assert life.ended is not None
    town.rows.amend(Person, life.person.id, moved_on=life.ended, moved_to="Tønsberg")
    town.rows.add(
        TransferConsent, tenant_id=town.id, id=chance.id_at(life.ended), person_id=life.person.id, given_by="self",
        given_by_name=life.person.name, given_on=life.ended, receiver="Tønsberg", recorded_by=hanne.id,
        recorded_by_name=hanne.name,
    )  # fmt: skip


def _close_as(town: Town, life: Life, outcome: str) -> None:
    """Why a case was closed, told alike on the case, its decision and its services."""
    written = file_of(life)
    town.rows.amend(CaseFile, written.case_id, outcome=outcome)
    town.rows.amend(Decision, written.decision_id, outcome=outcome, ended_on=life.ended)
    for grant_id, _ in written.grants:
        town.rows.amend(ServiceGrant, grant_id, outcome=outcome)


def _register_twice(town: Town, book: Book, chance: Chance) -> None:
    """Mari Solbakk applied by telephone, and nobody saw that she had been here before: two registrations of one person."""
    as_of, birth = town.as_of, town.born(34, 34)
    before = as_of - timedelta(days=700)
    known = town.person(birth, sex="F", given="Mari", family="Solbakk", since=before)
    _past_case(town, book, known, before)
    received = as_of - timedelta(days=5)
    again = chance.id_at(received)
    town.rows.add(
        Person, tenant_id=town.id, id=again, given_name="Mari", family_name="Solbakk", birth_date=birth, sex="F",
        number_cipher=None, number_hash=None, protection="none",
        postcode=known.home[0], place=known.home[1], phone="680 52 418",
    )  # fmt: skip
    for word in name_words("Mari", "Solbakk"):
        town.rows.add(
            PersonNameWord, tenant_id=town.id, id=chance.id_at(received), person_id=again, word=word
        )
    twin = Somebody(again, known.given, known.family, birth, "F", known.home, "")
    _new_case(town, book, twin, received)


def _past_case(town: Town, book: Book, person: Somebody, received: date) -> None:
    closed = received + timedelta(days=20)
    case_id = book.case(
        person, received=received, purchaser="adult", state="closed", forms=(), responsible=town.named("Hanne Myhre"),
        deadline=None, kind="none", closed_on=closed, outcome="withdrawn",
    )  # fmt: skip
    book.application(case_id, received=received, channel="letter", applicant="self", name="",
                     wishes="Noen å trene sammen med.", ground=CARE_ACT, state="withdrawn")  # fmt: skip


def _new_case(town: Town, book: Book, person: Somebody, received: date) -> None:
    worker = town.staff[Role.PURCHASER_ADULT][0]
    case_id = book.case(
        person, received=received, purchaser="adult", state="received", forms=(), responsible=worker,
        deadline=add_months(received, 1), kind="decide",
    )  # fmt: skip
    book.application(case_id, received=received, channel="phone", applicant="self", name="",
                     wishes="Vil begynne å trene igjen, og trenger noen å gå sammen med.", ground=CARE_ACT,
                     state="open")  # fmt: skip
