"""How the figures are made is told in the words of the registry, to those who may see figures."""

from __future__ import annotations

from markupsafe import escape

from reporting.measures.api import DEFINITIONS, DERIVED
from reporting.measures.method import anchor_of
from sammen.policy.roles import Role
from tests.worlds import World


async def test_the_region_and_a_municipality_are_told_the_same_words_and_nobody_else(
    shared_world: World,
) -> None:
    world = shared_world
    steering = await world.browser("vestfold", Role.STEERING_GROUP_MEMBER)
    manager = await world.browser("horten", Role.MANAGER)
    for browser, path in ((steering, "/r/vestfold/tall/slik"), (manager, "/k/horten/tall/slik")):
        page = (await browser.get(path)).text
        for measure in DEFINITIONS.values():
            for words in (
                measure.name,
                measure.definition,
                *measure.computed,
                measure.source,
                measure.hidden,
            ):
                assert str(escape(words)) in page, words
        for figure in (*DEFINITIONS, *DERIVED):
            assert page.count(f'id="{anchor_of(figure)}"') == page.count(f'href="#{anchor_of(figure)}"') == 1
    assert (await manager.get("/r/vestfold/tall/slik")).status_code == 404
    assert (await steering.get("/k/horten/tall/slik")).status_code == 404
    coordinator = await world.browser("horten", Role.PROVIDER_COORDINATOR)
    assert (await coordinator.get("/k/horten/tall/slik")).status_code == 403
