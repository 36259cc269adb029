"""The text of an agreement, written out from what the program shares. What is signed is this text, as it was then."""

from __future__ import annotations

from collections.abc import Sequence

from sammen.i18n_mark import N_
from sammen.web.formats import date_long
from sammen.web.i18n import translate
from shared_pool.accords.rules import GROUNDS, KINDS, AccordFacts
from shared_pool.accords.shared import SHARED, SHARING

HEAD = "# "
"""Begins a heading; every other line is a paragraph, or the name of one thing that is shared (THING)."""
THING = "## "


def outline(facts: AccordFacts, region: str, parties: Sequence[str], lang: str) -> str:
    """Lines of text: who, what they share and why, who answers, and for how long. `parties`: names, in order."""

    def say(text: str, **params: object) -> str:
        return translate(lang, text, **params)

    lines = [
        HEAD + say(N_("Parter")),
        say(N_("%(region)s: %(parties)s."), region=region, parties=", ".join(parties)),
        say(
            N_("%(kind)s. Lovgrunnlag: %(ground)s."),
            kind=say(KINDS[facts.kind]),
            ground=say(GROUNDS[facts.kind]),
        ),
        HEAD + say(N_("Hva kommunene deler, og hvorfor")),
    ]
    for one in SHARED:
        told = {"what": say(one.what), "why": say(one.why), "who": say(one.seen_by)}
        lines += [
            THING + say(one.name),
            say(N_("Hva: %(what)s Hvorfor: %(why)s Hvem ser det: %(who)s"), **told),
        ]
    lines += [HEAD + say(N_("Hvem gjør hva")), *(say(one) for one in SHARING)]
    lines += [HEAD + say(N_("Kontaktpunkt")), facts.contact_point]
    lines += [
        HEAD + say(N_("Varighet")),
        say(
            N_("Avtalen gjelder fra %(first)s til og med %(last)s."),
            first=date_long(facts.valid_from, lang), last=date_long(facts.valid_to, lang),
        ),
    ]  # fmt: skip
    return "\n".join(lines)


def parts(content: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """(heading, [(name of a thing or "", paragraph)]) of a text that `outline` wrote."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    thing = ""
    for line in content.split("\n"):
        if line.startswith(HEAD):
            found.append((line.removeprefix(HEAD), []))
        elif line.startswith(THING):
            thing = line.removeprefix(THING)
        elif found:
            found[-1][1].append((thing, line))
            thing = ""
    return found
