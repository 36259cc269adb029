"""What may leave the house: that something waits in Sammen, and where to log in. Never what it is, nor about whom."""

from __future__ import annotations

from sammen.i18n_mark import N_
from sammen.outbox.api import register_text

CODES: dict[str, tuple[str, str]] = {
    "message": (
        N_("Du har en melding i Sammen"),
        N_("Du har en melding i Sammen. Logg inn for å lese den: %(address)s"),
    ),
    "ask": (
        N_("Du har et spørsmål i Sammen"),
        N_("Du har et spørsmål i Sammen. Logg inn for å svare: %(address)s"),
    ),
    "attest": (
        N_("Du har noe å bekrefte i Sammen"),
        N_("Du har timer å bekrefte i Sammen. Logg inn for å se på dem: %(address)s"),
    ),
    "attest_code": (
        N_("Kode fra Sammen"),
        N_(
            "Koden din i Sammen er %(number)s. Den gjelder i et kvarter. Gi den bare hvis du har lest det du bekrefter."
        ),
    ),
    "hours_due": (
        N_("Frist for timer i Sammen"),
        N_("Fristen for å sende timer nærmer seg. Logg inn i Sammen for å sende dem: %(address)s"),
    ),
    "returned": (
        N_("Noe må rettes i Sammen"),
        N_("Noe du har sendt i Sammen, må rettes. Logg inn for å se hva: %(address)s"),
    ),
    "hours_late": (
        N_("Frist for timer i Sammen"),
        N_("Fristen for å sende timer er ute. Logg inn i Sammen for å sende dem: %(address)s"),
    ),
    "corrected": (
        N_("Noe er rettet i Sammen"),
        N_("Noe du har sendt i Sammen, er rettet. Logg inn for å se hva: %(address)s"),
    ),
    "agreement": (
        N_("Du har noe å skrive under i Sammen"),
        N_("Du har noe å skrive under i Sammen. Logg inn for å lese det: %(address)s"),
    ),
    "paid": (
        N_("Du har en kvittering i Sammen"),
        N_("Du har en kvittering i Sammen. Logg inn for å se den: %(address)s"),
    ),
    "meeting": (
        N_("Du har en invitasjon i Sammen"),
        N_("Du er invitert til noe i Sammen. Logg inn for å se hva: %(address)s"),
    ),
    "reminder": (
        N_("Du har en påminnelse i Sammen"),
        N_("Noe du er invitert til i Sammen, er snart. Logg inn for å se hva: %(address)s"),
    ),
    "moved": (
        N_("Noe er flyttet i Sammen"),
        N_(
            "Noe du er invitert til i Sammen, har fått ny tid eller nytt sted. Logg inn for å se hva: %(address)s"
        ),
    ),
    "called_off": (
        N_("Noe er avlyst i Sammen"),
        N_("Noe du er invitert til i Sammen, er avlyst. Logg inn for å se hva: %(address)s"),
    ),
    "group": (
        N_("Noe er endret i Sammen"),
        N_("Noe du skal være med på, er nytt eller endret. Logg inn i Sammen for å se det: %(address)s"),
    ),
    "pool": (
        N_("Du har noe å se på i Sammen"),
        N_("Du har noe å se på i Sammen. Logg inn for å lese det: %(address)s"),
    ),
    "request": (
        N_("Noe er nytt i en forespørsel i Sammen"),
        N_("Noe er nytt i en forespørsel til deg i Sammen. Logg inn for å se hva: %(address)s"),
    ),
    "letter": (
        N_("Du har et brev i Sammen"),
        N_("Du har et brev i Sammen. Logg inn for å lese det: %(address)s"),
    ),
    "invited": (
        N_("Et brev med en kode er laget til deg i Sammen"),
        N_(
            "Et brev med en kode til Sammen er laget til deg. Ring kommunen hvis du ikke får det, eller ikke vil ha det. Her "
            "logger du inn: %(address)s"
        ),
    ),
    "certificate": (
        N_("Noe nytt ligger til deg i Sammen"),
        N_("Noe nytt ligger til deg i Sammen. Logg inn for å se det: %(address)s"),
    ),
    "renew": (
        N_("Noe går snart ut i Sammen"),
        N_("Noe du har registrert i Sammen, går snart ut. Logg inn for å se hva: %(address)s"),
    ),
    "load": (
        N_("Noe er endret for deg i Sammen"),
        N_("Noe er endret for deg i Sammen. Logg inn for å se det først: %(address)s"),
    ),
    "changed": (
        N_("Noe er endret i Sammen"),
        N_("Noe du har meldt deg på i Sammen, er endret. Logg inn for å se hva: %(address)s"),
    ),
}
"""Code to (subject, body). A new kind of notice is a line here, and says no more than these do."""

for _code, (_subject, _body) in CODES.items():
    register_text(_code, _subject, _body)
