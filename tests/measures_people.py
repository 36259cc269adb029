"""Random worlds of people and what they were granted: cases, decisions, contacts who come and go, hours, evaluations,
complaints and deviations. Days lie on borders one time in four; rows go straight in, past walls and keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from tests.measures_shared import CORNERS, END, FORMS, START, Filling

REASONS = ("contact_left", "contact_birth", "no_fit", "user_wish", "service_ended", "moved", "grant_ended")
OUTCOMES = ("", "not_needed", "moved", "died", "changed")
LEAP = date(2008, 2, 29)
"""Somebody who was 17 on 28 February 2026 and 18 the day after."""


class Households(Filling):
    """One municipality's service users and everything about them."""

    async def fill(self) -> None:
        """Everything there is."""
        await self.admin.execute("SET session_replication_role = replica")
        self.contacts = [uuid4() for _ in range(8)]
        await self.add(
            "allocation_rule", valid_from=date(2020, 1, 1), evaluation_months=self.rng.choice((6, 12))
        )
        await self.add(
            "allocation_rule", valid_from=self.rng.choice((START, END, date(2026, 3, 1))), evaluation_months=9
        )
        for _ in range(26):
            await self.household()
        for _ in range(14):
            await self.deviation()
        for _ in range(14):
            await self.add(
                "group_voice", group_evaluation_id=uuid4(), place_id=uuid4(), said_on=self.day(),
                **{name: self.rng.choice(("yes", "some", "no")) for name in ("likes", "doing", "company", "deciding", "safe")},
            )  # fmt: skip

    async def resident(self) -> UUID:
        """A person of some age: none known, on a border between bands, not born yet, shielded or not."""
        born = self.rng.choice((
            None, LEAP, LEAP, date(2008, 6, 30), date(2008, 7, 1), date(1959, 6, 30), date(1959, 7, 1), date(1946, 1, 1),
            date(2026, 9, 1), self.day(date(1935, 1, 1), date(2020, 1, 1)),
        ))  # fmt: skip
        return await self.add(
            "person", given_name="A", family_name="B", birth_date=born, sex=self.rng.choice(("F", "M", None)),
            protection=self.rng.choice(("none", "none", "kode6")),
        )  # fmt: skip

    async def household(self) -> None:
        """A person with a case or two, closed or open, and what was decided in each."""
        who, rng = await self.resident(), self.rng
        for _ in range(rng.choice((1, 1, 2))):
            case = await self.add(
                "case_file", person_id=who, case_no=str(uuid4()), purchaser="adult", shielded=rng.random() < 0.3,
                state=rng.choice(("running", "waiting", "closed")),
            )  # fmt: skip
            for _ in range(rng.choice((0, 1, 1, 2))):
                noted = datetime(2026, rng.randrange(1, 9), 1, rng.randrange(24), tzinfo=UTC)
                await self.add(
                    "case_target", case_id=case, valid_from=self.day(), noted_at=noted,
                    target_group=rng.choice(("mental", "physical", "no_such_code")),
                )  # fmt: skip
            before: UUID | None = None
            for _ in range(rng.choice((1, 1, 2, 3))):
                before = await self.decided(case, who, before)
            if rng.random() < 0.3:
                await self.add("respite_application", case_id=case, applied_on=self.day())
            if rng.random() < 0.4:
                await self.complaint(case)

    async def decided(self, case: UUID, who: UUID, before: UUID | None) -> UUID:
        """A decision with up to three services, ordered and given, evaluated or not; its id."""
        rng = self.rng
        replaces = before if before is not None and rng.random() < 0.5 else None
        kind = rng.choice(("grant", "grant", "partial", "change", "refusal", "withdrawal", "ending"))
        if kind in ("change", "ending"):
            replaces = replaces or uuid4()
        state = rng.choice(("issued", "issued", "ended", "replaced", "draft"))
        day = self.day()
        decision = await self.add(
            "decision", case_id=case, kind=kind, replaces_id=replaces, decided_on=day,
            state="issued" if state == "draft" and (before is not None or rng.random() < 0.7) else state,
            evaluate_on=self.maybe(max(day, self.day()), 0.8), ended_on=self.maybe(max(day, self.day()), 0.4),
            outcome=rng.choice(OUTCOMES),
        )  # fmt: skip
        gives = kind in ("grant", "partial", "change")
        for form in rng.sample(FORMS, rng.choice((1, 1, 2, 3)) if gives else 0):
            await self.service(case, who, decision, form, day)
        for number in range(rng.choice((0, 1, 2))):
            await self.evaluation(
                case,
                decision,
                max(day, self.day(day, date(2026, 11, 1))),
                done=number < 1 or rng.random() < 0.7,
            )
        return decision

    async def service(self, case: UUID, who: UUID, decision: UUID, form: str, day: date) -> None:
        """A grant, sometimes prolonged by a later one of its line; its order; contacts who come and go; hours."""
        rng = self.rng
        first = self.maybe(day + timedelta(days=rng.choice((0, 1, 28, 90))), 0.9)
        terms = {
            "form": form, "amount": self.maybe(Decimal(rng.choice((25, 100, 333, 1600))) / 100, 0.85),
            "unit": rng.choice(("week", "month")),
        }  # fmt: skip
        grant = await self.add(
            "service_grant", decision_id=decision, valid_from=first, **terms,
            valid_to=self.maybe(max(first or day, self.day()), 0.6), ended_on=self.maybe(self.day(), 0.2),
        )  # fmt: skip
        if rng.random() < 0.3:
            newer = day + timedelta(days=rng.choice((100, 365)))
            after = await self.add(
                "decision",
                case_id=case,
                kind="change",
                replaces_id=decision,
                decided_on=newer,
                state="issued",
            )
            grant = await self.add(
                "service_grant", decision_id=after, valid_from=newer, line_id=grant, valid_to=self.maybe(date(2028, 1, 1)),
                **terms,
            )  # fmt: skip
        sent = day + timedelta(days=rng.choice((0, 0, 5)))
        order = await self.add(
            "service_order", case_id=case, grant_id=grant, person_id=who, form=form, sent_on=sent,
            waits_from=self.maybe(day, 0.7) or max(sent, self.day()),
            state=rng.choice(("sent", "accepted", "filled", "filled", "ended")),
        )  # fmt: skip
        came = day + timedelta(days=rng.choice((0, 1, 28, 29, 91, 92, 183, 200)))
        for _ in range(rng.choice((0, 1, 2, 3))):
            came = await self.given(case, who, order, form, came)

    async def given(self, case: UUID, who: UUID, order: UUID, form: str, came: date) -> date:
        """Somebody's time with the service, and the day the next one may come."""
        rng = self.rng
        left = self.maybe(came + timedelta(days=rng.choice((0, 20, 150, 400))), 0.7)
        assignment = await self.add(
            "assignment", order_id=order, case_id=case, person_id=who, contact_id=rng.choice(self.contacts), form=form,
            starts_on=self.maybe(came, 0.95), ended_on=left, end_reason=rng.choice(REASONS) if left else "",
            state="ended" if left else "running", role=rng.choice(("regular", "regular", "regular", "substitute")),
        )  # fmt: skip
        for _ in range(rng.randrange(5)):
            await self.meeting(assignment)
        return (left or came) + timedelta(days=rng.choice((-3, 0, 1, 2, 40)))

    async def meeting(self, assignment: UUID) -> None:
        """Hours that were written, approved or not, and sometimes corrected."""
        rng = self.rng
        values = {
            "assignment_id": assignment, "contact_id": uuid4(), "activity": "walking",
            "worked_on": self.day(date(2025, 11, 1), date(2026, 8, 1)),
        }  # fmt: skip
        line = await self.add(
            "timesheet_line", **values, hours=Decimal(rng.choice((50, 125, 733))) / 100,
            state=rng.choice(("approved", "approved", "approved", "sent", "returned")),
        )  # fmt: skip
        if rng.random() < 0.2:
            await self.admin.execute(
                "UPDATE timesheet_line SET replaced_at = now(), state = 'approved' WHERE id = $1", line
            )
            await self.add(
                "timesheet_line", **values, hours=rng.choice((Decimal(0), Decimal("1.75"))), state="approved", corrects_id=line
            )  # fmt: skip

    async def evaluation(self, case: UUID, decision: UUID, held: date, *, done: bool) -> None:
        rng = self.rng
        await self.add(
            "evaluation", case_id=case, decision_id=decision, state="done" if done else "draft", due_on=held,
            held_on=held if done else None, outcome="continue" if done else "",
            next_on=self.maybe(held + timedelta(days=rng.choice((90, 181, 365))), 0.7) if done else None,
            goal_reached=rng.choice(("", "yes", "partly", "no")), form_fits=rng.choice(("", "yes", "no")),
            hours_fit=rng.choice(("", "fits", "too_few", "too_many")), lonely=rng.choice(("", "no", "unsure", "yes")),
        )  # fmt: skip

    async def complaint(self, case: UUID) -> None:
        rng, came = self.rng, self.day()
        answer = rng.choice(("", "changed", "partly", "upheld", "dismissed"))
        appealed = answer in ("partly", "upheld") and rng.random() < 0.7
        state = "appealed" if appealed else rng.choice(("received", "proposed"))
        await self.add(
            "complaint", case_id=case, decision_id=uuid4(), state=state, received_on=came, channel="letter",
            complainant="self", wants="", weeks=4, answer_by=came, interim_by=came, answer=answer,
            concluded_on=max(came, self.day()) if answer and (appealed or rng.random() < 0.8) else None,
            appealed_on=came if appealed else None,
            withdrawn_on=self.maybe(self.day(), 0.2),
            appeal_result=rng.choice(("confirmed", "changed", "annulled")) if appealed and rng.random() < 0.8 else "",
            appeal_decided_on=self.maybe(self.day(), 0.8) if appealed else None,
        )  # fmt: skip

    async def deviation(self) -> None:
        """Found, closed, opened again and closed again, at most."""
        rng, found = self.rng, self.day()
        days: Sequence[date] = sorted(
            max(found, rng.choice((self.day(), rng.choice(CORNERS)))) for _ in range(rng.randrange(4))
        )
        closed = len(days) % 2 == 1
        deviation = await self.add(
            "deviation", source="own", kind=rng.choice(("deadline", "service", "privacy")), found_on=found, title="x",
            closed_on=days[-1] if closed else None, closing_text="x" if closed else "",
        )  # fmt: skip
        await self.add("deviation_event", deviation_id=deviation, what="opened", happened_on=found)
        for number, day in enumerate(days):
            await self.add(
                "deviation_event", id=UUID(int=uuid4().int >> 64 | (number + 1) << 100), deviation_id=deviation,
                what="closed" if number % 2 == 0 else "reopened", happened_on=day,
            )  # fmt: skip
