"""The needs of the demo's pool, one by one: who posted them, when, what they like, and how far a proposal has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Posting:
    """A need. `where`: municipality number; `days` since it was posted; `band`: the age of whom it is of, any when empty.

    `likes`, `slots`: what they like and when, and others of the town with them. `step`: how far its proposal has come
    (STEPS), none when empty. `lender`: the municipality the proposed candidate is of.
    """

    code: str
    where: str
    days: int
    step: str = ""
    band: str = ""
    likes: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    about: str = ""
    exact: tuple[str, ...] = ()
    purpose: str = "regular"
    lender: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A proposal's state and which yes it has. `made`: days since it was made, when it is of an open need."""

    state: str
    made: int
    accepted: bool = False
    home: bool = False
    agreed: bool = False
    ended_by: str = ""
    code: str = ""
    learned: str = ""
    need: str = "open"


STEPS: Final[Mapping[str, Step]] = {
    "proposed": Step("proposed", 1),
    "accepted": Step("accepted", 4, accepted=True, home=True),
    # The home municipality, which has the candidate in use, has not answered.
    "asks": Step("accepted", 3, accepted=True),
    "done": Step("done", 0, accepted=True, home=True, agreed=True, need="filled"),
    # The names are shown, and the two are to meet.
    "trial": Step("matched", 7, accepted=True, home=True, agreed=True, need="filled"),
    # A substitute from another municipality, whom the service user knows now.
    "known": Step("done", 40, accepted=True, home=True, agreed=True, need="filled"),
    "learned": Step("learned", 20, accepted=True, home=True, agreed=True, ended_by="user", learned="times"),
    "declined": Step("declined", 8, ended_by="need", code="wrong_time"),
    "expired": Step("expired", 6, ended_by="time"),
    "withdrawn": Step("withdrawn", 5, ended_by="region"),
}
_CLIMB, _BOWL, _WALK = ("climbing",), ("bowling",), ("walking",)
_RO = "Liker ro og humor, og trives best med faste rammer."

OPEN: Final = (
    Posting("3F9", "0701", 11, band="10-13", likes=("climbing", "building"), slots=("tue-pm", "sat-pm")),
    Posting("6C2", "0701", 5, "proposed", "14-17"),
    Posting("7K2", "0709", 24, "accepted", likes=("walking", "cafe"), slots=("tue-pm", "sat-pm")),
    Posting("4M8", "0709", 41, exact=("wed 08:30-11:00",)), Posting("9H3", "0709", 8),
    Posting("5T6", "0706", 17, "proposed"), Posting("2B7", "0706", 2),
    # With 3F9: six who climb, in the north and the middle: asked, and Horten has not answered.
    Posting("3D6", "0702", 13, "", "10-13", _CLIMB, ("tue-pm",)), Posting("5L8", "0704", 20, "", "10-13", _CLIMB, ("tue-pm",)),
    Posting("9G2", "0704", 6, "", "10-13", _CLIMB, ("tue-pm",)), Posting("2H9", "0720", 15, "", "10-13", _CLIMB, ("tue-pm",)),
    Posting("7M3", "0720", 6, "", "10-13", _CLIMB, ("tue-pm",)),
    # Six or seven in the south and the middle who bowl: the municipalities have said yes.
    Posting("4J2", "0706", 12, "", "18-29", _BOWL, ("thu-eve",)), Posting("6R5", "0706", 30, "", "18-29", _BOWL, ("thu-eve",)),
    Posting("9V2", "0706", 7, "", "18-29", _BOWL, ("thu-eve",)), Posting("3S8", "0709", 16, "", "18-29", _BOWL, ("thu-eve",)),
    Posting("8B6", "0709", 10, "", "18-29", _BOWL, ("thu-eve",)), Posting("2T4", "0709", 22, "", "18-29", _BOWL, ("thu-eve",)),
    Posting("7G3", "0720", 9, "", "18-29", _BOWL, ("thu-eve",)),
    # Six grown-ups in the middle who like to walk: nobody has asked about a group yet.
    Posting("4X3", "0704", 18, "", "50-66", _WALK, ("sat-pm",)),
    Posting("9C5", "0704", 5, "", "50-66", _WALK, ("sat-pm",)), Posting("6V8", "0704", 12, "", "50-66", _WALK, ("sat-pm",)),
    Posting("2L6", "0720", 21, "", "50-66", _WALK, ("sat-pm",)), Posting("8S4", "0720", 14, "", "50-66", _WALK, ("sat-pm",)),
    Posting("3H5", "0719", 10, "", "50-66", _WALK, ("sat-pm",)),
    # One of each that there is something to see of.
    Posting("6D9", "0709", 84), Posting("4C7", "0706", 13, about=_RO),
    Posting("9T3", "0709", 18, "declined"), Posting("2P5", "0709", 26, "learned"),
    Posting("3K5", "0709", 28, exact=("tue 16:15-18:00",)),
    Posting("7H8", "0706", 9, "expired"), Posting("8N4", "0709", 19, "trial"),
    Posting("5V3", "0701", 6, purpose="substitute"),
    Posting("6T5", "0716", 7, "asks", purpose="substitute", lender="0701"),
    Posting("4K9", "0701", 61, "known", purpose="substitute", lender="0716"),
)  # fmt: skip
"""Needs that are open, or lately filled, in the order they are posted: earlier ones come to their proposals first."""
MATCHED: Final = (
    Posting("8D4", "0709", 0, "done"), Posting("3R7", "0709", 0, "done", lender="0701"), Posting("6P2", "0706", 0, "done"),
    Posting("5J9", "0720", 0, "done"), Posting("4S3", "0704", 0, "done", lender="0701"),
    Posting("7V5", "0701", 0, "done", lender="0716"), Posting("8K4", "0716", 0, "done", lender="0701"),
)  # fmt: skip
"""Of those whose contact came through the pool within the year."""
CLOSED: Final = (
    ("2X8", "0720", "expired", "expired"), ("9G6", "0704", "withdrawn", "declined"),
    ("5Y4", "0709", "withdrawn", "withdrawn"),
)  # fmt: skip
"""Code, municipality, the need's state, and what became of its proposal."""
