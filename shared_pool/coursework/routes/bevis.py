"""A municipality's certificates: those it has issued, and those of others it has recognised."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.courses.api import contacts_here, course_tabs
from shared_pool.coursework import forms
from shared_pool.coursework.certificates import (
    STATES,
    certificate_pdf,
    recognise,
    replace,
    said,
    settle_recognised,
    withdraw,
)
from shared_pool.coursework.codes import shown_code
from shared_pool.coursework.completing import reopen
from shared_pool.coursework.queries import (
    Certificate,
    certificate_card,
    certificates,
    names_of,
    recognised_here,
)
from shared_pool.coursework.views import COURSES

CERTIFICATES = N_("Kursbevis")
SHAPES = {"valid": "ok", "replaced": "neutral", "withdrawn": "warning"}


async def _list_values(desk: Desk) -> dict[str, Any]:
    uow, changes = desk.uow, desk.context.may(Permission.CONTACT_WRITE)
    issued, known = await certificates(uow), await recognised_here(uow)
    named = await names_of(uow, [one.contact_id for one in known])
    choices = await contacts_here(uow) if changes else []
    issued_names = await names_of(uow, [one.contact_id for one in issued])
    persons = {who for who, _ in (*named.values(), *issued_names.values())} | {who for _, who, _ in choices}
    await record_read(uow, "certificate.list", sorted(persons), why=N_("Kursbevis"))
    return {
        "current": "/kurs",
        "tabs": course_tabs(desk, "bevis"),
        "issued": [(one, shown_code(one.code)) for one in issued],
        "known": [(one, shown_code(one.code), named[one.contact_id][1]) for one in known if one.contact_id in named],
        "contacts": [(str(contact), name) for contact, _, name in choices],
        "names": {contact: name for contact, _, name in choices},
        "states": dict(desk.options(STATES)), "shapes": SHAPES, "changes": changes,
        "base": desk.url("/kurs/bevis"), "place": desk.url(),
    }  # fmt: skip


@page("/k/{slug:str}/kurs/bevis", Permission.CONTACT_READ)
async def show_list(desk: Desk) -> Response[str]:
    """Certificates, and the form for one from another municipality."""
    shown = await _list_values(desk)
    values = {"kontakt": desk.query.get("kontakt", "")}
    return await desk.render(
        "coursework/certificates.html", title=desk.say(CERTIFICATES), values=values, **shown
    )


@action("/k/{slug:str}/kurs/bevis", Permission.CONTACT_WRITE)
async def register(desk: Desk) -> Response[Any]:
    """Register another municipality's certificate by its code."""
    shown = await _list_values(desk)
    try:
        contact_id, code, seen = forms.read_recognised(desk.form)
        await recognise(desk.uow, contact_id, code, name_seen=seen)
    except Invalid as bad:
        return await desk.again(
            "coursework/certificates.html",
            bad,
            title=desk.say(CERTIFICATES),
            ask_seen="sett" in bad.errors,
            **shown,
        )
    return desk.redirect(
        shown["base"], flash=N_("Kursbeviset til %(name)s er registrert. Det teller her fra nå."),
        name=shown["names"].get(contact_id, ""),
    )  # fmt: skip


# One certificate ----------------------------------------------------------------------------------------------------------
async def _one_values(desk: Desk, one: Certificate) -> dict[str, Any]:
    person = (await names_of(desk.uow, [one.contact_id]))[one.contact_id][0]
    await record_read(
        desk.uow, "certificate.read", [person], why=N_("Kursbevis"), object_kind="course_certificate", object_id=one.id
    )  # fmt: skip
    base = desk.url(f"/kurs/bevis/{one.id}")
    return {
        "current": "/kurs",
        "crumbs": [(desk.say(COURSES), desk.url("/kurs")), (desk.say(CERTIFICATES), desk.url("/kurs/bevis")), (one.name, "")],
        "one": one, "facts": said(one, desk.language), "code": shown_code(one.code), "state": desk.say(STATES[one.state]),
        "shape": "warning" if one.over else SHAPES[one.state], "changes": desk.context.may(Permission.CONTACT_WRITE),
        "contact_url": desk.url(f"/kontakter/{one.contact_id}"), "base": base, "list_url": desk.url("/kurs/bevis"),
    }  # fmt: skip


@page("/k/{slug:str}/kurs/bevis/{course_certificate_id:uuid}", Permission.CONTACT_READ)
async def show_one(desk: Desk) -> Response[str]:
    """One certificate, with what can be done to it."""
    one = await certificate_card(desk.uow, desk.path_uuid("course_certificate_id"))
    shown = await _one_values(desk, one)
    return await desk.render("coursework/certificate.html", title=desk.say(CERTIFICATES), values={}, **shown)


@page("/k/{slug:str}/kurs/bevis/{course_certificate_id:uuid}/pdf", Permission.CONTACT_READ)
async def as_pdf(desk: Desk) -> Response[bytes]:
    """The certificate on paper. One that no longer stands is not printed again."""
    one = await certificate_card(desk.uow, desk.path_uuid("course_certificate_id"))
    await _one_values(desk, one)
    return await pdf_answer(desk, one)


async def pdf_answer(desk: Desk, one: Certificate) -> Response[Any]:
    """The file; or back to the page with a word when the certificate no longer stands."""
    if one.state != "valid":
        return desk.redirect(
            desk.url("/kurs/bevis"),
            state="warning",
            flash=N_("Kursbeviset gjelder ikke lenger, og kan ikke skrives ut."),
        )
    content = await certificate_pdf(
        one, language=desk.language, address=f"{desk.house.settings.address}/kursbevis/{one.code}",
        issued_by=desk.context.place_name,
    )  # fmt: skip
    return desk.download(f"kursbevis-{one.completed_on}.pdf", content, "application/pdf")


@action("/k/{slug:str}/kurs/bevis/{course_certificate_id:uuid}/nytt", Permission.CONTACT_WRITE)
async def reissue(desk: Desk) -> Response[Any]:
    """A new certificate in the name the contact has now."""
    one = await certificate_card(desk.uow, desk.path_uuid("course_certificate_id"))
    shown = await _one_values(desk, one)
    try:
        made = await replace(desk.uow, one.id, desk.form.text("grunn")[:500])
    except Invalid as bad:
        return await desk.again("coursework/certificate.html", bad, title=desk.say(CERTIFICATES), **shown)
    return desk.redirect(
        desk.url(f"/kurs/bevis/{made}"), flash=N_("Nytt kursbevis er utstedt. Det gamle gjelder ikke lenger.")
    )


@action("/k/{slug:str}/kurs/bevis/{course_certificate_id:uuid}/trekk", Permission.CONTACT_WRITE)
async def take_back(desk: Desk) -> Response[Any]:
    """Withdraw a certificate, and the competence with it."""
    one = await certificate_card(desk.uow, desk.path_uuid("course_certificate_id"))
    shown = await _one_values(desk, one)
    try:
        course_id, contact_id = await withdraw(desk.uow, one.id, desk.form.text("grunn_trekk")[:500])
    except Invalid as bad:
        return await desk.again("coursework/certificate.html", bad, title=desk.say(CERTIFICATES), **shown)
    await reopen(desk.uow, course_id, contact_id)
    return desk.redirect(
        shown["list_url"], flash=N_("Kursbeviset er trukket tilbake. Kurset teller ikke lenger.")
    )


@action("/k/{slug:str}/kurs/bevis/annet/{recognised_certificate_id:uuid}/sett", Permission.CONTACT_WRITE)
async def settle(desk: Desk) -> Response[Any]:
    """Somebody has seen that a certificate from elsewhere no longer stands."""
    await settle_recognised(desk.uow, desk.path_uuid("recognised_certificate_id"))
    return desk.redirect(desk.url("/kurs/bevis"), flash=N_("Lagret."))


HANDLERS = [show_list, register, show_one, as_pdf, reissue, take_back, settle]
