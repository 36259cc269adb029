"""What the slice's pages show, put together from its reads: texts for templates, no HTTP."""

from __future__ import annotations

from sammen.web.formats import clock_range
from sammen.web.i18n import translate
from tenants.groups.queries import GroupCard
from tenants.people.api import traits


def when(group: GroupCard, language: str) -> str:
    """ "tirsdager kl. 17.30–19.00" """
    day = translate(language, traits.WEEKDAYS[group.weekday])
    return f"{day} {clock_range(group.starts, group.ends, language)}"
