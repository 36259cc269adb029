"""Templates: one compiled set per language, the components as `ui`, and the page's frame rendered once.

A page template reaches the components without importing anything: `{{ ui.tag(_("Godkjent"), "ok") }}`.
`templates/README.md` lists them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import lru_cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, Protocol
from urllib.parse import urlencode

import jinja2
from jinja2 import nodes
from markupsafe import Markup, escape

from sammen.web import charts, formats, series_charts
from sammen.web.i18n import LANGUAGES, SOURCE_LANGUAGE, translate, translations_for
from sammen.web.region_map import REGION_MAP

WEB: Final = Path(__file__).parent
GROUND_TEMPLATES: Final = WEB / "templates"
STATIC: Final = WEB / "static"
CSRF_FIELD: Final = "_csrf"
"""Form field that carries the session's CSRF token."""
KEY_FIELD: Final = "_key"
"""Form field that carries the idempotency key of one showing of a form."""

TemplateFolder = Path | tuple[str, Path]


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """One heading of the left menu. `entries`: (label, url, current, count or None); shared is plum."""

    label: str
    entries: tuple[tuple[str, str, bool, int | None], ...]
    shared: bool = False


@dataclass(slots=True)
class Page:
    """What the frame around a page needs to know. Anything with these attributes will do."""

    title: str
    lang: str = SOURCE_LANGUAGE
    user_name: str = ""
    user_role: str = ""
    place_name: str = ""
    place_role: str = ""
    places: Sequence[tuple[str, str, bool]] = ()
    menu: Sequence[MenuGroup] = ()
    csrf: str = ""
    flash: Sequence[tuple[str, str]] = ()
    breadcrumbs: Sequence[tuple[str, str | None]] = ()
    errors: bool = False
    search_url: str | None = None
    path: str = "/"
    home_url: str = "/"
    own_links: Sequence[tuple[str, str]] = ()
    user_id: str = ""
    """Whose what is kept on the phone is (timer.js): set on one's own pages."""


class FramedPage(Protocol):
    """The attributes `frame_key` reads; `Page` is one such."""

    lang: str
    user_name: str
    user_role: str
    place_name: str
    place_role: str
    places: Sequence[tuple[str, str, bool]]
    menu: Sequence[MenuGroup]
    search_url: str | None
    home_url: str
    own_links: Sequence[tuple[str, str]]


class LanguageEnvironment(jinja2.Environment):
    """A Jinja environment that speaks one language; `languages` reaches its siblings.

    The language is fixed when a template is compiled, so a literal message is translated *then*:
    `_("Lagre")` costs nothing when a page is shown.
    """

    lang: str
    languages: dict[str, LanguageEnvironment]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        template = super()._parse(source, name, filename)
        _fold_messages(template, self.lang)
        return template


def _fold_messages(template: nodes.Template, lang: str) -> None:
    """Replace each `_("literal")` without parameters by its translation, and each `_(something)` by `said(something)`."""
    gettext = translations_for(lang).gettext
    for parent in [template, *template.find_all(nodes.Node)]:
        for name, value in list(parent.iter_fields()):
            if isinstance(value, list):
                setattr(parent, name, [_folded(child, gettext) for child in value])
            else:
                setattr(parent, name, _folded(value, gettext))


def _folded(node: Any, gettext: Any) -> Any:
    if not isinstance(node, nodes.Call) or not isinstance(node.node, nodes.Name):
        return node
    called, plain = node.node.name, not node.kwargs and node.dyn_args is None and node.dyn_kwargs is None
    forms = node.args[:2] if called == "ngettext" else node.args[:1]
    if called not in ("_", "gettext", "ngettext") or not forms:
        return node
    if all(isinstance(form, nodes.Const) for form in forms):
        if called != "ngettext" and plain and len(node.args) == 1:
            # The % is newstyle gettext's: a literal per cent sign is written %% in a message.
            return nodes.TemplateData(gettext(forms[0].as_const()) % {}, lineno=node.lineno)
        return node
    if called == "ngettext" or not plain or len(node.args) != 1:
        raise jinja2.TemplateAssertionError(
            "only a message that is written out takes parameters", node.lineno
        )
    # Newstyle gettext takes what it is given for a message of ours: its signs as markup, its per cent signs as places
    # for parameters. What stands in a variable may be somebody's own words.
    return nodes.Call(nodes.Name("said", "load"), node.args, [], None, None, lineno=node.lineno)


def said(text: str, *, lang: str) -> str:
    """A marked message in `lang`; what is no message of ours stays as it was typed. Text, and never markup."""
    return translate(lang, str(text)) if text else ""


def _loader(folders: Sequence[TemplateFolder]) -> jinja2.BaseLoader:
    plain: list[Path] = [GROUND_TEMPLATES]
    prefixed: dict[str, list[Path]] = {}
    for folder in folders:
        if isinstance(folder, tuple):
            prefixed.setdefault(folder[0], []).append(folder[1])
        elif folder not in plain:
            plain.append(folder)
    loaders: list[jinja2.BaseLoader] = [jinja2.FileSystemLoader(plain)]
    if prefixed:
        by_prefix = {prefix: jinja2.FileSystemLoader(paths) for prefix, paths in prefixed.items()}
        loaders.append(jinja2.PrefixLoader(by_prefix))
    return jinja2.ChoiceLoader(loaders)


def build_environment(
    template_dirs: Sequence[TemplateFolder], *, auto_reload: bool = False
) -> LanguageEnvironment:
    """The templates of the ground floor and of `template_dirs`, in every language; returns the Bokmål one.

    A `(prefix, folder)` pair is reached as "prefix/name.html", a bare folder as "name.html".
    """
    loader = _loader(template_dirs)
    languages: dict[str, LanguageEnvironment] = {}
    for lang in LANGUAGES:
        languages[lang] = _environment(lang, loader, auto_reload=auto_reload)
        languages[lang].languages = languages
    return languages[SOURCE_LANGUAGE]


def precompile(env: LanguageEnvironment) -> int:
    """Compile every template in every language, so that no request waits for it; returns how many there were.

    A template that does not parse stops the start, not the first reader. Errors: `jinja2.TemplateSyntaxError`.
    """
    names = [name for name in env.list_templates() if name.endswith(".html")]
    for sibling in env.languages.values():
        for name in names:
            sibling.get_template(name)
    return len(names) * len(env.languages)


def _environment(lang: str, loader: jinja2.BaseLoader, *, auto_reload: bool) -> LanguageEnvironment:
    env = LanguageEnvironment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=auto_reload,
        cache_size=-1,
    )
    env.lang = lang
    env.install_gettext_translations(translations_for(lang), newstyle=True)  # type: ignore[attr-defined]  # by the i18n extension
    env.filters.update(formats.filters(lang))
    env.filters["figure_row"] = figure_row
    ui = SimpleNamespace()
    env.globals.update(
        ui=ui,
        lang=lang,
        LANGUAGES=LANGUAGES,
        REGION_MAP=REGION_MAP,
        bar_chart=charts.bar_chart,
        pair_chart=charts.pair_chart,
        line_chart=series_charts.line_chart,
        share_chart=series_charts.share_chart,
        static=static_url,
        page_numbers=page_numbers,
        with_query=with_query,
        attributes=attributes,
        typed=partial(typed, lang=lang),
        said=partial(said, lang=lang),
        share=share,
        csrf_field=CSRF_FIELD,
        key_field=KEY_FIELD,
    )
    for name, macro in _component_macros(env):
        setattr(ui, name, macro)
    # Two lists out of three show deadlines, and there are few different ones.
    ui.deadline = lru_cache(maxsize=2048)(ui.deadline)
    ui.waited = lru_cache(maxsize=2048)(ui.waited)
    env.globals["frame"] = _frame_cache(env)
    return env


def _component_macros(env: LanguageEnvironment) -> Iterator[tuple[str, Any]]:
    """Every public macro of templates/components/, which together are `ui`."""
    seen: dict[str, str] = {}
    for path in sorted((GROUND_TEMPLATES / "components").glob("*.html")):
        module = env.get_template(f"components/{path.name}").module
        for name, value in vars(module).items():
            if name.startswith("_") or not isinstance(value, jinja2.runtime.Macro):
                continue
            if name in seen:
                raise RuntimeError(f"component {name} is defined in both {seen[name]} and {path.name}")
            seen[name] = path.name
            yield name, value


def frame_key(page: FramedPage) -> tuple[Any, ...]:
    """What the header and menu of a page depend on: two pages with equal keys have the same frame."""
    return (
        page.lang,
        page.user_name,
        page.user_role,
        page.place_name,
        page.place_role,
        page.search_url,
        page.home_url,
        tuple(page.own_links),
        tuple(page.places),
        tuple((group.label, group.shared, tuple(group.entries)) for group in page.menu),
    )


def _frame_cache(env: LanguageEnvironment) -> Any:
    """`frame(page)`: the header and the left menu as markup, kept for the pages that share them.

    They hold no token: language and log-out buttons belong to forms that stand outside (attribute `form`).
    """
    kept: dict[tuple[Any, ...], tuple[Markup, Markup]] = {}

    def frame(page: FramedPage) -> tuple[Markup, Markup]:
        key = frame_key(page)
        found = kept.get(key)
        if found is None:
            module: Any = env.get_template("base/_frame.html").module
            found = (module.header(page), module.side(page))
            if len(kept) >= 2000:  # bounded: names and counts vary without end
                kept.clear()
            kept[key] = found
        return found

    return frame


def render(env: LanguageEnvironment, name: str, *, lang: str = SOURCE_LANGUAGE, **values: Any) -> str:
    """The template `name` in `lang` as text. Errors: `jinja2.TemplateNotFound`, `jinja2.UndefinedError`."""
    return env.languages[lang].get_template(name).render(values)


@lru_cache(maxsize=64)
def static_url(path: str) -> str:
    """The address of a static file with a mark of its content, so that browsers may keep it for a year."""
    target = STATIC / path
    if not target.is_file():
        return f"/static/{path}"
    mark = hashlib.sha256(target.read_bytes()).hexdigest()[:10]
    return f"/static/{path}?v={mark}"


def with_query(query: Mapping[str, Any], **changes: Any) -> str:
    """`query` with `changes` as "?a=1&b=2"; None removes a name, lists repeat it, empty values go."""
    merged = {**query, **changes}
    pairs = [
        (name, str(item))
        for name, value in merged.items()
        for item in (value if isinstance(value, list | tuple) else (value,))
        if item is not None and item != ""
    ]
    return "?" + urlencode(pairs)


def page_numbers(current: int, last: int) -> list[int | None]:
    """The page numbers to show, None where some are skipped: 1 … 4 [5] 6 … 20."""
    wanted = sorted({1, last, *range(max(1, current - 1), min(last, current + 1) + 1)})
    shown: list[int | None] = []
    for number in wanted:
        previous = shown[-1] if shown else None
        if previous is not None and number - previous == 2:
            shown.append(previous + 1)
        elif previous is not None and number - previous > 2:
            shown.append(None)
        shown.append(number)
    return shown


def attributes(names: Mapping[str, Any]) -> Markup:
    """Extra attributes of a component: hx_get="/x" becomes hx-get; None and False go, True has no value."""
    parts: list[str] = []
    for name, value in names.items():
        if value is None or value is False:
            continue
        written = name.rstrip("_").replace("_", "-")
        if not written.replace("-", "").isalnum() or written.startswith(("on", "style", "hx-on")):
            raise ValueError(f"not an attribute a component takes: {name!r}")
        parts.append(f" {written}" if value is True else f' {written}="{escape(value)}"')
    return Markup("".join(parts))  # noqa: S704 -- names are checked and values escaped just above


def typed(value: Any, kind: str = "text", lang: str = SOURCE_LANGUAGE) -> str:
    """A value as a person would have typed it in a field of `kind`; what was typed stays as it was.

    Dates are typed alike in every language; a decimal sign is the reader's own (the forms read both).
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, date):
        if kind in ("date", "datetime-local"):
            return value.isoformat()
        return formats.date_short(value)
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, float | Decimal):
        said = formats.decimal(value, lang=lang).replace(formats.NBSP, "").replace(formats.MINUS, "-")
        return said.replace(",", "") if lang in formats.ENGLISH else said
    return str(value)


def share(part: float | Decimal, whole: float | Decimal) -> str:
    """How much of a bar is filled, 0 to 100, for an SVG attribute."""
    if not whole:
        return "0"
    return f"{min(100.0, max(0.0, float(part) * 100 / float(whole))):.1f}".removesuffix(".0")


def figure_row(row: tuple[str, Any, str]) -> tuple[str, str]:
    """A chart's row as a table's: hidden values are a colon, and those that do not exist a dash."""
    label, value, text = row
    return (label, ":" if value is None and text != "–" else text)
