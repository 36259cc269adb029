"""A PgBouncer before a database, where there is one on the machine: on the path, or named by SAMMEN_PGBOUNCER."""

from __future__ import annotations

import asyncio
import os
import pwd
import re
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

OLDEST = (1, 21)
"""Since then, prepared statements go through a pool of transactions."""


def pgbouncer() -> str | None:
    """The program, if it is there and new enough."""
    found = os.environ.get("SAMMEN_PGBOUNCER") or shutil.which("pgbouncer")
    if found is None:
        return None
    said = subprocess.run([found, "--version"], capture_output=True, text=True).stdout
    version = re.search(r"PgBouncer (\d+)\.(\d+)", said)
    return found if version and (int(version[1]), int(version[2])) >= OLDEST else None


@asynccontextmanager
async def pooled(program: str, url: str, folder: Path, *, size: int = 4) -> AsyncIterator[str]:
    """The app role's address through a pool of `size` server connections, in transaction mode, until leaving."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    parsed = make_url(url)
    (folder / "users.txt").write_text(f'"{parsed.username}" "{parsed.password}"\n')
    (folder / "pgbouncer.ini").write_text(
        "[databases]\n"
        f"* = host={parsed.host} port={parsed.port}\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = scram-sha-256\n"
        f"auth_file = {folder / 'users.txt'}\npool_mode = transaction\ndefault_pool_size = {size}\n"
        "max_client_conn = 500\nmax_prepared_statements = 600\n"
        f"logfile = {folder / 'pgbouncer.log'}\nlog_connections = 0\nlog_disconnections = 0\n"
    )
    command = [program, "-q", str(folder / "pgbouncer.ini")]
    if os.geteuid() == 0:  # like PostgreSQL, it does not run as root
        nobody = pwd.getpwnam("nobody")
        for path in [folder, *folder.iterdir()]:
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
        for parent in folder.parents[:2]:
            parent.chmod(0o711)
        command[1:1] = ["-u", "nobody"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            await asyncio.sleep(0.05)
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
        assert process.poll() is None, (folder / "pgbouncer.log").read_text()
        yield parsed.set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
    finally:
        process.terminate()
        process.wait(10)
