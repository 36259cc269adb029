"""The words of the figures about decisions: new ones, what was decided, how they ended, and complaints on them."""

from __future__ import annotations

from typing import Final

from reporting.measures.words import Words
from sammen.i18n_mark import N_

_AGE = N_("Alderen er den personen har den siste dagen i perioden.")
_IMPORTED = N_("Vedtak som ble lest inn fra kommunens lister, er med når de ble fattet i perioden.")

WORDS: Final = (
    Words(
        id="new_decisions",
        theme="users",
        name=N_("Nye vedtak"),
        definition=N_("Vedtak som ble fattet i perioden, og som ga en tjeneste uten å erstatte et eldre vedtak."),
        computed=(
            N_("Vi teller vedtak. Gir et vedtak flere tjenester, står det under «Flere tjenester»."),
            N_("Endringer av et vedtak som gjelder, er ikke nye vedtak. Det er heller ikke avslag."),
            _IMPORTED, _AGE,
        ),
        source=N_("Vedtak i kommunens egne saker."),
        tables=("decision", "service_grant", "case_file", "person"),
        heading=N_("Nye vedtak"),
        finding=N_("%(name)s har flest nye vedtak"),
    ),
    Words(
        id="other_decisions",
        theme="users",
        name=N_("Andre vedtak"),
        definition=N_("Vedtak som ble fattet i perioden, og som ikke er nye vedtak om en tjeneste, etter hva som ble bestemt."),
        computed=(
            N_("Vi teller vedtak på dagen de ble fattet. Utkast og forslag er ikke med."),
            N_("Endret er vedtak som erstatter et vedtak som gjaldt, også når det bare blir forlenget."),
            N_("Ingen vedtak er både her og under nye vedtak."),
            _IMPORTED, _AGE,
        ),
        source=N_("Vedtak i kommunens egne saker."),
        tables=("decision", "case_file", "person"),
        heading=N_("Andre vedtak"),
    ),
    Words(
        id="ended_decisions",
        theme="users",
        name=N_("Vedtak som sluttet"),
        definition=N_("Vedtak om tjenester som sluttet i perioden, etter hvorfor de sluttet."),
        computed=(
            N_("Dagen den siste tjenesten i vedtaket sluttet, avgjør."),
            N_("Et vedtak som ble erstattet av et nytt vedtak om tjenester, har ikke sluttet."),
            N_("Er vedtaket gått ut uten at noen har svart på hva som skjedde, står det under «Ikke svart»."),
            _AGE,
        ),
        source=N_("Vedtak i kommunens egne saker."),
        tables=("decision", "case_file", "person"),
        heading=N_("Vedtak som sluttet"),
    ),
    Words(
        id="complaints",
        theme="quality",
        name=N_("Klager som kom inn"),
        definition=N_("Klager på vedtak som kommunen tok imot i perioden."),
        computed=(
            N_("Dagen klagen kom fram til kommunen, avgjør."),
            N_("Klager som siden ble trukket, er med."),
        ),
        source=N_("Klager i kommunens egne saker."),
        tables=("complaint",),
        heading=N_("Klager som kom inn"),
    ),
    Words(
        id="complaints_answered",
        theme="quality",
        name=N_("Klager som ble avgjort i kommunen"),
        definition=N_("Klager som kommunen avgjorde i perioden, etter hvordan det gikk."),
        computed=(
            N_("Dagen kommunens svar ble godkjent, avgjør. For en klage som ble trukket, er det dagen den ble trukket."),
            N_("En klage som ikke førte fram, går videre til Statsforvalteren og telles der når den er avgjort."),
        ),
        source=N_("Klager i kommunens egne saker."),
        tables=("complaint",),
        heading=N_("Klager som ble avgjort"),
    ),
    Words(
        id="complaints_appealed",
        theme="quality",
        name=N_("Klager som Statsforvalteren avgjorde"),
        definition=N_("Klager som Statsforvalteren avgjorde i perioden, etter hvordan det gikk."),
        computed=(N_("Dagen på Statsforvalterens vedtak avgjør."),),
        source=N_("Klager i kommunens egne saker."),
        tables=("complaint",),
        heading=N_("Klager hos Statsforvalteren"),
    ),
)  # fmt: skip
