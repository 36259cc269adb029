"""Deadlines, kinds and grounds of what people ask about their own data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from sammen.i18n_mark import N_
from tenants.cases.api import add_months

KINDS: Final[Mapping[str, str]] = {
    "access": N_("Innsyn (artikkel 15)"),
    "portability": N_("Få med seg opplysningene (artikkel 20)"),
    "correction": N_("Retting (artikkel 16)"),
    "deletion": N_("Sletting (artikkel 17)"),
    "restriction": N_("Begrenset bruk (artikkel 18)"),
    "objection": N_("Protest (artikkel 21)"),
}
IDENTITY: Final[Mapping[str, str]] = {
    "login": N_("Innlogging med ID-porten"),
    "document": N_("Viste legitimasjon"),
    "known": N_("Kjent for saksbehandleren"),
    "letter": N_("Brev til folkeregistrert adresse"),
}
GROUNDS: Final[Mapping[str, str]] = {
    "duty_to_keep": N_("Kommunen har plikt til å ta vare på opplysningene (artikkel 17 nr. 3 b, arkivlova)"),
    "others": N_("Opplysningene gjelder en annen (artikkel 15 nr. 4, forvaltningsloven § 13)"),
    "harm": N_("Det er utilrådelig at den det gjelder, får vite det (personopplysningsloven § 16 d)"),
    "internal": N_("Det er et internt arbeidsdokument (personopplysningsloven § 16 e)"),
    "identity": N_("Vi fikk ikke vite sikkert hvem som spør (artikkel 12 nr. 6)"),
    "excessive": N_("Kravet er åpenbart grunnløst eller overdrevent (artikkel 12 nr. 5)"),
    "needed": N_("Opplysningene trengs for å gi tjenesten (artikkel 6 nr. 1 e og 21 nr. 1)"),
}
EXTRACTED: Final = frozenset({"access", "portability"})
KEPT_DAYS: Final = 14


def due_on(received: date) -> date:
    """The last day to answer: one month after it came (GDPR art. 12 (3))."""
    return add_months(received, 1)


def extended_due(received: date) -> date:
    """The last day after an extension: two months more, told with a reason within the first (art. 12 (3))."""
    return add_months(received, 3)


def expires(released: date) -> date:
    """The last day a released extract can be fetched."""
    return released + timedelta(days=KEPT_DAYS)
