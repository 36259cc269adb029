"""Merkle trees as RFC 6962 has them: the roots of its test vectors, and proofs for every leaf of every size."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sammen.audit.merkle import leaf, proof, proves, root

# The inputs and roots of the reference implementation (certificate-transparency, merkle_tree_test).
INPUTS = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


@pytest.mark.parametrize(("size", "wanted"), ROOTS.items())
def test_roots_are_those_of_the_reference_implementation(size: int, wanted: str) -> None:
    assert root([leaf(one) for one in INPUTS[:size]]).hex() == wanted


@given(st.integers(1, 70), st.data())
def test_a_proof_shows_its_own_entry_and_no_other(size: int, data: st.DataObject) -> None:
    said = [f"{n}|entry".encode() for n in range(size)]
    leaves = [leaf(one) for one in said]
    top, index = root(leaves), data.draw(st.integers(0, size - 1))
    path = proof(leaves, index)
    assert proves(said[index], index, size, path, top)
    assert not proves(said[index] + b"x", index, size, path, top)
    assert not proves(said[index], index, size, [*path, bytes(32)], top)
    assert not proves(said[index], index, size, path, hashlib.sha256(top).digest())
    if size > 1:
        assert not proves(said[index], (index + 1) % size, size, path, top)
        assert not proves(said[index], index, size, path[:-1], top)


def test_an_empty_batch_and_a_leaf_outside_are_errors() -> None:
    with pytest.raises(ValueError, match="at least one"):
        root([])
    with pytest.raises(IndexError):
        proof([leaf(b"a")], 1)
    assert not proves(b"a", 1, 1, [], leaf(b"a"))
