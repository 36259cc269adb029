"""Marks a user-facing sentence for the catalogues without translating it: translation happens at the edge, per reader."""


def N_(message: str) -> str:  # noqa: N802 - gettext's customary name, known to the extractor
    """Return `message` unchanged; the extractor finds the call."""
    return message


class Word(str):
    """A message that is a parameter of another: `month=Word(N_("Mars"))` is said in the reader's language."""

    __slots__ = ()
