"""The tenants floor's one door for the floors above: it re-exports what they may use, and nothing else."""

from __future__ import annotations

from tenants.people.api import traits

__all__ = ["traits"]
