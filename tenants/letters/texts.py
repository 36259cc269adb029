"""Legal texts as they stood on a day: what a letter says of rights, from dated rows (A6, A13)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.tenancy.models import Municipality
from tenants.letters.models import LegalText

legal_text_table = LegalText.__table__
municipality = Municipality.__table__

_IN_FORCE = compile_query(
    select(legal_text_table.c.body)
    .where(
        legal_text_table.c.code == bindparam("code"),
        legal_text_table.c.language == bindparam("language"),
        legal_text_table.c.valid_from <= bindparam("day"),
        legal_text_table.c.valid_to.is_(None) | (legal_text_table.c.valid_to >= bindparam("day")),
    )
    .order_by(legal_text_table.c.valid_from.desc())
    .limit(1)
)
_CODE = compile_query(select(municipality.c.code).where(municipality.c.id == bindparam("tenant")))


async def legal_text(uow: UnitOfWork, code: str, language: str, on: date, **values: str) -> str:
    """The text in force on a day, with `{name}` filled from `values`. LookupError when there is none: a letter without
    its rights must not be made.
    """
    body: str | None = await uow.value(_IN_FORCE, code=code, language=language, day=on)
    if body is None:
        raise LookupError(f"no legal text {code} in {language} on {on}")
    for name, value in values.items():
        body = body.replace("{" + name + "}", value)
    return body


async def governor(uow: UnitOfWork, language: str, on: date) -> str:
    """The name of the county's Statsforvalter, who decides a complaint that the municipality does not agree with."""
    code: str = await uow.value(_CODE, tenant=uow.context.tenant)
    try:
        return await legal_text(uow, f"statsforvalter.{code[:2]}", language, on)
    except LookupError:
        return await legal_text(uow, "statsforvalter", language, on)
