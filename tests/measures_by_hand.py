"""The figures of people and services worked out of a municipality's raw rows with pandas, walking day by day where it can:
no query and no rule is shared with the measures. What tests/integration/test_measures_agree.py compares with.
"""

from __future__ import annotations

from collections import Counter, namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pandas as pd

Frame = Any
"""A DataFrame whose cells are days, decimals and ids, which the stubs do not know of."""
Frames = Mapping[str, Frame]
Cells = dict[tuple[str, ...], tuple[Decimal, ...]]
TABLES = (
    "person", "case_file", "case_target", "decision", "service_grant", "service_order", "assignment", "timesheet_line",
    "evaluation", "complaint", "deviation", "deviation_event", "group_voice", "respite_application", "allocation_rule",
)  # fmt: skip
GIVES = ("grant", "partial", "change")
MADE = ("issued", "ended", "replaced")
CONTACT_LOST = ("contact_left", "contact_birth", "no_fit", "user_wish")
ONE_DAY = timedelta(days=1)


# Small things ---------------------------------------------------------------------------------------------------------
def age(born: Any, day: date) -> str:
    """The band on a day, counting birthdays one by one; 29 February comes on 1 March in other years."""
    if pd.isna(born) or born > day:
        return "unknown"
    birthdays = [date(year, 3, 1) if (born.month, born.day) == (2, 29) and year % 4 else born.replace(year=year)
                 for year in range(born.year + 1, day.year + 1)]  # fmt: skip
    number = sum(1 for birthday in birthdays if birthday <= day)
    return "0-17" if number < 18 else "18-66" if number < 67 else "67-79" if number < 80 else "80"


def ages(raw: Frames, day: date) -> dict[Any, str]:
    """The band of every person, by id."""
    return {row.id: age(row.birth_date, day) for row in each(raw["person"])}


def owner(raw: Frames) -> dict[Any, Any]:
    """Whose each case is."""
    return dict(zip(raw["case_file"].id, raw["case_file"].person_id, strict=True))


def count(keys: Iterable[tuple[str, ...]]) -> Cells:
    return {key: (Decimal(number),) for key, number in Counter(keys).items()}


def add_up(parts: Iterable[tuple[tuple[str, ...], Any, Fraction]]) -> Cells:
    """Sums of each person's part, which is rounded to a hundredth first."""
    frame = pd.DataFrame(list(parts), columns=["key", "who", "value"])
    found: Cells = {}
    if frame.empty:
        return found
    groups: Any = frame.groupby("key", sort=False)
    for key, group in groups:
        each = [cents(sum(values, Fraction(0))) for _, values in group.groupby("who").value]
        largest = sorted((value for value in each if value), reverse=True)
        if largest:
            second = largest[1] if len(largest) > 1 else Decimal(0)
            found[key] = (sum(largest, Decimal(0)), Decimal(len(largest)), largest[0], second)
    return found


def cents(value: Fraction) -> Decimal:
    exact = Decimal(value.numerator * 1000) / Decimal(value.denominator) / 1000
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def earliest(*found: Any) -> date | None:
    return min((day for day in found if not pd.isna(day)), default=None)


def known(values: Iterable[Any], until: date) -> Frame:
    """Which days there are, and are not after another: to choose rows by."""
    return mask(not pd.isna(day) and day <= until for day in values)


def grouped(frame: Frame, column: str) -> Callable[[Any], Frame]:
    """The rows with a value in a column; none of them for one that is not there."""
    groups, none = dict(list(frame.groupby(column))), frame.iloc[:0]
    return lambda value: groups.get(value, none)


def each(frame: Frame) -> Iterator[Any]:
    """A frame's rows by name; far quicker than itertuples over columns of objects."""
    row: Any = namedtuple("Row", frame.columns, rename=True)  # type: ignore[misc]  # the columns are the tables'
    return map(row._make, frame.to_numpy(dtype=object).tolist())


def mask(chosen: Iterable[bool]) -> Frame:
    """Rows to choose, also when there are none to choose from."""
    return pd.array(list(chosen), dtype=bool)


def within(frame: Frame, column: str, start: date, end: date) -> Frame:
    return frame[mask(not pd.isna(day) and start <= day <= end for day in frame[column])]


# Users ----------------------------------------------------------------------------------------------------------------
def under_way(raw: Frames, start: date, end: date) -> Frame:
    """Assignments with a day in the period, with that day's grant: first and last day as they counted."""
    work = raw["assignment"].merge(
        raw["service_order"][["id", "grant_id"]], left_on="order_id", right_on="id", suffixes=("", "_o")
    )
    work = work.merge(raw["service_grant"], left_on="grant_id", right_on="id", suffixes=("", "_g"))
    work = work[work.starts_on.notna()]
    work["last"] = [earliest(r.ended_on, r.valid_to, r.ended_on_g) or date.max for r in each(work)]
    return work[mask(any(r.starts_on <= day <= r.last for day in days(start, end)) for r in each(work))]


def target(raw: Frames, day: date) -> dict[Any, str]:
    """What holds for each person: the latest that had begun, else the first of those to come."""
    rows, whose = raw["case_target"], owner(raw)
    found: dict[Any, str] = {}
    for who, group in rows.groupby(rows.case_id.map(whose)):
        begun = group[mask(first <= day for first in group.valid_from)]
        if begun.empty:
            first = group.valid_from.min()
            chosen = group[group.valid_from == first]
        else:
            chosen = begun[begun.valid_from == begun.valid_from.max()]
        code = chosen.sort_values(["noted_at", "id"]).iloc[-1].target_group
        found[who] = code if code in ("mental", "physical") else "unknown"
    return found


def regular(raw: Frames, end: date) -> Frame:
    work = raw["assignment"]
    return work[(work.role == "regular") & known(work.starts_on, end)]


def changed(raw: Frames, start: date, end: date) -> Counter[Any]:
    """How often each person got another contact in the same service in the period."""
    found: Counter[Any] = Counter()
    for (who, _), group in regular(raw, end).groupby(["person_id", "form"]):
        chain = sorted(zip(group.starts_on, group.contact_id.map(str), strict=True))
        found[who] += sum(1 for was, now in pairwise(chain) if was[1] != now[1] and now[0] >= start)
    return found


def people(raw: Frames, start: date, end: date) -> dict[str, Cells]:
    work, band = under_way(raw, start, end), ages(raw, end)
    sex = dict(zip(raw["person"].id, raw["person"].sex, strict=True))
    still, group, changes = (
        set(work[work["last"] >= end].person_id),
        target(raw, end),
        changed(raw, start, end),
    )
    users = [
        (band[who], sex[who] or "unknown", group.get(who, "unknown"), "yes" if who in still else "no",
         ("0", "1", "2")[changes[who]] if changes[who] < 3 else "3+")
        for who in work.person_id.unique()
    ]  # fmt: skip
    forms = work.drop_duplicates(["person_id", "form"]).form
    return {"users": count(users), "services": count((form,) for form in forms)}


# Hours ----------------------------------------------------------------------------------------------------------------
def hours(raw: Frames, start: date, end: date) -> dict[str, Cells]:
    band, whose = ages(raw, end), owner(raw)
    lines = within(raw["timesheet_line"], "worked_on", start, end)
    lines = lines[(lines.state == "approved") & lines.replaced_at.isna()]
    lines = lines.merge(
        raw["assignment"][["id", "person_id", "form"]],
        left_on="assignment_id",
        right_on="id",
        suffixes=("", "_a"),
    )
    given = [((r.form, band[r.person_id]), r.person_id, Fraction(r.hours)) for r in each(lines)]
    granted = raw["service_grant"].merge(
        raw["decision"], left_on="decision_id", right_on="id", suffixes=("", "_d")
    )
    parts = []
    for r in each(granted[granted.state.isin(MADE) & granted.kind.isin(GIVES) & granted.amount.notna()]):
        first = r.decided_on if pd.isna(r.valid_from) else r.valid_from
        last = earliest(r.valid_to, r.ended_on) or date.max
        for day in days(max(start, first), min(end, last)):
            share = 7 if r.unit == "week" else pd.Timestamp(day).days_in_month
            parts.append(((r.form, band[whose[r.case_id]]), whose[r.case_id], Fraction(r.amount) / share))
    return {"hours": add_up(given), "hours_granted": add_up(parts)}


# Waiting --------------------------------------------------------------------------------------------------------------
def waiting(raw: Frames, start: date, end: date) -> dict[str, Cells]:
    band = ages(raw, end)
    grants = raw["service_grant"].merge(
        raw["decision"][["id", "decided_on"]], left_on="decision_id", right_on="id", suffixes=("", "_d")
    )
    grants["line"] = [r.id if pd.isna(r.line_id) else r.line_id for r in each(grants)]
    of = grants.set_index("id")
    work = raw["assignment"][(raw["assignment"].role == "regular") & raw["assignment"].starts_on.notna()]
    lines, had_of = grouped(grants, "line"), grouped(work, "order_id")
    now, then = [], []
    for r in each(raw["service_order"]):
        sent = min(r.sent_on, r.waits_from)
        if sent > end:
            continue
        line = lines(of.line[r.grant_id])
        line = line[~known(line.decided_on, sent - ONE_DAY)]
        begins = max([sent, *([min(line.valid_from.dropna())] if line.valid_from.notna().any() else [])])
        had = had_of(r.id)
        stops = [x.ended_on for x in each(had)
                 if not pd.isna(x.ended_on) and x.end_reason not in CONTACT_LOST and x.ended_on >= begins]  # fmt: skip
        over = earliest(of.valid_to[r.grant_id], of.ended_on[r.grant_id], *stops)
        key = (r.form, band[r.person_id])
        there = [(x.starts_on, date.max if pd.isna(x.ended_on) else x.ended_on) for x in each(had)]
        if (
            begins <= end
            and not covered(there, end)
            and (r.state != "ended" if over is None else end <= over)
        ):
            now.append((bounds((end - since(there, begins, end)).days), *key))
        for day in days(start, end):
            if any(first == day for first, _ in there) and not covered(
                [t for t in there if t[0] < day], day - ONE_DAY
            ):
                waited = max(0, (day - since(there, begins, day)).days)
                then.append((bounds(waited), *key))
    return {"waiting": count(now), "waited": count(then)}


def covered(there: list[tuple[date, date]], day: date) -> bool:
    return any(first <= day <= last for first, last in there)


def since(there: list[tuple[date, date]], begins: date, day: date) -> date:
    """Where a wait that lasted until `day` began: after the last contact stopped, or when it was granted."""
    return max([begins, *(last for _, last in there if last < day)])


def bounds(number: int) -> str:
    return "0-28" if number <= 28 else "29-91" if number < 92 else "92-182" if number < 183 else "183"


def respite(raw: Frames, start: date, end: date) -> dict[str, Cells]:
    """Respite within a year after a contact was lost, or while nobody had come instead."""
    whose, work = owner(raw), regular(raw, end)
    granted_to = {g.id: earliest(g.valid_to, g.ended_on) for g in each(raw["service_grant"])}
    order = dict(zip(raw["service_order"].id, raw["service_order"].grant_id, strict=True))
    after = set()
    for asked in each(within(raw["respite_application"], "applied_on", start, end)):
        day, who = asked.applied_on, whose[asked.case_id]
        for _, group in work[work.person_id == who].groupby("form"):
            for lost in each(group[group.end_reason.isin(CONTACT_LOST)]):
                stopped = lost.ended_on
                if pd.isna(stopped) or stopped > end or stopped > day:
                    continue
                near = day <= (pd.Timestamp(stopped) + pd.DateOffset(months=12)).date()
                recent = stopped >= start - timedelta(days=731)
                others = group[group.id != lost.id]
                instead = [
                    x
                    for x in each(others)
                    if x.starts_on <= stopped and (pd.isna(x.ended_on) or x.ended_on > stopped)
                ]
                nexts = [x for x in others.starts_on if x > stopped]
                last = granted_to[order[lost.order_id]]
                until = (
                    min(nexts)
                    if nexts
                    else max(last, stopped) + ONE_DAY
                    if last is not None and last < end
                    else None
                )
                empty = ((until or end) - stopped).days - (until is not None)
                gap = (
                    not instead
                    and empty > 0
                    and (until is None or day <= until)
                    and (until or end) >= start - timedelta(days=731)
                )
                if (near and recent) or gap:
                    after.add(who)
    return {"respite_after_loss": {(): (Decimal(len(after)),)} if after else {}}


# Decisions, evaluations, complaints, deviations -----------------------------------------------------------------------
def decisions(raw: Frames, start: date, end: date) -> dict[str, Cells]:
    band, whose, all_of = ages(raw, end), owner(raw), raw["decision"]
    forms = raw["service_grant"].groupby("decision_id").form.agg(set)
    made = within(all_of[all_of.state.isin(MADE)], "decided_on", start, end)
    new, others = [], []
    for r in each(made):
        who = band[whose[r.case_id]]
        if r.kind in ("grant", "partial") and pd.isna(r.replaces_id):
            if r.id in forms:
                new.append((next(iter(forms[r.id])) if len(forms[r.id]) == 1 else "several", who))
        else:
            others.append(("change" if r.kind in GIVES else r.kind, who))
    over = within(all_of[all_of.kind.isin(GIVES) & all_of.state.isin(("ended", "replaced")) & (all_of.outcome != "changed")],
                  "ended_on", start, end)  # fmt: skip
    ended = [(r.outcome or "unknown", band[whose[r.case_id]]) for r in each(over)]
    return {"new_decisions": count(new), "other_decisions": count(others), "ended_decisions": count(ended)}


def evaluations(raw: Frames, start: date, end: date) -> dict[str, Cells]:
    band, whose, rules = ages(raw, end), owner(raw), raw["allocation_rule"]
    rule = rules[mask(day <= end for day in rules.valid_from)].sort_values("valid_from").iloc[-1]
    step = pd.DateOffset(months=int(rule.evaluation_months))
    done = raw["evaluation"][raw["evaluation"].state == "done"]
    grants_of, held_of = (
        grouped(raw["service_grant"], "decision_id"),
        grouped(done[known(done.held_on, end)], "decision_id"),
    )
    due = []
    for r in each(raw["decision"][raw["decision"].kind.isin(GIVES) & raw["decision"].state.isin(MADE)]):
        grants = grants_of(r.id)
        if pd.isna(r.decided_on) or r.decided_on > end or grants.empty:
            continue
        lasts = [earliest(g.valid_to, g.ended_on) for g in each(grants)]
        ends = [last for last in lasts if last is not None]
        last = earliest(r.ended_on, max(ends) if len(ends) == len(lasts) else None)
        agreed: Any = r.evaluate_on
        counted_from = max(
            [r.decided_on, *([min(grants.valid_from.dropna())] if grants.valid_from.notna().any() else [])]
        )
        held = held_of(r.id)
        for one in [*each(held.sort_values(["held_on", "id"])), None]:
            day = earliest(agreed, (pd.Timestamp(counted_from) + step).date())
            assert day is not None
            if start <= day <= end and (one is not None or last is None or day <= last):
                due.append(
                    (
                        "not_done" if one is None else "in_time" if one.held_on <= day else "late",
                        band[whose[r.case_id]],
                    )
                )
            if one is not None:
                agreed, counted_from = one.next_on, one.held_on
    said = [
        (
            *(getattr(r, name) or "unknown" for name in ("goal_reached", "hours_fit", "form_fits", "lonely")),
            band[whose[r.case_id]],
        )
        for r in each(within(done, "held_on", start, end))
    ]
    return {"evaluations": count(due), "evaluated": count(said)}


def complaints(raw: Frames, start: date, end: date) -> dict[str, Cells]:
    rows = raw["complaint"]
    answered = within(rows[rows.answer != ""], "concluded_on", start, end).answer
    taken_back = within(rows[rows.concluded_on.isna()], "withdrawn_on", start, end)
    appealed = within(rows[rows.appeal_result != ""], "appeal_decided_on", start, end).appeal_result
    return {
        "complaints": count(() for _ in each(within(rows, "received_on", start, end))),
        "complaints_answered": count(
            [*((one,) for one in answered), *(("withdrawn",) for _ in each(taken_back))]
        ),
        "complaints_appealed": count((one,) for one in appealed),
    }


def deviations(raw: Frames, start: date, end: date) -> dict[str, Cells]:
    rows, story = (
        raw["deviation"],
        grouped(raw["deviation_event"].sort_values(["happened_on", "id"]), "deviation_id"),
    )
    closed, still = [], []
    for r in each(rows):
        told = story(r.id)
        if (within(told, "happened_on", start, end).what == "closed").any():
            closed.append((r.kind,))
        was = [e.what for e in each(told) if e.happened_on <= end and e.what != "opened"]
        if r.found_on <= end and (not was or was[-1] == "reopened"):
            still.append((r.kind,))
    return {
        "deviations_opened": count((kind,) for kind in within(rows, "found_on", start, end).kind),
        "deviations_closed": count(closed),
        "deviations_open": count(still),
    }


def voices(raw: Frames, start: date, end: date) -> dict[str, Cells]:
    said = within(raw["group_voice"], "said_on", start, end)
    return {
        "voices": count(
            said[["likes", "doing", "company", "deciding", "safe"]].itertuples(index=False, name=None)
        )
    }


# All of it ------------------------------------------------------------------------------------------------------------
PARTS = (people, hours, waiting, respite, decisions, evaluations, complaints, deviations, voices)


def expected(raw: Frames, start: date, end: date) -> dict[str, Cells]:
    """Every figure of people and services over a period, by the measure's id."""
    return {name: cells for part in PARTS for name, cells in part(raw, start, end).items()}


async def frames(admin: Any, tenant: Any) -> Frames:
    """The municipality's tables, whole. Days stay days, and sums stay decimals."""
    found = {}
    for table in TABLES:
        rows = await admin.fetch(f"SELECT * FROM {table} WHERE tenant_id = $1", tenant)
        names = [column.name for column in (await admin.prepare(f"SELECT * FROM {table}")).get_attributes()]
        found[table] = pd.DataFrame([tuple(row) for row in rows], columns=names, dtype=object)
    return found
