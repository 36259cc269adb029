"""What a program is told when something is not done: problem+json (RFC 9457), the same for every way it can go wrong.

Nothing of the request is repeated in it: what somebody sent may be about a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sammen.errors import (
    Conflict,
    Forbidden,
    Invalid,
    KeyReused,
    NotFound,
    NotSignedIn,
    SammenError,
    Unavailable,
)

MEDIA_TYPE: Final = "application/problem+json"
TITLES: Final[Mapping[int, str]] = {
    400: "Bad request", 401: "Unauthorized", 403: "Forbidden", 404: "Not found", 405: "Method not allowed",
    406: "Not acceptable", 409: "Conflict", 412: "Precondition failed", 413: "Content too large",
    415: "Unsupported media type", 422: "Unprocessable content", 428: "Precondition required",
    429: "Too many requests", 500: "Internal error", 503: "Service unavailable",
}  # fmt: skip
RETRY_SECONDS: Final = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that must be mended: where it stands (a JSON pointer into the body, or a parameter's name) and why."""

    detail: str
    pointer: str = ""
    parameter: str = ""

    def shown(self) -> dict[str, str]:
        where = {"pointer": self.pointer} if self.pointer else {"parameter": self.parameter}
        return {**where, "detail": self.detail}


@dataclass(eq=False)
class Problem(Exception):
    """An answer that is not what was asked for. `detail` is a Bokmål sentence; 404 and 401 have none."""

    status: int
    detail: str = ""
    errors: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The members of RFC 9457, and `errors` where fields must be mended."""
        found: dict[str, Any] = {
            "type": "about:blank",
            "title": TITLES.get(self.status, "Error"),
            "status": self.status,
        }
        if self.detail:
            found["detail"] = self.detail
        if self.errors:
            found["errors"] = [one.shown() for one in self.errors]
        return found


def unauthorized(*, told: bool) -> Problem:
    """No token, or (`told`) one that opens nothing. RFC 6750, section 3."""
    challenge = 'Bearer realm="sammen"' + (', error="invalid_token"' if told else "")
    return Problem(401, headers={"WWW-Authenticate": challenge})


def problem_of(error: SammenError, fields: Mapping[str, str]) -> Problem:
    """A service's error as a program is told it. `fields` says which JSON pointer a form's field name is here."""
    match error:
        case NotSignedIn():
            return unauthorized(told=True)
        case NotFound():
            return Problem(404)
        case Forbidden():
            return Problem(403, error.text())
        case Conflict():
            return Problem(409, error.text())
        case Invalid():
            faults = [
                Fault(bad.text(), pointer=fields.get(name, "/" + name if name else "/"))
                for name, bad in error.errors.items()
            ]
            return Problem(422, "Noe i innholdet må rettes.", faults)
        case KeyReused():
            return Problem(422, "Denne nøkkelen (Idempotency-Key) er brukt før, med et annet innhold.")
        case Unavailable():
            return Problem(503, error.text(), headers={"Retry-After": str(RETRY_SECONDS)})
        case _:
            return Problem(422, error.text())
