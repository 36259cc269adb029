"""Codes that name a row of the pool and tell nothing: not when it was made, nor where, nor in which order."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from sqlalchemy.exc import IntegrityError

from sammen.db.base import Base
from sammen.db.unit_of_work import UnitOfWork

DIGITS = "23456789"
LETTERS = "ABCDEFGHJKLMNPRSTUVXYZ"
TRIES = 40
EASY_TRIES = 8


def candidate_code(attempt: int = 0) -> str:
    """K-118: three digits, and four when three have been taken again and again."""
    return f"K-{secrets.randbelow(900) + 100 if attempt < EASY_TRIES else secrets.randbelow(9000) + 1000}"


def need_code(attempt: int = 0) -> str:
    """3F9: digit, letter, digit or letter, none that look alike; one more when those have been taken."""
    tail = 1 if attempt < EASY_TRIES else 2
    return (
        secrets.choice(DIGITS)
        + secrets.choice(LETTERS)
        + "".join(secrets.choice(DIGITS + LETTERS) for _ in range(tail))
    )


async def add_with_code(
    uow: UnitOfWork, make: Callable[[str], Base], code: Callable[[int], str], taken: str
) -> Base:
    """Insert the row that `make(code)` gives, with another code when it is taken.

    A municipality cannot see the codes of the others, so the unique constraint `taken` decides. Raises RuntimeError
    when no free code was found, and IntegrityError for any other constraint.
    """
    for attempt in range(TRIES):
        row = make(code(attempt))
        try:
            async with uow.session.begin_nested():
                uow.session.add(row)
                await uow.session.flush()
        except IntegrityError as error:
            if taken not in str(error.orig):
                raise
            continue
        return row
    raise RuntimeError("no free code in the pool")
