"""Derived figures about contacts, money by service, and what municipalities share: each from two published figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from reporting.measures.words import Derived
from sammen.i18n_mark import N_

HUNDRED: Final = Decimal(100)
_PERIOD: Final = N_("Tallet gjelder perioden. Et halvår er ikke gjort om til et år.")


def _covered(name_of: str, dimension: str, name: str, definition: str, finding: str) -> Derived:
    """The part of the contacts that has `yes` in a dimension of contacts_covered, of those with yes or no."""
    return Derived(
        id=name_of, theme="contacts", name=name, definition=definition, numerator="contacts_covered",
        where={dimension: ("yes",)}, denominator="contacts_covered", where_below={dimension: ("yes", "no")},
        factor=HUNDRED, unit="percent", heading=name, finding=finding, better="more",
    )  # fmt: skip


DERIVED: Final = (
    Derived(
        id="turnover",
        theme="contacts",
        name=N_("Andel støttekontakter som sluttet"),
        definition=N_("Støttekontakter som sluttet i perioden, for hver hundre kommunen hadde i snitt."),
        numerator="contacts_left", denominator="contacts_mean", factor=HUNDRED, unit="percent", computed=(_PERIOD,),
        heading=N_("Andel som sluttet"), finding=N_("I %(name)s sluttet størst andel"), better="fewer",
    ),
    Derived(
        id="contacts_began_share",
        theme="contacts",
        name=N_("Andel nye støttekontakter"),
        definition=N_("Støttekontakter som begynte i perioden, for hver hundre kommunen hadde i snitt."),
        numerator="contacts_began", denominator="contacts_mean", factor=HUNDRED, unit="percent", computed=(_PERIOD,),
        heading=N_("Andel nye"), finding=N_("%(name)s rekrutterer mest, for hver støttekontakt de har"), better="more",
    ),
    Derived(
        id="users_per_contact",
        theme="contacts",
        name=N_("Brukere per støttekontakt"),
        definition=N_("Brukere med tilbud når perioden er over, delt på støttekontaktene da."),
        numerator="users", where={"still": ("yes",)}, denominator="contacts", unit="rate",
        heading=N_("Brukere per støttekontakt"), finding=N_("%(name)s har flest brukere på hver støttekontakt"),
    ),
    _covered(
        "vetted_share", "police", N_("Andel med politiattest"),
        N_("Støttekontakter som har vist politiattest, av alle kommunen har når perioden er over."),
        N_("%(name)s har størst andel med politiattest"),
    ),
    _covered(
        "trained_share", "course", N_("Andel med kurs eller veiledning"),
        N_("Støttekontakter med kurset eller veiledningen kommunen krever, av alle når perioden er over."),
        N_("%(name)s har størst andel med kurs eller veiledning"),
    ),
    _covered(
        "followed_up_share", "talked", N_("Andel med samtale i tide"),
        N_("Støttekontakter der fristen for samtale ikke er gått ut, av alle som ikke har pause."),
        N_("%(name)s har størst andel med samtale i tide"),
    ),
    _covered(
        "met_share", "met", N_("Andel som har hatt kontakt med veileder"),
        N_("Støttekontakter med samtale eller møte i perioden, av alle når perioden er over."),
        N_("%(name)s har kontakt med størst andel"),
    ),
    Derived(
        id="administration_share",
        theme="cost",
        name=N_("Andel til administrasjon"),
        definition=N_("Administrasjon av hele kostnaden i perioden."),
        numerator="cost", where={"cost_kind": ("administration",)}, denominator="cost", factor=HUNDRED, unit="percent",
        heading=N_("Andel til administrasjon"), finding=N_("%(name)s bruker størst andel på administrasjon"),
    ),
    Derived(
        id="pay_per_hour",
        theme="cost",
        name=N_("Lønn per time"),
        definition=N_("Lønn og feriepenger delt på godkjente timer, hver tjeneste for seg."),
        numerator="cost", where={"cost_kind": ("pay",)}, denominator="hours", unit="kroner", shared=("form",),
        computed=(
            N_("I en gruppe er timene deltakernes. Lederen betales for ett møte, så en gruppetime er billigere enn lederens."),
        ),
        heading=N_("Lønn per time"), finding=N_("Lønna per time er høyest i %(name)s"),
    ),
    Derived(
        id="cross_share",
        theme="together",
        name=N_("Andel timer på tvers"),
        definition=N_("Timer med en annen kommunes støttekontakt, av alle godkjente timer."),
        numerator="cross_hours", where={"origin": ("other",)}, denominator="cross_hours", factor=HUNDRED, unit="percent",
        shared=("form",), heading=N_("Andel timer på tvers"), finding=N_("%(name)s har størst andel timer på tvers"),
    ),
    Derived(
        id="cross_users_share",
        theme="together",
        name=N_("Andel brukere på tvers"),
        definition=N_("Personer med timer fra en annen kommunes støttekontakt, av alle med timer."),
        numerator="cross_users", where={"origin": ("other",)}, denominator="cross_users", factor=HUNDRED, unit="percent",
        heading=N_("Andel brukere på tvers"), finding=N_("%(name)s har størst andel brukere på tvers"),
    ),
    Derived(
        id="seats_per_contact",
        theme="courses",
        name=N_("Kursplasser per hundre støttekontakter"),
        definition=N_("Plasser på kurs i perioden, for hver hundre støttekontakter kommunen hadde i snitt."),
        numerator="course_seats", denominator="contacts_mean", factor=HUNDRED, unit="rate", computed=(_PERIOD,),
        heading=N_("Kursplasser per hundre"), finding=N_("%(name)s bruker flest kursplasser, for hver støttekontakt"),
        better="more",
    ),
    Derived(
        id="seats_away_share",
        theme="courses",
        name=N_("Andel kursplasser hos andre"),
        definition=N_("Plasser på kurs som andre kommuner eller samarbeidet holdt, av alle plasser i perioden."),
        numerator="course_seats", where={"held_by": ("other", "region")}, denominator="course_seats", factor=HUNDRED,
        unit="percent", heading=N_("Andel kursplasser hos andre"), finding=N_("%(name)s bruker størst andel hos andre"),
    ),
    Derived(
        id="needs_filled_share",
        theme="together",
        name=N_("Andel behov som fant noen"),
        definition=N_("Behov som fant støttekontakt, av alle som ble avsluttet i perioden."),
        numerator="needs_ended", where={"need_end": ("filled",)}, denominator="needs_ended", factor=HUNDRED, unit="percent",
        heading=N_("Andel behov som fant noen"), finding=N_("I %(name)s fant størst andel av behovene noen"), better="more",
    ),
)  # fmt: skip
