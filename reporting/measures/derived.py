"""Figures computed from two published ones, so that big and small municipalities can stand beside each other."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from reporting.measures.words import INHABITANTS, Derived
from sammen.i18n_mark import N_

_PERIOD = N_("Tallet gjelder perioden. Et halvår er ikke gjort om til et år.")
_JOINT = N_(
    "Kostnad som ikke hører til én tjeneste, som administrasjon, er med i summen og ikke i tjenestene hver for seg."
)
HUNDRED: Final = Decimal(100)

DERIVED: Final = (
    Derived(
        id="users_per_1000",
        theme="users",
        name=N_("Brukere per 1 000 innbyggere"),
        definition=N_("Brukere med tilbud i perioden for hver 1 000 innbyggere."),
        numerator="users", denominator=INHABITANTS, factor=Decimal(1000), unit="rate", shared=("age",),
        computed=(
            N_("Folketallet er det nyeste samarbeidet har lest inn for året. Kilden og datoen står ved tallet."),
            N_("Deles det på alder, er det brukere i en aldersgruppe for hver 1 000 innbyggere i den samme."),
        ),
        heading=N_("Brukere per 1 000 innbyggere"), finding=N_("%(name)s har flest brukere for folketallet"),
    ),
    Derived(
        id="started_in_time",
        theme="waiting",
        name=N_("Begynte innen fire uker"),
        definition=N_("Tjenester som begynte etter å ha ventet i høyst fire uker, av alle som begynte i perioden."),
        numerator="waited", where={"wait": ("0-28",)}, denominator="waited", factor=HUNDRED, unit="percent",
        heading=N_("Begynte innen fire uker"), finding=N_("%(name)s har størst andel som begynte innen fire uker"),
        better="more",
    ),
    Derived(
        id="hours_per_user",
        theme="hours",
        name=N_("Timer per bruker"),
        definition=N_("Godkjente timer i perioden delt på brukerne i perioden."),
        numerator="hours", denominator="users", unit="hours", shared=("age",), computed=(_PERIOD,),
        heading=N_("Timer per bruker"), finding=N_("%(name)s gir flest timer per bruker"),
    ),
    Derived(
        id="hours_delivered",
        theme="hours",
        name=N_("Timer gitt av timer innvilget"),
        definition=N_("Godkjente timer av timene vedtakene gir i perioden."),
        numerator="hours", denominator="hours_granted", factor=HUNDRED, unit="percent", shared=("age",),
        computed=(
            N_("Tallet kan bli over hundre: timer i tjenester uten antall timer i vedtaket er med over streken, ikke under."),
        ),
        heading=N_("Timer gitt av timer innvilget"), finding=N_("%(name)s gir størst andel av timene"), better="more",
    ),
    Derived(
        id="evaluated_in_time",
        theme="quality",
        name=N_("Evaluert i tide"),
        definition=N_("Evalueringer som ble holdt i tide, av alle med frist i perioden."),
        numerator="evaluations", where={"timely": ("in_time",)}, denominator="evaluations", factor=HUNDRED, unit="percent",
        heading=N_("Evaluert i tide"), finding=N_("%(name)s har størst andel evaluert i tide"), better="more",
    ),
    Derived(
        id="cost_per_user",
        theme="cost",
        name=N_("Kostnad per bruker"),
        definition=N_("Kostnaden i perioden delt på brukerne i perioden. I kroner."),
        numerator="cost", denominator="users", unit="kroner", computed=(_PERIOD,),
        heading=N_("Kostnad per bruker"), finding=N_("Kostnaden per bruker er høyest i %(name)s"),
    ),
    Derived(
        id="cost_per_service",
        theme="cost",
        name=N_("Kostnad per tjeneste"),
        definition=N_("Kostnaden i perioden delt på tjenester i gang, hver tjeneste for seg. I kroner."),
        numerator="cost", denominator="services", unit="kroner", shared=("form",), computed=(_PERIOD, _JOINT),
        heading=N_("Kostnad per tjeneste"), finding=N_("Kostnaden per tjeneste er høyest i %(name)s"),
    ),
    Derived(
        id="cost_per_hour",
        theme="cost",
        name=N_("Kostnad per time"),
        definition=N_("Kostnaden i perioden delt på de godkjente timene. I kroner."),
        numerator="cost", denominator="hours", unit="kroner", shared=("form",), computed=(_JOINT,),
        heading=N_("Kostnad per time"), finding=N_("Kostnaden per time er høyest i %(name)s"),
    ),
    Derived(
        id="cost_per_inhabitant",
        theme="cost",
        name=N_("Kostnad per innbygger"),
        definition=N_("Kostnaden i perioden delt på alle som bor i kommunen. I kroner."),
        numerator="cost", denominator=INHABITANTS, unit="kroner", computed=(_PERIOD,),
        heading=N_("Kostnad per innbygger"), finding=N_("Kostnaden per innbygger er høyest i %(name)s"),
    ),
    Derived(
        id="users_end",
        theme="users",
        name=N_("Brukere ved periodens slutt"),
        definition=N_("Personer som hadde et oppdrag i gang den siste dagen i perioden."),
        numerator="users", where={"still": ("yes",)}, denominator="", unit="count", shared=("age", "gender", "target"),
        heading=N_("Brukere ved periodens slutt"), finding=N_("%(name)s har flest brukere ved periodens slutt"),
    ),
    Derived(
        id="group_share",
        theme="users",
        name=N_("Andel med aktivitetsgruppe"),
        definition=N_("Personer med plass i en aktivitetsgruppe i perioden, av alle brukere med tilbud."),
        numerator="services", where={"form": ("group",)}, denominator="users", factor=HUNDRED, unit="percent",
        heading=N_("Andel med aktivitetsgruppe"), finding=N_("%(name)s har størst andel i aktivitetsgruppe"),
    ),
    Derived(
        id="refused",
        theme="users",
        name=N_("Avslag per 100 nye vedtak"),
        definition=N_("Avslag i perioden for hvert hundrede nye vedtak om en tjeneste."),
        numerator="other_decisions", where={"decision": ("refusal",)}, denominator="new_decisions", factor=HUNDRED,
        unit="rate", shared=("age",),
        heading=N_("Avslag per 100 nye vedtak"), finding=N_("%(name)s har flest avslag for hvert nye vedtak"),
    ),
    Derived(
        id="changed_contact",
        theme="contacts",
        name=N_("Andel som byttet støttekontakt"),
        definition=N_("Personer som byttet støttekontakt minst én gang i perioden, av alle brukere med tilbud."),
        numerator="users", where={"changes": ("1", "2", "3+")}, denominator="users", factor=HUNDRED, unit="percent",
        shared=("age",),
        heading=N_("Byttet støttekontakt"), finding=N_("I %(name)s byttet størst andel støttekontakt"), better="fewer",
    ),
    Derived(
        id="waiting_per_100",
        theme="waiting",
        name=N_("Tjenester som venter, per 100 i gang"),
        definition=N_("Tjenester som venter ved periodens slutt, for hver 100 som var i gang i perioden."),
        numerator="waiting", denominator="services", factor=HUNDRED, unit="rate", shared=("form",),
        heading=N_("Tjenester som venter, per 100 i gang"), finding=N_("%(name)s har flest som venter for hver i gang"),
        better="fewer",
    ),
    Derived(
        id="hours_per_service",
        theme="hours",
        name=N_("Timer per bruker i hver tjeneste"),
        definition=N_("Godkjente timer i en tjeneste delt på personene som hadde den."),
        numerator="hours", denominator="services", unit="hours", shared=("form",), computed=(_PERIOD,),
        heading=N_("Timer per bruker i hver tjeneste"), finding=N_("%(name)s gir flest timer per bruker i tjenesten"),
    ),
    Derived(
        id="goal_reached_share",
        theme="quality",
        name=N_("Målet er nådd, helt eller delvis"),
        definition=N_("Evalueringer der målet er nådd helt eller delvis, av dem der noen har svart på det."),
        numerator="evaluated", where={"reached": ("yes", "partly")},
        denominator="evaluated", where_below={"reached": ("yes", "partly", "no")}, factor=HUNDRED, unit="percent",
        heading=N_("Målet er nådd, helt eller delvis"), finding=N_("%(name)s har størst andel som når målet"), better="more",
    ),
    Derived(
        id="hours_fit_share",
        theme="quality",
        name=N_("Timene passer"),
        definition=N_("Evalueringer der timene passer, av dem der noen har svart på det."),
        numerator="evaluated", where={"fit": ("fits",)},
        denominator="evaluated", where_below={"fit": ("fits", "too_few", "too_many")}, factor=HUNDRED, unit="percent",
        heading=N_("Timene passer"), finding=N_("%(name)s har størst andel der timene passer"), better="more",
    ),
    Derived(
        id="form_fits_share",
        theme="quality",
        name=N_("Tjenesten passer"),
        definition=N_("Evalueringer der tjenesten passer, av dem der noen har svart på det."),
        numerator="evaluated", where={"suits": ("yes",)},
        denominator="evaluated", where_below={"suits": ("yes", "no")}, factor=HUNDRED, unit="percent",
        heading=N_("Tjenesten passer"), finding=N_("%(name)s har størst andel der tjenesten passer"), better="more",
    ),
    Derived(
        id="voices_like",
        theme="quality",
        name=N_("Har det fint i gruppa"),
        definition=N_("Deltakere i aktivitetsgrupper som svarer ja på om de har det fint der, av alle som har svart."),
        numerator="voices", where={"likes": ("yes",)}, denominator="voices", factor=HUNDRED, unit="percent",
        heading=N_("Har det fint i gruppa"), finding=N_("%(name)s har størst andel som har det fint i gruppa"), better="more",
    ),
    Derived(
        id="voices_safe",
        theme="quality",
        name=N_("Føler seg trygg i gruppa"),
        definition=N_("Deltakere i aktivitetsgrupper som svarer ja på om de er trygge der, av alle som har svart."),
        numerator="voices", where={"safe": ("yes",)}, denominator="voices", factor=HUNDRED, unit="percent",
        heading=N_("Føler seg trygg i gruppa"), finding=N_("%(name)s har størst andel som er trygg i gruppa"), better="more",
    ),
    Derived(
        id="deviations_per_100",
        theme="quality",
        name=N_("Avvik per 100 brukere"),
        definition=N_("Avvik som ble meldt i perioden, for hver 100 brukere med tilbud."),
        numerator="deviations_opened", denominator="users", factor=HUNDRED, unit="rate",
        computed=(N_("Mange avvik kan bety at det går mye galt, eller at de ansatte er flinke til å melde fra."),),
        heading=N_("Avvik per 100 brukere"), finding=N_("%(name)s har meldt flest avvik for hver bruker"),
    ),
    Derived(
        id="complaints_per_100",
        theme="quality",
        name=N_("Klager per 100 brukere"),
        definition=N_("Klager som kom inn i perioden, for hver 100 brukere med tilbud."),
        numerator="complaints", denominator="users", factor=HUNDRED, unit="rate",
        computed=(N_("En klage kan gjelde et avslag. Den som klager, er da ikke bruker."),),
        heading=N_("Klager per 100 brukere"), finding=N_("%(name)s har flest klager for hver bruker"),
    ),
)  # fmt: skip
