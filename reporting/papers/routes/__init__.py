"""Routes of the meeting packs and of the mapping report."""

from reporting.papers.routes import packs, survey

HANDLERS = [*packs.HANDLERS, *survey.HANDLERS]
