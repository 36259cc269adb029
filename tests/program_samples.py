"""Programs for tests: registered by the administrator, with a secret, and a client that has shown it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx

from sammen.clock import today
from sammen.machine.models import SCOPES
from sammen.machine.service import ProgramFacts, confirm_program, new_secret, register_program
from sammen.policy.roles import Role
from tests.payroll_samples import closed, hours, ready
from tests.web.test_payroll_pages import at_work
from tests.worlds import World

TOKEN = "/api/v1/token"


class Program(httpx.AsyncClient):
    """A client that shows a token, as a municipality's program would."""

    def __init__(self, world: World, token: str = "", *, address: str = "127.0.0.1") -> None:
        transport = httpx.ASGITransport(world.app, client=(address, 1234))  # type: ignore[arg-type]  # litestar's own ASGI type
        super().__init__(transport=transport, base_url="http://testserver")
        if token:
            self.headers["authorization"] = f"Bearer {token}"

    async def send_to(self, path: str, body: Any, *, key: str = "") -> httpx.Response:
        """POST with an idempotency key of its own, or the given one."""
        return await self.post(path, json=body, headers={"Idempotency-Key": key or uuid4().hex})


async def registered(
    world: World, *, slug: str = "horten", name: str = "Fagsystemet", scopes: Sequence[str] = SCOPES,
    networks: Sequence[str] = (), days: int = 90,
) -> tuple[UUID, str]:  # fmt: skip
    """(program, secret) of a program the administrator has let in and the manager confirmed."""
    facts = ProgramFacts(
        name, "Saksbehandling", "IKT, 33 00 00 00", scopes, networks, today() + timedelta(days=days)
    )
    async with world.at(slug, Role.MUNICIPALITY_ADMINISTRATOR) as uow:
        client = await register_program(uow, facts)
        secret = await new_secret(uow, client)
    async with world.at(slug, Role.MANAGER) as uow:
        await confirm_program(uow, client, version=1)
    return client, secret


async def token_of(
    world: World, client: UUID, secret: str, *, address: str = "127.0.0.1", scope: str = ""
) -> str:
    """A token for a secret."""
    async with Program(world, address=address) as program:
        answer = await program.post(
            TOKEN, data={"grant_type": "client_credentials"} | ({"scope": scope} if scope else {}),
            auth=(str(client), secret),
        )  # fmt: skip
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def program_in(world: World, **given: Any) -> Program:
    """A program that has shown its secret."""
    client, secret = await registered(world, **given)
    return Program(world, await token_of(world, client, secret))


def person(**changed: Any) -> dict[str, Any]:
    """Somebody as a case system sends them."""
    return {
        "given_name": "Selma", "family_name": "Rønning", "birth_date": "2015-03-02",
        "address": {"street": "Storgata 1", "postcode": "3181", "place": "Horten"}, **changed,
    }  # fmt: skip


def decision(**changed: Any) -> dict[str, Any]:
    """A decision as a case system sends it."""
    return {
        "person": "p-1", "received_on": "2026-08-03", "decided_on": "2026-09-01",
        "services": [{"form": "individual", "hours": 3, "per": "week", "valid_from": "2026-09-01", "valid_to": "2027-08-31"}],
        **changed,
    }  # fmt: skip


async def closed_run(world: World) -> UUID:
    """A closed run of Horten's that pays one contact for two days: its id."""
    contact, assignment = await at_work(world)
    await ready(world, "horten", contact)
    for day in (date(2026, 10, 20), date(2026, 10, 27)):
        await hours(world, assignment, day, "2")
    return (await closed(world)).id
