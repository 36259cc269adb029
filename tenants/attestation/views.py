"""What the slice's pages show: lines that wait, by assignment and pay period, in words. No HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.i18n_mark import N_
from sammen.web.formats import clock_range, month_year
from sammen.web.i18n import translate
from tenants.assignments.api import contact_names
from tenants.attestation.who import ToAttest, own_to_attest
from tenants.people.api import person_card
from tenants.provision.api import PayPeriod, provision_rules
from tenants.timesheets.api import AttestLine, Month, Used, lines_to_attest, period_name, used_in_months


@dataclass(frozen=True, slots=True)
class Waiting:
    """A contact's lines for one service user in one pay period. `uses`: (month in words, used against what is given)."""

    key: str
    contact_person_id: UUID
    contact_name: str
    person_id: UUID
    person_name: str
    itself: bool
    period: str
    lines: Sequence[tuple[AttestLine, str]]
    uses: Sequence[tuple[str, Used]]

    @property
    def hours(self) -> object:
        """The sum of the lines' hours."""
        return sum(line.hours for line, _ in self.lines)


def times(line: AttestLine, language: str) -> str:
    """ "kl. 16–18.30", "kl. 23–4 neste dag", or "" for hours without times of the clock."""
    if line.starts is None or line.ends is None:
        return ""
    clock = clock_range(line.starts, line.ends, language)
    return translate(language, N_("%(clock)s neste dag"), clock=clock) if line.over_midnight else clock


async def own_waiting(uow: UnitOfWork, language: str) -> list[Waiting]:
    """What waits for the signed-in service user or representative, oldest first. The caller writes the access log."""
    me, assignments = await own_to_attest(uow)
    by_id = {one.assignment_id: one for one in assignments}
    found = await lines_to_attest(uow, list(by_id)) if by_id else []
    if not found:
        return []
    from_day = (await provision_rules(uow, today())).period_from_day
    groups: dict[tuple[UUID, PayPeriod], list[AttestLine]] = {}
    for line in found:
        groups.setdefault((line.assignment_id, PayPeriod.of(line.worked_on, from_day)), []).append(line)
    wanted = sorted({(line.assignment_id, Month.of(line.worked_on)) for line in found}, key=str)
    uses = await used_in_months(uow, wanted)
    contacts = await contact_names(uow, [one.contact_id for one in by_id.values()])
    persons = {one.person_id: await person_card(uow, one.person_id) for one in by_id.values()}
    made = []
    for (assignment_id, period), lines in sorted(
        groups.items(), key=lambda item: (item[0][1], str(item[0][0]))
    ):
        whose: ToAttest = by_id[assignment_id]
        months = sorted({Month.of(line.worked_on) for line in lines})
        made.append(
            Waiting(
                f"{assignment_id}-{period}", contacts[whose.contact_id].person_id, contacts[whose.contact_id].name,
                whose.person_id, persons[whose.person_id].given_name, whose.person_id == me,
                period_name(period, language), [(line, times(line, language)) for line in lines],
                [(month_year(month.first, language), uses[assignment_id, month]) for month in months],
            )
        )  # fmt: skip
    return made
