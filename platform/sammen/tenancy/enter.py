"""Entering a place: the only two ways a unit of work comes to have a context."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import Forbidden, NotSignedIn
from sammen.i18n_mark import N_
from sammen.keys import Keys
from sammen.policy.decide import permissions_of
from sammen.tenancy.context import Context, Place, PlaceKind

ENTER = "SELECT * FROM sammen.enter_place($1, $2, $3)"
ENTER_JOB = "SELECT * FROM sammen.enter_job($1, $2, $3, $4, $5, $6, $7)"
PROOF_SECONDS = 60
NUMBER_KEY = "number_key"
"""In a place's settings: by which key its look-up values of national numbers are made (`sammen keys rotate`)."""


@lru_cache(maxsize=4096)
def _places(lines: tuple[str, ...]) -> tuple[Place, ...]:
    found = []
    for line in lines:
        kind, slug, name = line.split("|", 2)
        found.append(Place(PlaceKind(kind), slug, name))
    order = list(PlaceKind)
    return tuple(sorted(found, key=lambda p: (order.index(p.kind), p.name)))


def _web_context(
    row: Mapping[str, Any], kind: PlaceKind, slug: str, request_id: UUID | None, language: str | None
) -> Context:
    roles = frozenset(row["roles"])
    inside = bool(roles)
    return Context(
        kind=kind if inside else PlaceKind.SESSION,
        tenant_id=row["tenant_id"],
        region_id=row["region_id"],
        slug=slug if inside else "",
        place_name=row["place_name"] or "",
        user_id=row["user_id"],
        session_id=row["session_id"],
        user_name=row["user_name"],
        roles=roles,
        permissions=permissions_of(roles),
        language=language or row["language"],
        request_id=request_id,
        places=_places(tuple(row["places"])),
        settings=row["settings"] or {},
        assurance=row["assurance"],
        wants=row["wants"],
    )


async def enter_web(
    engine: AsyncEngine,
    keys: Keys,
    token_hash: bytes,
    kind: PlaceKind,
    slug: str = "",
    *,
    request_id: UUID | None = None,
    language: str | None = None,
) -> UnitOfWork:
    """Open a unit of work for a request. Raises NotSignedIn without a valid session.

    `language`: the one chosen on this device, which goes before the account's.

    Somebody who is not a member of the place gets a context of kind SESSION: the caller answers 404.
    """
    uow, rows = await UnitOfWork.open(engine, ENTER, token_hash, kind.value, slug)
    if not rows:
        await uow.rollback()
        raise NotSignedIn
    uow.context = _web_context(rows[0], kind, slug, request_id, language)
    uow.keys = keys.indexed_by((rows[0]["settings"] or {}).get(NUMBER_KEY))
    return uow


def job_proof(
    keys: Keys, kind: PlaceKind, scope: UUID, user: UUID | None, job: str, seconds: int
) -> tuple[int, bytes]:
    """(expiry, proof) that `sammen.enter_job` asks for: made with a key the app role cannot read."""
    expires = int(time.time()) + PROOF_SECONDS
    message = f"job|{kind}|{scope}|{user or ''}|{job}|{seconds}|{expires}"
    return expires, keys.door_proof(message)


async def enter_job(
    engine: AsyncEngine,
    keys: Keys,
    kind: PlaceKind,
    scope: UUID,
    *,
    job: str,
    user: UUID | None = None,
    seconds: int = 300,
) -> UnitOfWork:
    """Open a unit of work for a job in a municipality or a region, on behalf of `user` if somebody asked for it.

    `seconds` is how long its ticket holds, at most 3 600. Raises Forbidden when the database refuses the proof.
    """
    expires, proof = job_proof(keys, kind, scope, user, job, seconds)
    try:
        uow, rows = await UnitOfWork.open(
            engine, ENTER_JOB, kind.value, scope, user, job, seconds, expires, proof
        )
    except (DBAPIError, asyncpg.PostgresError) as error:
        raise Forbidden(N_("Jobben sier ikke hvor den hører til.")) from error
    row = rows[0]
    uow.keys = keys.indexed_by((row["settings"] or {}).get(NUMBER_KEY))
    uow.context = Context(
        kind=kind,
        tenant_id=row["tenant_id"],
        region_id=row["region_id"],
        slug=row["slug"],
        place_name=row["place_name"],
        user_id=user,
        user_name=row["user_name"] or "Sammen",
        purpose=job,
        settings=row["settings"] or {},
    )
    return uow
