"""How often anybody may ask: a login, an address, and a place once the door has let the login in there."""

from __future__ import annotations

import asyncio

import pytest

from sammen.traffic.limits import FREE_S, KNOWN, WINDOW_S, Limits, Refusal
from sammen.web.frame import login_of, place_asked

KARI, HANNE, NOBODY = b"kari", b"hanne", b"made up"
TEN = 10 * 60 // WINDOW_S
"""A limit by the minute that lets ten through in a window."""


def through(
    limits: Limits, times: int, address: str = "10.0.0.1", login: bytes | None = KARI, place: str = ""
) -> int:
    """How many of so many requests are let through."""
    return sum(isinstance(limits.ask(address, login, place), float) for _ in range(times))


def test_nothing_is_refused_where_there_is_no_limit() -> None:
    assert through(Limits(), 10_000) == 10_000


def test_a_login_is_stopped_wherever_it_comes_from_and_others_go_on() -> None:
    limits = Limits(user=TEN)
    assert through(limits, 8, "10.0.0.1") + through(limits, 8, "10.0.0.2") == 10
    assert through(limits, 8, "10.0.0.1", HANNE) == 8
    refused = limits.ask("10.0.0.3", KARI, "horten")
    assert isinstance(refused, Refusal)
    assert (refused.why, refused.seconds) == ("user", WINDOW_S)


def test_a_new_cookie_for_every_request_helps_nobody() -> None:
    limits = Limits(user=TEN, address=2 * TEN)
    assert sum(through(limits, 1, "10.0.0.1", str(number).encode()) for number in range(100)) == 20


def test_a_place_is_used_up_by_those_the_door_has_let_in_and_by_nobody_else() -> None:
    limits = Limits(place=TEN)
    assert through(limits, 100, login=NOBODY, place="horten") == 100
    limits.entered(KARI, "horten")
    limits.entered(HANNE, "horten")
    assert (
        through(limits, 6, login=KARI, place="horten") + through(limits, 6, login=HANNE, place="horten") == 10
    )
    assert through(limits, 6, login=KARI, place="re") == 6, "another place has its own"


def test_a_place_is_let_in_evenly_and_refused_only_when_the_line_is_long() -> None:
    limits = Limits(place=3000)  # fifty a second
    limits.entered(KARI, "horten")
    waits = [limits.ask("10.0.0.1", KARI, "horten") for _ in range(50 * WINDOW_S + 5)]
    at_once = int(FREE_S * 50)
    assert waits[: at_once - 1] == [0.0] * (at_once - 1)
    spaced = [wait for wait in waits if isinstance(wait, float)]
    assert len(spaced) == 50 * WINDOW_S
    assert spaced[-1] == pytest.approx(WINDOW_S - FREE_S, abs=0.1)
    assert spaced[100] - spaced[99] == pytest.approx(0.02, abs=0.01)
    assert limits.ask("10.0.0.1", HANNE, "horten") == 0.0, "who has not been let in there waits for nobody"


async def test_few_of_a_place_are_at_work_at_once_and_the_others_never_wait_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sammen.traffic.limits.LINE_S", 0.05)
    limits = Limits(at_once=2)
    limits.entered(KARI, "horten")
    limits.entered(KARI, "re")
    first, second = [await limits.take_turn(KARI, "horten") for _ in range(2)]
    assert isinstance(await limits.take_turn(KARI, "horten"), Refusal)
    assert isinstance(await limits.take_turn(KARI, "re"), asyncio.Semaphore)
    assert await limits.take_turn(NOBODY, "horten") is None
    waiting = asyncio.create_task(limits.take_turn(KARI, "horten"))
    await asyncio.sleep(0)
    assert isinstance(first, asyncio.Semaphore)
    first.release()
    assert await waiting is second


def test_what_is_remembered_of_logins_is_bounded() -> None:
    limits = Limits(place=TEN)
    for number in range(KNOWN + 10):
        limits.entered(number.to_bytes(4, "big"), "horten")
    assert len(limits._known) == KNOWN


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/k/horten/saker", "horten"), ("/min/horten", "horten"), ("/r/vestfold/tall", "r/vestfold"), ("/drift", ""),
        ("/", ""), ("/k", ""), ("/k/", ""), ("/kursbevis/ABC", ""), ("//k/horten", "horten"),
    ],
)  # fmt: skip
def test_a_municipality_is_counted_with_its_peoples_own_pages_and_a_region_by_itself(
    path: str, place: str
) -> None:
    assert place_asked(path) == place


def test_a_login_is_known_by_its_cookie_or_its_bearer() -> None:
    cookie = login_of([(b"cookie", b"sprak=nn; sammen=abc")], "sammen")
    assert cookie is not None
    assert cookie == login_of([(b"authorization", b"Bearer abc")], "sammen")
    assert login_of([(b"cookie", b"__Host-sammen=abc")], "sammen") is None
    assert login_of([(b"authorization", b"Basic abc"), (b"cookie", b"sammen=")], "sammen") is None
