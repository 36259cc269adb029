"""The slice has no jobs of its own. The worker imports this file, and by it the words of the notices it is to send."""

from __future__ import annotations

from tenants.messages.codes import CODES

__all__ = ["CODES"]
