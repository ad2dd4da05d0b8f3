"""Reading: bytes of every kind become an article, or one clear reason why not."""

from __future__ import annotations

import io
import random
from datetime import date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter

from seamwatch.errors import InputError
from seamwatch.model.text import Article, RawArticle, Rejected
from seamwatch.read.article import MOST_CHARACTERS, hash_content, read_article
from seamwatch.read.decode import decode_text
from seamwatch.read.language import detect_language
from seamwatch.vocabulary.lexicon import read_entries

DECODE = yaml.safe_load((Path(__file__).parent / "cases" / "decode.yaml").read_text(encoding="utf-8"))
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PARAGRAPH = (
    "Two policemen were killed and three others wounded when a roadside bomb hit their patrol near the "
    "village of Tal Banat on Sunday morning, the district's mayor said."
)


def raw(content: bytes | str, media_type: str = "text/plain", **fields: Any) -> RawArticle:
    return RawArticle(origin="here", media_type=media_type, content=content, **fields)


def article(content: bytes | str, media_type: str = "text/plain", **fields: Any) -> Article:
    found = read_article(raw(content, media_type, **fields))
    assert isinstance(found, Article), found
    return found


def rejected(content: bytes | str, media_type: str = "text/plain") -> Rejected:
    found = read_article(raw(content, media_type, id="X"))
    assert isinstance(found, Rejected), found
    assert (found.origin, found.stage, found.id) == ("here", "read", "X")
    assert "\n" not in found.reason
    return found


def make_pdf(lines: list[str], title: str | None = None) -> bytes:
    """Return a one-page PDF with one text line under the other, written by hand."""
    body = "".join(f"({line}) Tj 0 -14 Td\n" for line in lines)
    stream = f"BT /F1 11 Tf 50 780 Td\n{body}ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Title (%s) >>" % (title or "").encode("latin-1"),
    ]
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1,
        start,
    )
    return bytes(out)


def test_plain_text_is_exactly_the_content() -> None:
    """White space, line ends and a title line stay as they are; there is no title of its own."""
    content = "Two killed\r\n\r\n  Two men died.\t\n\n"
    found = article(content.encode())
    assert (found.text, found.title) == (content, None)
    assert article(b"\xef\xbb\xbf" + content.encode()).text == content
    assert article(content.encode(), "text/markdown").text == content


@given(st.text(min_size=1, max_size=80).filter(lambda t: t.strip() and t.isprintable()))
def test_text_of_a_json_line_is_never_changed(text: str) -> None:
    """The text of a JSON line is the article's text, code point for code point."""
    assert article(text).text == text


def test_given_fields_win_and_the_id_is_kept() -> None:
    """What the input says wins over the document; "en-US" is en; the hash is of title and text."""
    page = (
        f"<html lang='fr'><head><title>Old</title></head><body><article><p>{PARAGRAPH}</p></article></body>"
    )
    found = article(
        page, "text/html", id="A1", title="New", source="S", published=date(2020, 4, 12), language="en-US"
    )
    assert (found.id, found.title, found.source, found.language) == ("A1", "New", "S", "en")
    assert found.published == date(2020, 4, 12)
    assert found.content_hash == hash_content("New", found.text)
    without = article("Two men died.")
    assert without.id == f"a-{without.content_hash[:12]}"
    assert without.id != article("Two men died.", title="T").id


def test_future_and_absent_dates_are_no_error() -> None:
    """An article from the future, or without a date, is read."""
    assert article("Two men died.", published=date(2999, 1, 1)).published == date(2999, 1, 1)
    assert article("Two men died.").published is None


@pytest.mark.parametrize("content", [b"", b" \r\n\t ", "", "\u00a0\n", b"\xef\xbb\xbf"])
def test_empty_is_refused(content: bytes | str) -> None:
    """Nothing, or only white space, is refused as empty."""
    assert rejected(content).code == "empty"


def test_binary_is_refused() -> None:
    """Random bytes, pictures, and text full of NULs are refused as binary."""
    noise = random.Random(7)
    for content in (
        noise.randbytes(4000),
        noise.randbytes(64),
        b"\x89PNG\r\n" + bytes(9),
        b"ab\0\0\0\0cd" * 9,
    ):
        assert rejected(content).code == "binary"
    assert rejected("Two\0 men\0 died\0").code == "binary"


@pytest.mark.parametrize("case", DECODE, ids=lambda c: c["encoding"])
def test_encodings_are_told(case: dict[str, Any]) -> None:
    """A text in a common encoding comes out right, with a warning where it had to be guessed."""
    text, warnings = decode_text(case["text"].encode(case["encoding"]))
    assert text == case["text"]
    assert warnings == ((case["warning"],) if case["warning"] else ())


def test_utf8_with_a_few_broken_bytes_stays_utf8() -> None:
    """One cut character does not turn every accent of the text into rubbish."""
    data = ("Le café était fermé à Gao. " * 20).encode() + b"\xc3"
    text, [warning] = decode_text(data)
    assert text.startswith("Le café était fermé à Gao.") and text.endswith("\ufffd")
    assert "1 broken" in warning


@given(st.binary(max_size=300))
def test_any_bytes_give_an_answer(content: bytes) -> None:
    """Decoding ends with text or one InputError, whatever the bytes."""
    try:
        text, _ = decode_text(content)
        text.encode("utf-8")
    except InputError as wrong:
        assert wrong.code == "binary"


def test_half_characters_are_replaced_one_for_one() -> None:
    """A lone surrogate (JSON allows it) becomes one replacement character, so offsets stay right."""
    found = article("Two men \ud83d died.")
    assert found.text == "Two men \ufffd died."
    assert found.warnings


def test_a_very_long_text_is_cut_at_a_paragraph() -> None:
    """Over two million characters the text ends with a whole paragraph, and a warning says so."""
    whole = (PARAGRAPH + "\n\n") * 15_000
    found = article(whole)
    assert MOST_CHARACTERS * 0.9 < len(found.text) <= MOST_CHARACTERS
    assert whole.startswith(found.text) and found.text.endswith(PARAGRAPH)
    assert found.warnings == (f"text cut after {len(found.text)} of {len(whole)} characters",)
    blind = article("x" * (MOST_CHARACTERS + 5))
    assert len(blind.text) == MOST_CHARACTERS


def test_html_gives_main_text_title_date_and_language() -> None:
    """Menus, tables, comments and scripts are left out; title, date, author and site are taken."""
    second = PARAGRAPH.replace("Two", "Later two")
    page = f"""<html lang="en"><head><title>Two killed near Tal Banat | Example 24</title>
    <meta property="og:title" content="Two killed near Tal Banat">
    <meta property="og:site_name" content="Example 24">
    <meta property="article:published_time" content="2021-09-05T08:00:00+03:00">
    <meta name="author" content="Sara Ahmed"></head>
    <body><nav><a href="/">Home</a><a href="/x">Sport</a></nav>
    <article><h1>Two killed near Tal Banat</h1><p>{PARAGRAPH}</p><p>{second}</p>
    <table><tr><td>cell 1</td></tr></table></article>
    <div class="comments"><p>What a comment by a reader of this page</p></div>
    <script>var x = 1;</script></body></html>"""
    found = article(page.encode(), "text/html", url="https://example.org/a")
    assert found.text == f"{PARAGRAPH}\n\n{second}"
    assert (found.title, found.published) == ("Two killed near Tal Banat", date(2021, 9, 5))
    assert (found.source, found.author, found.language) == ("Example 24", "Sara Ahmed", "en")


def test_html_never_guesses_a_date_from_the_text() -> None:
    """A date in the story is not the day on which the page came out."""
    page = (
        f"<html><body><article><p>{PARAGRAPH}</p><p>On 3 May 2014 the town fell.</p></article></body></html>"
    )
    assert article(page, "text/html").published is None


def test_html_charset_is_heeded() -> None:
    """A page that declares its charset is read in it."""
    page = f"<html><head><meta charset='windows-1252'></head><body><p>Café: {PARAGRAPH}</p></body></html>"
    assert article(page.encode("cp1252"), "text/html").text.startswith("Café: ")


def test_html_without_an_article_is_refused() -> None:
    """A page of scripts has no text; words without a tag are no page."""
    assert rejected(b"<html><body><script>load()</script></body></html>", "text/html").code == "no_text"
    assert rejected(b"just words", "text/html").code == "bad_html"
    assert rejected(b" ", "text/html").code == "empty"


def test_pdf_lines_become_paragraphs() -> None:
    """A PDF's lines are joined and hyphens at line ends mended; its title is taken."""
    lines = [
        "Two policemen were killed and three others wounded when a road-",
        "side bomb hit their patrol near the village of Tal Banat on Sunday",
        "Morning, the mayor said.",
        "A search began at once and the road to the north was closed to all",
        "traffic.",
    ]
    found = article(make_pdf(lines, "Two killed"), "application/pdf")
    assert found.text.split("\n\n") == [
        "Two policemen were killed and three others wounded when a roadside bomb hit their patrol near the "
        "village of Tal Banat on Sunday Morning, the mayor said.",
        "A search began at once and the road to the north was closed to all traffic.",
    ]
    assert found.title == "Two killed"
    assert article(make_pdf(lines, "Microsoft Word - report.doc"), "application/pdf").title is None


def test_a_pdf_without_text_says_scanned() -> None:
    """A PDF of blank pages is refused with a word on OCR; a locked and a broken one say so."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    out = io.BytesIO()
    writer.write(out)
    bad = rejected(out.getvalue(), "application/pdf")
    assert bad.code == "no_text" and "scanned PDF" in bad.reason and "OCR" in bad.reason
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert rejected(out.getvalue(), "application/pdf").code == "encrypted"
    whole = make_pdf(["Two men died."])
    for broken in (b"words", b"%PDF-1.4", whole[:60]):
        assert rejected(broken, "application/pdf").code == "bad_pdf"


def test_docx_gives_paragraphs_cells_and_properties() -> None:
    """Paragraphs and table cells come in reading order; the creation day is taken with a warning."""
    document = docx.Document()
    document.add_paragraph("Two men died.")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Kirkuk", "One bomb."
    document.add_paragraph("Police said so.")
    plain = io.BytesIO()
    document.save(plain)
    assert article(plain.getvalue(), DOCX).published is None
    document.core_properties.title = "Sitrep 3"
    document.core_properties.created = datetime(2021, 9, 5, 23, 0)
    out = io.BytesIO()
    document.save(out)
    found = article(out.getvalue(), DOCX)
    assert found.text == "Two men died.\n\nKirkuk\n\nOne bomb.\n\nPolice said so."
    assert (found.title, found.published, found.author) == ("Sitrep 3", date(2021, 9, 5), None)
    assert len(found.warnings) == 1 and "2021-09-05" in found.warnings[0]
    assert article(out.getvalue(), DOCX, published=date(2021, 9, 6)).warnings == ()


def test_docx_that_is_none_or_empty_is_refused() -> None:
    """A DOCX without text, a cut one, and another file each say so."""
    out = io.BytesIO()
    docx.Document().save(out)
    assert rejected(out.getvalue(), DOCX).code == "no_text"
    assert rejected(out.getvalue()[:500], DOCX).code == "bad_docx"
    assert rejected(b"words", DOCX).code == "bad_docx"


def mail(**headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in headers.items():
        message[name] = value
    return message


def test_mail_prefers_plain_text() -> None:
    """The plain part is read before the HTML one; subject, sender and the day as written are taken."""
    message = mail(
        Subject="Two killed", From="Field Desk <desk@example.org>", Date="Sun, 12 Apr 2020 00:30:00 +0300"
    )
    message.set_content(
        "Two policemen were killed and three others were wounded when a bomb\n"
        "hit their patrol near Tal Banat.\n\n-- \nDesk\n"
    )
    message.add_alternative(f"<html><body><p>HTML {PARAGRAPH}</p></body></html>", subtype="html")
    message.add_attachment(b"x", maintype="application", subtype="pdf", filename="a.pdf")
    found = article(bytes(message), "message/rfc822")
    assert found.text == (
        "Two policemen were killed and three others were wounded when a bomb hit their patrol near Tal Banat."
    )
    assert (found.title, found.source, found.published) == ("Two killed", "Field Desk", date(2020, 4, 12))
    assert found.warnings == ("1 attachments of the e-mail were not read",)


def test_mail_with_html_only_and_with_nothing() -> None:
    """An HTML body is read as a page; an e-mail of attachments only, or no e-mail, is refused."""
    message = mail(Subject="=?utf-8?q?Caf=C3=A9?=", From="desk@example.org")
    message.set_content(f"<html><body><article><p>{PARAGRAPH}</p></article></body></html>", subtype="html")
    found = article(bytes(message), "message/rfc822")
    assert (found.text, found.title, found.source) == (PARAGRAPH, "Café", "desk@example.org")
    bare = mail(Subject="x", From="a@example.org")
    bare.add_attachment(b"x", maintype="application", subtype="pdf", filename="a.pdf")
    assert rejected(bytes(bare), "message/rfc822").code == "no_text"
    assert rejected(b"no header\n\ntext", "message/rfc822").code == "bad_mail"
    assert rejected(b"Subject: x\n\n \n", "message/rfc822").code == "empty"


@given(
    st.sampled_from(["application/pdf", DOCX, "message/rfc822", "text/html", "text/plain"]),
    st.binary(max_size=200),
)
def test_no_bytes_raise(media_type: str, content: bytes) -> None:
    """Whatever the bytes and the kind, reading ends with an article or one rejection."""
    marks = {"application/pdf": b"%PDF-1.4\n", DOCX: b"PK\x03\x04", "text/html": b"<html><p>"}
    assert isinstance(read_article(raw(marks.get(media_type, b"") + content, media_type)), Article | Rejected)


def test_an_unknown_kind_is_refused() -> None:
    """A media type that no reader knows is refused by name."""
    bad = rejected(b"x", "image/png")
    assert bad.code == "unsupported" and "image/png" in bad.reason


@pytest.mark.parametrize(
    ("text", "code"),
    [(e.text, e.gives) for entry in read_entries("languages", language="mul") for e in entry.examples],
)
def test_language_examples(text: str, code: str | None) -> None:
    """Every example sentence of the language lexicon is told as its language."""
    assert detect_language(text) == code


@pytest.mark.parametrize(
    "text",
    ["", "123 456", "В Киркуке взорвалась бомба", "爆弾で二人が死亡した", "Kirkuk Erbil Mosul Basra Tikrit"],
)
def test_language_is_none_where_unsure(text: str) -> None:
    """No letters, other scripts and bare names give None."""
    assert detect_language(text) is None
