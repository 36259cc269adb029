"""The team's shared log (B18): what was learned, without saying of whom. Every coordinator and the manager read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Conflict, Forbidden, Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.ids import uuid7
from sammen.web.paging import PAGE_SIZE
from tenants.followups.models import TeamLogEntry
from tenants.followups.rules import has_national_number, possible_names

entry = TeamLogEntry.__table__
THEMES = {
    "start": N_("Oppstart"),
    "activity": N_("Aktivitet"),
    "hard": N_("Når det er vanskelig"),
    "safety": N_("Trygghet"),
    "recruit": N_("Rekruttering"),
    "other": N_("Annet"),
}


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """A day, a theme and the text. `read_through`: the writer has seen the words that may be names, and stands by it."""

    noted_on: date
    theme: str
    text: str
    read_through: bool


@dataclass(frozen=True, slots=True)
class EntryCard:
    id: UUID
    noted_on: date
    theme: str
    text: str
    written_by: UUID | None
    written_by_name: str
    version: int


_FILTER = and_(
    entry.c.tenant_id == bindparam("tenant"),
    or_(bindparam("theme") == "", entry.c.theme == bindparam("theme")),
    or_(bindparam("text") == "", func.strpos(func.lower(entry.c.text), func.lower(bindparam("text"))) > 0),
)
_CARD = [entry.c[name] for name in EntryCard.__dataclass_fields__]
_PAGE = compile_query(
    select(*_CARD)
    .where(_FILTER)
    .order_by(entry.c.noted_on.desc(), entry.c.id.desc())
    .limit(PAGE_SIZE)
    .offset(bindparam("skip"))
)
_TOTAL = compile_query(select(func.count()).select_from(entry).where(_FILTER))
_ONE = compile_query(
    select(*_CARD).where(entry.c.tenant_id == bindparam("tenant"), entry.c.id == bindparam("entry"))
)


async def entries(uow: UnitOfWork, *, text: str, theme: str, page: int) -> tuple[Sequence[EntryCard], int]:
    """A page of the log, newest first, and how many entries there are in all."""
    values = {"tenant": uow.context.tenant, "text": text, "theme": theme if theme in THEMES else ""}
    rows = await uow.rows(_PAGE, **values, skip=(page - 1) * PAGE_SIZE)
    return [EntryCard(**dict(row)) for row in rows], await uow.value(_TOTAL, **values)


async def entry_card(uow: UnitOfWork, entry_id: UUID) -> EntryCard:
    """One entry. Raises NotFound."""
    row = await uow.row(_ONE, tenant=uow.context.tenant, entry=entry_id)
    if row is None:
        raise NotFound
    return EntryCard(**dict(row))


def check_text(facts: EntryFacts, places: Sequence[str]) -> None:
    """Raises Invalid on a national number, and on words that may be names unless the writer has read it through."""
    if facts.noted_on > today():
        raise Invalid.one("dag", N_("Datoen er i framtida. Skriv dagen det skjedde."))
    if has_national_number(facts.text):
        raise Invalid.one("tekst", N_("Det står et fødselsnummer i teksten. Ta det bort."))
    names = possible_names(facts.text, places)
    if names and not facts.read_through:
        raise Invalid.one(
            "tekst",
            N_("Dette kan være navn eller telefonnummer: %(names)s. Ta det bort, eller kryss av for at det ikke er det."),
            names=", ".join(names[:8]),
        )  # fmt: skip


async def write_entry(uow: UnitOfWork, facts: EntryFacts) -> UUID:
    """Add to the log. Raises as check_text."""
    check_text(facts, [uow.context.place_name])
    row = TeamLogEntry(
        tenant_id=uow.context.tenant, id=uuid7(), noted_on=facts.noted_on, theme=facts.theme, text=facts.text,
        written_by=uow.context.user_id, written_by_name=uow.context.user_name,
    )  # fmt: skip
    uow.session.add(row)
    await uow.session.flush()
    await record_change(uow, "team_log.written", "team_log_entry", row.id, theme=facts.theme)
    return row.id


async def _own(uow: UnitOfWork, entry_id: UUID) -> TeamLogEntry:
    row = await uow.session.get(
        TeamLogEntry, (uow.context.tenant, entry_id), with_for_update=True, populate_existing=True
    )
    if row is None:
        raise NotFound
    if row.written_by != uow.context.user_id:
        raise Forbidden(N_("Bare den som skrev notatet, kan endre det."))
    return row


async def change_entry(uow: UnitOfWork, entry_id: UUID, facts: EntryFacts, *, version: int) -> None:
    """Correct one's own entry. Raises Forbidden for another's, Conflict with both texts on a stale version."""
    row = await _own(uow, entry_id)
    if row.version != version:
        raise Conflict(
            N_("Notatet er endret imens, kanskje i et annet vindu. Det du skrev, er ikke lagret."),
            yours={N_("Tekst"): facts.text}, theirs={N_("Tekst"): row.text},
        )  # fmt: skip
    check_text(facts, [uow.context.place_name])
    row.noted_on, row.theme, row.text = facts.noted_on, facts.theme, facts.text
    row.version += 1
    await uow.session.flush()
    await record_change(uow, "team_log.changed", "team_log_entry", row.id, theme=facts.theme)


async def drop_entry(uow: UnitOfWork, entry_id: UUID) -> None:
    """Take one's own entry away. Raises Forbidden for another's."""
    row = await _own(uow, entry_id)
    await record_change(uow, "team_log.removed", "team_log_entry", row.id, theme=row.theme)
    await uow.session.delete(row)
    await uow.session.flush()
