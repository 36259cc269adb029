"""Certificates: issued at home for one's own, replaced or withdrawn and never rewritten, and recognised everywhere (C7).

See docs/decisions/0062-certificates-and-who-may-ask.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from sammen.audit.trail import record_change
from sammen.clock import today
from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.pdf import render_sheet
from sammen.errors import Conflict, Invalid, NotFound
from sammen.i18n_mark import C_, N_
from sammen.ids import uuid7
from sammen.web.formats import date_long, decimal
from sammen.web.i18n import translate
from shared_pool.courses.api import KINDS, CourseCard
from shared_pool.coursework.codes import new_code, shown_code, typed_code
from shared_pool.coursework.models import CourseCertificate, RecognisedCertificate
from shared_pool.coursework.qr import qr_code
from shared_pool.coursework.queries import Certificate
from tenants.api import add_competence, competence_list, contact_card, remove_competence

SHEET: Final = Path(__file__).with_name("certificate.typ")
PUBLISH = "SELECT sammen.publish_certificate($1) AS done"
KNOWN = "SELECT * FROM sammen.certificate_known($1, $2, $3)"
STATES: Final = {
    "valid": N_("Gyldig"),
    "replaced": N_("Erstattet av et nytt"),
    "withdrawn": N_("Trukket tilbake"),
}
NOT_FOUND = N_("Vi finner ikke noe kursbevis med den koden. Se om den er skrevet riktig.")


async def issue(
    uow: UnitOfWork, contact_id: UUID, card: CourseCard, *, competence: str, hours: Decimal, held_by: str,
    completed_on: date, valid_to: date | None, exam: bool,
) -> UUID:  # fmt: skip
    """Issue a certificate to one of the municipality's contacts, in the name they have today; its id."""
    contact = await contact_card(uow, contact_id)
    made = CourseCertificate(
        tenant_id=uow.context.tenant, id=uuid7(), contact_id=contact_id, course_id=card.id, code=new_code(),
        given_name=contact.given_name, family_name=contact.family_name, title=card.title, kind=card.kind,
        competence=competence, hours=hours, held_by=held_by, completed_on=completed_on, valid_to=valid_to, exam=exam,
        issued_on=today(),
    )  # fmt: skip
    return await _publish(uow, made, contact.person_id, "certificate.issued")


async def _publish(uow: UnitOfWork, made: CourseCertificate, person_id: UUID, what: str) -> UUID:
    uow.session.add(made)
    await uow.session.flush()
    if not (await uow.call(PUBLISH, made.id))[0]["done"]:
        raise Conflict(N_("Koden er i bruk. Prøv igjen."))
    await record_change(
        uow, what, "course_certificate", made.id, persons=[person_id], course=made.course_id, competence=made.competence
    )  # fmt: skip
    return made.id


async def _held(uow: UnitOfWork, certificate_id: UUID, why: str, field: str = "grunn") -> CourseCertificate:
    found = await uow.session.get(
        CourseCertificate, (uow.context.tenant, certificate_id), with_for_update=True, populate_existing=True
    )
    if found is None:
        raise NotFound
    if found.state != "valid":
        raise Conflict(N_("Kursbeviset gjelder ikke lenger."))
    if not why:
        raise Invalid.one(field, N_("Skriv hvorfor."))
    return found


async def replace(uow: UnitOfWork, certificate_id: UUID, why: str) -> UUID:
    """A new certificate with the contact's name as it is now, in place of one with a wrong or an old name; the new one's
    id. Who looks the old code up is told that it was replaced, and by no code.

    Raises Invalid without a reason, Conflict when it no longer stands, NotFound.
    """
    old = await _held(uow, certificate_id, why)
    contact = await contact_card(uow, old.contact_id)
    made = CourseCertificate(
        tenant_id=old.tenant_id, id=uuid7(), contact_id=old.contact_id, course_id=old.course_id, code=new_code(),
        given_name=contact.given_name, family_name=contact.family_name, title=old.title, kind=old.kind,
        competence=old.competence, hours=old.hours, held_by=old.held_by, completed_on=old.completed_on,
        valid_to=old.valid_to, exam=old.exam, issued_on=today(),
    )  # fmt: skip
    old.state, old.why, old.replaced_by = "replaced", why, made.id
    old.version += 1
    return await _publish(uow, made, contact.person_id, "certificate.replaced")


async def withdraw(uow: UnitOfWork, certificate_id: UUID, why: str) -> tuple[UUID, UUID]:
    """Take a certificate back, with the competence it gave; (course, contact), so that the outcome is open again.

    Raises Invalid without a reason, Conflict when it no longer stands, NotFound.
    """
    old = await _held(uow, certificate_id, why, "grunn_trekk")
    contact = await contact_card(uow, old.contact_id)
    old.state, old.why = "withdrawn", why
    old.version += 1
    await uow.session.flush()
    for one in await competence_list(uow, old.contact_id):
        if one.code == old.competence and one.completed_on == old.completed_on:
            await remove_competence(uow, old.contact_id, one.id)
    await record_change(
        uow, "certificate.withdrawn", "course_certificate", old.id, persons=[contact.person_id], course=old.course_id
    )  # fmt: skip
    return old.course_id, old.contact_id


# From another municipality ------------------------------------------------------------------------------------------------
async def recognise(uow: UnitOfWork, contact_id: UUID, typed: str, *, name_seen: bool = False) -> UUID:
    """Register another municipality's certificate that a contact shows: its competence counts here too, once.

    `name_seen`: somebody has seen who they are, where the certificate has another name. Raises Invalid for a code that is
    nobody's, no longer stands or has run out, or another name; Conflict when it is registered already; NotFound for a
    contact of somebody else.
    """
    contact = await contact_card(uow, contact_id)
    code = typed_code(typed)
    rows = await uow.call(KNOWN, code, contact.given_name, contact.family_name) if code else []
    if not rows:
        raise Invalid.one("kode", NOT_FOUND)
    assert code is not None
    found = rows[0]
    if found["ours"]:
        raise Invalid.one("kode", N_("Kursbeviset er utstedt her hos dere, og teller allerede."))
    if found["state"] != "valid":
        raise Invalid.one("kode", N_("Kursbeviset gjelder ikke lenger. Be støttekontakten om det nye."))
    if found["valid_to"] is not None and found["valid_to"] < today():
        raise Invalid.one("kode", N_("Kursbeviset er gått ut. Støttekontakten må ta kurset på nytt."))
    if not found["same_name"] and not name_seen:
        raise Invalid.one(
            "sett",
            N_("Navnet på kursbeviset er et annet. Se legitimasjon, og kryss av for at du har gjort det."),
        )
    tenant = uow.context.tenant
    known = await uow.session.scalar(
        select(RecognisedCertificate.id).where(
            RecognisedCertificate.tenant_id == tenant,
            RecognisedCertificate.contact_id == contact_id,
            RecognisedCertificate.code == code,
        )
    )
    if known is not None:
        raise Conflict(N_("Kursbeviset er allerede registrert."))
    made = RecognisedCertificate(
        tenant_id=tenant, id=uuid7(), contact_id=contact_id, code=code,
        **{name: found[name] for name in (
            "title", "kind", "competence", "hours", "held_by", "issued_by", "completed_on", "valid_to")},
    )  # fmt: skip
    uow.session.add(made)
    await uow.session.flush()
    if found["competence"]:
        await add_competence(
            uow, contact_id, found["competence"], found["completed_on"], valid_to=found["valid_to"], place=found["held_by"]
        )  # fmt: skip
    await record_change(
        uow, "certificate.recognised", "recognised_certificate", made.id, persons=[contact.person_id],
        competence=found["competence"], name_seen=name_seen,
    )  # fmt: skip
    return made.id


async def settle_recognised(uow: UnitOfWork, recognised_id: UUID) -> None:
    """Somebody has seen that a certificate from elsewhere no longer stands, and done what is to be done. NotFound."""
    found = await uow.session.get(
        RecognisedCertificate,
        (uow.context.tenant, recognised_id),
        with_for_update=True,
        populate_existing=True,
    )
    if found is None or found.state == "valid":
        raise NotFound
    if found.seen_on is None:
        found.seen_on = today()
        found.version += 1
        contact = await contact_card(uow, found.contact_id)
        await record_change(
            uow, "certificate.settled", "recognised_certificate", found.id, persons=[contact.person_id]
        )


# On paper -----------------------------------------------------------------------------------------------------------------
def said(one: Certificate, language: str) -> list[tuple[str, str]]:
    """(label, value) of what a certificate tells, but the name."""

    def say(message: str, **params: Any) -> str:
        return translate(language, message, **params)

    facts = [
        (say(C_("ett", "Kurs")), one.title),
        (say(N_("Slag")), say(KINDS.get(one.kind, one.kind))),
        (say(N_("Timer")), decimal(one.hours, None, language)),
        (say(C_("kursholder", "Holdt av")), one.held_by),
        (say(N_("Fullført")), date_long(one.completed_on, language)),
    ]
    if one.exam:
        facts.append((say(N_("Eksamen")), say(N_("Bestått"))))
    if one.valid_to is not None:
        facts.append((say(N_("Gjelder til og med")), date_long(one.valid_to, language)))
    return facts


async def certificate_pdf(one: Certificate, *, language: str, address: str, issued_by: str) -> bytes:
    """The certificate as PDF/UA, with its code as text and as a QR code. `address`: the page that vouches for it."""

    def say(message: str, **params: Any) -> str:
        return translate(language, message, **params)

    values: Mapping[str, Any] = {
        "language": language, "title": say(N_("Kursbevis")), "name": one.name, "course": one.title,
        "facts": [list(fact) for fact in said(one, language)], "sender": issued_by,
        "about": say(N_("Kursbevis for %(course)s"), course=one.title),
        "completed": say(N_("har fullført")), "qr": qr_code(address),
        "alt": say(N_("QR-kode som åpner %(address)s"), address=address.partition("://")[2]),
        "code": shown_code(one.code), "code_label": say(N_("Kode")),
        "check": say(N_("Se om kursbeviset er ekte: gå til adressen og skriv koden.")),
        "address": address.partition("://")[2].rsplit("/", 1)[0],
        "issued": say(N_("Utstedt %(day)s av %(place)s."), day=date_long(one.issued_on, language), place=issued_by),
    }  # fmt: skip
    return await render_sheet(SHEET, dict(values), one.issued_on)
