"""One's own: which newsletters one gets, and the letters the municipality has sent."""

from __future__ import annotations

from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from shared_pool.newsletters.content import paragraphs_of
from shared_pool.newsletters.queries import segments_of
from shared_pool.newsletters.receipts import confirm_own, open_own, own_letters
from shared_pool.newsletters.subscribers import choose
from tenants.api import PersonCard, own_contact, person_card, person_of_user

NEWSLETTER = N_("Nyhetsbrev")
LETTERS = N_("Brev fra kommunen")


async def _me(desk: Desk) -> tuple[PersonCard | None, list[str]]:
    """(the signed-in person, the segments they may choose): contacts theirs, others that of users and relatives."""
    person_id = await person_of_user(desk.uow)
    if person_id is None:
        return None, []
    contact = await own_contact(desk.uow) is not None
    other = bool({"service_user", "representative"} & set(desk.context.roles))
    return await person_card(desk.uow, person_id), [
        *(["contacts"] if contact else []),
        *(["users"] if other else []),
    ]


async def _page(desk: Desk, card: PersonCard | None, may: list[str], **more: Any) -> Response[str]:
    names = {
        "contacts": N_("Nyhetsbrev for støttekontakter"),
        "users": N_("Nyhetsbrev for brukere og pårørende"),
    }
    has = sorted(await segments_of(desk.uow, card.id)) if card else []
    return await desk.render(
        "newsletters/own.html", title=desk.say(NEWSLETTER), current="/nyhetsbrev", card=card,
        options=[(one, desk.say(names[one])) for one in may], action=desk.url("/nyhetsbrev"),
        **{"values": {"nyhetsbrev": has}, **more},
    )  # fmt: skip


@page("/min/{slug:str}/nyhetsbrev", Permission.OWN_READ)
async def show_choice(desk: Desk) -> Response[str]:
    """What one gets, and may change at any time."""
    card, may = await _me(desk)
    return await _page(desk, card, may)


@action("/min/{slug:str}/nyhetsbrev", Permission.OWN_READ)
async def keep_choice(desk: Desk) -> Response[Any]:
    """Keep the choice."""
    card, may = await _me(desk)
    if card is None:
        raise NotFound
    wanted = set(desk.form.all("nyhetsbrev"))
    try:
        if wanted and card.protected:
            raise Invalid.one(
                "nyhetsbrev", N_("Du har sperret adresse. Da sender vi ikke nyhetsbrev på e-post.")
            )
        for segment in may:
            await choose(desk.uow, card, segment, yes=segment in wanted, source="own")
    except Invalid as bad:
        return await _page(desk, card, may, status=422, errors={"nyhetsbrev": next(iter(bad.errors.values()))},
                           values=desk.form.values())  # fmt: skip
    return desk.redirect(desk.url("/nyhetsbrev"), flash=N_("Valget er lagret."))


@page("/min/{slug:str}/brev", Permission.OWN_READ)
async def letters(desk: Desk) -> Response[str]:
    """The letters one has got, the newest first."""
    return await desk.render(
        "newsletters/own_letters.html", title=desk.say(LETTERS), current="/brev", rows=await own_letters(desk.uow),
        base=desk.url("/brev"),
    )  # fmt: skip


@page("/min/{slug:str}/brev/{service_letter_receipt:uuid}", Permission.OWN_READ)
async def read_letter(desk: Desk) -> Response[str]:
    """One letter. That it was opened is kept, so that nobody rings to ask."""
    found = await open_own(desk.uow, desk.path_uuid("service_letter_receipt"))
    person_id = await person_of_user(desk.uow)
    assert person_id is not None
    await record_read(desk.uow, "own.read", [person_id], why=N_("Leste et brev"))
    return await desk.render(
        "newsletters/own_letter.html", title=found.title, current="/brev", letter=found,
        paragraphs=paragraphs_of(found.words), action=desk.url(f"/brev/{found.id}/lest"), back=desk.url("/brev"),
    )  # fmt: skip


@action("/min/{slug:str}/brev/{service_letter_receipt:uuid}/lest", Permission.OWN_READ)
async def confirm(desk: Desk) -> Response[Any]:
    """Say that one has read it."""
    await confirm_own(desk.uow, desk.path_uuid("service_letter_receipt"))
    return desk.redirect(desk.url("/brev"), flash=N_("Takk. Kommunen ser at du har lest brevet."))


HANDLERS = [show_choice, keep_choice, letters, read_letter, confirm]
