"""One's own story, or that of somebody one acts for, as far as the age rules let one see it."""

from __future__ import annotations

from uuid import UUID

from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.pdf import Document
from sammen.errors import NotFound
from tenants.cases.api import own_view
from tenants.record.story import outlines, story_of


async def own_story(uow: UnitOfWork, person_id: UUID, language: str) -> Document:
    """The story as the signed-in user may read it, in the language they use. Raises NotFound when there is nothing."""
    card, view = await own_view(uow, person_id)
    cases = await outlines(uow, person_id)
    whole = [case for case in cases if case.id in view.whole]
    if whole:
        return await story_of(uow, card, whole, language, log=view.log)
    outline = [case for case in cases if case.id in view.outline]
    if outline:
        return await story_of(uow, card, outline, language, whole=False, log=False)
    raise NotFound
