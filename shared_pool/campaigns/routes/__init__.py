"""The slice's pages: the region's campaigns, a municipality's numbers, the public page and form, and the applicant's link."""

from __future__ import annotations

from shared_pool.campaigns.routes import home, link, public, region

HANDLERS = [*region.HANDLERS, *home.HANDLERS, *public.HANDLERS, *link.HANDLERS]
