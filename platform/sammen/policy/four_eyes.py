"""Two steps and four eyes: what one has proposed, somebody else carries out."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sammen.errors import Forbidden, Invalid
from sammen.i18n_mark import N_

OWN_PROPOSAL = N_("Du har selv foreslått dette. En annen enn deg må godkjenne det.")
NOT_DECLARED = N_("Bekreft at du ikke er inhabil. Er du i tvil, la en kollega ta saken.")


@dataclass(frozen=True, slots=True)
class Approval:
    """Leave to carry out a proposal: functions that do so ask for one, and there is none where the same person stands on
    both sides. `four_eyes` is off where a municipality has said that one person may take both steps.

    Raises Forbidden.
    """

    proposed_by: UUID
    decided_by: UUID
    four_eyes: bool = True

    def __post_init__(self) -> None:
        if self.four_eyes and self.proposed_by == self.decided_by:
            raise Forbidden(OWN_PROPOSAL)


def declared_impartial(ticked: bool) -> None:
    """Somebody who prepares or makes a decision declares for each that they are impartial (habilitet, fvl. § 6).

    Raises Invalid for the field `habilitet`.
    """
    if not ticked:
        raise Invalid.one("habilitet", NOT_DECLARED)
