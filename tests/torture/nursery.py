"""A process that has the program loaded, and forks web, worker and proxy processes on a word.

Loading takes seconds and forking milliseconds, so that a thousand kills are a matter of minutes. What is killed is whole all
the same: a process of its own, with connections and an event loop of its own.

Words on standard input, one a line: `web PORT`, `worker`, `proxy PORT PORT,PORT,…`; the answer is the new process's id.
At the end of input everything it forked is killed.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from dataclasses import replace
from datetime import timedelta

import uvloop

from deploy.asgi import make_app
from deploy.serve import serve
from deploy.worker import import_jobs, work
from sammen.settings import Settings, load
from tests.torture.proxy import run_proxy

HEARTBEAT = timedelta(seconds=2)
TIMING = {
    "heartbeat": HEARTBEAT,
    "pause": timedelta(milliseconds=300),
    "poll": timedelta(milliseconds=500),
}


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await work(settings, stop, timing=TIMING, longest_pause=1)


def main() -> None:
    """Load, say `ready`, and fork until the input ends."""
    settings = load()
    app = make_app(settings)
    import_jobs()
    import pgqueuer  # noqa: F401 - the worker imports it when it first runs

    gc.collect()
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they ended
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    children = []
    while line := sys.stdin.readline():
        word, *rest = line.split()
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(0)
            try:
                if word == "web":
                    serve(app, replace(settings, port=int(rest[0])))
                elif word == "worker":
                    uvloop.run(_work(settings))
                else:
                    asyncio.run(run_proxy(int(rest[0]), [int(port) for port in rest[1].split(",")]))
            finally:
                os._exit(0)
        children.append(child)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
    for child in children:
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    main()
