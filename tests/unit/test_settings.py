"""Settings: typed, documented, and unsafe ones refused in production."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import pytest

from sammen.settings import DEMO_KEY, Environment, Settings, SettingsError, load

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "runbooks" / "settings.md"
SAFE = Settings(
    environment=Environment.PRODUCTION,
    app_url="postgresql://sammen_app@db/sammen",
    key="k" * 40,
    public_url="https://sammen.example",
)


def documented() -> dict[str, tuple[str, str]]:
    """Name → (default, what it is), from the document's first table."""
    table = DOCUMENT.read_text(encoding="utf-8").split("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {name.strip("`"): (default.strip("`"), said) for name, default, said in cells}


def in_code() -> dict[str, tuple[str, str]]:
    shown = {DEMO_KEY: "the demo key", "": "none", False: "false"}
    found = {}
    for item in fields(Settings):
        default = item.default if type(item.default) is int else shown.get(item.default, item.default)
        found[item.metadata["env"]] = (str(default), item.metadata["doc"])
    return found


def test_the_document_and_the_code_name_the_same_settings_defaults_and_meanings() -> None:
    assert documented() == in_code()


def test_safe_production_settings_are_accepted() -> None:
    SAFE.check()


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"key": DEMO_KEY}, "SAMMEN_KEY"),
        ({"key": "short"}, "SAMMEN_KEY"),
        ({"personas": True}, "SAMMEN_PERSONAS"),
        ({"debug": True}, "SAMMEN_DEBUG"),
        ({"app_url": ""}, "SAMMEN_APP_URL"),
        ({"public_url": "http://sammen.example"}, "SAMMEN_PUBLIC_URL"),
        ({"public_url": ""}, "SAMMEN_PUBLIC_URL"),
    ],
)
def test_production_refuses_what_is_unsafe_and_names_it(changed: dict[str, object], named: str) -> None:
    unsafe = replace(SAFE, **changed)  # type: ignore[arg-type]  # the parameters are Settings' own names
    with pytest.raises(SettingsError, match=named):
        unsafe.check()


def test_the_demo_may_have_personas_and_the_demo_key() -> None:
    Settings(environment=Environment.DEMO, personas=True).check()


@pytest.mark.parametrize(
    ("name", "value"), [("SAMMEN_PORT", "åtte"), ("SAMMEN_ENV", "prod"), ("SAMMEN_DEBUG", "kanskje")]
)
def test_a_value_of_the_wrong_kind_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        load({name: value})


def test_values_come_as_their_kinds_and_empty_ones_as_defaults() -> None:
    found = load(
        {"SAMMEN_PORT": "8100", "SAMMEN_PERSONAS": "yes", "SAMMEN_ENV": "PRODUCTION", "SAMMEN_HOST": ""}
    )
    assert (found.port, found.personas, found.environment) == (8100, True, Environment.PRODUCTION)
    assert found.host == "127.0.0.1"


def test_cookies_are_secure_in_production_and_wherever_people_come_by_https() -> None:
    assert SAFE.cookie_name == "__Host-sammen"
    assert Settings(public_url="https://demo.example").secure_cookies
    assert Settings().cookie_name == "sammen"
