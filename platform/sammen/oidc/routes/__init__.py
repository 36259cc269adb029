"""Routes of logging in and out through a provider, of linking, and of registering providers."""

from sammen.oidc.routes import login, operations, staff

HANDLERS = [*login.HANDLERS, *staff.HANDLERS, *operations.HANDLERS]
