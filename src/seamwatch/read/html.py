"""HTML pages: the main text with title, date and author, by trafilatura."""

from __future__ import annotations

import logging
import re
from datetime import date
from typing import Any

from seamwatch.errors import InputError
from seamwatch.read.decode import declared_charsets, decode_text
from seamwatch.read.document import Document, clean_line, describe_error

_LANGUAGE = re.compile(r"<html\b[^>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z]{2,3})\b", re.IGNORECASE)
_MARKUP = re.compile(
    r"<\s*(?:!doctype|html|head|body|article|main|section|div|p|span|h[1-6])\b", re.IGNORECASE
)


def read_html(content: bytes | str, *, url: str | None = None, charsets: tuple[str, ...] = ()) -> Document:
    """Return the main text of a page, comments and tables left out; raise InputError where it has none.

    Paragraphs are a blank line apart. A date is taken only where the page's own data gives one.
    """
    declared = declared_charsets(content) if isinstance(content, bytes) else ()
    markup, warnings = decode_text(content, charsets=(*charsets, *declared))
    if not markup.strip():
        raise InputError("the page is empty", code="empty")
    if not _MARKUP.search(markup):
        raise InputError(
            "this is not HTML (it has no HTML tags); name it .txt if it is plain text", code="bad_html"
        )
    found = _extract(markup, url)
    text = (found.text or "").strip() if found is not None else ""
    if found is None or not text:
        raise InputError(
            "no article text was found in this page (it may need JavaScript, or hold only links); "
            "save the article's text and give that",
            code="no_text",
        )
    language = _LANGUAGE.search(markup)
    title = clean_line(found.title)
    paragraphs = [line.strip() for line in text.split("\n") if line.strip()]
    if len(paragraphs) > 1 and title is not None and clean_line(paragraphs[0]) == title:
        del paragraphs[0]  # the page's headline: it is the title, and would be read twice
    return Document(
        text="\n\n".join(paragraphs),
        title=title,
        published=_day(found.date),
        author=clean_line(found.author),
        source=clean_line(found.sitename) or clean_line(found.hostname),
        language=language.group(1).lower() if language else None,
        warnings=warnings,
    )


def _extract(markup: str, url: str | None) -> Any:
    from trafilatura import bare_extraction

    for name in ("trafilatura", "htmldate"):  # what they tell of odd pages is no news to the user
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        return bare_extraction(
            re.sub(r"^\s*<\?xml[^>]*\?>", "", markup),  # lxml refuses text that declares an encoding
            url=url,
            include_comments=False,
            include_tables=False,
            with_metadata=True,
            # Without this a date is guessed from any number in the page, and anchors every "Sunday".
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except Exception as wrong:  # lxml and trafilatura raise many kinds on broken markup
        raise InputError(
            f"the page's HTML can't be read ({describe_error(wrong)}); give the article's text",
            code="bad_html",
        ) from wrong


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if value else None
    except ValueError:
        return None
