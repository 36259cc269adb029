"""Reading what a program sent: strictly, by the declared type, with the place of the first fault."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from msgspec import Struct

from sammen.machine.problems import Fault, Problem

_AT = re.compile(r" - at `(key in )?\$(?P<path>[^`]*)`$")
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+|\.\.\.)\]")
_UNKNOWN = re.compile(r"unknown field `(?P<name>.*)`", re.DOTALL)
_MISSING = re.compile(r"missing required field `(?P<name>[^`]*)`")
MEND = "Noe i innholdet må rettes."


def read_body(raw: bytes, kind: type[Struct]) -> Struct:
    """The body as `kind`. Raises Problem: 400 when it is no JSON, 422 when it is not as declared."""
    try:
        plain = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Problem(400, "Innholdet er ikke gyldig JSON i UTF-8.") from None
    try:
        made: Struct = msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        raise Problem(422, MEND, [_fault(str(error))]) from None
    return made


def read_query(raw: bytes, kind: type[Struct] | None) -> Struct | None:
    """What stands after the question mark as `kind`. Raises Problem 422: unknown, doubled or not as declared."""
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except (ValueError, UnicodeDecodeError):
        raise Problem(422, MEND, [Fault("Kan ikke leses.", parameter="?")]) from None
    known = set(kind.__struct_fields__) if kind is not None else set()
    found: dict[str, str] = {}
    for name, value in pairs:
        if name not in known or name in found:
            fault = "Finnes ikke her." if name not in known else "Kan bare gis én gang."
            raise Problem(422, MEND, [Fault(fault, parameter=name[:80])])
        found[name] = value
    if kind is None:
        return None
    return _converted(found, kind)


def _converted(found: Mapping[str, str], kind: type[Struct]) -> Struct:
    plain: dict[str, Any] = dict(found)
    for name in ("limit",):
        # As the schema says, and nothing that a lenient reader would take for a number.
        if name in plain and re.fullmatch(r"[1-9][0-9]{0,5}", plain[name]):
            plain[name] = int(plain[name])
    try:
        made: Struct = msgspec.convert(plain, kind)
    except msgspec.ValidationError as error:
        fault = _fault(str(error))
        raise Problem(422, MEND, [Fault(fault.detail, parameter=fault.pointer.strip("/"))]) from None
    return made


def _fault(message: str) -> Fault:
    """msgspec's sentence as a place and a reason. Nothing of what was sent is repeated but the name of an unknown field."""
    place = _AT.search(message)
    pointer = ""
    for name, number in _STEP.findall(place["path"] if place else ""):
        pointer += f"/{name or number.replace('...', '0')}"
    said = message[: place.start()] if place else message
    if unknown := _UNKNOWN.search(said):
        return Fault("Feltet finnes ikke her.", pointer=f"{pointer}/{unknown['name'][:80]}")
    if missing := _MISSING.search(said):
        return Fault("Feltet mangler.", pointer=f"{pointer}/{missing['name']}")
    return Fault(said if "`" in said else "Ikke som beskrevet.", pointer=pointer or "/")
