"""The letter with an invitation, and the sheet of codes: handed over, or sent in a plain envelope. No address, no service.

`sender`: the municipality, and whom to ring when a code is lost or the letter came to somebody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sammen.documents.blocks import Block, Facts, Heading, Paragraph, Points
from sammen.documents.pdf import WORDS, Document, Sender
from sammen.i18n_mark import N_
from sammen.web.formats import date_long
from sammen.web.i18n import translate

INVITATION, SHEET = N_("Invitasjon til egne sider"), N_("Engangskoder til egne sider")


def _document(
    title: str, sender: Sender, name: str, language: str, dated: date, blocks: Sequence[Block]
) -> Document:
    return Document(
        kind="letter", language=language, title=translate(language, title), date=dated, sender=sender, blocks=blocks,
        recipient=[name], about=translate(language, title),
        words={word: translate(language, text) for word, text in WORDS.items()},
    )  # fmt: skip


def invitation_letter(
    sender: Sender, name: str, code: str, house: str, until: date, dated: date, language: str
) -> Document:
    """`code` in groups; `house` is the address to type; `until` the last day it is good."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    blocks: list[Block] = [
        Paragraph(say(N_("Du kan nå bruke egne sider på nett. Slik gjør du første gang:"))),
        Points(
            [
                say(N_("Åpne %(address)s på telefon eller datamaskin."), address=f"{house}/velkommen"),
                say(N_("Skriv koden under og fødselsdatoen din.")),
                say(N_("Lag et brukernavn og et passord.")),
                say(N_("Velg hvordan du bekrefter at det er deg: SMS, kodeapp, eller et ark med koder som du får av oss.")),
            ],
            numbered=True,
        ),
        Facts([(say(N_("Koden din")), code), (say(N_("Gjelder til og med")), date_long(until, lang=language))]),
        Heading(say(N_("Pass på koden"))),
        Paragraph(
            say(N_("Koden kan brukes én gang, og bare av deg. Gi den ikke til andre. Kom brevet til feil person, så lever det "
                   "tilbake eller makuler det, og si fra til oss."))
        ),
    ]  # fmt: skip
    return _document(INVITATION, sender, name, language, dated, blocks)


def code_sheet(sender: Sender, name: str, codes: Sequence[str], dated: date, language: str) -> Document:
    """Ten codes, each good once."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    blocks: list[Block] = [
        Paragraph(say(N_("Når du logger inn, blir du spurt om en kode. Skriv én av disse, og stryk den ut. Hver kode virker én "
                         "gang. Ark du har fått før, virker ikke lenger."))),
        Points(list(codes), numbered=True),
        Heading(say(N_("Pass på arket"))),
        Paragraph(say(N_("Ha det et annet sted enn passordet ditt. Mister du det, så si fra til oss, så får du et nytt."))),
    ]  # fmt: skip
    return _document(SHEET, sender, name, language, dated, blocks)
