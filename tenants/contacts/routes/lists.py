"""The list of contacts, and the figures of those who come, stay and leave."""

from __future__ import annotations

from litestar import Response

from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import page
from sammen.web.paging import PAGE_SIZE, last_page
from sammen.web.render import with_query
from tenants.contacts import views
from tenants.contacts.figures import figures_of
from tenants.contacts.listing import ContactFilter, list_contacts
from tenants.contacts.queries import STATES
from tenants.contacts.rules import KINDS, REASON_NAMES
from tenants.people.api import traits

CONTACTS = N_("Støttekontakter")
FIGURES = N_("Støttekontakter i tall")


@page("/k/{slug:str}/kontakter", Permission.CONTACT_READ)
async def show_list(desk: Desk) -> Response[str]:
    """The municipality's contacts, by name; a tab for each state."""
    wanted = ContactFilter.of(desk.query)
    found = await list_contacts(desk.uow, wanted)
    query = dict(desk.query)
    here = sum(many for state, many in found.counts.items() if state != "ended")
    tabs = [
        (
            desk.say(N_("Alle (%(count)s)"), count=here),
            with_query(query, status=None, side=None),
            not wanted.state,
        )
    ]
    tabs += [
        (
            f"{desk.say(name)} ({found.counts[state]})",
            with_query(query, status=state, side=None),
            wanted.state == state,
        )
        for state, name in STATES.items()
        if found.counts.get(state) or wanted.state == state
    ]
    return await desk.render(
        "contacts/list.html",
        title=desk.say(CONTACTS),
        current="/kontakter",
        rows=[(row, views.labels(row.interests, traits.INTERESTS, desk.language)) for row in found.rows],
        total=found.total,
        wanted=wanted,
        tabs=tabs,
        page_size=PAGE_SIZE,
        last=last_page(found.total),
        chips=views.chosen_filters(wanted, query, desk.language),
        state_names={value: desk.say(name) for value, name in STATES.items()},
        state_shapes=views.STATE_SHAPES,
        interests=desk.options(traits.INTERESTS),
        kinds=desk.options(KINDS),
        base=desk.url("/kontakter"),
        may_register=desk.context.may(Permission.CONTACT_WRITE),
    )


@page("/k/{slug:str}/kontakter/tall", Permission.CONTACT_READ)
async def show_figures(desk: Desk) -> Response[str]:
    """How many there are, how long they stay, how long it takes to be engaged, and why they leave. Counts, no names."""
    found = await figures_of(desk.uow)
    return await desk.render(
        "contacts/figures.html",
        title=desk.say(FIGURES),
        current="/kontakter",
        crumbs=[(desk.say(CONTACTS), desk.url("/kontakter")), (desk.say(FIGURES), "")],
        figures=found,
        reasons=[(desk.say(REASON_NAMES.get(code, code)), many) for code, many in found.reasons],
        state_rows=[(desk.say(name), found.states.get(value, 0)) for value, name in STATES.items()],
    )


HANDLERS = [show_list, show_figures]
