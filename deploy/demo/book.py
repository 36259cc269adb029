"""Writes the rows of cases, orders, assignments and hours for one municipality."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID, uuid5

from deploy.demo.chance import at
from deploy.demo.town import Colleague, LateApproval, Somebody, Town
from tenants.assignments.models import Assignment, ServiceOrder
from tenants.cases.models import Application, CaseFile, CaseMember, CaseTarget, Mapping
from tenants.decisions.models import Decision, ServiceGrant
from tenants.timesheets.models import TimesheetLine

LINE = (
    "tenant_id", "id", "assignment_id", "contact_id", "worked_on", "starts", "ends", "hours", "activity", "expenses",
    "kilometres", "state", "sent_at", "decided_at", "decided_by", "return_reason",
)  # fmt: skip


_TARGETS = (
    (18, (("developmental", 45), ("intellectual", 18), ("physical", 12), ("mental", 8), ("other", 7))),
    (67, (("mental", 33), ("intellectual", 28), ("physical", 14), ("developmental", 10), ("other", 5))),
    (150, (("ageing", 55), ("physical", 20), ("mental", 10), ("intellectual", 5))),
)
"""Target groups of a hundred by age below; for the rest nobody has chosen yet."""


def target_group(age: int, number: int) -> str:
    """The group of a case of the demo, by a number below a hundred; "" when nobody has chosen."""
    for code, share in next(groups for below, groups in _TARGETS if age < below):
        if number < share:
            return code
        number -= share
    return ""


class Book:
    """One municipality's files. Every function returns the id of what it wrote."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self._numbers: dict[int, int] = {}
        self._lines = town.rows.batch(TimesheetLine, LINE)

    def case_no(self, year: int) -> str:
        """The next number of a year; other services use numbers between."""
        self._numbers[year] = self._numbers.get(year, 0) + self.town.chance.randint(1, 4)
        return f"{year}-{self._numbers[year]:04d}"

    def case(self, person: Somebody, *, received: date, purchaser: str, state: str, forms: Sequence[str],
             responsible: Colleague, deadline: date | None, kind: str, number: str = "", shielded: bool = False,
             closed_on: date | None = None, outcome: str = "") -> UUID:  # fmt: skip
        """A case file."""
        case_id = self.town.chance.id_at(received)
        self.town.rows.add(
            CaseFile, tenant_id=self.town.id, id=case_id, person_id=person.id,
            case_no=number or self.case_no(received.year), purchaser=purchaser, state=state, forms=list(forms),
            responsible_id=responsible.id, responsible_name=responsible.name, deadline=deadline, deadline_kind=kind,
            shielded=shielded, closed_on=closed_on, outcome=outcome, created_at=at(received, 10),
        )  # fmt: skip
        # Not drawn from the town's chance, which everything after it follows from.
        if group := target_group(received.year - person.birth.year, case_id.int % 100):
            self.town.rows.add(
                CaseTarget, tenant_id=self.town.id, id=uuid5(case_id, "target"), case_id=case_id, target_group=group,
                valid_from=received, noted_at=at(received, 11), noted_by=responsible.id, noted_by_name=responsible.name,
            )  # fmt: skip
        return case_id

    def name_on(self, case_id: UUID, colleague: Colleague, since: date, why: str = "") -> None:
        """Give a colleague access to a shielded case."""
        self.town.rows.add(
            CaseMember,
            tenant_id=self.town.id,
            id=self.town.chance.id_at(since),
            case_id=case_id,
            user_id=colleague.id,
            reason=why,
        )

    def application(self, case_id: UUID, *, received: date, channel: str, applicant: str, name: str, wishes: str,
                    ground: str, state: str) -> UUID:  # fmt: skip
        """An application on a case."""
        application_id = self.town.chance.id_at(received)
        self.town.rows.add(
            Application, tenant_id=self.town.id, id=application_id, case_id=case_id,
            received_on=received, channel=channel, applicant=applicant, applicant_name=name, wishes=wishes,
            legal_ground=ground, state=state, created_at=at(received, 10, 20),
        )  # fmt: skip
        return application_id

    def mapping(self, case_id: UUID, *, held: date, own_words: str, interests: Sequence[str], slots: Sequence[str],
                needs: str, network: str, forms: Sequence[str], by: Colleague) -> None:  # fmt: skip
        """A mapping conversation."""
        self.town.rows.add(
            Mapping, tenant_id=self.town.id, id=self.town.chance.id_at(held), case_id=case_id, held_on=held,
            own_words=own_words, interests=list(interests), slots=list(slots), needs=needs, network=network,
            suggested_forms=list(forms), made_by=by.id, created_at=at(held, 14),
        )  # fmt: skip

    def decision(self, case_id: UUID, *, decided: date | None, by: Colleague, goal: str, own_words: str, reasons: str,
                 ground: str, evaluate_on: date | None, kind: str = "grant", ended: bool = False) -> UUID:  # fmt: skip
        """A decision that `by` wrote and a colleague made; a draft when it has no day."""
        decision_id = self.town.chance.id_at(decided or self.town.as_of)
        state = "draft" if decided is None else "ended" if ended else "issued"
        other = self.town.second(by)
        self.town.rows.add(
            Decision, tenant_id=self.town.id, id=decision_id, case_id=case_id, state=state, kind=kind, goal=goal,
            own_words=own_words, reasons=reasons, legal_ground=ground, evaluate_on=evaluate_on, decided_on=decided,
            decided_by=other.id if decided else None, decided_by_name=other.name if decided else "",
            issued_at=at(decided, 13) if decided else None, created_at=at(decided or self.town.as_of, 9),
            written_by=by.id, written_by_name=by.name, proposed_by=by.id if decided else None,
            proposed_by_name=by.name if decided else "", proposed_at=at(decided, 11) if decided else None,
            impartial=[by.name, other.name] if decided else [],
        )  # fmt: skip
        return decision_id

    def grant(self, decision_id: UUID, *, form: str, amount: Decimal | None, unit: str, times: str,
              first: date, last: date | None, ended_on: date | None = None, outcome: str = "",
              content: str = "") -> UUID:  # fmt: skip
        """One service in a decision."""
        grant_id = self.town.chance.id_at(first)
        self.town.rows.add(
            ServiceGrant, tenant_id=self.town.id, id=grant_id, decision_id=decision_id, form=form, amount=amount,
            unit=unit, times=times, valid_from=first, valid_to=last, ended_on=ended_on, outcome=outcome,
            content=content,
        )  # fmt: skip
        return grant_id

    def order(self, case_id: UUID, grant_id: UUID, person: Somebody, *, form: str, state: str, sent: date,
              answered: date | None, need_id: UUID | None = None, consent: tuple[date, str] | None = None,
              match_consent: date | None = None) -> UUID:  # fmt: skip
        """An order to the provider."""
        order_id = self.town.chance.id_at(sent)
        self.town.rows.add(
            ServiceOrder, tenant_id=self.town.id, id=order_id, case_id=case_id, grant_id=grant_id, person_id=person.id,
            form=form, state=state, sent_on=sent, waits_from=sent, answered_on=answered, need_id=need_id,
            pool_consent_on=consent[0] if consent else None, pool_consent_by=consent[1] if consent else "",
            pool_ground="gdpr_6e_9h" if consent else "",
            match_consent_on=match_consent, created_at=at(sent, 13, 5),
        )  # fmt: skip
        return order_id

    def assignment(self, order_id: UUID, case_id: UUID, person: Somebody, contact_id: UUID, *, form: str,
                   amount: Decimal | None, unit: str, starts: date, ended: date | None, reason: str = "",
                   proposal_id: UUID | None = None) -> UUID:  # fmt: skip
        """A contact for a service user."""
        assignment_id = self.town.chance.id_at(starts)
        state = "ended" if ended else "running" if starts <= self.town.as_of else "planned"
        self.town.rows.add(
            Assignment, tenant_id=self.town.id, id=assignment_id, order_id=order_id, case_id=case_id,
            person_id=person.id, contact_id=contact_id, form=form, state=state,
            source="pool" if proposal_id else "home", proposal_id=proposal_id, amount=amount, unit=unit,
            starts_on=starts, ended_on=ended, end_reason=reason, revealed_at=at(starts, 9), created_at=at(starts, 9),
        )  # fmt: skip
        return assignment_id

    def line(self, assignment_id: UUID, contact_id: UUID, worked: date, starts: time, hours: Decimal, activity: str,
             *, state: str, sent: datetime | None = None, decided: datetime | None = None, by: Colleague | None = None,
             expenses: int = 0, kilometres: int = 0, reason: str = "") -> None:  # fmt: skip
        """One meeting. It ends before midnight."""
        minutes = starts.hour * 60 + starts.minute + int(hours * 60)
        self._lines.append((
            self.town.id, self.town.chance.id_at(worked), assignment_id, contact_id, worked, starts,
            time(minutes // 60, minutes % 60), hours, activity, Decimal(expenses), Decimal(kilometres), state, sent,
            decided, by.id if by else None, reason,
        ))  # fmt: skip

    def hold_back(self, contact_id: UUID, first: date, last: date) -> LateApproval | None:
        """Let a contact's first approved hours of a time be sent and not yet approved; what is to be done about it later."""
        names = LINE
        for n, line in enumerate(self._lines):
            row = dict(zip(names, line, strict=True))
            if (
                row["contact_id"] == contact_id
                and first <= row["worked_on"] <= last
                and row["state"] == "approved"
            ):
                held = row | {"state": "sent", "decided_at": None, "decided_by": None}
                self._lines[n] = tuple(held.values())
                return LateApproval(self.town.id, row["id"], at(self.town.as_of, 8), row["decided_by"])
        return None
