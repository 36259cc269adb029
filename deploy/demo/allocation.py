"""Allocation at work in every municipality: what waits to be decided, replies that were promised, complaints, deviations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from deploy.demo.chance import Chance, at
from deploy.demo.lives import Life, Written
from deploy.demo.stories import HORTEN
from deploy.demo.town import Colleague, Town
from sammen.policy.roles import Role
from tenants.assignments.models import ServiceOrder
from tenants.cases.api import decide_by, start_by
from tenants.cases.models import AllocationRule, Application, CaseFile
from tenants.complaints.models import Complaint
from tenants.complaints.rules import answer_by, complaint_deadline, due_on, interim_by, reached_by_post
from tenants.decisions.models import Decision, ServiceGrant
from tenants.letters.models import InterimReply
from tenants.quality.models import Deviation, DeviationEvent, DeviationMeasure
from tenants.waiting.models import RespiteApplication

WEEKS = 4
RECONSIDER_DAYS = 28
PROMISED = 0.75
"""Share of those past the month that have had an interim reply."""
LATE_BECAUSE = "Vi venter på uttalelse fra skolen, og på en samtale til med familien."
RULES: dict[str, dict[str, Any]] = {
    "0701": {"interim_days_before": 5, "expiry_days": 60},
    "0709": {"evaluation_months": 12, "expiry_days": 120},
    "0716": {"four_eyes": False},
    "0704": {"interim_days_before": 14, "reconsider_days": 21},
}
"""What some municipalities have decided for themselves; the others use the region's."""


def write_allocation(town: Town, lives: Sequence[Life]) -> None:
    """Everything that needs only the lives. Ids come from a stream of its own, so that nobody's life is changed by it."""
    chance = Chance(f"allocation/{town.place.code}")
    if town.place.code in RULES:
        since = town.as_of.replace(day=1) - timedelta(days=200)
        town.rows.add(
            AllocationRule,
            tenant_id=town.id,
            id=chance.id_at(since),
            valid_from=since,
            **RULES[town.place.code],
        )
    seen = [
        life for life in lives if not life.shielded and life.purchaser != "child_welfare" and not life.consent
    ]
    if town.place.code == HORTEN:
        _decide_now(town, [life for life in seen if life.state == "waiting" and life.need_id is None])
    _propose(town, [life for life in seen if life.state == "deciding"])
    _promise(town, chance, [life for life in lives if life.decided is None and not life.shielded])
    _respite(town, chance, seen)
    _deviations(town, chance, seen)
    _complaints(town, chance, seen)


def file_of(life: Life) -> Written:
    """What was written of a life. AssertionError before it is."""
    assert life.written is not None
    return life.written


def _decide_now(town: Town, lives: Sequence[Life]) -> None:
    """Two decisions were made on the last working day: their letters are to leave, and their orders are unanswered."""
    day = town.as_of - timedelta(days=max(1, town.as_of.weekday() - 4) if town.as_of.weekday() else 3)
    for life in lives[:2]:
        written = file_of(life)
        town.rows.amend(
            Decision,
            written.decision_id,
            decided_on=day,
            proposed_at=at(day, 9),
            issued_at=at(day, 13),
            created_at=at(day, 8),
        )
        for grant_id, _ in written.grants:
            town.rows.amend(ServiceGrant, grant_id, valid_from=town.as_of)
        for order_id in written.orders:
            town.rows.amend(
                ServiceOrder, order_id, state="sent", sent_on=day, waits_from=day, answered_on=None
            )
        town.rows.amend(CaseFile, written.case_id, deadline=start_by(town.as_of))
        life.decided, life.periods = day, [(day, town.as_of, life.periods[-1][2])]


# Decisions at work ------------------------------------------------------------------------------------------------------
def _propose(town: Town, lives: Sequence[Life]) -> None:
    """Drafts on their way: proposed by one for another to make, and one sent back."""
    if town.place.code != HORTEN:
        for life in lives[:1]:
            _hand_on(town, life, file_of(life).worker, days=2)
        return
    hanne, ingrid = town.named("Hanne Myhre"), town.named("Ingrid Solum")
    for life, writer, days in zip(lives[:4], (hanne, ingrid, hanne, ingrid), (3, 2, 1, 0), strict=False):
        _hand_on(town, life, writer, days=days)
    for life in lives[4:5]:
        _assign(town, life, hanne)
        town.rows.amend(
            Decision, file_of(life).decision_id, written_by=hanne.id, written_by_name=hanne.name,
            returned_by_name=ingrid.name,
            return_note="Skriv hvorfor timene er satt til dette, og ta med det hun selv sa om helgene.",
        )  # fmt: skip


def _assign(town: Town, life: Life, to: Colleague) -> None:
    town.rows.amend(CaseFile, file_of(life).case_id, responsible_id=to.id, responsible_name=to.name)
    file_of(life).worker = to


def _hand_on(town: Town, life: Life, writer: Colleague, *, days: int) -> None:
    if writer in town.staff[Role.PURCHASER_CHILD] + town.staff[Role.PURCHASER_ADULT]:
        _assign(town, life, writer)
    moment = at(town.as_of - timedelta(days=days), 6)
    town.rows.amend(
        Decision, file_of(life).decision_id, state="proposed", written_by=writer.id, written_by_name=writer.name,
        proposed_by=writer.id, proposed_by_name=writer.name, proposed_at=moment, impartial=[writer.name],
        evaluate_on=town.as_of + timedelta(days=300),
        created_at=moment - timedelta(days=1),
        changed_at=moment,
    )  # fmt: skip


def _promise(town: Town, chance: Chance, lives: Sequence[Life]) -> None:
    """Interim replies: most of those past the month have had one, and know which day to expect the decision."""
    for life in lives:
        limit, written = decide_by(life.received), file_of(life)
        if limit >= town.as_of or not chance.often(PROMISED):
            continue
        expected = town.as_of + timedelta(days=chance.randint(4, 25))
        town.rows.add(
            InterimReply, tenant_id=town.id, id=chance.id_at(limit), application_id=written.application_id,
            case_id=written.case_id, state="written", send_by=limit, reason=LATE_BECAUSE, expected_on=expected,
            drafted_on=limit - timedelta(days=8),
        )  # fmt: skip
        town.rows.amend(Application, written.application_id, expected_on=expected)
        town.rows.amend(CaseFile, written.case_id, deadline=expected)


# Respite ----------------------------------------------------------------------------------------------------------------
def _respite(town: Town, chance: Chance, lives: Sequence[Life]) -> None:
    """Families who applied for respite in the months after a contact was lost (A12)."""
    since = town.as_of - timedelta(days=700)
    lost = [
        (life, max(s.last for s in life.stretches if s.last)) for life in lives
        if life.purchaser == "child" and life.state in ("running", "evaluating") and any(
            s.last is not None and since < s.last < town.as_of - timedelta(days=60) for s in life.stretches)
    ]  # fmt: skip
    for number, (life, day) in enumerate(lost[: 4 if town.place.code == HORTEN else 2]):
        applied = day + timedelta(days=25 + 9 * number)
        answered = applied + timedelta(days=24) if number % 3 < 2 else None
        if (answered or applied) > town.as_of:
            continue
        town.rows.add(
            RespiteApplication, tenant_id=town.id, id=chance.id_at(applied), case_id=file_of(life).case_id,
            applied_on=applied, outcome=("granted", "refused", "pending")[number % 3], answered_on=answered,
            note="Familien sier at hverdagen ble tyngre da støttekontakten sluttet.",
            noted_by_name=file_of(life).worker.name,
        )  # fmt: skip


# Deviations -------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Wrong:
    """A deviation as told. Days count back from the world's; a measure is (horizon, what, days to its day, done)."""

    source: str
    kind: str
    title: str
    told: str
    found: int
    due: int
    measures: tuple[tuple[str, str, int, bool], ...] = ()
    cause: str = ""
    closed: str = ""
    on_case: bool = True


WRONG = (
    Wrong("user", "incident", "Uteble fra avtale uten beskjed",
          "Familien ventet en time på fredag. Ingen svarte på telefonen.", 9, 5,
          (("short", "Ring familien og si hva som skjedde.", -7, True),
           ("long", "Gi alle støttekontakter vakttelefonen i avtalen.", -2, False)),
          "Støttekontakten var syk og hadde bare nummeret til kontoret."),
    Wrong("own", "privacy", "Post lagt i feil konvolutt", "Oppdaget før brevet ble sendt. Ingen andre har lest det.", 34,
          -4, (("short", "Kontroller konvoluttene to og to.", -30, True),), "To brev ble skrevet ut samtidig.",
          "Rutinen er endret: én konvolutt om gangen, og navnet leses høyt."),
    Wrong("own", "routine", "Kartleggingen ble skrevet ned for seint", "Samtalen måtte tas om igjen.", 21, 12,
          (("short", "Sett av tid til å skrive rett etter samtalen.", 6, False),)),
    Wrong("own", "service", "Gruppa ble avlyst tre ganger på rad", "Lokalet var opptatt. Seks deltakere mistet tilbudet.",
          16, 20,
          (("short", "Finn et annet lokale for desember.", 8, False),
           ("long", "Lag fast avtale med kulturhuset.", 40, False)),
          "Ingen avtale om lokalet.", on_case=False),
)  # fmt: skip


def _deviations(town: Town, chance: Chance, lives: Sequence[Life]) -> None:
    running = [life for life in lives if life.state == "running" and life.purchaser == "child"]
    horten = town.place.code == HORTEN
    for number, wrong in enumerate(WRONG if horten else WRONG[1:3]):
        life = running[number * 3 % len(running)] if wrong.on_case and running else None
        _write_wrong(town, chance, wrong, life)
    if horten:
        _write_supervision(town, chance)


def _write_wrong(town: Town, chance: Chance, wrong: Wrong, life: Life | None, **more: Any) -> None:
    found = town.as_of - timedelta(days=wrong.found)
    who = town.named("Kari Lunde") if town.place.code == HORTEN else town.staff[Role.PROVIDER_COORDINATOR][0]
    manager = town.staff[Role.MANAGER][0]
    deviation, closed = chance.id_at(found), town.as_of - timedelta(days=10) if wrong.closed else None
    town.rows.add(
        Deviation, tenant_id=town.id, id=deviation, case_id=file_of(life).case_id if life else None, source=wrong.source,
        kind=wrong.kind, found_on=found, title=wrong.title, description=wrong.told, cause=wrong.cause, reported_by=who.id,
        reported_by_name=who.name, responsible_id=manager.id, responsible_name=manager.name,
        due_on=town.as_of + timedelta(days=wrong.due), closed_on=closed,
        closed_by_name=manager.name if closed else "", closing_text=wrong.closed, **more,
    )  # fmt: skip
    events = [("opened", found, who, "")] + ([("closed", closed, manager, wrong.closed)] if closed else [])
    for what, day, by, said in events:
        town.rows.add(
            DeviationEvent, tenant_id=town.id, id=chance.id_at(day), deviation_id=deviation, what=what, happened_on=day,
            by_name=by.name, words=said,
        )  # fmt: skip
    for horizon, what, days, done in wrong.measures:
        due = town.as_of + timedelta(days=days)
        town.rows.add(
            DeviationMeasure, tenant_id=town.id, id=chance.id_at(found), deviation_id=deviation, horizon=horizon, what=what,
            responsible_id=who.id, responsible_name=who.name, due_on=due, done_on=due - timedelta(days=1) if done else None,
            done_by_name=who.name if done else "",
        )  # fmt: skip


def _write_supervision(town: Town, chance: Chance) -> None:
    _write_wrong(
        town, chance,
        Wrong("supervision", "deadline", "Tilsyn med frister for støttekontakt",
              "Statsforvalteren ber om en redegjørelse for tiden fra vedtak til tjenesten er i gang.", 25, 9,
              (("short", "Hent tall for siste halvår.", 3, False), ("long", "Se på ventelista i hvert statusmøte.", 60, False)),
              on_case=False),
        None, authority="Statsforvalteren", reply_by=town.as_of + timedelta(days=7),
    )  # fmt: skip


# Complaints -------------------------------------------------------------------------------------------------------------
ASKS = (
    "Vi ber om fire timer i uka. To timer er for lite til å komme til hallen og hjem igjen.",
    "Jeg vil ha noen å gå på tur med også i helgene.",
    "Dere skriver at hun har nok venner. Det er ikke slik vi ser det hjemme.",
    "Jeg søkte om støttekontakt, ikke om gruppe. Jeg klarer ikke å være sammen med mange.",
    "Vi mener avslaget er feil. Han kommer seg ikke ut alene.",
    "Timene burde ikke vært kuttet nå som det endelig går bra.",
)
ANSWER = "Vi har sett på saken på nytt og snakket med familien. Kartleggingen viser at behovet dekkes av timene i vedtaket."


def _complaints(town: Town, chance: Chance, lives: Sequence[Life]) -> None:
    """In Horten one in each state; elsewhere one that has come, where there is a decision young enough."""
    used: set[Any] = set()

    def about(received: date, *, late: bool = False) -> Life | None:
        first, last = (46, 120) if late else (5, 30)
        for life in lives:
            made = life.decided if life.refused else life.periods[-1][0] if life.periods else None
            if (
                life.written is None
                or life.written.decision_id is None
                or life.person.id in used
                or made is None
            ):
                continue
            if first <= (received - made).days <= last:
                used.add(life.person.id)
                return life
        return None

    plans: Sequence[tuple[int, bool, Callable[[Town, date], dict[str, Any]]]] = (
        ((4, False, _just_come), (6, True, _just_come), (17, False, _prepared), (36, False, _just_come),
         (58, False, _at_governor), (110, False, _confirmed))
        if town.place.code == HORTEN else ((8, False, _just_come),)
    )  # fmt: skip
    for number, (days, late, told) in enumerate(plans):
        received = town.as_of - timedelta(days=days)
        life = about(received, late=late)
        if life is not None:
            _complain(town, chance, life, received, ASKS[number], told(town, received))


def _just_come(_town: Town, _received: date) -> dict[str, Any]:
    return {"state": "received"}


def _prepared(town: Town, received: date) -> dict[str, Any]:
    by = town.named("Silje Aune")
    return {"state": "proposed", "answer": "partly", "prepared_on": received + timedelta(days=12), "prepared_by": by.id,
            "prepared_by_name": by.name, "reasons": "Vi gir to timer til i uka. Helgene kan vi ikke love."}  # fmt: skip


def _at_governor(town: Town, received: date) -> dict[str, Any]:
    ended, manager = received + timedelta(days=20), town.staff[Role.MANAGER][0]
    return _prepared(town, received) | {
        "state": "appealed", "answer": "upheld", "reasons": ANSWER, "concluded_on": ended, "concluded_by": manager.id,
        "concluded_by_name": manager.name, "appealed_on": ended, "due_on": None,
    }  # fmt: skip


def _confirmed(town: Town, received: date) -> dict[str, Any]:
    answered = received + timedelta(days=85)
    return _at_governor(town, received) | {
        "state": "closed", "appeal_result": "confirmed", "appeal_decided_on": answered, "closed_on": answered,
        "appeal_note": "Statsforvalteren er enig i vurderingen, og minner om fristen for foreløpig svar.",
    }  # fmt: skip


def _complain(
    town: Town, chance: Chance, life: Life, received: date, wants: str, told: dict[str, Any]
) -> None:
    made = life.decided if life.refused else life.periods[-1][0]
    assert made is not None
    reached = reached_by_post(made)
    deadline = complaint_deadline(reached, WEEKS)
    own, law = answer_by(received, RECONSIDER_DAYS), interim_by(received)
    values: dict[str, Any] = {
        "received_on": received, "channel": "letter", "posted_on": received - timedelta(days=2),
        "complainant": "self" if life.purchaser == "adult" else "parent", "wants": wants, "reached_on": reached,
        "reached_by_post": True, "weeks": WEEKS, "deadline_on": deadline, "late": received - timedelta(days=2) > deadline,
        "answer_by": own, "interim_by": law, "registered_by": file_of(life).worker.id,
        "due_on": due_on(state="received", answer_by=own, interim_by=law, expected_on=None),
    }  # fmt: skip
    town.rows.add(
        Complaint, tenant_id=town.id, id=chance.id_at(received), case_id=file_of(life).case_id,
        decision_id=file_of(life).decision_id, **(values | told),
    )  # fmt: skip
