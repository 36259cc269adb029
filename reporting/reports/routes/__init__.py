"""The region's figures, the municipality beside the others, and targets. HTTP in, template or file out."""

from reporting.reports.routes import municipality, region, targets

HANDLERS = [*region.HANDLERS, *municipality.HANDLERS, *targets.HANDLERS]
