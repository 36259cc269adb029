"""`sammen disclose` on real files, through the real command: what it writes, and how it ends."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deploy.cli import cli
from deploy.cli_norwegian import run

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "disclosure"
TABLE = str(EXAMPLE / "brukere.csv")
GROUPS = [f"--hierarchy=kommune={EXAMPLE / name}.csv" for name in ("fylker", "grupper")]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "vist.csv"


def told(path: Path, separator: str = ";") -> dict[tuple[str, ...], str]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter=separator))
    return {tuple(row[:-1]): row[-1] for row in rows[1:]}


def command(*asked: object) -> int:
    return run(cli, ["disclose", *map(str, asked)])


def test_the_example_of_the_document_gives_what_the_document_says(out: Path, tmp_path: Path) -> None:
    report = tmp_path / "kontroll.json"
    done = subprocess.run(
        [Path(sys.executable).parent / "sammen", "disclose", TABLE, "--value", "antall", *GROUPS, "--threshold", "3",
         "--member", "kommune", "--out", out, "--report", report],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "100 %" in done.stderr
    document = (ROOT / "docs" / "disclosure.md").read_text(encoding="utf-8")
    shown = re.search(r"```text vist\.csv\n(.*?)```", document, re.DOTALL)
    assert shown is not None
    assert out.read_text(encoding="utf-8") == shown[1]
    cells = told(out)
    assert cells["Bø", "0-17"] == ":"
    assert cells["Total", "Total"] == "178"
    facts: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    assert facts["protected"] is True
    assert {each["attacker"] for each in facts["attackers"]} >= {"outsider", "rule", "member", "pair"}
    assert all(each["determined"] == each["narrow"] == 0 for each in facts["attackers"])


def test_the_next_release_knows_what_was_shown_before(out: Path, tmp_path: Path) -> None:
    state = tmp_path / "utgave.json"
    common = ["--value", "antall", *GROUPS, "--threshold", "3", "--member", "kommune", "--out", out]
    assert command(TABLE, *common, "--state", state) == 0
    first = told(out)
    corrected = tmp_path / "rettet.csv"
    text = Path(TABLE).read_text(encoding="utf-8").replace("Eid;18-66;30", "Eid;18-66;32")
    corrected.write_text(text, encoding="utf-8")
    assert command(corrected, *common, "--earlier", state) == 0
    second = told(out)
    assert second["Eid", "18-66"] in ("32", ":")
    still = {key for key in first if key[0] in ("Ås", "Bø", "Fet") and first[key] == ":"}
    assert all(second[key] == ":" for key in still), "what was hidden is the same number, and stays hidden"


def test_what_can_no_longer_be_protected_is_named_and_no_table_is_written(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Shown under a threshold of 3, then asked for under 5: the 4 has been published already."""
    table, report, state = tmp_path / "t.csv", tmp_path / "r.json", tmp_path / "s.json"
    table.write_text("sted,n\nA,4\nB,9\nC,12\n", encoding="utf-8")
    assert command(table, "--value", "n", "--threshold", "3", "--out", out, "--state", state) == 0
    out.unlink()
    asked = [table, "--value", "n", "--threshold", "5", "--out", out, "--earlier", state, "--report", report]
    assert command(*asked) == 1
    assert "sted A" in capsys.readouterr().err
    assert not out.exists()
    assert json.loads(report.read_text(encoding="utf-8"))["unprotectable"] == ["sted A"]


def test_amounts_are_hidden_by_who_stands_behind_them(out: Path, tmp_path: Path) -> None:
    table = tmp_path / "kroner.csv"
    rows = ["A,600.50,6,120,110", "B,900,2,500,400", "C,5000,9,4900,20", "D,700,8,100,95", "E,820,9,105,100"]
    table.write_text("sted,kroner,contributors,largest,second\n" + "\n".join(rows) + "\n", encoding="utf-8")
    assert command(table, "--value", "kroner", "--money", "--threshold", "3", "--out", out) == 0
    cells = told(out, ",")
    assert cells["B",] == cells["C",] == ":", "two contributors; one with nearly all"
    shown = {key: value for key, value in cells.items() if value != ":"}
    true: dict[tuple[str, ...], str] = {("A",): "600.5", ("D",): "700", ("E",): "820", ("Total",): "8020.5"}
    assert all(true[key] == value for key, value in shown.items())


def test_smaller_tables_are_shown_without_their_cross(out: Path) -> None:
    assert command(TABLE, "--value", "antall", "--by", "kommune", "--by", "alder", "--out", out) == 0
    assert set(told(out)) == {
        *((place, "Total") for place in ("Ås", "Bø", "Dal", "Eid", "Fet", "Gol", "Total")),
        *(("Total", age) for age in ("0-17", "18-66", "67+")),
    }


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([TABLE, "--value", "tall"], "linje 1, kolonnen «tall»"),
        (["finnes-ikke.csv", "--value", "antall"], "finnes-ikke.csv: Fila finnes ikke."),
        ([TABLE, "--value", "antall", "--hierarchy", "sted=x.csv"], "--hierarchy kan bruke kommune, alder."),
        ([TABLE, "--value", "antall", "--hierarchy", "x.csv"], "skriv kolonne=fil"),
        ([TABLE, "--value", "antall", "--by", "sted"], "--by kan bruke kommune, alder."),
        ([TABLE, "--value", "antall", "--threshold", "1"], "fra 2 til 1000"),
        ([TABLE, "--value", "antall", "--dominance", "3,4"], "n er 1 eller 2"),
        ([TABLE, "--value", "antall", "--earlier", TABLE], "ikke JSON"),
        ([TABLE, "--value", "antall", "--money"], "kolonnen «contributors»"),
        ([TABLE, "--value", "antall", "--ignore", "sted"], "kolonnen «sted»"),
    ],
)
def test_what_cannot_be_used_ends_with_two_and_says_where(
    asked: list[str], said: str, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(*asked, "--out", out) == 2
    assert said in capsys.readouterr().err
    assert not out.exists()


def test_two_hierarchies_may_not_mean_different_groups_by_one_name(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "andre.csv"
    other.write_text("kommune;gruppe\nÅs;Øst\nGol;Øst\n", encoding="utf-8")
    assert command(TABLE, "--value", "antall", GROUPS[0], f"--hierarchy=kommune={other}", "--out", out) == 2
    assert "«Øst» er en annen gruppe" in capsys.readouterr().err


def test_a_state_that_is_not_one_is_refused(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "s.json"
    for text in (
        "[]",
        '{"x": 1}',
        '{"variables": 3}',
        '{"format": 1}',
        '{"format": 1, "variables": {"antall": {}}}',
    ):
        state.write_text(text, encoding="utf-8")
        assert command(TABLE, "--value", "antall", "--out", out, "--earlier", state) == 2
        assert str(state) in (said := capsys.readouterr().err) or TABLE in said


def test_two_that_have_become_one_are_found_and_kept_as_a_group(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Shown as a code of its own, the new one less what Gol showed would give Fet's hidden numbers."""
    state, table, group = tmp_path / "s.json", tmp_path / "ny.csv", tmp_path / "ny-h.csv"
    common = ["--value", "antall", "--threshold", "3", "--member", "kommune", "--out", out]
    assert command(TABLE, *common, "--state", state) == 0
    hidden = {key for key, value in told(out).items() if value == ":" and key[0] in ("Fet", "Gol")}
    lines = Path(TABLE).read_text(encoding="utf-8").splitlines()
    ages = {(line.split(";")[0], line.split(";")[1]): int(line.split(";")[2]) for line in lines[1:]}
    kept = [line for line in lines if not line.startswith(("Fet;", "Gol;"))]
    new = [f"Nye;{age};{ages['Fet', age] + ages['Gol', age]}" for age in ("0-17", "18-66", "67+")]
    table.write_text("\n".join([*kept, *new]) + "\n", encoding="utf-8")
    out.unlink()
    assert command(table, *common, "--earlier", state) == 2
    assert "«Nye» har overalt tallene til «Fet» og «Gol», som er vist før" in capsys.readouterr().err
    assert not out.exists()
    group.write_text("kode;gruppe\nFet;Nye\nGol;Nye\n", encoding="utf-8")
    assert command(TABLE, *common, f"--hierarchy=kommune={group}", "--earlier", state) == 0
    assert all(told(out)[key] == ":" for key in hidden)


def test_the_columns_of_the_next_release_stand_in_the_same_order(
    out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, table = tmp_path / "s.json", tmp_path / "snudd.csv"
    common = ["--value", "antall", "--threshold", "3", "--out", out]
    assert command(TABLE, *common, "--state", state) == 0
    rows = [line.split(";") for line in Path(TABLE).read_text(encoding="utf-8").splitlines()]
    table.write_text("\n".join(";".join((b, a, n)) for a, b, n in rows) + "\n", encoding="utf-8")
    assert command(table, *common, "--earlier", state) == 2
    assert "og var kommune, alder i en tidligere utgave" in capsys.readouterr().err
