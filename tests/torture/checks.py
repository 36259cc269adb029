"""After the torture: everything acknowledged is there once, nothing is half, nothing was done twice."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sammen.audit.verify import verify
from sammen.jobs.order import Order
from sammen.jobs.queue import put
from sammen.operations.queries import retry_job
from sammen.policy.roles import Role
from sammen.tenancy.context import PlaceKind
from tests.database import KEYS
from tests.torture.house import House
from tests.torture.journal import Journal

THERE = {
    "case": "SELECT given_name FROM person WHERE given_name LIKE 'case-%'",
    "mapping": "SELECT own_words FROM mapping WHERE own_words LIKE 'mapping-%'",
    "hours": "SELECT activity FROM timesheet_line WHERE activity LIKE 'hours-%'",
    "receipt": "SELECT activity FROM timesheet_line WHERE activity LIKE 'receipt-%'",
    "message": "SELECT text FROM message WHERE text LIKE 'message-%'",
    "seat": "SELECT course_id || ':' || contact_id FROM course_signup WHERE enrolment_id IS NOT NULL",
    "letter": "SELECT title FROM service_letter WHERE title LIKE 'letter-%'",
    "letter sent": "SELECT title FROM service_letter WHERE state = 'sent'",
    "newsletter": "SELECT id::text FROM newsletter WHERE state = 'sent'",
    "close": "SELECT id::text FROM payroll_run WHERE state = 'closed'",
}
"""The marks of each kind that are in the database."""
WHOLE = {
    "a case without its one application and person": (
        "SELECT c.id FROM case_file c WHERE (SELECT count(*) FROM application a WHERE a.case_id = c.id) <> 1"
        " OR (SELECT count(*) FROM person p WHERE p.id = c.person_id) <> 1"
    ),
    "a person from a form without a case": (
        "SELECT p.id FROM person p WHERE given_name LIKE 'case-%'"
        " AND NOT EXISTS (SELECT 1 FROM case_file c WHERE c.person_id = p.id)"
    ),
    "a case that the trail does not know once": (
        "SELECT c.id FROM case_file c WHERE (SELECT count(*) FROM audit_entry e WHERE e.action = 'case.opened'"
        " AND e.object_id = c.id) <> 1"
    ),
    "mappings and their entries": (
        "SELECT 1 WHERE (SELECT count(*) FROM mapping)"
        " <> (SELECT count(*) FROM audit_entry WHERE action = 'mapping.recorded')"
    ),
    "hours and their entries": (
        "SELECT l.id FROM timesheet_line l WHERE activity ~ '^(hours|receipt)-' AND (SELECT count(*) FROM audit_entry e"
        " WHERE e.action = 'hours.sent' AND e.object_id = l.id) <> 1"
    ),
    "hours without their receipt, or with two": (
        "SELECT l.id FROM timesheet_line l WHERE activity LIKE 'receipt-%'"
        " AND (l.expenses <> 45 OR (SELECT count(*) FROM receipt r WHERE r.line_id = l.id) <> 1)"
    ),
    "a course with more people than seats": (
        "SELECT c.id FROM course c WHERE (SELECT count(*) FROM enrolment e WHERE e.course_id = c.id"
        " AND e.state = 'enrolled') > c.seats"
    ),
    "a seat without a sign-up, or the other way": (
        "SELECT e.id FROM enrolment e FULL JOIN course_signup s ON s.enrolment_id = e.id WHERE e.id IS NULL OR s.id IS NULL"
    ),
    "a letter on its way for ever, or without its receipt": (
        "SELECT l.id FROM service_letter l WHERE l.state = 'sending' OR (l.state = 'sent'"
        " AND (SELECT count(*) FROM service_letter_receipt r WHERE r.service_letter_id = l.id)"
        "  <> (SELECT max(n) FROM (SELECT count(*) AS n FROM service_letter_receipt GROUP BY service_letter_id) c))"
    ),
    "a letter that was told of never or twice": (
        "SELECT l.id FROM service_letter l WHERE l.state = 'sent'"
        " AND (SELECT count(*) FROM outgoing o WHERE o.once LIKE 'service_letter:' || l.id || ':%') <> 1"
    ),
    "a newsletter that somebody on the list did not get": (
        "SELECT n.id FROM newsletter n WHERE n.state <> 'draft' AND (SELECT count(*) FROM newsletter_recipient r"
        " WHERE r.newsletter_id = n.id AND r.state = 'sent') <> (SELECT count(*) FROM newsletter_subscriber)"
    ),
    "a notice that has not left": "SELECT id FROM outgoing WHERE state <> 'sent'",
    "hours paid twice": "SELECT line_id FROM pay_item WHERE kind = 'pay' GROUP BY line_id, component HAVING count(*) > 1",
    "hours of a closed month that are not paid": (
        "SELECT l.id FROM timesheet_line l WHERE l.activity = 'Bading'"
        " AND l.worked_on <= (SELECT max(last) FROM payroll_run WHERE state = 'closed')"
        " AND NOT EXISTS (SELECT 1 FROM pay_item i WHERE i.line_id = l.id)"
    ),
    "a run whose sum is not its lines'": (
        "SELECT r.id FROM payroll_run r WHERE r.state IN ('ready', 'closed')"
        " AND r.total_ore <> (SELECT coalesce(sum(amount_ore), 0) FROM pay_item i WHERE i.run_id = r.id)"
    ),
    "a closed run without its two files": (
        "SELECT r.id FROM payroll_run r WHERE r.state = 'closed'"
        " AND (SELECT count(*) FROM pay_file f WHERE f.run_id = r.id) <> 2"
    ),
    "closed runs not numbered from one": (
        "SELECT pay_year FROM payroll_run WHERE number IS NOT NULL GROUP BY tenant_id, pay_year HAVING max(number) <> count(*)"
    ),
    "a form's key without its answer": "SELECT id FROM idempotency_key WHERE status IS NULL",
}
"""Statements that find what is half, doubled or missing: each must find nothing."""
REFERENCES = """
SELECT c.conname, n.nspname || '.' || t.relname AS child, pn.nspname || '.' || p.relname AS parent,
       array(SELECT quote_ident(attname) FROM unnest(c.conkey) WITH ORDINALITY k(n, i)
               JOIN pg_attribute ON attrelid = c.conrelid AND attnum = k.n ORDER BY i) AS own,
       array(SELECT quote_ident(attname) FROM unnest(c.confkey) WITH ORDINALITY k(n, i)
               JOIN pg_attribute ON attrelid = c.confrelid AND attnum = k.n ORDER BY i) AS theirs
  FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
  JOIN pg_class p ON p.oid = c.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
 WHERE c.contype = 'f' AND n.nspname = 'sammen'
"""


@dataclass(slots=True)
class Verdict:
    """What was found. `wrong` is empty when everything held."""

    wrong: list[str] = field(default_factory=list)
    there: dict[str, int] = field(default_factory=dict)
    unknown: Counter[str] = field(default_factory=Counter)
    mails: int = 0
    copies: int = 0
    """Mails that came more than once."""
    stopped: int = 0
    """Jobs that an operator had to try again."""
    references: int = 0
    sealed: int = 0


async def settle_jobs(house: House, seconds: float = 90) -> int:
    """Wait until the queue is empty, trying stopped jobs again as an operator does. How many had stopped."""
    stopped = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        rows = await house.world.sql("SELECT id, status::text AS status, execute_after FROM job_queue")
        failed = [row["id"] for row in rows if row["status"] == "failed"]
        if failed:
            stopped += len(failed)
            async with house.world.at("drift", Role.OPERATOR) as uow:
                for number in failed:
                    await retry_job(uow, number, uuid4())
        elif not rows:
            return stopped
        # A notice that was put off waits a minute or more: nobody waits for that here.
        await house.world.sql(
            "UPDATE job_queue SET execute_after = now() WHERE execute_after > now() + interval '5 s'"
        )
        await house.world.sql(
            "UPDATE outgoing SET next_try_at = now() WHERE state = 'queued' AND next_try_at > now()"
        )
        await asyncio.sleep(0.3)
    raise AssertionError(f"the queue is not empty after {seconds} s: {[dict(row) for row in rows][:5]}")


async def seal(house: House) -> None:
    """Ask for what the clock asks for every minute."""
    world = house.world
    async with world.at("horten", Role.MANAGER) as uow:
        for tenant in (world.horten, world.re):
            await put(uow.raw, KEYS, Order("audit.seal", {}, PlaceKind.MUNICIPALITY, tenant))
        await put(uow.raw, KEYS, Order("audit.seal", {}, PlaceKind.REGION, world.region))


async def judge(house: House, journal: Journal, kills: int) -> Verdict:
    """Hold the database against the journal."""
    verdict = Verdict(wrong=list(journal.odd))
    verdict.stopped = await settle_jobs(house)
    await seal(house)
    await settle_jobs(house)
    for kind, statement in THERE.items():
        there = Counter(row[0] for row in await house.world.sql(statement))
        verdict.there[kind] = sum(there.values())
        done, not_done = journal.resolved(kind, there)
        verdict.unknown.update({"done": done, "not done": not_done})
        verdict.wrong += journal.compare(kind, there)
    for name, statement in WHOLE.items():
        found = await house.world.sql(statement)
        if found:
            verdict.wrong.append(f"{name}: {[str(row[0]) for row in found][:5]}")
    verdict.references, broken = await _references(house)
    verdict.wrong += broken
    await _mails(house, verdict, kills)
    for report in await verify(house.world.database.admin_url):
        verdict.sealed += report.sealed
        if report.broken or (report.waiting and report.slug != "drift"):
            verdict.wrong.append(
                f"the trail of {report.slug}: {report.broken or 'entries that nobody sealed'}"
            )
    return verdict


async def _references(house: House) -> tuple[int, list[str]]:
    """Every foreign key tried by hand: what a crash would have torn, a constraint does not look at again."""
    keys = await house.world.sql(REFERENCES)
    wrong = []
    parts = []
    for number, key in enumerate(keys):
        pairs = " AND ".join(
            f"c.{own} = p.{theirs}" for own, theirs in zip(key["own"], key["theirs"], strict=True)
        )
        given = " AND ".join(f"c.{own} IS NOT NULL" for own in key["own"])
        parts.append(
            f"SELECT {number} AS n WHERE EXISTS (SELECT 1 FROM {key['child']} c WHERE {given}"
            f" AND NOT EXISTS (SELECT 1 FROM {key['parent']} p WHERE {pairs}))"
        )
    for start in range(0, len(parts), 50):
        rows: list[Any] = await house.world.sql(" UNION ALL ".join(parts[start : start + 50]))
        wrong += [f"a torn reference: {keys[row['n']]['conname']}" for row in rows]
    return len(keys), wrong


async def _mails(house: House, verdict: Verdict, kills: int) -> None:
    """At least one of each, and at most one copy too many for each death (0040)."""
    copies = house.inbox.copies
    verdict.mails, verdict.copies = len(copies), sum(copies.values()) - len(copies)
    wanted = (
        await house.world.sql(
            "SELECT (SELECT count(*) FROM outgoing WHERE state = 'sent')"
            " + (SELECT count(*) FROM newsletter_recipient WHERE state = 'sent') AS n"
        )
    )[0]["n"]
    if verdict.mails != wanted:
        verdict.wrong.append(f"{wanted} letters are marked as sent, and {verdict.mails} came")
    if verdict.copies > 6 * kills:  # a worker has six jobs under way
        verdict.wrong.append(f"{verdict.copies} copies for {kills} deaths")
