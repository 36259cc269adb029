"""`sammen audit witness`: tell a witness outside the database what has been sealed, and read back what it was told."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import httpx

from deploy.administration import owner_transaction
from deploy.cli_norwegian import CommandError
from sammen.audit.verify import OPERATIONS, Head, inclusion
from sammen.audit.witness import SYSTEM, TreeRoot, public_key, read_line, signed_line
from sammen.keys import Keys
from sammen.settings import Settings

MOST = 10_000
"""Batches told at a time; what is left is told at the next run, minutes later."""
POST_TIMEOUT_S = 20
UNTOLD = """
SELECT r.id, r.scope_id, r.from_no, r.to_no, r.root, r.head, r.made_at, coalesce(m.slug, g.slug, $2) AS slug
  FROM audit_root r LEFT JOIN municipality m ON m.id = r.scope_id LEFT JOIN region g ON g.id = r.scope_id
 WHERE r.witnessed_at IS NULL ORDER BY r.made_at, r.id LIMIT $1 FOR UPDATE OF r SKIP LOCKED
"""


@dataclass(slots=True)
class Witness:
    """What a witness file says: heads of chains, signed batches, and the keys they were signed with."""

    heads: list[Head] = field(default_factory=list)
    roots: list[TreeRoot] = field(default_factory=list)
    signers: set[str] = field(default_factory=set)


async def tell(settings: Settings, url: str) -> tuple[list[str], list[str]]:
    """Sign every batch nobody outside has heard of and hand it over. Returns (signed lines, where they went).

    A batch is noted as told in the transaction that fetched it, after the witness has it: told twice, perhaps, when that
    fails; never noted and not told. Without a file or an address nothing is noted, and the lines are for the screen.
    """
    keys = Keys.of(settings)
    async with owner_transaction(url) as connection:
        rows = await connection.fetch(UNTOLD, MOST, OPERATIONS)
        told = [TreeRoot(r["slug"], r["scope_id"], r["from_no"], r["to_no"], r["root"], r["head"], r["made_at"])
                for r in rows]  # fmt: skip
        lines = [signed_line(keys, one) for one in told]
        went: list[str] = []
        if lines and settings.witness_path:
            _append(Path(settings.witness_path), lines)
            went.append(settings.witness_path)
        if lines and settings.witness_url:
            await _post(settings.witness_url, lines)
            went.append(settings.witness_url.split("?", 1)[0])
        if went:
            await connection.execute(
                "UPDATE audit_root SET witnessed_at = now() WHERE id = ANY($1::uuid[])",
                [r["id"] for r in rows],
            )
    return lines, went


def _append(path: Path, lines: list[str]) -> None:
    try:
        # Never made anew, never shortened; on the disk before the database hears that it is told.
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CommandError(f"Kan ikke skrive til SAMMEN_WITNESS_PATH ({error.strerror}).") from None


async def _post(url: str, lines: list[str]) -> None:
    if not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise CommandError("SAMMEN_WITNESS_URL må være en https-adresse.")
    body = "".join(f"{line}\n" for line in lines).encode()
    try:
        async with httpx.AsyncClient(timeout=POST_TIMEOUT_S, follow_redirects=False) as client:
            answer = await client.post(url, content=body, headers={"Content-Type": "application/jsonl"})
    except httpx.HTTPError as error:
        raise CommandError(f"Får ikke levert til vitnet ({type(error).__name__}). Prøv igjen.") from None
    if not 200 <= answer.status_code < 300:
        raise CommandError(f"Vitnet svarte {answer.status_code}. Ingenting er notert som levert.")


def read_witness(path: Path, text: str) -> Witness:
    """What a file from `sammen audit head` or `audit witness` says. Raises CommandError naming the line that is neither."""
    found = Witness()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            if line.lstrip().startswith("{"):
                told, signer = read_line(line)
                found.roots.append(told)
                found.signers.add(signer)
            else:
                found.heads.append(Head.parse(line))
        except ValueError:
            raise CommandError(
                f"{path.name}, linje {number}: dette er verken et kjedehode eller en signert rot."
            ) from None
    if not (found.heads or found.roots):
        raise CommandError(f"{path.name} har ingen kjedehoder.")
    return found


def strange_signers(settings: Settings, witness: Witness) -> list[str]:
    """Keys in the file that are not this house's, now or while the secret is being changed: shown, for a person to judge."""
    ours = {public_key(one) for one in Keys.of(settings).ring()}
    return sorted(witness.signers - ours)


async def prove(url: str, entry: str) -> str:
    """The proof that an entry is in a sealed batch, as JSON. Raises CommandError when it is not, or not sealed yet."""
    try:
        found = await inclusion(url, UUID(entry))
    except ValueError:
        raise CommandError(f"{entry!r} er ikke id-en til en oppføring.") from None
    if found is None:
        raise CommandError("Ingen forseglet oppføring har den id-en. Det tar opptil ett minutt å forsegle.")
    if not found.holds():
        raise CommandError(
            "Brudd: oppføringen passer ikke til roten av bunken sin. Kjør `sammen audit verify`."
        )
    batch = found.batch
    proof = {
        "said": found.said,
        "index": found.index,
        "size": found.size,
        "path": [one.hex() for one in found.path],
        "scope": OPERATIONS if batch.scope == SYSTEM else str(batch.scope),
        "from": batch.first,
        "to": batch.last,
        "root": batch.root.hex(),
    }
    return json.dumps(proof, ensure_ascii=False, indent=2)
