"""Marks a user-facing sentence for the catalogues without translating it: translation happens at the edge, per reader."""

CONTEXT_ENDS = "\x04"
"""Between a message's context and the message, as in compiled catalogues."""


def N_(message: str) -> str:  # noqa: N802 - gettext's customary name, known to the extractor
    """Return `message` unchanged; the extractor finds the call."""
    return message


def C_(context: str, message: str) -> str:  # noqa: N802 - as N_
    """The same for a message that needs a word about what it is: Bokmål has one form for several, where others have two.

    `C_("flere", "Vedtak")` is "Decisions", and `N_("Vedtak")` is "Decision". In a template: `pgettext("flere", "Vedtak")`.
    """
    return f"{context}{CONTEXT_ENDS}{message}"


class Word(str):
    """A message that is a parameter of another: `month=Word(N_("Mars"))` is said in the reader's language."""

    __slots__ = ()
