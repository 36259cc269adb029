"""Letters a caseworker writes by hand: information in a case, and the letter that corrects one that is sent."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import bindparam, select

from sammen.db.raw import compile_query
from sammen.db.unit_of_work import UnitOfWork
from sammen.documents.blocks import Block, Facts, Paragraph
from sammen.errors import Conflict
from sammen.i18n_mark import N_
from sammen.web.formats import date_long
from sammen.web.i18n import translate
from tenants.cases.api import application, case_for_change, legal_ground
from tenants.letters.queries import LetterCard, letter_card
from tenants.letters.writing import LetterBody, write_letters
from tenants.people.api import Recipient

NOT_SENT = N_("Brevet er ikke sendt. Stans det, og skriv et nytt.")
_GROUNDS = compile_query(
    select(legal_ground.c.child_welfare)
    .join_from(application, legal_ground, legal_ground.c.code == application.c.legal_ground)
    .where(application.c.tenant_id == bindparam("tenant"), application.c.case_id == bindparam("case"))
    .order_by(application.c.received_on.desc())
    .limit(1)
)


async def under_child_welfare(uow: UnitOfWork, case_id: UUID, purchaser: str) -> bool:
    """Whether the case follows the rules of child welfare: by its newest application's ground, else by its purchaser."""
    found: bool | None = await uow.value(_GROUNDS, tenant=uow.context.tenant, case=case_id)
    return found if found is not None else purchaser == "child_welfare"


async def write_information(uow: UnitOfWork, case_id: UUID, *, title: str, text: str) -> list[UUID]:
    """A letter in a case, to everybody who gets letters in it. Returns the letters' ids."""
    card, case = await case_for_change(uow, case_id)
    return await write_letters(
        uow, kind="information", case_id=case.id, person_id=case.person_id,
        child_welfare=await under_child_welfare(uow, case.id, card.purchaser),
        compose=lambda _: LetterBody(title, [Paragraph(text)]),
    )  # fmt: skip


async def write_correction(uow: UnitOfWork, letter_id: UUID, *, title: str, text: str) -> list[UUID]:
    """A letter that corrects one that is sent: the first stays as it was. Returns the letters' ids.

    Raises Conflict when the first is not sent (then it is stopped, and written again), NotFound and Forbidden by the
    case's own rules.
    """
    wrong = await letter_card(uow, letter_id)
    card, case = await case_for_change(uow, wrong.case_id)
    if wrong.state != "sent":
        raise Conflict(NOT_SENT)

    def compose(recipient: Recipient) -> LetterBody:
        language = recipient.language_form
        blocks: list[Block] = [
            Facts([(translate(language, N_("Gjelder")),
                    translate(language, N_("Brevet «%(title)s» av %(day)s"), title=wrong.title,
                              day=date_long(wrong.dated, language)))]),
            Paragraph(text),
        ]  # fmt: skip
        return LetterBody(title, blocks)

    return await write_letters(
        uow, kind=wrong.kind, case_id=case.id, person_id=case.person_id, about=wrong.about, corrects=wrong.id,
        child_welfare=await under_child_welfare(uow, case.id, card.purchaser), compose=compose,
    )  # fmt: skip


def corrected_title(wrong: LetterCard) -> str:
    """What a correction is called until its writer calls it something else, in the first letter's language."""
    return translate(wrong.language_form, N_("Rettelse: %(title)s"), title=wrong.title)
