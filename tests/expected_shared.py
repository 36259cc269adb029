"""What figures of contacts, money and sharing should be, worked out with pandas from whole tables as an administrator reads
them: shares no query with the measures (tests/integration/test_shared_measures_agree.py compares).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from sammen.clock import OSLO
from sammen.workdays import is_workday

Frame = Any
"""A DataFrame of Python's own values; the stubs would make every cell a union of all there may be."""
Frames = Mapping[str, Frame]
Cells = dict[tuple[str, ...], tuple[Decimal, ...]]
CENT = Decimal("0.01")


def years(first: date, day: date) -> int:
    """Whole years, counted by going through the anniversaries."""
    return sum(1 for year in range(first.year + 1, day.year + 1) if anniversary(first, year) <= day)


def anniversary(first: date, year: int) -> date:
    try:
        return first.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def band(number: int | None, *edges: tuple[int, str]) -> str:
    if number is None:
        return "unknown"
    return [code for least, code in edges if number >= least][-1]


def age(born: Any, day: date) -> str:
    number = None if pd.isna(born) else years(born, day)
    return band(number, (0, "0-17"), (18, "18-25"), (26, "26-39"), (40, "40-54"), (55, "55-66"), (67, "67"))


def served(since: date, day: date) -> str:
    return band(years(since, day), (0, "0"), (1, "1"), (2, "2"), (5, "5"), (10, "10"))


def count(keys: Sequence[tuple[str, ...]]) -> Cells:
    """How many there are of each key."""
    return {key: (Decimal(number),) for key, number in Counter(keys).items()}


def add_up(frame: Frame, by: list[str], who: str, value: str) -> Cells:
    """Sums by key, with how many stand behind and the two largest parts."""
    found: Cells = {}
    parts = frame[frame[value] != 0].groupby([*by, who], sort=False)[value].sum().reset_index()
    for key, group in parts.groupby(by, sort=False):
        largest = sorted(group[value], reverse=True)
        second = largest[1] if len(largest) > 1 else Decimal(0)
        found[key] = (sum(largest, Decimal(0)), Decimal(len(largest)), largest[0], second)
    return found


def spells(raw: Frames) -> Frame:
    """Every spell with a first day, numbered within each contact."""
    now = raw["support_contact"].rename(columns={"id": "contact_id"})
    now = now.merge(raw["person"], left_on="person_id", right_on="id", suffixes=("", "_p"))
    before = raw["contact_spell"][["contact_id", "since", "ended_on", "end_reason"]].merge(
        now[["contact_id", "birth_date", "sex", "came_from", "state", "created_at"]], on="contact_id"
    )
    found: Frame = pd.concat([before, now[before.columns]], ignore_index=True)
    found = found[found["since"].notna()].sort_values(["contact_id", "since"], kind="stable")
    return found.assign(nth=found.groupby("contact_id").cumcount() + 1)


def standing(found: Frame, day: date) -> Frame:
    runs = [
        since <= day and (pd.isna(ended) or ended > day)
        for since, ended in zip(found.since, found.ended_on, strict=True)
    ]
    return found[runs].drop_duplicates("contact_id", keep="last")


def within(found: Frame, column: str, start: date, end: date) -> Frame:
    return found[[not pd.isna(day) and start <= day <= end for day in found[column]]]


# Contacts --------------------------------------------------------------------------------------------------------------
def contacts(raw: Frames, start: date, end: date) -> dict[str, Cells]:
    all_spells = spells(raw)
    here = standing(all_spells, end)
    days = pd.Series([day.date() for day in pd.date_range(start, end)])
    mean = {
        contact: sum(any(s <= day and (pd.isna(e) or day <= e) for s, e in zip(group.since, group.ended_on, strict=True))
                     for day in days)
        for contact, group in all_spells.groupby("contact_id")
    }  # fmt: skip
    parts = sorted((Decimal(one) / len(days) for one in mean.values() if one), reverse=True)
    rounded = [
        part.quantize(CENT, ROUND_HALF_UP)
        for part in (sum(parts, Decimal(0)), *(*parts, Decimal(0), Decimal(0))[:2])
    ]
    left = within(all_spells, "ended_on", start, end).drop_duplicates("contact_id", keep="last")
    why = {
        "own_wish": "choice",
        "no_time": "choice",
        "other_work": "choice",
        "municipality": "municipality",
        "": "unknown",
    }
    return {
        "contacts": count([(age(b, end), served(s, end), x or "unknown")
                           for b, s, x in zip(here.birth_date, here.since, here.sex, strict=True)]),
        "contacts_mean": {(): (rounded[0], Decimal(len(parts)), rounded[1], rounded[2])} if rounded[0] else {},
        "contacts_left": count([(why.get(r, "life"), served(s, e))
                                for r, s, e in zip(left.end_reason, left.since, left.ended_on, strict=True)]),
        **came(raw, all_spells, start, end),
        "contacts_load": load(raw, here, end),
        "contacts_covered": covered(raw, here, start, end),
    }  # fmt: skip


def came(raw: Frames, all_spells: Frame, start: date, end: date) -> dict[str, Cells]:
    first = raw["assignment"].copy()
    first["sorting"] = [date.max if pd.isna(day) else day for day in first.starts_on]
    first = first.sort_values(["sorting", "id"]).drop_duplicates("contact_id")
    pool = set(first[first.source == "pool"].contact_id)

    def how(row: Any) -> str:
        if row.nth > 1:
            return "back"
        return "campaign" if not pd.isna(row.came_from) else "pool" if row.contact_id in pool else "other"

    began = within(all_spells, "since", start, end).drop_duplicates("contact_id", keep="last")
    cohort = within(all_spells, "since", start.replace(year=start.year - 1), last_of_february(end))
    cohort = cohort.drop_duplicates("contact_id", keep="last")
    kept = [
        ("yes" if pd.isna(row.ended_on) or row.ended_on > year_later(row.since) else "no", how(row))
        for row in cohort.itertuples()
    ]
    return {
        "contacts_began": count([(how(row), age(row.birth_date, row.since)) for row in began.itertuples()]),
        "contacts_kept": count(kept),
    }


def last_of_february(end: date) -> date:
    return date(end.year - 1, 2, 28) if (end.month, end.day) == (2, 29) else end.replace(year=end.year - 1)


def year_later(day: date) -> date:
    return date(day.year + 1, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)


def load(raw: Frames, here: Frame, end: date) -> Cells:
    grants = raw["service_order"].merge(
        raw["service_grant"], left_on="grant_id", right_on="id", suffixes=("", "_g")
    )
    work = raw["assignment"].merge(
        grants[["id", "valid_to", "ended_on"]].rename(columns={"ended_on": "grant_ended"}),
        left_on="order_id", right_on="id", suffixes=("", "_o"),
    )  # fmt: skip
    running = [
        row.state != "planned" and not pd.isna(row.starts_on) and row.starts_on <= end
        and all(pd.isna(day) or day > end for day in (row.ended_on, row.valid_to, row.grant_ended))
        for row in work.itertuples()
    ]  # fmt: skip
    many = work[running].groupby("contact_id").size()
    return count(
        [
            (band(int(many.get(one, 0)), (0, "0"), (1, "1"), (2, "2"), (3, "3-5"), (6, "6")),)
            for one in here.contact_id
        ]
    )


def covered(raw: Frames, here: Frame, start: date, end: date) -> Cells:
    rules = raw["provision_rule"]
    rule = rules[[day <= end for day in rules.valid_from]].sort_values("valid_from").iloc[-1]
    codes = {"intro_course"} if rule.course_before_start else {"intro_course", "guidance"}
    asked, learned, talks = raw["police_request"], raw["contact_competence"], raw["conversation"]
    guests = raw["information_meeting_guest"].merge(
        raw["information_meeting"], left_on="information_meeting_id", right_on="id", suffixes=("", "_m")
    )
    shown = dict(zip(raw["vetting"].contact_id, raw["vetting"].police_shown_on, strict=True))
    steps = raw["contact_step"]
    keys = []
    for one in here.itertuples():
        requests = asked[asked.contact_id == one.contact_id]
        day = shown.get(one.contact_id)
        police = (not pd.isna(day) and day <= end) or any(r.asked_on > end for r in requests.itertuples())
        police = police and not any(
            r.asked_on <= end and (pd.isna(r.shown_on) or r.shown_on > end) for r in requests.itertuples()
        )
        course = any(
            c.code in codes and c.completed_on <= end and (pd.isna(c.valid_to) or c.valid_to >= end)
            for c in learned[learned.contact_id == one.contact_id].itertuples()
        )
        mine = talks[(talks.contact_id == one.contact_id) & talks.held_on.notna()]
        said = [t.held_on for t in mine.itertuples() if t.kind == "conversation" and t.held_on <= end]
        due = months_later(
            max(said) if said else max(one.since, one.created_at.date()), int(rule.conversation_months)
        )
        states = [s for s in steps[steps.contact_id == one.contact_id].itertuples() if s.happened_on <= end]
        state = max(states, key=lambda s: (s.happened_on, s.noted_at, s.id)).state if states else one.state
        met = any(start <= t.held_on <= end for t in mine.itertuples()) or any(
            g.came and pd.isna(g.cancelled_on) and start <= g.meets_on <= end
            for g in guests[guests.contact_id == one.contact_id].itertuples()
        )
        talked = "pause" if state == "paused" else yes(due >= end)
        keys.append((yes(police), yes(course), talked, yes(met)))
    return count(keys)


def yes(holds: bool) -> str:
    return "yes" if holds else "no"


def months_later(day: date, months: int) -> date:
    found: date = (pd.Timestamp(day) + pd.DateOffset(months=months)).date()
    return found


# Money -----------------------------------------------------------------------------------------------------------------
def half_up(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1), ROUND_HALF_UP)


def money(raw: Frames, tenant: Any, start: date, end: date) -> dict[str, Cells]:
    lines = raw["timesheet_line"].merge(
        raw["assignment"][["id", "form"]], left_on="assignment_id", right_on="id", suffixes=("", "_a")
    )
    lines = within(
        lines[(lines.state == "approved") & lines.replaced_at.isna()], "worked_on", start, end
    ).sort_values("id")
    timed = (lines.form == "group") & (lines.hours > 0) & lines.starts.notna() & lines.ends.notna()
    again = lines[timed].duplicated(["contact_id", "worked_on", "starts", "ends"])
    tables, steps = raw["rate_table"].sort_values("valid_from"), raw["rate_step"]
    parts, worked = [], []
    for row in lines.itertuples():
        table = tables[[day <= row.worked_on for day in tables.valid_from]].iloc[-1]
        rows = steps[steps.table_id == table.id]
        rate = rows[(rows.component == "hours") & (rows.form == row.form)].kroner.iloc[0]
        km = rows[rows.component == "kilometres"].kroner.iloc[0]
        hours = Decimal(0) if bool(again.get(row.Index, False)) else row.hours
        ore = half_up(hours * rate * 100)
        extra = half_up(ore * table.holiday_percent / 100)
        parts += [
            ("pay", row.form, row.contact_id, (ore + extra) / 100),
            ("expenses", row.form, row.contact_id, row.expenses),
            ("travel", row.form, row.contact_id, half_up(row.kilometres * km * 100) / 100),
        ]
        if hours:
            work = (
                row.form
                if row.form != "individual"
                else "weekday"
                if is_workday(row.worked_on)
                else "weekend"
            )
            worked.append((row.contact_id, work, hours, ore))
    costs: Frame = pd.DataFrame(
        [*parts, *owed(raw, tenant, start, end)], columns=["kind", "form", "who", "kroner"]
    )
    cells = add_up(costs, ["kind", "form"], "who", "kroner")
    each = raw["administration_cost"]
    total = sum(
        (kroner * Decimal(sum(1 for d in pd.date_range(start, end) if d.year == year)) / (366 if year % 4 == 0 else 365)
         for year, kroner in zip(each.year, each.kroner, strict=True)), Decimal(0),
    ).quantize(CENT)  # fmt: skip
    if total:
        cells["administration", "shared"] = (total, Decimal(0), Decimal(0), Decimal(0))
    return {"cost": cells, "pay_bands": bands(worked)}


def bands(worked: list[tuple[Any, ...]]) -> Cells:
    order = ("weekday", "weekend", "group", "training", "organisation")
    frame: Frame = pd.DataFrame(worked, columns=["who", "work", "hours", "ore"])
    by = frame.groupby(["who", "work"])[["hours", "ore"]].sum().reset_index()
    keys = []
    for _, group in by.groupby("who"):
        best = sorted(group.itertuples(), key=lambda r: (-r.hours, order.index(r.work)))[0]
        kroner = int(best.ore / best.hours) // 100
        keys.append((best.work, band(kroner, (0, "0"), *((n, str(n)) for n in range(180, 261, 20)))))
    return count(keys)


def owed(raw: Frames, tenant: Any, start: date, end: date) -> list[tuple[Any, ...]]:
    facts, agreements = raw["settlement_fact"], raw["settlement_agreement"]
    mine = within(facts[facts.debtor_id == tenant], "month", start, end).assign(
        nobody=lambda f: f.candidate_id.astype(str)
    )
    newest = mine.sort_values("revision").drop_duplicates(["kind", "month", "nobody"], keep="last")
    prices = agreements[(agreements.a_id == tenant) | (agreements.b_id == tenant)].iloc[0]
    cells = {"hours": ("exchange", "shared"), "recruited": ("exchange", "shared"), "seats": ("courses", "shared"),
             "places": ("exchange", "group")}  # fmt: skip
    price = {
        "hours": prices.hour_ore,
        "recruited": prices.recruiting_ore,
        "seats": prices.seat_ore,
        "places": prices.place_ore,
    }
    parts = []
    for fact in newest.itertuples():
        if fact.month < prices.valid_from:
            continue
        ore = Decimal(int(price[fact.kind]))
        if fact.kind in ("hours", "recruited"):
            parts.append((*cells[fact.kind], str(fact.candidate_id), half_up(fact.quantity * ore) / 100))
            continue
        parts += [
            (*cells[fact.kind], f"{fact.kind}{number}", ore / 100) for number in range(int(fact.quantity))
        ]
    return parts


# What is shared --------------------------------------------------------------------------------------------------------
def shared(raw: Frames, tenant: Any, start: date, end: date) -> dict[str, Cells]:
    proposals, known = raw["proposal"], raw["introduced_substitute"]
    lent = set(
        proposals[
            (proposals.need_tenant_id == tenant)
            & (proposals.home_id != tenant)
            & proposals.matched_at.notna()
        ].id
    )
    work = raw["assignment"]
    through = {(row.case_id, row.contact_id) for row in known.itertuples() if row.proposal_id in lent}
    other = {
        row.id for row in work.itertuples()
        if row.proposal_id in lent or (row.role != "regular" and (row.case_id, row.contact_id) in through)
    }  # fmt: skip
    lines = raw["timesheet_line"]
    lines = within(
        lines[(lines.state == "approved") & lines.replaced_at.isna() & (lines.hours > 0)],
        "worked_on",
        start,
        end,
    )
    hours = lines.merge(
        work[["id", "form", "person_id"]], left_on="assignment_id", right_on="id", suffixes=("", "_a")
    )
    hours["origin"] = ["other" if one in other else "own" for one in hours.assignment_id]
    users = hours.groupby("person_id").origin.apply(lambda found: "other" if "other" in set(found) else "own")
    needs = raw["need"][raw["need"].posted_by == tenant]
    over = within(needs[needs.state != "open"], "closed_week", start, end)
    return {
        "cross_hours": add_up(hours, ["origin", "form"], "person_id", "hours"),
        "cross_users": count([(one,) for one in users]),
        "needs_posted": count([(one,) for one in within(needs, "posted_week", start, end).purpose]),
        "needs_ended": count(
            [(r.state, band((r.closed_week - r.posted_week).days, (0, "0"), (14, "14"), (28, "28"), (91, "91")))
             for r in over.itertuples()]
        ),
        "group_places": places(raw, tenant, end),
        "course_seats": seats(raw, tenant, start, end),
    }  # fmt: skip


def places(raw: Frames, tenant: Any, end: date) -> Cells:
    hosted = dict(zip(raw["activity_group"].joint_id, raw["activity_group"].hosted, strict=True))
    return count([
        ("own" if hosted[row.joint_group_id] else "other",)
        for row in raw["joint_seat"][raw["joint_seat"].home_id == tenant].itertuples()
        if not pd.isna(row.member_from) and row.member_from <= end and (pd.isna(row.ended_on) or row.ended_on > end)
    ])  # fmt: skip


def seats(raw: Frames, tenant: Any, start: date, end: date) -> Cells:
    had = raw["enrolment"]
    had = had[(had.home_id == tenant) & (had.state == "enrolled")]
    held = had.merge(raw["course"], left_on="course_id", right_on="id", suffixes=("", "_c"))
    held = held[held.state_c.isin(["open", "held"])]
    held = held.assign(day=[moment.astimezone(OSLO).date() for moment in held.ends_at])
    return count([
        ("region" if pd.isna(row.host_id) else "own" if row.host_id == tenant else "other", row.kind)
        for row in within(held, "day", start, end).itertuples()
    ])  # fmt: skip


def expected(raw: Frames, tenant: Any, start: date, end: date) -> dict[str, Cells]:
    """Every measure of contacts, money and sharing by id: key → (value,), or of sums and money (value, how many stand
    behind, their largest, their second).
    """
    return {**contacts(raw, start, end), **money(raw, tenant, start, end), **shared(raw, tenant, start, end)}
