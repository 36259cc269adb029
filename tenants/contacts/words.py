"""What a contact says of going on, wishes and corrects: in words, with the day and who wrote them down (B12).

Nothing here is counted or weighed. What was noted is never changed: a correction is a row of its own beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import any_, bindparam, select, update
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from tenants.contacts.models import ContactWord
from tenants.contacts.moving import contact_for_change

contact_word = ContactWord.__table__
ABOUT: Final[Mapping[str, str]] = {
    "going_on": N_("Om å fortsette"),
    "wish": N_("Ønske"),
    "correction": N_("Retting"),
}
NOTED: Final = {code: label for code, label in ABOUT.items() if code != "correction"}
"""What a coordinator may note; only the contact corrects."""
LONGEST = 2_000
_COLUMNS = ("id", "about", "words", "said_on", "by_contact", "noted_by_name", "answers_id", "seen_on")
_WORDS = compile_query(
    select(*(contact_word.c[name] for name in _COLUMNS))
    .where(contact_word.c.tenant_id == bindparam("tenant"), contact_word.c.contact_id == bindparam("contact"))
    .order_by(contact_word.c.said_on.desc(), contact_word.c.id.desc())
)
_STAYS = compile_query(
    select(contact_word.c.contact_id, *(contact_word.c[name] for name in _COLUMNS))
    .where(
        contact_word.c.tenant_id == bindparam("tenant"),
        contact_word.c.contact_id == any_(bindparam("contacts", type_=ARRAY(PG_UUID(as_uuid=True)))),
        contact_word.c.about == "going_on",
    )
    .order_by(contact_word.c.contact_id, contact_word.c.said_on.desc(), contact_word.c.id.desc())
    .ext(distinct_on(contact_word.c.contact_id))
)


@dataclass(frozen=True, slots=True)
class Word:
    """Something said. `by_contact`: they wrote it themselves. `seen_on`: when somebody here read what they wrote."""

    id: UUID
    about: str
    words: str
    said_on: date
    by_contact: bool
    noted_by_name: str
    answers_id: UUID | None
    seen_on: date | None


async def words_of(uow: UnitOfWork, contact_id: UUID) -> Sequence[Word]:
    """All that has been said, newest first."""
    rows = await uow.rows(_WORDS, tenant=uow.context.tenant, contact=contact_id)
    return [Word(**dict(row)) for row in rows]


async def stays(uow: UnitOfWork, contact_ids: Sequence[UUID]) -> dict[UUID, Word]:
    """What each contact last said of going on; those who have said nothing are left out."""
    rows = await uow.rows(_STAYS, tenant=uow.context.tenant, contacts=list(contact_ids))
    return {row["contact_id"]: Word(**{name: row[name] for name in _COLUMNS}) for row in rows}


async def note_word(
    uow: UnitOfWork, contact_id: UUID, about: str, words: str, *, said_on: date | None = None
) -> UUID:
    """Write down what a contact said (`going_on` or `wish`), on a day (today). Returns its id.

    Raises Invalid without words, for a day in the future or an unknown `about`.
    """
    if about not in NOTED:
        raise Invalid.one("om", N_("Velg hva det handler om."))
    if said_on is not None and said_on > today():
        raise Invalid.one("sagt", N_("Datoen er i framtida. Skriv dagen det ble sagt."))
    return await _write(uow, contact_id, about, words, said_on or today(), by_contact=False)


async def say_oneself(
    uow: UnitOfWork, contact_id: UUID, about: str, words: str, *, answers: UUID | None = None
) -> UUID:
    """The contact's own words today; `correction` may answer something that was noted. Raises Invalid, and NotFound when
    what is answered is not theirs.
    """
    if about not in ABOUT:
        raise Invalid.one("om", N_("Velg hva det handler om."))
    if answers is not None and answers not in {one.id for one in await words_of(uow, contact_id)}:
        raise NotFound
    return await _write(uow, contact_id, about, words, today(), by_contact=True, answers=answers)


async def _write(
    uow: UnitOfWork, contact_id: UUID, about: str, words: str, said_on: date, *, by_contact: bool, answers: UUID | None = None
) -> UUID:  # fmt: skip
    if not words.strip():
        raise Invalid.one(
            "ord", N_("Skriv hva som er sagt.") if not by_contact else N_("Skriv det du vil si.")
        )
    if len(words) > LONGEST:
        raise Invalid.one("ord", N_("Teksten er for lang. Skriv høyst %(most)s tegn."), most=LONGEST)
    contact = await contact_for_change(uow, contact_id)
    row = ContactWord(
        tenant_id=uow.context.tenant, id=uuid7(), contact_id=contact_id, about=about, words=words.strip(),
        said_on=said_on, by_contact=by_contact, noted_by=uow.context.user_id, noted_by_name=uow.context.user_name,
        answers_id=answers,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(
        uow, "contact.word_noted", "contact", contact_id, persons=[contact.person_id], about=about
    )
    return row.id


async def mark_seen(uow: UnitOfWork, contact_id: UUID) -> int:
    """Somebody here has read what the contact wrote; how many words were new."""
    contact = await contact_for_change(uow, contact_id)
    seen = await uow.session.scalars(
        update(ContactWord)
        .where(
            ContactWord.tenant_id == uow.context.tenant,
            ContactWord.contact_id == contact_id,
            ContactWord.by_contact,
            ContactWord.seen_on.is_(None),
        )
        .values(seen_on=today())
        .returning(ContactWord.id)
    )
    count = len(seen.all())
    if count:
        await record_change(
            uow, "contact.words_seen", "contact", contact_id, persons=[contact.person_id], count=count
        )
    return count
