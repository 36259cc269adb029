"""An extract of all about one person leaves nothing out without saying why (tenants/rights/words.py)."""

from __future__ import annotations

import deploy.models  # noqa: F401 - registers every slice's tables
from sammen.db.base import Base
from tenants.retention.api import TABLES, pointing_edges
from tenants.rights.columns import COLUMNS
from tenants.rights.extract import told
from tenants.rights.words import CONTACT, LEFT_OUT, SUBJECT_KEYS, THEMES, USER


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
    assert set(CONTACT) - {"support_contact"} <= hanging("support_contact", frozenset(CONTACT))
    assert {theme for theme, _ in (*USER.values(), *CONTACT.values())} <= set(THEMES)


def test_each_column_that_is_told_has_words() -> None:
    columns = {
        column for name in {*USER, *CONTACT} for column in told(Base.metadata.tables[f"sammen.{name}"])
    }
    assert not columns - set(COLUMNS), "a name in tenants/rights/columns.py, or in HIDDEN of words.py"
    assert not set(COLUMNS) - columns
