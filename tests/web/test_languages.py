"""The choice of language, on the device and on the account; and that templates say nothing outside the catalogues."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sammen.policy.roles import Role
from sammen.web.i18n.catalogue import PROJECT_ROOT, SOURCE_FOLDERS
from tests.provider_samples import contact
from tests.worlds import Browser, World

OWN_PAGE = "/innlogginger"
# The house's own name, an address and keywords that stand alone between two tags.
FREE = {
    "sammen", "– Sammen", "www.erikbolstad.no/postnummer", "www.diskrimineringsnemnda.no", "www.uutilsynet.no", "md", "sm",
    "&nbsp;",
}  # fmt: skip
LITERAL = re.compile(r"[A-Za-zÆØÅæøå]{2,}")


def said_outside(source: str) -> list[str]:
    """What a template says that no catalogue sees: text, and attributes that are read aloud."""
    bare = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "\0", bare, flags=re.DOTALL)
    found = re.findall(r'(?:aria-label|placeholder|title|alt|data-label)="([^"\0]*)"', bare)
    # A tag may hold expressions, so they are gone before the tags are.
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", "\0", bare, flags=re.DOTALL)
    found += [part.strip() for part in text.split("\0")]
    return [part for part in found if LITERAL.search(part) and part not in FREE and "=" not in part]


@pytest.mark.parametrize("folder", SOURCE_FOLDERS)
def test_no_template_says_anything_outside_the_catalogues(folder: str) -> None:
    templates = sorted(Path(PROJECT_ROOT / folder).rglob("templates/**/*.html"))
    found = {
        path.relative_to(PROJECT_ROOT).as_posix(): said
        for path in templates
        if (said := said_outside(path.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_a_template_that_says_something_outside_the_catalogues_is_found() -> None:
    assert said_outside('<p class="x">Skriv navnet</p>') == ["Skriv navnet"]
    assert said_outside('<nav aria-label="Meny">{{ _("Meny") }}</nav>') == ["Meny"]
    assert said_outside('{# en merknad #}<p{% if a %} id="x"{% endif %}>{{ _("Søk") }}</p>') == []


async def test_the_front_page_is_in_the_language_chosen_before_login(world: World) -> None:
    stranger = Browser(world.app)
    assert 'value="en"' in (await stranger.get("/hjelp")).text
    answer = await stranger.post("/sprak", data={"sprak": "en", "tilbake": "/hjelp"})
    assert answer.status_code == 303
    page = (await stranger.get("/hjelp")).text
    assert '<html lang="en"' in page
    assert "The most important things on one page." in page
    assert '<html lang="en"' in (await stranger.get("/finnes-ikke")).text


async def test_the_device_goes_before_the_account_and_the_account_before_bokmaal(world: World) -> None:
    first = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    await first.submit("/sprak", {"sprak": "en", "tilbake": OWN_PAGE})
    shown = (await first.get(OWN_PAGE)).text
    assert '<html lang="en"' in shown
    assert "Your sessions" in shown
    # The same login on a device where nobody has chosen anything.
    first.cookies.delete("sprak")
    assert '<html lang="en"' in (await first.get(OWN_PAGE)).text
    # What is not for her is refused in her own language, and one that is not ours changes nothing.
    assert '<html lang="en"' in (await first.get("/k/horten/tall")).text
    first.cookies.set("sprak", "tlh")
    assert '<html lang="en"' in (await first.get(OWN_PAGE)).text
    first.cookies.delete("sprak")
    first.cookies.set("sprak", "nn")
    assert '<html lang="nn"' in (await first.get(OWN_PAGE)).text


async def test_both_sides_of_a_conflict_are_told_in_the_readers_words(world: World) -> None:
    url = f"/k/horten/kontakter/{await contact(world, 'horten', 'Jon Eide')}"
    browser = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    await browser.submit("/sprak", {"sprak": "en", "tilbake": url}, page=url)
    version = (await world.sql("SELECT version FROM support_contact"))[0]["version"]
    typed = {"interesser": "dance", "tider": "tue-pm", "timer": "2,5", "versjon": str(version)}
    assert (await browser.submit(f"{url}/endre", typed, page=f"{url}/endre")).status_code == 303
    answer = await browser.submit(f"{url}/endre", {**typed, "interesser": "climbing"}, page=f"{url}/endre")
    assert answer.status_code == 409
    for said in ("Interests", "climbing", "dancing", "Tuesdays afternoon", "Hours a week", "2.5"):
        assert said in answer.text
    assert "Interesser" not in answer.text
