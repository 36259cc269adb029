"""The transfer package: what the municipality somebody moves to needs to go on, handed over on consent.

A zip with the story as a file people read, and the same as JSON for the other municipality's system. It holds the cases
that whoever makes it may see, no national number (it is told by telephone) and no protected address.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.pdf import render_pdf
from sammen.errors import Forbidden
from sammen.i18n_mark import N_
from tenants.cases.api import applications_of, mappings_of
from tenants.decisions.api import decisions_of, grants_of
from tenants.evaluations.api import evaluations_of
from tenants.people.api import PersonCard, representatives_of
from tenants.record.access import own_person
from tenants.record.closing import may_give, who_may_consent
from tenants.record.queries import ConsentCard, cases_of, consents_of
from tenants.record.story import Outline, story_of

NO_CONSENT = N_("Ingen har samtykket til at saken overføres. Registrer samtykket først.")
FORMAT = "sammen-overforing-1"
_EPOCH = (1980, 1, 1, 0, 0, 0)


async def standing_consent(uow: UnitOfWork, card: PersonCard) -> ConsentCard | None:
    """The latest yes, if it is not taken back and the one who gave it is still the one the law asks: a child who has come
    of age for it answers for themselves, whatever the parents once said (A14).
    """
    latest = next(iter(await consents_of(uow, card.id)), None)
    if latest is None or latest.withdrawn_on is not None:
        return None
    asked = await who_may_consent(uow, card, today())
    return latest if all(may_give(latest.given_by, one) for one in asked) else None


async def transfer_package(uow: UnitOfWork, person_id: UUID) -> bytes:
    """The package as a zip. Raises NotFound; Forbidden when the person is not the reader's, or without consent."""
    card = await own_person(uow, person_id)
    consent = await standing_consent(uow, card)
    if consent is None:
        raise Forbidden(NO_CONSENT)
    cases = [
        Outline(one.id, one.case_no, one.purchaser, one.state, one.created_at.date(), one.closed_on, one.outcome)
        for one in reversed(await cases_of(uow, person_id))
    ]  # fmt: skip
    story = await story_of(uow, card, cases, card.language_form, log=False)
    values = await _values(uow, card, cases, consent)
    # To whom it went stands with the consent: what somebody typed is not for the trail.
    await record_change(
        uow, "transfer.packed", "person", person_id, persons=[person_id], consent=consent.id, cases=len(cases)
    )
    written = json.dumps(values, ensure_ascii=False, indent=2, default=str).encode()
    return _zip({"sak.pdf": await render_pdf(story), "sak.json": written})


async def _values(
    uow: UnitOfWork, card: PersonCard, cases: Sequence[Outline], consent: ConsentCard
) -> dict[str, Any]:
    address = {"street": card.street, "postcode": card.postcode, "place": card.place, "phone": card.phone}
    return {
        "format": FORMAT,
        "made_on": today(),
        "from": uow.context.place_name,
        "to": consent.receiver,
        "consent": {"by": consent.given_by, "name": consent.given_by_name, "on": consent.given_on},
        "person": {
            "given_name": card.given_name,
            "name": card.name,
            "birth_date": card.birth_date,
            "protection": card.protection,
            "address": None if card.protected else address,
            "language_form": card.language_form,
            "speaks": card.speaks,
            "interpreter_language": card.interpreter_language if card.needs_interpreter else None,
            "individual_plan": card.individual_plan,
        },
        "representatives": [
            {"name": one.name, "role": one.role, "scopes": list(one.scopes), "valid_from": one.valid_from,
             "valid_to": one.valid_to}
            for one in await representatives_of(uow, card.id)
        ],
        "cases": [await _case(uow, case) for case in cases],
    }  # fmt: skip


async def _case(uow: UnitOfWork, case: Outline) -> dict[str, Any]:
    grants = await grants_of(uow, case.id)
    return {
        "case_no": case.case_no,
        "purchaser": case.purchaser,
        "applications": [
            _only(one, "received_on", "channel", "applicant", "wishes", "legal_ground", "state")
            for one in await applications_of(uow, case.id)
        ],
        "mappings": [
            _only(one, "held_on", "own_words", "interests", "slots", "needs", "network", "suggested_forms")
            for one in await mappings_of(uow, case.id)
        ],
        "decisions": [
            _only(one, "kind", "state", "decided_on", "goal", "own_words", "reasons", "legal_ground", "evaluate_on")
            | {"services": [
                _only(grant, "form", "amount", "unit", "times", "content", "goal", "valid_from", "valid_to", "ended_on")
                for grant in grants if grant.decision_id == one.id
            ]}
            for one in await decisions_of(uow, case.id) if not one.at_work
        ],
        "evaluations": [
            _only(one, "held_on", "own_words", "goal_reached", "goal_seen", "outcome")
            for one in await evaluations_of(uow, case.id) if one.held_on is not None
        ],
    }  # fmt: skip


def _only(card: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(card, name) for name in names}


def _zip(files: dict[str, bytes]) -> bytes:
    """The files as a zip, the same bytes for the same content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
