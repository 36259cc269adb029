"""Bech32 (BIP 173), as age writes its keys: five bits a letter, and six letters by which a slip of the pen is seen."""

from __future__ import annotations

LETTERS = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_STEPS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


class Bech32Error(ValueError):
    """Not a key of this kind, or written wrongly."""


def _mark(values: list[int]) -> int:
    mark = 1
    for value in values:
        top = mark >> 25
        mark = (mark & 0x1FFFFFF) << 5 ^ value
        for place, step in enumerate(_STEPS):
            mark ^= step if top >> place & 1 else 0
    return mark


def _name(kind: str) -> list[int]:
    return [ord(letter) >> 5 for letter in kind] + [0] + [ord(letter) & 31 for letter in kind]


def _regroup(values: list[int], old: int, new: int, *, pad: bool) -> list[int]:
    held = bits = 0
    found = []
    for value in values:
        held, bits = held << old | value, bits + old
        while bits >= new:
            bits -= new
            found.append(held >> bits & (1 << new) - 1)
        held &= (1 << bits) - 1
    if pad and bits:
        found.append(held << new - bits & (1 << new) - 1)
    elif not pad and (bits >= old or held):
        raise Bech32Error("bits left over")
    return found


def bech32_encode(kind: str, raw: bytes) -> str:
    """`kind`, a 1, the bytes and their mark."""
    values = _regroup(list(raw), 8, 5, pad=True)
    mark = _mark([*_name(kind), *values, 0, 0, 0, 0, 0, 0]) ^ 1
    values += [mark >> 5 * (5 - place) & 31 for place in range(6)]
    return kind + "1" + "".join(LETTERS[value] for value in values)


def bech32_decode(kind: str, text: str) -> bytes:
    """The bytes of a key of `kind`. Raises Bech32Error for another kind, mixed case or a wrong mark."""
    if text not in (text.lower(), text.upper()):
        raise Bech32Error("mixed case")
    found, _, letters = text.lower().rpartition("1")
    if found != kind or len(letters) < 6 or any(letter not in LETTERS for letter in letters):
        raise Bech32Error("not of this kind")
    values = [LETTERS.index(letter) for letter in letters]
    if _mark([*_name(kind), *values]) != 1:
        raise Bech32Error("a slip of the pen")
    return bytes(_regroup(values[:-6], 5, 8, pad=False))
