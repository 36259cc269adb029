"""Who has read about a person: for the person and whoever acts for them, and for the officer on their behalf (E4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response

from sammen.audit.trail import record_read
from sammen.documents.pdf import render_pdf
from sammen.errors import NotFound
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page
from sammen.web.formats import date_short
from sammen.web.render import with_query
from tenants.cases.api import own_view
from tenants.oversight.log import ON_PAPER, Wanted, has_case, log_names, read_log
from tenants.oversight.views import log_document, log_line, short
from tenants.oversight.words import FILTERS
from tenants.people.api import PersonCard, person_card, person_of_user, wards_of_user

PDF = "application/pdf"
LOG = N_("Hvem har lest")
MINE = N_("Hvem har lest om meg")


async def _shown(desk: Desk, person_id: UUID, *, names: bool, told: bool) -> dict[str, Any]:
    """A page of the log with its filter, for templates."""
    wanted = Wanted.of(desk.query)
    entries, older = await read_log(desk.uow, person_id, wanted, names=names, told=told)
    asked = {name: text for name, text in desk.query.items() if name in ("fra", "til", "type", "hvem")}
    chips = [
        (text, with_query({**asked, name: ""}))
        for name, text in (
            ("fra", desk.say(N_("Fra %(day)s"), day=date_short(wanted.first)) if wanted.first else ""),
            ("til", desk.say(N_("Til %(day)s"), day=date_short(wanted.last)) if wanted.last else ""),
            ("type", desk.say(FILTERS[wanted.kind]) if wanted.kind else ""),
        )
        if text
    ]
    return {
        "lines": [log_line(one, desk.context.place_name, desk.say) for one in entries],
        "wanted": wanted,
        "values": {"fra": desk.query.get("fra", ""), "til": desk.query.get("til", ""), "type": wanted.kind},
        "filters": [(value, desk.say(name)) for value, name in FILTERS.items()],
        "chips": chips,
        "older_url": with_query({**asked, "for": older}) if older else "",
        "newest_url": with_query(asked) if wanted.before else "",
        "paper_query": with_query(asked),
    }


async def _paper(desk: Desk, person_id: UUID, *, about: str, names: bool) -> Response[bytes]:
    wanted = Wanted.of(desk.query)
    entries, older = await read_log(desk.uow, person_id, wanted, most=ON_PAPER, names=names, told=True)
    lines = [log_line(one, desk.context.place_name, desk.say) for one in entries]
    document = log_document(
        lines, wanted, about=about, place=desk.context.place_name, language=desk.language, more=bool(older)
    )
    await desk.uow.finish()
    return desk.download("innsynslogg.pdf", await render_pdf(document), PDF)


# One's own ------------------------------------------------------------------------------------------------------------
async def _may_see(desk: Desk, person_id: UUID) -> PersonCard | None:
    """The person, if the signed-in user may see their log: by the age rules for each case, and oneself without a case.

    None for somebody one acts for whose log is not one's to see. Raises NotFound for anybody else.
    """
    card, view = await own_view(desk.uow, person_id)
    no_case = view.itself and not await has_case(desk.uow, person_id)
    return card if view.log or no_case else None


async def _people(desk: Desk) -> list[PersonCard]:
    """Those whose log the reader may see, oneself first."""
    me = await person_of_user(desk.uow)
    if me is None:
        return []
    found = [await _may_see(desk, one) for one in dict.fromkeys([me, *await wards_of_user(desk.uow)])]
    return [card for card in found if card is not None]


def _chosen(desk: Desk, people: list[PersonCard]) -> PersonCard | None:
    asked = desk.query.get("hvem", "")
    return next(
        (card for card in people if str(card.id) == asked), people[0] if people and not asked else None
    )


async def _own(desk: Desk) -> tuple[list[PersonCard], PersonCard | None, bool]:
    people = await _people(desk)
    chosen = _chosen(desk, people)
    if chosen is None and desk.query.get("hvem"):
        raise NotFound
    names, _ = await log_names(desk.uow)
    return people, chosen, names


@page("/min/{slug:str}/innsyn", Permission.OWN_READ)
async def own_log(desk: Desk) -> Response[str]:
    """Who has read about oneself, or about somebody one acts for, in plain words."""
    people, chosen, names = await _own(desk)
    shown: dict[str, Any] = {"lines": []}
    if chosen is not None:
        shown = await _shown(desk, chosen.id, names=names, told=True)
        await record_read(
            desk.uow, "own.log", [chosen.id], why=N_("Så hvem som har lest"), object_kind="trail"
        )
    me = await person_of_user(desk.uow)
    base = desk.url("/innsyn")
    return await desk.render(
        "oversight/own_log.html", title=desk.say(MINE), current="/innsyn", chosen=chosen,
        own=chosen is not None and chosen.id == me,
        people=[(card.name, f"{base}?hvem={card.id}", card is chosen) for card in people], names=names, base=base, **shown,
    )  # fmt: skip


@page("/min/{slug:str}/innsyn.pdf", Permission.OWN_READ)
async def own_paper(desk: Desk) -> Response[bytes]:
    """The same on paper."""
    _, chosen, names = await _own(desk)
    if chosen is None:
        raise NotFound
    await record_read(desk.uow, "own.log", [chosen.id], why=N_("Så hvem som har lest"), object_kind="trail")
    return await _paper(desk, chosen.id, about=chosen.name, names=names)


# For the data protection officer ---------------------------------------------------------------------------------------
@page("/k/{slug:str}/personer/{person_id:uuid}/innsyn", Permission.TRAIL_READ)
async def person_log(desk: Desk) -> Response[str]:
    """Who has read or changed what about somebody. Shows neither name nor case: the officer has no access to those, and
    answers for the readings of everybody, also of those whose cases are shielded, and of candidates in the shared pool
    whom somebody here has read about though they are nobody's registered person here.
    """
    person_id = desk.path_uuid("person_id")
    shown = await _shown(desk, person_id, names=True, told=False)
    if not shown["lines"] and not (await read_log(desk.uow, person_id, Wanted(), most=1))[0]:
        await person_card(desk.uow, person_id)
    await record_read(
        desk.uow,
        "trail.read",
        [],
        why=N_("Så hvem som har lest om en person"),
        object_kind="trail",
        object_id=person_id,
    )
    return await desk.render(
        "oversight/person_log.html",
        title=desk.say(LOG),
        current="/personer/innsyn",
        crumbs=[
            (desk.say(N_("Innsynslogg")), desk.url("/innsynslogg")),
            (desk.say(LOG), desk.url("/personer/innsyn")),
            (short(person_id), ""),
        ],
        code=short(person_id),
        base=desk.url(f"/personer/{person_id}/innsyn"),
        **shown,
    )


@page("/k/{slug:str}/personer/{person_id:uuid}/innsyn.pdf", Permission.TRAIL_READ)
async def person_paper(desk: Desk) -> Response[bytes]:
    """The log on paper, for the officer to give to the person: named as the municipality has said, without theirs."""
    person_id = desk.path_uuid("person_id")
    names, _ = await log_names(desk.uow)
    if not (await read_log(desk.uow, person_id, Wanted(), most=1))[0]:
        await person_card(desk.uow, person_id)
    await record_read(
        desk.uow, "trail.export", [], why=N_("Skrev ut hvem som har lest om en person"), object_kind="trail",
        object_id=person_id,
    )  # fmt: skip
    return await _paper(desk, person_id, about=short(person_id), names=names)


HANDLERS = [own_log, own_paper, person_log, person_paper]
