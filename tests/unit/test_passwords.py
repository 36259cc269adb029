"""What a password may be: long, unlike oneself, and not known to others; never what it is made of."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from sammen.errors import Invalid
from sammen.identity import service
from sammen.identity.passwords import LEAKED, check_password, is_leaked, normal, words_of

OWN = words_of("Kari Lunde", "kari.lunde@horten.kommune.no", "Horten", "sammen")


@pytest.mark.parametrize("good", [
    "grønn paraply danser sidelengs", "tolv hester i regn", "korrekt hest batteri stift", "7Kq!v2mZp0x#",
    "åååbjørk vifte tak",
    "   innrykk og mellomrom   ", "日本語のパスワードは長い方がいい", "x9" + "vtr kdlo wqpz" * 8,
])  # fmt: skip
async def test_long_and_unlikely_is_enough_whatever_it_is_made_of(good: str) -> None:
    assert await check_password(good[:128], OWN) == normal(good[:128])


@pytest.mark.parametrize("bad", [
    "kort", "passord12345", "Passord2026!", "aaaaaaaaaaaa", "123456789012", "qwertyuiop12", "hemmelig12345",
    "kariilunde2026", "kari.lunde@horten", "HortenHorten12", "sammensammen1", "password1234", "x" * 129, "velkommen2026", "",
])  # fmt: skip
async def test_short_common_repeated_and_ones_own_are_refused_with_what_to_do(bad: str) -> None:
    with pytest.raises(Invalid) as refused:
        await check_password(bad, OWN, field="passord")
    assert list(refused.value.errors) == ["passord"]
    assert refused.value.errors["passord"].message


def lines(passwords: list[str]) -> bytes:
    found = sorted(hashlib.sha1(one.encode(), usedforsecurity=False).hexdigest().upper() for one in passwords)
    return "".join(f"{one}:{number}\n" for number, one in enumerate(found, 1)).encode()


async def test_a_file_of_breached_passwords_is_searched_by_halving(tmp_path: Path) -> None:
    known = [f"kjent passord nummer {number}" for number in range(500)]
    file = tmp_path / "breached.txt"
    file.write_bytes(lines(known))
    assert all(is_leaked(one, file) for one in known)
    assert not any(is_leaked(f"ukjent {number}", file) for number in range(500))
    with pytest.raises(Invalid) as refused:
        await check_password(known[7], [], breached=str(file))
    assert refused.value.errors["passord"].message == LEAKED
    for content in (b"", lines(known[:1]), lines(known[:2]).rstrip(b"\n")):
        file.write_bytes(content)
        assert [is_leaked(one, file) for one in known[:2]] == [
            one in content.decode() for one in hashes(known[:2])
        ]


def hashes(passwords: list[str]) -> list[str]:
    return [hashlib.sha1(one.encode(), usedforsecurity=False).hexdigest().upper() for one in passwords]


def test_one_sign_has_one_form() -> None:
    assert normal("a\u030a") == "å"


def test_what_nobodys_password_is_compared_with_takes_as_much_work_as_anybodys() -> None:
    assert not service.HASHER.check_needs_rehash(service._NOBODY)
