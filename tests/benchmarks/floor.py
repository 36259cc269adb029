"""The floor: the case list's own SQL and template in a bare ASGI function on an asyncpg pool, and nothing else.

No framework, policy, ticket or row-level security. It does look up the session, count, list, and write the access log's
row, since a page without those would be another page.
"""

from __future__ import annotations

import json
import os
from typing import Any
from uuid import uuid4

import asyncpg

from deploy.asgi import TEMPLATES
from sammen.clock import today
from sammen.db.raw import Query
from sammen.ids import uuid7
from sammen.keys import token_hash
from sammen.web.render import MenuGroup, Page, build_environment, render
from tenants.cases import listing
from tests.benchmarks.prepare import FIRST, USER

SESSION = """
SELECT u.display_name, array_agg(b.role) AS roles FROM sammen.web_session w
  JOIN sammen.user_account u ON u.id = w.user_id JOIN sammen.membership b ON b.user_id = u.id
 WHERE w.token_hash = $1 AND w.ended_at IS NULL AND w.expires_at > now() GROUP BY u.display_name"""
LOG = """
INSERT INTO sammen.audit_entry (tenant_id, id, category, action, actor_id, actor_name, role, why, persons, object_kind,
  details, request_id) VALUES ($1, $2, 'read', 'case.list', $3, $4, $5, 'Saksliste', $6, 'case', $7, $8)"""


class Context:
    """What the template asks of the context."""

    place_name = "Kommune 1"


class Floor:
    """The ASGI application."""

    def __init__(self) -> None:
        self.pool: Any = None
        self.templates = build_environment(TEMPLATES)
        shape = listing._Shape(0, False, False, False, "open", "", False, "", "frist")
        self.list: Query = listing._list_query(shape)
        self.count: Query = listing._count_query(shape)
        menu = [
            MenuGroup("Kommune 1", (("Min dag", "/k/k1", False, None), ("Saker", "/k/k1/saker", True, None)))
        ]
        self.page = Page(
            "Saker", user_name="Kari Lunde", place_name="Kommune 1 kommune", menu=menu, csrf="x" * 32, path="/k/k1/saker",
            search_url="/k/k1/saker", home_url="/k/k1",
        )  # fmt: skip

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            self.pool = await asyncpg.create_pool(
                os.environ["BENCH_FREE_URL"],
                min_size=16,
                max_size=16,
                server_settings={"jit": "off", "random_page_cost": "1.1"},
            )
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await self.pool.close()
            await send({"type": "lifespan.shutdown.complete"})
            return
        cookie = (
            next(value for name, value in scope["headers"] if name == b"cookie").decode().partition("=")[2]
        )
        day = today()
        values = {"tenant": FIRST, "purchasers": ["adult", "child"], "reader": USER}
        async with self.pool.acquire() as connection, connection.transaction():
            session = await connection.fetchrow(SESSION, token_hash(cookie))
            counted = await connection.fetchrow(
                self.count.sql, *self.count.arguments({**values, "today": day})
            )
            records = await connection.fetch(self.list.sql, *self.list.arguments(values))
            rows = [listing._row(record, day) for record in records]
            await connection.execute(
                LOG, FIRST, uuid7(), USER, session["display_name"], ",".join(session["roles"]),
                [row.person_id for row in rows], json.dumps({}), uuid4(),
            )  # fmt: skip
        body = self.draw(listing.CaseList(rows, counted["total"], counted["overdue"])).encode()
        headers = [
            (b"content-type", b"text/html; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def draw(self, found: listing.CaseList) -> str:
        """The same template with the same values as tenants/cases/routes.show_list gives it."""
        names: dict[str, Any] = {
            "state_names": listing.STATES,
            "form_names": listing.FORM_NAMES,
            "purchaser_names": listing.PURCHASERS,
        }
        return render(
            self.templates, "cases/list.html", page=self.page, errors={}, key="k", context=Context, query={}, found=found,
            wanted=listing.CaseFilter(), last=4, page_size=50, chips=[], states=list(listing.STATES.items()),
            form_options=list(listing.FORM_NAMES.items()), purchasers=list(listing.PURCHASERS.items()),
            due=list(listing.DUE.items()), whose=list(listing.WHOSE.items()),
            base="/k/k1/saker", register_url=None, import_url=None,
            deadline_texts={"decide": "vedtak innen %s", "start": "i gang innen %s", "evaluate": "evaluering innen %s"},
            **names,
        )  # fmt: skip


def make() -> Floor:
    """For uvicorn's --factory."""
    return Floor()
