"""Situation reports as documents: every format holds every text, and says the same."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pypdf import PdfReader

from made_incidents import article, incident, incidents, mention
from seamwatch.model.incident import Actor, ArticleRef, Incident, SourcedMention, Target
from seamwatch.model.place import Place
from seamwatch.model.sitrep import Sitrep
from seamwatch.model.time import TimeRange
from seamwatch.pipeline.sitrep import sitrep_of
from seamwatch.publish.sitrep import FORMATS, render
from seamwatch.store import IncidentFilter
from seamwatch.vocabulary.codes import ActorKind, Certainty, TargetKind

MADE = datetime(2022, 4, 1, 12, tzinfo=UTC)
DAY = date(2022, 3, 4)
MARCH = IncidentFilter(since=date(2022, 3, 1), until=date(2022, 3, 31))
HOSTILE = (
    "<script>alert(1)</script>",
    "</svg><img src=x onerror=alert(1)>",
    "#panic() $x^2$ @label *bold* _it_ [b] `raw` //c",
    '\\u{41} #eval("1+1")',
    "\u202eturned\u202c round\x1b[2J",
    "كركوك والحويجة",
    "](javascript:alert(1)) ![x](http://x.example/y.png)",
    "\ud800 lone, \ufffe none, \x00 zero",
    "W" * 5000,
    "=1+1|| a | b",
)


def told(name: str, text: str, **fields: Any) -> Incident:
    """Return an incident of 4 March 2022 whose names, outlet, title and address are one text."""
    place = Place(
        name=text, admin1=text, admin2=text, country="IQ", lat=35.3, lon=44.2, precision=2, radius_km=9
    )
    one = mention(
        article(name),
        day=DAY,
        place=place,
        perpetrators=(Actor(name=text, kind=ActorKind.GROUP, certainty=Certainty.CLAIMED),),
        targets=(Target(name=text, kind=TargetKind.HUMAN),),
        **fields,
    )
    ref = ArticleRef(id=text, title=text, source=text, published=DAY, url=f"https://example.org/{text}")
    return incident(text, SourcedMention(mention=one, article=ref))


def report(*found: Incident, **options: Any) -> Sitrep:
    return sitrep_of(found, options.pop("wanted", MARCH), made=MADE, **options)


class _Tags(HTMLParser):
    """Collects what a browser would see: tags with their attributes, and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def page(content: bytes) -> _Tags:
    tags = _Tags()
    tags.feed(content.decode())
    return tags


def words(content: bytes, format: str) -> str:
    """Return the text that a reader of a file sees."""
    match format:
        case "html":
            return page(content).text
        case "pdf":
            return "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(content)).pages)
        case "docx":
            return "\n".join(p.text for p in docx.Document(io.BytesIO(content)).paragraphs)
        case _:
            return re.sub(r"\\(.)", r"\1", content.decode())


def check(content: bytes, format: str) -> None:
    """Assert that a file is whole and holds nothing that acts."""
    match format:
        case "html":
            tags = page(content).tags
            assert not {"script", "img", "iframe", "object", "form", "link", "base"} & {
                tag for tag, _ in tags
            }
            assert not [a for _, found in tags for a in found if a.startswith("on")]
            links = [found["href"] or "" for tag, found in tags if tag == "a" and "href" in found]
            assert all(link.startswith(("#source-", "https://", "http://")) for link in links)
        case "pdf":
            assert len(PdfReader(io.BytesIO(content)).pages) >= 1
        case "docx":
            docx.Document(io.BytesIO(content))
        case _:
            parsed = MarkdownIt("commonmark").enable("table").parse(content.decode())
            inner = [child for token in parsed for child in token.children or ()]
            raw = [token.content for token in (*parsed, *inner) if token.type.startswith("html")]
            assert all(re.fullmatch(r'<a id="source-\d+">|</a>', one) for one in raw)
            assert not [token for token in inner if token.type == "image"]
            links = [token.attrs["href"] for token in inner if token.type == "link_open"]
            assert all(str(link).startswith("#source-") for link in links)


anything = st.text(max_size=40) | st.sampled_from([text for text in HOSTILE if len(text) < 100])
within = st.dates(date(2022, 2, 20), date(2022, 4, 5))


@st.composite
def reports(draw: st.DrawFn) -> Sitrep:
    """Return a report of odd incidents, most of them of March 2022, with odd words of its own."""
    found = draw(st.lists(incidents(), max_size=3))
    dated = [replace(i, date=TimeRange(start=d, end=d, precision=1)) for i in found for d in (draw(within),)]
    text = draw(anything)
    then = draw(st.lists(st.sampled_from(dated), max_size=2)) if dated else []
    return report(
        *dated,
        *([told("odd", text)] if draw(st.booleans()) else []),
        wanted=replace(
            MARCH, area=draw(st.none() | anything), actor=draw(st.none() | anything), statuses=None
        ),
        title=draw(st.none() | anything),
        recipient=draw(st.none() | anything),
        then=then,
        since_report=draw(st.none() | st.just(datetime(2022, 3, 9, tzinfo=UTC))),
    )


@given(made=reports())
@settings(max_examples=20)
def test_pages_and_plain_text_hold_every_text(made: Sitrep) -> None:
    """Whatever the texts are, each file is whole and holds nothing that acts."""
    for format in ("html", "md"):
        check(render(made, format), format)


@given(made=reports())
@settings(max_examples=6)
def test_pdf_and_docx_hold_every_text(made: Sitrep) -> None:
    """They take longer to make, so fewer are tried."""
    for format in ("pdf", "docx"):
        check(render(made, format), format)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_only_words(format: str, text: str) -> None:
    """Markup of any kind in names, titles and addresses does nothing, and breaks no format."""
    made = report(told("a", text), title=text, recipient=text, wanted=replace(MARCH, area=text, actor=text))
    content = render(made, format)
    check(content, format)
    for bad in ("\u202e", "\x1b"):
        assert bad not in words(content, format)


@pytest.mark.parametrize("format", ["html", "pdf", "docx", "md"])
def test_signs_of_markup_are_shown_as_they_are(format: str) -> None:
    """Nobody loses a sign because a format uses it."""
    text = "#let $x_1$ *a* <b> @c [d] `e`"
    assert text in words(render(report(told("a", "b"), title=text), format), format).replace("\n", " ")


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_says_the_same(format: str) -> None:
    """Figures, the incident with its precision, what is not known, and the source with its id and day."""
    made = report(told("a", "Daquq"), title="Week 9", recipient="The desk")
    text = re.sub(r"\s+", " ", words(render(made, format), format))
    for told_words in (
        "Week 9", "The desk", "1 to 31 March 2022", "1 incident is known", "2 people were killed",
        "Remote explosive/landmine/IED", "4 March 2022", "within about 9 km", "2 killed", "3 injured",
        "by its own claim", "told by one independent source only", "policy ucdp", "1 April 2022, 12:00 UTC",
    ):  # fmt: skip
        assert told_words in text, told_words


@pytest.mark.parametrize("format", FORMATS)
def test_a_report_of_nothing_says_so(format: str) -> None:
    """No figures, no chart and no list: one sentence, and how it was made."""
    text = re.sub(r"\s+", " ", words(render(report(wanted=replace(MARCH, area="Kirkuk")), format), format))
    assert "No incidents are known for Kirkuk from 1 to 31 March 2022" in text
    assert "Key figures" not in text
    assert "How this report was made" in text


def test_numbers_lead_to_their_sources_in_html() -> None:
    """Every link of a note has its target on the page."""
    tags = page(render(report(told("a", "x"), told("b", "y")), "html")).tags
    links = {found["href"] for tag, found in tags if tag == "a" and (found.get("href") or "").startswith("#")}
    targets = {f"#{found['id']}" for _, found in tags if "id" in found}
    assert links
    assert links <= targets


def test_a_page_asks_for_nothing_and_runs_nothing() -> None:
    """Its policy forbids both, whatever a browser would do else."""
    content = render(report(told("a", "x")), "html").decode()
    assert "default-src 'none'" in content
    assert not re.search(r'(?:src|href)="(?!#|https?://example\.org)', content)


def test_drawings_are_whole_xml_and_hold_text_as_text() -> None:
    """A name with markup is a text of the map."""
    from seamwatch.publish.sitrep.map import map_svg

    made = report(told("a", "<b>&amp;"), told("b", "Daquq"))
    assert made.view is not None
    drawing = ElementTree.fromstring(map_svg(made.view))
    assert "<b>&amp;" in [node.text for node in drawing.iter() if node.text]


@pytest.mark.parametrize("format", ["html", "pdf", "md"])
def test_the_same_report_gives_the_same_bytes(format: str) -> None:
    """So that a report can be compared and signed."""
    made = report(told("a", "x"))
    assert render(made, format) == render(made, format)


def test_a_document_for_office_users_has_headings_and_pictures_that_are_described() -> None:
    """Word's own headings make an outline; the map and the chart have words beside them."""
    document = docx.Document(io.BytesIO(render(report(told("a", "x")), "docx")))
    names = [p.text for p in document.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert names[:3] == ["Key figures", "Where", "When"]
    pictures = document.element.xpath("//wp:docPr/@descr")
    assert len(pictures) == 2
    assert all(pictures)


def test_a_report_of_a_thousand_incidents_is_whole_in_every_format() -> None:
    """The first and the last incident are told, however long the report is."""
    days = [date(2022, 3, 1 + n % 31) for n in range(1000)]
    made = report(
        *(replace(told(f"x{n}", f"Place {n}"), date=TimeRange(start=day, end=day, precision=1))
          for n, day in enumerate(days))
    )  # fmt: skip
    for format in FORMATS:
        content = render(made, format)
        if format == "pdf":
            pages = PdfReader(io.BytesIO(content)).pages
            text = " ".join(one.extract_text() for one in (*pages[:12], *pages[-3:]))
        else:
            text = words(content, format)
        for told_words in ("1,000 incidents are known", "Place 0", "Place 999"):
            assert told_words in re.sub(r"\s+", " ", text), (format, told_words)
