"""Every component, in both languages, read back as HTML: what a screen reader and a keyboard depend on."""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import jinja2
import pytest

from sammen.web.i18n import TRANSLATED, catalogue
from sammen.web.render import (
    CSRF_FIELD,
    GROUND_TEMPLATES,
    KEY_FIELD,
    LanguageEnvironment,
    MenuGroup,
    Page,
    attributes,
    build_environment,
    page_numbers,
    precompile,
    render,
    with_query,
)
from sammen.web.series_charts import Line

HERE = Path(__file__).parent
DANGER = "<script>alert('æ')</script>"
SECRET = "hemmelig-tall"
VOID = {"input", "meta", "link", "br", "img", "path", "circle", "rect", "line"}
ERRORS = {
    "timer": "Skriv timer som tall, for eksempel 4 eller 4,5.",
    "til": "Velg en dato som finnes. November har 30 dager.",
    "grunn": "Skriv hvorfor Selma får akkurat dette.",
    "evaluering": "Velg når.",
    "interesser": "Velg minst én.",
    "enig": "Selma må være enig.",
}
Row = namedtuple("Row", "name service status hours days due")


class Element:
    """One start tag with its attributes, the tags it stands in, and the text it came to hold."""

    def __init__(self, tag: str, attrs: dict[str, str | None], inside: list[Element]) -> None:
        self.tag = tag
        self.attrs = attrs
        self.inside = inside
        self.text = ""


class Reader(HTMLParser):
    """Flat list of elements; fails on tags that do not match, as browsers silently would not."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.open: list[Element] = []
        self.feed(text)
        self.close()
        assert not self.open, [element.tag for element in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs), list(self.open))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, dict(attrs), list(self.open)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> without its start"
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def all(self, *tags: str) -> Iterator[Element]:
        return (element for element in self.elements if element.tag in tags)

    def ids(self) -> list[str]:
        return [value for element in self.elements if (value := element.attrs.get("id"))]

    def by_id(self, wanted: str) -> Element:
        return next(element for element in self.elements if element.attrs.get("id") == wanted)


def a_page(**changes: Any) -> Page:
    page = Page(
        title="Galleri & prøve",
        user_name="Kari Lunde",
        user_role="Koordinator",
        place_name="Horten kommune",
        place_role="Utfører",
        places=(("Horten kommune", "/k/horten", True), ("Vestfoldsamarbeidet", "/r/vestfold", False)),
        menu=(
            MenuGroup(
                "Horten", (("Min dag", "/k/horten", False, 12), ("Saker", "/k/horten/saker", True, None))
            ),
            MenuGroup(
                "Felles for tolv kommuner", (("Formidling", "/r/vestfold/behov", False, 2),), shared=True
            ),
        ),
        csrf="tokenet-til-kari",
        search_url="/k/horten/sok",
        breadcrumbs=(("Saker", "/k/horten/saker"), (DANGER, None)),
        flash=(("success", "Søknaden er registrert."),),
        errors=True,
        path="/k/horten/saker",
    )
    return replace(page, **changes)


def gallery_values(lang: str) -> dict[str, Any]:
    return {
        "page": a_page(lang=lang),
        "danger": DANGER,
        "today": date(2026, 11, 23),
        "now": datetime(2026, 11, 23, 9, 12, tzinfo=UTC),
        "errors": ERRORS,
        "values": {
            "timer": "fire",
            "til": "31.11.2027",
            "fra": date(2026, 12, 1),
            "naar": DANGER,
            "dag": date(2026, 11, 21),
            "belop": Decimal("1086.50"),
            "grunn": "\nFørste linje er tom",
            "interesser": ["dyr"],
            "evaluering": 12,
            "tjeneste": "g",
        },
        "rows": [
            Row(
                f"Jonas Bergli {n}",
                "Aktivitetsgruppe",
                "Evaluering",
                Decimal("4.5"),
                n - 2,
                date(2026, 12, 1),
            )
            for n in range(4)
        ],
        "figures": [("Andebu", 6.1, "6,1"), ("Hof", None, SECRET), ("Horten", 9.7, "9,7")],
        "lines": (
            Line("own", "Horten", (320, 331, 402, 412), "412 Horten"),
            Line("region", "Samarbeidet", (None, 340, 405, 415), "415 Samarbeidet"),
            Line("own", "Hof", (None,) * 4),
        ),
    }


@pytest.fixture(scope="module")
def env() -> LanguageEnvironment:
    return build_environment([HERE])


@pytest.fixture(scope="module", params=["nb", "nn"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def html(env: LanguageEnvironment, lang: str) -> str:
    return render(env, "gallery.html", lang=lang, **gallery_values(lang))


@pytest.fixture(scope="module")
def gallery(html: str) -> Reader:
    return Reader(html)


def test_the_page_says_which_language_it_is_in(gallery: Reader, lang: str) -> None:
    assert next(gallery.all("html")).attrs["lang"] == lang


def test_a_page_that_comes_back_with_errors_says_so_in_its_title(gallery: Reader) -> None:
    assert next(gallery.all("title")).text == "Feil: Galleri & prøve – Sammen"


def test_what_somebody_typed_is_no_message_of_ours(env: LanguageEnvironment) -> None:
    """A reason that may be a marked sentence or somebody's own words: neither its signs nor its per cent are read."""
    english = env.languages["en"].from_string("{{ _(words) }}|{{ _(words)|upper }}")
    typed = english.render(words="<p hx-post='/x' hx-trigger='load'>100 % opptatt")
    assert typed.startswith("&lt;p hx-post=&#39;/x&#39; hx-trigger=&#39;load&#39;&gt;100 % opptatt|&lt;P")
    assert english.render(words="Lagre") == "Save|SAVE"
    for source in ("{{ _(words, name=1) }}", "{{ ngettext(words, words, 2) }}"):
        with pytest.raises(jinja2.TemplateAssertionError):
            env.from_string(source)


def test_no_two_elements_share_an_id(gallery: Reader) -> None:
    ids = gallery.ids()
    assert sorted(ids) == sorted(set(ids))


def test_every_field_has_a_label_of_its_own(gallery: Reader) -> None:
    labelled = {element.attrs["for"] for element in gallery.all("label")}
    fields = [
        field for field in gallery.all("input", "select", "textarea") if field.attrs.get("type") != "hidden"
    ]
    assert len(fields) >= 20
    for field in fields:
        assert field.attrs.get("aria-label") or field.attrs.get("id") in labelled, field.attrs
    assert labelled <= set(gallery.ids())


def test_what_describes_and_names_an_element_exists(gallery: Reader) -> None:
    ids = set(gallery.ids())
    for element in gallery.elements:
        for name in ("aria-describedby", "aria-labelledby"):
            for wanted in (element.attrs.get(name) or "").split():
                assert wanted in ids, f"{element.tag}: {name} points at {wanted}"
        assert (element.attrs.get("form") or "filter") in ids


@pytest.mark.parametrize("field", sorted(ERRORS))
def test_a_field_with_an_error_is_marked_and_says_what_is_wrong(gallery: Reader, field: str) -> None:
    element = gallery.by_id(field)
    assert element.attrs["aria-invalid"] == "true"
    described = " ".join(gallery.by_id(i).text for i in (element.attrs.get("aria-describedby") or "").split())
    assert ERRORS[field] in described


def test_a_field_without_an_error_is_not_marked(gallery: Reader) -> None:
    assert "aria-invalid" not in gallery.by_id("fra").attrs


def test_the_error_summary_links_to_each_field_in_order(gallery: Reader) -> None:
    links = [
        element.attrs["href"]
        for element in gallery.all("a")
        if any(outer.attrs.get("class") == "ds-error-summary" for outer in element.inside)
    ]
    assert links == [f"#{field}" for field in ERRORS]
    assert {str(link)[1:] for link in links} <= set(gallery.ids())


def test_what_was_typed_is_kept_as_it_was_typed(gallery: Reader) -> None:
    assert gallery.by_id("timer").attrs["value"] == "fire"
    assert gallery.by_id("til").attrs["value"] == "31.11.2027"
    assert gallery.by_id("fra").attrs["value"] == "01.12.2026"
    assert gallery.by_id("dag").attrs["value"] == "2026-11-21"
    assert gallery.by_id("belop").attrs["value"] == "1086,5"
    # The parser keeps the line break that browsers drop after <textarea>; the typed one follows it.
    assert gallery.by_id("grunn").text == "\n\nFørste linje er tom"
    checked = {element.attrs["id"] for element in gallery.all("input") if "checked" in element.attrs}
    assert checked == {"evaluering-2", "interesser-2"}
    assert [option.attrs["value"] for option in gallery.all("option") if "selected" in option.attrs] == ["g"]


def test_a_posting_form_carries_the_token_and_the_key_of_this_showing(gallery: Reader) -> None:
    forms = [form for form in gallery.all("form") if form.attrs.get("method") == "post"]
    assert len(forms) == 4
    for form in forms:
        hidden = {e.attrs["name"]: e.attrs.get("value") for e in gallery.all("input") if form in e.inside}
        assert hidden[CSRF_FIELD] == "tokenet-til-kari"
        assert KEY_FIELD in hidden or str(form.attrs.get("id")).startswith("form-")


def test_every_table_has_a_caption_and_every_heading_a_scope(gallery: Reader) -> None:
    for table in gallery.all("table"):
        captions = [caption for caption in gallery.all("caption") if table in caption.inside]
        assert len(captions) == 1
        assert captions[0].text
    assert {element.attrs.get("scope") for element in gallery.all("th")} == {"col", "row"}


def test_the_sorted_column_is_told_and_its_button_turns_the_order(gallery: Reader) -> None:
    button = next(element for element in gallery.all("button") if element.attrs.get("value") == "-frist")
    assert button.inside[-1].attrs["aria-sort"] == "ascending"
    assert button.attrs["form"] == "filter"


def test_every_picture_has_a_name_or_is_hidden_from_screen_readers(gallery: Reader) -> None:
    for svg in gallery.all("svg"):
        named = svg.attrs.get("role") == "img" and svg.attrs.get("aria-labelledby")
        assert named or svg.attrs.get("aria-hidden") == "true", svg.attrs


def test_a_hidden_value_leaves_no_bar_and_no_text(html: str, gallery: Reader) -> None:
    assert SECRET not in html
    figures = [one for one in gallery.all("div") if one.attrs.get("role") == "group"]
    figure = next(one for one in figures if one.text.startswith("Barn og unge med tilbud"))
    marks = [rect for rect in gallery.all("rect") if figure in rect.inside]
    bars = [rect for rect in marks if str(rect.attrs.get("class")).startswith("b-")]
    assert len(bars) == 2 * 2  # two municipalities with a value, two widths of the picture


def test_a_chart_comes_with_its_table(gallery: Reader) -> None:
    table = next(table for table in gallery.all("table") if table.text.startswith("Per 1 000 innbyggere"))
    assert any(outer.tag == "details" for outer in table.inside)
    assert [cell.text for cell in gallery.all("td") if table in cell.inside] == ["6,1", ":", "9,7"]


def test_nothing_typed_by_a_person_becomes_markup(html: str) -> None:
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_no_markup_breaks_the_content_security_policy(gallery: Reader) -> None:
    for element in gallery.elements:
        assert "style" not in element.attrs
        assert not any(name.startswith("on") for name in element.attrs)
        if element.tag == "script":
            assert str(element.attrs.get("src")).startswith("/static/")
            assert element.text == ""


def test_headings_do_not_skip_a_level_and_there_is_one_h1(gallery: Reader) -> None:
    levels = [int(e.tag[1]) for e in gallery.elements if re.fullmatch(r"h[1-6]", e.tag) and gallery_main(e)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def gallery_main(element: Element) -> bool:
    return any(outer.tag == "main" for outer in element.inside)


def test_pages_keep_the_query_they_were_reached_with(gallery: Reader) -> None:
    links = [
        str(a.attrs["href"])
        for a in gallery.all("a")
        if any(outer.attrs.get("class") == "ds-pagination" for outer in a.inside)
    ]
    assert links
    assert all(link.startswith("?status=alle&q=%3Cscript%3E") for link in links)
    current = next(a for a in gallery.all("a") if a.attrs.get("aria-current") == "true" and a.text == "2")
    assert current.attrs["href"] == links[2]


def test_every_component_stands_in_the_gallery_and_in_the_readme(env: LanguageEnvironment) -> None:
    shown = "".join(path.read_text() for path in [HERE / "gallery.html", *GROUND_TEMPLATES.rglob("*.html")])
    readme = (GROUND_TEMPLATES / "README.md").read_text()
    names = set(vars(env.globals["ui"]))
    assert len(names) > 60
    called = set(re.findall(r"(?<!macro )\b(\w+)\(", shown))
    assert names - called == {"confirm"}  # a whole page by itself: it has its own test
    assert {name for name in names if f"`{name}" not in readme and f"{name}(" not in readme} == set()


def test_a_confirmation_page_asks_with_the_consequence_and_a_way_back(env: LanguageEnvironment) -> None:
    source = (
        '{{ ui.confirm("Slette kladden?", "Den kan ikke hentes tilbake.", "/slett", "t", "k", "Slett", "/sak",'
        ' fields={"id": 4}) }}'
    )
    page = Reader(env.from_string(source).render())
    assert {e.attrs["name"]: e.attrs["value"] for e in page.all("input")} == {
        CSRF_FIELD: "t",
        KEY_FIELD: "k",
        "id": "4",
    }
    assert next(page.all("a")).attrs["href"] == "/sak"


def test_the_frame_is_shared_by_equal_pages_and_holds_no_token(env: LanguageEnvironment) -> None:
    frame: Any = env.globals["frame"]
    first = frame(a_page())
    assert frame(a_page(csrf="et-annet", title="En annen side")) is first
    assert frame(a_page(user_name="Hanne Myhre")) is not first
    assert "tokenet" not in "".join(first)


@pytest.mark.parametrize("code", ["403", "404", "409", "413", "422", "429", "500", "503"])
def test_an_error_page_needs_no_page_and_shows_no_menu_form_or_token(
    env: LanguageEnvironment, lang: str, code: str
) -> None:
    page = Reader(render(env, f"base/{code}.html", lang=lang))
    assert len(list(page.all("h1"))) == 1
    assert not list(page.all("form", "input", "nav"))


def test_a_missing_page_looks_the_same_whatever_is_passed_along(env: LanguageEnvironment) -> None:
    plain = render(env, "base/404.html")
    assert render(env, "base/404.html", request_id="01JX", page=a_page(), reason="hemmelig") == plain


def test_a_conflict_shows_both_versions(env: LanguageEnvironment) -> None:
    page = Reader(render(env, "base/409.html", rows=[("Timer i uka", "4", "5")], back_url="/sak"))
    assert [cell.text for cell in page.all("td")] == ["4", "5"]
    assert "Dette skrev du" not in "".join(one.text for one in page.all("h2"))
    kept = Reader(render(env, "base/409.html", own_texts=["Ola vil klatre."]))
    assert [one.text for one in kept.all("h2")] == ["Dette skrev du"]


PUBLIC: dict[str, dict[str, Any]] = {
    "login": {
        "values": {},
        "errors": {"": "Brukernavn, passord eller kode stemmer ikke."},
        "key": "k",
        "demo": True,
    },
    "demo_login": {
        "personas": [("Hanne Myhre", "Hanne Myhre, saksbehandler", "Skriver vedtak.", "hanne", "accent")],
        "figures": [("kommuner", 12)],
        "key": "k",
    },
    "home": {"places": [{"label": "Horten", "url": "/k/horten", "role": "Koordinator", "shared": False}]},
    "sessions": {
        "sessions": [
            {
                "id": "1",
                "started": datetime.now(UTC),
                "seen": datetime.now(UTC),
                "device": DANGER,
                "how": DANGER,
                "current": False,
            }
        ],
        "key": "k",
    },
    "accessibility": {"checked_on": date(2026, 11, 22)},
    "privacy": {},
    "help": {},
}


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_each_ready_page_renders_with_one_heading_and_labelled_fields(
    env: LanguageEnvironment, lang: str, name: str
) -> None:
    text = render(env, f"base/{name}.html", lang=lang, page=a_page(lang=lang), **PUBLIC[name])
    page = Reader(text)
    assert len(list(page.all("h1"))) == 1
    assert "<script>alert" not in text
    labelled = {element.attrs["for"] for element in page.all("label")}
    visible = [field for field in page.all("input") if field.attrs.get("type") != "hidden"]
    assert all(f.attrs.get("aria-label") or f.attrs.get("id") in labelled for f in visible)


def test_the_help_page_names_the_sources_their_licences_ask_for(env: LanguageEnvironment) -> None:
    text = render(env, "base/help.html", page=a_page())
    assert "Inneholder data fra Statistisk sentralbyrå" in text
    assert "© Kartverket, CC BY 4.0" in text
    assert "Erik Bolstad, CC BY 3.0" in text
    assert "www.erikbolstad.no/postnummer" in text


def test_a_password_is_never_sent_back(env: LanguageEnvironment) -> None:
    values = {"brukernavn": "kari", "passord": "hemmelig"}
    text = render(env, "base/login.html", page=a_page(), values=values, errors={}, key="k")
    assert 'value="kari"' in text
    assert "hemmelig" not in text


def test_an_unknown_name_in_a_template_is_an_error(env: LanguageEnvironment) -> None:
    with pytest.raises(jinja2.UndefinedError):
        env.from_string("{{ finnes_ikke }}").render()


def test_a_component_refuses_attributes_that_run_or_style(env: LanguageEnvironment) -> None:
    for name in ("onclick", "style", "hx_on", "x y"):
        with pytest.raises(ValueError, match="not an attribute"):
            attributes({name: "x"})
    assert attributes({"hx_get": '/a"b', "open": True, "lang": None}) == ' hx-get="/a&#34;b" open'


def test_a_message_is_translated_when_the_template_is_compiled(env: LanguageEnvironment) -> None:
    nynorsk = env.languages["nn"].from_string('{{ _("Mine steder") }} {{ _("Side %(number)s", number=n) }}')
    assert nynorsk.render(n="<3>") == "Mine stader Side &lt;3&gt;"
    assert env.from_string('{{ _("100 %%") }}').render() == "100 %"


def test_every_template_compiles_in_every_language_and_a_broken_one_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "hel.html").write_text("{{ ui.tag('x') }}")
    house = build_environment([("prøve", tmp_path)])
    assert precompile(house) > 60
    assert "x" in render(house, "prøve/hel.html", lang="nn")
    (tmp_path / "brukket.html").write_text("{% if %}")
    with pytest.raises(jinja2.TemplateSyntaxError):
        precompile(build_environment([("prøve", tmp_path)]))


def test_page_numbers_skip_with_a_gap_only_where_more_than_one_is_left_out() -> None:
    assert page_numbers(1, 5) == [1, 2, None, 5]
    assert page_numbers(3, 5) == [1, 2, 3, 4, 5]
    assert page_numbers(10, 20) == [1, None, 9, 10, 11, None, 20]
    assert page_numbers(1, 1) == [1]


def test_a_query_is_changed_without_losing_the_rest() -> None:
    assert with_query({"q": "Åse & co", "side": 3, "status": ["a", "b"]}, side=None) == (
        "?q=%C3%85se+%26+co&status=a&status=b"
    )


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_word_of_the_ground_floors_templates_is_translated(code: str) -> None:
    faults = [
        fault
        for fault in catalogue.check(code, catalogue.extract())
        if "platform/sammen/web/templates" in fault.where
    ]
    assert faults == []
