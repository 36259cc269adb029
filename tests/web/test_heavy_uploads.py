"""Files made to cost as much as they can: refused or read, while others' pages answer."""

from __future__ import annotations

import asyncio
import io
import time
import zipfile

import pytest

from sammen.policy.roles import Role
from tests.worlds import World

HEADER = "Fødselsdato;Etternavn, fornavn;Adresse;Postnr/sted;Tjeneste;Timer;Søknad mottatt;Vedtaksdato;Vedtak t.o.m.\n"
MEGABYTE = 1024 * 1024
PAGE = "/k/horten/import"


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
    make: object, shared_world: World
) -> None:
    assert callable(make)
    content: bytes = make()
    sender = await shared_world.browser("horten", Role.PURCHASER_CHILD)
    reader = await shared_world.browser("horten", Role.MANAGER)
    waits: list[float] = []
    sending = asyncio.create_task(sender.submit(PAGE, page=PAGE, files={"fil": ("liste.xlsx", content)}))
    while not sending.done():
        began = time.perf_counter()
        assert (await reader.get("/k/horten")).status_code == 200
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(0.01)
    answer = await sending
    assert answer.status_code == 422, answer.status_code
    assert max(waits) < 1, waits
    assert not await shared_world.sql("SELECT 1 FROM case_import")
