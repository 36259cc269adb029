"""What other slices may use of groups: their tables, who has a place, what happens to them, and copies of others'."""

from __future__ import annotations

from tenants.groups.copies import GroupCopy, mirror_group
from tenants.groups.hooks import on_group_changed, on_place
from tenants.groups.models import ActivityGroup, GroupPlace
from tenants.groups.people import Participant, participants, place_card
from tenants.groups.places import (
    PlaceChange,
    PlaceFacts,
    change_place,
    end_place,
    finish_place,
    give_place,
    held_place,
    move_up,
)
from tenants.groups.queries import (
    GroupCard,
    group_card,
    groups_on,
    list_groups,
    places_taken,
    possible_leaders,
)
from tenants.groups.rules import LEADERS_NEEDED, first_day

activity_group = ActivityGroup.__table__
group_place = GroupPlace.__table__

__all__ = [
    "LEADERS_NEEDED",
    "ActivityGroup",
    "GroupCard",
    "GroupCopy",
    "GroupPlace",
    "Participant",
    "PlaceChange",
    "PlaceFacts",
    "activity_group",
    "change_place",
    "end_place",
    "finish_place",
    "first_day",
    "give_place",
    "group_card",
    "group_place",
    "groups_on",
    "held_place",
    "list_groups",
    "mirror_group",
    "move_up",
    "on_group_changed",
    "on_place",
    "participants",
    "place_card",
    "places_taken",
    "possible_leaders",
]
