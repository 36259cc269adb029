"""What the slice's pages show, put together from its reads: values for templates, no HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sammen.clock import today
from sammen.i18n_mark import N_
from sammen.norwegian import format_date
from sammen.web.contributions import TimelineEvent
from sammen.web.formats import date_long
from sammen.web.i18n import translate
from tenants.complaints.queries import ComplaintCard, Notice
from tenants.complaints.rules import ANSWERS, APPEAL_RESULTS, LATE_GROUNDS
from tenants.decisions.api import DecisionCard

VIEW_NAMES = {
    "hos-oss": N_("Venter på oss"),
    "statsforvalteren": N_("Hos Statsforvalteren"),
    "avsluttet": N_("Avsluttet"),
}
STATES = {
    "received": (N_("Vurderes på nytt"), "half"),
    "proposed": (N_("Venter på godkjenning"), "info"),
    "appealed": (N_("Hos Statsforvalteren"), "half"),
    "closed": (N_("Avsluttet"), "neutral"),
}
DECISION_NAMES = {
    "grant": N_("Vedtaket fra %(day)s"),
    "partial": N_("Vedtaket fra %(day)s, innvilget i noe"),
    "refusal": N_("Avslaget fra %(day)s"),
    "change": N_("Endringen fra %(day)s"),
    "ending": N_("Avslutningen fra %(day)s"),
}


def decision_name(kind: str, decided_on: Any, language: str) -> str:
    """What a decision is called when it is complained of: "Avslaget fra 3. februar 2026"."""
    return translate(
        language, DECISION_NAMES.get(kind, DECISION_NAMES["grant"]), day=date_long(decided_on, language)
    )


def outcome(card: ComplaintCard, language: str) -> str:
    """How a complaint has gone so far, in one line; empty while nobody has answered."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    if card.withdrawn_on is not None:
        return say(N_("Trukket %(day)s."), day=date_long(card.withdrawn_on, language))
    if card.appeal_result and card.appeal_decided_on is not None:
        return say(
            N_("Statsforvalteren, %(day)s: %(result)s."), day=date_long(card.appeal_decided_on, language),
            result=say(APPEAL_RESULTS[card.appeal_result]),
        )  # fmt: skip
    if card.concluded_on is not None and card.answer in ANSWERS:
        return say(ANSWERS[card.answer]) + "."
    return ""


def deadline_text(card: ComplaintCard, language: str) -> str:
    """Whether it came in time, and how that is known."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    if card.deadline_on is None or card.reached_on is None:
        return say(
            N_(
                "Brevet med vedtaket er ikke merket som sendt, så fristen har ikke begynt å løpe. Klagen er i tide."
            )
        )
    values = {
        "deadline": date_long(card.deadline_on, language), "reached": date_long(card.reached_on, language),
        "weeks": card.weeks,
    }  # fmt: skip
    if card.reached_by_post:
        return say(
            N_("%(deadline)s, %(weeks)s uker etter at vedtaket kom fram. Vi regner med at det kom %(reached)s."),
            **values,
        )  # fmt: skip
    return say(N_("%(deadline)s, %(weeks)s uker etter at vedtaket kom fram %(reached)s."), **values)


def facts(card: ComplaintCard, language: str) -> list[tuple[str, str]]:
    """What is known of a complaint beside its words, as label and text; empty ones are left out."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    deferral = {
        "asked": N_("Klageren ber om at vedtaket venter. Det er ikke avgjort."),
        "granted": N_("Vedtaket venter til klagen er avgjort."),
        "refused": N_("Vedtaket gjelder mens klagen behandles."),
    }.get(card.deferral, "")
    rows = [
        (say(N_("Klagefrist")), deadline_text(card, language)),
        (say(N_("Behandles likevel")), f"{say(LATE_GROUNDS[card.late_ground])}. {card.late_reason}"
         if card.late_ground in LATE_GROUNDS else ""),
        (say(N_("Oppsettende virkning")), (say(deferral) + " " + card.deferral_reason).strip() if deferral else ""),
        (say(N_("Foreløpig svar")), say(N_("Sendt %(day)s. Svaret er lovet innen %(expected)s."),
                                        day=date_long(card.interim_on, language),
                                        expected=date_long(card.expected_on, language))
         if card.interim_on is not None and card.expected_on is not None else ""),
    ]  # fmt: skip
    return [(label, text) for label, text in rows if text]


def received_values(decisions: Sequence[DecisionCard]) -> dict[str, Any]:
    """What the form for a new complaint begins with: today, by letter, from the person, on the newest decision."""
    return {
        "vedtak": str(decisions[0].id), "mottatt": format_date(today()), "kanal": "letter", "klager": "self",
    }  # fmt: skip


def answer_values(card: ComplaintCard) -> dict[str, Any]:
    """What the answer form begins with: what is written so far."""
    return {
        "versjon": card.version, "svar": card.answer, "begrunnelse": card.reasons, "for_sent": card.late_ground,
        "for_sent_grunn": card.late_reason, "avvist": card.dismiss_ground,
        "vente": card.deferral if card.deferral in ("granted", "refused") else "",
        "vente_grunn": card.deferral_reason,
    }  # fmt: skip


def notice_text(notice: Notice, language: str) -> str:
    """When one may complain of a decision until, for its place on the case page; empty while nobody can know."""
    if notice.deadline_on is None:
        return translate(language, N_("Ingen klage på vedtaket. Klagefristen begynner når brevet er sendt."))
    message = (
        N_("Ingen klage på vedtaket. Klagefristen går ut %(day)s.")
        if notice.deadline_on >= today()
        else N_("Ingen klage på vedtaket. Klagefristen gikk ut %(day)s.")
    )
    return translate(language, message, day=date_long(notice.deadline_on, language))


def events(cards: Sequence[ComplaintCard], language: str) -> list[TimelineEvent]:
    """What happened with the case's complaints."""

    def say(message: str, **params: object) -> str:
        return translate(language, message, **params)

    found = []
    for card in cards:
        about = decision_name(card.decision_kind, card.decided_on, language)
        found.append(TimelineEvent(card.received_on, say(N_("Klage")), f"{about}.", order=70))
        if card.concluded_on is not None and card.answer in ANSWERS:
            found.append(
                TimelineEvent(
                    card.concluded_on, say(N_("Svar på klagen")), say(ANSWERS[card.answer]) + ".", order=72
                )
            )
        if card.appeal_decided_on is not None and card.appeal_result in APPEAL_RESULTS:
            found.append(
                TimelineEvent(
                    card.appeal_decided_on, say(N_("Statsforvalteren har avgjort klagen")),
                    f"{say(APPEAL_RESULTS[card.appeal_result])}. {card.appeal_note}".strip(), order=74,
                )
            )  # fmt: skip
        if card.withdrawn_on is not None:
            text = card.withdrawn_note
            found.append(TimelineEvent(card.withdrawn_on, say(N_("Klagen ble trukket")), text, order=76))
    return found
