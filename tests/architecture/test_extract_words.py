"""An extract of all about one person leaves nothing out without saying why (tenants/rights/words.py)."""

from __future__ import annotations

import re

from sqlalchemy import CheckConstraint

import deploy.models  # noqa: F401 - registers every slice's tables
from sammen.db.base import Base
from tenants.retention.api import TABLES, pointing_edges
from tenants.rights.codes import CODES, words_of
from tenants.rights.columns import COLUMNS, NAMED, column_name
from tenants.rights.extract import REMOVED, holding, released, told
from tenants.rights.views import sections, value_text
from tenants.rights.words import BESIDE, CONTACT, LEFT_OUT, REACHED, SHARED, SUBJECT_KEYS, THEMES, USER


def hanging(start: str, told: frozenset[str]) -> set[str]:
    """Every table that hangs on `start` directly, or on a table that is told of."""
    found, waiting = set(), [start]
    while waiting:
        for table, column in pointing_edges().get(waiting.pop(), ()):
            if column in SUBJECT_KEYS and column not in ("person_id", "acts_for_id"):
                continue
            if table.name not in found:
                found.add(table.name)
                if table.name in told:
                    waiting.append(table.name)
    return found


def test_each_table_that_hangs_on_a_user_is_told_of_or_left_out_for_a_reason() -> None:
    silent = hanging("person", frozenset(USER)) - set(USER) - set(LEFT_OUT) - {"support_contact"}
    assert not {name for name in silent if TABLES[name] not in ("pay", "contact", "hours")}


def test_each_table_that_hangs_on_a_contact_is_told_of_or_left_out_for_a_reason() -> None:
    silent = hanging("support_contact", frozenset(CONTACT)) - set(CONTACT) - set(LEFT_OUT)
    assert not {name for name in silent if TABLES[name] not in ("case", "concern", "hold", "leading")}


def test_what_is_told_of_can_be_reached_and_has_a_theme() -> None:
    assert set(USER) - {"person"} <= hanging("person", frozenset(USER))
    assert set(CONTACT) - {"support_contact", "person"} <= hanging("support_contact", frozenset(CONTACT))
    assert {theme for theme, _ in (*USER.values(), *CONTACT.values())} <= set(THEMES)


def test_each_column_that_is_told_has_words() -> None:
    tables = {name: told(Base.metadata.tables[f"sammen.{name}"]) for name in {*USER, *CONTACT, *SHARED}}
    columns = {column for told_of in tables.values() for column in told_of}
    assert not columns - set(COLUMNS), "a name in tenants/rights/columns.py, or in HIDDEN of words.py"
    assert not set(COLUMNS) - columns
    assert not {(table, column) for table, column in NAMED if column not in tables.get(table, ())}
    for table, told_of in tables.items():
        names = [column_name(table, column) for column in told_of]
        assert len(names) == len(set(names)), f"two columns of {table} are called the same"


def test_what_is_shared_is_reached_from_a_row_that_is_told_of() -> None:
    assert set(REACHED) == set(SHARED)
    for name, (key, pointers) in REACHED.items():
        assert key in Base.metadata.tables[f"sammen.{name}"].c
        for table, column in pointers:
            assert table in {*USER, *CONTACT}
            assert column in Base.metadata.tables[f"sammen.{table}"].c


def test_what_a_row_says_by_what_it_points_to_is_there_to_be_read_and_has_words() -> None:
    for name, beside in BESIDE.items():
        table = Base.metadata.tables[f"sammen.{name}"]
        for told_as, key, other, column in beside:
            assert told_as in COLUMNS
            assert told_as not in told(table)
            assert key in table.c
            assert column in Base.metadata.tables[f"sammen.{other}"].c


def codes_of(name: str) -> dict[str, set[str]]:
    """Each column of closed words, with the words its check constraints allow."""
    found: dict[str, set[str]] = {}
    for rule in Base.metadata.tables[f"sammen.{name}"].constraints:
        if isinstance(rule, CheckConstraint):
            text = str(rule.sqltext)
            for column, words in re.findall(r"(\w+) (?:NOT )?IN \(([^)]*)\)", text) + re.findall(
                r"(\w+) <@ (?:ARRAY)?\[?([^\]]*)\]?", text
            ):
                found.setdefault(column, set()).update(re.findall(r"'(\w+)'", words))
    return found


def test_no_code_is_shown_bare() -> None:
    bare = {
        (name, column, code)
        for name in {*USER, *CONTACT, *SHARED}
        for column, codes in codes_of(name).items()
        if column in told(Base.metadata.tables[f"sammen.{name}"])
        for code in codes - set(words_of(name, column))
    }
    assert not bare, "words in tenants/rights/codes.py"
    for table, columns in CODES.items():
        told_of = told(Base.metadata.tables[f"sammen.{table}"])
        assert set(columns) <= set(told_of), f"{table}: nobody reads this"


def test_codes_money_days_and_parts_of_a_week_are_read_as_people_write_them() -> None:
    assert value_text("assignment_pause", "reason", "hospital", "nb") == "Brukeren er innlagt"
    assert value_text("person", "protection", "kode6", "nb") == "Strengt fortrolig adresse (kode 6)"
    assert (
        value_text("pay_item", "amount_ore", 100550, "nb") == "1\N{NO-BREAK SPACE}005,50\N{NO-BREAK SPACE}kr"
    )
    assert value_text("mapping", "slots", ["mon-eve"], "nb") == "mandager kveld"
    assert value_text("mapping", "needs", "none", "nb") == "none", "free text is nobody's code"
    assert value_text(
        "decision", "legal_ground", "bvl-3-1", "nb", {"bvl-3-1": "Barnevernsloven § 3-1"}
    ).endswith("§ 3-1")


def test_what_the_handler_takes_out_is_out_and_many_rows_stand_as_lines() -> None:
    content = {
        "about": "user",
        "tables": [
            {
                "table": "concern",
                "rows": [{"happened": "Sa fra om far.", "danger": True}, {"happened": "Noe annet."}],
            },
            {"table": "mapping", "rows": [{"needs": "Kari-Anne og Kari", "network": "Snuppa bor der."}]},
            {
                "table": "timesheet_line",
                "rows": [
                    {"hours": "2.00", "worked_on": f"2026-01-{n:02}", "state": "approved"}
                    for n in range(1, 9)
                ],
            },
        ],
    }
    assert holding(content, "snuppa") == {"mapping/0/network": ["Snuppa"]}
    assert not holding(content, "snup"), "whole words"
    flags = {
        "concern/0/happened": {"choice": "row", "names": []},
        "concern/1/happened": {"choice": "all", "names": []},
        "mapping/0/needs": {"choice": "names", "names": ["Kari", "Kari-Anne"]},
    }
    given = released(content, flags)
    assert given["tables"][0]["rows"] == [{"happened": REMOVED}], "nothing tells that there was another"
    assert given["tables"][1]["rows"][0]["needs"] == "[navn] og [navn]"
    told_of = dict(sections(given, "nb"))
    hours = told_of["Tjenesten og møtene"][0]
    assert ("Status", "Godkjent") in hours.common
    assert hours.lines[0] == "Dag: 01.01.2026"
    assert not hours.headed
