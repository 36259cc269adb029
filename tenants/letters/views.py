"""Values for the slice's templates, without HTTP."""

from __future__ import annotations

from typing import Any

from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.tenancy.context import Context
from sammen.web.i18n import translate
from tenants.cases.api import PURCHASERS, may_decide_for
from tenants.letters.interim import InterimCard
from tenants.letters.queries import LetterFilter

STATES = {"ready": N_("Skal sendes"), "sent": N_("Sendt"), "cancelled": N_("Stanset")}
ROLES = {
    "self": N_("Den saken gjelder"),
    "parent": N_("Foresatt"),
    "guardian": N_("Verge"),
    "power_of_attorney": N_("Fullmektig"),
}


def tabs(wanted: LetterFilter, base: str, language: str) -> list[tuple[str, str, bool]]:
    """The kinds of letters the page can show: text, address, whether it is this one."""
    mine = "&hvem=mine" if wanted.mine else ""
    return [(translate(language, name), f"{base}?status={state}{mine}", state == wanted.state)
            for state, name in STATES.items()]  # fmt: skip


def interim_values(one: InterimCard) -> dict[str, Any]:
    """What the interim reply's form begins with."""
    return {
        "soknad": one.application_id, "versjon": one.version, "grunn": one.reason,
        "forventet": format_date(one.promised) if one.promised else "",
    }  # fmt: skip


def own_purchasers(context: Context) -> tuple[str, ...]:
    """Whose letters the reader may send: those of the purchasers they are."""
    return tuple(purchaser for purchaser in PURCHASERS if may_decide_for(context, purchaser))
