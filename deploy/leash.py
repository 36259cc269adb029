"""Web and worker as the demo's children: loaded early, started on a word, and ended when their parent is gone.

The parent holds the other end of standard input. Loading the program takes longer than preparing a database that
exists, so the two are done side by side; and a parent that is killed cannot leave a child behind.
"""

from __future__ import annotations

import os
import signal
import sys
import threading


def wait_for_word() -> None:
    """Return when a line comes on standard input. From then on, the end of it is SIGTERM to ourselves."""
    if not sys.stdin.readline():
        raise SystemExit(0)
    threading.Thread(target=_end_with_parent, name="leash", daemon=True).start()


def _end_with_parent() -> None:
    while sys.stdin.read(1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
