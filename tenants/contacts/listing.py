"""The list of contacts: a tab for each state with its count, and filters for the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import any_, bindparam, func

from sammen.audit.trail import record_read
from sammen.db.raw import Query, compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.web.paging import PAGE_SIZE, page_number
from tenants.contacts.queries import MISSING, OURS, STATES, ContactCard, card_columns, joined, support_contact
from tenants.contacts.rules import KINDS
from tenants.people.api import matches_word, person, query_words, traits


@dataclass(frozen=True, slots=True)
class ContactFilter:
    """What the reader asked to see. Unknown values fall back, so that any address shows a list."""

    text: str = ""
    state: str = ""
    interest: str = ""
    kind: str = ""
    missing: bool = False
    mine: bool = False
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> ContactFilter:
        """From an address's query: q, status, interesse, slag, mangler, mine, side. Those who have left show when asked
        for.
        """
        return cls(
            text=query.get("q", ""),
            state=query["status"] if query.get("status") in STATES else "",
            interest=query["interesse"] if query.get("interesse") in traits.INTERESTS else "",
            kind=query["slag"] if query.get("slag") in KINDS else "",
            missing=query.get("mangler") == "ja",
            mine=query.get("mine") == "ja",
            page=page_number(query),
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything but the state is asked for."""
        return bool(self.text or self.interest or self.kind or self.missing or self.mine)


@dataclass(frozen=True, slots=True)
class ContactList:
    """A page of the list, how many there are in all, and how many by state whatever else is filtered on."""

    rows: Sequence[ContactCard]
    total: int
    counts: Mapping[str, int]


_COUNTS = compile_query(
    joined(support_contact.c.state, func.count().label("many")).where(OURS).group_by(support_contact.c.state)
)


@lru_cache(maxsize=256)
def _list_queries(
    words: int, state: bool, interest: bool, kind: bool, missing: bool, mine: bool
) -> tuple[Query, Query]:
    found = OURS
    found &= support_contact.c.state == bindparam("state") if state else support_contact.c.state != "ended"
    if interest:
        found &= bindparam("interest") == any_(support_contact.c.interests)
    if kind:
        found &= bindparam("kind") == any_(support_contact.c.kinds)
    if missing:
        found &= MISSING
    if mine:
        found &= support_contact.c.follow_up_owner == bindparam("reader")
    for n in range(words):
        found &= matches_word(person.c.tenant_id, person.c.id, bindparam(f"word{n}"))
    rows = (
        joined(*card_columns())
        .where(found)
        .order_by(person.c.family_name, person.c.given_name, support_contact.c.id)
        .limit(bindparam("most"))
        .offset(bindparam("skip"))
    )
    return compile_query(rows), compile_query(joined(func.count()).where(found))


async def list_contacts(uow: UnitOfWork, wanted: ContactFilter) -> ContactList:
    """One page of the municipality's contacts by name, and the access log's row for it."""
    words = query_words(wanted.text)
    values: dict[str, Any] = {"tenant": uow.context.tenant} | {
        f"word{n}": word for n, word in enumerate(words)
    }
    counts = {row["state"]: row["many"] for row in await uow.rows(_COUNTS, tenant=uow.context.tenant)}
    if wanted.text and not words:
        return ContactList([], 0, counts)  # nothing to look for: find nobody rather than everybody
    if wanted.state:
        values["state"] = wanted.state
    if wanted.interest:
        values["interest"] = wanted.interest
    if wanted.kind:
        values["kind"] = wanted.kind
    if wanted.mine:
        values["reader"] = uow.context.user
    listed, counted = _list_queries(
        len(words), bool(wanted.state), bool(wanted.interest), bool(wanted.kind), wanted.missing, wanted.mine
    )
    total: int = await uow.value(counted, **values)
    records = await uow.rows(listed, **values, most=PAGE_SIZE, skip=(wanted.page - 1) * PAGE_SIZE)
    rows = [ContactCard(**dict(record)) for record in records]
    await record_read(
        uow, "contact.list", [row.person_id for row in rows], why=N_("Liste over støttekontakter")
    )
    return ContactList(rows, total, counts)
