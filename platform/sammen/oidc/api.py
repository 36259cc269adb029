"""What others may use: an account's links, for the page of an employee."""

from sammen.oidc.linking import Link, links

__all__ = ["Link", "links"]
