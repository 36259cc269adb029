"""The pages of logging in and of one's own account."""

from __future__ import annotations

from sammen.identity.routes import account, links, login, verify

HANDLERS = [*login.HANDLERS, *verify.HANDLERS, *account.HANDLERS, *links.HANDLERS]
