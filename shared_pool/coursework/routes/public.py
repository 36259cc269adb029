"""For everybody: whether a certificate is real. No login, no cookie of ours, and nothing remembered of who asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Response

from sammen.errors import Invalid
from sammen.i18n_mark import C_, N_
from sammen.web.desk import Desk
from sammen.web.door import public_action, public_page
from sammen.web.formats import date_long, decimal
from shared_pool.courses.api import KINDS
from shared_pool.coursework.checking import Asker, Checked
from shared_pool.coursework.codes import shown_code, typed_code

TITLE = N_("Er kursbeviset ekte?")


def _asker(desk: Desk) -> Asker:
    client = desk.request.client
    return Asker(desk.house.engine, desk.house.keys, client.host if client else "")


def _facts(desk: Desk, one: Checked) -> list[tuple[str, str]]:
    facts = [
        (desk.say(C_("ett", "Kurs")), one.title),
        (desk.say(N_("Slag")), desk.say(KINDS.get(one.kind, one.kind))),
        (desk.say(N_("Timer")), decimal(one.hours, None, desk.language)),
        (desk.say(C_("kursholder", "Holdt av")), one.held_by),
        (desk.say(N_("Fullført")), date_long(one.completed_on, desk.language)),
    ]
    if one.exam:
        facts.append((desk.say(N_("Eksamen")), desk.say(N_("Bestått"))))
    if one.valid_to is not None:
        facts.append((desk.say(N_("Gjelder til og med")), date_long(one.valid_to, desk.language)))
    return facts


async def _answer(desk: Desk, typed: str, family: str = "", *, asked: bool = False) -> Response[str]:
    found, errors, status = None, {}, 200
    try:
        found = await _asker(desk).check(typed, family)
    except Invalid as bad:
        errors, status = bad.errors, 422
    code = typed_code(typed)
    return await desk.render(
        "coursework/public.html", title=desk.say(TITLE), status=status, errors=errors, found=found,
        facts=_facts(desk, found) if found else [], asked=asked, answered=not errors,
        values={"kode": shown_code(code) if code else typed[:40], "etternavn": family[:100]},
        here=f"/kursbevis/{quote(code)}" if code else "/kursbevis",
    )  # fmt: skip


@public_page("/kursbevis")
async def form(desk: Desk) -> Response[Any]:
    """The form for a code; with one in the address, on to its page."""
    typed = desk.query.get("kode", "")
    code = typed_code(typed)
    if code:
        return desk.redirect(f"/kursbevis/{quote(code)}")
    if typed:
        return await _answer(desk, typed)
    return await desk.render(
        "coursework/public.html", title=desk.say(TITLE), found=None, facts=[], asked=False, answered=False,
        values={}, here="/kursbevis",
    )  # fmt: skip


@public_page("/kursbevis/{code:str}")
async def check(desk: Desk) -> Response[str]:
    """What a code is for. A code that is nobody's has the same page as one that is badly typed."""
    return await _answer(desk, str(desk.request.path_params["code"])[:40])


@public_action("/kursbevis/{code:str}")
async def check_name(desk: Desk) -> Response[str]:
    """Whether a certificate is for somebody with this family name: sent as a form, so that it stands in no address."""
    family = desk.form.text("etternavn")
    return await _answer(desk, str(desk.request.path_params["code"])[:40], family, asked=bool(family))


HANDLERS = [form, check, check_name]
