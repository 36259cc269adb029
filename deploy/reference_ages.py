"""Who holds what at which age, by law (A14): rows of `age_rule`. A changed law is a new row and an end on the old one.

The boundaries are 12, 15, 16 and 18. Sections are given as they are cited; the words are the statutes' to say:

* pasient- og brukerrettighetsloven § 4-3 (16 years consent for themselves), § 4-4 (parents for those under 16; from 12 the
  child is heard and its meaning weighs heavily, as in barnelova § 31), § 3-4 (parents of those under 16 are told, from
  12 not what the child with good reason wants kept; at 16 and 17 only what parental responsibility requires), and § 5-1
  (the same for reading the journal);
* forvaltningsloven §§ 16, 18 and 27: a minor party over 15 is written to and may read, beside who acts for them;
* barnelova §§ 32 and 33: from 15 the child itself joins organisations; parents give it more to say as it grows;
* barnevernsloven § 1-4 (every child is heard) and § 12-3 (party from 15), before 2023 the 1992 act's § 6-3;
* vergemålsloven §§ 9 and 16: minors are those under 18, and parents are their guardians.
"""

from __future__ import annotations

from datetime import date

import asyncpg

Rule = tuple[str, str, str, int, int | None, str, str, date, date | None]
UPSERT = """
    INSERT INTO sammen.age_rule (code, what, ground, from_age, to_age, holder, source, valid_from, valid_to)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (code) DO UPDATE SET what = excluded.what, ground = excluded.ground, from_age = excluded.from_age,
      to_age = excluded.to_age, holder = excluded.holder, source = excluded.source,
      valid_from = excluded.valid_from, valid_to = excluded.valid_to
"""
CARE = date(2012, 1, 1)
"""Pasient- og brukerrettighetsloven reaches care services from the day helse- og omsorgstjenesteloven took effect."""
WELFARE, OLD_WELFARE, OLD_WELFARE_ENDS = date(2023, 1, 1), date(1993, 10, 1), date(2022, 12, 31)

_PBRL = "Pasient- og brukerrettighetsloven"
_CARE: tuple[tuple[str, int, int | None, str, str], ...] = (
    ("consent", 0, 12, "parents", f"{_PBRL} § 4-4"),
    ("consent", 12, 16, "parents_heard", f"{_PBRL} § 4-4 og barnelova §§ 31–33"),
    ("consent", 16, 18, "self", f"{_PBRL} § 4-3"),
    ("consent", 18, None, "self", f"{_PBRL} § 4-3"),
    ("letters", 0, 15, "parents", "Forvaltningsloven § 27 og vergemålsloven § 16"),
    ("letters", 15, 16, "both", "Forvaltningsloven § 27"),
    ("letters", 16, 18, "self_parents_need", f"{_PBRL} §§ 3-4 og 4-3"),
    ("letters", 18, None, "self", "Forvaltningsloven § 27"),
    ("access", 0, 12, "parents", f"Forvaltningsloven § 18 og {_PBRL.lower()} § 3-4"),
    ("access", 12, 15, "parents_unless", f"{_PBRL} § 3-4"),
    ("access", 15, 16, "both", f"Forvaltningsloven § 18 og {_PBRL.lower()} § 3-4"),
    ("access", 16, 18, "self_parents_need", f"{_PBRL} §§ 3-4 og 5-1"),
    ("access", 18, None, "self", f"{_PBRL} § 5-1"),
    ("log", 0, 12, "parents", f"Pasientjournalloven § 18 og {_PBRL.lower()} § 3-4"),
    ("log", 12, 16, "parents_unless", f"Pasientjournalloven § 18 og {_PBRL.lower()} § 3-4"),
    ("log", 16, None, "self", "Pasientjournalloven § 18"),
    ("attest", 0, 16, "parents", f"{_PBRL} § 4-4"),
    ("attest", 16, None, "self", f"{_PBRL} § 4-3"),
    ("party", 0, 15, "parents", "Vergemålsloven § 16"),
    ("party", 15, 16, "both", "Forvaltningsloven §§ 16 og 27"),
    ("party", 16, 18, "self_parents_need", f"{_PBRL} § 4-3"),
    ("party", 18, None, "self", "Forvaltningsloven § 2 første ledd e"),
)
_WELFARE: tuple[tuple[str, int, int | None, str], ...] = (
    ("consent", 0, 15, "parents_heard"),
    ("consent", 15, 18, "both"),
    ("consent", 18, None, "self"),
    ("letters", 0, 15, "parents"),
    ("letters", 15, 18, "both"),
    ("letters", 18, None, "self"),
    ("access", 0, 15, "parents"),
    ("access", 15, 18, "both"),
    ("access", 18, None, "self"),
    ("log", 0, 15, "parents"),
    ("log", 15, None, "self"),
    ("attest", 0, 16, "parents"),
    ("attest", 16, None, "self"),
    ("party", 0, 15, "parents"),
    ("party", 15, 18, "both"),
    ("party", 18, None, "self"),
)


def _care() -> list[Rule]:
    return [
        (f"care-{what}-{start}", what, "care", start, end, holder, source, CARE, None)
        for what, start, end, holder, source in _CARE
    ]


def _welfare(prefix: str, source: dict[str, str], first: date, last: date | None) -> list[Rule]:
    return [
        (f"{prefix}-{what}-{start}", what, "child_welfare", start, end, holder, source.get(what, source[""]), first, last)
        for what, start, end, holder in _WELFARE
    ]  # fmt: skip


AGE_RULES: tuple[Rule, ...] = (
    *_care(),
    *_welfare(
        "welfare",
        {"": "Barnevernsloven § 12-3", "consent": "Barnevernsloven §§ 1-4 og 12-3", "access": "Forvaltningsloven § 18",
         "log": "Personvernforordningen artikkel 15"},
        WELFARE, None,
    ),
    *_welfare(
        "welfare-1992",
        {"": "Barnevernloven (1992) § 6-3", "access": "Forvaltningsloven § 18"},
        OLD_WELFARE, OLD_WELFARE_ENDS,
    ),
)  # fmt: skip
"""Code, what, ground, from age, to age, holder, source, first and last day."""


async def put_ages_in_place(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    """Write the rules, or bring them up to date. Harmless to run again; never removes a row."""
    await connection.executemany(UPSERT, AGE_RULES)
