"""One's own pages on a phone: the leader's meetings and list of the day, and the participant's groups."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Response

from sammen.audit.trail import record_read
from sammen.clock import now, today
from sammen.errors import Invalid
from sammen.i18n_mark import N_
from sammen.policy.permissions import Permission
from sammen.web.desk import Desk
from sammen.web.door import action, page
from sammen.web.formats import clock_range
from tenants.contacts.api import own_contact
from tenants.people.api import traits
from tenants.sessions import forms, views
from tenants.sessions.asking import answer_ask, cannot_lead, own_ask, own_asks
from tenants.sessions.holding import EARLY, led_session, note_presence, opens_for, start_session
from tenants.sessions.hooks import guests_of
from tenants.sessions.own import OwnPlace, answer_place, meetings_of, own_places, say_away
from tenants.sessions.presence import day_list, guest_states
from tenants.sessions.queries import SessionCard, sessions_led_by

AHEAD, BEHIND = timedelta(days=56), timedelta(days=14)
MINE = "/min/{slug:str}/treff"
ONE = f"{MINE}/{{group_session_id:uuid}}"


# The leader's -------------------------------------------------------------------------------------------------------
@page(MINE, Permission.GROUP_LEAD)
async def show_mine(desk: Desk) -> Response[str]:
    """The meetings one leads in the weeks ahead, and the last ones."""
    contact_id = await own_contact(desk.uow)
    day = today()
    cards = await sessions_led_by(desk.uow, contact_id, day - BEHIND, day + AHEAD) if contact_id else []
    mine = [(one, next(row for row in one.leaders if row.contact_id == contact_id)) for one in cards]
    rows = [
        (card, me, views.when(card, desk.language), _mine_state(desk, card, me.state)) for card, me in mine
    ]
    return await desk.render(
        "sessions/mine.html",
        title=desk.say(N_("Treffene mine")),
        current="",
        coming=[row for row in rows if row[0].ends_at > now()],
        been=[row for row in reversed(rows) if row[0].ends_at <= now()],
        asks=[(one, views.when(one.session, desk.language)) for one in await own_asks(desk.uow)],
        base=desk.url("/treff"),
        hours=desk.url("/timer"),
    )


def _mine_state(desk: Desk, card: SessionCard, mine: str) -> tuple[str, str]:
    if mine == "cannot" and card.state != "cancelled":
        return desk.say(N_("Du har sagt at du ikke kan")), "neutral"
    return views.state(card, desk.language)


async def _led_values(desk: Desk) -> tuple[SessionCard, dict[str, Any]]:
    """What the leader's page of a meeting shows: on the day the list, opened and logged; else only when and where."""
    uow = desk.uow
    contact_id, card = await led_session(uow, desk.path_uuid("group_session_id"))
    opens = opens_for(card, contact_id)
    rows = await day_list(uow, card) if opens else []
    if opens:
        await record_read(
            uow, "session.day_list", [one.person_id for one in rows], why=N_("Åpnet deltakerlista for dagens treff"),
            object_kind="group_session", object_id=card.id,
        )  # fmt: skip
    guests = await guests_of(uow, card.id) if opens else []
    states = await guest_states(uow, card.id) if guests else {}
    mine = next(one for one in card.leaders if one.contact_id == contact_id)
    return card, {
        "card": card,
        "current": "",
        "when": views.when(card, desk.language),
        "state": _mine_state(desk, card, mine.state),
        "reason": views.reason(card, desk.language),
        "mine": mine,
        "others": [one for one in card.leading if one.contact_id != contact_id],
        "opens": opens,
        "rows": rows,
        "guests": [(one, states.get(one.seat_id, "")) for one in guests],
        "states": desk.options(forms.STATES),
        "leaders": [(str(one.contact_id), one.name) for one in card.leading],
        "may_start": opens and card.state == "planned" and card.started_at is None and now() >= card.starts_at - EARLY,
        "may_say_no": card.state == "planned" and card.started_at is None and not card.over and mine.state == "coming",
        "base": desk.url("/treff"),
        "action": desk.url(f"/treff/{card.id}"),
        "hours": desk.url("/timer"),
    }  # fmt: skip


def _presence(shown: dict[str, Any]) -> dict[str, Any]:
    """What the tick list begins with: what stands, else nothing, so that nobody is ticked off by accident."""
    values: dict[str, Any] = {f"{forms.PLACE}{one.place_id}": one.state for one in shown["rows"]}
    values |= {f"{forms.GUEST}{one.seat_id}": state for one, state in shown["guests"]}
    along = [
        str(one.place_id)
        for one in shown["rows"]
        if one.with_contact or (one.brings_contact and not one.state)
    ]
    return {**values, forms.ALONG: along, "ledere": [str(shown["mine"].contact_id)]}


@page(ONE, Permission.GROUP_LEAD)
async def show_led(desk: Desk) -> Response[str]:
    """One meeting that one leads."""
    _, shown = await _led_values(desk)
    return await desk.render("sessions/led.html", title=shown["when"], values=_presence(shown), **shown)


async def _led_again(desk: Desk, bad: Invalid, shown: dict[str, Any]) -> Response[str]:
    values = {**_presence(shown), **desk.form.values()}
    return await desk.render(
        "sessions/led.html", title=shown["when"], status=422, errors=bad.errors, values=values, **shown
    )


@action(f"{ONE}/start", Permission.GROUP_LEAD)
async def start(desk: Desk) -> Response[Any]:
    """Two leaders are there: the meeting begins."""
    card, shown = await _led_values(desk)
    try:
        await start_session(desk.uow, card.id, forms.read_ids(desk.form, "ledere"))
    except Invalid as bad:
        return await _led_again(desk, bad, shown)
    return desk.redirect(
        shown["action"], flash=N_("Treffet er i gang. Kryss av etter hvert som folk kommer.")
    )


@action(f"{ONE}/oppmote", Permission.GROUP_LEAD)
async def tick(desk: Desk) -> Response[Any]:
    """Keep who has come so far, or end the meeting, by the button that was pressed."""
    card, shown = await _led_values(desk)
    done = desk.form.text("gjor") == "ferdig"
    try:
        await note_presence(desk.uow, card.id, forms.read_presence(desk.form), done=done)
    except Invalid as bad:
        return await _led_again(desk, bad, shown)
    said = N_("Treffet er ferdig. Husk å føre timer.") if done else N_("Oppmøtet er lagret.")
    return desk.redirect(shown["action"], flash=said)


@action(f"{ONE}/kan-ikke", Permission.GROUP_LEAD)
async def cannot(desk: Desk) -> Response[Any]:
    """One cannot lead the meeting; others are asked."""
    asked = await cannot_lead(desk.uow, desk.path_uuid("group_session_id"))
    said = (
        N_("Takk for at du sa fra. Vi spør andre.")
        if asked
        else N_("Takk for at du sa fra. Koordinatoren ser det på sin side.")
    )
    return desk.redirect(desk.url("/treff"), flash=said)


ASK = f"{MINE}/sporsmal/{{leader_ask_id:uuid}}"


async def _ask_values(desk: Desk) -> dict[str, Any]:
    one = await own_ask(desk.uow, desk.path_uuid("leader_ask_id"))
    activity = traits.INTERESTS.get(one.session.group_activity)
    return {
        "one": one,
        "current": "",
        "when": views.when(one.session, desk.language),
        "activity": one.session.activity or (desk.say(activity) if activity else ""),
        "with_whom": views.leaders(one.session, desk.language),
        "answers": desk.options(forms.ANSWERS),
        "action": desk.url(f"/treff/sporsmal/{one.id}"),
        "base": desk.url("/treff"),
    }


@page(ASK, Permission.GROUP_LEAD)
async def show_ask(desk: Desk) -> Response[str]:
    """What one is asked: a meeting to lead."""
    shown = await _ask_values(desk)
    return await desk.render(
        "sessions/ask.html", title=desk.say(N_("Kan du lede et treff?")), values={}, **shown
    )


@action(ASK, Permission.GROUP_LEAD)
async def answer(desk: Desk) -> Response[Any]:
    """Yes or no; a no costs nothing."""
    shown = await _ask_values(desk)
    try:
        became = await answer_ask(desk.uow, shown["one"].id, yes=forms.read_answer(desk.form))
    except Invalid as bad:
        return await desk.again(
            "sessions/ask.html", bad, title=desk.say(N_("Kan du lede et treff?")), **shown
        )
    said = {
        "yes": N_("Takk! Treffet står nå på lista di."),
        "no": N_("Takk for svaret. Det har ikke noe å si for deg."),
        "closed": N_("Treffet har fått gruppeleder, eller er avlyst. Takk for at du svarte."),
    }
    return desk.redirect(desk.url("/treff"), flash=said[became])


# The participant's ----------------------------------------------------------------------------------------------------
GROUPS = "/min/{slug:str}/grupper"


async def _own_values(desk: Desk) -> dict[str, Any]:
    uow, language = desk.uow, desk.language
    places = await own_places(uow)
    persons = list(dict.fromkeys(one.person_id for one in places))
    if persons:
        await record_read(uow, "own.read", persons, why=N_("Så på grupper og treff"))
    shown = []
    for one in places:
        meetings = [
            (row, views.when(row.session, language), views.leaders(row.session, language),
             views.reason(row.session, language))
            for row in await meetings_of(uow, one)
        ]  # fmt: skip
        # What is the same every week is said once.
        usual = next(((row.session.transport, led_by) for row, _, led_by, _ in meetings if row.session.state == "planned"),
                     ("", ""))  # fmt: skip
        shown.append((one, _weekly(desk, one), usual, meetings))
    return {
        "places": shown,
        "current": "",
        "base": desk.url("/grupper"),
    }


def _weekly(desk: Desk, one: OwnPlace) -> str:
    return f"{desk.say(traits.WEEKDAYS[one.weekday])} {clock_range(one.starts, one.ends, desk.language)}"


@page(GROUPS, Permission.GROUP_TAKE_PART)
async def show_own(desk: Desk) -> Response[str]:
    """The groups one is in, or somebody one acts for: when, where, who leads, and what one does."""
    return await desk.render(
        "sessions/own.html", title=desk.say(N_("Grupper")), values={}, **await _own_values(desk)
    )


@action(f"{GROUPS}/{{place_id:uuid}}/svar", Permission.GROUP_TAKE_PART)
async def answer_own(desk: Desk) -> Response[Any]:
    """Yes or no to a place, or to going on after a trial."""
    yes = desk.form.text("svar") == "ja"
    try:
        await answer_place(desk.uow, desk.path_uuid("place_id"), yes=yes)
    except Invalid:
        said = N_("Plassen er dessverre tatt. Du står fortsatt på ventelista.")
        return desk.redirect(desk.url("/grupper"), flash=said, state="warning")
    said = N_("Så fint! Plassen er deres.") if yes else N_("Takk for svaret. Plassen går til en annen.")
    return desk.redirect(desk.url("/grupper"), flash=said)


@action(f"{GROUPS}/{{place_id:uuid}}/treff/{{group_session_id:uuid}}", Permission.GROUP_TAKE_PART)
async def come_or_not(desk: Desk) -> Response[Any]:
    """Say that one does not come, or that one comes after all."""
    away = desk.form.text("kommer") == "nei"
    await say_away(desk.uow, desk.path_uuid("place_id"), desk.path_uuid("group_session_id"), stays_away=away)
    said = (
        N_("Takk for at du sa fra. Gruppelederne ser det.") if away else N_("Så fint at du kommer likevel.")
    )
    return desk.redirect(desk.url("/grupper"), flash=said)


HANDLERS = [
    show_mine, show_led, start, tick, cannot, show_ask, answer, show_own, answer_own, come_or_not,
]  # fmt: skip
