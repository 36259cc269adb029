"""What became of the last year's hours: who said they are right, which came late or are too many, receipts, corrections."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from PIL import Image, ImageDraw, ImageFont

from deploy.demo.book import LINE
from deploy.demo.chance import Chance, at
from deploy.demo.decided import RULES
from deploy.demo.rows import Row as Values
from deploy.demo.town import LateApproval, Making
from deploy.demo.work import RICH, Row, Work
from tenants.cases.api import add_months
from tenants.people.api import age_on
from tenants.people.models import Representative
from tenants.timesheets.models import Receipt, TimesheetLine

MORE = (
    "attested_at", "attested_by", "attested_how", "attested_note", "late", "over_reason", "replaced_at",
)  # fmt: skip
CORRECTS = ("corrects_id", "correction_reason")
EXTRA = Decimal("2.5")
HALF = Decimal("0.5")
HOWS = [("own_page", 0.76), ("code", 0.14), ("paper", 0.08), ("not_reached", 0.02)]
NOT_REACHED = "Bruker er på sykehus. Avtalt på telefon med pårørende."
OVER = "Avtalt en ekstra dag, siden familien flyttet."
PAID_FOR = {45: "Svømmehallen", 60: "Buss", 89: "Kafé", 120: "Kino", 150: "Bowling"}
MOST_RECEIPTS = 24


def write_handed_in(making: Making, works: Sequence[Work]) -> None:
    """Settle the lines of the last twelve months, in every town; older ones stay as they are."""
    parents = _parents(making)
    hands = {work.town.id: _Hand(work, parents) for work in works}
    since = making.as_of - timedelta(days=365)
    old: list[Values] = []
    found: list[Values] = []
    for line in making.rows.batch(TimesheetLine, LINE):
        if line[4] < since:
            old.append(line)
        else:
            found.extend(hands[line[0]].take(line))
    making.rows.replace(TimesheetLine, LINE, old)
    making.rows.batch(TimesheetLine, LINE + MORE).extend(found)
    for hand in hands.values():
        hand.finish()


def _parents(making: Making) -> dict[UUID, UUID]:
    """Who acts for each child: the first parent it lives with."""
    found: dict[UUID, UUID] = {}
    for row in making.rows.of(Representative):
        if row["role"] == "parent" and row.get("child_lives") not in ("visits", "neither"):
            found.setdefault(row["acts_for_id"], row["person_id"])
    return found


@dataclass
class _Hand:
    """One town's hours. `late`, `over` and `excused` are assignments that something is told of."""

    work: Work
    parents: Mapping[UUID, UUID]
    chance: Chance = field(init=False)
    people: dict[UUID, UUID] = field(init=False)
    """Assignment → service user."""
    quiet: dict[UUID, list[tuple[date, date | None]]] = field(default_factory=dict)
    late: UUID | None = None
    over: UUID | None = None
    excused: UUID | None = None
    wrong: UUID | None = None
    receipts: list[Values] = field(default_factory=list)
    mistaken: list[dict[str, Any]] = field(default_factory=list)
    later: set[UUID] = field(default_factory=set)
    """Lines that are approved when the demo is nearly made."""

    def __post_init__(self) -> None:
        work = self.work
        self.chance = work.stream("handed in")
        self.people = {row["id"]: row["person_id"] for row in work.assignments}
        for assignment, first, last in work.quiet:
            self.quiet.setdefault(assignment, []).append((first, last))
        self.required = RULES.get(work.town.place.code, {}).get("attest_required", True)
        self.from_age = RULES.get(work.town.place.code, {}).get("attest_from_age", 16)
        self.month = work.as_of.replace(day=1)
        self.before = add_months(self.month, -1)
        self.attesters: dict[UUID, UUID | None] = {}
        rows = sorted(work.ordinary(), key=lambda row: str(row["order_id"]))
        able = [row for row in rows if row["amount"] and row["amount"] <= 3 and row["unit"] == "week"
                and row["starts_on"] < self.before - timedelta(days=120) and row["id"] not in self.quiet]  # fmt: skip
        if work.town.place.code in RICH and len(able) >= 4:
            self.late, self.over, self.excused, self.wrong = (row["id"] for row in able[:4])

    # Each line --------------------------------------------------------------------------------------------------------
    def take(self, line: Values) -> list[Values]:
        """The line as it stands now; none when the two did not meet that day."""
        for first, last in self.quiet.get(line[2], ()):
            if first <= line[4] and (last is None or line[4] <= last):
                return []
        values = dict(zip(LINE, line, strict=True)) | dict.fromkeys(MORE)
        values |= {"attested_how": "", "attested_note": "", "late": False, "over_reason": ""}
        self._change(values)
        if self.required:
            self._attest(values)
        if self.work.town.place.code in RICH:
            self._keep_receipt(values)
        if values["assignment_id"] == self.wrong and values["state"] == "approved" and values["hours"] >= 1:
            self.mistaken.append(values)
        return [tuple(values.values())]

    def _change(self, values: Row) -> None:
        """Hours that come late, that are too many, or were approved after the month's run."""
        day, assignment, as_of = values["worked_on"], values["assignment_id"], self.work.as_of
        if assignment == self.late and as_of - timedelta(days=104) <= day <= as_of - timedelta(days=70):
            values |= {"state": "sent", "sent_at": at(as_of - timedelta(days=1), 21), "late": True, "decided_at": None,
                       "decided_by": None}  # fmt: skip
        if assignment == self.over and self.before <= day < self.month:
            _longer(values)
            values |= {"state": "sent", "decided_at": None, "decided_by": None}
        if assignment == self.excused and add_months(self.before, -1) <= day < self.before:
            _longer(values)
            values["over_reason"] = OVER
        own_page = self.work.persons[self.people[assignment]].get("user_id") is not None
        if day >= self.month and values["state"] == "saved" and own_page:
            values |= {"state": "sent", "sent_at": at(min(day + timedelta(days=1), as_of), 6)}
        slow = values["contact_id"].int % 7 == 3 and values["state"] == "approved"
        if slow and self.before <= day < self.month and as_of.day > 11:
            self._approve_late(values, at(as_of - timedelta(days=2), 9, day.day))

    def _approve_late(self, values: Row, moment: datetime, replaced: UUID | None = None) -> None:
        """Approved when the month's run was closed: where payroll is told, approved only then."""
        values["decided_at"] = moment
        if self.work.town.place.code in RICH:
            who = values["decided_by"] or self.work.coordinator.id
            late = LateApproval(values["tenant_id"], values["id"], moment, who, replaced)
            self.work.town.making.approved_late.append(late)
            values |= {"state": "sent", "decided_at": None, "decided_by": None}
            self.later.add(values["id"])

    def _attest(self, values: Row) -> None:
        """Everything approved was attested, or says why not; of what is sent, what waits for somebody who can log in waits."""
        sent, decided = values["sent_at"], values["decided_at"]
        if values["state"] not in ("sent", "approved") or values["late"]:
            return
        person = self.people[values["assignment_id"]]
        who = self._attester(person)
        approved = values["state"] == "approved" or values["id"] in self.later
        if not approved and (self._can_log_in(person) or who is None or self.chance.random() < 0.4):
            return
        how = self.chance.one(HOWS) if approved else "own_page"
        if who is None:
            how = "not_reached"
        if how == "not_reached":
            values |= {
                "attested_how": how,
                "attested_note": NOT_REACHED,
                "attested_at": decided or sent + timedelta(hours=60),
            }
            return
        moment: datetime = sent + timedelta(hours=10)
        if decided is not None:
            moment = min(moment, decided - timedelta(minutes=40))
        values |= {
            "attested_at": min(moment, at(self.work.as_of, 5)),
            "attested_by": who,
            "attested_how": how,
        }

    def _attester(self, person_id: UUID) -> UUID | None:
        if person_id not in self.attesters:
            age = age_on(self.work.persons[person_id]["birth_date"], self.work.as_of) or 0
            self.attesters[person_id] = person_id if age >= self.from_age else self.parents.get(person_id)
        return self.attesters[person_id]

    def _can_log_in(self, person_id: UUID) -> bool:
        who = self._attester(person_id)
        return any(
            one is not None and self.work.persons[one].get("user_id") is not None for one in (person_id, who)
        )

    # Receipts ---------------------------------------------------------------------------------------------------------
    def _keep_receipt(self, values: Row) -> None:
        recent = values["worked_on"] > self.work.as_of - timedelta(days=75)
        if (
            not values["expenses"]
            or not recent
            or len(self.receipts) >= MOST_RECEIPTS
            or values["state"] == "saved"
        ):
            return
        kroner = int(values["expenses"])
        pictured = kroner != 60
        image = picture(PAID_FOR[kroner], kroner) if pictured else None
        made = values["sent_at"] or at(values["worked_on"], 20)
        self.receipts.append((
            values["tenant_id"], self.chance.id_at(made), values["contact_id"], values["assignment_id"], values["id"],
            values["expenses"], PAID_FOR[kroner], image, "image/jpeg" if image else "",
            hashlib.sha256(image).hexdigest() if image else "", len(image) if image else 0, made,
        ))  # fmt: skip

    # Afterwards -------------------------------------------------------------------------------------------------------
    def finish(self) -> None:
        """Receipts, and two corrections: one that waits to be decided, and one that stands instead of what was paid."""
        rows = self.work.town.rows
        rows.batch(Receipt, (
            "tenant_id", "id", "contact_id", "assignment_id", "line_id", "kroner", "what", "image", "media_type", "sha256",
            "size", "created_at",
        )).extend(self.receipts)  # fmt: skip
        if len(self.mistaken) < 9:
            return
        as_of = self.work.as_of
        first, second = self.mistaken[-3], self.mistaken[-9]
        self._correct(first, "Jeg skrev feil klokkeslett. Vi sluttet en halv time før.", {
            "state": "sent", "sent_at": at(as_of - timedelta(days=1), 19), "decided_at": None, "decided_by": None,
            "attested_at": None, "attested_by": None, "attested_how": "", "attested_note": "",
        })  # fmt: skip
        moment = at(as_of - timedelta(days=3), 10)
        line = self._correct(second, "Kom en halv time for sent den dagen.", {
            "sent_at": moment - timedelta(days=1), "attested_at": moment - timedelta(hours=12), "state": "sent",
            "decided_at": None, "decided_by": None,
        })  # fmt: skip
        self.work.town.making.approved_late.append(
            LateApproval(second["tenant_id"], line, moment, second["decided_by"], second["id"])
        )

    def _correct(self, values: Row, why: str, changes: Row) -> UUID:
        line = (
            values
            | changes
            | {"hours": values["hours"] - HALF, "ends": _moved(values["ends"], -30), "replaced_at": None}
        )
        line |= {
            "id": self.chance.id_at(line["sent_at"]),
            "corrects_id": values["id"],
            "correction_reason": why,
        }
        line |= {"expenses": Decimal(0)}
        made: UUID = line["id"]
        self.work.town.rows.batch(TimesheetLine, (*LINE, *MORE, *CORRECTS)).append(tuple(line.values()))
        return made


def _longer(values: Row) -> None:
    values |= {"hours": values["hours"] + EXTRA, "ends": _moved(values["ends"], 150)}


def _moved(moment: time, minutes: int) -> time:
    total = moment.hour * 60 + moment.minute + minutes
    return time(total // 60, total % 60)


@cache
def picture(what: str, kroner: int) -> bytes:
    """A receipt as a phone might see it, drawn here: a JPEG of some kilobytes."""
    paper = Image.new("RGB", (360, 480), "#e9e4da")
    drawing = ImageDraw.Draw(paper)
    drawing.rectangle((40, 24, 320, 456), fill="#fdfdfb")
    font = ImageFont.load_default(20)
    told = (
        what.upper(),
        "",
        f"2 x {kroner / 2:.2f}",
        "",
        f"SUM  {kroner},00",
        "KORT",
        "",
        "Takk for besøket",
    )
    for number, text in enumerate(told):
        drawing.text((64, 48 + 44 * number), text, fill="#222222", font=font)
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=70)
    return out.getvalue()
