"""Starting and stopping the measured processes, one web process each."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.benchmarks.prepare import TOKEN
from tests.database import SECRET

ROOT = Path(__file__).resolve().parents[2]
PATH = "/k/k1/saker"


@dataclass(frozen=True, slots=True)
class Served:
    """A running web process."""

    port: int
    pid: int

    def load(self, *, connections: int = 16, seconds: float = 2.0, path: str = PATH) -> dict[str, float]:
        """Load it and get requests per second, percentiles and page size."""
        asked = [str(self.port), path, f"sammen={TOKEN}", str(connections), str(seconds)]
        command = [sys.executable, "-m", "tests.benchmarks.load", *asked]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        found: dict[str, float] = json.loads(done.stdout)
        return found

    def memory_mb(self) -> float:
        """Resident memory of the process now."""
        return float(psutil.Process(self.pid).memory_info().rss / 1e6)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(factory: str, **environment: str) -> Iterator[Served]:
    """uvicorn with uvloop and httptools on a factory, until leaving."""
    port = _free_port()
    env = {
        **os.environ,
        "SAMMEN_ENV": "test",
        "SAMMEN_KEY": SECRET,
        "SAMMEN_LOG_LEVEL": "ERROR",
        **environment,
    }
    options = [
        "--port",
        str(port),
        "--loop",
        "uvloop",
        "--http",
        "httptools",
        "--log-level",
        "warning",
        "--no-access-log",
    ]
    command = [sys.executable, "-m", "uvicorn", "--factory", factory, *options]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        for _ in range(900):  # a machine at work is slow to begin
            try:
                request = urllib.request.Request(
                    f"http://127.0.0.1:{port}{PATH}", headers={"Cookie": f"sammen={TOKEN}"}
                )
                urllib.request.urlopen(request, timeout=5).read()  # noqa: S310 - our own
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        yield Served(port, process.pid)
    finally:
        process.terminate()
        process.wait(10)
