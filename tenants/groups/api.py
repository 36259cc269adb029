"""What other slices may use of groups: their tables, who has a place, what happens to them, and copies of others'."""

from __future__ import annotations

from tenants.groups.copies import GroupCopy, mirror_group
from tenants.groups.hooks import on_group_changed, on_place
from tenants.groups.models import ActivityGroup, GroupPlace
from tenants.groups.queries import GroupCard, group_card, groups_on

activity_group = ActivityGroup.__table__
group_place = GroupPlace.__table__

__all__ = [
    "ActivityGroup",
    "GroupCard",
    "GroupCopy",
    "GroupPlace",
    "activity_group",
    "group_card",
    "group_place",
    "groups_on",
    "mirror_group",
    "on_group_changed",
    "on_place",
]
