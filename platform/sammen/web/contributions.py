"""What slices contribute to pages that compose floors: menu, "Min dag", a case's timeline and panels.

A slice exports its contributions; `deploy/asgi.py` registers them in one `Contributions`; pages show what is
registered. A contribution gets the unit of work (and with it the context) and declares the permission it needs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.policy.permissions import Permission
from sammen.tenancy.context import PlaceKind


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the left menu in places of `kind`. `path` is relative to the place; `order` sorts; shared is plum.

    `own`: what one sets for oneself, which stands in the menu under one's name instead.
    """

    kind: PlaceKind
    permission: Permission
    label: str
    path: str
    order: int
    shared: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True)
class TodayItem:
    """Something that waits for the reader: one row, one click from the work.

    `kind` groups (such as "Bestilling"), `since` is the day it began to wait, `due` its deadline if it has one.
    `kind`, `title` and `meta` are finished text in the reader's language.
    """

    kind: str
    title: str
    meta: str
    url: str
    since: date
    due: date | None = None
    persons: tuple[UUID, ...] = ()
    """Whom the row names: the page writes the access log for all its rows at once."""
    instead_of: str = ""
    """The address of a row with the same deadline that says less about the same work: that row is left out."""


@dataclass(frozen=True, slots=True)
class TodaySource:
    """Items for "Min dag" of readers with `permission`. `read(uow, lang)` returns the oldest first, at most fifty."""

    permission: Permission
    read: Callable[[UnitOfWork, str], Awaitable[Sequence[TodayItem]]]


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Something that happened, or (`done` false) will happen, in a case. Texts in the reader's language.

    `order` sorts what happened on one day: 10 application, 20 mapping, 30 decision, 40 letter, 50 the service, 60
    evaluation, 70 complaint, 80 what was said about it.
    """

    on: date
    title: str
    text: str
    done: bool = True
    order: int = 50


@dataclass(frozen=True, slots=True)
class TimelineSource:
    """Events of a case: `read(uow, case_id, lang)`."""

    permission: Permission
    read: Callable[[UnitOfWork, UUID, str], Awaitable[Sequence[TimelineEvent]]]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the case page: `read(uow, case_id)` gives the values for `template`, or None to show nothing.

    `mapping`: it is shown where the mapping is written and read as well.
    """

    permission: Permission
    template: str
    order: int
    read: Callable[[UnitOfWork, UUID], Awaitable[dict[str, Any] | None]]
    mapping: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What to do next in a case: finished text, and (label, address, variant) of its buttons, the primary one first."""

    title: str
    text: str
    links: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CaseStep:
    """Knows when something must be done in a case. `read(uow, case_id, lang)` gives the step, or None when it is not
    time. Of all registered, the lowest `order` that answers is shown.
    """

    permission: Permission
    order: int
    read: Callable[[UnitOfWork, UUID, str], Awaitable[Step | None]]


@dataclass(frozen=True, slots=True)
class CaseLink:
    """A line under "Gjør mer" on the case page. `path` follows the case's address, such as `/klage`.

    `order` puts the most used first: 20 decisions, 30 letters, 40 complaints and applications, 60 the rest. `states` are
    the case's states it is shown in (any when empty); `purchaser` keeps it to whose case it is. `answers`: it stands
    beside who is responsible instead. `when` is asked whether the line makes sense in this case now.
    """

    permission: Permission
    label: str
    path: str
    order: int
    states: frozenset[str] = frozenset()
    purchaser: bool = True
    answers: bool = False
    when: Callable[[UnitOfWork, UUID], Awaitable[bool]] | None = None


@dataclass(frozen=True, slots=True)
class ContactPanel:
    """A part of a contact's page: `read(uow, contact_id)` gives the values for `template`, or None to show nothing.

    `coming`: it is shown of who is on the way in as well, who has no assignment or agreement to show.
    """

    permission: Permission
    template: str
    order: int
    read: Callable[[UnitOfWork, UUID], Awaitable[dict[str, Any] | None]]
    coming: bool = False


@dataclass(frozen=True, slots=True)
class OrderPanel:
    """A part of an order's page: `read(uow, order_id)` gives the values for `template`, or None to show nothing."""

    permission: Permission
    template: str
    order: int
    read: Callable[[UnitOfWork, UUID], Awaitable[dict[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class AssignmentPanel:
    """A part of an assignment's page: `read(uow, assignment_id)` gives the values for `template`, or None to show
    nothing. The page has checked that the reader may see the case behind it.
    """

    permission: Permission
    template: str
    order: int
    read: Callable[[UnitOfWork, UUID], Awaitable[dict[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class GroupPanel:
    """A part of an activity group's page: `read(uow, group_id)` gives the values for `template`, or None to show nothing."""

    permission: Permission
    template: str
    order: int
    read: Callable[[UnitOfWork, UUID], Awaitable[dict[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class SessionPanel:
    """A part of the page of one of a group's meetings: `read(uow, session_id)` gives the values for `template`, or None
    to show nothing.
    """

    permission: Permission
    template: str
    order: int
    read: Callable[[UnitOfWork, UUID], Awaitable[dict[str, Any] | None]]


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """A line of somebody's own calendar. `key` is stable, so that a changed time moves the line and makes no new one.

    `title` and `place` name no service, no diagnosis and nobody else: the address may be read by others than its owner.
    Times have a zone. `cancelled`: it was there and is not any more.
    """

    key: str
    title: str
    starts: datetime
    ends: datetime
    place: str = ""
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class FeedSource:
    """What stands in a person's own calendar: `read(uow, user_id, first, last, lang)` gives the events of that user as
    contact, service user or representative in this municipality, by its own rules. It runs without a session: with a
    job's ticket, and `user_id` says whose it is.
    """

    read: Callable[[UnitOfWork, UUID, date, date, str], Awaitable[Sequence[FeedEvent]]]


@dataclass(frozen=True, slots=True)
class OwnPanel:
    """What waits for the reader on their own page, above everything: `read(uow)` gives the values for `template`, or
    None to show nothing.
    """

    permission: Permission
    template: str
    order: int
    read: Callable[[UnitOfWork], Awaitable[dict[str, Any] | None]]


Contribution = (
    MenuEntry
    | TodaySource
    | TimelineSource
    | Panel
    | CaseStep
    | CaseLink
    | ContactPanel
    | OrderPanel
    | AssignmentPanel
    | GroupPanel
    | SessionPanel
    | FeedSource
    | OwnPanel
)


@dataclass(slots=True)
class Contributions:
    """Everything registered, in the order it was registered in."""

    menu: list[MenuEntry] = field(default_factory=list)
    today: list[TodaySource] = field(default_factory=list)
    timeline: list[TimelineSource] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    case_steps: list[CaseStep] = field(default_factory=list)
    case_links: list[CaseLink] = field(default_factory=list)
    contact_panels: list[ContactPanel] = field(default_factory=list)
    order_panels: list[OrderPanel] = field(default_factory=list)
    assignment_panels: list[AssignmentPanel] = field(default_factory=list)
    group_panels: list[GroupPanel] = field(default_factory=list)
    session_panels: list[SessionPanel] = field(default_factory=list)
    feeds: list[FeedSource] = field(default_factory=list)
    own_panels: list[OwnPanel] = field(default_factory=list)

    def add(self, *items: Contribution) -> None:
        """Register contributions of any kind."""
        lists: dict[type, list[Any]] = {
            MenuEntry: self.menu,
            TodaySource: self.today,
            TimelineSource: self.timeline,
            Panel: self.panels,
            CaseStep: self.case_steps,
            CaseLink: self.case_links,
            ContactPanel: self.contact_panels,
            OrderPanel: self.order_panels,
            AssignmentPanel: self.assignment_panels,
            GroupPanel: self.group_panels,
            SessionPanel: self.session_panels,
            FeedSource: self.feeds,
            OwnPanel: self.own_panels,
        }
        for item in items:
            lists[type(item)].append(item)
