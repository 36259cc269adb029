"""What must hold for every form that changes something: sent twice it has one effect and one answer, its key is not good for
another content, and the second of two editors gets both versions and keeps their text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import unescape
from uuid import uuid4

from tests.web.found_forms import Records, Sender

KEYS_TABLE = "idempotency_key"
EDITED = " Og en setning til."
"""What the second editor adds to a text."""

LAST_ONE_STAYS = {
    # A button without a word: pressed twice, by one or by two, it says the same.
    "/k/{slug:str}/bestillinger/{order_id:uuid}/sagt-fra": "noted as told: the same fact again",
    "/k/{slug:str}/ressurser/reservasjoner/{booking_id:uuid}/lest": "seen: the same fact again",
    "/r/{slug:str}/ressurser/reservasjoner/{booking_id:uuid}/lest": "seen: the same fact again",
    "/k/{slug:str}/oppdrag/{assignment_id:uuid}/fortsetter": "goes on: the same fact again",
    "/k/{slug:str}/oppdrag/{assignment_id:uuid}/uteblitt/snakket": "talked: the same fact again",
    "/k/{slug:str}/samlinger/{assembly_id:uuid}/ikke-for-oss": "not for us: the same fact again",
    "/k/{slug:str}/import/{import_id:uuid}/dropp": "dropped: the same fact again",
    "/k/{slug:str}/grupper/{group_id:uuid}/treff/{group_session_id:uuid}/spor": "asks those who have not answered",
    "/k/{slug:str}/oppdrag/{assignment_id:uuid}/plan/punkt/{activity_item_id:uuid}": "a tick, set to what the button says",
    "/min/{slug:str}/plan/{assignment_id:uuid}/punkt/{activity_item_id:uuid}": "a tick, set to what the button says",
    # One choice, no words: whoever comes last has chosen, the page shows it, and the trail has both.
    "/k/{slug:str}/bekymringer/{concern_id:uuid}/ta": "who follows it up",
    "/k/{slug:str}/kontakter/{contact_id:uuid}/svar": "whether the contact takes more",
    "/k/{slug:str}/kontakter/{contact_id:uuid}/oppfolger": "who follows the contact up",
    # One's own: nobody else writes there.
    "/min/{slug:str}/oppdrag/{assignment_id:uuid}/slutte": "one's own word that one wants to stop, which one may put otherwise",
    "/min/{slug:str}/vikar/{substitute_ask_id:uuid}": "one's own answer, which one may change",
    "/min/{slug:str}/treff/sporsmal/{leader_ask_id:uuid}": "one's own answer, which one may change",
    # Each row by itself.
    "/k/{slug:str}/grupper/{group_id:uuid}/treff/{group_session_id:uuid}/oppmote": "who was there: each is set by itself",
    "/k/{slug:str}/bekymringer/{concern_id:uuid}/steg": "a step is added beside the others; none is overwritten",
}
"""Forms that change a row which has a version, without asking for it, and why nobody's work is lost by that."""


@dataclass
class Tried:
    """What came of one form. `edited`: tables with a version of which it changed rows that were there."""

    taken: bool = False
    edited: list[str] = field(default_factory=list)
    versioned: bool = False
    stale: int = 0
    """What the second editor was answered with, or 0 where there was none."""
    faults: list[str] = field(default_factory=list)


def as_sent(form: dict[str, str]) -> list[tuple[str, bytes]]:
    return [(name, value.encode()) for name, value in form.items()]


def otherwise(form: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The form with another text in its longest field that takes one; the field's name, "" if there is none."""
    texts = [
        name for name, value in form.items()
        if value and not name.startswith("versjon") and any(char.isalpha() for char in value) and " " in value
    ]  # fmt: skip
    if not texts:
        return "", {**form, "ekstra": "1"}
    name = max(texts, key=lambda one: len(form[one]))
    return name, {**form, name: form[name] + EDITED}


async def edited_tables(records: Records, changed: list[str]) -> list[str]:
    """Of the changed tables, those with a version in which a row that was there is another now."""
    found = []
    for name in changed:
        columns = await records.admin.fetchval(
            "SELECT array_agg(attname::text) FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0",
            f"sammen.{name}",
        )
        if {"id", "version"} <= set(columns) and await records.admin.fetchval(
            f"SELECT EXISTS (SELECT 1 FROM sammen.{name} t JOIN kept.{name} k USING (id)"
            " WHERE t::text IS DISTINCT FROM k::text)"
        ):
            found.append(name)
    return found


async def sent_twice(sender: Sender, form: dict[str, str], records: Records) -> Tried:
    """Send a form, again with its key, changed with its key, and changed as a second editor would. Leaves the changes."""
    tried, key, route = (
        Tried(versioned=any(name.startswith("versjon") for name in form)),
        uuid4().hex,
        sender.route,
    )
    first = await sender.send(as_sent(form), key)
    changed = [name for name in await records.changed() if name != KEYS_TABLE]
    tried.taken = first.status_code in (200, 303) and bool(changed)
    if not tried.taken:
        return tried
    tried.edited = await edited_tables(records, changed)
    after = await records.state(records.names)
    again = await sender.send(as_sent(form), key)
    # What is shown once is not shown again: then the way is to the page it is about.
    answered = (again.status_code, again.headers.get("location"))
    if answered != (303, first.headers.get("location", sender.url)):
        tried.faults.append(f"{route}: sent again it answers {again.status_code}, first {first.status_code}")
    _, edited = otherwise(form)
    other = await sender.send(as_sent(edited), key)
    if other.status_code != 422:
        tried.faults.append(f"{route}: another content with the same key answers {other.status_code}")
    if await records.state(records.names) != after:
        tried.faults.append(f"{route}: sent again it has another effect")
    tried.faults += await second_editor(sender, form, records, tried, after)
    return tried


async def second_editor(
    sender: Sender, form: dict[str, str], records: Records, tried: Tried, after: dict[str, str | None]
) -> list[str]:
    """What goes wrong when somebody sends the form as it was shown before the change, with a text of their own."""
    route, faults = sender.route, []
    field_name, edited = otherwise(form)
    if not (tried.versioned or tried.edited):
        return []
    second = await sender.send(as_sent(edited))
    tried.stale = second.status_code
    now = await records.state(tried.edited)
    taken = second.status_code in (200, 303) and now != {name: after[name] for name in tried.edited}
    if taken is not (route.path in LAST_ONE_STAYS):
        faults.append(
            f"{route}: the second of two editors is {'' if taken else 'not '}taken in ({second.status_code})"
        )
    if second.status_code == 409 and field_name and edited[field_name] not in unescape(second.text):
        faults.append(f"{route}: the second editor's {field_name} is lost")
    return faults
