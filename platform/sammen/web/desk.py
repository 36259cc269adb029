"""What a handler works at: the request's unit of work, the form, and ways to answer. The only web object slices need."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Response
from litestar.datastructures import Cookie

from sammen.db.unit_of_work import UnitOfWork
from sammen.errors import BadInput, Invalid, NotFound
from sammen.keys import Keys
from sammen.policy.permissions import Permission
from sammen.policy.roles import ROLE_NAMES, Role
from sammen.settings import Settings
from sammen.tenancy.context import Context, PlaceKind
from sammen.tenancy.enter import enter_web
from sammen.traffic.limits import Limits
from sammen.traffic.metrics import Metrics
from sammen.web.contributions import Contributions
from sammen.web.forms import Form
from sammen.web.i18n import LANGUAGES, translate
from sammen.web.menu import menu_of, own_links, place_label
from sammen.web.naming import name_fields
from sammen.web.office import office_phone
from sammen.web.paths import nearest_page
from sammen.web.render import CSRF_FIELD, KEY_FIELD, LanguageEnvironment, Page, render

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncEngine

FLASH_COOKIE = "sammen-beskjed"
LANGUAGE_COOKIE = "sprak"
LANGUAGE_SCOPE = "sammen.language"
"""Where the request keeps the language it is answered in, for an error page that has no desk."""


def chosen_language(request: Request[Any, Any, Any]) -> str | None:
    """The language chosen on this device, when it is one of ours. It goes before the account's: in the demo many
    share a persona, and what somebody picks on the front page must hold on the next."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else None


@dataclass(slots=True)
class House:
    """What the process holds: settings, keys, database engine, templates and what slices contributed."""

    settings: Settings
    keys: Keys
    engine: AsyncEngine
    templates: LanguageEnvironment
    contributions: Contributions
    limits: Limits = field(default_factory=Limits)
    metrics: Metrics = field(default_factory=Metrics)


@dataclass(slots=True)
class Desk:
    """One request. `uow` and `context` are set on every route but public ones."""

    request: Request[Any, Any, Any]
    house: House
    request_id: UUID
    token_hash: bytes | None
    language: str
    form: Form = field(default_factory=Form)
    query: Mapping[str, str] = field(default_factory=dict)
    _uow: UnitOfWork | None = None
    _context: Context | None = None

    @property
    def uow(self) -> UnitOfWork:
        """The request's transaction."""
        assert self._uow is not None, "a public route has no unit of work"
        return self._uow

    @property
    def context(self) -> Context:
        """Who is asking, and where. Outlives the unit of work, so that a page can be drawn after it."""
        assert self._context is not None, "a public route has no context"
        return self._context

    def enter(self, uow: UnitOfWork) -> None:
        """Take the unit of work that the door has opened."""
        self._uow = uow
        self._context = uow.context
        self.language = uow.context.language

    @property
    def csrf(self) -> str:
        return self.house.keys.csrf_token(self.token_hash) if self.token_hash else ""

    @property
    def key(self) -> str:
        """The idempotency key for a form on this page: the one that was sent, if the form comes back with errors."""
        return self.form.text(KEY_FIELD) or secrets.token_urlsafe(12)

    def say(self, message: str, **params: Any) -> str:
        """A msgid in the reader's language."""
        return translate(self.language, message, **params)

    def options(self, names: Mapping[str, str]) -> list[tuple[str, str]]:
        """Values and their msgids as the options of a choice, in the reader's language."""
        return [(value, self.say(name)) for value, name in names.items()]

    def url(self, path: str = "") -> str:
        """A path of this place: `url("/saker")` is `/k/horten/saker`."""
        return self.context.base_url + path

    @property
    def path(self) -> str:
        """The address that was asked for, as the server read it: whatever the Host header says."""
        return self.request.scope["path"]

    def path_uuid(self, name: str) -> UUID:
        """An id from the path; the router has parsed it."""
        value = self.request.path_params[name]
        return value if isinstance(value, UUID) else UUID(str(value))

    # Answers ------------------------------------------------------------------------------------------------------
    def frame(self, title: str, *, current: str = "", crumbs: Sequence[tuple[str, str]] = (), errors: bool = False,
              counts: Mapping[str, int] | None = None) -> Page:  # fmt: skip
        """What the base templates need: names, places, menu, token, flash."""
        page = Page(title=title, lang=self.language, csrf=self.csrf, errors=errors, breadcrumbs=crumbs)
        page.path = self._way_back()
        page.flash = self._read_flash()
        context = self._context
        if context is None:
            return page
        page.user_name = context.user_name
        page.user_role = ", ".join(
            self.say(ROLE_NAMES[Role(role)]) for role in sorted(context.roles) if role in ROLE_NAMES
        )
        outside = context.kind is PlaceKind.SESSION
        page.place_name = "" if outside else place_label(context.kind, context.place_name, self.language)
        page.places = [
            (place_label(place.kind, place.name, self.language), place.url,
             place.kind is context.kind and place.slug == context.slug)
            for place in context.places
        ]  # fmt: skip
        page.menu = menu_of(self.house.contributions, context, self.language, current, counts or {})
        page.own_links = own_links(self.house.contributions, context, self.language)
        page.home_url = context.base_url if context.kind is not PlaceKind.SESSION else "/"
        if context.kind is PlaceKind.OWN and context.user_id is not None:
            page.user_id = str(context.user_id)
        if context.kind is PlaceKind.MUNICIPALITY and context.may(Permission.CASE_READ):
            page.search_url = self.url("/saker")
        return page

    def _way_back(self) -> str:
        """Where who changes the language comes back to: the same address, with what stands after its question mark. From
        the answer to a form: its page.
        """
        if self.request.method != "GET":
            return nearest_page(self.path)
        asked = self.request.scope["query_string"].decode("latin-1")
        return f"{self.path}?{asked}" if asked else self.path

    async def render(
        self,
        template: str,
        *,
        title: str,
        status: int = 200,
        current: str = "",
        crumbs: Sequence[tuple[str, str]] = (),
        errors: Mapping[str, BadInput] | None = None,
        counts: Mapping[str, int] | None = None,
        **values: Any,
    ) -> Response[str]:
        """End the unit of work (commit; roll back when `status` says the form was refused), then draw the page."""
        if self._uow is not None:
            await (self._uow.finish() if status < 400 else self._uow.rollback())
        said = {name: self.say(bad.message, **bad.params) for name, bad in (errors or {}).items()}
        page = self.frame(title, current=current, crumbs=crumbs, errors=bool(said), counts=counts)
        text = render(
            self.house.templates, template, lang=self.language,
            page=page, errors=said, key=self.key, context=self._context, query=self.query,
            office=office_phone(self._context.settings) if self._context else "", **values,
        )  # fmt: skip
        response = Response(name_fields(text, errors or {}), media_type="text/html", status_code=status)
        if page.flash:
            response.delete_cookie(FLASH_COOKIE)
        return response

    async def again(self, template: str, bad: Invalid, *, title: str, **values: Any) -> Response[str]:
        """The same form with its errors and what was typed: 422, and nothing changed."""
        return await self.render(
            template, title=title, status=422, errors=bad.errors, values=self.form.values(), **values
        )

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[UnitOfWork]:
        """Give up what the request has written, and keep something else in a transaction of its own: a file that was
        sent with a form that must be mended. The form's key is free again. Afterwards only `render` and `again` are
        left to do. Raises NotFound when the reader has lost the place meanwhile.
        """
        context, token = self.context, self.token_hash
        assert token is not None, "a public route has no place to write in"
        await self.uow.rollback()
        uow = await enter_web(
            self.house.engine, self.house.keys, token, context.kind, context.slug, request_id=self.request_id
        )
        try:
            if uow.context.kind is not context.kind:
                raise NotFound
            yield uow
        except BaseException:
            await uow.rollback()
            raise
        await uow.commit()

    def redirect(self, url: str, *, flash: str = "", state: str = "ok", **params: Any) -> Response[None]:
        """See-other to `url`, with a message for the next page. `state`: ok, info, warning or danger."""
        response = Response(None, status_code=303, headers={"Location": url}, media_type="text/plain")
        if flash:
            response.set_cookie(self._flash_cookie(state, self.say(flash, **params)))
        return response

    def download(self, filename: str, content: bytes, media_type: str) -> Response[bytes]:
        """A finished file, always as an attachment."""
        safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in filename)
        # A header holds no letter beyond Latin ones: those of other names (Č, ŋ, Ł) go beside, as RFC 6266 has it.
        plain = safe.encode("ascii", "replace").decode().replace("?", "-")
        whole = "" if plain == safe else f"; filename*=UTF-8''{quote(safe)}"
        headers = {"Content-Disposition": f'attachment; filename="{plain}"{whole}'}
        # The server writes the charset after every kind of text, also after one that is there.
        kind, _, charset = media_type.partition("; charset=")
        return Response(content, media_type=kind, encoding=charset or "utf-8", headers=headers)

    # Flash: a signed cookie that lives until the next page ----------------------------------------------------------
    def _flash_cookie(self, state: str, text: str) -> Cookie:
        body = base64.urlsafe_b64encode(json.dumps([state, text]).encode()).decode()
        return Cookie(
            key=FLASH_COOKIE, value=f"{body}.{self._flash_mark(body)}", httponly=True, samesite="lax", path="/",
            secure=self.house.settings.secure_cookies, max_age=60,
        )  # fmt: skip

    def _flash_mark(self, body: str) -> str:
        return self.house.keys.flash_mark((self.token_hash or b"") + body.encode())

    def _read_flash(self) -> list[tuple[str, str]]:
        body, _, mark = self.request.cookies.get(FLASH_COOKIE, "").partition(".")
        if not body or not self.house.keys.flash_ok((self.token_hash or b"") + body.encode(), mark):
            return []
        try:
            state, text = json.loads(base64.urlsafe_b64decode(body))
        except ValueError:
            return []
        return [(str(state), str(text))]


PROTECTED_FIELDS = frozenset({CSRF_FIELD, KEY_FIELD})
