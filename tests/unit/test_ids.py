"""Identifiers: ordered for a municipality's own rows, telling nothing for rows that others see."""

from __future__ import annotations

import time

from sammen.ids import random_id, uuid7


def test_ids_made_after_each_other_sort_in_that_order_and_are_all_different() -> None:
    made = [uuid7() for _ in range(20_000)]
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_an_id_is_of_version_7_and_tells_the_millisecond_it_was_made() -> None:
    before = time.time_ns() // 1_000_000
    found = uuid7()
    after = time.time_ns() // 1_000_000
    assert (found.version, found.variant) == (7, "specified in RFC 4122")
    # Ids made faster than the clock's parts borrow from the time ahead, by far less than a second.
    assert before <= found.int >> 80 <= after + 1_000


def test_a_random_id_holds_no_time() -> None:
    assert {random_id().version for _ in range(100)} == {4}
