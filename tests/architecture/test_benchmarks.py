"""`make bench` is run by hand, so what keeps it from beginning would be found late."""

from __future__ import annotations

import importlib


def test_the_benchmarks_can_be_loaded_in_one_process() -> None:
    assert callable(importlib.import_module("tests.benchmarks.__main__").main)
