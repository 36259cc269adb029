"""What a browser or a cache may ask of a page beside the page: a part of it, or whether it has changed since."""

from __future__ import annotations

from tests.isolation.route_table import SLUGS, all_routes
from tests.worlds import World

ASKED = {
    "Range": "bytes=0-9",
    "If-Range": '"x"',
    "If-None-Match": "*",
    "If-Modified-Since": "Wed, 01 Jan 2070 00:00:00 GMT",
}
MARKS = {"etag", "last-modified", "content-range", "accept-ranges"}


async def test_a_personal_page_is_given_whole_or_not_at_all(shared_world: World) -> None:
    lists = [
        route
        for route in all_routes()
        if route.permission is not None and route.method == "GET" and not route.ids
    ]
    faults, shown = [], 0
    for route in lists:
        assert route.kind is not None
        browser = await shared_world.browser(SLUGS[route.kind], route.roles(holding=True)[0])
        answer = await browser.get(route.url(SLUGS[route.kind], {}), headers=ASKED)
        shown += answer.status_code == 200
        if answer.status_code in (206, 304, 416) or MARKS & set(answer.headers) or answer.status_code >= 500:
            faults.append(f"{route}: {answer.status_code}, {MARKS & set(answer.headers)}")
    assert faults == []
    assert shown > 50
