"""Why the database cannot be reached, in words for whoever is called at night: each cause has its own mending."""

from __future__ import annotations

import socket

import asyncpg
from sqlalchemy.exc import ArgumentError

from sammen.db.unit_of_work import DOWN

NO_CONTACT: tuple[type[BaseException], ...] = (asyncpg.PostgresError, *DOWN, ArgumentError, ValueError)
"""What an attempt to connect ends with: caught together, told apart by `why_not`."""
_WHY: tuple[tuple[type[BaseException], str, str], ...] = (
    (asyncpg.InvalidPasswordError, "passordet er feil",
     "Rett passordet i {setting}. Rollen sammen_app får det som står i SAMMEN_APP_URL når du kjører `sammen db upgrade`."),
    (asyncpg.InvalidAuthorizationSpecificationError, "tjeneren slipper ikke inn brukeren",
     "Finnes rollen i {setting}, og slipper pg_hba.conf den inn herfra? `sammen db upgrade` lager rollen sammen_app."),
    (asyncpg.InvalidCatalogNameError, "databasen finnes ikke på tjeneren",
     "Lag den med createdb, eller rett navnet i {setting}."),
    (asyncpg.TooManyConnectionsError, "alle tilkoblingene er i bruk",
     "Øk max_connections, senk SAMMEN_POOL_SIZE, eller sett PgBouncer foran."),
    (asyncpg.CannotConnectNowError, "tjeneren starter eller stopper",
     "Vent et minutt og prøv igjen. Varer det, står årsaken i PostgreSQLs egen logg."),
    (socket.gaierror, "tjenerens navn er ukjent", "Rett navnet i {setting}, eller se på DNS."),
    (TimeoutError, "tjeneren svarte ikke på fem sekunder", "Slipper brannmuren oss fram? Er maskinen oppe?"),
    (ConnectionRefusedError, "ingen svarer på adressen", "Går PostgreSQL, og lytter den på adressen i {setting}?"),
    (ArgumentError, "adressen kan ikke leses", "Skriv {setting} som postgresql://bruker:passord@tjener/database."),
    (ValueError, "adressen kan ikke leses", "Skriv {setting} som postgresql://bruker:passord@tjener/database."),
)  # fmt: skip


def why_not(error: BaseException, setting: str) -> tuple[str, str]:
    """(what is wrong, what to do), when connecting to the address in `setting` ended with `error`. No secret is in it."""
    for kind, said, act in _WHY:
        if isinstance(error, kind):
            return said, act.format(setting=setting)
    return (
        f"får ikke kontakt ({type(error).__name__})",
        f"Går PostgreSQL? Stemmer adressen i {setting}, og brannmuren?",
    )
