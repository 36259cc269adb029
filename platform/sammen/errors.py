"""The typed errors services raise. The web layer owns the one map from these to pages and problem+json.

Raising any of them rolls the unit of work back; what was typed is kept by the page that shows the error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sammen.i18n_mark import N_


class SammenError(Exception):
    """Base of every error a person can meet. `message` is a Bokmål sentence (a msgid); `params` fill its %(name)s."""

    def __init__(self, message: str, **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def text(self) -> str:
        """The sentence in Bokmål with its parameters in place."""
        return self.message % self.params if self.params else self.message


class BadInput(SammenError):
    """One field that cannot be used as typed. `field` is the form field's or column's name."""

    def __init__(self, field: str, message: str, **params: Any) -> None:
        super().__init__(message, **params)
        self.field = field


class Invalid(SammenError):
    """A form with one or more bad fields. `errors` keeps the order the fields stand in on the page."""

    def __init__(self, errors: Mapping[str, BadInput]) -> None:
        super().__init__("Rett feltene som er merket.")
        self.errors = dict(errors)

    @classmethod
    def one(cls, field: str, message: str, **params: Any) -> Invalid:
        """The common case: a rule that points at a single field."""
        return cls({field: BadInput(field, message, **params)})


class NotSignedIn(SammenError):
    """No valid session. The web layer sends people to the login page, with the way back."""

    def __init__(self) -> None:
        super().__init__("Du må logge inn.")


class StepUp(SammenError):
    """Signed in, but not surely enough for this place. `level`: what it asks for (policy/assurance.py). The web layer
    leads to the page where one shows who one is, and back.
    """

    def __init__(self, level: str) -> None:
        super().__init__("Du må bekrefte at det er deg.")
        self.level = level


class NotFound(SammenError):
    """Absent, or not for you to know of: the two must look the same (404)."""

    def __init__(self) -> None:
        super().__init__("Vi finner ikke siden.")


class Forbidden(SammenError):
    """A member without the permission, or an object rule that says no (403). The reason is shown."""


class NotTogether(Forbidden):
    """The municipality is in no collaboration today (403): nothing can be shared, and no other right would help."""

    def __init__(self) -> None:
        super().__init__(N_("Kommunen er ikke med i et samarbeid nå. Ingenting kan deles."))


Shown = str | Decimal | tuple[tuple[str, ...], ...]
"""A value side by side with somebody else's: as typed, a number, or codes, each by its msgids."""


class Conflict(SammenError):
    """Somebody else changed it first (409). `theirs` and `yours` map field labels (msgids) to values, both shown; `typed` are
    the texts of the form, which the door adds so that nobody's words are lost.
    """

    typed: Sequence[str] = ()

    def __init__(
        self,
        message: str,
        *,
        theirs: Mapping[str, Shown] | None = None,
        yours: Mapping[str, Shown] | None = None,
    ) -> None:
        super().__init__(message)
        self.theirs = dict(theirs or {})
        self.yours = dict(yours or {})


class KeyReused(SammenError):
    """An idempotency key came back with another body (422)."""

    def __init__(self) -> None:
        super().__init__("Skjemaet er sendt før, med et annet innhold. Last siden på nytt og prøv igjen.")


class AlreadyDone(Exception):
    """The same form was sent before and has had its effect; answer as the first time did."""

    def __init__(self, status: int, location: str) -> None:
        super().__init__(status, location)
        self.status = status
        self.location = location


class Unavailable(SammenError):
    """The database or another part we need is away (503). Nothing was changed."""

    def __init__(self) -> None:
        super().__init__("Sammen er utilgjengelig et øyeblikk. Ingenting er endret. Prøv igjen om litt.")
