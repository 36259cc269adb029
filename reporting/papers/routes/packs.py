"""Meeting packs: the list, putting one together, the pack as a page and as PDF."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response

from reporting.measures.api import THEMES
from reporting.papers import forms
from reporting.papers.building import Maker
from reporting.papers.content import Paper
from reporting.papers.pack import NAME, pack_paper, usual_reports
from reporting.papers.queries import PackCard, pack_card, packs
from reporting.papers.service import change_pack, make_pack, remove_pack
from reporting.papers.sheet import paper_pdf
from reporting.releases.api import ReleaseRow, release_row, releases_shown
from reporting.reports.api import kept_board, period_name, reports_of, target_rows
from sammen.errors import Invalid, NotFound
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import date_long, upper_first
from sammen.web.forms import version_of

HERE: Final = "/hefte"
TITLE: Final = N_("Møtehefter")
PDF: Final = "application/pdf"
OF_FIGURES: Final = "/tall"
"""The menu line that packs belong to."""


def _crumbs(desk: Desk, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(desk.say(N_("Tall")), desk.url(OF_FIGURES)), (desk.say(TITLE), desk.url(HERE)), *more]


def _name(desk: Desk, card: PackCard) -> str:
    return desk.say(N_("Møtet %(day)s"), day=date_long(card.held_on, desk.language))


@page("/r/{slug:str}/hefte", Permission.DASHBOARD_READ)
async def show_list(desk: Desk) -> Response[str]:
    """Every pack, the latest meeting first."""
    rows = []
    for card in await packs(desk.uow):
        made_of = await release_row(desk.uow, card.release_id)
        rows.append(
            {
                "name": _name(desk, card), "url": desk.url(f"{HERE}/{card.id}"), "state": made_of.state,
                "period": upper_first(period_name(made_of.period, desk.language)), "by": card.made_by_name,
            }
        )  # fmt: skip
    return await desk.render(
        "papers/list.html", title=desk.say(TITLE), current=OF_FIGURES,
        crumbs=[(desk.say(N_("Tall")), desk.url(OF_FIGURES)), (desk.say(TITLE), "")], rows=rows, base=desk.url(HERE),
        published=bool(await releases_shown(desk.uow)), may_write=desk.context.may(Permission.RELEASE_WRITE),
        home=desk.context.base_url,
    )  # fmt: skip


# Putting one together -----------------------------------------------------------------------------------------------
async def _form_values(desk: Desk, card: PackCard | None) -> dict[str, Any]:
    """What the form shows besides its fields. Raises NotFound when nothing is published to make a pack of."""
    cards = await releases_shown(desk.uow)
    if not cards:
        raise NotFound
    themes = [
        (forms.FIELD + theme, desk.say(THEMES[theme]), [(one.id, desk.say(one.title)) for one in reports_of(theme)])
        for theme in THEMES
        if theme in forms.themes()
    ]  # fmt: skip
    title = desk.say(N_("Nytt møtehefte") if card is None else N_("Endre møteheftet"))
    own = [(_name(desk, card), desk.url(f"{HERE}/{card.id}"))] if card else []
    return {
        "title": title, "current": OF_FIGURES, "crumbs": _crumbs(desk, *own, (title, "")), "themes": themes,
        "cards": cards, "version": card.version if card else 0,
        "periods": [(one.period.slug, upper_first(period_name(one.period, desk.language))) for one in cards],
        "action": desk.url(f"{HERE}/{card.id}/endre" if card else f"{HERE}/nytt"),
        "back": desk.url(f"{HERE}/{card.id}" if card else HERE),
        "ids": {"rapporter": f"{themes[0][0]}-1"},
    }  # fmt: skip


async def _begin(desk: Desk, card: PackCard | None) -> dict[str, Any]:
    """What the fields begin with."""
    if card is None:
        return dict(forms.ticks(usual_reports()))
    made_of = await release_row(desk.uow, card.release_id)
    return {
        "dato": format_date(card.held_on), "klokka": f"{card.held_at:%H.%M}" if card.held_at else "",
        "sted": card.place, "saker": "\n".join(card.agenda), "forord": card.foreword, "periode": made_of.period.slug,
        **forms.ticks(card.reports),
    }  # fmt: skip


@page("/r/{slug:str}/hefte/nytt", Permission.RELEASE_WRITE)
async def new_form(desk: Desk) -> Response[str]:
    """The form, with what a pack usually has."""
    shown = await _form_values(desk, None)
    return await desk.render("papers/form.html", values=await _begin(desk, None), **shown)


@action("/r/{slug:str}/hefte/nytt", Permission.RELEASE_WRITE)
async def save_new(desk: Desk) -> Response[Any]:
    """Keep a new pack and show it."""
    shown = await _form_values(desk, None)
    try:
        made = await make_pack(desk.uow, forms.read_pack(desk.form, shown["cards"]))
    except Invalid as bad:
        return await desk.again("papers/form.html", bad, **shown)
    return desk.redirect(
        desk.url(f"{HERE}/{made}"), flash=N_("Heftet er klart. Se over det før du deler det.")
    )


@page("/r/{slug:str}/hefte/{pack_id:uuid}/endre", Permission.RELEASE_WRITE)
async def change_form(desk: Desk) -> Response[str]:
    """The form, with the pack as it stands."""
    card = await pack_card(desk.uow, desk.path_uuid("pack_id"))
    shown = await _form_values(desk, card)
    return await desk.render("papers/form.html", values=await _begin(desk, card), **shown)


@action("/r/{slug:str}/hefte/{pack_id:uuid}/endre", Permission.RELEASE_WRITE)
async def save_change(desk: Desk) -> Response[Any]:
    """Change a pack. It takes the newest edition of the chosen period's figures."""
    card = await pack_card(desk.uow, desk.path_uuid("pack_id"))
    shown = await _form_values(desk, card)
    try:
        facts = forms.read_pack(desk.form, shown["cards"])
        await change_pack(desk.uow, card.id, facts, version_of(desk.form))
    except Invalid as bad:
        return await desk.again("papers/form.html", bad, **shown)
    return desk.redirect(desk.url(f"{HERE}/{card.id}"), flash=N_("Heftet er endret."))


@page("/r/{slug:str}/hefte/{pack_id:uuid}/slett", Permission.RELEASE_WRITE)
async def ask_remove(desk: Desk) -> Response[str]:
    """Ask before a pack is taken away."""
    card = await pack_card(desk.uow, desk.path_uuid("pack_id"))
    title = desk.say(N_("Slett møteheftet?"))
    here = desk.url(f"{HERE}/{card.id}")
    return await desk.render(
        "papers/remove.html", title=title, current=OF_FIGURES, meeting=_name(desk, card), base=here,
        crumbs=_crumbs(desk, (_name(desk, card), here), (title, "")),
    )  # fmt: skip


@action("/r/{slug:str}/hefte/{pack_id:uuid}/slett", Permission.RELEASE_WRITE)
async def remove(desk: Desk) -> Response[None]:
    """Take a pack away."""
    await remove_pack(desk.uow, desk.path_uuid("pack_id"))
    return desk.redirect(desk.url(HERE), flash=N_("Heftet er slettet. Tallene står der de sto."))


# The pack -----------------------------------------------------------------------------------------------------------
async def _paper(desk: Desk, card: PackCard) -> tuple[Paper | None, ReleaseRow]:
    """The pack's paper and the release it is made of; no paper when the release has been withdrawn."""
    made_of = await release_row(desk.uow, card.release_id)
    board = await kept_board(desk.uow, card.series)
    if board is None:
        return None, made_of
    # Targets that were set after the pack was made are not of its meeting.
    targets = [row for row in await target_rows(desk.uow) if row.created_at <= card.changed_at]
    return pack_paper(Maker(board, desk.language), card, made_of, targets, desk.context.place_name), made_of


@page("/r/{slug:str}/hefte/{pack_id:uuid}", Permission.DASHBOARD_READ)
async def show_pack(desk: Desk) -> Response[str]:
    """The pack as a page that can be read and printed."""
    card = await pack_card(desk.uow, desk.path_uuid("pack_id"))
    paper, made_of = await _paper(desk, card)
    return await desk.render(
        "papers/pack.html", title=_name(desk, card) if paper is None else paper.title, current=OF_FIGURES,
        crumbs=_crumbs(desk, (_name(desk, card), "")), paper=paper, kicker=desk.say(NAME),
        replaced=made_of.state == "replaced", period=period_name(made_of.period, desk.language),
        base=desk.url(f"{HERE}/{card.id}"), may_write=desk.context.may(Permission.RELEASE_WRITE),
    )  # fmt: skip


@page("/r/{slug:str}/hefte/{pack_id:uuid}/hefte.pdf", Permission.DASHBOARD_READ)
async def pack_pdf(desk: Desk) -> Response[Any]:
    """The pack as PDF, dated the day it was last saved. To its page, which says why, when its release was withdrawn."""
    card = await pack_card(desk.uow, desk.path_uuid("pack_id"))
    paper, _ = await _paper(desk, card)
    if paper is None:
        return desk.redirect(desk.url(f"{HERE}/{card.id}"))
    await desk.uow.finish()
    content = await paper_pdf(paper, card.changed_at.date(), desk.language)
    return desk.download(f"motehefte-{desk.context.slug}-{card.held_on.isoformat()}.pdf", content, PDF)


HANDLERS = [
    show_list, new_form, save_new, change_form, save_change, ask_remove, remove, show_pack, pack_pdf,
]  # fmt: skip
