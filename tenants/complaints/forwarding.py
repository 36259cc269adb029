"""The letter to Statsforvalteren as a file. It goes to no person, so it is made when it is asked for, and reads the same
each time: dated the day the complaint was sent on, signed by who concluded it.
"""

from __future__ import annotations

from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.pdf import WORDS, Document, Sender, render_pdf
from sammen.i18n_mark import N_
from sammen.web.formats import date_long
from sammen.web.i18n import translate
from tenants.complaints.letters import forwarding_blocks
from tenants.complaints.queries import ComplaintCard
from tenants.letters.api import governor

LANGUAGE = "nb"
"""Between authorities; the party's own copy is in the party's form of Norwegian."""


async def forwarding_file(uow: UnitOfWork, card: ComplaintCard) -> bytes:
    """The PDF. The complaint has been sent on: `appealed_on` is set."""
    assert card.appealed_on is not None
    who = await governor(uow, LANGUAGE, card.appealed_on)
    title, blocks = forwarding_blocks(card, LANGUAGE, who)

    def say(message: str, **params: object) -> str:
        return translate(LANGUAGE, message, **params)

    return await render_pdf(
        Document(
            kind="letter", language=LANGUAGE, title=title, date=card.appealed_on, blocks=blocks, reference=card.case_no,
            sender=Sender(say(N_("%(place)s kommune"), place=uow.context.place_name)), recipient=[who],
            facts=[(say(N_("Dato")), date_long(card.appealed_on, LANGUAGE)), (say(N_("Vår referanse")), card.case_no)],
            exempt=say(N_("Unntatt offentlighet, offl. § 13")), signature=[card.concluded_by_name],
            about=say(N_("%(kind)s i sak %(case_no)s"), kind=say(N_("Brev om klage")), case_no=card.case_no),
            words={word: say(text) for word, text in WORDS.items()},
        )
    )  # fmt: skip
