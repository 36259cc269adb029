"""Files made to cost as much as they can: refused or read, while others' pages answer."""

from __future__ import annotations

import asyncio
import io
import threading
import zipfile
from typing import Any

import pytest

from sammen.policy.roles import Role
from tenants.imports import service
from tests.worlds import World

HEADER = "Fødselsdato;Etternavn, fornavn;Adresse;Postnr/sted;Tjeneste;Timer;Søknad mottatt;Vedtaksdato;Vedtak t.o.m.\n"
MEGABYTE = 1024 * 1024
PAGE = "/k/horten/import"
PATIENCE_S = 120


def workbook(sheet: bytes) -> bytes:
    """A zip that calls itself a workbook, with this for its sheet."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("xl/workbook.xml", "<workbook/>")
        made.writestr("xl/worksheets/sheet1.xml", sheet)
    return packed.getvalue()


def bomb() -> bytes:
    return workbook(b" " * (60 * MEGABYTE))


def entities() -> bytes:
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))
    return workbook(f'<!DOCTYPE x [<!ENTITY e0 "ha">{lines}]><worksheet>&e8;</worksheet>'.encode())


def columns() -> bytes:
    return (HEADER + "x;" * 1_000_000).encode()


def semicolons() -> bytes:
    return b";" * (10 * MEGABYTE - 1)


def quotes() -> bytes:
    return b'"' * (10 * MEGABYTE - 1)


@pytest.mark.slow
@pytest.mark.parametrize("make", [bomb, entities, columns, semicolons, quotes])
async def test_a_file_made_to_be_heavy_is_refused_while_others_pages_answer(
    make: object, shared_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert callable(make)
    begun, read, others_are_done = asyncio.Event(), service._read, threading.Event()
    loop = asyncio.get_running_loop()

    def reading(*given: Any) -> Any:
        """The file's reading, which ends after another's page has come."""
        loop.call_soon_threadsafe(begun.set)
        assert others_are_done.wait(PATIENCE_S), "nobody's page came while the file was read"
        return read(*given)

    monkeypatch.setattr(service, "_read", reading)
    content: bytes = make()
    sender = await shared_world.browser("horten", Role.PURCHASER_CHILD)
    reader = await shared_world.browser("horten", Role.MANAGER)
    sending = asyncio.create_task(sender.submit(PAGE, page=PAGE, files={"fil": ("liste.xlsx", content)}))
    async with asyncio.timeout(PATIENCE_S):
        await begun.wait()
        assert (await reader.get("/k/horten")).status_code == 200
    others_are_done.set()
    answer = await sending
    assert answer.status_code == 422, answer.status_code
    assert not await shared_world.sql("SELECT 1 FROM case_import")
