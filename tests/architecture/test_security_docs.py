"""The documents a security officer reads name tests that exist, and components that are what the locks say."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest

from deploy.materials import BILL, LICENCES, licences_page, locked

ROOT = Path(__file__).resolve().parents[2]
SECURITY = ROOT / "docs" / "security"
NAMED = re.compile(r"`(test_\w+)`")
STATES = {"met", "part", "no", "host", "–"}
ROW = re.compile(
    r"^\| (\d+\.\d+\.\d+)(?:–(\d+\.\d+\.\d+))? \| ([123]) \| (.+?) \| (\S+) \|(.*)\|$", re.MULTILINE
)


@cache
def names_of_tests() -> frozenset[str]:
    return frozenset(
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    )


@pytest.mark.parametrize("document", sorted(SECURITY.glob("*.md")), ids=lambda path: path.name)
def test_every_test_that_is_named_as_evidence_exists(document: Path) -> None:
    named = set(NAMED.findall(document.read_text(encoding="utf-8")))
    assert sorted(named - names_of_tests()) == []


def test_each_requirement_has_one_state_and_what_is_not_met_says_why() -> None:
    text = (SECURITY / "asvs.md").read_text(encoding="utf-8")
    rows = ROW.findall(text)
    assert len(rows) > 200
    assert len({row[0] for row in rows}) == len(rows)
    assert {row[4] for row in rows} <= STATES
    assert [row[0] for row in rows if row[4] in ("part", "no", "host") and not row[5].strip()] == []
    # A row the pattern does not know would be counted by nobody.
    assert len(rows) == len(re.findall(r"^\| \d+\.\d+\.\d+[^|]* \| [123] \|", text, re.MULTILINE))


def test_the_bill_of_materials_has_what_the_locks_have() -> None:
    bill = json.loads(BILL.read_text(encoding="utf-8"))
    written = {component["purl"]: component for component in bill["components"] if "purl" in component}
    assert set(written) == {one.purl for one in locked()}
    assert [purl for purl, one in written.items() if not one.get("licenses")] == []


def test_the_bill_of_materials_names_no_machine_and_no_index() -> None:
    text = BILL.read_text(encoding="utf-8")
    assert re.search(r"https?://(?!cyclonedx\.org/)|file:|\"/\w", text) is None


def test_the_page_of_licences_is_what_the_bill_says() -> None:
    said = LICENCES.read_text(encoding="utf-8")
    assert said == licences_page(json.loads(BILL.read_text(encoding="utf-8")), said)
