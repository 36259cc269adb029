"""Hierarchies as files: which group each code of a table is in, and the group's group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path

from reporting.disclosure.files import TOTAL, BadFile, read_sheet


def read_hierarchy(path: Path, codes: Iterable[str], column: str, *, total: str = TOTAL) -> dict[str, str]:
    """Code → the group one level up, of every code and group in the file.

    The columns go from the finest to the coarsest, left to right: two columns are code and group; three are code, group and
    the group's group. A file of two columns may also hold groups as codes. An empty field ends the line: that code stands
    in no (further) group. Every code of the table that the file lacks is in no group either. Raises BadFile.
    """
    sheet = read_sheet(path)
    if len(sheet.names) < 2:
        raise BadFile(path, "Et hierarki trenger minst to kolonner: koden, så gruppen den er i.", 1)
    parents: dict[str, str] = {}
    told: dict[str, int] = {}
    for line, fields in sheet.rows:
        steps = [fields[name] for name in sheet.names]
        chain = steps[: steps.index("")] if "" in steps else steps
        if not chain:
            raise BadFile(path, "Koden mangler.", line, sheet.names[0])
        for code, group in pairwise(chain):
            if code == group:
                raise BadFile(
                    path, f"«{code}» kan ikke være gruppen sin egen gruppe. Gi dem hvert sitt navn.", line
                )
            if parents.setdefault(code, group) != group:
                raise BadFile(
                    path, f"«{code}» er i «{group}» her, og i «{parents[code]}» på linje {told[code]}.", line
                )
            told.setdefault(code, line)
    known = set(codes)
    if not known & parents.keys():
        raise BadFile(
            path, f"Ingen av kodene i kolonnen «{column}» finnes i fila. Står kodene i første kolonne?"
        )
    _check_round(path, parents, told)
    for group in set(parents.values()) & known:
        child = min(code for code, parent in parents.items() if parent == group)
        raise BadFile(
            path, f"«{group}» er både en kode i tabellen og en gruppe. Gi gruppen et annet navn.", told[child]
        )
    if total in parents.values():
        child = min(code for code, parent in parents.items() if parent == total)
        raise BadFile(
            path,
            f"«{total}» er ordet for alle koder samlet. Gi gruppen et annet navn, eller velg et annet ord med --total.",
            told[child],
        )
    return _reached(parents, known)


def _check_round(path: Path, parents: Mapping[str, str], told: Mapping[str, int]) -> None:
    for code in parents:
        seen = {code}
        node = code
        while node in parents:
            node = parents[node]
            if node in seen:
                raise BadFile(path, f"«{node}» er i en gruppe som er i den selv.", told[node])
            seen.add(node)


def _reached(parents: Mapping[str, str], codes: Iterable[str]) -> dict[str, str]:
    """Only what stands over codes of the table: a group without any would be a row of noughts that nobody asked for."""
    found: dict[str, str] = {}
    for code in sorted(codes):
        node = code
        while node in parents and node not in found:
            found[node] = parents[node]
            node = parents[node]
    return found
