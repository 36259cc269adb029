"""What other slices may use of orders and assignments: functions, cards, and the tables they may join."""

from __future__ import annotations

from tenants.assignments.contact_measures import CONTACT_MEASURES
from tenants.assignments.ending import END_REASONS, LEFT_BY_CHOICE, STILL_GRANTED, end_assignment
from tenants.assignments.fit import Available, available_contacts, weekly
from tenants.assignments.hooks import (
    ClosedOrder,
    EndedAssignment,
    WayOut,
    knows_last_meeting,
    on_assignment_end,
    on_assignment_made,
    on_lack,
    on_meeting_agreed,
    on_order_closed,
    on_start_agreed,
)
from tenants.assignments.likeness import KnownUser, known_users
from tenants.assignments.measures import MEASURES, UnderWay, people_under_way
from tenants.assignments.meetings import MeetingCard, meetings_of
from tenants.assignments.own import OwnAssignment, own_assignment, own_assignments
from tenants.assignments.pausing import Pause, pause_on, pauses_of
from tenants.assignments.queries import (
    AssignmentCard,
    OrderCard,
    OrderFilter,
    OrderList,
    assignment,
    assignment_card,
    assignments_of_case,
    assignments_of_contact,
    assignments_of_order,
    open_orders,
    order_card,
    orders_of_case,
    service_order,
)
from tenants.assignments.readiness import LACKS, lacks_learning
from tenants.assignments.service import (
    accept_order,
    check_contact,
    fill_order,
    held_order,
    link_need,
    order_of_need,
    record_match_consent,
    record_pool_consent,
    remember_shown,
    resend_order,
    return_order,
    unlink_needs,
)
from tenants.assignments.substituting import substitute_order
from tenants.assignments.takeover import correct_start, make_room, take_over_assignment
from tenants.assignments.views import contact_names, extent, person_names

__all__ = [
    "CONTACT_MEASURES",
    "END_REASONS",
    "LACKS",
    "LEFT_BY_CHOICE",
    "MEASURES",
    "STILL_GRANTED",
    "AssignmentCard",
    "Available",
    "ClosedOrder",
    "EndedAssignment",
    "KnownUser",
    "MeetingCard",
    "OrderCard",
    "OrderFilter",
    "OrderList",
    "OwnAssignment",
    "Pause",
    "UnderWay",
    "WayOut",
    "accept_order",
    "assignment",
    "assignment_card",
    "assignments_of_case",
    "assignments_of_contact",
    "assignments_of_order",
    "available_contacts",
    "check_contact",
    "contact_names",
    "correct_start",
    "end_assignment",
    "extent",
    "fill_order",
    "held_order",
    "known_users",
    "knows_last_meeting",
    "lacks_learning",
    "link_need",
    "make_room",
    "meetings_of",
    "on_assignment_end",
    "on_assignment_made",
    "on_lack",
    "on_meeting_agreed",
    "on_order_closed",
    "on_start_agreed",
    "open_orders",
    "order_card",
    "order_of_need",
    "orders_of_case",
    "own_assignment",
    "own_assignments",
    "pause_on",
    "pauses_of",
    "people_under_way",
    "person_names",
    "record_match_consent",
    "record_pool_consent",
    "remember_shown",
    "resend_order",
    "return_order",
    "service_order",
    "substitute_order",
    "take_over_assignment",
    "unlink_needs",
    "weekly",
]
