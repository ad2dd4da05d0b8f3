"""RawArticle to Article: decode, find the main text, name the language, give the id and hash."""

from __future__ import annotations

import hashlib
import re

from seamwatch.errors import InputError
from seamwatch.model.text import Article, RawArticle, Rejected
from seamwatch.read.decode import decode_text, without_surrogates
from seamwatch.read.document import Document
from seamwatch.read.language import detect_language

# Longer texts are cut: books and dumps, not articles.
MOST_CHARACTERS = 400_000
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_PARAGRAPH_END = re.compile(r"\n[ \t\r]*\n")


def read_article(raw: RawArticle) -> Article | Rejected:
    """Return the article of one raw document, or why there is none.

    Plain text and Markdown are taken as they are, but for a byte order mark. What `raw` itself says
    (id, title, published, source, url, language) wins over what the document says.

    >>> article = read_article(RawArticle(origin="a.txt", media_type="text/plain", content=b"Two men died."))
    >>> article.text, article.id, article.language
    ('Two men died.', 'a-3d1602acb8e7', None)
    >>> read_article(RawArticle(origin="b.txt", media_type="text/plain", content=b"", id="B")).code
    'empty'
    """
    try:
        document = _read_document(raw)
        if not document.text.strip():
            raise InputError("no text: it is empty or only white space; give a text", code="empty")
    except InputError as wrong:
        return Rejected(origin=raw.origin, stage="read", code=wrong.code, reason=str(wrong), id=raw.id)
    text, cut = _cut(document.text)
    title = raw.title if raw.title is not None else document.title
    title = without_surrogates(title)[0] if title and title.strip() else None
    content_hash = hash_content(title, text)
    return Article(
        id=raw.id or f"a-{content_hash[:12]}",
        text=text,
        title=title,
        published=raw.published or document.published,
        source=raw.source or document.source,
        url=raw.url,
        language=_main_language(raw.language) or detect_language(text) or _main_language(document.language),
        author=raw.author or document.author,
        retrieved=raw.retrieved,
        content_hash=content_hash,
        warnings=_warnings(raw, document) + cut,
    )


def hash_content(title: str | None, text: str) -> str:
    """Return the SHA-256 of title and text, in hex.

    >>> hash_content("Two killed", "Two men died.")[:12]
    'c01b581ed1ec'
    """
    return hashlib.sha256(f"{title or ''}\0{text}".encode("utf-8", errors="surrogatepass")).hexdigest()


def _read_document(raw: RawArticle) -> Document:
    match raw.media_type:
        case "text/plain" | "text/markdown":
            text, warnings = decode_text(raw.content)
            return Document(text=text, warnings=warnings)
        case "text/html" | "application/xhtml+xml":
            from seamwatch.read.html import read_html

            return read_html(raw.content, url=raw.url)
        case "application/pdf":
            from seamwatch.read.pdf import read_pdf

            return read_pdf(raw.content, limit=MOST_CHARACTERS)
        case "message/rfc822":
            from seamwatch.read.mail import read_mail

            return read_mail(raw.content)
    if raw.media_type == _DOCX:
        from seamwatch.read.docx import read_docx

        return read_docx(raw.content)
    raise InputError(
        f"{raw.media_type} is not a kind that can be read; give text, Markdown, HTML, PDF, DOCX or e-mail",
        code="unsupported",
    )


def _warnings(raw: RawArticle, document: Document) -> tuple[str, ...]:
    # A date that the input gave makes a remark on the document's own date untrue.
    if raw.published is None:
        return document.warnings
    return tuple(w for w in document.warnings if not w.startswith("publication date"))


def _cut(text: str) -> tuple[str, tuple[str, ...]]:
    if len(text) <= MOST_CHARACTERS:
        return text, ()
    # A paragraph's end in the last tenth, else a line's or a sentence's: a word is never cut in two.
    floor = MOST_CHARACTERS * 9 // 10
    ends = [m.start() for m in _PARAGRAPH_END.finditer(text, floor, MOST_CHARACTERS)]
    end = ends[-1] if ends else -1
    for mark, kept in (("\n", 0), (". ", 1), (" ", 0)):
        if end < 0:
            found = text.rfind(mark, floor, MOST_CHARACTERS)
            end = found + kept if found >= 0 else -1
    end = end if end > 0 else MOST_CHARACTERS
    return text[:end], (f"text cut after {end} of {len(text)} characters",)


def _main_language(code: str | None) -> str | None:
    """Return "en" of "en-US" or "EN"."""
    main = re.split(r"[-_]", code.strip())[0].lower() if code else ""
    return main or None
