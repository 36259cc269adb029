"""What the floors above and the command line may use of the import."""

from __future__ import annotations

from sammen.db.unit_of_work import UnitOfWork
from tenants.imports.judging import GOOD
from tenants.imports.service import ImportResult, preview, start, stored_rows, unseal

__all__ = ["ImportResult", "import_file", "preview", "start"]


async def import_file(
    uow: UnitOfWork, filename: str, content: bytes, *, confirm: bool, accept_synthetic: bool
) -> list[str]:
    """Read a case list in the context's municipality and say in Bokmål, line by line, what it would do, or did.

    Without `confirm` the upload waits for the context's user on the import's page. With it the good rows are written
    in this unit of work, however many they are. `accept_synthetic` is False in production.
    Names and national numbers are not in the lines. Raises UnreadableTable and BadInput("file").
    """
    import_id = await preview(uow, filename, content, accept_synthetic=accept_synthetic)
    rows = await stored_rows(uow, import_id)
    faults = [
        message.text
        for row in rows
        if row.verdict == "error"
        for message in unseal(uow, row)[0].messages
        if message.level == "error"
    ]
    lines = [f"{len(rows)} rader lest."]
    if confirm:
        result = await start(uow, import_id, at_once=len(rows))
        assert result is not None
        lines.append(f"Nye saker: {result.new}. Endret: {result.changed}. Som før: {result.same}.")
    else:
        lines.append(f"Kan hentes inn: {sum(row.verdict in GOOD for row in rows)}. Ingenting er lagret ennå.")
    lines.append(f"Må rettes: {sum(row.verdict == 'error' for row in rows)}.")
    return lines + faults
