"""Deadlines and powers in a complaint (A9): fvl. ch. VI, pasient- og brukerrettighetsloven ch. 7. Pure.

How a deadline is counted, and what is assumed where the law asks what happened and a computer cannot know, is set out in
docs/decisions/0022-complaint-deadlines.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sammen.i18n_mark import N_
from sammen.workdays import next_workday
from tenants.cases.api import add_months

POST_DAYS = 3
"""Days a letter is taken to be in the post, when nobody knows better. Always counted in the complainant's favour."""
LATE_MONTHS = 12

ANSWERS = {
    "changed": N_("Klageren får medhold. Vi endrer vedtaket"),
    "partly": N_("Klageren får medhold i noe. Resten sendes Statsforvalteren"),
    "upheld": N_("Vedtaket står. Klagen sendes Statsforvalteren"),
    "dismissed": N_("Klagen avvises"),
}
APPEAL_RESULTS = {
    "confirmed": N_("Stadfestet"),
    "changed": N_("Endret"),
    "annulled": N_("Opphevet"),
    "dismissed": N_("Avvist"),
}
LATE_GROUNDS = {
    "no_blame": N_("Klageren kan ikke lastes for forsinkelsen"),
    "special": N_("Særlige grunner gjør det rimelig å behandle klagen"),
}
DISMISS_GROUNDS = {
    "late": N_("Klagen kom for sent"),
    "no_party": N_("Den som klager, har ikke klagerett"),
    "no_decision": N_("Det er ikke klaget på et vedtak"),
}
TREATED = ("changed", "partly", "upheld")
FORWARDED = ("partly", "upheld")
NEW_DECISION = ("changed", "partly")


def reached_by_post(sent_on: date) -> date:
    """The day a letter is taken to have come to the party (fvl. § 29 counts from then): a working day, POST_DAYS on."""
    return next_workday(sent_on + timedelta(days=POST_DAYS))


def complaint_deadline(reached_on: date, weeks: int) -> date:
    """The last day to complain: as many weeks as the decision's legal ground gives, from the day word of it came.

    Fvl. § 29 gives three; pasient- og brukerrettighetsloven § 7-5 four. A week ends on the weekday it began on, and a
    deadline that ends on a Saturday, Sunday or holiday goes on to the next working day (domstolloven §§ 148, 149).
    """
    return next_workday(reached_on + timedelta(weeks=weeks))


def given_on(received_on: date, posted_on: date | None, *, by_letter: bool) -> date:
    """The day that counts as complained on: when it was handed to the post (fvl. § 30), or received when it was not.

    A letter whose stamp nobody has read is taken to have been in the post for POST_DAYS.
    """
    if posted_on is not None:
        return posted_on
    return received_on - timedelta(days=POST_DAYS) if by_letter else received_on


def is_late(given: date, deadline: date | None) -> bool:
    """Whether it came after its deadline; never when no deadline has begun to run."""
    return deadline is not None and given > deadline


def may_be_accepted_late(decided_on: date, given: date) -> bool:
    """Whether a late complaint may still be treated: not more than a year after the decision (fvl. § 31 third paragraph)."""
    return given <= add_months(decided_on, LATE_MONTHS)


def interim_by(received_on: date) -> date:
    """The last day to answer, or to say why it takes longer and when the answer comes (fvl. § 11 a)."""
    return add_months(received_on, 1)


def answer_by(received_on: date, days: int) -> date:
    """The municipality's own limit to change the decision or send the complaint on (fvl. §§ 11 a, 33: without delay)."""
    return received_on + timedelta(days=days)


def due_on(*, state: str, answer_by: date, interim_by: date, expected_on: date | None) -> date | None:
    """The day that binds the municipality next. What was promised in an interim reply takes the place of the limits."""
    if state not in ("received", "proposed"):
        return None
    return expected_on if expected_on is not None else min(answer_by, interim_by)


@dataclass(frozen=True, slots=True)
class Hands:
    """Who has had a hand in it: who made the decision, who wrote the answer, and who would conclude."""

    decided_by: UUID | None
    prepared_by: UUID | None
    concludes: UUID


WROTE_IT = N_("Du har skrevet svaret på klagen. En annen må avgjøre den.")
DECIDED_IT = N_("Du fattet vedtaket det klages på. En annen må avgjøre klagen.")


def refusal_to_conclude(hands: Hands, *, four_eyes: bool) -> str | None:
    """Why somebody may not conclude, or None. With four eyes it is neither who wrote the answer nor who decided."""
    if not four_eyes:
        return None
    if hands.concludes == hands.prepared_by:
        return WROTE_IT
    return DECIDED_IT if hands.concludes == hands.decided_by else None
