"""Letters about an account, by e-mail and SMS: their words, and putting them on their way.

They go past the municipalities' outboxes: an account is no municipality's, and a municipality that leaves takes none of
them along. Who carries them is the same (sammen.outbox).
"""

from __future__ import annotations

from typing import TypeAlias
from uuid import UUID, uuid4

import asyncpg

from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.keys import Keys
from sammen.outbox.api import register_text
from sammen.tenancy.context import PlaceKind
from sammen.web.visitor import visitors_proof

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
NOTICE = "identity.notice"

register_text(
    "account_code",
    N_("Koden din i Sammen"),
    N_("Koden er %(number)s. Den gjelder i ti minutter. Gi den aldri til andre, heller ikke til kommunen."),
)
register_text(
    "password_link",
    N_("Lag nytt passord i Sammen"),
    N_(
        "Åpne denne lenken innen en halv time for å lage et nytt passord: %(number)s\n\n"
        "Har du ikke bedt om det, kan du la være å gjøre noe. Passordet ditt er det samme som før."
    ),
)
register_text(
    "join_link",
    N_("Du er invitert til Sammen"),
    N_(
        "En kommune har gitt deg en rolle i Sammen. Åpne denne lenken innen en uke for å ta imot den: %(number)s"
    ),
)
register_text(
    "password_changed",
    N_("Passordet ditt i Sammen er endret"),
    N_(
        "Passordet ditt er endret. Var det ikke deg, så be om nytt passord på %(address)s med en gang, "
        "og si fra til kommunen."
    ),
)
register_text(
    "factor_changed",
    N_("Kodeappen din i Sammen er byttet"),
    N_(
        "En ny kodeapp er tatt i bruk for kontoen din. Var det ikke deg, så logg inn på %(address)s, bytt passord, "
        "og si fra til kommunen."
    ),
)
register_text(
    "factor_reset",
    N_("Kodeappen din i Sammen er nullstilt"),
    N_(
        "Kommunens administrator har nullstilt kodeappen din, og du er logget ut alle steder. Neste gang du logger "
        "inn på %(address)s, setter du opp en ny. Har du ikke bedt om det, så si fra til personvernombudet."
    ),
)
register_text(
    "login_linked",
    N_("En ny innlogging er koblet til kontoen din"),
    N_(
        "Kommunens administrator har koblet en innlogging fra jobben til kontoen din i Sammen. Var det ikke du som ba "
        "om det, så si fra til personvernombudet. Du ser innloggingene dine på %(address)s."
    ),
)
register_text(
    "new_device",
    N_("Ny innlogging i Sammen"),
    N_(
        "Noen har logget inn med kontoen din på en enhet du ikke har brukt før. Var det ikke deg, så bytt passord "
        "på %(address)s."
    ),
)
register_text(
    "login_changed",
    N_("Adressen du logger inn med, er endret"),
    N_("Fra nå av logger du inn i Sammen med denne adressen: %(address)s viser hvor."),
)


async def ring(raw: Connection, keys: Keys, notice: UUID) -> None:
    """Queue the job that carries a letter, in the caller's transaction. One that was never put is queued alike: whoever
    watches learns nothing.
    """
    row = await raw.fetchrow("SELECT * FROM sammen.account_notice_place($1)", notice)
    if row is not None:
        order = Order(NOTICE, {"notice": notice}, PlaceKind(row["kind"]), row["scope_id"])
        await put(raw, keys, order, once=f"{NOTICE}:{notice}")


async def tell(raw: Connection, keys: Keys, user: UUID, code: str) -> None:
    """Tell somebody of a change to their account, in the caller's transaction, where they are known to be reached."""
    notice = uuid4()
    expires, proof = visitors_proof(keys, f"account.tell|{user}|{code}|{notice}")
    await raw.execute("SELECT sammen.account_tell($1, $2, $3, $4, $5)", user, code, notice, expires, proof)
    await ring(raw, keys, notice)


async def tell_in(uow: UnitOfWork, user: UUID, code: str) -> None:
    """`tell` in a unit of work."""
    await tell(uow.raw, uow.keys, user, code)


def seal_words(keys: Keys, notice: UUID, words: str) -> bytes:
    """A code or a link, sealed for its letter."""
    return keys.seal(words, bound_to=b"account" + notice.bytes)


def open_words(keys: Keys, notice: UUID, sealed: bytes) -> str:
    """What `seal_words` sealed for the same letter. Raises InvalidTag otherwise."""
    return keys.unseal(sealed, bound_to=b"account" + notice.bytes)
