"""What was typed on the pages of messages, as facts."""

from __future__ import annotations

from uuid import UUID

from sammen.web.forms import Form
from tenants.messages.rules import read_seen


def read_subject(form: Form) -> UUID | None:
    """The assignment a message is about, or None for something else. What is no id is read as something else."""
    try:
        return UUID(form.text("gjelder"))
    except ValueError:
        return None


def read_shown(form: Form) -> dict[UUID, int]:
    """How far the page showed: its hidden marks."""
    return read_seen(form.all("sett"))
