"""Messages between contacts and the coordinators: conversations that are over, some that wait, and two unread."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from deploy.demo.chance import Chance, at
from deploy.demo.contacts import Contact
from deploy.demo.work import RICH, Work
from tenants.messages.models import Message, MessageThread

CONTACT, OURS, SYSTEM = "contact", "municipality", "system"
Said = tuple[str, str, int]
"""Who, what, and hours since the one before."""
OVER: tuple[tuple[Said, ...], ...] = (
    ((CONTACT, "Hei! Bussen går ikke på søndag. Er det greit at vi møtes på lørdag?", 0),
     (OURS, "Ja, det er fint. Jeg har sagt fra hjemme.", 3)),
    ((OURS, "Hei! Har du fått lest planen vi laget?", 0), (CONTACT, "Ja, den er fin. Vi begynner med svømming.", 20)),
    ((CONTACT, "Jeg har eksamen 4. og 5. Kan vi hoppe over den uka?", 0),
     (OURS, "Selvfølgelig. Lykke til! Skal vi spørre en vikar?", 5), (CONTACT, "Nei, vi tar det igjen uka etter.", 2),
     (OURS, "Da skriver jeg det.", 1)),
    ((SYSTEM, "Timene for måneden er godkjent.", 0),),
    ((CONTACT, "Kan vi få dekket inngang til museet for to?", 0),
     (OURS, "Ja. Ta bilde av kvitteringen når du fører timene.", 26), (CONTACT, "Supert, takk.", 1)),
)  # fmt: skip
WAITING: tuple[tuple[Said, ...], ...] = (
    ((CONTACT, "Hei! Hun vil gjerne møtes to ganger i uka fram til jul. Er det timer igjen til det?", 0),),
    ((CONTACT, "Jeg rekker ikke til klokka fem på torsdager lenger. Kan vi bytte dag?", 0),
     (CONTACT, "Onsdag passer også.", 1)),
    ((OURS, "Fint å høre. Si fra hvis det blir for mye.", 0),
     (CONTACT, "Det går bra, men jeg lurer på hvem jeg ringer om kvelden.", 30)),
    ((CONTACT, "Jeg har mistet busskortet vi bruker sammen. Hva gjør jeg?", 0),),
)  # fmt: skip
TOLD: tuple[Said, ...] = (
    (CONTACT, "Hei! Vi var i klatrehallen i går, og han klarte den lange veggen.", 0),
    (OURS, "Så gøy! Det skal jeg fortelle videre i evalueringen.", 4),
    (OURS, "Kan du komme til en kort prat på rådhuset? Jeg har satt av en time.", 40),
    (SYSTEM, "Du har fått en avtale om samtale. Se den under Min side.", 1),
)
ABOUT_ASSIGNMENT: tuple[Said, ...] = (
    (CONTACT, "Passer det å møte mamma hans på rådhuset i stedet for i hallen?", 0),
    (OURS, "Ja. Jeg gir beskjed.", 6),
)


def write_messages(work: Work) -> None:
    """In the towns where a contact can log in: about twenty conversations, four that wait."""
    if work.town.place.code not in RICH:
        return
    chance = work.stream("messages")
    there = [one for one in work.at_work() if not one.taken]
    chosen = chance.sample(there, min(len(there), 18 if work.horten else 5))
    waiting = len(WAITING) if work.horten else 1
    for number, contact in enumerate(chosen):
        if number < waiting:
            _thread(work, chance, contact, WAITING[number], days=1 + 2 * number)
        else:
            _thread(work, chance, contact, OVER[number % len(OVER)], days=chance.randint(3, 120), over=True)
    for contact in (one for one in work.at_work() if one.taken):
        _thread(work, chance, contact, TOLD, days=3, unread=2)
        own = [row for row in work.running[contact.id] if row["form"] == "individual"]
        for row in own[:1]:
            _thread(work, chance, contact, ABOUT_ASSIGNMENT, days=16, assignment=row["id"])


def _thread(work: Work, chance: Chance, contact: Contact, said: Sequence[Said], *, days: int, unread: int = 0,
            over: bool = False, assignment: UUID | None = None) -> None:  # fmt: skip
    """A thread with its messages, counted as the platform counts. `unread` by the contact; `over`: nothing waits."""
    owner, rows = work.coordinator, work.town.rows
    moment = at(work.as_of - timedelta(days=days), chance.randint(8, 13), chance.randint(0, 59))
    latest = at(work.as_of, 0)
    thread = chance.id_at(moment)
    sent: list[datetime] = []
    for _, _, later in said:
        moment = min(moment + timedelta(hours=later), latest - timedelta(minutes=len(said) - len(sent)))
        sent.append(moment)
    handled = max((n for n, (who, _, _) in enumerate(said, 1) if who == OURS), default=0)
    handled = len(said) if over else handled
    open_since = next((sent[n] for n in range(handled, len(said)) if said[n][0] == CONTACT), None)
    rows.add(
        MessageThread, tenant_id=work.town.id, id=thread, contact_id=contact.id, assignment_id=assignment,
        last_no=len(said), contact_no=max((n for n, (who, _, _) in enumerate(said, 1) if who == CONTACT), default=0),
        ours_no=max((n for n, (who, _, _) in enumerate(said, 1) if who != CONTACT), default=0),
        contact_read=len(said) - unread, handled_no=handled, waiting_since=open_since, last_at=sent[-1],
    )  # fmt: skip
    for number, ((who, text, _), when) in enumerate(zip(said, sent, strict=True), 1):
        rows.add(
            Message, tenant_id=work.town.id, id=chance.id_at(when), thread_id=thread, number=number, author=who,
            author_id=owner.id if who == OURS else None,
            author_name={CONTACT: contact.person.name, OURS: owner.name}.get(who, ""), text=text, sent_at=when,
        )  # fmt: skip
