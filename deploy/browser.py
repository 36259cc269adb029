"""Finding Chromium on this machine, for the photographs and for the tests that need a browser."""

from __future__ import annotations

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
"""Works as root and without a display, and asks nothing of the network but the pages themselves."""


def chromium_path() -> str | None:
    """The machine's Chromium, as `playwright`'s `executable_path`; None if there is none."""
    return next((path for name in NAMES if (path := shutil.which(name)) is not None), None)
