"""Random worlds of contacts, money and what is shared, and the same figures worked out from their raw rows with pandas, by no
code of ours but the enumerations: what tests/integration/test_shared_measures_agree.py compares with.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pandas as pd

START, END = date(2026, 1, 1), date(2026, 6, 30)
FORMS = ("individual", "group", "organisation", "training")
CORNERS = (
    START,
    END,
    START - timedelta(days=1),
    END + timedelta(days=1),
    date(2024, 2, 29),
    date(2025, 6, 30),
)
REASONS = ("own_wish", "no_time", "illness", "studies", "municipality", "died", "moved", "")


class Filling:
    """One municipality's random rows. The walls and keys are not what is tried here: rows go straight in."""

    def __init__(self, admin: asyncpg.Connection, tenant: UUID, other: UUID, region: UUID, seed: int) -> None:
        self.admin, self.tenant, self.other, self.region = admin, tenant, other, region
        self.rng = random.Random(seed)  # noqa: S311 - worlds, not secrets
        self.contacts: list[UUID] = []

    async def add(self, table: str, **values: Any) -> UUID:
        """A row of the municipality's own, or of the region's when it says so; its id."""
        values = {"id": uuid4(), **({} if "region_id" in values else {"tenant_id": self.tenant}), **values}
        names, marks = ", ".join(values), ", ".join(f"${n}" for n in range(1, len(values) + 1))
        await self.admin.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", *values.values())
        found: UUID = values["id"]
        return found

    def day(self, first: date = date(2023, 1, 1), last: date = date(2026, 9, 1)) -> date:
        """A day, a corner one time in four."""
        if self.rng.random() < 0.25:
            return self.rng.choice(CORNERS)
        return first + timedelta(days=self.rng.randrange((last - first).days))

    def maybe(self, value: Any, chance: float = 0.5) -> Any:
        return value if self.rng.random() < chance else None

    async def person(self) -> UUID:
        born = self.rng.choice(
            (None, date(2008, 2, 29), END.replace(year=1959), date(1959, 7, 1), self.day(date(1940, 1, 1)))
        )
        return await self.add(
            "person", given_name="A", family_name="B", birth_date=born, sex=self.rng.choice(("F", "M", None))
        )

    async def fill(self) -> None:
        """Everything there is."""
        await self.admin.execute("SET session_replication_role = replica")
        for _ in range(22):
            await self.contact()
        await self.rules()
        assignments = [await self.assignment() for _ in range(26)]
        for one in assignments:
            await self.lines(*one)
        await self.shared()

    async def contact(self) -> None:
        since, rng = self.maybe(self.day(date(2012, 1, 1)), 0.95), self.rng
        ended = self.maybe(max(since, self.day()), 0.4) if since else None
        contact = await self.add(
            "support_contact", person_id=await self.person(), since=since, ended_on=ended,
            state="ended" if ended else rng.choice(("engaged", "paused")), end_reason=rng.choice(REASONS) if ended else "",
            came_from=self.maybe(uuid4(), 0.3), created_at=datetime(2023, 1, 1, tzinfo=UTC),
        )  # fmt: skip
        self.contacts.append(contact)
        if since and rng.random() < 0.25:
            before = since - timedelta(days=rng.choice((0, 1, 200)))
            await self.add(
                "contact_spell", contact_id=contact, since=before - timedelta(days=rng.choice((100, 700, 2000))),
                ended_on=before, end_reason=rng.choice(REASONS), commits_months=0,
            )  # fmt: skip
        if rng.random() < 0.7:
            await self.add("vetting", contact_id=contact, police_shown_on=self.maybe(self.day(), 0.8))
        if rng.random() < 0.3:
            asked = self.day()
            await self.add(
                "police_request", contact_id=contact, ground="x", words="", asked_on=asked, asked_by_name="",
                shown_on=self.maybe(asked + timedelta(days=rng.choice((0, 40))), 0.6),
            )  # fmt: skip
        for code in rng.sample(("intro_course", "guidance", "first_aid"), rng.randrange(3)):
            done = self.day()
            await self.add(
                "contact_competence", contact_id=contact, code=code, completed_on=done,
                valid_to=self.maybe(done + timedelta(days=rng.choice((0, 365))), 0.3),
            )  # fmt: skip
        for _ in range(rng.randrange(3)):
            await self.add(
                "conversation", contact_id=contact, kind=rng.choice(("conversation", "guidance")), planned_on=self.day(),
                held_on=self.maybe(self.day(), 0.7),
            )  # fmt: skip
        for state in rng.sample(("engaged", "paused"), rng.randrange(3)):
            await self.add("contact_step", contact_id=contact, was="", state=state, happened_on=self.day())

    async def rules(self) -> None:
        rng = self.rng
        await self.add("provision_rule", valid_from=date(2020, 1, 1), conversation_months=3)
        await self.add(
            "provision_rule", valid_from=rng.choice((END, END + timedelta(days=1), START)),
            conversation_months=rng.choice((1, 6)), course_before_start=rng.random() < 0.5,
        )  # fmt: skip
        for number in range(3):
            meeting = await self.add(
                "information_meeting", meets_on=self.day(), starts=time(18), place="", topic="",
                cancelled_on=date(2025, 1, 1) if number == 2 else None,
            )  # fmt: skip
            for contact in rng.sample(self.contacts, 6):
                came = rng.choice((True, False, None))
                await self.add(
                    "information_meeting_guest", information_meeting_id=meeting, contact_id=contact, came=came
                )
        for first in (date(2015, 1, 1), date(2026, 3, 11)):
            table = await self.add(
                "rate_table",
                valid_from=first,
                state="in_force",
                holiday_percent=rng.choice((Decimal(0), Decimal("12.00"))),
            )
            for position, (component, mode, form) in enumerate(
                [("hours", "rate", form) for form in FORMS]
                + [("receipts", "receipts", "any"), ("kilometres", "rate", "any")]
            ):
                kroner = {
                    "hours": Decimal(rng.randrange(16000, 27000)) / 100,
                    "kilometres": Decimal("3.50"),
                }.get(component)
                await self.add(
                    "rate_step",
                    table_id=table,
                    position=position,
                    component=component,
                    mode=mode,
                    form=form,
                    kroner=kroner,
                )
        for year in (2024, 2025, 2026):
            if rng.random() < 0.7:
                await self.add("administration_cost", year=year, kroner=Decimal(rng.randrange(1, 900_000)))

    async def assignment(self) -> tuple[UUID, UUID, str]:
        rng = self.rng
        begins, form, contact = self.day(), rng.choice(FORMS), rng.choice(self.contacts[:12])
        grant = await self.add(
            "service_grant", decision_id=uuid4(), form=form, valid_from=begins,
            valid_to=self.maybe(max(begins, self.day()), 0.5),
            ended_on=self.maybe(self.day(), 0.2),
        )  # fmt: skip
        case = uuid4()
        order = await self.add(
            "service_order",
            case_id=case,
            grant_id=grant,
            person_id=uuid4(),
            form=form,
            sent_on=begins,
            waits_from=begins,
        )
        proposal, role = self.maybe(uuid4(), 0.4), rng.choice(("regular", "regular", "substitute"))
        assignment = await self.add(
            "assignment", order_id=order, case_id=case, person_id=await self.person(), contact_id=contact, form=form,
            state=rng.choice(("running", "ended", "planned", "paused")), source=rng.choice(("home", "pool")),
            proposal_id=proposal if role == "regular" else None, starts_on=self.maybe(begins, 0.95),
            ended_on=self.maybe(max(begins, self.day()), 0.4), role=role,
        )  # fmt: skip
        if proposal is not None:
            if role != "regular":
                await self.add(
                    "introduced_substitute", case_id=case, person_id=uuid4(), contact_id=contact, how="group",
                    introduced_on=begins, user_said_yes_on=begins, user_said_yes_by="", proposal_id=proposal,
                )  # fmt: skip
            await self.add(
                "proposal", region_id=self.region, id=proposal, need_id=uuid4(), candidate_id=uuid4(),
                need_tenant_id=self.tenant, home_id=rng.choice((self.tenant, self.other)), state="expired", need_card="{}",
                candidate_card="{}", score=1, proposed_by=uuid4(), held_until=datetime(2026, 1, 1, tzinfo=UTC),
                ended_at=datetime(2026, 1, 1, tzinfo=UTC), matched_at=self.maybe(datetime(2025, 1, 1, tzinfo=UTC), 0.8),
            )  # fmt: skip
        return assignment, contact, form

    async def lines(self, assignment: UUID, contact: UUID, form: str) -> None:
        rng = self.rng
        for _ in range(rng.randrange(9)):
            worked, timed = self.day(date(2025, 11, 1), date(2026, 8, 1)), rng.random() < 0.6
            values = {
                "assignment_id": assignment, "contact_id": contact, "activity": "walking", "worked_on": worked,
                "hours": Decimal(rng.choice((50, 100, 125, 300, 733))) / 100,
                "state": rng.choice(("approved",) * 4 + ("sent",)), "starts": time(17) if timed else None,
                "ends": time(19) if timed else None,
                "expenses": Decimal(rng.choice((0, 0, 9950))) / 100, "kilometres": Decimal(rng.choice((0, 0, 125))) / 10,
            }  # fmt: skip
            line = await self.add("timesheet_line", **values)
            if form == "group" and timed and rng.random() < 0.7:
                # Another participant of the same meeting: the leader's hours are there once more, and paid once.
                await self.add("timesheet_line", **values, id=UUID(int=line.int + 1))
            if values["state"] == "approved" and rng.random() < 0.2:
                await self.admin.execute(
                    "UPDATE timesheet_line SET replaced_at = now() WHERE tenant_id = $1 AND id = $2",
                    self.tenant,
                    line,
                )
                corrected = {**values, "hours": rng.choice((Decimal(0), Decimal(1))), "worked_on": worked}
                await self.add("timesheet_line", **corrected, corrects_id=line)

    async def shared(self) -> None:
        rng, region = self.rng, self.region
        for _ in range(14):
            posted = self.day() - timedelta(days=rng.randrange(200))
            posted -= timedelta(days=posted.weekday())
            state = rng.choice(("open", "filled", "withdrawn", "expired"))
            await self.add(
                "need", region_id=region, posted_by=self.tenant, code=str(uuid4()), state=state,
                purpose=rng.choice(("regular", "substitute")), age_band="18-29", hours_per_week=Decimal(3), area="north",
                posted_week=posted, expires_on=posted + timedelta(days=90),
                closed_week=None if state == "open" else posted + timedelta(days=7 * rng.choice((0, 1, 2, 4, 12, 13, 30))),
            )  # fmt: skip
        for hosted in (True, False):
            joint = uuid4()
            await self.add(
                "activity_group", name="G", activity="walking", weekday="mon", starts=time(17), ends=time(19), seats=9,
                valid_from=date(2020, 1, 1), joint_id=joint, hosted=hosted, leader_id=uuid4(),
            )  # fmt: skip
            for _ in range(7):
                since, state = self.day(), rng.choice(("waiting", "trial", "member", "ended"))
                await self.add(
                    "joint_seat", region_id=region, joint_group_id=joint, home_id=self.tenant, state=state, taken_on=since,
                    member_from=since if state == "member" or rng.random() < 0.3 else None,
                    ended_on=max(since, self.day()) if state == "ended" else None,
                )  # fmt: skip
        for _ in range(8):
            over = datetime.combine(self.day(), time(22, 30), UTC)
            course = await self.add(
                "course", region_id=region, host_id=rng.choice((self.tenant, self.other, None)), title="K", kind=rng.choice(
                    ("intro", "theme", "training")), starts_at=over - timedelta(hours=3), ends_at=over, seats=20,
                state=rng.choice(("open", "held", "cancelled")),
            )  # fmt: skip
            for _ in range(rng.randrange(4)):
                state = rng.choice(("enrolled", "enrolled", "withdrawn"))
                await self.add(
                    "enrolment", region_id=region, course_id=course, home_id=self.tenant, state=state
                )
        await self.debts()

    async def debts(self) -> None:
        rng, region = self.rng, self.region
        low, high = sorted((self.tenant, self.other))
        names = ("hour_ore", "recruiting_ore", "course_ore", "seat_ore", "place_ore")
        prices = {name: rng.randrange(0, 90_000) for name in names}
        await self.add(
            "settlement_agreement", region_id=region, a_id=low, b_id=high, valid_from=date(2026, 2, 1), state="accepted",
            proposed_by_id=low, proposed_by=uuid4(), proposed_by_name="", accepted_by_id=high, accepted_by=uuid4(),
            accepted_at=datetime(2026, 1, 5, tzinfo=UTC), **prices,
        )  # fmt: skip
        for month in (date(2025, 12, 1), START, date(2026, 2, 1), date(2026, 6, 1), date(2026, 7, 1)):
            for kind in ("hours", "recruited", "seats", "places"):
                candidate = uuid4() if kind in ("hours", "recruited") else None
                for revision in range(1, rng.randrange(2, 4)):
                    quantity = (
                        Decimal(rng.randrange(0, 900)) / 100 if kind == "hours" else Decimal(rng.randrange(3))
                    )
                    await self.add(
                        "settlement_fact", region_id=region, debtor_id=self.tenant, creditor_id=self.other, kind=kind,
                        month=month, candidate_id=candidate, quantity=min(quantity, Decimal(1)) if kind == "recruited"
                        else quantity, revision=revision, told_on=month,
                    )  # fmt: skip


OWN = (
    "support_contact", "contact_spell", "person", "vetting", "police_request", "contact_competence", "conversation",
    "contact_step", "information_meeting", "information_meeting_guest", "provision_rule", "rate_table", "rate_step",
    "administration_cost", "service_grant", "service_order", "assignment", "timesheet_line", "introduced_substitute",
    "activity_group",
)  # fmt: skip
ALL = ("proposal", "need", "joint_seat", "course", "enrolment", "settlement_fact", "settlement_agreement")
"""What a municipality owns, and below what is shared, of the tables these figures rest on."""


async def frames(admin: Any, tenant: Any) -> Mapping[str, Any]:
    """The municipality's own tables and all shared ones, whole. Days stay days, and sums stay decimals."""
    found = {}
    for table in (*OWN, *ALL):
        own = "WHERE tenant_id = $1" if table in OWN else "WHERE $1::uuid IS NOT NULL"
        columns = [row["attname"] for row in await admin.fetch(
            "SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped"
            " ORDER BY attnum", f"sammen.{table}")]  # fmt: skip
        rows = await admin.fetch(f"SELECT * FROM {table} {own}", tenant)
        found[table] = pd.DataFrame([tuple(row) for row in rows], columns=columns, dtype=object)
    return found
