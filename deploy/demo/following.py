"""Following contacts up: courses they have been to, conversations held and agreed, meetings, wishes and the team's log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from uuid import UUID

from deploy.demo.chance import Chance, at
from deploy.demo.contacts import Contact
from deploy.demo.work import RICH, Work, weekday
from tenants.cases.api import add_months
from tenants.contacts.models import ContactCompetence, ContactWord
from tenants.followups.models import (
    Conversation,
    GuidanceWish,
    InformationMeeting,
    InformationMeetingGuest,
    TeamLogEntry,
)

GOOD = (
    "Kjemien er god, og de finner på ting sammen.", "Han møter alltid opp, og gleder seg.",
    "Har blitt trygge på hverandre. Ler mye.", "Hun tar mer initiativ enn før.",
)  # fmt: skip
HARD = (
    "", "", "Vanskelig å finne noe som ikke koster penger.", "Avtaler blir flyttet ofte, og det er slitsomt.",
    "Usikker på hva som er privat, og hva hun skal si fra om.", "Det blir sent på kveldene med buss.",
)  # fmt: skip
GUIDANCE = ("", "", "Hvordan sette grenser på en vennlig måte.", "Hva du gjør når noen trekker seg unna.")
AGREED = (
    "Fortsetter som før. Ny samtale om tre måneder.", "Lager en plan for høsten sammen med bruker.",
    "Kari ringer familien om tidspunktene.", "Prøver en fast dag i uka fram til jul.",
    "Melder seg på temakurset i autisme.",
)  # fmt: skip
WISHES = (
    ("Hva gjør jeg når han blir lei seg og ikke vil si hvorfor?",
     "Du trenger ikke å løse det. Si at du er der, og gi det tid. Vi tar det opp i neste samtale, og ring meg gjerne før."),
    ("Hvor mye kan jeg si til foreldrene om det vi snakker om?",
     "Fortell hva dere har gjort. Det hun sier til deg i fortrolighet, kan bli mellom dere, så lenge ingen er i fare."),
    ("Jeg vil lære mer om ADHD og hvordan jeg kan legge opp dagene.", ""),
    ("Kan jeg ta med hunden min? Og hvem har ansvaret hvis noe skjer?", ""),
)  # fmt: skip
GOING_ON = (
    ("going_on", "Vil gjerne fortsette ut neste år."), ("wish", "Ønsker seg en som liker å være ute."),
    ("going_on", "Flytter kanskje til sommeren. Sier fra i god tid."), ("wish", "Vil helst ha bare én om gangen."),
    ("going_on", "Fortsetter så lenge studiene varer."), ("wish", "Kan ta vakter som vikar i helgene."),
)  # fmt: skip
LOG = (
    ("start", "Når det første møtet er en kort tur i nærheten, blir det lettere å møtes igjen."),
    ("activity", "Svømmehallen har egne timer med roligere musikk på torsdager. Spør i luka."),
    ("hard", "Avlys heller dagen før enn samme dag. Flere sier at det er ventingen som er vond."),
    ("safety", "Avtal på forhånd hva dere gjør hvis bussen ikke kommer. Da blir ingen stående alene."),
    ("recruit", "Studentene svarer på melding, ikke på telefon. Prøv der først."),
    ("other", "Kulturkortet gir følge gratis inngang. Det må vises fram ved kjøp."),
    ("activity", "Biblioteket låner ut fiskestenger og kart. Ingen depositum."),
)  # fmt: skip
GUIDED = ("guidance", "intro_course")


def write_following(work: Work) -> None:
    """Everything in one town; the small towns have the competences and the conversations."""
    chance = work.stream("following")
    owner = work.coordinator
    for number, contact in enumerate(work.contacts):
        if contact.state in ("engaged", "paused", "suspended"):
            _competences(work, chance, contact)
        if contact.state in ("engaged", "suspended"):
            _conversations(work, chance, contact, number)
    _planned(work, chance)
    _words(work, chance)
    if work.town.place.code in RICH or work.town.place.code == "0709":
        _meetings(work, chance)
        _wishes(work, chance)
        for number, (theme, text) in enumerate(LOG):
            day = weekday(work.as_of - timedelta(days=9 + 24 * number))
            work.town.rows.add(
                TeamLogEntry, tenant_id=work.town.id, id=chance.id_at(day), noted_on=min(day, work.as_of), theme=theme,
                text=text, written_by=owner.id, written_by_name=owner.name,
            )  # fmt: skip


# Courses --------------------------------------------------------------------------------------------------------------
def _competences(work: Work, chance: Chance, contact: Contact) -> None:
    """Guidance before the first assignment, and courses: first aid counts for two years."""
    began, as_of = contact.since, work.as_of
    first = [("guidance", min(began + timedelta(days=3), as_of), "")]
    if chance.often(0.6):
        first = [("intro_course", min(began + timedelta(days=chance.randint(10, 120)), as_of), "Vestfoldsamarbeidet"),
                 *first]  # fmt: skip
    trained = any(row["form"] == "training" for row in work.running.get(contact.id, ()))
    if trained or chance.often(0.03):
        first.append(("training_course", began + timedelta(days=1), "Folkehelseforum"))
    if chance.often(0.12):
        first.append((chance.choice(("upper_secondary", "health_education", "pedagogy", "bachelor")),
                      began - timedelta(days=chance.randint(100, 900)), ""))  # fmt: skip
    for code, day, place in first:
        _competence(work, chance, contact, code, min(day, as_of), place=place)
    if chance.often(0.25):
        day = chance.day(max(began, as_of - timedelta(days=1000)), as_of - timedelta(days=20))
        _competence(
            work, chance, contact, "first_aid", day, valid_to=add_months(day, 24), place="Horten brannstasjon"
        )


def _competence(work: Work, chance: Chance, contact: Contact, code: str, day: date, *, valid_to: date | None = None,
                place: str = "") -> None:  # fmt: skip
    work.town.rows.add(
        ContactCompetence, tenant_id=work.town.id, id=chance.id_at(day), contact_id=contact.id, code=code,
        completed_on=day, valid_to=valid_to, place=place,
    )  # fmt: skip


# Conversations --------------------------------------------------------------------------------------------------------
def _conversations(work: Work, chance: Chance, contact: Contact, number: int) -> None:
    """One every third month, the last of them within three months; for some it is overdue."""
    as_of, began = work.as_of, max(contact.since, work.town.began)
    late = number % 9 == 4
    day = as_of - timedelta(days=chance.randint(100, 150) if late else chance.randint(4, 86))
    count = 4 if work.town.place.code in RICH else 2
    for _ in range(count):
        if day < began + timedelta(days=20):
            return
        _held(work, chance, contact, min(weekday(day), as_of))
        day -= timedelta(days=chance.randint(75, 100))


def _held(work: Work, chance: Chance, contact: Contact, day: date) -> None:
    agreed = chance.choice(AGREED).replace("Kari", work.coordinator.name.split()[0])
    work.town.rows.add(
        Conversation, tenant_id=work.town.id, id=chance.id_at(at(day, 14)), contact_id=contact.id, kind="conversation",
        how=chance.one([("phone", 0.5), ("meeting", 0.35), ("walk", 0.1), ("video", 0.05)]), planned_on=day, held_on=day,
        held_by=work.coordinator.id, held_by_name=work.coordinator.name, good=chance.choice(GOOD),
        hard=chance.choice(HARD), guidance=chance.choice(GUIDANCE), agreed=agreed, created_at=at(day, 14),
    )  # fmt: skip


def _planned(work: Work, chance: Chance) -> None:
    """Some agreed for the days to come, and guidance for those who have just begun."""
    there = [one for one in work.at_work() if not one.taken]
    chosen = [one for one in work.contacts if one.taken and one.id in work.running]
    chosen += chance.sample(there, min(len(there), 6 if work.horten else 2))
    for number, contact in enumerate(chosen):
        day = weekday(work.as_of + timedelta(days=2 + 3 * number))
        _agree(work, chance, contact, day, time(9 + number % 6, 30 * (number % 2)), "conversation")
    for contact in [one for one in work.contacts if one.state == "vetting"][:2]:
        _agree(work, chance, contact, weekday(work.as_of + timedelta(days=4)), time(15), "guidance")


def _agree(work: Work, chance: Chance, contact: Contact, day: date, starts: time, kind: str) -> None:
    work.town.rows.add(
        Conversation, tenant_id=work.town.id, id=chance.id_at(work.as_of - timedelta(days=2)), contact_id=contact.id,
        kind=kind, how="meeting", planned_on=day, planned_at=starts, place="Rådhuset, møterom 2",
        created_at=at(work.as_of - timedelta(days=2), 11),
    )  # fmt: skip


def _words(work: Work, chance: Chance) -> None:
    """What contacts say of going on. Those who can log in have said so themselves, and corrected something."""
    owner = work.coordinator
    there = [one for one in work.at_work() if not one.taken]
    for contact in chance.sample(there, min(len(there), 12 if work.horten else 3)):
        about, words = chance.choice(GOING_ON)
        said = max(contact.since, work.as_of - timedelta(days=chance.randint(5, 200)))
        _word(
            work, chance.id_at(said), contact, said, about, words, noted_by=owner.id, noted_by_name=owner.name
        )
    for contact in (one for one in work.at_work() if one.taken):
        said = max(contact.since, work.as_of - timedelta(days=40))
        first = chance.id_at(said)
        _word(work, first, contact, said, "going_on", "Vil fortsette til studiene er ferdige, til sommeren.",
              noted_by=owner.id, noted_by_name=owner.name)  # fmt: skip
        later = work.as_of - timedelta(days=1)
        _word(work, chance.id_at(later), contact, later, "correction", "Jeg fortsetter gjerne etter sommeren også.",
              by_contact=True, answers_id=first)  # fmt: skip


def _word(
    work: Work, word: UUID, contact: Contact, said: date, about: str, words: str, **more: object
) -> None:
    work.town.rows.add(
        ContactWord, tenant_id=work.town.id, id=word, contact_id=contact.id, about=about, words=words, said_on=said,
        created_at=at(said, 13), **more,
    )  # fmt: skip


# Meetings and wishes --------------------------------------------------------------------------------------------------
def _meetings(work: Work, chance: Chance) -> None:
    """One held in spring, one lately without attendance noted, one that makes up for the first, and one to come."""
    as_of = work.as_of
    spring = weekday(as_of - timedelta(days=200))
    makeup = weekday(spring + timedelta(days=21))
    told = (
        (spring, "Timeføring og kjøring: slik gjør vi det i år", None, True),
        (makeup, "Timeføring og kjøring, for dem som ikke kunne sist", spring, True),
        (weekday(as_of - timedelta(days=6)), "Grenser og taushetsplikt, med eksempler", None, False),
        (weekday(as_of + timedelta(days=17)), "Julegrøt og planer for neste år", None, False),
    )
    made: dict[date, UUID] = {}
    there = work.at_work()
    for day, topic, makes_up, registered in told:
        made[day] = chance.id_at(at(min(day, as_of) - timedelta(days=30), 10))
        work.town.rows.add(
            InformationMeeting, tenant_id=work.town.id, id=made[day], meets_on=day, starts=time(18), topic=topic,
            place=f"Rådhuset i {work.town.place.name}", makeup_for=made[makes_up] if makes_up else None,
            registered_at=at(day, 20) if registered else None, created_at=at(min(day, as_of) - timedelta(days=30), 10),
        )  # fmt: skip
        _invite(work, chance, made[day], day, there, registered=registered, few=makes_up is not None)


def _invite(work: Work, chance: Chance, meeting: UUID, day: date, there: Sequence[Contact], *, registered: bool,
            few: bool) -> None:  # fmt: skip
    asked = [one for one in there if one.since < day and (not few or chance.often(0.3))]
    for contact in asked:
        said = (
            "" if contact.taken and day > work.as_of else chance.one([("yes", 0.6), ("no", 0.15), ("", 0.25)])
        )
        answered = min(day, work.as_of) - timedelta(days=chance.randint(2, 14))
        came = chance.often(0.9 if said == "yes" else 0.15) if registered else None
        work.town.rows.add(
            InformationMeetingGuest, tenant_id=work.town.id, id=chance.id_at(answered), information_meeting_id=meeting,
            contact_id=contact.id, answer=said, answered_at=at(answered, 19) if said else None, came=came,
        )  # fmt: skip


def _wishes(work: Work, chance: Chance) -> None:
    """What contacts ask for guidance about; the last two wait for an answer, one of them from who can log in."""
    there = [*(one for one in work.at_work() if not one.taken), *(one for one in work.at_work() if one.taken)]
    for number, (contact, (words, answer)) in enumerate(zip(there[-len(WISHES) :], WISHES, strict=False)):
        wished = at(work.as_of - timedelta(days=40 - 12 * number), 20, 15)
        work.town.rows.add(
            GuidanceWish, tenant_id=work.town.id, id=chance.id_at(wished), contact_id=contact.id, words=words,
            wished_at=wished, answer=answer, answered_at=wished + timedelta(days=2) if answer else None,
            answered_by_name=work.coordinator.name if answer else "", created_at=wished,
        )  # fmt: skip
